package cloud

import (
	"context"
	"fmt"
	"time"

	"tillgate/store/entry"
)

// listen takes in what has arrived.
func (s *Sender) listen(ctx context.Context) {
	in, now := s.empty(), time.Now()
	s.hear(in)
	s.pass(in.rights)
	if !s.up {
		return
	}
	if epoch, _, _ := s.journal.Head(); in.began || epoch != s.epoch {
		s.begin(now)
	}
	for _, m := range in.messages {
		if err := s.answer(ctx, now, m); err != nil && ctx.Err() == nil {
			s.wrong(err)
		}
	}
	s.accept(ctx, now)
}

// hear takes in whether there is a connection.
func (s *Sender) hear(in inbox) {
	if in.up == s.up && !in.began && in.err == nil {
		return
	}
	s.up = in.up
	if in.began {
		s.log.Info("connected to the cloud", "device", s.opts.Address)
	}
	s.note(func(state *State) {
		state.Connected = in.up
		if !saidByCloud(state.Err) {
			state.Err = in.err // the connection logs it
		}
	})
}

// pass hands a document of rights to whoever takes it. An empty one is a
// broker's: somebody has cleared what it retains, and no right ends with that.
func (s *Sender) pass(payload []byte) {
	if len(payload) == 0 || s.opts.Rights == nil {
		return
	}
	rights, err := Decode[Rights](payload)
	if err != nil {
		s.log.Warn("the cloud's rights cannot be read; those that hold go on", "device", s.opts.Address, "err", err)
		return
	}
	s.opts.Rights(rights)
}

// answer reads one message.
func (s *Sender) answer(ctx context.Context, now time.Time, m Message) error {
	address, name, err := ParseTopic(m.Topic)
	if err != nil {
		return err
	}
	if address != s.opts.Address {
		return fmt.Errorf("%w: a message for %s", ErrMessage, address)
	}
	switch name {
	case DownAck:
		ack, err := Decode[Ack](m.Payload)
		if err != nil {
			return fmt.Errorf("read acknowledgement: %w", err)
		}
		return s.acknowledged(ctx, now, ack)
	case DownReplay:
		replay, err := Decode[Replay](m.Payload)
		if err != nil {
			return fmt.Errorf("read request for a replay: %w", err)
		}
		s.accept(ctx, now) // what was said before
		return s.replay(ctx, replay)
	}
	return nil // of a newer cloud
}

// acknowledged checks an acknowledgement. One that is older than what we know
// moves nothing; every other has to name the journal's hash. The furthest is
// accepted when all that has arrived is read: it stands for all before it.
func (s *Sender) acknowledged(ctx context.Context, now time.Time, a Ack) error {
	_, head, _ := s.journal.Head()
	base, replaying := s.window.base, s.replaying()
	switch {
	case a.Epoch < s.epoch.Number, a.Epoch == s.epoch.Number && a.Seq < base.seq:
		s.behind(now)
		return nil
	case a.Epoch > s.epoch.Number, a.Seq > head:
		return fmt.Errorf("%w: entry %d of epoch %d, ours is %d of %d", ErrFuture, a.Seq, a.Epoch, head, s.epoch.Number)
	case replaying && a.Seq > s.window.sent:
		return nil // said before it asked for the replay
	}
	ours, err := s.hashAt(ctx, a.Seq)
	if err != nil {
		return fmt.Errorf("check acknowledgement: %w", err)
	}
	if ours != entry.Hash(a.Hash) {
		return fmt.Errorf("%w: another hash at entry %d", ErrHistory, a.Seq)
	}
	switch {
	case a.Seq == base.seq:
		s.agreed(now)
	case a.Seq > s.proved.seq:
		s.proved = place{a.Seq, ours}
	}
	return nil
}

// agreed notes that the cloud is there and has what we think it has.
func (s *Sender) agreed(now time.Time) {
	s.resume()
	s.note(func(state *State) { state.LastAck, state.Err = now, nil })
}

// behind hears that the cloud names less than it had acknowledged: it may have
// been restored from a backup. What is on its way will show it the gap; else it
// learns from a hello what it is to have.
func (s *Sender) behind(now time.Time) {
	s.resume()
	if s.window.inFlight() == 0 && !now.Before(s.remindAt) {
		s.hello(now)
	}
}

// resume sends everything at once after a silence: the cloud is there.
func (s *Sender) resume() {
	if s.timeouts > 0 {
		s.window.rewind(s.window.base.seq)
		s.unblock()
	}
}

// accept moves the place up to which the cloud has everything, if it has proved
// to have more. The journal is told first: what it does not take in is sent again.
func (s *Sender) accept(ctx context.Context, now time.Time) {
	to := s.proved
	s.proved = place{}
	if to.seq <= s.window.base.seq {
		return
	}
	if acked, _ := s.journal.Acked(); to.seq > acked {
		if err := s.journal.Acknowledge(ctx, s.epoch.Number, to.seq, to.hash); err != nil {
			s.trouble(now, fmt.Errorf("note acknowledgement of entry %d: %w", to.seq, err))
			return
		}
	}
	s.window.advance(to)
	s.unblock()
	s.note(func(state *State) { state.LastAck, state.Err = now, nil })
}

// replay goes back to where the cloud says that it has lost the thread. Where
// it had acknowledged more it was restored from a backup: the journal keeps its
// mark, and everything from there is served again.
func (s *Sender) replay(ctx context.Context, r Replay) error {
	_, head, _ := s.journal.Head()
	switch {
	case r.Epoch < s.epoch.Number:
		return nil
	case r.Epoch > s.epoch.Number, r.After > head:
		return fmt.Errorf("%w: asked for what follows entry %d of epoch %d", ErrFuture, r.After, r.Epoch)
	case r.After < 0:
		return fmt.Errorf("%w: replay after %d", ErrMessage, r.After)
	case r.After > s.window.sent:
		return nil // is sent anyway
	}
	if r.After < s.window.base.seq {
		s.log.Warn("the cloud has lost records that it had, sending them again", "device", s.opts.Address,
			"after", r.After, "acked", s.window.base.seq)
		hash, err := s.hashAt(ctx, r.After)
		if err != nil {
			return fmt.Errorf("replay after entry %d: %w", r.After, err)
		}
		s.window = begin(place{r.After, hash})
	}
	s.window.rewind(r.After)
	s.unblock()
	return nil
}

// unblock forgets what was in the way: the cloud is there and talks sense.
func (s *Sender) unblock() { s.timeouts, s.retryAt, s.halted = 0, time.Time{}, false }

// replaying tells whether the cloud has less than it had acknowledged.
func (s *Sender) replaying() bool {
	acked, _ := s.journal.Acked()
	return s.window.base.seq < acked
}

// hashAt is the journal's hash at an entry. What is neither on its way nor the
// cloud's newest is computed along the chain, a slice of entries at a time.
func (s *Sender) hashAt(ctx context.Context, seq entry.Seq) (entry.Hash, error) {
	if hash, ok := s.window.hash(seq); ok {
		return hash, nil
	}
	at := s.window.known()
	switch {
	case seq < at.seq:
		at = place{0, entry.Genesis(s.epoch)}
	case s.proved.seq > at.seq && s.proved.seq <= seq:
		at = s.proved
	}
	for at.seq < seq {
		entries, err := s.journal.Entries(ctx, at.seq, min(walkSlice, int(seq-at.seq)))
		if err != nil {
			return entry.Hash{}, fmt.Errorf("read what follows entry %d: %w", at.seq, err)
		}
		if len(entries) == 0 {
			return entry.Hash{}, fmt.Errorf("%w: entry %d is not in the journal", entry.ErrChain, at.seq+1)
		}
		for _, e := range entries {
			if at, err = follow(at, e); err != nil {
				return entry.Hash{}, err
			}
		}
	}
	return at.hash, nil
}
