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
	cloudbox "tillgate/agent/pay/sandbox/cloudpay"
)

const shopKey = "pW3xR8nK5vT2mQ9yB6zF4cH7jL1dG0sA"

var shop = cloudbox.Merchant{
	OutMchID: "sz01provider00000000", OutSubMchID: "sz01merchant00000000", OutShopID: "sz01shop000000000000", CashierID: "88010052", Key: shopKey,
	Clerks: []string{"1001"}, Devices: []cloudbox.Device{{ID: "2001", StaffID: "1001", Type: 70}},
}

// unlike are the scenarios of the suite that Cloud Pay has no like of.
var unlike = map[string]string{
	"undo too early":       "an undo asks first what there is to undo, and what was paid can be refunded at once",
	"undo too late":        "no document says how late a refund is refused",
	"give back too late":   "no document says how late a refund is refused",
	"undo again and again": "what was paid is refunded, not reversed: the scenarios of codes walk that",
	"undo lies":            "what was paid is refunded, not reversed",
	"undo errors":          "what was paid is refunded, not reversed: whatever reverse says does not matter to it",

	"show unknown-serial":        "keys have no serial numbers",
	"code query unknown-serial":  "keys have no serial numbers",
	"show stale":                 "replies are not dated by what signs them",
	"code query stale":           "replies are not dated by what signs them",
	"a clock of 1970":            "requests are not dated",
	"a clock of 2038":            "requests are not dated",
	"a clock six minutes behind": "a code that would have expired is refused with 101, which nobody signs: the query after it tells the time",

	"give back, garbage:fail":       "101 is an alarm (page 37627) although nobody signs it",
	"give back, look, garbage:fail": "101 is an alarm (page 37627) although nobody signs it",
}

// ofAlipay are those that its payers have no like of here.
var ofAlipay = map[string]string{
	"refund that nobody wanted": "its state 5 is closed or given back: either way the payer has his money",
}

// withoutReverse are those of a merchant whose orders nothing closes (5.5).
var withoutReverse = map[string]string{
	"password never":              "an open order of a scanned code can only be waited for",
	"undo what waits":             "an open order of a scanned code can only be waited for",
	"undo before the money moves": "an open order of a scanned code can only be waited for",
}

// start brings up Cloud Pay, with payers of one wallet, for a merchant that may
// still reverse or may not.
func start(wallet string, reverse bool) paytest.Start {
	return func(t *testing.T, o sandbox.Options, carry paytest.Carry) paytest.Network {
		m := shop
		m.Reverse = reverse
		s := sandbox.New(o)
		cloudbox.Attach(s, cloudbox.Options{Merchants: []cloudbox.Merchant{m}})
		way := carry(s)
		p, err := cloudpay.New("shop", cloudpay.Options{
			Hosts: []string{way.URL}, OutMchID: m.OutMchID, SubMchID: m.OutSubMchID, ShopID: m.OutShopID, CashierID: m.CashierID, Key: m.Key,
			DeviceID: "2001", SubTerminalType: 70, StaffID: "1001", QRWallet: wallet, Reverse: reverse, Client: way.Plain, Now: way.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		n := paytest.Network{
			Provider: p, Shower: p, Refunder: p, Sandbox: s, Timing: cloudpay.Timing, Secrets: []string{shopKey}, Connections: p.Connections,
			NewCode:    func(b sandbox.Behaviour) string { return s.NewWalletCode(wallet, b) },
			Signatures: func() int64 { return 0 }, // none are with a private key
			NoMoney:    "104", CodeUsed: "104", CodeExpired: "104", CodeUnknown: "104",
			Refusals: []string{"104"}, Faults: []string{"3214", "3215"}, Unsure: strings.Fields("3 101 7 103 105"),
			ShowRefusals: []string{"104"}, ShowFaults: []string{"3214", "3215"}, ShowUnsure: strings.Fields("3 103 105"),
			RefundFaults: strings.Fields("101 7 104 3214 3215"), Cases: errorCases(), Bounced: pay.Unknown, Unlike: maps.Clone(unlike),
		}
		if wallet == sandbox.Alipay {
			n.Bounced = pay.Declined // it has no state for it but failed
			maps.Copy(n.Unlike, ofAlipay)
		}
		if n.NeverClosed = !reverse; n.NeverClosed {
			maps.Copy(n.Unlike, withoutReverse)
		}
		return n
	}
}

// errorCases are those of refused calls: the states of a refund come in another field.
func errorCases() []pay.Case {
	return slices.DeleteFunc(cloudpay.Cases(), func(c pay.Case) bool { return strings.HasPrefix(c.Code, "refund ") })
}

// TestSuite has payers of both wallets at merchants of both kinds, each once over
// TLS as well.
func TestSuite(t *testing.T) {
	t.Parallel()
	for _, wallet := range []string{sandbox.WeChat, sandbox.Alipay} {
		for kind, reverse := range map[string]bool{"reverse": true, "no reverse": false} {
			t.Run(wallet+", "+kind, func(t *testing.T) {
				t.Parallel()
				run := paytest.RunInMemory
				if reverse == (wallet == sandbox.WeChat) {
					run = paytest.Run
				}
				run(t, start(wallet, reverse))
			})
		}
	}
}

func TestShowSuite(t *testing.T) {
	t.Parallel()
	for _, wallet := range []string{sandbox.WeChat, sandbox.Alipay} {
		t.Run(wallet, func(t *testing.T) {
			t.Parallel()
			paytest.RunShow(t, start(wallet, false))
		})
	}
}

func TestRefundSuite(t *testing.T) {
	t.Parallel()
	for _, wallet := range []string{sandbox.WeChat, sandbox.Alipay} {
		t.Run(wallet, func(t *testing.T) {
			t.Parallel()
			paytest.RunRefund(t, start(wallet, false))
		})
	}
}
