package paytest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// captureOf is the n-th capture of a deposit. Where the rest goes with it, it says so.
func (s *scene) captureOf(d deposit, n int, sum money.Fen) pay.Move {
	return pay.Move{Of: d.Attempt, Payer: d.payer, Wallet: d.wallet, Number: fmt.Sprintf("%s%02d", d.Number, 50+n), Amount: sum, Last: s.terms().RestGoes,
		Title: "房费", Staff: "8", Device: "desk-1", Lane: "desk"}
}

// releaseOf is the n-th release of a deposit.
func (s *scene) releaseOf(d deposit, n int, sum money.Fen) pay.Move {
	m := s.captureOf(d, n, sum)
	m.Number, m.Title, m.Last = fmt.Sprintf("%s%02d", d.Number, 80+n), "退房", sum == s.Sandbox.Totals(d.Number).Left
	return m
}

func (s *scene) capture(m pay.Move) pay.Result { return s.captureIn(s.ctx, m) }

func (s *scene) captureIn(ctx context.Context, m pay.Move) pay.Result {
	return s.moves("capture", m, func() pay.Result { return s.Mover.Capture(ctx, m) })
}

func (s *scene) queryCapture(m pay.Move) pay.Result {
	return s.moves("query of capture", m, func() pay.Result { return s.Mover.QueryCapture(s.ctx, m) })
}

func (s *scene) release(m pay.Move) pay.Result { return s.releaseIn(s.ctx, m) }

func (s *scene) releaseIn(ctx context.Context, m pay.Move) pay.Result {
	return s.moves("release", m, func() pay.Result { return s.Mover.Release(ctx, m) })
}

func (s *scene) queryRelease(m pay.Move) pay.Result {
	return s.moves("query of release", m, func() pay.Result { return s.Mover.QueryRelease(s.ctx, m) })
}

// moves asks about a move and holds the result against the contract and the books.
func (s *scene) moves(op string, m pay.Move, ask func() pay.Result) pay.Result {
	before := s.Sandbox.Totals(m.Of.Number)
	r := ask()
	for _, flaw := range s.moveFlaws(op, m, r, before) {
		s.problem("%s %s: %s: %+v", op, m.Number, flaw, r)
	}
	s.noSecrets(op, m.Number, r)
	return r
}

func (s *scene) moveFlaws(op string, m pay.Move, r pay.Result, before sandbox.Totals) (flaws []string) {
	flaw := func(when bool, text string) {
		if when {
			flaws = append(flaws, text)
		}
	}
	done, other := pay.Paid, pay.Returned
	if slices.Contains([]string{"release", "query of release"}, op) {
		done, other = other, done
	}
	books := s.Sandbox.Totals(m.Of.Number)
	flaw(r.State == pay.NotSent || r.State == pay.Absent || r.State == other, "that is no word for it")
	flaw(r.NotFound && (r.State != pay.Unknown || r.Fault), "what is not found is unknown, and may be sent again")
	flaw(r.Fault && r.State != pay.Unknown && r.State != pay.Declined, "a fault of what goes on by itself")
	flaw(r.State == pay.Unknown && r.Code == "" && !r.NotFound, "nobody is told why")
	flaw(r.State != pay.Unknown && r.Date.IsZero(), "not verified")
	flaw(r.Message != "" && r.Date.IsZero(), "words that were not verified")
	flaw(r.Link != "" || r.Returned || r.Held != nil, "that is said of deposits")
	switch r.State {
	case pay.Declined:
		flaw(r.Code == "", "declined, and nobody is told why")
		flaw(books != before, fmt.Sprintf("declined, and of %+v it has made %+v", before, books))
	case pay.Mismatch:
		flaw(r.Code == "", "nobody is told what is wrong")
	case done:
		flaw(r.Amount != m.Amount, "done, and the amount does not fit")
		flaw(r.PaidAt.After(s.now()), "done at no good time")
		flaw(done == pay.Paid && (r.Settled <= 0 || r.Settled > r.Amount), "captured, and the merchant gets nothing")
		moved := map[pay.State]money.Fen{pay.Paid: books.Captured, pay.Returned: books.Released}[done]
		if sum := s.doneBy(done, m); moved < sum {
			flaw(true, fmt.Sprintf("done, with %v in all, and in the books are %v", sum, moved))
		}
	}
	return flaws
}

// doneBy counts a move as done and answers what of its deposit was so, this one
// included. Where moves have no numbers all of one kind are the same.
func (s *scene) doneBy(how pay.State, m pay.Move) (sum money.Fen) {
	if s.terms().Unnumbered {
		return m.Amount
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := m.Of.Number + " " + how.String()
	if s.given[key] == nil {
		s.given[key] = map[string]money.Fen{}
	}
	s.given[key][m.Number] = m.Amount
	for _, part := range s.given[key] {
		sum += part
	}
	return sum
}

// completes follows a move as a machine does until it is done.
func (s *scene) completes(done pay.State, m pay.Move) {
	ask, again := s.queryCapture, s.capture
	if done == pay.Returned {
		ask, again = s.queryRelease, s.release
	}
	for range 10 {
		switch r := ask(m); {
		case r.State == done:
			return
		case r.NotFound:
			s.pass(s.Timing.Hold.Again)
			again(m)
		default:
			s.pass(s.Timing.Hold.QueryEvery)
		}
	}
	s.problem("%s: it is not done", m.Number)
}

// captured has a part of a deposit captured.
func (s *scene) captured(d deposit, n int, sum money.Fen) pay.Result {
	m := s.captureOf(d, n, sum)
	r := s.capture(m)
	s.want("capture", r, pay.Paid, pay.Waiting)
	s.completes(pay.Paid, m)
	return r
}

// released has a part of a deposit released.
func (s *scene) released(d deposit, n int, sum money.Fen) {
	m := s.releaseOf(d, n, sum)
	s.want("release", s.release(m), pay.Returned, pay.Waiting)
	s.completes(pay.Returned, m)
}

// wantCaptured sees that so much was captured of a deposit, once, and what the
// network makes of the rest then.
func (s *scene) wantCaptured(d deposit, sum money.Fen) {
	rest := amount - sum
	if s.terms().RestGoes {
		s.wantBooks(d.Attempt, sum, rest, 0)
	} else {
		s.wantBooks(d.Attempt, sum, 0, rest)
	}
	s.wantNet(d.Attempt, sum)
}

// movers are scenarios of deposits of which something is captured or released,
// at a network that does everything right.
func movers() []scenario {
	return []scenario{
		{name: "capture all", play: func(s *scene) {
			d := s.held()
			s.captured(d, 1, amount)
			s.wantCaptured(d, amount)
		}},
		{name: "capture a part", play: func(s *scene) {
			d, other := s.held(), s.held()
			s.captured(d, 1, 200)
			s.wantCaptured(d, 200)
			s.wantBooks(other.Attempt, 0, 0, amount)
		}},
		{name: "capture one fen", play: func(s *scene) {
			d := s.held()
			s.captured(d, 30, 1)
			s.wantCaptured(d, 1)
		}},
		{name: "capture the last part", play: func(s *scene) {
			d := s.held()
			m := s.captureOf(d, 1, 200)
			m.Last = true
			s.want("capture", s.capture(m), pay.Paid)
			s.wantBooks(d.Attempt, 200, amount-200, 0)
		}},
		{name: "capture in parts", play: captureInParts},
		{name: "capture again", play: func(s *scene) {
			d := s.held()
			for range 3 {
				s.captured(d, 1, 200)
				s.wantCaptured(d, 200)
			}
		}},
		{name: "capture another amount under the number", play: func(s *scene) {
			d := s.held()
			s.captured(d, 1, 200)
			s.want("capture", s.capture(s.captureOf(d, 1, 199)), pay.Mismatch)
			s.want("query", s.queryCapture(s.captureOf(d, 1, 199)), pay.Mismatch)
			s.wantCaptured(d, 200)
			s.want("query of the first", s.queryCapture(s.captureOf(d, 1, 200)), pay.Paid)
		}},
		{name: "capture from two desks", play: func(s *scene) { s.twoDesks(200, 200) }},
		{name: "capture two amounts from two desks", play: func(s *scene) { s.twoDesks(200, 150) }},
		{name: "release all", play: func(s *scene) {
			d := s.releasable()
			s.released(d, 1, amount)
			s.wantBooks(d.Attempt, 0, amount, 0)
		}},
		{name: "release again", play: func(s *scene) {
			d := s.releasable()
			m := s.releaseOf(d, 1, amount)
			for range 3 {
				s.want("release", s.release(m), pay.Returned)
				s.completes(pay.Returned, m)
				s.wantBooks(d.Attempt, 0, amount, 0)
			}
		}},
		{name: "release in parts", play: releaseInParts},
	}
}

func captureInParts(s *scene) {
	if s.terms().Captures != 0 {
		return
	}
	d := s.held()
	s.captured(d, 1, 100)
	s.captured(d, 2, 100)
	s.wantBooks(d.Attempt, 200, 0, amount-200)
	m := s.captureOf(d, 3, 150)
	m.Last = true
	s.want("the last", s.capture(m), pay.Paid)
	s.wantBooks(d.Attempt, 350, amount-350, 0)
}

func releaseInParts(s *scene) {
	if !s.terms().Parts {
		return
	}
	d := s.releasable()
	s.released(d, 1, 100)
	s.wantBooks(d.Attempt, 0, 100, amount-100)
	s.want("another amount under the number", s.release(s.releaseOf(d, 1, 99)), pay.Mismatch)
	s.want("query of another amount", s.queryRelease(s.releaseOf(d, 1, 99)), pay.Mismatch)
	s.captured(d, 1, 150)
	s.released(d, 2, amount-250)
	s.wantBooks(d.Attempt, 150, amount-150, 0)
}

// releasable is a deposit that is old enough to be released.
func (s *scene) releasable() deposit {
	d := s.held()
	s.pass(s.Timing.Hold.Undo.NotBefore)
	return d
}

// twoDesks capture under one number, which the hold makes of both: the network
// takes one of them, and both desks learn which.
func (s *scene) twoDesks(sums ...money.Fen) {
	d := s.held()
	var all sync.WaitGroup
	for _, sum := range sums {
		all.Go(func() { s.Mover.Capture(s.ctx, s.captureOf(d, 1, sum)) })
	}
	all.Wait()
	taken := s.Sandbox.Totals(d.Number).Captured
	if !slices.Contains(sums, taken) {
		s.problem("captured is %v, want one of %v", taken, sums)
	}
	for _, sum := range sums {
		want := pay.Mismatch
		if sum == taken {
			want = pay.Paid
		}
		s.want("what each of them learns", s.queryCapture(s.captureOf(d, 1, sum)), want)
	}
	s.wantCaptured(d, taken)
}
