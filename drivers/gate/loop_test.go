package gate_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	periph "periph.io/x/conn/v3/gpio"

	"tillgate/drivers"
	"tillgate/drivers/drivertest"
	"tillgate/drivers/gate"
)

const (
	high = periph.High
	low  = periph.Low
)

// told is an event and how long after the start it came.
type told struct {
	Text string
	At   time.Duration
}

// blip is a change that is over before anybody reads.
type blip struct{}

// watch runs a loop, plays levels, blips and pauses to it, and answers what it said.
func watch(t *testing.T, pin *drivertest.Input, opt gate.LoopOptions, script ...any) (got []told) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	start := time.Now()
	done := make(chan error)
	go func() {
		done <- gate.NewLoop("exit-b", pin, opt).Run(ctx, func(ev drivers.Event) {
			if ev.Kind == drivers.Loop && ev.From == "exit-b" {
				got = append(got, told{ev.Text, time.Since(start)})
			} else if ev.Kind != drivers.Found || len(got) > 0 {
				t.Errorf("said %v", ev)
			}
		})
	}()
	synctest.Wait()
	for _, step := range script {
		switch step := step.(type) {
		case periph.Level:
			pin.Set(step)
		case blip:
			pin.Blip()
		case time.Duration:
			<-time.After(step)
		}
		synctest.Wait()
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("stopped with %v", err)
	}
	return got
}

func TestLoop(t *testing.T) {
	t.Parallel()
	const s = time.Second
	chatter := []any{time.Second}
	for range 100 { // a contact that never rests for 40 ms
		chatter = append(chatter, high, 15*ms, low, 15*ms)
	}
	for _, row := range []struct {
		is     string
		first  periph.Level
		opt    gate.LoopOptions
		script []any
		want   []told
	}{
		{"free from the start", low, gate.LoopOptions{}, []any{s}, []told{{"off", 400 * ms}}},
		{"occupied from the start", high, gate.LoopOptions{}, []any{s}, []told{{"on", 40 * ms}}},
		{"a car comes and goes", low, gate.LoopOptions{}, []any{s, high, 2 * s, low, s}, []told{{"off", 400 * ms}, {"on", 1040 * ms}, {"off", 3400 * ms}}},
		{"a disturbance of 39 ms", low, gate.LoopOptions{}, []any{s, high, 39 * ms, low, s}, []told{{"off", 400 * ms}}},
		{"41 ms are a car", low, gate.LoopOptions{}, []any{s, high, 41 * ms, low, s}, []told{{"off", 400 * ms}, {"on", 1040 * ms}, {"off", 1441 * ms}}},
		{"a trailer's gap of 399 ms", high, gate.LoopOptions{}, []any{s, low, 399 * ms, high, s, low, s}, []told{{"on", 40 * ms}, {"off", 2799 * ms}}},
		{"a gap that is broken by a blip", high, gate.LoopOptions{}, []any{s, low, 350 * ms, blip{}, 350 * ms, high, s}, []told{{"on", 40 * ms}}},
		{"a blip when free", low, gate.LoopOptions{}, []any{s, blip{}, s}, []told{{"off", 400 * ms}}},
		{"a contact that chatters", low, gate.LoopOptions{}, chatter, []told{{"off", 400 * ms}}},
		{"times of its own", low, gate.LoopOptions{On: 30 * ms, Off: 500 * ms}, []any{s, high, s, low, s}, []told{{"off", 500 * ms}, {"on", 1030 * ms}, {"off", 2500 * ms}}},
	} {
		t.Run(row.is, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got := watch(t, drivertest.NewInput(row.first), row.opt, row.script...)
				if diff := cmp.Diff(row.want, got); diff != "" {
					t.Errorf("told (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// noEdges is a pin without an interrupt.
func noEdges(level periph.Level) *drivertest.Input {
	pin := drivertest.NewInput(level)
	pin.RefuseIn(func(e periph.Edge) error {
		if e != periph.NoEdge {
			return errors.New("no interrupt")
		}
		return nil
	})
	return pin
}

// Without edges, or with a driver that loses them, polling finds the level.
func TestLoopWithoutEdges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pin := noEdges(low)
		got := watch(t, pin, gate.LoopOptions{Poll: 100 * ms}, 1030*ms, high, time.Second, low, time.Second)
		want := []told{{"off", 400 * ms}, {"on", 1140 * ms}, {"off", 2440 * ms}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		if n := pin.Reads(); n > 250 {
			t.Errorf("%d readings in 3 s", n)
		}
	})
}

// It also finds a break in a change that has not lasted yet.
func TestLoopWithoutEdgesSeesABreak(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		got := watch(t, noEdges(high), gate.LoopOptions{}, time.Second, low, 350*ms, high, 50*ms, low, 350*ms, high, time.Second)
		if diff := cmp.Diff([]told{{"on", 40 * ms}}, got); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

// A pin that cannot be read is a lost loop, not a free one.
func TestALoopThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pin := drivertest.NewInput(high)
		broken := errors.New("the board is gone")
		var got []string
		done := make(chan error)
		go func() {
			done <- gate.NewLoop("exit-b", pin, gate.LoopOptions{Pull: periph.PullUp}).Run(t.Context(), func(ev drivers.Event) { got = append(got, ev.String()) })
		}()
		<-time.After(time.Second)
		pin.Break(broken)
		pin.Set(low)
		if err := <-done; !errors.Is(err, broken) || err.Error() != "read loop exit-b: the board is gone" {
			t.Errorf("ended with %v", err)
		}
		if diff := cmp.Diff([]string{"exit-b found", "exit-b loop: on"}, got); diff != "" {
			t.Errorf("said (-want +got):\n%s", diff)
		}
		if pin.Pull() != periph.PullUp {
			t.Errorf("pull %v", pin.Pull())
		}
		pin.RefuseIn(func(periph.Edge) error { return broken })
		if err := gate.NewLoop("exit-b", pin, gate.LoopOptions{}).Run(t.Context(), nil); !errors.Is(err, broken) {
			t.Errorf("a pin that does not open: %v", err)
		}
	})
}

func TestReadLoopOptions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]gate.LoopOptions{
		"gpio:gpiochip0:4": {On: 40 * ms, Off: 400 * ms, Poll: 200 * ms},
		"gpio:gpiochip0:4?on=50ms&off=300ms&poll=50ms&pull=up": {On: 50 * ms, Off: 300 * ms, Poll: 50 * ms, Pull: periph.PullUp},
		"gpio:gpiochip0:4?pull=down":                           {On: 40 * ms, Off: 400 * ms, Poll: 200 * ms, Pull: periph.PullDown},
		"gpio:gpiochip0:4?pull=none":                           {On: 40 * ms, Off: 400 * ms, Poll: 200 * ms, Pull: periph.Float},
	} {
		u, err := drivers.ParseURI(text)
		if err != nil {
			t.Fatal(err)
		}
		o := u.Options()
		if got := gate.ReadLoopOptions(o); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
		if err := o.Done(); err != nil {
			t.Error(err)
		}
	}
}
