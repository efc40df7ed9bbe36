package duty

import (
	"reflect"
	"testing"

	"tillgate/agent/flow"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// captured has a deposit held on counter-1 of which a part is the shop's.
func (l *lab) captured(amount, part money.Fen) (number string, key entry.Seq) {
	l.tb.Helper()
	number, key = l.holds(amount)
	capture := entry.CaptureNumber(number, 1)
	l.then(key, false, entry.New(entry.MoveAsked, entry.MoveAskedBody{Number: capture, What: entry.Capture, Amount: part, Lane: "counter-1"}),
		entry.New(entry.MoveDone, entry.MoveDoneBody{Number: capture, Amount: part, Network: "21" + number}))
	return number, key
}

// offDuty are somebody who has clocked off, and what became of a wish of theirs.
// A sale needs nobody on duty, and neither does what keeps a guest's money here;
// what lets it go does, unless a manager wants it.
func offDuty(t *testing.T, seed uint64, do func(c *crew, by, lane string) error, want string) {
	t.Helper()
	c := newCrew(t, seed)
	c.must(c.Set(t.Context(), "local-1", words.SettingRefundLimit, "900"))
	off := c.hire("Sun", staff.Clerk, nil)
	for _, row := range []struct{ name, by, lane, want string }{
		{"never clocked on", off, "counter-1", want}, {"on duty on another lane", c.clerk, "counter-2", want},
		{"on duty here", c.clerk, "counter-1", ""}, {"a manager off duty", "local-1", "counter-1", ""},
	} {
		c.lanes.took = nil
		if err := do(c, row.by, row.lane); why(t, err) != row.want || (row.want == "") != (len(c.lanes.took) == 1) {
			t.Errorf("%s: %v, want %q; the lane heard %+v", row.name, err, row.want, c.lanes.took)
		}
	}
	shift, _ := c.ShiftOf(c.clerk)
	_, err := c.ClockOff(t.Context(), c.clerk, shift.ID, "")
	c.must(err)
	c.lanes.took = nil
	if err := do(c, c.clerk, "counter-1"); why(t, err) != want {
		t.Errorf("clocked off a moment ago: %v, want %q", err, want)
	}
}

func TestHoldOffDuty(t *testing.T) {
	t.Parallel()
	offDuty(t, 45, func(c *crew, by, lane string) error {
		_, err := c.Hold(t.Context(), Ask{By: by, Lane: lane}, flow.DepositSpec{Amount: 100})
		return err
	}, "")
}

func TestCaptureOffDuty(t *testing.T) {
	t.Parallel()
	offDuty(t, 46, func(c *crew, by, lane string) error {
		number, _ := c.holds(30000)
		_, err := c.Capture(t.Context(), Ask{By: by, Lane: lane, Number: number, Amount: 100}, false)
		return err
	}, "")
}

func TestReleaseOffDuty(t *testing.T) {
	t.Parallel()
	offDuty(t, 47, func(c *crew, by, lane string) error {
		number, _ := c.holds(30000)
		_, err := c.Release(t.Context(), Ask{By: by, Lane: lane, Number: number, Reason: "check-out"})
		return err
	}, string(words.HaltOffDuty))
}

func TestRefundOfACaptureOffDuty(t *testing.T) {
	t.Parallel()
	offDuty(t, 48, func(c *crew, by, lane string) error {
		number, _ := c.captured(30000, 8850)
		_, err := c.Refund(t.Context(), Ask{By: by, Lane: lane, Number: number, Amount: 600, Reason: "minibar"})
		return err
	}, string(words.HaltOffDuty))
}

// TestDepositsAreApprovedOffline: a release, and a refund of what was captured,
// above the limit take a supervisor's eight digits, made by a phone that asks no
// server; who, when and why are on the slip's line and in the journal, and nobody
// off duty gets that far.
func TestDepositsAreApprovedOffline(t *testing.T) {
	t.Parallel()
	c := newCrew(t, 49)
	key, err := c.Enrol(t.Context(), c.typed(c.first), "page", "")
	c.must(err)
	c.pass(2000)
	number, hold := c.captured(60000, 20000)
	const by = "Wang；授权 Approved: Li 14:00"
	for _, row := range []struct {
		what Operation
		do   func(Ask) error
		want flow.Event
	}{
		{Release, func(a Ask) error { _, err := c.Release(t.Context(), a); return err },
			flow.ReleaseSpec{Hold: hold, Amount: 15000, Reason: "guest left", Staff: c.clerk, By: by}},
		{Refund, func(a Ask) error { _, err := c.Refund(t.Context(), a); return err },
			flow.Refund{Order: hold, Amount: 15000, Capture: entry.CaptureNumber(number, 1), Reason: "guest left", Staff: c.clerk, By: by}},
	} {
		a := Ask{By: c.clerk, Lane: "counter-1", Number: number, Amount: 15000, Reason: "guest left"}
		c.lanes.took = nil
		r := asked(t, row.do(a))
		if r.Operation != row.what || len(c.lanes.took) != 0 {
			t.Fatalf("asked for is %+v; the lane heard %+v", r, c.lanes.took)
		}
		_, code, err := Answer(key, r.Text)
		c.must(err)
		if _, err := c.ApproveByCode(r.ID, code); err != nil {
			t.Fatal(err)
		}
		a.Request = r.ID
		c.must(row.do(a))
		if len(c.lanes.took) != 1 || !reflect.DeepEqual(c.lanes.took[0], row.want) {
			t.Errorf("the lane heard %+v, want %+v", c.lanes.took, row.want)
		}
		all := c.kinds(entry.Approved)
		if b := entry.Must[entry.ApprovedBody](all[len(all)-1]); b.What != string(row.what) || b.By != c.first || b.For != c.clerk || b.How != "qr" || b.Why != "guest left" || b.Amount != 15000 || b.Object != hold {
			t.Errorf("written is %+v", b)
		}
	}
}
