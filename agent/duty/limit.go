package duty

import (
	"context"
	"fmt"

	"tillgate/agent/staff"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// needs is how many people have to approve when so much goes back of one order or
// deposit, all in all. Who may approve it is one of them already when asking.
func (d *Desk) needs(by, lane string, sum money.Fen) (n int) {
	if sum > d.RefundLimit() {
		n++
	}
	if sum > d.SecondLimit() {
		n++
	}
	if n > 0 && d.Roster.May(by, staff.Approve, lane, d.now()) == nil {
		n--
	}
	return n
}

// reserve notes that an Ask's sum is about to go back, until done is called, and
// says what else of its order or deposit is about to. Of two who ask at once the
// second so finds the first, whose intent is not in the journal yet.
func (d *Desk) reserve(a Ask) (before money.Fen, done func()) {
	if a.Operation == Decide {
		return 0, func() {}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	before = d.going[a.Order]
	d.going[a.Order] += a.Amount
	return before, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.going[a.Order] -= a.Amount; d.going[a.Order] == 0 {
			delete(d.going, a.Order)
		}
	}
}

// gone is how much of an Ask's order or deposit has gone back, or may yet. It is
// added to what is asked for: many small sums take the approvals of one large sum.
func (d *Desk) gone(ctx context.Context, a Ask) (money.Fen, error) {
	if a.Operation == Decide { // an attempt is decided on once
		return 0, nil
	}
	p, err := d.Journal.Payment(ctx, a.Order)
	if err != nil {
		return 0, fmt.Errorf("read what has gone back of order %d: %w", a.Order, err)
	}
	sum := money.Fen(0)
	for _, r := range p.Refunds {
		sum += r.Back
	}
	if p.Hold != nil {
		sum += releasedOf(*p.Hold)
	}
	return sum, nil
}

// releasedOf is how much of a deposit was let go, or may yet be. What its network
// gives back with a capture by itself is nobody's decision, and not in it.
func releasedOf(h store.Hold) money.Fen {
	sum, byNetwork := h.Released, h.Placed != nil && h.Placed.RestGoes
	for _, m := range h.Moves {
		switch {
		case m.What == entry.Release && m.Open():
			sum += m.Moved
		case m.What == entry.Capture && byNetwork:
			sum -= m.Rest
		case m.What == entry.Capture && m.Open() && m.Last:
			sum += h.Left()
		}
	}
	return max(sum, 0)
}
