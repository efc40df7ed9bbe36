package refund

import (
	"slices"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

func fen(n int64) money.Fen { return money.Fen(n) }

func put(what flow.Verb, result string) flow.Put {
	return flow.Put{Key: 10, Output: entry.Output{What: string(what), Result: result}}
}

// TestByHand: what never leaves the device is one commit, and only cash opens the drawer.
func TestByHand(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		way  string
		want []flow.Verb
	}{{entry.ByCash, []flow.Verb{flow.Drawer, flow.Slip, flow.Voice}}, {entry.ByCard, []flow.Verb{flow.Slip, flow.Voice}}} {
		d := newDesk(t)
		d.timing = pay.RefundTiming{} // no network's
		d.payment.Asked = entry.AskedBody{Number: number, Network: row.way, Way: row.way}
		step := d.ask(500)
		d.wants("refund asked,refund done", words.RefundDone)
		if step.Order != 3 || step.Done || !slices.Equal(d.verbs(), row.want) {
			t.Errorf("%s: the step is %+v", row.way, step)
		}
		b := entry.Must[entry.RefundDoneBody](d.journal[1])
		if b.Settled != 500 || b.Total != 500 || entry.Must[entry.RefundAskedBody](d.journal[0]).Way != row.way {
			t.Errorf("%s: booked as %+v", row.way, b)
		}
		if r := d.took(flow.Slip).Receipt; r.Network != row.way || r.Back != 500 || r.Refund != number+"01" {
			t.Errorf("%s: the slip is made of %+v", row.way, r)
		}
		if d.restart(); !slices.Equal(d.verbs(), []flow.Verb{flow.Slip}) || d.effects[0].Copy != 1 {
			t.Errorf("%s: after a restart %v", row.way, d.verbs())
		}
		if step := d.do(flow.Answer{Key: 10, Do: flow.AskRefund, Number: number + "01", Result: returned}); !step.Empty() {
			t.Errorf("%s: a network's word leads to %+v", row.way, step)
		}
	}
}

// TestOutputsOfARefund end as a sale's do.
func TestOutputsOfARefund(t *testing.T) {
	t.Parallel()
	done := func() *desk {
		d := newDesk(t)
		d.ask(500)
		d.answer(flow.AskRefund, returned)
		d.effects = nil
		return d
	}
	d := done()
	d.do(put(flow.Slip, flow.Held))
	if v := d.refund.View(); !slices.Equal(v.Trouble, []string{"slip held"}) {
		t.Errorf("the page shows %+v", v)
	}
	d.do(flow.Free{What: string(flow.Slip)})
	d.wants("refund asked,refund done,outputs,outputs", words.RefundDone)
	if e := d.took(flow.Slip); e.Copy != 0 {
		t.Errorf("a slip that had not begun is copy %d", e.Copy)
	}
	d = done()
	d.do(put(flow.Slip, flow.Failed))
	d.wants("refund asked,refund done,outputs,task", words.RefundDone)

	d = done()
	if d.do(flow.Reprint{}); d.told[0] != words.TellNoReprint {
		t.Errorf("a slip that is being printed: told %v", d.told)
	}
	d.do(put(flow.Slip, flow.Done))
	d.do(put(flow.Voice, flow.Dropped))
	if step := d.do(flow.Ride{}); !step.Done {
		t.Error("nothing is left, and the step does not say so")
	}
	d.do(flow.Reprint{})
	if e := d.took(flow.Slip); e.Copy != 1 || e.Receipt.Copy != 1 || e.Receipt.Refund != number+"01" || d.told[1] != words.TellReprinted {
		t.Errorf("printed again as %+v, told %v", e, d.told)
	}
	if d.restart(); d.took(flow.Slip).Copy != 2 {
		t.Error("a reprint that may not have come out is not printed again")
	}
}

// TestWhatTheDiskRefuses: an answer is asked for again, and told only when it is
// written; what nobody brings again is decided on again.
func TestWhatTheDiskRefuses(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ask(500)
	lost := flow.Answer{Key: 10, Do: flow.AskRefund, Number: number + "01", Result: returned}
	d.effects = nil
	for range 3 {
		d.do(flow.Unbooked{Of: lost})
		d.wants("refund asked", words.RefundAsking)
		before := d.now.Mono
		d.tick()
		if waited := d.now.Mono - before; waited < flow.Quiet.Milliseconds() {
			t.Errorf("asked again after %d ms", waited)
		}
		lost.Do = flow.QueryRefund
		d.took(flow.QueryRefund)
	}
	d.do(flow.Answer{Key: 10, Do: flow.QueryRefund, Number: number + "01", Result: lostIt}) // nothing to write
	if at, _ := d.refund.Due(); at-d.now.Mono < time.Second.Milliseconds() {
		t.Errorf("asked without a pause, after %d ms", at-d.now.Mono)
	}
	d.tick()
	d.answer(flow.QueryRefund, returned)
	d.effects = nil
	d.do(put(flow.Slip, flow.Held))
	d.do(flow.Unbooked{Of: flow.Free{What: string(flow.Slip)}})
	if len(d.effects) != 0 {
		t.Fatalf("%v left before its commit", d.verbs())
	}
	d.tick()
	d.took(flow.Slip)
	d.do(flow.Unbooked{Of: put(flow.Slip, flow.Failed)})
	d.tick()
	d.wants("refund asked,refund done,outputs,outputs,outputs,outputs,task", words.RefundDone) // the voice came too late
}

func TestEventsThatAreNotARefunds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ask(500)
	for _, ev := range []flow.Event{flow.LoopRead{Occupied: true}, flow.Cancel{Why: "clerk"}, flow.Free{What: string(flow.Slip)}, put(flow.Slip, flow.Done), flow.Ride{},
		flow.Answer{Key: 10, Number: number + "02", Result: returned}} {
		if step := d.do(ev); !step.Empty() {
			t.Errorf("%T leads to %+v", ev, step)
		}
	}
}

// TestTasksAreSeenTo: a person's word closes the task of a refund, and decides
// nothing about its money.
func TestTasksAreSeenTo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.do(flow.Refund{Order: 1, Lane: "lane-1", Payment: d.payment})
	d.answer(flow.AskRefund, pay.Result{State: pay.Unknown, Fault: true, Code: "NOT_ENOUGH"})
	task := d.journal[len(d.journal)-1]
	if task.Kind != entry.Task || !d.refund.stuck {
		t.Fatalf("the journal is %s", d.kinds())
	}
	kinds := d.kinds()
	for _, nothing := range []flow.Decide{{Of: task.Seq, What: entry.Booked}, {Of: task.Seq + 1}, {}} {
		d.do(nothing)
	}
	if d.kinds() != kinds || len(d.told) != 3 || d.told[2] != words.TellNothingToDecide {
		t.Errorf("decided: %s, told %v", d.kinds(), d.told)
	}
	d.do(flow.Decide{Of: task.Seq, By: "local-1", Why: "topped up"})
	if d.kinds() != kinds+",task done" || len(d.refund.tasks) != 0 || d.refund.phase() != words.RefundStuck {
		t.Errorf("seen to: %s, %s", d.kinds(), d.refund.phase())
	}
}
