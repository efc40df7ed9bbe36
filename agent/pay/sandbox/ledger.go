package sandbox

import (
	"iter"
	"slices"
	"time"

	"tillgate/store/money"
)

// Entry is one number in the books, for those who check them. Of a deposit,
// Charged is what was captured, and Returned and Refunding are refunds of that:
// what is held and what was released are in Totals alone. Captures have no entries.
type Entry struct {
	Network    string    `json:"network"`
	Merchant   string    `json:"merchant"` // whose money it is: the sub-merchant where there is one
	Number     string    `json:"number"`
	Wallet     string    `json:"wallet"` // the payer's; empty while nobody has scanned
	Shown      bool      `json:"shown"`  // of a link that a phone scans, not of a payment code
	State      State     `json:"state"`
	Asked      money.Fen `json:"asked"`
	Charged    money.Fen `json:"charged"`   // taken from the payer, whatever went back later
	Refunding  money.Fen `json:"refunding"` // on its way back to the payer
	Returned   money.Fen `json:"returned"`  // given back to the payer
	Settled    money.Fen `json:"settled"`   // for the merchant, of what was charged
	CreatedAt  time.Time `json:"created_at"`
	PaidAt     time.Time `json:"paid_at"`
	ReturnedAt time.Time `json:"returned_at"`
	Deposit    bool      `json:"deposit"`
	Totals
}

// Totals are what a deposit has come to: Held is Captured, Released and Left.
type Totals struct {
	Held     money.Fen `json:"held"`     // once the payer has paid it
	Captured money.Fen `json:"captured"` // for the merchant, whatever has gone back of it since
	Released money.Fen `json:"released"` // back to the payer, in whatever way
	Left     money.Fen `json:"left"`     // held now
}

// Ledger is every number that a network knows now, in order of arrival.
func (s *Sandbox) Ledger() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, entries := s.Now(), []Entry{}
	for _, key := range s.keys() {
		l := s.find(key, now)
		if l == nil || l.from != nil {
			continue
		}
		o := l.order()
		e := Entry{Network: o.Account.Network, Merchant: o.Account.Name, Number: l.ours, Wallet: o.Wallet, Shown: o.Shown, State: o.State, Asked: o.Asked,
			Charged: o.Charged, Refunding: o.Refunding, Returned: o.Returned, CreatedAt: o.CreatedAt, PaidAt: o.PaidAt, ReturnedAt: o.ReturnedAt}
		if l.hold != nil {
			e.Deposit, e.Totals = true, l.totals()
			e.Charged, e.Refunding, e.Returned, e.ReturnedAt = l.captured()
		}
		if e.Charged > 0 {
			e.Settled = e.Charged - o.Coupon
		}
		entries = append(entries, e)
	}
	slices.SortStableFunc(entries, func(a, b Entry) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return entries
}

// totals are what a line's deposit has come to.
func (l *line) totals() Totals {
	d := l.deposit()
	return Totals{Held: l.Charged, Captured: d.Captured, Released: d.Released, Left: d.Left}
}

// captured is what was taken of a deposit, and what has become of that.
func (l *line) captured() (charged, refunding, returned money.Fen, newest time.Time) {
	for _, m := range l.hold.moves {
		if m.order == nil {
			continue
		}
		o := m.order.order()
		charged, refunding, returned = charged+o.Charged, refunding+o.Refunding, returned+o.Returned
		if o.ReturnedAt.After(newest) {
			newest = o.ReturnedAt
		}
	}
	return charged, refunding, returned, newest
}

// Net is what payers are without for good for a number, over all networks and
// merchants: charged less returned. Of a deposit that is what was captured, less
// what has gone back of it; what is held is in Totals.
func (s *Sandbox) Net(number string) (net money.Fen) {
	for l := range s.called(number) {
		if l.hold == nil {
			net += l.Charged - l.Returned
			continue
		}
		charged, _, returned, _ := l.captured()
		net += charged - returned
	}
	return net
}

// Totals are what the deposits of a number have come to, over all networks and merchants.
func (s *Sandbox) Totals(number string) (sum Totals) {
	for l := range s.called(number) {
		if l.hold != nil {
			t := l.totals()
			sum.Held, sum.Captured, sum.Released, sum.Left = sum.Held+t.Held, sum.Captured+t.Captured, sum.Released+t.Released, sum.Left+t.Left
		}
	}
	return sum
}

// called are the orders that the ledger knows by a number, as they are now.
func (s *Sandbox) called(number string) iter.Seq[*line] {
	return func(yield func(*line) bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		now := s.Now()
		for _, key := range s.keys() {
			if s.lines[key].ours != number {
				continue
			}
			if l := s.find(key, now); l != nil && !yield(l) {
				return
			}
		}
	}
}
