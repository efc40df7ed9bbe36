package duty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// Decision is what a manager has decided about a frozen order or a move without a
// final word, or somebody's word that a task has been seen to.
type Decision struct {
	By      string
	Key     entry.Seq // of the order, the refund or the task
	Of      entry.Seq // the Frozen or Task entry that was shown; of entry.GivenUp the intent of the move
	What    string    // entry.Booked, entry.GoesBack, entry.Elsewhere or entry.GivenUp; empty: the task is done
	Amount  money.Fen // that was shown
	Why     string
	Request string // the ID of a request that has been approved; empty: there is none yet
}

// errands are the tasks that move no money: who is on duty on their lane may
// close them, for it is who opens a gate by hand.
var errands = []string{"gate-ask", "gate-failed", "slip-failed", "drawer-failed"}

// Decide carries a decision out. Its sum may take a second manager, as a refund's
// does. The machine of the order has the last word: what is on its way back, for
// one, counts as paid no more.
func (d *Desk) Decide(ctx context.Context, x Decision) error {
	var err error
	if x.Why, err = reasoned(x.Why); err != nil {
		return err
	}
	entries, err := d.Journal.Object(ctx, x.Key, 0)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return halt(words.HaltDecision)
	case err != nil:
		return fmt.Errorf("read what is decided on: %w", err)
	}
	i := slices.IndexFunc(entries, func(e entry.Entry) bool { return e.Seq == x.Of })
	lane, followed := flow.LaneOf(entries[0], entries[1:]...)
	switch {
	case i < 0:
		return halt(words.HaltDecision)
	case x.What == "" && entries[i].Kind == entry.Task:
		return d.seenTo(ctx, x, lane, followed, entries)
	case x.What == entry.GivenUp && followed && (entries[i].Kind == entry.MoveAsked || entries[i].Kind.BeginsHold()):
		if !d.manages(x.By) {
			return halt(words.HaltManager)
		}
		return d.decided(ctx, x, lane) // nothing moves by it: what may have moved is what the network says
	case x.What == "" || entries[i].Kind != entry.Frozen:
		return halt(words.HaltDecision)
	}
	if err := d.mayDecide(ctx, x, lane, entries, entry.Must[entry.FrozenBody](entries[i])); err != nil {
		return err
	}
	return d.decided(ctx, x, lane)
}

// mayDecide checks right and approvals for the sum that the network says was paid.
func (d *Desk) mayDecide(ctx context.Context, x Decision, lane string, entries []entry.Entry, frozen entry.FrozenBody) error {
	if !slices.Contains([]string{entry.Booked, entry.GoesBack, entry.Elsewhere}, x.What) {
		return halt(words.HaltDecision)
	}
	sum := cmp.Or(frozen.Amount, orderOf(entries))
	_, err := d.Allow(ctx, Ask{Operation: Decide, By: x.By, Lane: lane, Order: x.Key, Number: frozen.Number, Amount: sum, Reason: x.Why, Request: x.Request})
	return err
}

// orderOf is what an order is for.
func orderOf(entries []entry.Entry) money.Fen {
	switch first := entries[0]; first.Kind {
	case entry.Opened:
		return entry.Must[entry.OpenedBody](first).Amount
	case entry.Inherited:
		return entry.Must[entry.InheritedBody](first).Amount
	}
	return 0
}

// seenTo closes a task: a manager any, who is on duty on its lane an errand.
func (d *Desk) seenTo(ctx context.Context, x Decision, lane string, followed bool, entries []entry.Entry) error {
	i := slices.IndexFunc(entries, func(e entry.Entry) bool { return e.Seq == x.Of })
	errand := followed && slices.Contains(errands, entry.Must[entry.TaskBody](entries[i]).What)
	if !d.manages(x.By) && !(errand && d.onDuty(x.By, lane)) {
		return halt(words.HaltManager)
	}
	if followed {
		return d.decided(ctx, x, lane)
	}
	var open flow.Tasks
	for _, e := range entries {
		open = open.Fold(e)
	}
	if !slices.Contains(open, x.Of) {
		return halt(words.HaltDecision)
	}
	done := entry.New(entry.TaskDone, entry.TaskDoneBody{Of: x.Of, By: x.By, Why: x.Why})
	_, err := d.Journal.Commit(ctx, store.Step{Key: x.Key, After: entries[len(entries)-1].Seq, Entries: []entry.Draft{done}, Done: true})
	switch {
	case errors.Is(err, store.ErrStale):
		return halt(words.HaltDecision) // somebody else was first
	case err != nil:
		return unwritten("close a task", err)
	}
	return nil
}

// decided gives a decision to the lane that follows its object.
func (d *Desk) decided(ctx context.Context, x Decision, lane string) error {
	_, err := d.tell(ctx, lane, flow.Decide{Key: x.Key, Of: x.Of, What: x.What, Amount: x.Amount, By: x.By, Why: x.Why})
	return err
}
