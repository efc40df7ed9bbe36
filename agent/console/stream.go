package console

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"time"

	"tillgate/agent/words"
)

const (
	beatEvery   = 10 * time.Second // a page that misses two beats says that it is old
	writeWithin = 10 * time.Second // a browser that takes no more is let go
	// lookEvery keeps a storm of changes from making a page a full-time job; the
	// first change after a quiet moment is shown at once.
	lookEvery = 40 * time.Millisecond
)

// pagesMax is how many pages one browser may follow at a time.
const pagesMax = 16

// serveEvents streams the parts of pages that change, as server-sent events
// (HTML Living Standard, 9.2): one stream for a browser, whichever pages it
// shows, because it has few connections for one address. A new stream begins
// with every part, so that a page that was away is right again.
func (c *console) serveEvents(w http.ResponseWriter, r *http.Request) {
	pages := c.followed(r)
	if pages == nil {
		answer(w, http.StatusNotFound, refused(words.AnswerNoLane))
		return
	}
	if len(pages) > pagesMax {
		answer(w, http.StatusBadRequest, refused(words.AnswerNotUnderstood))
		return
	}
	if c.streams.Add(1) > streamsMax {
		c.streams.Add(-1)
		w.Header().Set("Retry-After", "5")
		answer(w, http.StatusServiceUnavailable, refused(words.AnswerLaneBusy))
		return
	}
	defer c.streams.Add(-1)
	for _, p := range pages {
		if p.kind == displayPage {
			defer c.panels.open(p.lane)()
		}
	}
	w.Header().Set("Content-Type", "text/event-stream")
	s := stream{out: w, control: http.NewResponseController(w), sent: map[string]string{}}
	if c.begin(pages, &s) == nil {
		c.follow(r.Context(), pages, &s, tokenOf(r), c.hasLinks(r))
	}
}

// followed are the pages that a stream is asked for; none where one of them is none.
func (c *console) followed(r *http.Request) (pages []page) {
	names := r.URL.Query()["page"]
	if names == nil {
		names = []string{string(indexPage), string(technicianPage)} // a program that wants to know of everything
	}
	for _, name := range names {
		p, ok := c.named(name)
		if !ok {
			return nil
		}
		pages = append(pages, p)
	}
	return pages
}

// begin tells what the pages have to fit, and what time it is.
func (c *console) begin(pages []page, s *stream) error {
	text := "retry: 1000\n"
	for _, p := range pages {
		text += event("layout", message{Page: c.nameOf(p), Layout: c.layout(p)})
	}
	return s.write(text + event("clock", message{Mono: c.Mono()}))
}

// follow sends what changes until the browser leaves or the server ends. A
// session that ends meanwhile takes what was its person's to see off the page; one
// that is linked needs none.
func (c *console) follow(ctx context.Context, pages []page, s *stream, token string, linked bool) {
	for {
		if _, signed := c.guestOf(ctx, token); c.Locked && !linked && !signed && !c.goOn(token, pages) {
			return
		}
		start := time.Now()
		all := c.sessions.watch(token)
		for _, p := range pages {
			now, w := c.look(c.scope(p))
			for _, one := range c.parts(ctx, p, now, fresh{}, token) {
				if s.send(c.nameOf(p), one) != nil {
					return
				}
			}
			all.changed = append(all.changed, w.changed...)
			all.at(w.next)
		}
		all.at(s.wrote.Add(beatEvery))
		switch wait(ctx, all) {
		case stopped:
			return
		case somethingChanged:
			if wait(ctx, watch{next: start.Add(lookEvery)}) == stopped {
				return
			}
		case timeUp:
			if time.Since(s.wrote) >= beatEvery && s.write(event("beat", message{})) != nil {
				return
			}
		}
	}
}

// serveDrawn is a customer display saying that it is alive.
func (c *console) serveDrawn(w http.ResponseWriter, r *http.Request) {
	i := slices.Index(c.names, r.PathValue("lane"))
	if i < 0 {
		answer(w, http.StatusNotFound, refused(words.AnswerNoLane))
		return
	}
	c.panels.answered(i)
	w.WriteHeader(http.StatusNoContent)
}

// stream is one browser that listens.
type stream struct {
	out     http.ResponseWriter
	control *http.ResponseController
	sent    map[string]string // part: its HTML as it was sent last
	wrote   time.Time
}

// message is what an event says.
type message struct {
	Page   string `json:"page,omitempty"`
	Part   string `json:"part,omitempty"`
	HTML   string `json:"html,omitempty"`
	Layout string `json:"layout,omitempty"`
	Mono   int64  `json:"mono,omitempty"`
}

func event(name string, m message) string {
	data, _ := json.Marshal(m) // texts and a number: it cannot fail
	return fmt.Sprintf("event: %s\ndata: %s\n\n", name, data)
}

// send writes a part that is not what the browser has.
func (s *stream) send(page string, p part) error {
	html, err := render(p.Component)
	key := page + "/" + p.name
	if err != nil || s.sent[key] == html {
		return err
	}
	if err := s.write(event("part", message{Page: page, Part: p.name, HTML: html})); err != nil {
		return err
	}
	s.sent[key] = html
	return nil
}

func (s *stream) write(text string) error {
	s.wrote = time.Now()
	_ = s.control.SetWriteDeadline(s.wrote.Add(writeWithin)) // a recorder in a test has no deadline
	if _, err := s.out.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}

type woken int

const (
	stopped woken = iota
	somethingChanged
	timeUp
)

// wait sleeps until a channel closes, the time comes or ctx is done.
func wait(ctx context.Context, w watch) woken {
	timer := time.NewTimer(time.Until(w.next))
	defer timer.Stop()
	cases := make([]reflect.SelectCase, 0, len(w.changed)+2)
	cases = append(cases,
		reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())},
		reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(timer.C)})
	for _, ch := range w.changed {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ch)})
	}
	switch which, _, _ := reflect.Select(cases); which {
	case 0:
		return stopped
	case 1:
		return timeUp
	}
	return somethingChanged
}
