package store_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// told is what of a deposit's row a test looks at: its parts in a line each.
func told(r store.OrderRow) (lines []string) {
	names := map[store.MovePart]string{store.IsCaptured: "captured", store.IsReleased: "released", store.IsHeld: "held"}
	lines = append(lines, fmt.Sprintf("taken %s %d shift %d of %s on %s %v", r.Amount, r.Standing, r.Shift, r.Who, r.Lane, r.Seq > 0))
	for _, m := range r.Moves {
		lines = append(lines, fmt.Sprintf("%s %s %d shift %d of %s on %s %s %v", names[m.Part], m.Amount, m.Standing, m.Shift, m.Who, m.Lane, m.Number[min(len(m.Number), 24):], m.Seq > 0))
	}
	for _, g := range r.Refunds {
		lines = append(lines, fmt.Sprintf("refunded %s shift %d on %s", g.Amount, g.Shift, g.Lane))
	}
	return lines
}

// stays are deposits in every state, with what their rows say; who are the shifts
// that are on at the desks.
func stays(t *testing.T, s *store.Store, who clock) (want map[string][]string) {
	t.Helper()
	shift := fmt.Sprintf("shift %d of local-2", who.key)
	want = map[string][]string{}
	add := func(d deposit, lines ...string) { want[d.number] = lines }
	capture := func(d deposit, n int) string { return entry.CaptureNumber(d.number, n) }
	taken := "taken 300.00 2 " + shift + " on desk-1 true"

	d := held(t, s, "1208", anyTimes) // captured with the rest gone back, and a part of that refunded on another lane
	must(t, d.add(s, false, moveAsked(capture(d, 1), entry.Capture, 8850)))
	must(t, d.add(s, true, moveDone(capture(d, 1), 8850, 21150)))
	p := payment(t, s, d.key)
	refund := entry.RefundAskedBody{Order: d.key, Of: d.number, Number: p.Next(), Capture: capture(d, 1), Held: 30000, Amount: 600, Paid: 8850, Lane: "counter", Merchant: "inn", Network: "alipay"}
	_, err := s.Commit(t.Context(), store.Step{OrderAfter: p.Last, Done: true, Entries: []entry.Draft{entry.New(entry.RefundAsked, refund), entry.New(entry.RefundDone, entry.RefundDoneBody{Settled: 600})}})
	must(t, err)
	add(d, taken, "captured 88.50 2 "+shift+" on desk-2 51 true", "released 211.50 2 "+shift+" on desk-2 51 true", fmt.Sprintf("refunded 6.00 shift %d on counter", who.key))

	d = held(t, s, "", anyTimes) // two captures, one refused, a part released
	must(t, d.add(s, false, moveAsked(capture(d, 1), entry.Capture, 1000)))
	must(t, d.add(s, false, moveDone(capture(d, 1), 1000, 0)))
	must(t, d.add(s, false, moveAsked(capture(d, 2), entry.Capture, 2000)))
	must(t, d.add(s, false, moveRefused(capture(d, 2), 2, 0)))
	must(t, d.add(s, false, moveAsked(entry.ReleaseNumber(d.number, 1), entry.Release, 4000)))
	must(t, d.add(s, false, moveDone(entry.ReleaseNumber(d.number, 1), 4000, 0)))
	add(d, taken, "captured 10.00 2 "+shift+" on desk-2 51 true", "released 40.00 2 "+shift+" on desk-2 81 true", "held 250.00 2 "+shift+" on desk-2  false")

	d = held(t, s, "", anyTimes) // a capture that nobody has answered, one that the network took on
	must(t, d.add(s, false, moveAsked(capture(d, 1), entry.Capture, 500)))
	add(d, taken, "captured 5.00 0 "+shift+" on desk-2 51 false", "held 300.00 2 "+shift+" on desk-2  false")
	d = held(t, s, "", anyTimes)
	must(t, d.add(s, false, moveAsked(entry.ReleaseNumber(d.number, 1), entry.Release, 700)))
	must(t, d.add(s, false, entry.New(entry.HoldHeard, entry.HoldHeardBody{Number: entry.ReleaseNumber(d.number, 1), State: entry.StateWaiting})))
	add(d, taken, "released 7.00 1 "+shift+" on desk-2 81 false", "held 300.00 2 "+shift+" on desk-2  false")

	d = held(t, s, "", anyTimes) // other totals, which are corrected, then its end
	must(t, d.add(s, false, entry.New(entry.HoldSeen, entry.HoldSeenBody{Captured: 10000, Released: 0, Left: 20000, Why: entry.SeenDiffers})))
	must(t, d.add(s, false, entry.New(entry.HoldSeen, entry.HoldSeenBody{Captured: 7000, Released: 3000, Left: 20000, Why: entry.SeenDiffers})))
	must(t, d.add(s, true, entry.New(entry.HoldSeen, entry.HoldSeenBody{Captured: 7000, Released: 23000, Why: entry.SeenExpired})))
	add(d, taken, "captured 100.00 2 "+shift+" on desk-1  true", "captured -30.00 2 "+shift+" on desk-1  true", "released 30.00 2 "+shift+" on desk-1  true",
		"released 200.00 2 "+shift+" on desk-1  true")

	d = held(t, s, "", anyTimes) // other totals, and the first ones again
	must(t, d.add(s, false, entry.New(entry.HoldSeen, entry.HoldSeenBody{Captured: 5000, Left: 25000, Why: entry.SeenDiffers})))
	must(t, d.add(s, false, entry.New(entry.HoldSeen, entry.HoldSeenBody{Left: 30000, Why: entry.SeenDiffers})))
	add(d, taken, "captured 50.00 2 "+shift+" on desk-1  true", "captured -50.00 2 "+shift+" on desk-1  true", "held 300.00 2 "+shift+" on desk-1  false")

	d = held(t, s, "", anyTimes) // another sum moved all the same
	must(t, d.add(s, false, moveAsked(capture(d, 1), entry.Capture, 500)))
	must(t, d.add(s, false, moveRefused(capture(d, 1), 6, 400)))
	add(d, taken, "captured 4.00 2 "+shift+" on desk-2 51 true", "held 296.00 2 "+shift+" on desk-2  false")

	d, err = askHold(s, "") // nobody knows; refused; the guest's turn
	must(t, err)
	add(d, "taken 300.00 0 "+shift+" on desk-1 false")
	d, err = askHold(s, "")
	must(t, err)
	must(t, d.add(s, true, entry.New(entry.HoldEnded, entry.HoldEndedBody{Number: d.number, State: 2})))
	add(d, "taken 300.00 3 "+shift+" on desk-1 true")
	d, err = askHold(s, "")
	must(t, err)
	must(t, d.add(s, false, entry.New(entry.HoldHeard, entry.HoldHeardBody{Number: d.number, State: entry.StateWaiting})))
	add(d, "taken 300.00 1 "+shift+" on desk-1 false")
	return want
}

// TestDepositsAreAmongTheOrders: each with its parts, in the shift where each had
// its outcome, out of its summary or its entries; found by any number of it, and
// all that was taken is captured, released or held.
func TestDepositsAreAmongTheOrders(t *testing.T) {
	t.Parallel()
	l := newLab(t, 31)
	s := l.open()
	before := sold(t, s, "before")
	who, err := clockOn(s, "local-2")
	must(t, err)
	want := stays(t, s, who)
	after := sold(t, s, "after")
	for range 2 {
		got, last := map[string][]string{}, entry.Seq(1<<62)
		var sums [4]money.Fen
		rows := orders(t, s, store.OrderQuery{})
		for _, r := range rows {
			if r.Order >= last {
				t.Fatalf("order %d comes after %d", r.Order, last)
			}
			if last = r.Order; !r.Deposit {
				continue
			}
			got[r.Number] = told(r)
			if r.Standing == store.IsPaid {
				sums[0] += r.Amount
			}
			for _, m := range r.Moves {
				if m.Standing == store.IsPaid {
					sums[m.Part] += m.Amount
				}
			}
		}
		if d := gocmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if rows[0].Order != after.key || rows[len(rows)-1].Order != before.key || sums[0] == 0 || sums[0] != sums[store.IsCaptured]+sums[store.IsReleased]+sums[store.IsHeld] {
			t.Errorf("sums are %v", sums)
		}
		bare := orders(t, s, store.OrderQuery{Bare: true})
		if n, err := s.CountOrders(t.Context(), store.OrderQuery{}); err != nil || n != int64(len(rows)) || len(bare) != len(rows) {
			t.Errorf("counted %d, bare %d, of %d, %v", n, len(bare), len(rows), err)
		}
		for i, r := range bare {
			if d := gocmp.Diff(told(rows[i]), told(r)); d != "" || r.NetworkNumber != "" {
				t.Errorf("bare, %s: %s", r.NetworkNumber, d)
			}
		}
		for number := range want {
			for _, name := range []string{number, entry.CaptureNumber(number, 1), entry.ReleaseNumber(number, 3), entry.RefundNumber(number, 1)} {
				if found := orders(t, s, store.OrderQuery{Number: name}); len(found) != 1 || gocmp.Diff(want[number], told(found[0])) != "" {
					t.Errorf("%s leads to %+v", name, found)
				}
			}
		}
		must(t, s.Close())
		s = l.open()
	}
	must(t, s.Close())
}

// TestDepositsOfADamagedEpoch: what was taken, captured, released and refunded
// counts once more, in no shift of this epoch; what goes on is held as before.
func TestDepositsOfADamagedEpoch(t *testing.T) {
	t.Parallel()
	l := newLab(t, 32)
	s := l.open()
	who, err := clockOn(s, "local-2")
	must(t, err)
	want := stays(t, s, who)
	type sums struct{ captured, released, held, refunded money.Fen }
	sum := func(rows []store.OrderRow) (all sums) {
		for _, r := range rows {
			for _, m := range r.Moves {
				switch {
				case m.Standing != store.IsPaid:
				case m.Part == store.IsCaptured:
					all.captured += m.Amount
				case m.Part == store.IsReleased:
					all.released += m.Amount
				default:
					all.held += m.Amount
				}
			}
			for _, g := range r.Refunds {
				all.refunded += g.Amount
			}
		}
		return all
	}
	before := sum(orders(t, s, store.OrderQuery{}))
	for life := range 2 {
		s = l.damage(s)
		rows := orders(t, s, store.OrderQuery{})
		slices.SortFunc(rows, func(a, b store.OrderRow) int { return cmp.Compare(a.Number, b.Number) })
		for i, r := range rows {
			if want[r.Number] == nil || i > 0 && r.Number == rows[i-1].Number {
				t.Errorf("life %d: %s is there twice, or not known", life, r.Number)
			}
			for _, m := range r.Moves {
				if m.Standing == store.IsPaid && m.Part != store.IsHeld && (m.Shift != store.OlderShift || m.Seq == 0) {
					t.Errorf("life %d: %v", life, told(r))
				}
			}
		}
		if after := sum(rows); after != before || len(rows) != len(want) {
			t.Errorf("life %d: %+v of %d deposits, before %+v of %d", life, after, len(rows), before, len(want))
		}
	}
	must(t, s.Close())
}
