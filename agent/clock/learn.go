package clock

import (
	"time"

	"tillgate/store/entry"
)

// dateStep is the resolution of an HTTP Date: it is cut off to the second.
const dateStep = time.Second

// Raise says when the journal's newest entry was written, before any other is
// stamped: the time is no earlier than that. The floor is worth no more than the
// entry that it comes from. In the same boot the boot clock tells how long ago
// that was, and what was trusted then is so still: it was heard in this boot.
func (c *Clock) Raise(last entry.Stamp, sameBoot bool) {
	mono := c.o.Boot()
	if last.Mono > mono {
		sameBoot = false
	}
	off := last.Wall - mono
	if sameBoot {
		off = last.Wall - last.Mono
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if off > c.floor.lo {
		c.floor = known{lo: off, at: mono, source: LastEntry, trust: min(last.Trust, entry.Floor)}
	}
	if sameBoot && last.Trust == entry.Trusted && last.Wall >= earliest && c.learnt.source == "" {
		within := entryWithin.Milliseconds()
		c.learnt = known{lo: off - within, hi: off + within, source: LastEntry, trust: entry.Trusted} // at 0: it was heard after that
	}
}

// Learn takes the Date of a network's reply whose signature was verified, with
// the boot clock's ms when the request was sent and when the reply had come. The
// signature does not cover the Date, yet who answered has the network's key, over
// a connection with the network's certificate.
//
// While NTP keeps the system's clock, that wins. A Date from before this program
// was written is refused. One that contradicts a clock that is trusted is
// believed when the next reply agrees with it: one server of many may be wrong.
// One that contradicts anything less is believed at once, also where it is
// earlier than the last entry. One that was long in coming tells too little.
func (c *Clock) Learn(network string, date time.Time, asked, heard int64) {
	said, within := date.UnixMilli(), serverWithin.Milliseconds()
	if said < earliest {
		c.o.Log.Warn("a verified Date is older than this program and not believed", "network", network, "date", date)
		return
	}
	if heard-asked > callMost.Milliseconds() {
		return
	}
	got := known{
		lo: said - within - heard, hi: said + dateStep.Milliseconds() + within - asked,
		at: heard, source: Date, network: network, trust: entry.Trusted,
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now, from := c.read()
	byNTP := from.source == NTP && from.at == now.Mono
	agrees := got.meets(c.learnt.then(heard))
	switch {
	case byNTP && agrees:
		return
	case byNTP, now.Trust == entry.Trusted && !agrees && !got.meets(c.doubt.then(heard)):
		c.o.Log.Warn("a verified Date contradicts the clock", "network", network, "date", date, "clock", time.UnixMilli(now.Wall), "source", from.source)
		c.doubt = got
		return
	}
	c.take(got)
	if !agrees || now.Trust != entry.Trusted {
		after, _ := c.read()
		c.o.Log.Info("the clock is set by a verified Date", "network", network, "was", time.UnixMilli(now.Wall), "is", time.UnixMilli(after.Wall))
	}
}

// take makes a verified time the clock's, narrowed by what was known and agrees.
func (c *Clock) take(got known) {
	switch old := c.learnt.then(got.at); {
	case got.meets(old):
		got.lo, got.hi = max(got.lo, old.lo), min(got.hi, old.hi)
	case old.source == "" && c.floor.trust == entry.Floor && c.floor.lo <= got.hi:
		got.lo = max(got.lo, c.floor.lo)
	}
	c.learnt, c.doubt = got, known{}
}
