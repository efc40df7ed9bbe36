package sale

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// refuse lets the disk refuse what an event leads to.
func (d *desk) refuse(ev flow.Event) {
	d.t.Helper()
	if step := d.sale.Next(ev, d.now); len(step.Entries) == 0 {
		d.t.Fatalf("%T leads to nothing that a disk could refuse", ev)
	}
	d.do(flow.Unbooked{Of: ev})
}

func put(what flow.Verb, result string) flow.Put {
	return flow.Put{Key: 1, Output: entry.Output{What: string(what), Result: result}}
}

func TestAFailedSlipIsATaskAlsoWhenTheDiskRefusedAtFirst(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.start()
	d.answer(flow.Charge, paidResult)
	d.refuse(put(flow.Slip, flow.Failed))
	d.wants("opened,asked,settled", words.PaidOrder)
	d.tick()
	d.wants("opened,asked,settled,outputs,task", words.PaidOrder)
}

// The device says only once that it can take an output again.
func TestADeviceThatIsFreeIsNotForgottenWhenTheDiskRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		held func(d *desk) // how the slip came to be held
		want string
	}{
		{"held on disk", func(d *desk) { d.do(put(flow.Slip, flow.Held)) }, "opened,asked,settled,outputs,outputs"},
		{"held, and that was refused too", func(d *desk) { d.refuse(put(flow.Slip, flow.Held)) }, "opened,asked,settled,outputs"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, flow.Cashier)
			d.start()
			d.answer(flow.Charge, paidResult)
			row.held(d)
			d.effects = nil
			d.refuse(flow.Free{What: string(flow.Slip)})
			if len(d.effects) != 0 {
				t.Errorf("%v left before its commit", d.verbs())
			}
			d.tick()
			d.wants(row.want, words.PaidOrder)
			if e := d.took(flow.Slip); e.Copy != 0 {
				t.Errorf("the first slip is marked as copy %d", e.Copy)
			}
		})
	}
}

func TestARestartThatCouldNotBeWrittenIsDecidedAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.start()
	d.answer(flow.Charge, paidResult)
	d.sale, d.effects = d.fresh(), nil
	for _, e := range d.journal {
		d.sale.Fold(e)
	}
	d.refuse(flow.Restarted{BootSince: 1})
	if len(d.effects) != 0 {
		t.Errorf("%v left before its commit", d.verbs())
	}
	d.tick()
	d.wants("opened,asked,settled,repeated,outputs", words.PaidOrder)
	if e := d.took(flow.Slip); e.Copy != 1 {
		t.Errorf("the reprint is copy %d", e.Copy)
	}
}

func TestALaneThatLeavesItsOrderEndsItAlsoLater(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ why, want string }{
		{"gone", "opened,cancelled"},
		{"clerk", "opened"}, // who is still there and sees that it did not work
	} {
		d := newDesk(t, flow.Cashier)
		d.do(flow.Amount{Amount: 1250})
		d.tick()
		d.refuse(flow.Cancel{Why: row.why})
		if _, due := d.sale.Due(); due != (row.why == "gone") {
			t.Errorf("%s: something is due: %v", row.why, due)
		} else if due {
			d.tick()
		}
		if got := d.kinds(); got != row.want {
			t.Errorf("%s: journal is %s, want %s", row.why, got, row.want)
		}
	}
}

// A network that is asked again and says nothing new leaves nothing to write;
// the order must neither stay unbooked for that nor ask without a pause.
func TestUnbookedEndsWithTheNextVerifiedAnswer(t *testing.T) {
	t.Parallel()
	for _, last := range []pay.Result{
		{NotFound: true, Code: "ORDERNOTEXIST"},
		{Code: "NOTPAY", Date: time.Unix(1_790_000_000, 0)},
	} {
		d := unbookedDesk(t)
		for range 3 {
			before := d.now.Mono
			d.tick()
			d.answer(flow.Query, pay.Result{Code: "timeout"})
			d.wants("opened,asked,heard", words.Unbooked)
			if waited := d.now.Mono - before; waited < quiet.Milliseconds() {
				t.Errorf("asked again after %d ms", waited)
			}
		}
		d.tick()
		d.answer(flow.Query, last)
		d.wants("opened,asked,heard", words.Checking)
	}
}

// Without any answer it goes back in the end, as every unknown attempt does.
func TestUnbookedIsNotForEver(t *testing.T) {
	t.Parallel()
	d := unbookedDesk(t)
	for range 100 {
		if d.tick(); len(d.effects) == 0 {
			break
		}
		d.answer(flow.Query, pay.Result{Code: "timeout"})
	}
	d.wants("opened,asked,heard,returning", words.GoingBack)
}

// unbookedDesk has a payment that the disk refused to book.
func unbookedDesk(t *testing.T) *desk {
	d := newDesk(t, flow.Cashier)
	d.start()
	d.answer(flow.Charge, pay.Result{Code: "timeout"})
	d.tick()
	query := d.took(flow.Query)
	d.refuse(flow.Answer{Key: 1, Do: flow.Query, Number: query.Attempt.Number, Result: paidResult})
	return d
}

// goBack brings the order onto the way back and lets the power fail.
func goBack(t *testing.T) *desk {
	d := newDesk(t, flow.Cashier)
	d.start()
	d.answer(flow.Charge, pay.Result{Code: "timeout"})
	d.do(flow.Cancel{Why: entry.ByClerk})
	d.restart(false)
	d.answer(flow.Query, pay.Result{Code: "timeout"})
	return d
}

// A start that sends no undo, as in a brown-out, is no repeat of one.
func TestAnUndoIsCountedWhenItIsSentAgain(t *testing.T) {
	t.Parallel()
	d := goBack(t)
	for range 3 {
		d.restart(false)
		d.answer(flow.Query, pay.Result{Code: "timeout"})
	}
	d.wants("opened,asked,heard,returning", words.GoingBack)
	for range 2 {
		d.tick()
		d.answer(flow.Undo, pay.Result{Code: "timeout"})
		d.answer(flow.Query, pay.Result{Code: "timeout"})
	}
	d.wants("opened,asked,heard,returning,repeated", words.GoingBack)
}

func TestUndosOverManyStartsAreCapped(t *testing.T) {
	t.Parallel()
	d := goBack(t)
	for range undoStarts {
		d.tick()
		d.answer(flow.Undo, pay.Result{Code: "timeout"})
		d.answer(flow.Query, pay.Result{Code: "timeout"})
		d.restart(false)
		d.answer(flow.Query, pay.Result{Code: "timeout"})
	}
	if n := strings.Count(d.kinds(), "repeated"); n != undoStarts || !strings.HasSuffix(d.kinds(), "repeated,task") {
		t.Errorf("after %d starts the journal is %s", undoStarts, d.kinds())
	}
	d.restart(false)
	d.answer(flow.Query, pay.Result{Code: "timeout"})
	d.tick()
	if got := fmt.Sprint(d.verbs()); got != "[query]" || strings.Count(d.kinds(), "task") != 1 {
		t.Errorf("after the cap %s is sent, journal %s: a person was asked, and the network is queried", got, d.kinds())
	}
	d.answer(flow.Query, pay.Result{State: pay.Declined, Code: "REVOKED"})
	if !strings.HasSuffix(d.kinds(), "ended,cancelled") {
		t.Errorf("journal is %s", d.kinds())
	}
}

// While the clock is not trusted, nothing follows from the network's pay time
// or from how old the charge seems to be.
func TestTimesOfAnUntrustedClockDecideNothing(t *testing.T) {
	t.Parallel()
	for _, trust := range []entry.Trust{entry.Untrusted, entry.Floor, entry.Trusted} {
		d := newDesk(t, flow.Cashier)
		d.now.Trust = trust
		d.start()
		if e := d.took(flow.Charge); e.Attempt.Asked.IsZero() == (trust == entry.Trusted) {
			t.Errorf("trust %d: the provider is told that it was asked at %v", trust, e.Attempt.Asked)
		}
		d.do(flow.Answer{Key: 1, Do: flow.Charge, Number: d.sale.attempts[0].Number, Result: pay.Result{Code: "timeout"}})
		d.do(flow.Cancel{Why: entry.ByClerk})
		d.now.Wall += (8 * 24 * time.Hour).Milliseconds() // it is set at last
		d.now.Trust = entry.Trusted
		if step := d.tick(); (len(step.Entries) == 1) != (trust == entry.Trusted) {
			t.Errorf("trust %d: journal %s, sent %v: too late for an undo only by clocks that are right", trust, d.kinds(), d.verbs())
		}
	}
}

// After a restart a gate that jams opens for a young reason only; the jam does
// not keep it young.
func TestAJammedGateAfterARestartOpensForAYoungReasonOnly(t *testing.T) {
	t.Parallel()
	there := flow.Loop{Fitted: true, Known: true, Occupied: true, Since: 1}
	for _, row := range []struct {
		name    string
		restart bool
		jam     time.Duration
		opens   bool
	}{
		{"no restart: the car has stood there all the time", false, 10 * time.Minute, true},
		{"restart, young", true, 30 * time.Second, true},
		{"restart, old", true, 70 * time.Second, false},
	} {
		d := newDesk(t, flow.ParkingExit)
		d.now.Loop = there
		d.start()
		d.answer(flow.Charge, paidResult)
		d.took(flow.Gate)
		if row.restart {
			d.do(put(flow.Gate, flow.Held))
			d.restart(true)
			d.now.Loop.Since = 0
			d.do(flow.Free{What: string(flow.Gate)}) // of another order's: the restart has not decided yet
			if len(d.effects) > 0 && d.effects[len(d.effects)-1].Do == flow.Gate {
				t.Errorf("%s: the gate opens before the loop was asked", row.name)
			}
			d.do(flow.LoopRead{Occupied: true})
			d.took(flow.Gate)
		}
		d.do(put(flow.Gate, flow.Held))
		d.effects = nil
		d.pass(row.jam)
		d.do(flow.Free{What: string(flow.Gate)})
		if opened := fmt.Sprint(d.verbs()) == "[gate]"; opened != row.opens || strings.Contains(d.kinds(), "task") == row.opens {
			t.Errorf("%s: effects are %v, journal %s", row.name, d.verbs(), d.kinds())
		}
	}
}
