package escpos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// answerMax is how long a printer may take to answer a real-time request; it
// answers in some milliseconds, also while it is printing.
const answerMax = 500 * time.Millisecond

// settleMax is how long it may take to print what is left of an earlier slip.
const settleMax = 5 * time.Second

var (
	errSilent   = errors.New("the printer does not answer") // in time
	errPortLost = errors.New("the port is lost")
)

// session is one opened port and the goroutine that reads it. The goroutine
// ends when the port is closed.
type session struct {
	port     io.ReadWriteCloser
	realtime chan byte // answers to DLE EOT
	marks    chan byte // answers to GS r
	ended    chan struct{}
	err      error // why reading ended; read it after ended is closed
	closing  sync.Once
}

// start takes over a port. Without status nothing is ever read from it: many
// printers' ports cannot be.
func start(port io.ReadWriteCloser, status bool) *session {
	s := &session{port: port, realtime: make(chan byte, 8), marks: make(chan byte, 8), ended: make(chan struct{})}
	if status {
		go s.read()
	} else {
		close(s.ended)
	}
	return s
}

// close closes the port and waits for the reader.
func (s *session) close() {
	s.closing.Do(func() { s.port.Close() }) // every byte that mattered was answered for, or an error is already told
	<-s.ended
}

// read sorts what comes in, by the fixed bits of Epson's status bytes: flow
// control, real-time answers, automatic status of four bytes, and the rest.
func (s *session) read() {
	defer close(s.ended)
	skip := 0
	buffer := make([]byte, 64)
	for {
		n, err := s.port.Read(buffer)
		for _, b := range buffer[:n] {
			switch {
			case b == 0x11 || b == 0x13: // XON, XOFF
			case skip > 0:
				skip--
			case b&0x93 == 0x12:
				keep(s.realtime, b)
			case b&0x93 == 0x10:
				skip = 3
			case b&0x90 == 0x00:
				keep(s.marks, b)
			}
		}
		if err != nil {
			s.err = err
			return
		}
	}
}

// keep never blocks: answers that nobody asked for are dropped.
func keep(to chan byte, b byte) {
	select {
	case to <- b:
	default:
	}
}

// await takes the next answer. The error is errSilent when none comes in time.
func (s *session) await(ctx context.Context, answers chan byte, limit time.Duration) (byte, error) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case b := <-answers:
		return b, nil
	case <-timer.C:
		return 0, errSilent
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-s.ended:
		return 0, fmt.Errorf("%w: %w", errPortLost, s.err)
	}
}

// drain forgets answers to earlier requests.
func drain(answers chan byte) {
	for {
		select {
		case <-answers:
		default:
			return
		}
	}
}

// ask sends DLE EOT n. Only one is outstanding at a time.
func (s *session) ask(ctx context.Context, n byte) (byte, error) {
	drain(s.realtime)
	if _, err := s.port.Write([]byte{0x10, 0x04, n}); err != nil {
		return 0, fmt.Errorf("%w: %w", errPortLost, err)
	}
	return s.await(ctx, s.realtime, answerMax)
}

// ready answers nil when the printer says that it can print. Paper and the
// cause of being offline are asked for on top; printers that answer only the
// first question are taken at that word.
func (s *session) ready(ctx context.Context) error {
	state, err := s.ask(ctx, 1)
	if err != nil {
		return err
	}
	paper, err := s.ask(ctx, 4)
	switch {
	case err == nil && paper&0x60 == 0x60:
		return errors.New("the paper is out")
	case err != nil && !errors.Is(err, errSilent):
		return err
	case state&0x08 == 0:
		return nil
	}
	cause, err := s.ask(ctx, 2)
	switch {
	case err != nil && !errors.Is(err, errSilent):
		return err
	case err == nil && cause&0x04 != 0:
		return errors.New("the cover is open")
	case err == nil && cause&0x20 != 0:
		return errors.New("the paper is out")
	case err == nil && cause&0x40 != 0:
		return errors.New("the printer reports a fault")
	}
	return errors.New("the printer is offline")
}

// settle waits until the printer has consumed all that it was sent before: it
// answers a GS r of our own, and nothing more after it.
func (s *session) settle(ctx context.Context) error {
	if _, err := s.port.Write([]byte{0x1D, 'r', 1}); err != nil {
		return fmt.Errorf("%w: %w", errPortLost, err)
	}
	for limit := settleMax; ; limit = answerMax {
		switch _, err := s.await(ctx, s.marks, limit); {
		case errors.Is(err, errSilent) && limit == answerMax:
			return nil
		case err != nil:
			return err
		}
	}
}
