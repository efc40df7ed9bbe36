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

// theirs is the number of a deposit of terminal 0002.
func theirs(n int) string { return entry.Number("10000001", "0002", 77, n) }

// foreign is a deposit of 300.00 that terminal 0002 has captured 88.50 from in two
// parts, as the network has it.
func foreign(number string) entry.HoldInheritedBody {
	terms := anyTimes
	terms.Network = "20" + number[12:]
	return entry.HoldInheritedBody{Asked: 1_760_000_000_000, Trust: entry.Trusted, Placed: &terms, Captured: 8850, Released: 1150,
		Site:          &entry.HoldSite{From: "0002", Lane: "front", Captured: 8000, NetCaptured: 8850, NetReleased: 1150, Captures: 2, Releases: 1},
		HoldAskedBody: entry.HoldAskedBody{Number: number, Amount: 30000, Lane: "desk-1", Merchant: "inn", Network: "alipay", Account: "ab"}}
}

func draftAdopt(b entry.HoldInheritedBody) entry.Draft {
	d := entry.New(entry.HoldAdopted, b)
	d.Private, _ = entry.Seal(strings.NewReader("0123456789abcdef"), entry.HoldGuest{Room: "1208"})
	return d
}

// adopt takes a deposit over.
func adopt(s *store.Store, b entry.HoldInheritedBody) (d deposit, err error) {
	d.number = b.Number
	entries, err := s.Commit(context.Background(), store.Step{Entries: []entry.Draft{draftAdopt(b)}})
	if err == nil {
		d.key, d.last = entries[0].Key, entries[0].Seq
	}
	return d, err
}

// depositRows are what reports read of deposits.
func depositRows(tb testing.TB, s *store.Store) []store.OrderRow {
	tb.Helper()
	return slices.DeleteFunc(orders(tb, s, store.OrderQuery{}), func(r store.OrderRow) bool { return !r.Deposit })
}

// moved is how much of a deposit a report counts as a part of it.
func moved(r store.OrderRow, part store.MovePart) (sum money.Fen) {
	for _, m := range r.Moves {
		if m.Part == part {
			sum += m.Amount
		}
	}
	return sum
}

// TestADepositOfAnotherAgent goes on with the network's totals and the numbers
// that follow on those used there, over restarts and damages.
func TestADepositOfAnotherAgent(t *testing.T) {
	t.Parallel()
	l := newLab(t, 41)
	s := l.open()
	d, err := adopt(s, foreign(theirs(1)))
	must(t, err)
	wants := func(when string, captures int) {
		t.Helper()
		h, err := s.HoldOf(t.Context(), "20"+d.number[12:])
		must(t, err)
		next, _ := entry.NextMove(h.Site, d.number, entry.Capture, h.Moves)
		back, _ := entry.NextMove(h.Site, d.number, entry.Release, h.Moves)
		if h.Left() != 30000-8850-1150 || h.Site == nil || h.Site.From != "0002" || h.Site.Captured != 8000 || h.Room != "1208" || h.Unsure ||
			next != entry.CaptureNumber(d.number, captures) || back != entry.ReleaseNumber(d.number, 2) || !h.Open() {
			t.Errorf("%s it is %+v, the next capture %s, release %s", when, h, next, back)
		}
		verified(t, s)
		if rows := depositRows(t, s); len(rows) != 1 || rows[0].Amount != 20000 || moved(rows[0], store.IsCaptured) != 0 || moved(rows[0], store.IsHeld) != 20000 {
			t.Errorf("%s a report reads %+v", when, rows)
		}
	}
	wants("taken over", 3)
	for _, wrong := range []int{1, 2, 4} {
		if err := d.add(s, false, moveAsked(entry.CaptureNumber(d.number, wrong), entry.Capture, 5)); !errors.Is(err, store.ErrStale) {
			t.Errorf("capture %d: %v", wrong, err)
		}
	}
	if err := d.add(s, false, moveAsked(entry.CaptureNumber(d.number, 3), entry.Capture, 20001)); !errors.Is(err, store.ErrCeiling) {
		t.Errorf("more than the network has: %v", err)
	}
	must(t, d.add(s, false, moveAsked(entry.CaptureNumber(d.number, 3), entry.Capture, 5000)))
	must(t, d.add(s, false, moveRefused(entry.CaptureNumber(d.number, 3), 2, 0)))
	must(t, s.Close())
	s = l.open()
	wants("after a restart", 4)
	for range 2 {
		s = l.damage(s)
		wants("after a damage", 4)
	}
	must(t, s.Close())
}

// TestWhatIsNotTakenOver: what this device has a record of, and what is no deposit
// of another agent with the network's totals.
func TestWhatIsNotTakenOver(t *testing.T) {
	t.Parallel()
	l := newLab(t, 42)
	s := l.open()
	own := held(t, s, "1208", anyTimes)
	there, err := adopt(s, foreign(theirs(1)))
	must(t, err)
	for _, row := range []struct {
		name string
		make func(b *entry.HoldInheritedBody)
		want error
	}{
		{"our own", func(b *entry.HoldInheritedBody) { b.Number = own.number }, store.ErrHere},
		{"taken over already", func(b *entry.HoldInheritedBody) { b.Number = there.number }, store.ErrHere},
		{"more than was held", func(b *entry.HoldInheritedBody) { b.Captured, b.Site.NetCaptured = 30000, 30000 }, store.ErrCeiling},
		{"less than nothing", func(b *entry.HoldInheritedBody) { b.Captured, b.Site.NetCaptured = -1, -1 }, store.ErrCeiling},
		{"not what the network said", func(b *entry.HoldInheritedBody) { b.Captured = 8000 }, nil},
		{"nobody's", func(b *entry.HoldInheritedBody) { b.Site = nil }, nil},
		{"not held", func(b *entry.HoldInheritedBody) { b.Placed = nil }, nil},
		{"without a number", func(b *entry.HoldInheritedBody) { b.Number = "7" }, nil},
		{"with moves of its own", func(b *entry.HoldInheritedBody) { b.Moves = []entry.HoldMove{{}} }, nil},
	} {
		b := foreign(theirs(9))
		row.make(&b)
		if _, err := adopt(s, b); err == nil || row.want != nil && !errors.Is(err, row.want) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	if err := own.add(s, false, draftAdopt(foreign(theirs(9)))); err == nil {
		t.Error("it was taken over into another deposit")
	}
	must(t, s.Close())
	s = l.open()
	if _, err := adopt(s, foreign(there.number)); !errors.Is(err, store.ErrHere) {
		t.Errorf("again after a restart: %v", err)
	}
	must(t, s.Close())
}

// TestTwoLanesTakeItOverAtOnce: one of them has it.
func TestTwoLanesTakeItOverAtOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t, 43)
	s := l.open()
	for n := range 20 {
		errs := [2]error{}
		var both sync.WaitGroup
		for i := range errs {
			both.Go(func() { _, errs[i] = adopt(s, foreign(theirs(n))) })
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs[0], errs[1]), store.ErrHere) {
			t.Fatalf("both: %v", errs)
		}
	}
	verified(t, s)
	must(t, s.Close())
}

// TestPowerCutWhileOneIsTakenOver, at every write: it is there whole with its first
// capture, or can be taken over again.
func TestPowerCutWhileOneIsTakenOver(t *testing.T) {
	t.Parallel()
	for cut := 1; ; cut++ {
		l := newLab(t, uint64(cut))
		s := l.open()
		l.disk.CutAfter(cut)
		d, err := adopt(s, foreign(theirs(1)))
		acked := 0
		if err == nil {
			acked++
			if err = d.add(s, false, moveAsked(entry.CaptureNumber(d.number, 3), entry.Capture, 5)); err == nil {
				acked++
			}
		}
		whole := !l.disk.Off()
		if whole {
			must(t, err)
		} else if err != nil && !isAny(err, store.ErrUnwritten) {
			t.Fatalf("cut at operation %d: %v", cut, err)
		}
		_ = s.Close()
		l.disk.Boot()
		s = l.open()
		h, err := s.HoldOf(t.Context(), d.number)
		switch {
		case errors.Is(err, store.ErrNotFound) && acked == 0:
			_, err := adopt(s, foreign(theirs(1)))
			must(t, err)
		case err != nil || h.Site == nil || h.Captured != 8850 || len(h.Moves) < acked-1 || len(h.Moves) > acked:
			t.Fatalf("cut at operation %d, %d commits acknowledged: %+v, %v", cut, acked, h, err)
		}
		if r := verified(t, s); r.Rebuilt != 0 || s.Damage() != nil {
			t.Errorf("cut at operation %d: %d rows were rebuilt, damage %v", cut, r.Rebuilt, s.Damage())
		}
		must(t, s.Close())
		if whole {
			return
		}
	}
}

// TestRefundsOfWhatWasTakenOver have numbers of this agent's own, which follow on each
// other, and are found by them; there are no more than it has numbers for.
func TestRefundsOfWhatWasTakenOver(t *testing.T) {
	t.Parallel()
	l := newLab(t, 41)
	s := l.open()
	b := foreign(theirs(9))
	b.Site.Rank = 2
	d, err := adopt(s, b)
	must(t, err)
	must(t, d.add(s, false, moveAsked(entry.CaptureNumber(d.number, 3), entry.Capture, 5000)))
	must(t, d.add(s, true, moveDone(entry.CaptureNumber(d.number, 3), 5000, 0)))
	for n := range 11 {
		p := payment(t, s, d.key)
		if want := entry.RefundNumber(d.number, 31+n); len(p.Refunds) != n || p.Next() != want {
			t.Fatalf("after %d refunds there are %d, the next is %s, want %s", n, len(p.Refunds), p.Next(), want)
		}
		_, err := s.Commit(t.Context(), store.Step{OrderAfter: p.Last, Entries: []entry.Draft{entry.New(entry.RefundAsked, entry.RefundAskedBody{Order: d.key, Of: d.number,
			Number: p.Next(), Amount: 1, Paid: 5000, Lane: "desk-1", Capture: entry.CaptureNumber(d.number, 3), Held: 30000})}})
		if (n < 10) != (err == nil) || n == 10 && (!errors.Is(err, store.ErrCeiling) || p.Left() != 0) {
			t.Fatalf("refund %d: %v, %s left", n+1, err, p.Left())
		}
	}
	if rows := depositRows(t, s); len(rows) != 1 || len(rows[0].Refunds) != 10 {
		t.Errorf("reports read %+v", rows)
	}
	verified(t, s)
	must(t, s.Close())
}
