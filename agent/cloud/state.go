package cloud

import (
	"errors"
	"time"

	"tillgate/store/entry"
)

// What may be wrong with the cloud. State.Err wraps one of these, or the
// connection's or the journal's own error.
var (
	// ErrHistory says that the cloud acknowledged a hash that is not this
	// journal's: another device has its name, or a copy of it was restored.
	ErrHistory = errors.New("the cloud has another history")
	// ErrFuture says that the cloud named an entry that this journal does not have yet.
	ErrFuture = errors.New("the cloud names an entry that is not written yet")
	// ErrSilent says that what was sent is not acknowledged in time.
	ErrSilent = errors.New("the cloud does not acknowledge")
)

// State is how the uplink stands, for pages.
type State struct {
	Connected bool      // to the broker
	Acked     entry.Seq // newest entry that the cloud has acknowledged
	Head      entry.Seq // newest entry
	LastAck   time.Time // when the cloud was last heard to agree, zero before
	Err       error     // what is wrong; nil when nothing is
}

// State is how the uplink stands now.
func (s *Sender) State() State {
	s.mu.Lock()
	state := s.state
	s.mu.Unlock()
	_, state.Head, _ = s.journal.Head()
	state.Acked, _ = s.journal.Acked()
	return state
}

// Changed is closed at the next change of the state; the journal's growth is
// not one. To miss nothing take the channel first, then the state.
func (s *Sender) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// note changes the state and tells who waits for it.
func (s *Sender) note(change func(*State)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.state)
	close(s.changed)
	s.changed = make(chan struct{})
}

// saidByCloud tells whether an error is the cloud's own word. It stays until
// the cloud agrees again: neither silence nor a new connection hides it.
func saidByCloud(err error) bool { return errors.Is(err, ErrHistory) || errors.Is(err, ErrFuture) }

// wrong notes what is wrong, and logs it once until something else is.
func (s *Sender) wrong(err error) {
	s.mu.Lock()
	had := s.state.Err
	s.mu.Unlock()
	if errors.Is(err, ErrSilent) && saidByCloud(had) || had != nil && had.Error() == err.Error() {
		return
	}
	s.log.Warn("records stay here", "device", s.opts.Address, "err", err)
	s.note(func(state *State) { state.Err = err })
}
