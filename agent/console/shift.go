package console

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tillgate/agent/duty"
	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// shiftView is what somebody sees of shifts: the own one, or that there is none,
// those that they may end for others, those that wait to be handed over, and the
// last ones.
type shiftView struct {
	lanes []string
	form  string
	mine  *shiftSlip // nil: not on duty
	other []shiftSlip
	ended []shiftSlip
	slips []slipRow
}

// slipRow is a shift that was handed over.
type slipRow struct {
	store.Shift
	who string
}

// slipsShown is how many of the last shifts a page lists.
const slipsShown = 10

// shiftSlip is a shift that was not handed over, with its slip as it would be now.
type shiftSlip struct {
	store.Shift
	slip  words.Handover
	items []words.HandoverItem // chosen unless somebody chooses others
	lanes []string             // at whose printers it may be printed
	form  string
	own   bool
}

func (c *console) serveShift(w http.ResponseWriter, r *http.Request, g guest) {
	c.showShift(w, r, g, http.StatusOK, reply{})
}

// showShift writes the page of shifts, with why something was not done.
func (c *console) showShift(w http.ResponseWriter, r *http.Request, g guest, status int, why reply) {
	s := c.sheet(words.PageShift, &g)
	v, err := c.shiftsOf(r.Context(), g)
	if err != nil {
		c.show(w, http.StatusInternalServerError, s, alone(c.told(err)))
		return
	}
	s.said = why
	c.show(w, status, s, shiftPage(v))
}

// shiftsOf reads what somebody sees of shifts.
func (c *console) shiftsOf(ctx context.Context, g guest) (v shiftView, err error) {
	v = shiftView{lanes: c.Desk.Lanes.Names(), form: c.sessions.form(g.token)}
	ended, err := c.Desk.Ended(ctx, g.ID)
	if err != nil {
		return v, err
	}
	on := slices.DeleteFunc(c.Desk.Journal.OnDuty(), func(s store.Shift) bool { return s.Who != g.ID && g.Role != staff.Manager })
	for _, shift := range slices.Concat(on, ended) {
		one := shiftSlip{Shift: shift, items: c.Desk.HandoverItems(), lanes: v.lanes, form: v.form, own: shift.Who == g.ID}
		if one.slip, err = c.Desk.Slip(ctx, g.ID, shift.ID); err != nil {
			return v, err
		}
		switch {
		case shift.Off != 0:
			v.ended = append(v.ended, one)
		case one.own:
			v.mine = &one
		default:
			v.other = append(v.other, one)
		}
	}
	slips, err := c.Desk.Slips(ctx, g.ID)
	for _, shift := range slips[:min(len(slips), slipsShown)] {
		p, _ := c.Desk.Roster.Person(shift.Who)
		v.slips = append(v.slips, slipRow{shift, cmp.Or(p.Name, shift.Who)})
	}
	return v, err
}

// clockOn begins a shift on the lanes that were chosen, or the whole store.
func (c *console) clockOn(w http.ResponseWriter, r *http.Request, g guest) {
	form := r.PostForm
	on := duty.ClockOn{Person: g.ID, Where: "page"}
	if form.Get("all") == "" {
		on.Lanes = form["lane"]
		if len(on.Lanes) == 0 {
			c.showShift(w, r, g, http.StatusUnprocessableEntity, speak(words.PageChooseLane))
			return
		}
	}
	if _, err := c.Desk.ClockOn(r.Context(), on); err != nil {
		c.showShift(w, r, g, http.StatusConflict, c.told(err))
		return
	}
	http.Redirect(w, r, "/shift", http.StatusSeeOther)
}

// shiftOf is the shift of a path; 0 is none.
func shiftOf(r *http.Request) entry.Seq {
	id, _ := strconv.ParseInt(r.PathValue("shift"), 10, 64) // what is no number is no shift
	return entry.Seq(max(id, 0))
}

// overPath is where a shift is handed over.
func overPath(id entry.Seq) string { return "/shift#" + shiftAnchor(id) }

func shiftAnchor(id entry.Seq) string { return "shift-" + strconv.FormatInt(int64(id), 10) }

// shiftPath is the address of a shift's slip.
func shiftPath(id entry.Seq) string { return "/shift/" + strconv.FormatInt(int64(id), 10) }

// clockOff ends a shift that is handed over later. Whoever ends their own is
// signed out with it.
func (c *console) clockOff(w http.ResponseWriter, r *http.Request, g guest) {
	shift, err := c.Desk.ClockOff(r.Context(), g.ID, shiftOf(r), strings.TrimSpace(r.PostForm.Get("why")))
	if err != nil {
		c.showShift(w, r, g, http.StatusConflict, c.told(err))
		return
	}
	c.gone(r, g, shift)
	http.Redirect(w, r, shiftPath(shift.ID), http.StatusSeeOther)
}

// gone ends the session of whoever has ended their own shift, but for its slip.
func (c *console) gone(r *http.Request, g guest, shift store.Shift) {
	one, ok := c.sessions.of(g.token)
	if !ok || shift.Who != g.ID {
		return
	}
	c.begun.forget(g.token)
	c.sessions.leave(g.token, shift.ID, time.Now())
	c.leave(r.Context(), one.seat, "person")
}

// handOver ends a shift, counts it and prints its slip, once for each form.
func (c *console) handOver(w http.ResponseWriter, r *http.Request, g guest) {
	form := r.PostForm
	if !c.sessions.sent(g.token, form.Get("form")) {
		c.showShift(w, r, g, http.StatusConflict, speak(words.PageSentTwice))
		return
	}
	h := duty.HandOver{By: g.ID, Shift: shiftOf(r), Where: form.Get("where"), Why: strings.TrimSpace(form.Get("why")), Items: []words.HandoverItem{},
		To: duty.Spot{Name: strings.TrimSpace(form.Get("name")), PIN: pay.Secret(form.Get("pin"))}}
	for _, item := range words.HandoverItems() {
		if slices.Contains(form["item"], string(item)) {
			h.Items = append(h.Items, item)
		}
	}
	if !slices.Contains(c.Desk.Lanes.Names(), h.Where) {
		h.Where = c.Desk.Lanes.Names()[0]
	}
	handed, err := c.Desk.HandOver(r.Context(), h)
	if err != nil {
		c.showShift(w, r, g, http.StatusConflict, c.told(err))
		return
	}
	if shift, err := c.Desk.Journal.Shift(r.Context(), h.Shift); err == nil {
		c.gone(r, g, shift)
	}
	address := shiftPath(h.Shift)
	if handed.Paper != "" {
		address += "?paper=" + string(handed.Paper)
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// slipReader is who may look at a shift's slip: whoever is signed in, or has just
// ended that very shift.
func (c *console) slipReader(r *http.Request) (g guest, id string, ok bool) {
	token := tokenOf(r)
	if g, ok = c.guestOf(r.Context(), token); ok {
		return g, g.ID, true
	}
	one, found := c.sessions.of(token)
	return guest{}, one.seat.Person, found && one.left != 0 && one.left == shiftOf(r)
}

// serveSlip is a shift's slip, as it was handed over or as it would be now.
func (c *console) serveSlip(w http.ResponseWriter, r *http.Request) {
	g, id, ok := c.slipReader(r)
	if !ok {
		http.Redirect(w, r, "/sign-in?"+nextQuery(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	s := c.sheet(words.PageShift, nil)
	if g.ID != "" {
		s = c.sheet(words.PageShift, &g)
	}
	slip, err := c.Desk.Slip(r.Context(), id, shiftOf(r))
	if err != nil {
		c.show(w, http.StatusNotFound, s, alone(c.told(err)))
		return
	}
	switch paper := words.Halt(r.URL.Query().Get("paper")); paper {
	case words.HaltNoPaper, words.HaltUnpaper:
		s.said = reply{Zh: paper.Say(words.Zh), En: paper.Say(words.En)}
	}
	shift, err := c.Desk.Journal.Shift(r.Context(), shiftOf(r))
	if err == nil && shift.Handed != 0 {
		s.done = speak(words.PageHanded)
	}
	c.show(w, http.StatusOK, s, slipPage(slip, c.Desk.Lanes.Names(), shift, g.ID != ""))
}

// printSlip prints a slip again, marked as a reprint.
func (c *console) printSlip(w http.ResponseWriter, r *http.Request, g guest) {
	paper, err := c.Desk.PrintAgain(r.Context(), g.ID, shiftOf(r), r.PostForm.Get("where"))
	if err != nil {
		c.show(w, http.StatusConflict, c.sheet(words.PageShift, &g), alone(c.told(err)))
		return
	}
	address := shiftPath(shiftOf(r))
	if paper != "" {
		address += "?paper=" + string(paper)
	}
	http.Redirect(w, r, address, http.StatusSeeOther)
}
