package store_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"

	"tillgate/store"
	"tillgate/store/entry"
)

// TestNumbersGoOn: the counter runs on over starts and the random changes with each.
func TestNumbersGoOn(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	randoms := map[int]bool{}
	last := 0
	for range 5 {
		s := l.open()
		o, err := ask(s, s.Number())
		must(t, err)
		random, counter, err := entry.Counter(o.number)
		must(t, err)
		if randoms[random] || counter <= last {
			t.Errorf("number %s after counter %d, randoms %v", o.number, last, randoms)
		}
		randoms[random], last = true, counter
		must(t, s.Close())
	}
}

// TestHeld: a database that is open is not opened again.
func TestHeld(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	real := store.Options{Path: t.TempDir() + "/a till.db", Prefix: site, Device: device, Clock: func() entry.Stamp { return l.now }}
	for name, opts := range map[string]store.Options{"simulated": l.options(), "real": real} {
		s, err := store.Open(context.Background(), opts)
		must(t, err)
		o, err := ask(s, "x")
		must(t, err)
		if _, err := store.Open(context.Background(), opts); !errors.Is(err, store.ErrHeld) {
			t.Errorf("%s: opened twice: %v", name, err)
		}
		must(t, o.settle(s, true))
		must(t, s.Close())
		s, err = store.Open(context.Background(), opts)
		must(t, err)
		if _, err := s.Find(context.Background(), o.number); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		_, err = s.Verify(context.Background(), nil)
		must(t, err)
		must(t, s.Close())
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	for name, change := range map[string]func(*store.Options){
		"prefix like a code": func(o *store.Options) { o.Prefix = "28000001" },
		"short device":       func(o *store.Options) { o.Device = "1" },
		"no clock":           func(o *store.Options) { o.Clock = nil },
	} {
		opts := l.options()
		change(&opts)
		if s, err := store.Open(context.Background(), opts); err == nil {
			t.Errorf("%s is accepted", name)
			must(t, s.Close())
		}
	}
}

// TestRestoredImageUsesNoNumberTwice puts yesterday's disk back: numbers drawn
// today are not drawn again.
func TestRestoredImageUsesNoNumberTwice(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	seen := map[string]bool{}
	draw := func(s *store.Store, numbers []string) {
		for range 50 { // drawn and never committed
			numbers = append(numbers, s.Number())
		}
		for _, n := range numbers {
			if seen[n] {
				t.Fatalf("number %s was used before", n)
			}
			if !entry.IsNumber(n, site) {
				t.Fatalf("%s is not a number of this site", n)
			}
			seen[n] = true
		}
	}
	draw(s, trade(t, s, 50, "a"))
	must(t, s.Close())
	yesterday := l.disk.Image()
	for life := range 20 {
		l.disk.Restore(yesterday)
		s := l.open()
		draw(s, trade(t, s, 50, fmt.Sprint("life", life)))
		must(t, s.Close())
	}
}

// counting is a source of randoms that begins anew in every life, as a poor one
// may on a board without a clock: 0, 1, 2, …
type counting struct{ next uint64 }

func (c *counting) Read(p []byte) (int, error) {
	for i := 0; i < len(p); i += 8 {
		binary.BigEndian.PutUint64(p[i:], c.next)
		c.next++
	}
	return len(p), nil
}

// TestRandomsAreNotDrawnAgain: a start never takes a random that another has
// had, however poor the source of randoms, also when the start's rows are lost
// with a damaged database.
func TestRandomsAreNotDrawnAgain(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	seen := map[int]bool{}
	life := func(what string) {
		opts := l.options()
		opts.Random = &counting{}
		s, err := store.Open(t.Context(), opts)
		must(t, err)
		o, err := ask(s, what)
		must(t, err)
		must(t, o.settle(s, true))
		random, _, err := entry.Counter(o.number)
		must(t, err)
		if seen[random] {
			t.Errorf("%s: random %d is drawn again", what, random)
		}
		seen[random] = true
		must(t, s.Close())
	}
	for i := range 30 {
		life(fmt.Sprint("life ", i))
	}
	l.change("PRAGMA secure_delete = ON; DELETE FROM start")
	must(t, l.disk.Flip(path, 30)) // in the header: the next epoch reads what it can
	for i := range 30 {
		life(fmt.Sprint("life after the damage ", i))
	}
}

// TestLeftoverOfASettingAside: a half-made or whole next database beside a sound
// one is what a cut has left. It is taken away, not put in place some day.
func TestLeftoverOfASettingAside(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	numbers := trade(t, s, 3, "a")
	must(t, s.Close())
	for _, ending := range []string{".next", ".making", ".making-wal"} {
		f, err := l.disk.Open(path+ending, true)
		must(t, err)
		_, err = f.WriteAt([]byte("left over"), 0)
		must(t, err)
		must(t, f.Sync())
	}
	s = l.open()
	for _, number := range numbers {
		_, err := s.Find(t.Context(), number)
		must(t, err)
	}
	must(t, s.Close())
	if _, err := l.disk.Size(path + ".next"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the leftover is still there: %v", err)
	}
}

// TestLogKeepsItsSize: on a real disk the log has its size from the first open
// on and is still there after a close, so that no commit makes a file longer.
func TestLogKeepsItsSize(t *testing.T) {
	t.Parallel()
	opts := onDisk(t.TempDir() + "/till.db")
	s, err := store.Open(t.Context(), opts)
	must(t, err)
	before, err := os.Stat(opts.Path + "-wal")
	must(t, err)
	trade(t, s, 400, "a")
	must(t, s.Close())
	after, err := os.Stat(opts.Path + "-wal")
	must(t, err)
	if before.Size() < 1<<20 || after.Size() != before.Size() {
		t.Errorf("the log had %d bytes and has %d", before.Size(), after.Size())
	}
}
