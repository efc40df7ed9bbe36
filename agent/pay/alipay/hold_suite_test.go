package alipay_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/alipay"
	"tillgate/agent/pay/paytest"
	"tillgate/agent/pay/sandbox"
	alibox "tillgate/agent/pay/sandbox/alipay"
)

// unlikeHolds are the scenarios of deposits that have no like at Alipay, and why.
var unlikeHolds = map[string]string{
	"hold wrong-merchant":       "no reply about a deposit names a merchant",
	"hold query wrong-merchant": "no reply about a deposit names a merchant",
	"hold undo too early":       "a cancel may come at once",
}

// startHold brings up Alipay for a merchant whose contract releases a deposit after 60 days.
func startHold(m alibox.Merchant) paytest.Start {
	m.DepositLasts = 60 * 24 * time.Hour
	start := start(m)
	return func(t *testing.T, o sandbox.Options, carry paytest.Carry) paytest.Network {
		n := start(t, o, carry)
		p := n.Provider.(*alipay.Provider)
		n.Holder, n.HoldShower, n.Mover, n.HoldWallet, n.HoldLife = p, p, p, sandbox.Alipay, m.DepositLasts
		n.Unlike = maps.Clone(n.Unlike)
		maps.Copy(n.Unlike, unlikeHolds)
		n.Cases = slices.DeleteFunc(n.Cases, isState)
		return n
	}
}

// isState tells whether a case is of a state, which comes in another field than refusals.
func isState(c pay.Case) bool {
	return strings.Contains(c.Code, " ") || slices.Contains([]string{"WAIT_BUYER_PAY", "TRADE_SUCCESS", "TRADE_FINISHED", "TRADE_CLOSED"}, c.Code)
}

func TestHoldSuite(t *testing.T) {
	t.Parallel()
	paytest.RunHold(t, startHold(merchants["direct"]))
}
