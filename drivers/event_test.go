package drivers_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"tillgate/drivers"
)

const code = "134567890123456789"

// Whatever prints or logs an event must not print a payment code.
func TestAnEventHidesWhatWasScanned(t *testing.T) {
	t.Parallel()
	ev := drivers.Event{Kind: drivers.Scanned, From: "counter", Text: code}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("text", "ev", ev)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("json", "ev", ev)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		fmt.Fprintf(&log, verb+"\n", ev)
		fmt.Fprintf(&log, verb+"\n", []drivers.Event{ev})
		fmt.Fprintf(&log, verb+"\n", struct{ E drivers.Event }{ev})
	}
	if strings.Contains(log.String(), code[:6]) {
		t.Errorf("the code is in:\n%s", log.String())
	}
	if !strings.Contains(log.String(), "counter scanned") {
		t.Errorf("the event is not in:\n%s", log.String())
	}
}

func TestAnEventIsASentence(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		ev   drivers.Event
		want string
	}{
		{drivers.Event{Kind: drivers.Scanned, From: "counter", Text: "1"}, "counter scanned"},
		{drivers.Event{Kind: drivers.Loop, From: "exit-b", Text: drivers.Off}, "exit-b loop: off"},
		{drivers.Event{Kind: drivers.Lost, From: "exit-b", Text: "no such device"}, "exit-b lost: no such device"},
		{drivers.Event{Kind: drivers.Found, From: "exit-b"}, "exit-b found"},
		{drivers.Event{Kind: drivers.Rejected, From: "counter", Text: "longer than 4096 bytes"}, "counter rejected: longer than 4096 bytes"},
		{drivers.Event{Kind: 99, From: "counter"}, "counter unknown"},
		{drivers.Event{Kind: -1, From: "counter"}, "counter unknown"},
		{drivers.Event{From: "counter"}, "counter none"},
	} {
		if got := row.ev.String(); got != row.want {
			t.Errorf("%q, want %q", got, row.want)
		}
	}
}
