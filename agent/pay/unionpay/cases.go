package unionpay

import (
	"cmp"
	"slices"

	"tillgate/agent/pay"
)

// Cases are the documented codes with what they prove, as the answer to each
// call: errCodes, queryResCodes, and the states of bills and of their refunds.
// A final no to a charge or a refund is looked at before it is passed on, and
// the refund's SUCCESS is read together with its status.
func Cases() []pay.Case {
	var all []pay.Case
	add := func(op, code string, v verdict) {
		all = append(all, pay.Case{Op: op, Code: code, State: v.state, NotFound: v.notFound, Fault: v.fault})
	}
	for code, m := range codes {
		add("charge", code, m.charge)
		add("query", code, m.query)
		add("undo", code, m.undo)
		add("show", code, m.show)
		add("refund", code, m.refund)
		add("refund-query", code, m.refundQuery)
	}
	add("charge", codeDone, verdict{state: pay.Paid})
	add("undo", codeDone, over)
	add("refund", codeDone, verdict{state: pay.Returned})
	add("refund-query", codeDone, verdict{state: pay.Returned})
	for code, v := range resCodes {
		if _, listed := codes[code]; !listed {
			add("query", code, v)
		}
	}
	add("query", resPaid, verdict{state: pay.Paid})
	add("query", resRefunded, verdict{state: pay.Mismatch})
	for state, v := range billStates {
		add("query", state, v)
	}
	for state := range paidStates {
		add("query", state, verdict{state: pay.Paid})
	}
	for state := range refundedStates {
		add("query", state, verdict{state: pay.Mismatch})
	}
	for state, v := range refundStates {
		if state != codeSuccess {
			add("refund", state, v)
			add("refund-query", state, v)
		}
	}
	slices.SortFunc(all, func(a, b pay.Case) int { return cmp.Or(cmp.Compare(a.Op, b.Op), cmp.Compare(a.Code, b.Code)) })
	return all
}
