package console

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"tillgate/agent/words"
)

// kind is which of the pages it is.
type kind string

const (
	indexPage      kind = "index"
	cashierPage    kind = "cashier"
	deskPage       kind = "deposit" // of a lane that takes deposits
	displayPage    kind = "display"
	technicianPage kind = "technician"
)

// ofLane tells whether a page is one lane's.
func (k kind) ofLane() bool { return k == cashierPage || k == displayPage || k == deskPage }

// page is one page, of one lane where it has one.
type page struct {
	kind kind
	lane int   // its index; 0 for the pages that have none
	said reply // about an action that was not taken
}

// part is a piece of a page that changes by itself: the first load and the event
// stream write it with the same component.
type part struct {
	name string
	templ.Component
}

// fresh is what only a page that is being loaded has. Parts in a stream are
// drawn without, so that they are the same until something happens.
type fresh struct {
	token string // for the forms of a browser without scripts
	mono  int64  // the boot clock
}

// pageOf finds the page that a request is for; ok is false when there is no such page.
func (c *console) pageOf(k kind, lane string) (p page, ok bool) {
	p.kind = k
	switch k {
	case cashierPage, displayPage, deskPage:
		p.lane = slices.Index(c.names, lane)
		return p, p.lane >= 0 && (k != deskPage || c.holds(p.lane))
	case indexPage, technicianPage:
		return p, lane == ""
	}
	return p, false
}

// nameOf is what an event stream calls a page: its kind, and its lane where it has one.
func (c *console) nameOf(p page) string {
	if p.kind.ofLane() {
		return string(p.kind) + ":" + c.names[p.lane]
	}
	return string(p.kind)
}

// named finds a page by its name in an event stream.
func (c *console) named(name string) (p page, ok bool) {
	k, lane, _ := strings.Cut(name, ":")
	return c.pageOf(kind(k), lane)
}

// scope is what a page needs to know.
func (c *console) scope(p page) scope {
	switch p.kind {
	case cashierPage:
		return scope{lanes: []int{p.lane}, board: true}
	case displayPage:
		return scope{lanes: []int{p.lane}}
	case deskPage: // what is held changes with each lane's
		s := scope{lanes: []int{p.lane}, board: true, desk: true}
		for i := range c.Lanes {
			if i != p.lane && c.holds(i) {
				s.lanes = append(s.lanes, i)
			}
		}
		return s
	}
	return c.everything()
}

// parts are the changing pieces of a page for the browser that has this session,
// what matters most first.
func (c *console) parts(ctx context.Context, p page, s state, f fresh, token string) []part {
	switch p.kind {
	case cashierPage:
		return []part{{"lane", laneLive(s.Lanes[0], f)}, {"lamp", lamp(s)}, {"sales", c.salesPart(ctx, s.Lanes[0], f, token)}}
	case deskPage:
		return []part{{"lane", deskLive(s.Lanes[0], f)}, {"lamp", lamp(s)}, {"held", c.heldPart(ctx, s.Lanes[0], token)}}
	case displayPage:
		return []part{{"display", displayLive(s.Lanes[0], s.Site, f)}}
	case technicianPage:
		return c.technicianParts(ctx, s, token)
	}
	all := make([]part, 0, len(s.Lanes)+1)
	for _, l := range s.Lanes {
		shown := tile(l)
		if in, why := c.mayLook(ctx, token, c.names[l.index]); why != (reply{}) {
			shown = shut("/", in, why)
		}
		all = append(all, part{fmt.Sprintf("lane-%d", l.index), shown})
	}
	return append(all, part{"alarms", alarms(s.Alarms)})
}

// salesPart reads the sales when it is drawn, after what matters more was sent.
func (c *console) salesPart(ctx context.Context, l laneState, f fresh, token string) templ.Component {
	return templ.ComponentFunc(func(drawing context.Context, w io.Writer) error {
		if in, why := c.mayLook(ctx, token, c.names[l.index]); why != (reply{}) {
			return shut(lanePath(l.Lane), in, why).Render(drawing, w)
		}
		list, ok := c.lastSales(ctx, l.index)
		return lastSales(l.Lane, list, ok, f).Render(drawing, w)
	})
}

// serveIndex leads to the cashier's page where there is one lane, and else shows all.
func (c *console) serveIndex(w http.ResponseWriter, r *http.Request) {
	if len(c.names) == 1 {
		http.Redirect(w, r, lanePath(c.names[0]), http.StatusSeeOther)
		return
	}
	c.writePage(w, r, http.StatusOK, page{kind: indexPage})
}

func (c *console) servePage(k kind) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, ok := c.pageOf(k, r.PathValue("lane"))
		if !ok {
			answer(w, http.StatusNotFound, refused(words.AnswerNoLane))
			return
		}
		if k == cashierPage && !c.sells(p.lane) { // its desk is all there is of it
			http.Redirect(w, r, deskPath(c.names[p.lane]), http.StatusSeeOther)
			return
		}
		c.writePage(w, r, http.StatusOK, p)
	}
}

// writePage writes a whole page, right without a script.
func (c *console) writePage(w http.ResponseWriter, r *http.Request, status int, p page) {
	s, _ := c.look(c.scope(p))
	f := fresh{token: rand.Text(), mono: c.Mono()}
	text, err := render(c.frame(p, s, f, c.parts(r.Context(), p, s, f, tokenOf(r))))
	if err != nil {
		c.Log.Error("page could not be drawn", "page", string(p.kind), "err", err)
		answer(w, http.StatusInternalServerError, refused(words.AnswerLaneBusy))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write([]byte(text)) // whoever went away needs no page
}

// frame is a page with its parts in their places.
func (c *console) frame(p page, s state, f fresh, parts []part) templ.Component {
	v := c.view(p, s)
	v.layout, v.fresh, v.said, v.parts = c.layout(p), f, p.said, map[string]templ.Component{}
	if p.kind == cashierPage || p.kind == deskPage {
		v.lane = s.Lanes[0]
	}
	for _, one := range parts {
		v.parts[one.name] = one.Component
	}
	return document(v)
}

// view is what of a frame stays as it is while the agent runs.
func (c *console) view(p page, s state) frameView {
	v := frameView{kind: p.kind, site: s.Site, name: strings.ToValidUTF8(c.nameOf(p), "\uFFFD"), feed: c.feed, customers: c.Extra != nil, metrics: c.Metrics != nil}
	if v.staffed, v.lang = c.staffed(), c.lang(); p.kind == displayPage {
		v.lang = "zh" // customers have both, as ever
	}
	v.deposits = c.Desk != nil && c.anyHolds()
	v.full, v.visit = p.kind == cashierPage && c.asksFull(p.lane), p.kind == cashierPage && c.asksDeposit(p.lane)
	for _, l := range s.Lanes {
		v.lanes = append(v.lanes, laneName{name: l.Lane, role: l.Role, index: l.index})
	}
	return v
}

// layout names a page's frame; it is the same as long as the page fits what the stream sends.
func (c *console) layout(p page) string {
	s, _ := c.look(c.scope(p))
	text, err := render(document(c.view(p, s)))
	if err != nil {
		return ""
	}
	return layoutOf(text, c.looks)
}

func render(what templ.Component) (string, error) {
	var out strings.Builder
	err := what.Render(context.Background(), &out)
	return out.String(), err
}

// lanePath is the address of a lane's cashier page.
func lanePath(lane string) string { return "/lanes/" + url.PathEscape(lane) }
