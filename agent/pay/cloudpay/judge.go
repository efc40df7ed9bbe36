package cloudpay

import (
	"time"

	"tillgate/agent/pay"
)

// The words for verified replies that cannot be taken as they are, as Result.Code.
const (
	codeTransforming = "transforming"
)

// wallet is whose order it is, and its state: a whole answer has exactly one.
func (o *order) wallet() (name string, state int, words string) {
	n := 0
	if o.WeChat != nil {
		name, state, words = wechat, o.WeChat.State, o.WeChat.Words
		n++
	}
	if o.Alipay != nil {
		name, state, words = alipay, o.Alipay.State, ""
		n++
	}
	if o.Record != nil {
		name, state, words = record, o.Record.State, ""
		n++
	}
	if n != 1 {
		return "", 0, ""
	}
	return name, state, words
}

// stateReversed is an order of WeChat's that was reversed, before or after it was paid.
const stateReversed = 8

// back tells whether an order that is over says itself that its money went back:
// WeChat's state does (4), Alipay's (5) means closed as well.
func (o *order) back() bool { return o.WeChat != nil || o.Alipay != nil && o.Alipay.Refunded > 0 }

// traded judges what a verified answer says of an order. That the call worked is
// no payment: only the order's state is.
func (p *Provider) traded(r reply, t *tradeAnswer, a pay.Attempt) pay.Result {
	if t == nil {
		return r.judged(unknown, pay.CodeIncomplete, "")
	}
	o := &t.Order
	wallet, state, words := o.wallet()
	code := stateCode(wallet, state)
	v := orderState(wallet, state, a.Shown)
	r.result.Wallet = walletName(wallet)
	switch {
	case wallet == "":
		return r.judged(unknown, pay.CodeIncomplete, "")
	case v.state == pay.Paid:
		return p.success(r, t, a)
	case v.gone && !a.Returning && (v.state == pay.Mismatch || o.back()): // somebody has touched it
		result := p.success(r, t, a)
		result.State, result.Code = pay.Mismatch, code
		return result
	case p.other(t.Key):
		return r.judged(unknown, pay.CodeMerchant, words)
	case o.Number != a.Number:
		return r.judged(unknown, pay.CodeNumber, words)
	case bool(o.Transforming):
		return r.judged(waiting, codeTransforming, words)
	}
	switch {
	case v.gone:
		v.state = pay.Declined
	case v.unseen && a.Returning:
		v = notFound
	}
	result := r.judged(v, code, words)
	result.Returned = v.gone && o.back() || a.Returning && wallet == wechat && state == stateReversed && o.PaidAt > 0
	return result
}

// success judges a verified payment: everything that makes it ours has to be
// there, and to be ours.
func (p *Provider) success(r reply, t *tradeAnswer, a pay.Attempt) pay.Result {
	o, result := &t.Order, r.result
	result.State, result.Network = pay.Mismatch, pay.Cut(o.Network, networkBytesMax)
	if o.PaidAt > 0 {
		result.PaidAt = time.Unix(o.PaidAt, 0)
	}
	if o.Total != nil {
		result.Amount, result.Settled = *o.Total, *o.Total
	}
	if o.Settled != nil { // the field is there for coupons of the merchant's
		result.Settled = *o.Settled
	}
	switch {
	case p.other(t.Key):
		result.Code = pay.CodeMerchant
	case o.Number != "" && o.Number != a.Number:
		result.Code = pay.CodeNumber
	case o.PaidAt > 0 && !a.Asked.IsZero() && result.PaidAt.Before(a.Asked.Add(-pay.EarlyMax)):
		result.Code = pay.CodePayTime
	case o.Total != nil && *o.Total != a.Amount:
		result.Code = pay.CodeAmount
	case o.FeeType != "" && o.FeeType != "CNY":
		result.Code = pay.CodeCurrency
	case o.Number == "" || o.Total == nil || o.PaidAt <= 0 || result.Network == "" || !named(t.Key) || result.Settled < 0 || result.Settled > result.Amount:
		result.State, result.Code = pay.Unknown, pay.CodeIncomplete
	default:
		result.State = pay.Paid
	}
	return result
}

// other tells whether an answer names a merchant or a store that is not ours.
func (p *Provider) other(got mchKey) bool {
	other := func(got, ours string) bool { return got != "" && got != ours }
	return other(got.OutMchID, p.o.OutMchID) || other(got.SubMchID, p.o.SubMchID) || other(got.ShopID, p.o.ShopID)
}

// named tells whether an answer names its merchant at all.
func named(got mchKey) bool { return got.OutMchID != "" && got.SubMchID != "" && got.ShopID != "" }

// walletName is a wallet as pay.Result has it: a payment that was only written
// down is nobody's.
func walletName(wallet string) string {
	if wallet == record {
		return ""
	}
	return wallet
}

// gone tells whether an order is over in a way in which its money may have gone back.
func (t *tradeAnswer) gone() bool {
	wallet, state, _ := t.Order.wallet()
	return orderStates[wallet][state].gone
}
