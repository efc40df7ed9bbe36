package sim

import (
	"maps"
	"slices"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// Ledger compares the network's books with the journal while both are moving:
// what has ended has no money, what is settled has its own and all of it.
func (o *Oracle) Ledger(books []sandbox.Entry) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, b := range books {
		if b.Deposit {
			o.holdLedger(b)
			continue
		}
		a, net := o.attempts[b.Number], b.Charged-b.Returned
		switch {
		case a == nil:
			o.breaks(1, "the network knows number %s, the journal does not", b.Number)
		case a.byHand():
			o.breaks(1, "the network knows number %s, which is %s", b.Number, a.way)
		case b.Asked != a.order.asked:
			o.breaks(1, "the network was asked for %s under number %s, order %d is for %s", b.Asked, b.Number, a.order.key, a.order.asked)
		case !a.ended || a.end == pay.Mismatch:
		case a.end == pay.Paid:
			o.settledRight(a.order, b)
		case a.end == pay.Returned && b.Charged == 0:
			o.breaks(1, "attempt %s is given back, and was never charged", b.Number)
		case net != 0:
			o.breaks(1, "attempt %s is over (%s), and its payer is without %s", b.Number, a.end, net)
		case a.end != pay.Returned && b.Charged != 0:
			o.breaks(1, "attempt %s was paid and given back, and its end says %s", b.Number, a.end)
		}
	}
}

// settledRight holds an order that is settled against its network's books: what
// was taken, and what of it has gone back. The caller has the lock.
func (o *Oracle) settledRight(f *order, b sandbox.Entry) {
	least, most := f.back()
	switch {
	case b.Charged != f.amount || b.Settled != f.settling.Settled:
		o.breaks(1, "order %d is settled with %s (%s for the merchant), its network took %s (%s)", f.key, f.amount, f.settling.Settled, b.Charged, b.Settled)
	case b.Returned < least:
		o.breaks(1, "%s of order %d have gone back by its records, by its network %s", least, f.key, b.Returned)
	case b.Returned+b.Refunding > most:
		o.breaks(1, "of order %d the network gives %s back, and by its records no more than %s", f.key, b.Returned+b.Refunding, most)
	}
}

// Closed checks, when everything has been quiet for long, that nothing is left
// open: no attempt, no slip, no gate. Unfinished are the orders that the store
// would hand out at the next start.
func (o *Oracle) Closed(books []sandbox.Entry, unfinished []entry.Seq) {
	known := map[string]sandbox.Entry{}
	for _, b := range books {
		known[b.Number] = b
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closedHolds(known, unfinished)
	for _, key := range slices.Sorted(maps.Keys(o.orders)) {
		f := o.orders[key]
		switch {
		case len(f.open) > 0 && !f.open[0].forAPerson():
			o.breaks(2, "order %d still has attempt %s open when everything has been quiet", key, f.open[0].number)
		case f.settled == nil:
		case !f.settled.byHand() && known[f.settled.number].Number == "":
			o.breaks(1, "order %d is settled by %s, which the network does not know", key, f.settled.number)
		case f.prints == 0 && !f.tasks["slip-failed"]:
			o.breaks(8, "order %d is paid, has no slip and nobody was told", key)
		case o.stands[f.lane].gated() && len(f.pulses) == 0 && !f.gateTask() && !f.settled.booked():
			o.breaks(3, "order %d is paid, its gate did not open and nobody was told", key)
		case slices.Contains(unfinished, key) && !f.frozen && len(f.open) == 0:
			o.breaks(8, "order %d is paid and never finished", key)
		}
		for _, r := range f.refunds {
			o.closedRefund(r, unfinished)
		}
		if f.settled != nil && !f.settled.byHand() {
			o.settledWhole(f, known[f.settled.number])
		}
	}
}

// forAPerson tells whether somebody has been asked about an attempt that nothing
// can end by itself: its undo was sent too often, its way back is a refund that has
// bounced, or it waits where no undo helps: at a merchant of Cloud Pay without
// reverse, at ChinaUMS on another day.
func (a *attempt) forAPerson() bool {
	tasks := a.order.tasks
	waits := a.way == "" && (a.merchant == "cloud" || a.network == unionPay)
	return tasks["undo-capped"] || (a.bounced || waits) && tasks["network-fault"]
}

// closedRefund checks that a refund has come to its end: one that a person has to
// see to may be open still.
func (o *Oracle) closedRefund(r *refund, unfinished []entry.Seq) {
	switch {
	case !r.ended && r.bounced && len(r.tasks) > 0:
		o.stats[RefundsBounced]++
	case !r.ended:
		o.breaks(2, "refund %s is still open when everything has been quiet", r.Number)
	case r.end == pay.Returned && r.prints == 0 && !r.tasks["slip-failed"]:
		o.breaks(8, "refund %s is done, has no slip and nobody was told", r.Number)
	case slices.Contains(unfinished, r.key):
		o.breaks(8, "refund %s is over and never finished", r.Number)
	}
}

// couponsUntold tells whether refunds of an attempt are answered without a word
// about coupons, as those of ChinaUMS' bills are.
func (a *attempt) couponsUntold() bool { return a.network == unionPay && a.way == byQR }

// settledWhole holds an order against its network's books to the fen, when nothing
// moves any more and the network has said nothing untrue.
func (o *Oracle) settledWhole(f *order, b sandbox.Entry) {
	least, most := f.back()
	if least != most {
		return
	}
	var settled money.Fen
	for _, r := range f.refunds {
		settled += r.done.Settled
	}
	switch {
	case b.Returned != most || b.Refunding != 0:
		o.breaks(1, "in the end %s of order %d have gone back by its records, by its network %s", most, f.key, b.Returned)
	case most == f.amount && !f.settled.couponsUntold() && settled != f.settling.Settled:
		o.breaks(7, "all of order %d has gone back: the merchant had got %s for it, and is without %s", f.key, f.settling.Settled, settled)
	}
}

// Collected takes an entry that the collector keeps.
func (o *Oracle) Collected(e entry.Entry) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if had, ok := o.durable[e.Seq]; !ok || had.Kind != e.Kind || string(had.Body) != string(e.Body) {
		o.breaks(5, "the collector keeps entry %d (%s), which is not the journal's", e.Seq, e.Kind)
	}
	o.secret("what the collector keeps", e.Body)
}

// Acknowledged checks what the device believes to be delivered: vouched is the
// newest entry that the collector has, or had rightly acknowledged before it
// was made to forget.
func (o *Oracle) Acknowledged(seq entry.Seq, hash entry.Hash, vouched entry.Seq) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if seq == 0 {
		return
	}
	o.stats[Acks]++
	switch {
	case seq > vouched:
		o.breaks(5, "entry %d counts as delivered, and the cloud has %d", seq, vouched)
	case o.durable[seq].Hash != hash:
		o.breaks(5, "entry %d counts as delivered with another hash than the journal's", seq)
	}
}

// Delivered checks that in the end the cloud has everything, and that the device knows it.
func (o *Oracle) Delivered(acked, head, holds entry.Seq) {
	if acked != head || holds != head {
		o.fail(5, "in the end the journal has %d entries, the cloud %d, of which the device knows %d", head, holds, acked)
	}
}
