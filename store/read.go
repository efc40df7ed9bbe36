package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tillgate/store/entry"
)

// sliceEntries is how many rows are read before others get their turn: about
// 5 ms of a slow card.
const sliceEntries = 250

// Unfinished hands out every object that is not done, oldest first, with all
// its entries in order. It stops at each's first error.
func (s *Store) Unfinished(ctx context.Context, each func(key entry.Seq, entries []entry.Entry) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	keys := slices.Sorted(maps.Keys(s.memory.objects))
	s.leave()
	for _, key := range keys {
		entries, err := s.Object(ctx, key, 0)
		if err != nil {
			return err
		}
		if err := each(key, entries); err != nil {
			return err
		}
	}
	return nil
}

// Object is an object's entries after a sequence, in order. The whole hash is
// there for the youngest only; of the others it has the stored half.
func (s *Store) Object(ctx context.Context, key, after entry.Seq) ([]entry.Entry, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	what := fmt.Sprintf("read object %d", key)
	o, err := s.lookup(key)
	if err != nil {
		return nil, s.failed(what, err)
	}
	entries, err := s.entriesOf(key, o.last, after)
	if err != nil {
		return nil, s.failed(what, err)
	}
	return entries, nil
}

// entriesOf walks an object's entries from its newest back to a sequence.
func (s *Store) entriesOf(key, last, after entry.Seq) (entries []entry.Entry, err error) {
	for seq := last; seq > after && seq > 0; {
		e, err := s.one(seq)
		if err == nil && e.Key != key {
			err = damaged("entry %d belongs to %d", seq, e.Key)
		}
		if err == nil && (e.Prev >= seq || e.Prev < 0 || e.Prev == 0 && seq != key) {
			err = damaged("entry %d follows %d", seq, e.Prev)
		}
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
		seq = e.Prev
	}
	slices.Reverse(entries)
	return entries, nil
}

// one reads one entry, with what memory or its row has of its hash.
func (s *Store) one(seq entry.Seq) (e entry.Entry, err error) {
	there := false
	err = s.conn.entries(seq-1, seq, 1, func(f found) error {
		e, there = f.Entry, true
		if whole, ok := s.memory.hashAt(seq); ok {
			e.Hash = whole
		} else {
			copy(e.Hash[:], f.half)
		}
		return nil
	})
	if err == nil && !there {
		err = damaged("entry %d is missing", seq)
	}
	return e, err
}

// Entries is up to max entries after a sequence, in order, with whole hashes.
func (s *Store) Entries(ctx context.Context, after entry.Seq, max int) ([]entry.Entry, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	if after < 0 || after >= s.memory.seq {
		return nil, nil
	}
	head, err := s.hashOf(ctx, after)
	if err != nil {
		return nil, err
	}
	var entries []entry.Entry
	at := mark{after, head}
	for len(entries) < max && at.seq < s.memory.seq {
		err := s.walk(&at, min(max-len(entries), sliceEntries), func(e entry.Entry, _ bool) error {
			entries = append(entries, e)
			return nil
		})
		if err != nil {
			return nil, s.failed(fmt.Sprintf("read entries after %d", after), err)
		}
		if len(entries) < max {
			if err := s.yield(ctx); err != nil {
				return nil, err
			}
		}
	}
	s.memory.serve(at)
	return entries, nil
}

// walk checks the chain from at over the next rows and moves at along. The
// caller has the turn.
func (s *Store) walk(at *mark, max int, each func(e entry.Entry, done bool) error) error {
	from := at.seq
	err := s.conn.entries(from, s.memory.seq, max, func(f found) error {
		if f.Seq != at.seq+1 {
			return damaged("entry %d is missing", at.seq+1)
		}
		f.Hash = f.Link(at.head)
		if !f.fits(f.Hash) {
			return damaged("entry %d: %v", f.Seq, entry.ErrChain)
		}
		*at = mark{f.Seq, f.Hash}
		return each(f.Entry, f.done)
	})
	if err == nil && at.seq == from && from < s.memory.seq {
		return damaged("entry %d is missing", from+1)
	}
	return err
}

// yield lets others have the turn between two slices.
func (s *Store) yield(ctx context.Context) error {
	s.leave()
	if err := s.enter(ctx); err != nil {
		s.turn <- struct{}{} // the caller gives it back
		return err
	}
	return nil
}

// hashOf is the whole hash at a sequence, computed from the nearest place where
// it is known. The caller has the turn, which is given up between slices.
func (s *Store) hashOf(ctx context.Context, seq entry.Seq) (entry.Hash, error) {
	at := s.memory.anchor(seq)
	for at.seq < seq {
		err := s.walk(&at, min(int(seq-at.seq), sliceEntries), func(entry.Entry, bool) error { return nil })
		if err != nil {
			return at.head, s.failed(fmt.Sprintf("compute the hash of entry %d", seq), err)
		}
		if at.seq < seq {
			if err := s.yield(ctx); err != nil {
				return at.head, err
			}
		}
	}
	return at.head, nil
}
