package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"tillgate/store"
	"tillgate/store/entry"
)

// TestGroupCommit: the steps that have come while a write was running share the
// next transaction, and each caller gets its own entries.
func TestGroupCommit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const lanes = 20
		l := newLab(t, 1)
		var gate chan struct{}
		opts := l.options()
		opts.Clock = func() entry.Stamp { // the writer asks for the time: that is where this test holds it up
			if gate != nil {
				<-gate
			}
			return l.now
		}
		s, err := store.Open(t.Context(), opts)
		must(t, err)
		before := l.disk.Counts().Syncs
		gate = make(chan struct{})
		sales := make([]sale, lanes+1)
		var wg sync.WaitGroup
		for lane := range sales {
			wg.Go(func() {
				var err error
				if sales[lane], err = ask(s, fmt.Sprint(lane)); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		close(gate)
		wg.Wait()
		if syncs := l.disk.Counts().Syncs - before; syncs != 2 {
			t.Errorf("%d commits took %d syncs, want one for the first and one for the rest", len(sales), syncs)
		}
		for _, o := range sales {
			entries, err := s.Object(t.Context(), o.key, 0)
			must(t, err)
			if len(entries) != 2 || entry.Must[entry.AskedBody](entries[1]).Number != o.number {
				t.Errorf("the lane with number %s got entries %v", o.number, entries)
			}
		}
		must(t, s.Close())
	})
}

// TestManyLanes sells on many lanes at once.
func TestManyLanes(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	const lanes, each = 16, 20
	var wg sync.WaitGroup
	for lane := range lanes {
		wg.Go(func() {
			for i := range each {
				o, err := ask(s, fmt.Sprint(lane, "-", i))
				if err == nil {
					err = o.settle(s, true)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	report, err := s.Verify(context.Background(), nil)
	must(t, err)
	if want := entry.Seq(1 + 3*lanes*each); report.Head != want || report.Sales != lanes*each || !report.Whole {
		t.Errorf("%+v, want head %d with %d sales", report, want, lanes*each)
	}
}

// TestRidersShareTheCommit: a refused step does not harm those that share its transaction.
func TestRidersShareTheCommit(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	o, err := ask(s, "x")
	must(t, err)
	must(t, o.settle(s, false))
	before := l.disk.Counts().Syncs
	n := s.Number()
	entries, rode, err := s.CommitWith(context.Background(), store.Step{Entries: []entry.Draft{draftOpened(100), draftAsked(n, nil)}},
		store.Step{Key: o.key, After: o.last, Entries: []entry.Draft{draftOutputs()}, Done: true},
		store.Step{Key: o.key, After: o.last - 1, Entries: []entry.Draft{draftOutputs()}})
	must(t, err)
	if len(entries) != 2 || len(rode[0]) != 1 || rode[1] != nil {
		t.Errorf("%d entries, riders %v", len(entries), rode)
	}
	if syncs := l.disk.Counts().Syncs - before; syncs != 1 {
		t.Errorf("%d syncs for one commit with riders", syncs)
	}
	if _, err := s.Commit(context.Background(), store.Step{Key: o.key, After: o.last, Entries: []entry.Draft{draftOutputs()}}); !errors.Is(err, store.ErrStale) {
		t.Errorf("a step behind a rider: %v", err)
	}
}

func TestStale(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	o, err := ask(s, "x")
	must(t, err)
	old := o
	must(t, o.settle(s, true))
	for range 2 { // also after a restart, when the order is done and not in memory
		if err := old.settle(s, true); !errors.Is(err, store.ErrStale) {
			t.Errorf("a step on an older entry: %v", err)
		}
		if _, err := s.Commit(context.Background(), store.Step{Key: 1, After: 0, Entries: []entry.Draft{draftOutputs()}}); !errors.Is(err, store.ErrStale) {
			t.Errorf("a step on another kind of object: %v", err)
		}
		if _, err := s.Commit(context.Background(), store.Step{Key: 999, After: 7, Entries: []entry.Draft{draftOutputs()}}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a step on no object: %v", err)
		}
		must(t, s.Close())
		s = l.open()
	}
	must(t, s.Close())
	if _, err := ask2(s); !errors.Is(err, store.ErrClosed) {
		t.Errorf("a step on a closed store: %v", err)
	}
}

func ask2(s *store.Store) ([]entry.Entry, error) {
	return s.Commit(context.Background(), store.Step{Entries: []entry.Draft{draftOpened(1)}})
}

// TestCodeIsSentOnce: within ten minutes, over restarts and reboots, unless the
// attempt ended as not sent.
func TestCodeIsSentOnce(t *testing.T) {
	t.Parallel()
	const notSent, declined = 4, 2
	for _, row := range []struct {
		name    string
		end     uint8 // 0: still unknown
		minutes int64
		life    func(l *lab)
		used    bool
	}{
		{"at once", 0, 0, nil, true},
		{"after 9 minutes", declined, 9, nil, true},
		{"after 10 minutes", declined, 10, nil, false},
		{"after not sent", notSent, 0, nil, false},
		{"after a restart", declined, 5, func(*lab) {}, true},
		{"after a restart, 10 minutes", declined, 10, func(*lab) {}, false},
		{"not sent, after a restart", notSent, 0, func(*lab) {}, false},
		{"after a reboot", declined, 5, func(l *lab) { l.boot, l.now.Mono = "boot-2", 0 }, true},
		{"after a reboot, 10 minutes", declined, 10, func(l *lab) { l.boot, l.now.Mono = "boot-2", 0 }, false},
		{"after a reboot, clock unknown", declined, 10, func(l *lab) { l.boot, l.now.Mono, l.now.Trust = "boot-2", 0, entry.Untrusted }, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, 1)
			s := l.open()
			defer func() { must(t, s.Close()) }()
			o, err := ask(s, "134567890123456789")
			must(t, err)
			if row.end != 0 {
				_, err := s.Commit(context.Background(), store.Step{Key: o.key, After: o.last, Entries: []entry.Draft{draftEnded(o.number, row.end)}, Done: true})
				must(t, err)
			}
			l.tick(row.minutes * 60_000)
			if row.life != nil {
				row.life(l)
				must(t, s.Close())
				s = l.open()
			}
			_, err = ask(s, "134567890123456789")
			if got := errors.Is(err, store.ErrCodeUsed); got != row.used || err != nil && !got {
				t.Errorf("asked again: %v, want used %v", err, row.used)
			}
			_, err = ask(s, "another")
			must(t, err)
		})
	}
}

// TestCodeGoesAgainInOneStep: the end of an attempt whose request never left, and
// the next attempt with the same code, are one decision; two with one code are none.
func TestCodeGoesAgainInOneStep(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	o, err := ask(s, "134567890123456789")
	must(t, err)
	code := s.CodeHash("134567890123456789")
	step := store.Step{Key: o.key, After: o.last, Entries: []entry.Draft{draftEnded(o.number, 2), draftAsked(s.Number(), code)}}
	if _, err := s.Commit(t.Context(), step); !errors.Is(err, store.ErrCodeUsed) {
		t.Errorf("after a refusal the code goes again: %v", err)
	}
	step.Entries[0] = draftEnded(o.number, 4)
	entries, err := s.Commit(t.Context(), step)
	must(t, err)
	if len(entries) != 2 || entries[1].Prev != entries[0].Seq || entries[0].Prev != o.last {
		t.Errorf("the entries are %v", entries)
	}
	twice := store.Step{Entries: []entry.Draft{draftOpened(1), draftAsked(s.Number(), s.CodeHash("2")), draftAsked(s.Number(), s.CodeHash("2"))}}
	if _, err := s.Commit(t.Context(), twice); !errors.Is(err, store.ErrCodeUsed) {
		t.Errorf("one step sends a code twice: %v", err)
	}
	if _, err := ask(s, "2"); err != nil {
		t.Errorf("a refused step has used its code: %v", err)
	}
}

// TestCodeOfTwoLanes: the same code on two lanes at the same moment is sent once.
func TestCodeOfTwoLanes(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	errs := make([]error, 16)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = ask(s, "the same") })
	}
	wg.Wait()
	taken := 0
	for _, err := range errs {
		if err == nil {
			taken++
		} else if !errors.Is(err, store.ErrCodeUsed) {
			t.Error(err)
		}
	}
	if taken != 1 {
		t.Errorf("the code was taken %d times", taken)
	}
}

// TestGrownWakes: whoever waits for entries is woken by the next commit.
func TestGrownWakes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, 1)
		s := l.open()
		woken := 0
		ready := s.Grown()
		go func() {
			<-ready
			woken++
		}()
		synctest.Wait()
		if woken != 0 {
			t.Fatal("woken without an entry")
		}
		_, err := ask(s, "x")
		must(t, err)
		synctest.Wait()
		if woken != 1 {
			t.Fatal("not woken by a commit")
		}
		s.Idle(t.Context())
		must(t, s.Close())
	})
}

// TestCancelledStep: ctx ends the waiting, and such a step is not written later.
func TestCancelledStep(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, before, _ := s.Head()
	if _, err := s.Commit(ctx, store.Step{Entries: []entry.Draft{draftOpened(1)}}); !errors.Is(err, context.Canceled) {
		t.Errorf("commit with a cancelled context: %v", err)
	}
	trade(t, s, 1, "a")
	if _, after, _ := s.Head(); after != before+3 {
		t.Errorf("head went from %d to %d", before, after)
	}
}

// TestSaleTakesTwoSyncs: the intent and the outcome, and now and then those of
// emptying the log. The results of outputs and acknowledgements take none.
func TestSaleTakesTwoSyncs(t *testing.T) {
	t.Parallel()
	const sales = 2000
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	trade(t, s, 500, "before")
	before := l.disk.Counts()
	prev := sale{}
	for i := range sales {
		o := sale{number: s.Number()}
		var riders []store.Step
		if prev.key != 0 {
			riders = append(riders, store.Step{Key: prev.key, After: prev.last, Entries: []entry.Draft{draftOutputs()}, Done: true})
		}
		intent := store.Step{Entries: []entry.Draft{draftOpened(1250), draftAsked(o.number, s.CodeHash(fmt.Sprint(i)))}}
		entries, rode, err := s.CommitWith(context.Background(), intent, riders...)
		must(t, err)
		if len(rode) != len(riders) || len(rode) > 0 && len(rode[0]) != 1 {
			t.Fatalf("sale %d: riders %v", i, rode)
		}
		o.key, o.last = entries[0].Key, entries[1].Seq
		must(t, o.settle(s, false))
		prev = o
		if epoch, head, hash := s.Head(); i%12 == 11 {
			must(t, s.Acknowledge(context.Background(), epoch.Number, head, hash))
		}
	}
	after := l.disk.Counts()
	if syncs := float64(after.Syncs-before.Syncs) / sales; syncs < 2 || syncs > 2.1 {
		t.Errorf("a sale takes %.3f syncs, want 2 to 2.1", syncs)
	}
	if bytes := (after.Bytes - before.Bytes) / sales; bytes > 12<<10 {
		t.Errorf("a sale writes %d bytes", bytes)
	}
}
