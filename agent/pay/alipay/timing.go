package alipay

import (
	"time"

	"tillgate/agent/pay"
)

// Timing is that of Alipay's face-to-face payment. The numbers are those of
// its pages (DESIGN.md) where one is named, else ours.
//
// Code payment (page 01rfnt): who must type a password is asked about after 5 s
// and then every 3 to 6 s, for 30 to 60 s together, and cancelled at once after
// that. An answer that says nothing is asked about at once (pages common/02km9f and 00f7nv); a
// second is for it to arrive. Of the interval we take the shortest that the
// state machine there names, of the total what WeChat's payers have too: 45 s.
// That a code is worth nothing after a minute is how the wallet behaves. The
// call's 15 s are the default of Alipay's own clients; other calls get 8 s.
// A cancel is in time for 24 h; later the undo is a refund, for 12 months
// (pages 02ekfq, 02ekfr, 02ekfs and 02ekft). It goes out again after 2 s, as in the demo, then less often.
//
// Codes that we show (page 05osv9): they live 2 h at most, 2 to 5 minutes are
// advised, and are closed when nobody stands there any more.
//
// Deposits (page 318/106393): a cancel is in time for 24 h; later the undo is a
// release, for as long as something is held, of which no page gives a number: a
// year, as with refunds. Captures are payments and have a payment's numbers: a
// trade that is not there is not so for good during the first 10 s (page 01rfnt),
// which is what a move waits for before it is sent again.
//
// Refunds (pages 02ekfs and 02ekft): asked about no earlier than 10 s after, 3 s between two
// of one payment, for 12 months; the contract may say less.
var Timing = pay.Timing{
	Call:       15 * time.Second,
	Ask:        8 * time.Second,
	Queries:    []time.Duration{1 * time.Second, 5 * time.Second},
	QueryEvery: 3 * time.Second,
	Patience:   45 * time.Second,
	CodeLife:   time.Minute,
	Undo:       pay.Undo{Kind: "cancel", NotAfter: 365 * 24 * time.Hour},
	UndoAgain:  []time.Duration{2 * time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second},
	Show: pay.ShowTiming{
		Call:       8 * time.Second,
		Life:       2 * time.Minute,
		QueryEvery: 3 * time.Second,
		Undo:       pay.Undo{Kind: "close", NotAfter: 365 * 24 * time.Hour},
	},
	Refund: pay.RefundTiming{
		Call:       15 * time.Second,
		Queries:    []time.Duration{10 * time.Second, 20 * time.Second, 40 * time.Second},
		QueryEvery: time.Minute,
		Again:      10 * time.Second,
		Apart:      3 * time.Second,
		Window:     365 * 24 * time.Hour,
	},
	Hold: pay.HoldTiming{
		Undo:       pay.Undo{Kind: "cancel", NotAfter: 365 * 24 * time.Hour},
		Call:       15 * time.Second,
		QueryEvery: 3 * time.Second,
		Again:      10 * time.Second,
	},
}
