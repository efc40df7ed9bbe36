package flow_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// neighbour is another agent of the site whose journal is read.
type neighbour struct {
	*hotel
	change func(*flow.Foreign)
}

func (n neighbour) Find(ctx context.Context, name string) (f flow.Foreign, err error) {
	h, err := n.store.HoldOf(ctx, name)
	if err != nil {
		return f, err
	}
	a := h.Asked
	f = flow.Foreign{From: n.device, Lane: h.Lane, Number: a.Number, Merchant: a.Merchant, Network: a.Network, Account: a.Account, Voucher: h.Placed.Network,
		Asked: entry.Stamp{Wall: h.AskedAt, Trust: h.AskedTrust}, Amount: a.Amount, Captured: h.Captured, Released: h.Released, Room: h.Room, By: a.By}
	f.Takers = h.Site.Taker()
	f.Busy = h.Moving() != nil || h.Unknown()
	f.Captures, f.Releases = entry.UsedMoves(h.Site, entry.Capture, h.Moves), entry.UsedMoves(h.Site, entry.Release, h.Moves)
	if n.change != nil {
		n.change(&f)
	}
	return f, nil
}

// takesOver has a terminal look for another's deposit and take it over at its first desk.
func (h *hotel) takesOver(from neighbour, name string) flow.Said {
	h.t.Helper()
	nets := &flow.Networks{Providers: h.providers, Timing: func(string) pay.Timing { return pay.WeChat }, Log: slog.New(slog.DiscardHandler)}
	abroad := &flow.Abroad{Site: from, Networks: nets, Accounts: map[string]string{"shop": "ab"}, Own: func(s string) bool { return entry.IsNumber(s, "10000001") }}
	look, err := abroad.Look(context.Background(), name)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.said(0, look)
}

// TestAnotherTerminalsDeposit: taken over with the network's totals, captured under
// the next number, and the terminal that took it finds that out.
func TestAnotherTerminalsDeposit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newInn(anyTimes)
		front, bar := openTerminal(t, n, "0007"), openTerminal(t, n, "0008")
		defer func() { front.stop(); bar.stop() }()
		v := front.holds(0, "1208")
		front.said(0, flow.CaptureSpec{Number: v.Number, Amount: 8850})
		if said := bar.said(0, flow.CaptureSpec{Number: v.Number, Amount: 1}); said.Tell != words.TellHoldNone {
			t.Errorf("before it is taken over: %q", said.Tell)
		}
		said := bar.takesOver(neighbour{front, func(f *flow.Foreign) { f.Captured = 0 }}, v.Number+"51")
		d := said.View.Deposit
		if said.Tell != "" || said.Key == 0 || d.Phase != words.DepositHeld || d.Captured != 8850 || d.Left != 21150 || d.Room != "1208" || d.Site == nil || !d.Site.Differs || d.Site.From != "0007" {
			t.Fatalf("%q, key %d: %+v, %+v", said.Tell, said.Key, d, d.Site)
		}
		if again := bar.takesOver(neighbour{front, nil}, v.Number); again.Tell != words.TellHoldHere {
			t.Errorf("a second time: %q", again.Tell)
		}
		bar.said(1, flow.CaptureSpec{Number: v.Number, Amount: 10000}) // at its other desk, out of the journal
		bar.passes(time.Minute)
		if h := bar.hold(v.Number); h.Captured != 18850 || h.Moves[0].Number != v.Number+"52" || h.Lane != "desk-1" || bar.slips[1].count() != 1 {
			t.Errorf("at the bar it is %+v", h)
		}
		front.said(0, flow.ReleaseSpec{Number: v.Number})
		if h := front.hold(v.Number); h.Captured != 18850 || h.Left() != 11150 || n.count("release") != 0 || !slices.Contains(front.taskNames(), "hold-differs") {
			t.Errorf("at the front it is %+v, tasks %v", h, front.taskNames())
		}
		front.said(0, flow.ReleaseSpec{Number: v.Number})
		front.passes(7 * time.Hour)
		_, captured, released := n.books()
		for _, h := range []*hotel{front, bar} {
			if hold := h.hold(v.Number); captured != 18850 || released != 11150 || hold.Captured != captured || hold.Released != released || hold.Open() {
				t.Errorf("%s: the network has %s and %s, it %+v", h.device, captured, released, hold)
			}
			if r, err := h.store.Verify(context.Background(), nil); err != nil || r.Rebuilt != 0 || r.Holds != 1 {
				t.Errorf("%s: verify %+v, %v", h.device, r, err)
			}
		}
	})
}

// TestWhatIsUnderWayThereIsNotTakenOver: the terminal that took it has sent a capture
// that nobody has heard of. Here nothing is taken over until that has ended; and where
// it was all the same, the first terminal sends it no more once others have captured.
func TestWhatIsUnderWayThereIsNotTakenOver(t *testing.T) {
	t.Parallel()
	for _, blind := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			n := newInn(anyTimes)
			front, bar := openTerminal(t, n, "0007"), openTerminal(t, n, "0008")
			defer func() { front.stop(); bar.stop() }()
			v := front.holds(0, "1208")
			front.passes(3 * time.Second)
			n.mu.Lock()
			n.lose["capture"] = "before"
			n.mu.Unlock()
			front.said(0, flow.CaptureSpec{Number: v.Number, Amount: 8850})
			said := bar.takesOver(neighbour{front, func(f *flow.Foreign) { f.Busy = f.Busy && !blind }}, v.Number)
			switch {
			case !blind && (said.Tell != words.TellHoldMoving || said.Key != 0):
				t.Fatalf("while it is under way: %q, %+v", said.Tell, said.View.Deposit)
			case !blind:
				front.passes(time.Minute)
				said = bar.takesOver(neighbour{front, nil}, v.Number)
			}
			if said.Tell != "" || said.Key == 0 {
				t.Fatalf("%q", said.Tell)
			}
			if blind {
				bar.said(0, flow.CaptureSpec{Number: v.Number, Amount: 8850})
			}
			bar.passes(10 * time.Minute)
			if _, captured, _ := n.books(); captured != 8850 {
				t.Errorf("blind %v: captured %s", blind, captured)
			}
			bar.passes(7 * time.Hour)
			for _, h := range []*hotel{front, bar} {
				if hold := h.hold(v.Number); hold.Captured != 8850 || hold.Moving() != nil {
					t.Errorf("blind %v: %s has %+v", blind, h.device, hold)
				}
			}
		})
	}
}

// TestNothingIsTakenOver without the network's totals, and of other shops.
func TestNothingIsTakenOver(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		off    bool
		change func(*flow.Foreign)
		want   words.Key
	}{
		{"the network is not reached", true, nil, words.TellHoldUnheard},
		{"in another merchant's books", false, func(f *flow.Foreign) { f.Account = "cd" }, words.TellHoldOtherShop},
		{"in nobody knows whose", false, func(f *flow.Foreign) { f.Account = "" }, words.TellHoldOtherShop},
		{"of another site", false, func(f *flow.Foreign) { f.Number = entry.Number("10000002", "0007", 1, 1) }, words.TellHoldOtherShop},
		{"not known to the network", false, func(f *flow.Foreign) { f.Number = entry.Number("10000001", "0007", 1, 77) }, words.TellHoldNotThere},
		{"another sum", false, func(f *flow.Foreign) { f.Amount = 1 }, words.TellHoldNotThere},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := newInn(anyTimes)
			front, bar := openTerminal(t, n, "0007"), openTerminal(t, n, "0008")
			defer func() { front.stop(); bar.stop() }()
			v := front.holds(0, "1208")
			front.passes(3 * time.Second)
			n.mu.Lock()
			n.off = row.off
			n.mu.Unlock()
			_, before, _ := bar.store.Head()
			if said := bar.takesOver(neighbour{front, row.change}, v.Number); said.Tell != row.want || said.Key != 0 {
				t.Errorf("%s: told %q, key %d", row.name, said.Tell, said.Key)
			}
			if _, err := bar.store.HoldOf(context.Background(), v.Number); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: it is there, %v", row.name, err)
			}
			if _, after, _ := bar.store.Head(); after != before {
				t.Errorf("%s: %d entries were written", row.name, after-before)
			}
		})
	}
}

// TestBothTerminalsCaptureAtOnce: of the same sum one capture takes effect; of two
// sums one does, and the other is refused. All books agree in the end.
func TestBothTerminalsCaptureAtOnce(t *testing.T) {
	t.Parallel()
	for _, sums := range [][2]money.Fen{{20000, 20000}, {20000, 15000}, {10000, 12000}} {
		for _, unanswered := range []string{"", "query-hold", "capture"} {
			synctest.Test(t, func(t *testing.T) {
				n := newInn(anyTimes)
				front, bar := openTerminal(t, n, "0007"), openTerminal(t, n, "0008")
				defer func() { front.stop(); bar.stop() }()
				v := front.holds(0, "1208")
				bar.takesOver(neighbour{front, nil}, v.Number)
				front.passes(3 * time.Second)
				n.mu.Lock()
				n.lose[unanswered] = "after"
				n.mu.Unlock()
				front.lanes[0].Offer(flow.CaptureSpec{Number: v.Number, Amount: sums[0]})
				bar.lanes[0].Offer(flow.CaptureSpec{Number: v.Number, Amount: sums[1]})
				synctest.Wait()
				front.passes(13 * time.Hour)
				_, captured, _ := n.books()
				what := fmt.Sprintf("%s and %s, lost %q", sums[0], sums[1], unanswered)
				if captured != sums[0] && captured != sums[1] {
					t.Errorf("%s: the network has captured %s", what, captured)
				}
				for _, h := range []*hotel{front, bar} {
					if hold := h.hold(v.Number); hold.Captured != captured || hold.Left() != 30000-captured || hold.Moving() != nil {
						t.Errorf("%s: the network has captured %s, %s has %+v", what, captured, h.device, hold)
					}
				}
			})
		}
	}
}

// TestPowerCutsWhileOneIsTakenOver, at every write: it is taken over or it is not,
// and then it can be, and is captured once.
func TestPowerCutsWhileOneIsTakenOver(t *testing.T) {
	t.Parallel()
	for cut := 1; ; cut++ {
		whole := false
		synctest.Test(t, func(t *testing.T) {
			n := newInn(anyTimes)
			front, bar := openTerminal(t, n, "0007"), openTerminal(t, n, "0008")
			defer func() { front.stop(); bar.stop() }()
			v := front.holds(0, "1208")
			bar.disk.CutAfter(cut)
			bar.takesOver(neighbour{front, nil}, v.Number)
			bar.said(0, flow.CaptureSpec{Number: v.Number, Amount: 8850})
			bar.passes(time.Minute)
			if whole = !bar.disk.Off(); !whole {
				bar.stop()
				bar.disk.Boot()
				bar.begin()
				bar.passes(3 * time.Minute)
			}
			if _, err := bar.store.HoldOf(context.Background(), v.Number); errors.Is(err, store.ErrNotFound) {
				bar.takesOver(neighbour{front, nil}, v.Number)
			}
			if bar.hold(v.Number).Captured == 0 {
				bar.said(0, flow.CaptureSpec{Number: v.Number, Amount: 8850})
				bar.passes(3 * time.Minute)
			}
			hold := bar.hold(v.Number)
			if _, captured, _ := n.books(); captured != 8850 || hold.Captured != 8850 || hold.Left() != 21150 || hold.Room != "1208" || hold.Site == nil {
				t.Errorf("cut %d: the network has captured %s, it is %+v", cut, captured, hold)
			}
			if r, err := bar.store.Verify(context.Background(), nil); err != nil || r.Rebuilt != 0 || bar.store.Damage() != nil {
				t.Errorf("cut %d: verify %+v, %v", cut, r, err)
			}
		})
		if whole || t.Failed() {
			return
		}
	}
}
