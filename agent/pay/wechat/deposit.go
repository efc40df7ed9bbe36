package wechat

import (
	"context"
	"time"

	"tillgate/agent/pay"
)

var (
	_ pay.Holder = (*Provider)(nil)
	_ pay.Mover  = (*Provider)(nil)
)

// The deposit family of API v2 (page 4011986268), the only interface to deposits.
const (
	callHold        = "/deposit/micropay"
	callHoldQuery   = "/deposit/orderquery"
	callHoldReverse = "/deposit/reverse"     // client certificate
	callConsume     = "/deposit/consume"     // client certificate
	callHoldRefund  = "/deposit/refund"      // client certificate
	callHoldFind    = "/deposit/refundquery" // of what went back of a consumption
)

// holdLife is after how long the network gives back what nobody saw to: 30
// natural days (page 4011986268), of which no page says when a day begins.
const holdLife = 30 * 24 * time.Hour

// Terms are those of page 4011986268: one consumption, which has no number, and with
// which the rest goes back at once. All of it may be given back until then, no
// part of it. No codes are shown: the network has no such type of order.
func (p *Provider) Terms(string) pay.HoldTerms { return Terms() }

// Terms are those of every merchant.
func Terms() pay.HoldTerms {
	return pay.HoldTerms{Code: true, Captures: 1, RestGoes: true, Unnumbered: true, Days: true, Life: holdLife}
}

// deposits is the provider as it asks about deposits, whose calls are signed with
// HMAC-SHA256 all (page 4011986268), however this merchant signs others.
func (p *Provider) deposits() *Provider {
	own := *p
	own.o.Sign = signHMAC
	return &own
}

// Hold asks for a deposit with a payment code (deposit/micropay), once. A refusal
// is looked at like that of a charge. That it worked is only said by result_code:
// err_code is SUCCESS then, and not empty (page 4011986623).
func (p *Provider) Hold(ctx context.Context, c pay.Charge) pay.Result {
	own := p.deposits()
	f := own.charging(c, "押金")
	f["deposit"] = "Y"
	r := own.read(own.plain.Send(ctx, own.request(callHold, f)), string(c.Code))
	switch {
	case r.fields == nil:
		return r.result
	case r.fields["result_code"] != "SUCCESS":
		return confirm(ctx, own.refusal(r, c.Attempt, holdCodes), c.Attempt, p.QueryHold)
	case r.fields["trade_state"] == "": // as documented: what is held needs no state
		r.fields["trade_state"] = "SUCCESS"
	}
	return own.held(r, c.Attempt)
}

// QueryHold asks what became of a deposit (deposit/orderquery).
func (p *Provider) QueryHold(ctx context.Context, a pay.Attempt) pay.Result {
	return p.queryHold(ctx, a, holdQueryCodes)
}

func (p *Provider) queryHold(ctx context.Context, a pay.Attempt, codes map[string]verdict) pay.Result {
	own := p.deposits()
	r := own.ask(ctx, own.plain, callHoldQuery, fields{"out_trade_no": a.Number})
	switch {
	case r.fields == nil:
		return r.result.NeverFinal()
	case r.fields["result_code"] != "SUCCESS":
		return own.refusal(r, a, codes)
	}
	return own.held(r, a)
}

// UndoHold makes sure that nothing is held (deposit/reverse): a deposit that was
// not paid is closed, one that is held goes back whole. Of one that was consumed
// nothing goes back: the next query tells of it.
func (p *Provider) UndoHold(ctx context.Context, a pay.Attempt) pay.Result {
	return p.deposits().reverse(ctx, callHoldReverse, a, holdUndoCodes)
}
