package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"tillgate/store/money"
)

// Offer is an order that phones pay by scanning its link.
type Offer struct {
	Account  Account
	Number   string
	Ours     string   // what the ledger and Net call it, where the wire has another number; empty: Number
	Wallets  []string // whose phones may pay; Scan is with one of the first's
	Amount   money.Fen
	Print    string                       // of the request's data: another one under the same number is a reuse
	Link     func(serial, nth int) string // the nth link of an order, from 1, as the network writes it; all of them differ
	LinkLife time.Duration                // after which a link cannot be scanned, whatever its order allows; 0: as long as the order
	Again    bool                         // the same request again is given a new link, and the one before dies
	Expires  time.Time                    // no payment is taken from then on
	Closes   time.Time                    // when the network closes it, if nobody has paid; zero: never
	Deposit  bool                         // as of an Ask
	Lasts    time.Duration                // as of an Ask
	Memo     any
}

// scans is what an order has when its link is scanned by a phone.
type scans struct {
	wallets []string
	make    func(serial, nth int) string
	links   int // so far
	life    time.Duration
	madeAt  time.Time // of the newest
	payer   Behaviour // what the phone does that is told nothing else
}

// Show puts an order with a link into the books. A number that is there already
// is answered with the old order, and refused unless the offer may be made again.
func (s *Sandbox) Show(f Offer, do Doing) (Order, Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	l := s.find(f.Account.key(f.Number), now)
	if l == nil {
		l = &line{Order: Order{Account: f.Account, Number: f.Number, State: NotPaid, Asked: f.Amount, Shown: true, Expires: f.Expires, Memo: f.Memo},
			ours: f.Ours, print: f.Print, closes: f.Closes, undo: do.Undo, hold: holding(f.Deposit, f.Lasts),
			scans: scans{wallets: f.Wallets, make: f.Link, life: f.LinkLife, payer: do.Payer}}
		s.book(l, do.Network, now)
	} else if refusal := l.known(f.Account, f.Print); !f.Again || refusal == Reused || !l.Shown || l.State != NotPaid {
		return l.order(), refusal
	}
	l.scans.links++
	l.Link = l.scans.make(l.Serial, l.scans.links)
	l.scans.madeAt = now
	s.links[l.Link] = l.Account.key(l.Number)
	return l.order(), ""
}

// Why a phone cannot pay what it has scanned.
var (
	ErrNoLink   = errors.New("the phone says: this is not a code of ours")
	ErrReplaced = errors.New("the phone says: this code was replaced by a newer one")
	ErrExpired  = errors.New("the phone says: this code has expired")
	ErrClosed   = errors.New("the phone says: this order is closed")
	ErrPaid     = errors.New("the phone says: this order is paid")
	ErrOpened   = errors.New("the phone says: somebody else has opened this order")
)

// Scan is ScanWith a phone of the first wallet that may pay the link.
func (s *Sandbox) Scan(link string, b Behaviour) error { return s.ScanWith("", link, b) }

// ScanWith is a customer's phone that scans a link with one of his wallets, and
// a person who then behaves as told: pays, password (pays After), race, coupon;
// who has no money or puts the phone away never pays. Each call is another
// account's phone: the network lets only the first in.
func (s *Sandbox) ScanWith(wallet, link string, b Behaviour) error {
	if !b.OfPayer() {
		return fmt.Errorf("behaviour %s is not a customer's", b)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	l := s.find(s.links[link], now)
	switch {
	case l == nil || wallet != "" && !slices.Contains(l.scans.wallets, wallet):
		return ErrNoLink
	case l.Link != link:
		return ErrReplaced
	case l.State.Taken():
		return ErrPaid
	case l.State != NotPaid:
		return ErrClosed
	case !now.Before(l.Expires) || l.scans.life > 0 && now.Sub(l.scans.madeAt) > l.scans.life:
		return ErrExpired
	case l.Opened:
		return ErrOpened
	}
	if l.Opened, l.Wallet = true, wallet; wallet == "" {
		l.Wallet = l.scans.wallets[0]
	}
	l.pay(b, now)
	return nil
}

// pay is what the owner of a phone does with the order on it.
func (l *line) pay(b Behaviour, now time.Time) {
	if b.Kind == "" {
		b = l.scans.payer
	}
	switch b.Kind {
	case PasswordNever, PasswordFails, NoMoney:
		return
	case Race:
		l.race = true
		return
	case Coupon:
		l.useCoupon()
	}
	l.next, l.nextAt = Paid, now.Add(b.After)
	l.carryOn(now)
}
