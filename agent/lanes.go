package main

import (
	"context"
	"fmt"

	"tillgate/agent/flow"
	"tillgate/agent/flow/deposit"
	"tillgate/agent/flow/refund"
	"tillgate/agent/flow/sale"
	"tillgate/agent/ring"
	"tillgate/store/entry"
)

// makeLanes makes the config's lanes and gives them what the life before left open.
func (a *agent) makeLanes(ctx context.Context) error {
	boot, err := a.store.BootSince(ctx)
	if err != nil {
		return err
	}
	for i := range a.cfg.Lanes {
		a.lanes = append(a.lanes, a.makeLane(&a.cfg.Lanes[i], boot))
	}
	tasks := 0
	err = a.store.Unfinished(ctx, func(key entry.Seq, entries []entry.Entry) error {
		if entries[0].Kind == entry.Task {
			tasks++
			return nil
		}
		if name, ok := flow.LaneOf(entries[0], entries[1:]...); ok {
			a.lane(name, boot).Adopt(key, entries)
		}
		return nil
	})
	if tasks > 0 {
		a.note("journal", fmt.Sprintf("%d tasks wait for a person", tasks))
	}
	return err
}

// lane finds a lane. One that has gone from the config but has orders that are
// not final comes back without devices, to end them.
func (a *agent) lane(name string, boot entry.Seq) *flow.Lane {
	for _, l := range a.lanes {
		if l.Name == name {
			return l
		}
	}
	a.log.Warn("a lane that is not in the config has orders to end", "lane", name)
	l := a.makeLane(&laneConfig{Name: name, Role: flow.Cashier}, boot)
	a.lanes = append(a.lanes, l)
	return l
}

func (a *agent) makeLane(l *laneConfig, boot entry.Seq) *flow.Lane {
	outputs := map[flow.Verb]*flow.Output{}
	for what, name := range map[flow.Verb]string{flow.Slip: l.Printer, flow.Voice: l.Speaker, flow.Gate: l.Gate, flow.Drawer: l.Drawer} {
		if out := a.outputs[outputKey{name, what}]; out != nil {
			outputs[what] = out
		}
	}
	rules := deposit.Rules{Timing: a.networks.Timing, Terms: a.networks.Terms}
	lane := flow.NewLane(
		flow.Config{Name: l.Name, Role: l.Role, Limit: a.cfg.Terminal.Limit.Fen, Fitted: l.Loop != "",
			AutoQR: l.QR == "auto", ByHand: l.takesByHand(), Route: a.cfg.route(l, a.cfg.ownNumber), Accounts: a.cfg.accounts()},
		flow.Deps{
			Journal: a.meter.Journal(l.Name, a.extras.journalOf(a.store)), Numbers: a.store, Networks: a.networks, Outputs: outputs, Clock: a.clock.Now,
			New:        func() flow.Order { return sale.New(a.networks.Timing) },
			NewRefund:  func() flow.Refunding { return refund.New(a.networks.Timing) },
			NewDeposit: func() flow.Depositing { return deposit.New(rules, l.Name) }, Taken: a.taken, Log: a.log,
		})
	lane.BootSince(boot)
	return lane
}

// taken tells a lane that another one goes on with its deposit.
func (a *agent) taken(from string, key entry.Seq) {
	for _, l := range a.lanes {
		if l.Name == from {
			l.Offer(flow.TakenOver{Key: key}) // a lane with too much to do shows it as it was
		}
	}
}

// watchLane notes what happens on a lane for the page.
func (a *agent) watchLane(ctx context.Context, lane *flow.Lane) error {
	var last, told string
	for {
		view, changed := lane.View()
		if line := orderLine(view.Order); line != last {
			last = line
			a.note(lane.Name, line)
		}
		if line := tellLine(view); line != told {
			if told = line; line != "" {
				a.note(lane.Name, line)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
	}
}

func (a *agent) note(from, text string) {
	a.ring.Add(ring.Line{At: a.clock.Time(), From: from, Text: text})
}
