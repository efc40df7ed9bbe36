package alipay

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	way := &http.Client{Transport: pay.NewTransport(nil, nil)}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		spoil func(o *Options)
		says  string // "": taken
	}{
		{"good", func(*Options) {}, ""},
		{"a service provider's", func(o *Options) { *o = withKeys(partnerOptions, way) }, ""},
		{"a clock of its own", func(o *Options) { o.Now = nil }, ""},
		{"another gateway", func(o *Options) { o.BaseURL = "http://127.0.0.1:1/" }, ""},
		{"another gateway with its path", func(o *Options) { o.BaseURL = "https://openapi-sandbox.dl.alipaydev.com/gateway.do" }, ""},

		{"a gateway without its scheme", func(o *Options) { o.BaseURL = "openapi.alipay.com" }, "not the address"},
		{"a file", func(o *Options) { o.BaseURL = "file:///etc" }, "not the address"},
		{"a gateway with a query", func(o *Options) { o.BaseURL = "https://openapi.alipay.com/?a=1" }, "not the address"},
		{"no application", func(o *Options) { o.AppID = "" }, "application's id"},
		{"an application with a blank", func(o *Options) { o.AppID = "2021 0001" }, "application's id"},
		{"a token of two lines", func(o *Options) { o.AppAuthToken = token + "\n" }, "app_auth_token"},
		{"no private key", func(o *Options) { o.PrivateKey = "" }, "private key is neither"},
		{"a key in a chip", func(o *Options) { o.PrivateKey, o.Signer = "", chip{ourKey()} }, ""},
		{"a key in a chip and another", func(o *Options) { o.Signer = chip{ourKey()} }, "two private keys"},
		{"a key in a chip, of another kind", func(o *Options) {
			o.PrivateKey, o.Signer = "", chip{ed25519.PrivateKey(make([]byte, ed25519.PrivateKeySize))}
		}, "no RSA key"},
		{"a short key in a chip", func(o *Options) { o.PrivateKey, o.Signer = "", chip{small} }, "less than 2048 bits"},
		{"our own public key, of a chip", func(o *Options) {
			o.PrivateKey, o.Signer, o.PublicKey = "", chip{ourKey()}, &ourKey().PublicKey
		}, "application's own"},
		{"no public key", func(o *Options) { o.PublicKey = nil }, "public key of Alipay is missing"},
		{"our own public key", func(o *Options) { o.PublicKey = &ourKey().PublicKey }, "application's own"},
		{"a long store", func(o *Options) { o.StoreID = strings.Repeat("s", 33) }, "store id"},
		{"a store with a line in it", func(o *Options) { o.StoreID = "a\nb" }, "store id"},
		{"a seller who is no account", func(o *Options) { o.SellerID = "2021000000000001" }, "seller id"},
		{"a short seller", func(o *Options) { o.SellerID = "2088" }, "seller id"},
		{"a seller of letters", func(o *Options) { o.SellerID = "208810214622513x" }, "seller id"},
		{"a deposit of a day", func(o *Options) { o.HoldDays = 1 }, "deposits for 1 days"},
		{"a deposit of years", func(o *Options) { o.HoldDays = 3650 }, "deposits for 3650 days"},
		{"a provider by its application", func(o *Options) { o.ServiceProviderID = "2021000000000001" }, "service provider id"},
		{"no client", func(o *Options) { o.Client = nil }, "transport"},
		{"a client that speaks HTTP/2", func(o *Options) { o.Client = &http.Client{Transport: http.DefaultTransport} }, "HTTP/2"},
	} {
		o := withKeys(directOptions, way)
		c.spoil(&o)
		p, err := New("shop", o)
		switch {
		case (p == nil) != (err != nil) || (err == nil) != (c.says == ""):
			t.Errorf("%s: %v", c.name, err)
		case err != nil && (!strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "merchant shop: ") || strings.Contains(err.Error(), token)):
			t.Errorf("%s: says %v", c.name, err)
		}
	}
}

// chip signs with a key that nobody can read.
type chip struct{ crypto.Signer }

// What a chip signs is what a key that was read would.
func TestAKeyInAChipSigns(t *testing.T) {
	t.Parallel()
	p := params{"app_id": "2021000000000001", "sign_type": "RSA2"}
	read, err := p.form(ourKey())
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := p.form(chip{ourKey()}); err != nil || string(kept) != string(read) {
		t.Errorf("%s, %v, want %s", kept, err, read)
	}
}

func withKeys(o Options, way *http.Client) Options {
	o.PrivateKey, o.PublicKey, o.Client = pay.Secret(pkcs1(ourKey())), &networkKey().PublicKey, way
	return o
}

func TestGateway(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"":                                      "https://openapi.alipay.com/gateway.do",
		"https://a.example":                     "https://a.example/gateway.do",
		"https://a.example/":                    "https://a.example/gateway.do",
		"https://a.example/gateway.do":          "https://a.example/gateway.do",
		"https://a.example/gateway.do/":         "https://a.example/gateway.do",
		"http://127.0.0.1:8080/alipay":          "http://127.0.0.1:8080/alipay/gateway.do",
		"https://a.example/openapi/gateway.do/": "https://a.example/openapi/gateway.do",
	} {
		if got := (Options{BaseURL: base}).gateway(); got != want {
			t.Errorf("%q: %s, want %s", base, got, want)
		}
	}
}
