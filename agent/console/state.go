package console

import (
	"context"
	"slices"
	"strings"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// state is what a page shows, at one moment. A page of one lane has that one alone.
type state struct {
	Site    string      `json:"site,omitempty"`
	Lanes   []laneState `json:"lanes"`
	Devices []Device    `json:"devices"`
	Events  []Event     `json:"events"` // newest first
	Status  Status      `json:"status"`
	Alarms  []alarm     `json:"alarms"`
}

// laneState is a lane with its words.
type laneState struct {
	flow.View
	Zh words.Screen `json:"zh"`
	En words.Screen `json:"en"`
	// Say is the passing line, Chinese and English; nil when there is none.
	Say     []string `json:"say,omitempty"`
	Display bool     `json:"display"` // a customer display works
	Offers  []string `json:"offers"`  // verbs
	Seen    string   `json:"seen"`    // what an action carries, see sight

	index int
	codes []code      // the order's QR codes, drawn
	held  []code      // the deposit's
	front words.Order // as the customer display shows it
	guest bool        // whether the customer display shows the deposit
}

const eventsShown = 40

// scope is what a page needs to know.
type scope struct {
	lanes []int
	board bool // devices, events and status
	desk  bool // what is done is about deposits
}

// watch is what a look waits for before it looks again.
type watch struct {
	changed []<-chan struct{}
	next    time.Time // when something changes by itself; zero: never
}

func (w *watch) at(t time.Time) {
	if !t.IsZero() && (w.next.IsZero() || t.Before(w.next)) {
		w.next = t
	}
}

// look takes the state as it is now. The channels are taken first, so that
// nothing is missed.
func (c *console) look(which scope) (s state, w watch) {
	if which.board && c.Changed != nil {
		w.changed = append(w.changed, c.Changed())
	}
	now := time.Now()
	s = state{Site: clean(c.Site), Lanes: make([]laneState, 0, len(which.lanes)), Devices: []Device{}, Events: []Event{}, Alarms: []alarm{}}
	for _, i := range which.lanes {
		view, again := c.Lanes[i].View()
		shown, panels, until := c.panels.works(i, now)
		w.changed = append(w.changed, again, panels)
		w.at(until)
		l := c.laneOf(i, view, now, &w)
		if which.desk {
			l.Offers, l.Seen = c.deskOffers(i, l.Deposit), depositSight(c.life, l.Deposit)
		}
		l.Display = shown
		s.Lanes = append(s.Lanes, l)
	}
	if which.board {
		c.lookAtBoard(&s)
	}
	return s, w
}

func (c *console) lookAtBoard(s *state) {
	if c.Devices != nil {
		for _, d := range c.Devices() {
			d.Name, d.What, d.Text, d.State = clean(d.Name), clean(d.What), clean(d.Text), State(clean(string(d.State)))
			s.Devices = append(s.Devices, d)
		}
	}
	if c.Recent != nil {
		recent := c.Recent()
		for _, e := range slices.Backward(recent[max(0, len(recent)-eventsShown):]) {
			e.From, e.Text = clean(e.From), clean(e.Text)
			s.Events = append(s.Events, e)
		}
	}
	if c.Status != nil {
		s.Status = c.Status().clean()
	}
	s.Alarms = alarmsOf(s.Status, s.Devices)
}

// laneOf puts a view into words.
func (c *console) laneOf(i int, v flow.View, now time.Time, w *watch) laneState {
	v.Lane, v.Role = clean(v.Lane), flow.Role(clean(string(v.Role)))
	v.Order, v.Deposit = tidy(v.Order), tidyDeposit(v.Deposit)
	v.Behind = slices.Clone(v.Behind) // the lane's own slice stays as it is
	for i := range v.Behind {
		v.Behind[i] = tidy(v.Behind[i])
	}
	l := laneState{
		Zh: words.Show(v.Order, words.Zh), En: words.Show(v.Order, words.En),
		Offers: c.offersOf(i, v.Order.Phase), Seen: sightOf(c.life, v.Order), index: i,
	}
	if end := v.TellAt.Add(flow.TellFor); v.Tell != "" && now.Before(end) {
		l.Say = []string{clean(words.Say(v.Tell, words.Zh)), clean(words.Say(v.Tell, words.En))}
		w.at(end)
	} else {
		v.Tell = ""
	}
	if v.Notice != (words.Notice{}) && now.Before(v.Until) {
		v.Notice.Zh, v.Notice.En = clean(v.Notice.Zh), clean(v.Notice.En)
		w.at(v.Until)
	} else {
		v.Notice = words.Notice{}
	}
	for _, q := range v.Order.QR {
		l.codes = append(l.codes, c.draw(q))
	}
	l.front = v.Order
	if fades := c.fade.until(i, v.Order, now); !fades.IsZero() {
		if now.Before(fades) {
			w.at(fades)
		} else {
			l.front = words.Order{Phase: words.Idle, Lane: v.Lane}
		}
	}
	if shows, until := c.fade.guest(i, v.Deposit, l.front, now); shows {
		l.guest = true
		w.at(until)
	}
	for _, q := range v.Deposit.QR {
		l.held = append(l.held, c.draw(q))
	}
	l.View = v
	return l
}

// tidy hides payment codes in the texts of an order that people or networks wrote.
func tidy(o words.Order) words.Order {
	o.Lane, o.Title, o.Code, o.Text = clean(o.Lane), clean(o.Title), clean(o.Code), clean(o.Text)
	o.Number, o.Network, o.Phase = clean(o.Number), clean(o.Network), words.Phase(clean(string(o.Phase)))
	o.Trouble, o.QR = slices.Clone(o.Trouble), slices.Clone(o.QR)
	for i := range o.Trouble {
		o.Trouble[i] = clean(o.Trouble[i])
	}
	for i := range o.QR {
		o.QR[i].Network, o.QR[i].Link = clean(o.QR[i].Network), strings.ToValidUTF8(o.QR[i].Link, "\uFFFD")
	}
	return o
}

// clean makes a text of the world fit to be shown: no payment code, and UTF-8
// as pages and JSON are.
func clean(text string) string { return strings.ToValidUTF8(hideCodes(text), "\uFFFD") }

func (c *console) everything() scope {
	all := scope{board: true}
	for i := range c.Lanes {
		all.lanes = append(all.lanes, i)
	}
	return all
}

// lastSales are a lane's newest sales, read again when its orders have changed.
func (c *console) lastSales(ctx context.Context, i int) (list []Sale, ok bool) {
	if c.Sales == nil {
		return nil, true
	}
	view, _ := c.Lanes[i].View() // as it is now: an older look would take new sales for old ones
	return c.sales[i].of(ctx, stampOf(view), func(ctx context.Context) ([]Sale, error) { return c.Sales(ctx, c.names[i], salesShown) })
}
