//go:build bench

package cloudpay_test

import (
	"testing"

	"tillgate/agent/pay/paytest"
	"tillgate/agent/pay/sandbox"
)

// TestFigures: what a charge of a payment code costs here.
func TestFigures(t *testing.T) {
	paytest.Figures(t, "cloudpay", start(sandbox.WeChat, false), paytest.MACRatioMax)
}
