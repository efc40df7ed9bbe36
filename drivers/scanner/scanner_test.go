package scanner_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tillgate/drivers"
	"tillgate/drivers/drivertest"
	"tillgate/drivers/scanner"
	"tillgate/drivers/serialport"
)

const (
	a = "134567890123456789"
	b = "281234567890123456"
	c = "621234567890123456"
)

// rig is a scanner on one end of a pipe, in fake time.
type rig struct {
	t    *testing.T
	gun  *io.PipeWriter
	stop context.CancelFunc
	done chan error

	mu   sync.Mutex
	said []string
}

func start(t *testing.T, opt scanner.Options) *rig {
	t.Helper()
	port, gun := io.Pipe()
	ctx, stop := context.WithCancel(t.Context())
	r := &rig{t: t, gun: gun, stop: stop, done: make(chan error, 1)}
	s := scanner.New("counter", func(context.Context) (io.ReadCloser, error) { return port, nil }, opt)
	go func() { r.done <- s.Run(ctx, r.emit) }()
	synctest.Wait()
	return r
}

func (r *rig) emit(ev drivers.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	said := ev.Text
	if ev.Kind != drivers.Scanned {
		said = ev.Kind.String()
	}
	if ev.From != "counter" {
		r.t.Errorf("an event of %q", ev.From)
	}
	r.said = append(r.said, said)
}

// play sends chunks; a duration is a pause.
func (r *rig) play(script ...any) *rig {
	r.t.Helper()
	for _, step := range script {
		switch step := step.(type) {
		case string:
			if _, err := io.WriteString(r.gun, step); err != nil {
				r.t.Fatal(err)
			}
		case time.Duration:
			<-time.After(step)
		}
	}
	synctest.Wait()
	return r
}

// end stops the scanner and compares all that it said, Found excepted.
func (r *rig) end(want ...string) {
	r.t.Helper()
	r.stop()
	if err := <-r.done; err != nil {
		r.t.Errorf("stopped with %v", err)
	}
	if _, err := r.gun.Write([]byte("x")); err == nil {
		r.t.Error("the port was left open")
	}
	if diff := cmp.Diff(append([]string{"found"}, want...), r.said); diff != "" {
		r.t.Errorf("said (-want +got):\n%s", diff)
	}
}

func TestTiming(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	gap := scanner.Options{Ending: scanner.Gap, Gap: 20 * ms}
	for _, row := range []struct {
		is     string
		opt    scanner.Options
		script []any
		want   []string
	}{
		{"cut in two within the join time", scanner.Options{}, []any{a[:9], 499 * ms, a[9:] + "\r"}, []string{a}},
		{"the join time counts from the last byte", scanner.Options{}, []any{a[:5], 400 * ms, a[5:9], 400 * ms, a[9:], 400 * ms, "\r"}, []string{a}},
		{"cut in two beyond the join time", scanner.Options{}, []any{a[:9], 501 * ms, a[9:] + "\r", b + "\r"}, []string{"rejected", b}},
		{"the rest comes as late as it may", scanner.Options{}, []any{a[:9], 500*ms + 1999*ms, a[9:] + "\r"}, []string{"rejected"}},
		{"later, it is a new code", scanner.Options{}, []any{a[:9], 500*ms + 2001*ms, b + "\r"}, []string{"rejected", b}},
		{"a join time of its own", scanner.Options{Join: 50 * ms}, []any{a[:9], 51 * ms, a[9:] + "\r"}, []string{"rejected"}},
		{"no ending: silence is the ending", gap, []any{a, 21 * ms, b, 19 * ms}, []string{a}},
		{"no ending: parts within the gap", gap, []any{a[:6], 19 * ms, a[6:12], 19 * ms, a[12:], 20 * ms}, []string{a}},
		{"no ending: glued codes are one", gap, []any{"1", 19 * ms, "2", time.Second}, []string{"12"}},
		{"a flood lasts until a silence", scanner.Options{}, []any{strings.Repeat("x", 9999), 499 * ms, a + "\r", 501 * ms, b + "\r"}, []string{"rejected", b}},
		{"a flood in a gap", gap, []any{strings.Repeat("x", 9999), 19 * ms, a, 21 * ms, b, 21 * ms}, []string{"rejected", b}},

		{"the same code again", scanner.Options{}, []any{a + "\r", a + "\r", 1499 * ms, a + "\r"}, []string{a}},
		{"the window slides", scanner.Options{}, []any{a + "\r", time.Second, a + "\r", time.Second, a + "\r", time.Second, a + "\r", 1500 * ms, a + "\r"}, []string{a, a}},
		{"another code between", scanner.Options{}, []any{a + "\r", time.Second, b + "\r", 499 * ms, a + "\r", 1001 * ms, b + "\r"}, []string{a, b, b}},
		{"another code is no repeat", scanner.Options{}, []any{a + "\r" + b + "\r" + c + "\r"}, []string{a, b, c}},
		{"a window of its own", scanner.Options{Repeat: 3 * time.Second}, []any{a + "\r", 2999 * ms, a + "\r", 3 * time.Second, a + "\r"}, []string{a, a}},
		{"no window", scanner.Options{Repeat: -1}, []any{a + "\r" + a + "\r" + a + "\r"}, []string{a, a, a}},

		{"a prefix is taken off", scanner.Options{AIM: true}, []any{"]Q1" + a + "\r", "]C0" + a + "\r", b + "\r"}, []string{a, b}},
		{"unless nobody asked", scanner.Options{}, []any{"]Q1" + a + "\r"}, []string{"]Q1" + a}},
	} {
		t.Run(row.is, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { start(t, row.opt).play(row.script...).end(row.want...) })
		})
	}
}

// The window for repeats outlives a port that is opened again: a scanner that
// resets on a static shock must not charge twice.
func TestTheWindowOutlivesThePort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var said []string
		emit := func(ev drivers.Event) { said = append(said, ev.Kind.String()) }
		s := scanner.New("counter", func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(a + "\r")), nil
		}, scanner.Options{})
		for range 2 {
			if err := s.Run(t.Context(), emit); !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]string{"found", "scanned", "found"}, said); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// late is a port whose bytes are in the kernel while the program is not running.
type late struct {
	io.ReadCloser
	mu sync.Mutex
	n  int
}

func (l *late) Buffered() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

func (l *late) set(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n = n
}

// A gap is a silence of the scanner, not of ours: bytes that wait to be read
// are none. Otherwise a slow board would emit half a code.
func TestASlowBoardMakesNoGap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pipe, gun := io.Pipe()
		port := &late{ReadCloser: pipe}
		r := &rig{t: t, gun: gun, done: make(chan error, 1)}
		ctx, stop := context.WithCancel(t.Context())
		r.stop = stop
		s := scanner.New("counter", func(context.Context) (io.ReadCloser, error) { return port, nil },
			scanner.Options{Ending: scanner.Gap, Gap: 20 * time.Millisecond})
		go func() { r.done <- s.Run(ctx, r.emit) }()
		r.play(a[:9])
		port.set(9)
		r.play(100 * time.Millisecond)
		port.set(0)
		r.play(a[9:], 20*time.Millisecond).end(a)
	})
}

// No error has a byte of what was scanned, however the port is lost.
func TestErrorsAreSilentAboutCodes(t *testing.T) {
	t.Parallel()
	pulled := errors.New("pulled")
	for name, row := range map[string]struct {
		sent string
		end  error
		want []string
	}{
		"between two codes": {a + "\r", pulled, []string{"found", a}},
		"within a code":     {a + "\r" + b[:12], pulled, []string{"found", a, "rejected"}},
		"at the end":        {a[:3], io.EOF, []string{"found", "rejected"}},
		"before any":        {"", pulled, []string{"found"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := start(t, scanner.Options{})
				if row.sent != "" {
					r.play(row.sent)
				}
				r.gun.CloseWithError(row.end)
				err := <-r.done
				r.stop()
				if !errors.Is(err, row.end) || !strings.HasPrefix(err.Error(), "read scanner counter: ") {
					t.Errorf("ended with %v", err)
				}
				if strings.Contains(err.Error(), a[:3]) || strings.Contains(err.Error(), b[:3]) {
					t.Errorf("the error tells the code: %v", err)
				}
				if diff := cmp.Diff(row.want, r.said); diff != "" {
					t.Errorf("said (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// What is thrown away is told by reason; neither event nor log has the frame.
func TestRejectionsAreSilentAboutCodes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		port, gun := io.Pipe()
		ctx, stop := context.WithCancel(t.Context())
		var log strings.Builder
		n := 0
		emit := func(ev drivers.Event) {
			if ev.Kind == drivers.Rejected {
				n++
				log.WriteString(ev.Text + ev.String())
			}
		}
		s := scanner.New("counter", func(context.Context) (io.ReadCloser, error) { return port, nil }, scanner.Options{})
		done := make(chan error)
		go func() { done <- drivers.Keep(ctx, s, emit, slog.New(slog.NewTextHandler(&log, nil))) }()
		for _, frame := range []string{a + "\x00" + a + "\r", "\xff" + a + "\r", strings.Repeat(a, 300), a} {
			io.WriteString(gun, frame)
			<-time.After(time.Minute)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if n != 4 || strings.Contains(log.String(), a[:4]) {
			t.Errorf("%d rejections: %s", n, log.String())
		}
	})
}

// slow is a port whose reader comes back a second after Close.
type slow struct{ closed chan struct{} }

func (s slow) Read([]byte) (int, error) {
	<-s.closed
	<-time.After(time.Second)
	return 0, os.ErrClosed
}

func (s slow) Close() error {
	close(s.closed)
	return nil
}

// Nothing of a scanner is left when Run returns: the next opening must not find
// a reader that takes its bytes.
func TestRunLeavesNobodyBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		begun := time.Now()
		s := scanner.New("counter", func(context.Context) (io.ReadCloser, error) { return slow{make(chan struct{})}, nil }, scanner.Options{})
		if err := s.Run(ctx, func(drivers.Event) {}); err != nil || time.Since(begun) != 61*time.Second {
			t.Errorf("stopped after %v with %v", time.Since(begun), err)
		}
	})
}

func TestAPortThatDoesNotOpen(t *testing.T) {
	t.Parallel()
	s := scanner.New("counter", func(context.Context) (io.ReadCloser, error) { return nil, os.ErrNotExist }, scanner.Options{})
	err := s.Run(t.Context(), func(ev drivers.Event) { t.Errorf("%v", ev) })
	if !errors.Is(err, os.ErrNotExist) || err.Error() != "open scanner counter: file does not exist" {
		t.Errorf("%v", err)
	}
}

// The whole way: a terminal, a port, a scanner, the supervisor, a plug that is pulled.
func TestOnATerminal(t *testing.T) {
	t.Parallel()
	near, path := drivertest.Terminal(t)
	events := make(chan drivers.Event, 16)
	s := scanner.New("counter", func(context.Context) (io.ReadCloser, error) {
		return serialport.Open(path, serialport.Options{Baud: 115200})
	}, scanner.Options{})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- s.Run(ctx, func(ev drivers.Event) { events <- ev })
	}()
	next := func(kind drivers.Kind, text string) {
		t.Helper()
		select {
		case ev := <-events:
			if ev.Kind != kind || ev.Text != text {
				t.Fatalf("%v with %d bytes, want %v", ev, len(ev.Text), kind)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("no %v", kind)
		}
	}
	next(drivers.Found, "")
	for _, chunk := range []string{a[:4], a[4:] + "\r\n" + b[:1], b[1:] + "\r\n"} {
		if _, err := io.WriteString(near, chunk); err != nil {
			t.Fatal(err)
		}
	}
	next(drivers.Scanned, a)
	next(drivers.Scanned, b)
	stop()
	if err := <-done; err != nil {
		t.Errorf("stopped with %v", err)
	}

	go func() { done <- s.Run(t.Context(), func(ev drivers.Event) { events <- ev }) }()
	next(drivers.Found, "")
	near.Close()
	if err := <-done; !errors.Is(err, serialport.ErrUnplugged) {
		t.Errorf("unplugged: %v", err)
	}
}

func TestReadOptions(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for text, want := range map[string]scanner.Options{
		"serial:/dev/ttyUSB0":   {Ending: scanner.Line, Gap: 20 * ms, Join: 500 * ms, Repeat: 1500 * ms},
		"serial:/dev/ttyACM3":   {Ending: scanner.Line, Gap: 20 * ms, Join: 500 * ms, Repeat: 1500 * ms},
		"serial:/dev/ttyS1":     {Ending: scanner.Line, Gap: 5125 * time.Microsecond, Join: 500 * ms, Repeat: 1500 * ms},
		"serial:/dev/usb/ttyS1": {Ending: scanner.Line, Gap: 5125 * time.Microsecond, Join: 500 * ms, Repeat: 1500 * ms},
		"serial:/dev/serial/by-id/usb-x-if00?ending=gap&gap=50ms&join=1s&repeat=3s&aim=true": {Ending: scanner.Gap, Gap: 50 * ms, Join: time.Second, Repeat: 3 * time.Second, AIM: true},
		"serial:/dev/serial/by-path/platform-1c1b000.usb-port0?ending=etx&repeat=0s":         {Ending: scanner.ETX, Gap: 20 * ms, Join: 500 * ms, Repeat: -1},
	} {
		u, err := drivers.ParseURI(text)
		if err != nil {
			t.Fatal(err)
		}
		o := u.Options()
		if diff := cmp.Diff(want, scanner.ReadOptions(o, u.Address, 9600)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		if err := o.Done(); err != nil {
			t.Error(err)
		}
	}
	if got := scanner.GapOf(300, true); got != 100*ms {
		t.Errorf("three characters at 300 baud are %v", got)
	}
}
