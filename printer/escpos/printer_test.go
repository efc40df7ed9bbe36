package escpos

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/printer"
	"tillgate/printer/paper"
)

// counter is a printer of 58 mm on a counter: its wire can be cut, and what
// came out of it lies there.
type counter struct {
	*Printer
	t     *testing.T
	port  *paper.Port
	slips []paper.Slip
	opens int

	refuse error              // what opening answers
	before func(write []byte) // sees every write
	left   int                // bytes until the wire is cut; below 0 it holds
	mute   bool               // answers are lost
}

func newCounter(t *testing.T, options ...string) *counter {
	c := &counter{t: t, left: -1}
	p := profile(t, "58mm", append([]string{"status=yes", "cut=partial"}, options...)...)
	out := paper.New(p.Dots, nil)
	out.Slip = func(s paper.Slip) { c.slips = append(c.slips, s) }
	c.port = paper.NewPort(out)
	c.Printer = New("counter printer", c.open, p)
	return c
}

func (c *counter) open(ctx context.Context) (io.ReadWriteCloser, error) {
	c.opens++
	if c.refuse != nil {
		return nil, c.refuse
	}
	port, err := c.port.Open(ctx)
	return &wire{c, port}, err
}

// wire is an opened port of a counter.
type wire struct {
	*counter
	io.ReadWriteCloser
}

func (w *wire) Write(b []byte) (int, error) {
	if w.before != nil {
		w.before(b)
	}
	if w.left < 0 {
		return w.ReadWriteCloser.Write(b)
	}
	n := min(w.left, len(b))
	w.left -= n
	if _, err := w.ReadWriteCloser.Write(b[:n]); err != nil {
		return 0, err
	}
	if n < len(b) {
		return n, syscall.EIO
	}
	return n, nil
}

func (w *wire) Read(b []byte) (int, error) {
	for {
		n, err := w.ReadWriteCloser.Read(b)
		if err != nil || !w.mute {
			return n, err
		}
	}
}

func (w *wire) Close() error { return w.ReadWriteCloser.Close() }

// small is a slip with everything that matters: an image above all.
func small() printer.Slip {
	return printer.Slip{ID: "order 8123", Title: "停车缴费", Items: []printer.Item{{Name: "停车费 Parking", Amount: 1500}}, QR: "1", Cut: true}
}

// want says what an error must be: nothing came out, or perhaps.
func (c *counter) want(err error, words string) {
	c.t.Helper()
	if err == nil || err.Error() != words || errors.Is(err, printer.ErrNotStarted) != strings.Contains(words, "nothing was printed") {
		c.t.Errorf("printing says %v\nwant           %s", err, words)
	}
}

func (c *counter) printed(n int) {
	c.t.Helper()
	if len(c.slips) != n {
		c.t.Errorf("%d slips came out, want %d", len(c.slips), n)
	}
}

func TestPrint(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounter(t)
		defer c.Close()
		for n := range 3 {
			if err := c.Print(t.Context(), parking()); err != nil {
				t.Fatal(err)
			}
			c.printed(n + 1)
		}
		if c.opens != 1 {
			t.Errorf("the port was opened %d times for three slips", c.opens)
		}
		if u := c.port.Unknown(); len(u) > 0 {
			t.Errorf("the printer does not know %q", u)
		}
	})
}

// TestNothingWasPrinted has every reason for which no byte of a slip leaves.
func TestNothingWasPrinted(t *testing.T) {
	t.Parallel()
	const start = "print order 8123: nothing was printed: counter printer: "
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, row := range []struct {
		set  func(*counter)
		ctx  context.Context
		slip printer.Slip
		want string
	}{
		{set: func(c *counter) { c.refuse = syscall.ENODEV }, want: "open: no such device"},
		{set: func(c *counter) { c.port.Set(paper.Status{PaperOut: true}) }, want: "the paper is out"},
		{set: func(c *counter) { c.port.Set(paper.Status{CoverOpen: true}) }, want: "the cover is open"},
		{set: func(c *counter) { c.mute = true }, want: "the printer does not answer"},
		{set: func(c *counter) { c.left = 0 }, want: "the port is lost: input/output error"},
		{set: func(c *counter) { c.left = 6 }, want: "the port is lost: input/output error"},
		{set: func(*counter) {}, ctx: cancelled, want: "context canceled"},
		{set: func(*counter) {}, slip: printer.Slip{ID: "order 8123", Barcode: "x"}, want: "barcode has 'x': it is made of digits"},
	} {
		t.Run(row.want, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCounter(t)
				defer c.Close()
				row.set(c)
				ctx, slip := context.Background(), small()
				if row.ctx != nil {
					ctx = row.ctx
				}
				if row.slip.ID != "" {
					slip = row.slip
				}
				c.want(c.Print(ctx, slip), start+row.want)
				c.printed(0)

				c.refuse, c.left, c.mute = nil, -1, false
				c.port.Set(paper.Status{})
				if err := c.Print(context.Background(), small()); err != nil {
					t.Errorf("the next slip: %v", err)
				}
				c.printed(1)
			})
		})
	}
}

// TestReady: who asks hears why nothing could be printed, and nothing comes out.
func TestReady(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		set  func(*counter)
		want string
	}{
		{func(c *counter) { c.refuse = syscall.ENODEV }, "open: no such device"},
		{func(c *counter) { c.port.Set(paper.Status{PaperOut: true}) }, "the paper is out"},
		{func(c *counter) { c.port.Set(paper.Status{CoverOpen: true}) }, "the cover is open"},
		{func(c *counter) { c.mute = true }, "the printer does not answer"},
		{func(c *counter) { c.left = 0 }, "the port is lost: input/output error"},
	} {
		t.Run(row.want, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := newCounter(t)
				defer c.Close()
				row.set(c)
				if err := c.Ready(t.Context()); err == nil || err.Error() != "counter printer is not ready: "+row.want {
					t.Errorf("%v, want %s", err, row.want)
				}
				c.refuse, c.left, c.mute = nil, -1, false
				c.port.Set(paper.Status{})
				if err := c.Ready(t.Context()); err != nil {
					t.Error(err)
				}
				c.printed(0)
				if err := c.Print(t.Context(), small()); err != nil {
					t.Error(err)
				}
				c.printed(1)
			})
		})
	}
}

// TestCutAnywhere cuts the wire after every so many bytes. The error says what
// came of it, and the next slip is whole, also when the cut was in an image.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"status=yes", "status=no"} {
		whole := newCounter(t, status)
		if err := whole.Print(t.Context(), small()); err != nil {
			t.Fatal(err)
		}
		stream, err := Encode(printer.Layout(small(), 32), whole.profile)
		whole.Close()
		if err != nil {
			t.Fatal(err)
		}
		questions := 6 // two of three bytes
		if status == "status=no" {
			questions = 0
		}
		for cut := 0; cut < len(stream)+questions; cut += 1 + cut/20 {
			synctest.Test(t, func(t *testing.T) {
				c := newCounter(t, status)
				defer c.Close()
				c.left = cut
				err := c.Print(t.Context(), small())
				if err == nil || errors.Is(err, printer.ErrNotStarted) != (cut <= questions) {
					t.Errorf("%s, cut after %d bytes: %v", status, cut, err)
				}
				c.left = -1
				if err := c.Print(t.Context(), small()); err != nil {
					t.Fatalf("%s, the slip after a cut after %d bytes: %v", status, cut, err)
				}
				if last := c.slips[len(c.slips)-1]; !bytes.Equal(last.Image.Pix, whole.slips[0].Image.Pix) {
					t.Errorf("%s, the slip after a cut after %d bytes is not whole", status, cut)
				}
			})
		}
	}
}

// TestPulledOutBetweenSlips: the old port is dead when the next slip comes, and
// nothing of the slip is lost or printed twice.
func TestPulledOutBetweenSlips(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"status=yes", "status=no"} {
		synctest.Test(t, func(t *testing.T) {
			c := newCounter(t, status)
			defer c.Close()
			if err := c.Print(t.Context(), small()); err != nil {
				t.Fatal(err)
			}
			c.left = 0
			c.before = func([]byte) {
				if c.opens == 2 {
					c.left = -1
				}
			}
			if err := c.Print(t.Context(), small()); err != nil {
				t.Error(err)
			}
			if c.printed(2); c.opens != 2 {
				t.Errorf("%s: the port was opened %d times", status, c.opens)
			}
		})
	}
}

// TestThePaperEndsWithin: nobody answers for the end of the slip, so it has
// perhaps been printed; the rest of it comes out with the new roll.
func TestThePaperEndsWithin(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounter(t)
		defer c.Close()
		c.before = func(b []byte) {
			if len(b) > 100 {
				c.port.Set(paper.Status{PaperOut: true})
			}
		}
		started := time.Now()
		c.want(c.Print(t.Context(), small()), "print order 8123: perhaps printed: counter printer: wait for the end of the slip: the printer does not answer")
		if waited := time.Since(started); waited < 15*time.Second || waited > 30*time.Second {
			t.Errorf("it waited for %s", waited)
		}
		c.before = nil
		c.want(c.Print(t.Context(), small()), "print order 8123: nothing was printed: counter printer: the paper is out")
		c.port.Set(paper.Status{})
		if err := c.Print(t.Context(), small()); err != nil {
			t.Error(err)
		}
		c.printed(2)
	})
}

// TestOneAtATime: lanes that share a printer wait for each other, as long as
// they want to wait.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCounter(t)
		defer c.Close()
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if err := c.Print(t.Context(), small()); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		c.printed(8)

		c.mute = true
		group.Go(func() {
			c.want(c.Print(t.Context(), small()), "print order 8123: nothing was printed: counter printer: the printer does not answer")
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), answerMax/2)
		defer cancel()
		c.want(c.Print(ctx, small()), "print order 8123: nothing was printed: counter printer: context deadline exceeded")
		group.Wait()
	})
}

// jammed is a printer that takes its time: it answers DLE EOT at once and does
// everything else in turn. It says more than it is asked.
type jammed struct {
	work    chan time.Duration // how long each write with a GS r takes
	mu      sync.Mutex
	answers chan byte
	delays  []time.Duration // of the slips, in order; then none
}

func (j *jammed) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case delay := <-j.work:
			select {
			case <-ctx.Done():
				return
			case <-time.After(delay):
			}
			j.say(0x13, 0x11, 0x14, 0x00, 0x00, 0x0F, 0x00) // flow control, then automatic status, then the answer
		}
	}
}

func (j *jammed) say(answers ...byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, b := range answers {
		select {
		case j.answers <- b:
		default:
		}
	}
}

func (j *jammed) Open(context.Context) (io.ReadWriteCloser, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.answers = make(chan byte, 64)
	return &jammedWire{j, j.answers, make(chan struct{})}, nil
}

type jammedWire struct {
	*jammed
	answers chan byte
	closed  chan struct{}
}

func (w *jammedWire) Write(b []byte) (int, error) {
	switch {
	case len(b) == 3 && b[0] == 0x10:
		w.say(0x12)
	case len(b) == 3:
		w.work <- 10 * time.Millisecond
	case bytes.HasSuffix(b, []byte{0x1D, 'r', 1}):
		delay := time.Duration(0)
		if len(w.delays) > 0 {
			delay, w.delays = w.delays[0], w.delays[1:]
		}
		w.work <- delay
	}
	return len(b), nil
}

func (w *jammedWire) Read(b []byte) (int, error) {
	select {
	case <-w.closed:
		return 0, os.ErrClosed
	case b[0] = <-w.answers:
		return 1, nil
	}
}

func (w *jammedWire) Close() error {
	close(w.closed)
	return nil
}

// TestALateAnswerIsNotTheNextSlips: the answer to a slip that was given up is
// not taken for the end of the next one.
func TestALateAnswerIsNotTheNextSlips(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		j := &jammed{work: make(chan time.Duration, 16), delays: []time.Duration{time.Second, 21 * time.Second, 500 * time.Second}}
		go j.run(ctx)
		p := New("counter printer", j.Open, profile(t, "58mm", "status=yes", "qr=native"))
		defer p.Close()
		c := &counter{t: t}
		if err := p.Print(ctx, small()); err != nil {
			t.Fatal(err)
		}
		const perhaps = "print order 8123: perhaps printed: counter printer: wait for the end of the slip: the printer does not answer"
		c.want(p.Print(ctx, small()), perhaps)
		c.want(p.Print(ctx, small()), "print order 8123: nothing was printed: counter printer: the printer does not answer")
		c.want(p.Print(ctx, small()), perhaps)
		if len(j.delays) != 0 {
			t.Errorf("%d slips were not sent", len(j.delays))
		}
	})
}

// deaf is a port that must not be read.
type deaf struct {
	t *testing.T
	bytes.Buffer
}

func (d *deaf) Read([]byte) (int, error) {
	d.t.Error("a printer without status was read from")
	return 0, io.EOF
}

func (d *deaf) Close() error { return nil }

func TestWithoutStatusNothingIsAsked(t *testing.T) {
	t.Parallel()
	port := &deaf{t: t}
	p := New("counter printer", func(context.Context) (io.ReadWriteCloser, error) { return port, nil }, profile(t, "58mm"))
	if err := p.Print(t.Context(), small()); err != nil {
		t.Fatal(err)
	}
	p.Close()
	for _, question := range []string{"\x10\x04", "\x1dr", "\x1dV"} {
		if bytes.Contains(port.Bytes(), []byte(question)) {
			t.Errorf("a printer without status and cutter was sent %q", question)
		}
	}
}
