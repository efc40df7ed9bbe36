package sandbox

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"tillgate/store/money"
)

// Account is one whose money a network takes.
type Account struct {
	Network string // as it was attached
	Name    string // the number whose money it is
	Within  string // whose numbers these are: each is used once in it; empty: Name's own. WeChat's mch_id, while Name may be a sub-merchant
}

// key is where a number of the account's is kept.
func (a Account) key(number string) string {
	return a.Network + "/" + cmp.Or(a.Within, a.Name) + "/" + number
}

// State is what an order has come to. Each network has its own words for it.
type State string

// The states of an order.
const (
	NotPaid  State = "not paid"
	Asking   State = "asking" // the payer for a password
	Paid     State = "paid"
	Failing  State = "failing"  // the payer has no money, or his password is wrong: no payment, but nobody has closed it
	Revoked  State = "revoked"  // undone before anybody had paid
	Closed   State = "closed"   // closed before anybody had paid, or by the network in the end
	Refunded State = "refunded" // paid, and undone or given back in whole or in part: Charged, Returned and Refunding tell
)

// Taken tells whether the payer was charged, whatever has gone back since.
func (s State) Taken() bool { return s == Paid || s == Refunded }

// Refusal is why the books take something not. Empty: they have taken it.
type Refusal string

// The refusals.
const (
	CodeUnknown     Refusal = "nobody has this code"
	CodeWrongWallet Refusal = "the code is another wallet's"
	CodeSpent       Refusal = "the code was used"
	CodeExpired     Refusal = "the code is too old"

	Repeated Refusal = "the number is in the books with the same data"
	Reused   Refusal = "the number is in the books with other data"

	NoOrder    Refusal = "there is no such order"
	TooEarly   Refusal = "it is too early for that"
	TooLate    Refusal = "it is too late for that"
	CallAgain  Refusal = "not now, call again"
	IsPaid     Refusal = "the order is paid"
	IsNotPaid  Refusal = "the order is not paid"
	IsGoneBack Refusal = "the order was given back, in whole or in part"

	OtherRefund Refusal = "the refund's number is in the books with other data"
	TooMuch     Refusal = "that is more than is left"
	TooSoon     Refusal = "that is too soon after the last one"
	TooMany     Refusal = "that is one too many"
	IsOver      Refusal = "nothing of the deposit is left"
)

// Order is a number in the books, as it is now: a copy, nobody else's.
type Order struct {
	Account     Account
	Number      string
	Serial      int    // in order of asking, over all networks, from 1
	Transaction string // the network's own number of it, where Network.Transaction makes one
	Wallet      string // whose code was charged or whose phone has scanned; empty: nobody's yet
	State       State
	Undone      UndoKind // what ended it or gave it back whole; empty: nothing has
	Asked       money.Fen
	Charged     money.Fen // taken from the payer, whatever went back later
	Coupon      money.Fen // of it, paid by a coupon at the merchant's expense
	Refunding   money.Fen // on its way back to the payer
	Returned    money.Fen // given back to the payer
	CreatedAt   time.Time // when it reached the network
	PaidAt      time.Time
	ReturnedAt  time.Time // the newest
	ClosedAt    time.Time // closed or revoked
	Shown       bool      // by a link that phones scan, not by a payment code
	Opened      bool      // by a phone: no other one may
	Link        string    // the newest
	Expires     time.Time // no phone can pay from then on
	Refunds     []Return  // in order of asking
	Deposit     *Deposit  // set: it is one
	Of          string    // set: it is a capture of the deposit with this number
	Memo        any       // the network's, as it gave it
}

// line is an order as the books keep it.
type line struct {
	Order
	ours    string // what the ledger calls it
	code    string
	print   string    // the request's data, to tell a repeat from a reuse
	take    money.Fen // what will be charged: asked, unless the network is wrong
	arrived bool
	next    State // what it will be at nextAt, unless it is undone before
	nextAt  time.Time
	closes  time.Time // when the network closes it, if nobody has paid; zero: never
	undo    Behaviour // what its payer wants of undos
	race    bool      // the payer pays in the moment of an undo
	scans   scans
	refunds []*back
	hold    *hold // of a deposit
	from    *line // of a capture: its deposit
	lost    bool  // of a capture: it has come to a deposit without so much left
}

// order is what is told of a line.
func (l *line) order() Order {
	o := l.Order
	for _, r := range l.refunds {
		if !r.arrived {
			continue
		}
		if o.Refunds = append(o.Refunds, r.Return); r.State == Processing {
			o.Refunding += r.Amount
		}
	}
	if l.hold != nil {
		o.Deposit = l.deposit()
	}
	return o
}

// Order finds a number of an account's, as it is now.
func (s *Sandbox) Order(a Account, number string) (Order, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.mine(a, number, s.Now())
	if l == nil {
		return Order{}, false
	}
	return l.order(), true
}

// Search finds the first order of a network's that a predicate wants: by its
// transaction, or by what Memo keeps of it.
func (s *Sandbox) Search(network string, wanted func(Order) bool) (Order, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	for _, key := range s.keys() {
		if s.lines[key].Account.Network != network {
			continue
		}
		if l := s.find(key, now); l != nil && wanted(l.order()) {
			return l.order(), true
		}
	}
	return Order{}, false
}

// keys are those of all orders, in order of asking.
func (s *Sandbox) keys() []string {
	return slices.SortedFunc(maps.Keys(s.lines), func(a, b string) int { return s.lines[a].Serial - s.lines[b].Serial })
}

// mine is a number of this account's, and nil where it is a sister's within the same numbers.
func (s *Sandbox) mine(a Account, number string, now time.Time) *line {
	l := s.find(a.key(number), now)
	if l == nil || l.Account != a {
		return nil
	}
	return l
}

// find brings an order up to now and answers it, or nil when the network does not know it (yet).
func (s *Sandbox) find(key string, now time.Time) *line {
	l := s.lines[key]
	switch {
	case l == nil:
		return nil
	case l.from != nil:
		return s.findCapture(key, l, now)
	case !l.arrived:
		if now.Before(l.CreatedAt) {
			return nil
		}
		if !s.arrive(l) {
			delete(s.lines, key)
			return nil
		}
	}
	l.carryOn(now)
	return l
}

// findCapture is find for the order that a capture is: its deposit says whether
// it has come, and whether it could be.
func (s *Sandbox) findCapture(key string, l *line, now time.Time) *line {
	switch l.from.carryOn(now); {
	case l.lost:
		delete(s.lines, key)
		return nil
	case !l.arrived:
		return nil
	}
	return l
}

// arrive takes an order's payment code when the order arrives; false: it came too late for it.
func (s *Sandbox) arrive(l *line) bool {
	if !l.Shown {
		if s.refuse(l.code, Wallets(), l.CreatedAt) != "" {
			return false
		}
		s.codes[l.code].spent = true
	}
	l.arrived = true
	return true
}

// carryOn brings an order up to now.
func (l *line) carryOn(now time.Time) {
	if l.next != "" && !now.Before(l.nextAt) && (l.closes.IsZero() || l.nextAt.Before(l.closes)) {
		l.turn()
	}
	if !l.closes.IsZero() && !now.Before(l.closes) && !l.State.Taken() {
		l.end(Closed, l.closes)
	}
	for _, r := range l.refunds {
		r.carryOn(l, now)
	}
	if l.hold == nil {
		return
	}
	l.carryMoves(now)
	for _, m := range l.hold.moves {
		if m.order != nil {
			m.order.carryOn(now)
		}
	}
}

// turn makes the order what it was to become.
func (l *line) turn() {
	next := l.next
	if l.next = ""; next == Paid && l.Shown && !l.nextAt.Before(l.Expires) {
		return // too late: no payment is taken any more
	}
	if l.State = next; next != Paid {
		return
	}
	if l.Charged, l.PaidAt = l.take, l.nextAt; l.hold != nil {
		l.hold.begin(l.PaidAt)
	}
}

// end closes an order that nobody has paid.
func (l *line) end(state State, at time.Time) {
	if l.State != Closed && l.State != Revoked {
		l.State, l.ClosedAt = state, at
	}
	l.next = ""
}

// book makes an order's line, with the next serial number.
func (s *Sandbox) book(l *line, do Behaviour, now time.Time) {
	s.booked++
	l.Serial, l.take, l.CreatedAt, l.arrived = s.booked, l.Asked, now, true
	l.ours = cmp.Or(l.ours, l.Number)
	switch do.Kind {
	case Hidden:
		l.CreatedAt, l.arrived = now.Add(do.After), false
	case WrongAmount:
		l.take++
	}
	network, ok := s.networks[l.Account.Network]
	if !ok {
		panic(fmt.Sprintf("sandbox: network %q was not attached", l.Account.Network))
	}
	if network.Transaction != nil {
		l.Transaction = network.Transaction(l.Serial, l.CreatedAt)
	}
	s.lines[l.Account.key(l.Number)] = l
}
