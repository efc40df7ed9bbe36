package wechat

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"testing"
)

// TestSignedMessage is the check value of the signature page.
func TestSignedMessage(t *testing.T) {
	t.Parallel()
	got := message("GET", "/v3/certificates", "1554208460", "593BEC0C930BF1AFEB40B4A08C8FB242", "")
	sum := sha256.Sum256(got)
	if len(got) != 66 || hex.EncodeToString(sum[:]) != "fab5c8a222049f386cb01453c7dc712c7997e756271557b0ef6e2e5060575373" {
		t.Errorf("%d bytes, SHA-256 %x: %q", len(got), sum, got)
	}
}

// checkSignature holds a request against what it was signed with.
func checkSignature(t *testing.T, c call3, at int64) {
	t.Helper()
	if !strings.HasPrefix(c.header.Get("Authorization"), scheme+" mchid=") {
		t.Errorf("Authorization is %q", c.header.Get("Authorization"))
	}
	signature, err := base64.StdEncoding.DecodeString(c.auth["signature"])
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(c.method + "\n" + c.path + "\n" + c.auth["timestamp"] + "\n" + c.auth["nonce_str"] + "\n" + c.body + "\n"))
	if err := rsa.VerifyPKCS1v15(&ourKey().PublicKey, crypto.SHA256, sum[:], signature); err != nil {
		t.Errorf("%s %s is signed wrongly: %v", c.method, c.path, err)
	}
	if c.auth["mchid"] != directOptions.MchID || c.auth["serial_no"] != "0A1B2C3D4E5F6071" || c.auth["timestamp"] != strconv.FormatInt(at, 10) {
		t.Errorf("signed by %v", c.auth)
	}
	if l := len(c.auth["nonce_str"]); l < 16 || l > 32 {
		t.Errorf("a nonce of %d characters", l)
	}
}

func TestRequestsAreSigned(t *testing.T) {
	t.Parallel()
	for name, o := range modes() {
		n := &network3{answer: func(c call3) answer3 { return refusal(404, "ORDER_NOT_EXIST") }}
		s := n.shower(t, o)
		s.Show(context.Background(), offer)
		s.Query(context.Background(), shownAttempt)
		s.Undo(context.Background(), shownAttempt)
		nonces := map[string]bool{}
		for _, c := range n.calls {
			checkSignature(t, c, asked.Unix())
			nonces[c.auth["nonce_str"]] = true
			if c.header.Get("User-Agent") != "tillgate" || c.header.Get("Accept") != "application/json" || (c.header.Get("Content-Type") == "application/json") != (c.body != "") {
				t.Errorf("%s: headers %v", name, c.header)
			}
			if c.header.Get(headerSerial) != o.PublicKeyID {
				t.Errorf("%s: the network is asked to sign with %q", name, c.header.Get(headerSerial))
			}
		}
		if len(nonces) != len(n.calls) || s.Signatures() != int64(len(n.calls)) {
			t.Errorf("%s: %d calls with %d nonces and %d signatures", name, len(n.calls), len(nonces), s.Signatures())
		}
	}
}

func TestSignerRefuses(t *testing.T) {
	t.Parallel()
	good := ourCert()
	for says, cert := range map[string]tls.Certificate{
		"needs the merchant's": {},
		"certificate with its": {Leaf: good.Leaf},
		"signs with RSA":       {Leaf: good.Leaf, PrivateKey: struct{}{}},
		"key is a ed25519":     {Leaf: good.Leaf, PrivateKey: ed25519.PrivateKey(make([]byte, ed25519.PrivateKeySize))},
	} {
		if _, err := newSigner("1", cert); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("want %q: %v", says, err)
		}
	}
	kept := tls.Certificate{Leaf: good.Leaf, PrivateKey: struct{ crypto.Signer }{good.PrivateKey.(crypto.Signer)}} // in a chip
	if _, err := newSigner("1", kept); err != nil {
		t.Error(err)
	}
}
