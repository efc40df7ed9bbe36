package paytest

import (
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// payers are scenarios of customers, at a network that does everything right.
func payers() []scenario {
	return []scenario{
		{name: "pays", play: func(s *scene) {
			a, r := s.charge(sandbox.Pays)
			s.want("charge", r, pay.Paid)
			s.want("query", s.query(a), pay.Paid)
			s.wantNet(a, amount)
			if r.Settled != amount {
				s.problem("settled %v of %v", r.Settled, amount)
			}
		}},
		{name: "coupon", play: func(s *scene) {
			a, r := s.charge(sandbox.Coupon)
			s.want("charge", r, pay.Paid)
			if q := s.query(a); r.Settled != amount-1 || q.Settled != amount-1 {
				s.problem("settled %v, then %v, want %v", r.Settled, q.Settled, amount-1)
			}
		}},
		{name: "password", play: func(s *scene) {
			a, r := s.charge("password:8s")
			s.want("charge", r, s.asked())
			s.want("query", s.query(a), s.asked())
			s.wantNet(a, 0)
			s.pass(8 * time.Second)
			s.want("query after it was entered", s.query(a), pay.Paid)
		}},
		{name: "password never", play: func(s *scene) {
			a, r := s.charge("password-never:10s")
			s.want("charge", r, s.asked())
			s.pass(10 * time.Second)
			s.want("query of an open order", s.query(a), pay.Unknown, pay.Waiting)
			s.goBack(a)
		}},
		{name: "password fails", play: func(s *scene) {
			a, r := s.charge("password-fails:8s")
			s.want("charge", r, s.asked())
			s.pass(8 * time.Second)
			s.want("query", s.query(a), pay.Unknown, pay.Waiting, pay.Declined) // some leave it open
			s.goBack(a)
		}},
		{name: "no money", play: func(s *scene) {
			a, r := s.charge(sandbox.NoMoney)
			s.want("charge", r, pay.Declined)
			if r.Fault || r.Code != s.NoMoney || r.Message == "" {
				s.problem("charge: %+v", r)
			}
			s.want("query", s.query(a), pay.Declined, pay.Unknown)
			s.wantNet(a, 0)
		}},
		{name: "many at once", play: manyAtOnce},
		{name: "steady trade", play: steadyTrade},
	}
}

// asked is what the network says of a payer who has been asked for a password.
func (s *scene) asked() pay.State {
	if s.Mute {
		return pay.Unknown
	}
	return pay.Waiting
}

// charges are scenarios of a network that misbehaves while it is asked for money.
func charges() []scenario {
	var all []scenario
	for _, c := range []struct {
		how    string
		charge pay.State
		query  pay.State // at once; Unknown: not final
		found  bool      // the network knows the number at once
		later  pay.State
	}{
		{sandbox.LostBefore, pay.Unknown, pay.Unknown, false, pay.Unknown},
		{sandbox.LostAfter, pay.Unknown, pay.Paid, true, pay.Paid},
		{"hidden:5s", pay.Unknown, pay.Unknown, false, pay.Paid},
		{"late:5s", pay.Unknown, pay.Unknown, true, pay.Paid},
		{"slow:20ms", pay.Paid, pay.Paid, true, pay.Paid},
		{sandbox.Twice, pay.Paid, pay.Paid, true, pay.Paid},
		{sandbox.BadGateway, pay.Unknown, pay.Unknown, false, pay.Unknown},
		{sandbox.BadGatewayAfter, pay.Unknown, pay.Paid, true, pay.Paid},
		{sandbox.SystemErrorBefore, pay.Unknown, pay.Unknown, false, pay.Unknown},
		{sandbox.SystemErrorAfter, pay.Unknown, pay.Paid, true, pay.Paid},
		{sandbox.WrongSignature, pay.Unknown, pay.Paid, true, pay.Paid},
		{sandbox.NoSignature, pay.Unknown, pay.Paid, true, pay.Paid},
		{sandbox.WrongAmount, pay.Mismatch, pay.Mismatch, true, pay.Mismatch},
		{sandbox.WrongMerchant, pay.Mismatch, pay.Paid, true, pay.Paid},
		{sandbox.WrongNumber, pay.Mismatch, pay.Paid, true, pay.Paid},
		{sandbox.WrongTime, pay.Mismatch, pay.Paid, true, pay.Paid},
	} {
		all = append(all, scenario{name: "charge " + c.how, play: func(s *scene) {
			s.Sandbox.Next(sandbox.Charge, sandbox.Do(c.how))
			a, r := s.charge(sandbox.Pays)
			s.want("charge", r, c.charge)
			r = s.query(a)
			if s.want("query", r, notFinal(c.query, c.found)...); r.NotFound == c.found {
				s.problem("query: %+v", r)
			}
			s.pass(time.Hour)
			s.want("query an hour later", s.query(a), c.later)
		}})
	}
	for _, garbage := range sandbox.Garbages() {
		all = append(all, scenario{name: "charge garbage " + garbage, play: func(s *scene) {
			s.Sandbox.Next(sandbox.Charge, sandbox.Do("garbage:"+garbage))
			a, r := s.charge(sandbox.Pays)
			s.want("charge", r, pay.Unknown)
			s.want("query", s.query(a), pay.Paid)
		}})
	}
	return append(all,
		scenario{name: "charge errors", play: chargeErrors},
		scenario{name: "charge twice of two", play: twiceOfTwo},
	)
}

// notFinal is a state and what a network may say instead of it: of an order that
// it knows, some say unknown and some waiting while it is not over.
func notFinal(state pay.State, found bool) []pay.State {
	if found && state == pay.Unknown {
		return []pay.State{state, pay.Waiting}
	}
	return []pay.State{state}
}

// chargeErrors walks every code with which the network may refuse a charge.
func chargeErrors(s *scene) {
	if len(s.Refusals) == 0 || len(s.Faults) == 0 || len(s.Unsure) == 0 {
		s.problem("the network does not name its codes")
	}
	for _, c := range []struct {
		codes []string
		state pay.State
		fault bool
	}{{s.Refusals, pay.Declined, false}, {s.Faults, pay.Declined, true}, {s.Unsure, pay.Unknown, false}, {s.Waiting, pay.Waiting, false}} {
		for _, code := range c.codes {
			s.Sandbox.Next(sandbox.Charge, sandbox.Behaviour{Kind: sandbox.Failed, Code: code})
			_, r := s.charge(sandbox.Pays)
			if s.want(code, r, c.state); r.Fault != c.fault || r.Code != code {
				s.problem("%s: %+v", code, r)
			}
		}
	}
}

// twiceOfTwo lets the second copy of an answer lie in the connection that the
// next customer may get: nothing of it may be taken for his.
func twiceOfTwo(s *scene) {
	for range 10 {
		s.Sandbox.Next(sandbox.Charge, sandbox.Do(sandbox.Twice))
		s.charge(sandbox.NoMoney)
		_, r := s.charge(sandbox.Pays)
		s.want("the one who pays", r, pay.Paid)
		s.Sandbox.Next(sandbox.Charge, sandbox.Do(sandbox.Twice))
		s.charge(sandbox.Pays)
		_, r = s.charge(sandbox.NoMoney)
		s.want("the one without money", r, pay.Declined)
	}
}
