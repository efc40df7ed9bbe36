//go:build bench

package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"tillgate/agent/flow"
	machine "tillgate/agent/flow/sale"
	"tillgate/agent/pay"
	"tillgate/store"
	"tillgate/store/entry"
)

// ackEntries is how many entries the cloud acknowledges at a time.
const ackEntries = 50

// shop sells through the machine of an order and the store, as a lane does,
// with everything a sale has: the intent, the outcome, the results of slip and
// voice on the next sale's first commit, acknowledgements every 50 entries.
type shop struct {
	tb    testing.TB
	s     *store.Store
	now   entry.Stamp
	prev  *order
	acked entry.Seq
	sold  int
}

// order is a machine and its place in the journal.
type order struct {
	*machine.Sale
	key, last entry.Seq
}

func openShop(tb testing.TB, opts store.Options) *shop {
	tb.Helper()
	sh := &shop{tb: tb, now: entry.Stamp{Wall: 1_760_000_000_000, Mono: 1000, Trust: entry.Trusted}}
	opts.Prefix, opts.Device, opts.Version, opts.Boot = site, device, "bench", "boot"
	opts.Clock = func() entry.Stamp { return sh.now }
	s, err := store.Open(context.Background(), opts)
	must(tb, err)
	sh.s = s
	sh.acked, _ = s.Acked()
	return sh
}

// in are the options of a store in a directory.
func in(dir string) store.Options { return store.Options{Path: filepath.Join(dir, "till.db")} }

func (sh *shop) sell(count int) {
	sh.tb.Helper()
	for range count {
		sh.sold++
		sh.now.Wall += 700
		sh.now.Mono += 700
		o := &order{Sale: machine.New(func(string) pay.Timing { return pay.WeChat })}
		number := sh.s.Number()
		sh.do(o, number, flow.Amount{Lane: "counter", Amount: 1250})
		sh.do(o, number, flow.Code{Hash: sh.s.CodeHash(strconv.Itoa(sh.sold)), Merchant: "shop", Network: "wechat"})
		sh.do(o, number, flow.Answer{Key: o.key, Do: flow.Charge, Number: number, Result: pay.Result{
			State: pay.Paid, Amount: 1250, Settled: 1250, Network: fmt.Sprintf("4200001%021d", sh.sold), PaidAt: time.UnixMilli(sh.now.Wall)}})
		for _, what := range []flow.Verb{flow.Slip, flow.Voice} {
			sh.do(o, number, flow.Put{Key: o.key, Output: entry.Output{What: string(what), Result: "done"}})
		}
		sh.prev = o
		sh.acknowledge()
	}
}

// do lets an order decide, makes the decision durable with what can ride on it,
// and folds both.
func (sh *shop) do(o *order, number string, ev flow.Event) {
	now := flow.Now{Stamp: sh.now, Number: number, Current: true, Role: flow.Cashier}
	step := o.Next(ev, now)
	if len(step.Entries) > 0 {
		var riders []store.Step
		if sh.prev != nil {
			if ride := sh.prev.Next(flow.Ride{}, now); len(ride.Entries) > 0 {
				riders = append(riders, store.Step{Key: sh.prev.key, After: sh.prev.last, Entries: ride.Entries, Done: ride.Done})
			}
		}
		entries, rode, err := sh.s.CommitWith(context.Background(), store.Step{Key: o.key, After: o.last, Entries: step.Entries, Done: step.Done}, riders...)
		must(sh.tb, err)
		o.fold(entries)
		for _, entries := range rode {
			if len(entries) == 0 {
				sh.tb.Fatal("the results of the outputs did not ride")
			}
			sh.prev.fold(entries)
		}
	}
	for _, n := range step.Notes {
		o.Note(n)
	}
}

func (o *order) fold(entries []entry.Entry) {
	for _, e := range entries {
		o.Fold(e)
		o.key, o.last = e.Key, e.Seq
	}
}

// acknowledge is the cloud: it reads what is new in batches and says that it has it.
func (sh *shop) acknowledge() {
	ctx := context.Background()
	epoch, head, _ := sh.s.Head()
	for head-sh.acked >= ackEntries {
		batch, err := sh.s.Entries(ctx, sh.acked, ackEntries)
		must(sh.tb, err)
		last := batch[len(batch)-1]
		must(sh.tb, sh.s.Acknowledge(ctx, epoch.Number, last.Seq, last.Hash))
		sh.acked = last.Seq
	}
}

// facts are what the two commits of the sale before the newest had to keep,
// whatever keeps it: the intent with the results of the outputs before, and the
// outcome.
func (sh *shop) facts() (facts [2][]byte) {
	_, head, _ := sh.s.Head()
	const entries = 4 // outputs of the one before, opened and asked, settled
	for _, e := range sh.entries(head-2*entries, entries) {
		commit := 0
		if e.Kind == entry.Settled {
			commit = 1
		}
		facts[commit] = append(facts[commit], e.Body...)
	}
	if len(facts[1]) == 0 || len(facts[0]) <= len(facts[1]) {
		sh.tb.Fatalf("not the facts of a sale: %s, then %s", facts[0], facts[1])
	}
	return facts
}

func (sh *shop) entries(after entry.Seq, n int) []entry.Entry {
	entries, err := sh.s.Entries(context.Background(), after, n)
	must(sh.tb, err)
	return entries
}
