package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"slices"
	"sync"
	"time"

	"tillgate/agent/duty"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

const (
	// sessionFor is the longest shift that a page stays open over: half a day.
	sessionFor = 12 * time.Hour
	// sessionsMax is more than one terminal has screens; the oldest goes first.
	sessionsMax = 64
	cookieName  = "tillgate-session"
)

// session is a browser in which somebody is signed in.
type session struct {
	seat  duty.Seat
	until time.Time
	forms []string     // tokens of the forms that it was shown and has not sent
	asked duty.Request // what it waits to have approved; zero: nothing
	left  entry.Seq    // the shift that its person has ended: only the slip is left to look at
}

// formsMax is how many of a session's forms may be open at a time.
const formsMax = 32

// tokenHash is what is kept of the token in a session's cookie.
type tokenHash [sha256.Size]byte

func hashed(token string) tokenHash { return sha256.Sum256([]byte(token)) }

// sessions are kept in memory alone: a restart signs everybody out, and a sale
// that has begun goes on without. What stands in a cookie is kept as its hash.
type sessions struct {
	mu      sync.Mutex
	open    map[tokenHash]session
	changed chan struct{} // closes when one ends
}

// watch is what changes what a session may see: that one ends, or its own time.
func (s *sessions) watch(token string) (w watch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	w.changed = append(w.changed, s.changed)
	if until := s.open[hashed(token)].until; time.Now().Before(until) { // later it is whoever finds it that ends it
		w.at(until)
	}
	return w
}

// tell wakes whoever watches; the caller holds the lock.
func (s *sessions) tell() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// begin keeps a new session and answers what its cookie says, and the oldest
// session where there were too many.
func (s *sessions) begin(seat duty.Seat, now time.Time) (token string, pushed []duty.Seat) {
	token = rand.Text()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[tokenHash]session{}
	}
	for len(s.open) >= sessionsMax {
		var oldest tokenHash
		for key, one := range s.open {
			if first, ok := s.open[oldest]; !ok || one.until.Before(first.until) {
				oldest = key
			}
		}
		pushed = append(pushed, s.open[oldest].seat)
		delete(s.open, oldest)
		s.tell()
	}
	s.open[hashed(token)] = session{seat: seat, until: now.Add(sessionFor)}
	return token, pushed
}

// of is the session of a cookie.
func (s *sessions) of(token string) (session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.open[hashed(token)]
	return one, ok
}

func (s *sessions) end(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := hashed(token)
	if _, ok := s.open[key]; ok {
		delete(s.open, key)
		s.tell()
	}
}

// change changes a session that is open, with the lock; it answers whether it is.
func (s *sessions) change(token string, do func(one *session)) (open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := hashed(token)
	one, open := s.open[key]
	if open {
		do(&one)
		s.open[key] = one
	}
	return open
}

// form is a new form's token.
func (s *sessions) form(token string) (form string) {
	form = rand.Text()
	s.change(token, func(one *session) {
		one.forms = append(slices.Clone(one.forms[max(0, len(one.forms)-formsMax+1):]), form)
	})
	return form
}

// sent uses a form's token up; false where it has been sent before, or never was.
func (s *sessions) sent(token, form string) (first bool) {
	s.change(token, func(one *session) {
		if i := slices.Index(one.forms, form); i >= 0 {
			one.forms, first = slices.Delete(slices.Clone(one.forms), i, i+1), true
		}
	})
	return first
}

// ask keeps what a session waits to have approved; the zero request ends that.
func (s *sessions) ask(token string, request duty.Request) {
	s.change(token, func(one *session) { one.asked = request })
}

// slipFor is how long somebody who has ended a shift may look at its slip.
const slipFor = 10 * time.Minute

// leave leaves a session nothing but the slip of a shift that has ended.
func (s *sessions) leave(token string, shift entry.Seq, now time.Time) {
	s.change(token, func(one *session) {
		*one = session{seat: one.seat, until: now.Add(slipFor), left: shift}
		s.tell()
	})
}

// staffed tells whether somebody can sign in here. Until then the pages ask
// nobody to: a terminal that has just been put up sells.
func (c *console) staffed() bool {
	return c.Desk != nil && c.Desk.Staffed()
}

// guest is whoever asks for a page: a person where one is signed in.
type guest struct {
	staff.Person
	token string // of the session
}

// guestOf is who is signed in where a request comes from. A session that is over
// is signed out by whoever finds it.
func (c *console) guestOf(ctx context.Context, token string) (g guest, ok bool) {
	if c.Desk == nil || token == "" {
		return g, false
	}
	one, ok := c.sessions.of(token)
	if !ok {
		return g, false
	}
	late := !time.Now().Before(one.until)
	if one.left != 0 {
		if late {
			c.sessions.end(token)
		}
		return g, false
	}
	if late || !c.Desk.Holds(one.seat) {
		c.sessions.end(token)
		c.leave(ctx, one.seat, map[bool]string{true: "idle", false: "rights"}[late])
		return g, false
	}
	p, ok := c.Desk.Roster.Person(one.seat.Person)
	return guest{Person: p, token: token}, ok
}

// mayLook tells why whoever has a session, if anybody, may not look at a lane's
// sales, and whether they are signed in; without a reason they may. A terminal
// that has nobody to sign in shows them to all.
func (c *console) mayLook(ctx context.Context, token, lane string) (in bool, why reply) {
	if !c.staffed() {
		return false, reply{}
	}
	g, in := c.guestOf(ctx, token)
	if !in {
		return in, speak(words.PageSignToSee)
	}
	lanes, err := c.Desk.Sees(g.ID)
	switch {
	case err != nil:
		return in, c.told(err)
	case lanes != nil && !slices.Contains(lanes, lane):
		return in, speak(words.PageNotYourLane)
	}
	return in, reply{}
}

// leave signs a seat out; a disk that refuses keeps nobody signed in.
func (c *console) leave(ctx context.Context, seat duty.Seat, why string) {
	if err := c.Desk.SignOut(context.WithoutCancel(ctx), seat, why); err != nil {
		c.Log.Error("a sign-out could not be written", "err", err)
	}
}

// tokenOf is what a request's cookie says.
func tokenOf(r *http.Request) string {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// keep gives a browser its session's cookie, or takes it away. The browser keeps it
// longer than the session lasts, so that it can end the sale that it began.
func keep(w http.ResponseWriter, r *http.Request, token string) {
	cookie := &http.Cookie{Name: cookieName, Value: token, Path: "/", MaxAge: int(2 * sessionFor / time.Second), HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode}
	if token == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(w, cookie)
}
