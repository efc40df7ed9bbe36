package unionpay

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tillgate/agent/pay"
)

// Forms of dates and times (pages kXOZy68D, P81GPdzq, je24KjzL and m32QOBX0).
const (
	dayForm     = "20060102"
	billDayForm = "2006-01-02"
	netpayForm  = "2006-01-02 15:04:05"
)

// nearMidnight is how far apart the network's moment of a payment and ours may
// be: the clocks differ, and a request is under way for up to Timing.Call.
const nearMidnight = 2 * time.Minute

// asked is when an attempt was asked for, in Beijing: what the journal has, so
// that it is the same at every call, in every life of the device.
func (p *Provider) asked(a pay.Attempt) time.Time {
	at := a.Stamp
	if at.IsZero() {
		at = cmp.Or(a.Asked, p.o.Now())
	}
	return at.In(pay.Beijing)
}

// days are the dates under which the network may have an attempt, the likeliest
// first: that of our asking, the one beside it where midnight was near, and
// today where our clock was not trusted then.
func (p *Provider) days(a pay.Attempt) []string {
	at := p.asked(a)
	all := []time.Time{at, at.Add(nearMidnight), at.Add(-nearMidnight)}
	if a.Asked.IsZero() {
		all = append(all, p.o.Now().In(pay.Beijing))
	}
	var days []string
	for _, at := range all {
		if day := at.Format(dayForm); !slices.Contains(days, day) {
			days = append(days, day)
		}
	}
	return days
}

// today tells whether an attempt is of the day that it is now, as far as anybody
// knows: a void is for the same day only (page wXP7gr8n).
func (p *Provider) today(a pay.Attempt) bool {
	return a.Asked.IsZero() || p.asked(a).Format(dayForm) == p.o.Now().In(pay.Beijing).Format(dayForm)
}

// moment reads a time of the network: fourteen digits, with or without marks
// between them. What it cannot read is the zero time: the form of some fields is
// not documented.
func moment(text string) time.Time {
	at, err := time.ParseInLocation(stampForm, digits(text), pay.Beijing)
	if err != nil {
		return time.Time{}
	}
	return at
}

// around reads a time that may be only the clock's six digits: then it is the one
// nearest to another time.
func around(near time.Time, text string) time.Time {
	clock := digits(text)
	if len(clock) != len("150405") {
		return moment(clock)
	}
	at := moment(near.In(pay.Beijing).Format(dayForm) + clock)
	switch off := at.Sub(near); {
	case at.IsZero():
	case off > 12*time.Hour:
		at = at.AddDate(0, 0, -1)
	case off < -12*time.Hour:
		at = at.AddDate(0, 0, 1)
	}
	return at
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}
