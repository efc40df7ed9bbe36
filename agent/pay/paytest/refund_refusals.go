package paytest

import (
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// refusedRefunds are scenarios of money that must not go back, or cannot.
func refusedRefunds() []scenario {
	return []scenario{
		{name: "give back more than was paid", play: func(s *scene) {
			a := s.sold(sandbox.Pays)
			r := s.part(a, 1, amount+1)
			s.want("refund", s.refund(r), pay.Declined)
			s.wantRefundNotFound(r)
			s.wantNet(a, amount)
			s.givesBack(a, 2, 300)
			s.want("more than is left", s.refund(s.part(a, 3, 201)), pay.Declined)
			s.wantNet(a, 200)
			s.pass(s.Timing.Refund.Apart)
			s.givesBack(a, 4, 200)
			s.wantNet(a, 0)
		}},
		{name: "give back too late", play: func(s *scene) {
			a := s.sold(sandbox.Pays)
			s.pass(s.Timing.Refund.Window + time.Minute)
			if r := s.refund(s.part(a, 1, 200)); r.State != pay.Declined && !(r.State == pay.Unknown && r.Fault) {
				s.problem("refund: %+v", r)
			}
			s.wantNet(a, amount)
		}},
		{name: "give back in the last moment", play: func(s *scene) {
			a := s.sold(sandbox.Pays)
			s.pass(s.Timing.Refund.Window - time.Minute)
			s.givesBack(a, 1, 200)
			s.wantNet(a, amount-200)
		}},
		{name: "give back what was not paid", play: func(s *scene) {
			a, _ := s.charge("password-never:10s")
			s.want("refund", s.refund(s.part(a, 1, 200)), pay.Declined, pay.Unknown)
			s.wantNet(a, 0)
			s.want("query", s.refundQuery(s.part(a, 1, 200)), pay.Unknown)
		}},
		{name: "give back nothing", play: func(s *scene) {
			r := s.part(s.attempt(), 1, 200)
			s.want("refund", s.refund(r), pay.Declined, pay.Unknown)
			s.wantRefundNotFound(r)
		}},
		{name: "look for a refund that nobody knows", play: func(s *scene) {
			a := s.sold(sandbox.Pays)
			s.wantRefundNotFound(s.part(a, 1, 200))
			s.givesBack(a, 1, 200)
			s.wantRefundNotFound(s.part(a, 2, 200))
		}},
		{name: "give back errors", play: func(s *scene) { s.refundCodes("refund", sandbox.Refund) }},
		{name: "give back query errors", play: func(s *scene) { s.refundCodes("refund-query", sandbox.RefundQuery) }},
	}
}

func (s *scene) wantRefundNotFound(r pay.Refund) {
	s.wantNotFound("query of refund "+r.Number, s.refundQuery(r))
}

// refundCodes walks every code with which the network may refuse a refund, or
// the question what became of one.
func (s *scene) refundCodes(op string, asks sandbox.Op) {
	of, n := s.sold(sandbox.Pays), 0
	for _, c := range s.Cases {
		if c.Op != op {
			continue
		}
		n++
		r := s.part(of, n, 1)
		s.Sandbox.Next(asks, sandbox.Behaviour{Kind: sandbox.Failed, Code: c.Code})
		got := pay.Result{}
		if asks == sandbox.Refund {
			got = s.refund(r)
		} else {
			got = s.refundQuery(r)
		}
		if got.State != c.State || got.Fault != c.Fault || got.NotFound != c.NotFound || got.Code != c.Code {
			s.problem("%s, %s: %+v, want %+v", op, c.Code, got, c)
		}
		s.pass(s.Timing.Refund.Apart)
	}
	if n == 0 {
		s.problem("the network does not name its codes of %s", op)
	}
	s.wantNet(of, amount)
}
