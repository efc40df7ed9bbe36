package drivertest

import (
	"fmt"
	"os"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// OpenTerminal answers a terminal in raw mode: the near end as a file, and the
// far end, whose path a driver opens as its port. Closing the near end is what
// pulling the plug is. The far end is for holding open, so that the near end
// does not hang up when a driver closes its port and opens it again.
func OpenTerminal() (near, far *os.File, err error) {
	master, far, err := pty.Open()
	if err != nil {
		return nil, nil, fmt.Errorf("open a terminal: %w", err)
	}
	near, err = pollable(master)
	if err == nil {
		err = raw(far)
	}
	if err != nil {
		far.Close()
		near.Close() // nil is an error that nobody needs
		return nil, nil, fmt.Errorf("open a terminal: %w", err)
	}
	return near, far, nil
}

// Terminal is OpenTerminal for a test: both ends are closed when it is over.
func Terminal(t testing.TB) (near *os.File, path string) {
	t.Helper()
	near, far, err := OpenTerminal()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		near.Close()
		far.Close()
	})
	return near, far.Name()
}

// pollable answers the same file with deadlines, and closable under a read:
// what pty.Open answers has lost both.
func pollable(f *os.File) (*os.File, error) {
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

func raw(f *os.File) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		mode, err := unix.IoctlGetTermios(int(fd), unix.TCGETS)
		if err != nil {
			failed = err
			return
		}
		mode.Iflag, mode.Oflag, mode.Lflag = 0, 0, 0
		mode.Cc[unix.VMIN], mode.Cc[unix.VTIME] = 1, 0
		failed = unix.IoctlSetTermios(int(fd), unix.TCSETS, mode)
	})
	if err != nil {
		return err
	}
	return failed
}
