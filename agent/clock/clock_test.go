package clock_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"tillgate/agent/clock"
	"tillgate/store/entry"
)

// board is a board whose clocks the test moves.
type board struct {
	t     *testing.T
	truth time.Time // what time it is
	wall  time.Time // what the system believes
	boot  time.Duration
	ntp   bool
	clock *clock.Clock
	log   bytes.Buffer
}

var noon = time.Date(2026, time.November, 27, 12, 0, 0, 0, time.UTC)

// wake starts a board at noon with a system's clock of its own.
func wake(t *testing.T, wall time.Time) *board {
	b := &board{t: t, truth: noon, wall: wall, boot: 20 * time.Second}
	b.restart()
	return b
}

// restart starts the process again; the board goes on.
func (b *board) restart() {
	b.clock = clock.New(clock.Options{
		Wall: func() time.Time { return b.wall }, Boot: func() int64 { return b.boot.Milliseconds() },
		Synced: func() bool { return b.ntp }, Log: slog.New(slog.NewTextHandler(&b.log, nil)),
	})
}

func (b *board) pass(d time.Duration) {
	b.truth, b.wall, b.boot = b.truth.Add(d), b.wall.Add(d), b.boot+d
}

// reply is a verified reply that took so long, by a network whose clock is so far off.
func (b *board) reply(took, off time.Duration) {
	asked := b.boot.Milliseconds()
	b.pass(took / 2)
	date := b.truth.Add(off).Truncate(time.Second)
	b.pass(took / 2)
	b.clock.Learn("wechat", date, asked, b.boot.Milliseconds())
}

// expect compares the clock with a time to within so much.
func (b *board) expect(want time.Time, within time.Duration, trust entry.Trust, source clock.Source) {
	b.t.Helper()
	now, state := b.clock.Now(), b.clock.State()
	got := time.UnixMilli(now.Wall)
	if got.Sub(want).Abs() > within || now.Trust != trust || now.Mono != b.boot.Milliseconds() || b.clock.Boot() != now.Mono {
		b.t.Errorf("it is %s, trust %d, boot %d; want %s within %s, trust %d, boot %s", got.UTC(), now.Trust, now.Mono, want, within, trust, b.boot)
	}
	if state.Source != source || state.Trust != trust || !state.Time.Equal(got) || !b.clock.Time().Equal(got) ||
		state.Offset.Round(time.Second) != got.Sub(b.wall).Round(time.Second) {
		b.t.Errorf("state is %+v, want source %s", state, source)
	}
}

func at(year int) time.Time { return time.Date(year, time.January, 19, 3, 14, 0, 0, time.UTC) }

// TestWithoutAnyProof is every way to wake without NTP and without a network.
func TestWithoutAnyProof(t *testing.T) {
	t.Parallel()
	written := time.Date(2026, time.February, 1, 0, 0, 0, 0, time.UTC)
	entryAt := noon.Add(-10 * time.Hour)
	later := noon.AddDate(2, 0, 0)
	for _, row := range []struct {
		is     string
		wall   time.Time
		last   time.Time // zero: no journal yet
		worth  entry.Trust
		want   time.Time
		trust  entry.Trust
		source clock.Source
	}{
		{"new, in 1970", at(1970), time.Time{}, 0, written, entry.Untrusted, clock.Written},
		{"new, right", noon, time.Time{}, 0, noon, entry.Untrusted, clock.System},
		{"new, in 2038", at(2038), time.Time{}, 0, written, entry.Untrusted, clock.Written},
		{"in 1970", at(1970), entryAt, entry.Trusted, entryAt, entry.Floor, clock.LastEntry},
		{"in 1970 again", at(1970), entryAt, entry.Floor, entryAt, entry.Floor, clock.LastEntry},
		{"in 1970, the last entry was unproven", at(1970), entryAt, entry.Untrusted, entryAt, entry.Untrusted, clock.LastEntry},
		{"an hour before its last entry", entryAt.Add(-time.Hour), entryAt, entry.Trusted, entryAt, entry.Floor, clock.LastEntry},
		{"in 2038", at(2038), entryAt, entry.Trusted, entryAt, entry.Floor, clock.LastEntry},
		{"right", noon, entryAt, entry.Trusted, noon, entry.Untrusted, clock.System},
		{"two years in a drawer", later, entryAt, entry.Trusted, later, entry.Untrusted, clock.System},
		{"an entry from before the program", at(1970), at(2001), entry.Trusted, written, entry.Untrusted, clock.Written},
	} {
		t.Run(row.is, func(t *testing.T) {
			t.Parallel()
			b := wake(t, row.wall)
			if !row.last.IsZero() {
				b.clock.Raise(entry.Stamp{Wall: row.last.UnixMilli(), Mono: 5, Trust: row.worth}, false)
			}
			b.expect(row.want, 0, row.trust, row.source)
			b.pass(time.Minute)
			b.expect(row.want.Add(time.Minute), 0, row.trust, row.source)
		})
	}
}

// TestUnprovenNeverGoesBack: the system's clock may be moved; stamps only go on.
func TestUnprovenNeverGoesBack(t *testing.T) {
	t.Parallel()
	b := wake(t, noon)
	b.expect(noon, 0, entry.Untrusted, clock.System)
	for _, wall := range []time.Time{at(1970), at(2038), noon.Add(-time.Hour), at(2106)} {
		b.wall = wall
		b.expect(noon, 0, entry.Untrusted, clock.System)
	}
	b.pass(time.Hour)
	b.expect(noon.Add(time.Hour), 0, entry.Untrusted, clock.System)
	b.wall = noon.Add(5 * time.Hour) // the real time clock was read late
	b.expect(noon.Add(5*time.Hour), 0, entry.Untrusted, clock.System)
}

// TestCorrectionsAge: a boot clock that runs wrong by all that is allowed keeps
// within 26 s as long as it is trusted, and is a floor from then on.
func TestCorrectionsAge(t *testing.T) {
	t.Parallel()
	b := wake(t, at(1970))
	b.reply(0, 0)
	slow := func(d time.Duration) { // the crystal loses 100 millionths
		b.pass(d - d/10_000)
		b.truth = b.truth.Add(d / 10_000)
	}
	slow(60 * time.Hour)
	b.reply(0, 0) // the crystal's fault is no contradiction
	b.expect(b.truth, 500*time.Millisecond, entry.Trusted, clock.Date)
	slow(72 * time.Hour)
	b.expect(b.truth, 27*time.Second, entry.Trusted, clock.Date)
	slow(time.Hour)
	b.expect(b.truth, 27*time.Second, entry.Floor, clock.Date)
	b.reply(0, 0) // it agrees with what is left of the old one
	b.expect(b.truth, 500*time.Millisecond, entry.Trusted, clock.Date)
}

// TestNTPWins: while the kernel calls its clock synchronised that is the time;
// what it was is still known when that ends.
func TestNTPWins(t *testing.T) {
	t.Parallel()
	b := wake(t, at(1970))
	b.reply(0, 0)
	b.ntp, b.wall = true, b.truth.Add(700*time.Millisecond)
	b.expect(b.wall, 0, entry.Trusted, clock.NTP)
	b.reply(0, 0)
	b.reply(0, 3*time.Minute) // however often a network says otherwise
	b.reply(0, 3*time.Minute)
	b.expect(b.wall, 0, entry.Trusted, clock.NTP)
	if n := strings.Count(b.log.String(), "contradicts the clock"); n != 2 {
		t.Errorf("told %d times: %s", n, b.log.String())
	}
	b.ntp = false
	right := b.wall
	b.wall = at(2038)
	b.expect(right, 0, entry.Trusted, clock.NTP)
	b.pass(10 * time.Hour)
	if s := b.clock.State(); s.Age != 10*time.Hour {
		t.Errorf("state is %+v", s)
	}
	b.pass(63 * time.Hour)
	b.expect(right.Add(73*time.Hour), 0, entry.Floor, clock.NTP)
	b.ntp, b.wall = true, at(1970) // a server that is lost itself
	b.expect(right.Add(73*time.Hour), 0, entry.Floor, clock.NTP)
}

// TestARestartInTheSameBoot: the boot clock tells how long ago the last entry
// was, and what was trusted is so until the boot is three days old.
func TestARestartInTheSameBoot(t *testing.T) {
	t.Parallel()
	b := wake(t, at(1970))
	b.reply(time.Second, 0)
	last := b.clock.Now()
	b.pass(time.Hour)
	b.restart()
	b.clock.Raise(last, true)
	b.expect(b.truth, time.Second, entry.Trusted, clock.LastEntry)
	b.reply(0, 0)
	b.expect(b.truth, 550*time.Millisecond, entry.Trusted, clock.Date)

	last = b.clock.Now()
	b.pass(72 * time.Hour)
	b.restart()
	b.clock.Raise(last, true)
	b.expect(b.truth, time.Second, entry.Floor, clock.LastEntry)

	last.Mono += time.Hour.Milliseconds() * 1000 // cannot be of this boot
	b.restart()
	b.clock.Raise(last, true)
	b.expect(time.UnixMilli(last.Wall), 0, entry.Floor, clock.LastEntry)
}

// TestRaiseOnlyRaises: a later, older entry changes nothing, nor does any entry
// change a clock that has heard better.
func TestRaiseOnlyRaises(t *testing.T) {
	t.Parallel()
	b := wake(t, at(1970))
	b.clock.Raise(entry.Stamp{Wall: noon.UnixMilli(), Trust: entry.Trusted}, false)
	b.clock.Raise(entry.Stamp{Wall: noon.Add(-time.Hour).UnixMilli(), Trust: entry.Trusted}, false)
	b.expect(noon, 0, entry.Floor, clock.LastEntry)
	b.reply(0, 0)
	b.clock.Raise(entry.Stamp{Wall: at(2031).UnixMilli(), Mono: 1, Trust: entry.Trusted}, true)
	b.expect(b.truth, time.Second, entry.Trusted, clock.Date)
}

// TestTheBoardsOwnClocks: without seams the clock is the system's.
func TestTheBoardsOwnClocks(t *testing.T) {
	t.Parallel()
	c := clock.New(clock.Options{})
	first := c.Now()
	if now := time.Now(); now.Year() >= 2026 && c.Time().Sub(now).Abs() > time.Minute {
		t.Errorf("it is %s, and the system says %s", c.Time(), now)
	}
	second := c.Now()
	if first.Mono <= 0 || second.Mono < first.Mono {
		t.Errorf("the boot clock went from %d to %d", first.Mono, second.Mono)
	}
	if id := clock.BootID(); len(id) != 36 {
		t.Errorf("boot %q", id)
	}
}

func BenchmarkNow(b *testing.B) {
	c := clock.New(clock.Options{})
	b.ReportAllocs()
	for b.Loop() {
		c.Now()
	}
}
