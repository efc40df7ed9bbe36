package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tillgate/store/entry"
	"tillgate/store/money"
)

// Payment is what was paid for an order, and what has gone back of it. It is a
// fold of the order's entries and the summaries of its refunds.
type Payment struct {
	Order     entry.Seq // its key
	Last      entry.Seq // its newest entry
	Opened    entry.OpenedBody
	Asked     entry.AskedBody   // the paid attempt
	AskedAt   entry.Stamp       // when it was asked for
	Settled   entry.SettledBody // without a number: not paid
	SettledAt entry.Stamp
	Frozen    bool        // a person decides about it
	GoingBack bool        // an attempt of it is on its way back
	Older     bool        // it is of an older epoch
	Uncertain bool        // and cannot be believed: it counts as not paid
	Refunds   []Refund    // in the order of their numbers
	Hold      *Hold       // of a deposit: what was paid is what was captured from it
	NewestAt  entry.Stamp // when the newest refund was asked for
}

// Paid tells whether there is money of which a part can go back.
func (p Payment) Paid() bool { return p.Settled.Number != "" }

// Left is how much can still go back: what was paid less what has gone back and
// what may yet. It is nothing while that is not certain.
func (p Payment) Left() money.Fen {
	if !p.Paid() || p.Frozen || p.GoingBack || len(p.Refunds) >= p.MostRefunds() {
		return 0
	}
	left := p.Settled.Amount
	for _, r := range p.Refunds {
		left -= r.Back
	}
	return max(left, 0)
}

// Captured are the captures of a deposit, oldest first; of a payment there are none.
func (p Payment) Captured() (all []entry.HoldMove) {
	if p.Hold == nil {
		return nil
	}
	for _, m := range p.Hold.Moves {
		if m.What == entry.Capture && m.State == entry.StatePaid {
			all = append(all, m)
		}
	}
	return all
}

// CaptureOf is the capture of a deposit that goes back: the one of a number, or
// where none is named the newest with something left. ok is false where there is none.
func (p Payment) CaptureOf(number string) (capture entry.HoldMove, ok bool) {
	for _, c := range slices.Backward(p.Captured()) {
		if number == c.Number || number == "" && p.LeftOf(c) > 0 {
			return c, true
		}
	}
	return capture, false
}

// LeftOf is how much of a capture can still go back.
func (p Payment) LeftOf(capture entry.HoldMove) money.Fen {
	left := capture.Moved
	for _, r := range p.Refunds {
		if r.Asked.Capture == capture.Number {
			left -= r.Back
		}
	}
	return min(max(left, 0), p.Left())
}

// Returned is how much has gone back for certain.
func (p Payment) Returned() (sum money.Fen) {
	for _, r := range p.Refunds {
		if r.Final() {
			sum += r.Back
		}
	}
	return sum
}

// Next is the number of the next refund.
func (p Payment) Next() string {
	after, _ := p.numbers()
	return entry.RefundNumber(p.Settled.Number, after+len(p.Refunds)+1)
}

// MostRefunds is how many refunds there can be.
func (p Payment) MostRefunds() int {
	_, most := p.numbers()
	return most
}

// numbers are those of its refunds here: most of them, beginning after one.
func (p Payment) numbers() (after, most int) {
	if p.Hold == nil {
		return 0, entry.Refunds
	}
	return p.Hold.Site.Refunds()
}

// Payment reads what was paid for an order and what has gone back of it. An
// order of an older epoch is read from what could be saved of it.
func (s *Store) Payment(ctx context.Context, order entry.Seq) (Payment, error) {
	if err := s.enter(ctx); err != nil {
		return Payment{}, err
	}
	defer s.leave()
	what := fmt.Sprintf("read payment of order %d", order)
	plan := s.plan()
	o, err := plan.at(order)
	if err != nil {
		return Payment{}, s.failed(what, err)
	}
	p, err := plan.payment(o)
	if err == nil && len(p.Refunds) > 0 {
		var asked entry.Entry
		asked, err = s.one(p.Refunds[len(p.Refunds)-1].ID)
		p.NewestAt = asked.Stamp
	}
	if err != nil {
		return Payment{}, s.failed(what, err)
	}
	return p, nil
}

// at is an object as it would be after the transaction.
func (p *plan) at(key entry.Seq) (object, error) {
	if o, ok := p.objects[key]; ok {
		return o, nil
	}
	return p.s.lookup(key)
}

// entriesOf is an object's entries: what is written, and after it what this very
// transaction adds, for other steps may ride in it.
func (p *plan) entriesOf(o object) ([]entry.Entry, error) {
	var added []entry.Entry
	last := o.last
	for _, r := range p.rows {
		if r.Key != o.key {
			continue
		}
		if added == nil {
			last = r.Prev
		}
		added = append(added, r.Entry)
	}
	written, err := p.s.entriesOf(o.key, last, 0)
	return append(written, added...), err
}

// payment reads an order, with its refunds, as it would be after the transaction.
func (p *plan) payment(order object) (Payment, error) {
	pay := Payment{Order: order.key, Last: order.last}
	entries, err := p.entriesOf(order)
	if err != nil {
		return pay, err
	}
	if pay.Older = len(entries) > 0 && entries[0].Kind == entry.Salvaged; pay.Older {
		was, whole := entry.Unwrapped(entries)
		pay.fold(was)
		pay.believe(whole)
	} else {
		pay.fold(entries)
	}
	if pay.Paid() {
		after, _ := pay.numbers()
		pay.Refunds, err = p.refundsOf(pay.Settled.Number, after+1)
	}
	return pay, err
}

func (p *Payment) fold(entries []entry.Entry) {
	if len(entries) > 0 && entries[0].Kind.BeginsHold() {
		p.foldHold(entries)
		return
	}
	asked, at := map[string]entry.AskedBody{}, map[string]entry.Stamp{}
	back := map[string]bool{}   // attempts on their way back
	frozen := map[string]bool{} // and those that a person decides about
	for _, e := range entries {
		switch b := bodyOf(e.Kind, e.Body).(type) {
		case entry.OpenedBody:
			p.Opened = b
		case entry.AskedBody:
			asked[b.Number], at[b.Number] = b, e.Stamp
		case entry.InheritedBody:
			p.Opened, asked[b.Number], at[b.Number] = b.OpenedBody, b.AskedBody, entry.Stamp{Wall: b.Asked}
			back[b.Number] = b.Returning
		case entry.ReturningBody:
			back[b.Number] = true
		case entry.EndedBody:
			back[b.Number] = false
		case entry.SettledBody:
			p.Settled, p.SettledAt = b, e.Stamp
		case entry.FrozenBody:
			back[b.Number], frozen[b.Number] = false, true
		case entry.DecidedBody:
			frozen[b.Number] = false
			back[b.Number] = b.What == entry.GoesBack
		}
	}
	p.Asked, p.AskedAt = asked[p.Settled.Number], at[p.Settled.Number]
	for _, is := range back {
		p.GoingBack = p.GoingBack || is
	}
	for _, is := range frozen {
		p.Frozen = p.Frozen || is
	}
}

// foldHold reads a deposit: what was paid is what was captured from it.
func (p *Payment) foldHold(entries []entry.Entry) {
	h := Hold{ID: p.Order}
	for _, e := range entries {
		body := bodyOf(e.Kind, e.Body)
		h = h.fold(e, body, nil)
		if _, done := body.(entry.MoveDoneBody); done {
			p.SettledAt = e.Stamp
		}
	}
	p.Hold = &h
	a := h.Asked
	p.Opened = entry.OpenedBody{Lane: a.Lane, Amount: a.Amount, Title: a.Title, Ref: a.Ref}
	p.Asked = entry.AskedBody{Number: a.Number, Merchant: a.Merchant, Network: a.Network, Way: a.Way, Account: a.Account}
	p.AskedAt = entry.Stamp{Wall: h.AskedAt, Trust: h.AskedTrust}
	captured := money.Fen(0)
	for _, m := range p.Captured() {
		captured += m.Moved
	}
	if captured > 0 && !h.Unsure && h.Placed != nil {
		p.Settled = entry.SettledBody{Number: a.Number, Amount: captured, Settled: captured, Network: h.Placed.Network, Wallet: h.Placed.Wallet}
	}
}

// believe takes the payment of a damaged order for certain only where nothing is
// missing, and number and amount stand there twice and agree.
func (p *Payment) believe(whole bool) {
	agree := entry.IsNumber(p.Asked.Number, "") && (p.Opened.Amount == p.Settled.Amount || p.Hold != nil)
	if p.Uncertain = !whole || p.Paid() && !agree; p.Uncertain {
		p.Settled = entry.SettledBody{}
	}
}

// refundsOf finds a payment's refunds by their numbers, which follow on each
// other from the first, as they would be after the transaction.
func (p *plan) refundsOf(number string, first int) (refunds []Refund, err error) {
	for n := first; n <= entry.Refunds; n++ {
		name := entry.RefundNumber(number, n)
		key, ok := p.names[name]
		if !ok {
			if key, ok, err = p.s.find(name); err != nil || !ok {
				return refunds, err
			}
		}
		o, err := p.at(key)
		if err != nil {
			return nil, err
		}
		r, err := p.s.refundAt(o)
		if err != nil {
			return nil, err
		}
		refunds = append(refunds, r)
	}
	return refunds, nil
}

// checkRefund refuses a step that begins a refund which may not begin, and one
// that ends a refund with a sum that is not true any more.
func (p *plan) checkRefund(o object, step Step, bodies []any) error {
	var asked entry.RefundAskedBody
	if o.refund != nil {
		asked = o.refund.Asked
	}
	for i, body := range bodies {
		switch b := body.(type) {
		case entry.RefundAskedBody:
			if i > 0 || step.Key != 0 {
				return errors.New("commit: a refund begins an object of its own")
			}
			if err := p.mayGoBack(b, step.OrderAfter); err != nil {
				return fmt.Errorf("commit refund %s of %s: %w", b.Number, b.Amount, err)
			}
			asked = b
		case entry.RefundDoneBody:
			if err := p.addsUp(asked, b); err != nil {
				return fmt.Errorf("commit refund %s of %s: %w", asked.Number, asked.Amount, err)
			}
		}
	}
	return nil
}

// addsUp holds the sum that a refund's slip names, where it names one, against
// what has gone back of the order: of two that end at once one looks again.
func (p *plan) addsUp(asked entry.RefundAskedBody, done entry.RefundDoneBody) error {
	if done.Total == 0 {
		return nil
	}
	order, err := p.at(asked.Order)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	pay, err := p.payment(order)
	if err != nil {
		return err
	}
	if sum := pay.Returned() + asked.Amount; sum != done.Total {
		return fmt.Errorf("decided on a sum of %s, it is %s: %w", done.Total, sum, ErrStale)
	}
	return nil
}

// mayGoBack holds a refund against its order: what was paid, less what has gone
// back and what may yet. Nothing goes back of what is not there or not certain.
func (p *plan) mayGoBack(b entry.RefundAskedBody, after entry.Seq) error {
	order, err := p.at(b.Order)
	if err != nil {
		return err
	}
	if order.last != after || after > p.s.memory.seq { // also where it changes in this very transaction
		return fmt.Errorf("decided on entry %d of order %d, newest is %d: %w", after, b.Order, order.last, ErrStale)
	}
	pay, err := p.payment(order)
	if err != nil {
		return err
	}
	if err := pay.names(b); err != nil {
		return err
	}
	switch left := pay.Left(); {
	case !pay.Paid():
		return fmt.Errorf("%w: order %d is not paid", ErrCeiling, b.Order)
	case pay.Frozen:
		return fmt.Errorf("%w: order %d waits for a person's decision", ErrCeiling, b.Order)
	case pay.GoingBack:
		return fmt.Errorf("%w: order %d is on its way back", ErrCeiling, b.Order)
	case len(pay.Refunds) >= pay.MostRefunds():
		return fmt.Errorf("%w: there have been %d refunds", ErrCeiling, len(pay.Refunds))
	case b.Amount <= 0 || b.Amount > left:
		return fmt.Errorf("%w: %s of %s are left", ErrCeiling, left, pay.Settled.Amount)
	case b.Number != pay.Next():
		return fmt.Errorf("%w: there are %d refunds already", ErrStale, len(pay.Refunds))
	}
	return nil
}

// names refuses a refund of something else than what was paid: of a deposit that
// is one of its captures, with its own sum.
func (p Payment) names(b entry.RefundAskedBody) error {
	if p.Hold == nil {
		if b.Of != p.Settled.Number || b.Paid != p.Settled.Amount {
			return fmt.Errorf("%w: what was paid is %s of attempt %s", ErrCeiling, p.Settled.Amount, p.Settled.Number)
		}
		return nil
	}
	for _, m := range p.Captured() {
		if m.Number != b.Capture || b.Of != p.Hold.Asked.Number || b.Paid != m.Moved {
			continue
		}
		if left := p.LeftOf(m); b.Amount > left {
			return fmt.Errorf("%w: %s of %s are left", ErrCeiling, left, m.Moved)
		}
		return nil
	}
	return fmt.Errorf("%w: nothing was captured as %s", ErrCeiling, b.Capture)
}
