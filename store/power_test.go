package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"tillgate/store"
	"tillgate/store/entry"
)

// story is one sale in two commits on a disk that fails somewhere, and what the
// caller was told about it.
type story struct {
	asked, settled bool // Commit returned without an error
	sale           sale
}

func tell(s *store.Store, code string) (st story, err error) {
	if st.sale, err = ask(s, code); err != nil {
		return st, err
	}
	st.asked = true
	if err = st.sale.settle(s, false); err != nil {
		return st, err
	}
	st.settled = true
	return st, nil
}

// holds checks after a restart that what was acknowledged is there, and that
// nothing is there by half.
func (st story) holds(t *testing.T, s *store.Store, what string) {
	t.Helper()
	key, err := s.Find(context.Background(), st.sale.number)
	if errors.Is(err, store.ErrNotFound) {
		if st.asked {
			t.Fatalf("%s: the intent was acknowledged and is gone", what)
		}
		return
	}
	must(t, err)
	entries := unfinished(t, s)[key]
	var kinds []entry.Kind
	for _, e := range entries {
		kinds = append(kinds, e.Kind)
	}
	switch {
	case slices.Equal(kinds, []entry.Kind{entry.Opened, entry.Asked, entry.Settled}):
	case slices.Equal(kinds, []entry.Kind{entry.Opened, entry.Asked}) && !st.settled:
	default:
		t.Fatalf("%s: asked %v, settled %v, but the entries are %v", what, st.asked, st.settled, kinds)
	}
}

// TestPowerCutAtEveryWrite cuts the power at every write and sync of a sale's
// two commits, with several fates of the sectors each.
func TestPowerCutAtEveryWrite(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			for cut := 1; ; cut++ {
				l := newLab(t, seed*1000+uint64(cut))
				s := l.open()
				trade(t, s, 3, "before")
				l.disk.CutAfter(cut)
				st, err := tell(s, "x")
				if !l.disk.Off() {
					must(t, err)
					_ = s.Close()
					return
				}
				if err != nil && !isAny(err, store.ErrUnwritten) {
					t.Fatalf("cut at operation %d: %v", cut, err)
				}
				_ = s.Close()
				l.disk.Boot()
				s = l.open()
				what := fmt.Sprintf("cut at operation %d", cut)
				if s.Damage() != nil {
					t.Fatalf("%s: taken for damage: %+v", what, s.Damage())
				}
				st.holds(t, s, what)
				_, err = s.Verify(context.Background(), nil)
				must(t, err)
				must(t, s.Close())
			}
		})
	}
}

// TestTenCutsInARow is a brown-out: every life ends in the middle of the same sale.
func TestTenCutsInARow(t *testing.T) {
	short(t)
	t.Parallel()
	for seed := range uint64(40) {
		l := newLab(t, seed)
		s := l.open()
		trade(t, s, 3, "before")
		var told []story
		for i := range 10 {
			l.disk.CutAfter(1 + int(seed+uint64(i)*7)%23)
			st, _ := tell(s, fmt.Sprint("code", i))
			told = append(told, st)
			_ = s.Close()
			l.disk.Boot()
			var err error
			if s, err = store.Open(context.Background(), l.options()); err != nil {
				t.Fatalf("seed %d, life %d: %v", seed, i, err)
			}
			if s.Damage() != nil {
				t.Fatalf("seed %d, life %d: taken for damage: %+v", seed, i, s.Damage())
			}
		}
		for i, st := range told {
			st.holds(t, s, fmt.Sprintf("seed %d, life %d", seed, i))
		}
		must(t, s.Close())
	}
}

// TestTenCutsInOneSale is a brown-out in the middle of one sale: every life finds
// it unfinished, goes on with it, and is cut while it writes that down. What had
// been acknowledged in any life is there in order, once.
func TestTenCutsInOneSale(t *testing.T) {
	short(t)
	t.Parallel()
	kept := 0
	for seed := range uint64(40) {
		l := newLab(t, seed)
		s := l.open()
		trade(t, s, 3, "before")
		o, err := ask(s, "x")
		must(t, err)
		told := []int{}
		for life := range 10 {
			l.disk.CutAfter(1 + int(seed+uint64(life)*5)%13)
			for i := range 3 {
				heard := entry.New(entry.Heard, entry.HeardBody{Number: o.number, Code: fmt.Sprint(10*life + i)})
				entries, err := s.Commit(context.Background(), store.Step{Key: o.key, After: o.last, Entries: []entry.Draft{heard}})
				if err != nil {
					break
				}
				told, o.last = append(told, 10*life+i), entries[0].Seq
			}
			_ = s.Close()
			l.disk.Boot()
			s = l.open()
			open := unfinished(t, s)[o.key]
			if len(unfinished(t, s)) != 1 || len(open) < 2 {
				t.Fatalf("seed %d, life %d: unfinished are %v", seed, life, unfinished(t, s))
			}
			o.last = open[len(open)-1].Seq
			there := []int{} // what was told, and perhaps one more
			for _, e := range open[2:] {
				n, err := strconv.Atoi(entry.Must[entry.HeardBody](e).Code)
				must(t, err)
				there = append(there, n)
			}
			for _, n := range told {
				if !slices.Contains(there, n) {
					t.Fatalf("seed %d, life %d: %d was acknowledged and is gone: %v", seed, life, n, there)
				}
			}
			if !slices.IsSorted(there) || len(slices.Compact(slices.Clone(there))) != len(there) {
				t.Fatalf("seed %d, life %d: out of order or twice: %v", seed, life, there)
			}
			told = there
		}
		if s.Damage() != nil {
			t.Fatalf("seed %d: taken for damage: %+v", seed, s.Damage())
		}
		kept += len(told)
		must(t, o.settle(s, true))
		_, err = s.Verify(context.Background(), nil)
		must(t, err)
		must(t, s.Close())
	}
	if kept < 200 || kept > 1000 {
		t.Errorf("%d entries were kept: the cuts are not in the middle", kept)
	}
}

// TestCutWhileOpening cuts the power at every operation of the first open and of a later one.
func TestCutWhileOpening(t *testing.T) {
	t.Parallel()
	for _, first := range []bool{true, false} {
		for cut := 1; ; cut++ {
			l := newLab(t, uint64(cut))
			var o sale
			if !first {
				s := l.open()
				var err error
				o, err = ask(s, "x")
				must(t, err)
				l.disk.Boot()
			}
			l.disk.CutAfter(cut)
			s, err := store.Open(context.Background(), l.options())
			off := l.disk.Off()
			if err == nil {
				_ = s.Close()
			}
			l.disk.Boot()
			s = l.open()
			if epoch, _, _ := s.Head(); epoch.Number != 1 || s.Damage() != nil {
				t.Fatalf("first %v, cut %d: epoch %d, damage %+v", first, cut, epoch.Number, s.Damage())
			}
			if got := openNumbers(t, s); !first && !slices.Equal(got, []string{o.number}) {
				t.Fatalf("cut %d: open are %v", cut, got)
			}
			must(t, s.Close())
			if !off {
				break
			}
		}
	}
}
