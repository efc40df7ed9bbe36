package clock_test

import (
	"testing"
	"time"

	"tillgate/agent/clock"
)

func TestWhatATechnicianReads(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		state clock.State
		want  string
	}{
		{clock.State{Source: clock.Written, Age: time.Hour}, "the age of this program"},
		{clock.State{Source: clock.System, Age: time.Hour}, "the system's clock, unproven"},
		{clock.State{Source: clock.LastEntry, Age: time.Hour}, "the last entry"},
		{clock.State{Source: clock.NTP}, "NTP"},
		{clock.State{Source: clock.NTP, Age: 9*time.Hour + 30*time.Second}, "NTP, 9h0m ago"},
		{clock.State{Source: clock.Date, Network: "wechat", Age: 59 * time.Second}, "a verified reply of wechat"},
		{clock.State{Source: clock.Date, Network: "wechat", Age: 95 * time.Second}, "a verified reply of wechat, 1m ago"},
	} {
		if got := row.state.From(); got != row.want {
			t.Errorf("%q, want %q", got, row.want)
		}
	}
}
