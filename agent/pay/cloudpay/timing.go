package cloudpay

import (
	"time"

	"tillgate/agent/pay"
)

// Timing is Cloud Pay's. Its documents give four numbers (page 37632): a query
// every 2 s (the vendor rule; their SDK asks every 6 s), 3 s after an answer 103,
// two minutes until a cashier is told to look elsewhere, and codes that live for
// 120 s in all samples. A query every 3 s keeps to both of the first two.
//
// The rest is of the wallets behind it, which answer through it: a charge may
// take as long as WeChat Pay's, a payment code lives for a minute in both
// wallets, and a year is the longest that either gives back. The pace of refunds
// is Alipay's, the slower of the two: it wants 3 s between two of one payment, and
// no look earlier than after 10 s. An undo asks first what there is to undo, so
// it is never too early.
//
// Deposits: what is left of one is released after 30 days (pages 37676 to 37681). The call of
// a move is as long as a charge's, its pace that of page 37627: 3 s after an
// answer that is not final the same request may be sent again, or asked about.
var Timing = pay.Timing{
	Call:       20 * time.Second,
	Ask:        8 * time.Second,
	Queries:    []time.Duration{3 * time.Second},
	QueryEvery: 3 * time.Second,
	Patience:   2 * time.Minute,
	CodeLife:   time.Minute,
	Undo:       pay.Undo{Kind: "refund", NotAfter: refundWindow},
	UndoAgain:  []time.Duration{3 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second},
	Show: pay.ShowTiming{
		Call:       8 * time.Second,
		Life:       2 * time.Minute,
		QueryEvery: 3 * time.Second,
		Undo:       pay.Undo{Kind: "close", NotAfter: refundWindow},
	},
	Refund: pay.RefundTiming{
		Call:       20 * time.Second,
		Queries:    []time.Duration{10 * time.Second, 30 * time.Second, time.Minute},
		QueryEvery: 10 * time.Minute,
		Again:      time.Minute,
		Apart:      3 * time.Second,
		Window:     refundWindow,
	},
	Hold: pay.HoldTiming{
		Undo:       pay.Undo{Kind: "release", NotAfter: holdLife},
		Call:       20 * time.Second,
		QueryEvery: 3 * time.Second,
		Again:      3 * time.Second,
	},
}

// refundWindow is how long after a payment it can go back: WeChat Pay's year and
// Alipay's 12 months; Cloud Pay's documents give no number.
const refundWindow = 365 * 24 * time.Hour
