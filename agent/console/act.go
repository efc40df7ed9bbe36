package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

const (
	titleCharsMax = 42 // as pay.Charge.Title
	// amountBytesMax is less than a payment code has digits (16 to 24), so that
	// what is repeated to the clerk is never a code that went into the wrong field.
	amountBytesMax = 15
)

// action is what can be done from a page.
type action struct {
	verb string
	// eventOf makes the lane's event of an input, or says why it cannot.
	eventOf func(input) (flow.Event, reply)
	// order is set where it only matters which order the page saw, not how it
	// stood, and free where the input itself names what is meant.
	order, free bool
	// begins is set where it takes somebody who is signed in.
	begins bool
}

var actions = []action{
	{verb: verbAmount, eventOf: amountOf, begins: true},
	{verb: verbCode, eventOf: codeOf},
	{verb: verbQR, eventOf: func(input) (flow.Event, reply) { return flow.ShowQR{}, reply{} }},
	{verb: verbCash, eventOf: cashOf},
	{verb: verbCard, eventOf: cardOf},
	{verb: verbCancel, eventOf: func(input) (flow.Event, reply) { return flow.Cancel{Why: entry.ByClerk}, reply{} }, order: true},
	{verb: verbReprint, eventOf: reprintOf, free: true, begins: true},
}

// act reads an input, makes it an event and offers it to the lane of the path.
// A page without scripts gets the page back, everybody else JSON.
func (c *console) act(a action) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i := slices.Index(c.names, r.PathValue("lane"))
		if i < 0 {
			answer(w, http.StatusNotFound, refused(words.AnswerNoLane))
			return
		}
		in, err := read(r)
		if err != nil {
			status, why := misread(err)
			c.finish(w, r, i, status, why)
			return
		}
		who, status, why := c.mayAct(r, inFront{lane: i}, a.begins)
		if status != http.StatusOK {
			c.finish(w, r, i, status, why)
			return
		}
		if address := c.slipIn(r.Context(), in.Amount, in.Given, string(in.Code)); address != "" {
			leads(w, r, address)
			return
		}
		if in.Full != "" && !c.asksFull(i) || in.Beside+in.Room != "" && !c.asksDeposit(i) {
			c.finish(w, r, i, http.StatusUnprocessableEntity, refused(words.AnswerOneAmount))
			return
		}
		event, why := a.eventOf(in)
		if event == nil {
			c.finish(w, r, i, http.StatusUnprocessableEntity, why)
			return
		}
		status, re := c.offer(i, a, in, c.doneBy(event, who))
		if amount, ok := event.(flow.Amount); ok && re.OK {
			c.begun.begin(inFront{lane: i}, tokenOf(r), who, amount.Amount)
			c.begun.begin(inFront{i, true}, tokenOf(r), who, amount.Deposit)
		}
		c.finish(w, r, i, status, re)
	}
}

// doneBy is an event with whoever does it, as the journal has them.
func (c *console) doneBy(event flow.Event, who string) flow.Event {
	switch ev := event.(type) {
	case flow.Amount:
		if ev.Deposit > 0 {
			ev.Staff, ev.By = who, c.calls(who)
		}
		return ev
	case flow.DepositSpec:
		ev.Staff, ev.By = who, c.calls(who)
		return ev
	case flow.Cash:
		ev.Staff = who
		return ev
	case flow.Card:
		ev.Staff = who
		return ev
	}
	return event
}

// calls is what somebody is called, as networks and slips have it.
func (c *console) calls(who string) string {
	if who == "" {
		return ""
	}
	p, _ := c.Desk.Roster.Person(who)
	return p.Name
}

// misread is why an input could not be read.
func misread(err error) (int, reply) {
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return http.StatusRequestEntityTooLarge, refused(words.AnswerTooLong)
	}
	return http.StatusBadRequest, refused(words.AnswerNotUnderstood)
}

// offer gives a lane an event, once for each token, if the lane is as the page saw it.
func (c *console) offer(i int, a action, in input, event flow.Event) (status int, re reply) {
	seen := sight{text: in.Seen, life: c.life, order: a.order}
	if a.free {
		seen.text = ""
	}
	token := in.Token
	if token != "" {
		token = strings.Join([]string{c.names[i], a.verb, in.Key, token}, " ")
	}
	switch c.once.try(token, i, c.Lanes[i], seen, event) {
	case busy:
		return http.StatusServiceUnavailable, refused(words.AnswerLaneBusy)
	case movedOn:
		return http.StatusConflict, refused(words.AnswerMovedOn)
	case twice:
		return http.StatusConflict, refused(words.AnswerJustNow)
	}
	return http.StatusOK, reply{OK: true}
}

// isForm tells whether a page without scripts asks, which gets a page back.
func isForm(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// finish answers an action: JSON, or for a form without scripts the way back to the page.
func (c *console) finish(w http.ResponseWriter, r *http.Request, lane, status int, re reply) {
	switch {
	case !isForm(r):
		answer(w, status, re)
	case re.OK:
		http.Redirect(w, r, lanePath(c.names[lane]), http.StatusSeeOther)
	default:
		c.writePage(w, r, status, page{kind: cashierPage, lane: lane, said: re})
	}
}

// amountOf makes an amount that the lane may take.
func amountOf(in input) (flow.Event, reply) {
	fen, why := sumOf(in.Amount)
	if fen == 0 {
		return nil, why
	}
	full, why := fullOf(in.Full, fen)
	if why.Zh != "" {
		return nil, why
	}
	title, ref, room := strings.TrimSpace(in.Title), strings.TrimSpace(in.Ref), strings.TrimSpace(in.Room)
	if !plain(title) || !plain(ref) || !plain(room) {
		return nil, refused(words.AnswerTitleWrong)
	}
	amount := flow.Amount{Amount: fen, Full: full, Title: title, Ref: ref}
	if strings.TrimSpace(in.Beside) != "" {
		if amount.Deposit, why = sumOf(in.Beside); amount.Deposit == 0 {
			return nil, why
		}
		amount.Room = room
	}
	return amount, reply{}
}

// asksDeposit tells whether a lane takes a deposit beside an amount, in one visit.
func (c *console) asksDeposit(lane int) bool {
	return c.AsksDeposit != nil && c.AsksDeposit(c.names[lane])
}

// asksFull tells whether a lane takes a second amount.
func (c *console) asksFull(lane int) bool { return c.AsksFull != nil && c.AsksFull(c.names[lane]) }

// fullOf reads what of a sum takes part in no discount: nothing, or up to all of it.
func fullOf(text string, of money.Fen) (money.Fen, reply) {
	if strings.TrimSpace(text) == "" {
		return 0, reply{}
	}
	full, why := yuan(text)
	if why.Zh == "" && full > of {
		why = refused(words.AnswerFullHigh)
	}
	return full, why
}

// sumOf reads a sum in yuan, more than zero.
func sumOf(text string) (money.Fen, reply) {
	fen, why := yuan(text)
	if why.Zh == "" && fen == 0 {
		why = refused(words.TellAmountZero)
	}
	return fen, why
}

// yuan reads what was typed for a sum; nothing is rounded, and it is repeated
// only where it cannot be a payment code.
func yuan(text string) (money.Fen, reply) {
	text = strings.TrimSpace(text)
	if len(text) > amountBytesMax {
		return 0, refused(words.AnswerNotAnAmount)
	}
	fen, err := money.Parse(text)
	if err != nil {
		return 0, reply{Zh: words.Say(words.AnswerAmountWrong, words.Zh), En: upperFirst(err.Error())}
	}
	return fen, reply{}
}

func codeOf(in input) (flow.Event, reply) {
	if strings.TrimSpace(string(in.Code)) == "" {
		return nil, refused(words.AnswerNoCode)
	}
	return flow.Scanned{Text: in.Code}, reply{} // the lane says what it is
}

func cashOf(in input) (flow.Event, reply) {
	given, why := sumOf(in.Given)
	if given == 0 {
		return nil, why
	}
	return flow.Cash{Given: given}, reply{} // whether it is enough is for the lane to say
}

// cardOf takes a card terminal's reference, and never a card's number: those
// are not for us to keep.
func cardOf(in input) (flow.Event, reply) {
	ref := strings.TrimSpace(in.Ref)
	switch {
	case ref == "":
		return nil, refused(words.AnswerNoRef)
	case pay.Private(ref):
		return nil, refused(words.AnswerCardNumber)
	case !plain(ref):
		return nil, refused(words.AnswerTitleWrong)
	}
	return flow.Card{Ref: ref}, reply{}
}

func reprintOf(in input) (flow.Event, reply) {
	key, err := strconv.ParseInt(strings.TrimSpace(in.Key), 10, 64)
	if err != nil || key <= 0 {
		return nil, refused(words.AnswerNoSale)
	}
	return flow.Reprint{Key: entry.Seq(key)}, reply{}
}

// plain tells whether a text may stand on a slip and in a record: short, one
// line, without what is never kept and without what cannot be seen.
func plain(text string) bool {
	unseen := func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= titleCharsMax &&
		!strings.ContainsFunc(text, unseen) && !pay.Private(text)
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
