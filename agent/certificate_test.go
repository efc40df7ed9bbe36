package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tillgate/agent/clock"
	"tillgate/agent/pay"
	"tillgate/store/entry"
)

// TestNetworksWithNames: only they have certificates that a guess of the time can be forgiven for.
func TestNetworksWithNames(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]bool{
		"https://api.mch.weixin.qq.com": true, "https://pay.example:8443/v3": true,
		"https://127.0.0.1:4430": false, "https://[::1]:4430": false, "https://192.0.2.7": false, "://": false,
	} {
		if got := hasNames([]string{"https://pay.example", base}); got != want {
			t.Errorf("%q: %v", base, got)
		}
	}
	if !hasNames(nil) {
		t.Error("a network's own hosts have names")
	}
}

// TestABoardWithoutTheDayMeetsItsNetwork: at its first start, in 1970, it takes
// the certificate of today that its network shows; one that was over before the
// program was written it does not.
func TestABoardWithoutTheDayMeetsItsNetwork(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeMerchant(t, dir)
	file := func(name string) source { return source{"file", filepath.Join(dir, name)} }
	for from, want := range map[time.Time]string{time.Now(): "HTTP 404", time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC): pay.CodeNotSent} {
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.Config.ErrorLog = log.New(io.Discard, "", 0) // one client turns away on purpose
		cert := localhostFrom(t, from)
		server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
		server.StartTLS()
		defer server.Close()
		write(t, filepath.Join(dir, "ca.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate[0]})))
		p, err := makeProvider(&merchantConfig{
			Name: "shop", Network: "wechat", Mode: "direct", AppID: "wx0123456789abcdef", MchID: "1900000109", Sign: "HMAC-SHA256",
			Key: file("key"), Cert: file("cert.pem"), CertKey: file("cert-key.pem"), CA: file("ca.pem"),
			BaseURL: strings.Replace(server.URL, "127.0.0.1", "localhost", 1),
		}, clock.New(clock.Options{Wall: func() time.Time { return time.Unix(60, 0) }, Synced: func() bool { return false }}))
		if err != nil {
			t.Fatal(err)
		}
		r := p.Query(t.Context(), pay.Attempt{Number: entry.Number("10000001", "0007", 1, 2), Merchant: "shop", Amount: 5})
		if r.Code != want {
			t.Errorf("a certificate from %s: %s (%s), want %s", from, r.Code, r.Detail, want)
		}
	}
}

// localhostFrom is a certificate for this machine that is good for 30 days.
func localhostFrom(t *testing.T, from time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotBefore: from, NotAfter: from.AddDate(0, 0, 30),
		IsCA: true, BasicConstraintsValid: true, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
