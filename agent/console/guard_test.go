package console

import (
	"net/http"
	"strings"
	"testing"
)

func TestHostOfAStrangerIsRefused(t *testing.T) {
	t.Parallel()
	b := newBench()
	for host, status := range map[string]int{
		"127.0.0.1:8080": 200, "localhost:8080": 200, "LOCALHOST": 200, "localhost.": 200, "[::1]:8080": 200, "127.0.0.1": 200,
		"evil.example": 421, "evil.example:8080": 421, "127.0.0.1.evil.example": 421, "localhost.evil.example:8080": 421,
		"": 421, "192.168.1.7:8080": 421, "user@localhost": 421, "[::1": 421, "[::1]": 200,
	} {
		for _, path := range append([]string{"/state", "/static/page.js"}, pages...) {
			if got := b.ask("GET", path, "", "Host", host); got.Code != status {
				t.Errorf("%s as %q: %d, want %d", path, host, got.Code, status)
			}
		}
	}
	if got := b.ask("POST", "/lanes/counter-1/amount", "amount=12.50", "Host", "evil.example"); got.Code != 421 || len(b.counter.events()) > 0 {
		t.Errorf("a post by another name: %d, lane got %v", got.Code, b.counter.events())
	}
	named := newBench(func(o *Options) { o.Hosts = []string{"till.local"} })
	if a, b := named.ask("GET", "/", "", "Host", "till.local"), named.ask("GET", "/", "", "Host", "localhost"); a.Code != 200 || b.Code != 421 {
		t.Errorf("with a list of its own: %d and %d", a.Code, b.Code)
	}
}

func TestPostFromAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		header []string
		status int
	}{
		{nil, 200}, // not a browser
		{[]string{"Sec-Fetch-Site", "same-origin"}, 200},
		{[]string{"Sec-Fetch-Site", "none"}, 200},
		{[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		{[]string{"Sec-Fetch-Site", "same-site"}, 403},
		{[]string{"Origin", "http://127.0.0.1:8080"}, 200},
		{[]string{"Origin", "http://evil.example"}, 403},
		{[]string{"Origin", "http://127.0.0.1:9999"}, 403},
		{[]string{"Origin", "null"}, 403},
	} {
		b := newBench(func(o *Options) { o.Extra = http.NotFoundHandler() })
		for _, a := range actions {
			path := "/lanes/counter-1/" + a.verb
			got := b.ask("POST", path, "amount=1&given=1&ref=1&key=1&code="+wechatCode, row.header...)
			if got.Code != row.status {
				t.Errorf("%s with %v: %d, want %d", path, row.header, got.Code, row.status)
			}
		}
		if n := len(b.counter.events()); (n == 0) != (row.status == 403) {
			t.Errorf("with %v the lane got %d events", row.header, n)
		}
		if got := b.ask("POST", "/extra/payer?lane=counter-1", "x=1", row.header...); (got.Code == 403) != (row.status == 403) {
			t.Errorf("/extra with %v: %d", row.header, got.Code)
		}
	}
}

// TestReadFromAnotherSite: a link to the page works, but another site's script
// cannot take the places of the event streams.
func TestReadFromAnotherSite(t *testing.T) {
	t.Parallel()
	b := newBench()
	for _, site := range []string{"cross-site", "same-site"} {
		if got := b.ask("GET", "/", "", "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "navigate"); got.Code != 200 {
			t.Errorf("a link from %s: %d", site, got.Code)
		}
		for _, path := range []string{"/events?page=index", "/state", "/static/page.js", "/"} {
			if got := b.ask("GET", path, "", "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "no-cors"); got.Code != 403 {
				t.Errorf("%s from a script of %s: %d", path, site, got.Code)
			}
		}
	}
	if got := b.ask("GET", "/state", "", "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "cors"); got.Code != 200 {
		t.Errorf("our own script: %d", got.Code)
	}
}

func TestStrangersInTheLog(t *testing.T) {
	t.Parallel()
	b := newBench()
	b.ask("GET", "/"+wechatCode, "", "Host", wechatCode+".example")
	b.ask("POST", "/lanes/"+wechatCode+"/code", "x=1", "Origin", "http://evil.example/"+wechatCode+strings.Repeat("x", 5000))
	log := b.log.String()
	if strings.Count(log, "\n") != 2 || !strings.Contains(log, "evil.example") || !strings.Contains(log, "***.example") || strings.Contains(log, wechatCode) || len(log) > 500 {
		t.Errorf("the log has\n%s", log)
	}
}

func TestHeadersKeepThePageToItself(t *testing.T) {
	t.Parallel()
	b := newBench()
	for _, path := range append([]string{"/state", "/static/page.js", "/none"}, pages...) {
		h := b.ask("GET", path, "").Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'", "X-Content-Type-Options": "nosniff",
			"X-Frame-Options": "DENY", "Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if !strings.HasPrefix(h.Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
	}
	page := b.all()
	for _, bad := range []string{"http://", "https://", "style=", "onclick", "<style", "unsafe"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q: the policy refuses it", bad)
		}
	}
	for _, file := range []string{"page.js", "feed.js", "page.css", "icon.svg"} {
		if got := b.ask("GET", "/static/"+file, ""); got.Code != 200 || strings.Contains(strings.ReplaceAll(got.Body.String(), "http://www.w3.org/2000/svg", ""), "://") {
			t.Errorf("%s: %d, or it asks somebody else", file, got.Code)
		}
	}
}
