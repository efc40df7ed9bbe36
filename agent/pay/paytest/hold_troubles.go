package paytest

import (
	"context"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// moving is one of the two kinds of moves, as the scenarios of trouble play both.
type moving struct {
	name       string
	done       pay.State
	ops        []sandbox.Op // of the call
	asks       []sandbox.Op // of the query
	sum        money.Fen
	of         func(s *scene, d deposit, n int, sum money.Fen) pay.Move
	send       func(s *scene, ctx context.Context, m pay.Move) pay.Result
	query      func(s *scene, m pay.Move) pay.Result
	wantMoved  func(s *scene, d deposit)
	wrongMoved func(b sandbox.Totals) money.Fen
}

func movings() []moving {
	return []moving{
		{"capture", pay.Paid, captures, asksCapture, 200, (*scene).captureOf, (*scene).captureIn, (*scene).queryCapture,
			func(s *scene, d deposit) { s.wantCaptured(d, 200) }, func(b sandbox.Totals) money.Fen { return b.Captured }},
		{"release", pay.Returned, releases, asksRelease, amount, (*scene).releaseOf, (*scene).releaseIn, (*scene).queryRelease,
			func(s *scene, d deposit) { s.wantBooks(d.Attempt, 0, amount, 0) }, func(b sandbox.Totals) money.Fen { return b.Released }},
	}
}

// moveAnswers are scenarios of a network that misbehaves while it is asked to
// move something, or what became of a move.
func moveAnswers() []scenario {
	var all []scenario
	for _, k := range movings() {
		for _, how := range append(refundQuirks(), "hidden:20s", "late:20s") {
			if how == sandbox.WrongAmount {
				continue // then another amount moves
			}
			all = append(all, scenario{name: k.name + ", " + how, long: !onTheWire(how), play: func(s *scene) {
				d := s.releasable()
				m := k.of(s, d, 1, k.sum)
				s.trouble(sandbox.Do(how), k.ops)
				if r := k.send(s, s.ctx, m); !s.mayBe(r) {
					s.problem("%s: %+v", k.name, r)
				}
				s.completes(k.done, m)
				s.pass(time.Hour) // nothing comes after it
				k.wantMoved(s, d)
			}})
		}
		for _, how := range refundQuirks() {
			all = append(all, scenario{name: k.name + ", look, " + how, long: !onTheWire(how), play: func(s *scene) {
				d := s.releasable()
				m := k.of(s, d, 1, k.sum)
				s.want(k.name, k.send(s, s.ctx, m), k.done, pay.Waiting)
				s.trouble(sandbox.Do(how), k.asks)
				if r := k.query(s, m); !s.mayBe(r) || tellsNothing(how) && r.State != pay.Unknown {
					s.problem("query: %+v", r)
				}
				s.completes(k.done, m)
				k.wantMoved(s, d)
			}}, scenario{name: k.name + ", look for nothing, " + how, long: !onTheWire(how), play: func(s *scene) {
				d := s.releasable()
				m := k.of(s, d, 1, k.sum)
				s.trouble(sandbox.Do(how), k.asks)
				s.want("query", k.query(s, m), pay.Unknown)
				s.wantNotFound("query again", k.query(s, m))
				s.wantBooks(d.Attempt, 0, 0, amount)
			}})
		}
		all = append(all, scenario{name: k.name + " of another amount", play: func(s *scene) { s.anotherAmount(k) }})
	}
	return all
}

// mayBe tells whether a result may be said of a move that was carried out, or
// that can still be: it is no final no, and nobody has to see to it.
func (s *scene) mayBe(r pay.Result) bool {
	return r.State != pay.Declined && !r.NotFound && !r.Fault
}

// anotherAmount is for a network that moves something else than it was asked to.
func (s *scene) anotherAmount(k moving) {
	d := s.releasable()
	m := k.of(s, d, 1, k.sum)
	s.trouble(sandbox.Do(sandbox.WrongAmount), k.ops)
	got := k.send(s, s.ctx, m)
	s.onArrival(nil)
	if moved := k.wrongMoved(s.Sandbox.Totals(d.Number)); moved == k.sum || moved == 0 {
		return // the network has no amounts of it to be wrong about
	}
	s.want(k.name, got, pay.Mismatch, pay.Unknown)
	s.want("query", k.query(s, m), pay.Mismatch)
	s.queryHold(d.Attempt)
}

// moveTroubles are scenarios of the way to the network, and of callers who go away.
func moveTroubles() []scenario {
	var all []scenario
	for _, k := range movings() {
		all = append(all,
			scenario{name: k.name + ", down", play: func(s *scene) {
				d := s.releasable()
				m := k.of(s, d, 1, k.sum)
				s.down.Store(true)
				s.hangUp()
				for what, r := range map[string]pay.Result{k.name: k.send(s, s.ctx, m), "query": k.query(s, m)} {
					if s.want(what, r, pay.Unknown); r.NotFound || r.Fault || r.Code == "" {
						s.problem("%s while the network is down: %+v", what, r)
					}
				}
				s.down.Store(false)
				s.wantNotFound("query", k.query(s, m))
				s.completes(k.done, m)
				k.wantMoved(s, d)
			}},
			scenario{name: k.name + ", cancelled before", play: func(s *scene) {
				d := s.releasable()
				m := k.of(s, d, 1, k.sum)
				ctx, cancel := context.WithCancel(s.ctx)
				cancel()
				s.want(k.name, k.send(s, ctx, m), pay.Unknown)
				s.wantNotFound("query", k.query(s, m))
				s.wantBooks(d.Attempt, 0, 0, amount)
			}},
			scenario{name: k.name + ", no answer", long: true, play: func(s *scene) {
				d := s.releasable()
				m := k.of(s, d, 1, k.sum)
				s.trouble(sandbox.Do("slow:1h"), k.ops)
				ctx, cancel := context.WithTimeout(s.ctx, s.Timing.Hold.Call)
				defer cancel()
				start := time.Now()
				if r := k.send(s, ctx, m); r.State != pay.Unknown || r.Code != pay.CodeTimeout || time.Since(start) != s.Timing.Hold.Call {
					s.problem("after %v: %+v", time.Since(start), r)
				}
				s.completes(k.done, m)
				k.wantMoved(s, d)
			}},
		)
	}
	return all
}

// holdRefunds are scenarios of what was captured and goes back.
func holdRefunds() []scenario {
	all := []scenario{
		{name: "give back what was captured", takes: 5 * time.Second, play: func(s *scene) {
			d, of := s.consumed(300)
			s.givesBackOf(d, of, 1, 100)
			s.wantNet(d.Attempt, 200)
			s.givesBackOf(d, of, 1, 100) // it is the same one
			s.wantNet(d.Attempt, 200)
			s.want("more than is left", s.refund(s.refundOf(d, of, 2, 201)), pay.Declined)
			s.pass(s.Timing.Refund.Apart)
			s.givesBackOf(d, of, 3, 200)
			s.wantNet(d.Attempt, 0)
			if r := s.queryHold(d.Attempt); r.Held == nil || r.Held.Captured != 300 {
				s.problem("what was captured is told as %+v", r.Held)
			}
		}},
		{name: "give back another amount of what was captured", play: func(s *scene) {
			d, of := s.consumed(300)
			s.givesBackOf(d, of, 1, 100)
			s.want("the number with another amount", s.refund(s.refundOf(d, of, 1, 99)), pay.Mismatch)
			s.want("query with another amount", s.refundQuery(s.refundOf(d, of, 1, 99)), pay.Mismatch)
			s.wantNet(d.Attempt, 200)
		}},
		{name: "give back more than was captured", play: func(s *scene) {
			d, of := s.consumed(300)
			s.want("refund", s.refund(s.refundOf(d, of, 1, 301)), pay.Declined)
			s.wantRefundNotFound(s.refundOf(d, of, 1, 301))
			s.wantCaptured(d, 300)
		}},
		{name: "give back what is held", play: func(s *scene) {
			d := s.held()
			of := pay.Attempt{Number: s.captureOf(d, 1, 300).Number, Merchant: d.Merchant, Amount: 300, Asked: d.Asked}
			s.want("refund", s.refund(s.refundOf(d, of, 1, 100)), pay.Declined, pay.Unknown)
			s.wantBooks(d.Attempt, 0, 0, amount)
		}},
	}
	for _, how := range []string{sandbox.LostBefore, sandbox.LostAfter, "hidden:5s", sandbox.SystemErrorAfter, sandbox.WrongSignature, sandbox.BadGateway, sandbox.WrongNumber, sandbox.WrongMerchant} {
		all = append(all, scenario{name: "give back what was captured, " + how, long: true, takes: time.Second, play: func(s *scene) {
			d, of := s.consumed(300)
			r := s.refundOf(d, of, 1, 100)
			s.trouble(sandbox.Do(how), []sandbox.Op{sandbox.Refund})
			if got := s.refund(r); !s.mayBe(got) {
				s.problem("refund: %+v", got)
			}
			s.trouble(sandbox.Do(how), []sandbox.Op{sandbox.RefundQuery})
			if got := s.refundQuery(r); got.State == pay.Declined || got.Fault {
				s.problem("query: %+v", got)
			}
			s.onArrival(nil)
			s.arrives(r)
			s.wantNet(d.Attempt, 200)
		}})
	}
	return all
}

// consumed is a deposit of which so much was captured, and the attempt at a
// payment that the capture is.
func (s *scene) consumed(sum money.Fen) (deposit, pay.Attempt) {
	d := s.held()
	r := s.captured(d, 1, sum)
	return d, pay.Attempt{Number: s.captureOf(d, 1, sum).Number, Merchant: d.Merchant, Amount: sum, Asked: d.Asked, Network: r.Network}
}

// refundOf is the n-th refund of what was captured of a deposit.
func (s *scene) refundOf(d deposit, of pay.Attempt, n int, sum money.Fen) pay.Refund {
	r := s.part(d.Attempt, n, sum)
	r.Of, r.Hold = of, &d.Attempt
	return r
}

func (s *scene) givesBackOf(d deposit, of pay.Attempt, n int, sum money.Fen) {
	r := s.refundOf(d, of, n, sum)
	s.want("refund", s.refund(r), pay.Waiting, pay.Returned)
	s.arrives(r)
	s.pass(s.Timing.Refund.Apart)
}
