package api

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/throttle"
	"tillgate/store/entry"
)

// TestEveryPathIsGuarded: whatever is asked for takes a token of this device that
// has the right, and whatever is posted a key and a body that can be read.
func TestEveryPathIsGuarded(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		o := s.costs("sale", "lane-0", 1250)
		time.Sleep(time.Minute) // what became of its slip is written by then
		entries := s.entries()
		none := New(Options{Integrators: []Integrator{{Name: "none", Token: readerToken}}, Store: s.store, Desk: s.desk})
		for _, rt := range routes {
			time.Sleep(time.Minute) // in the bubble: so many guesses are refused as too many
			path := strings.Replace(rt.path, "{key}", fmt.Sprint(o.Key), 1)
			for name, c := range map[string]struct {
				token, key, body string
				post             bool
				status           int
				cause            reason
			}{
				"another device's token": {"token-of-the-next-device-0123", "k", "{}", false, 401, noToken},
				"no token":               {"", "k", "{}", false, 401, noToken},
				"no key":                 {tillToken, "", "{}", true, 400, noKey},
				"10 MB":                  {tillToken, "k", strings.Repeat(" ", 10<<20) + "{}", true, 413, tooLong},
				"broken JSON":            {tillToken, "k", `{"lane":"lane-0"`, true, 400, unreadable},
				"a field nobody knows":   {tillToken, "k", `{"lanes":"lane-0"}`, true, 400, unreadable},
			} {
				if c.post && rt.method != http.MethodPost {
					continue
				}
				if got := s.serve(request(rt.method, path, c.token, c.key, c.body)); got.status != c.status || got.cause() != string(c.cause) {
					t.Errorf("%s %s with %s: %d %s, want %d %s", rt.method, path, name, got.status, got.text, c.status, c.cause)
				}
			}
			api := s.api
			s.api = none
			if got := s.serve(request(rt.method, path, readerToken, "k", "{}")); rt.right != "" && (got.status != http.StatusForbidden || got.cause() != string(noRight)) {
				t.Errorf("%s %s without the right %s: %d %s", rt.method, path, rt.right, got.status, got.text)
			}
			s.api = api
		}
		if now := s.entries(); now != entries || len(s.told) != 0 {
			t.Errorf("%d entries were written, %d things told", now-entries, len(s.told))
		}
	})
}

// TestOneKeyFromManyAtOnce: money goes back once, and one slip comes out.
func TestOneKeyFromManyAtOnce(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		o := s.costs("sale", "lane-0", 1250)
		var group sync.WaitGroup
		for range 6 {
			group.Go(func() {
				if got := s.post("/refunds", "back", fmt.Sprintf(`{"order":%d,"amount_fen":250,"reason":"r"}`, o.Key)); got.status != http.StatusAccepted {
					t.Errorf("a refund: %d %s", got.status, got.text)
				}
			})
			group.Go(func() {
				if got := s.post("/print", "slip", slip); got.status != http.StatusAccepted {
					t.Errorf("a slip: %d %s", got.status, got.text)
				}
			})
		}
		group.Wait()
		synctest.Wait()
		refunds, slips := kinds[entry.RefundAskedBody](s, entry.RefundAsked), kinds[entry.ToldBody](s, entry.Told)
		if len(refunds) != 1 || len(slips) != 1 || len(s.told) != 1 {
			t.Errorf("%d refunds and %d slips in the journal, %d came out", len(refunds), len(slips), len(s.told))
		}
		if got, p := s.gives(tillToken, "slip", client.RefundRequest{Order: o.Key, Amount: 1, Reason: "r"}); p.Cause != string(keyReused) {
			t.Errorf("a key of something else: %d %s", got.status, got.text)
		}
	})
}

// TestTooManyOfOneAddress: an address of the network that asks too much is refused
// before its token is looked at; another's, and this machine's, are heard.
func TestTooManyOfOneAddress(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		ask := func(from string) reply {
			r := request(http.MethodGet, "/openapi.yaml", "", "", "")
			r.RemoteAddr = from
			return s.serve(r)
		}
		for range throttle.AtOnce {
			if got := ask("192.0.2.7:4711"); got.status != http.StatusOK {
				t.Fatalf("within what is allowed: %d", got.status)
			}
		}
		if got := ask("192.0.2.7:4712"); got.status != http.StatusTooManyRequests || got.cause() != string(tooMany) || got.header.Get("Retry-After") == "" {
			t.Errorf("beyond it: %d %s", got.status, got.text)
		}
		for _, other := range []string{"192.0.2.8:4711", "127.0.0.1:4711"} {
			if got := ask(other); got.status != http.StatusOK {
				t.Errorf("%s: %d", other, got.status)
			}
		}
	})
}
