package main

import (
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"

	"tillgate/agent/pay"
	"tillgate/agent/pay/wechat"
)

// wechatNetwork is WeChat Pay, direct or through a service provider.
var wechatNetwork = network{
	wallets: []string{"wechat"},
	qr: func(m *merchantConfig) ([]string, string) {
		if m.V3Key.given() && m.NotifyURL != "" {
			return []string{"wechat"}, ""
		}
		return nil, "v3_key and notify_url"
	},
	holds:  func(*merchantConfig, string) (pay.HoldTerms, string) { return wechat.Terms(), "" },
	timing: pay.WeChat,
	keys: merchantKeys{
		need: map[string]string{
			"mode":     `"direct" or "provider"`,
			"app_id":   `the network's app id, such as "wx" and 16 characters`,
			"mch_id":   "the network's merchant number, digits",
			"key":      `"cred:NAME" or "file:/path" of the API v2 key`,
			"cert":     `"cred:NAME" or "file:/path" of the client certificate, which undoing needs`,
			"cert_key": `"cred:NAME" or "file:/path" of the client certificate's key`,
		},
		may: []string{"sub_app_id", "sub_mch_id", "sign", "base_url", "spare_url", "v3_key", "code_api", "notify_url", "public_key_id", "public_key"},
	},
	check:  checkWeChat,
	client: newWeChat,
}

func newWeChat(m *merchantConfig, a account) (pay.Provider, error) {
	o := wechat.Options{
		BaseURL: m.BaseURL, SpareURL: m.SpareURL, AppID: m.AppID, MchID: m.MchID, SubAppID: m.SubAppID, SubMchID: m.SubMchID,
		Sign: m.Sign, CodeV3: m.CodeAPI == "v3", Client: a.client, Now: a.now,
	}
	if err := loadAll(map[*pay.Secret]source{&o.Key: m.Key, &o.V3Key: m.V3Key}); err != nil {
		return nil, err
	}
	cert, err := clientCertificate(m.Cert, m.CertKey)
	if err != nil {
		return nil, err
	}
	o.CertClient = a.certified(cert)
	if !a.shows {
		return wechat.New(m.Name, o)
	}
	if m.PublicKey.given() {
		if o.PublicKey, err = readPublicKey(m.PublicKey); err != nil {
			return nil, err
		}
	}
	o.Cert, o.NotifyURL, o.PublicKeyID = cert, m.NotifyURL, m.PublicKeyID
	return wechat.NewShower(m.Name, o)
}

func clientCertificate(cert, key source) (tls.Certificate, error) {
	certText, err := cert.read()
	if err != nil {
		return tls.Certificate{}, err
	}
	keyText, err := key.load()
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(certText, []byte(keyText))
	if err != nil { // its text may show what is in the file
		return tls.Certificate{}, fmt.Errorf("%s and %s are not a certificate and its key in PEM", cert, key)
	}
	return pair, nil
}

// readPublicKey reads the key that a network signs with, as its merchant platform gives it out.
func readPublicKey(s source) (*rsa.PublicKey, error) {
	text, err := s.read()
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PUBLIC KEY" {
		return nil, fmt.Errorf("read %s: there is no public key in PEM in it", s)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", s, err)
	}
	public, ok := key.(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("read %s: it is not an RSA key", s)
	}
	return public, nil
}

func checkWeChat(_ configCheck, m *merchantConfig, wrong wrongFunc) {
	switch {
	case m.Mode == "provider" && m.SubMchID == "" && m.keys["sub_mch_id"] == 0:
		wrong("mode", "sub_mch_id is missing; mode \"provider\" takes money for a sub-merchant")
	case m.Mode == "direct" && m.SubMchID+m.SubAppID != "":
		wrong("mode", "mode \"direct\" has no sub-merchant; expected neither sub_mch_id nor sub_app_id, or mode \"provider\"")
	}
	if m.Sign != "HMAC-SHA256" && m.Sign != "MD5" {
		wrong("sign", "sign is %q; expected \"HMAC-SHA256\" or \"MD5\"", m.Sign)
	}
	for key, id := range map[string]string{"mch_id": m.MchID, "sub_mch_id": m.SubMchID} {
		if id != "" && (!allDigits(id) || len(id) > 32) { // mch_id is String(32) in the API's documents
			wrong(key, "%s is %q; expected at most 32 digits", key, id)
		}
	}
	switch {
	case m.CodeAPI != "" && m.CodeAPI != "v2" && m.CodeAPI != "v3":
		wrong("code_api", "code_api is %q; expected \"v2\" or \"v3\"", m.CodeAPI)
	case m.CodeAPI == "v3" && m.keys["v3_key"] == 0:
		wrong("code_api", "code_api is \"v3\" and v3_key is not given; payment codes by API v3 need v3_key and notify_url")
	}
	if m.SpareURL != "" && m.BaseURL == "" {
		wrong("spare_url", "spare_url is given and base_url is not; leave both out and WeChat Pay's own two hosts are used")
	}
	checkWeChatQR(m, wrong)
}

// checkWeChatQR checks what a merchant needs to make codes for phones to scan.
func checkWeChatQR(m *merchantConfig, wrong wrongFunc) {
	if m.V3Key.given() && m.NotifyURL == "" {
		wrong("v3_key", "v3_key is given and notify_url is not; API v3 needs both, for QR codes and refunds")
	}
	if m.NotifyURL != "" {
		if m.keys["v3_key"] == 0 {
			wrong("notify_url", "notify_url is given and v3_key is not; API v3 needs both, for QR codes and refunds")
		}
		if !goodNotifyURL(m.NotifyURL) {
			wrong("notify_url", "notify_url is %q; expected a public https address without a query, such as \"https://pay.example.com/wechat\"", withoutUser(m.NotifyURL))
		}
	}
	switch {
	case m.PublicKeyID != "" && m.keys["public_key"] == 0:
		wrong("public_key_id", "public_key_id is given and public_key is not; they go together")
	case m.PublicKey.given() && m.PublicKeyID == "":
		wrong("public_key", "public_key is given and public_key_id is not; they go together")
	case m.PublicKeyID != "" && m.keys["v3_key"] == 0:
		wrong("public_key_id", "public_key_id is given and v3_key is not; the public key is for API v3")
	}
	if digits, ok := strings.CutPrefix(m.PublicKeyID, "PUB_KEY_ID_"); m.PublicKeyID != "" && (!ok || !allDigits(digits)) {
		wrong("public_key_id", "public_key_id is %q; expected \"PUB_KEY_ID_\" and digits", m.PublicKeyID)
	}
}
