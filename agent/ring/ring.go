// Package ring is the log of the agent: one line on standard error or in the
// system's journal, and a ring of the newest lines that survives a restart. All
// of it is without payment codes and keys. It is not for what must not be lost
// or must be in order with money: that is the journal's, in package store.
package ring

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"tillgate/agent/pay"
)

const (
	linesMax     = 500
	textBytesMax = 1 << 10  // of one line
	freshMax     = 64 << 10 // bytes that wait to be written; a disk that takes nothing costs no memory
)

// Line is one thing that happened.
type Line struct {
	N     int64      `json:"n"`  // counts on over restarts: lines are in this order, whatever the clock said
	At    time.Time  `json:"at"` // wall time
	Level slog.Level `json:"level"`
	From  string     `json:"from"` // a lane, a device, "agent", or Log
	Text  string     `json:"text"`
}

// Ring keeps the newest lines in memory and in two files. Adding a line waits
// for nothing, and without its files a ring still works: a terminal sells
// without its log. It may be used from several goroutines.
type Ring struct {
	hide *pay.Redactor
	wake chan struct{} // a line has come

	mu     sync.Mutex
	lines  []Line // oldest first
	newest int64
	fresh  []byte // lines that are not written yet
	seen   func(Line)

	out outlet

	writing sync.Mutex // held while the files are written
	files   pair
	failed  bool // the last write did
}

// New makes a ring over the files in a folder, which need not exist yet, and
// reads back what the last life left there.
func New(folder string, hide *pay.Redactor) *Ring {
	r := &Ring{hide: hide, wake: make(chan struct{}, 1), files: pair{folder: folder}}
	lines, current, err := read(folder)
	r.lines, r.files.current = lines, current
	if len(lines) > 0 {
		r.newest = lines[len(lines)-1].N
	}
	if err != nil {
		r.Add(Line{At: time.Now(), Level: slog.LevelWarn, From: Log, Text: "the last events could not be read: " + err.Error()})
	}
	return r
}

// Add adds a line. Its number is the ring's.
func (r *Ring) Add(l Line) {
	l.From, l.Text = r.hide.Text(l.From), short(r.hide.Text(l.Text))
	l.At = l.At.Round(time.Millisecond)
	r.mu.Lock()
	r.newest++
	l.N = r.newest
	if len(r.lines) == linesMax {
		r.lines = slices.Delete(r.lines, 0, 1)
	}
	r.lines = append(r.lines, l)
	if text, err := json.Marshal(l); err == nil && len(r.fresh)+len(text) < freshMax {
		r.fresh = append(append(r.fresh, text...), '\n')
	}
	seen := r.seen
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default: // the writer has been called and has not looked yet
	}
	if seen != nil {
		seen(l)
	}
}

// short keeps a line's text whole characters and within its bounds.
func short(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= textBytesMax {
		return text
	}
	cut := textBytesMax
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// Lines are the newest lines, oldest first.
func (r *Ring) Lines() []Line {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.lines)
}

// Watch lets see be called with every line that comes from now on, by whoever
// adds it.
func (r *Ring) Watch(see func(Line)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = see
}

// Run writes what comes until ctx is done. Nothing is synced: a line is safe
// from a killed process, not from a power cut.
func (r *Ring) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.wake:
			r.flush()
		}
	}
}

// Close writes what is left and closes the files. What was to be handed on has
// been, unless nobody takes it.
func (r *Ring) Close() error {
	r.flush()
	r.out.wait()
	r.writing.Lock()
	defer r.writing.Unlock()
	return r.files.close()
}

// flush writes the lines that are waiting. A disk that refuses is told once,
// on the page and in memory, and is tried again with the next line.
func (r *Ring) flush() {
	r.writing.Lock()
	r.mu.Lock()
	fresh := r.fresh
	r.fresh = nil
	r.mu.Unlock()
	var err error
	if len(fresh) > 0 {
		err = r.files.write(fresh)
	}
	news := err != nil && !r.failed
	r.failed = err != nil
	r.writing.Unlock()
	if news {
		r.Add(Line{At: time.Now(), Level: slog.LevelWarn, From: Log, Text: fmt.Sprintf("events are not kept over a restart: %v", err)})
	}
}
