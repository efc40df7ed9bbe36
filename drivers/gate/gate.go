package gate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"

	"tillgate/drivers"
)

// Mode is what a pulse does to the barrier.
type Mode string

// The modes. The zero Mode is Pulse; Toggle exists to be refused.
const (
	Pulse  Mode = "pulse"  // every pulse opens
	Toggle Mode = "toggle" // a pulse opens or closes, whichever it did not do last
)

const (
	pulseDefault = 500 * time.Millisecond
	pulseMin     = 200 * time.Millisecond
	pulseMax     = time.Second
	gapDefault   = 500 * time.Millisecond
	releaseTries = 3
)

// Options is how a barrier wants to be told.
type Options struct {
	Mode  Mode
	Pulse time.Duration // 200 ms to 1 s; 0 is 500 ms
	Gap   time.Duration // from the end of a pulse to the next; 0 is 500 ms
}

// ReadOptions takes mode, pulse and gap from a device's URI.
func ReadOptions(o *drivers.Options) Options {
	return Options{
		Mode:  Mode(o.Word("mode", string(Pulse), string(Pulse), string(Toggle))),
		Pulse: o.Duration("pulse", pulseDefault, pulseMin, pulseMax),
		Gap:   o.Duration("gap", gapDefault, gapDefault, time.Minute),
	}
}

var (
	// ErrBusy is what Open answers during a pulse and in the gap after it: the
	// barrier has been told already.
	ErrBusy = errors.New("the gate is being opened already")
	// ErrClosed is what Open answers when the gate is closed or is being closed.
	ErrClosed = errors.New("the gate's relay was given back")
	// ErrToggle is why New refuses a barrier in toggle mode.
	ErrToggle = errors.New("a barrier in toggle mode would come down on a repeated pulse: " +
		"set its board to separate open and close inputs, and wire the relay to open")
)

// Gate opens a barrier. Its methods may be called from anywhere.
type Gate struct {
	name string
	pin  gpio.PinOut
	opt  Options
	quit chan struct{} // closed by Close

	mu     sync.Mutex    // never held during a pulse
	pulse  chan struct{} // closed when the pulse is over; nil when there is none
	until  time.Time     // end of the gap
	closed bool
}

// New releases the relay and answers its gate. It refuses a barrier in toggle
// mode, a pulse that no barrier takes, and a relay that cannot be released.
func New(name string, pin gpio.PinOut, opt Options) (*Gate, error) {
	opt.Mode = cmp.Or(opt.Mode, Pulse)
	opt.Pulse = cmp.Or(opt.Pulse, pulseDefault)
	opt.Gap = cmp.Or(opt.Gap, gapDefault)
	g := &Gate{name: name, pin: pin, opt: opt, quit: make(chan struct{})}
	switch {
	case opt.Mode == Toggle:
		return nil, fmt.Errorf("gate %s: %w", name, ErrToggle)
	case opt.Mode != Pulse:
		return nil, fmt.Errorf("gate %s: there is no mode %q", name, opt.Mode)
	case opt.Pulse < pulseMin || opt.Pulse > pulseMax:
		return nil, fmt.Errorf("gate %s: a pulse of %v is not between %v and %v", name, opt.Pulse, pulseMin, pulseMax)
	case opt.Gap < gapDefault:
		return nil, fmt.Errorf("gate %s: a gap of %v is less than %v", name, opt.Gap, gapDefault)
	}
	if err := g.release(); err != nil {
		return nil, err
	}
	return g, nil
}

// Name is the gate's name in the config.
func (g *Gate) Name() string { return g.name }

// Open energises the relay for one pulse and returns when it is released. A
// pulse that ctx or Close cuts short is an error, and the arm may have moved.
// During a pulse and in the gap after it Open answers ErrBusy, and nothing else
// happens. When the relay cannot be released the error says so.
func (g *Gate) Open(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("open gate %s: %w", g.name, err)
	}
	over, err := g.begin()
	if err != nil {
		return fmt.Errorf("open gate %s: %w", g.name, err)
	}
	defer g.end(over)
	if err := g.energise(ctx); err != nil {
		return fmt.Errorf("open gate %s: %w", g.name, err)
	}
	return nil
}

// energise is one pulse. Whatever happens in it, the relay is released.
func (g *Gate) energise(ctx context.Context) (err error) {
	defer func() {
		if stuck := g.release(); stuck != nil {
			err = errors.Join(err, stuck)
		}
	}()
	if err := g.pin.Out(gpio.High); err != nil {
		return fmt.Errorf("energise the relay: %w", err)
	}
	start := time.Now()
	timer := time.NewTimer(g.opt.Pulse)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-g.quit:
		err = ErrClosed
	}
	return fmt.Errorf("the pulse was cut short after %v: %w", time.Since(start).Round(time.Millisecond), err)
}

// Close cuts a pulse short, releases the relay and gives its pin back. A second
// Close does nothing.
func (g *Gate) Close() error {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return nil
	}
	g.closed = true
	close(g.quit)
	pulse := g.pulse
	g.mu.Unlock()
	if pulse != nil {
		<-pulse
	}
	err := g.release()
	if halted := g.pin.Halt(); halted != nil {
		err = errors.Join(err, fmt.Errorf("gate %s: give the pin back: %w", g.name, halted))
	}
	return err
}

func (g *Gate) begin() (over chan struct{}, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closed:
		return nil, ErrClosed
	case g.pulse != nil || time.Now().Before(g.until):
		return nil, ErrBusy
	}
	g.pulse = make(chan struct{})
	return g.pulse, nil
}

func (g *Gate) end(over chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pulse, g.until = nil, time.Now().Add(g.opt.Gap)
	close(over)
}

// release tries more than once: an energised relay that nobody releases is an
// open gate.
func (g *Gate) release() (err error) {
	for range releaseTries {
		if err = g.pin.Out(gpio.Low); err == nil {
			return nil
		}
	}
	return fmt.Errorf("gate %s: release the relay, which may still be energised: %w", g.name, err)
}
