package gate

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"periph.io/x/conn/v3/gpio"

	"tillgate/drivers"
)

const (
	onDefault   = 40 * time.Millisecond
	offDefault  = 400 * time.Millisecond
	pollDefault = 200 * time.Millisecond
	lookEvery   = 10 * time.Millisecond // while a change is under suspicion
)

// LoopOptions is how a loop's contact is read. High is occupied; a contact that
// is the other way round is an active-low pin.
type LoopOptions struct {
	On   time.Duration // occupied without a break before it counts; 0 is 40 ms
	Off  time.Duration // free without a break before it counts; 0 is 400 ms
	Poll time.Duration // between two readings when no edge comes; 0 is 200 ms
	Pull gpio.Pull
}

// ReadLoopOptions takes on, off, poll and pull from a device's URI.
func ReadLoopOptions(o *drivers.Options) LoopOptions {
	pulls := map[string]gpio.Pull{"as-is": gpio.PullNoChange, "none": gpio.Float, "up": gpio.PullUp, "down": gpio.PullDown}
	return LoopOptions{
		On:   o.Duration("on", onDefault, 10*time.Millisecond, time.Second),
		Off:  o.Duration("off", offDefault, 100*time.Millisecond, 5*time.Second),
		Poll: o.Duration("poll", pollDefault, 10*time.Millisecond, time.Second),
		Pull: pulls[o.Word("pull", "as-is", "as-is", "none", "up", "down")],
	}
}

// Loop is the contact of a vehicle loop.
type Loop struct {
	name string
	pin  gpio.PinIn
	opt  LoopOptions
}

var _ drivers.Source = (*Loop)(nil)

// NewLoop answers the loop behind a pin. A pin that can tell why it cannot be
// read has a method Err() error; others never fail.
func NewLoop(name string, pin gpio.PinIn, opt LoopOptions) *Loop {
	opt.On = cmp.Or(opt.On, onDefault)
	opt.Off = cmp.Or(opt.Off, offDefault)
	opt.Poll = cmp.Or(opt.Poll, pollDefault)
	return &Loop{name: name, pin: pin, opt: opt}
}

// Name is the loop's name in the config.
func (l *Loop) Name() string { return l.name }

// Run emits what the loop is, on or off, once at first, and then each change.
// The level is the truth and an edge is only a hint to look at it; but an edge
// within the time in which nothing may change begins that time again.
func (l *Loop) Run(ctx context.Context, emit func(drivers.Event)) error {
	edges := true
	if err := l.pin.In(l.opt.Pull, gpio.BothEdges); err != nil {
		edges = false // some pins have none
		if err := l.pin.In(l.opt.Pull, gpio.NoEdge); err != nil {
			return fmt.Errorf("open loop %s: %w", l.name, err)
		}
	}
	defer l.pin.Halt()
	d := debounce{on: l.opt.On, off: l.opt.Off}
	found, edge := false, false
	for ctx.Err() == nil {
		level := l.pin.Read()
		if err := l.failure(); err != nil {
			return fmt.Errorf("read loop %s: %w", l.name, err)
		}
		if !found {
			found = true
			emit(drivers.Event{Kind: drivers.Found, From: l.name})
		}
		if d.see(level, edge, time.Now()) {
			emit(drivers.Event{Kind: drivers.Loop, From: l.name, Text: text(level)})
		}
		edge = l.wait(ctx, edges, d.look(l.opt.Poll, time.Now()))
	}
	return nil
}

// wait waits for an edge, and for a time at most.
func (l *Loop) wait(ctx context.Context, edges bool, d time.Duration) (edge bool) {
	if edges {
		return l.pin.WaitForEdge(d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

func (l *Loop) failure() error {
	if pin, ok := l.pin.(interface{ Err() error }); ok {
		return pin.Err()
	}
	return nil
}

func text(level gpio.Level) string {
	if level == gpio.High {
		return drivers.On
	}
	return drivers.Off
}

// debounce finds the changes that last. It knows no clock.
type debounce struct {
	on, off time.Duration

	known bool // stable is what was told last
	stable,
	level gpio.Level // level is what was seen last
	since time.Time // of level, without a break
	seen  bool
}

// see takes a reading and says whether it is a change that has lasted.
func (d *debounce) see(level gpio.Level, edge bool, now time.Time) bool {
	if !d.seen || level != d.level || edge {
		d.seen, d.level, d.since = true, level, now
	}
	if d.known && level == d.stable || now.Sub(d.since) < d.lasts() {
		return false
	}
	d.known, d.stable = true, level
	return true
}

// look is when to look again: soon while a change is under suspicion, so that a
// break in it is seen.
func (d *debounce) look(poll time.Duration, now time.Time) time.Duration {
	if d.known && d.level == d.stable {
		return poll
	}
	left := d.lasts() - now.Sub(d.since)
	return max(time.Millisecond, min(left, lookEvery))
}

func (d *debounce) lasts() time.Duration {
	if d.level == gpio.High {
		return d.on
	}
	return d.off
}
