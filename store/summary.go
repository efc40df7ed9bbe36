package store

import (
	"context"
	"fmt"

	"tillgate/store/entry"
	"tillgate/store/money"
)

// Sale is the summary of one order: a fold of its entries, kept in the same
// transaction, and the second copy of what is needed to ask its network again.
type Sale struct {
	ID       entry.Seq // the order's key
	Lane     string
	Shift    int64
	State    entry.Kind // the newest entry that changed it
	Tender   int64
	Amount   money.Fen
	Settled  money.Fen
	Refunded money.Fen
	Last     entry.Seq // its newest entry
	Number   string    // of its newest attempt
	Merchant string
	Network  string
	Wallet   string     // whose money it was, where the network takes several wallets'
	Paid     string     // number of the paid attempt, where that is not the newest
	Outcome  entry.Seq  // the entry with which it was paid, else with which nothing was left to do; 0: neither
	Ended    entry.Kind // Settled, or the state without money
	At       int64      // of the outcome: Unix ms
	Trust    entry.Trust
}

// The values of Tender: how the newest attempt is paid.
const (
	tenderCash = iota + 1
	tenderCard
	tenderQR
)

var tenders = map[string]int64{entry.ByCash: tenderCash, entry.ByCard: tenderCard, entry.ByQR: tenderQR}

// Final tells whether no attempt of the order can still take money.
func (s Sale) Final() bool {
	switch s.State {
	case entry.Settled, entry.Ended, entry.Cancelled:
		return true
	}
	return false
}

// fold takes one entry, whose body bodyOf has read, into the summary.
func (s Sale) fold(seq entry.Seq, kind entry.Kind, body any) Sale {
	s.Last = seq
	switch b := body.(type) {
	case entry.OpenedBody:
		s.Lane, s.Amount = b.Lane, b.Amount
	case entry.AskedBody:
		if s.Ended == entry.Settled && s.Paid == "" {
			s.Paid = s.Number
		}
		s.Tender = tenders[b.Way]
		s.Number, s.Merchant, s.Network = b.Number, b.Merchant, b.Network
	case entry.SettledBody:
		s.Settled += b.Settled
		s.Amount = b.Amount // another than the order's where a person has booked what a network says was paid
	case entry.DecidedBody:
		if s.State == entry.Frozen && b.What == entry.GoesBack {
			kind = entry.Returning
		}
	case entry.InheritedBody:
		s.Tender = tenders[b.Way]
		s.Lane, s.Amount, s.Number, s.Merchant, s.Network = b.Lane, b.Amount, b.Number, b.Merchant, b.Network
		if b.Returning {
			kind = entry.Returning
		}
	}
	switch kind {
	case entry.Cancelled:
		if s.State != entry.Returning { // else its attempt may still have taken money
			s.State = kind
		}
	case entry.Opened, entry.Asked, entry.Returning, entry.Ended, entry.Settled, entry.Frozen, entry.Inherited:
		s.State = kind
	case entry.Decided:
		if s.State == entry.Frozen {
			s.State = kind
		}
	}
	return s
}

// end notes an entry that is the order's outcome: whose, and when.
func (s *Sale) end(e entry.Entry, body any, done bool, on duty) {
	b, settled := body.(entry.SettledBody)
	switch {
	case s.Ended == entry.Settled:
		return // whatever becomes of other attempts
	case settled:
		s.Ended, s.Wallet = entry.Settled, b.Wallet
		if b.Number != s.Number {
			s.Paid = b.Number
		}
	case done && s.Outcome == 0:
		s.Ended = s.State
	default:
		return
	}
	s.Outcome, s.At, s.Trust, s.Shift = e.Seq, e.Wall, e.Trust, int64(on.of(s.Lane))
}

const (
	saleColumns = "id, lane, shift, state, tender, amount, settled, refunded, last, number, merchant, network, " +
		"wallet, paid, outcome, ended, at, trust"
	saleWrite = "REPLACE INTO sale (" + saleColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

func (c *conn) writeSale(s Sale) error {
	return c.exec(saleWrite, int64(s.ID), s.Lane, s.Shift, int64(s.State), s.Tender, int64(s.Amount), int64(s.Settled), int64(s.Refunded),
		int64(s.Last), s.Number, s.Merchant, s.Network, s.Wallet, s.Paid, int64(s.Outcome), int64(s.Ended), s.At, int64(s.Trust))
}

func saleOf(v values) Sale {
	return Sale{ID: entry.Seq(v.int(0)), Lane: v.text(1), Shift: v.int(2), State: entry.Kind(v.int(3)), Tender: v.int(4),
		Amount: money.Fen(v.int(5)), Settled: money.Fen(v.int(6)), Refunded: money.Fen(v.int(7)), Last: entry.Seq(v.int(8)),
		Number: v.text(9), Merchant: v.text(10), Network: v.text(11),
		Wallet: v.text(12), Paid: v.text(13), Outcome: entry.Seq(v.int(14)), Ended: entry.Kind(v.int(15)), At: v.int(16), Trust: entry.Trust(v.int(17))}
}

// readSale is the summary of one order; ok is false when it has none.
func (c *conn) readSale(id entry.Seq) (s Sale, ok bool, err error) {
	err = c.query(context.Background(), "SELECT "+saleColumns+" FROM sale WHERE id = ?", func(v values) error {
		s, ok = saleOf(v), true
		return nil
	}, int64(id))
	return s, ok, err
}

// Sales are the newest summaries before a key (0: the newest of all), newest first.
func (s *Store) Sales(ctx context.Context, before entry.Seq, max int) (sales []Sale, err error) {
	if before <= 0 {
		before = 1 << 62
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	err = s.conn.query(context.Background(), "SELECT "+saleColumns+" FROM sale WHERE id < ? ORDER BY id DESC LIMIT ?", func(v values) error {
		sales = append(sales, saleOf(v))
		return nil
	}, int64(before), int64(max))
	if err != nil {
		return nil, s.failed(fmt.Sprintf("read sales before %d", before), err)
	}
	return sales, nil
}
