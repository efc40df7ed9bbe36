package main

import (
	"slices"
	"time"

	"tillgate/agent/console"
	"tillgate/store/entry"
)

// measure tells the meter of what it cannot see from a wrapper.
func (a *agent) measure() {
	a.meter.Store(a.store)
	a.meter.Clock(func() (entry.Trust, time.Duration) { c := a.clock.State(); return c.Trust, c.Offset })
	for i := range a.cfg.Devices {
		name := a.cfg.Devices[i].Name
		a.meter.Device(name, func() (up, tried bool) { return a.deviceState(name) })
	}
	if a.cfg.Cloud.Broker != "" {
		a.meter.Cloud(func() bool { up, _ := a.deviceState("cloud"); return up })
	}
}

// deviceState is what the page shows of a device.
func (a *agent) deviceState(name string) (up, tried bool) {
	all := a.board.Devices()
	i := slices.IndexFunc(all, func(d console.Device) bool { return d.Name == name })
	return i >= 0 && all[i].State == console.Up, i >= 0 && all[i].State != console.Waiting
}

// ownNumber tells whether a text is the number of an attempt of this site.
func (c *config) ownNumber(text string) bool { return entry.IsNumber(text, c.Terminal.Site) }
