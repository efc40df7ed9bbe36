package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"tillgate/store"
	"tillgate/store/entry"
)

// visit plays a whole deposit and answers how many of its commits were acknowledged.
func visit(s *store.Store) (d deposit, acked int, err error) {
	if d, err = askHold(s, "1208"); err != nil {
		return d, 0, err
	}
	capture, release := entry.CaptureNumber(d.number, 1), entry.ReleaseNumber(d.number, 1)
	for i, draft := range []entry.Draft{
		placed(anyTimes, "20"+d.number[12:]),
		moveAsked(capture, entry.Capture, 8850),
		moveDone(capture, 8850, 0),
		moveAsked(release, entry.Release, 21150),
		moveDone(release, 21150, 0),
	} {
		if err = d.add(s, i == 4, draft); err != nil {
			return d, i + 1, err
		}
	}
	return d, 6, nil
}

// kindsOfVisit are what a visit leaves in the journal.
var kindsOfVisit = []entry.Kind{entry.HoldAsked, entry.HoldPlaced, entry.MoveAsked, entry.MoveDone, entry.MoveAsked, entry.MoveDone}

// TestPowerCutAtEveryWriteOfADeposit: what was acknowledged is there, nothing by
// half, and the summary is the entries'.
func TestPowerCutAtEveryWriteOfADeposit(t *testing.T) {
	short(t)
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			for cut := 1; ; cut++ {
				l := newLab(t, seed*1000+uint64(cut))
				s := l.open()
				l.disk.CutAfter(cut)
				d, acked, err := visit(s)
				whole := !l.disk.Off()
				if whole {
					must(t, err)
				} else if err != nil && !isAny(err, store.ErrUnwritten) {
					t.Fatalf("cut at operation %d: %v", cut, err)
				}
				_ = s.Close()
				l.disk.Boot()
				s = l.open()
				if s.Damage() != nil {
					t.Fatalf("cut at operation %d: taken for damage: %+v", cut, s.Damage())
				}
				n := visited(t, s, d)
				if n < acked || n > acked+1 {
					t.Fatalf("cut at operation %d: %d commits were acknowledged, %d are there", cut, acked, n)
				}
				if r := verified(t, s); r.Rebuilt != 0 {
					t.Errorf("cut at operation %d: %d rows were rebuilt", cut, r.Rebuilt)
				}
				must(t, s.Close())
				if whole {
					return
				}
			}
		})
	}
}

// visited is how many entries of a visit there are, and holds its summary against them.
func visited(tb testing.TB, s *store.Store, d deposit) int {
	tb.Helper()
	h, err := s.HoldOf(tb.Context(), d.number)
	if errors.Is(err, store.ErrNotFound) {
		return 0
	}
	must(tb, err)
	entries, err := s.Object(tb.Context(), h.ID, 0)
	must(tb, err)
	var kinds []entry.Kind
	for _, e := range entries {
		kinds = append(kinds, e.Kind)
	}
	n := len(kinds)
	if n > len(kindsOfVisit) || !slices.Equal(kinds, kindsOfVisit[:n]) {
		tb.Fatalf("the entries are %v", kinds)
	}
	if _, open := unfinished(tb, s)[h.ID]; open != (n < 6) || h.Open() != open || (h.Moving() != nil) != (n == 3 || n == 5) || h.Room != "1208" {
		tb.Fatalf("after %d entries: unfinished %v, %+v", n, open, h)
	}
	if (h.Captured == 8850) != (n >= 4) || (h.Released == 21150) != (n == 6) {
		tb.Fatalf("after %d entries: %s captured, %s released", n, h.Captured, h.Released)
	}
	return n
}

// inheritedHolds are the deposits that go on in a new epoch.
func inheritedHolds(tb testing.TB, s *store.Store) (all []entry.HoldInheritedBody) {
	tb.Helper()
	for _, entries := range unfinished(tb, s) {
		if entries[0].Kind == entry.HoldInherited {
			all = append(all, entry.Must[entry.HoldInheritedBody](entries[0]))
		}
	}
	return all
}

// TestFlippedByteForgetsNoDeposit breaks a byte of each page in turn: what is held
// goes on under its number, and what is not certain moves nowhere.
func TestFlippedByteForgetsNoDeposit(t *testing.T) {
	short(t)
	t.Parallel()
	l := newLab(t, 31)
	s := l.open()
	trade(t, s, 10, "a")
	d := held(t, s, "1208", anyTimes)
	capture := entry.CaptureNumber(d.number, 1)
	must(t, d.add(s, false, moveAsked(capture, entry.Capture, 8850)))
	trade(t, s, 10, "b")
	must(t, s.Close())
	image := l.disk.Image()
	aside := 0
	for page := range int64(len(image.Bytes(path)) / 1024) {
		for _, in := range []int64{0, 8, 333, 700} {
			l.disk.Restore(image)
			s := l.flip(page*1024 + in)
			what := fmt.Sprintf("byte %d of page %d", in, page+1)
			h, err := s.HoldOf(t.Context(), d.number)
			if err != nil || h.Held() != 30000 || h.Moving() == nil || h.Moving().Number != capture || !h.Open() {
				t.Errorf("%s: the deposit is %+v, %v; damage %+v", what, h, err, s.Damage())
			}
			for _, b := range inheritedHolds(t, s) {
				if !b.Unsure && (b.Number != d.number || b.Amount != 30000 || len(b.Moves) != 1 || b.Moves[0].Amount != 8850 || b.Merchant != "inn") {
					t.Errorf("%s: goes on as %+v", what, b)
				}
			}
			if s.Damage() != nil {
				aside++
			}
			verified(t, s)
			must(t, s.Close())
		}
	}
	if aside == 0 {
		t.Error("no flip was noticed")
	}
}

// TestDepositsInANewEpoch: what is held goes on with its room, its moves and their
// numbers; what is settled can be refunded; over two damages.
func TestDepositsInANewEpoch(t *testing.T) {
	t.Parallel()
	l := newLab(t, 32)
	s := l.open()
	over, _, err := visit(s)
	must(t, err)
	open := held(t, s, "77", anyTimes)
	capture := entry.CaptureNumber(open.number, 1)
	must(t, open.add(s, false, moveAsked(capture, entry.Capture, 8850)))
	must(t, open.add(s, false, moveDone(capture, 8850, 0)))
	unknown, err := askHold(s, "78")
	must(t, err)
	resting := held(t, s, "79", onceOnly)
	last := entry.CaptureNumber(resting.number, 1)
	must(t, resting.add(s, false, moveAsked(last, entry.Capture, 8850)))
	must(t, resting.add(s, false, entry.New(entry.MoveDone, entry.MoveDoneBody{Number: last, Amount: 8850, Rest: 21150, Unseen: true})))
	for life := range 2 {
		s = l.damage(s)
		all := inheritedHolds(t, s)
		for _, b := range all {
			if b.Unsure || b.Epoch != 1 || b.Resting != (b.Number == resting.number) {
				t.Errorf("life %d: inherited is %+v", life, b)
			}
		}
		if rest, err := s.HoldOf(t.Context(), resting.number); len(all) != 3 || err != nil || !rest.Open() || rest.Older || rest.Released != 21150 {
			t.Fatalf("life %d: inherited are %+v; %+v, %v", life, all, rest, err)
		}
		h, err := s.HoldOf(t.Context(), "20"+open.number[12:]) // by the wallet's voucher
		must(t, err)
		if h.Older || h.Left() != 21150 || h.Captured != 8850 || h.Room != "77" || h.Lane != "desk-2" || h.Moves[0].Number != capture {
			t.Fatalf("life %d: the deposit is %+v", life, h)
		}
		if next, ok := entry.NextMove(h.Site, h.Asked.Number, entry.Capture, h.Moves); next != entry.CaptureNumber(open.number, 2) || !ok {
			t.Errorf("life %d: the next capture is %s", life, next)
		}
		if _, err := askHold(s, "78"); !errors.Is(err, store.ErrRoom) {
			t.Errorf("life %d: a second deposit beside an unknown one: %v", life, err)
		}
		h, err = s.HoldOf(t.Context(), over.number)
		must(t, err)
		if p := payment(t, s, h.ID); !p.Older || p.Uncertain || p.Left() != 8850 || len(p.Captured()) != 1 {
			t.Errorf("life %d: what was captured is %+v", life, p)
		}
		verified(t, s)
	}
	h, err := s.HoldOf(t.Context(), unknown.number)
	must(t, err)
	if !h.Unknown() || h.Room != "78" {
		t.Errorf("the unknown one is %+v", h)
	}
	must(t, s.Close())
}

// TestTasksOfDeposits: what a network has not said is a person's once it is old.
func TestTasksOfDeposits(t *testing.T) {
	t.Parallel()
	l := newLab(t, 33)
	s := l.open()
	unknown, err := askHold(s, "")
	must(t, err)
	waiting, err := askHold(s, "")
	must(t, err)
	must(t, waiting.add(s, false, entry.New(entry.HoldHeard, entry.HoldHeardBody{Number: waiting.number, State: 3})))
	moving := held(t, s, "", anyTimes)
	capture := entry.CaptureNumber(moving.number, 1)
	must(t, moving.add(s, false, moveAsked(capture, entry.Capture, 8850)))
	want := func(names ...string) {
		t.Helper()
		rows, err := s.Tasks(t.Context())
		must(t, err)
		var got []string
		for _, r := range rows {
			got = append(got, r.What+" "+r.Number+" "+r.Lane+" "+r.Amount.String())
		}
		if !slices.Equal(got, names) {
			t.Errorf("the tasks are %q, want %q", got, names)
		}
	}
	want("hold-unknown "+unknown.number+" desk-1 300.00", "move-unknown "+capture+" desk-2 88.50")
	must(t, moving.add(s, false, entry.New(entry.HoldHeard, entry.HoldHeardBody{Number: capture, Code: "INVALID_REQUEST", Stuck: true})))
	must(t, unknown.add(s, true, entry.New(entry.HoldEnded, entry.HoldEndedBody{Number: unknown.number, State: 2})))
	want("move-stuck " + capture + " desk-2 88.50")
	must(t, moving.add(s, false, moveDone(capture, 8850, 0), entry.New(entry.Task, entry.TaskBody{What: "hold-expires-7", Text: moving.number})))
	want("hold-expires-7 " + moving.number + " desk-2 300.00")
	must(t, s.Close())
}
