package pay

import "time"

// Timing is how patient a network wants us to be. All are durations from the
// moment the charge was asked for, except where the line says otherwise.
type Timing struct {
	Call       time.Duration   // longest wait for the answer to a charge
	Ask        time.Duration   // longest wait for the answer to a query or an undo
	Queries    []time.Duration // when to ask after an unknown or waiting charge, counted from its answer
	QueryEvery time.Duration   // after the last of Queries
	Patience   time.Duration   // then it goes back
	CodeLife   time.Duration   // a payment code is worth nothing after that
	Undo       Undo
	UndoAgain  []time.Duration // gaps between undos that were not carried out; the last one repeats
	Show       ShowTiming      // of codes that we show; zero: the network has none
	Refund     RefundTiming
	Hold       HoldTiming
}

// ShowTiming is how patient we are with a code that we show. All are durations
// from the moment the code was asked for, except where the line says otherwise.
type ShowTiming struct {
	Call       time.Duration // longest wait for the code
	Life       time.Duration // how long it may be paid; then it goes back
	QueryEvery time.Duration // counted from the newest answer
	Undo       Undo
}

// Shown is the timing of an attempt that was shown: a machine plans it like any other.
func (t Timing) Shown() Timing {
	s := t.Show
	t.Call, t.Queries, t.QueryEvery = s.Call, nil, s.QueryEvery
	t.Patience, t.CodeLife, t.Undo = s.Life, s.Life, s.Undo
	return t
}

// Undo is what a network offers against a charge, and when.
type Undo struct {
	Kind      string        // "reverse", "cancel", "void"; empty: the network has none
	NotBefore time.Duration // after the charge was asked for
	NotAfter  time.Duration // after the charge was asked for; later only a refund helps
}

// WeChat is the timing of WeChat Pay. Code payment (micropay and reverse pages,
// updated 2025-08, and the troubleshooting guide of 2026): query about every 5 s
// up to 45 s, reverse no earlier than 15 s and no later than 7 days.
//
// Codes that we show (Native): an order is closed at any time and what was paid
// is given back within a year (close and refund pages); no page limits queries,
// and a payer who has paid should not stand there for longer than 3 s. Two
// minutes are for taking the phone out, scanning and a password; less than one
// the network lifts to one (time_expire), and who comes back later finds a car
// or a customer behind him.
//
// Refunds (v3 refund page, 4012556457, and v2's, chapter 9_4 and 9_5): up to a
// year after the payment, two of one payment at least a minute apart, and a
// minute's rest after INVALID_REQ_TOO_MUCH, which is what a refund that is sent
// again waits for. Money reaches a balance within 20 minutes and a card in about
// three working days, so that questions get rarer. No page limits the wait for
// the answer; it is as long as a charge's, for a refusal and the look after it.
//
// Deposits (page 4011986268): a reverse is in time from 15 s on, until the
// network gives everything back after 30 days; no page names another limit. A
// capture is a query, the consumption and nothing else, a release a query on both
// sides of the reverse: together they have what a charge has. An answer to a query
// says nothing for good of what was sent less than 15 s ago (chapter 9_2), which is
// what a move waits for before it is sent again.
var WeChat = Timing{
	Call:       20 * time.Second,
	Ask:        8 * time.Second,
	Queries:    []time.Duration{1 * time.Second, 5 * time.Second},
	QueryEvery: 5 * time.Second,
	Patience:   45 * time.Second,
	CodeLife:   time.Minute,
	Undo:       Undo{Kind: "reverse", NotBefore: 15 * time.Second, NotAfter: 7 * 24 * time.Hour},
	UndoAgain:  []time.Duration{1 * time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second},
	Show: ShowTiming{
		Call:       8 * time.Second,
		Life:       2 * time.Minute,
		QueryEvery: 3 * time.Second,
		Undo:       Undo{Kind: "close", NotAfter: 365 * 24 * time.Hour},
	},
	Refund: RefundTiming{
		Call:       20 * time.Second,
		Queries:    []time.Duration{3 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute},
		QueryEvery: time.Hour,
		Again:      time.Minute,
		Apart:      time.Minute,
		Window:     365 * 24 * time.Hour,
	},
	Hold: HoldTiming{
		Undo:       Undo{Kind: "reverse", NotBefore: 15 * time.Second, NotAfter: 30 * 24 * time.Hour},
		Call:       20 * time.Second,
		QueryEvery: 5 * time.Second,
		Again:      15 * time.Second,
	},
}
