package wechat

import (
	"bytes"
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tillgate/agent/pay/sandbox"
)

// TestUndoNeedsACertificate goes over TLS with and without the merchant's certificate.
func TestUndoNeedsACertificate(t *testing.T) {
	t.Parallel()
	ours, err := sandbox.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	others, err := sandbox.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	s := sandbox.New(sandbox.Options{})
	Attach(s, Options{Merchants: []Merchant{direct}})
	server := httptest.NewUnstartedServer(s.Handler())
	server.TLS, server.Config.ErrorLog = ours.Server(), log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	stranger := others.ClientCert()
	stranger.RootCAs = ours.Client().RootCAs
	for _, c := range []struct {
		name   string
		config *tls.Config
		says   string
	}{
		{"without a certificate", ours.Client(), "No required SSL certificate"},
		{"with the merchant's", ours.ClientCert(), "ORDERNOTEXIST"},
		{"with a stranger's", stranger, ""},
		{"that does not trust the server", others.Client(), ""},
	} {
		transport := &http.Transport{TLSClientConfig: c.config}
		f := direct.request(sandbox.Undo, number, "")
		f["sign"] = f.sign(true, testKey)
		resp, err := (&http.Client{Transport: transport}).Post(server.URL+paths[sandbox.Undo], "text/xml", bytes.NewReader(f.encode()))
		if (err == nil) != (c.says != "") {
			t.Errorf("a client %s: %v", c.name, err)
		}
		if err == nil {
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if !strings.Contains(string(body), c.says) {
				t.Errorf("a client %s: %s", c.name, body)
			}
		}
		transport.CloseIdleConnections()
	}
	if s.Seen(sandbox.Undo, number) != 2 {
		t.Errorf("%d undos came through, not 2", s.Seen(sandbox.Undo, number))
	}
}
