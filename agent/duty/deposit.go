package duty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tillgate/agent/flow"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
)

// Hold takes a deposit on a lane, for whoever may sell there; By is a person's
// id, empty where nobody is set up to sign in. It returns once the intent is
// durable, or a draft waits for the guest's code, or why not.
func (d *Desk) Hold(ctx context.Context, by, lane string, spec flow.DepositSpec) (flow.Said, error) {
	if !slices.Contains(d.Lanes.Names(), lane) {
		return flow.Said{}, halt(words.HaltNoLane, lane)
	}
	if by != "" {
		if err := d.May(by, staff.Sell, lane); err != nil {
			return flow.Said{}, err
		}
		spec.Staff, spec.By = by, d.name(by)
	}
	return d.tell(ctx, lane, spec)
}

// Capture takes money from a deposit that is held. It takes the right to sell: the
// money stays with the shop. Where last, the rest goes back to the guest with it.
func (d *Desk) Capture(ctx context.Context, a Ask, last bool) (flow.Said, error) {
	a.Operation, a.Reason = Capture, strings.TrimSpace(a.Reason)
	if !slices.Contains(d.Lanes.Names(), a.Lane) {
		return flow.Said{}, halt(words.HaltNoLane, a.Lane)
	}
	if a.Program == "" {
		if err := d.May(a.By, staff.Sell, a.Lane); err != nil {
			return flow.Said{}, err
		}
	}
	a, err := d.holding(ctx, a)
	if err != nil {
		return flow.Said{}, err
	}
	return d.tell(ctx, a.Lane, flow.CaptureSpec{Hold: a.Order, Amount: a.Amount, Last: last, Reason: a.Reason, Staff: a.who(), By: d.asker(a), Request: a.Once})
}

// Release gives money of a deposit back, or all that is left where the Ask has no
// amount, by the rules of a refund: the right, being on duty, and as many
// approvals as its sum takes. The Ask names the deposit or its number.
func (d *Desk) Release(ctx context.Context, a Ask) (flow.Said, error) {
	a.Operation, a.Reason = Release, strings.TrimSpace(a.Reason)
	if !slices.Contains(d.Lanes.Names(), a.Lane) {
		return flow.Said{}, halt(words.HaltNoLane, a.Lane)
	}
	a, err := d.holding(ctx, a)
	if err != nil {
		return flow.Said{}, err
	}
	taken := d.approved(a.Request)
	allowed, err := d.Allow(ctx, a)
	if err != nil {
		return flow.Said{}, err
	}
	said, err := d.tell(ctx, a.Lane, flow.ReleaseSpec{Hold: a.Order, Amount: a.Amount, Reason: a.Reason, Staff: a.who(), By: allowed.By, Request: a.Once})
	if r := (*Refusal)(nil); errors.As(err, &r) && r.Why == words.HaltLaneBusy && taken != nil {
		d.putBack(taken)
	}
	return said, err
}

// holding finds an Ask's deposit, and all that is left of it where no amount is named.
func (d *Desk) holding(ctx context.Context, a Ask) (Ask, error) {
	var h store.Hold
	var err error
	if a.Order == 0 {
		h, err = d.Journal.HoldOf(ctx, a.Number)
	} else {
		h, err = d.Journal.Hold(ctx, a.Order)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return a, halt(words.HaltLane, words.TellHoldNone)
	case err != nil:
		return a, fmt.Errorf("read deposit %d %s: %w", a.Order, a.Number, err)
	case a.Amount < 0:
		return a, halt(words.HaltLane, words.TellAmountZero)
	case h.Moving() != nil:
		return a, halt(words.HaltLane, words.TellHoldMoving)
	case h.Left() == 0:
		return a, halt(words.HaltLane, words.TellHoldNotHeld)
	case a.Amount > h.Left():
		return a, halt(words.HaltLane, words.TellHoldHigh)
	case a.Amount == 0:
		a.Amount = h.Left()
	}
	a.Order, a.Number = h.ID, h.Asked.Number
	return a, nil
}
