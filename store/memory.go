package store

import (
	"maps"
	"slices"

	"tillgate/store/entry"
	"tillgate/store/money"
)

// openEntries is how many entries later an object that is still open gets a
// task row, so that the mark "open" can move on and opening stays short.
const openEntries = 500

// namesMax is how many names wait in memory for an acknowledgement.
const namesMax = 2000

// mark is a place in the journal with the whole hash there.
type mark struct {
	seq  entry.Seq
	head entry.Hash
}

// object is what the store knows of something that is not done.
type object struct {
	key, last entry.Seq
	done      bool
	tasked    bool    // it has a row in task
	sale      *Sale   // of an order
	refund    *Refund // of a refund
	hold      *Hold   // of a deposit
	shift     *Shift  // of a shift
}

// newObject is an object that begins with an entry of a kind.
func newObject(key entry.Seq, kind entry.Kind) object {
	o := object{key: key}
	switch kind {
	case entry.Opened, entry.Inherited:
		o.sale = &Sale{ID: key}
	case entry.RefundAsked, entry.RefundInherited:
		o.refund = &Refund{ID: key}
	case entry.HoldAsked, entry.HoldInherited, entry.HoldAdopted: // as BeginsHold says
		o.hold = &Hold{ID: key}
	case entry.ShiftOn:
		o.shift = &Shift{ID: key}
	}
	return o
}

// fold takes one entry, whose body bodyOf has read, into the object's summary.
// done is as its step says, on is who is on duty. back is by how much that
// changes what has gone back of the refund's order.
func (o *object) fold(e entry.Entry, body any, done bool, on duty) (back money.Fen) {
	o.last = e.Seq
	switch {
	case o.sale != nil:
		sale := o.sale.fold(e.Seq, e.Kind, body)
		sale.end(e, body, done, on)
		o.sale = &sale
	case o.refund != nil:
		refund := o.refund.fold(e.Seq, e.Kind, body)
		back = refund.Back - o.refund.Back
		refund.end(e, body, on)
		o.refund = &refund
	case o.hold != nil:
		hold := o.hold.fold(e, body, on)
		o.hold = &hold
	case o.shift != nil:
		shift := o.shift.fold(e, body)
		o.shift = &shift
	}
	return back
}

// summary reads the object's row, of an order, a refund, a deposit or a shift; other objects have none.
func (c *conn) summary(o *object) error {
	sale, ok, err := c.readSale(o.key)
	if ok {
		o.sale = &sale
	}
	if ok || err != nil {
		return err
	}
	refund, ok, err := c.readRefund(o.key)
	if ok {
		o.refund = &refund
	}
	if ok || err != nil {
		return err
	}
	hold, ok, err := c.readHold(o.key)
	if ok {
		o.hold = &hold
	}
	if ok || err != nil {
		return err
	}
	shift, ok, err := c.readShift(o.key)
	if ok {
		o.shift = &shift
	}
	return err
}

// writeSummary writes the object's row, where it has one.
func (c *conn) writeSummary(o object) error {
	switch {
	case o.sale != nil:
		return c.writeSale(*o.sale)
	case o.refund != nil:
		return c.writeRefund(*o.refund)
	case o.hold != nil:
		return c.writeHold(*o.hold)
	case o.shift != nil:
		return c.writeShift(*o.shift)
	}
	return nil
}

// sums tells whether another's summary is the same.
func (o object) sums(as object) bool {
	return same(o.sale, as.sale) && same(o.refund, as.refund) && sameHold(o.hold, as.hold) && same(o.shift, as.shift)
}

func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// summarized is the newest entry in the object's summary, 0 where it has none.
func (o object) summarized() entry.Seq {
	switch {
	case o.sale != nil:
		return o.sale.Last
	case o.refund != nil:
		return o.refund.Last
	case o.hold != nil:
		return o.hold.Last
	case o.shift != nil:
		return o.shift.Last
	}
	return 0
}

// codeUse is a payment code that was sent.
type codeUse struct {
	number string
	until  int64 // ms of the boot clock
}

// memory is what the store knows without reading. It is rebuilt at open.
type memory struct {
	epoch   identity
	damage  *entry.DamagedBody
	seq     entry.Seq
	head    entry.Hash
	acked   mark
	open    mark
	find    mark
	unsaved bool         // acked is newer than its row
	hashes  []entry.Hash // of open.seq and all after it
	served  []mark       // ends of batches that were read lately, for their hashes
	objects map[entry.Seq]object
	codes   map[string]codeUse
	names   map[string]entry.Seq // those after find
	duty    duty
}

// hashAt is the whole hash of an entry, where memory has it.
func (m *memory) hashAt(seq entry.Seq) (entry.Hash, bool) {
	if i := seq - m.open.seq; i >= 0 && int(i) < len(m.hashes) {
		return m.hashes[i], true
	}
	if a := m.anchor(seq); a.seq == seq {
		return a.head, true
	}
	return entry.Hash{}, false
}

// anchor is the newest place at or before seq whose whole hash is in memory.
func (m *memory) anchor(seq entry.Seq) mark {
	best := mark{head: entry.Genesis(m.epoch.Epoch)}
	for _, a := range append([]mark{m.acked, m.open, m.find}, m.served...) {
		if a.seq <= seq && a.seq > best.seq {
			best = a
		}
	}
	if i := seq - m.open.seq; i >= 0 && len(m.hashes) > 0 {
		i = min(i, entry.Seq(len(m.hashes)-1))
		best = mark{m.open.seq + i, m.hashes[i]}
	}
	return best
}

// serve remembers the end of a batch, which the next batch and its
// acknowledgement will ask for.
func (m *memory) serve(at mark) {
	const servedMax = 64
	if slices.Contains(m.served, at) {
		return
	}
	if len(m.served) == servedMax {
		m.served = slices.Delete(m.served, 0, 1)
	}
	m.served = append(m.served, at)
}

// moveOpen sets the mark and drops the hashes before it.
func (m *memory) moveOpen(to mark) {
	m.hashes = slices.Clone(m.hashes[to.seq-m.open.seq:])
	m.open = to
}

// forget drops codes that may be sent again.
func (m *memory) forget(mono int64) {
	maps.DeleteFunc(m.codes, func(_ string, use codeUse) bool { return use.until <= mono })
}
