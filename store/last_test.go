package store_test

import (
	"context"
	"errors"
	"testing"

	"tillgate/store"
	"tillgate/store/entry"
)

// heard is what a clock is told at an open, and what it was asked before.
type heard struct {
	asked, times int
	last         entry.Stamp
	same         bool
}

// openWith opens with a clock that goes on from what it is told.
func (l *lab) openWith(boot string) (*store.Store, heard) {
	l.tb.Helper()
	var h heard
	opts := l.options()
	opts.Boot = boot
	opts.Last = func(last entry.Stamp, same bool) {
		h.last, h.same = last, same
		if h.times++; l.now.Wall < last.Wall {
			l.now.Wall, l.now.Trust = last.Wall, entry.Floor
		}
	}
	clock := opts.Clock
	opts.Clock = func() entry.Stamp {
		if h.times == 0 {
			h.asked++
		}
		return clock()
	}
	s, err := store.Open(context.Background(), opts)
	must(l.tb, err)
	return s, h
}

// firstOf is the stamp of the life's Started entry, the newest right after Open.
func firstOf(t *testing.T, s *store.Store) entry.Stamp {
	t.Helper()
	_, seq, _ := s.Head()
	entries, err := s.Object(t.Context(), seq, 0)
	must(t, err)
	if entries[0].Kind != entry.Started {
		t.Fatalf("entry %d is %s", seq, entries[0].Kind)
	}
	return entries[0].Stamp
}

// TestTheClockHearsOfTheLastEntry: before the Started entry is stamped, so that
// a device that wakes in 1970 begins no earlier than it ended.
func TestTheClockHearsOfTheLastEntry(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s, h := l.openWith("a")
	if h.times != 0 {
		t.Errorf("a new journal told %+v", h)
	}
	l.tick(5000)
	trade(t, s, 3, "a")
	last := l.now
	must(t, s.Close())
	l.now = entry.Stamp{Wall: 77, Mono: last.Mono + 10}
	for _, row := range []struct {
		boot string
		same bool
	}{{"a", true}, {"b", false}, {"", false}, {"", false}} {
		s, h = l.openWith(row.boot)
		if h.times != 1 || h.asked != 0 || h.last != last || h.same != row.same {
			t.Errorf("boot %q: told %+v, want %+v, same boot %v", row.boot, h, last, row.same)
		}
		if last = firstOf(t, s); last.Wall < h.last.Wall || last.Trust != entry.Floor {
			t.Errorf("boot %q: started at %+v after %+v", row.boot, last, h.last)
		}
		must(t, s.Close())
		l.now = entry.Stamp{Wall: 77, Mono: 5}
	}
}

// TestCodesWhoseClockWentBack: a code of five minutes ago is known after a
// reboot, although a later entry was stamped an hour before it.
func TestCodesWhoseClockWentBack(t *testing.T) {
	t.Parallel()
	l := newLab(t, 3)
	s, _ := l.openWith("a")
	_, err := ask(s, "134567890123456789")
	must(t, err)
	right := l.now.Wall
	l.now.Wall -= 3_600_000
	_, err = ask(s, "134567890123456700")
	must(t, err)
	must(t, s.Close())
	l.now = entry.Stamp{Wall: right + 5*60_000, Mono: 5, Trust: entry.Trusted}
	s, _ = l.openWith("b")
	defer s.Close()
	if _, err := ask(s, "134567890123456789"); !errors.Is(err, store.ErrCodeUsed) {
		t.Errorf("the code is sent again: %v", err)
	}
}

// TestTheClockHearsOfADamagedJournal: what the next epoch writes of it is no
// earlier than its newest entry that is certain.
func TestTheClockHearsOfADamagedJournal(t *testing.T) {
	t.Parallel()
	l := newLab(t, 2)
	s, _ := l.openWith("a")
	l.tick(5000)
	trade(t, s, 20, "a")
	last := l.now
	must(t, s.Close())
	image, aside := l.disk.Image(), 0
	for at := int64(1024); at < int64(len(image.Bytes(path))); at += 1024 {
		l.disk.Restore(image)
		must(t, l.disk.Flip(path, at+3))
		l.now = entry.Stamp{Wall: 77, Mono: 5}
		s, h := l.openWith("a")
		if s.Damage() == nil {
			must(t, s.Close())
			continue
		}
		aside++
		if h.times == 0 || h.asked != 0 {
			t.Fatalf("byte %d: told %+v", at+3, h)
		}
		began, err := s.Object(t.Context(), 1, 0)
		must(t, err)
		if got := began[0]; got.Kind != entry.Damaged || got.Wall < last.Wall-5000 || got.Trust != entry.Floor {
			t.Fatalf("byte %d: the epoch began at %+v, the one before ended at %+v", at+3, got.Stamp, last)
		}
		must(t, s.Close())
	}
	if aside == 0 {
		t.Error("no flip was noticed")
	}
}
