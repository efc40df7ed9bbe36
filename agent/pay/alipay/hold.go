package alipay

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

// productHold is the product of deposits that are taken face to face, and of what
// is captured from them.
const productHold = "PRE_AUTH"

// noSeller is for a merchant whose config does not say who receives. Every
// capture has to name him (page 318/106393): nothing is held that nobody could take.
var noSeller = pay.Result{State: pay.NotSent, Code: "no seller id", Detail: "the config does not say whose account receives"}

// Terms are those of fund pre-authorisation (page 318/106393): as many captures as fit,
// and parts may be released. How long one lasts is in the contract, and so in the config.
// Without the seller's number in the config there are none.
func (p *Provider) Terms(string) pay.HoldTerms { return Terms(p.o.SellerID, p.o.HoldDays) }

// Terms are those of a merchant with an account that receives; days are how long
// his contract lets a deposit be held, 0 where the config does not say.
func Terms(sellerID string, days int) pay.HoldTerms {
	if sellerID == "" {
		return pay.HoldTerms{}
	}
	return pay.HoldTerms{Code: true, QR: true, Parts: true, Days: days > 0, Life: time.Duration(days) * 24 * time.Hour}
}

// freeze is a deposit as it is asked for.
type freeze struct {
	Code     string `json:"auth_code,omitempty"`
	CodeType string `json:"auth_code_type,omitempty"`
	Order    string `json:"out_order_no"`
	Request  string `json:"out_request_no"`
	Title    string `json:"order_title"`
	Amount   string `json:"amount"` // yuan
	Payee    string `json:"payee_user_id"`
	Product  string `json:"product_code"`
	Life     string `json:"pay_timeout"`
}

func (p *Provider) freeze(a pay.Attempt, title, life string) freeze {
	return freeze{
		Order: a.Number, Request: a.Number, Title: holdTitle(title), Amount: a.Amount.String(),
		Payee: p.o.SellerID, Product: productHold, Life: life,
	}
}

// Hold asks for a deposit with a payment code (fund.auth.order.freeze), once. A
// refusal is looked at like that of a charge.
func (p *Provider) Hold(ctx context.Context, c pay.Charge) pay.Result {
	if p.o.SellerID == "" {
		return noSeller
	}
	f := p.freeze(c.Attempt, c.Title, tradeLife)
	f.Code, f.CodeType = string(c.Code), "bar_code"
	r := p.read(p.send(ctx, p.request(methodFreeze, f, p.o.Now())), methodFreeze, string(c.Code))
	switch {
	case !r.verified():
		return r.result
	case r.code == codeWaiting && (r.fields["out_order_no"] == "" || r.fields["out_order_no"] == c.Number):
		return r.judged(waiting, codeWaiting, r.fields["sub_msg"])
	case !r.done():
		return p.confirmHold(ctx, r, c.Attempt)
	}
	return p.frozen(r, c.Attempt, false)
}

// confirmHold looks once whether a deposit is as dead as its refusal says, as
// confirm does of a payment. One that is found open is cancelled, for its payer
// may still find it on his phone.
func (p *Provider) confirmHold(ctx context.Context, r reply, a pay.Attempt) pay.Result {
	refusal, _ := r.refused(opHold, a)
	if refusal.State != pay.Declined || refusal.Fault || r.fields["out_order_no"] == a.Number {
		return refusal
	}
	ctx, cancel := context.WithTimeout(ctx, pay.ConfirmMax)
	defer cancel()
	switch seen := p.QueryHold(ctx, a); seen.State {
	case pay.Paid, pay.Mismatch:
		return seen
	case pay.Waiting:
		if p.UndoHold(ctx, a).State != pay.Declined {
			refusal.State, refusal.Message, refusal.Detail = pay.Unknown, "", refusal.Message
		}
	}
	return refusal
}

// ShowHold opens a deposit and answers its code's link (fund.auth.order.voucher.create).
func (p *Provider) ShowHold(ctx context.Context, o pay.Offer) pay.Result {
	if p.o.SellerID == "" {
		return noSeller
	}
	r := p.ask(ctx, methodVoucher, p.freeze(o.Attempt, o.Title, minutes(cmp.Or(o.Life, Timing.Show.Life))))
	switch {
	case !r.verified():
		return r.result
	case !r.done():
		result, _ := r.refused(opShowHold, o.Attempt)
		return result
	case r.fields["out_order_no"] != o.Number || r.fields["out_request_no"] != o.Number:
		return r.doubtful(pay.CodeNumber)
	case !pay.GoodLink(r.fields["code_value"]):
		return r.doubtful(pay.CodeIncomplete)
	}
	result := r.judged(verdict{state: pay.Waiting}, "shown", "")
	result.Link = r.fields["code_value"]
	return result
}

// operationOf names an operation on a deposit to the network, by our numbers of both.
type operationOf struct {
	Order   string `json:"out_order_no"`
	Request string `json:"out_request_no"`
	Kind    string `json:"operation_type,omitempty"`
	Remark  string `json:"remark,omitempty"`
}

// QueryHold asks what became of a deposit (fund.auth.operation.detail.query).
func (p *Provider) QueryHold(ctx context.Context, a pay.Attempt) pay.Result {
	r := p.ask(ctx, methodHoldQuery, operationOf{Order: a.Number, Request: a.Number, Kind: freezing})
	switch {
	case !r.verified():
		return r.result.NeverFinal()
	case !r.done():
		result, _ := r.refused(opHoldQuery, a)
		return result
	}
	return p.frozen(r, a, true)
}
