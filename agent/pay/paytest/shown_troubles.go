package paytest

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// shownTroubles are scenarios of the way to the network, of clocks, and of callers who go away.
func shownTroubles() []scenario {
	return []scenario{
		{name: "show, down", play: func(s *scene) {
			s.down.Store(true)
			a, r := s.show()
			s.want("show", r, pay.NotSent)
			for what, r := range map[string]pay.Result{"query": s.query(a), "undo": s.undo(a)} {
				if s.want(what, r, pay.Unknown); r.NotFound || r.Fault {
					s.problem("%s while the network is down: %+v", what, r)
				}
			}
			s.down.Store(false)
			s.wantNotFound("query", s.query(a))
		}},
		{name: "show, cancelled before", play: func(s *scene) {
			ctx, cancel := context.WithCancel(s.ctx)
			cancel()
			o := s.offer()
			s.want("show", s.present(ctx, o), pay.NotSent)
			s.wantNotFound("query", s.query(o.Attempt))
		}},
		{name: "show, no answer", long: true, play: func(s *scene) {
			s.Sandbox.Next(sandbox.Show, sandbox.Do("slow:1h"))
			ctx, cancel := context.WithTimeout(s.ctx, s.Timing.Show.Call)
			defer cancel()
			start, o := time.Now(), s.offer()
			r := s.present(ctx, o)
			if s.want("show", r, pay.Unknown); r.Code != pay.CodeTimeout || time.Since(start) != s.Timing.Show.Call {
				s.problem("after %v: %+v", time.Since(start), r)
			}
			s.goBack(o.Attempt)
		}},
		{name: "the network's keys change", play: func(s *scene) {
			a, _ := s.show()
			for range 3 {
				s.Sandbox.Next(sandbox.Query, sandbox.Do(sandbox.KeyRotated))
				s.want("query", s.query(a), pay.Waiting)
			}
		}},
		{name: "a clock of 1970", play: func(s *scene) { s.wrongClock(-50 * 365 * 24 * time.Hour) }},
		{name: "a clock of 2038", play: func(s *scene) { s.wrongClock(12 * 365 * 24 * time.Hour) }},
		{name: "a clock six minutes behind", play: func(s *scene) { s.wrongClock(-6 * time.Minute) }},
		{name: "a clock four minutes ahead", play: func(s *scene) {
			s.wrong.Store(int64(4 * time.Minute))
			s.want("query", s.query(s.paidCode(sandbox.Pays)), pay.Paid)
		}},
	}
}

// wrongClock asks with a clock that the network refuses: nothing is concluded,
// and the first reply tells the time.
func (s *scene) wrongClock(by time.Duration) {
	s.wrong.Store(int64(by))
	o := s.offer()
	o.Asked = time.Time{} // a clock that is not trusted says nothing
	r := s.Shower.Show(s.ctx, o)
	s.check("show", o.Attempt, r)
	if off := r.Date.Sub(s.now()).Abs(); r.State != pay.Unknown || off > 2*time.Second {
		s.problem("show: %+v, and its date is %v off", r, off)
		return
	}
	s.wrong.Store(0) // it learns
	if r = s.query(o.Attempt); r.NotFound {
		s.wantNet(o.Attempt, 0)
	} else {
		s.goBack(o.Attempt)
	}
	s.want("query", s.query(s.paidCode(sandbox.Pays)), pay.Paid)
}

// shownWalks are codes whose every request goes wrong in a way that a seed draws.
func shownWalks() []scenario {
	var all []scenario
	for seed := range uint64(20) {
		takes := time.Duration(seed%3) * 20 * time.Second
		all = append(all, scenario{name: "code walk " + strconv.FormatUint(seed, 10), long: true, takes: takes, play: func(s *scene) { s.shownWalk(seed) }})
	}
	return all
}

// shownWalk shows a code at a network in trouble, has somebody scan it at some
// time, and does with the attempt what a machine does: ask until the code's life
// is over, then take it down and never turn round. What it ends with has to be
// what the books say.
func (s *scene) shownWalk(seed uint64) {
	chance := rand.New(rand.NewPCG(seed, 1))
	kinds := slices.DeleteFunc(sandbox.Kinds(), func(kind string) bool { return kind == sandbox.Abnormal }) // a person's
	calm := false
	s.onArrival(func(sandbox.Op, string) sandbox.Behaviour {
		if calm || chance.IntN(2) == 0 {
			return sandbox.Behaviour{}
		}
		b := sandbox.Do(kinds[chance.IntN(len(kinds))])
		if b.Kind == sandbox.Garbage {
			b.Code = sandbox.Garbages()[chance.IntN(len(sandbox.Garbages()))]
		}
		return b
	})
	customers := []string{sandbox.Pays, "password:10s", "password:100s", sandbox.PasswordNever, sandbox.Race, sandbox.Coupon}
	customer, comes := customers[chance.IntN(len(customers))], time.Duration(chance.IntN(200))*time.Second
	start, o := s.now(), s.offer()
	a, shown := o.Attempt, s.present(s.ctx, o)
	for r := shown; !r.State.Final() || a.Returning && r.State == pay.Paid; r = s.query(a) {
		s.pass(s.Timing.Show.QueryEvery)
		waited := s.now().Sub(start)
		if waited >= comes && shown.Link != "" {
			_ = s.Sandbox.Scan(shown.Link, sandbox.Do(customer)) // refused where it is closed, which is as well
			comes = 1000 * time.Hour
		}
		if shown.Link == "" || waited > s.Timing.Show.Life {
			a.Returning = true
			s.undo(a)
		}
		calm = waited > 5*time.Minute
		if calm && r.NotFound {
			s.wantNet(a, 0)
			return
		}
		if waited > time.Hour {
			s.problem("seed %d: it does not end: %+v", seed, r)
			return
		}
	}
}
