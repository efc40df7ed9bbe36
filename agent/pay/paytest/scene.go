package paytest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

const amount money.Fen = 500

// scene plays one scenario and holds every result against the books. Its clock
// is the real one, moved forward by hand, so that waiting costs nothing over
// TLS either.
type scene struct {
	Network
	ctx   context.Context
	moved atomic.Int64
	wrong atomic.Int64 // of the device's clock
	down  atomic.Bool

	hangUp func() // closes the connections that are kept

	mu       sync.Mutex
	plan     func(op sandbox.Op, number string) sandbox.Behaviour
	numbers  int
	problems []string
	given    map[string]map[string]money.Fen // refunds that were called returned, by payment and number
}

func (s *scene) now() time.Time { return time.Now().Add(time.Duration(s.moved.Load())) }

// device is the time that the device takes for right.
func (s *scene) device() time.Time { return s.now().Add(time.Duration(s.wrong.Load())) }

// pass lets time go by.
func (s *scene) pass(d time.Duration) { s.moved.Add(int64(d)) }

// planned asks the scenario what becomes of a request that has just come.
func (s *scene) planned(op sandbox.Op, number string) sandbox.Behaviour {
	s.mu.Lock()
	plan := s.plan
	s.mu.Unlock()
	if plan == nil {
		return sandbox.Behaviour{}
	}
	return plan(op, number)
}

func (s *scene) onArrival(plan func(op sandbox.Op, number string) sandbox.Behaviour) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan = plan
}

func (s *scene) problem(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

// attempt is a new number.
func (s *scene) attempt() pay.Attempt {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.numbers++
	now := s.now()
	return pay.Attempt{Number: fmt.Sprintf("88010052000100%09d7", s.numbers), Merchant: "shop", Amount: amount, Asked: now, Stamp: now}
}

// order is a charge to be made, of a customer who behaves as told.
func (s *scene) order(customer string) pay.Charge {
	return pay.Charge{Attempt: s.attempt(), Code: pay.Secret(s.NewCode(sandbox.Do(customer))), Title: "停车费", Device: "gate-7", Lane: "exit"}
}

// charge asks for the money of a new order.
func (s *scene) charge(customer string) (pay.Attempt, pay.Result) {
	c := s.order(customer)
	return c.Attempt, s.send(s.ctx, c)
}

// send asks once, and sees that it was once.
func (s *scene) send(ctx context.Context, c pay.Charge) pay.Result {
	before := s.Sandbox.Seen(sandbox.Charge, c.Number)
	r := s.Provider.Charge(ctx, c)
	sent := s.Sandbox.Seen(sandbox.Charge, c.Number) - before
	if sent > 1 || r.State == pay.NotSent && sent != 0 {
		s.problem("charge %s: was sent %d times, and the result is %v", c.Number, sent, r.State)
	}
	s.check("charge", c.Attempt, r, string(c.Code))
	return r
}

func (s *scene) query(a pay.Attempt) pay.Result {
	r := s.Provider.Query(s.ctx, a)
	if r.State == pay.NotSent {
		s.problem("query %s: that it was not sent says nothing of the charge", a.Number)
	}
	s.check("query", a, r)
	return r
}

func (s *scene) undo(a pay.Attempt) pay.Result {
	r := s.Provider.Undo(s.ctx, a)
	if r.State != pay.Unknown && r.State != pay.Declined {
		s.problem("undo %s: it answers %v", a.Number, r.State)
	}
	s.check("undo", a, r)
	return r
}

// check holds a result against the contract and the books.
func (s *scene) check(op string, a pay.Attempt, r pay.Result, code ...string) {
	for _, flaw := range s.flaws(op, a, r) {
		s.problem("%s %s: %s: %+v", op, a.Number, flaw, r)
	}
	text := fmt.Sprintf("%+v %#v", r, r)
	for _, secret := range slices.Concat(s.Secrets, code) {
		if strings.Contains(text, secret) {
			s.problem("%s %s: the result tells a secret", op, a.Number)
		}
	}
}

func (s *scene) flaws(op string, a pay.Attempt, r pay.Result) (flaws []string) {
	flaw := func(when bool, text string) {
		if when {
			flaws = append(flaws, text)
		}
	}
	net := s.Sandbox.Net(a.Number)
	flaw(r.State == pay.Absent || r.State == pay.Returned, "that is the machine's word")
	flaw(r.NotFound && r.State != pay.Unknown, "not found is not unknown")
	asks := op == "charge" || op == "show"
	flaw(r.NotFound && asks, "what is asked for cannot be not found")
	flaw(r.Fault && r.State != pay.Declined && (asks || op == "query" && !a.Shown), "a fault that is not declined")
	flaw((r.Link != "") != (op == "show" && r.State == pay.Waiting), "a link in the wrong place")
	flaw(op == "show" && r.State == pay.Paid, "paid before anybody has seen it")
	flaw(r.State == pay.Unknown && r.Code == "" && !r.NotFound, "nobody is told why")
	flaw(r.Message != "" && r.Date.IsZero(), "words for the payer that were not verified")
	switch r.State {
	case pay.Paid:
		flaw(net != a.Amount, fmt.Sprintf("paid, and the payer is without %v", net))
		flaw(r.Amount != a.Amount || r.Settled <= 0 || r.Settled > r.Amount, "paid, and the amounts do not fit")
		flaw(r.Network == "", "paid, and without the network's number")
		flaw(r.PaidAt.After(s.now()) || r.PaidAt.Before(a.Asked.Add(-5*time.Minute)), "paid at no good time")
		flaw(r.Date.IsZero(), "paid, and not verified")
	case pay.Declined:
		flaw(op != "undo" && net != 0, fmt.Sprintf("declined, and the payer is without %v", net))
		flaw(r.Date.IsZero(), "declined, and not verified")
		flaw(r.Code == "", "declined, and nobody is told why")
	case pay.Waiting, pay.Mismatch:
		flaw(r.Date.IsZero(), "not verified")
	}
	return flaws
}

// want sees that a result has one of these states.
func (s *scene) want(what string, r pay.Result, states ...pay.State) {
	if !slices.Contains(states, r.State) {
		s.problem("%s: %+v, want %v", what, r, states)
	}
}

// wantNet sees what the payer is without.
func (s *scene) wantNet(a pay.Attempt, net money.Fen) {
	if got := s.Sandbox.Net(a.Number); got != net {
		s.problem("%s: the payer is without %v, want %v", a.Number, got, net)
	}
}

// wantNotFound sees that the network does not know a number.
func (s *scene) wantNotFound(what string, r pay.Result) {
	if s.want(what, r, pay.Unknown); !r.NotFound {
		s.problem("%s: %+v, want not found", what, r)
	}
}
