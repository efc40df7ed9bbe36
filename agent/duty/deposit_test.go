package duty

import (
	"reflect"
	"slices"
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

// captures has a part of a deposit captured.
func (l *lab) captures(key entry.Seq, number string, sum money.Fen) {
	l.tb.Helper()
	h, err := l.books.Store.Hold(l.tb.Context(), key)
	l.must(err)
	_, err = l.books.Store.Commit(l.tb.Context(), store.Step{Key: key, After: h.Last, Entries: []entry.Draft{
		entry.New(entry.MoveAsked, entry.MoveAskedBody{Number: number, What: entry.Capture, Amount: sum, Lane: "counter-1"}),
		entry.New(entry.MoveDone, entry.MoveDoneBody{Number: number, Amount: sum}),
	}})
	l.must(err)
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
		said, err := c.Hold(t.Context(), Ask{By: row.who, Lane: row.lane}, flow.DepositSpec{Amount: 30000, Room: "1208"})
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
	if _, err := c.Hold(t.Context(), Ask{By: c.clerk, Lane: "counter-1"}, flow.DepositSpec{Amount: 30000}); why(t, err) != string(words.HaltLane) {
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
		{Ask{By: tech, Program: "till", Lane: "counter-1", Number: number, Amount: 8850}, string(words.DeniedRight)},
		{Ask{By: sells, Lane: "counter-9", Number: number, Amount: 8850}, string(words.HaltNoLane)},
		{Ask{By: sells, Lane: "counter-1", Number: number, Amount: 300_001}, string(words.HaltLane)},
		{Ask{By: sells, Lane: "counter-1", Number: c.books.Number(), Amount: 1}, string(words.HaltLane)},
	} {
		c.lanes.took = nil
		_, err := c.Capture(t.Context(), row.a, false)
		if why(t, err) != row.want || (row.want == "") != (len(c.lanes.took) == 1) {
			t.Errorf("%+v: %v, want %q; the lane heard %v", row.a, err, row.want, c.lanes.took)
		}
		want := flow.CaptureSpec{Hold: key, Amount: 8850, Staff: sells, By: "Sun"}
		if row.want == "" && !reflect.DeepEqual(c.lanes.took[0], want) {
			t.Errorf("the lane heard %+v, want %+v", c.lanes.took[0], want)
		}
	}
}

// TestACaptureOfAFenIsARelease: where the network gives the rest back with any capture,
// more than the refund limit of it takes the right to refund.
func TestACaptureOfAFenIsARelease(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 47)
	number := c.books.Number()
	_, err := c.books.Store.Commit(t.Context(), store.Step{Entries: []entry.Draft{
		entry.New(entry.HoldAsked, entry.HoldAskedBody{Number: number, Amount: 300_000, Lane: "counter-1", Merchant: "inn", Network: "wechat"}),
		entry.New(entry.HoldPlaced, entry.HoldPlacedBody{Amount: 300_000, Captures: 1, RestGoes: true}),
	}})
	c.must(err)
	sells := c.hire("Sun", staff.Clerk, staff.Grants{staff.Sell: {"counter-1"}})
	limit := c.RefundLimit()
	for _, row := range []struct {
		by     string
		amount money.Fen
		want   string
	}{
		{sells, 1, string(words.DeniedRight)},
		{sells, 300_000 - limit - 1, string(words.DeniedRight)},
		{sells, 300_000 - limit, ""},
		{sells, 300_000, ""},
		{c.clerk, 1, ""},
	} {
		c.lanes.took = nil
		_, err := c.Capture(t.Context(), Ask{By: row.by, Lane: "counter-1", Number: number, Amount: row.amount}, false)
		if why(t, err) != row.want || (row.want == "") != (len(c.lanes.took) == 1) {
			t.Errorf("%s captures %s: %v, want %q; the lane heard %v", row.by, row.amount, err, row.want, c.lanes.took)
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

// TestALastCaptureLetsTheRestGoByTheRules: a fen that is taken releases the rest,
// which takes what a release of it does, with or without a program. The yes is for
// both sums, and carries the capture out whoever goes on with the request.
func TestALastCaptureLetsTheRestGoByTheRules(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 43)
	c.must(c.Set(t.Context(), "local-1", words.SettingRefundLimit, "100"))
	number, key := c.holds(300_000)
	sells := c.hire("Sun", staff.Clerk, staff.Grants{staff.Sell: {"counter-1"}})
	off := c.hire("Qian", staff.Clerk, nil)
	fen := Ask{By: c.clerk, Lane: "counter-1", Number: number, Amount: 1, Reason: "broken glass"}
	for _, row := range []struct {
		change func(*Ask)
		want   string
	}{
		{func(a *Ask) { a.By = sells }, string(words.DeniedRight)},
		{func(a *Ask) { a.By = off }, string(words.HaltOffDuty)},
		{func(a *Ask) { a.By, a.Program = sells, "till" }, string(words.DeniedRight)},
		{func(a *Ask) { a.Reason = "" }, string(words.HaltReason)},
		{func(a *Ask) { a.By, a.Program = "", "till" }, string(words.HaltApproval)},
		{func(*Ask) {}, string(words.HaltApproval)},
	} {
		a := fen
		row.change(&a)
		if _, err := c.Capture(t.Context(), a, true); why(t, err) != row.want || len(c.lanes.took) != 0 {
			t.Errorf("%+v: %v, want %q; the lane heard %+v", a, err, row.want, c.lanes.took)
		}
	}
	_, err := c.Capture(t.Context(), fen, true)
	r := asked(t, err)
	if r.Operation != Release || r.Amount != 299_999 || r.Taken != 1 || r.Order != key || r.Needs != 2 {
		t.Fatalf("asked for is %+v", r)
	}
	for _, id := range []string{c.first, c.second} {
		if _, err := c.ApproveByPIN(t.Context(), r.ID, c.typed(id)); err != nil {
			t.Fatal(err)
		}
	}
	other := fen
	other.Request, other.Amount = r.ID, 2
	if _, err := c.Capture(t.Context(), other, true); why(t, err) != string(words.HaltOther) {
		t.Errorf("another sum than was approved: %v", err)
	}
	other.Amount = 299_999
	if _, err := c.Release(t.Context(), other); why(t, err) != string(words.HaltOther) {
		t.Errorf("a release in place of the capture: %v", err)
	}
	goesOn := r.Ask
	goesOn.Request = r.ID
	said, err := c.Release(t.Context(), goesOn)
	if err != nil {
		t.Fatalf("%+v, %v", said, err)
	}
	want := flow.CaptureSpec{Hold: key, Amount: 1, Last: true, Reason: "broken glass", Staff: c.clerk, By: "Wang；授权 Approved: Li, Zhao 14:00"}
	if len(c.lanes.took) != 1 || !reflect.DeepEqual(c.lanes.took[0], want) {
		t.Errorf("the lane heard %+v, want %+v", c.lanes.took, want)
	}
	fen.Request = r.ID
	if _, err := c.Capture(t.Context(), fen, true); why(t, err) != string(words.HaltExpired) {
		t.Errorf("approved once, done twice: %v", err)
	}
	c.lanes.took = nil
	fen.Request, fen.Amount, fen.By = "", 300_000, sells
	if _, err := c.Capture(t.Context(), fen, true); err != nil || len(c.lanes.took) != 1 {
		t.Errorf("all of it is nobody's release: %v, %+v", err, c.lanes.took)
	}
}

// TestADepositInAnothersPlace: the one before goes back, so it takes what its
// release does, and the same room.
func TestADepositInAnothersPlace(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 44)
	c.must(c.Set(t.Context(), "local-1", words.SettingRefundLimit, "100"))
	_, old := c.holds(30000)
	spec := flow.DepositSpec{Amount: 30000, Instead: old}
	a := Ask{By: c.clerk, Lane: "counter-1"}
	sells := c.hire("Sun", staff.Clerk, staff.Grants{staff.Sell: {"counter-1"}})
	if _, err := c.Hold(t.Context(), Ask{By: sells, Lane: "counter-1"}, spec); why(t, err) != string(words.DeniedRight) {
		t.Errorf("without the right to release: %v", err)
	}
	elsewhere := spec
	elsewhere.Room = "1208"
	if _, err := c.Hold(t.Context(), a, elsewhere); why(t, err) != string(words.HaltLane) {
		t.Errorf("another room's: %v", err)
	}
	_, err := c.Hold(t.Context(), a, spec)
	r := asked(t, err)
	if r.Operation != Release || r.Amount != 30000 || r.Order != old || len(c.lanes.took) != 0 {
		t.Fatalf("asked for is %+v; the lane heard %+v", r, c.lanes.took)
	}
	if _, err := c.ApproveByPIN(t.Context(), r.ID, c.typed(c.first)); err != nil {
		t.Fatal(err)
	}
	now := r.Ask
	now.Request = r.ID
	if _, err := c.Release(t.Context(), now); why(t, err) != string(words.HaltOther) {
		t.Errorf("released before another one is held: %v", err)
	}
	a.Request = r.ID
	if _, err := c.Hold(t.Context(), a, spec); err != nil {
		t.Fatal(err)
	}
	spec.Staff, spec.By = c.clerk, "Wang；授权 Approved: Li 14:00"
	if len(c.lanes.took) != 1 || !reflect.DeepEqual(c.lanes.took[0], spec) {
		t.Errorf("the lane heard %+v, want %+v", c.lanes.took, spec)
	}
	if _, err := c.Hold(t.Context(), Ask{By: c.clerk, Program: "till", Lane: "counter-1"}, flow.DepositSpec{Amount: 1}); err != nil {
		t.Fatal(err)
	}
	if got := c.lanes.took[1].(flow.DepositSpec); got.By != "Wang (till)" || got.Staff != "till."+c.clerk {
		t.Errorf("of a program that names somebody: %+v", got)
	}
}

// TestAMoveIsGivenUp by a manager, once it has been without a final word for long;
// the lane that follows the deposit hears which one.
func TestAMoveIsGivenUp(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 44)
	number, key := c.holds(30_000)
	h, err := c.books.Store.Hold(t.Context(), key)
	c.must(err)
	entries, err := c.books.Store.Commit(t.Context(), store.Step{Key: key, After: h.Last, Entries: []entry.Draft{
		entry.New(entry.MoveAsked, entry.MoveAskedBody{Number: entry.CaptureNumber(number, 1), What: entry.Capture, Amount: 88_50, Lane: "counter-1"}),
	}})
	c.must(err)
	c.pass(unknownAfter.Milliseconds())
	tasks, err := c.Tasks(t.Context(), "local-1")
	c.must(err)
	if len(tasks) != 1 || tasks[0].What != store.TaskMoveUnknown || tasks[0].Of != entries[0].Seq || !slices.Equal(tasks[0].Decide, []string{entry.GivenUp}) || tasks[0].Close {
		t.Fatalf("the tasks are %+v", tasks)
	}
	x := Decision{Key: key, Of: tasks[0].Of, What: entry.GivenUp, Amount: tasks[0].Amount, Why: "paid in cash"}
	for _, row := range []struct{ who, want string }{{c.clerk, string(words.HaltManager)}, {"local-1", ""}} {
		x.By = row.who
		if err := c.Decide(t.Context(), x); why(t, err) != row.want {
			t.Errorf("%s: %v, want %q", row.who, err, row.want)
		}
	}
	want := flow.Decide{Key: key, Of: entries[0].Seq, What: entry.GivenUp, Amount: 88_50, By: "local-1", Why: "paid in cash"}
	if len(c.lanes.took) != 1 || !reflect.DeepEqual(c.lanes.took[0], flow.Event(want)) {
		t.Errorf("the lane heard %+v", c.lanes.took)
	}
	x.What = entry.Elsewhere
	if err := c.Decide(t.Context(), x); why(t, err) != string(words.HaltDecision) {
		t.Errorf("another decision about a move: %v", err)
	}
}
