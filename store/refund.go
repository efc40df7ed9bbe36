package store

import (
	"context"

	"tillgate/store/entry"
	"tillgate/store/money"
)

// Refund is the summary of one refund: a fold of its entries, kept in the same
// transaction, and the second copy of what is needed to ask for it again.
type Refund struct {
	ID    entry.Seq             // the refund's key
	Asked entry.RefundAskedBody // what was asked for
	State entry.Kind            // the newest entry that changed it
	Back  money.Fen             // counts as gone back of its order: all of it until it is refused
	Last  entry.Seq             // its newest entry

	Shift   int64     // whose the outcome is
	Settled money.Fen // what left the merchant
	Outcome entry.Seq // the entry that ended it, 0: none
	At      int64     // of the outcome: Unix ms
	Trust   entry.Trust
}

// Final tells whether nothing more can come of the refund.
func (r Refund) Final() bool { return r.State == entry.RefundDone || r.State == entry.RefundRefused }

// fold takes one entry, whose body bodyOf has read, into the summary.
func (r Refund) fold(seq entry.Seq, kind entry.Kind, body any) Refund {
	r.Last = seq
	switch b := body.(type) {
	case entry.RefundAskedBody:
		r.Asked, r.Back = b, b.Amount
	case entry.RefundInheritedBody:
		r.Asked, r.Back = b.RefundAskedBody, b.Amount
	case entry.RefundRefusedBody:
		r.Back = b.Amount
	}
	switch kind {
	case entry.RefundAsked, entry.RefundInherited, entry.RefundHeard, entry.RefundDone, entry.RefundRefused:
		r.State = kind
	}
	return r
}

// end notes an entry that is the refund's outcome: whose, and when.
func (r *Refund) end(e entry.Entry, body any, on duty) {
	switch b := body.(type) {
	case entry.RefundDoneBody:
		r.Settled = b.Settled
	case entry.RefundRefusedBody:
		r.Settled = b.Amount
	default:
		return
	}
	r.Outcome, r.At, r.Trust, r.Shift = e.Seq, e.Wall, e.Trust, int64(on.of(r.Asked.Lane))
}

const (
	refundColumns = "id, sale, state, back, last, number, asked, shift, settled, outcome, at, trust"
	refundWrite   = "REPLACE INTO refund (" + refundColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

// writeRefund writes a summary, and its name at once: a release that knows no
// refunds does not carry their names from memory to the table.
func (c *conn) writeRefund(r Refund) error {
	err := c.exec(refundWrite, int64(r.ID), int64(r.Asked.Order), int64(r.State), int64(r.Back), int64(r.Last), r.Asked.Number, entry.Encode(r.Asked),
		r.Shift, int64(r.Settled), int64(r.Outcome), r.At, int64(r.Trust))
	if err != nil {
		return err
	}
	return c.writeName(r.Asked.Number, r.ID)
}

func refundOf(v values) Refund {
	return Refund{ID: entry.Seq(v.int(0)), State: entry.Kind(v.int(2)), Back: money.Fen(v.int(3)), Last: entry.Seq(v.int(4)),
		Asked: read[entry.RefundAskedBody](v.bytes(6)), Shift: v.int(7), Settled: money.Fen(v.int(8)), Outcome: entry.Seq(v.int(9)),
		At: v.int(10), Trust: entry.Trust(v.int(11))}
}

// readRefund is the summary of one refund; ok is false when it has none.
func (c *conn) readRefund(id entry.Seq) (r Refund, ok bool, err error) {
	err = c.query(context.Background(), "SELECT "+refundColumns+" FROM refund WHERE id = ?", func(v values) error {
		r, ok = refundOf(v), true
		return nil
	}, int64(id))
	return r, ok, err
}

// refundAt is a refund's summary: the one that is kept, or, of an older epoch's
// refund, what can be read of it. A refusal that is not certain sets nothing free.
func (s *Store) refundAt(o object) (Refund, error) {
	if o.refund != nil {
		return *o.refund, nil
	}
	entries, err := s.entriesOf(o.key, o.last, 0)
	if err != nil {
		return Refund{}, err
	}
	r := Refund{ID: o.key, Last: o.last}
	for _, e := range entries {
		if b, ok := bodyOf(e.Kind, e.Body).(entry.SalvagedBody); ok && (b.Chained || b.Kind != entry.RefundRefused) {
			r = r.fold(o.last, b.Kind, wrapped(b))
			was, body := unwrapped(e)
			r.end(was, body, duty{wholeStore: OlderShift})
		}
	}
	return r, nil
}
