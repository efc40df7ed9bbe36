package sim

import (
	"slices"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// The ways of an attempt, as the journal has them.
const (
	byQR   = "qr"
	byCash = "cash"
	byCard = "card"
)

// expired is why a QR code goes back that a new one may follow.
const expired = "expired"

func (a *attempt) byHand() bool { return a.way == byCash || a.way == byCard }

// besides tells whether promise 1 lets an attempt begin while another is not
// final: QR codes of two merchants, the clerk's word once a wallet's attempt is on
// its way back, and a payment code beside a QR code that counts as closed, which
// is looked at when the charge leaves.
func (a *attempt) besides(other *attempt) bool {
	switch {
	case a.way == "":
		return other.way == byQR && other.returning
	case a.byHand():
		return other.returning
	case a.way == byQR:
		return other.way == byQR && !other.returning && (other.network != a.network || other.merchant != a.merchant)
	}
	return false
}

// returns notes that an attempt goes back: from now on nobody may scan it.
func (o *Oracle) returns(f *order, a *attempt, why string) {
	a.returning, a.why, a.gone = true, why, time.Now()
	switch why {
	case expired:
		o.stats[QRExpired]++
	case "code":
		f.waits = true
	}
}

// ends takes an attempt from those that are not final.
func (f *order) ends(a *attempt, state pay.State) {
	a.ended, a.end, a.gone = true, state, time.Now()
	f.open = slices.DeleteFunc(f.open, func(other *attempt) bool { return other == a })
}

// tried counts what an attempt follows from. The caller has the lock.
func (o *Oracle) tried(f *order, a *attempt) {
	switch {
	case a.byHand():
		name := Cards
		if a.way == byCash {
			name = Cash
		}
		o.stats[name]++
		if len(f.open) > 0 {
			o.stats[CashUnknown]++
		}
	case a.way == byQR && len(f.open) > 0:
		o.stats[SideBySide]++
	case a.way == byQR && len(f.attempts) > 0 && f.attempts[len(f.attempts)-1].why == expired:
		o.stats[QRRefreshed]++
	case a.way == "" && f.waits:
		o.stats[CodeAfterClose]++
	}
	f.waits = false
}

// whole checks, after a commit, that the clerk's word is an intent and an
// outcome at once. The caller has the lock.
func (o *Oracle) whole(entries []entry.Entry) {
	for _, e := range entries {
		if e.Kind != entry.Asked {
			continue
		}
		b := entry.Must[entry.AskedBody](e)
		if a := o.attempts[b.Number]; a.byHand() && (!a.ended || a.order.settled != a) {
			o.breaks(1, "order %d has its %s asked and not settled in one commit", a.order.key, a.way)
		}
	}
}

// stamps checks the times of a journal: they never go back, but to what has been
// proven, and within a boot the boot clock never goes back at all.
func (o *Oracle) stamps(entries []entry.Entry) {
	var last entry.Entry
	boot := ""
	for _, e := range entries {
		same := true
		if e.Kind == entry.Started {
			b := entry.Must[entry.StartedBody](e).Boot
			same, boot = b == boot, b
		}
		switch {
		case e.Wall < last.Wall && e.Trust != entry.Trusted:
			o.breaks(10, "entry %d is stamped %d ms before entry %d, and nothing had proven it", e.Seq, last.Wall-e.Wall, last.Seq)
		case same && e.Mono < last.Mono:
			o.breaks(10, "entry %d is stamped before entry %d by the clock of one boot", e.Seq, last.Seq)
		}
		last = e
	}
}

// Offered checks a request for a QR code that is about to leave.
func (o *Oracle) Offered(number string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if a := o.attempts[number]; a == nil || a.way != byQR || a.life != o.life {
		o.breaks(1, "a QR code is asked for under number %s, whose intent is not durable or of another life", number)
	}
}

// Linked notes the link that a network gave for a number.
func (o *Oracle) Linked(number, link string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if a := o.attempts[number]; a != nil && link != "" {
		a.link, o.links[link] = link, a
	}
}

// codesShown checks the QR codes of a screen: each is its order's, of this life,
// and may be paid. In the moment of a commit the screen is a little behind. The
// caller has the lock.
func (o *Oracle) codesShown(lane string, v words.Order) {
	for _, code := range v.QR {
		a := o.links[code.Link]
		switch {
		case a == nil || a.order.lane != lane || int64(a.order.key) != v.Key:
			o.breaks(1, "the screen of %s shows a QR code of another order", lane)
		case a.life != o.life:
			o.breaks(1, "the screen of %s shows QR code %s of before a restart", lane, a.number)
		case !a.gone.IsZero() && a.gone.Before(time.Now()):
			o.breaks(1, "the screen of %s shows QR code %s, which goes back or is over", lane, a.number)
		case !a.seen:
			a.seen = true
			o.stats[ScanUs]++
		}
	}
}

// Told counts passing lines of a screen, each once.
func (o *Oracle) Told(lane string, key words.Key, at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !at.After(o.told[lane]) {
		return
	}
	o.told[lane] = at
	if what := lines[key]; what != "" {
		o.stats[what]++
	}
}

// lines are the passing lines that are counted.
var lines = map[words.Key]string{
	words.TellOneMoment: CodeGivenUp, words.TellReprinted: ReprintsAsked, words.TellRefundHigh: RefundsHigh, words.TellRefundSpent: RefundsSpent,
	words.TellRefundGoingBack: RefundsGoing, words.TellFrozen: RefundsFrozen, words.TellRefundNone: RefundsNone,
}

// Drawn takes a cash drawer that opens, for an order or for a refund.
func (o *Oracle) Drawn(st *stand, key entry.Seq) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stats[Drawers]++
	var of *outputs
	if f := o.orders[key]; f != nil && f.settled != nil && f.settled.way == byCash && f.lane == st.name {
		of = &f.outputs
	}
	if r := o.refunds[key]; r != nil && r.end == pay.Returned && r.Way == byCash && r.Lane == st.name {
		of = &r.outputs
	}
	if of == nil {
		o.breaks(3, "the drawer of %s opens for object %d without a durable reason", st.name, key)
		return
	}
	if of.life != o.life {
		o.breaks(3, "the drawer opens for object %d after a restart", key)
	}
	if of.drawers++; of.drawers > 1 {
		o.breaks(3, "the drawer opens %d times for object %d", of.drawers, key)
	}
}

// Settled are the keys of the orders that are paid, in one of these ways or in any.
func (o *Oracle) Settled(ways ...string) (keys []entry.Seq) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for key, f := range o.orders {
		if f.settled != nil && (len(ways) == 0 || slices.Contains(ways, f.settled.way)) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
