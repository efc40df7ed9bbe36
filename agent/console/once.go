package console

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// Two things keep an action from doing what nobody meant. A form carries a token
// that acts once, so that a double click or a repeat after a lost answer is
// harmless. And it carries what its page saw, so that it is refused when the
// lane has moved on since: another cashier, a scan, a restart. Programs that
// send neither act each time.

const (
	tokensMax     = 1024 // remembered; a page uses one at a time
	tokenBytesMax = 64
	// justNow is how long a lane may take to show what an action led to. Until
	// then another page that saw the same is told to look again.
	justNow = 2 * time.Second
)

// once remembers which tokens have acted, and what each lane was offered last.
type once struct {
	mu    sync.Mutex
	used  map[string]bool
	order []string // oldest first
	last  map[int]offered
}

// offered is a lane's last action that carried what its page saw.
type offered struct {
	serial int // of the view that it met
	at     time.Time
}

// outcome is what became of an action.
type outcome int

const (
	taken   outcome = iota // now, or when its token acted first
	busy                   // the lane has too much to do
	movedOn                // the lane is not as the page saw it
	twice                  // somebody else has just acted on what the page saw
)

// try offers an event to a lane once for each token, if the lane is as seen says.
func (o *once) try(token string, i int, lane Lane, seen sight, ev flow.Event) outcome {
	o.mu.Lock()
	defer o.mu.Unlock()
	if token != "" && o.used[token] {
		return taken
	}
	view, _ := lane.View()
	last := o.last[i]
	switch {
	case !seen.holds(view):
		return movedOn
	case seen.given() && last.serial == view.Serial && time.Since(last.at) < justNow:
		return twice
	case !lane.Offer(ev):
		return busy
	}
	if seen.given() {
		if o.last == nil {
			o.last = map[int]offered{}
		}
		o.last[i] = offered{view.Serial, time.Now()}
	}
	o.remember(token)
	return taken
}

// forget lets a token act again whose event the lane has refused, and others on
// what the page saw.
func (o *once) forget(token string, i int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.last, i)
	if !o.used[token] {
		return
	}
	delete(o.used, token)
	o.order = slices.DeleteFunc(o.order, func(one string) bool { return one == token })
}

func (o *once) remember(token string) {
	if token == "" {
		return
	}
	if o.used == nil {
		o.used = map[string]bool{}
	}
	if len(o.order) == tokensMax {
		delete(o.used, o.order[0])
		o.order = slices.Delete(o.order, 0, 1)
	}
	o.used[token] = true
	o.order = append(o.order, token)
}

// sight is what a page saw when somebody acted on it.
type sight struct {
	text    string // as sightOf wrote it, or depositSight; "" is not given
	life    string // the console's
	order   bool   // only which order it was matters, not how it stood
	deposit bool   // it is of the deposit in front of the lane
}

func (s sight) given() bool { return s.text != "" }

// holds tells whether the lane is still as the page saw it.
func (s sight) holds(v flow.View) bool {
	if !s.given() {
		return true
	}
	if s.deposit {
		return s.text == depositSight(s.life, v.Deposit)
	}
	now := sightOf(s.life, v.Order)
	if s.order {
		return whichOrder(s.text) == whichOrder(now)
	}
	return s.text == now
}

// sightOf names the order in front of a lane and how it stands. The life comes
// first: turns count from the start of the agent. Where the lane does not count
// them the order's key is the next best, though a draft has none.
func sightOf(life string, o words.Order) string {
	which := fmt.Sprintf("%s.%d.%d", life, o.Turn, o.Amount)
	if o.Turn == 0 {
		which += fmt.Sprintf(".%d", o.Key)
	}
	return which + "/" + string(standingOf(o.Phase))
}

func whichOrder(sight string) string {
	which, _, _ := strings.Cut(sight, "/")
	return which
}
