package sim

import (
	"context"
	"errors"
	"slices"
	"sync"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store/entry"
)

// shelf is the collector's disk: one device, one epoch, entries without a gap.
type shelf struct {
	oracle *Oracle

	mu     sync.Mutex
	epoch  entry.Epoch
	kept   []entry.Entry
	failed bool // it takes nothing
	told   entry.Seq
	lost   entry.Seq // the newest that had been acknowledged before a backup was put back
}

var _ collect.Store = (*shelf)(nil)

var errShelf = errors.New("the collector's disk fails")

// Position is the newest entry.
func (s *shelf) Position(context.Context, cloud.Address, int64) (p collect.Position, known bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed {
		return p, false, errShelf
	}
	if len(s.kept) == 0 {
		return p, false, nil
	}
	last := s.kept[len(s.kept)-1]
	return collect.Position{Epoch: s.epoch, Seq: last.Seq, Hash: last.Hash}, true, nil
}

// Hashes are those of some entries.
func (s *shelf) Hashes(_ context.Context, _ cloud.Address, _ int64, from, to entry.Seq) (hashes []entry.Hash, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.kept[from-1 : to] {
		hashes = append(hashes, e.Hash)
	}
	return hashes, nil
}

// Append keeps entries, which have to be the journal's.
func (s *shelf) Append(_ context.Context, _ cloud.Address, epoch entry.Epoch, entries []entry.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed {
		return errShelf
	}
	s.epoch = epoch
	for _, e := range entries {
		if int(e.Seq) != len(s.kept)+1 {
			s.oracle.fail(5, "the collector keeps entry %d after %d", e.Seq, len(s.kept))
		}
		e.Body, e.Private = slices.Clone(e.Body), slices.Clone(e.Private)
		s.kept = append(s.kept, e)
		s.oracle.Collected(e)
	}
	return nil
}

// Alarm is never due: one device, one history. That it went back may be seen
// where an old greeting comes late.
func (s *shelf) Alarm(_ context.Context, a collect.Alarm) error {
	if a.What != collect.WentBack {
		s.oracle.fail(5, "the collector raises an alarm: %v", a)
	}
	return nil
}

// answered notes what the collector has acknowledged.
func (s *shelf) answered(seq entry.Seq) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = max(s.told, seq)
}

// restore puts a backup back that has n entries less.
func (s *shelf) restore(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = max(s.lost, min(s.told, entry.Seq(len(s.kept))))
	s.kept = s.kept[:max(0, len(s.kept)-n)]
}

func (s *shelf) fail(failed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = failed
}

// holds is the newest entry that is here.
func (s *shelf) holds() entry.Seq {
	s.mu.Lock()
	defer s.mu.Unlock()
	return entry.Seq(len(s.kept))
}

// vouched is the newest entry that is here, or that had rightly been
// acknowledged before it was lost.
func (s *shelf) vouched() entry.Seq {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(entry.Seq(len(s.kept)), s.lost)
}
