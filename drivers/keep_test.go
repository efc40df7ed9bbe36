package drivers_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tillgate/drivers"
)

// life is one run of a device: what it says after how long, and its end.
type life struct {
	says  []drivers.Event
	after time.Duration // between opening and the end
	err   error
}

// device lives its lives one after the other, then stays open until it is told to stop.
type device struct {
	lives  []life
	starts []time.Time
}

func (d *device) Name() string { return "scanner-1" }

func (d *device) Run(ctx context.Context, emit func(drivers.Event)) error {
	d.starts = append(d.starts, time.Now())
	if len(d.lives) == 0 {
		emit(drivers.Event{Kind: drivers.Found, From: d.Name()})
		<-ctx.Done()
		return errors.New("interrupted") // Keep must not mind
	}
	now := d.lives[0]
	d.lives = d.lives[1:]
	for _, ev := range now.says {
		emit(ev)
	}
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(now.after):
	}
	return now.err
}

func (d *device) pauses(from time.Time) (all []time.Duration) {
	for _, at := range d.starts {
		all = append(all, at.Sub(from))
		from = at
	}
	return all
}

// keep runs Keep for a while in fake time and answers what was told.
func keep(t *testing.T, d *device, during time.Duration, log io.Writer) (told []string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	emit := func(ev drivers.Event) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, ev.String())
	}
	done := make(chan error)
	go func() { done <- drivers.Keep(ctx, d, emit, slog.New(slog.NewTextHandler(log, nil))) }()
	<-time.After(during)
	synctest.Wait()
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Keep answered %v when it was asked to stop", err)
	}
	return told
}

var (
	found   = drivers.Event{Kind: drivers.Found, From: "scanner-1"}
	loopOn  = drivers.Event{Kind: drivers.Loop, From: "loop-1", Text: drivers.On}
	errGone = errors.New("no such device")
)

func TestKeepTellsEachOutageOnce(t *testing.T) {
	t.Parallel()
	const lost, back = "scanner-1 lost: no such device", "scanner-1 found"
	for name, row := range map[string]struct {
		lives []life
		want  []string
	}{
		"there from the start is no news":        {nil, nil},
		"away at the start":                      {[]life{{err: errGone}, {err: errGone}, {err: errGone}}, []string{lost, back}},
		"lost twice":                             {[]life{{says: []drivers.Event{found}, err: errGone}, {says: []drivers.Event{found}, err: errGone}}, []string{lost, back, lost, back}},
		"found by what it says":                  {[]life{{err: errGone}, {says: []drivers.Event{loopOn}, after: time.Minute}}, []string{lost, back, "loop-1 loop: on", "scanner-1 lost: the device stopped without saying why", back}},
		"found by lasting":                       {[]life{{err: errGone}, {after: 90 * time.Second, err: errGone}}, []string{lost, back, lost, back}},
		"a failure slower than nothing":          {[]life{{err: errGone}, {after: 59 * time.Second, err: errGone}}, []string{lost, back}},
		"its own Lost is not told a second time": {[]life{{says: []drivers.Event{found, {Kind: drivers.Lost}}, err: errGone}}, []string{lost, back}},
		"Found is told once an outage":           {[]life{{err: errGone}, {says: []drivers.Event{found, found, loopOn, found}, err: errGone}}, []string{lost, back, "loop-1 loop: on", lost, back}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got := keep(t, &device{lives: row.lives}, time.Hour, io.Discard)
				if diff := cmp.Diff(row.want, got); diff != "" {
					t.Errorf("told (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestKeepWaitsLongerEachTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		d := &device{lives: make([]life, 9)} // each fails at once
		keep(t, d, time.Hour, io.Discard)
		ms := time.Millisecond
		want := []time.Duration{0, 500 * ms, 1000 * ms, 2000 * ms, 4000 * ms, 8000 * ms, 16000 * ms, 30000 * ms, 30000 * ms, 30000 * ms}
		if diff := cmp.Diff(want, d.pauses(start)); diff != "" {
			t.Errorf("pauses (-want +got):\n%s", diff)
		}
	})
}

// A minute of health makes the next wait short again; anything less does not.
func TestKeepForgetsAfterAHealthyMinute(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		last life
		want time.Duration
	}{
		"a minute":           {life{says: []drivers.Event{found}, after: time.Minute, err: errGone}, 500 * time.Millisecond},
		"a silent minute":    {life{after: time.Minute + 1, err: errGone}, 500 * time.Millisecond},
		"nearly a minute":    {life{says: []drivers.Event{found}, after: time.Minute - 1, err: errGone}, 4 * time.Second},
		"no health whatever": {life{err: errGone}, 4 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := &device{lives: []life{{err: errGone}, {err: errGone}, {err: errGone}, row.last}}
				start := time.Now()
				keep(t, d, time.Hour, io.Discard)
				pauses := d.pauses(start)
				if got := pauses[4] - row.last.after; got != row.want {
					t.Errorf("waited %v, want %v", got, row.want)
				}
			})
		})
	}
}

// leaver leaves something behind that speaks after Run has returned.
type leaver struct{ left func(drivers.Event) }

func (*leaver) Name() string { return "scanner-1" }

func (l *leaver) Run(_ context.Context, emit func(drivers.Event)) error {
	l.left = emit
	return errGone
}

// What comes late from a run that has ended does not end the outage.
func TestKeepIsNotDeceivedByTheLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var told []string
		l, done := &leaver{}, make(chan error)
		go func() {
			done <- drivers.Keep(ctx, l, func(ev drivers.Event) { told = append(told, ev.String()) }, slog.New(slog.DiscardHandler))
		}()
		<-time.After(20 * time.Second)
		synctest.Wait()
		l.left(found)
		stop()
		<-done
		if diff := cmp.Diff([]string{"scanner-1 lost: no such device"}, told); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

// Stopping must not wait for the delay, nor tell a loss.
func TestKeepStopsAtOnce(t *testing.T) {
	t.Parallel()
	for name, during := range map[string]time.Duration{"while open": time.Hour, "while waiting": 20 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := &device{}
				want := 0
				if name == "while waiting" {
					d.lives, want = make([]life, 100), 1
				}
				start := time.Now()
				told := keep(t, d, during, io.Discard)
				if took := time.Since(start); took != during {
					t.Errorf("stopped %v after it was asked", took-during)
				}
				if len(told) != want {
					t.Errorf("told %q, want %d events", told, want)
				}
			})
		})
	}
}

// A device that stays away for hours is one line in the log for each reason.
func TestKeepLogsAReasonOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		busy := errors.New("another program has it")
		var lives []life
		for range 50 {
			lives = append(lives, life{err: errGone})
		}
		for range 50 {
			lives = append(lives, life{err: busy})
		}
		var log strings.Builder
		keep(t, &device{lives: lives}, 2*time.Hour, &log)
		for text, want := range map[string]int{"device lost": 2, errGone.Error(): 1, busy.Error(): 1, "device found": 1, "device=scanner-1": 3} {
			if got := strings.Count(log.String(), text); got != want {
				t.Errorf("%q is in the log %d times, want %d:\n%s", text, got, want, log.String())
			}
		}
	})
}
