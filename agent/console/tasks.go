package console

import (
	"cmp"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"tillgate/agent/duty"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

func (c *console) serveTasks(w http.ResponseWriter, r *http.Request, g guest) {
	c.showTasks(w, r, g, http.StatusOK, reply{})
}

// showTasks writes what waits for a person, with why something was not done.
func (c *console) showTasks(w http.ResponseWriter, r *http.Request, g guest, status int, why reply) {
	s := c.sheet(words.PageTasks, &g)
	tasks, err := c.Desk.Tasks(r.Context(), g.ID)
	if err != nil {
		if why == (reply{}) {
			why, status = c.told(err), http.StatusForbidden
		}
		c.show(w, status, s, alone(why))
		return
	}
	s.said = why
	of := map[entry.Seq]about{}
	for _, one := range tasks {
		p, _ := c.Desk.Roster.Person(one.Who)
		_, err := c.Desk.Journal.Hold(r.Context(), one.Order)
		of[one.Key] = about{deposit: err == nil, who: cmp.Or(p.Name, one.Who)}
	}
	var asked []waiting
	for _, one := range c.Desk.Requests(g.ID) {
		asked = append(asked, waiting{one, c.pathTo(r.Context(), one.Order)})
	}
	c.show(w, status, s, tasksPage(asked, tasks, of, c.sessions.form(g.token)))
}

// waiting is something that waits for an approval, and the address of its order.
type waiting struct {
	duty.Request
	path string
}

// about is what a task's row does not say.
type about struct {
	deposit bool   // its order is one
	who     string // whose shift it is
}

// decide carries out what a manager has decided about a frozen order, or notes
// that a task has been seen to. Where its sum takes a second manager, their PIN is
// typed in the same form.
func (c *console) decide(w http.ResponseWriter, r *http.Request, g guest) {
	form := r.PostForm
	if !c.sessions.sent(g.token, form.Get("form")) {
		c.showTasks(w, r, g, http.StatusConflict, speak(words.PageSentTwice))
		return
	}
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(form.Get(name), 10, 64) // 0 is no task of anybody's
		return n
	}
	d := duty.Decision{By: g.ID, Key: entry.Seq(number("key")), Of: entry.Seq(number("of")), What: form.Get("what"), Amount: money.Fen(number("amount")), Why: form.Get("why")}
	err := c.Desk.Decide(r.Context(), d)
	var halted *duty.Refusal
	if second := strings.TrimSpace(form.Get("name")); second != "" && errors.As(err, &halted) && halted.Request != nil {
		d.Request = halted.Request.ID
		if _, err = c.Desk.ApproveByPIN(r.Context(), d.Request, duty.Spot{Name: second, PIN: pay.Secret(form.Get("pin"))}); err == nil {
			err = c.Desk.Decide(r.Context(), d)
		}
	}
	if err != nil {
		c.showTasks(w, r, g, http.StatusConflict, c.told(err))
		return
	}
	http.Redirect(w, r, "/tasks", http.StatusSeeOther)
}

// decisions are the words of what may be decided.
var decisions = map[string]words.Page{entry.Booked: words.PageBooked, entry.GoesBack: words.PageGoesBack, entry.Elsewhere: words.PageElsewhere, entry.GivenUp: words.PageGiveUp}
