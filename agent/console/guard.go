package console

import (
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"

	"tillgate/agent/throttle"
	"tillgate/agent/words"
)

// policy lets the page use what it brings itself, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard refuses what does not come from a page of ours: a stranger's name that
// was made to point here (DNS rebinding), another site's form or script, a long body.
func (c *console) guard(next http.Handler) http.Handler {
	stranger := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.Log.Warn("page refused a request from another site", logText("origin", r.Header.Get("Origin")))
		answer(w, http.StatusForbidden, refused(words.AnswerOtherSite))
	})
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(stranger)
	ours := origin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		leave, ok := c.Limit.Enter(r, knocks(r))
		if !ok {
			h.Set("Retry-After", "5")
			answer(w, http.StatusTooManyRequests, refused(words.AnswerTooMany))
			return
		}
		defer leave()
		switch {
		case !slices.Contains(c.Hosts, hostOf(r.Host)):
			c.Log.Warn("page refused a request for another host", logText("host", r.Host))
			answer(w, http.StatusMisdirectedRequest, refused(words.AnswerOtherHost))
		case usedFromElsewhere(r):
			stranger.ServeHTTP(w, r)
		default:
			r.Body = http.MaxBytesReader(w, r.Body, bodyBytesMax)
			ours.ServeHTTP(w, r)
		}
	})
}

// knocks tells whether a request has a PIN to compare, or a link to look for.
func knocks(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == "/sign-in" || strings.HasPrefix(r.URL.Path, "/activate/")
}

// locked has everybody sign in who wants more than to sign in, where other
// machines reach the pages; a sale that has begun goes on.
func (c *console) locked(next http.Handler) http.Handler {
	if !c.Locked {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.followsLink(w, r) {
			return
		}
		_, signed := c.guestOf(r.Context(), tokenOf(r))
		switch {
		case signed, unlocked(r), c.hasLinks(r), c.goesOn(r):
			next.ServeHTTP(w, r)
		case r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html"):
			http.Redirect(w, r, "/sign-in?"+nextQuery(r.URL.RequestURI()), http.StatusSeeOther)
		default:
			answer(w, http.StatusUnauthorized, speak(words.PageSignFirst))
		}
	})
}

// unlocked is what it takes to sign in, and the figures for a program of this machine.
func unlocked(r *http.Request) bool {
	path := r.URL.Path
	return path == "/sign-in" || strings.HasPrefix(path, "/activate/") || strings.HasPrefix(path, "/static/") || path == "/metrics" && throttle.Here(r)
}

// usedFromElsewhere tells whether another site's page reads from us. It could
// not see the answer, but it could hold all the event streams there are. A link
// to the page is fine.
func usedFromElsewhere(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false
	}
	return r.Header.Get("Sec-Fetch-Mode") != "navigate"
}

// hostOf is the name in a Host header, without port, brackets and case.
func hostOf(header string) string {
	host := header
	if h, _, err := net.SplitHostPort(header); err == nil {
		host = h
	} else if inside, ok := strings.CutPrefix(host, "["); ok {
		if address, ok := strings.CutSuffix(inside, "]"); ok {
			host = address
		}
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// logText is a stranger's text for the log: short, and never a payment code.
func logText(key, text string) slog.Attr {
	return slog.String(key, hideCodes(text[:min(len(text), 80)]))
}
