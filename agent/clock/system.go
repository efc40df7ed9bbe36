package clock

import (
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// boot reads the kernel's boot clock.
func boot() int64 {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		panic("boot clock: " + err.Error()) // Linux has had it since 2.6.39
	}
	return ts.Nano() / int64(time.Millisecond)
}

// synced asks the kernel whether something keeps its clock right (adjtimex(2),
// STA_UNSYNC). It says no again nine hours after the last correction, and
// whenever the clock is set by hand.
func synced() bool {
	var tx unix.Timex
	state, err := unix.Adjtimex(&tx)
	return err == nil && state != unix.TIME_ERROR && tx.Status&unix.STA_UNSYNC == 0
}

// BootID names this boot of the board; "" where the kernel does not tell.
func BootID() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(id))
}
