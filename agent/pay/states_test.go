package pay_test

import (
	"testing"

	"tillgate/agent/pay"
	"tillgate/store/entry"
)

// TestTheJournalsStates: what bodies carry is what this package means by it.
func TestTheJournalsStates(t *testing.T) {
	t.Parallel()
	for in, want := range map[uint8]pay.State{
		entry.StatePaid: pay.Paid, entry.StateWaiting: pay.Waiting, entry.StateNotSent: pay.NotSent, entry.StateReturned: pay.Returned,
	} {
		if pay.State(in) != want {
			t.Errorf("%d of the journal is %s, want %s", in, pay.State(in), want)
		}
	}
}
