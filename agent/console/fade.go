package console

import (
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
