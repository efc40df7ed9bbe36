//go:build demo

package main

import (
	"path/filepath"
	"strings"
	"testing"

	"tillgate/agent/clock"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	wechatbox "tillgate/agent/pay/sandbox/wechat"
)

// TestAMerchantWithAnAPIv3KeyShowsCodes, one without it does not, and one whose
// keys are not right says which.
func TestAMerchantWithAnAPIv3KeyShowsCodes(t *testing.T) {
	t.Parallel()
	dir, elliptic := t.TempDir(), t.TempDir()
	authority, err := sandbox.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	cert, certKey, err := authority.ClientPEM()
	if err != nil {
		t.Fatal(err)
	}
	writeMerchant(t, elliptic)
	for name, text := range map[string]string{
		"key": "0123456789abcdef0123456789abcdef\n", "cert.pem": string(cert), "cert-key.pem": string(certKey),
		"v3": "fedcba9876543210fedcba9876543210\n", "short": "fedcba98\n", "pub.pem": string(wechatbox.PublicKeyPEM()), "text": "hello\n",
	} {
		write(t, filepath.Join(dir, name), text)
	}
	file := func(name string) source { return source{"file", filepath.Join(dir, name)} }
	for name, c := range map[string]struct {
		change func(m *merchantConfig)
		shows  bool
		says   string // "": it is made
	}{
		"no APIv3 key":            {func(m *merchantConfig) { m.V3Key = source{} }, false, ""},
		"platform certificates":   {func(*merchantConfig) {}, true, ""},
		"payment codes by API v3": {func(m *merchantConfig) { m.CodeAPI = "v3" }, true, ""},
		"QR codes are not wanted": {func(m *merchantConfig) { m.Ways = []string{"code"} }, true, ""},
		"a public key":            {func(m *merchantConfig) { m.PublicKeyID, m.PublicKey = wechatbox.PublicKeyID, file("pub.pem") }, true, ""},
		"a short key":             {func(m *merchantConfig) { m.V3Key = file("short") }, false, "8 bytes"},
		"no such key":             {func(m *merchantConfig) { m.V3Key = file("none") }, false, "no such file"},
		"a certificate for a key": {func(m *merchantConfig) { m.PublicKeyID, m.PublicKey = wechatbox.PublicKeyID, file("cert.pem") }, false, "no public key in PEM"},
		"a text for a key":        {func(m *merchantConfig) { m.PublicKeyID, m.PublicKey = wechatbox.PublicKeyID, file("text") }, false, "no public key in PEM"},
		"no such public key":      {func(m *merchantConfig) { m.PublicKeyID, m.PublicKey = wechatbox.PublicKeyID, file("none") }, false, "no such file"},
		"an elliptic certificate": {func(m *merchantConfig) { m.Cert, m.CertKey = in(elliptic, "cert.pem"), in(elliptic, "cert-key.pem") }, false, "signs with RSA"},
		"an elliptic one, scanned": {func(m *merchantConfig) {
			m.Cert, m.CertKey, m.V3Key = in(elliptic, "cert.pem"), in(elliptic, "cert-key.pem"), source{}
		}, false, ""},
	} {
		m := merchantConfig{
			Name: "shop", Network: "wechat", Mode: "direct", AppID: "wx0123456789abcdef", MchID: "1900000109", Sign: "HMAC-SHA256",
			Key: file("key"), Cert: file("cert.pem"), CertKey: file("cert-key.pem"), V3Key: file("v3"), NotifyURL: "https://pay.example.com/wechat",
		}
		c.change(&m)
		p, err := makeProvider(&m, clock.New(clock.Options{}))
		if (err == nil) != (c.says == "") || err != nil && (!strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "fedcba")) {
			t.Errorf("%s: %v", name, err)
		}
		if _, shows := p.(pay.Shower); err == nil && shows != c.shows {
			t.Errorf("%s: it shows codes: %v", name, shows)
		}
	}
}

func in(dir, name string) source { return source{"file", filepath.Join(dir, name)} }
