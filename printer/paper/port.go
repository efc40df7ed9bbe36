package paper

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
)

// ErrBusy is what Open answers while the port is open already.
var ErrBusy = errors.New("another handle has the printer")

// Port is the wire to a printer, and the person beside it who tears a slip off
// when the printer says that all of it is out. Its methods may be called from
// any goroutine; the printer behind it should be used no other way.
type Port struct {
	mu    sync.Mutex
	paper *Paper
	open  *handle
}

// NewPort is a port to a printer, whose Reply it takes over.
func NewPort(p *Paper) *Port {
	port := &Port{paper: p}
	p.Reply = func(b []byte) {
		if h := port.open; h != nil {
			h.replies = append(h.replies, b...)
			h.ready.Broadcast()
		}
	}
	return port
}

// Open opens the port; one handle at a time has it.
func (p *Port) Open(context.Context) (io.ReadWriteCloser, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open != nil {
		return nil, ErrBusy
	}
	p.open = &handle{port: p}
	p.open.ready.L = &p.mu
	return p.open, nil
}

// Set says what is the matter with the printer.
func (p *Port) Set(s Status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paper.Set(s)
	p.tear()
}

// Unknown lists the commands that the printer did not know.
func (p *Port) Unknown() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.paper.Unknown()...)
}

// Tear tears off what is printed, if anything is.
func (p *Port) Tear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paper.Tear()
}

func (p *Port) tear() {
	if p.paper.marked {
		p.paper.marked = false
		p.paper.Tear()
	}
}

// handle is an opened port.
type handle struct {
	port    *Port
	ready   sync.Cond // replies or closed has changed
	replies []byte
	closed  bool
}

func (h *handle) Write(b []byte) (int, error) {
	h.port.mu.Lock()
	defer h.port.mu.Unlock()
	if h.closed {
		return 0, os.ErrClosed
	}
	n, err := h.port.paper.Write(b)
	h.port.tear()
	return n, err
}

// Read waits for an answer of the printer.
func (h *handle) Read(b []byte) (int, error) {
	h.port.mu.Lock()
	defer h.port.mu.Unlock()
	for len(h.replies) == 0 && !h.closed {
		h.ready.Wait()
	}
	if h.closed {
		return 0, os.ErrClosed
	}
	n := copy(b, h.replies)
	h.replies = h.replies[n:]
	return n, nil
}

func (h *handle) Close() error {
	h.port.mu.Lock()
	defer h.port.mu.Unlock()
	if h.closed {
		return os.ErrClosed
	}
	h.closed, h.port.open = true, nil
	h.ready.Broadcast()
	return nil
}
