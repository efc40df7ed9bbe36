package escpos

import (
	"context"
	"fmt"
	"slices"

	"tillgate/printer"
)

// kick is ESC p: a pulse on pin 2 of the drawer's plug, 50 ms on and 500 ms off
// (Epson's ESC/POS reference; times count 2 ms).
var kick = []byte{0x1B, 'p', 0, 25, 250}

// Kick opens the cash drawer at the printer's plug. It wraps
// printer.ErrNotStarted when the drawer has certainly not been told. Whether it
// opened no printer of this kind can say.
func (p *Printer) Kick(ctx context.Context) error {
	select {
	case <-p.turn:
		defer func() { p.turn <- struct{}{} }()
	case <-ctx.Done():
		return fmt.Errorf("open the drawer: %w: %s: %w", printer.ErrNotStarted, p.name, ctx.Err())
	}
	stream := kick
	if p.profile.Status { // print waits for the answer that all of it was consumed
		stream = append(slices.Clip(stream), 0x1D, 'r', 1)
	}
	sent, err := p.print(ctx, stream)
	switch {
	case err == nil:
		return nil
	case sent == 0:
		return fmt.Errorf("open the drawer: %w: %s: %w", printer.ErrNotStarted, p.name, err)
	}
	return fmt.Errorf("open the drawer: perhaps opened: %s: %w", p.name, err)
}
