//go:build bench

package wechat_test

import (
	"fmt"
	"testing"

	"tillgate/agent/pay/paytest"
)

// steadySales is how many sales follow the first.
const steadySales = 200

// TestFiguresOfConnections counts the TLS connections that steady trade opens:
// the target is 0.
func TestFiguresOfConnections(t *testing.T) {
	s := openShop(t, certified)
	s.trade(1)
	first, _ := s.p.Connections()
	s.trade(steadySales)
	opened, _ := s.p.Connections()
	fmt.Printf("bench sale.tls_new %d count\n", opened-first)
	if opened != first {
		t.Errorf("%d connections were opened in steady trade, want none", opened-first)
	}
}

// TestFiguresOfSignatures counts the private key operations of one code and of
// one query, while trade runs: the target is at most 1.
func TestFiguresOfSignatures(t *testing.T) {
	s := openShop(t, certified)
	s.sellByCode(1)
	most := s.sellByCode(steadySales)
	fmt.Printf("bench sale.private_key_ops %d count\n", most)
	if most > 1 {
		t.Errorf("%d private key operations for one code or query, want at most 1", most)
	}
}

// TestFiguresOfCodeSignatures counts the private key operations of the sale of a
// scanned code, over both APIs: the targets are 0 and at most 1.
func TestFiguresOfCodeSignatures(t *testing.T) {
	s := openShop(t, certified)
	if most := s.sellCodes(steadySales); most != 0 {
		t.Errorf("%d private key operations for one sale over API v2, want none", most)
	}
	s = openShop(t, certified, codesByV3)
	most := s.sellCodes(steadySales)
	fmt.Printf("bench code_v3.private_key_ops %d count\n", most)
	if most > 1 {
		t.Errorf("%d private key operations for one sale over API v3, want at most 1", most)
	}
}

// TestFigures: what a charge of a payment code costs here, over both APIs.
func TestFigures(t *testing.T) {
	paytest.Figures(t, "wechat", start(merchants["direct"], "HMAC-SHA256"), paytest.MACRatioMax)
	paytest.Figures(t, "wechat_v3", startCode3(merchants["direct"], true), paytest.SignedRatioMax)
}
