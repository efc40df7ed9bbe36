package wechat

import (
	"context"
	"strings"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

var _ pay.Refunder = (*Provider)(nil)

// reasonBytesMax is the length of both APIs' field.
const reasonBytesMax = 80

// refunder is one of the network's two ways to give money back. A refund that
// went one way may be asked about on the other: it is the network's, not the API's.
type refunder interface {
	// give sends a refund. refused: the result is that of an error code, which names
	// no number.
	give(ctx context.Context, r pay.Refund) (result pay.Result, refused bool)
	// find asks what became of one.
	find(ctx context.Context, r pay.Refund) pay.Result
}

// refunder is the way that a refund goes, and the refund as it goes there: API v3
// where the merchant has it, for it takes no client certificate, and the answer
// says how far the money is. What was captured of a deposit goes back by the
// deposits' own calls and in terms of the deposit, for there a capture is no payment.
func (p *Provider) refunder(r pay.Refund) (refunder, pay.Refund) {
	switch {
	case r.Hold != nil:
		r.Of, r.Hold = *r.Hold, nil
		return refunder2{p.deposits(), true}, r
	case p.v3 != nil:
		return p.v3, r
	}
	return refunder2{p, false}, r
}

// Refund asks for a part of a payment to go back, of a payment code or of a code
// that was shown. A refusal is final after one look at the refund.
func (p *Provider) Refund(ctx context.Context, r pay.Refund) pay.Result {
	way, r := p.refunder(r)
	return giveBack(ctx, way, r)
}

// QueryRefund asks what became of a refund.
func (p *Provider) QueryRefund(ctx context.Context, r pay.Refund) pay.Result {
	way, r := p.refunder(r)
	return way.find(ctx, r)
}

// giveBack sends a refund. Whatever refuses it for good may be about a request
// that came after another one of ours: so what a look finds under the number
// overrules the refusal, and without a look that says that there is nothing the
// refusal proves nothing.
func giveBack(ctx context.Context, way refunder, r pay.Refund) pay.Result {
	result, refused := way.give(ctx, r)
	if !refused || !result.State.Final() {
		return result
	}
	look := way.find(ctx, r)
	switch {
	case look.NotFound:
		return result
	case look.State != pay.Unknown || look.Fault:
		return look
	}
	result.State = pay.Unknown
	return untold(result)
}

// untold leaves words that are not the last ones to the technician.
func untold(r pay.Result) pay.Result {
	r.Message, r.Detail = "", strings.TrimSpace(r.Message+" "+r.Detail)
	return r
}

// refunded is what the network says of a refund, in either API's words.
type refunded struct {
	number  string // of the refund
	of      string // number of the payment
	network string // the network's number of the refund
	over    time.Time
	status  string
	refund  money.Fen
	total   money.Fen // of the payment
	settled money.Fen // what the merchant is without
	whole   bool      // all of it was there
	cny     bool
}

// judge says what a verified reply about a refund proves. Only SUCCESS says that
// the payer has the money: that it was taken on does not.
func (f refunded) judge(want pay.Refund) (v verdict, code string) {
	switch {
	case f.number != "" && f.number != want.Number || f.of != "" && f.of != want.Of.Number:
		return unknown, pay.CodeNumber
	case !f.whole || f.status == "" || f.number == "" || f.of == "" || f.settled < 0 || f.settled > f.refund:
		return unknown, pay.CodeIncomplete
	case f.refund != want.Amount || f.total != want.Of.Amount:
		return verdict{state: pay.Mismatch}, pay.CodeAmount
	case !f.cny:
		return verdict{state: pay.Mismatch}, pay.CodeCurrency
	}
	v, known := refundStates[f.status]
	if !known {
		return unknown, "status " + pay.CutBasic(f.status, 32)
	}
	return v, "refund " + f.status
}

// tell adds what the reply says of the refund to its result.
func (f refunded) tell(result pay.Result) pay.Result {
	result.Network, result.Amount, result.Settled = pay.CutBasic(f.network, networkBytesMax), f.refund, f.settled
	if result.State == pay.Returned {
		result.PaidAt = f.over
	}
	return result
}

// undone is what the refund of all of an order means for the order, which is on
// its way back: there is no other number for it, so what has refused this one is
// for a person.
func undone(r pay.Result) pay.Result {
	back := pay.Result{State: pay.Unknown, Code: r.Code, Date: r.Date, Fault: r.Fault, Detail: untold(r).Detail}
	switch r.State {
	case pay.Returned:
		back.State, back.Returned = pay.Declined, true
	case pay.Declined, pay.Mismatch:
		back.Fault = true
	}
	return back
}
