package flow

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tillgate/store/entry"
)

// ErrNotStarted is wrapped by an output's error when nothing of it can have
// happened: no byte has left, no relay has moved.
var ErrNotStarted = errors.New("not started")

const (
	heldAfter   = 2 * time.Second         // an output that its device did not take by then is handed back
	freeAgain   = 2100 * time.Millisecond // a device that refused is tried again after this, doubling; no lane waits as long
	freeAgainUp = 30 * time.Second
	outputQueue = 16
)

// Output is a device that prints, speaks or opens: one goroutine, one queue. No
// lane ever waits for it.
type Output struct {
	Name string
	What Verb
	Do   func(context.Context, Effect) error // wraps ErrNotStarted when nothing happened
	Late bool                                // an output that was not taken in time is worthless: voice
	Off  func() bool                         // it is not wanted at all while this says so; nil: it always is

	// Ready is nil when Do could begin now. Only then are the lanes told that the
	// device is free again: each attempt of what they are owed is written down, and a
	// printer without paper for a week would fill the journal. Without it they are told.
	Ready func(context.Context) error

	Log *slog.Logger

	once  sync.Once
	jobs  chan *job
	given atomic.Int64
	mu    sync.Mutex
	owed  map[string]func(context.Context, Event) // lanes that were handed something back, by name
}

type job struct {
	effect Effect
	lane   string
	bring  func(context.Context, Event)
	wanted func() bool
	timer  *time.Timer
	mu     sync.Mutex
	taken  bool
}

// take claims the job; the first claim wins.
func (j *job) take() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	first := !j.taken
	j.taken = true
	return first
}

func (o *Output) init() {
	o.once.Do(func() { o.jobs = make(chan *job, outputQueue); o.owed = map[string]func(context.Context, Event){} })
}

// Give hands the device an effect and returns at once. Nothing is begun once
// wanted answers false; it may be nil.
func (o *Output) Give(ctx context.Context, e Effect, lane string, bring func(context.Context, Event), wanted func() bool) {
	o.init()
	j := &job{effect: e, lane: lane, bring: bring, wanted: wanted}
	apart := time.Duration(o.given.Add(1)) // so that what came together is handed back in its order
	j.timer = time.AfterFunc(heldAfter+apart, func() {
		if j.take() {
			o.handBack(ctx, j, "its device did not take it within 2 s")
		}
	})
	select {
	case o.jobs <- j:
	default:
		if j.timer.Stop() && j.take() {
			go o.handBack(ctx, j, "its device has too much to do")
		}
	}
}

func (o *Output) handBack(ctx context.Context, j *job, why string) {
	result := Held
	if o.Late {
		result = Dropped
	} else {
		o.mu.Lock()
		o.owed[j.lane] = j.bring
		o.mu.Unlock()
	}
	o.put(ctx, j, result, why)
}

func (o *Output) put(ctx context.Context, j *job, result, why string) {
	out := entry.Output{What: string(j.effect.Do), Result: result, Copy: j.effect.Copy}
	j.bring(ctx, Put{Key: j.effect.Key, Output: out, Why: why})
}

// Run works through the queue until ctx is done.
func (o *Output) Run(ctx context.Context) error {
	o.init()
	again := freeAgain
	for {
		var retry <-chan time.Time
		if o.owes() {
			retry = time.After(again)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-retry:
			if o.Ready == nil || o.Ready(ctx) == nil {
				o.free(ctx)
			}
			again = min(2*again, freeAgainUp)
		case j := <-o.jobs:
			if !j.timer.Stop() || !j.take() {
				continue
			}
			if o.work(ctx, j) {
				again = freeAgain
				o.free(ctx)
			}
		}
	}
}

// work does one job and tells its lane what became of it; it answers whether the device took it.
func (o *Output) work(ctx context.Context, j *job) bool {
	if o.Off != nil && o.Off() {
		o.put(ctx, j, Dropped, "") // somebody has set it so: that is nothing for the log
		return false
	}
	if j.wanted != nil && !j.wanted() {
		o.put(ctx, j, Dropped, "nobody wants it any more")
		return false
	}
	err := o.Do(ctx, j.effect)
	switch {
	case err == nil:
		o.put(ctx, j, Done, "")
	case errors.Is(err, ErrNotStarted):
		o.handBack(ctx, j, err.Error())
	case ctx.Err() != nil: // the agent is stopping; the next start goes by "perhaps"
	default:
		o.put(ctx, j, Failed, err.Error())
	}
	return err == nil
}

func (o *Output) owes() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.owed) > 0
}

// free tells the lanes that were handed something back that it can be tried again.
func (o *Output) free(ctx context.Context) {
	o.mu.Lock()
	owed := o.owed
	o.owed = map[string]func(context.Context, Event){}
	o.mu.Unlock()
	for _, lane := range slices.Sorted(maps.Keys(owed)) {
		owed[lane](ctx, Free{What: string(o.What)})
	}
}

// prepare lets what can be done for a call be done while its decision becomes durable.
func (l *Lane) prepare(effects []Effect) {
	for i := range effects {
		effects[i].Receipt.Lane = l.Name
		l.Networks.prepare(&effects[i])
	}
}

// stampShown gives codes that are about to be shown the stamp that their intent has in
// the journal, not that of the decision: a network that finds an order by its date
// is asked with the journal's from then on.
func stampShown(effects []Effect, entries []entry.Entry) {
	for i := range effects {
		if effects[i].Do != Show && effects[i].Do != ShowHold {
			continue
		}
		for _, e := range entries {
			if e.Kind == entry.HoldAsked {
				effects[i].Attempt = Stamped(effects[i].Attempt, e.Stamp)
			}
			if e.Kind == entry.Asked && entry.Must[entry.AskedBody](e).Number == effects[i].Attempt.Number {
				effects[i].Attempt = Stamped(effects[i].Attempt, e.Stamp)
			}
		}
	}
}

// send gives effects to those who carry them out, and lets them begin before
// anybody is told.
func (l *Lane) send(ctx context.Context, s *slot, effects []Effect) {
	for _, e := range effects {
		e.Key, e.Reason = s.key, s.last
		switch e.Do {
		case Charge, Query, Undo, Show, AskRefund, QueryRefund, Hold, ShowHold, QueryHold, UndoHold, Capture, QueryCapture, Release, QueryRelease:
			l.Networks.Do(ctx, e, l.Bring)
		default:
			l.put(ctx, s, e)
		}
	}
	if len(effects) > 0 {
		runtime.Gosched() // else they wait behind all who look at the lane
	}
}

func (l *Lane) put(ctx context.Context, s *slot, e Effect) {
	out := l.Outputs[e.Do]
	switch {
	case e.Loose:
		if out != nil && l.faces(s) {
			out.Give(ctx, e, l.Name, func(context.Context, Event) {}, l.mayHear(s))
		}
	case e.Do == Voice && !l.faces(s): // never while another order is in front of the lane
		l.later(ctx, Put{Key: e.Key, Output: entry.Output{What: string(e.Do), Result: Dropped}, Why: "another order is current"})
	case out == nil && e.Do == Gate:
		l.later(ctx, Put{Key: e.Key, Output: entry.Output{What: string(e.Do), Result: Failed}, Why: "the lane has no gate"})
	case out == nil:
		l.later(ctx, Put{Key: e.Key, Output: entry.Output{What: string(e.Do), Result: Dropped, Copy: e.Copy}})
	case e.Do == Voice:
		out.Give(ctx, e, l.Name, l.Bring, l.mayHear(s))
	default:
		out.Give(ctx, e, l.Name, l.Bring, nil)
	}
}

// faces tells whether what is said of an object is said to the right ones: its
// order is in front of the lane, or, of a refund, no other that is still going on.
func (l *Lane) faces(s *slot) bool {
	if r, ok := s.Machine.(Refunding); ok {
		return l.current == nil || l.current.done || l.current.key == r.Of()
	}
	if s.deposit() != nil {
		return l.current == nil || l.current.done
	}
	return s == l.current
}

// mayHear is the same later, for any goroutine.
func (l *Lane) mayHear(s *slot) func() bool {
	if r, ok := s.Machine.(Refunding); ok {
		of := r.Of()
		return func() bool { return l.quiet(of) }
	}
	if s.deposit() != nil {
		return func() bool { return l.quiet(-1) }
	}
	return func() bool { return l.shows(s) }
}

// later queues an event of the lane's own making without waiting for its own queue.
func (l *Lane) later(ctx context.Context, ev Event) {
	if !l.Offer(ev) {
		go l.Bring(ctx, ev)
	}
}
