package main

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/flow/deposit"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// everything are the terms of a network that lets all be done.
var everything = pay.HoldTerms{Code: true, QR: true, Parts: true, Life: 30 * 24 * time.Hour}

// guest plays one deposit with its real machine, so that what is said about a
// network's answer is what the machine does with it.
type guest struct {
	*drill
	deposit *deposit.Deposit
	answers map[flow.Verb]pay.Result // to what is asked on the way
}

func newGuest(t *testing.T, network string, timing pay.Timing) *guest {
	t.Helper()
	rules := deposit.Rules{Timing: func(string) pay.Timing { return timing }, Terms: func(string, string) pay.HoldTerms { return everything }}
	g := &guest{answers: map[flow.Verb]pay.Result{flow.QueryHold: {Code: pay.CodeTimeout}}}
	g.drill = newDrill(t, network, func() flow.Machine {
		g.deposit = deposit.New(rules, "desk-1")
		return g.deposit
	})
	return g
}

// isHeld is a network's word on a deposit of 300.00 of which nothing has moved.
var isHeld = pay.Result{State: pay.Paid, Network: "4200001", Amount: 30000, Held: &pay.Held{Left: 30000}}

// reply answers the newest call of a kind.
func (g *guest) reply(verb flow.Verb, r pay.Result) {
	g.t.Helper()
	i := slices.IndexFunc(g.effects, func(e flow.Effect) bool { return e.Do == verb })
	if i < 0 {
		g.t.Fatalf("%s: there is no %s among %v", g.network, verb, g.effects)
	}
	e := g.effects[i]
	g.effects = slices.Delete(g.effects, i, i+1)
	g.do(flow.Answer{Key: 1, Do: verb, Number: cmp.Or(e.Move.Number, e.Attempt.Number), Result: r})
}

// until goes on to the first call of a kind; what comes before it is answered as set.
func (g *guest) until(verb flow.Verb) {
	g.t.Helper()
	for range 1000 {
		if slices.ContainsFunc(g.effects, func(e flow.Effect) bool { return e.Do == verb }) {
			return
		}
		asked := false
		for known, r := range g.answers {
			if slices.ContainsFunc(g.effects, func(e flow.Effect) bool { return e.Do == known }) {
				g.reply(known, r)
				asked = true
			}
		}
		if at, ok := g.machine.Due(); !asked && ok {
			if by := at - g.now.Mono; by > 0 {
				g.now.Mono, g.now.Wall = g.now.Mono+by, g.now.Wall+by
			}
			g.do(flow.Tick{})
		}
	}
	g.t.Fatalf("%s: there is never a %s", g.network, verb)
}

// asks has a deposit asked for.
func (g *guest) asks(qr bool) {
	g.do(flow.DepositSpec{Amount: 30000, QR: qr, Code: "134567890123456789", Lane: "desk-1", Merchant: flow.Merchant{Name: "inn", Network: g.network}})
}

// moves has a deposit held, and a capture or a release of it asked for.
func (g *guest) moves(wish flow.Event) {
	g.t.Helper()
	g.asks(false)
	g.reply(flow.Hold, isHeld)
	g.effects = nil // slip and voice
	g.do(wish)
	g.answers[flow.QueryHold] = isHeld
}

// playDeposit brings a deposit to the call, with its answer given.
func playDeposit(t *testing.T, network string, timing pay.Timing, c pay.Case) *guest {
	t.Helper()
	g, r := newGuest(t, network, timing), pay.Result{State: c.State, NotFound: c.NotFound, Fault: c.Fault, Code: c.Code, Link: "https://example.com/hold"}
	if c.State == pay.Paid {
		r.Network, r.Amount = "4200001", 30000
	}
	capture, release := flow.CaptureSpec{Hold: 1, Amount: 8850, Lane: "desk-1"}, flow.ReleaseSpec{Hold: 1, Lane: "desk-1"}
	verb := map[string]flow.Verb{"hold": flow.Hold, "show-hold": flow.ShowHold, "hold-query": flow.QueryHold, "hold-undo": flow.UndoHold,
		"capture": flow.Capture, "capture-query": flow.QueryCapture, "release": flow.Release, "release-query": flow.QueryRelease}[c.Op]
	switch c.Op {
	case "hold":
		g.asks(false)
	case "show-hold":
		g.asks(true)
	case "hold-query":
		g.asks(false)
		g.restart()
		delete(g.answers, flow.QueryHold)
	case "hold-undo":
		g.asks(false)
		g.reply(flow.Hold, pay.Result{Code: pay.CodeTimeout})
	case "capture", "capture-query":
		g.moves(capture)
		g.answers[flow.Capture] = pay.Result{Code: pay.CodeTimeout}
	case "release", "release-query":
		g.moves(release)
		g.answers[flow.Release] = pay.Result{Code: pay.CodeTimeout}
	}
	delete(g.answers, verb)
	g.until(verb)
	g.reply(verb, r)
	return g
}

// TestEveryCodeOfDepositsIsPlayed: each documented answer, through the machine:
// what is final ends it, what is not ends nothing, what is a person's is theirs once.
func TestEveryCodeOfDepositsIsPlayed(t *testing.T) {
	t.Parallel()
	played := 0
	for _, n := range documented {
		for _, c := range n.cases() {
			if !slices.ContainsFunc(depositOperations, func(o operation) bool { return o.op == c.Op }) {
				continue
			}
			played++
			g := playDeposit(t, n.network, n.timing, c)
			v := g.deposit.View()
			switch {
			case c.Op == "hold" || c.Op == "show-hold" || c.Op == "hold-query":
				checkAsked(t, g, c, v)
			case c.Op == "hold-undo":
				if v.Phase != words.DepositBack || g.has(entry.HoldEnded) {
					t.Errorf("%s, %s of an undo: %s", n.network, c.Code, v.Phase)
				}
			default:
				checkMoved(t, g, c, v)
			}
			if g.has(entry.Task) != (c.Fault || c.State == pay.Mismatch) {
				t.Errorf("%s, %s of a %s: a person is asked: %v", n.network, c.Code, c.Op, g.has(entry.Task))
			}
			if v.Held != v.Captured+v.Released+v.Left {
				t.Errorf("%s, %s of a %s: the sums are %+v", n.network, c.Code, c.Op, v)
			}
		}
	}
	if played < 100 {
		t.Errorf("%d answers were played", played)
	}
}

// checkAsked looks at a deposit after an answer about itself.
func checkAsked(t *testing.T, g *guest, c pay.Case, v words.Deposit) {
	t.Helper()
	want := []words.DepositPhase{words.DepositAsking, words.DepositChecking} // and nothing is over
	held := money.Fen(0)
	switch c.State {
	case pay.Paid:
		want, held = []words.DepositPhase{words.DepositHeld}, 30000
	case pay.Declined, pay.NotSent:
		want = []words.DepositPhase{words.DepositRefused}
	case pay.Mismatch:
		want = []words.DepositPhase{words.DepositMismatch}
	case pay.Waiting:
		if want = []words.DepositPhase{words.DepositPassword}; c.Op == "show-hold" {
			want = []words.DepositPhase{words.DepositScanUs}
		}
	}
	if !slices.Contains(want, v.Phase) || v.Held != held || c.State == pay.Declined && v.Code != c.Code {
		t.Errorf("%s, %s of a %s (%v): %s with code %q, %s held; want %v", g.network, c.Code, c.Op, c.State, v.Phase, v.Code, v.Held, want)
	}
}

// checkMoved looks at a deposit after an answer about a capture or a release.
func checkMoved(t *testing.T, g *guest, c pay.Case, v words.Deposit) {
	t.Helper()
	want, phase := words.MoveAsking, words.DepositMoving
	switch {
	case c.State == pay.Paid || c.State == pay.Returned:
		want, phase = words.MoveDone, words.DepositHeld
		if v.Left == 0 {
			phase = words.DepositSettled
		}
	case c.State == pay.Declined || c.State == pay.Mismatch:
		want, phase = words.MoveRefused, words.DepositHeld
	case c.State == pay.Waiting:
		want = words.MoveAccepted
	case c.Fault:
		want = words.MoveStuck
	}
	if v.Move.Phase != want || v.Phase != phase || (want == words.MoveRefused || want == words.MoveStuck) && v.Move.Code != c.Code {
		t.Errorf("%s, %s of a %s (%v): %s, the move is %s with code %q; want %s, %s", g.network, c.Code, c.Op, c.State, v.Phase, v.Move.Phase, v.Move.Code, phase, want)
	}
}
