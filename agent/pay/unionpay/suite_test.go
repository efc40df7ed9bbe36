package unionpay_test

import (
	"slices"
	"strings"
	"testing"

	"tillgate/agent/pay"
	"tillgate/agent/pay/paytest"
	"tillgate/agent/pay/sandbox"
	umsbox "tillgate/agent/pay/sandbox/unionpay"
	"tillgate/agent/pay/unionpay"
)

const shopKey = "5f6b1c0d9e8a7b4c3d2e1f0a9b8c7d6e"

var shop = umsbox.Merchant{
	AppID: "8a81c1bee7ad90dcdb0fef8a23ae0005", AppKey: shopKey, MID: "898340149000005", TID: "88880001",
	QRMID: "898340149000006", QRTID: "88880002", Source: "10DH", InPlaceOf: "8801",
}

// The codes of ChinaUMS for a charge and a code that is shown: the payers' refusals
// are ISO 8583's, of which its own table has only some.
var (
	refusals = strings.Fields("13 61 64 51 14 33 34")
	faults   = strings.Fields("1000 1001 9001 03 97 30 57 A7 DENIED_IP")
	unsure   = strings.Fields("0000 9999 96 92 ER FF 94 9200 A_CODE_OF_TOMORROW")

	showFaults = strings.Fields("BAD_REQUEST NO_SERVICE BAD_SIGN INVALID_MSGSRC NO_MERCHANT INACTIVE_MERCHANT INVLID_MERCHANT_CONFIG DENIED_IP")
	showUnsure = strings.Fields("TIMEOUT NET_ERROR INTERNAL_ERROR TXN_DISCARDED INVALID_RESPONSE ORDER_PROCESSING DUP_ORDER A_CODE_OF_TOMORROW") // INVALID_ORDER of a refund is asked again
)

// unlike are the scenarios that ChinaUMS has no like of.
var unlike = func() map[string]string {
	all := map[string]string{
		"undo too early": "a void is taken at once",
		"undo too late":  "what is too late for a void is refunded",
		"undo errors":    "what is paid and will not be voided is refunded: undo_test.go has every kind of refusal",
		"shown again":    "a number's code is given out once: DUP_ORDER",

		"show a number that was closed": "the number is used, whatever became of it: DUP_ORDER",
	}
	for _, how := range []string{sandbox.WrongSignature, sandbox.NoSignature, sandbox.UnknownSerial, sandbox.Stale} {
		all["show "+how], all["code query "+how] = "replies carry no signature", "replies carry no signature"
	}
	for _, how := range []string{sandbox.WrongSignature, sandbox.NoSignature} {
		for _, asked := range []string{"charge ", "query ", "give back, ", "give back, look, "} {
			all[asked+how] = "replies carry no signature"
		}
	}
	for _, asked := range []string{"charge ", "query ", "code query "} {
		all[asked+sandbox.WrongNumber] = "a reply about another number is nobody's answer"
	}
	return all
}()

// start brings up ChinaUMS, with payers of one wallet and bills in the words of
// one edition. Refunds of scanned codes are over when they are answered.
func start(wallet string, tradeWords, atOnce bool) paytest.Start {
	return func(t *testing.T, o sandbox.Options, carry paytest.Carry) paytest.Network {
		if atOnce {
			o.RefundTakes = 0
		}
		m := shop
		m.TradeWords = tradeWords
		s := sandbox.New(o)
		umsbox.Attach(s, umsbox.Options{Merchants: []umsbox.Merchant{m}})
		way := carry(s)
		p, err := unionpay.NewShower("shop", unionpay.Options{
			BaseURL: way.URL, AppID: m.AppID, AppKey: m.AppKey, MID: m.MID, TID: m.TID, QRMID: m.QRMID, QRTID: m.QRTID, Source: m.Source,
			Serial: "TG-0001", Longitude: "119.29129", Latitude: "26.063591", Client: way.Plain, Now: way.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		return paytest.Network{
			Provider: p, Shower: p, Refunder: p, Sandbox: s, Timing: unionpay.Timing, Secrets: []string{shopKey}, Connections: p.Connections,
			NewCode:    func(b sandbox.Behaviour) string { return s.NewWalletCode(wallet, b) },
			Signatures: func() int64 { return 0 }, // none are with a private key
			Mute:       true,
			Unlike:     unlike,
			NoMoney:    "51", CodeUsed: "34", CodeExpired: "33", CodeUnknown: "14",
			Refusals: refusals, Faults: faults, Unsure: unsure,
			ShowRefusals: []string{"TARGET_FAIL"}, ShowFaults: showFaults, ShowUnsure: showUnsure, RefundFaults: slices.Concat(showFaults, []string{"TARGET_FAIL"}),
			Cases: errorCases(), RefundAtOnce: true, Bounced: pay.Unknown,
		}
	}
}

// errorCases are those of refused calls: the states of a refund come in another field.
func errorCases() []pay.Case {
	return slices.DeleteFunc(unionpay.Cases(), func(c pay.Case) bool {
		return slices.Contains([]string{"00", "FAIL", "PROCESSING", "UNKNOWN"}, c.Code)
	})
}

// TestSuite has payers of all three wallets, one of them over TLS as well.
func TestSuite(t *testing.T) {
	t.Parallel()
	for _, wallet := range []string{sandbox.UnionPay, sandbox.WeChat, sandbox.Alipay} {
		t.Run(wallet, func(t *testing.T) {
			t.Parallel()
			run := paytest.RunInMemory
			if wallet == sandbox.UnionPay {
				run = paytest.Run
			}
			run(t, start(wallet, false, false))
		})
	}
}

// TestShowSuite has the words of both editions.
func TestShowSuite(t *testing.T) {
	t.Parallel()
	for edition, tradeWords := range map[string]bool{"PAID": false, "TRADE_SUCCESS": true} {
		t.Run(edition, func(t *testing.T) {
			t.Parallel()
			paytest.RunShow(t, start(sandbox.UnionPay, tradeWords, false))
		})
	}
}

// TestRefundSuite has the words of both editions.
func TestRefundSuite(t *testing.T) {
	t.Parallel()
	for edition, tradeWords := range map[string]bool{"PAID": false, "TRADE_SUCCESS": true} {
		t.Run(edition, func(t *testing.T) {
			t.Parallel()
			paytest.RunRefund(t, start(sandbox.WeChat, tradeWords, true))
		})
	}
}
