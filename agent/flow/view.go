package flow

import (
	"time"

	"tillgate/agent/words"
	"tillgate/store/entry"
)

// TellFor is how long a passing line stays on a screen.
const TellFor = 8 * time.Second

// View is a lane as people see it: screens, pages and the API show nothing else.
type View struct {
	Lane    string        `json:"lane"`
	Role    Role          `json:"role"`
	Order   words.Order   `json:"order"`
	Behind  []words.Order `json:"behind,omitempty"` // orders that are not in front of the lane and not finished
	Refund  words.Refund  `json:"refund,omitzero"`  // the newest one that the lane follows
	Deposit words.Deposit `json:"deposit,omitzero"` // the draft in front of the lane, else the newest that the lane follows
	Slip    string        `json:"slip,omitempty"`   // the number on the slip that was scanned last, until somebody is served
	Tell    words.Key     `json:"tell,omitempty"`   // a passing line
	TellAt  time.Time     `json:"-"`
	Told    int           `json:"-"`      // passing lines so far: the same one may be said twice
	Serial  int           `json:"serial"` // grows with every change
	Present bool          `json:"present"`
	Notice  words.Notice  `json:"notice,omitzero"` // a program's, which a new order ends
	Until   time.Time     `json:"-"`               // that Notice is shown
}

// View is the lane as it is now, and a channel that closes when it changes.
func (l *Lane) View() (View, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.view, l.changed
}

// publish makes what has been folded visible. Nothing is visible before its commit.
func (l *Lane) publish(tell words.Key) {
	v := View{Lane: l.Name, Role: l.role, Order: words.Order{Phase: words.Idle, Lane: l.Name}, Present: l.loop.Occupied}
	if l.current != nil {
		v.Order = l.current.order().View()
		v.Order.Turn = l.current.turn
		for i, q := range v.Order.QR {
			v.Order.QR[i].Wallets = l.Route.Payers[q.Merchant]
		}
	}
	for _, s := range l.all() {
		if o := s.order(); o != nil && s != l.current && !s.done {
			v.Behind = append(v.Behind, o.View())
		}
	}
	if l.newestRefund != nil {
		v.Refund = l.newestRefund.Machine.(Refunding).View()
	}
	v.Deposit, v.Slip = l.depositView(), l.slipped
	for i, q := range v.Deposit.QR {
		v.Deposit.QR[i].Wallets = l.Route.Payers[q.Merchant]
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if v.Notice, v.Until = l.view.Notice, l.view.Until; time.Now().After(v.Until) {
		v.Notice = words.Notice{}
	}
	v.Tell, v.TellAt, v.Told = l.view.Tell, l.view.TellAt, l.view.Told
	if now := time.Now(); tell != "" {
		v.Tell, v.TellAt, v.Told = tell, now, v.Told+1
	} else if now.Sub(v.TellAt) > TellFor {
		v.Tell = ""
	}
	v.Serial = l.view.Serial + 1
	l.view, l.front, l.free, l.frontKey = v, l.current, l.current == nil || l.current.done, entry.Seq(v.Order.Key)
	close(l.changed)
	l.changed = make(chan struct{})
}

// unnotice ends a program's text; what comes in its place is published.
func (l *Lane) unnotice() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.view.Notice = words.Notice{}
}

// notice shows a program's text.
func (l *Lane) notice(n Notice) {
	l.mu.Lock()
	l.view.Notice, l.view.Until = n.Notice, time.Now().Add(n.For)
	l.mu.Unlock()
	l.publish("")
}

// shows tells whether an order is the one in front of the lane. It may be asked
// from any goroutine.
func (l *Lane) shows(s *slot) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.front == s
}

// quiet tells whether a refund of an order may be spoken of, as faces does. It
// may be asked from any goroutine.
func (l *Lane) quiet(of entry.Seq) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.free || l.frontKey == of
}
