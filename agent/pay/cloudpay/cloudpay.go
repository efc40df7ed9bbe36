package cloudpay

import (
	"context"
	"fmt"
	"strings"

	"tillgate/agent/pay"
)

// Provider asks Cloud Pay on behalf of one merchant.
type Provider struct {
	name string
	o    Options
	wire *pay.Wire
	keys keys
	best best
}

var (
	_ pay.Preparer = (*Provider)(nil)
	_ pay.Shower   = (*Provider)(nil)
	_ pay.Refunder = (*Provider)(nil)
)

// New makes the provider of the merchant that the config calls name.
func New(name string, o Options) (*Provider, error) {
	o = o.filled()
	err := o.check()
	var wire *pay.Wire
	if err == nil {
		wire, err = pay.NewWire(o.Client)
	}
	if err != nil {
		return nil, fmt.Errorf("merchant %s: %w", name, err)
	}
	return &Provider{name: name, o: o, wire: wire, keys: keys{newer: o.Key, older: o.OldKey}}, nil
}

// Connections counts the calls that had to open a connection and those that did not.
func (p *Provider) Connections() (opened, reused int64) { return p.wire.Connections() }

// walletOf is whose payment code it is (page 37632); empty: nobody's that Cloud Pay takes.
func walletOf(code pay.Secret) string {
	switch kind, _ := pay.Classify(string(code), nil); kind {
	case pay.WeChatCode:
		return wechat
	case pay.AlipayCode:
		return alipay
	}
	return ""
}

// noWallet is for a code that Cloud Pay does not take.
var noWallet = pay.Result{State: pay.NotSent, Code: "no wallet", Detail: "the code is neither WeChat Pay's nor Alipay's"}

// Charge asks for the money of one payment code (micro_pay), once. A refusal is
// final after one look at the order. A code of neither wallet is not sent.
func (p *Provider) Charge(ctx context.Context, c pay.Charge) pay.Result { return p.Prepare(c)(ctx) }

// Prepare makes and signs the request of a charge.
func (p *Provider) Prepare(c pay.Charge) func(context.Context) pay.Result {
	wallet := walletOf(c.Code)
	if wallet == "" {
		return func(context.Context) pay.Result { return noWallet }
	}
	order := p.order(c.Attempt, wallet, c.Title, c.Lane, c.Staff, c.Full)
	order.Pay.Code, order.Pay.Remark = string(c.Code), pay.Cut(c.Note, remarkBytesMax)
	send := p.prepare("micro_pay", order, string(c.Code))
	return func(ctx context.Context) pay.Result {
		r := send(ctx)
		switch {
		case r.answer == nil:
			return r.result
		case r.code == statusDone:
			return p.traded(r, r.answer.MicroPay, c.Attempt)
		}
		return confirm(ctx, r.refused(chargeCodes), c.Attempt, p.Query)
	}
}

// query asks for an order, or for a deposit.
type query func(context.Context, pay.Attempt) pay.Result

// confirm looks once whether an order is as dead as its refusal says: the answer
// that refuses does not name the number that it is about.
func confirm(ctx context.Context, refusal pay.Result, a pay.Attempt, ask query) pay.Result {
	switch {
	case refusal.State == pay.Mismatch:
		return another(ctx, refusal, a, ask)
	case refusal.State != pay.Declined || refusal.Fault && refusal.Code != statusNumber:
		return refusal
	}
	ctx, cancel := context.WithTimeout(ctx, pay.ConfirmMax)
	defer cancel()
	look := ask(ctx, a)
	switch {
	case refusal.Code == statusNumber: // what is under the number, if anything?
		return numbered(refusal, look, a.Shown)
	case look.State == pay.Paid, look.State == pay.Mismatch, look.State == pay.Waiting && !initial(look.Code):
		return look
	}
	return refusal
}

// another is for a number that is another order's (104 with 407): this charge has
// taken nothing, and whatever undid it would undo the other. So it is never
// unknown, which is undone some day: a person sees the other order's amount.
func another(ctx context.Context, refusal pay.Result, a pay.Attempt, ask query) pay.Result {
	ctx, cancel := context.WithTimeout(ctx, pay.ConfirmMax)
	defer cancel()
	look := ask(ctx, a)
	if look.State == pay.Declined && !look.Returned {
		refusal.State, refusal.Fault = pay.Declined, true
		return refusal
	}
	return theirs(refusal, look)
}

// numbered is for a number that was not taken (102), so that what is paid, or may
// still be, under it is another order's like that of 407. Where the look tells
// nothing, or the order is a code's that was shown already, nothing is known.
func numbered(refusal, look pay.Result, shown bool) pay.Result {
	switch {
	case look.State == pay.Declined, look.NotFound && look.Wallet == "":
		return refusal
	case shown, look.State == pay.Unknown && look.Wallet == "":
		refusal.State, refusal.Fault = pay.Unknown, false
		return refusal
	}
	return theirs(refusal, look)
}

// theirs is a refusal whose number another order has, with what that one is.
func theirs(refusal, look pay.Result) pay.Result {
	refusal.State, refusal.Fault = pay.Mismatch, false
	refusal.Amount, refusal.Settled, refusal.PaidAt = look.Amount, look.Settled, look.PaidAt
	refusal.Network, refusal.Wallet = look.Network, look.Wallet
	return refusal
}

// initial tells whether a state is the first of all, in which an order may be
// that was refused before it began.
func initial(code string) bool { return strings.HasSuffix(code, " 1") }

// Query asks what became of a charge or of a code that was shown (query_order).
// On its way back it is asked after its refund too, as long as that is not over:
// the order's state does not change before.
func (p *Provider) Query(ctx context.Context, a pay.Attempt) pay.Result {
	result := p.seen(ctx, a)
	if result.State == pay.Paid && a.Returning {
		return p.returning(ctx, a, result)
	}
	return result
}

// seen is the state of an order, and where it has gone back, that of its refund.
func (p *Provider) seen(ctx context.Context, a pay.Attempt) pay.Result {
	r := p.look(ctx, a)
	switch {
	case r.answer == nil:
		return r.result.NeverFinal()
	case r.code != statusDone:
		return r.refused(queryCodes)
	}
	result := p.traded(r, r.answer.Query, a)
	if o := r.answer.Query; a.Returning && result.State == pay.Declined && o.gone() {
		return p.returning(ctx, a, result)
	}
	return result
}

// look asks for an order.
func (p *Provider) look(ctx context.Context, a pay.Attempt) reply {
	return p.ask(ctx, "query_order", p.about(a, ""))
}
