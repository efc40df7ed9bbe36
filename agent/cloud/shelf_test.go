package cloud_test

import (
	"context"
	"errors"
	"slices"
	"sync"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store/entry"
)

var _ collect.Store = (*shelf)(nil)

// shelf is the cloud's store for one device, in memory, so that it can forget.
type shelf struct {
	mu      sync.Mutex
	epochs  map[int64]entry.Epoch
	entries map[int64][]entry.Entry
	alarms  []collect.Alarm
	full    error // what Append answers
}

func newShelf() *shelf {
	return &shelf{epochs: map[int64]entry.Epoch{}, entries: map[int64][]entry.Entry{}}
}

func (s *shelf) Position(_ context.Context, _ cloud.Address, epoch int64) (p collect.Position, known bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if epoch == collect.Newest {
		for n := range s.epochs {
			epoch = max(epoch, n)
		}
	}
	all := s.entries[epoch]
	if len(all) == 0 {
		return p, false, nil
	}
	return collect.Position{Epoch: s.epochs[epoch], Seq: entry.Seq(len(all)), Hash: all[len(all)-1].Hash}, true, nil
}

func (s *shelf) Hashes(_ context.Context, _ cloud.Address, epoch int64, from, to entry.Seq) (hashes []entry.Hash, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.entries[epoch][from-1 : to] {
		hashes = append(hashes, e.Hash)
	}
	return hashes, nil
}

func (s *shelf) Append(_ context.Context, _ cloud.Address, epoch entry.Epoch, entries []entry.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.entries[epoch.Number]
	switch {
	case s.full != nil:
		return s.full
	case entries[0].Seq != entry.Seq(len(all)+1):
		return errors.New("the journal is elsewhere")
	}
	s.epochs[epoch.Number], s.entries[epoch.Number] = epoch, append(all, entries...)
	return nil
}

func (s *shelf) Alarm(_ context.Context, a collect.Alarm) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alarms = append(s.alarms, a)
	return nil
}

// has tells whether an entry is there with that hash.
func (s *shelf) has(epoch int64, seq entry.Seq, hash entry.Hash) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.entries[epoch]
	return int(seq) <= len(all) && seq > 0 && all[seq-1].Hash == hash
}

// count is how many entries of an epoch are there.
func (s *shelf) count(epoch int64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.entries[epoch])
}

// forget goes back to a backup with fewer entries.
func (s *shelf) forget(epoch int64, keep int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries[epoch] = slices.Clone(s.entries[epoch][:keep])
}

// raised tells whether there was an alarm of a kind.
func (s *shelf) raised(what collect.What) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.alarms, func(a collect.Alarm) bool { return a.What == what })
}
