package serialport

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"

	"go.bug.st/serial"
	"golang.org/x/sys/unix"

	"tillgate/drivers"
)

// Flow says how the other end makes us wait.
type Flow string

// The three ways of flow control. The zero Flow is None.
const (
	None    Flow = "none"
	RTSCTS  Flow = "rtscts"  // two wires
	XONXOFF Flow = "xonxoff" // bytes 0x11 and 0x13; not for binary data
)

const (
	baudDefault   = 9600
	marginDefault = time.Second
	closeMax      = time.Second
	bitsPerByte   = 10 // start, 8 data, stop
)

// Options is how a port is opened. The zero value is 9600 baud, no flow
// control, reads that wait, and a second's margin for a write.
type Options struct {
	Baud        int
	Flow        Flow
	ReadTimeout time.Duration // of each Read; 0 waits, or leaves it to SetReadDeadline
	WriteMargin time.Duration // added to the time that the bytes take on the line
}

// ReadOptions takes baud, flow and margin from a device's URI.
func ReadOptions(o *drivers.Options, baud int) Options {
	return Options{
		Baud:        o.Int("baud", baud, 50, 4_000_000),
		Flow:        Flow(o.Word("flow", string(None), string(None), string(RTSCTS), string(XONXOFF))),
		WriteMargin: o.Duration("margin", marginDefault, 10*time.Millisecond, time.Minute),
	}
}

var (
	// ErrBusy is what Open answers when another program, or another part of
	// this one, has the port.
	ErrBusy = errors.New("another program has the port")
	// ErrUnplugged is what Read and Write answer when the device is gone.
	ErrUnplugged = errors.New("the device was unplugged")
	// ErrFaulty is what Write answers after a write that failed: what the
	// device makes of the next bytes cannot be known. Close and open again.
	ErrFaulty = errors.New("an earlier write was cut short")
)

// WriteError says how far a write came.
type WriteError struct {
	Port   string
	Taken  int // bytes that the kernel has taken
	Queued int // of these, still in the kernel; lost at Close
	Total  int
	Err    error // os.ErrDeadlineExceeded when the other end does not take them
}

func (e *WriteError) Error() string {
	return fmt.Sprintf("write %s: %d of %d bytes were sent: %v", e.Port, e.Left(), e.Total, e.Err)
}

// Left is the number of bytes that have left this machine. A device may have
// acted on them.
func (e *WriteError) Left() int { return max(0, e.Taken-e.Queued) }

func (e *WriteError) Unwrap() error { return e.Err }

// Port is an open serial port. One goroutine may read while another writes;
// Close may be called from anywhere, at any time, more than once.
type Port struct {
	name string
	opt  Options
	tty  *os.File    // carries the bytes, and the lock
	line serial.Port // sets the line, and claims the terminal

	write sync.Mutex
	fault bool // guarded by write

	once   sync.Once
	closed error
}

var _ io.ReadWriteCloser = (*Port)(nil)

// Open opens a port and sets it up. What arrived before is thrown away. A
// device that is not there is fs.ErrNotExist, one that is taken ErrBusy.
func Open(name string, opt Options) (*Port, error) {
	if opt.Baud == 0 {
		opt.Baud = baudDefault
	}
	if opt.WriteMargin == 0 {
		opt.WriteMargin = marginDefault
	}
	p := &Port{name: name, opt: opt}
	if err := p.open(); err != nil {
		p.release()
		return nil, fmt.Errorf("open %s: %w", name, reason(err))
	}
	return p, nil
}

func (p *Port) open() (err error) {
	info, err := os.Stat(p.name)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeCharDevice == 0 {
		return errors.New("it is not a serial port")
	}
	p.tty, err = os.OpenFile(p.name, os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	if err := p.lock(); err != nil {
		return err
	}
	if p.line, err = serial.Open(p.name, &serial.Mode{BaudRate: p.opt.Baud, DataBits: 8}); err != nil {
		return err
	}
	if err := p.setFlow(); err != nil {
		return err
	}
	return p.control(func(fd int) error { return unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIFLUSH) })
}

// Read gives what has arrived, at least one byte, or an error: ErrUnplugged,
// os.ErrClosed after Close, os.ErrDeadlineExceeded when nothing came in time.
func (p *Port) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	if p.opt.ReadTimeout > 0 {
		if err := p.tty.SetReadDeadline(time.Now().Add(p.opt.ReadTimeout)); err != nil {
			return 0, fmt.Errorf("read %s: %w", p.name, reason(err))
		}
	}
	n, err := p.tty.Read(b)
	if n > 0 {
		return n, nil
	}
	if err == nil {
		err = io.EOF
	}
	return 0, fmt.Errorf("read %s: %w", p.name, reason(err))
}

// SetReadDeadline bounds reads where Options.ReadTimeout is 0; the zero time
// takes the bound away.
func (p *Port) SetReadDeadline(at time.Time) error { return p.tty.SetReadDeadline(at) }

// Write hands all bytes to the kernel, or answers a WriteError that says how
// many have left. It takes no longer than the bytes take on the line, and the
// margin. After an error every other Write is ErrFaulty.
func (p *Port) Write(b []byte) (int, error) {
	p.write.Lock()
	defer p.write.Unlock()
	if p.fault {
		return 0, &WriteError{Port: p.name, Total: len(b), Err: ErrFaulty}
	}
	line := time.Duration(len(b)) * bitsPerByte * time.Second / time.Duration(p.opt.Baud)
	err := p.tty.SetWriteDeadline(time.Now().Add(line + p.opt.WriteMargin))
	n := 0
	if err == nil {
		n, err = p.tty.Write(b)
	}
	if err == nil {
		return n, nil
	}
	p.fault = true
	return n, &WriteError{Port: p.name, Taken: n, Queued: p.count(unix.TIOCOUTQ), Total: len(b), Err: reason(err)}
}

// Buffered is the number of bytes that have arrived and were not read yet.
func (p *Port) Buffered() int { return p.count(unix.TIOCINQ) }

// Close frees every Read and Write and gives the port back. What was not sent
// is thrown away: to wait for it could take as long as the other end likes.
func (p *Port) Close() error {
	p.once.Do(func() { p.closed = p.release() })
	return p.closed
}

// release closes what is open, in the order that cannot hang: first the
// writers are sent away, then the kernel's buffer is emptied, so that the last
// close has nothing to wait for. A driver that makes it wait all the same is
// left to finish alone.
func (p *Port) release() error {
	if p.tty != nil {
		p.tty.Close()
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if p.line != nil {
			p.line.ResetOutputBuffer() // fails on a device that is gone; nothing waits then
			p.line.Close()
		}
	}()
	slow := time.NewTimer(closeMax)
	defer slow.Stop()
	select {
	case <-done:
		return nil
	case <-slow.C:
		return fmt.Errorf("close %s: the kernel still waits for the device", p.name)
	}
}
