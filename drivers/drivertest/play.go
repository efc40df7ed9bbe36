package drivertest

import (
	"bytes"
	"io"
	"os"
	"sync"
	"testing"
	"time"
)

// Step is one exchange of a transcript. An empty Want means that the device
// speaks first; an empty Reply that it says nothing.
type Step struct{ Want, Reply string }

// Transcript is a port on whose other end a recorded device sits. It is an
// io.ReadWriteCloser with a read deadline, for one test.
type Transcript struct {
	t testing.TB

	mu       sync.Mutex
	change   *sync.Cond
	steps    []Step
	got      []byte // of the current step's Want
	replies  bytes.Buffer
	closed   bool
	failed   bool
	deadline time.Time
	timer    *time.Timer
}

var _ io.ReadWriteCloser = (*Transcript)(nil)

// Play answers a port that follows the steps. How the driver cuts its writes
// does not matter; every byte does. A wrong byte, or one after the last step,
// fails the test and the write; so do steps that are left over at its end.
func Play(t testing.TB, steps ...Step) *Transcript {
	t.Helper()
	p := &Transcript{t: t, steps: steps}
	p.change = sync.NewCond(&p.mu)
	p.advance()
	t.Cleanup(p.finish)
	return p
}

// Write takes what the driver says to the device.
func (p *Transcript) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return 0, os.ErrClosed
	}
	for i, c := range b {
		if len(p.steps) == 0 {
			p.fail("wrote %q after the end of the transcript", b[i:])
			return i, io.ErrShortWrite
		}
		want := p.steps[0].Want
		p.got = append(p.got, c)
		if at := len(p.got) - 1; want[at] != c {
			p.fail("wrote %q, want %q: byte %d is %#02x, not %#02x", p.got, want, at, c, want[at])
			return i, io.ErrShortWrite
		}
		p.advance()
	}
	return len(b), nil
}

// Read gives what the device says, and waits for it. It ends with io.EOF once
// the port is closed, or with os.ErrDeadlineExceeded.
func (p *Transcript) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.closed:
			return 0, io.EOF
		case p.replies.Len() > 0:
			return p.replies.Read(b)
		case !p.deadline.IsZero() && !time.Now().Before(p.deadline):
			return 0, os.ErrDeadlineExceeded
		}
		p.change.Wait()
	}
}

// SetReadDeadline bounds this and later reads; the zero time takes the bound away.
func (p *Transcript) SetReadDeadline(at time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
	}
	p.deadline = at
	if !at.IsZero() {
		p.timer = time.AfterFunc(time.Until(at), func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.change.Broadcast()
		})
	}
	p.change.Broadcast()
	return nil
}

// Close ends every read; a second Close is no error.
func (p *Transcript) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	if p.timer != nil {
		p.timer.Stop()
	}
	p.change.Broadcast()
	return nil
}

// advance gives the replies of all steps that are complete.
func (p *Transcript) advance() {
	for len(p.steps) > 0 && len(p.got) == len(p.steps[0].Want) {
		p.replies.WriteString(p.steps[0].Reply)
		p.steps, p.got = p.steps[1:], nil
		p.change.Broadcast()
	}
}

func (p *Transcript) finish() {
	p.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failed {
		return // the rest follows from the first mistake
	}
	if len(p.steps) > 0 {
		p.fail("%d steps are left over; the next wants %q and has got %q", len(p.steps), p.steps[0].Want, p.got)
	}
}

func (p *Transcript) fail(format string, args ...any) {
	p.failed = true
	p.t.Helper()
	p.t.Errorf("transcript: "+format, args...)
}
