package flow_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// TestADecisionReachesItsOrder: the one in front of a lane, one that has left it,
// and the task of one that is over; and none where there is nothing of the lane's.
func TestADecisionReachesItsOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		mismatch := pay.Result{State: pay.Mismatch, Code: "amount", Amount: 99}
		s := openLane(t, flow.Config{Role: flow.ParkingExit, Fitted: true}, mismatch, paid)
		defer s.stop()
		s.offer(amount(1250), flow.Scanned{Text: code})
		first := entry.Seq(s.order().Key)
		frozen := s.journal.seqOf(entry.Frozen)
		var said []flow.Said
		decide := func(d flow.Decide) {
			d.By = "local-1"
			s.offer(flow.Call{Of: d, Done: func(what flow.Said) { said = append(said, what) }})
		}
		decide(flow.Decide{Key: first + 1, Of: frozen, What: entry.Booked})
		decide(flow.Decide{Key: first, Of: frozen, What: entry.Booked, Amount: 99, Why: "checked"})
		if s.phase() != words.PaidOrder || s.order().Amount != 99 || s.slips.count() != 1 || s.voices.count() != 0 || s.gates.count() != 0 {
			t.Errorf("%s of %s, %d slips, %d voices, %d pulses", s.phase(), s.order().Amount, s.slips.count(), s.voices.count(), s.gates.count())
		}
		time.Sleep(3 * time.Second)
		s.offer(amount(1250), flow.Scanned{Text: "134567890123456700"}) // nobody knows whether a car is there: a task for the attendant
		second, task := entry.Seq(s.order().Key), s.journal.seqOf(entry.Task)
		time.Sleep(3 * time.Second)
		s.offer(amount(300)) // both are over, and have left the lane
		decide(flow.Decide{Key: second, Of: task, Why: "opened by hand"})
		decide(flow.Decide{Key: second, Of: task})
		if want := []words.Key{words.TellNothingToDecide, "", "", words.TellNothingToDecide}; len(said) != 4 || said[0].Tell != want[0] || said[1].Tell != want[1] || said[2].Tell != want[2] || said[3].Tell != want[3] {
			t.Errorf("said %+v", said)
		}
		if done := s.journal.seqOf(entry.TaskDone); done <= task {
			t.Errorf("the journal is %s", s.journal.kinds())
		}
	})
}
