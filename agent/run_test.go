package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tillgate/agent/clock"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/ring"
	"tillgate/store"
	"tillgate/store/entry"
)

// start runs an agent until the test is over.
func start(t *testing.T, cfg *config) *agent {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	up, done := make(chan *agent, 1), make(chan error, 1)
	go func() {
		done <- run(ctx, cfg, slog.New(slog.DiscardHandler), &extras{started: func(a *agent) { up <- a }})
	}()
	select {
	case a := <-up:
		t.Cleanup(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("the agent ended with %v", err)
			}
		})
		return a
	case err := <-done:
		cancel()
		t.Fatalf("the agent did not start: %v", err)
		return nil
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// writeMerchant makes a key and a certificate, as a merchant gets from its network.
func writeMerchant(t *testing.T, dir string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, form, form, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "key"), "0123456789abcdef0123456789abcdef\n")
	write(t, filepath.Join(dir, "cert.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})))
	write(t, filepath.Join(dir, "cert-key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
}

// TestTheAgentIsAskedByTheCommands: while it runs it alone has the database, and
// verify and export ask it; a second agent is refused.
func TestTheAgentIsAskedByTheCommands(t *testing.T) {
	t.Parallel()
	cfg, path := testConfig(t)
	a := start(t, cfg)
	untilSocket(t, cfg)
	if _, err := a.store.Commit(t.Context(), store.Step{Entries: []entry.Draft{entry.New(entry.Opened, entry.OpenedBody{Lane: "exit-1", Amount: 1})}}); err != nil {
		t.Fatal(err)
	}
	if code, out, complaint := call(t, "verify", "--config", path); code != exitOK || !strings.Contains(out, "1 sales agree") {
		t.Errorf("verify: exit %d, %q, %q", code, out, complaint)
	}
	if code, out, complaint := call(t, "export", "--config", path); code != exitOK || !strings.Contains(out, `"kind":"opened"`) {
		t.Errorf("export: exit %d, %q, %q", code, out, complaint)
	}
	if info, err := os.Stat(socketPath(cfg.Terminal.Run)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket: %v, %v", info, err)
	}
	if err := run(t.Context(), cfg, slog.New(slog.DiscardHandler), nil); err == nil || !strings.Contains(err.Error(), "another process has the database open") {
		t.Errorf("a second agent: %v", err)
	}
}

// untilSocket waits until the commands' socket answers.
func untilSocket(t *testing.T, cfg *config) {
	t.Helper()
	for ctx := t.Context(); ; {
		body, err := ask(ctx, cfg.Terminal.Run, "/export?from=1&to=1")
		if err == nil {
			io.Copy(io.Discard, body) //nolint:errcheck // it has answered
			body.Close()
			return
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
}

// TestThePageIsUp: it answers by its loopback name and refuses a stranger's.
func TestThePageIsUp(t *testing.T) {
	t.Parallel()
	cfg, _ := testConfig(t)
	a := start(t, cfg)
	for host, want := range map[string]int{"": http.StatusOK, "evil.example": http.StatusMisdirectedRequest} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+a.page.Addr().String()+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != want || want == http.StatusOK && !strings.Contains(string(text), "exit-1") {
			t.Errorf("host %q: %s", host, answer.Status)
		}
	}
}

// TestBuildRefuses: what is wrong before anything has begun is an error with a
// place, and nothing stays open.
func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, row := range []struct {
		is     string
		change func(cfg *config, dir string)
		want   string
	}{
		{"no key", func(_ *config, dir string) { os.Remove(filepath.Join(dir, "key")) }, "key: load file:"},
		{"a certificate that is none", func(_ *config, dir string) { os.WriteFile(filepath.Join(dir, "cert.pem"), []byte("x"), 0o600) }, "are not a certificate and its key"},
		{"the page's port is taken", func(cfg *config, _ string) { cfg.Console.Listen = taken.Addr().String() }, "address already in use"},
		{"a broker without a port", func(cfg *config, _ string) { cfg.Cloud.Broker = "http://x:1" }, "broker"},
	} {
		cfg, path := testConfig(t)
		row.change(cfg, filepath.Dir(path))
		for range 2 { // a second time: the first has given everything back
			_, err = build(t.Context(), cfg, slog.New(slog.DiscardHandler), ring.New(cfg.Terminal.Data, pay.NewRedactor()), &extras{})
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%s: %v, want %q", row.is, err, row.want)
			}
		}
	}
}

// TestALaneThatIsGone: its orders are not forgotten; a lane without devices ends them.
func TestALaneThatIsGone(t *testing.T) {
	t.Parallel()
	cfg, _ := testConfig(t)
	if err := os.MkdirAll(cfg.Terminal.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), storeOptions(cfg, clock.New(clock.Options{}), nil))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Commit(t.Context(), store.Step{Entries: []entry.Draft{
		entry.New(entry.Opened, entry.OpenedBody{Lane: "counter-9", Amount: 500}),
		entry.New(entry.Asked, entry.AskedBody{Number: s.Number(), Merchant: "shop", Network: "wechat"}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	a := start(t, cfg)
	if len(a.lanes) != 2 || a.lanes[1].Name != "counter-9" {
		t.Fatalf("%d lanes", len(a.lanes))
	}
	for {
		v, changed := a.lanes[1].View()
		if v.Order.Amount == 500 && v.Order.Number != "" {
			break
		}
		<-changed
	}
	if a.lanes[1].Offer(flow.Cancel{Why: "clerk"}); len(a.lanes[1].Outputs) != 0 {
		t.Error("it has devices")
	}
}
