//go:build bench

package alipay_test

import (
	"testing"

	"tillgate/agent/pay/paytest"
)

// TestFigures: what a charge of a payment code costs here.
func TestFigures(t *testing.T) {
	paytest.Figures(t, "alipay", start(merchants["direct"]), paytest.SignedRatioMax)
}
