package drivertest

import (
	"errors"
	"slices"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/physic"
)

// Change is a level that an output was set to, and when.
type Change struct {
	Level gpio.Level
	At    time.Time
}

// Pin is an output that remembers what it was told, also when that is the level
// that it has already. Its zero value is ready.
type Pin struct {
	mu      sync.Mutex
	changes []Change
	fail    func(gpio.Level) error
	halted  bool
}

var _ gpio.PinOut = (*Pin)(nil)

// Out remembers the level. After Halt, or while Fail says so, it is an error
// and nothing changes.
func (p *Pin) Out(l gpio.Level) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.halted {
		return errors.New("the pin has been halted")
	}
	if p.fail != nil {
		if err := p.fail(l); err != nil {
			return err
		}
	}
	p.changes = append(p.changes, Change{l, time.Now()})
	return nil
}

// Fail makes Out ask fail first; nil makes it work again.
func (p *Pin) Fail(fail func(gpio.Level) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fail = fail
}

// Changes is all that the pin was told.
func (p *Pin) Changes() []Change {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.changes)
}

// Level is what the pin was told last; an output that was told nothing is low.
func (p *Pin) Level() gpio.Level {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.changes) == 0 {
		return gpio.Low
	}
	return p.changes[len(p.changes)-1].Level
}

// Pulses is how long the pin was high, each time; the last may not be over.
func (p *Pin) Pulses() (lengths []time.Duration) {
	var up time.Time
	for _, c := range p.Changes() {
		switch {
		case c.Level == gpio.High && up.IsZero():
			up = c.At
		case c.Level == gpio.Low && !up.IsZero():
			lengths = append(lengths, c.At.Sub(up))
			up = time.Time{}
		}
	}
	if !up.IsZero() {
		lengths = append(lengths, time.Since(up))
	}
	return lengths
}

// Halt ends the pin.
func (p *Pin) Halt() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.halted = true
	return nil
}

// Halted says whether the pin was given back.
func (p *Pin) Halted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.halted
}

// PWM is not what a relay is for.
func (p *Pin) PWM(gpio.Duty, physic.Frequency) error { return errors.New("the pin has no PWM") }

func (p *Pin) String() string   { return p.Name() }
func (p *Pin) Name() string     { return "pin" }
func (p *Pin) Number() int      { return 0 }
func (p *Pin) Function() string { return "Out" }
