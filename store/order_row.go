package store

import (
	"cmp"

	"tillgate/store/entry"
	"tillgate/store/money"
)

// Standing is where an order or a refund stands, as far as money goes.
type Standing uint8

// The standings. The zero one is unknown: what is not proven is never money.
const (
	IsUnknown Standing = iota // a network was asked and there is no verified final word; of a refund the same
	IsOpen                    // no money has moved: nobody was asked, or it is the payer's turn. Of a refund: accepted, and on its way
	IsPaid                    // final: the money is the shop's. Of a refund: it has gone back
	IsEnded                   // final: no money stayed. Of a refund: none went back
	IsFrozen                  // a verified success that is not the order's, and no person has decided yet
)

// OlderShift is the shift of what was final in an epoch before a damage: one that
// this epoch does not know.
const OlderShift = -1

// OrderRow is an order or a deposit as reports need it, with its refunds.
type OrderRow struct {
	Order  entry.Seq // the order's key. Where Lost is set, its refund's
	Lane   string
	Shift  int64  // whose the outcome is, 0: nobody's. Of what is not final: the lane's shift now
	Who    string // whose shift that is: a person's id
	Tender string // "cash", "card": booked by hand; empty: a network's
	Wallet string // whose money it was, where the network takes several wallets'

	Network  string // of the paid attempt, or of the newest
	Merchant string // the same
	Number   string // the same: 24 digits

	NetworkNumber string // these three are empty where the query is Bare
	Title, Ref    string

	Standing Standing
	At       int64     // Unix ms, corrected: of the outcome; of what is not final, of its newest intent
	Seq      entry.Seq // of the outcome's entry, 0: not final
	Trust    entry.Trust
	Amount   money.Fen
	Settled  money.Fen // what the merchant receives

	Older   bool // it ended in an epoch before a damage: its entries are wrapped
	Lost    bool // a damage has taken the order, and only its refund is there
	Deposit bool // it is a deposit, and what stands above is its taking: paid once it is held, and nothing of it settled
	Moves   []MoveRow
	Refunds []RefundRow
}

// RefundRow is one refund of an order.
type RefundRow struct {
	Key           entry.Seq
	Number        string // 26 digits
	NetworkNumber string // empty where the query is Bare
	Lane          string
	Shift         int64 // as in OrderRow
	Who           string
	Standing      Standing
	At            int64     // as in OrderRow
	Seq           entry.Seq // as in OrderRow
	Trust         entry.Trust
	Amount        money.Fen // what goes back. Of one refused after another sum went back: paid, with that sum
	Settled       money.Fen // what the merchant is without
}

// rowOf is the row that a summary gives; where it does not, the entries have to.
func rowOf(s Sale) OrderRow {
	r := OrderRow{Order: s.ID, Lane: s.Lane, Shift: s.Shift, Wallet: s.Wallet, Network: s.Network, Merchant: s.Merchant, Number: s.Number,
		Standing: IsEnded, At: s.At, Seq: s.Outcome, Trust: s.Trust, Amount: s.Amount}
	switch s.Ended {
	case entry.Settled:
		r.Standing, r.Settled, r.Tender = IsPaid, s.Settled, tenderOf(s.Tender)
	case entry.Frozen:
		r.Standing = IsFrozen
	}
	return r
}

func tenderOf(code int64) string {
	switch code {
	case tenderCash:
		return entry.ByCash
	case tenderCard:
		return entry.ByCard
	}
	return ""
}

// try is an attempt as a report sees it.
type try struct {
	entry.AskedBody
	at        entry.Stamp
	intent    entry.Seq
	frozenBy  entry.Entry
	sum       money.Fen // that the network says was paid, of one that is frozen
	waiting   bool      // it is the payer's turn
	returning bool
	over      bool // it is final
	frozen    bool // and a person decides
}

// story is an order as its entries tell it.
type story struct {
	opened    entry.OpenedBody
	first     entry.Stamp
	tries     []try
	settled   entry.SettledBody
	settledAt entry.Entry
	newest    entry.Entry
	cancelled bool // or booked elsewhere
}

func (st *story) try(number string) *try {
	for i := range st.tries {
		if st.tries[i].Number == number {
			return &st.tries[i]
		}
	}
	return &try{} // of a damaged order: what is said of it goes nowhere
}

func (st *story) fold(e entry.Entry, body any) {
	if st.newest.Seq == 0 {
		st.first = e.Stamp
	}
	switch b := body.(type) {
	case entry.OpenedBody:
		st.opened = b
	case entry.AskedBody:
		st.tries = append(st.tries, try{AskedBody: b, at: e.Stamp, intent: e.Seq})
	case entry.InheritedBody:
		st.opened = b.OpenedBody
		if b.Number != "" {
			st.tries = append(st.tries, try{AskedBody: b.AskedBody, at: entry.Stamp{Wall: cmp.Or(b.Asked, e.Wall)}, intent: e.Seq, returning: b.Returning})
		}
	case entry.HeardBody:
		st.try(b.Number).waiting = b.State == entry.StateWaiting
	case entry.ReturningBody:
		st.try(b.Number).returning = true
	case entry.EndedBody:
		t := st.try(b.Number)
		t.over, t.frozen = true, false
	case entry.SettledBody:
		st.settled, st.settledAt = b, e
		t := st.try(b.Number)
		t.over, t.frozen = true, false
	case entry.FrozenBody:
		t := st.try(b.Number)
		t.over, t.frozen, t.frozenBy, t.sum = true, true, e, b.Amount
	case entry.DecidedBody:
		st.decide(b)
	}
	switch e.Kind {
	case entry.Cancelled:
		st.cancelled = true
	case entry.Outputs, entry.Task, entry.TaskDone, entry.Repeated:
		return // they change nothing
	}
	st.newest = e
}

// decide takes a person's decision. What counts as paid is so with its Settled.
func (st *story) decide(b entry.DecidedBody) {
	t := st.try(b.Number)
	switch b.What {
	case entry.GoesBack:
		t.over, t.frozen, t.returning = false, false, true
	case entry.Elsewhere:
		t.over, t.frozen, st.cancelled = true, false, true
	}
}

// row is the order as it stands; done: nothing is left to do for it.
func (st *story) row(key entry.Seq, done bool) OrderRow {
	r := OrderRow{Order: key, Lane: st.opened.Lane, Amount: st.opened.Amount, Title: st.opened.Title, Ref: st.opened.Ref, At: st.first.Wall, Trust: st.first.Trust}
	told, standing, pending := try{}, IsOpen, false
	for _, t := range st.tries {
		told, r.At, r.Trust = t, t.at.Wall, t.at.Trust
		pending = pending || !t.over
		switch {
		case t.frozen:
			standing = IsFrozen
		case standing != IsFrozen && !t.over && (t.returning || !t.waiting && t.Way != entry.ByQR):
			standing = IsUnknown
		}
	}
	final := false
	switch {
	case st.settled.Number != "":
		told, standing, final = *st.try(st.settled.Number), IsPaid, true
		r.Settled, r.Wallet, r.NetworkNumber, r.Number = st.settled.Settled, st.settled.Wallet, st.settled.Network, st.settled.Number
		r.Amount = st.settled.Amount
		st.newest = st.settledAt
	case standing == IsOpen && !pending && (done || st.cancelled):
		standing, final = IsEnded, true
	}
	if final {
		r.At, r.Trust, r.Seq = st.newest.Wall, st.newest.Trust, st.newest.Seq
	}
	r.Standing, r.Number, r.Merchant, r.Network = standing, cmp.Or(r.Number, told.Number), told.Merchant, told.Network
	if told.Way == entry.ByCash || told.Way == entry.ByCard {
		r.Tender = told.Way
	}
	return r
}

// refundRow is a refund's row; heard is its newest answer where it is not final.
func refundRow(r Refund, heard Standing) RefundRow {
	row := RefundRow{Key: r.ID, Number: r.Asked.Number, Lane: r.Asked.Lane, Shift: r.Shift, Standing: heard, At: r.At, Seq: r.Outcome, Trust: r.Trust,
		Amount: r.Asked.Amount, Settled: r.Settled}
	switch {
	case r.State == entry.RefundDone, r.State == entry.RefundRefused && r.Back > 0:
		row.Standing, row.Amount = IsPaid, r.Back
	case r.State == entry.RefundRefused:
		row.Standing = IsEnded
	}
	return row
}
