package unionpay

import (
	"time"

	"tillgate/agent/pay"
)

// Timing is that of ChinaUMS, whose own rule for polling is not public.
//
// Codes that we scan (page kXOZy68D): the network holds its answer while the
// payer types a password, and clients in the field wait 60 s for it; a query
// every 3 to 5 s, up to 90 s; then it goes back. A void is for the same day, and
// what is undone later is refunded: 30 days is the shorter of the windows that
// are written down. A payment code is worth nothing after a minute
// (the wallets' rule).
//
// Codes that we show (pages je24KjzL and m32QOBX0): two minutes are for taking the phone out,
// scanning and a password, as everywhere here; the network itself would give 30.
// They are closed at any time, and what was paid is refunded.
//
// Refunds (4.4, 5.2): answered at once; an order is locked for a minute by the
// operation before. The longer of the windows written down is a year: within it
// the network's own word counts.
//
// What is ours: 10 s for a query or an undo, which may be several calls, and
// the gaps between undos.
var Timing = pay.Timing{
	Call:       60 * time.Second,
	Ask:        10 * time.Second,
	Queries:    []time.Duration{3 * time.Second, 6 * time.Second, 9 * time.Second},
	QueryEvery: 5 * time.Second,
	Patience:   90 * time.Second,
	CodeLife:   time.Minute,
	Undo:       pay.Undo{Kind: "void", NotAfter: 30 * 24 * time.Hour},
	UndoAgain:  []time.Duration{1 * time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second},
	Show: pay.ShowTiming{
		Call:       10 * time.Second,
		Life:       2 * time.Minute,
		QueryEvery: 3 * time.Second,
		Undo:       pay.Undo{Kind: "close", NotAfter: 30 * 24 * time.Hour},
	},
	Refund: pay.RefundTiming{
		Call:       30 * time.Second,
		Queries:    []time.Duration{5 * time.Second, 30 * time.Second},
		QueryEvery: time.Minute,
		Again:      time.Minute,
		Apart:      time.Minute,
		Window:     365 * 24 * time.Hour,
	},
}
