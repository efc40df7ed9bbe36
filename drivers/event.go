package drivers

import (
	"context"
	"log/slog"
)

// Kind says what happened to a device.
type Kind int

// What a device can say. The zero Kind is no event.
const (
	Scanned  Kind = iota + 1 // Text is the code, complete and without its ending
	Loop                     // Text is On or Off
	Lost                     // the device is gone; Text is the reason, once per outage
	Found                    // the device is open; Text is empty
	Rejected                 // a frame was thrown away; Text is the reason, never the frame
)

// The two texts of a Loop event.
const (
	On  = "on"
	Off = "off"
)

var kindNames = [...]string{"none", "scanned", "loop", "lost", "found", "rejected"}

func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return "unknown"
	}
	return kindNames[k]
}

// Event is one thing that a device said. What was scanned may be a payment
// code: an Event prints and logs itself without it.
type Event struct {
	Kind Kind
	From string // name of the device in the config
	Text string
}

// String is the event without what was scanned.
func (e Event) String() string {
	s := e.From + " " + e.Kind.String()
	if e.Text == "" || e.Kind == Scanned {
		return s
	}
	return s + ": " + e.Text
}

// GoString keeps the text out of %#v, too.
func (e Event) GoString() string { return "drivers.Event{" + e.String() + "}" }

// LogValue keeps the text out of a structured log.
func (e Event) LogValue() slog.Value { return slog.StringValue(e.String()) }

// Source is a device that is kept open.
type Source interface {
	// Name is the device's name in the config.
	Name() string
	// Run opens the device, emits Found, and speaks until the device is lost,
	// which is an error, or ctx is done, which is nil. It never retries, holds
	// nothing open when it returns, and emits nothing afterwards. Emit may
	// block for as long as the receiver is busy.
	Run(ctx context.Context, emit func(Event)) error
}
