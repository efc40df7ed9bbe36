package escpos

import (
	"bytes"
	"context"
	"errors"
	"syscall"
	"testing"

	"tillgate/printer"
	"tillgate/printer/paper"
)

// TestKick opens a drawer and nothing else: with and without status.
func TestKick(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"yes", "no"} {
		p := profile(t, "58mm", "status="+status)
		opened, slips := 0, 0
		out := paper.New(p.Dots, nil)
		out.Drawer, out.Slip = func() { opened++ }, func(paper.Slip) { slips++ }
		port := paper.NewPort(out)
		k := New("counter printer", port.Open, p)
		for want := 1; want <= 2; want++ {
			if err := k.Kick(t.Context()); err != nil {
				t.Fatalf("status %s: %v", status, err)
			}
			if opened != want || slips != 0 || len(port.Unknown()) != 0 {
				t.Errorf("status %s: opened %d times, %d slips, unknown %v", status, opened, slips, port.Unknown())
			}
		}
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestKickFails: only where no byte has left is the drawer certainly shut.
func TestKickFails(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		is   string
		fail func(c *counter)
		shut bool
	}{
		{"no port", func(c *counter) { c.refuse = syscall.ENOENT }, true},
		{"cut within the kick", func(c *counter) {
			c.before = func(write []byte) {
				if bytes.HasPrefix(write, kick[:2]) {
					c.left = 3
				}
			}
		}, false},
		{"mute", func(c *counter) { c.mute = true }, true},
	} {
		c := newCounter(t)
		row.fail(c)
		if err := c.Kick(t.Context()); err == nil || errors.Is(err, printer.ErrNotStarted) != row.shut {
			t.Errorf("%s: %v, want certainly shut %v", row.is, err, row.shut)
		}
		c.Close()
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	c := newCounter(t)
	<-c.turn // somebody prints
	if err := c.Kick(over); !errors.Is(err, printer.ErrNotStarted) {
		t.Errorf("given up while another slip is printed: %v", err)
	}
	c.turn <- struct{}{}
}
