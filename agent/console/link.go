package console

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A lane's display is opened beyond this machine by a link that has the key of that
// lane: a screen that customers see must not hold a clerk's session, and must not go
// dark with one. The link leaves the key in a cookie, which opens that display, its
// stream and nothing else.
const (
	displayCookie = "tillgate-display-"
	displayFor    = 400 * 24 * time.Hour // the longest that browsers keep a cookie (RFC 6265bis, 5.5)
)

// displayLink is the address of a lane's display with its key.
func (c *console) displayLink(lane string) string {
	return lanePath(lane) + "/display?" + url.Values{"key": {c.DisplayKey(lane)}}.Encode()
}

// displayLinks are those of all lanes; none where displays are open to all, or there are no keys.
func (c *console) displayLinks() (links []displayAt) {
	if !c.Locked || c.DisplayKey == nil {
		return nil
	}
	for _, lane := range c.names {
		links = append(links, displayAt{lane: lane, path: c.displayLink(lane)})
	}
	return links
}

// displayAt is a lane, and the link that opens its display.
type displayAt struct{ lane, path string }

// displayOf is the lane whose display a request is for; "" where it is for something else.
func (c *console) displayOf(r *http.Request) string {
	path, _ := strings.CutPrefix(r.URL.Path, "/lanes/")
	lane, rest, _ := strings.Cut(path, "/")
	if !slices.Contains(c.names, lane) || r.Method+" "+rest != "GET display" && r.Method+" "+rest != "POST display/drawn" {
		return ""
	}
	return lane
}

// followsLink keeps the key of a link that is followed, and leads to the display
// without it, so that no screen shows it.
func (c *console) followsLink(w http.ResponseWriter, r *http.Request) bool {
	lane, key := c.displayOf(r), r.URL.Query().Get("key")
	if r.Method != http.MethodGet || lane == "" || !c.isKey(lane, key) {
		return false
	}
	http.SetCookie(w, &http.Cookie{Name: displayCookieOf(lane), Value: key, Path: "/", MaxAge: int(displayFor / time.Second), HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, lanePath(lane)+"/display", http.StatusSeeOther)
	return true
}

// hasLinks tells whether a request is for displays alone whose links its browser followed.
func (c *console) hasLinks(r *http.Request) bool {
	if r.URL.Path != "/events" {
		return c.hasLink(r, c.displayOf(r))
	}
	pages := c.followed(r)
	return len(pages) > 0 && !slices.ContainsFunc(pages, func(p page) bool { return p.kind != displayPage || !c.hasLink(r, c.names[p.lane]) })
}

func (c *console) hasLink(r *http.Request, lane string) bool {
	cookie, err := r.Cookie(displayCookieOf(lane))
	return err == nil && c.isKey(lane, cookie.Value)
}

func (c *console) isKey(lane, key string) bool {
	return lane != "" && c.DisplayKey != nil && hmac.Equal([]byte(key), []byte(c.DisplayKey(lane)))
}

// displayCookieOf is the name of the cookie for a lane, whose own name is none that a cookie may have.
func displayCookieOf(lane string) string {
	sum := sha256.Sum256([]byte(lane))
	return displayCookie + hex.EncodeToString(sum[:8])
}
