package paytest

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// codes are scenarios of payment codes and numbers that were used before.
func codes() []scenario {
	refused := func(s *scene, c pay.Charge, code string) {
		r := s.send(s.ctx, c)
		if s.want("charge", r, pay.Declined); r.Code != code || r.Fault || r.Message == "" {
			s.problem("charge: %+v, want %s", r, code)
		}
		s.wantNet(c.Attempt, 0)
	}
	return []scenario{
		{name: "code used", play: func(s *scene) {
			first := s.order(sandbox.Pays)
			s.want("the first", s.send(s.ctx, first), pay.Paid)
			second := s.order(sandbox.Pays)
			second.Code = first.Code
			refused(s, second, s.CodeUsed)
		}},
		{name: "code expired", play: func(s *scene) {
			c := s.order(sandbox.Pays)
			s.pass(s.Timing.CodeLife + time.Second)
			refused(s, c, s.CodeExpired)
		}},
		{name: "code of nobody", play: func(s *scene) {
			c := s.order(sandbox.Pays)
			turned := []byte(c.Code) // another's, never made
			for i := 2; i < len(turned); i++ {
				turned[i] = '0' + ('9' - turned[i])
			}
			c.Code = pay.Secret(turned)
			refused(s, c, s.CodeUnknown)
		}},
		{name: "number used", play: func(s *scene) {
			for _, customer := range []string{sandbox.Pays, "password:8s"} {
				first := s.order(customer)
				s.send(s.ctx, first)
				second := s.order(sandbox.Pays)
				second.Number = first.Number
				s.want("the number with another code", s.send(s.ctx, second), pay.Unknown, pay.Mismatch) // a network may say that it is another order's
				s.pass(8 * time.Second)
				s.want("query", s.query(first.Attempt), pay.Paid)
			}
		}},
		{name: "number of last year", play: func(s *scene) {
			a, _ := s.charge(sandbox.Pays)
			a.Asked = a.Asked.Add(6 * time.Minute)
			s.want("query", s.query(a), pay.Mismatch)
			a.Asked = time.Time{}
			if r := s.Provider.Query(s.ctx, a); r.State != pay.Paid {
				s.problem("query without a trusted clock: %+v", r)
			}
		}},
	}
}

// troubles are scenarios of the way to the network, and of callers who go away.
func troubles() []scenario {
	return []scenario{
		{name: "down", play: func(s *scene) {
			s.down.Store(true)
			a, r := s.charge(sandbox.Pays)
			s.want("charge", r, pay.NotSent)
			for what, r := range map[string]pay.Result{"query": s.query(a), "undo": s.undo(a)} {
				if s.want(what, r, pay.Unknown); r.NotFound {
					s.problem("%s while the network is down: %+v", what, r)
				}
			}
			s.down.Store(false)
			s.wantNotFound("query", s.query(a))
		}},
		{name: "cancelled before", play: func(s *scene) {
			ctx, cancel := context.WithCancel(s.ctx)
			cancel()
			c := s.order(sandbox.Pays)
			s.want("charge", s.send(ctx, c), pay.NotSent)
			s.wantNotFound("query", s.query(c.Attempt))
		}},
		{name: "cancelled on the way", play: cancelledOnTheWay},
		{name: "no answer", long: true, play: noAnswer},
	}
}

// cancelledOnTheWay takes the caller away when the network has just got the charge.
func cancelledOnTheWay(s *scene) {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	s.onArrival(func(op sandbox.Op, _ string) sandbox.Behaviour {
		if op != sandbox.Charge {
			return sandbox.Behaviour{}
		}
		cancel()
		return sandbox.Do("slow:2m")
	})
	c := s.order(sandbox.Pays)
	r := s.send(ctx, c)
	if s.want("charge", r, pay.Unknown); r.Code != pay.CodeCancelled {
		s.problem("charge: %+v", r)
	}
	if n := s.Sandbox.Seen(sandbox.Charge, c.Number); n != 1 {
		s.problem("the network saw it %d times", n)
	}
	r = s.query(c.Attempt)
	for range 1000 { // it has come, and is in the books in a moment
		if !r.NotFound {
			break
		}
		r = s.query(c.Attempt)
	}
	s.want("query", r, notFinal(pay.Unknown, !r.NotFound)...)
	s.pass(time.Hour)
	s.want("query an hour later", s.query(c.Attempt), pay.Paid)
}

// noAnswer waits as long as the network's timing says, and no longer.
func noAnswer(s *scene) {
	s.Sandbox.Next(sandbox.Charge, sandbox.Do("slow:2m"))
	ctx, cancel := context.WithTimeout(s.ctx, s.Timing.Call)
	defer cancel()
	start := time.Now()
	c := s.order(sandbox.Pays)
	r := s.send(ctx, c)
	if s.want("charge", r, pay.Unknown); r.Code != pay.CodeTimeout || time.Since(start) != s.Timing.Call {
		s.problem("after %v: %+v", time.Since(start), r)
	}
	if n := s.Sandbox.Seen(sandbox.Charge, c.Number); n != 1 {
		s.problem("the network saw it %d times", n)
	}
	s.pass(time.Hour)
	s.want("query", s.query(c.Attempt), pay.Paid)
}

func manyAtOnce(s *scene) {
	var all sync.WaitGroup
	for i := range 16 {
		customer := []string{sandbox.Pays, sandbox.NoMoney, sandbox.Coupon, "password:8s"}[i%4]
		want := []pay.State{pay.Paid, pay.Declined, pay.Paid, s.asked()}[i%4]
		all.Go(func() {
			_, r := s.charge(customer)
			s.want(customer, r, want)
		})
	}
	all.Wait()
	if n := len(s.Sandbox.Ledger()); n != 16 {
		s.problem("%d orders in the books", n)
	}
}

// steadyTrade sells and asks 50 times over the connection of the first sale.
func steadyTrade(s *scene) {
	for range 50 {
		a, r := s.charge(sandbox.Pays)
		s.want("charge", r, pay.Paid)
		s.want("query", s.query(a), pay.Paid)
	}
	if opened, reused := s.Connections(); opened != 1 || reused < 99 { // one more may be for the network's keys
		s.problem("100 requests opened %d connections and reused %d", opened, reused)
	}
}

// walks are attempts whose every request goes wrong in a way that a seed draws.
func walks() []scenario {
	var all []scenario
	for seed := range uint64(40) {
		all = append(all, scenario{name: "walk " + strconv.FormatUint(seed, 10), long: true, play: func(s *scene) { s.walk(seed) }})
	}
	return all
}

// walk charges a customer at a network in trouble and does with the attempt
// what a machine does: ask, give up after a while, and never turn round. What
// it ends with has to be what the books say.
func (s *scene) walk(seed uint64) {
	chance := rand.New(rand.NewPCG(seed, 0))
	kinds := sandbox.Kinds()
	draw := func() sandbox.Behaviour {
		b := sandbox.Do(kinds[chance.IntN(len(kinds))])
		if b.Kind == sandbox.Garbage {
			b.Code = sandbox.Garbages()[chance.IntN(len(sandbox.Garbages()))]
		}
		return b
	}
	calm := false
	s.onArrival(func(sandbox.Op, string) sandbox.Behaviour {
		if calm || chance.IntN(3) == 0 {
			return sandbox.Behaviour{}
		}
		return draw()
	})
	c := s.order(draw().String())
	start, a := s.now(), c.Attempt
	for r := s.send(s.ctx, c); !r.State.Final(); r = s.query(a) {
		if s.pass(5 * time.Second); calm {
			s.pass(time.Minute)
		}
		waited := s.now().Sub(start)
		if waited > s.Timing.Patience {
			a.Returning = true
			s.undo(a)
		}
		calm = waited > 3*time.Minute
		if calm && r.NotFound {
			s.wantNet(a, 0)
			return
		}
		if waited > time.Hour {
			s.leftOpen(a, r, seed)
			return
		}
	}
}

// leftOpen is the other end of a walk, at a network that cannot close the order of
// a code that was scanned: it is still unknown, the network itself says that it is
// open, nobody has paid it by its books, and that is so a day later too.
func (s *scene) leftOpen(a pay.Attempt, r pay.Result, seed uint64) {
	if !s.NeverClosed {
		s.problem("seed %d: it does not end: %+v", seed, r)
		return
	}
	for _, later := range []time.Duration{0, 24 * time.Hour} {
		s.pass(later)
		if r := s.query(a); r.State.Final() || r.NotFound || r.Date.IsZero() {
			s.problem("seed %d: the network does not say that it is open: %+v", seed, r)
		}
		if r := s.undo(a); r.State != pay.Unknown || !r.Fault {
			s.problem("seed %d: an undo of what cannot be undone calls nobody: %+v", seed, r)
		}
		s.wantNet(a, 0)
		i := slices.IndexFunc(s.Sandbox.Ledger(), func(e sandbox.Entry) bool { return e.Number == a.Number })
		if i < 0 {
			s.problem("seed %d: it is not in the books", seed)
			return
		}
		if e := s.Sandbox.Ledger()[i]; e.Charged != 0 || !slices.Contains([]sandbox.State{sandbox.NotPaid, sandbox.Asking, sandbox.Failing}, e.State) {
			s.problem("seed %d: by the books it is not open: %+v", seed, e)
		}
	}
}
