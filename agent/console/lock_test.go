package console

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
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

// TestALinkOpensADisplay: a lane's link opens its display, its stream and the word
// that it was drawn, after a restart too, and nothing else; no other key does.
func TestALinkOpensADisplay(t *testing.T) {
	t.Parallel()
	locked := func(o *Options) {
		o.Locked, o.DisplayKey = true, func(lane string) string { return "key of " + lane }
	}
	s := newShop(t, locked)
	s.open()
	s.counter.Offer(flow.Amount{Amount: 4711})
	page := s.ask("GET", "/settings", "", "Cookie", s.signIn("Chief")).Body.String()
	link := "/lanes/counter-1/display?key=key+of+counter-1"
	if !strings.Contains(page, `href="`+link+`"`) || !strings.Contains(page, `href="/lanes/exit-1/display?key=`) {
		t.Fatal("a manager is shown no links")
	}
	opens := func(b bench, path, cookie string) *httptest.ResponseRecorder {
		return b.ask("GET", path, "", "From", "192.0.2.7:4711", "Accept", "text/html", "Cookie", cookie)
	}
	in := opens(s.bench, link, "")
	cookie, _, _ := strings.Cut(in.Header().Get("Set-Cookie"), ";")
	if in.Code != http.StatusSeeOther || in.Header().Get("Location") != "/lanes/counter-1/display" || !strings.Contains(in.Header().Get("Set-Cookie"), "HttpOnly") {
		t.Fatalf("the link: %d %v", in.Code, in.Header())
	}
	again := newBench(locked) // a restart
	for name, b := range map[string]bench{"this life": s.bench, "the next": again} {
		if re := opens(b, "/lanes/counter-1/display", cookie); re.Code != http.StatusOK || strings.Contains(re.Body.String(), "key of") {
			t.Errorf("%s: the display is %d %s", name, re.Code, re.Body)
		}
		stream, leave := b.listen(t, "page=display:counter-1", cookie)
		if p := stream.next(t); p.Part != "display" || name == "this life" && !strings.Contains(p.HTML, "47.11") {
			t.Errorf("%s: the stream begins with %+v", name, p)
		}
		leave()
		if re := b.ask("POST", "/lanes/counter-1/display/drawn", "", "Cookie", cookie); re.Code != http.StatusNoContent {
			t.Errorf("%s: drawn is %d", name, re.Code)
		}
		for _, path := range []string{"/", "/lanes/counter-1", "/lanes/exit-1/display", "/technician", "/state", "/events", "/tasks", "/events?page=display:exit-1",
			"/events?page=cashier:counter-1", "/events?page=display:counter-1&page=index", "/lanes/counter-1/display/drawn", "/lanes/exit-1/display?key=key+of+counter-1"} {
			if re := opens(b, path, cookie); re.Code != http.StatusSeeOther || !strings.HasPrefix(re.Header().Get("Location"), "/sign-in") {
				t.Errorf("%s: %s is %d", name, path, re.Code)
			}
		}
		for _, a := range actions {
			if re := b.ask("POST", "/lanes/counter-1/"+a.verb, "amount=1&given=1", "Cookie", cookie); re.Code != http.StatusUnauthorized {
				t.Errorf("%s: %s is %d", name, a.verb, re.Code)
			}
		}
	}
	for _, key := range []string{"", "x", "key of exit-1"} {
		if re := opens(s.bench, "/lanes/counter-1/display?"+url.Values{"key": {key}}.Encode(), ""); !strings.HasPrefix(re.Header().Get("Location"), "/sign-in") || re.Header().Get("Set-Cookie") != "" {
			t.Errorf("the key %q: %d %v", key, re.Code, re.Header())
		}
	}
	none := newBench(func(o *Options) { o.Locked = true })
	if re := opens(none, "/lanes/counter-1/display?key=", displayCookieOf("counter-1")+"="); re.Code != http.StatusSeeOther || !strings.HasPrefix(re.Header().Get("Location"), "/sign-in") {
		t.Errorf("without keys: %d", re.Code)
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
