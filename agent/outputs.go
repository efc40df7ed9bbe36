package main

import (
	"context"
	"errors"
	"fmt"

	"tillgate/agent/console"
	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/printer"
	"tillgate/speaker"
)

// makeOutputs gives each printer, speaker and gate its queue. Lanes that name
// one device share it.
func (a *agent) makeOutputs() {
	for name, p := range a.devices.printers {
		out := a.addOutput(name, flow.Slip, func(ctx context.Context, e flow.Effect) error {
			r := e.Receipt
			r.Site = a.cfg.Terminal.Name
			slip := words.Slip(r)
			switch {
			case e.Handover != nil:
				slip = words.HandoverSlip(*e.Handover)
			case e.Told != nil:
				slip = words.ToldSlip(*e.Told)
			}
			return notStarted(p.Print(ctx, slip), printer.ErrNotStarted)
		})
		if r, ok := p.(printer.Readier); ok {
			out.Ready = r.Ready
		}
	}
	for name, s := range a.devices.speakers {
		out := a.addOutput(name, flow.Voice, func(ctx context.Context, e flow.Effect) error {
			phrase := words.Spoken(e.Receipt)
			if e.Told != nil {
				phrase = words.ToldPhrase(*e.Told)
			}
			return notStarted(s.Say(ctx, phrase), speaker.ErrLate)
		})
		out.Late, out.Off = true, a.silent
	}
	for name, d := range a.devices.drawers {
		a.addOutput(name, flow.Drawer, func(ctx context.Context, _ flow.Effect) error {
			return notStarted(d.Kick(ctx), printer.ErrNotStarted)
		}).Late = true // a drawer that opens later opens for nobody
	}
	for name, g := range a.devices.gates {
		a.addOutput(name, flow.Gate, func(ctx context.Context, _ flow.Effect) error { return g.Open(ctx) })
	}
}

// silent tells whether whoever runs the shop has set the voice off.
func (a *agent) silent() bool { return a.desk != nil && !a.desk.Voice() }

// outputKey is one of the things that a device does.
type outputKey struct {
	device string
	what   flow.Verb
}

func (a *agent) addOutput(name string, what flow.Verb, do func(context.Context, flow.Effect) error) *flow.Output {
	do = a.meter.Output(name, what, do)
	out := &flow.Output{Name: name, What: what, Log: a.log, Do: func(ctx context.Context, e flow.Effect) error {
		err := do(ctx, e)
		a.report(name, err)
		return err
	}}
	a.outputs[outputKey{name, what}] = out
	return out
}

// notStarted translates a device's word for "nothing of it happened" into the lanes'.
func notStarted(err, word error) error {
	if errors.Is(err, word) {
		return fmt.Errorf("%w: %w", flow.ErrNotStarted, err)
	}
	return err
}

// report shows whether a device did what it was told.
func (a *agent) report(name string, err error) {
	d := console.Device{Name: name, What: a.address(name), State: console.Up}
	if err != nil {
		d.State, d.Text = console.Lost, err.Error()
	}
	a.board.Set(d)
}

// address is a device's URI in the config.
func (a *agent) address(name string) string {
	for i := range a.cfg.Devices {
		if d := &a.cfg.Devices[i]; d.Name == name {
			return d.URI.String()
		}
	}
	return ""
}

// outputOf is what prints a lane's slips, speaks there or opens its gate; nil: the lane has none.
func (a *agent) outputOf(lane string, what flow.Verb) *flow.Output {
	for i := range a.cfg.Lanes {
		if l := &a.cfg.Lanes[i]; l.Name == lane {
			return a.outputs[outputKey{map[flow.Verb]string{flow.Slip: l.Printer, flow.Voice: l.Speaker, flow.Gate: l.Gate}[what], what}]
		}
	}
	return nil
}
