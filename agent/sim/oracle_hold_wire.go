package sim

import (
	"maps"
	"slices"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// holdOf is the deposit that a number of ours is of, nil where it is none. The
// caller has the lock.
func (o *Oracle) holdOf(number string) *hold {
	return o.held[number[:min(len(number), entry.NumberDigits)]]
}

// Holding checks a request for a deposit that is about to leave.
func (o *Oracle) Holding(number string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch h := o.held[number]; {
	case h == nil || h.born != o.life:
		o.breaks(1, "a deposit is asked for under number %s, whose intent is not durable or of another life", number)
	case !h.unknown():
		o.breaks(1, "deposit %s is asked for after its end", number)
	}
}

// GivingUp checks that what is undone was given up by a commit before.
func (o *Oracle) GivingUp(number string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if h := o.held[number]; h == nil || !h.returning || h.placed != nil {
		o.breaks(2, "deposit %s is undone, which is not on its way back", number)
	}
}

// Moving checks a capture or a release that is about to leave.
func (o *Oracle) Moving(what string, m pay.Move) {
	o.mu.Lock()
	defer o.mu.Unlock()
	h := o.holdOf(m.Number)
	if h == nil || h.move(m.Number) == nil {
		o.breaks(1, "a %s leaves under number %s, whose intent is not durable", what, m.Number)
		return
	}
	known := h.move(m.Number)
	switch {
	case known.ended:
		o.breaks(1, "%s %s leaves after its end", what, m.Number)
	case known.What != what || m.Amount != known.Amount || m.Last != known.Last || m.Of.Number != h.Number:
		o.breaks(1, "%s %s leaves with %s of %s, its intent says %s %s", what, m.Number, m.Amount, m.Of.Number, known.What, known.Amount)
	case m.Amount > h.left():
		o.breaks(6, "%s %s leaves with %s, and %s are held", what, m.Number, m.Amount, h.left())
	}
	o.movingBlindly(h, what, m)
	for _, other := range h.moves {
		if other != known && !other.ended {
			o.breaks(6, "%s %s leaves beside %s, of which nothing is known yet", what, m.Number, other.Number)
		}
	}
}

// lookLasts is how long a look at the totals is good for the send that follows it.
const lookLasts = time.Minute

// movingBlindly checks that what leaves takes into account what somebody else has done
// with the deposit. The caller has the lock.
func (o *Oracle) movingBlindly(h *hold, what string, m pay.Move) {
	looked := h.others.askedAt.After(h.others.movedAt)
	switch heard := h.others.heard; {
	case !h.foreign || h.doubt:
	case !looked && time.Since(h.others.movedAt) > lookLasts:
		o.breaks(6, "%s %s leaves, and the totals were not asked for since somebody else has moved the deposit", what, m.Number)
	case looked && (heard.Captured != h.captured || heard.Released != h.released):
		o.breaks(6, "%s %s leaves, and %s and %s are captured and released by the totals that were heard, by the records %s and %s", what, m.Number,
			heard.Captured, heard.Released, h.captured, h.released)
	}
}

// arrivedHold checks a request about a deposit that has reached a network. The
// caller has the lock.
func (o *Oracle) arrivedHold(h *hold, op sandbox.Op, number string) attempt {
	switch {
	case len(number) == entry.NumberDigits, h.move(number) != nil:
	case number == pay.UndoNumber(h.Number):
		if !h.returning {
			o.breaks(2, "all of deposit %s is released, which is not on its way back", h.Number)
		}
	case o.byNumber(number) == nil:
		o.breaks(1, "the network is asked about number %s of deposit %s, which is not durable", number, h.Number)
	}
	if op == sandbox.Hold {
		if h.holds++; h.holds > 1 {
			o.breaks(1, "deposit %s is asked for %d times", h.Number, h.holds)
		}
	}
	return attempt{number: h.Number, network: h.Network, merchant: h.Merchant, way: h.Way}
}

// troubledHold notes what a network does with a request about a deposit on purpose.
func (o *Oracle) troubledHold(h *hold, op sandbox.Op, number string, do sandbox.Behaviour, lie bool) {
	if slices.Contains(lostAnswers(), lost(op, do.Kind)) {
		o.stats[lost(op, do.Kind)]++
	}
	bounces := op == sandbox.Refund && (do.Kind == sandbox.Abnormal || do.Kind == sandbox.ComesBack)
	for _, r := range h.refunds.refunds {
		r.bounced = r.bounced || bounces && r.Number == number
	}
	if !lie {
		return
	}
	switch op {
	case sandbox.Refund, sandbox.RefundQuery:
		for _, r := range h.refunds.refunds {
			r.doubt = r.doubt || r.Number == number || number == h.Number
		}
	case sandbox.Capture, sandbox.Release:
		for _, m := range h.moves { // WeChat Pay's consumption names only the deposit
			m.doubt = m.doubt || m.Number == number || number == h.Number && !m.ended
		}
	default:
		h.doubt = true
	}
}

// captureRefund holds the intent of a refund of something that was captured
// against its capture. The caller has the lock.
func (o *Oracle) captureRefund(e entry.Entry, b entry.RefundAskedBody, life int) {
	h := o.holds[b.Order]
	if h == nil || h.move(b.Capture) == nil || !h.move(b.Capture).done {
		o.breaks(1, "refund %s is of %s, which was not captured", b.Number, b.Capture)
		return
	}
	m := h.move(b.Capture)
	r := &refund{RefundAskedBody: b, key: e.Key, order: h.refunds, asked: time.Now(), born: life, heard: map[pay.State]bool{}, outputs: outputs{tasks: map[string]bool{}}}
	switch {
	case b.Of != h.Number || b.Paid != m.moved || b.Number != entry.RefundNumber(b.Of, len(h.refunds.refunds)+1):
		o.breaks(1, "refund %s is of %s for %s, captured were %s", b.Number, b.Of, b.Paid, m.moved)
	case b.Amount <= 0 || b.Amount > h.leftOf(m):
		o.breaks(1, "refund %s is of %s, and %s of capture %s are left", b.Number, b.Amount, h.leftOf(m), m.Number)
	}
	if w := o.wishes[r.Reason]; w == nil || w.refund != nil || w.amount != r.Amount {
		o.breaks(1, "refund %s of %s is what nobody has wished, or not so, or not again", b.Number, b.Amount)
	} else {
		w.refund = r
	}
	o.allowed(r.Reason, "refund "+r.Number)
	h.refunds.refunds = append(h.refunds.refunds, r)
	o.refunds[r.key] = r
	o.stats[CaptureRefunds]++
}

// givingCapture checks a refund of a capture that is about to leave.
func (o *Oracle) givingCapture(known *refund, r pay.Refund) {
	h := o.holdOf(r.Number)
	switch {
	case known.ended:
		o.breaks(1, "refund %s leaves after its end", r.Number)
	case r.Amount != known.Amount || r.Of.Number != known.Capture || r.Hold == nil || r.Hold.Number != h.Number:
		o.breaks(1, "refund %s leaves with %s of %s, its intent says %s of %s", r.Number, r.Amount, r.Of.Number, known.Amount, known.Capture)
	case h.refunds.leaving(known.Capture) > h.move(known.Capture).moved:
		o.breaks(1, "refund %s leaves, and more goes back of %s than was captured", r.Number, known.Capture)
	}
}

// DepositPrinted takes a deposit's slip that came out: what it says was true when
// it was decided on, and is durable.
func (o *Oracle) DepositPrinted(key entry.Seq, r words.Receipt, reprint bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	h, of := o.actOf(key, r)
	if of == nil {
		o.breaks(4, "a slip tells of a %s of deposit %s, which is not durable", r.Act, r.Number)
		return
	}
	d := r.Deposit
	if d.Held != d.Captured+d.Released+d.Left || !h.was(sums{d.Held, d.Captured, d.Released, d.Left}) {
		o.breaks(4, "a slip of deposit %s says %s held, %s captured, %s released, %s left, which never was so", r.Number, d.Held, d.Captured, d.Released, d.Left)
	}
	if m := h.move(actNumber(r)); m != nil && (m.moved != d.Move.Amount || m.rest != d.Move.Rest) {
		o.breaks(4, "a slip says that %s and %s have moved as %s, its record says %s and %s", d.Move.Amount, d.Move.Rest, m.Number, m.moved, m.rest)
	}
	o.stats["slips of a "+string(r.Act)]++
	o.printed(of, "the "+string(r.Act)+" of deposit "+r.Number, reprint)
}

// DepositSpoken takes a deposit, capture or release that begins to be said aloud.
func (o *Oracle) DepositSpoken(key entry.Seq, r words.Receipt, ahead words.Order) {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, of := o.actOf(key, r)
	if of == nil {
		o.breaks(4, "a voice tells of a %s of deposit %s, which is not durable", r.Act, r.Number)
		return
	}
	o.stats[HoldVoices]++
	o.spoken(of, "the "+string(r.Act)+" of deposit "+r.Number)
	if !slices.Contains(settledPhases, ahead.Phase) {
		o.breaks(8, "deposit %s is spoken of while an order is in front of the lane (%s %s)", r.Number, ahead.Phase, ahead.Number)
	}
}

// actNumber is what a slip or phrase is about: a move's number, or the deposit's own.
func actNumber(r words.Receipt) string {
	if r.Act != words.ActHold && r.Deposit != nil && r.Deposit.Move != nil {
		return r.Deposit.Move.Number
	}
	return r.Number
}

// actOf is the deposit that a slip or a phrase tells of, and the act; nil where
// that is not durable.
func (o *Oracle) actOf(key entry.Seq, r words.Receipt) (*hold, *outputs) {
	h := o.holds[key]
	if h == nil || h.Number != r.Number || r.Deposit == nil {
		return nil, nil
	}
	return h, h.acts[actNumber(r)]
}

// was tells whether that was ever true.
func (h *hold) was(s sums) bool {
	for _, had := range h.sums {
		if had == s {
			return true
		}
	}
	return false
}

// DepositShown takes what a screen says of a deposit: all of it has to be durable.
func (o *Oracle) DepositShown(lane string, v words.Deposit) {
	if v.Key == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	h := o.holds[entry.Seq(v.Key)]
	truth := h != nil && h.Number == v.Number && h.Amount == v.Amount
	switch v.Phase {
	case words.DepositPassword:
		truth = truth && h.heard[pay.Waiting]
	case words.DepositScanUs:
		truth = truth && h.Way == byQR && h.born == o.life
	case words.DepositBack:
		truth = truth && h.returning
	case words.DepositRefused:
		truth = truth && h.ended && h.end != pay.Mismatch
	case words.DepositMismatch:
		truth = truth && h.end == pay.Mismatch
	case words.DepositHeld, words.DepositMoving, words.DepositSettled, words.DepositLapsed:
		truth = truth && h.placed != nil && h.was(sums{v.Held, v.Captured, v.Released, v.Left})
	}
	if m := v.Move; truth && m != nil {
		truth = slices.ContainsFunc(h.moves, func(known *moving) bool { // of a number that was given back there are several
			return known.Number == m.Number && known.Amount == m.Amount && (m.Phase != words.MoveDone || known.done) && (m.Phase != words.MoveRefused || known.ended && !known.done)
		})
	}
	if !truth {
		o.breaks(4, "the screen of %s says %s of deposit %s (%s, %s, %s), which is not durable", lane, v.Phase, v.Number, v.Captured, v.Released, v.Left)
	}
}

// holdLedger compares a deposit in its network's books with the journal while both
// are moving. The caller has the lock.
func (o *Oracle) holdLedger(b sandbox.Entry) {
	h := o.held[b.Number]
	switch {
	case h == nil:
		o.breaks(1, "the network knows deposit %s, the journal does not", b.Number)
		return
	case b.Asked != h.Amount:
		o.breaks(1, "the network was asked to hold %s under number %s, its intent says %s", b.Asked, b.Number, h.Amount)
	case b.Held != b.Captured+b.Released+b.Left:
		o.breaks(6, "by the network %s are held under %s, captured %s, released %s, left %s", b.Held, b.Number, b.Captured, b.Released, b.Left)
	case h.ended && h.end != pay.Mismatch && !h.foreign && (b.Left != 0 || b.Captured != 0):
		o.breaks(1, "deposit %s is over (%s), and %s of its payer are held, %s captured", b.Number, h.end, b.Left, b.Captured)
	case h.ended && h.end == pay.Returned && b.Held == 0:
		o.breaks(1, "deposit %s is given back, and was never held", b.Number)
	case h.placed != nil && b.Held != h.placed.Amount && !h.doubt:
		o.breaks(6, "deposit %s holds %s, by its network %s", b.Number, h.placed.Amount, b.Held)
	}
	if h.foreign && h.Network == weChat { // which has no numbers: a capture of our sum is ours
		return
	}
	least, most := h.taken()
	least, most = least+h.others.captured, most+h.others.captured
	if b.Captured < least || b.Captured > most {
		o.breaks(6, "of deposit %s between %s and %s were captured by its records, by its network %s", b.Number, least, most, b.Captured)
	}
	if least, most := h.refunds.back(); b.Returned < least || b.Returned+b.Refunding > most {
		o.breaks(1, "of what was captured of %s between %s and %s have gone back by its records, by its network %s and %s", b.Number, least, most, b.Returned, b.Refunding)
	}
}

// taken are the least and the most that a network can have captured.
func (h *hold) taken() (least, most money.Fen) {
	for _, m := range h.moves {
		switch {
		case m.What != entry.Capture:
		case !m.ended || m.doubt:
			most += max(m.Amount, m.odd) + 1 // a network that is wrong takes a fen more
		case m.done:
			least, most = least+m.moved, most+m.moved
		default:
			least, most = least+m.odd, most+m.odd
		}
	}
	return least, most
}

// closedHolds checks, when everything has been quiet for long, that every deposit
// is what its network has, to the fen, and that nothing is left open but what a
// person was asked about.
func (o *Oracle) closedHolds(known map[string]sandbox.Entry, unfinished []entry.Seq) {
	for _, key := range slices.Sorted(maps.Keys(o.holds)) {
		h := o.holds[key]
		b := known[h.Number]
		open := h.open()
		switch {
		case h.unknown() && !h.forAPerson():
			o.breaks(2, "nobody knows of deposit %s whether it is held when everything has been quiet", h.Number)
		case open != nil && !h.forAPerson():
			o.breaks(2, "%s %s is still open when everything has been quiet", open.What, open.Number)
		case h.placed == nil:
			if !slices.Contains(unfinished, key) || !h.ended {
				continue
			}
			o.breaks(8, "deposit %s is over and never finished", h.Number)
		case b.Number == "":
			o.breaks(6, "deposit %s is held, and its network does not know it", h.Number)
		case open == nil && !h.doubt && !h.justOver(b) && (b.Captured != h.captured || b.Released != h.released || b.Left != h.left()):
			o.breaks(6, "in the end of deposit %s (%s) captured, released and left are %s, %s, %s by its records, by its network %s, %s, %s", h.Number, h.Network,
				h.captured, h.released, h.left(), b.Captured, b.Released, b.Left)
		case h.acts[h.act].prints == 0 && !h.tasks["slip-failed"] && len(h.moves) == 0:
			o.breaks(8, "deposit %s is held, has no slip and nobody was told", h.Number)
		case open == nil && h.left() == 0 && slices.Contains(unfinished, key):
			o.breaks(8, "deposit %s is over and never finished", h.Number)
		}
		for _, r := range h.refunds.refunds {
			o.closedRefund(r, nil)
		}
	}
}

// justOver tells whether the network gave back what was left at the deposit's end so
// lately that the agent, which looks at it each hour, need not know yet.
func (h *hold) justOver(b sandbox.Entry) bool {
	const life, seenWithin = 30 * 24 * time.Hour, 2 * time.Hour
	since := time.Since(h.at) - life
	return since > 0 && since < seenWithin && b.Left == 0 && b.Captured == h.captured
}

// forAPerson tells whether somebody has been asked about what a deposit cannot end
// by itself.
func (h *hold) forAPerson() bool {
	return h.tasks["hold-capped"] || h.tasks["move-capped"] || h.tasks["network-fault"]
}
