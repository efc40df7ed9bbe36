package paytest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// RunRefund plays every scenario of refunds, likewise. Those of codes that were
// shown are for a network with a Shower.
func RunRefund(t *testing.T, start Start) {
	t.Helper()
	runAll(t, start, refunds())
}

func refunds() []scenario {
	return slices.Concat(givers(), refusedRefunds(), refundAnswers(), refundTroubles(), refundWalks(), lastUndos())
}

// sold is a payment that the network has, of a customer who pays at once.
func (s *scene) sold(customer string) pay.Attempt {
	a, r := s.charge(customer)
	s.want("charge", r, pay.Paid)
	a.Network = r.Network
	return a
}

// part is the n-th refund of a payment.
func (s *scene) part(of pay.Attempt, n int, sum money.Fen) pay.Refund {
	return pay.Refund{Of: of, Number: fmt.Sprintf("%s%02d", of.Number, n), Amount: sum, Reason: "退货", Staff: "8", Device: "gate-7"}
}

func (s *scene) refund(r pay.Refund) pay.Result { return s.refundIn(s.ctx, r) }

func (s *scene) refundIn(ctx context.Context, r pay.Refund) pay.Result {
	got := s.Refunder.Refund(ctx, r)
	s.checkRefund("refund", r, got)
	return got
}

func (s *scene) refundQuery(r pay.Refund) pay.Result {
	got := s.Refunder.QueryRefund(s.ctx, r)
	s.checkRefund("query of refund", r, got)
	return got
}

// checkRefund holds a result against the contract and the books.
func (s *scene) checkRefund(op string, r pay.Refund, got pay.Result) {
	for _, flaw := range s.refundFlaws(r, got) {
		s.problem("%s %s: %s: %+v", op, r.Number, flaw, got)
	}
	text := fmt.Sprintf("%+v %#v", got, got)
	for _, secret := range s.Secrets {
		if strings.Contains(text, secret) {
			s.problem("%s %s: the result tells a secret", op, r.Number)
		}
	}
}

func (s *scene) refundFlaws(r pay.Refund, got pay.Result) (flaws []string) {
	flaw := func(when bool, text string) {
		if when {
			flaws = append(flaws, text)
		}
	}
	flaw(!slices.Contains([]pay.State{pay.Returned, pay.Waiting, pay.Declined, pay.Mismatch, pay.Unknown}, got.State), "that is no word for a refund")
	flaw(got.NotFound && got.State != pay.Unknown, "not found is not unknown")
	flaw(got.NotFound && got.Fault, "nobody need act: it may be sent again")
	flaw(got.Fault && got.State != pay.Unknown && got.State != pay.Declined, "a fault of what goes on by itself")
	flaw(got.State == pay.Unknown && got.Code == "" && !got.NotFound, "nobody is told why")
	flaw(got.State != pay.Unknown && got.Date.IsZero(), "not verified")
	flaw(got.Message != "" && got.Date.IsZero(), "words that were not verified")
	flaw(got.Link != "" || got.Returned, "that is said of payments")
	switch got.State {
	case pay.Declined, pay.Mismatch:
		flaw(got.Code == "", "nobody is told why")
	case pay.Returned:
		flaw(got.Amount != r.Amount || got.Settled <= 0 || got.Settled > r.Amount, "returned, and the amounts do not fit")
		flaw(got.PaidAt.After(s.now()), "returned at no good time")
		if net, most := s.Sandbox.Net(r.Of.Number), r.Of.Amount-s.givenBy(r); net > most {
			flaw(true, fmt.Sprintf("returned, and the payer is without %v, not %v", net, most))
		}
	}
	return flaws
}

// givenBy counts a refund as returned and answers what of its payment was, this one included.
func (s *scene) givenBy(r pay.Refund) (sum money.Fen) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.given[r.Of.Number] == nil {
		s.given[r.Of.Number] = map[string]money.Fen{}
	}
	s.given[r.Of.Number][r.Number] = r.Amount
	for _, part := range s.given[r.Of.Number] {
		sum += part
	}
	return sum
}

// arrives follows a refund as a machine does until its money is back.
func (s *scene) arrives(r pay.Refund) {
	for range 10 {
		q := s.refundQuery(r)
		switch {
		case q.State == pay.Returned:
			return
		case q.NotFound:
			s.pass(s.Timing.Refund.Again)
			s.refund(r)
		default:
			s.pass(time.Minute)
		}
	}
	s.problem("%s: it does not arrive", r.Number)
}

// givesBack has a part of a payment given back, and leaves time for the next one.
func (s *scene) givesBack(of pay.Attempt, n int, sum money.Fen) {
	r := s.part(of, n, sum)
	s.want("refund", s.refund(r), pay.Waiting, pay.Returned)
	s.arrives(r)
	s.pass(s.Timing.Refund.Apart)
}

// givers are scenarios of refunds at a network that does everything right.
func givers() []scenario {
	return []scenario{
		{name: "give back all", play: func(s *scene) {
			a := s.sold(sandbox.Pays)
			s.givesBack(a, 1, amount)
			s.wantNet(a, 0)
		}},
		{name: "give back a part", play: func(s *scene) {
			a, other := s.sold(sandbox.Pays), s.sold(sandbox.Pays)
			s.givesBack(a, 1, 200)
			s.wantNet(a, amount-200)
			s.wantNet(other, amount)
		}},
		{name: "give back one fen", play: func(s *scene) {
			a := s.sold(sandbox.Pays)
			s.givesBack(a, 50, 1)
			s.wantNet(a, amount-1)
		}},
		{name: "give back in two parts", play: func(s *scene) {
			a := s.sold(sandbox.Pays)
			s.givesBack(a, 1, 200)
			s.givesBack(a, 2, amount-200)
			s.wantNet(a, 0)
			s.want("a third", s.refund(s.part(a, 3, 1)), pay.Declined)
			s.wantNet(a, 0)
		}},
		{name: "give back with a coupon", play: refundCoupon},
		{name: "give back a code", play: func(s *scene) {
			if s.Shower == nil {
				return
			}
			a := s.paidCode(sandbox.Pays)
			a.Network = s.query(a).Network
			s.givesBack(a, 1, 200)
			s.givesBack(a, 2, amount-200)
			s.wantNet(a, 0)
		}},
		{name: "give back again", play: refundAgain},
		{name: "give back takes a while", takes: 30 * time.Second, play: refundTakes},
		{name: "give back does not reach the payer", takes: time.Second, play: refundBounces},
		{name: "give back comes to nothing", takes: time.Second, play: refundComesBack},
		{name: "give back many at once", play: func(s *scene) {
			var parts []pay.Refund
			for range 8 {
				parts = append(parts, s.part(s.sold(sandbox.Pays), 1, 200))
			}
			var all sync.WaitGroup
			for _, r := range parts {
				all.Go(func() { s.want("refund", s.refund(r), pay.Waiting, pay.Returned) })
			}
			all.Wait()
			for _, r := range parts { // one after the other: waiting moves the clock
				s.arrives(r)
				s.wantNet(r.Of, amount-200)
			}
		}},
	}
}

// refundCoupon gives back what was paid with a coupon at the merchant's expense:
// what the merchant is without in the end is what it had received.
func refundCoupon(s *scene) {
	a := s.sold(sandbox.Coupon)
	var settled money.Fen
	for n, sum := range []money.Fen{200, amount - 200} {
		r := s.part(a, n+1, sum)
		s.want("refund", s.refund(r), pay.Waiting, pay.Returned)
		s.arrives(r)
		settled += s.refundQuery(r).Settled
		s.pass(s.Timing.Refund.Apart)
	}
	if settled != amount-1 {
		s.problem("it received %v and gave back %v", amount-1, settled)
	}
	s.wantNet(a, 0)
}

// refundAgain sends a refund that the network has: it is the same one, before
// and after its money is back.
func refundAgain(s *scene) {
	a := s.sold(sandbox.Pays)
	r := s.part(a, 1, 200)
	for range 3 {
		s.want("refund", s.refund(r), pay.Waiting, pay.Returned)
		s.arrives(r)
		s.wantNet(a, amount-200)
		s.pass(s.Timing.Refund.Apart)
	}
	other := r
	other.Amount = 300
	s.want("the number with another amount", s.refund(other), pay.Mismatch)
	s.want("query with another amount", s.refundQuery(other), pay.Mismatch)
	s.wantNet(a, amount-200)
	s.want("query", s.refundQuery(r), pay.Returned)
}

func refundTakes(s *scene) {
	if s.RefundAtOnce {
		return
	}
	a := s.sold(sandbox.Pays)
	r := s.part(a, 1, 200)
	s.want("refund", s.refund(r), pay.Waiting)
	s.want("query on its way", s.refundQuery(r), pay.Waiting)
	s.pass(29 * time.Second)
	s.want("refund again", s.refund(r), pay.Waiting)
	s.want("query, nearly there", s.refundQuery(r), pay.Waiting)
	s.wantNet(a, amount)
	s.pass(time.Second)
	s.want("query", s.refundQuery(r), pay.Returned)
	s.wantNet(a, amount-200)
}

// refundBounces is for money that does not reach the payer: a person has to act,
// or it has come to nothing.
func refundBounces(s *scene) {
	if s.RefundAtOnce {
		return
	}
	a := s.sold(sandbox.Pays)
	s.Sandbox.Next(sandbox.Refund, sandbox.Do(sandbox.Abnormal))
	r := s.part(a, 1, 200)
	s.want("refund", s.refund(r), pay.Waiting)
	s.pass(time.Second)
	wantBounced := func(what string, got pay.Result) {
		if got.State != s.Bounced || got.State == pay.Unknown && !got.Fault || got.NotFound {
			s.problem("%s: %+v, want %v, and a person where that is not the end", what, got, s.Bounced)
		}
	}
	wantBounced("query", s.refundQuery(r))
	if !s.Bounced.Final() { // the answer may say no more than that the network has it
		s.want("the same again", s.refund(r), pay.Unknown, pay.Waiting)
		wantBounced("query again", s.refundQuery(r))
	}
	s.wantNet(a, amount)
}

// refundComesBack is for a refund that the network ends: its number is dead, and
// as much may go back under another one.
func refundComesBack(s *scene) {
	if s.RefundAtOnce {
		return
	}
	a := s.sold(sandbox.Pays)
	s.Sandbox.Next(sandbox.Refund, sandbox.Do(sandbox.ComesBack))
	r := s.part(a, 1, amount)
	s.want("refund", s.refund(r), pay.Waiting)
	s.pass(time.Second)
	s.want("query", s.refundQuery(r), pay.Declined)
	s.wantNet(a, amount)
	s.pass(s.Timing.Refund.Apart)
	s.givesBack(a, 2, amount)
	s.wantNet(a, 0)
}
