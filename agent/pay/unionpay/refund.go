package unionpay

import (
	"cmp"
	"context"
	"slices"

	"tillgate/agent/pay"
)

// Refund gives a part of a payment back (refund of POS通 or of bills). A refusal
// is final after one look at the refund.
func (p *Provider) Refund(ctx context.Context, r pay.Refund) pay.Result {
	if !p.speaksOf(r.Of) {
		return noBills
	}
	result, code := pay.Result{}, ""
	if r.Of.Shown {
		result, code = p.refundBill(ctx, r)
	} else {
		result, code = p.refundCode(ctx, r)
	}
	twice := code == codeTwice || code == codeTwiceBill
	if !twice && (result.State != pay.Declined || code == "") {
		return result
	}
	look := p.QueryRefund(ctx, r)
	switch {
	case look.State == pay.Returned || look.State == pay.Waiting || look.State == pay.Mismatch || look.State == pay.Declined:
		return look
	case twice || look.NotFound:
		return result
	}
	result.State, result.Message, result.Detail = pay.Unknown, "", result.Message
	return result
}

// refundCode asks for a refund of a scanned code. The code that it answers is
// that of a refusal which is not sure before somebody has looked.
func (p *Provider) refundCode(ctx context.Context, r pay.Refund) (result pay.Result, code string) {
	var got reply
	for _, day := range p.days(r.Of) {
		f := p.pos(r.Of.Number)
		f["refundRequestId"] = r.Number
		f["transactionAmount"] = int64(r.Amount)
		f["transactionCurrencyCode"] = currencyCNY
		f["oriTransDate"] = day
		f["refundDesc"] = pay.Cut(r.Reason, reasonBytesMax)
		f["operatorId"] = pay.Cut(r.Staff, staffBytesMax)
		got = p.ask(ctx, p.o.Paths.Refund, f, p.refundSubject(r))
		if got.o == nil || !codes[got.code].query.notFound { // it has the original on that day
			break
		}
	}
	switch {
	case got.o == nil:
		return got.result.NeverFinal(), ""
	case got.otherMerchant:
		return got.judged(unknown, pay.CodeMerchant), ""
	case got.code == codeDone:
		return p.refunded(ctx, got, r), ""
	case unlisted(got.code):
		return got.judged(declined, got.code), got.code
	}
	return got.refusal(func(m meaning) verdict { return m.refund }), got.code
}

// refunded judges a refund of a scanned code that is done. The number may be that
// of another device's refund, of another amount: where the reply does not name
// ours, the refund is looked at.
func (p *Provider) refunded(ctx context.Context, got reply, r pay.Refund) pay.Result {
	result := got.returned(verdict{state: pay.Returned}, codeDone, r, got.o, "transactionAmount")
	_, named, _ := got.o.fen("transactionAmount")
	if result.State != pay.Returned || named || result.Settled == r.Amount && got.o.text("refundInvoiceAmount") != "" {
		return result
	}
	look := p.QueryRefund(ctx, r)
	if look.State == pay.Returned {
		return result
	}
	look.NotFound = false // it is there: we were just told so
	return look
}

func (p *Provider) refundSubject(r pay.Refund) subject {
	about := p.posSubject(r.Of.Number)
	about.refundIs = r.Number
	return about
}

// refundBill asks for a refund of a bill. One that the network wants to be asked
// about first (INVALID_ORDER) is asked about, and refunded then.
func (p *Provider) refundBill(ctx context.Context, r pay.Refund) (result pay.Result, code string) {
	got := p.sendRefundBill(ctx, r)
	if got.o != nil && got.code == codeFillIn {
		if p.look(ctx, r.Of, "").code == codeSuccess {
			got = p.sendRefundBill(ctx, r)
		}
	}
	switch {
	case got.o == nil:
		return got.result.NeverFinal(), ""
	case got.code != codeSuccess:
		return got.refusal(func(m meaning) verdict { return m.refund }), got.code
	case got.otherMerchant:
		return got.judged(unknown, pay.CodeMerchant), ""
	}
	return got.refundState(got.o.text("refundStatus"), r, got.o, "refundAmount"), ""
}

func (p *Provider) sendRefundBill(ctx context.Context, r pay.Refund) reply {
	f, about := p.net(p.billOf(r.Of)), p.billSubject(r.Of.Number)
	about.refundIs = p.bill(r.Number)
	f["refundOrderId"] = about.refundIs
	f["refundAmount"] = int64(r.Amount)
	f["refundDesc"] = pay.Cut(r.Reason, reasonBytesMax)
	return p.ask(ctx, pathRefund, f, about)
}

// QueryRefund asks what became of one refund, by its number: the network's sum
// of an order's refunds is not right (page P81GPdzq).
func (p *Provider) QueryRefund(ctx context.Context, r pay.Refund) pay.Result {
	switch {
	case !p.speaksOf(r.Of):
		return noBills
	case r.Of.Shown:
		return p.queryRefundBill(ctx, r)
	}
	days := p.days(r.Of)
	if today := p.o.Now().In(pay.Beijing).Format(dayForm); !slices.Contains(days, today) {
		days = append(days, today) // whose day the network means is not documented: the payment's or the refund's
	}
	var result pay.Result
	for _, day := range days {
		f := p.pos(r.Of.Number)
		f["refundRequestId"] = r.Number
		f["oriTransDate"] = day
		f["payTransDate"] = p.asked(r.Of).Format(dayForm)
		result = p.ask(ctx, p.o.Paths.QueryRefund, f, p.refundSubject(r)).refundCode(r)
		if !result.NotFound {
			break
		}
	}
	return result
}

// refundCode judges an answer about a refund of a scanned code: two levels, and
// only 00 on both says that the money is back. That it is not says nothing of
// tomorrow.
func (r reply) refundCode(of pay.Refund) pay.Result {
	switch {
	case r.o == nil:
		return r.result.NeverFinal()
	case r.code != codeDone:
		return r.refusal(func(m meaning) verdict { return m.refundQuery })
	case r.otherMerchant:
		return r.judged(unknown, pay.CodeMerchant)
	}
	res := r.o.text("queryResCode")
	switch {
	case res == codeDone:
		return r.returned(verdict{state: pay.Returned}, res, of, r.o, r.sumOfRefund(of))
	case resCodes[res].notFound:
		return r.judged(missing, res)
	}
	return r.judged(unknown, "queryResCode "+pay.Cut(res, codeBytesMax))
}

// sumOfRefund is the field in which an answer about a refund names its amount.
// What originalAmount is the documents do not say: where it is the payment's it
// says nothing of the refund.
func (r reply) sumOfRefund(of pay.Refund) string {
	if _, named, _ := r.o.fen("transactionAmount"); named {
		return "transactionAmount"
	}
	if sum, _, _ := r.o.fen("originalAmount"); sum == of.Of.Amount {
		return ""
	}
	return "originalAmount"
}

// queryRefundBill asks for a bill with one of its refunds. A bill without it does
// not know the number: sent again it is the same refund.
func (p *Provider) queryRefundBill(ctx context.Context, of pay.Refund) pay.Result {
	r := p.look(ctx, of.Of, of.Number)
	switch {
	case r.o == nil:
		return r.result.NeverFinal()
	case r.code != codeSuccess:
		return r.refusal(func(m meaning) verdict { return m.refundQuery })
	case r.otherMerchant:
		return r.judged(unknown, pay.CodeMerchant)
	}
	refund := r.o.part("refundBillPayment")
	if len(refund) == 0 {
		return r.judged(missing, "no refundBillPayment")
	}
	if id := refund.text("refundOrderId"); id != "" && id != p.bill(of.Number) {
		return r.judged(unknown, pay.CodeNumber)
	}
	status := refund.first("refundStatus", "status")
	if status == "TRADE_REFUND" { // billPayment's word for it
		status = "SUCCESS"
	}
	return r.refundState(status, of, refund, "refundAmount")
}

// refundState judges a refund of a bill by its status.
func (r reply) refundState(status string, of pay.Refund, in object, sum string) pay.Result {
	v, known := refundStates[status]
	switch {
	case !known:
		return r.judged(unknown, "refundStatus "+pay.Cut(status, codeBytesMax))
	case v.state == pay.Returned || v.state == pay.Waiting:
		return r.returned(v, status, of, in, sum)
	}
	return r.judged(v, status)
}

// returned judges a believed word about money that is back or on its way: where
// it names an amount, that has to be ours.
func (r reply) returned(v verdict, code string, of pay.Refund, in object, sum string) pay.Result {
	back, given, good := in.fen(sum)
	settled, part, fine := in.fen("refundInvoiceAmount")
	switch {
	case !good || !fine:
		return r.judged(unknown, pay.CodeIncomplete)
	case given && back != of.Amount:
		result := r.judged(verdict{state: pay.Mismatch}, pay.CodeAmount)
		result.Amount = back
		return result
	case part && settled > of.Amount: // more has gone back than was asked for
		result := r.judged(verdict{state: pay.Mismatch}, pay.CodeAmount)
		result.Amount = settled
		return result
	case !part || settled == 0:
		settled = of.Amount
	}
	result := r.judgedWith(v, code, "")
	if v.state == pay.Returned {
		result.Amount, result.Settled = of.Amount, settled
		result.PaidAt = moment(in.text("dealDate") + in.text("dealTime"))
	}
	return result
}

// giveBack refunds all of an order that is undone, as an undo tells it.
func (p *Provider) giveBack(ctx context.Context, a pay.Attempt) pay.Result {
	return asUndo(p.Refund(ctx, pay.Whole(a)))
}

// wentBack is what a query says of an order on its way back that somebody has
// refunded: it is over when our refund of all of it is. Another's is for a person.
func (p *Provider) wentBack(ctx context.Context, a pay.Attempt) pay.Result {
	result := p.QueryRefund(ctx, pay.Whole(a))
	if result.NotFound {
		result.NotFound, result.Fault, result.Code = false, true, "refunded by others"
		return result
	}
	result = asUndo(result)
	result.Returned = result.State == pay.Declined
	return result
}

// asUndo says of an order what is known of its whole refund.
func asUndo(r pay.Result) pay.Result {
	said := pay.Result{State: pay.Unknown, Code: r.Code, Date: r.Date, Fault: r.Fault, Detail: cmp.Or(r.Detail, r.Message)}
	switch r.State {
	case pay.Returned:
		said.State, said.Code = pay.Declined, "refunded"
	case pay.Declined, pay.Mismatch: // it will not go back by itself
		said.Fault = true
	}
	return said
}

// speaksOf tells whether there are numbers for an attempt of this kind.
func (p *Provider) speaksOf(a pay.Attempt) bool { return !a.Shown || p.o.QRMID != "" }
