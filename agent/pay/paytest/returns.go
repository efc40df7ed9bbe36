package paytest

import (
	"slices"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// quirks are what a network may do to any request, and what it says then of a
// charge that was paid.
func quirks() map[string]pay.State {
	all := map[string]pay.State{
		sandbox.LostBefore: pay.Unknown, sandbox.LostAfter: pay.Unknown, "slow:20ms": pay.Paid, sandbox.Twice: pay.Paid,
		sandbox.BadGateway: pay.Unknown, sandbox.BadGatewayAfter: pay.Unknown, sandbox.SystemErrorBefore: pay.Unknown, sandbox.SystemErrorAfter: pay.Unknown,
		sandbox.WrongSignature: pay.Unknown, sandbox.NoSignature: pay.Unknown,
		sandbox.WrongAmount: pay.Mismatch, sandbox.WrongMerchant: pay.Mismatch, sandbox.WrongNumber: pay.Mismatch, sandbox.WrongTime: pay.Mismatch,
	}
	for _, garbage := range sandbox.Garbages() {
		all["garbage:"+garbage] = pay.Unknown
	}
	return all
}

// asked tells whether an answer came although one was lost: a GET may be sent again.
func asked(how string, r pay.Result) bool {
	return r.State == pay.Paid && (how == sandbox.LostBefore || how == sandbox.LostAfter)
}

// queries are scenarios of a network that misbehaves while it is asked what became of a charge.
func queries() []scenario {
	var all []scenario
	for how, state := range quirks() {
		all = append(all, scenario{name: "query " + how, play: func(s *scene) {
			a, _ := s.charge(sandbox.Pays)
			s.Sandbox.Next(sandbox.Query, sandbox.Do(how))
			if r := s.query(a); r.NotFound || r.State != state && !asked(how, r) {
				s.problem("query: %+v, want %v", r, state)
			}
			s.want("query again", s.query(a), pay.Paid)
		}}, scenario{name: "query nothing, " + how, play: func(s *scene) {
			c := s.order(sandbox.Pays)
			s.Sandbox.Next(sandbox.Query, sandbox.Do(how))
			s.want("query of a number that nobody knows", s.query(c.Attempt), pay.Unknown)
			s.wantNotFound("query again", s.query(c.Attempt))
		}})
	}
	return append(all, scenario{name: "query errors", play: func(s *scene) {
		a, _ := s.charge(sandbox.Pays)
		for _, code := range slices.Concat(s.Refusals, s.Faults, s.Unsure, s.Waiting) {
			s.Sandbox.Next(sandbox.Query, sandbox.Behaviour{Kind: sandbox.Failed, Code: code})
			if r := s.query(a); r.State != pay.Unknown || r.NotFound {
				s.problem("query, %s: %+v", code, r)
			}
		}
	}})
}

// undos are scenarios of money that goes back.
func undos() []scenario {
	all := []scenario{
		{name: "undo what was paid", play: undoPaid},
		{name: "undo what waits", play: func(s *scene) { s.undoOpen("password:40s") }},
		{name: "undo before the money moves", play: func(s *scene) { s.undoOpen("late:30s") }},
		{name: "undo before the charge arrives", play: undoEarlyBird},
		{name: "undo too early", play: undoTooEarly},
		{name: "undo too late", play: undoTooLate},
		{name: "undo nothing", play: func(s *scene) { s.wantNotFound("undo", s.undo(s.order(sandbox.Pays).Attempt)) }},
		{name: "undo again and again", play: undoAgain},
		{name: "undo lies", play: undoLies},
		{name: "undo errors", play: undoErrors},
	}
	for how := range quirks() {
		all = append(all, scenario{name: "undo " + how, play: func(s *scene) {
			a := s.undoable(sandbox.Pays)
			s.Sandbox.Next(sandbox.Undo, sandbox.Do(how))
			s.undo(a)
			s.goBack(a)
		}})
	}
	return all
}

// undoable charges a customer and waits until it may be undone.
func (s *scene) undoable(customer string) pay.Attempt {
	a, _ := s.charge(customer)
	s.pass(s.Timing.Undo.NotBefore)
	return a
}

func undoPaid(s *scene) {
	a := s.undoable(sandbox.Pays)
	s.want("undo", s.undo(a), pay.Declined)
	s.want("undo again", s.undo(a), pay.Declined)
	s.goBack(a)
	a.Returning = false
	s.want("query of one that should not have gone back", s.query(a), pay.Mismatch, pay.Declined)
}

// undoOpen undoes an order whose money would move later: then it must not.
func (s *scene) undoOpen(customer string) {
	a := s.undoable(customer)
	s.want("undo", s.undo(a), pay.Declined)
	s.pass(time.Hour)
	a.Returning = true
	s.want("query", s.query(a), pay.Declined)
	s.wantNet(a, 0)
}

// undoEarlyBird undoes a charge that is still under way and succeeds afterwards.
func undoEarlyBird(s *scene) {
	s.Sandbox.Next(sandbox.Charge, sandbox.Do("hidden:30s"))
	a := s.undoable(sandbox.Pays)
	s.wantNotFound("undo", s.undo(a))
	s.pass(30 * time.Second)
	a.Returning = true
	s.want("query of a late success on its way back", s.query(a), pay.Paid)
	s.goBack(a)
}

func undoTooEarly(s *scene) {
	a, _ := s.charge(sandbox.Pays)
	s.want("undo", s.undo(a), pay.Unknown)
	s.wantNet(a, amount)
	s.goBack(a)
}

func undoTooLate(s *scene) {
	a, _ := s.charge(sandbox.Pays)
	s.pass(s.Timing.Undo.NotAfter + time.Minute)
	s.want("undo", s.undo(a), pay.Unknown)
	s.want("query", s.query(a), pay.Paid)
}

func undoAgain(s *scene) {
	a := s.undoable("undo-again:3")
	for range 3 {
		s.want("undo", s.undo(a), pay.Unknown)
		s.wantNet(a, amount)
	}
	s.want("undo", s.undo(a), pay.Declined)
	s.goBack(a)
}

func undoLies(s *scene) {
	a := s.undoable("undo-lies:1")
	s.want("undo", s.undo(a), pay.Declined)
	a.Returning = true
	s.want("query", s.query(a), pay.Paid)
	s.goBack(a)
}

// undoErrors walks the network's codes: none of them says that money went back.
func undoErrors(s *scene) {
	a := s.undoable(sandbox.Pays)
	for _, code := range slices.Concat(s.Refusals, s.Faults, s.Unsure, s.Waiting) {
		s.Sandbox.Next(sandbox.Undo, sandbox.Behaviour{Kind: sandbox.Failed, Code: code})
		if r := s.undo(a); r.State != pay.Unknown || r.NotFound {
			s.problem("undo, %s: %+v", code, r)
		}
	}
	s.wantNet(a, amount)
}

// goBack undoes an attempt as a machine would, until a query says that it is over.
func (s *scene) goBack(a pay.Attempt) {
	a.Returning = true
	t := s.Timing
	if a.Shown {
		t = t.Shown()
	}
	s.pass(t.Undo.NotBefore)
	for range 5 {
		s.undo(a)
		if r := s.query(a); r.State == pay.Declined || r.NotFound && a.Shown && s.Unscanned {
			s.wantNet(a, 0)
			return
		}
		s.pass(time.Minute)
	}
	s.problem("%s: it does not go back", a.Number)
}
