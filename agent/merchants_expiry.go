package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"tillgate/agent/console"
	"tillgate/agent/words"
)

const (
	// expiryWarned is how long before its end a certificate is warned of: a new
	// one takes a network's people some days, and the shop's some weeks.
	expiryWarned = 60 * 24 * time.Hour
	// expiryLook is how often the days are counted: a clock that is set right
	// while the agent runs must not wait a day.
	expiryLook = time.Hour
)

// certificate is one that the config names.
type certificate struct {
	name string // what its table is called: "shop-wechat", "cloud"
	what string // "certificate of merchant shop-wechat"
	ends time.Time
}

// certificates are those of the merchants and of the cloud. One that cannot be
// read is refused elsewhere.
func (c *config) certificates() (all []certificate) {
	add := func(name, what string, s source, end func([]*x509.Certificate) time.Time) {
		if !s.given() {
			return
		}
		if text, err := s.read(); err == nil {
			if chain := certificatesIn(text); len(chain) > 0 {
				all = append(all, certificate{name, what, end(chain)})
			}
		}
	}
	for i := range c.Merchants {
		m := &c.Merchants[i]
		add(m.Name, "certificate of merchant "+m.Name, m.Cert, firstEnd)
		add(m.Name, "root certificate of merchant "+m.Name, m.CA, lastEnd)
	}
	add("console", "certificate of the pages", c.Console.Cert, firstEnd)
	add("cloud", "root certificate of the cloud", c.Cloud.CA, lastEnd)
	return all
}

// certificatesIn are a PEM file's certificates.
func certificatesIn(text []byte) (all []*x509.Certificate) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil {
			all = append(all, cert)
		}
	}
	return all
}

// firstEnd is the end of a merchant's own certificate, which stands first.
func firstEnd(chain []*x509.Certificate) time.Time { return chain[0].NotAfter }

// lastEnd is when the last of several roots is over: any of them is enough.
func lastEnd(roots []*x509.Certificate) (end time.Time) {
	for _, root := range roots {
		if root.NotAfter.After(end) {
			end = root.NotAfter
		}
	}
	return end
}

// told is what people read of the certificate at a time; empty while its end is
// far.
func (c certificate) told(now time.Time) (text string, state console.State) {
	left := c.ends.Sub(now)
	day := words.China(c.ends).Format(time.DateOnly)
	switch {
	case left > expiryWarned:
		return "", console.Up
	case left >= 24*time.Hour:
		return fmt.Sprintf("the %s expires on %s (in %s)", c.what, day, days(left)), console.Waiting
	case left > 0:
		return fmt.Sprintf("the %s expires on %s (in less than a day)", c.what, day), console.Waiting
	}
	return fmt.Sprintf("the %s has expired on %s; the network may refuse what needs it", c.what, day), console.Lost
}

// days are whole ones.
func days(d time.Duration) string {
	if n := int(d / (24 * time.Hour)); n != 1 {
		return fmt.Sprintf("%d days", n)
	}
	return "1 day"
}

// expiry watches the certificates. A certificate that is over stops nothing
// here: whether a network still takes it is the network's word.
type expiry struct {
	all []certificate
	log *slog.Logger

	mu    sync.Mutex
	now   []console.Certificate
	wrote map[string]string // by certificate: the day and what the log was told then
}

func newExpiry(cfg *config, log *slog.Logger) *expiry {
	return &expiry{all: cfg.certificates(), log: log, wrote: map[string]string{}}
}

// look counts the days again, and logs what it says for the first time, which
// is once a day.
func (e *expiry) look(now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.now = nil
	for _, c := range e.all {
		text, state := c.told(now)
		if text == "" {
			continue
		}
		e.now = append(e.now, console.Certificate{Name: c.name, Text: text, State: state, Ends: c.ends})
		key := words.China(now).Format(time.DateOnly) + text
		switch {
		case e.wrote[c.what] == key:
		case state == console.Lost:
			e.log.Error(text)
		default:
			e.log.Warn(text)
		}
		e.wrote[c.what] = key
	}
}

// near are the certificates whose end is near or over.
func (e *expiry) near() []console.Certificate {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.now
}

// watch looks until ctx is done.
func (e *expiry) watch(ctx context.Context, now func() time.Time) error {
	for {
		e.look(now())
		timer := time.NewTimer(expiryLook)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}
