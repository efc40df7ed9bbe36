package wechat

import (
	"context"
	"net/http"
	"net/url"

	"tillgate/agent/pay"
)

// allSuffix makes a refund's number of an order's. There is one refund of an
// order that is undone, of all of it, and it has one number for ever: sent
// again it is the same refund.
const allSuffix = "99"

// undo makes sure that an order takes no money: it is closed, and where somebody
// was faster than that, all of it is given back.
func (v *v3) undo(ctx context.Context, a pay.Attempt) pay.Result {
	path := v.transactions() + "/out-trade-no/" + url.PathEscape(a.Number) + "/close"
	r := v.ask(ctx, http.MethodPost, path, always(v.payee().withoutApps()))
	switch {
	case !r.verified:
		return neverFinal(r.result)
	case r.status == http.StatusNoContent:
		return r.judged(verdict{state: pay.Declined}, "closed", "")
	}
	refusal := r.refused(closeCodes)
	switch {
	case r.code == "ORDER_PAID" || r.code == "ORDERPAID":
		return undone(giveBack(ctx, v, allOf(a)))
	case refusal.State != pay.Unknown || refusal.NotFound || refusal.Fault || r.status >= http.StatusInternalServerError || r.status == http.StatusTooManyRequests:
		return refusal
	}
	// A code whose meaning is not sure, such as INVALID_REQUEST: too early, or paid?
	if look, t := v.look(ctx, a); look.verified && t != nil && (t.State == "SUCCESS" || t.State == "REFUND") {
		return undone(giveBack(ctx, v, allOf(a)))
	}
	return refusal
}

// allOf is the refund of an order that is undone.
func allOf(a pay.Attempt) pay.Refund {
	return pay.Refund{Of: a, Number: a.Number + allSuffix, Amount: a.Amount}
}
