package console

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// The desk of a lane that takes deposits: what is in front of it, what can be done
// about it, and what is held. The lane decides, and is waited for: what it refuses
// is told where it was typed.

// saidWithin is how long a lane may take to write down what it was asked for.
const saidWithin = 10 * time.Second

// deskAction is what can be done about a deposit in front of a lane.
type deskAction struct {
	verb string
	// eventOf makes the lane's event of an input and the deposit that the page
	// saw, or says why it cannot.
	eventOf func(input, words.Deposit) (flow.Event, reply)
	begins  bool // it takes the right to sell
}

var deskActions = []deskAction{
	{verb: verbAmount, eventOf: holdOf, begins: true},
	{verb: verbCode, eventOf: func(in input, _ words.Deposit) (flow.Event, reply) { return codeOf(in) }},
	{verb: verbQR, eventOf: holdByQR, begins: true},
	{verb: verbCancel, eventOf: func(input, words.Deposit) (flow.Event, reply) { return flow.DropDeposit{}, reply{} }},
}

// holdOf makes a draft that waits for the guest's code.
func holdOf(in input, _ words.Deposit) (flow.Event, reply) {
	fen, why := sumOf(in.Amount)
	if fen == 0 {
		return nil, why
	}
	room, title := strings.TrimSpace(in.Room), strings.TrimSpace(in.Title)
	if !plain(room) || !plain(title) {
		return nil, refused(words.AnswerTitleWrong)
	}
	return flow.DepositSpec{Amount: fen, Room: room, Title: title}, reply{}
}

// holdByQR shows a code for the draft in front of the lane.
func holdByQR(_ input, d words.Deposit) (flow.Event, reply) {
	if d.Phase != words.DepositReady {
		return nil, refused(words.AnswerMovedOn)
	}
	return flow.DepositSpec{Amount: d.Amount, Room: d.Room, Title: d.Title, Ref: d.Ref, Instead: entry.Seq(d.Instead), QR: true}, reply{}
}

// holds tells whether deposits are taken on a lane.
func (c *console) holds(lane int) bool {
	view, _ := c.Lanes[lane].View()
	return view.Role.Holds()
}

// sells tells whether anything else is.
func (c *console) sells(lane int) bool {
	view, _ := c.Lanes[lane].View()
	return view.Role.Sells()
}

// anyHolds tells whether there is a desk for deposits at all.
func (c *console) anyHolds() bool {
	for i := range c.Lanes {
		if c.holds(i) {
			return true
		}
	}
	return false
}

// deskPath is the address of a lane's desk.
func deskPath(lane string) string { return lanePath(lane) + "/deposit" }

// depositPath is the address of a deposit's page.
func depositPath(key entry.Seq) string { return fmt.Sprintf("/deposits/%d", key) }

// actDeposit reads an input, gives the lane its event and waits for what it says.
func (c *console) actDeposit(a deskAction) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i := slices.Index(c.names, r.PathValue("lane"))
		if i < 0 || !c.holds(i) {
			answer(w, http.StatusNotFound, refused(words.AnswerNoLane))
			return
		}
		in, err := read(r)
		if err != nil {
			status, why := misread(err)
			c.finishDeposit(w, r, i, status, why)
			return
		}
		who, status, why := c.mayAct(r, inFront{i, true}, a.begins)
		if status == http.StatusOK {
			if address := c.slipIn(r.Context(), in.Amount, string(in.Code)); address != "" {
				leads(w, r, address)
				return
			}
			status, why = c.offerDeposit(r, i, a, in, who)
		}
		c.finishDeposit(w, r, i, status, why)
	}
}

// asking is a lane whose word on an event is waited for.
type asking struct {
	Lane
	heard chan flow.Said
	asked bool
}

func (l *asking) Offer(ev flow.Event) bool {
	l.asked = l.Lane.Offer(flow.Call{Of: ev, Done: func(s flow.Said) { l.heard <- s }})
	return l.asked
}

// offerDeposit gives a lane an event, once for each token, if the lane is as the
// page saw it, and tells what the lane says. A token whose event was refused may
// act again.
func (c *console) offerDeposit(r *http.Request, i int, a deskAction, in input, who string) (int, reply) {
	view, _ := c.Lanes[i].View()
	event, why := a.eventOf(in, view.Deposit)
	if event == nil {
		return http.StatusUnprocessableEntity, why
	}
	if spec, ok := event.(flow.DepositSpec); ok {
		event = c.doneBy(spec, who)
	}
	token := in.Token
	if token != "" {
		token = strings.Join([]string{c.names[i], "deposit", a.verb, token}, " ")
	}
	lane := &asking{Lane: c.Lanes[i], heard: make(chan flow.Said, 1)}
	switch c.once.try(token, i, lane, sight{text: in.Seen, life: c.life, deposit: true}, event) {
	case busy:
		return http.StatusServiceUnavailable, refused(words.AnswerLaneBusy)
	case movedOn:
		return http.StatusConflict, refused(words.AnswerMovedOn)
	case twice:
		return http.StatusConflict, refused(words.AnswerJustNow)
	}
	if !lane.asked { // this token has acted before
		return http.StatusOK, reply{OK: true}
	}
	ctx, cancel := context.WithTimeout(r.Context(), saidWithin)
	defer cancel()
	select {
	case said := <-lane.heard:
		if said.Tell != "" && said.Tell != words.TellHoldScan {
			c.once.forget(token, i)
			return http.StatusConflict, refused(said.Tell)
		}
		if spec, ok := event.(flow.DepositSpec); ok {
			c.begun.begin(inFront{i, true}, tokenOf(r), who, spec.Amount)
		}
		return http.StatusOK, reply{OK: true}
	case <-ctx.Done():
		return http.StatusServiceUnavailable, refused(words.AnswerLaneBusy)
	}
}

// finishDeposit answers: JSON, or for a form without scripts the way back to the page.
func (c *console) finishDeposit(w http.ResponseWriter, r *http.Request, lane, status int, re reply) {
	switch {
	case !isForm(r):
		answer(w, status, re)
	case re.OK:
		http.Redirect(w, r, deskPath(c.names[lane]), http.StatusSeeOther)
	default:
		c.writePage(w, r, status, page{kind: deskPage, lane: lane, said: re})
	}
}

// deskLook is how a deposit's phase looks, and what is offered beside a cancel.
type deskLook struct {
	tone     string
	standing standing
	offers   []string
}

var deskLooks = map[words.DepositPhase]deskLook{
	"":                    {"calm", free, toNext},
	words.DepositReady:    {"ready", owed, []string{verbCode, verbQR, verbAmount}},
	words.DepositScanUs:   {"ready", under, nil},
	words.DepositAsking:   {"busy", under, nil},
	words.DepositPassword: {"busy", under, nil},
	words.DepositChecking: {"warn", doubt, nil},
	words.DepositBack:     {"warn", doubt, nil},
	words.DepositRefused:  {"no", free, toNext},
	words.DepositHeld:     {"good", free, toNext},
	words.DepositMoving:   {"busy", free, toNext},
	words.DepositSettled:  {"calm", free, toNext},
	words.DepositLapsed:   {"warn", free, toNext},
	words.DepositMismatch: {"bad", free, toNext},
	words.DepositUnbooked: {"bad", free, toNext},
}

// deskLookOf is a phase's look; one without is shown as unknown.
func deskLookOf(p words.DepositPhase) deskLook {
	if l, ok := deskLooks[p]; ok {
		return l
	}
	return deskLooks[words.DepositChecking]
}

// deskOffers are the verbs that a desk offers about what is in front of it.
func (c *console) deskOffers(lane int, d words.Deposit) []string {
	offers := slices.Clone(deskLookOf(d.Phase).offers)
	if c.HoldsBy != nil {
		ways := c.HoldsBy(c.names[lane])
		offers = slices.DeleteFunc(offers, func(verb string) bool {
			way, takes := tenders[verb]
			return takes && !slices.Contains(ways, way)
		})
	}
	if d.Can.Cancel && d.Phase != words.DepositBack {
		offers = append(offers, verbCancel)
	}
	return offers
}

// deskWords are what the clerk reads of the deposit in front of a desk: nothing of
// a QR code where none can be shown.
func (l laneState) deskWords(lang words.Lang) words.Screen {
	s := words.ShowDepositStaff(l.Deposit, lang)
	if l.Deposit.Phase == words.DepositReady && !slices.Contains(l.Offers, verbQR) {
		s.Do = words.DepositScan.In(lang)
	}
	return s
}

// depositSight names the deposit in front of a lane and how it stands, as sightOf does.
func depositSight(life string, d words.Deposit) string {
	return fmt.Sprintf("%s.d%d.%d/%s", life, d.Key, d.Amount, deskLookOf(d.Phase).standing)
}

// tidyDeposit hides payment codes in the texts of a deposit that people or networks wrote.
func tidyDeposit(d words.Deposit) words.Deposit {
	for _, text := range []*string{&d.Lane, &d.Room, &d.Title, &d.Ref, &d.By, &d.Code, &d.Text, &d.Network, &d.Wallet} {
		*text = clean(*text)
	}
	d.Trouble, d.QR = slices.Clone(d.Trouble), slices.Clone(d.QR)
	for i := range d.Trouble {
		d.Trouble[i] = clean(d.Trouble[i])
	}
	for i := range d.QR {
		d.QR[i].Network, d.QR[i].Link = clean(d.QR[i].Network), strings.ToValidUTF8(d.QR[i].Link, "\uFFFD")
	}
	if d.Move != nil {
		m := *d.Move
		m.Code, m.Text, m.Reason, m.By = clean(m.Code), clean(m.Text), clean(m.Reason), clean(m.By)
		d.Move = &m
	}
	return d
}

// heldMax is how many deposits a desk lists, those that end first; the page of all
// deposits has the others.
const heldMax = 200

// held keeps what was read of what is held, because each desk shows the same.
type held struct {
	mu    sync.Mutex
	stamp string // of the lanes' deposits when they were read
	list  []words.Deposit
}

// heldNow are the deposits of which something is held, or may be, that end first
// in front. They are read again when a lane's have changed, and each minute for what
// ends meanwhile. ok is false when they cannot be read now.
func (c *console) heldNow(ctx context.Context) (list []words.Deposit, ok bool) {
	if c.Desk == nil || c.Deposit == nil {
		return nil, true
	}
	stamp := fmt.Sprintln(c.Desk.Clock().Mono / time.Minute.Milliseconds())
	for i := range c.Lanes {
		view, _ := c.Lanes[i].View()
		d := view.Deposit
		stamp += fmt.Sprintln(d.Key, d.Phase, d.Left, d.Captured, d.Released)
		if d.Move != nil {
			stamp += fmt.Sprintln(d.Move.Number, d.Move.Phase)
		}
	}
	c.held.mu.Lock()
	defer c.held.mu.Unlock()
	if c.held.stamp == stamp {
		return c.held.list, true
	}
	ctx, cancel := context.WithTimeout(ctx, salesWithin)
	defer cancel()
	list, err := c.depositsOf(ctx, store.HoldQuery{Open: true, Soonest: true, Max: heldMax})
	if err != nil {
		c.Log.Error("what is held could not be read", "err", err)
		return nil, false
	}
	c.held.stamp, c.held.list = stamp, list
	return list, true
}

// depositsOf are the deposits that a query wants, as they stand now.
func (c *console) depositsOf(ctx context.Context, q store.HoldQuery) (list []words.Deposit, err error) {
	rows, err := c.Desk.Journal.Holds(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		d, err := c.Deposit(ctx, row.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, tidyDeposit(d))
	}
	return list, nil
}

// heldPart reads what is held when it is drawn, after what matters more was sent.
func (c *console) heldPart(ctx context.Context, l laneState, token string) templ.Component {
	return templ.ComponentFunc(func(drawing context.Context, w io.Writer) error {
		if in, why := c.mayLook(ctx, token, c.names[l.index]); why != (reply{}) {
			return shut(deskPath(l.Lane), in, why).Render(drawing, w)
		}
		list, ok := c.heldNow(ctx)
		return heldRows(list, ok, c.wall()).Render(drawing, w)
	})
}

// wall is the time as deposits end by it.
func (c *console) wall() time.Time {
	if c.Desk == nil {
		return time.Now()
	}
	return time.UnixMilli(c.Desk.Clock().Wall)
}

// ends says how long a deposit of which something is held still is, and how loud.
type ends struct {
	days int
	tone string // seven, three and one days stand out
	any  bool   // its network says
}

func endsIn(d words.Deposit, now time.Time) ends {
	if d.Expires.IsZero() || d.Left == 0 {
		return ends{}
	}
	e := ends{days: int(max(d.Expires.Sub(now), 0) / (24 * time.Hour)), any: true, tone: "calm"}
	switch {
	case e.days <= 1:
		e.tone = "bad"
	case e.days <= 3:
		e.tone = "warn"
	case e.days <= 7:
		e.tone = "busy"
	}
	return e
}

// shownSum is the sum that a screen of a deposit is about: that of its move, what
// is still held, or what was asked for.
func shownSum(d words.Deposit) money.Fen {
	switch {
	case d.Phase == words.DepositMoving && d.Move != nil:
		return d.Move.Amount
	case d.Phase == words.DepositHeld && d.Left != 0:
		return d.Left
	}
	return d.Amount
}

// rowSum is what a list shows: what is still held, and of one that is over what was.
func rowSum(d words.Deposit) money.Fen {
	if d.Left != 0 {
		return d.Left
	}
	return d.Amount
}

func shownWallet(d words.Deposit) string { return cmp.Or(d.Wallet, d.Network) }

func roomText(d words.Deposit) string {
	if d.Room == "" {
		return ""
	}
	return words.DepositRoom.In(words.Zh) + " " + d.Room
}

// pictureOf are the pictures of the phases, as orders have them.
var pictureOf = map[words.DepositPhase]words.Phase{
	words.DepositReady: words.Ready, words.DepositScanUs: words.ScanUs, words.DepositAsking: words.Asking, words.DepositPassword: words.Password,
	words.DepositChecking: words.Checking, words.DepositBack: words.GoingBack, words.DepositRefused: words.Refused, words.DepositHeld: words.PaidOrder,
	words.DepositMoving: words.Asking, words.DepositSettled: words.PaidOrder, words.DepositLapsed: words.CancelledOrder,
	words.DepositMismatch: words.FrozenOrder, words.DepositUnbooked: words.Unbooked,
}
