package sim

import (
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/entry"
)

// Arrived checks a request that has reached a network and answers whose it is. A
// charge comes once, whatever was lost and whichever hosts were asked.
func (o *Oracle) Arrived(op sandbox.Op, number string) (whose attempt) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if number == "" { // of no order
		return whose
	}
	if h := o.holdOf(number); h != nil {
		return o.arrivedHold(h, op, number)
	}
	a := o.attempts[number[:min(len(number), entry.NumberDigits)]]
	switch {
	case a == nil:
		o.breaks(1, "the network is asked about number %s, which is not durable", number)
		return whose
	case a.byHand():
		o.breaks(1, "the network is asked about number %s, which is %s", number, a.way)
	case len(number) == entry.NumberDigits:
	case number == pay.UndoNumber(a.number) && !a.returning:
		o.breaks(1, "all of attempt %s is refunded, which is not on its way back", a.number)
	case number != pay.UndoNumber(a.number) && o.byNumber(number) == nil:
		o.breaks(1, "the network is asked about refund %s, which is not durable", number)
	}
	if op == sandbox.Charge {
		if a.charges++; a.charges > 1 {
			o.breaks(1, "charge %s comes to its network %d times", number, a.charges)
		}
	}
	return *a
}

// Troubled notes what a network does with a request on purpose: at times a lie.
func (o *Oracle) Troubled(network string, op sandbox.Op, number string, do sandbox.Behaviour, lie bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.covered.behaves(network, string(op), do.Kind)
	if h := o.holdOf(number); h != nil {
		o.troubledHold(h, op, number, do, lie)
		return
	}
	a := o.attempts[number[:min(len(number), entry.NumberDigits)]]
	if a == nil {
		return
	}
	asked := op == sandbox.Refund || op == sandbox.RefundQuery
	switch {
	case asked && lie && (do.Kind == sandbox.WrongAmount || do.Kind == sandbox.Failed):
		o.refundsOf(a, number, func(r *refund) { r.doubt = true })
	case !asked && lie:
		a.doubt = true
	case op == sandbox.Refund && (do.Kind == sandbox.Abnormal || do.Kind == sandbox.ComesBack):
		a.bounced = a.bounced || a.returning
		o.refundsOf(a, number, func(r *refund) { r.bounced = true })
	}
}

// refundsOf goes through the refunds that a request may be about: those of WeChat
// Pay name only the payment.
func (o *Oracle) refundsOf(a *attempt, number string, do func(*refund)) {
	for _, r := range a.order.refunds {
		if r.Of == a.number && (r.Number == number || number == a.number) {
			do(r)
		}
	}
}

// Unseen notes that a network does not know a QR code whose undo was asked for: as
// far as anybody can tell nobody has scanned it.
func (o *Oracle) Unseen(number string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if a := o.attempts[number]; a != nil && a.returning {
		a.unseen = true
	}
}

// Payer notes how somebody behaves whose code is about to be charged.
func (o *Oracle) Payer(number string, how sandbox.Behaviour) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if a := o.attempts[number]; a != nil {
		o.covered.behaves(a.network, "customer", how.Kind)
	}
}

// Phone notes how somebody behaves who has scanned what a network shows.
func (o *Oracle) Phone(link string, how sandbox.Behaviour) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if a := o.links[link]; a != nil {
		o.covered.behaves(a.network, "phone", how.Kind)
	}
}

// Answered notes what a call has come to.
func (o *Oracle) Answered(network, op string, r pay.Result) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.covered.answers(network, op, resultOf(r))
}

// Doubt says that the network tells something untrue of a number, on purpose.
func (o *Oracle) Doubt(number string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if a := o.attempts[number]; a != nil {
		a.doubt = true
	}
	if h := o.held[number]; h != nil {
		h.doubt = true
	}
}

// MerchantOf is the merchant that shows a link; empty where it is nobody's.
func (o *Oracle) MerchantOf(link string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if a := o.links[link]; a != nil {
		return a.merchant
	}
	return ""
}
