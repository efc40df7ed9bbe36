package store_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/store"
	"tillgate/store/entry"
)

// TestIdleWritesNothing: when all is done, idling costs the disk nothing, and
// the next day's check only reads.
func TestIdleWritesNothing(t *testing.T) {
	short(t)
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	trade(t, s, 6000, "a") // more than SQLite's cache holds
	s.Idle(context.Background())
	before := l.disk.Counts()
	s.Idle(context.Background())
	if after := l.disk.Counts(); after != before {
		t.Errorf("the second time on one day went from %+v to %+v", before, after)
	}
	for range 10 {
		l.tick(3 * 3600_000)
		s.Idle(context.Background())
	}
	after := l.disk.Counts()
	if after.Reads = before.Reads; after != before {
		t.Errorf("idle went from %+v to %+v", before, after)
	}
}

// TestIdleFindsDamage breaks an entry in the middle of a running store: the
// check at idle finds it, commits are refused, and opening again begins the
// next epoch with the unknown order.
func TestIdleFindsDamage(t *testing.T) {
	short(t)
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	numbers := trade(t, s, 5000, "a") // more than SQLite's cache holds
	unknown, err := ask(s, "unknown")
	must(t, err)
	intent := strings.Index(string(l.disk.Image().Bytes(path)), `{"n":"`+numbers[200])
	if intent < 0 {
		t.Fatal("the entry is not in the file")
	}
	must(t, l.disk.Flip(path, int64(intent)+8))
	s.Idle(context.Background())
	if _, err := ask(s, "y"); !errors.Is(err, store.ErrDamaged) {
		t.Fatalf("a sale on a damaged journal: %v", err)
	}
	if _, err := s.Entries(context.Background(), 0, 10); !errors.Is(err, store.ErrDamaged) {
		t.Errorf("reading a damaged journal: %v", err)
	}
	must(t, s.Close())
	s = l.open()
	d := s.Damage()
	if d == nil || d.Was != 1 || d.Readable < 15000 {
		t.Fatalf("damage %+v", d)
	}
	if got := openNumbers(t, s); !slices.Equal(got, []string{unknown.number}) {
		t.Errorf("open are %v, want %s", got, unknown.number)
	}
	if size, err := l.disk.Size("/data/" + d.Aside); err != nil || size == 0 {
		t.Errorf("%s has not been kept: %v", d.Aside, err)
	}
	_, err = ask(s, "z")
	must(t, err)
	must(t, s.Close())
	s = l.open() // and it does not begin again
	if epoch, _, _ := s.Head(); epoch.Number != 2 {
		t.Errorf("epoch %d", epoch.Number)
	}
	must(t, s.Close())
}

// TestDamageOfDamage: the next epoch is damaged in its turn; wrappers stay
// wrappers and the order keeps the name of its first epoch.
func TestDamageOfDamage(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	numbers := trade(t, s, 20, "a")
	unknown, err := ask(s, "unknown")
	must(t, err)
	for round := range 3 {
		must(t, s.Close())
		must(t, l.disk.Flip(path, 20)) // the header says how much of a page is used
		s = l.open()
		epoch, _, _ := s.Head()
		if epoch.Number != int64(round)+2 {
			t.Fatalf("round %d: epoch %d", round, epoch.Number)
		}
		for key, entries := range unfinished(t, s) {
			b := entry.Must[entry.InheritedBody](entries[0])
			if b.Number != unknown.number || b.Epoch != 1 || b.Key != unknown.key || b.Lane != "counter" || b.Amount != 1250 || b.Merchant != "shop" || b.Asked == 0 {
				t.Errorf("round %d: %d is %+v", round, key, b)
			}
		}
		if n := len(unfinished(t, s)); n != 1 {
			t.Errorf("round %d: %d unfinished", round, n)
		}
		for _, number := range numbers {
			key, err := s.Find(context.Background(), number)
			must(t, err)
			entries, err := s.Object(context.Background(), key, 0)
			must(t, err)
			if len(entries) != 3 || entries[0].Kind != entry.Salvaged || entry.Must[entry.SalvagedBody](entries[2]).Kind != entry.Settled {
				t.Fatalf("round %d: order %s is %v", round, number, entries)
			}
		}
	}
	_, err = s.Verify(context.Background(), nil)
	must(t, err)
	must(t, s.Close())
}

// TestBacklog opens a journal of 100,000 entries that nobody has acknowledged:
// that reads only the newest of them, and the cloud can still have them all.
func TestBacklog(t *testing.T) {
	short(t)
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	const sales, readsMax = 33_400, 3000
	for i := range sales {
		l.tick(20)
		n := s.Number()
		_, err := s.Commit(context.Background(), store.Step{
			Entries: []entry.Draft{draftOpened(1250), draftAsked(n, s.CodeHash(fmt.Sprint(i))), draftSettled(n)}, Done: true})
		must(t, err)
	}
	must(t, s.Close())
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	reads := l.disk.Counts().Reads
	begin := time.Now()
	s = l.open()
	took := time.Since(begin)
	reads = l.disk.Counts().Reads - reads
	runtime.GC()
	runtime.ReadMemStats(&after)
	_, head, _ := s.Head()
	if head < 100_000 {
		t.Fatalf("head %d", head)
	}
	heap := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / 1024
	t.Logf("opening %d unsent entries took %v, %d reads and %d kB of heap", head, took, reads, heap)
	if reads > readsMax {
		t.Errorf("opening took %d reads, more than %d", reads, readsMax)
	}
	if used := l.disk.Used(); used/sales*100_000 > 1<<30 {
		t.Errorf("%d sales have %d bytes: 100,000 of them do not fit into a gigabyte", sales, used)
	}
	sent := entry.Seq(0)
	for sent < head { // the cloud comes back
		batch, err := s.Entries(context.Background(), sent, 500)
		must(t, err)
		last := batch[len(batch)-1]
		must(t, s.Acknowledge(context.Background(), 1, last.Seq, last.Hash))
		sent = last.Seq
	}
	begin = time.Now()
	_, err := s.Verify(context.Background(), nil)
	must(t, err)
	t.Logf("verify took %v", time.Since(begin))
	must(t, s.Close())
}

// TestSaleInterruptsTheWalk: a step that comes while all pages are walked, at
// idle or by Verify, does not wait for the end of the walk.
func TestSaleInterruptsTheWalk(t *testing.T) {
	t.Parallel()
	for name, walk := range map[string]func(ctx context.Context, s *store.Store) error{
		"idle":   func(ctx context.Context, s *store.Store) error { s.Idle(ctx); return nil },
		"verify": func(ctx context.Context, s *store.Store) error { _, err := s.Verify(ctx, nil); return err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				const middle = 100
				var reads, written atomic.Int64
				l := newLab(t, 1)
				opts := l.options()
				opts.Clock = func() entry.Stamp { // the writer asks for the time
					if n := reads.Load(); n >= middle {
						written.CompareAndSwap(0, n)
					}
					return l.now
				}
				s, err := store.Open(t.Context(), opts)
				must(t, err)
				trade(t, s, 6000, "a") // more than SQLite's cache holds
				var sold error
				l.disk.OnRead(func() {
					if reads.Add(1) != middle {
						return
					}
					go func() { _, sold = ask(s, "in the middle") }()
					synctest.Wait() // the sale waits in the queue, and the walk has been told
				})
				reads.Store(0)
				must(t, walk(t.Context(), s))
				l.disk.OnRead(nil)
				synctest.Wait()
				must(t, sold)
				if n := written.Load() - middle; n < 0 || n > 20 {
					t.Errorf("the sale waited for %d more reads of the walk", n)
				}
				must(t, s.Close())
			})
		})
	}
}

// TestVerifyStopsForSales: sales are made while a verification runs, and it still
// ends well.
func TestVerifyStopsForSales(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	trade(t, s, 2000, "a")
	done := make(chan error)
	go func() {
		_, err := s.Verify(context.Background(), nil)
		done <- err
	}()
	sold := 0
	for {
		select {
		case err := <-done:
			must(t, err)
			t.Logf("%d sales during a verification", sold)
			if sold == 0 {
				t.Error("no sale was made while verifying")
			}
			return
		default:
			o, err := ask(s, fmt.Sprint("during", sold))
			must(t, err)
			must(t, o.settle(s, true))
			sold++
		}
	}
}
