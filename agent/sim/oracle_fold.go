package sim

import (
	"time"

	"tillgate/agent/pay"
	"tillgate/store/entry"
)

// fold takes an entry into the ledger and finds what must not follow from what
// was there. The caller has the lock.
func (o *Oracle) fold(e entry.Entry, life int) {
	f := o.orders[e.Key]
	if f == nil && e.Kind != entry.Opened {
		if !o.foldShift(e, life) && !o.foldHold(e, life) {
			o.foldRefund(e, life)
		}
		return
	}
	switch e.Kind {
	case entry.Opened:
		b := entry.Must[entry.OpenedBody](e)
		o.orders[e.Key] = &order{key: e.Key, lane: b.Lane, asked: b.Amount, amount: b.Amount, pulses: map[int]int{}, outputs: outputs{tasks: map[string]bool{}}}
		o.stats[Orders]++
	case entry.Asked:
		o.asked(f, entry.Must[entry.AskedBody](e), life)
	case entry.Heard:
		b := entry.Must[entry.HeardBody](e)
		o.heard(o.attempts[b.Number], pay.State(b.State))
	case entry.Returning:
		b := entry.Must[entry.ReturningBody](e)
		o.returns(f, o.attempts[b.Number], b.Why)
	case entry.Ended:
		b := entry.Must[entry.EndedBody](e)
		o.ended(f, o.attempts[b.Number], pay.State(b.State))
	case entry.Settled:
		o.settle(f, entry.Must[entry.SettledBody](e), life)
		o.sold(e, f, f.settling)
	case entry.Frozen:
		o.freeze(f, e.Seq, entry.Must[entry.FrozenBody](e))
	case entry.Decided:
		o.decided(f, entry.Must[entry.DecidedBody](e))
	case entry.Cancelled:
		f.over = true
		o.stats[Cancelled]++
		for _, a := range f.open {
			if !a.returning { // what is on its way back goes on without its order, as beside a paid one
				o.breaks(2, "order %d is cancelled while attempt %s is open", f.key, a.number)
			}
		}
	default:
		o.task(f.lane, e)
		o.put(&f.outputs, e)
	}
}

func (o *Oracle) asked(f *order, b entry.AskedBody, life int) {
	if f.over || f.frozen {
		o.breaks(1, "order %d was asked again after its end", f.key)
	}
	if had := o.attempts[b.Number]; had != nil {
		o.breaks(1, "number %s of order %d is used again for order %d", b.Number, had.order.key, f.key)
	}
	a := &attempt{number: b.Number, network: b.Network, merchant: b.Merchant, way: b.Way, order: f, at: time.Now(), life: life, heard: map[pay.State]bool{}}
	if b.Account != marks[b.Merchant] {
		o.breaks(1, "attempt %s at %s is marked as in the books %q", b.Number, b.Merchant, b.Account)
	}
	for _, other := range f.open {
		if !a.besides(other) {
			o.breaks(1, "order %d has attempts %s and %s at once", f.key, other.number, b.Number)
		}
	}
	o.tried(f, a)
	o.attempts[b.Number] = a
	f.open, f.attempts = append(f.open, a), append(f.attempts, a)
}

func (o *Oracle) heard(a *attempt, state pay.State) {
	a.heard[state] = true
	if state != pay.Paid {
		return
	}
	o.stats[LateSuccess]++
	if f := a.order; f.settled != nil && f.settled.byHand() {
		o.stats[LateAfterCash]++
	} else if f.settled != nil {
		o.stats[PaidTwice]++
	}
	if !a.returning {
		o.breaks(2, "attempt %s was paid in time and is not taken", a.number)
	}
}

func (o *Oracle) ended(f *order, a *attempt, state pay.State) {
	if a.ended {
		o.breaks(2, "attempt %s ends twice", a.number)
	}
	f.ends(a, state)
	if a.way == byQR && a.why == "code" && state == pay.Returned {
		o.stats[PaidBeforeClose]++
	}
	switch state {
	case pay.Returned:
		o.stats[Returned]++
	case pay.Declined:
		o.stats[Declined]++
	case pay.Absent:
		o.stats[Absent]++
	case pay.NotSent:
		o.stats[NotSent]++
	default:
		o.breaks(2, "attempt %s ends as %s", a.number, state)
	}
}

func (o *Oracle) settle(f *order, b entry.SettledBody, life int) {
	a := o.attempts[b.Number]
	switch {
	case f.settled != nil:
		o.breaks(1, "order %d is settled twice, by %s and %s", f.key, f.settled.number, b.Number)
	case a.returning:
		o.breaks(2, "attempt %s was on its way back and was taken all the same", b.Number)
	case a.ended && !a.booked():
		o.breaks(2, "attempt %s had ended and was taken all the same", b.Number)
	case b.Amount != f.amount:
		o.breaks(1, "order %d is for %s and is settled with %s", f.key, f.amount, b.Amount)
	}
	f.ends(a, pay.Paid)
	f.settled, f.settling, f.over, f.at, f.life = a, b, true, time.Now(), life
	o.stats[Settled]++
	if a.way == byQR {
		o.stats[PaidByQR]++
	}
	for _, other := range f.open {
		if !other.returning {
			o.breaks(1, "order %d is settled by %s, and attempt %s may be paid as well", f.key, b.Number, other.number)
		}
	}
	if st := o.stands[f.lane]; st != nil && !a.booked() && st.gated() && st.knew(time.Now()) && life == o.life && a.life == life {
		since, there := st.standing()
		if there && !since.After(a.at) && !b.Gate {
			o.breaks(3, "order %d is paid, its car has been there all the time, and the gate stays shut", f.key)
		}
	}
}

func (o *Oracle) freeze(f *order, at entry.Seq, b entry.FrozenBody) {
	a := o.attempts[b.Number]
	f.ends(a, pay.Mismatch)
	f.frozen, a.odd = true, odd{at: at, code: b.Code, paid: b.Amount}
	o.stats[Frozen]++
	if !a.doubt {
		o.breaks(2, "attempt %s is frozen, and its network had said nothing untrue", a.number)
	}
}

// put takes what became of outputs, what is to happen again, and what a person
// is asked for: of an order or of a refund. The caller has the lock.
func (o *Oracle) put(of *outputs, e entry.Entry) {
	switch e.Kind {
	case entry.Outputs:
		for _, out := range entry.Must[entry.OutputsBody](e).Of {
			switch {
			case out.What == "slip" && out.Result == "held":
				o.stats[HeldSlips]++
			case out.What == "voice" && out.Result == "dropped":
				o.stats[Mutes]++
			}
		}
	case entry.Repeated:
		switch entry.Must[entry.RepeatedBody](e).What {
		case "undo":
			o.stats[Undos]++
		case "slip":
			of.repeats++
		case "refund":
			o.stats[RefundsAgain]++
		}
	case entry.Task:
		o.tasked(of, entry.Must[entry.TaskBody](e).What)
	}
}
