package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"tillgate/store"
	"tillgate/store/entry"
)

// clock is a shift on its way.
type clock struct{ key, last entry.Seq }

func clockOn(s *store.Store, who string, lanes ...string) (c clock, err error) {
	entries, err := s.Commit(context.Background(), store.Step{Entries: []entry.Draft{entry.New(entry.ShiftOn, entry.ShiftOnBody{Who: who, Lanes: lanes})}})
	if err == nil {
		c = clock{entries[0].Key, entries[0].Seq}
	}
	return c, err
}

func (c *clock) step(s *store.Store, done bool, drafts ...entry.Draft) error {
	entries, err := s.Commit(context.Background(), store.Step{Key: c.key, After: c.last, Entries: drafts, Done: done})
	if err == nil {
		c.last = entries[len(entries)-1].Seq
	}
	return err
}

func draftOff() entry.Draft { return entry.New(entry.ShiftOff, entry.ShiftOffBody{By: "local-2"}) }

func draftHandedOver() entry.Draft {
	return entry.New(entry.HandedOver, entry.HandedOverBody{By: "local-2"})
}

// whose is the shift of an order's outcome.
func whose(tb testing.TB, s *store.Store, o sale) store.Sale {
	tb.Helper()
	sales, err := s.Sales(context.Background(), o.key+1, 1)
	must(tb, err)
	return sales[0]
}

// TestOutcomesAreOfTheShiftThatIsOn: an order belongs to whoever is on duty when
// it is paid, not when it began; a refund the same; the gap is nobody's.
func TestOutcomesAreOfTheShiftThatIsOn(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	first, err := clockOn(s, "local-2")
	must(t, err)
	paid := sold(t, s, "1")
	l.tick(5000)
	open, err := ask(s, "2")
	must(t, err)
	g, err := refund(s, payment(t, s, paid.key), 300)
	must(t, err)
	must(t, first.step(s, true, draftOff(), draftHandedOver()))
	gap := sold(t, s, "3")
	second, err := clockOn(s, "local-3", "counter")
	must(t, err)
	l.tick(5000)
	must(t, open.settle(s, true))
	must(t, g.end(s, draftReturned(300), true))
	cancelled, err := ask(s, "4")
	must(t, err)
	_, err = s.Commit(t.Context(), store.Step{Key: cancelled.key, After: cancelled.last, Done: true,
		Entries: []entry.Draft{draftEnded(cancelled.number, 2), entry.New(entry.Cancelled, entry.CancelledBody{Why: "clerk"})}})
	must(t, err)
	for range 2 {
		for _, row := range []struct {
			name    string
			o       sale
			shift   entry.Seq
			outcome entry.Seq
			ended   entry.Kind
			at      int64
		}{
			{"paid", paid, first.key, paid.last, entry.Settled, 0},
			{"begun before, paid after the hand-over", open, second.key, open.last, entry.Settled, 10_000},
			{"in the gap", gap, 0, gap.last, entry.Settled, 5000},
			{"cancelled", cancelled, second.key, cancelled.last + 2, entry.Cancelled, 10_000},
		} {
			got := whose(t, s, row.o)
			if got.Shift != int64(row.shift) || got.Outcome != row.outcome || got.Ended != row.ended || got.At != 1_760_000_000_000+row.at || got.Trust != entry.Trusted {
				t.Errorf("%s: %+v, want shift %d, outcome %d", row.name, got, row.shift, row.outcome)
			}
		}
		r := payment(t, s, paid.key).Refunds[0]
		if r.Shift != int64(second.key) || r.Outcome != g.last || r.Settled != 300 || r.At != 1_760_000_010_000 {
			t.Errorf("the refund is %+v", r)
		}
		if shift, ok := s.ShiftOf("counter"); !ok || shift != second.key {
			t.Errorf("on duty is %d, %v", shift, ok)
		}
		if shift, ok := s.ShiftOf("other"); ok {
			t.Errorf("on duty on the other lane is %d", shift)
		}
		if r := verified(t, s); r.Rebuilt != 0 || r.Shifts != 2 {
			t.Errorf("verify says %+v", r)
		}
		must(t, s.Close())
		s = l.open()
	}
	seeShifts(t, s, first, second, paid)
	must(t, s.Close())
}

// seeShifts looks at a shift of the whole store that was handed over, and at one
// of a lane that is on.
func seeShifts(t *testing.T, s *store.Store, first, second clock, paid sale) {
	t.Helper()
	shifts, err := s.Shifts(t.Context(), 0, 10)
	must(t, err)
	if len(shifts) != 2 || shifts[0].ID != second.key || !slices.Equal(shifts[0].Lanes(), []string{"counter"}) || shifts[1].Off == 0 || shifts[1].Handed != first.last || shifts[1].OffAt != 1_760_000_005_000 || shifts[1].Lanes() != nil {
		t.Errorf("the shifts are %+v", shifts)
	}
	if got, err := s.Shift(t.Context(), second.key); err != nil || got != shifts[0] {
		t.Errorf("the second is %+v, %v", got, err)
	}
	if _, err := s.Shift(t.Context(), paid.key); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an order as a shift: %v", err)
	}
	if on := s.OnDuty(); len(on) != 1 || on[0] != shifts[0] {
		t.Errorf("on duty are %+v", on)
	}
}

// TestTwoShiftsNeverOverlap: neither on a lane nor with the whole store.
func TestTwoShiftsNeverOverlap(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		on, then []string
		want     error
	}{
		{nil, nil, store.ErrOnDuty},
		{nil, []string{"a"}, store.ErrOnDuty},
		{[]string{"a"}, nil, store.ErrOnDuty},
		{[]string{"a", "b"}, []string{"b", "c"}, store.ErrOnDuty},
		{[]string{"a"}, []string{"b"}, nil},
	} {
		l := newLab(t, 1)
		s := l.open()
		first, err := clockOn(s, "local-2", row.on...)
		must(t, err)
		for range 2 {
			if _, err := clockOn(s, "local-3", row.then...); !errors.Is(err, row.want) {
				t.Errorf("%v while %v is on: %v, want %v", row.then, row.on, err, row.want)
			}
			if row.want == nil {
				break
			}
			must(t, s.Close())
			s = l.open()
		}
		must(t, first.step(s, false, draftOff()))
		if row.want != nil {
			_, err = clockOn(s, "local-3", row.then...)
			must(t, err)
		}
		verified(t, s)
		must(t, s.Close())
	}
}

// TestTwoClockOnAtOnce: of two that decide at the same time one is refused.
func TestTwoClockOnAtOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	errs := make(chan error)
	for i := range 20 {
		go func() {
			_, err := clockOn(s, fmt.Sprint("local-", i))
			errs <- err
		}()
	}
	on := 0
	for range 20 {
		if err := <-errs; err == nil {
			on++
		} else if !errors.Is(err, store.ErrOnDuty) {
			t.Error(err)
		}
	}
	if on != 1 || len(s.OnDuty()) != 1 {
		t.Errorf("%d are on duty", on)
	}
}

// TestAShiftIsNotLostByMistake: what the program may not do with one.
func TestAShiftIsNotLostByMistake(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	c, err := clockOn(s, "local-2")
	must(t, err)
	o := sold(t, s, "1")
	on := entry.New(entry.ShiftOn, entry.ShiftOnBody{Who: "local-3"})
	for name, step := range map[string]store.Step{
		"done while it is on":   {Key: c.key, After: c.last, Entries: []entry.Draft{draftHandedOver()}, Done: true},
		"begun and done":        {Entries: []entry.Draft{on}, Done: true},
		"begun in another":      {Key: o.key, After: o.last, Entries: []entry.Draft{on}},
		"begun second":          {Entries: []entry.Draft{entry.New(entry.Task, entry.TaskBody{}), on}},
		"an order's end as one": {Key: o.key, After: o.last, Entries: []entry.Draft{draftOff()}},
	} {
		if _, err := s.Commit(t.Context(), step); err == nil {
			t.Errorf("%s: committed", name)
		}
	}
	if shift, _ := s.ShiftOf("counter"); shift != c.key {
		t.Errorf("on duty is %d", shift)
	}
}

// TestALongShiftIsFoundAgain: over thousands of sales and several lives, by its
// task row, and what was paid in each life is its own.
func TestALongShiftIsFoundAgain(t *testing.T) {
	short(t)
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	c, err := clockOn(s, "local-2")
	must(t, err)
	var newest sale
	for life := range 3 {
		trade(t, s, 800, fmt.Sprint(life))
		newest = sold(t, s, fmt.Sprint("x", life))
		s.Idle(t.Context())
		must(t, s.Close())
		before := l.disk.Counts().Reads
		s = l.open()
		if reads := l.disk.Counts().Reads - before; reads > 3000 {
			t.Errorf("opening took %d reads", reads)
		}
		if shift, _ := s.ShiftOf("counter"); shift != c.key || whose(t, s, newest).Shift != int64(c.key) {
			t.Fatalf("life %d: on duty is %d, the newest is %+v", life, shift, whose(t, s, newest))
		}
		if open := unfinished(t, s); len(open) != 1 || open[c.key][0].Kind != entry.ShiftOn {
			t.Fatalf("life %d: unfinished are %v", life, open)
		}
		if r := verified(t, s); r.Rebuilt != 0 {
			t.Errorf("life %d: verify rebuilt %d", life, r.Rebuilt)
		}
	}
	must(t, c.step(s, true, draftOff(), draftHandedOver()))
	must(t, s.Close()) // the scan of the next open begins before that
	s = l.open()
	if _, ok := s.ShiftOf("counter"); ok || whose(t, s, newest).Shift != int64(c.key) {
		t.Errorf("on duty %v, the newest is %+v", ok, whose(t, s, newest))
	}
	if r := verified(t, s); r.Rebuilt != 0 {
		t.Errorf("verify rebuilt %d", r.Rebuilt)
	}
	must(t, s.Close())
}

// TestAShiftsRowIsMadeAgain: who is on duty follows from entries, whatever the row says.
func TestAShiftsRowIsMadeAgain(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"who":   "UPDATE shift SET who = 'x' WHERE id = %d",
		"lanes": `UPDATE shift SET lanes = '["x"]' WHERE id = %d`,
		"gone":  "UPDATE shift SET off = 9 WHERE id = %d",
	} {
		for _, sales := range []int{3, 700} { // young, and found through its task row
			l := newLab(t, 1)
			s := l.open()
			c, err := clockOn(s, "local-2", "counter")
			must(t, err)
			trade(t, s, sales, "a")
			must(t, s.Close())
			l.change(fmt.Sprintf(sql, c.key))
			s = l.open()
			shift, err := s.Shift(t.Context(), c.key)
			must(t, err)
			if on, _ := s.ShiftOf("counter"); on != c.key || shift.Who != "local-2" || !slices.Equal(shift.Lanes(), []string{"counter"}) || shift.Off != 0 {
				t.Errorf("%s after %d sales: on duty is %d, the shift %+v", name, sales, on, shift)
			}
			verified(t, s)
			must(t, s.Close())
		}
	}
}

// TestAShiftOfADamagedEpoch: nobody is on duty in the next one, and a person is
// told, also of one that was not handed over.
func TestAShiftOfADamagedEpoch(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		drafts []entry.Draft
		done   bool
		want   int
	}{
		"on":              {nil, false, 1},
		"not handed over": {[]entry.Draft{draftOff()}, false, 1},
		"handed over":     {[]entry.Draft{draftOff(), draftHandedOver()}, true, 0},
	} {
		for _, loses := range []string{"", "DELETE FROM entry WHERE key = %d"} {
			l := newLab(t, 1)
			s := l.open()
			trade(t, s, 3, "a")
			c, err := clockOn(s, "local-2")
			must(t, err)
			if row.drafts != nil {
				must(t, c.step(s, row.done, row.drafts...))
			}
			trade(t, s, 3, "b")
			if loses != "" {
				must(t, s.Close())
				l.change(fmt.Sprintf(loses, c.key))
				s = l.open()
			}
			if s.Damage() == nil {
				s = l.damage(s)
			}
			for range 2 {
				var tasks []entry.TaskBody
				for _, entries := range unfinished(t, s) {
					tasks = append(tasks, entry.Must[entry.TaskBody](entries[0]))
				}
				if len(tasks) != row.want || row.want > 0 && tasks[0] != (entry.TaskBody{What: "shift-lost", Text: "local-2"}) {
					t.Errorf("%s, %q: the tasks are %+v", name, loses, tasks)
				}
				if on, ok := s.ShiftOf("counter"); ok {
					t.Errorf("%s: shift %d is on", name, on)
				}
				verified(t, s)
				s = l.damage(s)
			}
			_, err = clockOn(s, "local-3")
			must(t, err)
			must(t, s.Close())
		}
	}
}

// TestShiftsSurviveCuts: at every operation the shift is on or not, and the sale
// that follows is of it.
func TestShiftsSurviveCuts(t *testing.T) {
	t.Parallel()
	for cut := 1; cut < 80; cut++ {
		l := newLab(t, uint64(cut))
		s := l.open()
		l.disk.CutAfter(cut)
		c, err := clockOn(s, "local-2")
		if err == nil {
			err = c.step(s, false, draftOff())
		}
		off := l.disk.Off()
		l.disk.Boot()
		s = l.open()
		on, ok := s.ShiftOf("counter")
		if err == nil && ok || len(s.OnDuty()) == 1 != ok {
			t.Errorf("cut %d: shift %d is on %v, after %v", cut, on, ok, err)
		}
		if o := sold(t, s, "1"); whose(t, s, o).Shift != int64(on) {
			t.Errorf("cut %d: the sale is %+v, on duty is %d", cut, whose(t, s, o), on)
		}
		if r := verified(t, s); r.Rebuilt != 0 {
			t.Errorf("cut %d: verify rebuilt %d", cut, r.Rebuilt)
		}
		must(t, s.Close())
		if !off {
			return
		}
	}
	t.Error("the cuts never came to an end")
}

// TestAFlippedByteHidesNoShift breaks a byte of each page in turn: a shift that is
// on is on afterwards, or a person is told that it was.
func TestAFlippedByteHidesNoShift(t *testing.T) {
	short(t)
	t.Parallel()
	l := newLab(t, 2)
	s := l.open()
	trade(t, s, 20, "a")
	c, err := clockOn(s, "local-2")
	must(t, err)
	trade(t, s, 20, "b")
	must(t, s.Close())
	image := l.disk.Image()
	told := 0
	for page := range int64(len(image.Bytes(path)) / 1024) {
		for _, in := range []int64{0, 8, 500, 990} {
			l.disk.Restore(image)
			s := l.flip(page*1024 + in)
			shift, on := s.ShiftOf("counter")
			lost := slices.ContainsFunc(tasks(t, s), func(r store.TaskRow) bool { return r.What == "shift-lost" && r.Text == "local-2" })
			if on && shift != c.key || on == lost {
				t.Errorf("byte %d of page %d: shift %d is on %v, and lost %v; damage %+v", in, page+1, shift, on, lost, s.Damage())
			}
			if lost {
				told++
			}
			must(t, s.Close())
		}
	}
	if told == 0 {
		t.Error("no flip was noticed")
	}
}
