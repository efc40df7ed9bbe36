package duty

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store"
)

// TakeOver has a lane go on with a deposit of another of the site's agents, which the
// Ask names by its number, that of a move of it, or the wallet's voucher. It takes
// what a capture does, for no money moves. The network is asked and waited for: where
// it does not say what is held, nothing is taken over. The view has what the other
// agent had otherwise.
func (d *Desk) TakeOver(ctx context.Context, a Ask) (flow.Said, error) {
	if err := d.takes(a); err != nil {
		return flow.Said{}, err
	}
	a.Number = strings.Join(strings.Fields(a.Number), "")
	switch _, err := d.Journal.HoldOf(ctx, a.Number); {
	case err == nil:
		return flow.Said{}, halt(words.HaltLane, words.TellHoldHere)
	case !errors.Is(err, store.ErrNotFound):
		return flow.Said{}, fmt.Errorf("find deposit %s: %w", a.Number, err)
	case d.Abroad == nil:
		return flow.Said{}, halt(words.HaltLane, words.TellHoldNone)
	}
	look, err := d.Abroad.Look(ctx, a.Number)
	if err != nil {
		return flow.Said{}, d.missing(a.Number, err)
	}
	look.Staff, look.By, look.Request = a.who(), d.asker(a), a.Once
	return d.tell(ctx, a.Lane, look)
}

// Elsewhere is a deposit of another of the site's agents, as that one has it, by any
// number that leads to it.
func (d *Desk) Elsewhere(ctx context.Context, name string) (flow.Foreign, error) {
	if d.Abroad == nil {
		return flow.Foreign{}, halt(words.HaltLane, words.TellHoldNone)
	}
	f, err := d.Abroad.Site.Find(ctx, name)
	if err != nil {
		return f, d.missing(name, err)
	}
	return f, nil
}

// missing is why a deposit that has no record here was not found elsewhere either.
func (d *Desk) missing(name string, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return halt(words.HaltLane, words.TellHoldNobody)
	}
	d.Log.Warn("the site's other agents could not all be asked for a deposit", "number", name, "err", err)
	return &Refusal{Why: words.HaltLane, Args: []any{words.TellHoldAway}, Cause: err}
}

// notHere is why nothing is done with a deposit that has no record here: another
// agent has it, or nobody, or that is not known.
func (d *Desk) notHere(ctx context.Context, a Ask) error {
	if a.Order != 0 {
		return halt(words.HaltLane, words.TellHoldNone)
	}
	if _, err := d.Elsewhere(ctx, a.Number); err != nil {
		return err
	}
	return halt(words.HaltLane, words.TellHoldAbroad)
}

// Drop gives up a deposit that is not held yet, for whoever may sell on the lane:
// the Ask names it, or with no key the draft that waits for the guest's code.
func (d *Desk) Drop(ctx context.Context, a Ask) (flow.Said, error) {
	if err := d.takes(a); err != nil {
		return flow.Said{}, err
	}
	return d.tell(ctx, a.Lane, flow.DropDeposit{Hold: a.Order, Draft: a.Order == 0})
}
