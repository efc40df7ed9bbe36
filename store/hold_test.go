package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// deposit is one on its way.
type deposit struct {
	key, last entry.Seq
	number    string
}

// anyTimes are a network's terms under which everything may be done.
var anyTimes = entry.HoldPlacedBody{Amount: 30000, Parts: true}

// onceOnly are those of WeChat Pay.
var onceOnly = entry.HoldPlacedBody{Amount: 30000, Captures: 1, RestGoes: true, Unnumbered: true}

func draftHold(s *store.Store, number, room string) entry.Draft {
	d := entry.New(entry.HoldAsked, entry.HoldAskedBody{Number: number, Amount: 30000, Lane: "desk-1", Merchant: "inn", Network: "alipay", Room: s.RoomHash(room), By: "小王"})
	if room != "" {
		d.Private, _ = entry.Seal(strings.NewReader("0123456789abcdef"), entry.HoldGuest{Room: room})
	}
	return d
}

func askHold(s *store.Store, room string) (d deposit, err error) {
	d.number = s.Number()
	entries, err := s.Commit(context.Background(), store.Step{Entries: []entry.Draft{draftHold(s, d.number, room)}})
	if err == nil {
		d.key, d.last = entries[0].Key, entries[0].Seq
	}
	return d, err
}

// add commits entries to a deposit.
func (d *deposit) add(s *store.Store, done bool, drafts ...entry.Draft) error {
	entries, err := s.Commit(context.Background(), store.Step{Key: d.key, After: d.last, Entries: drafts, Done: done})
	if err == nil {
		d.last = entries[len(entries)-1].Seq
	}
	return err
}

func placed(b entry.HoldPlacedBody, network string) entry.Draft {
	b.Network = network
	return entry.New(entry.HoldPlaced, b)
}

// held is a deposit of 300.00 that is held.
func held(tb testing.TB, s *store.Store, room string, terms entry.HoldPlacedBody) deposit {
	tb.Helper()
	d, err := askHold(s, room)
	must(tb, err)
	must(tb, d.add(s, false, placed(terms, "20"+d.number[12:])))
	return d
}

func moveAsked(number, what string, amount money.Fen) entry.Draft {
	return entry.New(entry.MoveAsked, entry.MoveAskedBody{Number: number, What: what, Amount: amount, Lane: "desk-2", By: "小李"})
}

func moveDone(number string, amount, rest money.Fen) entry.Draft {
	return entry.New(entry.MoveDone, entry.MoveDoneBody{Number: number, Amount: amount, Rest: rest, Network: "21" + number[12:]})
}

func moveRefused(number string, state uint8, amount money.Fen) entry.Draft {
	return entry.New(entry.MoveRefused, entry.MoveRefusedBody{Number: number, State: state, Amount: amount})
}

func holdNow(tb testing.TB, s *store.Store, key entry.Seq) store.Hold {
	tb.Helper()
	h, err := s.Hold(context.Background(), key)
	must(tb, err)
	return h
}

// TestMovesOfADeposit: what moves counts from its intent on, a refusal gives it
// free, and a restart or a check of the file changes nothing.
func TestMovesOfADeposit(t *testing.T) {
	t.Parallel()
	l := newLab(t, 21)
	s := l.open()
	d := held(t, s, "1208", anyTimes)
	capture := func(n int) string { return entry.CaptureNumber(d.number, n) }
	want := func(left, captured, released money.Fen, moving bool) {
		t.Helper()
		for range 2 {
			h := holdNow(t, s, d.key)
			if h.Left() != left || h.Captured != captured || h.Released != released || (h.Moving() != nil) != moving || h.Room != "1208" || h.Open() != (left > 0 || moving) {
				t.Errorf("%s left, %s captured, %s released, moving %v, room %q, open %v", h.Left(), h.Captured, h.Released, h.Moving(), h.Room, h.Open())
			}
			if r := verified(t, s); r.Rebuilt != 0 || r.Holds != 1 {
				t.Errorf("verify: %+v", r)
			}
			must(t, s.Close())
			s = l.open()
		}
	}
	must(t, d.add(s, false, moveAsked(capture(1), entry.Capture, 8850)))
	want(21150, 0, 0, true)
	must(t, d.add(s, false, moveDone(capture(1), 8850, 0)))
	want(21150, 8850, 0, false)
	must(t, d.add(s, false, moveAsked(capture(2), entry.Capture, 21150)))
	want(0, 8850, 0, true)
	must(t, d.add(s, false, moveRefused(capture(2), 2, 0)))
	want(21150, 8850, 0, false)
	must(t, d.add(s, false, moveAsked(entry.ReleaseNumber(d.number, 1), entry.Release, 1150)))
	must(t, d.add(s, false, moveDone(entry.ReleaseNumber(d.number, 1), 1150, 0)))
	want(20000, 8850, 1150, false)
	must(t, d.add(s, false, moveAsked(capture(3), entry.Capture, 5000)))
	must(t, d.add(s, true, moveDone(capture(3), 5000, 15000)))
	want(0, 13850, 16150, false)
	h := holdNow(t, s, d.key)
	if h.Moves[0].Network != "21"+capture(1)[12:] || h.Moves[1].State != 2 || h.Moves[2].State != 7 || h.Moves[3].Rest != 15000 || h.Lane != "desk-2" {
		t.Errorf("the moves are %+v on lane %s", h.Moves, h.Lane)
	}
	for _, name := range []string{d.number, capture(3), "20" + d.number[12:], "21" + capture(1)[12:], entry.RefundNumber(d.number, 1)} {
		if got, err := s.HoldOf(t.Context(), name); err != nil || got.ID != d.key {
			t.Errorf("%s leads to %d, %v", name, got.ID, err)
		}
	}
	must(t, s.Close())
}

// TestMovesThatMayNotBegin: each guard of its own, before any network hears of it.
func TestMovesThatMayNotBegin(t *testing.T) {
	t.Parallel()
	captured := func(s *store.Store, d *deposit) {
		must(t, d.add(s, false, moveAsked(entry.CaptureNumber(d.number, 1), entry.Capture, 8850)))
		must(t, d.add(s, false, moveDone(entry.CaptureNumber(d.number, 1), 8850, 0)))
	}
	for _, row := range []struct {
		name  string
		terms entry.HoldPlacedBody
		make  func(s *store.Store, d *deposit)
		what  string
		n     int
		sum   money.Fen
		want  error
	}{
		{"all of it", anyTimes, nil, entry.Capture, 1, 30000, nil},
		{"a fen more than all", anyTimes, nil, entry.Capture, 1, 30001, store.ErrCeiling},
		{"nothing", anyTimes, nil, entry.Capture, 1, 0, store.ErrCeiling},
		{"less than nothing", anyTimes, nil, entry.Release, 1, -1, store.ErrCeiling},
		{"another ordinal", anyTimes, nil, entry.Capture, 2, 1, store.ErrStale},
		{"a part of what goes back whole", onceOnly, nil, entry.Release, 1, 29999, store.ErrCeiling},
		{"all of what goes back whole", onceOnly, nil, entry.Release, 1, 30000, nil},
		{"the same ordinal with another amount", anyTimes, func(s *store.Store, d *deposit) {
			must(t, d.add(s, false, moveAsked(entry.CaptureNumber(d.number, 1), entry.Capture, 5)))
			must(t, d.add(s, false, moveDone(entry.CaptureNumber(d.number, 1), 5, 0)))
		}, entry.Capture, 1, 6, store.ErrStale},
		{"captured once already", onceOnly, func(s *store.Store, d *deposit) {
			must(t, d.add(s, false, moveAsked(entry.CaptureNumber(d.number, 1), entry.Capture, 5)))
			must(t, d.add(s, false, moveDone(entry.CaptureNumber(d.number, 1), 5, 0)))
		}, entry.Capture, 2, 6, store.ErrCeiling},
		{"after one that was refused", onceOnly, func(s *store.Store, d *deposit) {
			must(t, d.add(s, false, moveAsked(entry.CaptureNumber(d.number, 1), entry.Capture, 5)))
			must(t, d.add(s, false, moveRefused(entry.CaptureNumber(d.number, 1), 2, 0)))
		}, entry.Capture, 2, 6, nil},
		{"a release while a capture is unknown", anyTimes, func(s *store.Store, d *deposit) {
			must(t, d.add(s, false, moveAsked(entry.CaptureNumber(d.number, 1), entry.Capture, 5)))
		}, entry.Release, 1, 6, store.ErrMoving},
		{"a capture while one is unknown", anyTimes, func(s *store.Store, d *deposit) {
			must(t, d.add(s, false, moveAsked(entry.CaptureNumber(d.number, 1), entry.Capture, 5)))
		}, entry.Capture, 2, 6, store.ErrMoving},
		{"a fen more than a capture has left", anyTimes, captured, entry.Capture, 2, 21151, store.ErrCeiling},
		{"all that a capture has left", anyTimes, captured, entry.Capture, 2, 21150, nil},
		{"a release of a fen more than a capture has left", anyTimes, captured, entry.Release, 1, 21151, store.ErrCeiling},
		{"a release of all that a capture has left", anyTimes, captured, entry.Release, 1, 21150, nil},
		{"a number that was given back", anyTimes, func(s *store.Store, d *deposit) {
			must(t, d.add(s, false, moveAsked(entry.CaptureNumber(d.number, 1), entry.Capture, 5)))
			must(t, d.add(s, false, moveRefused(entry.CaptureNumber(d.number, 1), entry.StateNotSent, 0)))
		}, entry.Capture, 1, 6, nil},
		{"past a number that was given back", anyTimes, func(s *store.Store, d *deposit) {
			must(t, d.add(s, false, moveAsked(entry.CaptureNumber(d.number, 1), entry.Capture, 5)))
			must(t, d.add(s, false, moveRefused(entry.CaptureNumber(d.number, 1), entry.StateNotSent, 0)))
		}, entry.Capture, 2, 6, store.ErrStale},
		{"released elsewhere", anyTimes, func(s *store.Store, d *deposit) {
			must(t, d.add(s, false, entry.New(entry.HoldSeen, entry.HoldSeenBody{Captured: 10000, Released: 19000, Left: 1000, Why: entry.SeenDiffers})))
		}, entry.Capture, 1, 1001, store.ErrCeiling},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, 22)
			s := l.open()
			d := held(t, s, "", row.terms)
			if row.make != nil {
				row.make(s, &d)
			}
			number := entry.CaptureNumber(d.number, row.n)
			if row.what == entry.Release {
				number = entry.ReleaseNumber(d.number, row.n)
			}
			if err := d.add(s, false, moveAsked(number, row.what, row.sum)); !errors.Is(err, row.want) || err != nil && row.want == nil {
				t.Errorf("%v, want %v", err, row.want)
			}
			must(t, s.Close())
		})
	}
}

// TestARestThatIsNotSeen keeps a deposit open, and becomes a task, until a
// network's totals have it; what an older release wrote of one was over with it.
func TestARestThatIsNotSeen(t *testing.T) {
	t.Parallel()
	l := newLab(t, 29)
	s := l.open()
	old := held(t, s, "101", onceOnly)
	must(t, old.add(s, false, moveAsked(entry.CaptureNumber(old.number, 1), entry.Capture, 8850)))
	must(t, old.add(s, true, moveDone(entry.CaptureNumber(old.number, 1), 8850, 21150)))
	d := held(t, s, "102", onceOnly)
	capture := entry.CaptureNumber(d.number, 1)
	must(t, d.add(s, false, moveAsked(capture, entry.Capture, 8850)))
	must(t, d.add(s, false, entry.New(entry.MoveDone, entry.MoveDoneBody{Number: capture, Amount: 8850, Rest: 21150, Unseen: true})))
	want := func(open bool) {
		t.Helper()
		for range 2 {
			h := holdNow(t, s, d.key)
			list, err := s.Holds(t.Context(), store.HoldQuery{Open: true})
			must(t, err)
			if h.Open() != open || h.Captured != 8850 || h.Released != 21150 || h.Left() != 0 || (len(list) == 1) != open || holdNow(t, s, old.key).Open() {
				t.Errorf("open %v, captured %s, released %s; %d are listed", h.Open(), h.Captured, h.Released, len(list))
			}
			tasks, err := s.Tasks(t.Context())
			must(t, err)
			if (len(tasks) == 1) != open || open && (tasks[0].What != store.TaskMoveUnknown || tasks[0].Amount != 21150 || tasks[0].Number != capture || tasks[0].Lane != "desk-2") {
				t.Errorf("the tasks are %+v", tasks)
			}
			if r := verified(t, s); r.Rebuilt != 0 {
				t.Errorf("verify: %+v", r)
			}
			must(t, s.Close())
			s = l.open()
		}
	}
	want(true)
	if err := d.add(s, false, moveAsked(entry.ReleaseNumber(d.number, 1), entry.Release, 1)); !errors.Is(err, store.ErrCeiling) {
		t.Errorf("a release of it: %v", err)
	}
	must(t, d.add(s, true, entry.New(entry.HoldSeen, entry.HoldSeenBody{Captured: 8850, Released: 21150, Why: entry.SeenRest})))
	want(false)
	must(t, s.Close())
}

// TestNothingMovesOfWhatIsNotHeld: not before, not after, and never more than was held.
func TestNothingMovesOfWhatIsNotHeld(t *testing.T) {
	t.Parallel()
	l := newLab(t, 23)
	s := l.open()
	d, err := askHold(s, "")
	must(t, err)
	capture := moveAsked(entry.CaptureNumber(d.number, 1), entry.Capture, 1)
	if err := d.add(s, false, capture); !errors.Is(err, store.ErrCeiling) {
		t.Errorf("while it is unknown: %v", err)
	}
	must(t, d.add(s, false, entry.New(entry.HoldEnded, entry.HoldEndedBody{Number: d.number, State: 2})))
	if err := d.add(s, false, capture); !errors.Is(err, store.ErrCeiling) {
		t.Errorf("after it was refused: %v", err)
	}
	d = held(t, s, "", anyTimes)
	must(t, d.add(s, false, moveAsked(entry.CaptureNumber(d.number, 1), entry.Capture, 30000)))
	if err := d.add(s, false, moveDone(entry.CaptureNumber(d.number, 1), 30000, 1)); !errors.Is(err, store.ErrCeiling) {
		t.Errorf("more than was held has moved: %v", err)
	}
	if err := d.add(s, false, entry.New(entry.HoldSeen, entry.HoldSeenBody{Captured: 1, Left: 1, Why: entry.SeenDiffers})); !errors.Is(err, store.ErrCeiling) {
		t.Errorf("totals of another sum: %v", err)
	}
	must(t, d.add(s, false, moveDone(entry.CaptureNumber(d.number, 1), 30000, 0)))
	if err := d.add(s, false, entry.New(entry.HoldSeen, entry.HoldSeenBody{Captured: 29999, Left: 1, Why: entry.SeenDiffers})); !errors.Is(err, store.ErrCeiling) {
		t.Errorf("totals that take back a capture: %v", err)
	}
	must(t, s.Close())
}

// TestTwoDesksAtOnce: of two captures that are decided on the same state one
// takes effect, also where they come at the same moment.
func TestTwoDesksAtOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t, 24)
	s := l.open()
	for range 20 {
		d := held(t, s, "", anyTimes)
		errs := [2]error{}
		var both sync.WaitGroup
		for i := range errs {
			desk := d
			both.Go(func() {
				errs[i] = desk.add(s, false, moveAsked(entry.CaptureNumber(d.number, 1), entry.Capture, 20000))
			})
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs[0], errs[1]), store.ErrStale) {
			t.Fatalf("both: %v", errs)
		}
		if h := holdNow(t, s, d.key); len(h.Moves) != 1 || h.Left() != 10000 {
			t.Fatalf("the deposit is %+v", h)
		}
	}
	must(t, s.Close())
}

// TestARoomWithAnUnknownDeposit takes no second one; one that is held, or was
// refused, is no reason, nor is another room.
func TestARoomWithAnUnknownDeposit(t *testing.T) {
	t.Parallel()
	l := newLab(t, 25)
	s := l.open()
	held(t, s, "1208", anyTimes)
	d, err := askHold(s, "1208")
	must(t, err)
	for range 2 { // also after a restart
		if _, err := askHold(s, " 12 08"); !errors.Is(err, store.ErrRoom) {
			t.Errorf("a second one: %v", err)
		}
		must(t, s.Close())
		s = l.open()
	}
	for _, room := range []string{"1209", ""} {
		_, err := askHold(s, room)
		must(t, err)
	}
	must(t, d.add(s, true, entry.New(entry.HoldEnded, entry.HoldEndedBody{Number: d.number, State: 2})))
	_, err = askHold(s, "1208")
	must(t, err)
	must(t, s.Close())
}

// TestACodeOfADepositIsSentOnce, over deposits and orders.
func TestACodeOfADepositIsSentOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t, 26)
	s := l.open()
	hold := func(code string) (string, error) {
		number := s.Number()
		_, err := s.Commit(t.Context(), store.Step{Entries: []entry.Draft{entry.New(entry.HoldAsked, entry.HoldAskedBody{Number: number, Amount: 5, Lane: "desk", Code: s.CodeHash(code)})}})
		return number, err
	}
	number, err := hold("134567890123456789")
	must(t, err)
	for range 2 { // also after a restart
		if _, err := hold("134567890123456789"); !errors.Is(err, store.ErrCodeUsed) {
			t.Errorf("twice: %v", err)
		}
		if _, err := ask(s, "134567890123456789"); !errors.Is(err, store.ErrCodeUsed) {
			t.Errorf("for an order: %v", err)
		}
		must(t, s.Close())
		s = l.open()
	}
	d := deposit{number: number}
	if d.key, err = s.Find(t.Context(), number); err != nil {
		t.Fatal(err)
	}
	d.last = d.key
	must(t, d.add(s, true, entry.New(entry.HoldEnded, entry.HoldEndedBody{Number: number, State: 4})))
	_, err = hold("134567890123456789") // nothing had left
	must(t, err)
	must(t, s.Close())
}

// TestHoldsThatEndFirst are in front however old they are, a page at a time.
func TestHoldsThatEndFirst(t *testing.T) {
	t.Parallel()
	l := newLab(t, 28)
	s := l.open()
	defer s.Close()
	const all = 130 // more than are read at once
	ends := func(i int) int64 { return int64(1_800_000_000 + (i*37)%all) }
	for i := range all {
		terms := anyTimes
		if i != 7 { // of which nobody says
			terms.Expires = ends(i)
		}
		held(t, s, "", terms)
	}
	var got []int64
	for skip := 0; ; skip += 60 {
		page, err := s.Holds(t.Context(), store.HoldQuery{Open: true, Soonest: true, Skip: skip, Max: 60})
		must(t, err)
		for _, h := range page {
			got = append(got, h.Placed.Expires)
		}
		if len(page) < 60 {
			break
		}
	}
	if len(got) != all || got[0] != 1_800_000_000 || got[all-1] != 0 || !slices.IsSorted(got[:all-1]) {
		t.Errorf("%d deposits, in the order %v", len(got), got)
	}
}

// TestHolds: the lists that people search.
func TestHolds(t *testing.T) {
	t.Parallel()
	l := newLab(t, 27)
	s := l.open()
	var all []deposit
	for _, room := range []string{"101", "102", "101", ""} {
		all = append(all, held(t, s, room, anyTimes))
		l.tick(60_000)
	}
	captured := entry.CaptureNumber(all[0].number, 1)
	must(t, all[0].add(s, false, moveAsked(captured, entry.Capture, 8850)))
	must(t, all[0].add(s, true, moveDone(captured, 8850, 21150)))
	for i := range 60 {
		d := held(t, s, "9"+string(rune('0'+i%10)), anyTimes)
		release := entry.ReleaseNumber(d.number, 1)
		must(t, d.add(s, false, moveAsked(release, entry.Release, 30000)))
		must(t, d.add(s, true, moveDone(release, 30000, 0)))
	}
	for _, row := range []struct {
		name string
		q    store.HoldQuery
		want []int
	}{
		{"of a room", store.HoldQuery{Room: "101"}, []int{2, 0}},
		{"of a room, still held", store.HoldQuery{Room: " 101", Open: true}, []int{2}},
		{"still held", store.HoldQuery{Open: true}, []int{3, 2, 1}},
		{"the newest two of these", store.HoldQuery{Open: true, Max: 2}, []int{3, 2}},
		{"those before", store.HoldQuery{Open: true, Before: all[2].key}, []int{1}},
		{"by a captured sum", store.HoldQuery{Amount: 8850}, []int{0}},
		{"by the sum held and a time", store.HoldQuery{Amount: 30000, From: 1_760_000_060_000, To: 1_760_000_180_000}, []int{2, 1}},
		{"by a voucher", store.HoldQuery{Name: "20" + all[1].number[12:]}, []int{1}},
		{"by a capture's number", store.HoldQuery{Name: captured}, []int{0}},
		{"of another shop", store.HoldQuery{Name: "4200001234"}, nil},
		{"of another wallet", store.HoldQuery{Network: "wechat"}, nil},
		{"of no such room", store.HoldQuery{Room: "404"}, nil},
	} {
		holds, err := s.Holds(t.Context(), row.q)
		must(t, err)
		ok := len(holds) == len(row.want)
		for i := range holds {
			ok = ok && holds[i].ID == all[row.want[i]].key && holds[i].Room == []string{"101", "102", "101", ""}[row.want[i]]
		}
		if !ok {
			t.Errorf("%s: %+v", row.name, holds)
		}
	}
	must(t, s.Close())
}

// TestRefundOfACapture: what goes back counts on the deposit, and no capture gives
// back more than was captured under its number.
func TestRefundOfACapture(t *testing.T) {
	t.Parallel()
	l := newLab(t, 28)
	s := l.open()
	d := held(t, s, "", anyTimes)
	begin := func(capture string, paid, amount money.Fen) error {
		p := payment(t, s, d.key)
		b := entry.RefundAskedBody{Order: d.key, Of: d.number, Number: p.Next(), Amount: amount, Paid: paid, Lane: "desk-1", Capture: capture, Held: 30000}
		if !p.Paid() {
			b.Number = entry.RefundNumber(d.number, 1)
		}
		_, err := s.Commit(t.Context(), store.Step{OrderAfter: p.Last, Entries: []entry.Draft{entry.New(entry.RefundAsked, b)}})
		return err
	}
	first, second := entry.CaptureNumber(d.number, 1), entry.CaptureNumber(d.number, 2)
	if err := begin(first, 8850, 1); !errors.Is(err, store.ErrCeiling) {
		t.Errorf("before anything was captured: %v", err)
	}
	for number, sum := range map[string]money.Fen{first: 8850, second: 5000} {
		if number == second {
			continue
		}
		must(t, d.add(s, false, moveAsked(number, entry.Capture, sum)))
		must(t, d.add(s, false, moveDone(number, sum, 0)))
	}
	must(t, d.add(s, false, moveAsked(second, entry.Capture, 5000)))
	must(t, d.add(s, true, moveDone(second, 5000, 16150)))
	must(t, begin(first, 8850, 8000))
	for name, err := range map[string]error{
		"more than is left of it":   begin(first, 8850, 851),
		"another sum than captured": begin(second, 8850, 1),
		"a capture that is none":    begin(entry.CaptureNumber(d.number, 3), 5000, 1),
	} {
		if !errors.Is(err, store.ErrCeiling) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, begin(second, 5000, 5000))
	if p := payment(t, s, d.key); p.Left() != 850 || p.LeftOf(p.Captured()[0]) != 850 || p.LeftOf(p.Captured()[1]) != 0 || p.Next() != d.number+"03" {
		t.Errorf("left %s, next %s", p.Left(), p.Next())
	}
	verified(t, s)
	must(t, s.Close())
}
