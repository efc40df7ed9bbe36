package flow

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"tillgate/agent/pay"
)

// Networks carries out what machines want of payment networks: the one place
// in the program that calls a provider.
type Networks struct {
	Providers map[string]pay.Provider // by merchant name
	Timing    func(network string) pay.Timing
	Device    string                   // our device, in the networks' device fields
	Answered  func(Effect, pay.Result) // is told of every result; nil tells nobody
	Log       *slog.Logger

	// OnDate hears of each Date that came with a verified signature, with the
	// boot clock's ms of asking and of hearing, which Boot tells. nil: nobody does.
	OnDate func(network string, date time.Time, asked, heard int64)
	Boot   func() int64 // needed for OnDate

	mu    sync.Mutex
	calls map[string]bool // numbers of attempts, refunds and moves of deposits that are being asked about
	group sync.WaitGroup
}

// Do begins a call and returns at once; the answer comes through bring. A
// second call for the same attempt or refund while one is under way is a mistake in a
// machine: it is reported and not made, and answered with Unknown, so that the
// machine asks again and waits for nothing that never comes.
func (n *Networks) Do(ctx context.Context, e Effect, bring func(context.Context, Event)) {
	number := cmp.Or(e.Refund.Number, e.Move.Number, e.Attempt.Number)
	if !n.begin(number) {
		n.Log.Error("it is being asked about already", "number", number, "do", e.Do)
		n.group.Go(func() {
			bring(ctx, Answer{Key: e.Key, Do: e.Do, Number: number, Result: pay.Result{Code: "asked already"}})
		})
		return
	}
	n.group.Go(func() {
		result := n.hearDate(e.Network, func() pay.Result { return n.call(ctx, e) })
		n.end(number)
		if n.Answered != nil && result.Code != pay.CodeNoRefunds { // else nobody was asked
			n.Answered(e, result)
		}
		bring(ctx, Answer{Key: e.Key, Do: e.Do, Number: number, Result: result})
		n.Log.Info("network answered", "do", e.Do, "number", number, "state", result.State, "code", result.Code, "not_found", result.NotFound)
	})
}

// Wait returns when every call that was begun has ended.
func (n *Networks) Wait() { n.group.Wait() }

// hearDate tells of the Date of a call's result.
func (n *Networks) hearDate(network string, call func() pay.Result) pay.Result {
	if n.OnDate == nil {
		return call()
	}
	asked := n.Boot()
	result := call()
	if !result.Date.IsZero() {
		n.OnDate(network, result.Date, asked, n.Boot())
	}
	return result
}

func (n *Networks) call(ctx context.Context, e Effect) pay.Result {
	p := n.Providers[e.Attempt.Merchant]
	if p == nil {
		return pay.Result{Code: "merchant not configured"}
	}
	t := n.Timing(e.Network)
	ctx, cancel := context.WithTimeout(ctx, answerWithin(t, e.Do))
	defer cancel()
	switch e.Do {
	case Charge:
		if e.ready != nil {
			return e.ready()(ctx)
		}
		return p.Charge(ctx, n.charge(e))
	case Show:
		shower, ok := p.(pay.Shower)
		if !ok {
			return pay.Result{State: pay.NotSent, Code: "no QR codes"}
		}
		return shower.Show(ctx, pay.Offer{Attempt: e.Attempt, Title: e.Title, Life: t.Show.Life, Device: n.Device, Lane: e.Receipt.Lane,
			Staff: e.Staff, Full: e.Full, Note: e.Note})
	case AskRefund, QueryRefund:
		return n.refund(ctx, p, e)
	case Hold, ShowHold, QueryHold, UndoHold:
		return n.hold(ctx, p, e)
	case Capture, QueryCapture, Release, QueryRelease:
		return n.move(ctx, p, e)
	case Query:
		return p.Query(ctx, e.Attempt)
	}
	return p.Undo(ctx, e.Attempt)
}

// answerWithin is how long a network may take over a call.
func answerWithin(t pay.Timing, do Verb) time.Duration {
	switch do {
	case Charge, Hold:
		return t.Call
	case Show, ShowHold:
		return t.Show.Call
	case AskRefund:
		return t.Refund.Call
	case Capture, Release:
		return t.Hold.Call
	}
	return t.Ask
}

func (n *Networks) refund(ctx context.Context, p pay.Provider, e Effect) pay.Result {
	refunder, ok := p.(pay.Refunder)
	if !ok {
		return pay.NoRefunds()
	}
	r := e.Refund
	r.Of, r.Device = e.Attempt, n.Device
	if e.Do == QueryRefund {
		return refunder.QueryRefund(ctx, r)
	}
	return refunder.Refund(ctx, r)
}

// Terms are what a merchant's network offers for the deposits of a wallet; none
// where it takes none.
func (n *Networks) Terms(merchant, wallet string) pay.HoldTerms {
	if h, ok := n.Providers[merchant].(pay.Holder); ok {
		return h.Terms(wallet)
	}
	return pay.HoldTerms{}
}

func (n *Networks) hold(ctx context.Context, p pay.Provider, e Effect) pay.Result {
	holder, ok := p.(pay.Holder)
	if !ok {
		return pay.NoHolds(e.Do == Hold || e.Do == ShowHold)
	}
	switch e.Do {
	case Hold:
		return holder.Hold(ctx, n.charge(e))
	case QueryHold:
		return holder.QueryHold(ctx, e.Attempt)
	case UndoHold:
		return holder.UndoHold(ctx, e.Attempt)
	}
	shower, ok := p.(pay.HoldShower)
	if !ok {
		return pay.Result{State: pay.NotSent, Code: "no QR codes"}
	}
	return shower.ShowHold(ctx, pay.Offer{Attempt: e.Attempt, Title: e.Title, Life: n.Timing(e.Network).Show.Life, Device: n.Device, Lane: e.Receipt.Lane, Staff: e.Staff})
}

func (n *Networks) move(ctx context.Context, p pay.Provider, e Effect) pay.Result {
	mover, ok := p.(pay.Mover)
	if !ok {
		return pay.NoHolds(false)
	}
	m := e.Move
	m.Of, m.Device = e.Attempt, n.Device
	switch e.Do {
	case Capture:
		return mover.Capture(ctx, m)
	case QueryCapture:
		return mover.QueryCapture(ctx, m)
	case Release:
		return mover.Release(ctx, m)
	}
	return mover.QueryRelease(ctx, m)
}

func (n *Networks) charge(e Effect) pay.Charge {
	return pay.Charge{Attempt: e.Attempt, Code: e.Code, Title: e.Title, Device: n.Device, Lane: e.Receipt.Lane, Staff: e.Staff, Full: e.Full, Note: e.Note}
}

// ask sends a request that is ready to leave.
type ask func(context.Context) pay.Result

// prepare begins to make the request of a charge whose intent is not durable
// yet: to build and sign it takes no time of its own then. Nothing leaves before
// Do; the request of a decision that is not written is forgotten.
func (n *Networks) prepare(e *Effect) {
	p, ok := n.Providers[e.Attempt.Merchant].(pay.Preparer)
	if !ok || e.Do != Charge {
		return
	}
	charge := n.charge(*e)
	ready := sync.OnceValue(func() ask { return p.Prepare(charge) })
	e.ready = ready
	n.group.Go(func() { ready() }) // where no core is free for it, Do makes it
}

func (n *Networks) begin(number string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.calls[number] {
		return false
	}
	if n.calls == nil {
		n.calls = map[string]bool{}
	}
	n.calls[number] = true
	return true
}

func (n *Networks) end(number string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.calls, number)
}
