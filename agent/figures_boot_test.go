//go:build demo && bench

package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tillgate/agent/pay/sandbox"
	"tillgate/drivers/drivertest"
)

const bootRatioMax = 3.0

// TestFiguresOfABoot: from the start of the process until a scan would be read,
// against a program that only opens what we open. Both have been started before.
func TestFiguresOfABoot(t *testing.T) {
	dir := t.TempDir()
	authority, err := sandbox.NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	near, scanner := drivertest.Terminal(t)
	agent := []string{buildDevice(t, dir, "."), "run", "--config", idleConfig(t, dir, scanner, "tls://127.0.0.1:1", authority.RootPEM())}
	floor := []string{buildDevice(t, dir, "./testdata/floor"), filepath.Join(dir, "floor.db"), scanner, "https://pay.example.com/q/0123456789"}
	var ratios []float64
	for round := range rounds + 1 {
		ours, bare := bootAgent(t, near, agent), bootFloor(t, floor)
		if round == 0 {
			continue // made their databases
		}
		t.Logf("ours %v, bare %v", ours, bare)
		ratios = append(ratios, float64(ours)/float64(bare))
	}
	ratio := median(ratios)
	figure(t, "boot.ready", "ratio", ratio, ratio <= bootRatioMax*ratioMargin)
}

// bootAgent starts the agent, waits until it has thrown away what its scanner
// sent before, which is the last that it does to a port that it opens, and ends it.
func bootAgent(t *testing.T, near *os.File, command []string) time.Duration {
	t.Helper()
	raw, err := near.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	packets := func(on int) {
		if err := raw.Control(func(fd uintptr) { err = unix.IoctlSetPointerInt(int(fd), unix.TIOCPKT, on) }); err != nil {
			t.Fatal(err)
		}
	}
	packets(1) // the terminal tells what is done to it (ioctl_tty(2), TIOCPKT)
	defer packets(0)
	start := time.Now()
	var said bytes.Buffer
	child := exec.Command(command[0], command[1:]...)
	child.Stderr = &said
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer end(t, child)
	if err := near.SetReadDeadline(start.Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	for told := make([]byte, 64); ; {
		if _, err := near.Read(told); err != nil {
			end(t, child)
			t.Fatalf("the port was not opened: %v\n%s", err, said.Bytes())
		}
		if told[0]&unix.TIOCPKT_FLUSHREAD != 0 {
			return time.Since(start)
		}
	}
}

// bootFloor starts the floor, waits until it says that it is ready, and ends it.
func bootFloor(t *testing.T, command []string) time.Duration {
	t.Helper()
	start := time.Now()
	child := exec.Command(command[0], command[1:]...)
	out, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	defer end(t, child)
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the floor does not come up: %v", err)
	}
	return time.Since(start)
}

// end ends a process that would not by itself.
func end(t *testing.T, child *exec.Cmd) {
	t.Helper()
	child.Process.Kill() //nolint:errcheck // it may have ended
	child.Wait()         //nolint:errcheck // it was killed
}
