package console

import (
	"net/http"
	"slices"
	"strings"

	"tillgate/agent/duty"
	"tillgate/agent/staff"
	"tillgate/agent/words"
)

// gateView is the form that opens a gate without the money.
type gateView struct {
	lanes     []string // with a gate that the guest may open
	lane, why string   // as they were typed
	spot      string   // whom the form proposes to type a PIN; empty: the clock is trusted
	form      string
}

// gates are the lanes whose gate somebody may open without the money.
func (c *console) gates(g guest) []string {
	return slices.DeleteFunc(c.Desk.Gates(), func(lane string) bool { return !g.Grants()[staff.Override].Has(lane) })
}

func (c *console) serveGate(w http.ResponseWriter, r *http.Request, g guest) {
	done := reply{}
	if r.URL.Query().Get("opened") != "" {
		done = speak(words.PageGateDone)
	}
	c.showGate(w, g, http.StatusOK, gateView{lane: r.URL.Query().Get("lane")}, reply{}, done)
}

// showGate writes the form, with why a gate was not opened, or that it was.
func (c *console) showGate(w http.ResponseWriter, g guest, status int, v gateView, why, done reply) {
	s := c.sheet(words.PageGate, &g)
	if v.lanes = c.gates(g); len(v.lanes) == 0 {
		c.show(w, http.StatusForbidden, s, alone(speak(words.PageGateNobody)))
		return
	}
	s.said, s.done = why, done
	v.spot, v.form = c.spotName(g), c.sessions.form(g.token)
	c.show(w, status, s, gatePage(v))
}

// openGate opens a gate without the money, once for each form.
func (c *console) openGate(w http.ResponseWriter, r *http.Request, g guest) {
	form := r.PostForm
	v := gateView{lane: form.Get("lane"), why: strings.TrimSpace(form.Get("why"))}
	if !c.sessions.sent(g.token, form.Get("form")) {
		c.showGate(w, g, http.StatusConflict, v, speak(words.PageGateSent), reply{})
		return
	}
	if !plain(v.why) {
		c.showGate(w, g, http.StatusUnprocessableEntity, gateView{lane: v.lane}, refused(words.AnswerTitleWrong), reply{})
		return
	}
	trouble, err := c.Desk.OpenGate(r.Context(), duty.Overrule{By: g.ID, Lane: v.lane, Why: v.why, Spot: spotOf(form)})
	switch {
	case err != nil:
		c.showGate(w, g, http.StatusForbidden, v, c.told(err), reply{})
	case trouble != "":
		c.showGate(w, g, http.StatusBadGateway, v, reply{Zh: trouble.Say(words.Zh), En: trouble.Say(words.En)}, reply{})
	default:
		http.Redirect(w, r, "/gate?opened=yes&lane="+v.lane, http.StatusSeeOther)
	}
}
