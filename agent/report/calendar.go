package report

import (
	"errors"
	"fmt"
	"time"
)

// Calendar is the shop's: China's time, UTC+8 without summer time, and days that
// begin when the shop says, so that a night's trade may stand on one day.
type Calendar struct {
	Starts int // the hour at which a day begins, 0 to 23; 6: the trade of 05:59 belongs to the day before
}

const (
	hourMS = 3_600_000
	dayMS  = 24 * hourMS
	zoneMS = 8 * hourMS // UTC+8

	dayText   = "2006-01-02"
	monthText = "2006-01"
)

// ErrDay is wrapped by everything that is no day or month.
var ErrDay = errors.New("not a day")

// day is the shop's day of a moment, counted from 1970-01-01.
func (c Calendar) day(at int64) int64 { return floor(at+zoneMS-int64(c.Starts)*hourMS, dayMS) }

// starts is when a day begins, Unix ms.
func (c Calendar) starts(day int64) int64 { return day*dayMS - zoneMS + int64(c.Starts)*hourMS }

// hour is the hour of the clock on the wall, 0 to 23.
func hour(at int64) int64 { return floor(at+zoneMS, hourMS) - 24*floor(at+zoneMS, dayMS) }

// civil is the date of a day, at midnight UTC, for writing.
func civil(day int64) time.Time { return time.Unix(day*(dayMS/1000), 0).UTC() }

func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Today is the shop's day of a moment, as "2026-11-24".
func (c Calendar) Today(now time.Time) string {
	return civil(c.day(now.UnixMilli())).Format(dayText)
}

// Day is when a day begins and when the next does, Unix ms.
func (c Calendar) Day(text string) (from, to int64, err error) {
	at, err := time.Parse(dayText, text)
	if err != nil {
		return 0, 0, fmt.Errorf("%w: %q, type it as 2026-11-24", ErrDay, text)
	}
	day := floor(at.UnixMilli(), dayMS)
	return c.starts(day), c.starts(day + 1), nil
}

// Month is when a month's first day begins and when the next month's does, Unix ms.
func (c Calendar) Month(text string) (from, to int64, err error) {
	at, err := time.Parse(monthText, text)
	if err != nil {
		return 0, 0, fmt.Errorf("%w: %q, type a month as 2026-11", ErrDay, text)
	}
	return c.starts(floor(at.UnixMilli(), dayMS)), c.starts(floor(at.AddDate(0, 1, 0).UnixMilli(), dayMS)), nil
}
