package main

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

// fourNetworks is a config with a merchant of every network, whose secrets are
// files: all that a network may have, each different.
func fourNetworks(t *testing.T) (c *config, secrets map[string]string) {
	t.Helper()
	dir := t.TempDir()
	writeMerchant(t, dir)
	certKey, err := os.ReadFile(filepath.Join(dir, "cert-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&rsaPair(t).PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "alipay.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})))
	secrets = map[string]string{
		"wechat": "a0b1c2d3e4f5061728394a5b6c7d8e9f", "v3": "b0b1c2d3e4f5061728394a5b6c7d8e9f",
		"alipay": base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(rsaPair(t))), "token": "201509BBdcba1e3347de4e75ba3fed2c9abebE36",
		"ums": "c0b1c2d3e4f5061728394a5b6c7d8e9f", "cloud": "d0b1c2d3e4f5061728394a5b6c7d8e9f", "cloud-old": "e0b1c2d3e4f5061728394a5b6c7d8e9f",
	}
	for name, text := range secrets {
		write(t, filepath.Join(dir, name), text+"\n")
	}
	secrets["cert"] = string(certKey)
	text := sold([]string{
		`wechat key="file:@/wechat";cert="file:@/cert.pem";cert_key="file:@/cert-key.pem";v3_key="file:@/v3"`,
		`alipay mode="provider";key="file:@/alipay";public_key="file:@/alipay.pem";app_auth_token="file:@/token"`,
		`ums key="file:@/ums";wallets=["unionpay"];ways=["code"]`,
		`cloud key="file:@/cloud";old_key="file:@/cloud-old"`,
	}, []string{"wechat alipay ums", "cloud"})
	c, err = parseConfig("x.toml", []byte(strings.ReplaceAll(text, "@", dir)), false)
	if err != nil {
		t.Fatal(err)
	}
	return c, secrets
}

// TestSecretsOfEveryNetwork: all are loaded before the start, none is in what
// the config prints, and the log hides each, also as a library would write it.
func TestSecretsOfEveryNetwork(t *testing.T) {
	t.Parallel()
	c, secrets := fourNetworks(t)
	if err := c.checkSecrets(); err != nil {
		t.Fatal(err)
	}
	if got := c.secrets(); len(got) != len(secrets) {
		t.Errorf("%d secrets are hidden, want %d", len(got), len(secrets))
	}
	var out bytes.Buffer
	log := withoutSecrets(c, slog.New(slog.NewTextHandler(&out, nil)))
	for name, secret := range secrets {
		log.Info("key "+secret, "err", errors.New("sign with "+secret), "name", name)
		log.Info(base64.StdEncoding.EncodeToString([]byte("u:"+strings.TrimSpace(secret))), "key", pay.Secret(secret))
	}
	fmt.Fprintf(&out, "%v %+v %#v", c, c, c.Merchants)
	c.explain(&out)
	for name, secret := range secrets {
		for line := range strings.Lines(secret) {
			if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") && strings.Contains(out.String(), line) {
				t.Errorf("%s is in %s", name, out.String())
			}
		}
	}
}

// TestEverySecretIsLookedAfter: each that others may open, that is printed in
// public documents or that is not there is refused, in the line that names it.
func TestEverySecretIsLookedAfter(t *testing.T) {
	t.Parallel()
	clean, _ := fourNetworks(t)
	var keys []string
	clean.sources(func(at place, key string, s source) {
		if s.given() {
			keys = append(keys, fmt.Sprintf("%d %s", at.line(key), key))
		}
	}, func(place, string, source) {})
	for _, spoilt := range []struct {
		how  func(path string) error
		says string
	}{
		{func(path string) error { return os.Chmod(path, 0o640) }, "its mode is 0640"},
		{os.Remove, "no such file"},
		{func(path string) error { return os.WriteFile(path, nil, 0o600) }, "it is empty"},
		{func(path string) error {
			return os.WriteFile(path, []byte("67890123456789012345678901234567\n"), 0o600)
		}, "printed in public documents"},
	} {
		c, _ := fourNetworks(t)
		c.sources(func(_ place, _ string, s source) {
			if s.given() {
				if err := spoilt.how(s.name); err != nil {
					t.Fatal(err)
				}
			}
		}, func(place, string, source) {})
		err := c.checkSecrets()
		if err == nil {
			t.Fatalf("%s: the start is not refused", spoilt.says)
		}
		for _, key := range keys {
			line, name, _ := strings.Cut(key, " ")
			if !strings.Contains(err.Error(), "x.toml:"+line+": "+name+": ") || strings.Count(err.Error(), spoilt.says) != len(keys) {
				t.Errorf("%s of line %s: it says %v", name, line, err)
			}
		}
	}
}
