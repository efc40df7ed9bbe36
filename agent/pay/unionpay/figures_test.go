//go:build bench

package unionpay_test

import (
	"testing"

	"tillgate/agent/pay/paytest"
	"tillgate/agent/pay/sandbox"
)

// TestFigures: what a charge of a payment code costs here.
func TestFigures(t *testing.T) {
	paytest.Figures(t, "unionpay", start(sandbox.WeChat, false, false), paytest.MACRatioMax)
}
