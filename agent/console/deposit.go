package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"tillgate/agent/duty"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// codeDigitsMax is how many digits the longest payment code has. A voucher has more,
// and in fours some of them look like one.
const codeDigitsMax = 24

// depositsFound is how many deposits a page lists; the next one follows.
const depositsFound = 60

// depositSearch is what was looked for, and what of it there is.
type depositSearch struct {
	find, method, amount, room, from, until string
	all                                     bool // also what is over
	list                                    []words.Deposit
	next                                    string // the address of the page that follows; empty: there is none
	now                                     time.Time
	methods                                 []string
	elsewhere                               *flow.Foreign // what was looked for, at another terminal
	form                                    string        // the token of its form
}

// serveDeposits finds deposits: by what is scanned or typed, or by wallet, date,
// amount and room. A whole number, ours or the wallet's, leads to its page.
func (c *console) serveDeposits(w http.ResponseWriter, r *http.Request, g guest) {
	s, q := c.sheet(words.DepositPage, &g), r.URL.Query()
	_, typed := pay.Classify(q.Get("find"), nil) // without the blanks in which a wallet shows a voucher
	if len(typed) > codeDigitsMax {
		if address, err := c.addressOf(r.Context(), typed); err == nil {
			http.Redirect(w, r, address, http.StatusSeeOther)
			return
		}
	}
	if secretly(w, r) {
		return
	}
	if q.Get("secret") != "" {
		s.said = speak(words.PageSecret)
	}
	if _, err := c.Desk.Sees(g.ID); err != nil {
		c.show(w, http.StatusForbidden, s, alone(c.told(err)))
		return
	}
	get := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	f := depositSearch{find: hideCodes(typed), method: get("method"), amount: get("amount"), room: get("room"), from: get("from"), until: get("until"),
		all: get("state") == "all", now: c.wall(), methods: c.methods()}
	if f.find != "" {
		if address, err := c.addressOf(r.Context(), f.find); err == nil {
			http.Redirect(w, r, address, http.StatusSeeOther)
			return
		} else if errors.Is(err, store.ErrNotFound) {
			s.said = c.abroad(r, g, &f)
		}
		c.show(w, http.StatusOK, s, depositsPage(f))
		return
	}
	want, why := c.holdQuery(f)
	if why == (reply{}) {
		if err := c.fill(r.Context(), &f, want, q); err != nil {
			why = c.told(err)
		}
	}
	if why != (reply{}) {
		s.said = why
	}
	c.show(w, http.StatusOK, s, depositsPage(f))
}

// fill lists what was found: of what is held what ends first, of all the newest; and
// leads on to what follows.
func (c *console) fill(ctx context.Context, f *depositSearch, want store.HoldQuery, q url.Values) (err error) {
	skip, _ := strconv.Atoi(q.Get("skip")) // anything else is from the first
	before, _ := strconv.ParseInt(q.Get("before"), 10, 64)
	want.Soonest, want.Skip, want.Before, want.Max = want.Open, max(skip, 0), entry.Seq(before), depositsFound+1
	if want.Open {
		want.Before = 0
	}
	f.list, err = c.depositsOf(ctx, want)
	if err != nil || len(f.list) <= depositsFound {
		return err
	}
	f.list = f.list[:depositsFound]
	next := url.Values{}
	for _, name := range []string{"state", "method", "room", "amount", "from", "until"} {
		if text := q.Get(name); text != "" {
			next.Set(name, text)
		}
	}
	if want.Open {
		next.Set("skip", strconv.Itoa(want.Skip+depositsFound))
	} else {
		next.Set("before", strconv.FormatInt(f.list[depositsFound-1].Key, 10))
	}
	f.next = "/deposits?" + next.Encode()
	return nil
}

// holdQuery reads what was looked for, or says what of it is none.
func (c *console) holdQuery(f depositSearch) (q store.HoldQuery, why reply) {
	q = store.HoldQuery{Network: f.method, Room: f.room, Open: !f.all}
	if f.amount != "" {
		if q.Amount, why = sumOf(f.amount); q.Amount == 0 {
			return q, why
		}
	}
	calendar := c.Desk.Calendar()
	var err error
	if f.from != "" {
		if q.From, _, err = calendar.Day(f.from); err != nil {
			return q, speak(words.PageNotADay)
		}
	}
	if f.until != "" {
		if _, q.To, err = calendar.Day(f.until); err != nil {
			return q, speak(words.PageNotADay)
		}
	}
	return q, reply{}
}

// methods are the wallets that a deposit may be of.
func (c *console) methods() []string { return []string{"wechat", "alipay", "cloudpay"} }

// abroadWithin is how long the site's other terminals may take to say that they have
// a deposit.
const abroadWithin = 6 * time.Second

// abroad looks for a deposit at the site's other terminals, and says why it cannot
// tell; that nobody has it the page says by itself.
func (c *console) abroad(r *http.Request, g guest, f *depositSearch) reply {
	if c.Desk.Abroad == nil {
		return reply{}
	}
	ctx, cancel := context.WithTimeout(r.Context(), abroadWithin)
	defer cancel()
	there, err := c.Desk.Elsewhere(ctx, f.find)
	if err != nil {
		return c.told(err)
	}
	there.From, there.Lane, there.Room, there.Network = clean(there.From), clean(there.Lane), clean(there.Room), clean(there.Network)
	f.elsewhere, f.form = &there, c.sessions.form(g.token)
	return reply{}
}

// takeOver goes on with another terminal's deposit at a desk of this one, once for
// each form.
func (c *console) takeOver(w http.ResponseWriter, r *http.Request, g guest) {
	s, f := c.sheet(words.DepositPage, &g), depositSearch{find: hideCodes(r.PostForm.Get("find")), now: c.wall(), methods: c.methods()}
	if !c.sessions.sent(g.token, r.PostForm.Get("form")) {
		s.said = speak(words.PageSentTwice)
		c.show(w, http.StatusConflict, s, depositsPage(f))
		return
	}
	said, err := c.Desk.TakeOver(r.Context(), duty.Ask{By: g.ID, Lane: c.deskFor(g, ""), Number: f.find})
	if err != nil {
		s.said = c.told(err)
		c.show(w, http.StatusUnprocessableEntity, s, depositsPage(f))
		return
	}
	http.Redirect(w, r, depositPath(said.Key), http.StatusSeeOther)
}

// difference is where a network's totals were not ours, or at the takeover not those
// of the terminal that had it.
type difference struct {
	site         bool  // it is about the takeover
	at           int64 // Unix ms
	ours, theirs sums
}

// sums are those of a deposit: what was held is their sum.
type sums struct{ captured, released, left money.Fen }

// deposit is one deposit as its page shows it.
type deposit struct {
	words.Deposit
	hold    store.Hold
	paid    store.Payment // its captures, and what of them may go back
	refunds []words.Refund
	differs []difference
	ends    ends
	seen    string // what its page saw
	form    string // the token of its forms
	request duty.Request
	qr      code // of the request
}

// path is the address of the deposit's page, or of what is done about it.
func (d deposit) path(verb string) string {
	if verb == "" {
		return depositPath(d.hold.ID)
	}
	return depositPath(d.hold.ID) + "/" + verb
}

// words are what its page says of it: no slip is at hand that could be given to the
// guest, and of one that something was done about the newest step says what to do.
func (d deposit) words(lang words.Lang) words.Screen {
	s := words.ShowDepositStaff(d.Deposit, lang)
	switch {
	case d.Phase == words.DepositHeld && d.Can.Capture:
		s.Do = words.DepositBelow.In(lang)
	case (d.Phase == words.DepositHeld || d.Phase == words.DepositSettled) && d.Move != nil:
		s.Do = ""
	}
	return s
}

// can tells whether anything may be begun about it.
func (d deposit) can() bool { return d.Can.Capture || d.Can.Release || d.Can.Refund }

// depositOf reads a deposit for somebody who may see it: whoever is on duty, for a
// guest leaves at any desk.
func (c *console) depositOf(r *http.Request, g guest) (d deposit, err error) {
	ctx, none := r.Context(), &duty.Refusal{Why: words.HaltLane, Args: []any{words.TellHoldNone}}
	if _, err = c.Desk.Sees(g.ID); err != nil {
		return d, err
	}
	key, err := strconv.ParseInt(r.PathValue("deposit"), 10, 64)
	if err != nil || key <= 0 || c.Deposit == nil {
		return d, none
	}
	switch d.hold, err = c.Desk.Journal.Hold(ctx, entry.Seq(key)); {
	case errors.Is(err, store.ErrNotFound):
		return d, none
	case err != nil:
		return d, err
	}
	if d.Deposit, err = c.Deposit(ctx, d.hold.ID); err != nil {
		return d, err
	}
	d.Deposit, d.Key = tidyDeposit(d.Deposit), int64(d.hold.ID)
	d.Room = cmp.Or(d.Room, clean(d.hold.Room))
	if d.paid, err = c.Desk.Journal.Payment(ctx, d.hold.ID); err != nil {
		return d, err
	}
	if c.Refunds != nil && len(d.paid.Refunds) > 0 {
		if d.refunds, err = c.Refunds(ctx, d.hold.ID); err != nil {
			return d, err
		}
	}
	entries, err := c.Desk.Journal.Object(ctx, d.hold.ID, 0)
	d.differs = differencesOf(entries)
	d.ends = endsIn(d.Deposit, c.wall())
	d.seen = fmt.Sprintf("%d.%d.%d", d.hold.Last, len(d.refunds), d.paid.Left())
	if one, ok := c.sessions.of(g.token); ok && one.asked.Order == d.hold.ID && one.asked.Until > c.Desk.Clock().Mono {
		d.request, d.qr = one.asked, c.draw(words.QR{Link: c.byPhone(one.asked.Text)})
	}
	return d, err
}

// differencesOf are the moments at which the network's totals took the place of ours.
func differencesOf(entries []entry.Entry) (all []difference) {
	var amount, captured, released money.Fen
	what := map[string]string{}
	move := func(number string, sum, rest money.Fen) {
		if what[number] == entry.Capture {
			captured, released = captured+sum, released+rest
		} else {
			released += sum
		}
	}
	for _, e := range entries {
		switch e.Kind {
		case entry.HoldPlaced:
			amount = entry.Must[entry.HoldPlacedBody](e).Amount
		case entry.HoldAdopted:
			b := entry.Must[entry.HoldInheritedBody](e)
			captured, released = b.Captured, b.Released
			if s := b.Site; s != nil && b.Placed != nil {
				amount = b.Placed.Amount
				all = append(all, difference{site: true, at: e.Wall, ours: sums{s.Captured, s.Released, max(amount-s.Captured-s.Released, 0)},
					theirs: sums{captured, released, max(amount-captured-released, 0)}})
			}
		case entry.HoldInherited:
			b := entry.Must[entry.HoldInheritedBody](e)
			captured, released = b.Captured, b.Released
			if b.Placed != nil {
				amount = b.Placed.Amount
			}
			for _, m := range b.Moves {
				what[m.Number] = m.What
			}
		case entry.MoveAsked:
			b := entry.Must[entry.MoveAskedBody](e)
			what[b.Number] = b.What
		case entry.MoveDone:
			b := entry.Must[entry.MoveDoneBody](e)
			move(b.Number, b.Amount, b.Rest)
		case entry.MoveRefused:
			b := entry.Must[entry.MoveRefusedBody](e)
			move(b.Number, b.Amount, 0)
		case entry.HoldSeen:
			b := entry.Must[entry.HoldSeenBody](e)
			if b.Why == entry.SeenDiffers {
				all = append(all, difference{at: e.Wall, ours: sums{captured, released, max(amount-captured-released, 0)}, theirs: sums{b.Captured, b.Released, b.Left}})
			}
			captured, released = b.Captured, b.Released
		}
	}
	return all
}

func (c *console) serveDeposit(w http.ResponseWriter, r *http.Request, g guest) {
	c.showDeposit(w, r, g, http.StatusOK, reply{})
}

// showDeposit writes a deposit's page, with why something was not done. It looks
// again by itself while a network is asked.
func (c *console) showDeposit(w http.ResponseWriter, r *http.Request, g guest, status int, why reply) {
	s := c.sheet(words.DepositPage, &g)
	d, err := c.depositOf(r, g)
	if err != nil {
		if why == (reply{}) {
			why, status = c.told(err), http.StatusForbidden
		}
		c.show(w, status, s, alone(why))
		return
	}
	s.said, d.form = why, c.sessions.form(g.token)
	if d.moves() && why == (reply{}) && r.Method == http.MethodGet {
		w.Header().Set("Refresh", refundEvery)
	}
	c.show(w, status, s, depositPage(d))
}

// moves tells whether the deposit changes without a person.
func (d deposit) moves() bool {
	return !d.Phase.Over() || slices.ContainsFunc(d.refunds, func(one words.Refund) bool { return one.Phase == words.RefundAsking })
}

// step is a capture or a release as it was asked for, before it is confirmed.
type step struct {
	what    string // words.MoveCapture, MoveRelease
	amount  money.Fen
	last    bool // of a capture: the rest goes back with it
	reason  string
	lines   [2][]string // what is read, by language
	deposit deposit
}

// stepOf reads what is asked for about a deposit, or says why it cannot be.
func stepOf(d deposit, what string, q url.Values) (s step, why reply) {
	s = step{what: what, reason: strings.TrimSpace(q.Get("reason")), last: q.Get("last") != "" || d.Can.RestGoes, deposit: d}
	switch may := map[string]bool{words.MoveCapture: d.Can.Capture, words.MoveRelease: d.Can.Release}; {
	case !may[what]:
		return s, speakOf(words.DepositMovedOn)
	case !plain(s.reason):
		return s, refused(words.AnswerTitleWrong)
	case what == words.MoveRelease && s.reason == "":
		return s, reply{Zh: words.HaltReason.Say(words.Zh), En: words.HaltReason.Say(words.En)}
	}
	if s.amount, why = sumOf(q.Get("amount")); s.amount == 0 {
		return s, why
	}
	switch {
	case s.amount > d.Left:
		return s, speakOf(words.DepositMoreThan)
	case what == words.MoveRelease && !d.Can.Part && s.amount != d.Left:
		return s, refused(words.TellHoldWhole)
	}
	for _, lang := range []words.Lang{words.Zh, words.En} {
		if what == words.MoveCapture {
			s.lines[lang] = words.ReadCapture(d.Deposit, s.amount.String(), s.last, lang)
		} else {
			s.lines[lang] = words.ReadRelease(d.Deposit, s.amount.String(), lang)
		}
	}
	return s, reply{}
}

func speakOf(p words.DepositWord) reply { return reply{Zh: p.In(words.Zh), En: p.In(words.En)} }

// serveStep shows what a capture or a release does, to be read before it is confirmed.
func (c *console) serveStep(what string) func(http.ResponseWriter, *http.Request, guest) {
	return func(w http.ResponseWriter, r *http.Request, g guest) {
		d, err := c.depositOf(r, g)
		if err != nil {
			c.show(w, http.StatusForbidden, c.sheet(words.DepositPage, &g), alone(c.told(err)))
			return
		}
		if address := c.slipIn(r.Context(), r.URL.Query().Get("amount")); address != "" {
			http.Redirect(w, r, address, http.StatusSeeOther)
			return
		}
		one, why := stepOf(d, what, r.URL.Query())
		if why != (reply{}) {
			c.showDeposit(w, r, g, http.StatusUnprocessableEntity, why)
			return
		}
		one.deposit.form = c.sessions.form(g.token)
		c.show(w, http.StatusOK, c.sheet(words.DepositPage, &g), confirmPage(one))
	}
}

// takeStep carries out a capture or a release that was read and confirmed, once for
// each form, if the deposit is as its page saw it.
func (c *console) takeStep(what string) func(http.ResponseWriter, *http.Request, guest) {
	return func(w http.ResponseWriter, r *http.Request, g guest) {
		if !c.sessions.sent(g.token, r.PostForm.Get("form")) {
			c.showDeposit(w, r, g, http.StatusConflict, speak(words.PageSentTwice))
			return
		}
		d, err := c.depositOf(r, g)
		if err != nil {
			c.showDeposit(w, r, g, http.StatusForbidden, c.told(err))
			return
		}
		if r.PostForm.Get("seen") != d.seen {
			c.showDeposit(w, r, g, http.StatusConflict, speakOf(words.DepositMovedOn))
			return
		}
		one, why := stepOf(d, what, r.PostForm)
		if why != (reply{}) {
			c.showDeposit(w, r, g, http.StatusUnprocessableEntity, why)
			return
		}
		ask := duty.Ask{By: g.ID, Lane: c.deskFor(g, d.Lane), Order: d.hold.ID, Amount: one.amount, Reason: one.reason}
		if what == words.MoveRelease {
			ask.Operation = duty.Release
			c.carryOut(w, r, g, ask)
			return
		}
		_, err = c.Desk.Capture(r.Context(), ask, one.last)
		c.leadBack(w, r, g, d.hold.ID, err)
	}
}

// refundCaptured lets what was captured go back, or a part of it.
func (c *console) refundCaptured(w http.ResponseWriter, r *http.Request, g guest) {
	form := r.PostForm
	if !c.sessions.sent(g.token, form.Get("form")) {
		c.showDeposit(w, r, g, http.StatusConflict, speak(words.PageSentTwice))
		return
	}
	d, err := c.depositOf(r, g)
	if err != nil {
		c.showDeposit(w, r, g, http.StatusForbidden, c.told(err))
		return
	}
	if address := c.slipIn(r.Context(), form.Get("amount")); address != "" {
		http.Redirect(w, r, address, http.StatusSeeOther)
		return
	}
	amount, why := sumOf(form.Get("amount"))
	if amount == 0 {
		c.showDeposit(w, r, g, http.StatusUnprocessableEntity, why)
		return
	}
	reason := strings.TrimSpace(form.Get("reason"))
	if !plain(reason) {
		c.showDeposit(w, r, g, http.StatusUnprocessableEntity, refused(words.AnswerTitleWrong))
		return
	}
	c.carryOut(w, r, g, duty.Ask{Operation: duty.Refund, By: g.ID, Lane: c.deskFor(g, d.Lane), Order: d.hold.ID, Amount: amount, Capture: form.Get("capture"), Reason: reason})
}

// carryOut asks the desk for what may take an approval, and says what it says.
func (c *console) carryOut(w http.ResponseWriter, r *http.Request, g guest, ask duty.Ask) {
	if ask.Anew {
		c.anew(w, r, g, ask)
		return
	}
	var err error
	if ask.Operation == duty.Release {
		_, err = c.Desk.Release(r.Context(), ask)
	} else {
		_, err = c.Desk.Refund(r.Context(), ask)
	}
	c.leadBack(w, r, g, ask.Order, err)
}

// leadBack leads back to a deposit's page, which says what becomes of it, or why it
// was not begun, or who has to approve it first.
func (c *console) leadBack(w http.ResponseWriter, r *http.Request, g guest, key entry.Seq, err error) {
	var halted *duty.Refusal
	switch {
	case err == nil:
		c.sessions.ask(g.token, duty.Request{})
	case errors.As(err, &halted) && halted.Request != nil:
		c.sessions.ask(g.token, *halted.Request)
	default:
		c.showDeposit(w, r, g, http.StatusUnprocessableEntity, c.told(err))
		return
	}
	http.Redirect(w, r, depositPath(key), http.StatusSeeOther)
}

// deskFor is the lane at which somebody acts on a deposit of a lane: where they
// are on duty, if deposits are taken there, else its own, else any that takes them.
func (c *console) deskFor(g guest, of string) string {
	lane, any := c.Desk.Where(g.ID, of), ""
	for i, name := range c.names {
		if !c.holds(i) {
			continue
		}
		if name == lane {
			return lane
		}
		if any == "" || name == of {
			any = name
		}
	}
	return cmp.Or(any, lane)
}

func (c *console) approveDeposit(w http.ResponseWriter, r *http.Request, g guest) {
	c.approves(w, r, g, c.showDeposit, func(ask duty.Ask) { c.carryOut(w, r, g, ask) }, depositPath)
}

// withdrawDeposit voids what the session waits to have approved.
func (c *console) withdrawDeposit(w http.ResponseWriter, r *http.Request, g guest) {
	c.drop(g)
	http.Redirect(w, r, "/deposits/"+r.PathValue("deposit"), http.StatusSeeOther)
}

// holdAgain puts a draft in front of a desk that takes a deposit's place: once the
// new one is held, the lane releases the old one.
func (c *console) holdAgain(w http.ResponseWriter, r *http.Request, g guest) {
	if !c.sessions.sent(g.token, r.PostForm.Get("form")) {
		c.showDeposit(w, r, g, http.StatusConflict, speak(words.PageSentTwice))
		return
	}
	d, err := c.depositOf(r, g)
	if err != nil {
		c.showDeposit(w, r, g, http.StatusForbidden, c.told(err))
		return
	}
	if !d.Can.Release || r.PostForm.Get("seen") != d.seen {
		c.showDeposit(w, r, g, http.StatusConflict, speakOf(words.DepositMovedOn))
		return
	}
	c.anew(w, r, g, duty.Ask{By: g.ID, Lane: c.deskFor(g, d.Lane), Order: d.hold.ID})
}

// anew asks the desk for a deposit in another's place, which may take an approval.
func (c *console) anew(w http.ResponseWriter, r *http.Request, g guest, ask duty.Ask) {
	d, err := c.depositOf(r, g)
	if err != nil {
		c.showDeposit(w, r, g, http.StatusForbidden, c.told(err))
		return
	}
	spec := flow.DepositSpec{Amount: d.Left, Room: d.Room, Title: d.Title, Ref: d.Ref, Instead: d.hold.ID}
	if _, err := c.Desk.Hold(r.Context(), ask, spec); err != nil {
		c.leadBack(w, r, g, d.hold.ID, err)
		return
	}
	c.sessions.ask(g.token, duty.Request{})
	http.Redirect(w, r, deskPath(ask.Lane), http.StatusSeeOther)
}

// printAgain has the lane that follows a deposit print the slip of what was done last
// once more, marked as a reprint; once for each form.
func (c *console) printAgain(w http.ResponseWriter, r *http.Request, g guest) {
	if !c.sessions.sent(g.token, r.PostForm.Get("form")) {
		c.showDeposit(w, r, g, http.StatusConflict, speak(words.PageSentTwice))
		return
	}
	d, err := c.depositOf(r, g)
	if err == nil {
		err = c.Desk.May(g.ID, staff.Sell, c.deskFor(g, d.Lane))
	}
	if err != nil {
		c.showDeposit(w, r, g, http.StatusForbidden, c.told(err))
		return
	}
	i := slices.Index(c.names, d.Lane)
	if i < 0 { // it was another config's lane; a step on another one prints there
		c.showDeposit(w, r, g, http.StatusConflict, refused(words.TellNoReprint))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), saidWithin)
	defer cancel()
	said, err := flow.Ask(ctx, c.Lanes[i].Offer, flow.Reprint{Key: d.hold.ID})
	switch {
	case err != nil:
		c.showDeposit(w, r, g, http.StatusServiceUnavailable, refused(words.AnswerLaneBusy))
	case said.Tell != words.TellReprinted:
		c.showDeposit(w, r, g, http.StatusConflict, refused(said.Tell))
	default:
		c.showDeposit(w, r, g, http.StatusOK, refused(said.Tell))
	}
}

// routeDeposits are the pages of deposits for people who sign in.
func (c *console) routeDeposits(mux *http.ServeMux) {
	mux.HandleFunc("GET /deposits", c.signed(c.serveDeposits))
	mux.HandleFunc("GET /deposits/{deposit}", c.signed(c.serveDeposit))
	mux.HandleFunc("GET /deposits/{deposit}/capture", c.signed(c.serveStep(words.MoveCapture)))
	mux.HandleFunc("GET /deposits/{deposit}/release", c.signed(c.serveStep(words.MoveRelease)))
	mux.HandleFunc("POST /deposits/take-over", c.signed(c.takeOver))
	mux.HandleFunc("POST /deposits/{deposit}/capture", c.signed(c.takeStep(words.MoveCapture)))
	mux.HandleFunc("POST /deposits/{deposit}/release", c.signed(c.takeStep(words.MoveRelease)))
	mux.HandleFunc("POST /deposits/{deposit}/refund", c.signed(c.refundCaptured))
	mux.HandleFunc("POST /deposits/{deposit}/reprint", c.signed(c.printAgain))
	mux.HandleFunc("POST /deposits/{deposit}/again", c.signed(c.holdAgain))
	mux.HandleFunc("POST /deposits/{deposit}/approve", c.signed(c.approveDeposit))
	mux.HandleFunc("POST /deposits/{deposit}/withdraw", c.signed(c.withdrawDeposit))
}
