//go:build demo

package main

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// narrated tells what becomes durable before anything follows from it.
type narrated struct {
	flow.Journal
	shop *shop
}

// CommitWith commits and tells.
func (n narrated) CommitWith(ctx context.Context, step store.Step, riders ...store.Step) ([]entry.Entry, [][]entry.Entry, error) {
	entries, rode, err := n.Journal.CommitWith(ctx, step, riders...)
	for _, e := range slices.Concat(append(rode, entries)...) {
		n.shop.write(told{Who: "journal", Text: entryText(e), Data: record{e.Seq, e.Kind.String(), e.Key}})
	}
	return entries, rode, err
}

// record names an entry in the transcript; tillgate export has all of it.
type record struct {
	Entry entry.Seq `json:"entry"`
	Kind  string    `json:"kind"`
	Order entry.Seq `json:"order"`
}

// narrate tells what the lanes show.
func (s *shop) narrate(ctx context.Context, a *agent) error {
	var group sync.WaitGroup
	for _, l := range a.lanes {
		group.Go(func() { s.screen(ctx, l) })
	}
	group.Wait()
	return nil
}

// entryText says what an entry means.
func entryText(e entry.Entry) string {
	text := fmt.Sprintf("entry %d is on disk: ", e.Seq)
	if hold := holdText(e); hold != "" {
		return text + hold
	}
	switch e.Kind {
	case entry.Opened:
		b := entry.Must[entry.OpenedBody](e)
		return text + fmt.Sprintf("somebody owes %s yuan at %s", b.Amount, b.Lane)
	case entry.Asked:
		b := entry.Must[entry.AskedBody](e)
		if b.Merchant == "" {
			return text + "the intent, number " + b.Number + "; " + b.Way + " asks no network"
		}
		return text + "the intent, number " + b.Number + "; only now the network is asked"
	case entry.Heard:
		return text + "the network has not decided yet (" + entry.Must[entry.HeardBody](e).Code + ")"
	case entry.Settled:
		return text + "paid; slip, voice and gate follow from it"
	case entry.Ended:
		return text + "the attempt is over and took no money (" + entry.Must[entry.EndedBody](e).Code + ")"
	case entry.Returning:
		return text + "the attempt goes back; from here on nothing turns it into paid"
	case entry.RefundAsked:
		b := entry.Must[entry.RefundAskedBody](e)
		return text + fmt.Sprintf("the intent to give %s yuan back, number %s", b.Amount, b.Number)
	case entry.RefundDone:
		return text + "the money has gone back; slip and voice follow from it"
	case entry.Outputs:
		for _, o := range entry.Must[entry.OutputsBody](e).Of {
			text += o.What + " " + o.Result + ", "
		}
		return text[:len(text)-2]
	}
	return text + e.Kind.String()
}

func (s *shop) screen(ctx context.Context, l *flow.Lane) {
	var last words.Screen
	deposit := ""
	for {
		v, changed := l.View()
		if now := depositText(v.Deposit); v.Deposit.Phase != "" && now != deposit {
			deposit = now
			s.tell(l.Name, "screen", "%s", now)
		}
		if now := words.Show(v.Order, words.En); now != last {
			if last = now; v.Order.Phase != words.Idle {
				s.tell(l.Name, "screen", "%s", screenText(v.Order))
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}

// screenText is what a screen says, in both languages.
func screenText(o words.Order) string {
	zh, en := words.Show(o, words.Zh), words.Show(o, words.En)
	return fmt.Sprintf("%s  %s · %s · %s", zh.What, en.What, en.Do, en.Money)
}
