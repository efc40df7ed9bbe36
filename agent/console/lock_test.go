package console

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/throttle"
)

// TestLocked: where other machines reach the pages nobody sees or does anything
// without signing in, but sign in; a browser is led there.
func TestLocked(t *testing.T) {
	t.Parallel()
	b := newBench(func(o *Options) {
		o.Locked = true
		o.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	})
	for _, path := range append([]string{"/state", "/events", "/metrics", "/lanes/counter-9"}, pages...) {
		if got := b.ask("GET", path, "", "From", "192.0.2.7:4711"); got.Code != http.StatusUnauthorized || strings.Contains(got.Body.String(), "counter-1") {
			t.Errorf("%s: %d %s", path, got.Code, got.Body)
		}
		got := b.ask("GET", path, "", "From", "192.0.2.7:4711", "Accept", "text/html,*/*")
		if got.Code != http.StatusSeeOther || !strings.HasPrefix(got.Header().Get("Location"), "/sign-in?next=") {
			t.Errorf("%s for a browser: %d to %s", path, got.Code, got.Header().Get("Location"))
		}
	}
	for _, a := range actions {
		if got := b.ask("POST", "/lanes/counter-1/"+a.verb, "amount=1&given=1&ref=1&key=1&code="+wechatCode); got.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d", a.verb, got.Code)
		}
	}
	if n := len(b.counter.events()); n != 0 {
		t.Errorf("the lane got %d events", n)
	}
	if got := b.ask("GET", "/static/page.css", "", "From", "192.0.2.7:4711"); got.Code != http.StatusOK {
		t.Errorf("what the page to sign in is drawn with: %d", got.Code)
	}
	if got := b.ask("GET", "/metrics", ""); got.Code != http.StatusOK {
		t.Errorf("figures for a program of this machine: %d", got.Code)
	}
}

// TestTooManyOfOneAddress: of pages and of tries to sign in, another address's
// are taken all the same, and the refusal has the headers of every answer.
func TestTooManyOfOneAddress(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method, path string
		most         int
	}{"pages": {"GET", "/static/page.css", throttle.AtOnce}, "sign-ins": {"POST", "/sign-in", throttle.KnocksOnce}, "links": {"GET", "/activate/x", throttle.KnocksOnce}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench()
				for range c.most {
					if got := b.ask(c.method, c.path, "", "From", "192.0.2.7:4711"); got.Code == http.StatusTooManyRequests {
						t.Fatal("refused within what is allowed")
					}
				}
				got := b.ask(c.method, c.path, "", "From", "192.0.2.7:4712")
				if got.Code != http.StatusTooManyRequests || got.Header().Get("Content-Security-Policy") != policy || got.Header().Get("Retry-After") == "" || !strings.Contains(got.Body.String(), "try again in a moment") {
					t.Errorf("%d %v %s", got.Code, got.Header(), got.Body)
				}
				for _, other := range []string{"192.0.2.8:4711", "127.0.0.1:4711"} {
					if got := b.ask(c.method, c.path, "", "From", other); got.Code == http.StatusTooManyRequests {
						t.Errorf("%s is refused for another", other)
					}
				}
				time.Sleep(5 * time.Second)
				if got := b.ask(c.method, c.path, "", "From", "192.0.2.7:4711"); got.Code == http.StatusTooManyRequests {
					t.Error("refused after a while")
				}
			})
		})
	}
}
