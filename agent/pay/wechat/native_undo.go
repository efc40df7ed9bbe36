package wechat

import (
	"context"
	"net/http"
	"net/url"

	"tillgate/agent/pay"
)

// undo makes sure that an order takes no money: it is closed, and where somebody
// was faster than that, all of it is given back.
func (v *v3) undo(ctx context.Context, a pay.Attempt) pay.Result {
	path := v.transactions() + "/out-trade-no/" + url.PathEscape(a.Number) + "/close"
	r := v.ask(ctx, http.MethodPost, path, always(v.payee().withoutApps()))
	switch {
	case !r.verified:
		return r.result.NeverFinal()
	case r.status == http.StatusNoContent:
		return r.judged(verdict{state: pay.Declined}, "closed", "")
	}
	refusal := r.refused(closeCodes)
	switch {
	case r.code == "ORDER_PAID" || r.code == "ORDERPAID":
		return undone(giveBack(ctx, v, pay.Whole(a)))
	case refusal.State != pay.Unknown || refusal.NotFound || refusal.Fault || r.status >= http.StatusInternalServerError || r.status == http.StatusTooManyRequests:
		return refusal
	}
	// A code whose meaning is not sure, such as INVALID_REQUEST: too early, or paid?
	if look, t := v.look(ctx, a); look.verified && t != nil && (t.State == "SUCCESS" || t.State == "REFUND") {
		return undone(giveBack(ctx, v, pay.Whole(a)))
	}
	return refusal
}
