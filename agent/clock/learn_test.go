package clock_test

import (
	"strings"
	"testing"
	"time"

	"tillgate/agent/clock"
	"tillgate/store/entry"
)

// TestOneVerifiedReply sets every wrong clock right within two seconds, and no
// later jump of the system's clock matters.
func TestOneVerifiedReply(t *testing.T) {
	t.Parallel()
	for _, wall := range []time.Time{at(1970), at(2038), at(2028), noon.Add(-time.Hour), noon} {
		for _, took := range []time.Duration{0, 80 * time.Millisecond, 3 * time.Second} {
			for _, fraction := range []time.Duration{0, 499 * time.Millisecond, 999 * time.Millisecond} {
				b := wake(t, wall)
				b.clock.Raise(entry.Stamp{Wall: noon.Add(-time.Hour).UnixMilli(), Trust: entry.Trusted}, false)
				b.clock.Now()
				b.pass(fraction)
				b.reply(took, 0)
				b.expect(b.truth, 500*time.Millisecond, entry.Trusted, clock.Date)
				b.wall = at(1999)
				b.pass(time.Hour)
				b.expect(b.truth, 500*time.Millisecond, entry.Trusted, clock.Date)
				if s := b.clock.State(); s.Network != "wechat" || s.Age != time.Hour {
					t.Errorf("state is %+v", s)
				}
			}
		}
	}
}

// TestALateReply: however unevenly 20 s of waiting were spent, the true time is
// within half of it, and further replies narrow it down.
func TestALateReply(t *testing.T) {
	t.Parallel()
	b := wake(t, at(1970))
	asked := b.boot.Milliseconds()
	date := b.truth.Truncate(time.Second) // written at once, and 20 s on the way
	b.pass(20 * time.Second)
	b.clock.Learn("wechat", date, asked, b.boot.Milliseconds())
	b.expect(b.truth, 10*time.Second, entry.Trusted, clock.Date)
	b.reply(100*time.Millisecond, 0)
	b.expect(b.truth, 550*time.Millisecond, entry.Trusted, clock.Date)
	b.reply(20*time.Second, 0) // a slow one widens nothing
	b.expect(b.truth, 550*time.Millisecond, entry.Trusted, clock.Date)
}

// TestAReplyThatWasTooLongInComing says nothing, neither of a clock that knows
// nothing nor of one that does.
func TestAReplyThatWasTooLongInComing(t *testing.T) {
	t.Parallel()
	b := wake(t, at(1970))
	asked := b.boot.Milliseconds()
	date := b.truth.Truncate(time.Second)
	b.pass(25 * time.Second)
	b.clock.Learn("unionpay", date, asked, b.boot.Milliseconds())
	if s := b.clock.Now(); s.Trust == entry.Trusted {
		t.Errorf("it is believed: %+v", s)
	}
	b.reply(100*time.Millisecond, 0)
	asked = b.boot.Milliseconds()
	b.pass(25 * time.Second)
	b.clock.Learn("unionpay", date, asked, b.boot.Milliseconds())
	b.expect(b.truth, 560*time.Millisecond, entry.Trusted, clock.Date)
}

// TestRepliesNarrowItDown: one from the beginning of a second and one from its
// end leave little room.
func TestRepliesNarrowItDown(t *testing.T) {
	t.Parallel()
	b := wake(t, at(1970))
	b.reply(0, 0)
	b.pass(999 * time.Millisecond)
	b.reply(0, 0)
	b.expect(b.truth, 2*time.Millisecond, entry.Trusted, clock.Date)
	b.pass(801 * time.Millisecond)
	b.reply(0, 300*time.Millisecond) // another server's clock is a little ahead
	b.pass(300 * time.Millisecond)
	b.reply(0, -300*time.Millisecond)
	b.expect(b.truth, 500*time.Millisecond, entry.Trusted, clock.Date)
	if strings.Contains(b.log.String(), "contradicts") {
		t.Error(b.log.String())
	}
}

// TestTrustBeatsTheFloor: entries of a wrong future do not bind the clock once
// something is verified.
func TestTrustBeatsTheFloor(t *testing.T) {
	t.Parallel()
	for _, worth := range []entry.Trust{entry.Untrusted, entry.Floor, entry.Trusted} {
		future := entry.Stamp{Wall: at(2031).UnixMilli(), Mono: 1, Trust: worth}
		b := wake(t, noon)
		b.clock.Raise(future, false)
		b.expect(at(2031), 0, min(worth, entry.Floor), clock.LastEntry)
		b.reply(0, 0)
		b.expect(b.truth, 500*time.Millisecond, entry.Trusted, clock.Date)

		b = wake(t, noon)
		b.clock.Raise(future, false)
		b.ntp = true
		b.expect(noon, 0, entry.Trusted, clock.NTP)
		b.ntp = false
		b.expect(noon, 0, entry.Trusted, clock.NTP)
	}
}

// TestAFloorThatHolds narrows the first Date: the time is after the last entry.
func TestAFloorThatHolds(t *testing.T) {
	t.Parallel()
	b := wake(t, at(1970))
	b.truth = noon.Add(950 * time.Millisecond)
	b.clock.Raise(entry.Stamp{Wall: b.truth.UnixMilli(), Mono: 1, Trust: entry.Trusted}, false)
	b.reply(0, 0)
	if got := b.clock.Time(); got.Before(b.truth) {
		t.Errorf("it is %s, before the last entry at %s", got, b.truth)
	}
}

// TestWildDates: what a verified Date may do, by what is known already.
func TestWildDates(t *testing.T) {
	t.Parallel()
	const wild = 5 * 365 * 24 * time.Hour
	t.Run("older than the program", func(t *testing.T) {
		t.Parallel()
		b := wake(t, at(1970))
		b.reply(0, -wild)
		b.expect(time.Date(2026, time.February, 1, 0, 0, 0, 0, time.UTC), 0, entry.Untrusted, clock.Written)
		if !strings.Contains(b.log.String(), "not believed") {
			t.Errorf("nobody is told: %s", b.log.String())
		}
	})
	t.Run("while nothing is verified", func(t *testing.T) {
		t.Parallel()
		b := wake(t, noon)
		b.reply(0, wild) // the device may have lain in a drawer
		b.expect(b.truth.Add(wild), 500*time.Millisecond, entry.Trusted, clock.Date)
		b.reply(0, 0)
		b.reply(0, 0) // and two replies take it back
		b.expect(b.truth, 500*time.Millisecond, entry.Trusted, clock.Date)
	})
	t.Run("once, while the clock is trusted", func(t *testing.T) {
		t.Parallel()
		b := wake(t, noon)
		for _, off := range []time.Duration{0, wild, 0, wild, 0, -time.Hour, wild} {
			b.reply(0, off)
			b.expect(b.truth, 500*time.Millisecond, entry.Trusted, clock.Date)
		}
		if n := strings.Count(b.log.String(), "contradicts the clock"); n != 4 {
			t.Errorf("told %d times: %s", n, b.log.String())
		}
	})
	t.Run("twice, while the clock is trusted", func(t *testing.T) {
		t.Parallel()
		b := wake(t, noon)
		b.reply(0, wild)
		b.reply(0, 0)
		b.pass(time.Minute)
		b.reply(0, 0)
		b.expect(b.truth, 500*time.Millisecond, entry.Trusted, clock.Date)
	})
	t.Run("after the old one has aged", func(t *testing.T) {
		t.Parallel()
		b := wake(t, noon)
		b.reply(0, wild)
		b.pass(73 * time.Hour)
		b.reply(0, 0)
		b.expect(b.truth, 500*time.Millisecond, entry.Trusted, clock.Date)
	})
}
