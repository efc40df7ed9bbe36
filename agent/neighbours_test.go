package main

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tillgate/agent/api/client"
	"tillgate/store"
	"tillgate/store/entry"
)

const neighbourToken = "token-of-this-terminal-012345"

// nextTerminal serves an API that has some deposits, whatever number is asked for.
func nextTerminal(t *testing.T, has ...client.Deposit) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+neighbourToken || r.URL.Path != "/api/v1/deposits" || r.URL.Query().Get("site") != "" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		json.NewEncoder(w).Encode(client.Deposits{Deposits: has}) //nolint:errcheck // the client says so
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// neighboursAt is a config's neighbours at some addresses.
func neighboursAt(t *testing.T, addresses ...string) neighbours {
	t.Helper()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(neighbourToken), 0o600); err != nil {
		t.Fatal(err)
	}
	text := sold([]string{"codes"}, []string{"codes"})
	for i, at := range addresses {
		text += "\n[[neighbour]]\nname = \"desk-" + string(rune('a'+i)) + "\"\napi = \"" + at + "\"\ntoken = \"file:" + file + "\"\n"
	}
	c, err := parseConfig("x.toml", []byte(text), true)
	if err != nil {
		t.Fatal(err)
	}
	abroad, err := c.abroad(nil)
	if err != nil {
		t.Fatal(err)
	}
	if abroad == nil {
		return nil
	}
	return abroad.Site.(neighbours)
}

// TestNeighbours: whoever took it counts, with the numbers that any of them has used;
// none is one thing, and one that cannot be asked another.
func TestNeighbours(t *testing.T) {
	t.Parallel()
	number := entry.Number("10000001", "0002", 1, 1)
	asked := time.UnixMilli(1_795_500_000_000)
	first := client.Deposit{Number: number, Lane: "front", Network: "wechat", Voucher: "42", Amount: 30000, Held: 30000, Captured: 8850, Room: "1208",
		Origin: &client.Origin{Merchant: "inn", Account: "ab", Asked: asked, Trust: 2, QR: true, Captures: 1, Releases: 2, By: "Wang"}}
	second := first
	second.Lane, second.Captured, second.Site = "bar", 9850, &client.DepositSite{From: "desk-a"}
	second.Origin = &client.Origin{Merchant: "bar", Account: "ab", Asked: asked, Trust: 2, Captures: 2}
	busy := *second.Origin
	busy.Busy = true
	at, then := nextTerminal(t, first), nextTerminal(t, second)
	none := nextTerminal(t)
	for range 5 { // in whatever order they answer
		f, err := neighboursAt(t, then, none, at).Find(t.Context(), number)
		if err != nil || f.From != "desk-c" || f.Lane != "front" || f.Captured != 8850 || f.Captures != 2 || f.Releases != 2 || f.Merchant != "inn" || f.Account != "ab" ||
			f.Voucher != "42" || !f.QR || f.Asked != (entry.Stamp{Wall: asked.UnixMilli(), Trust: entry.Trusted}) || f.Amount != 30000 || f.Room != "1208" || f.By != "Wang" {
			t.Fatalf("%+v, %v", f, err)
		}
	}
	second.Origin = &busy
	for _, row := range []struct {
		all  []string
		want bool
	}{{[]string{at, then}, false}, {[]string{at, nextTerminal(t, second)}, true}} {
		if f, err := neighboursAt(t, row.all...).Find(t.Context(), number); err != nil || f.Busy != row.want {
			t.Errorf("busy %v, want %v: %v", f.Busy, row.want, err)
		}
	}
	if _, err := neighboursAt(t, none).Find(t.Context(), number); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody has it: %v", err)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	if _, err := neighboursAt(t, none, gone.URL).Find(t.Context(), number); err == nil || errors.Is(err, store.ErrNotFound) {
		t.Errorf("one cannot be asked: %v", err)
	}
	if f, err := neighboursAt(t, gone.URL, at).Find(t.Context(), number); err != nil || f.From != "desk-b" {
		t.Errorf("one has it, another cannot be asked: %+v, %v", f, err)
	}
	odd := first
	odd.Number, odd.Origin = "7", nil
	if _, err := neighboursAt(t, nextTerminal(t, odd)).Find(t.Context(), number); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what is no deposit: %v", err)
	}
	if neighboursAt(t) != nil {
		t.Error("there are neighbours without any in the config")
	}
}

// TestNeighboursInTheConfig: addresses that cannot be, and tokens.
func TestNeighboursInTheConfig(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ api, want string }{
		{"https://till-2.example.com:8443", ""},
		{"http://127.0.0.1:8080", ""},
		{"http://till-2.example.com:8080", "expected https"},
		{"till-2.example.com:8443", "expected https"},
		{"https://user:word@till-2.example.com", "expected https"},
		{"https://till-2.example.com/somewhere", "expected https"},
	} {
		text := sold([]string{"codes"}, []string{"codes"}) + "\n[[neighbour]]\nname = \"front\"\ntoken = \"cred:front\"\napi = \"" + row.api + "\"\n"
		_, err := parseConfig("x.toml", []byte(text), false)
		if (err == nil) != (row.want == "") || err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v, want %q", row.api, err, row.want)
		}
	}
	twice := "\n[[neighbour]]\nname = \"front\"\ntoken = \"cred:front\"\napi = \"https://a.example\"\n"
	if _, err := parseConfig("x.toml", []byte(sold([]string{"codes"}, []string{"codes"})+twice+twice), false); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("two of one name and address: %v", err)
	}
}

// TestANeighbourOverTLS is a real agent with a capture that has no final word: its
// neighbour finds the deposit with all that it needs, and that it cannot be taken over
// before the capture has ended.
func TestANeighbourOverTLS(t *testing.T) {
	t.Parallel()
	cfg, _ := outsideConfig(t)
	front := start(t, cfg)
	lane, number := front.lanes[0].Name, front.store.Number()
	capture := entry.CaptureNumber(number, 1)
	entries, err := front.store.Commit(t.Context(), store.Step{Entries: []entry.Draft{
		entry.New(entry.HoldAsked, entry.HoldAskedBody{Number: number, Amount: 30000, Lane: lane, Merchant: "inn", Network: "alipay", Account: "ab"}),
		entry.New(entry.HoldPlaced, entry.HoldPlacedBody{Amount: 30000, Network: "20" + number, Parts: true}),
		entry.New(entry.MoveAsked, entry.MoveAskedBody{Number: capture, What: entry.Capture, Amount: 8850, Lane: lane}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(cfg.Console.Cert.name)
	_, port, _ := net.SplitHostPort(front.page.Addr().String())
	text := sold([]string{"codes"}, []string{"codes"}) + strings.NewReplacer("@DIR@", dir, "@PORT@", port).Replace(`
[[neighbour]]
name = "front"
api = "https://localhost:@PORT@"
token = "file:@DIR@/token"
ca = "file:@DIR@/page.pem"
`)
	bar, err := parseConfig("bar.toml", []byte(text), true)
	if err != nil {
		t.Fatal(err)
	}
	abroad, err := bar.abroad(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{number, "20" + number} {
		f, err := abroad.Site.Find(t.Context(), name)
		if err != nil || f.From != "front" || f.Lane != lane || f.Number != number || f.Account != "ab" || f.Amount != 30000 || f.Captured != 0 || f.Captures != 1 || f.Takers != 0 || !f.Busy {
			t.Errorf("while a capture has no final word: %+v, %v", f, err)
		}
	}
	if _, err := front.store.Commit(t.Context(), store.Step{Key: entries[0].Key, After: entries[2].Seq, Entries: []entry.Draft{
		entry.New(entry.MoveDone, entry.MoveDoneBody{Number: capture, Amount: 8850}),
	}}); err != nil {
		t.Fatal(err)
	}
	if f, err := abroad.Site.Find(t.Context(), number); err != nil || f.Busy || f.Captured != 8850 || f.Captures != 1 {
		t.Errorf("once it has ended: %+v, %v", f, err)
	}
}
