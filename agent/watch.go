package main

import (
	"context"
	"fmt"
	"time"

	"tillgate/agent/cloud"
	"tillgate/agent/console"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/drivers"
)

// orderLine is an order in one line of the page's events.
func orderLine(o words.Order) string {
	line := words.Show(o, words.En).What
	if o.Amount > 0 {
		line = o.Amount.String() + " " + line
	}
	if o.Number != "" {
		line += " · " + o.Number
	}
	return line
}

// tellLine is a lane's passing line; it differs each time that it is said.
func tellLine(v flow.View) string {
	if v.Tell == "" {
		return ""
	}
	return words.Say(v.Tell, words.En)
}

// sensor is a device that speaks, with the lanes that listen to it.
type sensor struct {
	drivers.Source
	lanes []*flow.Lane
}

// watched lets the page see that a device has been opened.
type watched struct {
	drivers.Source
	up func()
}

func (w watched) Run(ctx context.Context, emit func(drivers.Event)) error {
	return w.Source.Run(ctx, func(ev drivers.Event) {
		if ev.Kind == drivers.Found {
			w.up()
		}
		emit(ev)
	})
}

// keep runs a device that speaks and opens it again whenever it is lost.
func (a *agent) keep(ctx context.Context, s sensor) error {
	name := s.Name()
	show := func(state console.State, text string) {
		a.board.Set(console.Device{Name: name, What: a.address(name), State: state, Text: text})
	}
	src := watched{s.Source, func() { show(console.Up, "") }}
	return drivers.Keep(ctx, src, func(ev drivers.Event) {
		switch ev.Kind {
		case drivers.Lost:
			show(console.Lost, ev.Text)
			a.note(name, "lost: "+ev.Text)
		case drivers.Found:
			a.note(name, "found again")
		case drivers.Rejected:
			a.note(name, "not a code: "+ev.Text)
		}
		for _, lane := range s.lanes {
			a.hear(ctx, lane, ev)
		}
	}, a.log)
}

// hear gives a lane what a device said. A scan that a busy lane has no place for
// is dropped, so that nobody is charged for a code shown long ago; what the loop
// is has to arrive.
func (a *agent) hear(ctx context.Context, lane *flow.Lane, ev drivers.Event) {
	switch ev.Kind {
	case drivers.Scanned:
		if !lane.Offer(flow.Scanned{Text: pay.Secret(ev.Text)}) {
			a.log.Warn("a scan was dropped: the lane has too much to do", "lane", lane.Name)
		}
	case drivers.Loop:
		lane.Bring(ctx, flow.LoopRead{Occupied: ev.Text == drivers.On})
	}
}

// watchCloud shows the uplink among the devices.
func (a *agent) watchCloud(ctx context.Context) error {
	for {
		changed, grown := a.uplink.Changed(), a.store.Grown()
		a.board.Set(cloudDevice(a.cfg.Cloud.Broker, a.uplink.State()))
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-grown:
		}
	}
}

func cloudDevice(broker string, s cloud.State) console.Device {
	d := console.Device{Name: "cloud", What: broker, State: console.Lost}
	d.Text = fmt.Sprintf("%d of %d entries acknowledged", s.Acked, s.Head)
	switch {
	case s.Err != nil:
		d.Text += ": " + s.Err.Error()
	case s.Connected:
		d.State = console.Up
	default:
		d.State = console.Waiting
	}
	return d
}

// idleQuiet is how long nothing is written before the store does what can wait.
const idleQuiet = 10 * time.Second

// idle lets the store do what can wait whenever nothing has happened for a while.
func (a *agent) idle(ctx context.Context) error {
	for {
		grown := a.store.Grown()
		quiet := time.NewTimer(idleQuiet)
		select {
		case <-ctx.Done():
			quiet.Stop()
			return nil
		case <-grown:
			quiet.Stop()
			continue
		case <-quiet.C:
		}
		a.store.Idle(ctx)
		again := time.NewTimer(time.Hour) // the day's round of checks
		select {
		case <-ctx.Done():
		case <-grown:
		case <-again.C:
		}
		again.Stop()
		if ctx.Err() != nil {
			return nil
		}
	}
}
