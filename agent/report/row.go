// Package report counts what was sold, given back, held and captured: by store, lane, clerk,
// wallet, shift, hour, day and month. It has every formula of the program's
// reports, so that a page, a slip, a file and the API tell the same figures. It
// streams: what it keeps grows with the lines of a report, not with the orders
// behind them. It is pure: it reads rows through Source, and is not for deciding
// who may see them.
package report

import (
	"cmp"
	"context"
	"fmt"
	"iter"

	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// Source is where rows come from.
type Source interface {
	// Rows yields orders, the newest first: each Order is below the one before. It
	// may use of the query what helps it to find them, and may yield more than the
	// query wants, never less: an order is wanted for itself or for any one of its
	// refunds. It stops when nobody listens any more, and after it has yielded an
	// error. A Row's Refunds may be overwritten after the next one is asked for.
	Rows(ctx context.Context, q Query) iter.Seq2[Row, error]
}

// Sized is a Source that can tell beforehand, and cheaply, how many rows a query
// would have it yield.
type Sized interface {
	Count(ctx context.Context, q Query) (int64, error)
}

// State is where an order or a refund stands, as far as money goes.
type State uint8

// The states. The zero State is Unknown: what is not proven is never money.
const (
	Unknown State = iota // a network was asked and there is no verified final word, an attempt on its way back included; of a refund the same
	Open                 // not yet final, and no money has moved: nobody was asked, or it is the payer's turn. Of a refund: accepted, and the money is on its way
	Paid                 // final: the money is the shop's. Of a refund: it has gone back
	Ended                // final: no money stayed. Of a refund: none went back
	Frozen               // a verified success that is not the order's: no money of the shop's until a manager has decided
)

var stateNames = [...]string{"unknown", "open", "paid", "ended", "frozen"}

// String is the state's name, as addresses of pages and the API have it.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return stateNames[Unknown]
}

// ParseState reads a state's name.
func ParseState(name string) (State, error) {
	for i, known := range stateNames {
		if name == known {
			return State(i), nil
		}
	}
	return Unknown, fmt.Errorf("%q is no state of an order: unknown, open, paid, ended or frozen", name)
}

// Row is one order, or one deposit, with its refunds.
type Row struct {
	Order   entry.Seq // the order's key. Where Lost is set, the key of its first refund
	Lane    string
	Shift   int64  // whose the outcome is: the lane's shift at the outcome's entry, 0: nobody. Of what is not final: the lane's shift now, which has to see to it
	Clerk   string // whose shift that is, empty: nobody's
	Tender  string // "cash", "card": booked by hand; empty: a network's money
	Wallet  string // whose money it was, where the network takes several wallets'
	Network string // of the paid attempt, or of the newest

	Merchant      string
	Number        string // of the paid attempt, or of the newest: 24 digits
	NetworkNumber string // the network's
	Title, Ref    string // in the shop's words; the caller's own number

	State   State
	At      int64     // Unix ms, corrected: of the outcome; of what is not final, of its newest intent
	Seq     entry.Seq // of the outcome's entry, 0: not final
	Trusted bool      // At can be believed
	Amount  money.Fen // what the order is for
	Settled money.Fen // what the merchant receives for it: the amount less what the shop itself took off

	Lost    bool // a damage has taken the order: only its refunds are there, and Number, Lane and the wallet from them
	Deposit bool // it is a deposit, and what stands above is its taking: Paid once it is held, and Settled is nothing
	Moves   []MoveRow
	Refunds []RefundRow
}

// Part is which part of a deposit a movement is.
type Part uint8

// The parts. What was taken is captured, released and still held together.
const (
	NoPart    Part = iota // it is none's: an order's own money, or a refund
	Taken                 // what a network came to hold
	Captured              // what the shop got of it: a sale like any other
	Released              // what went back to the guest
	StillHeld             // what is held now
)

// MoveRow is a part of a deposit. It counts where its own outcome is; what is
// still held, since when it is, and in the shift of the lane that follows it now.
type MoveRow struct {
	Part    Part   // Captured, Released or StillHeld
	Number  string // 26 digits; empty: the network's totals say so
	Network string // the network's number of it
	Lane    string
	Shift   int64 // as in Row
	Clerk   string
	State   State
	At      int64     // as in Row
	Seq     entry.Seq // as in Row; 0 of what is still held
	Trusted bool
	Amount  money.Fen // below zero where the network's totals take back what counted before
}

// RefundRow is one refund of an order. It counts where its own outcome is: in
// that time, shift, clerk and lane, whatever the order's are.
type RefundRow struct {
	Number  string // 26 digits
	Network string // the network's number of it
	Lane    string // whose shift's it is, empty: the order's
	Shift   int64  // as in Row
	Clerk   string
	State   State     // Frozen counts as Unknown
	At      int64     // as in Row
	Seq     entry.Seq // as in Row
	Trusted bool
	Amount  money.Fen // what goes back, in terms of the order's price. Of one refused after another sum went back: Paid, with that sum
	Settled money.Fen // what the merchant is without
}

// Movement is an order's own money, a part of a deposit's, or one refund's: a line
// of the details, and what figures are made of.
type Movement struct {
	Order         entry.Seq
	Refund        bool
	Deposit       bool   // it is a deposit's, also a refund of what was captured
	Part          Part   // of a deposit; a refund of what was captured is a refund
	Number        string // the order's
	RefundNumber  string // or that of a capture or release
	NetworkNumber string // the network's: of the payment, or of the refund
	Lane          string
	Shift         int64
	Clerk         string
	Wallet        string // by which way the money came: "cash", "card", a wallet, else the network
	Network       string
	Merchant      string
	Title, Ref    string
	State         State
	At            int64 // Unix ms
	Seq           entry.Seq
	Trusted       bool
	Amount        money.Fen
	Settled       money.Fen
}

// ofOrder is a row's own money, or the taking of a deposit.
func ofOrder(r *Row) Movement {
	m := Movement{Order: r.Order, Number: r.Number, NetworkNumber: r.NetworkNumber, Lane: r.Lane, Shift: r.Shift, Clerk: r.Clerk,
		Wallet: cmp.Or(r.Tender, r.Wallet, r.Network), Network: r.Network, Merchant: r.Merchant, Title: r.Title, Ref: r.Ref,
		State: r.State, At: r.At, Seq: r.Seq, Trusted: r.Trusted, Amount: r.Amount, Settled: r.Settled}
	if r.Deposit {
		m.Deposit, m.Part, m.Settled = true, Taken, 0
	}
	return m
}

// refunded makes a row's movement that of one of its refunds.
func (m *Movement) refunded(r *RefundRow) {
	m.Refund, m.Part, m.RefundNumber, m.NetworkNumber = true, NoPart, r.Number, r.Network
	m.Lane, m.Shift, m.Clerk = cmp.Or(r.Lane, m.Lane), r.Shift, r.Clerk
	m.State, m.At, m.Seq, m.Trusted, m.Amount, m.Settled = r.State, r.At, r.Seq, r.Trusted, r.Amount, r.Settled
}

// moved makes a row's movement that of a part of its deposit. The shop receives
// all of what it captures.
func (m *Movement) moved(r *MoveRow) {
	m.Part, m.RefundNumber, m.NetworkNumber = r.Part, r.Number, cmp.Or(r.Network, m.NetworkNumber)
	m.Lane, m.Shift, m.Clerk = cmp.Or(r.Lane, m.Lane), r.Shift, r.Clerk
	m.State, m.At, m.Seq, m.Trusted, m.Amount, m.Settled = r.State, r.At, r.Seq, r.Trusted, r.Amount, 0
	if m.Part == Captured && m.State == Paid {
		m.Settled = m.Amount
	}
}

// Says is the movement's state as people read it.
func (m *Movement) Says() words.Report {
	state := min(m.State, Frozen)
	switch {
	case m.Refund:
		return [...]words.Report{words.ReportIsUnknown, words.ReportIsUnderWay, words.ReportIsReturned, words.ReportIsNotGone, words.ReportIsUnknown}[state]
	case m.Part == NoPart, m.Part == Captured && state != Paid:
	case state == Paid:
		return [...]words.Report{Taken: words.ReportIsTaken, Captured: words.ReportIsCaptured, Released: words.ReportIsReleased, StillHeld: words.ReportIsHeld}[min(m.Part, StillHeld)]
	case state == Ended:
		return words.ReportIsNotHeld
	}
	return [...]words.Report{words.ReportIsUnknown, words.ReportIsOpen, words.ReportIsPaid, words.ReportIsEnded, words.ReportIsFrozen}[state]
}

// Is is what kind of movement it is, as people read it.
func (m *Movement) Is() words.Report {
	if m.Refund {
		return words.ReportRefundKind
	}
	return [...]words.Report{words.ReportSaleKind, words.ReportTakenKind, words.ReportCapturedKind, words.ReportReleasedKind, words.ReportHeldKind}[min(m.Part, StillHeld)]
}
