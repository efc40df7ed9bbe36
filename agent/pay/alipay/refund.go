package alipay

import (
	"context"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

const (
	statusRefunded = "REFUND_SUCCESS"
	// codeNoChange is for a refund whose call moved no money: perhaps an earlier
	// one has (pages 02ekfs and 02ekft).
	codeNoChange = "fund_change N"
	// codeNotRefunded is for a refund that is not there.
	codeNotRefunded = "not refunded"
)

// refunding is a refund as it is asked for.
type refunding struct {
	Number   string  `json:"out_trade_no"`
	Amount   string  `json:"refund_amount"` // yuan
	Request  string  `json:"out_request_no"`
	Reason   string  `json:"refund_reason,omitempty"`
	Operator string  `json:"operator_id,omitempty"`
	Store    string  `json:"store_id,omitempty"`
	Terminal string  `json:"terminal_id,omitempty"`
	Options  options `json:"query_options"`
}

// options are what else a reply shall tell.
type options []string

// refundOptions ask for what the merchant is without (send_back_fee) and since when.
var refundOptions = options{"refund_detail_item_list", "gmt_refund_pay"}

// Refund gives a part of a payment back (alipay.trade.refund). A call that says
// that it moved money is enough; of one that moved none, as one that is sent
// again, the refund is looked at. A final no stands only when it is not there.
func (p *Provider) Refund(ctx context.Context, r pay.Refund) pay.Result {
	got := p.ask(ctx, methodRefund, refunding{
		Number: r.Of.Number, Amount: r.Amount.String(), Request: r.Number, Reason: pay.CutBasic(r.Reason, reasonBytesMax),
		Operator: pay.CutBasic(r.Staff, operatorBytesMax), Store: p.o.StoreID, Terminal: pay.CutBasic(r.Device, terminalBytesMax), Options: refundOptions,
	})
	if !got.verified() {
		return got.result.NeverFinal()
	}
	var word pay.Result
	var look bool
	if got.done() {
		word, look = got.moved(r)
	} else {
		word, look = got.refused(opRefund, r.Of)
	}
	if !look {
		return word
	}
	switch seen := p.QueryRefund(ctx, r); {
	case seen.State == pay.Returned || seen.State == pay.Mismatch:
		return seen
	case word.State == pay.Declined && !seen.NotFound:
		word.State, word.Message, word.Detail = pay.Unknown, "", word.Message
	}
	return word
}

// moved judges a verified answer to a refund, and says whether the refund has to
// be looked at. Its refund_fee is what has gone back of the payment in all, so
// it can only be too little.
func (got reply) moved(r pay.Refund) (result pay.Result, look bool) {
	f := got.fields
	all, ok := yuan(f["refund_fee"])
	switch {
	case f["out_trade_no"] != r.Of.Number:
		return got.doubtful(pay.CodeNumber), false
	case f["fund_change"] != "Y":
		return got.doubtful(codeNoChange), true
	case !ok || all < r.Amount:
		return got.doubtful(pay.CodeAmount), true
	}
	return got.gone("refunded", r.Amount), false
}

// gone is the result of a refund that has been carried out. What the merchant is
// without is all of it where the reply does not say.
func (got reply) gone(code string, amount money.Fen) pay.Result {
	f, result := got.fields, got.judged(verdict{state: pay.Returned}, code, "")
	result.Network, result.Amount, result.Settled = pay.CutBasic(f["trade_no"], networkBytesMax), amount, amount
	if back, ok := yuan(f["send_back_fee"]); ok && back <= amount {
		result.Settled = back
	}
	if at, err := time.ParseInLocation(stampForm, f["gmt_refund_pay"], pay.Beijing); err == nil {
		result.PaidAt = at
	}
	return result
}

// QueryRefund asks what became of a refund (alipay.trade.fastpay.refund.query).
// Anything but success means that it is not done and has to be sent again with
// its number, an empty answer too (pages 02ekfs and 02ekft): that is NotFound.
func (p *Provider) QueryRefund(ctx context.Context, r pay.Refund) pay.Result {
	got := p.ask(ctx, methodRefundQuery, struct {
		Number  string  `json:"out_trade_no"`
		Request string  `json:"out_request_no"`
		Options options `json:"query_options"`
	}{r.Of.Number, r.Number, refundOptions})
	if !got.verified() {
		return got.result.NeverFinal()
	}
	f := got.fields
	amount, ok := yuan(f["refund_amount"])
	other := func(name, ours string) bool { return f[name] != "" && f[name] != ours }
	switch status := f["refund_status"]; {
	case !got.done():
		result, _ := got.refused(opRefundQuery, r.Of)
		return result
	case other("out_trade_no", r.Of.Number) || other("out_request_no", r.Number):
		return got.doubtful(pay.CodeNumber)
	case status == "":
		return got.judged(notFound, codeNotRefunded, "")
	case status != statusRefunded:
		return got.judged(notFound, "refund_status "+pay.CutBasic(status, codeBytesMax), "")
	case !ok || f["out_request_no"] == "" || f["out_trade_no"] == "":
		return got.doubtful(pay.CodeIncomplete)
	}
	result := got.gone(statusRefunded, amount)
	if amount != r.Amount {
		result.State, result.Code = pay.Mismatch, pay.CodeAmount
	}
	return result
}
