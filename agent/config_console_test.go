package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/pay"
)

// TestWhereToListen: this machine needs nothing; beyond it each of TLS, names and
// sign-in is asked for, in words.
func TestWhereToListen(t *testing.T) {
	t.Parallel()
	const cert, key, hosts = "cert = \"file:/c\"\n", "cert_key = \"cred:c\"\n", "hosts = [\"till.example.com\", \"192.168.1.5\"]\n"
	for name, c := range map[string]struct {
		console string
		says    string // empty: it is taken
		locked  bool
	}{
		"this machine":           {"listen = \"127.0.0.1:8080\"\n", "", false},
		"this machine, by name":  {"listen = \"localhost:8080\"\n", "", false},
		"this machine, IPv6":     {"listen = \"[::1]:8080\"\n", "", false},
		"this machine, locked":   {"listen = \"127.0.0.1:8080\"\nsign_in = \"yes\"\n", "", true},
		"this machine, with TLS": {"listen = \"127.0.0.1:8080\"\n" + cert + key, "", false},
		"everybody":              {"listen = \"0.0.0.0:8443\"\n" + cert + key + hosts, "", true},
		"one address":            {"listen = \"192.168.1.5:8443\"\n" + cert + key + hosts + "sign_in = \"yes\"\n", "", true},
		"nothing for everybody":  {"listen = \":8443\"\n", "cert, cert_key, hosts are missing", false},
		"no names":               {"listen = \"[::]:8443\"\n" + cert + key, "and hosts is missing", false},
		"no key":                 {"listen = \"0.0.0.0:8443\"\n" + cert + hosts, "cert and cert_key go together", false},
		"without signing in":     {"listen = \"0.0.0.0:8443\"\n" + cert + key + hosts + "sign_in = \"no\"\n", "nobody may see a page without signing in", false},
		"another word":           {"sign_in = \"true\"\n", "sign_in is \"true\"; expected \"yes\" or \"no\"", false},
		"a name with a port":     {"hosts = [\"till:443\"]\n", "hosts has \"till:443\"", false},
		"everything":             {"hosts = [\"*\"]\n", "hosts has \"*\"", false},
	} {
		cfg, err := parseConfig("x.toml", []byte(smallConfig+"[console]\n"+c.console), false)
		switch {
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: %v, want %s", name, err, c.says)
		case c.says == "" && (err != nil || cfg.Console.locked() != c.locked):
			t.Errorf("%s: %v, locked %v", name, err, err == nil && cfg.Console.locked())
		}
	}
}

// outsideConfig is a config whose pages other machines reach, with a program's token.
func outsideConfig(t *testing.T) (cfg *config, roots *x509.CertPool) {
	t.Helper()
	path := withSecrets(t)
	dir := filepath.Dir(path)
	pair := localhostFrom(t, time.Now().Add(-time.Hour))
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	chain := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})
	write(t, filepath.Join(dir, "page.pem"), string(chain))
	write(t, filepath.Join(dir, "page-key.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	write(t, filepath.Join(dir, "token"), "0123456789abcdef0123456789abcdef\n")
	free, err := net.Listen("tcp", "127.0.0.1:0") // a port that is free now: the commands have to know it
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(free.Addr().String())
	free.Close()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, string(text)+strings.ReplaceAll(`
[console]
listen = "0.0.0.0:`+port+`"
hosts = ["localhost"]
cert = "file:@DIR@/page.pem"
cert_key = "file:@DIR@/page-key.pem"
[[integrator]]
name = "till"
token = "file:@DIR@/token"
rights = ["sell", "refund", "read", "shifts", "reports", "display", "print", "speak"]
`, "@DIR@", dir))
	if cfg, err = loadConfig(path, false); err != nil {
		t.Fatal(err)
	}
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(chain)
	return cfg, roots
}

// hired gives the agent a first manager, who has the PIN.
func hired(t *testing.T, a *agent, name, pin string) (id string) {
	t.Helper()
	link, err := a.desk.First(t.Context(), name)
	if err == nil {
		err = a.desk.Finish(t.Context(), link.Token, pay.Secret(pin))
	}
	if err != nil {
		t.Fatal(err)
	}
	return link.Person
}

// TestBeyondThisMachine: the pages are served over TLS only, to who signs in, with
// cookies that never leave it in the clear, and every answer has its headers.
func TestBeyondThisMachine(t *testing.T) {
	t.Parallel()
	cfg, roots := outsideConfig(t)
	a := start(t, cfg)
	hired(t, a, "Li", "830174")
	_, port, _ := net.SplitHostPort(a.page.Addr().String())
	base := "https://localhost:" + port
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(path string, set ...string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(set); i += 2 {
			if r.Header.Set(set[i], set[i+1]); set[i] == "Host" {
				r.Host = set[i+1]
			}
		}
		answer, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		h := answer.Header
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") || strings.Contains(h.Get("Content-Security-Policy"), "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("X-Frame-Options") != "DENY" || h.Get("Referrer-Policy") == "" || h.Get("Cache-Control") != "no-store" && !strings.HasPrefix(path, "/static/") /* no file, and nobody's */ || h.Get("Strict-Transport-Security") == "" ||
			h.Get("Cross-Origin-Resource-Policy") != "same-origin" || h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: headers %v", path, h)
		}
		return answer
	}
	pages := []string{"/", "/lanes/exit-1", "/lanes/exit-1/display", "/technician", "/state", "/shift", "/refund", "/search", "/reports", "/reports.csv", "/tasks"}
	for _, path := range append([]string{"/nothing", "/static/nothing"}, pages...) {
		if got := get(path).StatusCode; got != http.StatusUnauthorized && !strings.HasPrefix(path, "/static") {
			t.Errorf("%s before signing in: %d", path, got)
		}
	}
	if got := get("/state", "Host", "evil.example"); got.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("by another name: %d", got.StatusCode)
	}
	for _, path := range []string{"/api/v1/lanes", "/api/v1/nothing", "/api/v1/openapi.yaml"} {
		if got := get(path).StatusCode; got != http.StatusUnauthorized && got != http.StatusNotFound && !strings.HasSuffix(path, "yaml") {
			t.Errorf("%s without a token: %d", path, got)
		}
	}
	answer, err := browser.PostForm(base+"/sign-in", url.Values{"name": {"Li"}, "pin": {"830174"}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	i := slices.IndexFunc(answer.Cookies(), func(c *http.Cookie) bool { return c.Value != "" })
	if i < 0 || !answer.Cookies()[i].Secure || !answer.Cookies()[i].HttpOnly || answer.Cookies()[i].SameSite != http.SameSiteStrictMode {
		t.Fatalf("signed in: %d, cookies %v", answer.StatusCode, answer.Cookies())
	}
	for _, path := range pages {
		if got := get(path).StatusCode; got != http.StatusOK && path != "/" { // which leads to the one lane's
			t.Errorf("%s after signing in: %d", path, got)
		}
	}
	plain, err := http.Get("http://localhost:" + port + "/sign-in")
	if err == nil {
		plain.Body.Close()
	}
	if err == nil && plain.StatusCode != http.StatusBadRequest {
		t.Errorf("in the clear: %d", plain.StatusCode)
	}
}

// TestProgramsBeyondThisMachine: the commands' client trusts the terminal's own
// certificate, and no other has it.
func TestProgramsBeyondThisMachine(t *testing.T) {
	t.Parallel()
	cfg, _ := outsideConfig(t)
	a := start(t, cfg)
	program, err := cfg.program("reports", "")
	if err != nil {
		t.Fatal(err)
	}
	if r, err := program.Report(t.Context(), client.ReportQuery{}); err != nil || len(r.By) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	other, _ := outsideConfig(t)
	other.Console.Listen = cfg.Console.Listen
	stranger, err := other.program("reports", "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := stranger.Report(ctx, client.ReportQuery{}); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("with another's certificate: %v", err)
	}
	untilSocket(t, cfg)
	var out bytes.Buffer
	if err := askFirst(t.Context(), cfg, "Li", &out); err != nil {
		t.Fatal(err)
	}
	if _, port, _ := net.SplitHostPort(a.page.Addr().String()); !strings.Contains(out.String(), "https://localhost:"+port+"/activate/") {
		t.Errorf("the first manager's link is %s", out.String())
	}
}

// TestACertificateThatDoesNotFit: another's key, and a name that it is not for.
func TestACertificateThatDoesNotFit(t *testing.T) {
	t.Parallel()
	cfg, _ := outsideConfig(t)
	if secure, err := cfg.secure(); err != nil || secure.MinVersion != tls.VersionTLS12 {
		t.Errorf("one that fits: %v", err)
	}
	named := *cfg
	named.Console.Hosts = []string{"localhost", "till.example.com"}
	if _, err := named.secure(); err == nil || !strings.Contains(err.Error(), "the certificate is not till.example.com's") {
		t.Errorf("another name: %v", err)
	}
	other, _ := outsideConfig(t)
	cfg.Console.CertKey = other.Console.CertKey
	if _, err := cfg.secure(); err == nil || !strings.Contains(err.Error(), "no pair") {
		t.Errorf("another key: %v", err)
	}
	if err := run(t.Context(), cfg, slog.New(slog.DiscardHandler), nil); !errors.Is(err, errUsage) {
		t.Errorf("the agent starts with it: %v", err)
	}
}
