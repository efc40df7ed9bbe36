package gpio

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	periph "periph.io/x/conn/v3/gpio"

	"tillgate/drivers"
)

// board is a chip with one line. Its log is what the kernel was asked.
type board struct {
	mu     sync.Mutex
	log    []string
	level  int
	fail   error
	onEdge func()
}

func (b *board) request(a Address, c config, onEdge func()) (line, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		return nil, b.fail
	}
	way := "in"
	if c.output {
		way, b.level = "out", c.value
	}
	b.note("request %s %s %d %v %v", a, way, c.value, c.pull, c.edge)
	b.onEdge = onEdge
	return b, nil
}

func (b *board) SetValue(v int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note("set %d", v)
	if b.fail == nil {
		b.level = v
	}
	return b.fail
}

func (b *board) Value() (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note("read")
	return b.level, b.fail
}

func (b *board) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note("close")
	return b.fail
}

func (b *board) note(format string, args ...any) { b.log = append(b.log, fmt.Sprintf(format, args...)) }

func (b *board) set(level int, fail error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.level, b.fail = level, fail
}

func (b *board) wantLog(t *testing.T, want ...string) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if diff := cmp.Diff(want, b.log); diff != "" {
		t.Errorf("asked of the kernel (-want +got):\n%s", diff)
	}
}

var (
	seventeen = Address{Chip: "gpiochip0", Line: 17}
	errBoard  = errors.New("no such device")
)

// An output is low from the request on, is written each time, and is never read.
func TestOut(t *testing.T) {
	t.Parallel()
	var b board
	o, err := openOut(seventeen, b.request)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []periph.Level{periph.High, periph.High, periph.Low, periph.High} {
		if err := o.Out(l); err != nil || o.Level() != l {
			t.Errorf("%v, level %v after %v", err, o.Level(), l)
		}
	}
	if o.String() != "gpiochip0:17" || o.Name() != "gpiochip0:17" || o.Number() != 17 || o.Function() != "Out" {
		t.Errorf("it calls itself %s %s %d %s", o, o.Name(), o.Number(), o.Function())
	}
	if o.PWM(periph.DutyHalf, 0) == nil {
		t.Error("it claims to have PWM")
	}
	for range 2 {
		if err := o.Halt(); err != nil || o.Level() != periph.Low {
			t.Errorf("halt: %v, %v", err, o.Level())
		}
	}
	if err := o.Out(periph.High); !errors.Is(err, errHalted) {
		t.Errorf("set after halt: %v", err)
	}
	b.wantLog(t, "request gpiochip0:17 out 0 PullNoChange NoEdge", "set 1", "set 1", "set 0", "set 1", "set 0", "close")
}

func TestOutFails(t *testing.T) {
	t.Parallel()
	b := board{fail: errBoard}
	if o, err := openOut(seventeen, b.request); !errors.Is(err, errBoard) || o != nil {
		t.Errorf("opened: %v", err)
	}
	b.set(0, nil)
	o, err := openOut(seventeen, b.request)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Out(periph.High); err != nil {
		t.Fatal(err)
	}
	b.set(1, errBoard)
	if err := o.Out(periph.Low); !errors.Is(err, errBoard) || err.Error() != "set line gpiochip0:17: no such device" {
		t.Errorf("set: %v", err)
	}
	if o.Level() != periph.High {
		t.Error("a level that was not set was noted")
	}
	if err := o.Halt(); !errors.Is(err, errBoard) {
		t.Errorf("halt: %v", err)
	}
	b.wantLog(t, "request gpiochip0:17 out 0 PullNoChange NoEdge", "set 1", "set 0", "set 0", "close")
}

func TestIn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b board
		i := newIn(seventeen, b.request)
		if i.Read() != periph.Low || i.Err() == nil || i.WaitForEdge(-1) {
			t.Error("an input that was not claimed can be read")
		}
		if err := i.In(periph.PullUp, periph.BothEdges); err != nil || i.Err() != nil || i.Pull() != periph.PullUp {
			t.Errorf("claimed: %v, %v, %v", err, i.Err(), i.Pull())
		}
		b.set(1, nil)
		if i.Read() != periph.High {
			t.Error("the level is not the line's")
		}
		start := time.Now()
		if i.WaitForEdge(time.Second) || time.Since(start) != time.Second {
			t.Error("an edge without one")
		}
		for range 100 {
			b.onEdge() // more than are kept; must not wait
		}
		if !i.WaitForEdge(time.Second) || i.WaitForEdge(time.Second) {
			t.Error("edges before the wait are one")
		}
		b.onEdge()
		if err := i.In(periph.PullNoChange, periph.RisingEdge); err != nil || i.WaitForEdge(time.Second) {
			t.Errorf("claimed again: %v, or with an old edge", err)
		}
		b.set(1, errBoard)
		if i.Read() != periph.Low || !errors.Is(i.Err(), errBoard) {
			t.Errorf("a line that cannot be read: %v", i.Err())
		}
		b.set(1, nil)
		if i.Read() != periph.High || i.Err() != nil {
			t.Errorf("a line that can be read again: %v", i.Err())
		}
		if i.Function() != "In" || i.DefaultPull() != periph.PullNoChange {
			t.Error("it is no input")
		}
		i.Halt()
		b.wantLog(t, "request gpiochip0:17 in 0 PullUp BothEdges", "read", "close",
			"request gpiochip0:17 in 0 PullNoChange RisingEdge", "read", "read", "close")
	})
}

// Halt and In end a wait, so that nobody waits for the edges of a line that is gone.
func TestHaltEndsAWait(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*In) error{
		"halt":     func(i *In) error { return i.Halt() },
		"in again": func(i *In) error { return i.In(periph.Float, periph.BothEdges) },
	} {
		synctest.Test(t, func(t *testing.T) {
			var b board
			i := newIn(seventeen, b.request)
			if err := i.In(periph.Float, periph.BothEdges); err != nil {
				t.Fatal(err)
			}
			waited := make(chan bool)
			go func() { waited <- i.WaitForEdge(-1) }()
			synctest.Wait()
			if err := end(i); err != nil {
				t.Error(err)
			}
			if <-waited {
				t.Errorf("%s: an edge", name)
			}
		})
	}
}

func TestInThatCannotBeClaimed(t *testing.T) {
	t.Parallel()
	b := board{fail: errBoard}
	i := newIn(seventeen, b.request)
	if err := i.In(periph.Float, periph.NoEdge); !errors.Is(err, errBoard) || !errors.Is(i.Err(), errBoard) {
		t.Errorf("%v, %v", err, i.Err())
	}
	if i.Halt() != nil {
		t.Error("nothing to give back")
	}
}

// There is no such chip on any machine; the error names the line and the cause.
func TestFromKernel(t *testing.T) {
	t.Parallel()
	none := Address{Chip: "gpiochip-none", Line: 3, ActiveLow: true}
	o, err := OpenOut(none)
	if !errors.Is(err, fs.ErrNotExist) || o != nil || !strings.HasPrefix(err.Error(), "request line gpiochip-none:3: ") {
		t.Errorf("an output: %v", err)
	}
	for _, pull := range []periph.Pull{periph.PullNoChange, periph.Float, periph.PullUp, periph.PullDown} {
		if err := NewIn(none).In(pull, periph.BothEdges); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("an input: %v", err)
		}
	}
}

func TestParseAddress(t *testing.T) {
	t.Parallel()
	parse := func(text string) (Address, error) {
		u, err := drivers.ParseURI(text)
		if err != nil {
			return Address{}, err
		}
		o := u.Options()
		a, err := ParseAddress(u.Address, o)
		if err == nil {
			err = o.Done()
		}
		return a, err
	}
	for text, want := range map[string]Address{
		"gpio:gpiochip0:17":                   seventeen,
		"gpio:/dev/gpiochip0:17":              seventeen,
		"gpio:gpiochip12:0?active-low=true":   {"gpiochip12", 0, true},
		"gpio:gpiochip12:31?active-low=false": {"gpiochip12", 31, false},
	} {
		if got, err := parse(text); got != want || err != nil {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"gpio:17", "gpio:gpiochip0", "gpio:gpiochip0:", "gpio::17", "gpio:gpiochip0:-1", "gpio:gpiochip0:+1", "gpio:gpiochip0:017",
		"gpio:gpiochip0:2048", "gpio:gpiochip0:1:2", "gpio:../mem:1", "gpio:/etc/x:1", "gpio:gpiochip0:17?active-low=yes", "gpio:gpiochip0:17?pull=up",
	} {
		if got, err := parse(text); !errors.Is(err, drivers.ErrURI) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}
