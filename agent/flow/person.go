package flow

import (
	"context"
	"errors"
	"slices"

	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// Decide is what a person has decided about an order that its machine cannot go
// on with, or their word that a task of an order or refund has been seen to.
type Decide struct {
	Key    entry.Seq // the object's
	Of     entry.Seq // the Frozen or Task entry that the person was shown; of entry.GivenUp the MoveAsked
	What   string    // entry.Booked, entry.GoesBack, entry.Elsewhere or entry.GivenUp; empty: the task is done
	Amount money.Fen // what the person was shown that was paid
	By     string    // the person's id
	Why    string
}

// NetworkFault is the task of an order, a refund or a deposit whose network says that
// a person must look; words has its text.
const NetworkFault = "network-fault"

// Tasks are an object's that no person has seen to, oldest first.
type Tasks []entry.Seq

// Fold is the tasks after an entry, of whatever kind. What was before stays as it was.
func (t Tasks) Fold(e entry.Entry) Tasks {
	switch e.Kind {
	case entry.Task:
		return append(slices.Clip(t), e.Seq)
	case entry.TaskDone:
		of := entry.Must[entry.TaskDoneBody](e).Of
		if of == 0 && len(t) > 0 {
			of = t[0]
		}
		return slices.DeleteFunc(slices.Clone(t), func(task entry.Seq) bool { return task == of })
	}
	return t
}

// SeenTo writes that a task has been seen to; nothing where it is none of these.
func (t Tasks) SeenTo(of entry.Seq, ev Decide) []entry.Draft {
	if !slices.Contains(t, of) {
		return nil
	}
	return []entry.Draft{entry.New(entry.TaskDone, entry.TaskDoneBody{Of: of, By: ev.By, Why: ev.Why})}
}

// slotOf is an object of this lane, in memory or from the journal; nil where
// there is none, or it is another's. One from the journal has nothing left to do.
func (l *Lane) slotOf(ctx context.Context, key entry.Seq) (*slot, error) {
	if s := l.orders[key]; s != nil {
		return s, nil
	}
	entries, err := l.Journal.Object(ctx, key, 0)
	switch {
	case errors.Is(err, store.ErrDamaged):
		return nil, err
	case err != nil || !l.owns(entries):
		return nil, nil
	}
	s := l.folded(key, entries)
	if s != nil {
		s.done = true
		l.orders[s.key] = s
	}
	return s, nil
}

// toAny gives an event to an object of this lane, be it done or not.
func (l *Lane) toAny(ctx context.Context, key entry.Seq, ev Event, none words.Key) error {
	s, err := l.slotOf(ctx, key)
	switch {
	case err != nil:
		return err
	case s == nil:
		return l.tell(none)
	}
	err = l.apply(ctx, s, ev)
	l.forget(s)
	return err
}
