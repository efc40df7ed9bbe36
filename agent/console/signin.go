package console

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"tillgate/agent/duty"
	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
)

// sayer is a refusal that is meant for people.
type sayer interface{ Say(words.Lang) string }

// told is an error as a page says it. What is no refusal is for the log alone.
func (c *console) told(err error) reply {
	var s sayer
	if errors.As(err, &s) {
		return reply{Zh: s.Say(words.Zh), En: s.Say(words.En)}
	}
	c.Log.Error("a page could not do what it was asked", "err", err)
	return speak(words.PageUndone)
}

func speak(p words.Page) reply { return reply{Zh: p.In(words.Zh), En: p.In(words.En)} }

// sheet is a page of those for people who sign in, around its content.
type sheet struct {
	lang  string
	site  string
	title namer
	holds bool          // deposits are taken here
	gates bool          // there is a gate
	guest *staff.Person // nil: nobody is signed in
	said  reply         // why something was not done
	done  reply         // that something was
	back  string        // the address to come back to after signing in
}

func (c *console) sheet(title namer, g *guest) sheet {
	s := sheet{lang: c.lang(), site: c.Site, title: title, holds: c.anyHolds()}
	s.gates = c.Desk != nil && len(c.Desk.Gates()) > 0
	if g != nil {
		s.guest = &g.Person
	}
	return s
}

// lang is the language that the staff's pages put in front, as HTML names it.
func (c *console) lang() string {
	if c.Desk != nil && c.Desk.Lang() == words.En {
		return "en"
	}
	return "zh"
}

// show writes a sheet with its content.
func (c *console) show(w http.ResponseWriter, status int, s sheet, content templ.Component) {
	text, err := render(sheetPage(s, content))
	if err != nil {
		c.Log.Error("page could not be drawn", "page", s.title.In(words.En), "err", err)
		answer(w, http.StatusInternalServerError, speak(words.PageUndone))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write([]byte(text)) // whoever went away needs no page
}

// signed is a page that takes somebody who is signed in; everybody else signs in
// first, and comes back to what they looked at.
func (c *console) signed(page func(http.ResponseWriter, *http.Request, guest)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		g, ok := c.guestOf(r.Context(), tokenOf(r))
		if !ok {
			back := "/"
			if r.Method == http.MethodGet {
				back = r.URL.RequestURI()
			}
			http.Redirect(w, r, "/sign-in?"+nextQuery(back), http.StatusSeeOther)
			return
		}
		if r.Method == http.MethodPost {
			if err := r.ParseForm(); err != nil {
				c.show(w, http.StatusBadRequest, c.sheet(words.PageStaff, &g), alone(speak(words.PageUnread)))
				return
			}
		}
		page(w, r, g)
	}
}

func (c *console) serveSignIn(w http.ResponseWriter, r *http.Request) {
	s := c.sheet(words.PageSignIn, nil)
	s.back = nextOf(r.URL.Query().Get("next"))
	if g, ok := c.guestOf(r.Context(), tokenOf(r)); ok {
		s.guest = &g.Person
	}
	if r.URL.Query().Get("set") != "" {
		s.done = speak(words.PagePINIsSet)
	}
	c.show(w, http.StatusOK, s, signInForm(s, "", c.staffed()))
}

// signIn lets somebody in. The door counts who is wrong, and how often.
func (c *console) signIn(w http.ResponseWriter, r *http.Request) {
	s := c.sheet(words.PageSignIn, nil)
	if err := r.ParseForm(); err != nil {
		s.said = speak(words.PageUnread)
		c.show(w, http.StatusBadRequest, s, signInForm(s, "", c.staffed()))
		return
	}
	form := r.PostForm
	s.back = nextOf(form.Get("next"))
	name := strings.TrimSpace(form.Get("name"))
	seat, err := c.Desk.SignIn(r.Context(), duty.Knock{Name: name, PIN: pay.Secret(form.Get("pin")), Desk: "page " + rand.Text()[:8]})
	if err != nil {
		s.said = c.told(err)
		c.show(w, http.StatusForbidden, s, signInForm(s, name, c.staffed()))
		return
	}
	c.signOut(r.Context(), tokenOf(r))
	token, pushed := c.sessions.begin(seat, time.Now())
	for _, old := range pushed {
		c.leave(r.Context(), old, "idle")
	}
	keep(w, r, token)
	http.Redirect(w, r, s.back, http.StatusSeeOther)
}

// signOut ends the session of a cookie, if there is one.
func (c *console) signOut(ctx context.Context, token string) {
	c.begun.forget(token)
	if one, ok := c.sessions.of(token); ok {
		c.sessions.end(token)
		c.leave(ctx, one.seat, "person")
	}
}

func (c *console) serveSignOut(w http.ResponseWriter, r *http.Request) {
	c.signOut(r.Context(), tokenOf(r))
	keep(w, r, "")
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// serveActivate is where a one-time link leads: its person sets a PIN. The link's
// token is in the address alone, never in the page.
func (c *console) serveActivate(w http.ResponseWriter, r *http.Request) {
	s := c.sheet(words.PageActivate, nil)
	p, err := c.Desk.Follow(pay.Secret(r.PathValue("token")))
	if err != nil {
		c.show(w, http.StatusNotFound, s, alone(c.told(err)))
		return
	}
	c.show(w, http.StatusOK, s, activateForm(p.Name))
}

func (c *console) activate(w http.ResponseWriter, r *http.Request) {
	s, token := c.sheet(words.PageActivate, nil), pay.Secret(r.PathValue("token"))
	p, err := c.Desk.Follow(token)
	if err == nil {
		err = r.ParseForm()
	}
	if err != nil {
		c.show(w, http.StatusNotFound, s, alone(c.told(err)))
		return
	}
	pin := r.PostForm.Get("pin")
	if pin != r.PostForm.Get("again") {
		s.said = speak(words.PagePINsDiffer)
		c.show(w, http.StatusUnprocessableEntity, s, activateForm(p.Name))
		return
	}
	if err := c.Desk.Finish(r.Context(), token, pay.Secret(pin)); err != nil {
		s.said = c.told(err)
		c.show(w, http.StatusUnprocessableEntity, s, activateForm(p.Name))
		return
	}
	http.Redirect(w, r, "/sign-in?set=yes", http.StatusSeeOther)
}

// routeStaff are the pages for people who sign in.
func (c *console) routeStaff(mux *http.ServeMux) {
	mux.HandleFunc("GET /sign-in", c.serveSignIn)
	mux.HandleFunc("POST /sign-in", c.signIn)
	mux.HandleFunc("POST /sign-out", c.serveSignOut)
	mux.HandleFunc("GET /activate/{token}", c.serveActivate)
	mux.HandleFunc("POST /activate/{token}", c.activate)
	mux.HandleFunc("GET /refund", c.signed(c.serveFind(words.PageRefund)))
	mux.HandleFunc("GET /search", c.signed(c.serveFind(words.PageSearch)))
	mux.HandleFunc("GET /refund/{order}", c.signed(c.serveOrder))
	mux.HandleFunc("POST /refund/{order}", c.signed(c.refund))
	mux.HandleFunc("POST /refund/{order}/approve", c.signed(c.approve))
	mux.HandleFunc("POST /refund/{order}/withdraw", c.signed(c.withdraw))
	mux.HandleFunc("GET /reports", c.signed(c.serveReport))
	mux.HandleFunc("GET /reports.csv", c.signed(c.serveReportFile))
	mux.HandleFunc("GET /reports/file", c.signed(c.serveFile))
	mux.HandleFunc("POST /reports/file/stop", c.signed(c.stopFile))
	mux.HandleFunc("GET /tasks", c.signed(c.serveTasks))
	mux.HandleFunc("POST /tasks", c.signed(c.decide))
	mux.HandleFunc("GET /gate", c.signed(c.serveGate))
	mux.HandleFunc("POST /gate", c.signed(c.openGate))
	mux.HandleFunc("GET /shift", c.signed(c.serveShift))
	mux.HandleFunc("POST /shift/on", c.signed(c.clockOn))
	mux.HandleFunc("GET /shift/{shift}", c.serveSlip)
	mux.HandleFunc("POST /shift/{shift}/off", c.signed(c.clockOff))
	mux.HandleFunc("POST /shift/{shift}/over", c.signed(c.handOver))
	mux.HandleFunc("POST /shift/{shift}/print", c.signed(c.printSlip))
	mux.HandleFunc("GET /people", c.signed(c.servePeople))
	mux.HandleFunc("POST /people", c.signed(c.hire))
	mux.HandleFunc("GET /people/{person}", c.signed(c.servePerson))
	mux.HandleFunc("POST /people/{person}", c.signed(c.setPerson))
	mux.HandleFunc("POST /people/{person}/{act}", c.signed(c.actOnPerson))
	mux.HandleFunc("GET /settings", c.signed(c.serveSettings))
	mux.HandleFunc("POST /settings", c.signed(c.set))
	mux.HandleFunc("GET /me", c.signed(c.serveMe))
	mux.HandleFunc("POST /me/pin", c.signed(c.changePIN))
	mux.HandleFunc("POST /me/key", c.signed(c.enrol))
	mux.HandleFunc("POST /me/answer", c.signed(c.answerRequest))
	mux.HandleFunc("GET /phone/{$}", c.servePhone)
	mux.HandleFunc("GET /phone/{file}", servePhoneFile)
}
