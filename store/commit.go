package store

import (
	"context"
	"errors"
	"fmt"

	"tillgate/store/entry"
)

// Step is one decision about one object.
type Step struct {
	Key     entry.Seq     // 0: a new object, whose key becomes the Seq of its first entry
	After   entry.Seq     // the object's newest entry that the step was decided on; 0 for a new one
	Entries []entry.Draft // at least one
	Done    bool          // nothing is left to do for the object: Unfinished does not hand it out after a restart

	OrderAfter entry.Seq // of a RefundAsked: the newest entry of its order that the step was decided on

	Secrets map[string][]byte // rows of the table of secrets that go with the entries; an empty value deletes
}

// sells tells whether a step begins something that moves money: the ones that
// are refused first when the disk is in need.
func (st Step) sells() bool {
	for _, d := range st.Entries {
		if d.Kind == entry.Opened || d.Kind == entry.Asked || d.Kind == entry.RefundAsked || d.Kind == entry.HoldAsked || d.Kind == entry.HoldAdopted {
			return true
		}
	}
	return false
}

// batchMax is how many steps share one transaction at most.
const batchMax = 64

// request is a step that waits for its transaction.
type request struct {
	step    Step
	entries []entry.Entry
	err     error
	done    chan struct{} // closed when entries and err are there
}

// Commit makes a step durable: its entries, its guards and its summary in one
// transaction, which steps of other callers may share. It returns the entries
// as they were numbered. ctx ends the waiting in the queue, never a write that
// has begun.
//
//   - ErrStale: the object has an entry newer than step.After, or a RefundAsked was decided on an older state of its
//     order or without its newest refund. Fold what is new and decide again.
//   - ErrCeiling: a RefundAsked of more than what was paid less all that has gone back or may yet, or of an order that
//     is not paid, is frozen, or has an attempt on its way back.
//     And a MoveAsked of more than is held of a deposit, or that its network does not offer.
//   - ErrMoving: a MoveAsked while another of the deposit has no final word.
//   - ErrRoom: a HoldAsked for a room that has a deposit of which nobody knows whether it is held.
//   - ErrHere: a HoldAdopted of a deposit that has a record here.
//   - ErrCodeUsed: the code of an Asked or HoldAsked was sent in the last 10 minutes, and that attempt did not end NotSent.
//   - ErrOnDuty: a ShiftOn for a lane on which somebody is on duty already.
//   - ErrRequested: a Requested whose key has been used in the last 7 days; Request tells for what.
//   - ErrFull: an Opened, Asked, RefundAsked, HoldAsked or HoldAdopted while the reserve is reached. Other steps may use the ballast.
//   - ErrUnwritten: the disk refused, and the cause is wrapped. Nothing may be told, printed or opened on account
//     of this step. It can be committed again; new sales are refused until a write has worked. After a power cut
//     such a step may be found written after all, as a "perhaps" like any other.
//   - ErrDamaged: the database is not what was written. Nothing more can be done with this Store: Close it and Open
//     again with the same options. That sets the file aside and begins the next epoch with all that can be read.
func (s *Store) Commit(ctx context.Context, step Step) ([]entry.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := &request{step: step, done: make(chan struct{})}
	s.mu.Lock()
	s.queue = append(s.queue, r)
	s.mu.Unlock()
	if stop := s.hurry.Load(); stop != nil {
		(*stop)()
	}
	for {
		select {
		case <-r.done:
			return r.entries, r.err
		case s.turn <- struct{}{}:
			s.writeQueue()
			<-s.turn
		case <-ctx.Done():
			if s.withdraw(r) {
				return nil, ctx.Err()
			}
			<-r.done
			return r.entries, r.err
		}
	}
}

// withdraw takes a request out of the queue; false when its write has begun.
func (s *Store) withdraw(r *request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.queue {
		if s.queue[i] == r {
			s.queue = append(s.queue[:i:i], s.queue[i+1:]...)
			return true
		}
	}
	return false
}

// writeQueue is the one writer: whoever has the turn writes for all that wait.
func (s *Store) writeQueue() {
	if s.closed || s.damaged != nil {
		s.failQueue(errors.Join(s.damaged, closedIf(s.closed)))
		return
	}
	s.mu.Lock()
	n := min(len(s.queue), batchMax)
	batch := s.queue[:n:n]
	s.queue = s.queue[n:]
	s.mu.Unlock()
	if n > 0 {
		s.write(batch)
		for _, r := range batch {
			close(r.done)
		}
	}
}

func closedIf(closed bool) error {
	if closed {
		return ErrClosed
	}
	return nil
}

func (s *Store) failQueue(err error) {
	s.mu.Lock()
	queue := s.queue
	s.queue = nil
	s.mu.Unlock()
	for _, r := range queue {
		r.err = err
		close(r.done)
	}
}

// write commits a batch. When the disk is full it is tried again without the
// new sales, with the space of the ballast.
func (s *Store) write(batch []*request) {
	if s.broken != nil {
		s.probe()
	}
	err := s.attempt(batch)
	if err != nil && judge(err) == faultStopped {
		err = s.attempt(batch)
	}
	if err != nil && s.full(err) {
		for _, r := range batch {
			if r.err == nil && r.step.sells() {
				r.err = fmt.Errorf("commit a new sale: %w: %w", ErrFull, err)
			}
		}
		s.releaseBallast()
		err = s.attempt(batch)
	}
	if err == nil {
		return
	}
	if err = s.failed("commit", err); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrUnwritten) {
		err = fmt.Errorf("%w: %w", ErrUnwritten, err)
	}
	for _, r := range batch {
		if r.err == nil {
			r.entries, r.err = nil, err
		}
	}
}

// attempt plans and writes all steps of a batch that have not been refused.
func (s *Store) attempt(batch []*request) error {
	p := s.plan()
	for _, r := range batch {
		if r.err != nil {
			continue
		}
		first := len(p.rows)
		if r.err = p.admit(r.step); r.err != nil {
			if judge(r.err) == faultDamaged {
				return r.err
			}
			continue
		}
		r.entries = make([]entry.Entry, 0, len(r.step.Entries))
		for _, row := range p.rows[first:] {
			r.entries = append(r.entries, row.Entry)
		}
	}
	if len(p.rows) == 0 {
		return nil
	}
	return s.commit(p)
}

// commit is the transaction, and what memory learns from it.
func (s *Store) commit(p *plan) error {
	p.finish()
	if err := s.transaction(p.write); err != nil {
		return err
	}
	s.apply(p)
	return nil
}

// transaction runs do in one durable transaction, or leaves nothing of it.
func (s *Store) transaction(do func(*conn) error) error {
	err := s.conn.exec("BEGIN IMMEDIATE")
	if err == nil {
		if err = do(s.conn); err == nil {
			err = s.conn.exec("COMMIT")
		}
	}
	if err != nil && !s.conn.sqlite.AutoCommit() {
		_ = s.conn.exec("ROLLBACK") // the first error says more
	}
	return err
}

// failed turns an error into one of ours and remembers what it means for later calls.
func (s *Store) failed(what string, err error) error {
	err = named(what, err)
	switch {
	case errors.Is(err, ErrDamaged):
		s.setDamaged(err)
	case errors.Is(err, ErrUnwritten):
		s.mu.Lock()
		s.broken = err
		s.mu.Unlock()
	}
	return err
}

// probe tries whether the disk writes again, with the smallest write there is.
func (s *Store) probe() {
	err := s.transaction(func(c *conn) error { return c.writeMark("open", s.memory.open) })
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.broken = nil
	}
}
