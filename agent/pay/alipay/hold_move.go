package alipay

import (
	"cmp"
	"context"

	"tillgate/agent/pay"
)

// codeUnnamed is for a move that does not name its deposit by the network's
// number, or not its payer: a query of the deposit tells both.
const codeUnnamed = "deposit not named"

// capture is a payment out of a deposit (page 318/106393): no code and no scene.
type capture struct {
	Number   string  `json:"out_trade_no"`
	Hold     string  `json:"auth_no"`
	Product  string  `json:"product_code"`
	Subject  string  `json:"subject"`
	Total    string  `json:"total_amount"` // yuan
	Buyer    string  `json:"buyer_id,omitempty"`
	OpenID   string  `json:"buyer_open_id,omitempty"`
	Seller   string  `json:"seller_id,omitempty"`
	Mode     string  `json:"auth_confirm_mode"`
	Store    string  `json:"store_id,omitempty"`
	Operator string  `json:"operator_id,omitempty"`
	Terminal string  `json:"terminal_id,omitempty"`
	Extend   *extend `json:"extend_params,omitempty"`
	Life     string  `json:"timeout_express"`
}

func (p *Provider) capture(m pay.Move) capture {
	c := capture{
		Number: m.Number, Hold: m.Of.Network, Product: productHold, Subject: subject(m.Title), Total: m.Amount.String(), Seller: p.o.SellerID, Mode: "NOT_COMPLETE",
		Store: cmp.Or(p.o.StoreID, pay.CutBasic(m.Lane, storeBytesMax)), Operator: pay.CutBasic(m.Staff, operatorBytesMax), Terminal: pay.CutBasic(m.Device, terminalBytesMax), Life: tradeLife,
	}
	if m.Last {
		c.Mode = "COMPLETE"
	}
	if account(m.Payer) {
		c.Buyer = m.Payer
	} else {
		c.OpenID = m.Payer
	}
	if p.o.ServiceProviderID != "" {
		c.Extend = &extend{p.o.ServiceProviderID}
	}
	return c
}

// captured is a capture as the attempt at the payment that it is.
func captured(m pay.Move) pay.Attempt {
	return pay.Attempt{Number: m.Number, Merchant: m.Of.Merchant, Amount: m.Amount, Asked: m.Of.Asked}
}

// Capture takes a part of a deposit (trade.pay with an auth_no). Its number makes
// it the same capture when it is sent again. Whatever the network says against
// it, the capture is looked at: an earlier request may have carried it out.
func (p *Provider) Capture(ctx context.Context, m pay.Move) pay.Result {
	if m.Of.Network == "" || m.Payer == "" {
		return pay.Result{Code: codeUnnamed, Fault: true}
	}
	r := p.ask(ctx, methodPay, p.capture(m))
	switch {
	case !r.verified():
		return r.result.NeverFinal()
	case r.code == codeWaiting && (r.fields["out_trade_no"] == "" || r.fields["out_trade_no"] == m.Number):
		return r.judged(waiting, codeWaiting, r.fields["sub_msg"])
	case !r.done():
		return p.confirmCapture(ctx, r, m)
	case r.fields["trade_status"] != "":
		return p.capturedBy(r, m)
	}
	return p.success(r, captured(m))
}

// confirmCapture looks at a capture that was refused. A no is final when the
// trade is not there, or closed. One that is open may be an earlier request's and
// still be carried out: it is waited for, and ends by itself (tradeLife).
func (p *Provider) confirmCapture(ctx context.Context, r reply, m pay.Move) pay.Result {
	refusal, look := r.refused(opCapture, captured(m))
	if !look {
		return refusal
	}
	seen := p.QueryCapture(ctx, m)
	if seen.State == pay.Paid || seen.State == pay.Mismatch || seen.State == pay.Waiting {
		return seen
	}
	return orUnknown(refusal, seen.State == pay.Declined || seen.NotFound)
}

// orUnknown lets a final no stand only where a look bears it out.
func orUnknown(refusal pay.Result, borneOut bool) pay.Result {
	if refusal.State == pay.Declined && !borneOut {
		refusal.State, refusal.Fault = pay.Unknown, false
		refusal.Message, refusal.Detail = "", cmp.Or(refusal.Detail, refusal.Message)
	}
	return refusal
}

// QueryCapture asks what became of a capture (trade.query).
func (p *Provider) QueryCapture(ctx context.Context, m pay.Move) pay.Result {
	r := p.ask(ctx, methodQuery, trade{m.Number})
	switch {
	case !r.verified():
		return r.result.NeverFinal()
	case !r.done():
		result, _ := r.refused(opCaptureQuery, captured(m))
		return result
	}
	return p.capturedBy(r, m)
}

// capturedBy judges the state of a capture's trade. One that was paid and is
// closed has been refunded since: it was captured all the same.
func (p *Provider) capturedBy(r reply, m pay.Move) pay.Result {
	if _, wasPaid := r.fields.paidAt(); r.fields["trade_status"] == statusClosed && wasPaid {
		return p.success(r, captured(m))
	}
	return p.traded(r, captured(m))
}

// release is a part of a deposit on its way back.
type release struct {
	Hold    string `json:"auth_no"`
	Request string `json:"out_request_no"`
	Amount  string `json:"amount"` // yuan
	Remark  string `json:"remark"`
	Extra   string `json:"extra_param,omitempty"`
}

// serviceOver tells a deposit of credit that its service has come to its end.
const serviceOver = `{"unfreezeBizInfo":"{\"bizComplete\":\"true\"}"}`

// Release gives a part of a deposit back, or all of it (fund.auth.order.unfreeze).
// Its number and amount make it the same release when it is sent again.
func (p *Provider) Release(ctx context.Context, m pay.Move) pay.Result {
	if m.Of.Network == "" {
		return pay.Result{Code: codeUnnamed, Fault: true}
	}
	back := release{Hold: m.Of.Network, Request: m.Number, Amount: m.Amount.String(), Remark: cmp.Or(marked(m.Title, holdBytesMax), "押金退还")}
	if m.Last {
		back.Extra = serviceOver
	}
	r := p.ask(ctx, methodUnfreeze, back)
	switch {
	case !r.verified():
		return r.result.NeverFinal()
	case r.done():
		return r.released(m)
	}
	refusal, look := r.refused(opRelease, m.Of)
	if !look {
		return refusal
	}
	seen := p.QueryRelease(ctx, m)
	if seen.State == pay.Returned || seen.State == pay.Mismatch || seen.State == pay.Waiting {
		return seen
	}
	return orUnknown(refusal, seen.NotFound || seen.State == pay.Declined)
}

// QueryRelease asks what became of a release (fund.auth.operation.detail.query).
func (p *Provider) QueryRelease(ctx context.Context, m pay.Move) pay.Result {
	r := p.ask(ctx, methodHoldQuery, operationOf{Order: m.Of.Number, Request: m.Number, Kind: unfreezes})
	switch {
	case !r.verified():
		return r.result.NeverFinal()
	case !r.done():
		result, _ := r.refused(opReleaseQuery, m.Of)
		return result
	}
	return r.released(m)
}

// released judges a verified answer about a release.
func (r reply) released(m pay.Move) pay.Result {
	f, status := r.fields, r.fields["status"]
	amount, ok := r.amount("amount")
	code := stateCode(unfreezes, pay.CutBasic(status, codeBytesMax))
	switch {
	case f["out_order_no"] != m.Of.Number || f["out_request_no"] != m.Number:
		return r.doubtful(pay.CodeNumber)
	case r.ofAnother(unfreezes):
		return r.doubtful(codeOperation)
	case status == operationClosed:
		return r.judged(verdict{state: pay.Declined}, code, "")
	case status == "" || !ok:
		return r.doubtful(pay.CodeIncomplete)
	case status != operationInit && status != operationSuccess:
		return r.doubtful(code)
	}
	result := r.judged(verdict{state: pay.Waiting}, code, "")
	result.Network, result.Amount = pay.CutBasic(f["operation_id"], networkBytesMax), amount
	switch {
	case amount != m.Amount:
		result.State, result.Code = pay.Mismatch, pay.CodeAmount
	case status == operationSuccess:
		result.State = pay.Returned
		result.PaidAt, _ = f.moment("gmt_trans")
	}
	return result
}
