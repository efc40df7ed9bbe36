package alipay

import (
	"cmp"
	"context"

	"tillgate/agent/pay"
)

// Undo makes sure that an attempt takes no money. A charge is cancelled: the
// network closes it, or gives back what was paid. A code that we showed is
// closed, also one that nobody has scanned. Where neither is possible any more
// the order's state says what is left to do.
func (p *Provider) Undo(ctx context.Context, a pay.Attempt) pay.Result {
	a.Returning = true // what has gone back is an undo's end
	if a.Shown {
		result, look := p.close(ctx, a)
		if look {
			return p.lookAndReturn(ctx, a, result)
		}
		return result
	}
	r := p.ask(ctx, methodCancel, trade{a.Number})
	switch {
	case !r.verified():
		return r.result.NeverFinal()
	case !r.done():
		result, look := r.refused(opCancel, a)
		if look {
			return p.lookAndReturn(ctx, a, result)
		}
		return result
	}
	return p.cancelled(ctx, r, a)
}

// cancelled judges a verified answer to a cancel (pages 02ekfq and 02ekfr). Without
// an action nothing was done: the network does not know the number, or could not.
func (p *Provider) cancelled(ctx context.Context, r reply, a pay.Attempt) pay.Result {
	f := r.fields
	switch retry, action := f["retry_flag"], f["action"]; {
	case f["out_trade_no"] != "" && f["out_trade_no"] != a.Number:
		return r.doubtful(pay.CodeNumber)
	case retry == "Y":
		return r.doubtful("retry_flag Y")
	case retry != "N":
		return r.doubtful(pay.CodeIncomplete)
	case action == "":
		return p.lookAndReturn(ctx, a, r.doubtful("no action"))
	case action == "close" || action == "refund":
		result := r.judged(verdict{state: pay.Declined}, "cancelled: "+action, "")
		result.Returned = action == "refund"
		return result
	}
	return r.doubtful("action " + pay.CutBasic(f["action"], codeBytesMax))
}

// close ends an order that nobody has paid (alipay.trade.close).
func (p *Provider) close(ctx context.Context, a pay.Attempt) (result pay.Result, look bool) {
	r := p.ask(ctx, methodClose, trade{a.Number})
	switch {
	case !r.verified():
		return r.result.NeverFinal(), false
	case !r.done():
		return r.refused(opClose, a)
	case r.fields["out_trade_no"] != "" && r.fields["out_trade_no"] != a.Number:
		return r.doubtful(pay.CodeNumber), false
	}
	return r.judged(verdict{state: pay.Declined}, "closed", ""), false
}

// lookAndReturn asks for the state of an order that could not be undone as
// usual: a paid one is refunded, an open one is closed. What is not ours is left
// to a person.
func (p *Provider) lookAndReturn(ctx context.Context, a pay.Attempt, refusal pay.Result) pay.Result {
	seen := p.Query(ctx, a)
	switch {
	case seen.State == pay.Declined:
		return seen
	case seen.State == pay.Paid:
		return p.giveBack(ctx, a)
	case seen.State == pay.Mismatch:
		seen.State, seen.Fault = pay.Unknown, true
		return seen
	case seen.State == pay.Waiting && !a.Shown:
		result, _ := p.close(ctx, a)
		return result
	}
	refusal.NotFound = seen.NotFound
	return refusal
}

// giveBack refunds all of a payment. What the network will never refund a
// person has to.
func (p *Provider) giveBack(ctx context.Context, a pay.Attempt) pay.Result {
	result := p.Refund(ctx, pay.Whole(a))
	result.NotFound = false // the payment is there
	switch result.State {
	case pay.Returned:
		result.State, result.Returned = pay.Declined, true
	case pay.Declined, pay.Mismatch:
		result.State, result.Fault = pay.Unknown, true
		result.Message, result.Detail = "", cmp.Or(result.Detail, result.Message)
	}
	return result
}
