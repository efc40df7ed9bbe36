package store

import (
	"context"

	"tillgate/store/entry"
)

const (
	emptyEntries    = 600              // entries after which the log is emptied at idle rather than in a commit
	checkEveryMilli = 24 * 3600 * 1000 // how often the chain is walked anew
)

// idleCheck is how far the check at idle has come.
type idleCheck struct {
	at    mark   // chain checked so far
	pages bool   // the pages were walked in this round
	asked string // requests that were looked at in this round, by their names
	past  bool   // all of them were
	ended bool   // this round is over
	since int64  // ms of the boot clock when the last round ended
	fresh int    // entries since the log was last emptied into the database
}

// Idle does what can wait, until ctx ends or nothing is left: it writes an
// acknowledgement that no commit has taken along, empties a long log, makes the
// ballast again, and checks the file in slices of a few milliseconds. A step
// that is committed meanwhile interrupts it. Once a day's round of checks is
// over it does nothing and writes nothing.
func (s *Store) Idle(ctx context.Context) {
	if s.enter(ctx) != nil {
		return
	}
	defer s.leave()
	s.flushMarks()
	s.emptyAtIdle()
	if !s.hasSpare {
		s.checkBallast()
	}
	for s.damaged == nil && s.checkSlice(ctx) {
		if s.yield(ctx) != nil {
			return
		}
	}
}

// emptyAtIdle moves a long log into the database now rather than in a commit.
func (s *Store) emptyAtIdle() {
	if s.check.fresh < emptyEntries {
		return
	}
	s.check.fresh = 0
	err := s.conn.query(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)", func(values) error { return nil })
	if err != nil {
		s.log.Warn("log not emptied", "err", s.failed("empty the log", err))
	}
}

// checkSlice checks a little; false when there is nothing left to check.
func (s *Store) checkSlice(ctx context.Context) (more bool) {
	c, now := &s.check, s.opts.Clock().Mono
	switch {
	case ctx.Err() != nil || s.waiting():
		return false
	case c.ended && now-c.since < checkEveryMilli:
		return false
	case c.ended:
		*c = idleCheck{fresh: c.fresh}
	}
	if c.at.seq == 0 {
		c.at = mark{head: entry.Genesis(s.memory.epoch.Epoch)}
	}
	if !c.pages {
		whole, err := s.checkPagesNow(ctx)
		if err != nil {
			s.log.Error("check at idle", "err", err)
		}
		c.pages = whole
		return whole && err == nil
	}
	if !c.past {
		next, err := s.forgetRequests(c.asked)
		if err != nil {
			s.log.Error("forget requests at idle", "err", s.failed("forget requests", err))
			return false
		}
		c.asked, c.past = next, next == ""
		return true
	}
	if c.at.seq >= s.memory.seq {
		c.ended, c.since = true, now
		return false
	}
	err := s.walk(&c.at, sliceEntries, func(entry.Entry, bool) error { return nil })
	if err != nil {
		s.log.Error("check at idle", "err", s.failed("check at idle", err))
		return false
	}
	return true
}
