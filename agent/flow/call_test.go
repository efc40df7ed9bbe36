package flow_test

import (
	"testing"
	"testing/synctest"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// TestACallIsAnsweredWhenItIsDone: the sender hears what the lane has made of his
// event, once, and nobody else's line.
func TestACallIsAnsweredWhenItIsDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier, paid)
		defer s.stop()
		var said []flow.Said
		call := func(ev flow.Event) {
			s.offer(flow.Call{Of: ev, Done: func(what flow.Said) { said = append(said, what) }})
		}
		s.offer(amount(0)) // somebody else is told that this is no amount
		call(amount(1250))
		call(amount(0))
		call(flow.Scanned{Text: code})
		if len(said) != 3 {
			t.Fatalf("%d answers, want 3", len(said))
		}
		for i, want := range []struct {
			tell  words.Key
			phase words.Phase
		}{{"", words.Ready}, {words.TellAmountZero, words.Ready}, {"", words.Asking}} {
			if got := said[i]; got.Tell != want.tell || got.View.Order.Phase != want.phase || got.View.Order.Amount != 1250 {
				t.Errorf("answer %d: %q, %s of %s, want %q and %s of 12.50", i, got.Tell, got.View.Order.Phase, got.View.Order.Amount, want.tell, want.phase)
			}
		}
		if said[2].View.Order.Key == 0 {
			t.Error("the answer to a code does not name its order")
		}
	})
}
