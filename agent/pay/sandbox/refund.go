package sandbox

import (
	"slices"
	"time"

	"tillgate/store/money"
)

// RefundState is what a refund has come to.
type RefundState string

// The states of a refund.
const (
	Processing RefundState = "processing" // taken on, on its way
	Arrived    RefundState = "arrived"    // the payer has it
	Bounced    RefundState = "bounced"    // the payer's bank did not take it: a person has to see to it
	CameBack   RefundState = "came back"  // it has come to nothing: the merchant may give as much back again
)

// Return is a refund in the books, as it is now.
type Return struct {
	Account Account
	Number  string // the refund's own
	Order   string // the order's number
	Serial  int    // in order of asking, from 1
	Amount  money.Fen
	State   RefundState
	AskedAt time.Time
	DoneAt  time.Time // zero: it is on its way
	Memo    any
}

// Giving is a request to give money back.
type Giving struct {
	Account Account
	Number  string // the order's
	Refund  string // the refund's own number, used once in the account's numbers
	Amount  money.Fen
	Print   string        // of the request's data: the same amount with another one is no repeat
	Within  time.Duration // after the payment; later it is refused; 0: always
	Apart   time.Duration // after the last refund of the order; sooner it is refused
	Most    int           // refunds of one order; 0: any number
	Memo    any
}

// back is a refund as the books keep it.
type back struct {
	Return
	print   string
	arrived bool // else the network knows nothing of it before AskedAt
	next    RefundState
	done    time.Time
}

// Refund takes a refund on. The same again is answered with the one that is
// there; nobody is given back more than he paid.
func (s *Sandbox) Refund(g Giving, do Behaviour) (Return, Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	l := s.mine(g.Account, g.Number, now)
	if old := s.refundNow(g.Account, g.Refund, now); old != nil {
		if old.print != g.Print || old.Amount != g.Amount || old.Order != g.Number || old.Account != g.Account {
			return old.Return, OtherRefund
		}
		return old.Return, ""
	}
	if l == nil {
		return Return{}, NoOrder
	}
	l.drop(s.backs[g.Account.key(g.Refund)]) // a copy that is still under way comes too late for this one
	if refusal := l.refuseRefund(g, now); refusal != "" {
		return Return{}, refusal
	}
	s.returned++
	r := &back{Return: Return{Account: g.Account, Number: g.Refund, Order: g.Number, Serial: s.returned, Amount: g.Amount, State: Processing, AskedAt: now, Memo: g.Memo},
		print: g.Print, next: Arrived}
	switch do.Kind {
	case Hidden:
		r.AskedAt = now.Add(do.After)
	case Abnormal:
		r.next = Bounced
	case ComesBack:
		r.next = CameBack
	}
	if r.done = r.AskedAt; s.o.AtOnce == nil || !s.o.AtOnce(g.Account) {
		r.done = r.done.Add(s.o.RefundTakes)
	}
	if do.Kind == Late {
		r.done = r.done.Add(do.After)
	}
	s.backs[g.Account.key(g.Refund)] = r
	l.refunds = append(l.refunds, r)
	r.carryOn(l, now)
	return r.Return, ""
}

// CouponOf is the coupon's share of a refund: all refunds of all of an order have
// all of the coupon.
func (o Order) CouponOf(r Return) money.Fen {
	var before money.Fen
	for _, earlier := range o.Refunds {
		if earlier.Number == r.Number {
			break
		}
		if earlier.State != CameBack {
			before += earlier.Amount
		}
	}
	return o.Coupon*(before+r.Amount)/o.Charged - o.Coupon*before/o.Charged
}

// drop forgets a refund, nil for none.
func (l *line) drop(r *back) {
	l.refunds = slices.DeleteFunc(l.refunds, func(other *back) bool { return other == r })
}

// refuseRefund is why an order's money cannot be given back.
func (l *line) refuseRefund(g Giving, now time.Time) Refusal {
	last, left := time.Time{}, l.Charged
	for _, r := range l.refunds {
		if r.State != CameBack {
			left -= r.Amount
		}
		last = r.AskedAt
	}
	switch {
	case !l.State.Taken() || l.hold != nil: // of a deposit its captures are refunded
		return IsNotPaid
	case l.Undone != "":
		return IsGoneBack
	case g.Within > 0 && now.Sub(l.PaidAt) > g.Within:
		return TooLate
	case g.Amount > left:
		return TooMuch
	case !last.IsZero() && now.Sub(last) < g.Apart:
		return TooSoon
	case g.Most > 0 && len(l.refunds) >= g.Most:
		return TooMany
	}
	return ""
}

// Return finds a refund of an account's by its own number, as it is now.
func (s *Sandbox) Return(a Account, refund string) (Return, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.refundNow(a, refund, s.Now())
	if r == nil || r.Account != a {
		return Return{}, false
	}
	return r.Return, true
}

// refundNow brings a refund up to now; nil: the network does not know it (yet).
func (s *Sandbox) refundNow(a Account, refund string, now time.Time) *back {
	r := s.backs[a.key(refund)]
	if r == nil || now.Before(r.AskedAt) {
		return nil
	}
	s.find(r.Account.key(r.Order), now)
	return r
}

// carryOn brings a refund up to now.
func (r *back) carryOn(l *line, now time.Time) {
	if now.Before(r.AskedAt) {
		return
	}
	if !r.arrived {
		r.arrived, l.State = true, Refunded
	}
	if r.State != Processing || now.Before(r.done) {
		return
	}
	if r.State, r.DoneAt = r.next, r.done; r.State == Arrived {
		l.Returned += r.Amount
		l.ReturnedAt = r.done
	}
}
