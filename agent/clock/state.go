package clock

import (
	"strings"
	"time"

	"tillgate/store/entry"
)

// Source is where the time is known from.
type Source string

// The sources, from the weakest to the strongest.
const (
	Written   Source = "the age of this program"      // nothing else is known
	System    Source = "the system's clock, unproven" // later than the last entry, and unproven
	LastEntry Source = "the last entry"               // no earlier than that; in the same boot, what was known then
	Date      Source = "a verified Date"              // of a network's verified reply: State.Network says whose
	NTP       Source = "NTP"                          // the kernel calls the system's clock synchronised, or did until Age ago
)

// State is the clock for the technician's page.
type State struct {
	Time    time.Time     // corrected
	Trust   entry.Trust   // of Time
	Source  Source        // what Time is known from
	Network string        // whose reply it was where Source is Date: "wechat"
	Offset  time.Duration // what the correction adds to the system's clock
	Age     time.Duration // since Source last spoke
}

// From says what the time is known from, in English, for the technician.
func (s State) From() string {
	text := string(s.Source)
	if s.Source == Date {
		text = "a verified reply of " + s.Network
	}
	if s.Age >= time.Minute && (s.Source == Date || s.Source == NTP) {
		text += ", " + strings.TrimSuffix(s.Age.Truncate(time.Minute).String(), "0s") + " ago"
	}
	return text
}

// State tells what the time is known from.
func (c *Clock) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, from := c.read()
	return State{
		Time: time.UnixMilli(now.Wall), Trust: now.Trust, Source: from.source, Network: from.network,
		Offset: time.Duration(now.Wall-c.o.Wall().UnixMilli()) * time.Millisecond,
		Age:    time.Duration(now.Mono-from.at) * time.Millisecond,
	}
}
