package sim

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"tillgate/store"
	"tillgate/store/entry"
)

// spy is the store as a lane sees it: the oracle learns what became durable,
// and nothing more happens once the power is off.
type spy struct {
	*store.Store
	w     *world
	stand *stand
	over  *end
}

// CommitWith is the store's, with an eye on the disk.
func (s *spy) CommitWith(ctx context.Context, step store.Step, riders ...store.Step) ([]entry.Entry, [][]entry.Entry, error) {
	if s.over.killed() { // nothing runs any more
		<-ctx.Done()
		return nil, nil, store.ErrUnwritten
	}
	s.w.bug.beforeCommit(s.stand, step)
	step = s.w.bug.step(step)
	before := s.w.room()
	entries, rode, err := s.Store.CommitWith(ctx, step, riders...)
	if s.w.disk.Off() {
		s.w.cutAt(step)
		s.over.tell("the power fails in the middle of a write")
		<-ctx.Done() // nothing runs any more; the journal will tell what it kept
		return nil, nil, store.ErrUnwritten
	}
	if err == nil && s.w.killAt(s.over, step) {
		<-ctx.Done() // the journal will tell that it has it
		return nil, nil, store.ErrUnwritten
	}
	if err != nil {
		s.w.story.Tell("%s: commit refused: %s", s.stand.name, plain(err))
	}
	if errors.Is(err, store.ErrCeiling) {
		if unguarded := s.w.bug.unguarded(s.Store, step); unguarded != nil {
			entries, err = unguarded, nil
		}
	}
	if unguarded := s.w.bug.unguardedMove(s.Store, step, err); unguarded != nil {
		entries, err = unguarded, nil
	}
	s.w.oracle.Wrote(sells(step), before, refusalOf(err))
	for _, r := range rode {
		s.committed(r)
	}
	s.committed(entries)
	return entries, rode, err
}

// Payment is what a refund is decided on. A moment passes before that, in which
// another lane may decide on another one.
func (s *spy) Payment(ctx context.Context, order entry.Seq) (store.Payment, error) {
	p, err := s.Store.Payment(ctx, order)
	rest(ctx, moment(s.stand.name))
	return s.w.bug.payment(p), err
}

// Object is what a wish about a deposit is decided on: likewise.
func (s *spy) Object(ctx context.Context, key, after entry.Seq) ([]entry.Entry, error) {
	entries, err := s.Store.Object(ctx, key, after)
	if s.w.hotel != nil && after == 0 {
		rest(ctx, moment(s.stand.name))
	}
	return entries, err
}

func (s *spy) committed(entries []entry.Entry) {
	for _, e := range entries {
		s.w.story.Tell("%s: entry %d of %d %s %s", s.stand.name, e.Seq, e.Key, e.Kind, e.Body)
	}
	s.w.oracle.Committed(entries)
}

func sells(step store.Step) bool {
	for _, d := range step.Entries {
		if d.Kind == entry.Opened || d.Kind == entry.Asked || d.Kind == entry.RefundAsked || d.Kind == entry.HoldAsked || d.Kind == entry.HoldAdopted {
			return true
		}
	}
	return false
}

func refusalOf(err error) refusal {
	switch {
	case err == nil:
		return none
	case errors.Is(err, store.ErrFull):
		return noSpace
	case errors.Is(err, store.ErrUnwritten):
		return notWritten
	}
	return otherwise
}

// end is told once, by whatever ends a life.
type end struct {
	once sync.Once
	why  string
	kill atomic.Bool // the process is gone, in the middle of what it did
	done chan struct{}
}

func newEnd() *end { return &end{done: make(chan struct{})} }

func (e *end) tell(why string) {
	e.once.Do(func() {
		e.why = why
		close(e.done)
	})
}

// killed tells whether the process is gone.
func (e *end) killed() bool { return e.kill.Load() }

// within is a context that is done when the life is over, too.
func (e *end) within(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		select {
		case <-e.done:
		case <-ctx.Done():
		}
	}()
	return ctx
}
