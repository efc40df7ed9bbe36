package pay_test

import (
	"testing"

	"tillgate/agent/pay"
)

// TestPrivate: what is never kept is found however it is written, and what shops
// and networks number things with is none of it.
func TestPrivate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"134567890123456789": true, "paid with 28 1234 5678 9012 3456": true, // payment codes
		"4111111111111111": true, "4111-1111-1111-1111": true, "card 6222 0200 0000 0000 007, thanks": true, "378282246310005": true,
		"5555555555554444": true, "2223003122003222": true, "4222222222222": true, "４１１１１１１１１１１１１１１１": true,
		"TGK1-ABCDABCDABCDABCDABCDABCDABCDABCD": true, "http://127.0.0.1/activate/AAAA": true,
		"": false, "cold": false, "Noodles, 2 × 12.50": false, "000123": false, "4111111111111112": false, "room 1208": false,
		"100000010001234450000074": false, "10000001000123445000007401": false, // ours
		"4200001234202611271234567890": false, "2026112722001412345678901234": false, // networks' own
		"2026-11-27 20:15:00 0001": false, "INV-20261127-000123": false, "13812345678": false, "898310148160568": false,
	} {
		if got := pay.Private(text); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
	for text, want := range map[string]bool{"830275": true, " 123456789012 ": true, "12345": false, "1234567890123": false, "room 830275": false, "": false} {
		if got := pay.PIN(text); got != want {
			t.Errorf("%q may be a PIN: %t, want %t", text, got, want)
		}
	}
}
