package drivers

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

const (
	delayMin     = 500 * time.Millisecond
	delayMax     = 30 * time.Second
	healthyAfter = time.Minute
)

// errEnded is the reason when Run came back without one.
var errEnded = errors.New("the device stopped without saying why")

// Keep runs src and opens it again whenever it is lost: after 0.5 s, 1 s, 2 s
// and so on up to 30 s, from the beginning again after it has been healthy for
// a minute. It returns nil when ctx is done, and never otherwise.
//
// Of each outage emit hears Lost once, with the reason, and Found once. A device
// that is there from the start is no news. Found is what Run emits when it has
// opened the device; any other event counts as well, and so does a Run that has
// lasted for a minute.
func Keep(ctx context.Context, src Source, emit func(Event), log *slog.Logger) error {
	k := &keeper{name: src.Name(), emit: emit, log: log.With("device", src.Name())}
	delay := delayMin
	for ctx.Err() == nil {
		healthy, err := k.run(ctx, src)
		if ctx.Err() != nil {
			return nil
		}
		if healthy {
			delay = delayMin
		}
		k.lost(err, delay)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(delay):
		}
		delay = min(2*delay, delayMax)
	}
	return nil
}

// keeper knows whether its device is out, and tells each change once.
type keeper struct {
	name string
	emit func(Event)
	log  *slog.Logger

	mu      sync.Mutex // held while Lost or Found is told, so that they alternate
	running bool
	open    time.Time // of this run; zero until the device has shown itself
	since   time.Time // of this outage; zero when there is none
	reason  string    // logged last
}

// run is one life of the device. It is healthy when it lasted for a minute
// after the device had been opened.
func (k *keeper) run(ctx context.Context, src Source) (healthy bool, err error) {
	start := time.Now()
	k.mu.Lock()
	k.running, k.open = true, time.Time{}
	k.mu.Unlock()

	silent := time.AfterFunc(healthyAfter, func() { k.found(start) })
	err = src.Run(ctx, k.pass)
	silent.Stop()
	if err == nil {
		err = errEnded
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.running = false
	return !k.open.IsZero() && time.Since(k.open) >= healthyAfter, err
}

// pass hands an event on. Found is told by the keeper, when it is news, and a
// source says that it is lost by returning.
func (k *keeper) pass(ev Event) {
	if ev.Kind == Lost {
		return
	}
	k.found(time.Now())
	if ev.Kind != Found {
		k.emit(ev)
	}
}

func (k *keeper) found(open time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.running {
		return // the timer of a run that has just ended
	}
	if k.open.IsZero() {
		k.open = open
	}
	if k.since.IsZero() {
		return
	}
	k.log.Info("device found", "out_for", time.Since(k.since).Round(time.Millisecond))
	k.since, k.reason = time.Time{}, ""
	k.emit(Event{Kind: Found, From: k.name})
}

func (k *keeper) lost(err error, delay time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	// A device that stays away for the same reason is one line, not one every 30 s.
	if reason := err.Error(); reason != k.reason {
		k.reason = reason
		k.log.Warn("device lost", "err", err, "retry_in", delay)
	}
	if !k.since.IsZero() {
		return
	}
	k.since = time.Now()
	k.emit(Event{Kind: Lost, From: k.name, Text: err.Error()})
}
