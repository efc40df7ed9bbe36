package duty

import (
	"reflect"
	"testing"

	"tillgate/agent/flow"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// holds has a deposit held on counter-1.
func (l *lab) holds(amount money.Fen) (number string, key entry.Seq) {
	l.tb.Helper()
	number = l.books.Number()
	entries, err := l.books.Store.Commit(l.tb.Context(), store.Step{Entries: []entry.Draft{
		entry.New(entry.HoldAsked, entry.HoldAskedBody{Number: number, Amount: amount, Lane: "counter-1", Merchant: "inn", Network: "alipay"}),
		entry.New(entry.HoldPlaced, entry.HoldPlacedBody{Amount: amount, Network: "20" + number, Parts: true}),
	}})
	l.must(err)
	return number, entries[0].Key
}

// TestWhoMayHold: whoever sells there, and a terminal that has nobody set up; a
// draft that waits for the guest's code is no refusal.
func TestWhoMayHold(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 40)
	tech := c.hire("Kate", staff.Technician, nil)
	for _, row := range []struct{ who, lane, want string }{
		{c.clerk, "counter-1", ""}, {"", "counter-1", ""}, {tech, "counter-1", string(words.DeniedRight)}, {c.clerk, "counter-9", string(words.HaltNoLane)},
	} {
		c.lanes.took, c.lanes.says = nil, flow.Said{Tell: words.TellHoldScan}
		said, err := c.Hold(t.Context(), row.who, row.lane, flow.DepositSpec{Amount: 30000, Room: "1208"})
		if why(t, err) != row.want {
			t.Errorf("%q on %s: %v, want %q", row.who, row.lane, err, row.want)
		}
		if row.want != "" {
			continue
		}
		want := flow.DepositSpec{Amount: 30000, Room: "1208", Staff: row.who}
		if row.who != "" {
			want.By = "Wang"
		}
		if said.Tell != words.TellHoldScan || len(c.lanes.took) != 1 || !reflect.DeepEqual(c.lanes.took[0], want) {
			t.Errorf("%q: the lane heard %+v and said %q", row.who, c.lanes.took, said.Tell)
		}
	}
	c.lanes.says = flow.Said{Tell: words.TellHoldRoom}
	if _, err := c.Hold(t.Context(), c.clerk, "counter-1", flow.DepositSpec{Amount: 30000}); why(t, err) != string(words.HaltLane) {
		t.Errorf("a lane that refuses: %v", err)
	}
}

// TestCaptureTakesTheRightToSell: not that to refund, and no approval; what the
// journal knows cannot be is refused before the lane is asked.
func TestCaptureTakesTheRightToSell(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 41)
	number, key := c.holds(300_000)
	sells := c.hire("Sun", staff.Clerk, staff.Grants{staff.Sell: {"counter-1"}})
	tech := c.hire("Kate", staff.Technician, nil)
	for _, row := range []struct {
		a    Ask
		want string
	}{
		{Ask{By: sells, Lane: "counter-1", Number: number, Amount: 8850}, ""},
		{Ask{By: tech, Lane: "counter-1", Number: number, Amount: 8850}, string(words.DeniedRight)},
		{Ask{By: sells, Lane: "counter-9", Number: number, Amount: 8850}, string(words.HaltNoLane)},
		{Ask{By: sells, Lane: "counter-1", Number: number, Amount: 300_001}, string(words.HaltLane)},
		{Ask{By: sells, Lane: "counter-1", Number: c.books.Number(), Amount: 1}, string(words.HaltLane)},
	} {
		c.lanes.took = nil
		_, err := c.Capture(t.Context(), row.a, true)
		if why(t, err) != row.want || (row.want == "") != (len(c.lanes.took) == 1) {
			t.Errorf("%+v: %v, want %q; the lane heard %v", row.a, err, row.want, c.lanes.took)
		}
		want := flow.CaptureSpec{Hold: key, Amount: 8850, Last: true, Staff: sells, By: "Sun"}
		if row.want == "" && !reflect.DeepEqual(c.lanes.took[0], want) {
			t.Errorf("the lane heard %+v, want %+v", c.lanes.took[0], want)
		}
	}
}

// TestReleaseIsApprovedLikeARefund: as many people, bound to deposit and sum,
// written down with why, and used up; all that is left where no sum is named.
func TestReleaseIsApprovedLikeARefund(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 42)
	c.must(c.Set(t.Context(), "local-1", words.SettingRefundLimit, "100"))
	number, key := c.holds(30000)
	a := Ask{By: c.clerk, Lane: "counter-1", Number: number, Reason: " checked out "}
	_, err := c.Release(t.Context(), a)
	r := asked(t, err)
	if r.Operation != Release || r.Order != key || r.Number != number || r.Amount != 30000 || r.Reason != "checked out" || r.Needs != 1 {
		t.Fatalf("asked for is %+v", r)
	}
	if len(c.lanes.took) != 0 {
		t.Fatalf("the lane heard %+v before anybody approved", c.lanes.took)
	}
	if _, err := c.ApproveByPIN(t.Context(), r.ID, c.typed(c.first)); err != nil {
		t.Fatal(err)
	}
	other := a
	other.Request, other.Amount = r.ID, 20000
	if _, err := c.Release(t.Context(), other); why(t, err) != string(words.HaltOther) {
		t.Errorf("another sum than was approved: %v", err)
	}
	a.Request = r.ID
	c.lanes.full = true
	if _, err := c.Release(t.Context(), a); why(t, err) != string(words.HaltLaneBusy) {
		t.Fatalf("on a busy lane: %v", err)
	}
	c.lanes.full = false
	if _, err := c.Release(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	want := flow.ReleaseSpec{Hold: key, Amount: 30000, Reason: "checked out", Staff: c.clerk, By: "Wang；授权 Approved: Li 14:00"}
	if len(c.lanes.took) != 1 || !reflect.DeepEqual(c.lanes.took[0], want) {
		t.Errorf("the lane heard %+v, want %+v", c.lanes.took, want)
	}
	if n := len(c.kinds(entry.Approved)); n != 1 {
		t.Errorf("%d approvals are written for one release", n)
	}
	if _, err := c.Release(t.Context(), a); why(t, err) != string(words.HaltExpired) {
		t.Errorf("approved once, done twice: %v", err)
	}
	off := c.hire("Sun", staff.Clerk, nil)
	if _, err := c.Release(t.Context(), Ask{By: off, Lane: "counter-1", Number: number, Amount: 100, Reason: "x"}); why(t, err) != string(words.HaltOffDuty) {
		t.Errorf("off duty: %v", err)
	}
}
