package duty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tillgate/agent/flow"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// renewed is why a deposit goes back in whose place another one is held.
const renewed = "另押一笔 Held anew"

// Hold takes a deposit on a lane, for whoever may sell there. The Ask says who asks; By
// is empty where nobody is set up to sign in. A deposit that replaces another (Instead)
// must be for the same room, and needs what a release of the other needs: the other is
// released once this one is held. Hold returns once the intent is durable, or a draft
// waits for the guest's code, or with why not.
func (d *Desk) Hold(ctx context.Context, a Ask, spec flow.DepositSpec) (flow.Said, error) {
	if !slices.Contains(d.Lanes.Names(), a.Lane) {
		return flow.Said{}, halt(words.HaltNoLane, a.Lane)
	}
	if a.By != "" {
		if err := d.May(a.By, staff.Sell, a.Lane); err != nil {
			return flow.Said{}, err
		}
	}
	spec.Staff, spec.By = a.who(), d.asker(a)
	if spec.Instead == 0 {
		return d.tell(ctx, a.Lane, spec)
	}
	a.Operation, a.Order, a.Amount, a.Anew, a.Reason = Release, spec.Instead, 0, true, cmp.Or(strings.TrimSpace(a.Reason), renewed)
	a, h, err := d.holding(ctx, a)
	if err != nil {
		return flow.Said{}, err
	}
	old, err := d.Journal.Holds(ctx, store.HoldQuery{Name: h.Asked.Number, Max: 1})
	switch {
	case err != nil:
		return flow.Said{}, fmt.Errorf("read the room of deposit %d: %w", h.ID, err)
	case len(old) != 1 || entry.RoomKey(old[0].Room) != entry.RoomKey(spec.Room):
		return flow.Said{}, halt(words.HaltLane, words.TellHoldInstead)
	}
	return d.letGo(ctx, a, func(by string) flow.Event { spec.By = by; return spec })
}

// Capture takes money from a deposit that is held. It needs the right to sell, for the
// money stays with the shop. With last, the rest goes back to the guest. That needs what
// a release of the rest needs. A rest that the network always returns needs no
// approval, but above the refund limit the right to refund.
func (d *Desk) Capture(ctx context.Context, a Ask, last bool) (flow.Said, error) {
	a.Operation, a.Reason = Capture, strings.TrimSpace(a.Reason)
	if err := kept(a.Reason); err != nil {
		return flow.Said{}, err
	}
	if err := d.takes(a); err != nil {
		return flow.Said{}, err
	}
	a, h, err := d.holding(ctx, a)
	if err != nil {
		return flow.Said{}, err
	}
	if rest := RestOf(h, a.Amount, last); rest > 0 {
		a.Operation, a.Taken, a.Amount = Release, a.Amount, rest
		return d.release(ctx, a)
	}
	if a.By != "" && goes(h, a.Amount) > d.RefundLimit() { // a capture of a fen is a release
		if err := d.May(a.By, staff.Refund, a.Lane); err != nil {
			return flow.Said{}, err
		}
	}
	return d.tell(ctx, a.Lane, flow.CaptureSpec{Hold: a.Order, Amount: a.Amount, Last: last, Reason: a.Reason, Staff: a.who(), By: d.asker(a), Request: a.Once})
}

// takes is the right to take money from a deposit: the lane, and to sell there.
func (d *Desk) takes(a Ask) error {
	switch {
	case !slices.Contains(d.Lanes.Names(), a.Lane):
		return halt(words.HaltNoLane, a.Lane)
	case a.Program != "" && a.By == "":
		return nil
	}
	return d.May(a.By, staff.Sell, a.Lane)
}

// goes is what a network gives back with a capture, wanted or not.
func goes(h store.Hold, amount money.Fen) money.Fen {
	if h.Placed == nil || !h.Placed.RestGoes {
		return 0
	}
	return max(h.Left()-amount, 0)
}

// RestOf is what a capture lets go because somebody wants it so; what a network
// gives back with any capture is nobody's decision.
func RestOf(h store.Hold, amount money.Fen, last bool) money.Fen {
	if !last || h.Placed == nil || h.Placed.RestGoes {
		return 0
	}
	return max(h.Left()-amount, 0)
}

// Release gives money of a deposit back, or all that is left where the Ask has no
// amount, by the rules of a refund: the right, being on duty, and as many
// approvals as its sum takes. The Ask names the deposit or its number. An approved
// release that belonged to a last capture (Taken) carries out that capture.
func (d *Desk) Release(ctx context.Context, a Ask) (flow.Said, error) {
	a.Operation, a.Reason = Release, strings.TrimSpace(a.Reason)
	switch {
	case !slices.Contains(d.Lanes.Names(), a.Lane):
		return flow.Said{}, halt(words.HaltNoLane, a.Lane)
	case a.Anew: // it goes once another one is held
		return flow.Said{}, halt(words.HaltOther)
	case a.Taken != 0:
		if err := d.takes(a); err != nil {
			return flow.Said{}, err
		}
	}
	a, h, err := d.holding(ctx, a)
	switch {
	case err != nil:
		return flow.Said{}, err
	case a.Taken != 0 && (a.Taken < 0 || a.Amount != RestOf(h, a.Taken, true)): // it has changed since
		return flow.Said{}, halt(words.HaltOther)
	}
	return d.release(ctx, a)
}

func (d *Desk) release(ctx context.Context, a Ask) (flow.Said, error) {
	return d.letGo(ctx, a, func(by string) flow.Event {
		if a.Taken != 0 {
			return flow.CaptureSpec{Hold: a.Order, Amount: a.Taken, Last: true, Reason: a.Reason, Staff: a.who(), By: by, Request: a.Once}
		}
		return flow.ReleaseSpec{Hold: a.Order, Amount: a.Amount, Reason: a.Reason, Staff: a.who(), By: by, Request: a.Once}
	})
}

// letGo has a lane do what lets money go, if that is allowed now. Where the lane
// has too much to do, what was approved stays so.
func (d *Desk) letGo(ctx context.Context, a Ask, event func(by string) flow.Event) (flow.Said, error) {
	taken := d.approved(a.Request)
	before, heard := d.reserve(a)
	allowed, err := d.allow(ctx, a, before)
	if err != nil {
		heard()
		return flow.Said{}, err
	}
	said, err := d.offer(ctx, a.Lane, event(allowed.By), heard)
	if r := (*Refusal)(nil); errors.As(err, &r) && r.Why == words.HaltLaneBusy && taken != nil {
		d.putBack(taken)
	}
	return said, err
}

// holding finds an Ask's deposit, and all that is left of it where no amount is named.
func (d *Desk) holding(ctx context.Context, a Ask) (_ Ask, h store.Hold, err error) {
	if a.Order == 0 {
		h, err = d.Journal.HoldOf(ctx, a.Number)
	} else {
		h, err = d.Journal.Hold(ctx, a.Order)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return a, h, d.notHere(ctx, a)
	case err != nil:
		return a, h, fmt.Errorf("read deposit %d %s: %w", a.Order, a.Number, err)
	case a.Amount < 0:
		return a, h, halt(words.HaltLane, words.TellAmountZero)
	case h.Moving() != nil:
		return a, h, halt(words.HaltLane, words.TellHoldMoving)
	case h.Left() == 0:
		return a, h, halt(words.HaltLane, words.TellHoldNotHeld)
	case a.Amount > h.Left():
		return a, h, halt(words.HaltLane, words.TellHoldHigh)
	case a.Amount == 0:
		a.Amount = h.Left()
	}
	a.Order, a.Number = h.ID, h.Asked.Number
	return a, h, nil
}
