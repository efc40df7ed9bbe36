//go:build demo

package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// TestNoSecretComesOut runs the real agent at debug level among payers, networks
// and people who do everything wrong, and looks for each payment code and each
// key in everything that comes out of it or stays behind.
func TestNoSecretComesOut(t *testing.T) {
	t.Parallel()
	h := newHaystack(t)
	h.run(t, func(a *agent) {
		for _, how := range []string{"pays", "no-money", "lost-after", "wrong-signature", "garbage:html", "garbage:fail", "bad-gateway-after", "wrong-amount"} {
			h.sell(t, how)
		}
		h.mistype(t)
		h.misread(t)
		h.look(t, a)
	})
	h.command(t, "export")
	h.command(t, "events", "--json")
	h.command(t, "verify")
	h.files(t)
	h.find(t)
}

// haystack is a street whose outputs are all kept, with what may not be in them.
type haystack struct {
	*street
	log     bytes.Buffer
	needles map[string]string // what: the secret
	hay     map[string][]byte // where: what was found there
}

func newHaystack(t *testing.T) *haystack {
	h := &haystack{street: newStreet(t), needles: map[string]string{}, hay: map[string][]byte{}}
	h.toml = demoConfig // all networks
	if _, err := h.config("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	for _, path := range secretsIn(t, filepath.Join(h.dir, "keys")) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if block, _ := pem.Decode(text); block != nil {
			h.needles[filepath.Base(path)] = string(block.Bytes)
			for i, line := range pemLines(text) {
				h.needles[fmt.Sprintf("%s line %d", filepath.Base(path), i)] = line
			}
		} else {
			h.needles[filepath.Base(path)] = strings.TrimSpace(string(text))
		}
	}
	return h
}

// run runs the agent in the street while play does, and keeps its log.
func (h *haystack) run(t *testing.T, play func(*agent)) {
	t.Helper()
	cfg, err := loadConfig(h.cfg, true)
	if err != nil {
		t.Fatal(err)
	}
	quick := pay.WeChat
	quick.Queries, quick.QueryEvery, quick.Patience, quick.CodeLife, quick.Undo.NotBefore = nil, 200*time.Millisecond, 400*time.Millisecond, 0, 0
	quick.UndoAgain = []time.Duration{200 * time.Millisecond}
	ctx, cancel := context.WithCancel(t.Context())
	up, done := make(chan *agent, 1), make(chan error, 1)
	log := slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}))
	go func() {
		done <- run(ctx, cfg, log, &extras{
			makers: h.makers(), customers: h.customers(ctx), timing: func(string) pay.Timing { return quick }, started: func(a *agent) { up <- a },
			journal: func(j flow.Journal) flow.Journal { return narrated{j, h.shop} },
		})
	}()
	stop := func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the agent ended with %v", err)
		}
	}
	select {
	case a := <-up:
		defer stop()
		h.page = a.page.Addr().String()
		told := make(chan struct{})
		go func() { defer close(told); h.narrate(ctx, a) }() //nolint:errcheck // it has none
		play(a)
		cancel()
		<-told
	case err := <-done:
		cancel()
		t.Fatalf("the agent did not start: %v", err)
	}
}

// code makes a payment code that must not be seen again.
func (h *haystack) code(how string) string {
	wallet := sandbox.Wallets()[len(h.needles)%len(sandbox.Wallets())]
	code := h.bank.NewWalletCode(wallet, sandbox.Do(how))
	h.needles["code of "+how+" "+fmt.Sprint(len(h.needles))] = code
	return code
}

// sell lets somebody pay whose code makes the network behave so. What never
// ends by itself is cancelled.
func (h *haystack) sell(t *testing.T, how string) {
	t.Helper()
	h.owe("counter-1", "12.50")
	if err := h.scanners["counter-1"].scan(t.Context(), h.code(how)); err != nil {
		t.Fatal(err)
	}
	h.until("counter-1", "paid", "refused", "given-back", "frozen")
}

// mistype types codes into every field of the page and every part of a request.
func (h *haystack) mistype(t *testing.T) {
	t.Helper()
	for _, verb := range []string{"amount", "code", "cancel", "qr", "cash", "card", "reprint", "nonsense"} {
		for _, field := range []string{"amount", "title", "ref", "code", "given", "key", "nonsense"} {
			code := h.code("pays")
			form := url.Values{"amount": {"1.00"}, "title": {"x"}}
			form.Set(field, code)
			h.ask(t, "POST", "/lanes/exit-1/"+verb, "application/x-www-form-urlencoded", form.Encode(), nil)
			h.ask(t, "POST", "/lanes/exit-1/"+verb, "application/json", fmt.Sprintf(`{%q:%q}`, field, code), nil)
		}
	}
	code := h.code("pays")
	for _, path := range []string{"/" + code, "/?code=" + code, "/lanes/" + code, "/lanes/" + code + "/amount", "/state?" + code, "/extra/" + code, "/static/" + code} {
		h.ask(t, "GET", path, "", "", nil)
		h.ask(t, "POST", path, "application/json", code, nil)
	}
	for _, name := range []string{"Host", "Origin", "Referer", "User-Agent", "Accept", "Cookie", "X-" + code} {
		h.ask(t, "POST", "/lanes/exit-1/amount", "text/"+code, code, http.Header{name: {code}})
	}
}

// misread lets scanners read codes that nobody waits for, in every form.
func (h *haystack) misread(t *testing.T) {
	t.Helper()
	code, other := h.code("pays"), h.code("pays")
	alipay, union := "281234567890123456", "6212345678901234567"
	h.needles["alipay"], h.needles["unionpay"] = alipay, union
	for _, text := range []string{code, code, code + other, code[:4] + " " + code[4:8] + " " + code[8:], "x" + code, alipay, union, strings.Repeat(other, 70), "\x00\xff" + code} {
		if err := h.scanners["exit-1"].scan(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	h.owe("exit-1", "3.00") // what came before it has been read
}

// look keeps all that the agent shows.
func (h *haystack) look(t *testing.T, a *agent) {
	t.Helper()
	for _, path := range []string{"/", "/state", "/metrics", "/technician", "/lanes/counter-1", "/lanes/exit-1", "/lanes/counter-1/display"} {
		h.ask(t, "GET", path, "", "", nil)
	}
	seen := httpRecorder{}
	a.meter.ServeHTTP(&seen, nil)
	h.hay["numbers"] = seen.Bytes()
	for _, e := range a.board.Recent() {
		h.hay["events"] = fmt.Appendf(h.hay["events"], "%+v\n", e)
	}
	for _, d := range a.board.Devices() {
		h.hay["devices"] = fmt.Appendf(h.hay["devices"], "%+v\n", d)
	}
	for _, l := range a.lanes {
		v, _ := l.View()
		h.hay["views"] = fmt.Appendf(h.hay["views"], "%+v\n%#v\n", v, v)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.page+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	h.hay["stream"], _ = io.ReadAll(answer.Body) // it ends with its time
}

// httpRecorder keeps the body of an answer.
type httpRecorder struct{ bytes.Buffer }

func (*httpRecorder) Header() http.Header { return http.Header{} }
func (*httpRecorder) WriteHeader(int)     {}

// ask asks the page and keeps the whole answer.
func (h *haystack) ask(t *testing.T, method, path, kind, body string, header http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+h.page+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	for name, values := range header {
		req.Header[name] = values
		if name == "Host" {
			req.Host = values[0]
		}
	}
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := stay.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	h.hay["page"] = fmt.Appendf(h.hay["page"], "%s %v\n%s\n", answer.Status, answer.Header, text)
}

// command keeps what a command prints.
func (h *haystack) command(t *testing.T, args ...string) {
	t.Helper()
	code, out, complaint := call(t, append(args, "--config", h.cfg)...)
	if code != exitOK || out == "" {
		t.Errorf("%v: exit %d, %q", args, code, complaint)
	}
	h.hay["command "+args[0]] = []byte(out + complaint)
}

// files keeps every file that the agent, the cloud and the demo wrote.
func (h *haystack) files(t *testing.T) {
	t.Helper()
	h.hay["log"] = h.log.Bytes()
	err := filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Base(filepath.Dir(path)) == "keys" {
			return err
		}
		h.hay[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// find looks for every needle everywhere, and whether it has looked at all.
func (h *haystack) find(t *testing.T) {
	t.Helper()
	for _, what := range []string{"log", "page", "stream", "events", "numbers", "views", "command export", "command events",
		filepath.Join(h.dir, "transcript.jsonl"), filepath.Join(h.dir, "data", "tillgate.db"), filepath.Join(h.dir, "data", "cloud.db"), filepath.Join(h.dir, "data", "events-a.jsonl")} {
		if len(h.hay[what]) == 0 {
			t.Errorf("nothing was found in %s", what)
		}
	}
	if len(h.needles) < 70 {
		t.Errorf("only %d secrets were looked for", len(h.needles))
	}
	for where, hay := range h.hay {
		narrow := wide.Replace(string(hay))
		for what, needle := range h.needles {
			if form := formOf(narrow, needle); form != "" {
				t.Errorf("%s is in %s, as %s", what, where, form)
			}
		}
	}
}

var wide = strings.NewReplacer("０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9")

// formOf is the form in which a secret is in a text: as it is, in hex, in base64
// behind anything, or grouped; empty when it is not.
func formOf(text, secret string) string {
	sum := hex.EncodeToString([]byte(secret))
	forms := map[string]string{"it is": secret, "hex": sum, "HEX": strings.ToUpper(sum), "groups": secret[:4] + " " + secret[4:8] + " " + secret[8:12]}
	for before := range 3 {
		whole := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("u", before) + secret + "vv"))
		inner := whole[(before*8+5)/6 : (before+len(secret))*8/6]
		forms[fmt.Sprint("base64 +", before)] = inner
		forms[fmt.Sprint("base64 of URLs +", before)] = strings.NewReplacer("+", "-", "/", "_").Replace(inner)
	}
	for name, form := range forms {
		if strings.Contains(text, form) {
			return name
		}
	}
	return ""
}

// pemLines are the whole lines of a key as it lies in its file, where base64 is
// broken every 64 characters: each is a needle of its own.
func pemLines(text []byte) (lines []string) {
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); len(line) == 64 {
			lines = append(lines, line)
		}
	}
	return lines
}

// TestTheSearchFindsAKeyFile: a private key that is written out as its file has it.
func TestTheSearchFindsAKeyFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeMerchant(t, dir)
	text, err := os.ReadFile(filepath.Join(dir, "cert-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	lines := pemLines(text)
	if len(lines) < 2 {
		t.Fatalf("the key has %d whole lines", len(lines))
	}
	for _, spilt := range []string{string(text), fmt.Sprintf("%q", text), strings.ReplaceAll(string(text), "\n", "\r\n")} {
		for _, line := range lines {
			if formOf(spilt, line) == "" {
				t.Errorf("it does not find a line of the key in %.80q", spilt)
			}
		}
	}
}

// TestTheSearchFinds: the search above would find what it looks for.
func TestTheSearchFinds(t *testing.T) {
	t.Parallel()
	const secret = "134567890123456789"
	user := base64.StdEncoding.EncodeToString([]byte("till:" + secret))
	for _, text := range []string{
		secret, "a" + secret + "b", hex.EncodeToString([]byte("x" + secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))), user,
		base64.RawURLEncoding.EncodeToString([]byte(secret)), "1345 6789 0123 4567 89", wide.Replace("１３４５６７８９０１２３４５６７８９"),
	} {
		if formOf("… "+text+" …", secret) == "" {
			t.Errorf("it does not find %q", text)
		}
	}
	if form := formOf("134567890123456788 "+secret[1:], secret); form != "" {
		t.Errorf("it finds %s in something else", form)
	}
}
