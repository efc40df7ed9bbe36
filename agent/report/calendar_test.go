package report_test

import (
	"errors"
	"testing"
	"time"

	"tillgate/agent/report"
)

func TestCalendar(t *testing.T) {
	t.Parallel()
	midnight, six := report.Calendar{}, report.Calendar{Starts: 6}
	for _, row := range []struct {
		calendar   report.Calendar
		month      bool
		text       string
		from, next string // in China; empty: it is no day
	}{
		{midnight, false, "2026-11-24", "2026-11-24 00:00:00", "2026-11-25 00:00:00"},
		{six, false, "2026-11-24", "2026-11-24 06:00:00", "2026-11-25 06:00:00"},
		{midnight, false, "2028-02-29", "2028-02-29 00:00:00", "2028-03-01 00:00:00"},
		{midnight, false, "1969-12-31", "1969-12-31 00:00:00", "1970-01-01 00:00:00"},
		{midnight, true, "2026-11", "2026-11-01 00:00:00", "2026-12-01 00:00:00"},
		{six, true, "2026-12", "2026-12-01 06:00:00", "2027-01-01 06:00:00"},
		{midnight, true, "2028-02", "2028-02-01 00:00:00", "2028-03-01 00:00:00"},
		{midnight, false, "2026-02-29", "", ""}, {midnight, false, "2026-11", "", ""}, {midnight, false, "", "", ""},
		{midnight, true, "2026-13", "", ""}, {midnight, true, "2026-11-24", "", ""},
	} {
		read := row.calendar.Day
		if row.month {
			read = row.calendar.Month
		}
		from, to, err := read(row.text)
		switch {
		case row.from == "" && !errors.Is(err, report.ErrDay):
			t.Errorf("%q is taken for a day, %v", row.text, err)
		case row.from != "" && (err != nil || from != at(row.from) || to != at(row.next)):
			t.Errorf("%q is from %s to %s, %v", row.text, time.UnixMilli(from).UTC(), time.UnixMilli(to).UTC(), err)
		}
	}
}

func TestToday(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		starts     int
		now, today string
	}{
		{0, "2026-11-24 00:00:00", "2026-11-24"}, {0, "2026-11-23 23:59:59", "2026-11-23"},
		{6, "2026-11-24 05:59:59", "2026-11-23"}, {6, "2026-11-24 06:00:00", "2026-11-24"}, {23, "2027-01-01 22:59:59", "2026-12-31"},
		{0, "1969-12-31 12:00:00", "1969-12-31"}, // a board without a battery
	} {
		if got := (report.Calendar{Starts: row.starts}).Today(time.UnixMilli(at(row.now))); got != row.today {
			t.Errorf("at %s, in days from %d o'clock, it is %s, want %s", row.now, row.starts, got, row.today)
		}
	}
}
