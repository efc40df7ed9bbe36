//go:build demo

package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tillgate/agent/pay/sandbox"
)

// curl is an example of the sandbox's page: an address, and what is sent to it.
var curl = regexp.MustCompile(`curl -k https://127\.0\.0\.1:8443(/\S+)(?: -d '([^']*)')?`)

// TestTheSandboxsPage does what the examples of its DESIGN.md do, and sees that each
// is taken and has its effect.
func TestTheSandboxsPage(t *testing.T) {
	t.Parallel()
	b, err := newBank(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url, dir := "https://"+listener.Addr().String(), t.TempDir()
	told, err := b.tell(dir, url)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.serve(ctx, listener, slog.New(slog.DiscardHandler)) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	page, err := os.ReadFile("pay/sandbox/DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(page), "<!-- sandbox:begin -->")
	shown, _, _ = strings.Cut(shown, "<!-- sandbox:end -->")
	examples := curl.FindAllStringSubmatch(shown, -1)
	if len(examples) < 6 || len(examples) != strings.Count(shown, "curl") {
		t.Fatalf("%d examples on the page", len(examples))
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: b.authority.Client()}}
	answers := map[string]string{}
	for _, e := range examples {
		method := http.MethodGet
		if e[2] != "" {
			method = http.MethodPost
		}
		answers[e[1]] = request(t, client, method, url+e[1], e[2])
	}
	checkEffects(t, b)
	var code struct{ Code string }
	if json.Unmarshal([]byte(answers["/sandbox/code"]), &code) != nil || sandbox.WalletOf(code.Code) != sandbox.Alipay {
		t.Errorf("a payment code: %q", answers["/sandbox/code"])
	}
	if got := answers["/sandbox/ledger"]; strings.TrimSpace(got) != "[]" {
		t.Errorf("the ledger of nothing: %q", got)
	}
	for _, a := range b.accounts {
		if !strings.Contains(told, a.name) || !strings.Contains(told, a.mode) {
			t.Errorf("nobody is told of account %s:\n%s", a.name, told)
		}
	}
	checkMerchants(t, dir)
}

// checkEffects sees what the examples have set: what the next requests of each
// kind would meet.
func checkEffects(t *testing.T, b *bank) {
	t.Helper()
	for _, next := range []struct {
		network string
		op      sandbox.Op
		want    string
	}{
		{"wechat", sandbox.Charge, "lost-after"}, {"wechat", sandbox.Charge, "pays"}, {"alipay", sandbox.Undo, "pays"}, {"unionpay", sandbox.Undo, "undo-lies:1"},
		{"cloudpay", sandbox.Query, "error:SYSTEMERROR"}, {"cloudpay", sandbox.Query, "garbage:html"}, {"cloudpay", sandbox.Query, "pays"},
	} {
		if got := b.Arrived(next.network, next.op, "1").String(); got != next.want {
			t.Errorf("the next %s at %s meets %s, want %s", next.op, next.network, got, next.want)
		}
	}
	if got := b.Behave(sandbox.Behaviour{}, "", 1337).Payer.Kind; got != sandbox.NoMoney {
		t.Errorf("whoever is asked for 13.37 yuan does %q", got)
	}
	if got := b.Behave(sandbox.Behaviour{}, "", 1338).Payer.Kind; got != "" {
		t.Errorf("whoever is asked for 13.38 yuan does %q", got)
	}
}

func request(t *testing.T, client *http.Client, method, url, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	w, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil || w.StatusCode >= 300 {
		t.Errorf("%s %s %s: %s %s %v", method, url, body, w.Status, text, err)
	}
	return string(text)
}

// checkMerchants sees that the tables are good in a config.
func checkMerchants(t *testing.T, dir string) {
	t.Helper()
	tables, err := os.ReadFile(filepath.Join(dir, "merchants.toml"))
	if err != nil {
		t.Fatal(err)
	}
	text := "[terminal]\nsite = \"" + bankSite + "\"\nnumber = \"0001\"\nname = \"shop\"\ndata = \"/var/lib/x\"\n" + string(tables) +
		"[[lane]]\nname = \"counter\"\nrole = \"cashier\"\nmerchants = [\"wechat\", \"alipay\"]\n"
	cfg, err := parseConfig("merchants.toml", []byte(text), true)
	if err != nil {
		t.Fatal(err)
	}
	if err := cfg.checkSecrets(); err != nil {
		t.Error(err)
	}
}
