package flow_test

import (
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store"
)

// TestADraftTakesNobodysCode: neither that of a customer who was asked for another
// amount, nor that of somebody who comes when the guest has long gone.
func TestADraftTakesNobodysCode(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newInn(onceOnly)
		h := openHotel(t, n)
		defer func() { h.stop() }()
		draft := flow.DepositSpec{Amount: 30000, Room: "1208", Instead: 7}
		h.said(0, amount(4650))
		if said := h.said(0, draft); said.Tell != words.TellLastOpen || said.View.Deposit.Phase != "" {
			t.Errorf("while a sale waits for its code: %+v", said)
		}
		h.said(0, flow.Cancel{Why: "clerk"})
		if said := h.said(0, draft); said.Tell != words.TellHoldScan {
			t.Errorf("after it was cancelled: %+v", said)
		}
		h.passes(119 * time.Second)
		if v := h.view(0).Deposit; v.Phase != words.DepositReady || v.Instead != 7 {
			t.Errorf("the draft is gone too early, or takes nobody's place: %+v", v)
		}
		h.passes(2 * time.Second)
		h.said(0, flow.Scanned{Text: "134567890123456789"})
		if v := h.view(0).Deposit; v.Phase == words.DepositReady || n.count("hold") != 0 {
			t.Errorf("a code after two minutes: %+v, %d deposits", v, n.count("hold"))
		}
	})
}

// TestADecisionThatIsAlwaysTooLate is told: nothing was done.
func TestADecisionThatIsAlwaysTooLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier)
		defer s.stop()
		s.journal.setRefuse(store.ErrStale)
		s.offer(amount(4650), flow.Scanned{Text: "134567890123456789"})
		if s.told() != words.TellTooBusy || s.journal.refusals() == 0 || s.network.charges() != 0 {
			t.Errorf("told %q after %d refusals, %d charges", s.told(), s.journal.refusals(), s.network.charges())
		}
	})
}
