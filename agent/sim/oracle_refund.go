package sim

import (
	"cmp"
	"slices"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// refund is what the oracle knows of a part of an order that goes back.
type refund struct {
	entry.RefundAskedBody
	key     entry.Seq
	order   *order
	asked   time.Time // when its intent became durable
	born    int       // the life of the agent in which that was
	heard   map[pay.State]bool
	stuck   bool // it has been
	ended   bool
	end     pay.State
	done    entry.RefundDoneBody
	other   money.Fen // it was refused, and this counts as gone all the same
	doubt   bool      // the network has said, or will say, something untrue of it
	bounced bool      // the network has taken it on, and it will not arrive: a person has to act
	outputs
}

// wish is what somebody wants back, by a reason of its own.
type wish struct {
	amount money.Fen // 0: all that is left
	refund *refund   // what it has become
}

// Wished notes a wish before it is told to the agent.
func (o *Oracle) Wished(reason string, amount money.Fen) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.wishes[reason] = &wish{amount: amount}
}

// gone is what counts as gone of an order because of a refund.
func (r *refund) gone() money.Fen {
	if r.ended && r.end != pay.Returned {
		return r.other
	}
	return r.Amount
}

// left is what may still go back of an order.
func (f *order) left() money.Fen {
	left := f.amount
	for _, r := range f.refunds {
		left -= r.gone()
	}
	return left
}

// leaving is what has gone back of an order, or of one capture of a deposit, or may
// yet, by what was asked for.
func (f *order) leaving(capture string) (sum money.Fen) {
	for _, r := range f.refunds {
		if r.Capture == capture && (!r.ended || r.end == pay.Returned) {
			sum += r.Amount
		}
	}
	return sum
}

// returned is what has gone back of an order for certain, in the journal's view.
func (f *order) returned() (sum money.Fen) {
	for _, r := range f.refunds {
		if r.ended {
			sum += r.gone()
		}
	}
	return sum
}

// back are the least and the most that a network can have given back of an order.
func (f *order) back() (least, most money.Fen) {
	for _, r := range f.refunds {
		switch {
		case r.doubt || !r.ended:
			most += max(r.Amount, r.other)
		case r.end == pay.Returned:
			least, most = least+r.Amount, most+r.Amount
		}
	}
	return least, most
}

// onItsWay is an attempt of an order that is on its way back, nil where there is none.
func (f *order) onItsWay() *attempt {
	i := slices.IndexFunc(f.open, func(a *attempt) bool { return a.returning })
	if i < 0 {
		return nil
	}
	return f.open[i]
}

// foldRefund takes an entry of a refund into the ledger and finds what must not
// follow from what was there; other objects' entries are not looked at. The
// caller has the lock.
func (o *Oracle) foldRefund(e entry.Entry, life int) {
	if e.Kind == entry.RefundAsked {
		o.refundAsked(e, life)
		return
	}
	r := o.refunds[e.Key]
	if r == nil {
		return
	}
	switch e.Kind {
	case entry.RefundHeard:
		b := entry.Must[entry.RefundHeardBody](e)
		r.heard[pay.State(b.State)], r.stuck = true, r.stuck || b.Stuck
	case entry.RefundDone:
		o.refundDone(r, entry.Must[entry.RefundDoneBody](e), life)
		o.gave(e, r, r.done.Settled)
	case entry.RefundRefused:
		o.refundRefused(r, entry.Must[entry.RefundRefusedBody](e))
		if r.other > 0 {
			o.gave(e, r, r.other)
		}
	default:
		o.task(r.Lane, e)
		o.put(&r.outputs, e)
	}
}

// refundAsked holds an intent against its order: nobody is given back more than
// he has paid, and nothing of what may not go back.
func (o *Oracle) refundAsked(e entry.Entry, life int) {
	b := entry.Must[entry.RefundAskedBody](e)
	if b.Capture != "" {
		o.captureRefund(e, b, life)
		return
	}
	f := o.orders[b.Order]
	if f == nil || f.settled == nil {
		o.breaks(1, "refund %s is of order %d, which is not paid", b.Number, b.Order)
		return
	}
	r := &refund{RefundAskedBody: b, key: e.Key, order: f, asked: time.Now(), born: life, heard: map[pay.State]bool{}, outputs: outputs{tasks: map[string]bool{}}}
	switch a := f.onItsWay(); {
	case b.Of != f.settled.number || b.Paid != f.amount || b.Number != entry.RefundNumber(b.Of, len(f.refunds)+1):
		o.breaks(1, "refund %s is of %s for %s, order %d was paid with %s for %s", b.Number, b.Of, b.Paid, f.key, f.settled.number, f.amount)
	case a != nil:
		o.breaks(1, "refund %s is of order %d, whose attempt %s is on its way back", b.Number, f.key, a.number)
	case f.frozen:
		o.breaks(1, "refund %s is of order %d, which is frozen", b.Number, f.key)
	case b.Amount <= 0 || b.Amount > f.left():
		o.breaks(1, "refund %s is of %s, and %s of order %d are left", b.Number, b.Amount, f.left(), f.key)
	case b.Way != f.settled.way && f.settled.byHand() || b.Way != "" && !f.settled.byHand():
		o.breaks(1, "refund %s goes back by %q, order %d was paid by %q", b.Number, b.Way, f.key, f.settled.way)
	}
	o.granted(r)
	o.allowed(r.Reason, "refund "+r.Number)
	f.refunds = append(f.refunds, r)
	o.refunds[r.key] = r
	o.stats[Refunds]++
	if b.Amount < b.Paid {
		o.stats[RefundsInPart]++
	}
	if b.Lane != f.lane {
		o.stats[RefundsElsewhere]++
	}
}

// granted holds a refund against the wish that it came from: one becomes one
// refund, of what was wanted.
func (o *Oracle) granted(r *refund) {
	switch w := o.wishes[r.Reason]; {
	case w == nil:
		o.breaks(1, "refund %s is what nobody has wished", r.Number)
	case w.refund != nil:
		o.breaks(1, "one wish has become refunds %s and %s", w.refund.Number, r.Number)
	case cmp.Or(w.amount, r.order.left()) != r.Amount:
		o.breaks(1, "refund %s is of %s, wished were %s", r.Number, r.Amount, w.amount)
	default:
		w.refund = r
	}
}

func (o *Oracle) refundDone(r *refund, b entry.RefundDoneBody, life int) {
	total := r.order.returned() + r.Amount
	switch {
	case r.ended:
		o.breaks(2, "refund %s ends twice", r.Number)
	case b.Settled < 0 || b.Settled > r.Amount:
		o.breaks(1, "refund %s is of %s, and the merchant is without %s for it", r.Number, r.Amount, b.Settled)
	case b.Total != total && r.Capture == "": // what is captured is one of several
		o.breaks(1, "refund %s makes %s of order %d go back, its record says %s", r.Number, total, r.order.key, b.Total)
	}
	r.ended, r.end, r.done, r.at, r.life = true, pay.Returned, b, time.Now(), life
	o.stats[RefundsDone]++
	if r.order.left() == 0 {
		o.stats[RefundsWhole]++
	}
	if r.Way != "" {
		o.stats[RefundsByHand]++
	}
}

func (o *Oracle) refundRefused(r *refund, b entry.RefundRefusedBody) {
	state := pay.State(b.State)
	switch {
	case r.ended:
		o.breaks(2, "refund %s ends twice", r.Number)
	case state != pay.Declined && state != pay.Mismatch:
		o.breaks(2, "refund %s ends as %s", r.Number, state)
	case state == pay.Mismatch && !r.doubt:
		o.breaks(2, "refund %s ends as a mismatch, and its network had said nothing untrue", r.Number)
	}
	r.ended, r.end, r.other = true, state, b.Amount
	o.stats[RefundsRefused]++
}

// byNumber is a refund by its 26 digits, nil where none has them.
func (o *Oracle) byNumber(number string) *refund {
	var of *order
	if a := o.attempts[number[:min(len(number), entry.NumberDigits)]]; a != nil {
		of = a.order
	} else if h := o.holdOf(number); h != nil {
		of = h.refunds
	} else {
		return nil
	}
	i := slices.IndexFunc(of.refunds, func(r *refund) bool { return r.Number == number })
	if i < 0 {
		return nil
	}
	return of.refunds[i]
}

// Giving checks a refund that is about to leave: its intent is durable and not
// over, it says what the intent says, and all that has left or may leave is no
// more than was paid.
// One under the number of an undo is the way back of an attempt that no undo can
// return any more.
func (o *Oracle) Giving(r pay.Refund) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if a := o.attempts[r.Of.Number]; a != nil && r.Number == pay.UndoNumber(a.number) {
		o.givingAll(a, r)
		return
	}
	known := o.byNumber(r.Number)
	if known == nil {
		o.breaks(1, "a refund leaves under number %s, whose intent is not durable", r.Number)
		return
	}
	if known.Capture != "" {
		o.givingCapture(known, r)
		return
	}
	switch {
	case known.ended:
		o.breaks(1, "refund %s leaves after its end", r.Number)
	case known.Way != "":
		o.breaks(1, "refund %s of what was paid by %s leaves for a network", r.Number, known.Way)
	case r.Amount != known.Amount || r.Of.Number != known.Of || r.Of.Amount != known.Paid:
		o.breaks(1, "refund %s leaves with %s of %s, its intent says %s of %s", r.Number, r.Amount, r.Of.Amount, known.Amount, known.Paid)
	case known.order.leaving("") > known.Paid:
		o.breaks(1, "refund %s leaves, and more goes back of order %d than was paid", r.Number, known.order.key)
	case known.order.onItsWay() != nil || known.order.frozen:
		o.breaks(1, "refund %s leaves, and order %d may not be refunded", r.Number, known.order.key)
	}
}

// givingAll checks a refund of all that an attempt has charged: what its order asked
// for, or where that was another sum and a person sends it back, that sum. The caller
// has the lock.
func (o *Oracle) givingAll(a *attempt, r pay.Refund) {
	all := a.order.asked
	if a.odd.word == entry.GoesBack && a.odd.paid != 0 {
		all = a.odd.paid
	}
	switch {
	case !a.returning || a.ended:
		o.breaks(1, "all of attempt %s is refunded, which is not on its way back", a.number)
	case r.Amount != all || r.Of.Amount != all:
		o.breaks(1, "refund %s leaves with %s of %s, charged were %s", r.Number, r.Amount, r.Of.Amount, all)
	}
}

// Left is what may still go back of an order.
func (o *Oracle) Left(key entry.Seq) money.Fen {
	o.mu.Lock()
	defer o.mu.Unlock()
	if f := o.orders[key]; f != nil && f.settled != nil {
		return max(f.left(), 0)
	}
	return 0
}

// Unsettled are the keys of orders of which nothing may go back: not paid, frozen,
// or with an attempt on its way back.
func (o *Oracle) Unsettled() (keys []entry.Seq) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for key, f := range o.orders {
		if f.settled == nil || f.frozen || f.onItsWay() != nil {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// known is a refund as its slip names it.
type known struct {
	Key    entry.Seq
	Number string
}

// Numbers are what stands on the slips of an order that is paid.
func (o *Oracle) Numbers(key entry.Seq) (number string, refunds []known) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f := o.orders[key]
	for _, r := range f.refunds {
		refunds = append(refunds, known{r.key, r.Number})
	}
	return f.settled.number, refunds
}
