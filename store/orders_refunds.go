package store

import (
	"context"

	"tillgate/store/entry"
)

// refunds are the refunds of a range, those of the newest order first.
func (r *orderReader) refunds(where string, low, to entry.Seq) (refunds []Refund, err error) {
	err = r.s.conn.query(context.Background(), "SELECT "+refundColumns+" FROM refund WHERE "+where+" ORDER BY sale DESC, id DESC", func(v values) error {
		refunds = append(refunds, refundOf(v))
		return nil
	}, int64(low), int64(to))
	return refunds, err
}

// refundRows adds refunds to the slice's, and answers with their rows.
func (r *orderReader) refundRows(refunds []Refund) ([]RefundRow, error) {
	from := len(r.pool)
	for _, refund := range refunds {
		if err := r.addRefund(refund); err != nil {
			return nil, err
		}
	}
	return r.pool[from:len(r.pool):len(r.pool)], nil
}

// addRefund adds a refund to the slice's.
func (r *orderReader) addRefund(refund Refund) error {
	row, err := r.refundRow(refund)
	r.pool = append(r.pool, row)
	return err
}

func (r *orderReader) refundRow(refund Refund) (row RefundRow, err error) {
	standing := IsUnknown
	if !refund.Final() || refund.Outcome == 0 || !r.q.Bare {
		if refund, standing, row.NetworkNumber, err = r.refundTold(refund); err != nil {
			return row, err
		}
	}
	network := row.NetworkNumber
	row = refundRow(refund, standing)
	if !r.q.Bare {
		row.NetworkNumber = network
	}
	row.Who, err = r.person(row.Shift)
	return row, err
}

// refundTold reads what a refund's summary does not have: the network's number,
// how an open one stands and since when, and the outcome that a release wrote
// which did not know.
func (r *orderReader) refundTold(refund Refund) (Refund, Standing, string, error) {
	standing, network := IsUnknown, ""
	entries, err := r.s.entriesOf(refund.ID, refund.Last, 0)
	if err != nil {
		return refund, standing, "", err
	}
	for _, e := range entries {
		e, body := unwrapped(e)
		switch b := body.(type) {
		case entry.RefundAskedBody, entry.RefundInheritedBody:
			if !refund.Final() {
				refund.At, refund.Trust = e.Wall, e.Trust
				refund.Shift = int64(r.s.memory.duty.of(refund.Asked.Lane))
			}
		case entry.RefundDoneBody:
			network = b.Network
		case entry.RefundHeardBody:
			standing = IsUnknown
			if b.State == entry.StateWaiting {
				standing = IsOpen
			}
		}
		if refund.Final() && refund.Outcome == 0 && (e.Kind == entry.RefundDone || e.Kind == entry.RefundRefused) {
			on, err := r.s.conn.dutyAt(e.Seq)
			if err != nil {
				return refund, standing, network, err
			}
			refund.end(e, body, on)
		}
	}
	return refund, standing, network, nil
}

// addLost adds a refund whose order a damage has taken.
func (r *orderReader) addLost(refund Refund) error {
	from := len(r.pool)
	if err := r.addRefund(refund); err != nil {
		return err
	}
	a := refund.Asked
	r.rows = append(r.rows, OrderRow{Order: refund.ID, Lost: true, Lane: a.Lane, Tender: a.Way, Wallet: a.Wallet, Network: a.Network, Merchant: a.Merchant,
		Number: a.Of, Refunds: r.pool[from:len(r.pool):len(r.pool)]})
	return nil
}
