package wechat_test

import (
	"testing"

	"tillgate/agent/pay/paytest"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/pay/wechat"
)

// startHold brings up WeChat Pay for a merchant that takes deposits, whichever
// kind of signature its other calls have, and with or without API v3.
func startHold(start paytest.Start) paytest.Start {
	return func(t *testing.T, o sandbox.Options, carry paytest.Carry) paytest.Network {
		n := start(t, o, carry)
		var p *wechat.Provider
		switch of := n.Provider.(type) {
		case *wechat.Provider:
			p = of
		case *wechat.Shower:
			p = of.Provider
		}
		n.Holder, n.Mover, n.HoldWallet = p, p, sandbox.WeChat
		return n
	}
}

// TestHoldSuite has both forms of merchants, and both ways of other refunds:
// those of deposits go by API v2 all the same.
func TestHoldSuite(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]paytest.Start{
		"direct, MD5 else":        start(merchants["direct"], "MD5"),
		"provider":                start(merchants["provider"], "HMAC-SHA256"),
		"provider, API v3 beside": startShow(merchants["provider"], true),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			paytest.RunHold(t, startHold(start))
		})
	}
}
