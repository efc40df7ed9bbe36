package cloudpay

import "tillgate/agent/pay"

// over is a deposit of which nothing is left; its totals tell where it went.
var over = verdict{state: pay.Paid, gone: true}

// moveCodes are those of deposit_consume and unfreeze (page 37627). 102 and 104
// are believed only where the network knows no move of that number. Both calls
// carry a number, so that 407 would be of another one under it.
var moveCodes = map[string]verdict{
	statusAgain: unknown, statusRefused: stuck, refusedKey: stuck, statusBusy: unknown,
	statusNumber: refused,
	statusNo:     notReturn,
	usedNumber:   notOurs,
	boundDevice:  stuck,
	unbound:      stuck,
}

// freezeStates are the states of a deposit (page 37628). Alipay's 3 means closed
// as well as all gone: whether it was held is told by its time and its totals.
var freezeStates = map[string]map[int]verdict{
	wechat: {1: waiting, 2: paid, 3: waiting, 4: declined, 5: over, 6: declined, 7: declined},
	alipay: {1: waiting, 2: paid, 3: ended, 4: declined},
}

// shownFreezeStates are where a code that we show differs: until it has been
// scanned the wallet may not know of it.
var shownFreezeStates = map[string]map[int]verdict{
	alipay: {4: {state: pay.Waiting, unseen: true}},
}

func freezeVerdict(wallet string, state int, shown bool) verdict {
	if v, known := shownFreezeStates[wallet][state]; known && shown {
		return v
	}
	return freezeStates[wallet][state]
}

// captureVerdict is the state of an order that takes money out of a deposit. One
// that was refunded since was captured all the same.
func captureVerdict(wallet string, state int) verdict {
	v := orderStates[wallet][state]
	if v.gone && v.state == pay.Mismatch {
		return paid
	}
	return v
}

// unfreezeStates are the states of a release (page 37628). One that its wallet
// does not know goes out again under its number.
var unfreezeStates = map[string]map[int]verdict{
	wechat: {1: onItsWay, 2: returned, 3: notReturn, 4: notFound},
	alipay: {1: onItsWay, 2: returned, 3: notReturn, 4: notFound, 5: notFound},
}

// freezeCode is a deposit's state as Result.Code.
func freezeCode(wallet string, state int) string { return "freeze " + stateCode(wallet, state) }

// unfreezeCode is a release's.
func unfreezeCode(wallet string, state int) string { return "unfreeze " + stateCode(wallet, state) }

// ofUndo is what a verdict on the release of a whole deposit means for its undo.
func (v verdict) ofUndo() verdict {
	switch v.state {
	case pay.Returned:
		return verdict{state: pay.Declined}
	case pay.Declined, pay.Mismatch:
		return stuck
	}
	return verdict{fault: v.fault}
}

// holdCases are those of deposits.
func holdCases(add func(op, code string, v verdict)) {
	for op, table := range map[string]map[string]verdict{
		"hold": chargeCodes, "show-hold": chargeCodes, "hold-query": queryCodes, "capture": moveCodes, "capture-query": refundQueryCodes, "release": moveCodes, "release-query": refundQueryCodes,
	} {
		for code, v := range table {
			add(op, code, v)
		}
	}
	for code, v := range moveCodes {
		add("hold-undo", code, v.ofUndo())
	}
	for wallet, states := range freezeStates {
		for state, v := range states {
			add("hold", freezeCode(wallet, state), v)
			add("hold-query", freezeCode(wallet, state), v)
			if s := freezeVerdict(wallet, state, true); s != v {
				add("show-hold", freezeCode(wallet, state), s)
			}
		}
	}
	for wallet, states := range orderStates {
		for state := range states {
			add("capture", stateCode(wallet, state), captureVerdict(wallet, state))
			add("capture-query", stateCode(wallet, state), captureVerdict(wallet, state))
		}
	}
	for wallet, states := range unfreezeStates {
		for state, v := range states {
			add("release", unfreezeCode(wallet, state), v)
			add("release-query", unfreezeCode(wallet, state), v)
			add("hold-undo", unfreezeCode(wallet, state), v.ofUndo())
		}
	}
}
