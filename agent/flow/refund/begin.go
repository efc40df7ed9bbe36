package refund

import (
	"cmp"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

func tell(key words.Key) flow.Step { return flow.Step{Tell: key} }

// begin decides on a wish. Whatever would be too much is refused here, before
// any network hears of it.
func (r *Refund) begin(ev flow.Refund, now flow.Now) flow.Step {
	p := ev.Payment
	if why := closed(ev); why != "" {
		return tell(why)
	}
	capture, why := captured(ev)
	if why != "" {
		return tell(why)
	}
	asked := entry.RefundAskedBody{
		Order: p.Order, Of: p.Settled.Number, Number: p.Next(), Amount: cmp.Or(ev.Amount, p.Left()), Paid: p.Settled.Amount,
		Lane: ev.Lane, Merchant: p.Asked.Merchant, Network: p.Asked.Network, Wallet: p.Settled.Wallet, Shown: p.Asked.Way == entry.ByQR,
		Payment: p.Settled.Network, Asked: p.AskedAt.Wall, Trust: p.AskedAt.Trust, Older: p.Older,
		Reason: ev.Reason, Staff: ev.Staff, By: ev.By, Account: now.Accounts[p.Asked.Merchant],
	}
	if p.Hold != nil {
		asked.Amount, asked.Paid, asked.Payment = cmp.Or(ev.Amount, p.LeftOf(capture)), capture.Moved, capture.Network
		asked.Capture, asked.Held, asked.Hold = capture.Number, p.Hold.Held(), p.Hold.Placed.Network
	}
	if way := p.Asked.Way; way == entry.ByCash || way == entry.ByCard {
		asked.Way = way
		return r.byHand(asked, ev, now)
	}
	t := r.timing(asked.Network).Refund
	switch {
	case flow.OtherAccount(p.Asked.Merchant, p.Asked.Account, now):
		return tell(words.TellRefundBooks)
	case t.Call == 0:
		return tell(words.TellRefundNever)
	case late(p, t.Window, now):
		return tell(words.TellRefundLate)
	}
	asked.Wait = wait(ev, t.Apart, now).Milliseconds()
	step := flow.Step{Order: p.Last, Entries: intent(asked, ev), Notes: []flow.Note{begun{}}}
	if asked.Wait == 0 && !asked.Older {
		after := r.after(step.Entries, now)
		step.Notes = append(step.Notes, sent{flow.AskRefund})
		step.Effects = []flow.Effect{after.call(flow.AskRefund)}
	}
	return step
}

// captured is which capture of a deposit goes back, or why none can; nothing of a payment.
func captured(ev flow.Refund) (capture entry.HoldMove, why words.Key) {
	if ev.Payment.Hold == nil {
		return capture, ""
	}
	capture, ok := ev.Payment.CaptureOf(ev.Capture)
	switch left := ev.Payment.LeftOf(capture); {
	case !ok:
		return capture, words.TellRefundNone
	case left == 0:
		return capture, words.TellRefundSpent
	case ev.Amount > left:
		return capture, words.TellRefundHigh
	}
	return capture, ""
}

// intent is a refund's first entries: what is asked for, and the key of the
// program that asked.
func intent(asked entry.RefundAskedBody, ev flow.Refund) []entry.Draft {
	drafts := []entry.Draft{entry.New(entry.RefundAsked, asked)}
	if ev.Request != nil {
		drafts = append(drafts, entry.New(entry.Requested, *ev.Request))
	}
	return drafts
}

// closed is why nothing can go back of an order, or not so much; empty where it can.
func closed(ev flow.Refund) words.Key {
	p, left := ev.Payment, ev.Payment.Left()
	switch {
	case p.Uncertain:
		return words.TellRefundUncertain
	case p.Frozen:
		return words.TellFrozen
	case p.GoingBack:
		return words.TellRefundGoingBack
	case !p.Paid():
		return words.TellRefundNone
	case len(p.Refunds) >= p.MostRefunds():
		return words.TellRefundMany
	case left == 0:
		return words.TellRefundSpent
	case ev.Amount < 0:
		return words.TellAmountZero
	case ev.Amount > left:
		return words.TellRefundHigh
	}
	return ""
}

// late tells whether the network takes no refund of the payment any more, by
// clocks that can be believed; else it says so itself.
func late(p store.Payment, window time.Duration, now flow.Now) bool {
	paid := time.UnixMilli(p.SettledAt.Wall)
	if p.Settled.PaidAt != 0 {
		paid = time.Unix(p.Settled.PaidAt, 0)
	} else if p.SettledAt.Trust != entry.Trusted {
		return false
	}
	return window > 0 && now.Trust == entry.Trusted && time.UnixMilli(now.Wall).Sub(paid) > window
}

// wait is how long this refund stands back behind the newest one of its payment.
func wait(ev flow.Refund, apart time.Duration, now flow.Now) time.Duration {
	refunds := ev.Payment.Refunds
	if len(refunds) == 0 {
		return 0
	}
	newest, at := refunds[len(refunds)-1], ev.Payment.NewestAt
	if newest.Asked.Way != "" {
		return 0
	}
	passed := int64(0) // where no clock tells, it counts from now
	switch {
	case ev.SameBoot:
		passed = now.Mono - at.Mono
	case at.Trust == entry.Trusted && now.Trust == entry.Trusted:
		passed = now.Wall - at.Wall
	}
	apart += time.Duration(newest.Asked.Wait) * time.Millisecond
	return max(apart-time.Duration(max(passed, 0))*time.Millisecond, 0)
}

// byHand is a refund that never leaves the device: the clerk hands the money
// over, or carries it out on another terminal. Intent and outcome are one commit.
func (r *Refund) byHand(asked entry.RefundAskedBody, ev flow.Refund, now flow.Now) flow.Step {
	done := entry.RefundDoneBody{Settled: asked.Amount, Total: ev.Payment.Returned() + asked.Amount}
	drafts := append(intent(asked, ev), entry.New(entry.RefundDone, done))
	step := flow.Step{Order: ev.Payment.Last, Entries: drafts, Notes: []flow.Note{begun{}}}
	after := r.after(drafts, now)
	for _, o := range after.outputs {
		step.Effects = append(step.Effects, after.do(o))
	}
	return step
}
