package gpio

import (
	"fmt"
	"sync"
	"time"

	periph "periph.io/x/conn/v3/gpio"
)

// In is an input line, claimed from the first In to Halt. In may be called
// again, also after Halt.
type In struct {
	identity
	request request
	edges   chan struct{} // one edge is kept; more say no more

	mu     sync.Mutex
	line   line          // nil when the line is not claimed
	halted chan struct{} // closed with the line, so that nobody waits for its edges
	pull   periph.Pull
	err    error
}

var _ periph.PinIn = (*In)(nil)

// NewIn answers an input that is claimed when In is called.
func NewIn(a Address) *In { return newIn(a, fromKernel) }

func newIn(a Address, request request) *In {
	return &In{identity: identity{a, "In"}, request: request, edges: make(chan struct{}, 1), err: errHalted}
}

// In claims the line, or claims it anew with another pull or other edges.
func (i *In) In(pull periph.Pull, edge periph.Edge) error {
	if err := i.Halt(); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	select { // an edge of the claim before
	case <-i.edges:
	default:
	}
	l, err := i.request(i.address, config{pull: pull, edge: edge}, i.onEdge)
	if err != nil {
		i.err = err
		return err
	}
	i.line, i.pull, i.err, i.halted = l, pull, nil, make(chan struct{})
	return nil
}

func (i *In) onEdge() {
	select {
	case i.edges <- struct{}{}:
	default:
	}
}

// Read is the level; low when it cannot be read, and then Err says why.
func (i *In) Read() periph.Level {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.line == nil {
		return periph.Low
	}
	v, err := i.line.Value()
	if err != nil {
		i.err = fmt.Errorf("read line %s: %w", i.address, err)
		return periph.Low
	}
	i.err = nil
	return periph.Level(v != 0)
}

// Err is why the last Read could not be done, or nil.
func (i *In) Err() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.err
}

// WaitForEdge waits for an edge, for a time at most, and answers whether one
// came since it was asked last. A negative time is no bound. Halt ends it, and
// so does In.
func (i *In) WaitForEdge(timeout time.Duration) bool {
	i.mu.Lock()
	halted := i.halted
	i.mu.Unlock()
	if halted == nil {
		return false
	}
	var over <-chan time.Time
	if timeout >= 0 {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-i.edges:
		return true
	case <-halted:
		return false
	case <-over:
		return false
	}
}

// Pull is what In asked for last.
func (i *In) Pull() periph.Pull {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.pull
}

// DefaultPull is not known here.
func (i *In) DefaultPull() periph.Pull { return periph.PullNoChange }

// Halt gives the line back and ends WaitForEdge. A second Halt does nothing.
func (i *In) Halt() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.line == nil {
		return nil
	}
	err := i.line.Close() // waits for onEdge, which never waits
	close(i.halted)
	i.line, i.halted, i.err = nil, nil, errHalted
	if err != nil {
		return fmt.Errorf("give line %s back: %w", i.address, err)
	}
	return nil
}
