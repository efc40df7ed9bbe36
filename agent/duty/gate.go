package duty

import (
	"context"
	"slices"

	"tillgate/agent/flow"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// Overrule is a rule that somebody sets aside, as they may: a gate that opens
// without the money, a car that is let go.
type Overrule struct {
	By     string
	What   string // which rule: "gate"
	Lane   string
	Object entry.Seq // the order or passage; 0: there is none
	Why    string
	Spot   Spot // a manager, while the clock proves nothing
}

// Override writes down that a rule is set aside, and answers with the entry: the
// durable reason for what then happens.
func (d *Desk) Override(ctx context.Context, o Overrule) (reason entry.Seq, err error) {
	now := d.now()
	if o.Spot != (Spot{}) {
		in, err := d.spot(ctx, o.Spot, o.Lane)
		if err != nil {
			return 0, err
		}
		now.Spot = in.Proof
	}
	if err := d.may(o.By, staff.Override, o.Lane, now); err != nil {
		return 0, err
	}
	if o.Why, err = reasoned(o.Why); err != nil {
		return 0, err
	}
	draft := entry.New(entry.Override, entry.OverrideBody{What: o.What, Lane: o.Lane, Object: o.Object, By: o.By, Spot: now.Spot.Person(), Why: o.Why})
	entries, err := d.Journal.Commit(ctx, store.Step{Entries: []entry.Draft{draft}, Done: true})
	if err != nil {
		return 0, unwritten("write an override", err)
	}
	return entries[0].Seq, nil
}

// Gates are the lanes that have a gate.
func (d *Desk) Gates() []string {
	return slices.DeleteFunc(slices.Clone(d.Lanes.Names()), func(lane string) bool { return d.gate(lane) == nil })
}

func (d *Desk) gate(lane string) *flow.Output {
	if d.Gate == nil || !slices.Contains(d.Lanes.Names(), lane) {
		return nil
	}
	return d.Gate(lane)
}

// OpenGate opens a lane's gate without the money. The override is on record
// before the arm moves, and after it what became of it; a gate that does not take it
// within two seconds opens no later on, when nobody stands there any more. trouble
// says that it did not open.
func (d *Desk) OpenGate(ctx context.Context, o Overrule) (trouble words.Halt, err error) {
	out := d.gate(o.Lane)
	if out == nil {
		return "", halt(words.HaltNoGate, o.Lane)
	}
	o.What = string(flow.Gate)
	reason, err := d.Override(ctx, o)
	if err != nil {
		return "", err
	}
	result := make(chan string, 1)
	bring := func(ctx context.Context, ev flow.Event) {
		put, ok := ev.(flow.Put)
		if !ok {
			return // the gate is free again: whoever wants it open asks anew
		}
		if err := d.put(context.WithoutCancel(ctx), reason, put.Output); err != nil {
			d.Log.Error("what became of a gate that was opened by hand could not be written", "lane", o.Lane, "result", put.Output.Result, "err", err)
		}
		select {
		case result <- put.Output.Result:
		default: // it has been heard of before
		}
	}
	out.Give(context.WithoutCancel(ctx), flow.Effect{Do: flow.Gate, Key: reason, Reason: reason}, "override on "+o.Lane, bring, nil)
	select {
	case r := <-result:
		if r == flow.Done {
			return "", nil
		}
	case <-ctx.Done():
	}
	return words.HaltGateShut, nil
}
