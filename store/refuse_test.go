package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"tillgate/store"
)

// TestReadOnlyBetweenIntentAndOutcome: the outcome is refused and nothing of it
// is there; after the repair it is booked, and only then new sales begin.
func TestReadOnlyBetweenIntentAndOutcome(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	o, err := ask(s, "x")
	must(t, err)
	l.disk.SetReadOnly(true)
	if err := o.settle(s, false); !errors.Is(err, store.ErrUnwritten) {
		t.Fatalf("settle on a read-only disk: %v", err)
	}
	if got := unfinished(t, s)[o.key]; len(got) != 2 {
		t.Fatalf("%d entries of the order, want the two of the intent", len(got))
	}
	if _, err := ask(s, "y"); !errors.Is(err, store.ErrUnwritten) {
		t.Fatalf("a new sale on a read-only disk: %v", err)
	}
	if s.Broken() == nil {
		t.Error("the store does not say that it cannot write")
	}
	l.disk.SetReadOnly(false)
	must(t, o.settle(s, true))
	if s.Broken() != nil {
		t.Error(s.Broken())
	}
	_, err = ask(s, "y")
	must(t, err)
	_, err = s.Verify(context.Background(), nil)
	must(t, err)
	must(t, s.Close())
	s = l.open()
	defer s.Close()
	if len(unfinished(t, s)) != 1 {
		t.Errorf("%d unfinished orders, want one", len(unfinished(t, s)))
	}
}

// TestOneFailureLosesNothing makes each write and sync of a sale fail once: the
// step is told as unwritten, can be committed again, and the journal stays whole.
func TestOneFailureLosesNothing(t *testing.T) {
	t.Parallel()
	failed := 0
	for skip := 0; skip < 40; skip++ {
		l := newLab(t, uint64(skip))
		s := l.open()
		trade(t, s, 2, "before")
		l.disk.FailAfter(skip, 1)
		o, err := ask(s, "x")
		if err != nil {
			failed++
			if !errors.Is(err, store.ErrUnwritten) {
				t.Fatalf("operation %d failed: %v", skip, err)
			}
			if o, err = ask(s, "x"); err != nil {
				t.Fatalf("operation %d failed, and the next try too: %v", skip, err)
			}
		}
		if err := o.settle(s, true); err != nil {
			failed++
			if !errors.Is(err, store.ErrUnwritten) {
				t.Fatalf("operation %d failed: %v", skip, err)
			}
			if err := o.settle(s, true); err != nil {
				t.Fatalf("operation %d failed, and the next try too: %v", skip, err)
			}
		}
		l.disk.FailNext(0) // it was not reached
		trade(t, s, 5, "after")
		_, err = s.Verify(context.Background(), nil)
		must(t, err)
		l.disk.Boot() // as after a cut: what was acknowledged had been synced
		s = l.open()
		if s.Damage() != nil {
			t.Fatalf("operation %d failed, then a cut: taken for damage: %+v", skip, s.Damage())
		}
		if _, err := s.Find(context.Background(), o.number); err != nil {
			t.Fatalf("operation %d failed, then a cut: %v", skip, err)
		}
		must(t, s.Close())
	}
	if failed < 4 {
		t.Errorf("only %d operations failed", failed)
	}
}

// TestFullDisk: no new sale begins, the started one ends through the ballast,
// nothing is lost, and with room again the ballast is made and sales go on.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	l.reserve = 256 << 10
	s := l.open()
	trade(t, s, 20, "a")
	var started []sale
	for i := range 500 { // more than the log has room for
		o, err := ask(s, fmt.Sprint("started", i))
		must(t, err)
		started = append(started, o)
	}
	l.disk.SetFull(l.disk.Used() + 100<<10) // less than the reserve
	if _, err := ask(s, "new"); !errors.Is(err, store.ErrFull) {
		t.Fatalf("a new sale below the reserve: %v", err)
	}
	must(t, started[0].settle(s, true))
	l.disk.SetFull(l.disk.Used()) // not a byte
	for i := range started[1:] {
		if err := started[1+i].settle(s, true); err != nil {
			t.Fatalf("a started sale cannot end: %v", err)
		}
	}
	if _, err := l.disk.Size(path + ".ballast"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("they ended without the ballast: %v", err)
	}
	if _, err := ask(s, "new"); !errors.Is(err, store.ErrFull) {
		t.Fatalf("a new sale on a full disk: %v", err)
	}
	l.disk.Boot()
	s = l.open()
	if n := len(unfinished(t, s)); n != 0 {
		t.Errorf("%d sales have not ended after the restart", n)
	}
	if _, err := ask(s, "new"); !errors.Is(err, store.ErrFull) {
		t.Fatalf("a new sale on a full disk after the restart: %v", err)
	}
	l.disk.SetFull(1 << 30)
	trade(t, s, 3, "b")
	if size, err := l.disk.Size(path + ".ballast"); err != nil || size < 1<<20 {
		t.Errorf("the ballast is not back: %d bytes, %v", size, err)
	}
	_, err := s.Verify(context.Background(), nil)
	must(t, err)
	must(t, s.Close())
}

// TestQuota: above the bytes that the database may have, no sale begins.
func TestQuota(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	l.quota = 100 << 10
	s := l.open()
	defer s.Close()
	var err error
	for i := 0; err == nil && i < 10_000; i++ {
		var o sale
		if o, err = ask(s, fmt.Sprint(i)); err == nil {
			err = o.settle(s, true)
		}
	}
	if !errors.Is(err, store.ErrFull) {
		t.Fatalf("above the quota: %v", err)
	}
}

// TestFullRealDisk fills a small file system to its last byte: what was started
// ends, through the ballast, and nothing that was written is lost.
func TestFullRealDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("only root may mount a small file system: %v", err)
	}
	t.Cleanup(func() { must(t, unix.Unmount(dir, unix.MNT_DETACH)) })
	opts := onDisk(dir + "/till.db")
	s, err := store.Open(t.Context(), opts)
	must(t, err)
	numbers := trade(t, s, 100, "a")
	var started []sale
	for i := range 40 {
		o, err := ask(s, fmt.Sprint("started", i))
		must(t, err)
		started = append(started, o)
	}
	fill := make([]byte, 1<<20)
	for name := 0; len(fill) > 0; name++ {
		if os.WriteFile(fmt.Sprintf("%s/fill%d", dir, name), fill, 0o600) != nil {
			fill = fill[:len(fill)/2]
		}
	}
	for i := range started {
		if err := started[i].settle(s, true); err != nil {
			t.Fatalf("started sale %d cannot end: %v", i, err)
		}
	}
	refused := false
	for i := 0; i < 2000 && !refused; i++ { // the log may hold a few more
		o, err := ask(s, fmt.Sprint("new", i))
		if refused = errors.Is(err, store.ErrFull); !refused {
			must(t, err)
			must(t, o.settle(s, true))
			numbers = append(numbers, o.number)
		}
	}
	if !refused {
		t.Error("sales go on and on, on a full disk")
	}
	must(t, s.Close())
	s, err = store.Open(t.Context(), opts)
	must(t, err)
	if s.Damage() != nil || len(unfinished(t, s)) != 0 {
		t.Errorf("damage %+v, unfinished %v", s.Damage(), unfinished(t, s))
	}
	for _, o := range started {
		numbers = append(numbers, o.number)
	}
	for _, number := range numbers {
		if _, err := s.Find(t.Context(), number); err != nil {
			t.Error(err)
		}
	}
	_, err = s.Verify(t.Context(), nil)
	must(t, err)
	must(t, s.Close())
}
