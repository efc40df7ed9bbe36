package cloudpay

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tillgate/agent/pay"
)

// unwalleted is for a move that does not say whose wallet's deposit it is of: the
// calls have to name it. A query of the deposit tells.
var unwalleted = pay.Result{Code: "deposit not named", Fault: true}

// captured is a capture as the attempt at the payment that it is.
func captured(m pay.Move) pay.Attempt {
	return pay.Attempt{Number: m.Number, Merchant: m.Of.Merchant, Amount: m.Amount, Asked: m.Of.Asked}
}

// Capture takes a part of a deposit (deposit_consume). Its number makes it the
// same capture when it is sent again. Of WeChat Pay the rest goes back with it,
// whatever is asked for: the network takes nothing else.
func (p *Provider) Capture(ctx context.Context, m pay.Move) pay.Result {
	if platforms[m.Wallet] == 0 {
		return unwalleted
	}
	c := p.content(m.Wallet, m.Lane, m.Staff)
	restGoes := m.Last || m.Wallet == wechat
	c.Pay = &payContent{
		Number: m.Number, Total: m.Amount, FeeType: "CNY", Body: cmp.Or(pay.Cut(m.Title, bodyBytesMax), "押金"), FreezeNo: m.Of.Number, RestGoes: &restGoes,
	}
	r := p.ask(ctx, "deposit_consume", c)
	switch {
	case r.answer == nil:
		return unheard(r.result)
	case r.code == statusDone:
		return p.consumed(r, r.answer.Consume, m)
	}
	return confirmMove(r.refused(moveCodes), func() pay.Result { return p.QueryCapture(ctx, m) })
}

// confirmMove looks whether there is nothing under a move's number, as its refusal
// says: an earlier copy of it may have been taken on.
func confirmMove(refusal pay.Result, look func() pay.Result) pay.Result {
	if refusal.State == pay.Unknown && !refusal.Fault {
		return refusal
	}
	switch seen := look(); {
	case seen.NotFound || seen.State == pay.Declined:
		return refusal
	case seen.State != pay.Unknown:
		return seen
	case refusal.State == pay.Declined:
		refusal.State, refusal.Fault = pay.Unknown, false
	}
	return refusal
}

// QueryCapture asks what became of a capture (query_order).
func (p *Provider) QueryCapture(ctx context.Context, m pay.Move) pay.Result {
	r := p.ask(ctx, "query_order", p.about(captured(m), m.Wallet))
	switch {
	case r.answer == nil:
		return unheard(r.result)
	case r.code != statusDone:
		return r.refused(refundQueryCodes)
	}
	return p.consumed(r, r.answer.Query, m)
}

// consumed judges what a verified answer says of a capture.
func (p *Provider) consumed(r reply, t *tradeAnswer, m pay.Move) pay.Result {
	if t == nil {
		return r.judged(unknown, pay.CodeIncomplete, "")
	}
	wallet, state, _ := t.Order.wallet()
	r.result.Wallet = walletName(wallet)
	switch {
	case t.Order.FreezeNo != "" && t.Order.FreezeNo != m.Of.Number:
		return r.judged(unknown, pay.CodeNumber, "")
	case t.gone() && t.Order.back(): // it was captured, and refunded since
		result := p.success(r, t, captured(m))
		if result.State == pay.Paid {
			result.Code = stateCode(wallet, state)
		}
		return result
	}
	return p.traded(r, t, captured(m))
}

// Release gives a part of a deposit back, or all of it (unfreeze). The right that
// it takes is that of refunds.
func (p *Provider) Release(ctx context.Context, m pay.Move) pay.Result {
	if platforms[m.Wallet] == 0 {
		return unwalleted
	}
	c := p.content(m.Wallet, m.Lane, m.Staff).authorised(p.o)
	c.Unfreeze = &unfreezeContent{FreezeNo: m.Of.Number, Number: m.Number, Fee: m.Amount, Remark: pay.Cut(m.Title, remarkBytesMax)}
	r := p.ask(ctx, "unfreeze", c)
	switch {
	case r.answer == nil:
		return unheard(r.result)
	case r.code == statusDone && r.answer.Unfreeze == nil:
		return r.judged(unknown, pay.CodeIncomplete, "")
	case r.code == statusDone:
		return r.released(r.answer.Unfreeze.Order, m)
	}
	return confirmMove(r.refused(moveCodes), func() pay.Result { return p.QueryRelease(ctx, m) })
}

// QueryRelease asks what became of a release (query_unfreeze_order).
func (p *Provider) QueryRelease(ctx context.Context, m pay.Move) pay.Result {
	c := p.content(m.Wallet, "", "")
	c.FreezeNo, c.UnfreezeNo = m.Of.Number, m.Number
	r := p.ask(ctx, "query_unfreeze_order", c)
	switch {
	case r.answer == nil:
		return unheard(r.result)
	case r.code != statusDone:
		return r.refused(refundQueryCodes)
	case r.answer.QueryUnfreeze == nil:
		return r.judged(unknown, pay.CodeIncomplete, "")
	}
	orders := r.answer.QueryUnfreeze.Orders
	i := slices.IndexFunc(orders, func(o unfreezeOrder) bool { return o.Number == m.Number })
	switch {
	case i >= 0:
		return r.released(orders[i], m)
	case len(orders) > 0: // one was asked for, and others were answered
		return r.judged(unknown, pay.CodeNumber, "")
	}
	return r.judged(notFound, "no such release", "")
}

// released judges what a verified answer says of a release.
func (r reply) released(o unfreezeOrder, m pay.Move) pay.Result {
	wallet, state := o.wallet()
	r.result.Wallet = wallet
	switch {
	case wallet == "" || o.Fee == nil:
		return r.judged(unknown, pay.CodeIncomplete, "")
	case o.FreezeNo != m.Of.Number || o.Number != m.Number:
		return r.judged(unknown, pay.CodeNumber, "")
	}
	r.result.Network, r.result.Amount = pay.Cut(o.Network, networkBytesMax), *o.Fee
	if *o.Fee != m.Amount {
		return r.judged(notOurs, pay.CodeAmount, "")
	}
	result := r.judged(unfreezeStates[wallet][state], unfreezeCode(wallet, state), "")
	if o.DoneAt > 0 && result.State == pay.Returned {
		result.PaidAt = time.Unix(o.DoneAt, 0)
	}
	return result
}
