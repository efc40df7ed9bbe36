package alipay

import (
	"cmp"
	"context"

	"tillgate/agent/pay"
)

// UndoHold makes sure that nothing is held (fund.auth.operation.cancel): the
// network closes a deposit that nobody has confirmed, and releases one that is
// held. That is for an unclear deposit and for 24 h; where it is refused, the
// state says what is left to do.
func (p *Provider) UndoHold(ctx context.Context, a pay.Attempt) pay.Result {
	a.Returning = true // what was released is an undo's end
	r := p.ask(ctx, methodHoldCancel, operationOf{Order: a.Number, Request: a.Number, Remark: "撤销押金"})
	f := r.fields
	switch {
	case !r.verified():
		return r.result.NeverFinal()
	case !r.done():
		result, look := r.refused(opHoldUndo, a)
		if look {
			return p.lookAndRelease(ctx, a, result)
		}
		return result
	case f["out_order_no"] != "" && f["out_order_no"] != a.Number || f["out_request_no"] != "" && f["out_request_no"] != a.Number:
		return r.doubtful(pay.CodeNumber)
	}
	switch action := f["action"]; action {
	case "close", "unfreeze":
		result := r.judged(verdict{state: pay.Declined}, "cancelled: "+action, "")
		result.Returned = action == "unfreeze"
		return result
	case "":
		return p.lookAndRelease(ctx, a, r.doubtful("no action"))
	default:
		return r.doubtful("action " + pay.CutBasic(action, codeBytesMax))
	}
}

// lookAndRelease asks for the state of a deposit that could not be cancelled:
// what is held is released. What is not ours, and one of which somebody has
// captured something, are left to a person.
func (p *Provider) lookAndRelease(ctx context.Context, a pay.Attempt, refusal pay.Result) pay.Result {
	seen := p.QueryHold(ctx, a)
	switch seen.State {
	case pay.Declined:
		return seen
	case pay.Paid:
		return p.releaseAll(ctx, a, seen)
	case pay.Mismatch:
		seen.State, seen.Fault = pay.Unknown, true
		return seen
	}
	refusal.NotFound, refusal.Fault = seen.NotFound, refusal.Fault || seen.Fault
	return refusal
}

// releaseAll releases what is held, under the number of an undo. What the network
// will never release a person has to see to.
func (p *Provider) releaseAll(ctx context.Context, a pay.Attempt, seen pay.Result) pay.Result {
	a.Network = seen.Network
	result := p.Release(ctx, pay.Move{Of: a, Payer: seen.Payer, Number: pay.UndoNumber(a.Number), Amount: seen.Held.Left, Last: true})
	result.NotFound = false // the deposit is there
	switch result.State {
	case pay.Returned:
		result.State, result.Returned = pay.Declined, true
	case pay.Declined, pay.Mismatch:
		result.State, result.Fault = pay.Unknown, true
		result.Message, result.Detail = "", cmp.Or(result.Detail, result.Message)
	default:
		result.State = pay.Unknown
	}
	return result
}
