package sim

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// line is a wire whose other end answers every message with itself.
func line(t *testing.T, on weather) *wire {
	w := newWire(1, func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			io.Copy(theirs, theirs) //nolint:errcheck // ends with the connection
		}()
		return ours, nil
	})
	w.set(on)
	t.Cleanup(w.drop)
	return w
}

// say sends a word and waits for it to come back.
func say(c net.Conn) error {
	if _, err := c.Write([]byte("word")); err != nil {
		return err
	}
	_, err := io.ReadFull(c, make([]byte, 4))
	return err
}

func TestAPerfectWireOnlyTakesItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := line(t, perfect)
		began := time.Now()
		c, err := w.Dial(t.Context(), "tcp", "network")
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if err := say(c); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took < 200*time.Millisecond || took > 13*time.Second {
			t.Errorf("a dial and 100 words took %s", took)
		}
		c.Close()
		if err := say(c); err == nil || len(w.live) != 0 {
			t.Errorf("a closed connection says %v, %d are alive", err, len(w.live))
		}
	})
}

func TestARefusedWire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := line(t, perfect)
		c, err := w.Dial(t.Context(), "tcp", "network")
		if err != nil {
			t.Fatal(err)
		}
		w.set(refused)
		if _, err := w.Dial(t.Context(), "tcp", "network"); !errors.Is(err, errUnreachable) {
			t.Errorf("a dial: %v", err)
		}
		time.Sleep(time.Second)
		if err := say(c); err == nil {
			t.Error("what was open goes on")
		}
	})
}

// A silent network takes everything and gives nothing back: only deadlines help.
func TestASilentWire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := line(t, perfect)
		c, err := w.Dial(t.Context(), "tcp", "network")
		if err != nil {
			t.Fatal(err)
		}
		w.set(silent)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if _, err := w.Dial(ctx, "tcp", "network"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a dial: %v", err)
		}
		heard := make(chan error, 1)
		go func() { heard <- say(c) }()
		time.Sleep(time.Hour)
		select {
		case err := <-heard:
			t.Fatalf("something was heard: %v", err)
		default:
		}
		w.drop()
		if err := <-heard; err == nil {
			t.Error("a word came over a wire that was dropped")
		}
	})
}

func TestARoughWireBreaksInTheMiddle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := line(t, rough)
		sent, lost := 0, 0
		for range 200 {
			c, err := w.Dial(t.Context(), "tcp", "network")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Write([]byte("word")); err != nil {
				sent++
			} else if _, err := io.ReadFull(c, make([]byte, 4)); err != nil {
				lost++
			}
			c.Close()
		}
		if sent < 20 || sent > 80 || lost < 15 || lost > 80 {
			t.Errorf("of 200 words %d broke on the way out and %d on the way back", sent, lost)
		}
	})
}
