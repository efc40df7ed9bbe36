package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tillgate/store"
	"tillgate/store/entry"
)

// TestFlippedByteForgetsNothing breaks one byte in each page in turn, at several
// places of it, with an unknown charge in the database: it is still there after
// Open, or after Verify has found the damage and the store was opened again.
func TestFlippedByteForgetsNothing(t *testing.T) {
	short(t)
	t.Parallel()
	l := newLab(t, 2)
	s := l.open()
	numbers := trade(t, s, 90, "a")
	unknown, err := ask(s, "unknown")
	must(t, err)
	numbers = append(numbers, trade(t, s, 60, "b")...)
	must(t, s.Close())
	image := l.disk.Image()
	pages := int64(len(image.Bytes(path)) / 1024)
	for seed, in := range []int64{0, 3, 8, 333, 880} { // type, count, first pointer, cells
		t.Run(fmt.Sprintf("byte %d", in), func(t *testing.T) {
			t.Parallel()
			f := flips{t: t, unknown: unknown.number, numbers: numbers}
			l := newLab(t, uint64(seed))
			for at := range pages {
				at *= 1024
				l.disk.Restore(image)
				must(t, l.disk.Flip(path, at+in))
				f.check(l, fmt.Sprintf("byte %d of page %d", in, at/1024+1))
			}
			t.Logf("%d flips set the file aside, %d rows were rebuilt, %d bytes mean nothing", f.aside, f.rebuilt, f.silent)
			if f.aside == 0 {
				t.Error("no flip was noticed")
			}
		})
	}
}

// TestFlippedByteInALargeFile does the same with a file that opening does not
// check whole, without Verify: what is open is known when Open returns, or when
// the first to ask for it has met the damage and opened again.
func TestFlippedByteInALargeFile(t *testing.T) {
	short(t)
	t.Parallel()
	l := newLab(t, 7)
	s := l.open()
	old, err := ask(s, "old")
	must(t, err)
	for i := range 550 { // large by its words, so that there are not too many entries to read again
		l.tick(20_000)
		n := s.Number()
		opened := entry.New(entry.Opened, entry.OpenedBody{Lane: "counter", Amount: 5, Title: strings.Repeat(fmt.Sprint(i, " "), 1100)})
		_, err := s.Commit(t.Context(), store.Step{Entries: []entry.Draft{opened, draftAsked(n, nil), draftSettled(n)}, Done: true})
		must(t, err)
	}
	young, err := ask(s, "young")
	must(t, err)
	trade(t, s, 20, "b")
	must(t, s.Close())
	image := l.disk.Image()
	pages := int64(len(image.Bytes(path)) / 1024)
	if pages < 2500 {
		t.Fatalf("%d pages are checked whole", pages)
	}
	want := []string{old.number, young.number}
	slices.Sort(want)
	const shares = 4
	for share := range int64(shares) {
		t.Run(fmt.Sprint("share ", share), func(t *testing.T) {
			t.Parallel()
			l, now := newLab(t, uint64(share)), l.now
			l.now = now
			aside := 0
			for at := share; at < pages; at += shares {
				if at > 40 && at < pages-40 && at%23 > 0 {
					continue // like the others in the middle
				}
				l.disk.Restore(image)
				must(t, l.disk.Flip(path, at*1024+[]int64{0, 3, 500, 900}[at/shares%4]))
				s := l.open()
				if err := s.Unfinished(t.Context(), func(entry.Seq, []entry.Entry) error { return nil }); err != nil {
					if !errors.Is(err, store.ErrDamaged) {
						t.Fatal(err)
					}
					must(t, s.Close())
					if s = l.open(); s.Damage() == nil {
						t.Fatalf("page %d: %v, but the next open set nothing aside", at+1, err)
					}
				}
				if s.Damage() != nil {
					aside++
				}
				got := openNumbers(t, s)
				for _, number := range want {
					if !slices.Contains(got, number) {
						t.Fatalf("page %d: %s is forgotten; open are %v; damage %+v", at+1, number, got, s.Damage())
					}
				}
				must(t, s.Close())
			}
			t.Logf("%d flips set the file aside", aside)
			if aside == 0 {
				t.Error("no flip was noticed")
			}
		})
	}
}

// flips counts what came of broken bytes.
type flips struct {
	t                      *testing.T
	unknown                string
	numbers                []string
	aside, rebuilt, silent int
}

func (f *flips) check(l *lab, what string) {
	t := f.t
	t.Helper()
	s := l.open()
	if s.Damage() == nil {
		report, err := s.Verify(context.Background(), nil)
		switch {
		case errors.Is(err, store.ErrDamaged):
			must(t, s.Close())
			if s = l.open(); s.Damage() == nil {
				t.Fatalf("%s: %v, but the next open set nothing aside", what, err)
			}
		case err != nil:
			t.Fatalf("%s: %v", what, err)
		case report.Rebuilt > 0:
			f.rebuilt++
		default:
			f.silent++ // a byte that no page uses
		}
	}
	defer func() { must(t, s.Close()) }()
	if got := openNumbers(t, s); !slices.Contains(got, f.unknown) {
		t.Fatalf("%s: %s is forgotten; open are %v; damage %+v", what, f.unknown, got, s.Damage())
	} else if len(got) > 3 {
		t.Errorf("%s: %d orders go on, of one: %v", what, len(got), got)
	}
	if d := s.Damage(); d != nil {
		f.aside++
		missing := 0
		for _, number := range f.numbers {
			if _, err := s.Find(context.Background(), number); err != nil {
				missing++
			}
		}
		if missing > d.Unreadable+5 {
			t.Errorf("%s: %d numbers cannot be found, %d entries unreadable of %d", what, missing, d.Unreadable, d.Readable+d.Unreadable)
		}
	}
	if _, err := s.Verify(context.Background(), nil); err != nil {
		t.Fatalf("%s: what is there now does not verify: %v", what, err)
	}
}

// TestMendedIntentIsExact breaks each byte of the unknown attempt's intent in
// the journal: a network is never asked for a wrong number, nor the wrong network.
func TestMendedIntentIsExact(t *testing.T) {
	short(t)
	t.Parallel()
	l := newLab(t, 3)
	s := l.open()
	trade(t, s, 30, "a")
	unknown, err := ask(s, "unknown")
	must(t, err)
	trade(t, s, 30, "b")
	must(t, s.Close())
	image := l.disk.Image()
	at := strings.Index(string(image.Bytes(path)), `{"n":"`+unknown.number)
	if at < 0 {
		t.Fatal("the intent is not in the file")
	}
	for i := range len(draftAsked(unknown.number, s.CodeHash("unknown")).Body) {
		l.disk.Restore(image)
		must(t, l.disk.Flip(path, int64(at+i)))
		s := l.open()
		if s.Damage() == nil {
			if _, err := s.Verify(context.Background(), nil); !errors.Is(err, store.ErrDamaged) {
				t.Fatalf("byte %d broken, verify says %v", i, err)
			}
			must(t, s.Close())
			s = l.open()
		}
		if got := openNumbers(t, s); !slices.Equal(got, []string{unknown.number}) {
			t.Errorf("byte %d broken: asks for %v, not %s", i, got, unknown.number)
		}
		for _, entries := range unfinished(t, s) {
			if b := entry.Must[entry.InheritedBody](entries[0]); b.Merchant != "shop" || b.Network != "wechat" || b.Lane != "counter" || b.Amount != 1250 {
				t.Errorf("byte %d broken: asks as %+v", i, b)
			}
		}
		must(t, s.Close())
	}
}

// TestBrokenLogIsNotPassedOver breaks a byte in each frame of a log that a power
// cut has left: SQLite alone would drop all commits from there on.
func TestBrokenLogIsNotPassedOver(t *testing.T) {
	t.Parallel()
	const frame = 24 + 1024
	l := newLab(t, 4)
	s := l.open()
	trade(t, s, 10, "a")
	unknown, err := ask(s, "unknown")
	must(t, err)
	numbers := trade(t, s, 10, "b")
	last := numbers[len(numbers)-1]
	image := l.disk.Image() // the log is as it is, nothing has been closed
	l.disk.Boot()
	frames := (int64(len(image.Bytes(path+"-wal"))) - 32) / frame
	for i := range frames {
		for _, in := range []int64{5, 20, 500} {
			l.disk.Restore(image)
			must(t, l.disk.Flip(path+"-wal", 32+i*frame+in))
			s := l.open()
			what := fmt.Sprintf("byte %d of frame %d of %d", in, i, frames)
			if got := openNumbers(t, s); !slices.Contains(got, unknown.number) {
				t.Errorf("%s: %s is forgotten, open are %v", what, unknown.number, got)
			}
			// The last transactions have no witness behind them: there a broken bit
			// looks like a cut, and the newest outcome may be gone.
			if _, err := s.Find(context.Background(), last); err != nil && i < frames-8 {
				t.Errorf("%s: %s: %v; damage %+v", what, last, err, s.Damage())
			}
			must(t, s.Close())
		}
	}
}

// TestLostFilesBeginTheNextEpoch removes the database, with and without its log
// and the epoch's files.
func TestLostFilesBeginTheNextEpoch(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		remove []string
		epoch  int64 // 0: any above 1,000,000
		open   bool  // the unknown attempt is still known
	}{
		{"nothing", nil, 1, true},
		{"one epoch file", []string{path + ".epoch-a"}, 1, true},
		{"both epoch files", []string{path + ".epoch-a", path + ".epoch-b"}, 1, true},
		{"the database", []string{path}, 2, true}, // its log has it
		{"the database and its log", []string{path, path + "-wal"}, 2, false},
		{"the database and both epoch files", []string{path, path + ".epoch-a", path + ".epoch-b"}, 0, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, 5)
			s := l.open()
			o, err := ask(s, "1")
			must(t, err)
			hash := s.CodeHash("134567890123456789")
			l.disk.Boot()
			for _, name := range row.remove {
				must(t, l.disk.Remove(name))
			}
			s = l.open()
			defer s.Close()
			epoch, _, _ := s.Head()
			if row.epoch != 0 && epoch.Number != row.epoch || row.epoch == 0 && epoch.Number < 1_000_000 {
				t.Errorf("epoch %d, want %d", epoch.Number, row.epoch)
			}
			if got := slices.Contains(openNumbers(t, s), o.number); got != row.open {
				t.Errorf("unknown attempt known: %v, want %v", got, row.open)
			}
			if epoch.Number <= 2 && !slices.Equal(s.CodeHash("134567890123456789"), hash) {
				t.Error("the key of the payment codes has changed")
			}
			if (s.Damage() != nil) != (row.epoch != 1) {
				t.Errorf("damage %+v in epoch %d", s.Damage(), epoch.Number)
			}
			if _, err := s.Verify(context.Background(), nil); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSettingAsideSurvivesCuts cuts the power at every operation of opening a
// damaged database, again and again: the unknown charge goes on all the same.
func TestSettingAsideSurvivesCuts(t *testing.T) {
	t.Parallel()
	t.Run("closed", func(t *testing.T) {
		t.Parallel()
		cutSettingAside(t, func(l *lab, s *store.Store) {
			must(t, s.Close())
			must(t, l.disk.Flip(path, 30)) // in the header
		})
	})
	t.Run("with a log", func(t *testing.T) {
		t.Parallel()
		cutSettingAside(t, func(l *lab, _ *store.Store) {
			l.disk.Boot()
			must(t, l.disk.Flip(path+"-wal", 32+3*(24+1024)+100)) // what was asked is behind that, and nowhere else
		})
	})
}

func cutSettingAside(t *testing.T, end func(l *lab, s *store.Store)) {
	l := newLab(t, 6)
	s := l.open()
	trade(t, s, 10, "a")
	unknown, err := ask(s, "unknown")
	must(t, err)
	trade(t, s, 2, "b")
	end(l, s)
	image := l.disk.Image()
	for cut := 1; ; cut++ {
		l.disk.Restore(image)
		for n := cut; ; n += 3 {
			l.disk.CutAfter(n)
			s, err := store.Open(context.Background(), l.options())
			if err == nil {
				err = s.Close()
			}
			off := l.disk.Off()
			l.disk.Boot()
			if !off {
				must(t, err)
				break
			}
		}
		s := l.open()
		if got := openNumbers(t, s); !slices.Equal(got, []string{unknown.number}) {
			t.Fatalf("cuts at every %d-th operation: open are %v, want %s", cut, got, unknown.number)
		}
		if epoch, _, _ := s.Head(); epoch.Number < 2 {
			t.Fatalf("cuts at every %d-th operation: epoch %d", cut, epoch.Number)
		}
		_, err := s.Verify(context.Background(), nil)
		must(t, err)
		must(t, s.Close())
		if cut > 40 {
			return
		}
	}
}
