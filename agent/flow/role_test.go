package flow_test

import (
	"testing"
	"testing/synctest"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// TestALaneBecomesAnother: at once while nobody stands there, else once that is
// so; nothing that the config does not allow.
func TestALaneBecomesAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := openHotel(t, newInn(anyTimes))
		defer func() { h.stop() }()
		becomes := func(role, want flow.Role) {
			t.Helper()
			if h.said(0, flow.Become{Role: role}); h.view(0).Role != want {
				t.Errorf("told to be %q it is %q, want %q", role, h.view(0).Role, want)
			}
		}
		becomes(flow.DepositDesk, flow.DepositDesk)
		if said := h.said(0, flow.Amount{Amount: 100}); said.Tell != words.TellNotForTender || h.view(0).Order.Phase != words.Idle {
			t.Errorf("a desk for deposits sells: %q, %+v", said.Tell, h.view(0).Order)
		}
		becomes(flow.Cashier, flow.Cashier)
		if said := h.said(0, flow.DepositSpec{Amount: 100}); said.Tell != words.TellHoldNever {
			t.Errorf("a cashier takes a deposit: %q", said.Tell)
		}
		h.said(0, flow.Amount{Amount: 100})
		becomes(flow.DepositDesk, flow.Cashier) // somebody owes something here
		h.said(0, flow.Cancel{Why: "clerk"})
		if h.view(0).Role != flow.DepositDesk {
			t.Errorf("with nobody in front of it the lane is %q", h.view(0).Role)
		}
		h.said(0, flow.DepositSpec{Amount: 100})
		becomes(flow.Cashier, flow.DepositDesk) // a guest's code is waited for
		h.said(0, flow.DropDeposit{})
		if h.view(0).Role != flow.Cashier {
			t.Errorf("without its draft the lane is %q", h.view(0).Role)
		}
		becomes(flow.ParkingExit, flow.CashierDeposit)
		if h.view(1).Role != flow.CashierDeposit {
			t.Errorf("the other desk is %q", h.view(1).Role)
		}
	})
}
