package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"tillgate/agent/throttle"
)

const (
	bodyBytesMax = 64 << 10
	bodyWithin   = 5 * time.Second // a body, from when its request was read

	perSecond, atOnce               = 20, 60 // requests of one token
	unknownPerSecond, unknownAtOnce = 2, 20  // of all that have none that is known
)

// guard refuses what no integrator's program sends: a request for a name that is
// not this terminal's (DNS rebinding), and any browser's page.
func (a *api) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		leave, ok := a.Limit.Enter(r, false)
		if !ok {
			a.fail(w, r, &problem{reason: tooMany})
			return
		}
		defer leave()
		site := r.Header.Get("Sec-Fetch-Site")
		switch {
		case !slices.Contains(a.Hosts, hostOf(r.Host)):
			a.fail(w, r, &problem{reason: otherHost})
		case r.Header.Get("Origin") != "" || site != "" && site != "none":
			a.fail(w, r, &problem{reason: aPage})
		default:
			r.Body = http.MaxBytesReader(w, r.Body, bodyBytesMax)
			next.ServeHTTP(w, r)
		}
	})
}

// hostOf is the name in a Host header, without port, brackets and case.
func hostOf(header string) string {
	host := header
	if h, _, err := net.SplitHostPort(header); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// caller is an integrator that asks.
type caller struct {
	Integrator
	sum    [sha256.Size]byte // of its token
	bucket throttle.Bucket
}

func newCaller(i Integrator) *caller {
	return &caller{Integrator: i, sum: sha256.Sum256([]byte(i.Token))}
}

// caller is whose token a request has, if it may ask for what takes a right.
func (a *api) caller(r *http.Request, right Right) (who *caller, err error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	sum := sha256.Sum256([]byte(token))
	for _, c := range a.callers { // all of them, so that the time tells nothing
		if subtle.ConstantTimeCompare(sum[:], c.sum[:]) == 1 {
			who = c
		}
	}
	switch {
	case who == nil || token == "" || !strings.EqualFold(scheme, "Bearer"):
		if !a.unknown.Take(time.Now(), unknownPerSecond, unknownAtOnce) {
			return nil, &problem{reason: tooMany}
		}
		return nil, &problem{reason: noToken}
	case !who.bucket.Take(time.Now(), perSecond, atOnce):
		return nil, &problem{reason: tooMany}
	case right != "" && !slices.Contains(who.Rights, right):
		return nil, &problem{reason: noRight, detail: "this takes the right " + string(right)}
	}
	return who, nil
}

// sees tells whether a lane is one of the caller's.
func (c *caller) sees(lane string) bool { return len(c.Lanes) == 0 || slices.Contains(c.Lanes, lane) }
