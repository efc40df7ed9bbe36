package alipay

import (
	"cmp"
	"context"
	"crypto"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

const (
	// tradeLife is how long the network itself keeps an unpaid trade open: the
	// shortest that is advised (page 02ekfp), for what we never undo.
	tradeLife = "5m"
)

// Provider asks Alipay on behalf of one merchant.
type Provider struct {
	o          Options
	key        crypto.Signer
	wire       *pay.Wire
	signatures atomic.Int64
}

var (
	_ pay.Preparer = (*Provider)(nil)
	_ pay.Shower   = (*Provider)(nil)
	_ pay.Refunder = (*Provider)(nil)
)

// New makes the provider of the merchant that the config calls name.
func New(name string, o Options) (*Provider, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Provider{o: o}
	err := o.check()
	if err == nil {
		p.key, err = o.signer()
	}
	if err == nil && o.PublicKey.Equal(p.key.Public()) {
		err = errors.New("the public key is the application's own: Alipay's stands beside it in the console")
	}
	if err == nil {
		p.wire, err = pay.NewWire(o.Client)
	}
	if err != nil {
		return nil, fmt.Errorf("merchant %s: %w", name, err)
	}
	return p, nil
}

// Connections counts the calls that had to open a connection and those that did not.
func (p *Provider) Connections() (opened, reused int64) { return p.wire.Connections() }

// Signatures counts what was signed with the application's private key.
func (p *Provider) Signatures() int64 { return p.signatures.Load() }

// order is what a trade is made of, whoever scans whose code (page 02ekfp).
type order struct {
	Number         string  `json:"out_trade_no"`
	Scene          string  `json:"scene,omitempty"`
	Code           string  `json:"auth_code,omitempty"`
	ProductCode    string  `json:"product_code"`
	Subject        string  `json:"subject"`
	Body           string  `json:"body,omitempty"` // the order's note
	Total          string  `json:"total_amount"`   // yuan
	Discountable   string  `json:"discountable_amount,omitempty"`
	Undiscountable string  `json:"undiscountable_amount,omitempty"`
	Seller         string  `json:"seller_id,omitempty"`
	Store          string  `json:"store_id,omitempty"`
	Operator       string  `json:"operator_id,omitempty"`
	Terminal       string  `json:"terminal_id,omitempty"`
	Extend         *extend `json:"extend_params,omitempty"`
	Life           string  `json:"timeout_express"`
	CodeLife       string  `json:"qr_code_timeout_express,omitempty"`
}

type extend struct {
	ServiceProvider string `json:"sys_service_provider_id"`
}

// order fills in what both kinds of codes share.
func (p *Provider) order(a pay.Attempt, title, device, lane, staff string, full money.Fen) order {
	o := order{
		Number: a.Number, ProductCode: "FACE_TO_FACE_PAYMENT", Subject: subject(title), Total: a.Amount.String(), Life: tradeLife,
		Seller: p.o.SellerID, Store: cmp.Or(p.o.StoreID, pay.CutBasic(lane, storeBytesMax)), Operator: pay.CutBasic(staff, operatorBytesMax), Terminal: pay.CutBasic(device, terminalBytesMax),
	}
	if full = min(full, a.Amount); full > 0 {
		o.Undiscountable = full.String()
	}
	if full > 0 && full < a.Amount { // an amount of nothing is none to the network
		o.Discountable = (a.Amount - full).String()
	}
	if p.o.ServiceProviderID != "" {
		o.Extend = &extend{p.o.ServiceProviderID}
	}
	return o
}

// Charge asks for the money of one payment code (alipay.trade.pay), once. A
// refusal that does not name the order is final after one look at it.
func (p *Provider) Charge(ctx context.Context, c pay.Charge) pay.Result { return p.Prepare(c)(ctx) }

// Prepare makes and signs the request of a charge.
func (p *Provider) Prepare(c pay.Charge) func(context.Context) pay.Result {
	o := p.order(c.Attempt, c.Title, c.Device, c.Lane, c.Staff, c.Full)
	o.Scene, o.Code, o.Body = "bar_code", string(c.Code), marked(c.Note, noteBytesMax)
	request := p.request(methodPay, o, p.o.Now())
	return func(ctx context.Context) pay.Result {
		sent := p.send(ctx, request)
		r := p.read(sent, methodPay, string(c.Code))
		switch {
		case !r.verified():
			return r.result
		case r.code == codeWaiting && (r.fields["out_trade_no"] == "" || r.fields["out_trade_no"] == c.Number):
			return r.judged(waiting, codeWaiting, r.fields["sub_msg"])
		case !r.done():
			return p.confirm(ctx, r, c.Attempt)
		case r.fields["trade_status"] != "": // not documented here, but it would be the better word
			return p.traded(r, c.Attempt)
		}
		return p.success(r, c.Attempt)
	}
}

// confirm judges a refusal, and looks once whether the order is as dead as it
// says: where the refusal does not name the order, or where its code may leave
// one open. Of the first kind the network's word stands when nothing speaks
// against it; of the second only when the look bears it out. An order that is
// found open is closed, for its payer may still find it on his phone: that moves
// no money, and is refused where he was faster.
func (p *Provider) confirm(ctx context.Context, r reply, a pay.Attempt) pay.Result {
	refusal, look := r.refused(opCharge, a)
	if refusal.State != pay.Declined || refusal.Fault || !look && r.fields["out_trade_no"] == a.Number {
		return refusal
	}
	ctx, cancel := context.WithTimeout(ctx, pay.ConfirmMax)
	defer cancel()
	seen := p.Query(ctx, a)
	over := seen.State == pay.Declined || seen.NotFound
	switch seen.State {
	case pay.Paid, pay.Mismatch:
		return seen
	case pay.Waiting:
		closed, _ := p.close(ctx, a)
		over, look = closed.State == pay.Declined, true
	}
	if look && !over {
		refusal.State, refusal.Message, refusal.Detail = pay.Unknown, "", refusal.Message
	}
	return refusal
}

// trade names an order to the network.
type trade struct {
	Number string `json:"out_trade_no"`
}

// Query asks what became of a charge or of a code that was shown
// (alipay.trade.query). Of a code that nobody has scanned the network knows
// nothing: that is NotFound, and no word about its end.
func (p *Provider) Query(ctx context.Context, a pay.Attempt) pay.Result {
	r := p.ask(ctx, methodQuery, trade{a.Number})
	switch {
	case !r.verified():
		return r.result.NeverFinal()
	case !r.done():
		result, _ := r.refused(opQuery, a)
		return result
	}
	return p.traded(r, a)
}
