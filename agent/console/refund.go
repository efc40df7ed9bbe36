package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tillgate/agent/duty"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/report"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// foundMax is how many movements a page lists at a time.
const foundMax = 30

// found is what was looked for, and what of it there is.
type found struct {
	path, text string
	filter     *filter // nil: the page has none
	movements  []report.Movement
	next       string // the address of the page that follows; empty: there is none
}

// serveFind looks for sales by what was typed or scanned. A whole number leads
// to its order.
func (c *console) serveFind(title words.Page) func(http.ResponseWriter, *http.Request, guest) {
	return func(w http.ResponseWriter, r *http.Request, g guest) {
		s, text := c.sheet(title, &g), strings.TrimSpace(r.URL.Query().Get("find"))
		if secretly(w, r) {
			return
		}
		if r.URL.Query().Get("secret") != "" {
			s.said = speak(words.PageSecret)
		}
		lanes, err := c.Desk.Sees(g.ID)
		if err != nil {
			c.show(w, http.StatusForbidden, s, alone(c.told(err)))
			return
		}
		q := report.Query{Lanes: lanes, Calendar: c.Desk.Calendar()}
		f := found{path: r.URL.Path, text: text}
		q.Search = report.ParseSearch(text, time.UnixMilli(c.Desk.Clock().Wall), q.Calendar)
		if name := q.Search.Order; name != "" {
			if order, err := c.Desk.Journal.Find(r.Context(), name); err == nil {
				http.Redirect(w, r, c.pathTo(r.Context(), order), http.StatusSeeOther)
				return
			}
		}
		next := url.Values{}
		if title == words.PageRefund {
			q.Kind, q.States = report.Sales, []report.State{report.Paid}
		} else {
			only := c.filterOf(r.URL.Query(), lanes)
			if err = only.narrow(&q); err != nil {
				c.show(w, http.StatusUnprocessableEntity, s, alone(speak(words.PageNotADay)))
				return
			}
			f.filter, next = &only, only.values()
		}
		before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64) // anything else is from the newest
		q.Before = entry.Seq(before)
		page, err := report.Details(r.Context(), c.Desk.Source(), q, foundMax)
		if errors.Is(err, report.ErrQuery) { // it ends before it begins
			c.show(w, http.StatusUnprocessableEntity, s, alone(speak(words.PageNotADay)))
			return
		}
		if err != nil {
			c.show(w, http.StatusInternalServerError, s, alone(c.told(err)))
			return
		}
		if f.movements = page.Movements; page.Next != 0 {
			next.Set("find", text)
			next.Set("before", strconv.FormatInt(int64(page.Next), 10))
			f.next = r.URL.Path + "?" + next.Encode()
		}
		c.show(w, http.StatusOK, s, findPage(f))
	}
}

// secretly leads away from an address that has what is never shown or kept in it, as
// when a payment code is scanned into a field to look for orders.
func secretly(w http.ResponseWriter, r *http.Request) bool {
	if !pay.Private(r.URL.Query().Get("find")) {
		return false
	}
	http.Redirect(w, r, r.URL.Path+"?secret=yes", http.StatusSeeOther)
	return true
}

// pathTo is the address of an order or a deposit.
func (c *console) pathTo(ctx context.Context, key entry.Seq) string {
	if _, err := c.Desk.Journal.Hold(ctx, key); err == nil {
		return depositPath(key)
	}
	return orderPath(key)
}

// orderPath is the address of an order's page.
func orderPath(order entry.Seq) string { return "/refund/" + strconv.FormatInt(int64(order), 10) }

// order is an order as its page shows it.
type order struct {
	store.Payment
	lane    string
	now     words.Order // of one that is not paid, as far as is known
	since   int64       // when it began; ms of the wall clock
	refunds []words.Refund
	form    string // the token of its form
	request duty.Request
	qr      code // of the request
}

// orderOf reads an order for somebody who may look at it: the same people may see
// it and send a form of its page.
func (c *console) orderOf(r *http.Request, g guest) (o order, err error) {
	ctx, none := r.Context(), &duty.Refusal{Why: words.HaltNoOrder, Args: []any{r.PathValue("order")}}
	if _, err = c.Desk.Sees(g.ID); err != nil { // who sees nothing is not told either what there is
		return o, err
	}
	key, err := strconv.ParseInt(r.PathValue("order"), 10, 64)
	if err != nil || key <= 0 {
		return o, none
	}
	switch o.Payment, err = c.Desk.Journal.Payment(ctx, entry.Seq(key)); {
	case errors.Is(err, store.ErrNotFound):
		return o, none
	case err != nil:
		return o, err
	}
	entries, err := c.Desk.Journal.Object(ctx, entry.Seq(key), 0)
	if err != nil {
		return o, err
	}
	if len(entries) > 0 {
		o.lane, _ = flow.LaneOf(entries[0])
		o.since = entries[0].Wall
	}
	if o.lane == "" {
		return o, none
	}
	if err = c.Desk.MayLook(g.ID, o.lane); err != nil {
		return o, err
	}
	if !o.Paid() {
		if c.Order == nil || entries[0].Kind.BeginsHold() {
			return o, none
		}
		if o.now, err = c.Order(ctx, o.Payment.Order); err != nil {
			return o, err
		}
		o.now = tidy(o.now)
	}
	if c.Refunds != nil {
		o.refunds, err = c.Refunds(ctx, o.Payment.Order)
	}
	if one, ok := c.sessions.of(g.token); ok && one.asked.Operation == duty.Refund && one.asked.Order == o.Order && one.asked.Until > c.Desk.Clock().Mono {
		o.request = one.asked
		o.qr = c.draw(words.QR{Link: c.byPhone(one.asked.Text)})
	}
	return o, err
}

// refundEvery is how soon a page looks again while a network is asked; seconds.
const refundEvery = "2"

func (c *console) serveOrder(w http.ResponseWriter, r *http.Request, g guest) {
	c.showOrder(w, r, g, http.StatusOK, reply{})
}

// showOrder writes an order's page, with why something was not done.
func (c *console) showOrder(w http.ResponseWriter, r *http.Request, g guest, status int, why reply) {
	s := c.sheet(words.PageRefund, &g)
	o, err := c.orderOf(r, g)
	if err != nil {
		if why == (reply{}) {
			why, status = c.told(err), http.StatusForbidden
		}
		c.show(w, status, s, alone(why))
		return
	}
	s.said, o.form = why, c.sessions.form(g.token)
	if slices.ContainsFunc(o.refunds, func(one words.Refund) bool { return one.Phase == words.RefundAsking }) && why == (reply{}) {
		w.Header().Set("Refresh", refundEvery)
	}
	c.show(w, status, s, orderPage(o))
}

// refund gives a part of an order back, once for each form. What takes approval
// first is kept for the session, and its page asks for it.
func (c *console) refund(w http.ResponseWriter, r *http.Request, g guest) {
	if !c.sessions.sent(g.token, r.PostForm.Get("form")) {
		c.showOrder(w, r, g, http.StatusConflict, speak(words.PageSentTwice))
		return
	}
	amount, why := sumOf(r.PostForm.Get("amount"))
	if amount == 0 {
		c.showOrder(w, r, g, http.StatusUnprocessableEntity, why)
		return
	}
	if reason := r.PostForm.Get("reason"); !plain(reason) {
		c.showOrder(w, r, g, http.StatusUnprocessableEntity, refused(words.AnswerTitleWrong))
		return
	}
	o, err := c.orderOf(r, g)
	if err != nil {
		c.showOrder(w, r, g, http.StatusForbidden, c.told(err))
		return
	}
	c.giveBack(w, r, g, duty.Ask{By: g.ID, Lane: c.Desk.Where(g.ID, o.lane), Order: o.Order, Amount: amount, Reason: strings.TrimSpace(r.PostForm.Get("reason"))})
}

// giveBack asks the desk, and says what it says.
func (c *console) giveBack(w http.ResponseWriter, r *http.Request, g guest, ask duty.Ask) {
	_, err := c.Desk.Refund(r.Context(), ask)
	var halted *duty.Refusal
	switch {
	case err == nil:
		c.sessions.ask(g.token, duty.Request{})
	case errors.As(err, &halted) && halted.Request != nil:
		c.sessions.ask(g.token, *halted.Request)
	default:
		c.showOrder(w, r, g, http.StatusUnprocessableEntity, c.told(err))
		return
	}
	http.Redirect(w, r, orderPath(ask.Order), http.StatusSeeOther)
}

func (c *console) approve(w http.ResponseWriter, r *http.Request, g guest) {
	c.approves(w, r, g, c.showOrder, func(ask duty.Ask) { c.giveBack(w, r, g, ask) }, orderPath)
}

// shower writes a page with why something was not done.
type shower func(w http.ResponseWriter, r *http.Request, g guest, status int, why reply)

// approves takes a supervisor's PIN, or the code of one who is elsewhere. The last
// yes has what was asked for done.
func (c *console) approves(w http.ResponseWriter, r *http.Request, g guest, show shower, do func(duty.Ask), path func(entry.Seq) string) {
	one, _ := c.sessions.of(g.token)
	form := r.PostForm
	var request duty.Request
	var err error
	if code := strings.TrimSpace(form.Get("code")); code != "" {
		request, err = c.Desk.ApproveByCode(one.asked.ID, pay.Secret(code))
	} else {
		request, err = c.Desk.ApproveByPIN(r.Context(), one.asked.ID, duty.Spot{Name: strings.TrimSpace(form.Get("name")), PIN: pay.Secret(form.Get("pin"))})
	}
	if err != nil {
		show(w, r, g, http.StatusForbidden, c.told(err))
		return
	}
	c.sessions.ask(g.token, request)
	if request.Needs > 0 {
		http.Redirect(w, r, path(request.Order), http.StatusSeeOther)
		return
	}
	ask := request.Ask
	ask.Request = request.ID
	do(ask)
}

// withdraw voids what the session waits to have approved.
func (c *console) withdraw(w http.ResponseWriter, r *http.Request, g guest) {
	c.drop(g)
	http.Redirect(w, r, "/refund", http.StatusSeeOther)
}

func (c *console) drop(g guest) {
	if one, ok := c.sessions.of(g.token); ok && one.asked.ID != "" {
		c.Desk.Withdraw(one.asked.ID)
		c.sessions.ask(g.token, duty.Request{})
	}
}
