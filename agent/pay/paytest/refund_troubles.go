package paytest

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// refundQuirks are what a network may do to any request about a refund.
func refundQuirks() []string {
	return append(slices.Sorted(maps.Keys(shownQuirks())), sandbox.RateLimit, sandbox.KeyRotated)
}

// tellsNothing are quirks after which nothing may be concluded, at any network.
func tellsNothing(how string) bool {
	state, known := quirks()[how]
	return known && state == pay.Unknown || how == sandbox.RateLimit
}

// refundAnswers are scenarios of a network that misbehaves while it is asked for
// a refund, or what became of one.
func refundAnswers() []scenario {
	var all []scenario
	for _, how := range refundQuirks() {
		all = append(all, scenario{name: "give back, " + how, long: !onTheWire(how), takes: time.Second, play: func(s *scene) {
			a := s.sold(sandbox.Pays)
			r := s.part(a, 1, 200)
			s.Sandbox.Next(sandbox.Refund, sandbox.Do(how))
			got := s.refund(r)
			if tellsNothing(how) && got.State != pay.Unknown || got.State == pay.Declined || got.NotFound || got.Fault {
				s.problem("refund: %+v", got)
			}
			s.arrives(r)
			s.wantNet(a, amount-200)
		}}, scenario{name: "give back, look, " + how, long: !onTheWire(how), takes: 30 * time.Second, play: func(s *scene) {
			a := s.sold(sandbox.Pays)
			r := s.part(a, 1, 200)
			s.want("refund", s.refund(r), pay.Waiting, pay.Returned)
			s.Sandbox.Next(sandbox.RefundQuery, sandbox.Do(how))
			got := s.refundQuery(r)
			again := how == sandbox.LostBefore || how == sandbox.LostAfter // a GET may be
			if tellsNothing(how) && !again && got.State != pay.Unknown || got.State == pay.Declined || got.NotFound || got.Fault {
				s.problem("query: %+v", got)
			}
			s.arrives(r)
			s.wantNet(a, amount-200)
		}}, scenario{name: "look for nothing, " + how, long: !onTheWire(how), play: func(s *scene) {
			r := s.part(s.sold(sandbox.Pays), 1, 200)
			s.Sandbox.Next(sandbox.RefundQuery, sandbox.Do(how))
			s.want("query", s.refundQuery(r), pay.Unknown)
			s.wantRefundNotFound(r)
		}})
	}
	return all
}

// refundTroubles are scenarios of the way to the network, and of callers who go away.
func refundTroubles() []scenario {
	return []scenario{
		{name: "give back, down", play: func(s *scene) {
			a := s.sold(sandbox.Pays)
			r := s.part(a, 1, 200)
			s.down.Store(true)
			s.hangUp()
			for what, got := range map[string]pay.Result{"refund": s.refund(r), "query": s.refundQuery(r)} {
				if s.want(what, got, pay.Unknown); got.NotFound || got.Fault || got.Code == "" {
					s.problem("%s while the network is down: %+v", what, got)
				}
			}
			s.down.Store(false)
			s.wantRefundNotFound(r)
			s.givesBack(a, 1, 200)
		}},
		{name: "give back, cancelled before", play: func(s *scene) {
			a := s.sold(sandbox.Pays)
			ctx, cancel := context.WithCancel(s.ctx)
			cancel()
			r := s.part(a, 1, 200)
			s.want("refund", s.refundIn(ctx, r), pay.Unknown)
			s.wantRefundNotFound(r)
			s.wantNet(a, amount)
		}},
		{name: "give back, no answer", long: true, play: func(s *scene) {
			a := s.sold(sandbox.Pays)
			r := s.part(a, 1, 200)
			s.Sandbox.Next(sandbox.Refund, sandbox.Do("slow:1h"))
			ctx, cancel := context.WithTimeout(s.ctx, s.Timing.Refund.Call)
			defer cancel()
			start := time.Now()
			got := s.refundIn(ctx, r)
			if s.want("refund", got, pay.Unknown); got.Code != pay.CodeTimeout || time.Since(start) != s.Timing.Refund.Call {
				s.problem("after %v: %+v", time.Since(start), got)
			}
			s.arrives(r)
			s.wantNet(a, amount-200)
		}},
	}
}

// refundWalks are refunds whose every request goes wrong in a way that a seed draws.
func refundWalks() []scenario {
	var all []scenario
	for seed := range uint64(30) {
		takes := time.Duration(seed%3) * 20 * time.Second
		all = append(all, scenario{name: "give back walk " + strconv.FormatUint(seed, 10), long: true, takes: takes, play: func(s *scene) { s.refundWalk(seed) }})
	}
	return all
}

// refundWalk gives parts of a payment back at a network in trouble and does with
// each what a machine does: ask, and send again what the network does not know.
// What they end with has to be what the books say.
func (s *scene) refundWalk(seed uint64) {
	chance := rand.New(rand.NewPCG(seed, 2))
	kinds := slices.DeleteFunc(sandbox.Kinds(), func(kind string) bool { return kind == sandbox.Abnormal || kind == sandbox.ComesBack }) // for others than a machine alone
	a, left := s.sold(sandbox.Pays), int(amount)
	var since time.Time
	s.onArrival(func(sandbox.Op, string) sandbox.Behaviour {
		if s.now().Sub(since) > 10*time.Minute || chance.IntN(3) == 0 {
			return sandbox.Behaviour{}
		}
		b := sandbox.Do(kinds[chance.IntN(len(kinds))])
		if b.Kind == sandbox.Garbage {
			b.Code = sandbox.Garbages()[chance.IntN(len(sandbox.Garbages()))]
		}
		return b
	})
	for n := range 3 {
		s.pass(s.Timing.Refund.Apart)
		since = s.now()
		sum := 1 + chance.IntN(left/2)
		s.walkRefund(s.part(a, n+1, money.Fen(sum)), seed)
		left -= sum
		s.wantNet(a, money.Fen(left))
	}
}

// walkRefund follows one refund to its end.
func (s *scene) walkRefund(r pay.Refund, seed uint64) {
	start := s.now()
	got := s.refund(r)
	for got.State != pay.Returned {
		if s.now().Sub(start) > time.Hour || got.State == pay.Declined {
			s.problem("seed %d: it does not end well: %+v", seed, got)
			return
		}
		if got.NotFound {
			s.pass(s.Timing.Refund.Again)
			got = s.refund(r)
			continue
		}
		s.pass(10 * time.Second) // after a Mismatch too: that was one answer of a network that is not calm
		got = s.refundQuery(r)
	}
}
