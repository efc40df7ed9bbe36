package alipay_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"testing"

	"tillgate/agent/pay"
	"tillgate/agent/pay/alipay"
	"tillgate/agent/pay/paytest"
	"tillgate/agent/pay/sandbox"
	alibox "tillgate/agent/pay/sandbox/alipay"
)

// appKey is the application's: it takes long to make, so that all scenarios share it.
var appKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

const appToken = "201510BBaaa1bbb2ccc3"

var merchants = map[string]alibox.Merchant{
	"direct":   {AppID: "2021000000000001", Seller: "2088102146225135"},
	"provider": {AppID: "2021000000000002", Seller: "2088102146225136", AppAuthToken: appToken, Provider: "2088511833207846"},
}

// The network's codes by what they prove of a charge.
const (
	refusals = "ACQ.PAYMENT_AUTH_CODE_INVALID ACQ.SOUNDWAVE_PARSER_FAIL ACQ.PULL_MOBILE_CASHIER_FAIL ACQ.BUYER_BALANCE_NOT_ENOUGH ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE ACQ.USER_FACE_PAYMENT_SWITCH_OFF ACQ.TRADE_HAS_CLOSE ACQ.NOT_CERTIFIED_USER"
	faults   = "ACQ.ACCESS_FORBIDDEN ACQ.INVALID_PARAMETER ACQ.MERCHANT_AGREEMENT_NOT_EXIST ACQ.BEYOND_PER_RECEIPT_RESTRICTION ACQ.TOTAL_FEE_EXCEED ACQ.PARTNER_ERROR"
	unsure   = "ACQ.SYSTEM_ERROR ACQ.TRADE_HAS_SUCCESS ACQ.CONTEXT_INCONSISTENT ACQ.TRADE_BUYER_NOT_MATCH ACQ.APPLY_PC_MERCHANT_CODE_ERROR ACQ.A_CODE_OF_TOMORROW"
)

// unlike are the scenarios that have no like at Alipay, and why.
var unlike = map[string]string{
	"undo too early":                "a cancel may come at once",
	"shown again":                   "a number has one code: APPLY_PC_MERCHANT_CODE_ERROR",
	"show a number that was closed": "the number is used, whatever became of it: APPLY_PC_MERCHANT_CODE_ERROR",
	"close what is open":            "what nobody has scanned is not there: books_test.go",
	"close too early":               "what nobody has scanned is not there: books_test.go",
	"close lies":                    "what nobody has scanned is not there",
	"show stale":                    "replies carry no time",
	"code query stale":              "replies carry no time",
	"the network's keys change":     "Alipay signs with one key",
	"a clock of*":                   "a request is stamped anew by itself: confirm_test.go, books_test.go",
	"a clock six minutes behind":    "a request is stamped anew by itself: confirm_test.go, books_test.go",
	"refund takes a while":          "a refund is over when it is answered",
	"refund does not arrive":        "a refund is over when it is answered",
	"refund query*":                 "a refund is over when it is answered",
}

// cases are those of refused calls with a whole name: a state comes in another field.
func cases() []pay.Case {
	return slices.DeleteFunc(alipay.Cases(), func(c pay.Case) bool { return strings.HasSuffix(c.Code, "*") })
}

// start brings up Alipay for a merchant.
func start(m alibox.Merchant) paytest.Start {
	return func(t *testing.T, o sandbox.Options, carry paytest.Carry) paytest.Network {
		m := m
		m.Public = &appKey().PublicKey
		o.RefundTakes = 0 // a refund is over when it is answered
		s := sandbox.New(o)
		alibox.Attach(s, alibox.Options{Merchants: []alibox.Merchant{m}})
		way := carry(s)
		public, err := alipay.ReadPublicKey(string(alibox.PublicKeyPEM()))
		if err != nil {
			t.Fatal(err)
		}
		private := base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(appKey()))
		p, err := alipay.New("shop", alipay.Options{
			BaseURL: way.URL, AppID: m.AppID, AppAuthToken: m.AppAuthToken, PrivateKey: pay.Secret(private), PublicKey: public,
			SellerID: m.Seller, ServiceProviderID: m.Provider, Client: way.Plain, Now: way.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		secrets := []string{private}
		if m.AppAuthToken != "" {
			secrets = append(secrets, appToken)
		}
		return paytest.Network{
			Provider: p, Shower: p, Refunder: p, Cases: cases(), Unscanned: true, Unlike: unlike, Sandbox: s, Timing: alipay.Timing, Secrets: secrets,
			NewCode:     func(b sandbox.Behaviour) string { return s.NewWalletCode(sandbox.Alipay, b) },
			Connections: p.Connections, Signatures: p.Signatures, RefundAtOnce: true,
			NoMoney: "ACQ.BUYER_BALANCE_NOT_ENOUGH", CodeUsed: "ACQ.PAYMENT_AUTH_CODE_INVALID", CodeExpired: "ACQ.PAYMENT_AUTH_CODE_INVALID", CodeUnknown: "ACQ.PAYMENT_AUTH_CODE_INVALID",
			Refusals: append(strings.Fields(refusals), "ACQ.PAYMENT_FAIL"), Faults: strings.Fields(faults), Unsure: strings.Fields(unsure), Waiting: []string{"10003"},
			ShowRefusals: strings.Fields(refusals), ShowFaults: strings.Fields(faults), ShowUnsure: append(strings.Fields(unsure), "ACQ.PAYMENT_FAIL"),
			RefundFaults: strings.Fields("ACQ.SELLER_BALANCE_NOT_ENOUGH ACQ.DISCORDANT_REPEAT_REQUEST ACQ.REASON_TRADE_REFUND_FEE_ERR ACQ.TRADE_NOT_ALLOW_REFUND ACQ.TRADE_HAS_FINISHED ACQ.BUYER_ERROR"),
		}
	}
}

// suites are played for both kinds of merchants: the first over TLS as well.
func suites(t *testing.T, first string, run, rest func(*testing.T, paytest.Start)) {
	for kind, m := range merchants {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			if kind == first {
				run(t, start(m))
				return
			}
			rest(t, start(m))
		})
	}
}

func TestSuite(t *testing.T) {
	t.Parallel()
	suites(t, "direct", paytest.Run, paytest.RunInMemory)
}

func TestShowSuite(t *testing.T) {
	t.Parallel()
	suites(t, "provider", paytest.RunShow, paytest.RunShowInMemory)
}

func TestRefundSuite(t *testing.T) {
	t.Parallel()
	suites(t, "provider", paytest.RunRefund, paytest.RunRefund)
}
