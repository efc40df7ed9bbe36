package cloudpay

import (
	"context"

	"tillgate/agent/pay"
)

// Undo makes sure that an attempt takes no money. It asks what there is to undo:
// what was paid is given back, all of it; a code that we show is closed; a scanned
// code that is still open can only be waited for, or reversed where the config
// says that this merchant's may. Nothing is done to an order that is not ours.
func (p *Provider) Undo(ctx context.Context, a pay.Attempt) pay.Result {
	a.Returning = true
	look := p.seen(ctx, a)
	look.Message = ""
	switch {
	case look.State == pay.Paid:
		return p.giveBack(ctx, a, look.Wallet)
	case look.State == pay.Declined:
		return look
	case look.State == pay.Mismatch:
		look.State, look.Fault = pay.Unknown, true
		return look
	case look.Wallet == "" || look.State == pay.Unknown && !look.NotFound:
		look.Fault = look.Fault || unheard(look).Fault
		return look
	case a.Shown:
		return p.end(ctx, "close_order", a, look)
	case p.o.Reverse:
		return p.end(ctx, "reverse", a, look)
	}
	look.State, look.Fault = pay.Unknown, p.overdue(a)
	return look
}

// overdue tells whether an order has been open for so long that a cashier should
// look into the merchant's list (page 37632: two minutes).
func (p *Provider) overdue(a pay.Attempt) bool {
	return a.Asked.IsZero() || p.o.Now().Sub(a.Asked) >= Timing.Patience
}

// end closes or reverses an order that was found open, or that its wallet did not
// know yet. Where that is refused, somebody may have been faster.
func (p *Provider) end(ctx context.Context, call string, a pay.Attempt, look pay.Result) pay.Result {
	order := p.about(a, look.Wallet)
	if a.Shown {
		order.TradeType = tradeQR
	}
	r := p.ask(ctx, call, order)
	switch {
	case r.answer == nil:
		return unheard(r.result)
	case r.code == statusDone:
		return r.judged(verdict{state: pay.Declined}, call, "")
	case r.code != statusNumber && r.code != statusNo:
		return r.refused(undoCodes)
	}
	refusal := r.refused(undoCodes)
	switch again := p.seen(ctx, a); again.State {
	case pay.Paid:
		return p.giveBack(ctx, a, again.Wallet)
	case pay.Declined:
		return again
	}
	refusal.NotFound = look.NotFound
	return refusal
}

// giveBack refunds a whole attempt.
func (p *Provider) giveBack(ctx context.Context, a pay.Attempt, wallet string) pay.Result {
	return undone(p.refund(ctx, pay.Whole(a), wallet))
}

// returning asks after the refund of an order on its way back. Where there is none
// of ours the order is what it is: paid, or closed, or given back by somebody
// else, all of it, for its state does not change before that (pages 37673 and 37675).
func (p *Provider) returning(ctx context.Context, a pay.Attempt, order pay.Result) pay.Result {
	result := p.QueryRefund(ctx, pay.Whole(a))
	if result.NotFound {
		return order
	}
	result = undone(result)
	result.Wallet = order.Wallet
	return result
}

// undone is what the refund of a whole attempt means for the attempt. Only that
// the money has gone back ends it.
func undone(r pay.Result) pay.Result {
	switch r.State {
	case pay.Returned:
		r.State, r.Returned = pay.Declined, true
	case pay.Declined, pay.Mismatch: // not under this number, whatever we do
		r.State, r.Fault = pay.Unknown, true
	default:
		r.State = pay.Unknown
	}
	r.NotFound, r.Message = false, ""
	return r
}
