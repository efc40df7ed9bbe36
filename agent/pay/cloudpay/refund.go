package cloudpay

import (
	"context"
	"slices"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// Refund asks for a part of a payment to go back (refund). The network wants to
// know whose wallet it was, so the payment is looked at first.
func (p *Provider) Refund(ctx context.Context, r pay.Refund) pay.Result {
	look := p.look(ctx, r.Of)
	switch {
	case look.answer == nil:
		return unheard(look.result)
	case look.code != statusDone:
		return look.judged(verdict{fault: queryCodes[look.code].notFound}, "payment "+look.code, look.answer.Description)
	case look.answer.Query == nil:
		return look.judged(unknown, pay.CodeIncomplete, "")
	}
	order := &look.answer.Query.Order
	wallet, _, _ := order.wallet()
	switch {
	case walletName(wallet) == "":
		return look.judged(stuck, pay.CodeIncomplete, "")
	case p.other(look.answer.Query.Key):
		return look.judged(stuck, pay.CodeMerchant, "")
	case order.Number != r.Of.Number:
		return look.judged(unknown, pay.CodeNumber, "")
	case order.Total != nil && r.Amount > *order.Total: // the acceptance test wants to see it refused here (pages 37673 and 37675)
		return look.judged(notReturn, "more than was paid", "")
	}
	return p.refund(ctx, r, wallet)
}

// refund sends a refund, as often as it takes: the same number is the same refund.
func (p *Provider) refund(ctx context.Context, r pay.Refund, wallet string) pay.Result {
	c := p.content(wallet, "", r.Staff).authorised(p.o)
	c.Refund = &refundContent{
		Number: r.Of.Number, RefundNo: r.Number, Total: r.Of.Amount, Fee: r.Amount, FeeType: "CNY", Reason: pay.Cut(r.Reason, reasonBytesMax),
	}
	if r.Hold != nil { // Of is what was captured from it
		c.Refund.FreezeNo = r.Hold.Number
	}
	c.Version = checksStaff
	reply := p.ask(ctx, "refund", c)
	switch {
	case reply.answer == nil:
		return unheard(reply.result)
	case reply.code == statusDone && reply.answer.Refund == nil:
		return reply.judged(unknown, pay.CodeIncomplete, "")
	case reply.code == statusDone:
		return reply.returned(reply.answer.Refund.Order, r)
	}
	refusal := reply.refused(refundCodes)
	if refusal.State == pay.Unknown && !refusal.Fault {
		return refusal
	}
	return p.confirmRefund(ctx, refusal, r)
}

// confirmRefund looks whether there is nothing under a refund's number, as its
// refusal says: an earlier copy of it may have been taken on.
func (p *Provider) confirmRefund(ctx context.Context, refusal pay.Result, r pay.Refund) pay.Result {
	switch look := p.QueryRefund(ctx, r); {
	case look.NotFound:
		return refusal
	case look.State == pay.Unknown && !look.Fault:
		refusal.State = pay.Unknown
		return refusal
	default:
		return look
	}
}

// QueryRefund asks what became of a refund (query_refund_order).
func (p *Provider) QueryRefund(ctx context.Context, r pay.Refund) pay.Result {
	c := p.about(r.Of, "")
	c.RefundNo = r.Number
	reply := p.ask(ctx, "query_refund_order", c)
	switch {
	case reply.answer == nil:
		return unheard(reply.result)
	case reply.code != statusDone:
		return reply.refused(refundQueryCodes)
	case reply.answer.QueryRefund == nil:
		return reply.judged(unknown, pay.CodeIncomplete, "")
	}
	orders := reply.answer.QueryRefund.Orders
	i := slices.IndexFunc(orders, func(o refundOrder) bool { return o.RefundNo == r.Number })
	switch {
	case i >= 0:
		return reply.returned(orders[i], r)
	case len(orders) > 0: // one was asked for, and others were answered
		return reply.judged(unknown, pay.CodeNumber, "")
	}
	return reply.judged(notFound, "no such refund", "")
}

// wallet is whose refund it is, and its state: a whole answer has exactly one.
func (o *refundOrder) wallet() (name string, state int) {
	n := 0
	if o.WeChat != nil {
		name, state = wechat, o.WeChat.State
		n++
	}
	if o.Alipay != nil {
		name, state = alipay, o.Alipay.State
		n++
	}
	if o.Record != nil {
		name, state = record, o.Record.State
		n++
	}
	if n != 1 {
		return "", 0
	}
	return name, state
}

// settled is what the merchant is without: a coupon that nobody had paid for
// (NO_CASH) was not its money.
func (o *refundOrder) settled() money.Fen {
	settled := *o.Fee
	for _, c := range o.Coupons {
		if c.Type == "NO_CASH" {
			settled -= c.Fee
		}
	}
	return settled
}

// returned judges what a verified answer says of a refund.
func (r reply) returned(o refundOrder, want pay.Refund) pay.Result {
	wallet, state := o.wallet()
	r.result.Wallet = walletName(wallet)
	switch {
	case wallet == "" || o.Fee == nil:
		return r.judged(unknown, pay.CodeIncomplete, "")
	case o.RefundNo != want.Number || o.Number != want.Of.Number:
		return r.judged(unknown, pay.CodeNumber, "")
	}
	r.result.Network, r.result.Amount, r.result.Settled = pay.Cut(o.Network, networkBytesMax), *o.Fee, o.settled()
	switch {
	case *o.Fee != want.Amount || o.Total != nil && *o.Total != want.Of.Amount:
		return r.judged(notOurs, pay.CodeAmount, "")
	case r.result.Settled < 0 || r.result.Settled > *o.Fee:
		return r.judged(unknown, pay.CodeIncomplete, "")
	}
	result := r.judged(refundStates[wallet][state], refundCode(wallet, state), "")
	if o.DoneAt > 0 && result.State == pay.Returned {
		result.PaidAt = time.Unix(o.DoneAt, 0)
	}
	return result
}
