package sim

import (
	"fmt"
	"slices"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

const (
	voiceWindow = 2*time.Second + 100*time.Millisecond           // a success that is spoken later is worth nothing
	trustWithin = 12 * time.Second                               // a clock that is trusted is right but for this
	gateWindow  = time.Minute + 2*trustWithin + 5*time.Second    // a reason that is older opens nothing after a restart; two clocks may differ
	codeRest    = 10*time.Minute - 2*trustWithin - 5*time.Second // a code is not sent again before; two clocks may differ
	gateQueue   = 3500 * time.Millisecond                        // how long a pulse may wait for its relay
)

// Printed takes a slip that came out.
func (o *Oracle) Printed(key entry.Seq, number string, amount money.Fen, reprint bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f := o.orders[key]
	switch {
	case f == nil || f.settled == nil || f.settled.number != number:
		o.breaks(4, "a slip says that %s is paid, which is not durable", number)
		return
	case amount != f.amount:
		o.breaks(4, "a slip says %s, order %d is for %s", amount, key, f.amount)
	}
	o.printed(&f.outputs, fmt.Sprint("order ", key), reprint)
}

// printed counts a slip of an order or of a refund.
func (o *Oracle) printed(of *outputs, what string, reprint bool) {
	of.prints++
	if reprint {
		o.stats[Reprints]++
		if of.repeats == 0 {
			o.breaks(8, "the first slip of %s says that it is a reprint", what)
		}
		return
	}
	o.stats[Slips]++
	if of.slips++; of.slips > 1 {
		o.breaks(8, "%s has %d slips without a reprint mark", what, of.slips)
	}
}

// Spoken takes a success that begins to be said aloud, and what the screen of
// the lane shows then.
func (o *Oracle) Spoken(key entry.Seq, number string, front words.Order) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stats[Voices]++
	f := o.orders[key]
	if f == nil || f.settled == nil || f.settled.number != number {
		o.breaks(4, "a voice says that %s is paid, which is not durable", number)
		return
	}
	o.spoken(&f.outputs, fmt.Sprint("order ", key))
	if front.Phase != words.Idle && front.Number != number {
		o.breaks(8, "the success of order %d is spoken while another order is in front of the lane (%s %s)", key, front.Phase, front.Number)
	}
}

// spoken counts what is said of an order or of a refund.
func (o *Oracle) spoken(of *outputs, what string) {
	if of.voices++; of.voices > 1 {
		o.breaks(8, "the success of %s is spoken %d times", what, of.voices)
	}
	if age := time.Since(of.at); of.life != o.life || age > voiceWindow {
		o.breaks(8, "the success of %s is spoken %s late", what, age)
	}
}

// Opened takes a pulse of a gate that begins.
func (o *Oracle) Opened(st *stand, key entry.Seq) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stats[Pulses]++
	f := o.orders[key]
	if f == nil || f.settled == nil || !f.settling.Gate || f.lane != st.name {
		o.breaks(3, "the gate of %s opened for order %d without a durable reason", st.name, key)
		return
	}
	if f.pulses[o.life]++; f.pulses[o.life] > 1 {
		o.breaks(3, "the gate opened twice for order %d", key)
	}
	since, there := st.standing()
	switch {
	case f.life == o.life && f.settled.life == o.life:
		if !there && time.Since(since) > gateQueue || there && st.knew(f.settled.at) && since.After(f.settled.at) && time.Since(since) > gateQueue {
			o.breaks(3, "the gate opened for order %d, whose car has gone", key)
		}
	case f.life != o.life:
		o.stats[LatePulses]++
		if age := time.Since(f.at); age > gateWindow {
			o.breaks(3, "the gate opened for order %d after a restart, %s after it was paid", key, age)
		}
		if !there {
			o.breaks(3, "the gate opened for order %d after a restart, and nobody was there", key)
		}
	}
}

// Shown takes what a screen says: everything that it says of money has to be durable.
func (o *Oracle) Shown(lane string, v words.Order) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.secret("what a screen shows", fmt.Appendf(nil, "%+v", v))
	a := o.attempts[v.Number]
	known := a != nil && a.order.lane == lane
	o.codesShown(lane, v)
	var truth bool
	switch v.Phase {
	case words.Asking:
		truth = known
	case words.Password:
		truth = known && a.heard[pay.Waiting]
	case words.Checking:
		truth = known && (a.heard[pay.Unknown] || a.heard[pay.Waiting])
	case words.ScanUs:
		truth = known && a.way == byQR && len(v.QR) > 0
	case words.OneMoment:
		truth = known && a.way == byQR && a.returning
	case words.GoingBack:
		truth = known && a.returning
	case words.GivenBack:
		truth = known && a.end == pay.Returned
	case words.Refused:
		truth = known && slices.Contains([]pay.State{pay.Declined, pay.NotSent, pay.Absent}, a.end)
	case words.PaidOrder:
		truth = known && a.order.settled == a
	case words.FrozenOrder:
		truth = known && a.order.frozen
	default:
		truth = true
	}
	if !truth {
		o.breaks(4, "the screen of %s says %s of attempt %q, which is not durable", lane, v.Phase, v.Number)
	}
}

// payable is what a network says of a QR code: whether it knows it, and whether it
// can still be paid.
type payable func(number string) (known, open bool)

// Sent checks a charge that is about to leave: its intent is durable, no QR code
// of its order can be paid any more but one that counts as closed, and its code
// was not sent before, unless that never left.
func (o *Oracle) Sent(number, code string, look payable) {
	o.mu.Lock()
	defer o.mu.Unlock()
	a := o.attempts[number]
	if a == nil {
		o.breaks(1, "a charge leaves under number %s, whose intent is not durable", number)
		return
	}
	for _, other := range a.order.attempts {
		if other.way != byQR {
			continue
		}
		known, open := look(other.number)
		unseen := other.returning && (other.unseen || !known) // whoever scans it in this moment gets his money back
		if !unseen && (!other.ended || other.link != "" && open) {
			o.breaks(1, "a charge leaves under number %s while QR code %s can be paid", number, other.number)
		}
		if !other.ended {
			o.stats[CodeBesideUnseen]++
		}
	}
	c := o.codes[code]
	if c == nil {
		return
	}
	before := o.attempts[c.number]
	if before != nil && before.end != pay.NotSent && time.Since(c.at) < codeRest {
		o.breaks(1, "a payment code is sent again under number %s, %s after number %s", number, time.Since(c.at), c.number)
	}
	c.number, c.at = number, time.Now()
}

// Wrote takes what the store answered to a step, and what the disk had to give.
func (o *Oracle) Wrote(sells bool, room room, refused refusal) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case sells && refused == none && room.free < reserve:
		o.breaks(5, "a new sale begins with %d bytes left, %d are reserved", room.free, reserve)
	case sells && refused == noSpace:
		o.stats[Full]++
	case !sells && room.fault == "" && (refused == noSpace || refused == notWritten) && room.free+room.ballast >= 256<<10:
		o.breaks(5, "a step that begins nothing new is refused with %d bytes free and a ballast of %d", room.free, room.ballast)
	case !sells && refused == none && room.free < reserve:
		o.stats[EndedFull]++
	}
	if refused == notWritten {
		o.stats[Unbooked]++
	}
}

// refusal is how the store refused a step.
type refusal int

const (
	none       refusal = iota
	noSpace            // for a new sale
	notWritten         // the disk
	otherwise          // stale, used code
)

// room is what the disk had when a step came.
type room struct {
	free, ballast int64
	fault         string // what else is wrong with it
}
