package sim

import (
	"slices"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// refundWindow is how long after it was asked for a refund may be spoken of: who
// asked for it has gone by then.
const refundWindow = 2*time.Minute + voiceWindow

// RefundPrinted takes a refund's slip that came out.
func (o *Oracle) RefundPrinted(key entry.Seq, slip words.Receipt, reprint bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	r := o.refunds[key]
	switch {
	case r == nil || r.end != pay.Returned || r.Number != slip.Refund:
		o.breaks(4, "a slip says that %s has gone back, which is not durable", slip.Refund)
		return
	case slip.Back != r.Amount || slip.Number != r.Of || slip.Amount != r.Paid || slip.Total != r.done.Total:
		o.breaks(4, "a slip says that %s of %s have gone back as %s, in all %s; its record says %s of %s, %s", slip.Back, slip.Amount, slip.Refund,
			slip.Total, r.Amount, r.Paid, r.done.Total)
	}
	o.stats[RefundSlips]++
	o.printed(&r.outputs, "refund "+r.Number, reprint)
}

// settledPhases are those of an order that nothing is left to do for, but perhaps
// for its slip.
var settledPhases = []words.Phase{words.Idle, words.PaidOrder, words.CancelledOrder}

// RefundSpoken takes a refund that begins to be said aloud, and what the screen
// of the lane shows then.
func (o *Oracle) RefundSpoken(key entry.Seq, number string, front words.Order) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stats[RefundVoices]++
	r := o.refunds[key]
	if r == nil || r.end != pay.Returned || r.Number != number {
		o.breaks(4, "a voice says that %s has gone back, which is not durable", number)
		return
	}
	o.spoken(&r.outputs, "refund "+number)
	if age := time.Since(r.asked); r.born != o.life || age > refundWindow {
		o.breaks(8, "refund %s is spoken of %s after it was asked for", number, age)
	}
	if !slices.Contains(settledPhases, front.Phase) && front.Key != int64(r.Order) {
		o.breaks(8, "refund %s is spoken of while another order is in front of the lane (%s %s)", number, front.Phase, front.Number)
	}
}

// RefundShown takes what a screen says of a refund: all of it has to be durable.
func (o *Oracle) RefundShown(lane string, v words.Refund) {
	if v.Key == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	r := o.refunds[entry.Seq(v.Key)]
	truth := r != nil && r.Lane == lane && r.Number == v.Number && r.Amount == v.Amount
	switch v.Phase {
	case words.RefundDone:
		truth = truth && r.end == pay.Returned && v.Total == r.done.Total
	case words.RefundRefused:
		truth = truth && r.ended && r.end != pay.Returned
	case words.RefundAccepted:
		truth = truth && r.heard[pay.Waiting]
	case words.RefundStuck:
		truth = truth && r.stuck
	}
	if !truth {
		o.breaks(4, "the screen of %s says %s of refund %s, which is not durable", lane, v.Phase, v.Number)
	}
}
