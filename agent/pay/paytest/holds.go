package paytest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// RunHold plays every scenario of deposits, likewise. Those of codes that are
// shown are for a network with a HoldShower.
func RunHold(t *testing.T, start Start) {
	t.Helper()
	runAll(t, start, holds())
}

func holds() []scenario {
	return slices.Concat(guests(), movers(), refusedMoves(), lapses(), moveTroubles(), holdCases(), holdRefunds(), shownHolds(),
		holdAnswers(), holdUndos(), moveAnswers(), holdQueries(), holdWalks())
}

// The operations of the network that each of a provider's calls may come to:
// some have one for two of them.
var (
	asksHold    = []sandbox.Op{sandbox.HoldQuery}
	undoesHold  = []sandbox.Op{sandbox.HoldUndo, sandbox.Release}
	captures    = []sandbox.Op{sandbox.Capture}
	asksCapture = []sandbox.Op{sandbox.CaptureQuery, sandbox.Query, sandbox.HoldQuery}
	releases    = []sandbox.Op{sandbox.Release, sandbox.HoldUndo}
	asksRelease = []sandbox.Op{sandbox.ReleaseQuery, sandbox.HoldQuery}
)

// trouble has the next request of one of these operations go wrong.
func (s *scene) trouble(b sandbox.Behaviour, ops []sandbox.Op) {
	var over atomic.Bool
	s.onArrival(func(op sandbox.Op, _ string) sandbox.Behaviour {
		if slices.Contains(ops, op) && over.CompareAndSwap(false, true) {
			return b
		}
		return sandbox.Behaviour{}
	})
}

func (s *scene) terms() pay.HoldTerms { return s.Holder.Terms(s.HoldWallet) }

// life is after how long the network gives back what is left; 0: never.
func (s *scene) life() time.Duration { return cmp.Or(s.terms().Life, s.HoldLife) }

// deposit is a deposit with what its moves have to say of it.
type deposit struct {
	pay.Attempt
	payer, wallet string
}

// hold asks for the deposit of a customer who behaves as told.
func (s *scene) hold(customer string) (pay.Attempt, pay.Result) {
	c := s.order(customer)
	return c.Attempt, s.take(s.ctx, c)
}

// take asks once, and sees that it was once.
func (s *scene) take(ctx context.Context, c pay.Charge) pay.Result {
	before := s.Sandbox.Seen(sandbox.Hold, c.Number)
	r := s.Holder.Hold(ctx, c)
	sent := s.Sandbox.Seen(sandbox.Hold, c.Number) - before
	if sent > 1 || r.State == pay.NotSent && sent != 0 {
		s.problem("hold %s: was sent %d times, and the result is %v", c.Number, sent, r.State)
	}
	s.checkHold("hold", c.Attempt, r, string(c.Code))
	return r
}

// held is a deposit of a customer who pays at once.
func (s *scene) held() deposit {
	a, r := s.hold(sandbox.Pays)
	s.want("hold", r, pay.Paid)
	a.Network = r.Network
	return deposit{a, r.Payer, cmp.Or(r.Wallet, s.HoldWallet)}
}

func (s *scene) queryHold(a pay.Attempt) pay.Result {
	r := s.Holder.QueryHold(s.ctx, a)
	s.checkHold("query of hold", a, r)
	return r
}

func (s *scene) undoHold(a pay.Attempt) pay.Result {
	r := s.Holder.UndoHold(s.ctx, a)
	if r.State != pay.Unknown && r.State != pay.Declined {
		s.problem("undo of hold %s: it answers %v", a.Number, r.State)
	}
	s.checkHold("undo of hold", a, r)
	return r
}

// checkHold holds a result against the contract and the books.
func (s *scene) checkHold(op string, a pay.Attempt, r pay.Result, code ...string) {
	for _, flaw := range s.holdFlaws(op, a, r) {
		s.problem("%s %s: %s: %+v", op, a.Number, flaw, r)
	}
	s.noSecrets(op, a.Number, r, code...)
}

// noSecrets sees that a result tells no secret.
func (s *scene) noSecrets(op, number string, r pay.Result, code ...string) {
	text := fmt.Sprintf("%+v %#v", r, r)
	for _, secret := range slices.Concat(s.Secrets, code) {
		if strings.Contains(text, secret) {
			s.problem("%s %s: the result tells a secret", op, number)
		}
	}
}

func (s *scene) holdFlaws(op string, a pay.Attempt, r pay.Result) (flaws []string) {
	flaw := func(when bool, text string) {
		if when {
			flaws = append(flaws, text)
		}
	}
	asks, undoes := op == "hold" || op == "show of hold", op == "undo of hold"
	books := s.Sandbox.Totals(a.Number)
	flaw(r.State == pay.Absent || r.State == pay.Returned, "that is no word for a deposit")
	flaw(r.State == pay.NotSent && !asks, "that it was not sent says nothing of the deposit")
	flaw(r.NotFound && (r.State != pay.Unknown || asks), "what is not found is unknown, and was looked for")
	flaw((r.Link != "") != (op == "show of hold" && r.State == pay.Waiting), "a link in the wrong place")
	flaw(r.State == pay.Unknown && r.Code == "" && !r.NotFound, "nobody is told why")
	flaw(r.Message != "" && r.Date.IsZero(), "words for the payer that were not verified")
	flaw(r.State.Final() && r.State != pay.NotSent && r.Date.IsZero() || r.State == pay.Waiting && r.Date.IsZero(), "not verified")
	flaw(r.Settled != 0, "nothing of what is held is the merchant's")
	if r.Held != nil {
		flaw(*r.Held != pay.Held{Captured: books.Captured, Released: books.Released, Left: books.Left}, fmt.Sprintf("the books say %+v", books))
	}
	switch r.State {
	case pay.Paid:
		flaw(books.Held != a.Amount || r.Amount != a.Amount, fmt.Sprintf("held, and in the books are %v", books.Held))
		flaw(r.Held == nil && !asks, "what became of it is not told")
		flaw(r.Network == "", "held, and without the network's number")
		flaw(r.PaidAt.IsZero() || r.PaidAt.After(s.now()) || r.PaidAt.Before(a.Asked.Add(-5*time.Minute)), "held from no good time on")
	case pay.Declined:
		flaw(r.Code == "", "declined, and nobody is told why")
		flaw(!undoes && books.Left+books.Captured != 0, fmt.Sprintf("declined, and the books say %+v", books))
		flaw(!undoes && r.Returned != (books.Held > 0), "whether it has come back is told wrongly")
	case pay.Waiting:
		flaw(books.Held != 0, "it waits for nobody")
	}
	return flaws
}

// wantBooks sees what a deposit has come to, in the books and by the network's
// own word: what was held is captured, released and left.
func (s *scene) wantBooks(a pay.Attempt, captured, released, left money.Fen) {
	books := s.Sandbox.Totals(a.Number)
	if want := (sandbox.Totals{Held: captured + released + left, Captured: captured, Released: released, Left: left}); books != want {
		s.problem("%s: the books say %+v, want %+v", a.Number, books, want)
	}
	s.onArrival(nil)
	a.Returning = false
	r := s.queryHold(a)
	if s.want("query of hold", r, pay.Paid); r.Held == nil || *r.Held != (pay.Held{Captured: captured, Released: released, Left: left}) {
		s.problem("%s: the network says %+v of %+v", a.Number, r.Held, books)
	}
}

// gone undoes a deposit as a machine would, until a query says that nothing is held.
func (s *scene) gone(a pay.Attempt) {
	a.Returning = true
	s.pass(s.Timing.Hold.Undo.NotBefore)
	for range 5 {
		s.undoHold(a)
		if r := s.queryHold(a); r.State == pay.Declined || r.NotFound && a.Shown && s.Unscanned {
			s.wantNothing(a)
			return
		}
		s.pass(time.Minute)
	}
	s.problem("%s: it does not go back", a.Number)
}

// wantNothing sees that nothing of a deposit is with anybody but its payer.
func (s *scene) wantNothing(a pay.Attempt) {
	if books := s.Sandbox.Totals(a.Number); books.Left+books.Captured != 0 {
		s.problem("%s: the books say %+v, want nothing held or captured", a.Number, books)
	}
}
