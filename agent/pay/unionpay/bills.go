package unionpay

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"time"

	"tillgate/agent/pay"
)

// Shower is a provider that also shows codes: netpay's bills. Everything about a
// code that was scanned goes the way of its Provider.
type Shower struct{ *Provider }

var (
	_ pay.Shower   = (*Shower)(nil)
	_ pay.Refunder = (*Shower)(nil)
)

// NewShower makes the provider of a merchant with a pair of numbers for codes
// that are shown.
func NewShower(name string, o Options) (*Shower, error) {
	p, err := New(name, o)
	if err == nil && o.QRMID == "" {
		err = fmt.Errorf("merchant %s: the merchant number for codes that are shown is missing", name)
	}
	if err != nil {
		return nil, err
	}
	return &Shower{p}, nil
}

// Where netpay's operations are (pages je24KjzL and m32QOBX0); all contracts have the
// same ones.
const (
	pathShow   = "/v1/netpay/bills/get-qrcode"
	pathBill   = "/v1/netpay/bills/query"
	pathRefund = "/v1/netpay/bills/refund"
	pathClose  = "/v1/netpay/bills/close-qrcode"
)

// instMid is the business that a bill belongs to, the same in every call on it.
const instMid = "QRPAYDEFAULT"

// lifeMax is how long a code may be paid at most: what the network gives a code
// that names no end (pages je24KjzL and m32QOBX0). It is also when a code whose closing
// nobody confirms is over.
const lifeMax = 30 * time.Minute

// bill is the number of an order of ours on the wire: the source number in the
// place of the first four digits. People never see it.
func (p *Provider) bill(number string) string {
	if len(number) < sourceChars {
		return number
	}
	return p.o.Source + number[sourceChars:]
}

// net are the fields of every call of netpay, and more.
func (p *Provider) net(more fields) fields {
	f := fields{"requestTimestamp": p.o.Now().In(pay.Beijing).Format(netpayForm), "mid": p.o.QRMID, "tid": p.o.QRTID, "instMid": instMid}
	maps.Copy(f, more)
	return f
}

// billOf names a bill: its number, and the date that it was made with, which the
// network looks for.
func (p *Provider) billOf(a pay.Attempt) fields {
	return fields{"billNo": p.bill(a.Number), "billDate": p.asked(a).Format(billDayForm)}
}

func (p *Provider) billSubject(number string) subject {
	return subject{names: billNames, merchantIs: p.o.QRMID, numberIs: p.bill(number)}
}

// noBills is for a shown code whose merchant has lost its numbers: the bill is
// open, and nobody can ask about it.
var noBills = pay.Result{Code: "no bills", Detail: "the config has no numbers for shown codes of this merchant any more", Fault: true}

// Show opens a bill and answers its code's link (get-qrcode). The code's id is
// ours, its bill's number, so that it can be closed by whoever knows that.
func (s *Shower) Show(ctx context.Context, o pay.Offer) pay.Result {
	life := min(cmp.Or(o.Life, Timing.Show.Life), lifeMax)
	f := s.net(s.billOf(o.Attempt))
	f["totalAmount"] = int64(o.Amount)
	f["billDesc"] = cmp.Or(pay.Cut(o.Title, titleBytesMax), "付款")
	f["expireTime"] = s.o.Now().Add(life).In(pay.Beijing).Format(netpayForm)
	f["qrCodeId"] = s.bill(o.Number)
	f["counterNo"] = pay.Cut(o.Lane, laneBytesMax)
	r := s.ask(ctx, pathShow, f, s.billSubject(o.Number))
	switch {
	case r.o == nil:
		return r.result
	case r.code != codeSuccess && r.otherClock: // the next code is asked for at the right time
		return r.judged(unknown, r.code)
	case r.code != codeSuccess:
		return r.refusal(func(m meaning) verdict { return m.show })
	case r.otherMerchant:
		return r.judged(unknown, pay.CodeMerchant)
	}
	sum, given, good := r.o.fen("totalAmount")
	link := r.o.text("billQRCode")
	switch {
	case given && sum != o.Amount:
		return r.judged(unknown, pay.CodeAmount)
	case !good || !pay.GoodLink(link):
		return r.judged(unknown, pay.CodeIncomplete)
	}
	s.codes.named(s.bill(o.Number), pay.Cut(r.o.text("qrCodeId"), networkBytesMax))
	result := r.judgedWith(waiting, "shown", "")
	result.Link = link
	return result
}

// look asks for a bill, and for one of its refunds where one is named.
func (p *Provider) look(ctx context.Context, a pay.Attempt, refund string) reply {
	f, about := p.net(p.billOf(a)), p.billSubject(a.Number)
	if refund != "" {
		f["refundOrderId"], about.refundIs = p.bill(refund), p.bill(refund)
	}
	r := p.ask(ctx, pathBill, f, about)
	if r.o != nil && !r.otherMerchant {
		p.codes.named(p.bill(a.Number), pay.Cut(r.o.text("qrCodeId"), networkBytesMax))
	}
	return r
}

// billState is the state of a bill: the word of the bill, or that of its payment
// where that one says more.
func billState(r reply) string {
	state, payment := r.o.text("billStatus"), r.o.part("billPayment").text("status")
	switch {
	case paidStates[state] && refundedStates[payment]:
		return payment
	case paidStates[state] && payment != "" && !paidStates[payment], !paidStates[state] && !refundedStates[state] && paidStates[payment]:
		return state + " and " + payment // they do not fit: not for us to choose
	}
	return state
}

// queryBill asks what became of a code that was shown (query).
func (p *Provider) queryBill(ctx context.Context, a pay.Attempt) pay.Result {
	result, _ := p.seeBill(ctx, a)
	return result
}

// seeBill asks for a bill and tells whether somebody has paid it, whatever went
// back since.
func (p *Provider) seeBill(ctx context.Context, a pay.Attempt) (result pay.Result, taken bool) {
	r := p.look(ctx, a, "")
	switch {
	case r.o == nil:
		return r.result.NeverFinal(), false
	case r.code != codeSuccess:
		return r.refusal(func(m meaning) verdict { return m.query }), false
	}
	state, c := billState(r), billClaim(r)
	switch v, known := billStates[state]; {
	case paidStates[state]:
		return p.paidBill(ctx, r, c, a), true
	case refundedStates[state] && !a.Returning:
		return r.touched(c, a, state), true
	case r.otherMerchant:
		return r.judged(unknown, pay.CodeMerchant), false
	case refundedStates[state]:
		return p.wentBack(ctx, a), true
	case !known:
		return r.judged(unknown, "billStatus "+pay.Cut(state, codeBytesMax)), false
	case a.Returning && v == waiting && state != buyerPays && p.dead(a):
		return r.judgedWith(over, "closed "+state, ""), false
	default:
		return r.judgedWith(v, state, ""), false
	}
}

// buyerPays is the state of a bill whose payer is at it.
const buyerPays = "WAIT_BUYER_PAY"

// paidBill judges a paid bill. On its way back its refund may be there although
// the bill's state does not say so.
func (p *Provider) paidBill(ctx context.Context, r reply, c claim, a pay.Attempt) pay.Result {
	result := r.success(c, a)
	if !a.Returning || result.State != pay.Paid {
		return result
	}
	if back := p.wentBack(ctx, a); back.State == pay.Declined {
		return back
	}
	return result
}

// billClaim reads a paid bill.
func billClaim(r reply) claim {
	payment := r.o.part("billPayment")
	c := claimOf(r.o, "totalAmount", payment, "receiptAmount")
	c.network = payment.first("merOrderId", "targetOrderId", "paySeqId")
	c.wallet = wallet(payment.text("targetSys"))
	c.paidAt = moment(payment.text("payTime"))
	return c
}
