package paytest

import (
	"context"
	"sync"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// guests are scenarios of customers who leave a deposit, at a network that does everything right.
func guests() []scenario {
	return []scenario{
		{name: "hold pays", play: func(s *scene) {
			d := s.held()
			s.wantBooks(d.Attempt, 0, 0, amount)
			s.wantNet(d.Attempt, 0)
		}},
		{name: "hold with a coupon", play: func(s *scene) {
			a, r := s.hold(sandbox.Coupon)
			s.want("hold", r, pay.Paid)
			s.wantBooks(a, 0, 0, amount)
		}},
		{name: "hold password", play: holdPassword},
		{name: "hold password never", play: func(s *scene) {
			a, r := s.hold("password-never:10s")
			s.want("hold", r, s.asked())
			s.pass(10 * time.Second)
			s.want("query of an open deposit", s.queryHold(a), pay.Unknown, pay.Waiting)
			s.gone(a)
		}},
		{name: "hold password fails", play: func(s *scene) {
			a, r := s.hold("password-fails:8s")
			s.want("hold", r, s.asked())
			s.pass(8 * time.Second)
			s.want("query", s.queryHold(a), pay.Unknown, pay.Waiting, pay.Declined)
			s.gone(a)
		}},
		{name: "hold no money", play: func(s *scene) {
			a, r := s.hold(sandbox.NoMoney)
			s.notTaken(r)
			s.want("query", s.queryHold(a), pay.Declined, pay.Unknown, pay.Waiting)
			s.wantNothing(a)
		}},
		{name: "hold code used", play: func(s *scene) {
			first, second := s.order(sandbox.Pays), s.order(sandbox.Pays)
			second.Code = first.Code
			s.want("the first", s.take(s.ctx, first), pay.Paid)
			s.notTaken(s.take(s.ctx, second))
		}},
		{name: "hold code expired", play: func(s *scene) {
			c := s.order(sandbox.Pays)
			s.pass(s.Timing.CodeLife + time.Second)
			s.notTaken(s.take(s.ctx, c))
		}},
		{name: "hold number used", play: func(s *scene) {
			first, second := s.order(sandbox.Pays), s.order(sandbox.Pays)
			s.take(s.ctx, first)
			second.Number = first.Number
			s.want("the number with another code", s.take(s.ctx, second), pay.Unknown, pay.Mismatch)
			s.wantBooks(first.Attempt, 0, 0, amount)
		}},
		{name: "hold number of last year", play: func(s *scene) {
			a := s.held().Attempt
			a.Asked = a.Asked.Add(6 * time.Minute)
			s.want("query", s.queryHold(a), pay.Mismatch)
		}},
		{name: "hold another amount", play: func(s *scene) {
			a := s.held().Attempt
			a.Amount++
			s.want("query", s.queryHold(a), pay.Mismatch, pay.Unknown)
		}},
		{name: "hold many at once", play: holdManyAtOnce},
	}
}

func holdManyAtOnce(s *scene) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { s.want("hold", s.take(s.ctx, s.order(sandbox.Pays)), pay.Paid) })
	}
	all.Wait()
	for _, e := range s.Sandbox.Ledger() {
		if !e.Deposit || e.Left != amount {
			s.problem("in the books: %+v", e)
		}
	}
}

func holdPassword(s *scene) {
	a, r := s.hold("password:8s")
	s.want("hold", r, s.asked())
	s.want("query", s.queryHold(a), s.asked())
	s.pass(8 * time.Second)
	s.wantBooks(a, 0, 0, amount)
}

// notTaken sees that a deposit was refused because of its payer, who is told why.
func (s *scene) notTaken(r pay.Result) {
	if s.want("hold", r, pay.Declined); r.Fault || r.Message == "" || r.Code == "" {
		s.problem("hold: %+v", r)
	}
}

// holdAnswers are scenarios of a network that misbehaves while it is asked for a deposit.
func holdAnswers() []scenario {
	var all []scenario
	for how, c := range holdQuirks() {
		all = append(all, scenario{name: "hold " + how, long: !onTheWire(how), play: func(s *scene) {
			s.trouble(sandbox.Do(how), []sandbox.Op{sandbox.Hold})
			a, r := s.hold(sandbox.Pays)
			s.want("hold", r, c.hold)
			s.onArrival(nil)
			r = s.queryHold(a)
			if s.want("query", r, notFinal(c.query, c.found)...); r.NotFound == c.found {
				s.problem("query: %+v", r)
			}
			s.pass(time.Hour)
			s.want("query an hour later", s.queryHold(a), c.later)
			if c.later == pay.Paid {
				s.gone(a)
			}
		}})
	}
	return append(all,
		scenario{name: "hold, down", play: func(s *scene) {
			s.down.Store(true)
			a, r := s.hold(sandbox.Pays)
			s.want("hold", r, pay.NotSent)
			for what, r := range map[string]pay.Result{"query": s.queryHold(a), "undo": s.undoHold(a)} {
				if s.want(what, r, pay.Unknown); r.NotFound {
					s.problem("%s while the network is down: %+v", what, r)
				}
			}
			s.down.Store(false)
			s.wantNotFound("query", s.queryHold(a))
		}},
		scenario{name: "hold, cancelled before", play: func(s *scene) {
			ctx, cancel := context.WithCancel(s.ctx)
			cancel()
			c := s.order(sandbox.Pays)
			s.want("hold", s.take(ctx, c), pay.NotSent)
			s.wantNotFound("query", s.queryHold(c.Attempt))
		}},
		scenario{name: "hold, no answer", long: true, play: func(s *scene) {
			s.trouble(sandbox.Do("slow:2m"), []sandbox.Op{sandbox.Hold})
			ctx, cancel := context.WithTimeout(s.ctx, s.Timing.Call)
			defer cancel()
			start, c := time.Now(), s.order(sandbox.Pays)
			if r := s.take(ctx, c); r.State != pay.Unknown || r.Code != pay.CodeTimeout || time.Since(start) != s.Timing.Call {
				s.problem("after %v: %+v", time.Since(start), r)
			}
			s.pass(time.Hour)
			s.wantBooks(c.Attempt, 0, 0, amount)
		}},
	)
}

// taken is what a network's misbehaviour makes of a deposit that is asked for.
type taken struct {
	hold  pay.State
	query pay.State // at once; Unknown: not final
	found bool      // the network knows the number at once
	later pay.State
}

func holdQuirks() map[string]taken {
	done, lost := taken{pay.Unknown, pay.Paid, true, pay.Paid}, taken{pay.Unknown, pay.Unknown, false, pay.Unknown}
	good, other := taken{pay.Paid, pay.Paid, true, pay.Paid}, taken{pay.Mismatch, pay.Paid, true, pay.Paid}
	all := map[string]taken{
		sandbox.LostBefore: lost, sandbox.LostAfter: done, "hidden:5s": {pay.Unknown, pay.Unknown, false, pay.Paid}, "late:5s": {pay.Unknown, pay.Unknown, true, pay.Paid},
		"slow:20ms": good, sandbox.Twice: good, sandbox.BadGateway: lost, sandbox.BadGatewayAfter: done, sandbox.SystemErrorBefore: lost, sandbox.SystemErrorAfter: done,
		sandbox.WrongSignature: done, sandbox.NoSignature: done, sandbox.RateLimit: lost,
		sandbox.WrongAmount: {pay.Mismatch, pay.Mismatch, true, pay.Mismatch}, sandbox.WrongMerchant: other, sandbox.WrongNumber: other, sandbox.WrongTime: other,
	}
	for _, garbage := range sandbox.Garbages() {
		all["garbage:"+garbage] = done
	}
	return all
}

// holdQueries are scenarios of a network that misbehaves while it is asked what
// became of a deposit.
func holdQueries() []scenario {
	var all []scenario
	for how, state := range quirks() {
		all = append(all, scenario{name: "hold query " + how, long: !onTheWire(how), play: func(s *scene) {
			a := s.held().Attempt
			s.trouble(sandbox.Do(how), asksHold)
			if r := s.queryHold(a); r.NotFound || r.State != state && !(state == pay.Mismatch && r.State == pay.Unknown) {
				s.problem("query: %+v, want %v", r, state)
			}
			s.wantBooks(a, 0, 0, amount)
		}}, scenario{name: "hold query nothing, " + how, long: !onTheWire(how), play: func(s *scene) {
			a := s.attempt()
			s.trouble(sandbox.Do(how), asksHold)
			s.want("query of a number that nobody knows", s.queryHold(a), pay.Unknown)
			s.wantNotFound("query again", s.queryHold(a))
		}})
	}
	return all
}

// holdUndos are scenarios of deposits whose fate nobody knew, and that go back.
func holdUndos() []scenario {
	all := []scenario{
		{name: "hold undo what is held", play: func(s *scene) {
			a := s.undoableHold(sandbox.Pays)
			s.want("undo", s.undoHold(a), pay.Declined)
			s.want("undo again", s.undoHold(a), pay.Declined)
			s.gone(a)
			s.wantBooks(a, 0, amount, 0)
		}},
		{name: "hold undo what waits", play: func(s *scene) { s.undoOpenHold("password:40s") }},
		{name: "hold undo before the money moves", play: func(s *scene) { s.undoOpenHold("late:30s") }},
		{name: "hold undo a race", play: func(s *scene) {
			a := s.undoableHold(sandbox.Race)
			s.undoHold(a)
			s.gone(a)
		}},
		{name: "hold undo before it arrives", play: holdUndoBeforeItArrives},
		{name: "hold undo too early", play: func(s *scene) {
			a, _ := s.hold(sandbox.Pays)
			s.want("undo", s.undoHold(a), pay.Unknown)
			s.wantBooks(a, 0, 0, amount)
			s.gone(a)
		}},
		{name: "hold undo the day after", play: func(s *scene) {
			a := s.held().Attempt
			s.pass(25 * time.Hour)
			s.gone(a)
		}},
		{name: "hold undo nothing", play: func(s *scene) { s.wantNotFound("undo", s.undoHold(s.attempt())) }},
		{name: "hold undo again and again", play: func(s *scene) {
			a := s.undoableHold("undo-again:3")
			for range 3 {
				s.want("undo", s.undoHold(a), pay.Unknown)
				s.wantBooks(a, 0, 0, amount)
			}
			s.gone(a)
		}},
		{name: "hold undo lies", play: func(s *scene) {
			a := s.undoableHold("undo-lies:1")
			s.undoHold(a)
			a.Returning = true
			s.want("query", s.queryHold(a), pay.Paid)
			s.gone(a)
		}},
		{name: "hold undo what was captured of", play: holdUndoWhatWasCapturedOf},
	}
	for how := range quirks() {
		if how == sandbox.WrongAmount {
			continue // where an undo is a release, another amount moves
		}
		all = append(all, scenario{name: "hold undo, " + how, long: !onTheWire(how), play: func(s *scene) {
			a := s.undoableHold(sandbox.Pays)
			s.trouble(sandbox.Do(how), undoesHold)
			s.undoHold(a)
			s.gone(a)
		}})
	}
	return all
}

func holdUndoBeforeItArrives(s *scene) {
	s.trouble(sandbox.Do("hidden:30s"), []sandbox.Op{sandbox.Hold})
	a := s.undoableHold(sandbox.Pays)
	s.wantNotFound("undo", s.undoHold(a))
	s.pass(30 * time.Second)
	a.Returning = true
	s.want("query of a late success on its way back", s.queryHold(a), pay.Paid)
	s.gone(a)
}

func holdUndoWhatWasCapturedOf(s *scene) {
	d := s.held()
	s.captured(d, 1, 200)
	s.pass(s.Timing.Hold.Undo.NotBefore)
	s.want("undo", s.undoHold(d.Attempt), pay.Unknown)
	d.Returning = true
	s.want("query on its way back", s.queryHold(d.Attempt), pay.Mismatch)
	s.wantCaptured(d, 200)
}

// undoableHold has a customer leave a deposit, and waits until it may be undone.
func (s *scene) undoableHold(customer string) pay.Attempt {
	a, _ := s.hold(customer)
	s.pass(s.Timing.Hold.Undo.NotBefore)
	return a
}

// undoOpenHold undoes a deposit that would be held later: then it must not.
func (s *scene) undoOpenHold(customer string) {
	a := s.undoableHold(customer)
	s.want("undo", s.undoHold(a), pay.Declined)
	s.pass(time.Hour)
	a.Returning = true
	s.want("query", s.queryHold(a), pay.Declined)
	s.wantNothing(a)
}
