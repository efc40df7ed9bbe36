package console

import (
	"fmt"
	"sync"
	"time"

	"tillgate/agent/words"
)

// fadesAfter is how long the customer display goes on showing an order that is
// over: the next payer should not read of the last one's money. The cashier's
// page keeps it until the next amount.
var fadesAfter = map[words.Phase]time.Duration{
	words.PaidOrder:      25 * time.Second,
	words.CancelledOrder: 8 * time.Second,
}

// fade remembers since when each lane's order has been over. It is kept here and
// not in the browser, so that a display that is loaded again shows the same.
type fade struct {
	mu    sync.Mutex
	lanes map[int]over
	holds map[int]over // deposits; since is zero while one is under way, or nobody saw it so
}

type over struct {
	what  string
	since time.Time
}

// until is when an order is no longer shown to customers; zero: never.
func (f *fade) until(lane int, o words.Order, now time.Time) time.Time {
	after, ends := fadesAfter[o.Phase]
	f.mu.Lock()
	defer f.mu.Unlock()
	if !ends {
		delete(f.lanes, lane)
		return time.Time{}
	}
	what := sightOf(string(o.Phase), o)
	if f.lanes[lane].what != what {
		if f.lanes == nil {
			f.lanes = map[int]over{}
		}
		f.lanes[lane] = over{what, now}
	}
	return f.lanes[lane].since.Add(after)
}

// depositFades is how long the customer display shows what became of a deposit.
const depositFades = 25 * time.Second

// guest tells whether the customer display shows a deposit, and until when (zero:
// as long as it is so). It does while one is under way, and for a moment what
// became of it, unless an order has come since. What was over when this console
// began is nobody's business any more.
func (f *fade) guest(lane int, d words.Deposit, front words.Order, now time.Time) (shows bool, until time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.holds == nil {
		f.holds = map[int]over{}
	}
	was, seen := f.holds[lane]
	is := over{what: fmt.Sprint(d.Key, d.Phase)}
	if d.Move != nil {
		is.what += fmt.Sprint(d.Move.Number, d.Move.Phase)
	}
	switch {
	case d.Phase == "":
		f.holds[lane] = is
		return false, time.Time{}
	case !d.Phase.Over() && !(d.Move != nil && (d.Move.Phase == words.MoveStuck || d.Move.Phase == words.MoveAccepted)):
		f.holds[lane] = is
		return true, time.Time{}
	case !seen:
		f.holds[lane] = is
		return false, time.Time{}
	case was.what != is.what:
		was = over{is.what, now}
		f.holds[lane] = was
	}
	until = was.since.Add(depositFades)
	if was.since.IsZero() || !now.Before(until) {
		return false, time.Time{}
	}
	return front.Phase == words.Idle || standingOf(front.Phase) == free && f.lanes[lane].since.Before(was.since), until
}
