package gate_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	periph "periph.io/x/conn/v3/gpio"

	"tillgate/drivers"
	"tillgate/drivers/drivertest"
	"tillgate/drivers/gate"
)

const ms = time.Millisecond

// open answers a gate and its relay.
func open(t *testing.T, opt gate.Options) (*gate.Gate, *drivertest.Pin) {
	t.Helper()
	relay := &drivertest.Pin{}
	g, err := gate.New("exit-b", relay, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		g.Close()
		if relay.Level() != periph.Low || !relay.Halted() {
			t.Errorf("after Close the relay is %v, given back: %v", relay.Level(), relay.Halted())
		}
	})
	return g, relay
}

func wantPulses(t *testing.T, relay *drivertest.Pin, want ...time.Duration) {
	t.Helper()
	if diff := cmp.Diff(want, relay.Pulses()); diff != "" {
		t.Errorf("pulses (-want +got):\n%s", diff)
	}
	if relay.Level() != periph.Low {
		t.Error("the relay was left energised")
	}
}

func TestOneOpenIsOnePulse(t *testing.T) {
	t.Parallel()
	for opt, want := range map[gate.Options]time.Duration{
		{}:                                 500 * ms,
		{Pulse: 200 * ms}:                  200 * ms,
		{Pulse: time.Second}:               time.Second,
		{Mode: gate.Pulse, Gap: 2000 * ms}: 500 * ms,
	} {
		synctest.Test(t, func(t *testing.T) {
			g, relay := open(t, opt)
			if err := g.Open(t.Context()); err != nil {
				t.Error(err)
			}
			wantPulses(t, relay, want)
		})
	}
}

// The relay is released before anything else: it may be as a crash left it.
func TestTheRelayIsReleasedAtTheStart(t *testing.T) {
	t.Parallel()
	relay := &drivertest.Pin{}
	if err := relay.Out(periph.High); err != nil {
		t.Fatal(err)
	}
	g, err := gate.New("exit-b", relay, gate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if relay.Level() != periph.Low {
		t.Error("the relay is still energised")
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		opt  gate.Options
		is   error
		says string
	}{
		"toggle mode":      {gate.Options{Mode: gate.Toggle}, gate.ErrToggle, "would come down on a repeated pulse"},
		"an unknown mode":  {gate.Options{Mode: "latch"}, nil, `no mode "latch"`},
		"a short pulse":    {gate.Options{Pulse: 199 * ms}, nil, "199ms is not between 200ms and 1s"},
		"a long pulse":     {gate.Options{Pulse: 1001 * ms}, nil, "not between 200ms and 1s"},
		"a negative pulse": {gate.Options{Pulse: -1}, nil, "not between"},
		"a short gap":      {gate.Options{Gap: 499 * ms}, nil, "less than 500ms"},
	} {
		relay := &drivertest.Pin{}
		g, err := gate.New("exit-b", relay, row.opt)
		if err == nil || g != nil {
			t.Errorf("%s was taken", name)
			continue
		}
		if row.is != nil && !errors.Is(err, row.is) || !strings.Contains(err.Error(), row.says) || !strings.HasPrefix(err.Error(), "gate exit-b: ") {
			t.Errorf("%s: %v; want %q", name, err, row.says)
		}
		if relay.Level() != periph.Low || len(relay.Pulses()) > 0 {
			t.Errorf("%s: the relay moved", name)
		}
	}
	stuck := errors.New("stuck")
	relay := &drivertest.Pin{}
	relay.Fail(func(periph.Level) error { return stuck })
	if _, err := gate.New("exit-b", relay, gate.Options{}); !errors.Is(err, stuck) {
		t.Errorf("a relay that cannot be released: %v", err)
	}
}

// A second Open never lengthens or repeats a pulse, whenever it comes.
func TestASecondOpenIsBusy(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		after time.Duration
		busy  bool
	}{{0, true}, {1 * ms, true}, {499 * ms, true}, {501 * ms, true}, {999 * ms, true}, {1001 * ms, false}} {
		synctest.Test(t, func(t *testing.T) {
			g, relay := open(t, gate.Options{})
			first := make(chan error)
			go func() { first <- g.Open(t.Context()) }()
			synctest.Wait()
			second := make(chan error)
			go func() {
				<-time.After(row.after)
				second <- g.Open(t.Context())
			}()
			if err := <-first; err != nil {
				t.Error(err)
			}
			err := <-second
			want := []time.Duration{500 * ms, 500 * ms}
			if row.busy {
				want = want[:1]
			}
			if errors.Is(err, gate.ErrBusy) != row.busy || !row.busy && err != nil {
				t.Errorf("after %v: %v, want busy %v", row.after, err, row.busy)
			}
			wantPulses(t, relay, want...)
		})
	}
}

func TestManyOpensAtOnceAreOnePulse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g, relay := open(t, gate.Options{})
		var opened, busy atomic.Int32
		for range 50 {
			go func() {
				switch err := g.Open(t.Context()); {
				case err == nil:
					opened.Add(1)
				case errors.Is(err, gate.ErrBusy):
					busy.Add(1)
				}
			}()
		}
		<-time.After(time.Second)
		synctest.Wait()
		if opened.Load() != 1 || busy.Load() != 49 {
			t.Errorf("%d opened, %d busy", opened.Load(), busy.Load())
		}
		wantPulses(t, relay, 500*ms)
	})
}

// Who stops in the middle of a pulse leaves no energised relay behind.
func TestAPulseIsCutShort(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		cut func(g *gate.Gate, cancel context.CancelFunc)
		is  error
	}{
		"by its context": {func(_ *gate.Gate, cancel context.CancelFunc) { cancel() }, context.Canceled},
		"by Close":       {func(g *gate.Gate, _ context.CancelFunc) { g.Close() }, gate.ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g, relay := open(t, gate.Options{})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				opened := make(chan error, 1)
				go func() { opened <- g.Open(ctx) }()
				<-time.After(123 * ms)
				row.cut(g, cancel)
				synctest.Wait()
				wantPulses(t, relay, 123*ms)
				err := <-opened
				if !errors.Is(err, row.is) || !strings.Contains(err.Error(), "cut short after 123ms") {
					t.Errorf("ended with %v", err)
				}
				if err := g.Open(t.Context()); !errors.Is(err, gate.ErrBusy) && !errors.Is(err, gate.ErrClosed) {
					t.Errorf("opened again at once: %v", err)
				}
			})
		})
	}
}

func TestOpenWithoutLeave(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	g, relay := open(t, gate.Options{})
	if err := g.Open(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled Open: %v", err)
	}
	wantPulses(t, relay)
	g.Close()
	if err := g.Open(t.Context()); !errors.Is(err, gate.ErrClosed) || err.Error() != "open gate exit-b: "+gate.ErrClosed.Error() {
		t.Errorf("an Open after Close: %v", err)
	}
	if err := g.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
}

func TestARelayThatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("i2c: no acknowledge")
	for name, row := range map[string]struct {
		level periph.Level
		times int // how often it fails
		says  string
		ends  periph.Level
	}{
		"cannot be energised":         {periph.High, 1, "energise the relay", periph.Low},
		"is released at the second":   {periph.Low, 1, "", periph.Low},
		"is released at the third":    {periph.Low, 2, "", periph.Low},
		"cannot be released any more": {periph.Low, 3, "may still be energised", periph.High},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g, relay := open(t, gate.Options{})
				left := row.times
				relay.Fail(func(l periph.Level) error {
					if l == row.level && left > 0 {
						left--
						return broken
					}
					return nil
				})
				err := g.Open(t.Context())
				if row.says == "" && err != nil || row.says != "" && (!errors.Is(err, broken) || !strings.Contains(err.Error(), row.says)) {
					t.Errorf("%v, want %q", err, row.says)
				}
				if relay.Level() != row.ends {
					t.Errorf("the relay is %v", relay.Level())
				}
			})
		})
	}
}

func TestReadOptions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]gate.Options{
		"gpio:gpiochip0:17":                         {Mode: gate.Pulse, Pulse: 500 * ms, Gap: 500 * ms},
		"gpio:gpiochip0:17?pulse=1s&gap=2s":         {Mode: gate.Pulse, Pulse: time.Second, Gap: 2 * time.Second},
		"gpio:gpiochip0:17?mode=toggle&pulse=200ms": {Mode: gate.Toggle, Pulse: 200 * ms, Gap: 500 * ms},
	} {
		u, err := drivers.ParseURI(text)
		if err != nil {
			t.Fatal(err)
		}
		o := u.Options()
		if got := gate.ReadOptions(o); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
		if err := o.Done(); err != nil {
			t.Error(err)
		}
	}
}
