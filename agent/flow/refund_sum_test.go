package flow_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/store"
	"tillgate/store/entry"
)

// TestTwoRefundsThatEndAtOnce: the sum on the later one's slip has the other in it,
// although it was decided before that one was written.
func TestTwoRefundsThatEndAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bank{answer: func(pay.Refund) pay.Result { return pay.Result{State: pay.Waiting} }}
		m := openMall(t, b)
		defer func() { m.stop() }()
		number, key := m.sells(0)
		m.offer(0, flow.Refund{Number: number, Amount: 500})
		m.offer(1, flow.Refund{Number: number, Amount: 250})
		other := m.payment(key).Refunds[1]
		if other.Asked.Amount != 250 || other.Final() {
			t.Fatalf("the other refund is %+v", other)
		}
		m.between = func() {
			done := entry.New(entry.RefundDone, entry.RefundDoneBody{Settled: 250, Total: 250})
			if _, err := m.store.Commit(t.Context(), store.Step{Key: other.ID, After: other.Last, Entries: []entry.Draft{done}}); err != nil {
				t.Error(err)
			}
		}
		b.give(pay.Refund{Number: number + "01", Amount: 500})
		m.passes(5 * time.Second)
		if v := m.view(0).Refund; v.Total != 750 || m.between != nil || m.slips[0].last().Receipt.Total != 750 {
			t.Errorf("the page shows %+v, the slip says %s", v, m.slips[0].last().Receipt.Total)
		}
	})
}
