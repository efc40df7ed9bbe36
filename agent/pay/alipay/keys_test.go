package alipay

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

// keyForms are two keys as people hand them around.
func keyForms(t *testing.T, names ...string) map[string]string {
	forms := map[string]string{}
	for _, name := range names {
		armoured := read(t, name)
		lines := strings.Split(strings.TrimSpace(armoured), "\n")
		inner := lines[1 : len(lines)-1]
		forms[name] = armoured
		forms[name+", lines of Windows"] = strings.ReplaceAll(armoured, "\n", "\r\n")
		forms[name+", without armour"] = strings.Join(inner, "\n") + "\n"
		forms[name+", on one line"] = strings.Join(inner, "")
	}
	return forms
}

// oddKeys are good keys, but not for RSA2: of a curve, and a short one.
func oddKeys(t *testing.T) (curve, curvePublic, short, shortPublic string) {
	t.Helper()
	text := func(der []byte, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return base64.StdEncoding.EncodeToString(der)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	return text(x509.MarshalPKCS8PrivateKey(ec)), text(x509.MarshalPKIXPublicKey(&ec.PublicKey)),
		text(x509.MarshalPKCS1PrivateKey(small), nil), text(x509.MarshalPKIXPublicKey(&small.PublicKey))
}

// TestKeysThatAreRefused sees that what is refused is not told.
func TestKeysThatAreRefused(t *testing.T) {
	t.Parallel()
	private, public := read(t, "pkcs1"), read(t, "pub")
	line := strings.Split(private, "\n")[1]
	curve, curvePublic, short, shortPublic := oddKeys(t)
	for name, c := range map[string]struct{ text, says string }{
		"nothing":            {"", "neither PEM nor base64"},
		"words":              {"my key!", "neither PEM nor base64"},
		"half a key":         {private[:400], "broken PEM"},
		"half, no armour":    {line, "neither PKCS#1 nor PKCS#8"},
		"a public key":       {public, "another kind than PRIVATE KEY"},
		"something after it": {private + "x", "something after it"},
		"a printed key":      {"192006250b4c09247ec02edce69f6a2d", "printed"},
		"a curve's key":      {curve, "no RSA key"},
		"a short key":        {short, "1024 bits"},
	} {
		_, err := ReadPrivateKey(pay.Secret(c.text))
		if err == nil || !strings.Contains(err.Error(), c.says) || c.text != "" && strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	for name, c := range map[string]struct{ text, says string }{
		"nothing":       {"", "neither PEM nor base64"},
		"a private key": {private, "another kind than PUBLIC KEY"},
		"odd":           {line, "cannot be read"},
		"a curve's key": {curvePublic, "no RSA key"},
		"a short key":   {shortPublic, "1024 bits"},
	} {
		if _, err := ReadPublicKey(c.text); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}
