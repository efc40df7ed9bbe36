package paytest

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// holdWalks are deposits whose every request goes wrong in a way that a seed draws.
func holdWalks() []scenario {
	var all []scenario
	for seed := range uint64(30) {
		all = append(all, scenario{name: "hold walk " + strconv.FormatUint(seed, 10), long: true, play: func(s *scene) { s.holdWalk(seed) }})
	}
	return all
}

// holdWalk takes a deposit at a network in trouble, captures and releases of it,
// and does at each step what a machine does: ask, send a move again that is not
// there, undo a deposit that does not come. What is left of it has to be what the
// books say, and the network.
func (s *scene) holdWalk(seed uint64) {
	w := &stroll{scene: s, seed: seed, chance: rand.New(rand.NewPCG(seed, 3))}
	d, ok := w.deposit()
	if !ok {
		return
	}
	var captured, released money.Fen
	for n := 1; n <= 3 && captured+released < amount; n++ {
		m, done := w.draw(d, n, amount-captured-released)
		if !w.follow(m, done) {
			return
		}
		if done == pay.Paid {
			captured += m.Amount
		} else {
			released += m.Amount
		}
		if m.Last && done == pay.Paid {
			released = amount - captured
		}
		s.pass(time.Minute) // what comes late comes now
		s.wantBooks(d.Attempt, captured, released, amount-captured-released)
	}
}

// stroll is one walk.
type stroll struct {
	*scene
	seed   uint64
	chance *rand.Rand
}

// falter has every request go wrong by chance, for ten minutes.
func (w *stroll) falter() {
	kinds := slices.DeleteFunc(sandbox.Kinds(), func(kind string) bool { // for others than a machine alone
		return slices.Contains([]string{sandbox.Abnormal, sandbox.ComesBack, sandbox.WrongAmount, sandbox.UndoLies}, kind)
	})
	since := w.now()
	w.onArrival(func(sandbox.Op, string) sandbox.Behaviour {
		if w.now().Sub(since) > 10*time.Minute || w.chance.IntN(3) == 0 {
			return sandbox.Behaviour{}
		}
		b := sandbox.Do(kinds[w.chance.IntN(len(kinds))])
		if b.Kind == sandbox.Garbage {
			b.Code = sandbox.Garbages()[w.chance.IntN(len(sandbox.Garbages()))]
		}
		return b
	})
}

// deposit takes one; false: nothing is held in the end, or a person has to look.
func (w *stroll) deposit() (deposit, bool) {
	customers := []string{sandbox.Pays, sandbox.Pays, sandbox.Pays, "password:10s", sandbox.NoMoney, sandbox.PasswordNever}
	w.falter()
	c := w.order(customers[w.chance.IntN(len(customers))])
	start, a := w.now(), c.Attempt
	r := w.take(w.ctx, c)
	for ; !r.State.Final() || a.Returning && r.State == pay.Paid; r = w.queryHold(a) {
		w.pass(5 * time.Second)
		waited := w.now().Sub(start)
		if waited > max(w.Timing.Patience, w.Timing.Hold.Undo.NotBefore) {
			a.Returning = true
			w.undoHold(a)
		}
		if calm := waited > 11*time.Minute; calm && r.NotFound || waited > time.Hour {
			if !r.NotFound && !w.waitsForever() {
				w.problem("seed %d: it does not end: %+v", w.seed, r)
			}
			w.wantNothing(a)
			return deposit{}, false
		}
	}
	if r.State != pay.Paid {
		return deposit{}, false
	}
	w.onArrival(nil)
	w.pass(w.Timing.Hold.Undo.NotBefore)
	r = w.queryHold(a)
	a.Network = r.Network
	return deposit{a, r.Payer, r.Wallet}, r.State == pay.Paid
}

// waitsForever tells whether the network has nothing that ends an open deposit.
func (w *stroll) waitsForever() bool {
	_, unlike := w.unlike("hold password never")
	return unlike
}

// draw is the n-th move of a deposit of which so much is left.
func (w *stroll) draw(d deposit, n int, left money.Fen) (pay.Move, pay.State) {
	terms, sum := w.terms(), 1+money.Fen(w.chance.Int64N(int64(left)))
	if w.chance.IntN(3) == 0 {
		if !terms.Parts {
			sum = left
		}
		return w.releaseOf(d, n, sum), pay.Returned
	}
	m := w.captureOf(d, n, sum)
	m.Last = m.Last || w.chance.IntN(4) == 0
	return m, pay.Paid
}

// follow sends a move and sees it through, as a machine does.
func (w *stroll) follow(m pay.Move, done pay.State) bool {
	w.falter()
	send, ask := w.capture, w.queryCapture
	if done == pay.Returned {
		send, ask = w.release, w.queryRelease
	}
	start := w.now()
	for r := send(m); r.State != done; {
		if w.now().Sub(start) > time.Hour || r.State == pay.Declined {
			w.problem("seed %d: %s does not end well: %+v", w.seed, m.Number, r)
			return false
		}
		if r.NotFound {
			w.pass(w.Timing.Hold.Again)
			r = send(m)
			continue
		}
		w.pass(10 * time.Second) // after a Mismatch too: that was one answer of a network that is not calm
		r = ask(m)
	}
	w.onArrival(nil)
	return true
}
