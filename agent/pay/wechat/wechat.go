package wechat

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"tillgate/agent/pay"
)

// Provider asks WeChat Pay on behalf of one merchant.
type Provider struct {
	name        string
	o           Options
	hosts       []string
	plain, cert *pay.Wire
	v3          *v3 // nil: codes are not shown, and those of an earlier config cannot be asked about
}

var _ pay.Preparer = (*Provider)(nil)

// New makes the provider of the merchant that the config calls name.
func New(name string, o Options) (*Provider, error) {
	p := &Provider{name: name, o: o, hosts: []string{mainHost, spareHost}}
	if o.BaseURL != "" {
		p.hosts = []string{o.BaseURL}
		if o.SpareURL != "" {
			p.hosts = append(p.hosts, o.SpareURL)
		}
	}
	p.o.Sign, p.o.IP = cmp.Or(o.Sign, signHMAC), cmp.Or(o.IP, "127.0.0.1")
	err := p.check()
	if err == nil {
		p.plain, err = pay.NewWire(o.Client)
	}
	if err == nil {
		p.cert, err = pay.NewWire(o.CertClient)
	}
	if err == nil && o.V3Key != "" {
		p.v3, err = newV3(p.o, p.hosts, p.plain)
	}
	if err != nil {
		return nil, fmt.Errorf("merchant %s: %w", name, err)
	}
	return p, nil
}

// Connections counts the calls that had to open a connection and those that did not.
func (p *Provider) Connections() (opened, reused int64) {
	a, b := p.plain.Connections()
	c, d := p.cert.Connections()
	return a + c, b + d
}

// Signatures counts what was signed with the merchant's private key (API v3).
func (p *Provider) Signatures() int64 {
	if p.v3 == nil {
		return 0
	}
	return p.v3.signer.count.Load()
}

// noV3 is for a shown code whose merchant has lost its APIv3 key: the order is
// open, and nobody can ask about it.
var noV3 = pay.Result{Code: "no API v3", Detail: "the config has no v3_key for this merchant any more", Fault: true}

// Charge asks for the money of one payment code (micropay; codepay of API v3),
// once. A refusal is final after one look at the order.
func (p *Provider) Charge(ctx context.Context, c pay.Charge) pay.Result { return p.Prepare(c)(ctx) }

// Prepare makes and signs the request of a charge.
func (p *Provider) Prepare(c pay.Charge) func(context.Context) pay.Result {
	prepare := p.prepare
	if p.o.CodeV3 {
		prepare = p.v3.prepare
	}
	send := prepare(c)
	return func(ctx context.Context) pay.Result {
		return confirm(ctx, send(ctx), c.Attempt, p.Query)
	}
}

func (p *Provider) prepare(c pay.Charge) func(context.Context) pay.Result {
	request := p.request("/pay/micropay", p.charging(c, "付款"))
	return func(ctx context.Context) pay.Result {
		return p.charged(p.read(p.plain.Send(ctx, request), string(c.Code)), c.Attempt)
	}
}

// charging are the fields that ask for the money of a payment code.
func (p *Provider) charging(c pay.Charge, title string) fields {
	f := fields{
		"device_info":      pay.CutBasic(c.Device, deviceBytesMax),
		"body":             cmp.Or(pay.CutBasic(c.Title, bodyBytesMax), title),
		"out_trade_no":     c.Number,
		"total_fee":        strconv.FormatInt(int64(c.Amount), 10),
		"fee_type":         "CNY",
		"spbill_create_ip": p.o.IP,
		"auth_code":        string(c.Code),
		"scene_info":       scene(c.Lane),
	}
	if c.Note != "" {
		f["attach"] = pay.CutBasic(c.Note, attachBytesMax)
	}
	return f
}

// confirm looks once whether an order is as dead as its refusal says: the answer
// that refuses does not name the number that it is about. When nothing speaks
// against it, the network's word stands.
func confirm(ctx context.Context, refusal pay.Result, a pay.Attempt, query func(context.Context, pay.Attempt) pay.Result) pay.Result {
	if refusal.State != pay.Declined || refusal.Fault {
		return refusal
	}
	ctx, cancel := context.WithTimeout(ctx, pay.ConfirmMax)
	defer cancel()
	look := query(ctx, a)
	switch look.State {
	case pay.Paid, pay.Mismatch, pay.Waiting:
		return look
	}
	if look.Code == stateAccept {
		return look
	}
	return refusal
}

func (p *Provider) charged(r reply, a pay.Attempt) pay.Result {
	switch {
	case r.fields == nil:
		return r.result
	case r.fields["result_code"] != "SUCCESS":
		return p.refusal(r, a, chargeCodes)
	case r.fields["trade_state"] != "": // not documented here, but it would be the better word
		return p.traded(r, a)
	}
	return p.success(r, a)
}

// Query asks what became of a charge (orderquery; API v3) or of a code that was shown.
func (p *Provider) Query(ctx context.Context, a pay.Attempt) pay.Result {
	switch {
	case a.Shown && p.v3 == nil:
		return noV3
	case a.Shown || p.o.CodeV3:
		return p.v3.query(ctx, a)
	}
	r := p.ask(ctx, p.plain, "/pay/orderquery", fields{"out_trade_no": a.Number})
	switch {
	case r.fields == nil:
		return r.result.NeverFinal()
	case r.fields["result_code"] != "SUCCESS":
		return p.refusal(r, a, queryCodes)
	}
	return p.traded(r, a)
}

// Undo makes sure that an attempt takes no money (reverse; close and refund for
// a code that was shown): an order that was not paid is closed, a paid one is
// given back.
func (p *Provider) Undo(ctx context.Context, a pay.Attempt) pay.Result {
	switch {
	case a.Shown && p.v3 == nil:
		return noV3
	case a.Shown:
		return p.v3.undo(ctx, a)
	case p.o.CodeV3:
		return p.v3.reverse(ctx, a)
	}
	return p.reverse(ctx, "/secapi/pay/reverse", a, undoCodes)
}

func (p *Provider) reverse(ctx context.Context, path string, a pay.Attempt, codes map[string]verdict) pay.Result {
	r := p.ask(ctx, p.cert, path, fields{"out_trade_no": a.Number})
	switch {
	case r.fields == nil:
		return r.result.NeverFinal()
	case r.fields["result_code"] != "SUCCESS":
		return p.refusal(r, a, codes)
	}
	return p.reversed(r, a)
}
