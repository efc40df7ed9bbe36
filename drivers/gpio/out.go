package gpio

import (
	"fmt"
	"sync"

	periph "periph.io/x/conn/v3/gpio"
)

// Out is an output line, claimed from OpenOut to Halt.
type Out struct {
	identity

	mu    sync.Mutex
	line  line // nil after Halt
	level periph.Level
}

var _ periph.PinOut = (*Out)(nil)

// OpenOut claims a line as an output that is low (inactive) from the first moment.
func OpenOut(a Address) (*Out, error) { return openOut(a, fromKernel) }

func openOut(a Address, request request) (*Out, error) {
	l, err := request(a, config{output: true}, func() {})
	if err != nil {
		return nil, err
	}
	return &Out{identity: identity{a, "Out"}, line: l}, nil
}

// Out sets the level. It writes also when the level is the one that was told
// last: another hand may have been at the board.
func (o *Out) Out(level periph.Level) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.line == nil {
		return fmt.Errorf("set line %s: %w", o.address, errHalted)
	}
	if err := o.line.SetValue(value(level)); err != nil {
		return fmt.Errorf("set line %s: %w", o.address, err)
	}
	o.level = level
	return nil
}

// Level is what the line was told last. It does not ask the board.
func (o *Out) Level() periph.Level {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.level
}

// Halt sets the line low and gives it back. A second Halt does nothing.
func (o *Out) Halt() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.line == nil {
		return nil
	}
	err := o.line.SetValue(value(periph.Low))
	if closed := o.line.Close(); err == nil {
		err = closed
	}
	o.line, o.level = nil, periph.Low
	if err != nil {
		return fmt.Errorf("give line %s back: %w", o.address, err)
	}
	return nil
}
