// Package clock tells the time, and how far it can be believed. Boards wake in
// 1970 or in 2038, and their networks may let no NTP through; so the clock
// begins where the journal ended, and is set right by the Date of the first
// reply whose signature is good. DESIGN.md beside this file has the rules.
//
// It is not for measuring how long something takes: that is the boot clock's
// (Stamp.Mono), which never jumps. Nor does any time of it order events: that
// is the journal's sequence.
package clock

import (
	"log/slog"
	"sync"
	"time"

	"tillgate/store/entry"
)

// What is believed, and for how long.
const (
	// driftPPM is how far the boot clock may run wrong, in millionths: crystals
	// of boards are sold with 20 to 50, and heat and age take as much again.
	// It makes 8.64 s a day.
	driftPPM = 100

	// believedFor is how old the newest verified time may be for the clock to
	// pass for Trusted: by then it may be 26 s wrong. A network refuses a
	// signature that is 300 s wrong, and the pay-time rule allows as much, so
	// that a tenth of it is far on the safe side. Whoever trades hears a new
	// one with every sale.
	believedFor = 72 * time.Hour

	// gapMax is how long after its last entry a device may be switched on again
	// and have its system's clock believed without proof. What lies later, such
	// as 2038, is a clock that has lost itself: the floor is nearer to the truth.
	gapMax = 3 * 365 * 24 * time.Hour

	// ntpWithin is how far the system's clock may be off while the kernel calls it synchronised.
	ntpWithin = time.Second

	// serverWithin is how far the clock of a network's server may be off. Two of
	// them do not contradict each other for that.
	serverWithin = 500 * time.Millisecond

	// callMost is the longest call whose Date is believed: it says no more than that
	// the time is within half of that. ChinaUMS may take a minute for an answer.
	callMost = 20*time.Second + 500*time.Millisecond

	// entryWithin is how far the last Trusted entry was off at most, but for the
	// drift: half of the longest call, its Date's resolution, its server.
	entryWithin = 12 * time.Second
)

// earliest is the earliest time there is: Go 1.26, which builds this program, is of February 2026.
var earliest = time.Date(2026, time.February, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

// Options are the clocks of the board. A nil one is the system's.
type Options struct {
	Wall   func() time.Time // the system's idea of the time; it may jump
	Boot   func() int64     // ms since the board was started; it counts on while the board sleeps and never jumps
	Synced func() bool      // whether NTP keeps Wall right, by the kernel's word
	Log    *slog.Logger     // nil discards
}

// Clock is the one clock of a process. Its methods may be called from several goroutines.
type Clock struct {
	o Options

	mu     sync.Mutex
	floor  known // lo is the earliest that the time can be; trust says what that is worth
	learnt known // verified; without a source until there is any
	doubt  known // a single verified Date that contradicts learnt
}

// known is where the true time lies: the boot clock plus at least lo and at most hi.
type known struct {
	lo, hi  int64 // ms
	at      int64 // ms of the boot clock: when that was so
	source  Source
	network string // whose Date
	trust   entry.Trust
}

// New makes a clock that knows nothing yet but that this program has been written.
func New(o Options) *Clock {
	if o.Wall == nil {
		o.Wall = time.Now
	}
	if o.Boot == nil {
		o.Boot = boot
	}
	if o.Synced == nil {
		o.Synced = synced
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	mono := o.Boot()
	return &Clock{o: o, floor: known{lo: earliest - mono, at: mono, source: Written}}
}

// Now stamps what happens. Until something has been verified the wall time
// never goes back; then only what is verified moves it.
func (c *Clock) Now() entry.Stamp {
	c.mu.Lock()
	defer c.mu.Unlock()
	stamp, _ := c.read()
	return stamp
}

// Boot is the boot clock, in ms. It asks nothing of the kernel but that.
func (c *Clock) Boot() int64 { return c.o.Boot() }

// Time is the corrected time: for signing, for the pay-time rule, and for people.
func (c *Clock) Time() time.Time { return time.UnixMilli(c.Now().Wall) }

// read is the time now, and what it is known from.
func (c *Clock) read() (entry.Stamp, known) {
	wall, mono := c.o.Wall().UnixMilli(), c.o.Boot()
	if c.o.Synced() && wall >= earliest {
		off := wall - mono
		c.learnt = known{lo: off - ntpWithin.Milliseconds(), hi: off + ntpWithin.Milliseconds(), at: mono, source: NTP, trust: entry.Trusted}
		c.doubt = known{}
		return entry.Stamp{Wall: wall, Mono: mono, Trust: entry.Trusted}, c.learnt
	}
	if c.learnt.source != "" {
		k := c.learnt
		if !k.fresh(mono) {
			k.trust = entry.Floor
		}
		return entry.Stamp{Wall: mono + k.middle(), Mono: mono, Trust: k.trust}, k
	}
	// Nothing is verified. The system's clock may take the floor up, never down.
	if low := mono + c.floor.lo; wall > low && wall <= low+gapMax.Milliseconds() {
		c.floor = known{lo: wall - mono, at: mono, source: System}
	}
	return entry.Stamp{Wall: mono + c.floor.lo, Mono: mono, Trust: c.floor.trust}, c.floor
}

func (k known) middle() int64 { return k.lo + (k.hi-k.lo)/2 }

// fresh tells whether what was verified is young enough to be trusted.
func (k known) fresh(mono int64) bool {
	return k.source != "" && mono-k.at < believedFor.Milliseconds()
}

// then is what is left of it at another moment: the boot clock may have run wrong since.
func (k known) then(mono int64) known {
	wrong := max(mono-k.at, k.at-mono) * driftPPM / 1_000_000
	k.lo, k.hi = k.lo-wrong, k.hi+wrong
	return k
}

// meets tells whether both are known and can be true together.
func (k known) meets(other known) bool {
	return k.source != "" && other.source != "" && k.lo <= other.hi && other.lo <= k.hi
}
