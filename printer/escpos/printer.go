package escpos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"tillgate/printer"
)

var (
	_ printer.Printer = (*Printer)(nil)
	_ printer.Readier = (*Printer)(nil)
)

// Opener opens the printer's port. Its Write ends by itself, with the count of
// bytes that were taken; its Read blocks until bytes come or the port is closed.
type Opener func(ctx context.Context) (io.ReadWriteCloser, error)

// Printer prints slips one at a time, each as one stream of bytes. The port is
// opened with the first slip, kept open, and opened again after any error.
type Printer struct {
	name    string
	open    Opener
	profile Profile
	turn    chan struct{} // holds one token: whoever has it has the printer
	session *session      // nil while the port is closed
	torn    bool          // something broke off: the printer may be waiting for the rest of it
}

// New is a printer that is called name in errors.
func New(name string, open Opener, profile Profile) *Printer {
	p := &Printer{name: name, open: open, profile: profile, turn: make(chan struct{}, 1)}
	p.turn <- struct{}{}
	return p
}

// Close closes the port after the slip that is being printed. The printer may
// be used again.
func (p *Printer) Close() error {
	<-p.turn
	defer func() { p.turn <- struct{}{} }()
	p.hangUp()
	return nil
}

// Print prints a slip. With a profile that has status it first asks whether the
// printer can print, and returns nil only after the printer has answered that
// it consumed everything; without, when the port has taken everything.
func (p *Printer) Print(ctx context.Context, slip printer.Slip) error {
	stream, err := Encode(printer.Layout(slip, p.profile.Columns), p.profile)
	if err != nil {
		return p.notStarted(slip, err)
	}
	select {
	case <-p.turn:
		defer func() { p.turn <- struct{}{} }()
	case <-ctx.Done():
		return p.notStarted(slip, ctx.Err())
	}
	kept := p.session != nil
	sent, err := p.print(ctx, stream)
	if kept && sent == 0 && errors.Is(err, errPortLost) && ctx.Err() == nil {
		// The port was pulled out and in between two slips, and it shows only now.
		sent, err = p.print(ctx, stream)
	}
	switch {
	case err == nil:
		return nil
	case sent == 0:
		return p.notStarted(slip, err)
	}
	return fmt.Errorf("print %s: perhaps printed: %s: %w", slip.ID, p.name, err)
}

// Ready opens the port where it is not, and asks a printer that has status
// whether it can print. Nothing comes out.
func (p *Printer) Ready(ctx context.Context) error {
	select {
	case <-p.turn:
		defer func() { p.turn <- struct{}{} }()
	case <-ctx.Done():
		return ctx.Err()
	}
	err := p.prepare(ctx)
	if err != nil {
		p.broke(0, err)
		return fmt.Errorf("%s is not ready: %w", p.name, err)
	}
	return nil
}

func (p *Printer) notStarted(slip printer.Slip, err error) error {
	return fmt.Errorf("print %s: %w: %s: %w", slip.ID, printer.ErrNotStarted, p.name, err)
}

// print sends the stream once and says how many bytes of it left. After an
// error the port is closed.
func (p *Printer) print(ctx context.Context, stream []byte) (sent int, err error) {
	defer func() {
		if err != nil {
			p.broke(sent, err)
		}
	}()
	if err := p.prepare(ctx); err != nil {
		return 0, err
	}
	drain(p.session.marks)
	sent, err = p.session.port.Write(stream)
	switch {
	case err == nil && sent < len(stream):
		return sent, io.ErrShortWrite
	case err != nil && sent == 0:
		return 0, fmt.Errorf("%w: %w", errPortLost, err)
	case err != nil:
		return sent, fmt.Errorf("%d of %d bytes: %w", sent, len(stream), err)
	case !p.profile.Status:
		return sent, nil
	}
	return sent, p.consumed(ctx, len(stream))
}

// prepare opens the port where it is not, and makes sure that the printer
// listens and can print.
func (p *Printer) prepare(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if p.session == nil {
		port, err := p.open(ctx)
		if err != nil {
			return fmt.Errorf("open: %w", err)
		}
		p.session = start(port, p.profile.Status)
	}
	if p.torn {
		// Zeros print nothing, and fill up the image that the printer may still wait
		// for; without them it would take this slip, and our question, for dots.
		if n, err := p.session.port.Write(make([]byte, bandMax)); err != nil || n < bandMax {
			return fmt.Errorf("clear: %w", errors.Join(err, errPortLost))
		}
	}
	if p.profile.Status {
		if err := p.listens(ctx); err != nil {
			return err
		}
	}
	p.torn = false
	return nil
}

// listens makes sure that the printer answers and can print, and after a slip
// that broke off also that its late answer is not taken for the next one's.
func (p *Printer) listens(ctx context.Context) error {
	if err := p.session.ready(ctx); err != nil || !p.torn {
		return err
	}
	return p.session.settle(ctx)
}

// consumed waits for the answer to the GS r at the end of the stream. The time
// it may take grows with the stream, at the slowest line (9,600 baud, 960 bytes
// a second) and the slowest head.
func (p *Printer) consumed(ctx context.Context, bytes int) error {
	const head = 15 * time.Second
	paper, err := p.session.await(ctx, p.session.marks, head+time.Duration(bytes)*time.Second/960)
	switch {
	case err != nil:
		return fmt.Errorf("wait for the end of the slip: %w", err)
	case paper&0x0C == 0x0C:
		return errors.New("the paper ended within the slip")
	}
	return nil
}

// broke closes the port after an error, and remembers whether the printer may
// wait for the rest of something.
func (p *Printer) broke(sent int, err error) {
	p.torn = p.torn || sent > 0 || errors.Is(err, errPortLost)
	p.hangUp()
}

func (p *Printer) hangUp() {
	if p.session != nil {
		p.session.close()
		p.session = nil
	}
}
