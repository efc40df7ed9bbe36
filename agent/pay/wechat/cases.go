package wechat

import (
	"maps"
	"slices"

	"tillgate/agent/pay"
)

// Cases are the documented error codes of all calls and what each proves, in
// order. An undo by close that finds its order paid answers with the codes of a
// refund, all of them Unknown.
func Cases() []pay.Case {
	tables := []struct {
		op    string
		codes map[string]verdict
	}{
		{"charge", chargeCodes},
		{"query", queryCodes},
		{"undo", undoCodes},
		{"undo", closeCodes},
		{"show", showCodes},
		{"refund", refundCodes},
		{"refund-query", refundLookCodes},
		{"hold", holdCodes},
		{"hold-query", holdQueryCodes},
		{"hold-undo", holdUndoCodes},
		{"capture", captureCodes},
		{"capture-query", moveQueryCodes},
		{"release", releaseCodes},
		{"release-query", moveQueryCodes},
	}
	var all []pay.Case
	for _, t := range tables {
		for _, code := range slices.Sorted(maps.Keys(t.codes)) {
			v := t.codes[code]
			c := pay.Case{Op: t.op, Code: code, State: v.state, NotFound: v.notFound, Fault: v.fault}
			if !slices.Contains(all, c) { // reverse and close share some
				all = append(all, c)
			}
		}
	}
	return all
}

// States are the documented states of orders, deposits and refunds and what each proves.
// Of a code that we show, under "show", they are those that prove something else.
func States() []pay.Case {
	all := []pay.Case{
		{Op: "query", Code: "SUCCESS", State: pay.Paid}, {Op: "query", Code: "REFUND", State: pay.Mismatch},
		{Op: "hold-query", Code: "SUCCESS", State: pay.Paid}, {Op: "hold-query", Code: "REFUND", State: pay.Paid}, // what was held stays so
	}
	add := func(op, code string, v verdict) {
		all = append(all, pay.Case{Op: op, Code: code, State: v.state, NotFound: v.notFound, Fault: v.fault})
	}
	for _, code := range slices.Sorted(maps.Keys(tradeStates)) {
		add("query", code, tradeStates[code])
		add("hold-query", code, tradeStates[code])
		if v := shownStates[code]; v.state != tradeStates[code].state {
			add("show", code, v)
		}
	}
	for _, op := range []string{"refund", "refund-query"} {
		for _, code := range slices.Sorted(maps.Keys(refundStates)) {
			add(op, code, refundStates[code])
		}
	}
	return all
}
