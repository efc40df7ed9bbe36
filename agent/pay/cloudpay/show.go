package cloudpay

import (
	"cmp"
	"context"

	"tillgate/agent/pay"
)

// Show opens an order and answers its code's link (scan_code_pay). Whose phones
// can pay it is settled here: the network wants to know the wallet, and an offer
// does not say, so it is the config's.
func (p *Provider) Show(ctx context.Context, o pay.Offer) pay.Result {
	o.Shown = true // for the looks at it
	order := p.order(o.Attempt, p.o.QRWallet, o.Title, o.Lane, o.Staff, o.Full)
	order.Pay.Remark = pay.Cut(o.Note, remarkBytesMax)
	order.Pay.Expire = p.o.Now().Add(cmp.Or(o.Life, Timing.Show.Life)).Unix()
	r := p.prepare("scan_code_pay", order, "")(ctx)
	switch {
	case r.answer == nil:
		return r.result
	case r.code != statusDone:
		return confirmShown(ctx, r.refused(chargeCodes), o.Attempt, p.Query)
	case r.answer.ScanCodePay == nil || !pay.GoodLink(r.answer.ScanCodePay.Link):
		return r.judged(unknown, pay.CodeIncomplete, "")
	}
	result := r.judged(verdict{state: pay.Waiting}, "shown", "")
	result.Link, result.Wallet = r.answer.ScanCodePay.Link, p.o.QRWallet
	return result
}

// confirmShown lets a refusal stand, but not one that another order is behind.
func confirmShown(ctx context.Context, refusal pay.Result, a pay.Attempt, ask query) pay.Result {
	if refusal.State == pay.Mismatch || refusal.Code == statusNumber {
		return confirm(ctx, refusal, a, ask)
	}
	return refusal
}
