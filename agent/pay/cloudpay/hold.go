package cloudpay

import (
	"cmp"
	"context"
	"time"

	"tillgate/agent/pay"
)

var (
	_ pay.HoldShower = (*Provider)(nil)
	_ pay.Mover      = (*Provider)(nil)
)

// holdLife is after how long Cloud Pay releases what is left of a deposit,
// counted from the freeze (pages 37676 to 37681).
const holdLife = 30 * 24 * time.Hour

// Terms are those of pages 37676 to 37681. WeChat Pay releases the rest with its one
// capture, and has no QR codes for deposits; Alipay has neither limit.
func (p *Provider) Terms(wallet string) pay.HoldTerms { return Terms(wallet) }

// Terms are those of every merchant.
func Terms(wallet string) pay.HoldTerms {
	switch wallet {
	case alipay:
		return pay.HoldTerms{Code: true, QR: true, Parts: true, Life: holdLife}
	case wechat:
		return pay.HoldTerms{Code: true, Captures: 1, RestGoes: true, Life: holdLife}
	}
	return pay.HoldTerms{Code: true, QR: true, Captures: 1, RestGoes: true, Life: holdLife}
}

// freeze is what the network is to hold.
func (p *Provider) freeze(a pay.Attempt, wallet, title, lane, staff string) content {
	c := p.content(wallet, lane, staff)
	c.Freeze = &freezeContent{Number: a.Number, Fee: a.Amount, FeeType: "CNY", Body: cmp.Or(pay.Cut(title, bodyBytesMax), "押金")}
	return c
}

// Hold asks for a deposit with a payment code (micro_freeze), once. Its refusals
// are read and looked at like those of a charge.
func (p *Provider) Hold(ctx context.Context, c pay.Charge) pay.Result {
	wallet := walletOf(c.Code)
	if wallet == "" {
		return noWallet
	}
	order := p.freeze(c.Attempt, wallet, c.Title, c.Lane, c.Staff)
	order.Freeze.Code = string(c.Code)
	r := p.prepare("micro_freeze", order, string(c.Code))(ctx)
	switch {
	case r.answer == nil:
		return r.result
	case r.code == statusDone:
		return p.frozen(r, r.answer.MicroFreeze, c.Attempt)
	}
	return confirm(ctx, r.refused(chargeCodes), c.Attempt, p.QueryHold)
}

// ShowHold opens a deposit and answers its code's link (scancode_freeze), which
// is for Alipay's payers whatever wallet's codes we show else.
func (p *Provider) ShowHold(ctx context.Context, o pay.Offer) pay.Result {
	o.Shown = true // for the looks at it
	order := p.freeze(o.Attempt, alipay, o.Title, o.Lane, o.Staff)
	order.Freeze.Expire = p.o.Now().Add(cmp.Or(o.Life, Timing.Show.Life)).Unix()
	r := p.prepare("scancode_freeze", order, "")(ctx)
	switch {
	case r.answer == nil:
		return r.result
	case r.code != statusDone:
		return confirmShown(ctx, r.refused(chargeCodes), o.Attempt, p.QueryHold)
	case r.answer.ScanCodeFreeze == nil || !pay.GoodLink(r.answer.ScanCodeFreeze.Link):
		return r.judged(unknown, pay.CodeIncomplete, "")
	}
	result := r.judged(verdict{state: pay.Waiting}, "shown", "")
	result.Link, result.Wallet = r.answer.ScanCodeFreeze.Link, alipay
	return result
}

// QueryHold asks what became of a deposit (query_freeze_order).
func (p *Provider) QueryHold(ctx context.Context, a pay.Attempt) pay.Result {
	c := p.content("", "", "")
	c.FreezeNo = a.Number
	r := p.ask(ctx, "query_freeze_order", c)
	switch {
	case r.answer == nil:
		return r.result.NeverFinal()
	case r.code != statusDone:
		return r.refused(queryCodes)
	}
	return p.frozen(r, r.answer.QueryFreeze, a)
}

// UndoHold makes sure that nothing is held. It asks what there is to undo: what is
// held is released, all of it, under the deposit's number with 99. One that its
// payer has not confirmed can only be waited for: no call closes it, and a code
// that we show ends by itself.
func (p *Provider) UndoHold(ctx context.Context, a pay.Attempt) pay.Result {
	a.Returning = true
	look := p.QueryHold(ctx, a)
	look.Message = ""
	switch {
	case look.State == pay.Paid:
		return undone(p.Release(ctx, pay.Move{Of: a, Wallet: look.Wallet, Number: pay.UndoNumber(a.Number), Amount: look.Held.Left, Last: true}))
	case look.State == pay.Declined:
		return look
	case look.State == pay.Mismatch:
		look.State, look.Fault = pay.Unknown, true
		return look
	case look.State == pay.Waiting:
		look.State, look.Fault = pay.Unknown, p.overdueHold(a)
		return look
	}
	look.Fault = look.Fault || unheard(look).Fault
	return look
}

// overdueHold tells whether a deposit has been open for so long that a person
// should look. A code that we showed may be scanned until its last moment.
func (p *Provider) overdueHold(a pay.Attempt) bool {
	if a.Shown && !a.Asked.IsZero() {
		a.Asked = a.Asked.Add(Timing.Show.Life)
	}
	return p.overdue(a)
}
