package console

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tillgate/agent/duty"
	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// roles are what somebody can be made, the usual one first.
var roles = []staff.Role{staff.Clerk, staff.Manager, staff.Technician}

// peopleView is everybody who works here, and a form for one more.
type peopleView struct {
	all    []staff.Person
	me     string
	form   string
	serial int64        // of the cloud's document
	cloud  bool         // people come from there
	spot   string       // who types a PIN while the clock proves nothing; empty: it is trusted
	typed  staff.Person // of the form
}

// personView is one of them, and what may be done about them.
type personView struct {
	staff.Person
	lanes []string
	stamp string // of the person as the page shows them
	self  bool
	cloud bool
	spot  string
}

// setter lets somebody in who may set people, on some lane at least. What may be
// done to whom is the roster's to say.
func (c *console) setter(w http.ResponseWriter, g guest) bool {
	if len(g.Grants()[staff.Staff]) > 0 {
		return true
	}
	c.show(w, http.StatusForbidden, c.sheet(words.PageStaff, &g), alone(c.told(&staff.Refusal{Why: words.DeniedRight})))
	return false
}

// spotName is whom a form proposes to type a PIN while the clock proves nothing.
func (c *console) spotName(g guest) string {
	if c.Desk.Clock().Trust == entry.Trusted {
		return ""
	}
	return g.Name
}

func spotOf(form url.Values) duty.Spot {
	if form.Get("spot-pin") == "" {
		return duty.Spot{}
	}
	return duty.Spot{Name: strings.TrimSpace(form.Get("spot-name")), PIN: pay.Secret(form.Get("spot-pin"))}
}

func (c *console) servePeople(w http.ResponseWriter, r *http.Request, g guest) {
	c.showPeople(w, g, http.StatusOK, staff.Person{Role: staff.Clerk}, reply{}, r.URL.Query().Get("saved") != "")
}

// showPeople writes the list, with why something was not done.
func (c *console) showPeople(w http.ResponseWriter, g guest, status int, typed staff.Person, why reply, saved bool) {
	if !c.setter(w, g) {
		return
	}
	s := c.sheet(words.PageStaff, &g)
	if s.said = why; saved {
		s.done = speak(words.PageSaved)
	}
	c.show(w, status, s, peoplePage(peopleView{all: c.Desk.Roster.People(), me: g.ID, form: c.sessions.form(g.token), typed: typed,
		cloud: c.Desk.Roster.ByCloud(), serial: c.Desk.Roster.Serial(), spot: c.spotName(g)}))
}

// hire makes a person and shows their link: now, and never again.
func (c *console) hire(w http.ResponseWriter, r *http.Request, g guest) {
	form := r.PostForm
	p := staff.Person{Name: strings.TrimSpace(form.Get("name")), Role: staff.Role(form.Get("role"))}
	if !c.sessions.sent(g.token, form.Get("form")) {
		c.showPeople(w, g, http.StatusConflict, p, speak(words.PageSentTwice), false)
		return
	}
	c.people.Lock()
	link, err := c.Desk.Hire(r.Context(), g.ID, p, spotOf(form))
	c.people.Unlock()
	if err != nil {
		c.showPeople(w, g, http.StatusConflict, p, c.told(err), false)
		return
	}
	c.showLink(w, r, g, link)
}

// linkView is a link that is shown this once.
type linkView struct {
	staff.Person
	address string
	path    string
	qr      code
	minutes int64
}

// showLink writes a one-time link into the answer to the form that made it, so
// that no address leads to it.
func (c *console) showLink(w http.ResponseWriter, r *http.Request, g guest, link staff.Link) {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	v := linkView{path: "/activate/" + string(link.Token)}
	v.Person, _ = c.Desk.Roster.Person(link.Person)
	v.address = scheme + r.Host + v.path // the guard knows the host
	v.qr = c.draw(words.QR{Link: v.address})
	left := time.Duration(link.Until-c.Desk.Clock().Mono) * time.Millisecond
	v.minutes = int64(left.Round(time.Minute) / time.Minute)
	c.show(w, http.StatusOK, c.sheet(words.PageLink, &g), linkPage(v))
}

// personPath is the address of a person's page.
func personPath(id string) string { return "/people/" + url.PathEscape(id) }

// stampOfPerson changes with every change of a person.
func stampOfPerson(p staff.Person) string {
	p.PIN = false // is theirs to change
	sum := sha256.Sum256(entry.Encode(p))
	return hex.EncodeToString(sum[:8])
}

// personOf is a path's person, who has not left; else the page says that there is none.
func (c *console) personOf(w http.ResponseWriter, r *http.Request, g guest) (p staff.Person, ok bool) {
	if !c.setter(w, g) {
		return p, false
	}
	if p, ok = c.Desk.Roster.Person(r.PathValue("person")); !ok || p.Gone {
		c.showPeople(w, g, http.StatusNotFound, staff.Person{Role: staff.Clerk}, c.told(&staff.Refusal{Why: words.DeniedNobody}), false)
		return p, false
	}
	return p, true
}

func (c *console) servePerson(w http.ResponseWriter, r *http.Request, g guest) {
	if p, ok := c.personOf(w, r, g); ok {
		c.showPerson(w, g, http.StatusOK, p, reply{}, r.URL.Query().Get("saved") != "")
	}
}

// showPerson writes a person's page, as they are or as somebody has typed them.
func (c *console) showPerson(w http.ResponseWriter, g guest, status int, p staff.Person, why reply, saved bool) {
	s := c.sheet(words.PageStaff, &g)
	if s.said = why; saved {
		s.done = speak(words.PageSaved)
	}
	now, _ := c.Desk.Roster.Person(p.ID)
	p.Off, p.PIN = now.Off, now.PIN
	c.show(w, status, s, personPage(personView{Person: p, lanes: c.Desk.Lanes.Names(), stamp: stampOfPerson(now), self: p.ID == g.ID,
		cloud: c.Desk.Roster.ByCloud(), spot: c.spotName(g)}))
}

// typedPerson is a person as a form has them.
func typedPerson(p staff.Person, form url.Values) staff.Person {
	p.Name, p.Role, p.Rights = strings.TrimSpace(form.Get("name")), staff.Role(form.Get("role")), nil
	if form.Get("rights") == "own" {
		p.Rights = staff.Grants{}
		for _, right := range staff.Rights() {
			if lanes := form[string(right)]; len(lanes) > 0 {
				p.Rights[right] = lanes
			}
		}
	}
	return p
}

// setPerson makes of a person what the form says, if they are still as it showed.
func (c *console) setPerson(w http.ResponseWriter, r *http.Request, g guest) {
	p, ok := c.personOf(w, r, g)
	if !ok {
		return
	}
	typed := typedPerson(p, r.PostForm)
	c.people.Lock()
	defer c.people.Unlock()
	now, _ := c.Desk.Roster.Person(p.ID)
	if stampOfPerson(now) != r.PostForm.Get("stamp") {
		c.showPerson(w, g, http.StatusConflict, now, speak(words.PageStale), false)
		return
	}
	if err := c.Desk.SetPerson(r.Context(), g.ID, typed, spotOf(r.PostForm)); err != nil {
		c.showPerson(w, g, http.StatusConflict, typed, c.told(err), false)
		return
	}
	http.Redirect(w, r, personPath(p.ID)+"?saved=yes", http.StatusSeeOther)
}

// actOnPerson switches somebody off or on, lets them go, or makes their link.
func (c *console) actOnPerson(w http.ResponseWriter, r *http.Request, g guest) {
	p, ok := c.personOf(w, r, g)
	if !ok {
		return
	}
	c.people.Lock()
	defer c.people.Unlock()
	p, _ = c.Desk.Roster.Person(p.ID)
	back := personPath(p.ID) + "?saved=yes"
	var err error
	switch r.PathValue("act") {
	case "off", "on":
		p.Off = r.PathValue("act") == "off"
		err = c.Desk.SetPerson(r.Context(), g.ID, p, spotOf(r.PostForm))
	case "remove":
		err, back = c.Desk.RemovePerson(r.Context(), g.ID, p.ID), "/people?saved=yes"
	case "link":
		var link staff.Link
		if link, err = c.Desk.Activate(r.Context(), g.ID, p.ID); err == nil {
			c.showLink(w, r, g, link)
			return
		}
	default:
		err = &staff.Refusal{Why: words.DeniedNobody}
	}
	if err != nil {
		c.showPerson(w, g, http.StatusConflict, p, c.told(err), false)
		return
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

// roleWord and rightWord are a role and a right as pages say them.
func roleWord(r staff.Role) words.Role    { return words.Role(r) }
func rightWord(r staff.Right) words.Right { return words.Right(r) }

// mayBe is what somebody may do, in short, for the list: rights that were set
// one by one, with their lanes where those are not all.
func mayBe(p staff.Person) (list []string) {
	for _, right := range staff.Rights() {
		lanes := p.Rights[right]
		switch text := rightWord(right).In(words.Zh) + " " + rightWord(right).In(words.En); {
		case len(lanes) == 0:
		case lanes.Has(staff.Every):
			list = append(list, text)
		default:
			list = append(list, text+" ("+strings.Join(lanes, ", ")+")")
		}
	}
	return list
}
