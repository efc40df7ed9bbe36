package serialport_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tillgate/drivers"
	"tillgate/drivers/drivertest"
	"tillgate/drivers/serialport"
)

// patience is what no step of these tests may come near.
const patience = 20 * time.Second

func open(t *testing.T, path string, opt serialport.Options) *serialport.Port {
	t.Helper()
	port, err := serialport.Open(path, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { port.Close() })
	return port
}

// within fails the test when f hangs.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatalf("%s hangs", what)
	}
}

func TestBytesPassBothWays(t *testing.T) {
	t.Parallel()
	near, path := drivertest.Terminal(t)
	port := open(t, path, serialport.Options{Baud: 115200})
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for _, way := range []struct {
		from io.Writer
		to   io.Reader
	}{{near, port}, {port, near}} {
		got := make([]byte, len(all))
		within(t, "a transfer", func() {
			if n, err := way.from.Write(all); n != len(all) || err != nil {
				t.Errorf("wrote %d, %v", n, err)
			}
			if _, err := io.ReadFull(way.to, got); err != nil {
				t.Error(err)
			}
		})
		if !bytes.Equal(got, all) {
			t.Errorf("got %x", got)
		}
	}
	if n, err := port.Read(nil); n != 0 || err != nil {
		t.Errorf("a read of nothing: %d, %v", n, err)
	}
}

// A peer that does not drain makes Write answer in time, with the count of what
// has left; after that the port is faulty, and Close is quick.
func TestWriteToAPeerThatDoesNotDrain(t *testing.T) {
	t.Parallel()
	near, path := drivertest.Terminal(t)
	port := open(t, path, serialport.Options{Baud: 4_000_000, WriteMargin: 50 * time.Millisecond})
	data := bytes.Repeat([]byte("0123456789abcdef"), 8<<10) // more than any buffer; 0.33 s on the line
	var n int
	var err error
	start := time.Now()
	within(t, "Write", func() { n, err = port.Write(data) })
	if took := time.Since(start); took < 300*time.Millisecond {
		t.Errorf("gave up after %v, before the bytes could be on the line", took)
	}
	var wrote *serialport.WriteError
	if !errors.As(err, &wrote) || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("wrote %d, %v; want a deadline", n, err)
	}
	if n == 0 || n >= len(data) || wrote.Taken != n || wrote.Total != len(data) || wrote.Left() > n {
		t.Errorf("wrote %d of %d; the error says %+v", n, len(data), wrote)
	}
	got := make([]byte, n)
	within(t, "reading what was counted", func() {
		if _, err := io.ReadFull(near, got); err != nil {
			t.Error(err)
		}
	})
	if !bytes.Equal(got, data[:n]) {
		t.Error("what arrived is not what was counted")
	}
	near.SetReadDeadline(time.Now().Add(time.Millisecond))
	if m, _ := near.Read(make([]byte, 1)); m > 0 {
		t.Error("more arrived than was counted")
	}
	if n, err := port.Write([]byte("x")); n != 0 || !errors.Is(err, serialport.ErrFaulty) {
		t.Errorf("a write after one that was cut short: %d, %v", n, err)
	}
	within(t, "Close", func() { port.Close() })
}

func TestTheTimeOfAWrite(t *testing.T) {
	t.Parallel()
	_, path := drivertest.Terminal(t)
	stuff(t, path)
	port := open(t, path, serialport.Options{Baud: 9600, WriteMargin: 100 * time.Millisecond})
	var start time.Time
	var err error
	for err == nil { // the kernel may still find some room
		start = time.Now()
		_, err = port.Write(make([]byte, 96)) // 100 ms at 9600 baud
	}
	if took := time.Since(start); !errors.Is(err, os.ErrDeadlineExceeded) || took < 200*time.Millisecond || took > patience {
		t.Errorf("%v after %v, want a deadline after 200ms", err, took)
	}
	if text := err.Error(); !strings.HasPrefix(text, "write "+path+": ") || !strings.Contains(text, " of 96 bytes were sent: ") {
		t.Errorf("the error is %q", text)
	}
}

func TestAWriteErrorSaysWhatLeft(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		taken, queued, left int
		text                string
	}{
		{0, 0, 0, "write /dev/x: 0 of 100 bytes were sent: i/o timeout"},
		{60, 20, 40, "write /dev/x: 40 of 100 bytes were sent: i/o timeout"},
		{10, 30, 0, "write /dev/x: 0 of 100 bytes were sent: i/o timeout"}, // an earlier write is queued as well
	} {
		err := &serialport.WriteError{Port: "/dev/x", Taken: row.taken, Queued: row.queued, Total: 100, Err: os.ErrDeadlineExceeded}
		if err.Left() != row.left || err.Error() != row.text {
			t.Errorf("%+v: %d left, %q", err, err.Left(), err)
		}
	}
}

// stuff fills the way to the peer until it takes no more.
func stuff(t *testing.T, path string) {
	t.Helper()
	fd, err := unix.Open(path, unix.O_WRONLY|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	for {
		if _, err := unix.Write(fd, make([]byte, 1)); err != nil {
			return
		}
	}
}

// Close must free a Write that waits for the peer and a Read that waits for bytes.
func TestCloseFreesWhoWaits(t *testing.T) {
	t.Parallel()
	near, path := drivertest.Terminal(t)
	port := open(t, path, serialport.Options{Baud: 300}) // an hour for what follows
	read, write := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := port.Read(make([]byte, 1))
		read <- err
	}()
	go func() {
		_, err := port.Write(make([]byte, 1<<17))
		write <- err
	}()
	within(t, "the first byte", func() { // so the write is under way
		if _, err := near.Read(make([]byte, 1)); err != nil {
			t.Error(err)
		}
	})
	within(t, "Close", func() {
		if err := port.Close(); err != nil {
			t.Error(err)
		}
	})
	within(t, "who waited", func() {
		if err := <-read; !errors.Is(err, os.ErrClosed) {
			t.Errorf("the read ended with %v", err)
		}
		if err := <-write; !errors.Is(err, os.ErrClosed) {
			t.Errorf("the write ended with %v", err)
		}
	})
	if err := port.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	if _, err := port.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a read after Close: %v", err)
	}
	if n, err := port.Write([]byte("x")); n != 0 || err == nil {
		t.Errorf("a write after Close: %d, %v", n, err)
	}
}

// A plug that is pulled is an error for the reader and for the writer, and the
// port can be closed all the same.
func TestHangUpIsAnError(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(*serialport.Port) error{
		"read":  func(p *serialport.Port) error { _, err := p.Read(make([]byte, 8)); return err },
		"write": func(p *serialport.Port) error { _, err := p.Write(make([]byte, 1<<20)); return err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			near, path := drivertest.Terminal(t)
			port := open(t, path, serialport.Options{Baud: 50})
			ended := make(chan error, 1)
			go func() { ended <- act(port) }()
			if name == "write" { // let it begin
				if _, err := near.Read(make([]byte, 1)); err != nil {
					t.Fatal(err)
				}
			}
			near.Close()
			within(t, name, func() {
				if err := <-ended; !errors.Is(err, serialport.ErrUnplugged) {
					t.Errorf("ended with %v, want %v", err, serialport.ErrUnplugged)
				}
			})
			within(t, "Close", func() { port.Close() })
		})
	}
}

func TestReadTimeout(t *testing.T) {
	t.Parallel()
	near, path := drivertest.Terminal(t)
	port := open(t, path, serialport.Options{ReadTimeout: 20 * time.Millisecond})
	for range 3 { // it does not wear off
		start := time.Now()
		n, err := port.Read(make([]byte, 8))
		if n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) < 20*time.Millisecond {
			t.Fatalf("read %d, %v after %v", n, err, time.Since(start))
		}
	}
	if _, err := near.Write([]byte("abc")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 8)
	if n, err := port.Read(got); n != 3 || err != nil {
		t.Errorf("read %q, %v", got[:n], err)
	}

	_, path = drivertest.Terminal(t)
	port = open(t, path, serialport.Options{})
	if err := port.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := port.Read(got); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read with a deadline: %v", err)
	}
}

func TestBuffered(t *testing.T) {
	t.Parallel()
	near, path := drivertest.Terminal(t)
	port := open(t, path, serialport.Options{})
	if n := port.Buffered(); n != 0 {
		t.Errorf("%d bytes before any", n)
	}
	if _, err := near.Write([]byte("abcd")); err != nil {
		t.Fatal(err)
	}
	if n, err := port.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if n := port.Buffered(); n != 3 {
		t.Errorf("%d bytes are left, want 3", n)
	}
	port.Close()
	if n := port.Buffered(); n != 0 {
		t.Errorf("%d bytes in a closed port", n)
	}
}

// A port that was closed opens again, many times, and what arrived meanwhile is gone.
func TestReopen(t *testing.T) {
	t.Parallel()
	near, path := drivertest.Terminal(t)
	for i := range 20 {
		if _, err := near.Write([]byte("stale")); err != nil {
			t.Fatal(err)
		}
		port, err := serialport.Open(path, serialport.Options{})
		if err != nil {
			t.Fatalf("opening %d: %v", i, err)
		}
		if _, err := near.Write([]byte{byte(i)}); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 8)
		if n, err := port.Read(got); n != 1 || got[0] != byte(i) || err != nil {
			t.Errorf("opening %d: read %q, %v", i, got[:n], err)
		}
		if err := port.Close(); err != nil {
			t.Fatalf("closing %d: %v", i, err)
		}
	}
}

// One port has one owner, under all of its names, in this program and others.
func TestOnePortOneOwner(t *testing.T) {
	t.Parallel()
	_, path := drivertest.Terminal(t)
	alias := filepath.Join(t.TempDir(), "by-id")
	if err := os.Symlink(path, alias); err != nil {
		t.Fatal(err)
	}
	port := open(t, path, serialport.Options{})
	for _, name := range []string{path, alias} {
		if second, err := serialport.Open(name, serialport.Options{}); !errors.Is(err, serialport.ErrBusy) {
			t.Errorf("%s was opened twice: %v, %v", name, second, err)
		} else if want := "open " + name + ": another program has the port"; err.Error() != want {
			t.Errorf("%q, want %q", err, want)
		}
	}
	port.Close()
	open(t, alias, serialport.Options{})
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, tty := drivertest.Terminal(t)
	for _, row := range []struct {
		name string
		opt  serialport.Options
		is   error
		says string
	}{
		{filepath.Join(dir, "none"), serialport.Options{}, fs.ErrNotExist, "no such file"},
		{file, serialport.Options{}, nil, "not a serial port"},
		{dir, serialport.Options{}, nil, "not a serial port"},
		{"/dev/null", serialport.Options{}, nil, "open /dev/null: "},
		{tty, serialport.Options{Flow: "smoke"}, nil, `no flow control "smoke"`},
	} {
		port, err := serialport.Open(row.name, row.opt)
		if err == nil {
			port.Close()
			t.Errorf("%s was opened", row.name)
			continue
		}
		if row.is != nil && !errors.Is(err, row.is) || !strings.Contains(err.Error(), row.says) || strings.Count(err.Error(), row.name) != 1 {
			t.Errorf("%s: %v; want %q", row.name, err, row.says)
		}
	}
	open(t, tty, serialport.Options{}) // a refused port was given back
}

// The library switches flow control off; ours has to be on afterwards, and only ours.
func TestFlowControlIsSet(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		flow     serialport.Flow
		rts, xon bool
	}{{"", false, false}, {serialport.None, false, false}, {serialport.RTSCTS, true, false}, {serialport.XONXOFF, false, true}} {
		near, path := drivertest.Terminal(t)
		open(t, path, serialport.Options{Baud: 250000, Flow: row.flow}) // a speed that has no Bxxx constant
		conn, err := near.SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		var mode *unix.Termios
		if err := conn.Control(func(fd uintptr) { mode, err = unix.IoctlGetTermios(int(fd), unix.TCGETS2) }); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if rts, xon := mode.Cflag&unix.CRTSCTS != 0, mode.Iflag&unix.IXON != 0; rts != row.rts || xon != row.xon {
			t.Errorf("flow %q: RTS/CTS %v, XON/XOFF %v", row.flow, rts, xon)
		}
		if mode.Ospeed != 250000 {
			t.Errorf("flow %q: %d baud", row.flow, mode.Ospeed)
		}
	}
}

func TestReadOptions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]serialport.Options{
		"serial:/dev/x": {Baud: 19200, Flow: serialport.None, WriteMargin: time.Second},
		"serial:/dev/x?baud=250000&flow=rtscts&margin=5s": {Baud: 250000, Flow: serialport.RTSCTS, WriteMargin: 5 * time.Second},
		"serial:/dev/x?flow=xonxoff":                      {Baud: 19200, Flow: serialport.XONXOFF, WriteMargin: time.Second},
	} {
		u, err := drivers.ParseURI(text)
		if err != nil {
			t.Fatal(err)
		}
		o := u.Options()
		if got := serialport.ReadOptions(o, 19200); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
		if err := o.Done(); err != nil {
			t.Error(err)
		}
	}
}
