package sim

import (
	"context"
	"fmt"
	"time"

	"tillgate/agent/duty"
	"tillgate/agent/flow"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// back is somebody who wants money back: of what was paid here or there, a part
// or all of it, and at times what nobody may have.
func (w *world) back(i int) {
	switch w.rng.IntN(16) {
	case 0, 1:
		w.visit(i)
		w.pass(between(w.rng, time.Second, 10*time.Second))
		w.refund(i)
	case 2:
		w.refund(i)
		w.pass(between(w.rng, time.Millisecond, 3*time.Second))
		w.stop()
	case 3:
		w.stop()
		w.pass(between(w.rng, time.Second, 10*time.Second))
		w.refund(i)
	case 4:
		w.refundsAtOnce()
	case 5:
		w.refundAll(i)
	case 6:
		w.refundOfOther(i)
	case 7:
		w.refundSlip(i)
	case 8:
		w.byHand(i)
		w.pass(between(w.rng, time.Millisecond, time.Second))
		w.refund(i)
	case 9, 10, 11, 12:
		w.refundsInTrouble(i)
	default:
		w.refund(i)
	}
}

// refund is one wish, of one of the newest orders that were paid.
func (w *world) refund(i int) {
	if key, ok := w.paidOrder(); ok {
		w.wish(i, flow.Refund{Order: key, Amount: w.some(key)})
	}
}

// paidOrder is one of the newest that were paid: by a phone more often than
// phones pay, for networks have a way of their own for those.
func (w *world) paidOrder() (key entry.Seq, ok bool) {
	keys := w.oracle.Settled()
	if shown := w.oracle.Settled(byQR); len(shown) > 0 && w.chance(2) {
		keys = shown
	}
	if len(keys) == 0 {
		return 0, false
	}
	return keys[max(0, len(keys)-1-w.rng.IntN(4))], true
}

// some is how much somebody wants: mostly a part, at times all that is left or
// more than that.
func (w *world) some(key entry.Seq) money.Fen {
	left := int(w.oracle.Left(key))
	switch w.rng.IntN(8) {
	case 0, 1:
		return 0 // all
	case 2:
		return money.Fen(left + 1 + w.rng.IntN(50))
	case 3:
		return money.Fen(left)
	}
	return money.Fen(1 + w.rng.IntN(max(left, 1)))
}

// wish tells a lane what somebody wants, under a reason that no other wish has.
func (w *world) wish(i int, r flow.Refund) {
	w.wished++
	r.Reason, r.Staff, r.By = fmt.Sprint("wish ", w.wished), "1001", "Li"
	w.oracle.Wished(r.Reason, r.Amount)
	if w.chance(2) {
		a := duty.Ask{Order: r.Order, Number: r.Number, Amount: r.Amount, Capture: r.Capture, Reason: r.Reason}
		w.wants(i, a, func(ctx context.Context, d *duty.Desk, a duty.Ask) error {
			_, err := d.Refund(ctx, a)
			return err
		})
		return
	}
	w.story.Tell("%s: %s: %s of order %d%s", w.stands[i].name, r.Reason, r.Amount, r.Order, r.Number)
	w.tell(i, r)
}

// refundsAtOnce are two clerks at two lanes who are both asked for the same.
func (w *world) refundsAtOnce() {
	key, ok := w.paidOrder()
	if !ok {
		return
	}
	w.oracle.count(RefundsAtOnce)
	amount := w.some(key)
	for i := range w.stands {
		w.wish(i, flow.Refund{Order: key, Amount: amount})
		w.pass(time.Nanosecond) // a moment of its own, so that a seed decides who is first
	}
}

// refundsInTrouble are some while every second request goes wrong.
func (w *world) refundsInTrouble(i int) {
	if len(w.oracle.Settled()) == 0 {
		w.visit(i)
		w.pass(between(w.rng, time.Second, 10*time.Second))
	}
	w.inTrouble(func() {
		for range 1 + w.rng.IntN(3) {
			w.refund(i)
			w.pass(between(w.rng, time.Second, time.Minute))
		}
	})
}

// refundAll is all that is left, and then one fen more, as often as it takes.
func (w *world) refundAll(i int) {
	key, ok := w.paidOrder()
	if !ok {
		return
	}
	for range 2 + w.rng.IntN(2) {
		w.wish(i, flow.Refund{Order: key, Amount: w.oracle.Left(key)/2 + 1})
		w.pass(between(w.rng, time.Millisecond, 5*time.Second))
	}
	w.wish(i, flow.Refund{Order: key})
	w.pass(between(w.rng, time.Millisecond, 2*time.Second))
	w.wish(i, flow.Refund{Order: key, Amount: 1})
}

// refundOfOther is a wish about an order that is not paid, not for certain, or
// still on its way back, or about none at all.
func (w *world) refundOfOther(i int) {
	if w.chance(8) {
		w.wish(i, flow.Refund{Number: entry.Number(site, "0009", 3, 4)})
		return
	}
	if w.chance(2) { // cash while a wallet is unknown, and at once all of it back
		w.amount(i)
		w.pass(between(w.rng, 200*time.Millisecond, time.Second))
		w.show(i)
		w.pass(between(w.rng, time.Millisecond, 4*time.Second))
		w.cash(i)
		w.pass(between(w.rng, 300*time.Millisecond, 2*time.Second))
	}
	if keys := w.oracle.Unsettled(); len(keys) > 0 {
		key := keys[max(0, len(keys)-1-w.rng.IntN(6))]
		w.wish(i, flow.Refund{Order: key, Amount: money.Fen(w.rng.IntN(100))})
	}
}

// refundSlip is a customer with a slip: of an order, or of a refund of it, which
// is read or wanted again.
func (w *world) refundSlip(i int) {
	key, ok := w.paidOrder()
	if !ok {
		return
	}
	number, refunds := w.oracle.Numbers(key)
	switch {
	case len(refunds) == 0 || w.chance(3):
		w.wish(i, flow.Refund{Number: number, Amount: w.some(key)})
	case w.chance(2):
		w.wish(i, flow.Refund{Number: refunds[0].Number, Amount: w.some(key)})
	default:
		r := refunds[w.rng.IntN(len(refunds))]
		w.story.Tell("%s: the slip of refund %s is wanted again", w.stands[i].name, r.Number)
		w.tell(i, flow.Reprint{Key: r.Key})
	}
}
