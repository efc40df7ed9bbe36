package wechat_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"tillgate/agent/pay"
	"tillgate/agent/pay/paytest"
	"tillgate/agent/pay/sandbox"
	wechatbox "tillgate/agent/pay/sandbox/wechat"
	"tillgate/agent/pay/wechat"
)

const (
	merchantKey = "5f6b1c0d9e8a7b4c3d2e1f0a9b8c7d6e"
	merchantV3  = "e6d7c8b9a0f1e2d3c4b7a8e9d0c1b6f5"
)

var merchants = map[string]wechatbox.Merchant{
	"direct":   {AppID: "wx8888888888888888", MchID: "1900000109", Key: merchantKey},
	"provider": {AppID: "wx8888888888888888", MchID: "1900000109", SubAppID: "wx6666666666666666", SubMchID: "1900000200", Key: merchantKey},
}

// options are those of a merchant that is reached by a way.
func options(m wechatbox.Merchant, way paytest.Way) wechat.Options {
	return wechat.Options{BaseURL: way.URL, AppID: m.AppID, MchID: m.MchID, SubAppID: m.SubAppID, SubMchID: m.SubMchID, Key: m.Key,
		Client: way.Plain, CertClient: way.Cert}
}

// start brings up WeChat Pay for a merchant with one of the two kinds of signature.
func start(m wechatbox.Merchant, sign string) paytest.Start {
	return func(t *testing.T, o sandbox.Options, carry paytest.Carry) paytest.Network {
		s := sandbox.New(o)
		wechatbox.Attach(s, wechatbox.Options{Merchants: []wechatbox.Merchant{m}})
		opts := options(m, carry(s))
		opts.Sign = sign
		p, err := wechat.New("shop", opts)
		if err != nil {
			t.Fatal(err)
		}
		return paytest.Network{
			Provider: p, Refunder: p, Cases: wechat.Cases(), Sandbox: s, Timing: pay.WeChat, NewCode: s.NewCode, Secrets: []string{merchantKey}, Connections: p.Connections,
			NoMoney: "NOTENOUGH", CodeUsed: "AUTH_CODE_ERROR", CodeExpired: "AUTHCODEEXPIRE", CodeUnknown: "AUTH_CODE_INVALID",
			Refusals: strings.Fields("AUTHCODEEXPIRE AUTH_CODE_ERROR AUTH_CODE_INVALID NOTENOUGH NOTSUPORTCARD BUYER_MISMATCH TRADE_ERROR RULELIMIT ORDERREVERSED ORDERCLOSED"),
			Faults:   strings.Fields("NOAUTH PARAM_ERROR LACK_PARAMS XML_FORMAT_ERROR NOT_UTF8 POST_DATA_EMPTY REQUIRE_POST_METHOD SIGNERROR APPID_NOT_EXIST MCHID_NOT_EXIST APPID_MCHID_NOT_MATCH"),
			Unsure:   strings.Fields("SYSTEMERROR BANKERROR ORDERPAID OUT_TRADE_NO_USED INVALID_REQUEST A_CODE_OF_TOMORROW"),
			Waiting:  []string{"USERPAYING"},
		}
	}
}

func TestSuite(t *testing.T) {
	t.Parallel()
	for kind, m := range merchants {
		for _, sign := range []string{"HMAC-SHA256", "MD5"} {
			t.Run(kind+"/"+sign, func(t *testing.T) {
				t.Parallel()
				paytest.Run(t, start(m, sign))
			})
		}
	}
}

// startShow brings up WeChat Pay for a merchant that shows codes, with replies
// that are verified by public key or by platform certificate.
func startShow(m wechatbox.Merchant, byPublicKey bool) paytest.Start {
	return start3(m, byPublicKey, false)
}

// startCode3 brings up WeChat Pay for a merchant that charges payment codes through API v3.
func startCode3(m wechatbox.Merchant, byPublicKey bool) paytest.Start {
	start := start3(m, byPublicKey, true)
	return func(t *testing.T, o sandbox.Options, carry paytest.Carry) paytest.Network {
		n := start(t, o, carry)
		n.NoMoney, n.CodeUsed, n.CodeExpired, n.CodeUnknown = "NOT_ENOUGH", "AUTH_CODE_ERROR", "AUTH_CODE_EXPIRED", "AUTH_CODE_INVALID"
		n.Refusals = strings.Fields("AUTH_CODE_EXPIRED AUTH_CODE_ERROR AUTH_CODE_INVALID NOT_ENOUGH TRADE_ERROR RULE_LIMIT ORDER_CLOSED NOTENOUGH RULELIMIT")
		n.Faults = strings.Fields("NO_AUTH ACCOUNT_ERROR PARAM_ERROR SIGN_ERROR MCH_NOT_EXISTS APPID_MCHID_NOT_MATCH")
		n.Unsure = strings.Fields("SYSTEM_ERROR BANK_ERROR FREQUENCY_LIMITED RATELIMIT_EXCEEDED ORDER_PAID OUT_TRADE_NO_USED INVALID_REQUEST RESOURCE_NOT_EXISTS A_CODE_OF_TOMORROW")
		n.Waiting = []string{"USERPAYING", "USER_PAYING"}
		return n
	}
}

func start3(m wechatbox.Merchant, byPublicKey, codeV3 bool) paytest.Start {
	return func(t *testing.T, o sandbox.Options, carry paytest.Carry) paytest.Network {
		m := m
		m.V3Key, m.Cert = merchantV3, paytest.Merchant(t)
		s := sandbox.New(o)
		wechatbox.Attach(s, wechatbox.Options{Merchants: []wechatbox.Merchant{m}})
		way := carry(s)
		opts := options(m, way)
		opts.CodeV3, opts.V3Key, opts.Cert, opts.NotifyURL, opts.Now = codeV3, merchantV3, way.Merchant, "https://pay.example.com/wechat", way.Now
		if byPublicKey {
			opts.PublicKeyID, opts.PublicKey = wechatbox.PublicKeyID, publicKey(t)
		}
		p, err := wechat.NewShower("shop", opts)
		if err != nil {
			t.Fatal(err)
		}
		return paytest.Network{
			Provider: p, Shower: p, Refunder: p, Cases: wechat.Cases(), Sandbox: s, Timing: pay.WeChat, NewCode: s.NewCode, Secrets: []string{merchantKey, merchantV3},
			Connections: p.Connections, Signatures: p.Signatures,
			ShowRefusals: strings.Fields("ORDER_CLOSED RULE_LIMIT TRADE_ERROR"),
			ShowFaults:   strings.Fields("NO_AUTH ACCOUNT_ERROR PARAM_ERROR SIGN_ERROR MCH_NOT_EXISTS APPID_MCHID_NOT_MATCH"),
			ShowUnsure:   strings.Fields("SYSTEM_ERROR BANK_ERROR FREQUENCY_LIMITED RATELIMIT_EXCEEDED OUT_TRADE_NO_USED ORDER_PAID ORDERPAID INVALID_REQUEST A_CODE_OF_TOMORROW"),
			RefundFaults: strings.Fields("NOT_ENOUGH USER_ACCOUNT_ABNORMAL INVALID_REQUEST NO_AUTH PARAM_ERROR SIGN_ERROR MCH_NOT_EXISTS"),
		}
	}
}

func publicKey(t *testing.T) *rsa.PublicKey {
	t.Helper()
	block, _ := pem.Decode(wechatbox.PublicKeyPEM())
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key.(*rsa.PublicKey)
}

// verified are the settings in which replies of API v3 are verified: each kind of
// merchant with either kind of key. Two of the four are enough over TLS.
func verified(t *testing.T, start func(wechatbox.Merchant, bool) paytest.Start, run, rest func(*testing.T, paytest.Start)) {
	for kind, m := range merchants {
		for key, byPublicKey := range map[string]bool{"public key": true, "certificates": false} {
			t.Run(kind+"/"+key, func(t *testing.T) {
				t.Parallel()
				if byPublicKey == (kind == "direct") {
					run(t, start(m, byPublicKey))
					return
				}
				rest(t, start(m, byPublicKey))
			})
		}
	}
}

// TestShowSuite has both kinds of merchants and both kinds of keys.
func TestShowSuite(t *testing.T) {
	t.Parallel()
	verified(t, startShow, paytest.RunShow, paytest.RunShowInMemory)
}

// TestCodeSuite3 charges payment codes through API v3, likewise.
func TestCodeSuite3(t *testing.T) {
	t.Parallel()
	verified(t, startCode3, paytest.Run, paytest.RunInMemory)
}

// TestRefundSuite gives back through API v2, of a merchant without API v3, and
// through API v3, of payments that either of them has charged.
func TestRefundSuite(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]paytest.Start{
		"v2, direct, HMAC-SHA256":    start(merchants["direct"], "HMAC-SHA256"),
		"v2, direct, MD5":            start(merchants["direct"], "MD5"),
		"v2, provider, HMAC-SHA256":  start(merchants["provider"], "HMAC-SHA256"),
		"v2, provider, MD5":          start(merchants["provider"], "MD5"),
		"v3, direct, public key":     startShow(merchants["direct"], true),
		"v3, provider, certificates": startCode3(merchants["provider"], false),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			paytest.RunRefund(t, start)
		})
	}
}
