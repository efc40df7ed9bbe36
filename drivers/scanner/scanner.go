package scanner

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"tillgate/drivers"
)

// Opener opens the port of a scanner. Close on what it answers must end a Read.
type Opener func(ctx context.Context) (io.ReadCloser, error)

// Scanner is a source of codes.
type Scanner struct {
	name string
	open Opener
	opt  Options
	last map[string]time.Time // codes of the last Repeat, and when they came
}

var _ drivers.Source = (*Scanner)(nil)

// New answers a scanner that opens its port when it runs.
func New(name string, open Opener, opt Options) *Scanner {
	opt.Ending = cmp.Or(opt.Ending, Line)
	opt.Gap = cmp.Or(opt.Gap, GapOf(9600, true))
	opt.Join = cmp.Or(opt.Join, joinDefault)
	opt.Repeat = cmp.Or(opt.Repeat, repeatDefault)
	return &Scanner{name: name, open: open, opt: opt, last: map[string]time.Time{}}
}

// Name is the scanner's name in the config.
func (s *Scanner) Name() string { return s.name }

// Run emits Scanned for each code and Rejected, with the reason, for what was
// not one, until the port is lost or ctx is done.
func (s *Scanner) Run(ctx context.Context, emit func(drivers.Event)) error {
	port, err := s.open(ctx)
	if err != nil {
		return fmt.Errorf("open scanner %s: %w", s.name, err)
	}
	emit(drivers.Event{Kind: drivers.Found, From: s.name})
	r := read(port)
	defer r.stop()

	f := s.framer(emit)
	silence := time.NewTimer(0)
	defer silence.Stop()
	for {
		silence.Stop()
		var over <-chan time.Time
		if wait := f.wait(); wait > 0 {
			silence.Reset(wait)
			over = silence.C
		}
		select {
		case <-ctx.Done():
			return nil
		case chunk := <-r.chunks:
			f.feed(chunk)
		case err := <-r.ended:
			if ctx.Err() != nil {
				return nil
			}
			f.lost()
			return fmt.Errorf("read scanner %s: %w", s.name, err)
		case <-over:
			s.silent(f, r)
		}
	}
}

// silent tells the framer that nothing came; unless something did while this
// program itself was not running, and waits to be read.
func (s *Scanner) silent(f *framer, r *reader) {
	select {
	case chunk := <-r.chunks:
		f.feed(chunk)
		return
	default:
	}
	if r.buffered() == 0 {
		f.silent()
	}
}

func (s *Scanner) framer(emit func(drivers.Event)) *framer {
	quiet := s.opt.Join
	if s.opt.Ending == Gap {
		quiet = s.opt.Gap
	}
	return &framer{
		ending: s.opt.Ending,
		quiet:  quiet,
		found: func(code []byte) {
			if s.opt.AIM {
				code = trimSymbology(code)
			}
			if text := string(code); !s.repeated(text) {
				emit(drivers.Event{Kind: drivers.Scanned, From: s.name, Text: text})
			}
		},
		reject: func(reason string) {
			emit(drivers.Event{Kind: drivers.Rejected, From: s.name, Text: reason})
		},
	}
}

// repeated says whether a code came within Repeat before, and remembers it: a
// phone that is left on the glass is one scan, however long it lies there.
func (s *Scanner) repeated(code string) bool {
	now := time.Now()
	for other, at := range s.last {
		if now.Sub(at) >= s.opt.Repeat {
			delete(s.last, other)
		}
	}
	_, again := s.last[code]
	s.last[code] = now
	return again
}

// reader reads a port in a goroutine of its own.
type reader struct {
	port   io.ReadCloser
	chunks chan []byte // handed over one by one; each is the receiver's
	ended  chan error
	quit   chan struct{}
	done   chan struct{}
}

func read(port io.ReadCloser) *reader {
	r := &reader{
		port: port, chunks: make(chan []byte), ended: make(chan error, 1),
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	go r.run()
	return r
}

func (r *reader) run() {
	defer close(r.done)
	buf := make([]byte, codeBytesMax)
	for {
		n, err := r.port.Read(buf)
		if n > 0 {
			select {
			case r.chunks <- bytes.Clone(buf[:n]):
			case <-r.quit:
				return
			}
		}
		if err != nil {
			r.ended <- err
			return
		}
	}
}

// buffered is what the port says is waiting, if it can say.
func (r *reader) buffered() int {
	if port, ok := r.port.(interface{ Buffered() int }); ok {
		return port.Buffered()
	}
	return 0
}

// stop closes the port and waits until nobody reads it.
func (r *reader) stop() {
	close(r.quit)
	r.port.Close()
	<-r.done
}
