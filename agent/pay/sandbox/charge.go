package sandbox

import (
	"time"

	"tillgate/store/money"
)

// Ask is a request for the money of a payment code.
type Ask struct {
	Account Account
	Number  string
	Ours    string // what the ledger and Net call it, where the wire has another number; empty: Number
	Code    string
	Wallets []string // whose codes are taken
	Amount  money.Fen
	Print   string        // of the request's data: another one under the same number is a reuse
	Closes  time.Time     // when the network closes it, if nobody has paid; zero: never
	Deposit bool          // the money is held, for captures and releases
	Lasts   time.Duration // of a deposit, from the payment on: then what is left goes back; 0: for ever
	Memo    any
}

// Charge puts an order into the books. It is answered with the order as it is
// by then, so that a slow answer has to look again. A number that is there
// already is answered with the old order.
func (s *Sandbox) Charge(a Ask, do Doing) (Order, Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	if old := s.find(a.Account.key(a.Number), now); old != nil {
		return old.order(), old.known(a.Account, a.Print)
	}
	if refusal := s.refuse(a.Code, a.Wallets, now); refusal != "" {
		return Order{}, refusal
	}
	l := &line{Order: Order{Account: a.Account, Number: a.Number, Wallet: WalletOf(a.Code), State: NotPaid, Asked: a.Amount, Memo: a.Memo},
		ours: a.Ours, code: a.Code, print: a.Print, closes: a.Closes, next: Paid, undo: do.Undo, hold: holding(a.Deposit, a.Lasts)}
	s.book(l, do.Network, now)
	l.nextAt = l.CreatedAt
	switch do.Payer.Kind {
	case Password:
		l.State, l.nextAt = Asking, l.CreatedAt.Add(do.Payer.After)
	case PasswordNever:
		l.State, l.next, l.nextAt = Asking, NotPaid, l.CreatedAt.Add(do.Payer.After)
	case PasswordFails:
		l.State, l.next, l.nextAt = Asking, Failing, l.CreatedAt.Add(do.Payer.After)
	case NoMoney:
		l.State, l.next = Failing, ""
	case Race:
		l.State, l.next, l.race = Asking, "", true
	case Coupon:
		l.useCoupon()
	}
	if do.Network.Kind == Slow || do.Network.Kind == Late {
		l.nextAt = l.nextAt.Add(do.Network.After)
	}
	if do.Network.Kind != Hidden {
		s.codes[l.code].spent = true
	}
	l.carryOn(now)
	return l.order(), ""
}

// useCoupon takes a fen off at the merchant's expense; not off a deposit, for
// which no network takes coupons.
func (l *line) useCoupon() {
	if l.hold == nil {
		l.Coupon = min(1, l.Asked)
	}
}

// known is why a number cannot be used again.
func (l *line) known(a Account, print string) Refusal {
	if l.Account == a && l.print == print {
		return Repeated
	}
	return Reused
}
