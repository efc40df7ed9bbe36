package cloudpay

import (
	"cmp"
	"slices"
	"strconv"

	"tillgate/agent/pay"
)

// verdict is what a number of a verified reply proves.
type verdict struct {
	state    pay.State
	notFound bool
	fault    bool // a person has to look
	tell     bool // the network's words are for the payer
	gone     bool // it may have been paid and gone back: on its way back that is its end
	unseen   bool // its wallet does not know it: on its way back that is not found
}

// The verdicts. What could mean that money moved is unknown.
var (
	unknown   = verdict{state: pay.Unknown}
	paid      = verdict{state: pay.Paid}
	waiting   = verdict{state: pay.Waiting, tell: true}
	declined  = verdict{state: pay.Declined, tell: true}
	refused   = verdict{state: pay.Declined, fault: true}
	notFound  = verdict{state: pay.Unknown, notFound: true}
	stuck     = verdict{state: pay.Unknown, fault: true}
	wentBack  = verdict{state: pay.Mismatch, gone: true}             // who gave it back? not we
	ended     = verdict{state: pay.Declined, gone: true, tell: true} // closed, or gone back: the refunded amount tells
	notOurs   = verdict{state: pay.Mismatch}
	returned  = verdict{state: pay.Returned}
	onItsWay  = verdict{state: pay.Waiting}
	notReturn = verdict{state: pay.Declined}
)

// The numbers of replies (page 37627). One that is not here is unknown.
var (
	// chargeCodes are those of micro_pay and scan_code_pay. 102 (a problem with
	// the number) is a refusal only where a look finds nothing under the number.
	chargeCodes = map[string]verdict{
		statusAgain: unknown, statusRefused: unknown, refusedKey: unknown, statusBusy: unknown,
		statusNumber: refused,
		statusNo:     declined,
		usedNumber:   notOurs,
		boundDevice:  refused,
		unbound:      refused,
	}

	// queryCodes are those of query_order: none of them says what became of a charge.
	queryCodes = map[string]verdict{
		statusAgain: unknown, statusRefused: unknown, refusedKey: unknown, statusBusy: unknown,
		statusNumber: notFound,
		statusNo:     unknown,
		boundDevice:  unknown,
		unbound:      unknown,
	}

	// undoCodes are those of close_order and reverse, of an order that a query has
	// just found open. Only 0 says that it is done.
	undoCodes = map[string]verdict{
		statusAgain: unknown, statusRefused: stuck, refusedKey: stuck, statusBusy: unknown,
		statusNumber: unknown,
		statusNo:     unknown,
		boundDevice:  stuck,
		unbound:      stuck,
	}

	// refundCodes are those of refund. 102 and 104 are believed only where the
	// network knows no refund of that number.
	refundCodes = map[string]verdict{
		statusAgain: unknown, statusRefused: stuck, refusedKey: stuck, statusBusy: unknown,
		statusNumber: stuck,
		statusNo:     notReturn,
		boundDevice:  stuck,
		unbound:      stuck,
	}

	// refundQueryCodes are those of query_refund_order.
	refundQueryCodes = map[string]verdict{
		statusAgain: unknown, statusRefused: stuck, refusedKey: stuck, statusBusy: unknown,
		statusNumber: notFound,
		statusNo:     unknown,
		boundDevice:  stuck,
		unbound:      stuck,
	}
)

// record is a payment that somebody has only written down.
const record = "record"

// orderStates are the states of an order (page 37628, what to do: page 37632).
// One that is not here is unknown.
var orderStates = map[string]map[int]verdict{
	wechat: {
		1: waiting, 2: paid, 3: paid, 4: wentBack, 5: declined, 6: waiting, 7: declined, 8: declined, 9: waiting, 10: declined, 11: declined, 12: waiting,
		13: unknown, 14: paid, // of deposits: only the second has given money to the merchant
	},
	alipay: {1: waiting, 2: paid, 4: waiting, 5: ended, 6: paid, 7: declined},
	record: {1: unknown, 2: unknown, 3: unknown},
}

// shownStates are where a code that we show differs: it can be paid as long as it
// is open, and until it has been scanned the wallet may not know its order.
var shownStates = map[string]map[int]verdict{
	wechat: {11: {state: pay.Waiting, unseen: true}},
	alipay: {7: {state: pay.Waiting, unseen: true}},
}

func orderState(wallet string, state int, shown bool) verdict {
	if v, known := shownStates[wallet][state]; known && shown {
		return v
	}
	return orderStates[wallet][state]
}

// refundStates are the states of a refund (page 37628).
var refundStates = map[string]map[int]verdict{
	wechat: {1: onItsWay, 2: returned, 3: notReturn, 4: onItsWay, 5: stuck, 6: stuck},
	alipay: {1: onItsWay, 2: returned, 3: notReturn, 4: onItsWay, 5: notFound},
	record: {1: unknown, 2: unknown},
}

// stateCode is an order's state as Result.Code.
func stateCode(wallet string, state int) string { return wallet + " " + strconv.Itoa(state) }

// refundCode is a refund's.
func refundCode(wallet string, state int) string { return "refund " + stateCode(wallet, state) }

// Cases are all documented numbers and what they prove. The states of an order
// under "show" are those that a query of a shown code reads otherwise.
func Cases() []pay.Case {
	var all []pay.Case
	add := func(op, code string, v verdict) {
		all = append(all, pay.Case{Op: op, Code: code, State: v.state, NotFound: v.notFound, Fault: v.fault})
	}
	for op, table := range map[string]map[string]verdict{
		"charge": chargeCodes, "show": chargeCodes, "query": queryCodes, "undo": undoCodes, "refund": refundCodes, "refund-query": refundQueryCodes,
	} {
		for code, v := range table {
			add(op, code, v)
		}
	}
	for wallet, states := range orderStates {
		for state, v := range states {
			add("charge", stateCode(wallet, state), v)
			add("query", stateCode(wallet, state), v)
			if s := orderState(wallet, state, true); s != v {
				add("show", stateCode(wallet, state), s)
			}
		}
	}
	for wallet, states := range refundStates {
		for state, v := range states {
			add("refund", refundCode(wallet, state), v)
			add("refund-query", refundCode(wallet, state), v)
		}
	}
	holdCases(add)
	slices.SortFunc(all, func(a, b pay.Case) int { return cmp.Or(cmp.Compare(a.Op, b.Op), cmp.Compare(a.Code, b.Code)) })
	return all
}
