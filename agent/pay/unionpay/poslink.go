package unionpay

import (
	"cmp"
	"context"
	"strings"

	"tillgate/agent/pay"
)

// currencyCNY is ISO 4217's number of the yuan.
const currencyCNY = "156"

// traceFrom and traceTo are where in our number its counter is, which is the
// terminal's trace of six digits.
const traceFrom, traceTo = 17, 23

// pos are the fields of every call about a scanned code.
func (p *Provider) pos(number string) fields {
	return fields{"merchantCode": p.o.MID, "terminalCode": p.o.TID, "merchantOrderId": number}
}

func (p *Provider) posSubject(number string) subject {
	return subject{names: posNames, merchantIs: p.o.MID, numberIs: number}
}

// trace is the six-digit number of a transaction at its terminal.
func trace(number string) string {
	if len(number) < traceTo {
		return ""
	}
	return number[traceFrom:traceTo]
}

// Charge asks for the money of one payment code (pay), once. A refusal is final
// after one look at the order.
func (p *Provider) Charge(ctx context.Context, c pay.Charge) pay.Result { return p.Prepare(c)(ctx) }

// Prepare makes and signs the request of a charge.
func (p *Provider) Prepare(c pay.Charge) func(context.Context) pay.Result {
	f := p.pos(c.Number)
	f["transactionAmount"] = int64(c.Amount)
	f["transactionCurrencyCode"] = currencyCNY
	f["merchantRemark"] = cmp.Or(pay.Cut(c.Title, titleBytesMax), "付款")
	f["payMode"] = "CODE_SCAN"
	f["payCode"] = string(c.Code)
	f["deviceType"] = p.o.DeviceType
	f["longitude"], f["latitude"] = p.o.Longitude, p.o.Latitude
	f["ip"] = p.o.IP
	f["serialNum"] = pay.Cut(cmp.Or(p.o.Serial, c.Device), serialBytesMax)
	f["systemTraceNum"] = trace(c.Number)
	f["storeId"] = pay.Cut(c.Lane, laneBytesMax)
	f["operatorId"] = pay.Cut(c.Staff, staffBytesMax)
	request := p.request(p.o.Paths.Pay, f)
	about := p.posSubject(c.Number)
	about.code = string(c.Code)
	return func(ctx context.Context) pay.Result {
		return p.charged(ctx, p.read(p.wire.Send(ctx, request), about), c.Attempt)
	}
}

func (p *Provider) charged(ctx context.Context, r reply, a pay.Attempt) pay.Result {
	switch {
	case r.o == nil:
		return r.result
	case r.code == codeDone:
		c := claimOf(r.o, "transactionAmount", r.o, "actualTransactionAmount")
		c.network, c.wallet = r.o.text("orderId"), wallet(r.o.text("chnlType"))
		c.paidAt = moment(r.o.text("transactionDateWithYear") + r.o.text("transactionTime"))
		return r.success(c, a)
	case r.otherMerchant:
		return r.judged(unknown, pay.CodeMerchant)
	case unlisted(r.code):
		return p.confirm(ctx, r.judged(declined, r.code), a, false)
	}
	result := r.refusal(func(m meaning) verdict { return m.charge })
	if result.State == pay.Declined && !result.Fault {
		return p.confirm(ctx, result, a, true)
	}
	return result
}

// confirm looks once whether an order is as dead as its refusal says. A listed
// refusal stands unless the order speaks against it; one that is not in the
// table needs the order's word: failed, or not there.
func (p *Provider) confirm(ctx context.Context, refusal pay.Result, a pay.Attempt, listed bool) pay.Result {
	ctx, cancel := context.WithTimeout(ctx, pay.ConfirmMax)
	defer cancel()
	look := p.Query(ctx, a)
	switch {
	case look.State == pay.Paid || look.State == pay.Mismatch:
		return look
	case listed || look.NotFound || look.State == pay.Declined:
		return refusal
	}
	refusal.State, refusal.Message, refusal.Detail = pay.Unknown, "", refusal.Message
	return refusal
}

// queryCode asks what became of a scanned code.
func (p *Provider) queryCode(ctx context.Context, a pay.Attempt) pay.Result {
	result, _ := p.seeCode(ctx, a)
	return result
}

// seeCode asks for a scanned code's order under each date that it may have, and
// tells the last that was asked: that of the order, where there is one.
func (p *Provider) seeCode(ctx context.Context, a pay.Attempt) (result pay.Result, day string) {
	for _, day = range p.days(a) {
		f := p.pos(a.Number)
		f["oriTransDate"] = day
		result = p.traded(ctx, p.ask(ctx, p.o.Paths.Query, f, p.posSubject(a.Number)), a)
		if !result.NotFound {
			break
		}
	}
	return result, day
}

// traded judges an answer to a query. That the query worked is no payment: only
// its queryResCode is.
func (p *Provider) traded(ctx context.Context, r reply, a pay.Attempt) pay.Result {
	switch {
	case r.o == nil:
		return r.result.NeverFinal()
	case r.code != codeDone:
		return r.refusal(func(m meaning) verdict { return m.query })
	}
	res, text := strings.TrimSpace(r.o.text("queryResCode")), ""
	if strings.HasPrefix(res, resFailed) {
		res, text = resFailed, strings.TrimLeft(res[len(resFailed):], " :：,，-")
	}
	order := r.o.text("orderStatus")
	if res == resPaid && refundedStates[order] {
		res = resRefunded
	}
	c := claimOf(r.o, "originalTransactionAmount", r.o, "actualTransactionAmount")
	c.network, c.wallet = r.o.text("orderId"), wallet(r.o.text("chnlType"))
	c.paidAt = around(p.asked(a), r.o.text("originalTransactionTime"))
	switch _, known := resCodes[res]; {
	case res == resPaid && order != "" && !paidStates[order]:
		return r.judged(unknown, "orderStatus "+pay.Cut(order, codeBytesMax))
	case res == resPaid:
		return r.success(c, a)
	case res == resRefunded && !a.Returning:
		return r.touched(c, a, res)
	case r.otherMerchant:
		return r.judged(unknown, pay.CodeMerchant)
	case res == resRefunded:
		return p.wentBack(ctx, a)
	case !known:
		return r.judged(unknown, "queryResCode "+pay.Cut(res, codeBytesMax))
	}
	result := r.judgedWith(resCodes[res], res, text)
	result.Returned = res == resVoided && refundedStates[order] // else nobody had paid
	return result
}

// undoCode makes sure that a scanned code takes no money: it is voided on its own
// day, and what was paid before that is refunded.
func (p *Provider) undoCode(ctx context.Context, a pay.Attempt) pay.Result {
	if p.today(a) {
		r := p.void(ctx, a)
		if r.o == nil || r.otherMerchant || r.code == codeDone {
			return r.voided()
		}
		return p.afterVoid(ctx, r, a)
	}
	look := p.queryCode(ctx, a)
	switch {
	case look.State == pay.Paid:
		return p.giveBack(ctx, a)
	case look.State == pay.Unknown && !look.NotFound && !look.Fault:
		r := p.void(ctx, a) // it may still be on its way
		result := r.voided()
		if r.o != nil && result.State == pay.Unknown { // no void is taken on another day: a person has to see to it
			result.NotFound, result.Fault = false, true
		}
		return result
	}
	return undone(look)
}

func (p *Provider) void(ctx context.Context, a pay.Attempt) reply {
	return p.ask(ctx, p.o.Paths.Void, p.pos(a.Number), p.posSubject(a.Number))
}

// voided judges an answer to a void: 00 is the only word for done.
func (r reply) voided() pay.Result {
	switch {
	case r.o == nil:
		return r.result.NeverFinal()
	case r.otherMerchant:
		return r.judged(unknown, pay.CodeMerchant)
	case r.code == codeDone:
		return r.judged(over, "voided")
	}
	return r.refusal(func(m meaning) verdict { return m.undo })
}

// afterVoid looks at an order whose void was refused: it may be over already, and
// one that is paid can only be refunded where it is of another day after all, or
// where its wallet has no voids.
func (p *Provider) afterVoid(ctx context.Context, r reply, a pay.Attempt) pay.Result {
	result := r.voided()
	look, day := p.seeCode(ctx, a)
	crossed := r.code == codeNotCrossed || result.NotFound || day != p.o.Now().In(pay.Beijing).Format(dayForm)
	switch {
	case look.State == pay.Paid && (crossed || neverVoided(r.code)):
		return p.giveBack(ctx, a)
	case look.State == pay.Declined:
		return undone(look)
	case result.NotFound && !look.NotFound: // of another day, perhaps, where nobody knows which was its own
		result.NotFound, result.Fault = false, a.Asked.IsZero() && look.State == pay.Unknown
	}
	return result
}

// undone is what a look at an order says of its undo.
func undone(look pay.Result) pay.Result {
	if look.State != pay.Declined && look.State != pay.Unknown {
		look.State = pay.Unknown // a mismatch is a person's
	}
	return pay.Result{State: look.State, NotFound: look.NotFound, Code: look.Code, Date: look.Date, Fault: look.Fault, Detail: look.Detail}
}
