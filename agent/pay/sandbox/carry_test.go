package sandbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAuthorityInFiles(t *testing.T) {
	t.Parallel()
	a, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(a.RootPEM()) {
		t.Fatal("the root is not PEM")
	}
	certPEM, keyPEM, err := a.ClientPEM()
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
		t.Errorf("the client's certificate: %v", err)
	}
	leaf, err := x509.ParseCertificate(a.server.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "::1", "localhost"} {
		if _, err := leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: host}); err != nil {
			t.Errorf("the server's certificate for %s: %v", host, err)
		}
	}
	if leaf.SerialNumber.Cmp(pair.Leaf.SerialNumber) == 0 || leaf.SerialNumber.Cmp(a.root.SerialNumber) == 0 {
		t.Error("two certificates have one serial number")
	}
}

// TestPipe talks to the sandbox through memory, in a bubble, until it is switched off.
func TestPipe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{})
		pipe := s.Pipe()
		ctx, off := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- pipe.Run(ctx) }()
		client := &http.Client{Transport: &http.Transport{DialContext: pipe.Dial}}
		resp, err := client.Get("http://sandbox.example/sandbox/ledger")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if strings.TrimSpace(string(body)) != "[]" {
			t.Errorf("got %s", body)
		}
		off()
		if err := <-ended; err != nil {
			t.Errorf("ended with %v", err)
		}
		if conn, err := pipe.Dial(t.Context(), "tcp", "sandbox.example:80"); err == nil {
			conn.Close()
			t.Error("it can still be dialled")
		}
		idle := s.Pipe()
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if conn, err := idle.Dial(short, "tcp", ""); err == nil {
			conn.Close()
			t.Error("one that nobody runs can be dialled")
		}
		if addr := (listener{idle}).Addr(); addr.(*net.UnixAddr).Name != "sandbox" {
			t.Errorf("its address is %v", addr)
		}
	})
}
