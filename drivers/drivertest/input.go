package drivertest

import (
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
)

// Input is a pin that a test drives. It keeps one edge until it is waited for,
// as a real pin does; an edge that In did not ask for is not kept.
type Input struct {
	mu    sync.Mutex
	level gpio.Level
	edge  gpio.Edge
	pull  gpio.Pull
	err   error
	reads int
	edges chan struct{}
	noIn  func(gpio.Edge) error
}

var _ gpio.PinIn = (*Input)(nil)

// NewInput answers a pin at a level.
func NewInput(level gpio.Level) *Input {
	return &Input{level: level, edges: make(chan struct{}, 1)}
}

// Set drives the pin. A change is an edge.
func (p *Input) Set(level gpio.Level) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if level == p.level {
		return
	}
	p.level = level
	if p.edge == gpio.BothEdges || level == gpio.High && p.edge == gpio.RisingEdge || level == gpio.Low && p.edge == gpio.FallingEdge {
		select {
		case p.edges <- struct{}{}:
		default:
		}
	}
}

// Blip drives the pin to the other level and back, faster than anybody reads.
func (p *Input) Blip() {
	was := p.Read()
	p.Set(!was)
	p.Set(was)
}

// Break makes Err answer err, as a pin does whose board was pulled out.
func (p *Input) Break(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
}

// Err is why the level cannot be read, if it cannot.
func (p *Input) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// RefuseIn makes In ask refuse first.
func (p *Input) RefuseIn(refuse func(gpio.Edge) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.noIn = refuse
}

// Reads is how often the level was read.
func (p *Input) Reads() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reads
}

// In says which edges are kept from now on.
func (p *Input) In(pull gpio.Pull, edge gpio.Edge) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.noIn != nil {
		if err := p.noIn(edge); err != nil {
			return err
		}
	}
	p.pull, p.edge = pull, edge
	select {
	case <-p.edges:
	default:
	}
	return nil
}

// Read is the level.
func (p *Input) Read() gpio.Level {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reads++
	return p.level
}

// WaitForEdge waits for an edge, or for the time; a negative time is no bound.
func (p *Input) WaitForEdge(timeout time.Duration) bool {
	if timeout < 0 {
		<-p.edges
		return true
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-p.edges:
		return true
	case <-timer.C:
		return false
	}
}

// Pull is what In asked for.
func (p *Input) Pull() gpio.Pull {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pull
}

// DefaultPull is not known.
func (p *Input) DefaultPull() gpio.Pull { return gpio.PullNoChange }

// Halt does nothing: a test may still look.
func (p *Input) Halt() error { return nil }

func (p *Input) String() string   { return p.Name() }
func (p *Input) Name() string     { return "input" }
func (p *Input) Number() int      { return 0 }
func (p *Input) Function() string { return "In" }
