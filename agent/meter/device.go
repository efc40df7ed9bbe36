package meter

import (
	"context"
	"errors"
	"math"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/drivers"
	"tillgate/store/entry"
)

// outputBounds are seconds: a relay's pulse is short, a voice and a slip are not.
var outputBounds = []float64{0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20}

// Output counts what became of a device's outputs, and how long they took.
func (m *Meter) Output(device string, what flow.Verb, do func(context.Context, flow.Effect) error) func(context.Context, flow.Effect) error {
	for _, result := range []string{"done", "not_started", "failed"} {
		m.set.GetOrCreateCounter(name("tillgate_outputs_total", "device", device, "what", string(what), "result", result))
	}
	return func(ctx context.Context, e flow.Effect) error {
		start := time.Now()
		err := do(ctx, e)
		result := "done"
		switch {
		case errors.Is(err, flow.ErrNotStarted):
			result = "not_started"
		case err != nil:
			result = "failed"
		}
		m.set.GetOrCreateCounter(name("tillgate_outputs_total", "device", device, "what", string(what), "result", result)).Inc()
		m.histogram(name("tillgate_output_seconds", "device", device, "what", string(what)), outputBounds).UpdateDuration(start)
		return err
	}
}

// Scans counts what a device reads by its kind, never what it is; own finds the
// numbers of our slips. Frames that were thrown away are rejected.
func (m *Meter) Scans(src drivers.Source, own func(text string) bool) drivers.Source {
	return scans{src, m, own}
}

type scans struct {
	drivers.Source
	meter *Meter
	own   func(string) bool
}

func (s scans) Run(ctx context.Context, emit func(drivers.Event)) error {
	read := counts{}
	inc := func(kind string) {
		if read[kind] == nil {
			read[kind] = s.meter.set.GetOrCreateCounter(name("tillgate_scans_total", "device", s.Name(), "kind", kind))
		}
		read.inc(kind)
	}
	return s.Source.Run(ctx, func(ev drivers.Event) {
		switch ev.Kind {
		case drivers.Scanned:
			kind, _ := pay.Classify(ev.Text, s.own)
			inc(word(kind.String()))
		case drivers.Rejected:
			inc("rejected")
		}
		emit(ev)
	})
}

// Device tells whether a device can be used. One that was not opened yet is
// neither up nor down: nobody knows.
func (m *Meter) Device(device string, state func() (up, tried bool)) {
	m.gauge(name("tillgate_device_up", "device", device), func() float64 {
		up, tried := state()
		if !tried {
			return math.NaN()
		}
		return yes(up)
	})
}

// Cloud tells whether the cloud can be reached.
func (m *Meter) Cloud(connected func() bool) {
	m.gauge("tillgate_cloud_connected", func() float64 { return yes(connected()) })
}

// Clock tells how far the clock is believed (0 not at all, 1 no earlier than
// the journal, 2 proved) and how far the system's is off.
func (m *Meter) Clock(read func() (trust entry.Trust, offset time.Duration)) {
	m.gauge("tillgate_clock_trust", func() float64 { trust, _ := read(); return float64(trust) })
	m.gauge("tillgate_clock_offset_seconds", func() float64 { _, offset := read(); return offset.Seconds() })
}
