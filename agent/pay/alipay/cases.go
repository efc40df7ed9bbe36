package alipay

import (
	"maps"
	"slices"
	"strings"

	"tillgate/agent/pay"
)

// Cases are the documented codes of every call and what each proves, as
// Result.Code has them. A star stands for the rest of a name.
func Cases() []pay.Case {
	cases := []pay.Case{
		{Op: opCharge.name, Code: codeWaiting, State: pay.Waiting},
		{Op: opQuery.name, Code: statusWaiting, State: pay.Waiting},
		{Op: opQuery.name, Code: statusSuccess, State: pay.Paid},
		{Op: opQuery.name, Code: statusFinished, State: pay.Paid},
		{Op: opQuery.name, Code: statusClosed, State: pay.Declined},
	}
	cases = append(cases, holdStates()...)
	for _, o := range []operation{
		opCharge, opShow, opQuery, opCancel, opClose, opRefund, opRefundQuery,
		opHold, opShowHold, opHoldQuery, opHoldUndo, opCapture, opCaptureQuery, opRelease, opReleaseQuery,
	} {
		for _, code := range slices.Sorted(maps.Keys(gateway)) {
			for _, sub := range append([]string{code}, gateway[code].subs...) {
				cases = append(cases, o.verdict(code, sub).of(o.name, sub))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(o.codes)) {
			cases = append(cases, o.codes[name].of(o.name, o.prefix+name))
		}
	}
	slices.SortStableFunc(cases, func(a, b pay.Case) int {
		return strings.Compare(a.Op+" "+a.Code, b.Op+" "+b.Code)
	})
	return slices.Compact(cases) // the two calls of an undo share most
}

func (v verdict) of(op, code string) pay.Case {
	return pay.Case{Op: op, Code: code, State: v.state, NotFound: v.notFound, Fault: v.fault}
}
