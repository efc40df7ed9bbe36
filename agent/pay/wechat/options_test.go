package wechat

import (
	"crypto/rsa"
	"crypto/tls"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	way := &http.Client{Transport: pay.NewTransport(nil, nil)}
	for _, c := range []struct {
		name  string
		spoil func(o *Options)
		says  string // "": taken
	}{
		{"good", func(*Options) {}, ""},
		{"a sub-merchant", func(o *Options) { o.SubMchID = "1900000200" }, ""},
		{"a sub-merchant with its app", func(o *Options) { o.SubMchID, o.SubAppID = "1900000200", "wx1" }, ""},
		{"MD5", func(o *Options) { o.Sign = "MD5" }, ""},
		{"other hosts", func(o *Options) { o.BaseURL, o.SpareURL = "http://127.0.0.1:1/", "https://b.example" }, ""},
		{"an IPv6 address", func(o *Options) { o.IP = "2001:db8::7" }, ""},

		{"no app", func(o *Options) { o.AppID = "" }, "app id"},
		{"no merchant", func(o *Options) { o.MchID = "" }, "merchant id"},
		{"an app of no sub-merchant", func(o *Options) { o.SubAppID = "wx1" }, "sub-merchant"},
		{"no key", func(o *Options) { o.Key = "" }, "0 characters"},
		{"a short key", func(o *Options) { o.Key = o.Key[:31] }, "31 characters"},
		{"the key of the signature page", func(o *Options) { o.Key = "192006250b4c09247ec02edce69f6a2d" }, "printed"},
		{"SHA1", func(o *Options) { o.Sign = "SHA1" }, "SHA1"},
		{"a host without its scheme", func(o *Options) { o.BaseURL = "api.mch.weixin.qq.com" }, "not the address"},
		{"a file", func(o *Options) { o.BaseURL = "file:///etc" }, "not the address"},
		{"an odd spare host", func(o *Options) { o.BaseURL, o.SpareURL = "https://a.example", "b" }, "not the address"},
		{"a spare host alone", func(o *Options) { o.SpareURL = "https://b.example" }, "base"},
		{"a name for an IP address", func(o *Options) { o.IP = "localhost" }, "not an IP"},
		{"codes by API v3 without its key", func(o *Options) { o.CodeV3 = true }, "APIv3 key"},
		{"no client", func(o *Options) { o.Client = nil }, "transport"},
		{"no client with the certificate", func(o *Options) { o.CertClient = nil }, "transport"},
		{"a client that speaks HTTP/2", func(o *Options) { o.Client = &http.Client{Transport: http.DefaultTransport} }, "HTTP/2"},
	} {
		o := directOptions
		o.Client, o.CertClient = way, way
		c.spoil(&o)
		p, err := New("shop", o)
		switch {
		case (p == nil) != (err != nil) || (err == nil) != (c.says == ""):
			t.Errorf("%s: %v", c.name, err)
		case err != nil && (!strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "merchant shop: ") || o.Key != "" && strings.Contains(err.Error(), string(o.Key))):
			t.Errorf("%s: says %v", c.name, err)
		}
	}
}

func TestNewShowerRefuses(t *testing.T) {
	t.Parallel()
	way := &http.Client{Transport: pay.NewTransport(nil, nil)}
	for _, c := range []struct {
		name  string
		spoil func(o *Options)
		says  string // "": taken
	}{
		{"good", func(*Options) {}, ""},
		{"with a public key", byPublicKey, ""},
		{"codes by API v3", func(o *Options) { o.CodeV3 = true }, ""},
		{"no clock of its own", func(o *Options) { o.Now = nil }, ""},

		{"no APIv3 key", func(o *Options) { o.V3Key = "" }, "APIv3 key is missing"},
		{"a short key", func(o *Options) { o.V3Key = o.V3Key[:31] }, "31 bytes"},
		{"a key in Chinese", func(o *Options) { o.V3Key = pay.Secret(strings.Repeat("钥", 32)) }, "96 bytes"},
		{"a printed key", func(o *Options) { o.V3Key = "192006250b4c09247ec02edce69f6a2d" }, "printed"},
		{"no certificate", func(o *Options) { o.Cert = tls.Certificate{} }, "API certificate"},
		{"no address", func(o *Options) { o.NotifyURL = "" }, "notify URL"},
		{"an address in the clear", func(o *Options) { o.NotifyURL = "http://pay.example.com" }, "notify URL"},
		{"an address with a query", func(o *Options) { o.NotifyURL = "https://pay.example.com?" }, "notify URL"},
		{"a long address", func(o *Options) { o.NotifyURL = "https://pay.example.com/" + strings.Repeat("a", 250) }, "notify URL"},
		{"an id without its key", func(o *Options) { o.PublicKeyID = publicKeyID }, "belong together"},
		{"a key without its id", func(o *Options) { o.PublicKey = &publicKey().PublicKey }, "belong together"},
		{"a serial for an id", func(o *Options) { byPublicKey(o); o.PublicKeyID = "5157F09E" }, "begins with PUB_KEY_ID_"},
		{"a small key", func(o *Options) { byPublicKey(o); o.PublicKey = &rsa.PublicKey{N: big.NewInt(77), E: 65537} }, "2048 bits"},
		{"what API v2 refuses", func(o *Options) { o.AppID = "" }, "app id"},
	} {
		o := directOptions
		o.Client, o.CertClient = way, way
		o.V3Key, o.NotifyURL, o.Cert, o.Now = testV3Key, notifyURL, ourCert(), time.Now
		c.spoil(&o)
		s, err := NewShower("shop", o)
		switch {
		case (s == nil) != (err != nil) || (err == nil) != (c.says == ""):
			t.Errorf("%s: %v", c.name, err)
		case err != nil && (!strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "merchant shop: ") || o.V3Key != "" && strings.Contains(err.Error(), string(o.V3Key))):
			t.Errorf("%s: says %v", c.name, err)
		}
	}
}

// TestHosts looks at where a request goes: to the two hosts in China, or to those of the config.
func TestHosts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base, spare string
		want        string
	}{
		{"", "", "https://api.mch.weixin.qq.com/pay/orderquery https://api2.mch.weixin.qq.com/pay/orderquery"},
		{"http://127.0.0.1:1/", "", "http://127.0.0.1:1/pay/orderquery"},
		{"https://a.example/base", "https://b.example", "https://a.example/base/pay/orderquery https://b.example/pay/orderquery"},
	} {
		var asked []string
		way := &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.URL.String())
			return nil, http.ErrServerClosed // before a byte was read: the next host may be asked
		})}
		o := directOptions
		o.BaseURL, o.SpareURL, o.Client, o.CertClient = c.base, c.spare, way, way
		p, err := New("shop", o)
		if err != nil {
			t.Fatal(err)
		}
		if result := p.Query(t.Context(), attempt); result.State != pay.Unknown || result.Code != pay.CodeNotSent {
			t.Errorf("a query that did not leave: %+v", result)
		}
		if got := strings.Join(asked, " "); got != c.want {
			t.Errorf("asked %s, want %s", got, c.want)
		}
	}
}
