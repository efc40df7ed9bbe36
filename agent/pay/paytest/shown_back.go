package paytest

import (
	"slices"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// shownQuirks are what a network may do to any request about a code.
func shownQuirks() map[string]pay.State {
	all := quirks()
	all[sandbox.UnknownSerial], all[sandbox.Stale] = pay.Unknown, pay.Unknown
	return all
}

// onTheWire tells whether a quirk is one of connections, to be played over TLS too.
func onTheWire(how string) bool {
	return slices.Contains([]string{sandbox.LostBefore, sandbox.LostAfter, "slow:20ms", sandbox.Twice, sandbox.BadGateway, "garbage:empty", "garbage:truncated", "garbage:huge"}, how)
}

// shownQueries are scenarios of a network that misbehaves while it is asked what became of a code.
func shownQueries() []scenario {
	var all []scenario
	for how, state := range shownQuirks() {
		all = append(all, scenario{name: "code query " + how, long: !onTheWire(how), play: func(s *scene) {
			a := s.paidCode(sandbox.Pays)
			s.Sandbox.Next(sandbox.Query, sandbox.Do(how))
			r := s.query(a)
			if r.NotFound || r.State != state && !asked(how, r) {
				s.problem("query: %+v, want %v", r, state)
			}
			s.want("query again", s.query(a), pay.Paid)
		}}, scenario{name: "code query nothing, " + how, long: !onTheWire(how), play: func(s *scene) {
			a := s.offer().Attempt
			s.Sandbox.Next(sandbox.Query, sandbox.Do(how))
			s.want("query of a number that nobody knows", s.query(a), pay.Unknown)
			s.wantNotFound("query again", s.query(a))
		}}, scenario{name: "code query of what is open, " + how, long: !onTheWire(how), play: func(s *scene) {
			a, _ := s.show()
			s.Sandbox.Next(sandbox.Query, sandbox.Do(how))
			s.want("query", s.query(a), pay.Unknown, pay.Waiting)
			s.unscanned("query again", s.query(a))
		}})
	}
	return append(all, scenario{name: "code query errors", play: func(s *scene) {
		a := s.paidCode(sandbox.Pays)
		for _, code := range slices.Concat(s.ShowRefusals, s.ShowFaults, s.ShowUnsure, s.RefundFaults) {
			s.Sandbox.Next(sandbox.Query, sandbox.Behaviour{Kind: sandbox.Failed, Code: code})
			if r := s.query(a); r.State != pay.Unknown || r.NotFound {
				s.problem("query, %s: %+v", code, r)
			}
		}
	}})
}

// shownUndos are scenarios of codes that are taken down.
func shownUndos() []scenario {
	all := []scenario{
		{name: "close what is open", play: func(s *scene) {
			a, r := s.show()
			s.want("undo", s.undo(a), pay.Declined)
			s.scan(r, sandbox.Pays, false)
			s.want("undo again", s.undo(a), pay.Declined)
			a.Returning = true
			s.want("query", s.query(a), pay.Declined)
		}},
		{name: "close what is being paid", play: func(s *scene) {
			a := s.paidCode("password:20s")
			s.want("undo", s.undo(a), pay.Declined)
			s.pass(time.Hour)
			a.Returning = true
			s.want("query", s.query(a), pay.Declined)
			s.wantNet(a, 0)
		}},
		{name: "close too early", play: func(s *scene) {
			s.Sandbox.Next(sandbox.Undo, sandbox.Do("undo-again:2"))
			a, _ := s.show()
			for range 2 {
				s.want("undo", s.undo(a), pay.Unknown)
			}
			s.goBack(a)
		}},
		{name: "close lies", play: func(s *scene) {
			s.Sandbox.Next(sandbox.Undo, sandbox.Do("undo-lies:1"))
			a, r := s.show()
			s.want("undo", s.undo(a), pay.Declined)
			s.scan(r, sandbox.Pays, true)
			a.Returning = true
			s.want("query", s.query(a), pay.Paid)
			s.goBack(a)
		}},
		{name: "close nothing", play: func(s *scene) {
			a := s.offer().Attempt
			s.wantNotFound("undo", s.undo(a))
		}},
		{name: "close errors", play: func(s *scene) {
			a := s.paidCode(sandbox.PasswordNever)
			for _, code := range slices.Concat(s.ShowFaults, s.ShowUnsure) {
				if code == "ORDER_PAID" || code == "ORDERPAID" {
					continue // that is not an error
				}
				s.Sandbox.Next(sandbox.Undo, sandbox.Behaviour{Kind: sandbox.Failed, Code: code})
				if r := s.undo(a); r.State != pay.Unknown || r.NotFound {
					s.problem("undo, %s: %+v", code, r)
				}
			}
			s.want("query", s.query(a), pay.Waiting)
		}},
	}
	for how := range shownQuirks() {
		for _, customer := range []string{sandbox.PasswordNever, sandbox.Race} {
			all = append(all, scenario{name: "close " + how + ", one who " + customer, long: !onTheWire(how), play: func(s *scene) {
				a := s.paidCode(customer)
				s.Sandbox.Next(sandbox.Undo, sandbox.Do(how))
				s.undo(a)
				s.goBack(a)
			}})
		}
	}
	return all
}

// lateRefunds are scenarios of money that has to go back: somebody was faster than the close.
func lateRefunds() []scenario {
	all := []scenario{
		{name: "paid before the close", play: func(s *scene) { s.givenBack(sandbox.Pays) }},
		{name: "paid with a coupon before the close", play: func(s *scene) { s.givenBack(sandbox.Coupon) }},
		{name: "paid in the moment of the close", play: func(s *scene) { s.givenBack(sandbox.Race) }},
		{name: "refund that nobody wanted", play: func(s *scene) {
			a := s.paidCode(sandbox.Pays)
			s.goBack(a)
			a.Returning = false
			s.want("query", s.query(a), pay.Mismatch)
		}},
		{name: "refund takes a while", takes: 30 * time.Second, play: refundTakesAWhile},
		{name: "refund does not arrive", takes: time.Second, play: func(s *scene) {
			a := s.paidCode(sandbox.Pays)
			s.Sandbox.Next(sandbox.Refund, sandbox.Do(sandbox.Abnormal))
			s.want("undo", s.undo(a), pay.Unknown)
			s.pass(time.Second)
			a.Returning = true
			for what, r := range map[string]pay.Result{"query": s.query(a), "undo": s.undo(a)} {
				if r.State != pay.Unknown || !r.Fault {
					s.problem("%s: %+v, want a person to be asked", what, r)
				}
			}
			s.wantNet(a, amount)
		}},
		{name: "refund errors", play: func(s *scene) {
			a := s.paidCode(sandbox.Pays)
			if len(s.RefundFaults) == 0 {
				s.problem("the network does not name its codes")
			}
			for _, code := range slices.Concat(s.RefundFaults, s.ShowUnsure) {
				s.Sandbox.Next(sandbox.Refund, sandbox.Behaviour{Kind: sandbox.Failed, Code: code})
				if r := s.undo(a); r.State != pay.Unknown || r.NotFound || r.Fault != slices.Contains(s.RefundFaults, code) {
					s.problem("undo, %s: %+v", code, r)
				}
			}
			s.wantNet(a, amount)
			s.goBack(a)
		}},
	}
	for how := range shownQuirks() {
		all = append(all, scenario{name: "refund " + how, long: !onTheWire(how), takes: time.Second, play: func(s *scene) {
			a := s.paidCode(sandbox.Race)
			s.Sandbox.Next(sandbox.Refund, sandbox.Do(how))
			s.undo(a)
			s.goBack(a)
			s.oneRefund()
		}}, scenario{name: "refund query " + how, long: !onTheWire(how), takes: 30 * time.Second, play: func(s *scene) {
			a := s.paidCode(sandbox.Pays)
			s.want("undo", s.undo(a), pay.Unknown)
			a.Returning = true
			s.Sandbox.Next(sandbox.RefundQuery, sandbox.Do(how))
			s.want("query", s.query(a), pay.Unknown)
			s.goBack(a)
		}})
	}
	return all
}

func refundTakesAWhile(s *scene) {
	a := s.paidCode(sandbox.Race)
	s.want("undo", s.undo(a), pay.Unknown)
	a.Returning = true
	s.want("query on its way", s.query(a), pay.Unknown)
	s.pass(29 * time.Second)
	s.want("undo again", s.undo(a), pay.Unknown)
	s.want("query, nearly there", s.query(a), pay.Unknown)
	s.wantNet(a, amount)
	s.pass(time.Second)
	s.want("query", s.query(a), pay.Declined)
	s.want("undo, too late", s.undo(a), pay.Declined)
	s.wantNet(a, 0)
}

// givenBack has a code undone that was paid, and sees that it is once.
func (s *scene) givenBack(customer string) {
	a := s.paidCode(customer)
	s.want("undo", s.undo(a), pay.Declined)
	s.want("undo again", s.undo(a), pay.Declined)
	s.goBack(a)
	s.oneRefund()
}

// oneRefund sees that the only order in the books was given back once.
func (s *scene) oneRefund() {
	if all := s.Sandbox.Ledger(); len(all) != 1 || all[0].Returned != amount || all[0].Refunding != 0 {
		s.problem("in the books: %+v", all)
	}
}
