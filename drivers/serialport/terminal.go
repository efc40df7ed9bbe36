package serialport

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"go.bug.st/serial"
	"golang.org/x/sys/unix"
)

// lock claims the port among the programs that ask in the same way: the
// library's own claim (TIOCEXCL) does not stop root. It is the lock on the
// device node itself that terminal programs and udev use, so that all names of a
// port and all users share it, and the kernel drops it when we crash.
func (p *Port) lock() error {
	err := p.control(func(fd int) error { return unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) })
	if errors.Is(err, unix.EWOULDBLOCK) {
		return ErrBusy
	}
	return err
}

// setFlow sets flow control and looks whether the driver has kept it: one that
// cannot do it clears the flags and says nothing.
func (p *Port) setFlow() error {
	var add func(*unix.Termios)
	var kept func(*unix.Termios) bool
	switch p.opt.Flow {
	case "", None:
		return nil
	case RTSCTS:
		add = func(t *unix.Termios) { t.Cflag |= unix.CRTSCTS }
		kept = func(t *unix.Termios) bool { return t.Cflag&unix.CRTSCTS != 0 }
	case XONXOFF:
		add = func(t *unix.Termios) {
			t.Iflag |= unix.IXON | unix.IXOFF
			t.Cc[unix.VSTART], t.Cc[unix.VSTOP] = 0x11, 0x13
		}
		kept = func(t *unix.Termios) bool { return t.Iflag&unix.IXON != 0 }
	default:
		return fmt.Errorf("there is no flow control %q", p.opt.Flow)
	}
	return p.control(func(fd int) error {
		t, err := unix.IoctlGetTermios(fd, unix.TCGETS2)
		if err != nil {
			return err
		}
		add(t)
		if err := unix.IoctlSetTermios(fd, unix.TCSETS2, t); err != nil {
			return err
		}
		if t, err = unix.IoctlGetTermios(fd, unix.TCGETS2); err != nil {
			return err
		}
		if !kept(t) {
			return fmt.Errorf("it has no flow control %s", p.opt.Flow)
		}
		return nil
	})
}

// count asks the terminal for a number of bytes; 0 when it cannot be asked.
func (p *Port) count(request uint) (n int) {
	err := p.control(func(fd int) (err error) {
		n, err = unix.IoctlGetInt(fd, request)
		return err
	})
	if err != nil {
		return 0
	}
	return n
}

// control runs f on the terminal's descriptor without making it blocking, which
// is what os.File.Fd would do.
func (p *Port) control(f func(fd int) error) error {
	conn, err := p.tty.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := conn.Control(func(fd uintptr) { failed = f(int(fd)) }); err != nil {
		return err
	}
	return failed
}

// reason is an error without the operation and the path, which ours says
// already, and in our words where we have some.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	var port *serial.PortError
	if errors.As(err, &port) && port.Code() == serial.PortBusy {
		return ErrBusy
	}
	switch {
	case err == io.EOF, errors.Is(err, unix.EIO), errors.Is(err, unix.ENXIO), errors.Is(err, unix.ENODEV):
		return ErrUnplugged
	case errors.Is(err, unix.EBUSY):
		return ErrBusy
	}
	return err
}
