package duty

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// TestWhoMayRefund: a clerk on duty on that very lane, a manager always.
func TestWhoMayRefund(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 30)
	c.must(c.Set(t.Context(), "local-1", words.SettingRefundLimit, "100"))
	tech := c.hire("Kate", staff.Technician, nil)
	off := c.hire("Sun", staff.Clerk, nil)
	number, _ := c.sells("counter-2", 5000, "wechat")
	for _, row := range []struct{ who, lane, want string }{
		{c.clerk, "counter-1", ""}, // another lane's order, on the lane of the clerk's duty
		{c.clerk, "counter-2", string(words.HaltOffDuty)},
		{off, "counter-1", string(words.HaltOffDuty)},
		{tech, "counter-1", string(words.DeniedRight)},
		{"local-1", "exit-B", ""},
		{"nobody", "counter-1", string(words.DeniedNobody)},
		{c.clerk, "counter-9", string(words.HaltNoLane)},
	} {
		c.lanes.took = nil
		_, err := c.Refund(t.Context(), Ask{By: row.who, Lane: row.lane, Number: number + "01", Amount: 100, Reason: "broken"})
		if why(t, err) != row.want || (row.want == "") != (len(c.lanes.took) == 1) {
			t.Errorf("%s on %s: %v, want %q; the lane heard %v", row.who, row.lane, err, row.want, c.lanes.took)
		}
	}
}

// TestARefundReachesItsLane: with all that was approved on it, and who asked.
func TestARefundReachesItsLane(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 31)
	number, key := c.sells("counter-1", 5000, "wechat")
	a := Ask{By: c.clerk, Lane: "counter-1", Number: number, Reason: " broken "}
	_, err := c.Refund(t.Context(), a)
	r := asked(t, err)
	if r.Amount != 5000 || r.Order != key || r.Number != number || r.Reason != "broken" {
		t.Fatalf("asked for is %+v", r)
	}
	if _, err := c.ApproveByPIN(t.Context(), r.ID, c.typed(c.first)); err != nil {
		t.Fatal(err)
	}
	a.Request = r.ID
	c.lanes.full = true
	if _, err := c.Refund(t.Context(), a); why(t, err) != string(words.HaltLaneBusy) {
		t.Fatalf("on a busy lane: %v", err)
	}
	c.lanes.full = false
	c.lanes.says = flow.Said{Key: 77, View: flow.View{Refund: words.Refund{Key: 77, Phase: words.RefundAsking}}}
	a.Once = &entry.RequestedBody{Token: "pos"}
	if said, err := c.Refund(t.Context(), a); err != nil || said.Key != 77 || said.View.Refund.Phase != words.RefundAsking {
		t.Fatalf("the lane says %+v, %v", said, err)
	}
	want := flow.Refund{Order: key, Amount: 5000, Reason: "broken", Staff: c.clerk, By: "Wang；授权 Approved: Li 14:00"}
	if got, ok := c.lanes.took[0].(flow.Refund); !ok || got.By != want.By || got.Order != want.Order || got.Amount != want.Amount || got.Reason != want.Reason || got.Staff != want.Staff || got.Request != a.Once {
		t.Errorf("the lane hears %+v", c.lanes.took)
	}
	if n := len(c.kinds(entry.Approved)); n != 1 {
		t.Errorf("%d approvals are written for one refund", n)
	}
	if _, err := c.Refund(t.Context(), a); why(t, err) != string(words.HaltExpired) {
		t.Errorf("approved once, done twice: %v", err)
	}
}

// TestARefundOfACaptureIsAboutThatCapture: the number of a capture, as its slip has
// it, says which of them goes back, and how much of it; who approves is asked for
// that, and the lane hears that.
func TestARefundOfACaptureIsAboutThatCapture(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 33)
	number, key := c.holds(300_000)
	first, second := entry.CaptureNumber(number, 1), entry.CaptureNumber(number, 2)
	c.captures(key, first, 8850)
	c.captures(key, second, 20000)
	for _, row := range []struct {
		name    string
		a       Ask
		capture string
		amount  money.Fen
		want    string
	}{
		{"all of the first, by its number", Ask{Number: first}, first, 8850, ""},
		{"all of the newest, by its number", Ask{Number: second}, second, 20000, ""},
		{"all of the newest, by the deposit's", Ask{Number: number}, second, 20000, ""},
		{"all of the newest, by the wallet's voucher", Ask{Number: "20" + number}, second, 20000, ""},
		{"a part of the first, named beside the key", Ask{Order: key, Capture: first, Amount: 100}, first, 100, ""},
		{"its number beside the key, as a program has it", Ask{Order: key, Number: first}, first, 8850, ""},
		{"more than the first has", Ask{Number: first, Amount: 8851}, "", 0, string(words.HaltAmount)},
		{"more than the newest has", Ask{Number: number, Amount: 20001}, "", 0, string(words.HaltAmount)},
		{"a capture that is none", Ask{Number: entry.CaptureNumber(number, 3)}, "", 0, string(words.HaltLane)},
	} {
		row.a.By, row.a.Lane, row.a.Reason = c.clerk, "counter-1", "broken"
		c.lanes.took = nil
		_, err := c.Refund(t.Context(), row.a)
		if row.want != "" {
			if why(t, err) != row.want {
				t.Errorf("%s: %v, want %s", row.name, err, row.want)
			}
			continue
		}
		r := asked(t, err)
		if r.Capture != row.capture || r.Amount != row.amount || r.Order != key || r.Number != number {
			t.Errorf("%s: asked for is %+v", row.name, r)
		}
		if _, err := c.ApproveByPIN(t.Context(), r.ID, c.typed(c.first)); err != nil {
			t.Fatal(err)
		}
		row.a.Request = r.ID
		if _, err := c.Refund(t.Context(), row.a); err != nil {
			t.Errorf("%s, approved: %v", row.name, err)
			continue
		}
		if got := c.lanes.took[0].(flow.Refund); got.Capture != row.capture || got.Amount != row.amount || got.Order != key {
			t.Errorf("%s: the lane hears %+v", row.name, got)
		}
	}
}

// TestWhatCannotGoBack: said before anybody is asked to approve it.
func TestWhatCannotGoBack(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 32)
	paid, _ := c.sells("counter-1", 5000, "wechat")
	write := func(drafts ...entry.Draft) string {
		number := c.books.Number()
		_, err := c.books.Store.Commit(t.Context(), c.order(number, drafts...))
		c.must(err)
		return number
	}
	open, frozen := write(), ""
	number := c.books.Number()
	_, err := c.books.Store.Commit(t.Context(), c.order(number, entry.New(entry.Frozen, entry.FrozenBody{Number: number, Code: "amount"})))
	c.must(err)
	frozen = number
	for _, row := range []struct {
		name, number string
		amount       money.Fen
		want         string
		screen       string
	}{
		{"more than was paid", paid, 5001, string(words.HaltAmount), "At most 50.00 yuan can still go back, so nothing was refunded"},
		{"less than nothing", paid, -1, string(words.HaltLane), "The amount must be more than zero"},
		{"of no order", entry.Number(site, "0002", 12345, 1), 1, string(words.HaltNoOrder), ""},
		{"of no number", "hello", 1, string(words.HaltNoOrder), ""},
		{"of an order that is not paid", open, 1, string(words.HaltNoOrder), ""},
		{"of one that is frozen", frozen, 1, string(words.HaltLane), "This order does not match; please call the manager"},
	} {
		_, err := c.Refund(t.Context(), Ask{By: c.clerk, Lane: "counter-1", Number: row.number, Amount: row.amount, Reason: "broken"})
		if why(t, err) != row.want {
			t.Errorf("%s: %v, want %s", row.name, err, row.want)
			continue
		}
		if s := err.(*Refusal).Show(words.En); row.screen != "" && s.What != row.screen || s.Do == "" || s.Money != "No money has moved" {
			t.Errorf("%s: the screen says %+v", row.name, s)
		}
	}
	if len(c.lanes.took) != 0 || len(c.requests) != 0 {
		t.Errorf("the lane heard %v; %d requests wait", c.lanes.took, len(c.requests))
	}
	c.lanes.says = flow.Said{Tell: words.TellRefundLate}
	if _, err := c.Refund(t.Context(), Ask{By: c.second, Lane: "counter-1", Number: paid, Amount: 1, Reason: "broken"}); why(t, err) != string(words.HaltLane) ||
		err.(*Refusal).Show(words.En).What != "It is too late for this refund; nothing was sent; pay it back another way" {
		t.Errorf("what the lane says: %v", err)
	}
}

// TestALaneThatIsSilent: who hangs up is told that it goes on.
func TestALaneThatIsSilent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &lanes{names: []string{"counter-1"}, silent: true}
		d := New(Options{Lanes: l})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := d.tell(ctx, "counter-1", flow.Decide{}); err == nil || ctx.Err() == nil {
			t.Errorf("a lane that says nothing: %v", err)
		}
	})
}
