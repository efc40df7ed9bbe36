package duty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// Refund lets a part of an order go back, or all that is left of it where the
// Ask has no amount. The Ask names the order or its number, as a slip has it. It
// returns once the refund's intent is durable, or refused: it does not wait for a
// network. Said.Key is the refund's. Where it takes approvals the refusal has the
// request for them.
func (d *Desk) Refund(ctx context.Context, a Ask) (flow.Said, error) {
	a.Operation, a.Reason = Refund, strings.TrimSpace(a.Reason)
	if !slices.Contains(d.Lanes.Names(), a.Lane) {
		return flow.Said{}, halt(words.HaltNoLane, a.Lane)
	}
	a, err := d.payable(ctx, a)
	if err != nil {
		return flow.Said{}, err
	}
	return d.letGo(ctx, a, func(by string) flow.Event {
		return flow.Refund{Order: a.Order, Amount: a.Amount, Capture: a.Capture, Reason: a.Reason, Staff: a.who(), By: by, Request: a.Once}
	})
}

// approved is a request as it is now, nil where there is none.
func (d *Desk) approved(id string) *request {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.live(id)
}

// payable finds an Ask's order and says how much of it goes back; of a deposit also
// of which of its captures, so that what is approved is what is done.
func (d *Desk) payable(ctx context.Context, a Ask) (Ask, error) {
	if _, what, err := entry.MoveOf(a.Number); err == nil && what == entry.Capture && a.Capture == "" {
		a.Capture = a.Number
	}
	if a.Order == 0 {
		key, err := d.Journal.Find(ctx, entry.Base(a.Number))
		switch {
		case errors.Is(err, store.ErrNotFound):
			return a, halt(words.HaltNoOrder, a.Number)
		case err != nil:
			return a, fmt.Errorf("find order %s: %w", a.Number, err)
		}
		a.Order = key
	}
	p, err := d.Journal.Payment(ctx, a.Order)
	left := p.Left()
	if p.Hold != nil && left > 0 {
		capture, ok := p.CaptureOf(a.Capture)
		if !ok {
			return a, halt(words.HaltLane, words.TellRefundNone)
		}
		a.Capture, left = capture.Number, p.LeftOf(capture)
	}
	switch {
	case p.Uncertain:
		return a, halt(words.HaltLane, words.TellRefundUncertain)
	case errors.Is(err, store.ErrNotFound), err == nil && !p.Paid() && !p.Frozen && !p.GoingBack:
		return a, halt(words.HaltNoOrder, a.Number)
	case err != nil:
		return a, fmt.Errorf("read order %d: %w", a.Order, err)
	case p.Frozen:
		return a, halt(words.HaltLane, words.TellFrozen)
	case p.GoingBack:
		return a, halt(words.HaltLane, words.TellRefundGoingBack)
	case a.Amount < 0:
		return a, halt(words.HaltLane, words.TellAmountZero)
	case left == 0:
		return a, halt(words.HaltSpent)
	case a.Amount > left:
		return a, halt(words.HaltAmount, left)
	case a.Amount == 0:
		a.Amount = left
	}
	a.Number = p.Settled.Number
	return a, nil
}

// tell gives a lane an event and waits for what it says of it. Whoever hangs up
// meanwhile undoes nothing.
func (d *Desk) tell(ctx context.Context, lane string, ev flow.Event) (flow.Said, error) {
	return d.offer(ctx, lane, ev, func() {})
}

// offer is tell, with what to do once the lane has heard of it, or never will: that
// may be long after nobody waits any more.
func (d *Desk) offer(ctx context.Context, lane string, ev flow.Event, done func()) (flow.Said, error) {
	said, err := flow.Ask(ctx, func(ev flow.Event) bool {
		call := ev.(flow.Call)
		hears := call.Done
		call.Done = func(said flow.Said) { done(); hears(said) }
		if !d.Lanes.Offer(lane, call) {
			done()
			return false
		}
		return true
	}, ev)
	switch {
	case errors.Is(err, flow.ErrBusy):
		return said, halt(words.HaltLaneBusy, lane)
	case err != nil:
		return said, fmt.Errorf("wait for lane %s, which goes on: %w", lane, err)
	}
	switch said.Tell {
	case "", words.TellDecided, words.TellHoldScan:
		return said, nil
	}
	return said, halt(words.HaltLane, said.Tell)
}
