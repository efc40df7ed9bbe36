package sale

import (
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// What a person must look at becomes a task, once an attempt, also over a restart.
func TestAFaultIsATask(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.start()
	d.answer(flow.Charge, pay.Result{State: pay.Declined, Code: "NOAUTH", Fault: true})
	d.wants("opened,asked,ended,task", words.Refused)
	d.scan()
	d.answer(flow.Charge, pay.Result{State: pay.Declined, Code: "NOTENOUGH"})
	d.wants("opened,asked,ended,task,asked,ended", words.Refused)

	d = newDesk(t, flow.Cashier)
	d.start()
	d.answer(flow.Charge, pay.Result{})
	d.pass(time.Minute)
	d.do(flow.Cancel{Why: entry.ByClerk})
	if v := d.sale.View(); v.Phase != words.GoingBack || v.Code != "" {
		t.Errorf("nothing is in its way, and the cashier reads %+v", v)
	}
	stuck := pay.Result{Code: "NOT_ENOUGH", Fault: true}
	for range 3 {
		d.tick()
		d.answer(flow.Undo, stuck)
		if v := d.sale.View(); v.Code != "NOT_ENOUGH" {
			t.Errorf("the cashier is not told what it is stuck at: %+v", v)
		}
		d.answer(flow.Query, pay.Result{Code: "refund PROCESSING"})
	}
	d.wants("opened,asked,heard,returning,heard,task", words.GoingBack)
	d.restart(true)
	d.answer(flow.Query, stuck)
	d.wants("opened,asked,heard,returning,heard,task", words.GoingBack)
	if v := d.sale.View(); v.Code != "NOT_ENOUGH" {
		t.Errorf("after a restart the cashier is not told any more: %+v", v)
	}
}
