package ring

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	waitingMax  = 500             // records that wait for standard error
	leaveWithin = 2 * time.Second // at the end, for those that still do
)

// outlet hands records to a handler that may keep its caller waiting: a journal
// that is busy with its disk, a pipe that nobody reads. No sale waits for one.
// There is one goroutine while there is something to hand on, and none else.
type outlet struct {
	mu      sync.Mutex
	waiting []handing
	lost    int
	idle    chan struct{} // closes when nothing waits any more; nil while nothing does
}

type handing struct {
	ctx    context.Context
	to     slog.Handler
	record slog.Record
}

// put hands a record on, soon. When too many wait it is dropped and counted.
func (o *outlet) put(ctx context.Context, to slog.Handler, r slog.Record) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.waiting) == waitingMax {
		o.lost++
		return
	}
	o.waiting = append(o.waiting, handing{context.WithoutCancel(ctx), to, r.Clone()})
	if o.idle == nil {
		o.idle = make(chan struct{})
		go o.hand(o.idle)
	}
}

// hand empties the queue. Where it had no room, that is said after what had.
func (o *outlet) hand(idle chan struct{}) {
	defer close(idle)
	for {
		o.mu.Lock()
		now, lost := o.waiting, o.lost
		o.waiting, o.lost = nil, 0
		if len(now) == 0 {
			o.idle = nil
			o.mu.Unlock()
			return
		}
		o.mu.Unlock()
		for _, h := range now {
			_ = h.to.Handle(h.ctx, h.record) // there is nobody else to tell
		}
		if lost > 0 {
			last := now[len(now)-1]
			r := slog.NewRecord(time.Now(), slog.LevelWarn, "lines of the log were dropped: nobody took them in time", 0)
			r.Add("lines", lost)
			_ = last.to.Handle(last.ctx, r)
		}
	}
}

// wait waits for what has been put, but not for long.
func (o *outlet) wait() {
	o.mu.Lock()
	idle := o.idle
	o.mu.Unlock()
	if idle == nil {
		return
	}
	late := time.NewTimer(leaveWithin)
	defer late.Stop()
	select {
	case <-idle:
	case <-late.C:
	}
}
