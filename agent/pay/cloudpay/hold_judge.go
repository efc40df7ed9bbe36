package cloudpay

import (
	"time"

	"tillgate/agent/pay"
)

// frozen judges what a verified answer says of a deposit.
func (p *Provider) frozen(r reply, t *freezeAnswer, a pay.Attempt) pay.Result {
	if t == nil {
		return r.judged(unknown, pay.CodeIncomplete, "")
	}
	o := &t.Order
	wallet, state, words := o.wallet()
	v := freezeVerdict(wallet, state, a.Shown)
	r.result.Wallet = wallet
	switch {
	case wallet == "":
		return r.judged(unknown, pay.CodeIncomplete, "")
	case v.state == pay.Paid, v.gone && o.was():
		return p.held(r, t, a, v.gone)
	case p.other(t.Key):
		return r.judged(unknown, pay.CodeMerchant, words)
	case o.Number != a.Number:
		return r.judged(unknown, pay.CodeNumber, words)
	case bool(o.Transforming):
		return r.judged(waiting, codeTransforming, words)
	case v.unseen && a.Returning:
		v = notFound
	}
	return r.judged(v, freezeCode(wallet, state), words)
}

// was tells whether a deposit that is over was ever held: something was captured
// or released, or it has the time at which it was frozen.
func (o *freezeOrder) was() bool { return o.HeldAt > 0 || o.Captured+o.ByHand+o.ByItself > 0 }

// held judges a verified deposit that is held, or was: everything that makes it
// ours has to be there, and to be ours.
func (p *Provider) held(r reply, t *freezeAnswer, a pay.Attempt, over bool) pay.Result {
	o, result := &t.Order, r.result
	result.State, result.Network = pay.Mismatch, pay.Cut(o.Network, networkBytesMax)
	if o.HeldAt > 0 {
		result.PaidAt = time.Unix(o.HeldAt, 0)
	}
	if o.Fee != nil {
		result.Amount = *o.Fee
	}
	switch {
	case p.other(t.Key):
		result.Code = pay.CodeMerchant
	case o.Number != "" && o.Number != a.Number:
		result.Code = pay.CodeNumber
	case o.HeldAt > 0 && !a.Asked.IsZero() && result.PaidAt.Before(a.Asked.Add(-pay.EarlyMax)):
		result.Code = pay.CodePayTime
	case o.Fee != nil && *o.Fee != a.Amount:
		result.Code = pay.CodeAmount
	case o.FeeType != "" && o.FeeType != "CNY":
		result.Code = pay.CodeCurrency
	case o.Number == "" || o.Fee == nil || o.HeldAt <= 0 || result.Network == "" || !named(t.Key):
		result.State, result.Code = pay.Unknown, pay.CodeIncomplete
	default:
		result.State = pay.Paid
		return o.kept(result, a, over)
	}
	return result
}

// kept adds what the network has made of a deposit. Its totals cannot be true
// where they are more than was frozen (pages 37676 to 37681), or less than nothing, or where
// more was refunded than captured. Of one that is over nothing is left, so that
// what was not captured was released, whether the totals have it yet or not.
func (o *freezeOrder) kept(result pay.Result, a pay.Attempt, over bool) pay.Result {
	held := pay.Held{Captured: o.Captured, Released: o.ByHand + o.ByItself}
	held.Left = result.Amount - held.Captured - held.Released
	good := min(held.Left, o.Captured, o.ByHand, o.ByItself, o.Refunded) >= 0 && o.Refunded <= o.Captured
	if over {
		held.Released, held.Left = held.Released+held.Left, 0
	}
	return result.Keeping(held, good, a)
}
