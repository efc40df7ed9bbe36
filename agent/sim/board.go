package sim

import (
	"fmt"
	"sync"
	"time"

	"tillgate/agent/clock"
)

// opening is when the shop opens: a device believes no time from before its
// program was written, and fake time begins earlier.
var opening = time.Date(2027, time.March, 1, 8, 0, 0, 0, time.UTC)

// hours is how much later than that some shops open: so late that a day of the
// networks ends while they are open.
func hours(seed uint64) time.Duration {
	if seed%5 != 0 {
		return 0
	}
	return 7*time.Hour + 40*time.Minute
}

// board is what tells the agent the time: a system's clock that jumps, a boot
// clock that never does, and the kernel's word on NTP.
type board struct {
	mu    sync.Mutex
	began time.Time // of this boot
	boot  string
	skew  time.Duration // of the system's clock
	ntp   bool          // keeps the skew under a second
}

func newBoard() *board { return &board{began: time.Now(), boot: "boot 0", ntp: true} }

// wall is the system's idea of the time.
func (b *board) wall() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Add(b.skew)
}

// mono is the boot clock in ms.
func (b *board) mono() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Since(b.began).Milliseconds() + 1000
}

func (b *board) synced() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ntp
}

func (b *board) id() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.boot
}

// jump moves the system's clock.
func (b *board) jump(skew time.Duration, ntp bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.skew, b.ntp = skew, ntp
}

// restart begins a new boot.
func (b *board) restart() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.began = time.Now()
	b.boot = fmt.Sprint("boot ", b.began.UnixNano())
}

// clock is the agent's own, made anew in every life.
func (w *world) clock() *clock.Clock {
	return clock.New(clock.Options{Wall: w.board.wall, Boot: w.board.mono, Synced: w.board.synced, Log: w.oracle.log()})
}

// learn is what the networks tell the clock; the oracle counts what it changes.
func (w *world) learn(c *clock.Clock) func(network string, date time.Time, asked, heard int64) {
	return func(network string, date time.Time, asked, heard int64) {
		before := c.Now()
		c.Learn(network, date, asked, heard)
		after := c.Now()
		if off := after.Wall - before.Wall; before.Trust != after.Trust || max(off, -off) > time.Second.Milliseconds() {
			w.oracle.count(ClockSet)
		}
	}
}

// clockTrouble is a wall clock that jumps: to where NTP wants it, to where a
// board without a battery wakes, to the end of 32 bits, or anywhere.
func (w *world) clockTrouble() {
	w.oracle.count(Clocks)
	now := time.Now()
	skew, ntp := time.Duration(0), false
	switch w.rng.IntN(6) {
	case 0, 1:
		skew, ntp = between(w.rng, -900*time.Millisecond, 900*time.Millisecond), true
	case 2:
		skew = time.Unix(0, 0).Sub(now)
	case 3:
		skew = time.Unix(1<<31-1, 0).Sub(now)
	default:
		skew = between(w.rng, -40*24*time.Hour, 40*24*time.Hour)
	}
	w.board.jump(skew, ntp)
	w.story.Tell("the clock jumps: it is %s wrong (NTP %v)", skew, ntp)
}
