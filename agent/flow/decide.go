package flow

import (
	"context"
	"errors"

	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// apply lets one order or refund decide on one event, makes the decision durable, folds
// it and sends its effects out.
func (l *Lane) apply(ctx context.Context, s *slot, ev Event) error {
	for range staleMax {
		now := l.now(s)
		step := s.Next(ev, now)
		l.prepare(step.Effects)
		err := l.commit(ctx, s, &step, now)
		switch {
		case errors.Is(err, store.ErrStale):
			if ev, err = l.refresh(ctx, s, ev); err != nil {
				return err
			}
			continue
		case errors.Is(err, store.ErrFull):
			l.wait() // what was due would be due again at once
			return l.dropped(s, ev, words.TellFull)
		case guarded(err, s) != "":
			return l.dropped(s, ev, guarded(err, s))
		case errors.Is(err, store.ErrDamaged):
			return err
		case err != nil:
			return l.refused(s, ev, err)
		}
		for _, n := range step.Notes {
			s.Note(n)
		}
		l.newest(s, ev, step)
		l.send(ctx, s, step.Effects)
		if step.Then != nil {
			l.later(ctx, step.Then)
		}
		l.forget(s)
		l.publish(step.Tell)
		return nil
	}
	l.Log.Error("order kept changing while it was decided on; nothing was done", "lane", l.Name, "order", s.key)
	l.unbooked(s, ev) // an answer is asked for again
	return l.tell(words.TellTooBusy)
}

// guarded is why the store's guards let nothing begin, in words; empty where it
// was not they.
func guarded(err error, s *slot) words.Key {
	switch {
	case errors.Is(err, store.ErrCeiling) && s.deposit() != nil:
		return words.TellHoldHigh
	case errors.Is(err, store.ErrCeiling):
		return words.TellRefundHigh
	case errors.Is(err, store.ErrMoving):
		return words.TellHoldMoving
	case errors.Is(err, store.ErrHere):
		return words.TellHoldHere
	case errors.Is(err, store.ErrRoom):
		return words.TellHoldRoom
	case errors.Is(err, store.ErrCodeUsed):
		return words.TellCodeUsed
	}
	return ""
}

// newest remembers the refund and the deposit that the view shows.
func (l *Lane) newest(s *slot, ev Event, step Step) {
	switch {
	case s.deposit() != nil:
		if len(step.Entries) > 0 && wished(ev) {
			l.newestDeposit, l.begun = s, s
		}
	case s.order() == nil && s.key != 0 && (l.newestRefund == nil || l.newestRefund.key < s.key):
		l.newestRefund = s
	}
}

// commit makes a step durable, with the results of outputs that can ride on it.
func (l *Lane) commit(ctx context.Context, s *slot, step *Step, now Now) error {
	if len(step.Entries) == 0 {
		return nil
	}
	var riders []store.Step
	var rode []*slot
	for _, other := range l.all() {
		if other == s {
			continue
		}
		now.Current = other == l.current
		if ride := other.Next(Ride{}, now); len(ride.Entries) > 0 {
			riders = append(riders, store.Step{Key: other.key, After: other.last, Entries: ride.Entries, Done: ride.Done})
			rode = append(rode, other)
		}
	}
	before := s.owner()
	entries, more, err := l.Journal.CommitWith(ctx, store.Step{Key: s.key, After: s.last, OrderAfter: step.Order, Entries: step.Entries, Done: step.Done}, riders...)
	for i, other := range rode { // they may have been written although the step was refused
		if i < len(more) && len(more[i]) > 0 {
			other.done = riders[i].Done
			l.fold(other, more[i])
			l.forget(other)
		}
	}
	if err != nil {
		return err
	}
	l.retryAt, l.refusals = 0, 0
	s.done = step.Done
	l.fold(s, entries)
	if now := s.owner(); l.Taken != nil && before != "" && before != now {
		l.Taken(before, s.key)
	}
	stampShown(step.Effects, entries)
	return nil
}

func (l *Lane) fold(s *slot, entries []entry.Entry) {
	for _, e := range entries {
		if s.key == 0 {
			s.key = e.Key
			l.orders[s.key] = s
		}
		s.Fold(e)
		s.last = e.Seq
		if e.Kind == entry.Asked || e.Kind == entry.HoldAsked {
			l.number = l.Numbers.Number()
		}
	}
}

// refresh reads what is new of the object, and of a refund's order what it was
// decided on.
func (l *Lane) refresh(ctx context.Context, s *slot, ev Event) (Event, error) {
	if r, ok := ev.(Refund); ok {
		return l.paid(ctx, r)
	}
	entries, err := l.Journal.Object(ctx, s.key, s.last)
	if err != nil {
		return ev, err
	}
	l.fold(s, entries)
	if a, ok := ev.(Answer); ok && a.Known {
		return l.summed(ctx, s, a)
	}
	return ev, nil
}

// refused is the disk's no. Nothing of the decision was told, printed or
// opened; the order asks again once the disk writes.
func (l *Lane) refused(s *slot, ev Event, cause error) error {
	l.Log.Error("decision could not be written; nothing was told, printed or opened", "lane", l.Name, "order", s.key, "err", cause)
	l.wait()
	l.unbooked(s, ev)
	switch {
	case s.deposit() != nil && wished(ev):
		return l.tell(words.TellHoldUnbooked)
	case s.deposit() != nil:
		return l.tell(words.TellHoldLater)
	case s.order() != nil:
		return l.tell(words.TellUnbooked)
	case s.key != 0:
		return l.tell(words.TellRefundLater)
	}
	return l.tell(words.TellRefundUnbooked)
}

// wait has what is due stand back while the disk refuses, longer each time.
func (l *Lane) wait() {
	now := l.Clock().Mono
	if now < l.retryAt {
		return // it is the same refusal
	}
	l.retryAt = now + min(retryFirst<<l.refusals, retryMax).Milliseconds()
	l.refusals = min(l.refusals+1, 8)
}

// dropped lets an order take note that what it wanted to begin was not let
// begin, and says why. Nothing of what goes on already is touched.
func (l *Lane) dropped(s *slot, ev Event, why words.Key) error {
	switch ev.(type) {
	case Tick, ReleaseOld: // nobody brings it again
		l.unbooked(s, ev)
	}
	return l.tell(why)
}

// unbooked lets a machine take note that what it decided on an event is not written;
// of what another machine wants of it, the other.
func (l *Lane) unbooked(s *slot, ev Event) {
	if old, ok := ev.(ReleaseOld); ok {
		s = l.orders[old.For]
	}
	if s == nil {
		return
	}
	for _, n := range s.Next(Unbooked{Of: ev}, l.now(s)).Notes {
		s.Note(n)
	}
}
