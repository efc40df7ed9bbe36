package pay

import (
	"encoding/hex"
	"testing"
)

// TestPrintedKeys: those of the networks' documents, with and without what a
// file may put around them; nobody else's.
func TestPrintedKeys(t *testing.T) {
	t.Parallel()
	for key, want := range map[Secret]bool{
		"192006250b4c09247ec02edce69f6a2d": true, // WeChat Pay
		"67890123456789012345678901234567": true, // ChinaUMS
		"47ace12ae3b348fe93ab46cee97c6fde": true, // its test platform
		"c852274d372982d5530b692fd77124d3": true, // Cloud Pay
		"C852274D372982D5530B692FD77124D3": true,
		"-----BEGIN RSA PRIVATE KEY-----\r\n6789012345678901\r\n2345678901234567\r\n-----END RSA PRIVATE KEY-----\r\n": true,
		"c852274D372982d5530b692fd77124d3": false,
		"0123456789abcdef0123456789abcdef": false,
		"":                                 false,
		"-----BEGIN RSA PRIVATE KEY-----":  false,
	} {
		if got := Printed(key); got != want {
			t.Errorf("%q is printed: %v", string(key), got)
		}
	}
	for sum, where := range printed {
		if raw, err := hex.DecodeString(sum); err != nil || len(raw) != 32 || where == "" {
			t.Errorf("%q (%s) is no SHA-256", sum, where)
		}
	}
}
