package cloudpay_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/pay"
	"tillgate/agent/pay/cloudpay"
	"tillgate/agent/pay/paytest"
	"tillgate/agent/pay/sandbox"
)

// unlikeHolds are the scenarios of deposits that Cloud Pay has no like of.
var unlikeHolds = map[string]string{
	"hold password never":              "a deposit that its payer has not agreed to can only be waited for",
	"hold undo what waits":             "a deposit that its payer has not agreed to can only be waited for",
	"hold undo before the money moves": "a deposit that its payer has not agreed to can only be waited for",
	"hold undo a race":                 "a deposit that its payer has not agreed to can only be waited for",
	"hold undo too early":              "an undo is a release, and may come at once",

	"hold undo, garbage:fail":     "101 is an alarm (page 37627) although nobody signs it",
	"capture, garbage:fail":       "101 is an alarm (page 37627) although nobody signs it",
	"capture, look, garbage:fail": "101 is an alarm (page 37627) although nobody signs it",
	"release, garbage:fail":       "101 is an alarm (page 37627) although nobody signs it",
	"release, look, garbage:fail": "101 is an alarm (page 37627) although nobody signs it",
}

// startHold brings up Cloud Pay with guests of one wallet.
func startHold(wallet string) paytest.Start {
	start := start(wallet, false)
	return func(t *testing.T, o sandbox.Options, carry paytest.Carry) paytest.Network {
		n := start(t, o, carry)
		p := n.Provider.(*cloudpay.Provider)
		n.Holder, n.Mover, n.HoldWallet = p, p, wallet
		if wallet == sandbox.Alipay {
			n.HoldShower = p
		}
		maps.Copy(n.Unlike, unlikeHolds)
		n.Cases = slices.DeleteFunc(n.Cases, isState)
		return n
	}
}

// isState tells whether a case is of a state, which comes in another field than refusals.
func isState(c pay.Case) bool {
	return slices.ContainsFunc([]string{"freeze ", "unfreeze ", "wechat ", "alipay ", "record "}, func(begin string) bool { return strings.HasPrefix(c.Code, begin) })
}

func TestHoldSuite(t *testing.T) {
	t.Parallel()
	for _, wallet := range []string{sandbox.WeChat, sandbox.Alipay} {
		t.Run(wallet, func(t *testing.T) {
			t.Parallel()
			paytest.RunHold(t, startHold(wallet))
		})
	}
}
