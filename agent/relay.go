package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"periph.io/x/conn/v3/gpio"

	"tillgate/agent/flow"
	"tillgate/drivers/gate"
)

// relay is a gate whose board may be absent: its pin is claimed, and released,
// as soon as it is there.
type relay struct {
	name  string
	claim func() (gpio.PinOut, error)
	opt   gate.Options

	mu   sync.Mutex
	gate *gate.Gate // nil while the pin is not claimed
}

// newRelay refuses a barrier in toggle mode before any pin is touched.
func newRelay(name string, claim func() (gpio.PinOut, error), opt gate.Options) (*relay, error) {
	if opt.Mode == gate.Toggle {
		return nil, gate.ErrToggle
	}
	return &relay{name: name, claim: claim, opt: opt}, nil
}

// Ready claims the pin if it is not claimed yet.
func (r *relay) Ready() error {
	_, err := r.ready()
	return err
}

func (r *relay) ready() (*gate.Gate, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gate != nil {
		return r.gate, nil
	}
	pin, err := r.claim()
	if err != nil {
		return nil, err
	}
	r.gate, err = gate.New(r.name, pin, r.opt)
	return r.gate, err
}

// Open gives one pulse.
func (r *relay) Open(ctx context.Context) error {
	g, err := r.ready()
	if err != nil {
		return fmt.Errorf("%w: %w", flow.ErrNotStarted, err)
	}
	err = g.Open(ctx)
	if errors.Is(err, gate.ErrBusy) { // another car's pulse, which this one may not ride on
		return fmt.Errorf("%w: %w", flow.ErrNotStarted, err)
	}
	return err
}

// Close releases the relay and gives the pin back.
func (r *relay) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gate == nil {
		return nil
	}
	return r.gate.Close()
}
