//go:build demo

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"periph.io/x/conn/v3/gpio"

	"tillgate/drivers/drivertest"
	"tillgate/printer/paper"
	"tillgate/speaker"
)

// wire is a pseudo-terminal in raw mode: the agent opens its path like any
// serial port, the stand-in has the near end.
type wire struct{ near, far *os.File }

// newWire opens a pseudo-terminal and gives it a name that a config can hold,
// as udev does under /dev/serial/by-id.
func newWire(path string) (*wire, error) {
	near, far, err := drivertest.OpenTerminal()
	if err != nil {
		return nil, err
	}
	w := &wire{near, far}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	if err := os.Symlink(far.Name(), path); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// Close hangs up.
func (w *wire) Close() error { return errors.Join(w.near.Close(), w.far.Close()) }

// demoScanner types codes at the pace of its baud rate, as a scanner's UART does.
type demoScanner struct {
	*wire
	baud int
	mu   sync.Mutex // one code at a time
}

// scan sends one code and a carriage return; 10 bits a character.
func (s *demoScanner) scan(ctx context.Context, code string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	pace := time.NewTicker(10 * time.Second / time.Duration(s.baud))
	defer pace.Stop()
	for _, b := range []byte(code + "\r") {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-pace.C:
		}
		if _, err := s.near.Write([]byte{b}); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
	}
	return nil
}

// demoPrinter draws what it is sent, and hands over each slip that is out.
type demoPrinter struct {
	*wire
	port *paper.Port
}

func newPrinter(path string, dots int, font *paper.Font, slip func(paper.Slip), drawer func()) (*demoPrinter, error) {
	w, err := newWire(path)
	if err != nil {
		return nil, err
	}
	p := paper.New(dots, font)
	p.Slip, p.Drawer = slip, drawer
	return &demoPrinter{w, paper.NewPort(p)}, nil
}

// run carries bytes between the wire and the paper until the wire is closed.
func (p *demoPrinter) run(ctx context.Context) error {
	inside, err := p.port.Open(ctx)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { inside.Close(); p.near.Close() })
	defer stop()
	var group errgroup.Group
	for _, way := range []struct {
		to   io.Writer
		from io.Reader
	}{{inside, p.near}, {p.near, inside}} {
		group.Go(func() error {
			_, err := io.Copy(struct{ io.Writer }{way.to}, struct{ io.Reader }{way.from}) // no splice: a terminal has none
			return err
		})
	}
	if err := group.Wait(); ctx.Err() == nil {
		return fmt.Errorf("printer: %w", err)
	}
	return nil
}

// demoSpeaker writes down what a speaker would say.
type demoSpeaker func(speaker.Phrase)

// Say says it at once.
func (s demoSpeaker) Say(_ context.Context, p speaker.Phrase) error {
	s(p)
	return nil
}

// demoRelay is the pin that opens the arm; it tells each change.
type demoRelay struct {
	drivertest.Pin
	moved func(gpio.Level)
}

// Out sets the level.
func (r *demoRelay) Out(level gpio.Level) error {
	changed := r.Level() != level
	if err := r.Pin.Out(level); err != nil {
		return err
	}
	if changed {
		r.moved(level)
	}
	return nil
}
