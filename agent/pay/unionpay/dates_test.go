package unionpay

import (
	"testing"
	"time"

	"tillgate/agent/pay"
)

// TestMoments: the documents name fields for times and seldom their form.
func TestMoments(t *testing.T) {
	t.Parallel()
	day := func(d, hour, minute, second int) time.Time {
		return time.Date(2026, 11, d, hour, minute, second, 0, pay.Beijing)
	}
	for _, c := range []struct {
		near time.Time
		text string
		want time.Time
	}{
		{day(25, 9, 30, 0), "20261125093001", day(25, 9, 30, 1)},
		{day(25, 9, 30, 0), "2026-11-25 09:30:01", day(25, 9, 30, 1)},
		{day(25, 9, 30, 0), "2026/11/24 09:30:01", day(24, 9, 30, 1)},
		{day(25, 9, 30, 0), "093001", day(25, 9, 30, 1)},
		{day(25, 9, 30, 0), "09:30:01", day(25, 9, 30, 1)},
		{day(25, 23, 59, 58), "000003", day(26, 0, 0, 3)},
		{day(25, 0, 0, 2), "235959", day(24, 23, 59, 59)},
		{day(25, 0, 0, 2).UTC(), "000005", day(25, 0, 0, 5)},
		{day(25, 9, 30, 0), "1125093001", time.Time{}},
		{day(25, 9, 30, 0), "20261325093001", time.Time{}},
		{day(25, 9, 30, 0), "250000", time.Time{}},
		{day(25, 9, 30, 0), "today", time.Time{}},
		{day(25, 9, 30, 0), "", time.Time{}},
	} {
		if got := around(c.near, c.text); !got.Equal(c.want) {
			t.Errorf("%q around %s is %s, want %s", c.text, c.near, got, c.want)
		}
	}
}
