package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"path/filepath"
	"strings"
	"testing"

	"tillgate/agent/clock"
	"tillgate/agent/meter"
	"tillgate/agent/pay"
)

// TestEveryNetworkMakesItsClient: what the config says arrives at the network's
// own checks, a client that can show codes is one, and no error has a key in it.
func TestEveryNetworkMakesItsClient(t *testing.T) {
	t.Parallel()
	dir := networkKeys(t)
	for _, row := range []struct {
		what, account, more string
		shows               bool
		says                string // "": it is made
	}{
		{"alipay", "alipay", `key = "file:@/app";public_key = "file:@/alipay"`, true, ""},
		{"alipay, codes alone", "alipay", `key = "file:@/app";public_key = "file:@/alipay";ways = ["code"]`, true, ""},
		{"alipay, everything", "alipay", `key = "file:@/app";public_key = "file:@/alipay";mode = "provider";app_auth_token = "file:@/token";seller_id = "2088000000000001";hold_days = "30";service_provider = "2088000000000002";store_id = "east"`, true, ""},
		{"alipay, its own key", "alipay", `key = "file:@/app";public_key = "file:@/own"`, false, "the application's own"},
		{"alipay, no private key", "alipay", `key = "file:@/hex";public_key = "file:@/alipay"`, false, "private key"},
		{"alipay, no public key", "alipay", `key = "file:@/app";public_key = "file:@/token"`, false, "public key"},
		{"alipay, no file", "alipay", `key = "file:@/app";public_key = "file:@/none"`, false, "no such file"},

		{"chinaums", "ums", `key = "file:@/hex"`, true, ""},
		{"chinaums, no codes of its own", "ums", `key = "file:@/hex";qr_mch_id = "";qr_terminal_id = "";bill_source = ""`, false, ""},
		{"chinaums, everything", "ums", `key = "file:@/hex";serial = "SN1";device_type = "11";ip = "192.0.2.7";spare_url = "https://api-mop-wh.open.chinaums.com";pay_path = "/v4/poslink/transaction/pay"`, true, ""},
		{"chinaums, a printed key", "ums", `key = "file:@/printed"`, false, "printed in public documents"},
		{"chinaums, a short key", "ums", `key = "file:@/short"`, false, "8 characters"},

		{"cloud pay", "cloud", `key = "file:@/hex"`, true, ""},
		{"cloud pay, everything", "cloud", `key = "file:@/hex";old_key = "file:@/hex-two";staff = "2";staff_name = "Wang";admin = "yes";serial = "SN1";machine_no = "00-01";reverse = "yes";qr_wallet = "alipay";base_urls = ["https://sz.pay.qcloud.com"]`, true, ""},
		{"cloud pay, the old key again", "cloud", `key = "file:@/hex-two";old_key = "file:@/hex-two"`, false, "same as key"},
		{"cloud pay, a short key", "cloud", `key = "file:@/short"`, false, "8 characters"},
	} {
		t.Run(row.what, func(t *testing.T) {
			t.Parallel()
			c, err := parseConfig("x.toml", []byte(sold([]string{row.account + " " + strings.ReplaceAll(row.more, "@", dir)}, []string{row.account})), false)
			if err == nil {
				err = c.checkSecrets()
			}
			var p pay.Provider
			if err == nil {
				p, err = makeProvider(&c.Merchants[0], clock.New(clock.Options{}))
			}
			if (err == nil) != (row.says == "") || err != nil && (!strings.Contains(err.Error(), row.says) || strings.Contains(err.Error(), "fedcba")) {
				t.Fatalf("%v, want %q", err, row.says)
			}
			if err != nil {
				return
			}
			if _, shows := p.(pay.Shower); shows != row.shows {
				t.Errorf("it shows codes: %v", shows)
			}
			if _, back := p.(pay.Refunder); !back {
				t.Error("it gives nothing back")
			}
			paced := pay.Pace(meter.New("test").Provider("x", p)) // as lanes have it
			for _, wallet := range []string{"", "wechat", "alipay"} {
				said, does := c.Merchants[0].terms(wallet), paced.(pay.Holder).Terms(wallet)
				if holds, ok := p.(pay.Holder); said != does || ok && said != holds.Terms(wallet) {
					t.Errorf("of deposits of %q the config says %+v, and lanes are told %+v", wallet, said, does)
				}
			}
		})
	}
}

// networkKeys is a folder with keys as networks give them out.
func networkKeys(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	private, public := rsaPair(t), rsaPair(t)
	der, err := x509.MarshalPKIXPublicKey(&public.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	own, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"app":     base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(private)), // as Alipay's tool writes it
		"alipay":  string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})),
		"own":     base64.StdEncoding.EncodeToString(own),
		"token":   "201509BBdcba1e3347de4e75ba3fed2c9abebE36",
		"hex":     "fedcba9876543210fedcba9876543210",
		"hex-two": "fedcba9876543210fedcba9876543211",
		"short":   "fedcba98",
		"printed": "47ace12ae3b348fe93ab46cee97c6fde",
	} {
		write(t, filepath.Join(dir, name), text+"\n")
	}
	return dir
}

func rsaPair(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestTimingOfEveryNetwork: each has its own, and one that is gone from the
// build a patient one.
func TestTimingOfEveryNetwork(t *testing.T) {
	t.Parallel()
	kinds := map[string]string{"wechat": "reverse", "alipay": "cancel", "unionpay": "void", "cloudpay": "refund"}
	for _, name := range networkNames() {
		timing := timingOf(name)
		if timing.Undo.Kind != kinds[name] || timing.Call <= 0 || timing.Patience <= 0 || timing.Show.Life <= 0 || timing.Refund.Window <= 0 && name != "wechat" {
			t.Errorf("%s: %+v", name, timing)
		}
	}
	if len(networks) != len(kinds) || timingOf("gone").Undo.Kind != "reverse" {
		t.Errorf("networks are %v", networkNames())
	}
}
