package pay_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/pay"
)

// vault is a network that takes deposits too.
type vault struct{ network }

func (n *vault) Terms(string) pay.HoldTerms                              { return pay.HoldTerms{Code: true, Captures: 1} }
func (n *vault) Hold(ctx context.Context, c pay.Charge) pay.Result       { return n.begins(ctx, c.Number) }
func (n *vault) ShowHold(ctx context.Context, o pay.Offer) pay.Result    { return n.begins(ctx, o.Number) }
func (n *vault) QueryHold(ctx context.Context, _ pay.Attempt) pay.Result { return n.asked(ctx) }
func (n *vault) UndoHold(ctx context.Context, _ pay.Attempt) pay.Result  { return n.asked(ctx) }
func (n *vault) Capture(ctx context.Context, _ pay.Move) pay.Result      { return n.asked(ctx) }
func (n *vault) QueryCapture(ctx context.Context, _ pay.Move) pay.Result { return n.asked(ctx) }
func (n *vault) Release(ctx context.Context, _ pay.Move) pay.Result      { return n.asked(ctx) }
func (n *vault) QueryRelease(ctx context.Context, _ pay.Move) pay.Result { return n.asked(ctx) }

// TestDepositsKeepThePace: while a network is silent no deposit begins, like no
// charge; questions and moves stand apart where it cannot keep up.
func TestDepositsKeepThePace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		net := &vault{}
		net.says(silence)
		p := pay.Pace(net).(pay.HoldShower)
		for range 5 {
			p.QueryHold(t.Context(), pay.Attempt{})
		}
		if r := p.Hold(t.Context(), pay.Charge{Attempt: pay.Attempt{Number: "1"}}); r.State != pay.NotSent || net.sent() != 0 {
			t.Errorf("a deposit at a silent network: %+v, %d sent", r, net.sent())
		}
		if r := p.ShowHold(t.Context(), pay.Offer{Attempt: pay.Attempt{Number: "2"}}); r.State != pay.NotSent || net.sent() != 0 {
			t.Errorf("a code of a silent network: %+v, %d sent", r, net.sent())
		}
		time.Sleep(time.Minute)
		net.says(good)
		if r := p.Hold(t.Context(), pay.Charge{Attempt: pay.Attempt{Number: "3"}}); r.State != pay.Waiting || net.sent() != 1 {
			t.Errorf("a deposit afterwards: %+v, %d sent", r, net.sent())
		}
		net.says(pay.Result{Code: "FREQUENCY_LIMITED"})
		mover := p.(pay.Mover)
		mover.Capture(t.Context(), pay.Move{})
		before := time.Now()
		for _, ask := range []func(context.Context, pay.Move) pay.Result{mover.QueryCapture, mover.Release, mover.QueryRelease} {
			ask(t.Context(), pay.Move{})
		}
		p.UndoHold(t.Context(), pay.Attempt{})
		if waited := time.Since(before); waited < 2*4*time.Second {
			t.Errorf("four questions in %v at a network that wants fewer", waited)
		}
	})
}

// TestPaceOfAClientWithoutDeposits: nothing is sent, and nothing is final but that.
func TestPaceOfAClientWithoutDeposits(t *testing.T) {
	t.Parallel()
	p := pay.Pace(&network{}).(pay.HoldShower)
	if terms := p.Terms(""); terms != (pay.HoldTerms{}) {
		t.Errorf("it offers %+v", terms)
	}
	for _, r := range []pay.Result{p.Hold(t.Context(), pay.Charge{}), p.ShowHold(t.Context(), pay.Offer{})} {
		if r.State != pay.NotSent {
			t.Errorf("what cannot be begun is %+v", r)
		}
	}
	m := p.(pay.Mover)
	for _, r := range []pay.Result{
		p.QueryHold(t.Context(), pay.Attempt{}), p.UndoHold(t.Context(), pay.Attempt{}),
		m.Capture(t.Context(), pay.Move{}), m.QueryCapture(t.Context(), pay.Move{}), m.Release(t.Context(), pay.Move{}), m.QueryRelease(t.Context(), pay.Move{}),
	} {
		if r.State != pay.Unknown || !r.Fault {
			t.Errorf("what nobody can answer is %+v", r)
		}
	}
}
