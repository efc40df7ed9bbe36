package console

import (
	"context"
	"net/http"
	"sync"
	"time"

	"tillgate/agent/report"
	"tillgate/agent/words"
)

// filesMax is how many files of details may leave at a time: each reads the
// journal between the sales.
const filesMax = 4

// fileIs is what has become of a file.
type fileIs string

const (
	fileRuns    fileIs = "runs"
	fileWhole   fileIs = "whole"
	fileStopped fileIs = "stopped" // by a person
	fileBroken  fileIs = "broken"  // by the browser, the network or the disk
)

// leaving is how far a file is, for the page that asked for it.
type leaving struct {
	Name  string `json:"name,omitempty"` // that the page gave it
	State fileIs `json:"state"`
	Done  int64  `json:"done"`  // orders that were read
	Total int64  `json:"total"` // of so many, or a few more; 0: not known
	Bytes int64  `json:"bytes"` // that were handed to the browser

	stop context.CancelFunc
}

// files are the newest file of each session. Of its contents they have nothing:
// whatever a browser does not take is not read.
type files struct {
	mu   sync.Mutex
	each map[tokenHash]*leaving
}

// begin notes a file that begins to leave; ok is false where the session has one
// that still does, or too many do.
func (f *files) begin(ctx context.Context, token, name string) (one *leaving, running context.Context, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key, under := hashed(token), 0
	for _, other := range f.each {
		if other.State == fileRuns {
			under++
		}
	}
	if now := f.each[key]; under >= filesMax || now != nil && now.State == fileRuns {
		return nil, ctx, false
	}
	if f.each == nil {
		f.each = map[tokenHash]*leaving{}
	}
	for old, other := range f.each { // those of sessions that may be over by now
		if len(f.each) >= sessionsMax && other.State != fileRuns {
			delete(f.each, old)
		}
	}
	one = &leaving{Name: name, State: fileRuns}
	running, one.stop = context.WithCancel(ctx)
	f.each[key] = one
	return one, running, true
}

// change changes what is known of a file.
func (f *files) change(one *leaving, by func(*leaving)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	by(one)
}

// end is what became of it; what a person has stopped stays so.
func (f *files) end(one *leaving, is fileIs) {
	one.stop()
	f.change(one, func(l *leaving) {
		if l.State == fileRuns {
			l.State = is
		}
	})
}

// of is a session's newest file.
func (f *files) of(token string) (leaving, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	one := f.each[hashed(token)]
	if one == nil {
		return leaving{}, false
	}
	return *one, true
}

// stop ends a session's file where it is.
func (f *files) stop(token string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one := f.each[hashed(token)]; one != nil && one.State == fileRuns {
		one.State = fileStopped
		one.stop()
	}
}

// serveFile says how far the session's newest file is.
func (c *console) serveFile(w http.ResponseWriter, _ *http.Request, g guest) {
	one, ok := c.files.of(g.token)
	if !ok {
		answer(w, http.StatusNotFound, speak(words.PageNoFile))
		return
	}
	answer(w, http.StatusOK, one)
}

func (c *console) stopFile(w http.ResponseWriter, r *http.Request, g guest) {
	c.files.stop(g.token)
	c.serveFile(w, r, g)
}

// writeDetails writes each sale and refund to a browser, and has it followed. A
// file that is cut must not look like a whole one: its connection breaks.
func (c *console) writeDetails(ctx context.Context, w http.ResponseWriter, q report.Query, one *leaving) {
	out := &handed{w: w, control: http.NewResponseController(w), files: &c.files, one: one}
	kept := context.AfterFunc(ctx, func() { _ = out.control.SetWriteDeadline(time.Now()) }) // a browser that takes nothing holds nobody up
	_ = out.control.SetReadDeadline(time.Time{})                                            // that of the request would end it; a recorder in a test has none
	_, err := report.ExportDetails(ctx, out, c.Desk.Source(), q, func(done, total int64) {
		c.files.change(one, func(l *leaving) { l.Done, l.Total = done, max(done, total) })
	})
	if err == nil {
		err = out.control.Flush() // whole is what has left to its last byte
	}
	if stopped := !kept(); stopped || err != nil {
		c.files.end(one, fileBroken)
		panic(http.ErrAbortHandler)
	}
	c.files.end(one, fileWhole) // from here on no deadline cuts the response's end
}

// handed counts what a browser takes, and lets one go that takes nothing for long.
type handed struct {
	w       http.ResponseWriter
	control *http.ResponseController
	files   *files
	one     *leaving
}

func (h *handed) Write(text []byte) (int, error) {
	_ = h.control.SetWriteDeadline(time.Now().Add(fileWaits)) // a recorder in a test has none
	n, err := h.w.Write(text)
	h.files.change(h.one, func(l *leaving) { l.Bytes += int64(n) })
	return n, err
}

// fileWaits is how long a browser may ask its user where a file goes, or its disk
// may be busy, before it is let go.
const fileWaits = 2 * time.Minute
