package drivertest_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"periph.io/x/conn/v3/gpio"

	"tillgate/drivers/drivertest"
)

// witness is a test that is looked at: what it said, and its clean-ups.
type witness struct {
	testing.TB
	said []string
	last []func()
}

func (w *witness) Helper()          {}
func (w *witness) Cleanup(f func()) { w.last = append(w.last, f) }
func (w *witness) Errorf(format string, args ...any) {
	w.said = append(w.said, fmt.Sprintf(format, args...))
}
func (w *witness) end() {
	for _, f := range w.last {
		f()
	}
}

func TestPlay(t *testing.T) {
	t.Parallel()
	id := drivertest.Step{Want: "\x02ID\x03", Reply: "\x06"}
	for name, row := range map[string]struct {
		steps  []drivertest.Step
		writes []string
		reads  string // what can be read afterwards
		says   string // of the one complaint; empty for none
	}{
		"as recorded":             {[]drivertest.Step{id, {Want: "a", Reply: "b"}}, []string{"\x02ID\x03", "a"}, "\x06b", ""},
		"in pieces":               {[]drivertest.Step{id, id}, []string{"\x02", "ID\x03\x02I", "D\x03"}, "\x06\x06", ""},
		"the device speaks first": {[]drivertest.Step{{Reply: "hello"}, id, {Reply: "bye"}}, []string{"\x02ID\x03"}, "hello\x06bye", ""},
		"nothing at all":          {nil, nil, "", ""},
		"a wrong byte":            {[]drivertest.Step{id}, []string{"\x02IE"}, "", "byte 2 is 0x45, not 0x44"},
		"too much":                {[]drivertest.Step{id}, []string{"\x02ID\x03!"}, "\x06", `wrote "!" after the end`},
		"too little":              {[]drivertest.Step{id}, []string{"\x02I"}, "", `the next wants "\x02ID\x03" and has got "\x02I"`},
		"a step never reached":    {[]drivertest.Step{id, id}, []string{"\x02ID\x03"}, "\x06", "1 steps are left over"},
		"a write without a step":  {nil, []string{"x"}, "", "after the end"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &witness{TB: t}
			port := drivertest.Play(w, row.steps...)
			var failed error
			for _, s := range row.writes {
				if _, err := io.WriteString(port, s); err != nil {
					failed = err
				}
			}
			got := make([]byte, len(row.reads))
			if _, err := io.ReadFull(port, got); err != nil || string(got) != row.reads {
				t.Errorf("read %q, %v; want %q", got, err, row.reads)
			}
			w.end()
			switch {
			case row.says == "" && (len(w.said) > 0 || failed != nil):
				t.Errorf("complained: %q, %v", w.said, failed)
			case row.says != "" && (len(w.said) != 1 || !strings.Contains(w.said[0], row.says)):
				t.Errorf("said %q, want %q", w.said, row.says)
			}
		})
	}
}

func TestPlayReadWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		port := drivertest.Play(t)
		start := time.Now()
		port.SetReadDeadline(start.Add(time.Second))
		if n, err := port.Read(make([]byte, 1)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("read %d, %v after %v; want the deadline after 1s", n, err, time.Since(start))
		}
		port.SetReadDeadline(time.Time{})
		read := make(chan error)
		go func() {
			_, err := port.Read(make([]byte, 1))
			read <- err
		}()
		synctest.Wait()
		port.Close()
		if err := <-read; err != io.EOF {
			t.Errorf("closed under a read: %v", err)
		}
		if _, err := port.Write([]byte("x")); !errors.Is(err, os.ErrClosed) {
			t.Errorf("write after close: %v", err)
		}
	})
}

// Every byte passes both ways as it is: no echo, no newline translation, no
// signal character; and the near end survives a far end that comes and goes.
func TestTerminalIsRaw(t *testing.T) {
	t.Parallel()
	near, path := drivertest.Terminal(t)
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for range 2 {
		far, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, way := range []struct{ from, to *os.File }{{near, far}, {far, near}} {
			if _, err := way.from.Write(all); err != nil {
				t.Fatal(err)
			}
			got := make([]byte, len(all))
			if _, err := io.ReadFull(way.to, got); err != nil || string(got) != string(all) {
				t.Fatalf("read %q, %v", got, err)
			}
		}
		far.Close()
	}
	near.SetReadDeadline(time.Now().Add(time.Millisecond))
	if n, err := near.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("an echo of %d bytes, or %v", n, err)
	}
}

func TestPinRemembers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var p drivertest.Pin
		for _, l := range []gpio.Level{gpio.Low, gpio.High, gpio.High, gpio.Low, gpio.High} {
			if err := p.Out(l); err != nil {
				t.Fatal(err)
			}
			<-time.After(100 * time.Millisecond)
		}
		if got := fmt.Sprint(p.Pulses()); got != "[200ms 100ms]" {
			t.Errorf("pulses %s", got)
		}
		stuck := errors.New("stuck")
		p.Fail(func(l gpio.Level) error {
			if l == gpio.Low {
				return stuck
			}
			return nil
		})
		if err := p.Out(gpio.Low); err != stuck || p.Level() != gpio.High || len(p.Changes()) != 5 {
			t.Errorf("a pin that fails: %v, %v, %d changes", err, p.Level(), len(p.Changes()))
		}
		p.Fail(nil)
		if err := p.Halt(); err != nil || !p.Halted() {
			t.Errorf("halt: %v, %v", err, p.Halted())
		}
		if p.Out(gpio.Low) == nil {
			t.Error("a halted pin was set")
		}
	})
}

func TestInputKeepsOneEdge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := drivertest.NewInput(gpio.Low)
		p.Blip()
		if p.WaitForEdge(time.Second) {
			t.Error("an edge that nobody asked for")
		}
		if err := p.In(gpio.PullUp, gpio.BothEdges); err != nil || p.Pull() != gpio.PullUp {
			t.Fatal(err, p.Pull())
		}
		p.Set(gpio.Low)
		if p.WaitForEdge(time.Second) {
			t.Error("an edge without a change")
		}
		p.Blip()
		if !p.WaitForEdge(-1) || p.WaitForEdge(time.Second) || p.Read() != gpio.Low {
			t.Error("a blip is one edge and no change")
		}
		p.Set(gpio.High)
		p.In(gpio.PullNoChange, gpio.FallingEdge)
		if p.WaitForEdge(time.Second) {
			t.Error("In must forget the edges before it")
		}
		p.Set(gpio.Low)
		if !p.WaitForEdge(time.Second) {
			t.Error("a falling edge was missed")
		}
	})
}
