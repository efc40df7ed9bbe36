package console

import (
	"sync"
	"time"
)

// answersWithin is how long a customer display may be silent before it counts
// as dead: it answers every beat, so that a browser that hangs with its
// connection open is noticed too.
const answersWithin = 25 * time.Second

// panels know which lanes have a customer display that works. Nothing waits for
// one: a sale goes on without, and the cashier sees that nobody is being shown
// anything.
type panels struct {
	mu      sync.Mutex
	lanes   map[int]*panel
	changed chan struct{}
}

// panel is the displays of one lane.
type panel struct {
	open  int       // event streams
	heard time.Time // the last answer of any of them
}

// open notes a display that begins to listen; closed is its end.
func (p *panels) open(lane int) (closed func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one := p.of(lane)
	one.open++
	one.heard = time.Now()
	p.tell()
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		one.open--
		p.tell()
	}
}

// answered notes that a display has drawn what it was sent.
func (p *panels) answered(lane int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one, now := p.of(lane), time.Now()
	if now.Sub(one.heard) >= answersWithin {
		p.tell()
	}
	one.heard = now
}

// works tells whether a lane has a display that works, a channel that closes
// when that changes, and when it changes by itself (zero: never).
func (p *panels) works(lane int, now time.Time) (yes bool, changed <-chan struct{}, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.changed == nil {
		p.changed = make(chan struct{})
	}
	one := p.of(lane)
	if end := one.heard.Add(answersWithin); one.open > 0 && now.Before(end) {
		return true, p.changed, end
	}
	return false, p.changed, time.Time{}
}

func (p *panels) of(lane int) *panel {
	if p.lanes == nil {
		p.lanes = map[int]*panel{}
	}
	if p.lanes[lane] == nil {
		p.lanes[lane] = &panel{}
	}
	return p.lanes[lane]
}

func (p *panels) tell() {
	if p.changed != nil {
		close(p.changed)
		p.changed = nil
	}
}
