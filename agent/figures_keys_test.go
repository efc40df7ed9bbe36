//go:build demo && bench

package main

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// TestFiguresOfPrivateKeys: how often the merchant's private key is used until a
// payer is served: for a code that was scanned, and until a code of ours is shown.
// (The questions whether that one has been paid are signed too, each once.)
func TestFiguresOfPrivateKeys(t *testing.T) {
	m := newMeasured(t, true)
	before := m.signatures(t)
	m.sell(t, "counter-1")
	scanned := m.signatures(t) - before
	l := laneNamed(m.agent, "exit-1")
	l.Offer(flow.Amount{Amount: 1250, Title: "x"})
	l.Offer(flow.ShowQR{})
	if err := until(t.Context(), l, "a code was shown", func(v flow.View) bool { return v.Order.Phase == words.ScanUs }); err != nil {
		t.Fatal(err)
	}
	shown := m.signatures(t) - before - scanned
	figure(t, "code.private_key_ops", "count", float64(scanned), scanned == 0)
	figure(t, "qr.private_key_ops", "count", float64(shown), shown == 1)
}

// signatures is the agent's own count.
func (m *measured) signatures(t *testing.T) (n int) {
	t.Helper()
	all := httptest.NewRecorder()
	m.agent.meter.ServeHTTP(all, httptest.NewRequest("GET", "/metrics", nil))
	for line := range strings.Lines(all.Body.String()) {
		if strings.HasPrefix(line, "tillgate_network_signatures_total{") {
			if _, err := fmt.Sscan(line[strings.LastIndexByte(line, ' '):], &n); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			return n
		}
	}
	t.Fatal("nobody counts signatures")
	return 0
}
