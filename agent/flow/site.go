package flow

import (
	"context"
	"maps"
	"slices"

	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// Site is what the shop's other agents know of deposits.
type Site interface {
	// Find is another agent's deposit, by its number, that of a move of it or the
	// wallet's voucher. It is store.ErrNotFound where all of them were asked and none
	// has it; any other error is that one could not be asked.
	Find(ctx context.Context, name string) (Foreign, error)
}

// Foreign is a deposit as another agent of the site has it. None of its sums is
// believed: the network says what is held. They are shown beside its totals.
type Foreign struct {
	From     string // the agent, as people call it
	Lane     string // that follows it there
	Number   string
	Merchant string // as that agent calls it
	Network  string
	Account  string // a mark of the merchant account that it is in, as in entry.AskedBody
	Voucher  string // the network's number
	QR       bool   // it was taken by a code that was shown
	Asked    entry.Stamp
	Amount   money.Fen
	Captured money.Fen
	Released money.Fen
	Captures int  // how many numbers of captures were used there
	Releases int  // and of releases
	Takers   int  // how many agents have taken it over from others so far
	Busy     bool // something of it may be under way there: a move without a final word, or nobody knows whether it is held
	Room     string
	Title    string
	Ref      string
	By       string // who took it
}

// TakeOver has a lane go on with another agent's deposit, as its network has it.
// Abroad.Look makes one.
type TakeOver struct {
	Foreign  Foreign
	Merchant Merchant   // ours of the same account; without a name there is none
	Result   pay.Result // of a query of the deposit
	Staff    string
	By       string

	Request *entry.RequestedBody

	// Filled in by the lane.
	Lane     string
	RoomHash []byte
	Private  []byte // the room, sealed
}

// Abroad looks for deposits that this agent has no record of.
type Abroad struct {
	Site     Site
	Networks *Networks
	Accounts map[string]string      // by merchant's name, as in Config
	Own      func(text string) bool // is it a number of this site?
}

// Look finds another agent's deposit and asks its network what is held of it.
// Nothing is written, and nothing moves.
func (a *Abroad) Look(ctx context.Context, name string) (TakeOver, error) {
	f, err := a.Site.Find(ctx, name)
	if err != nil {
		return TakeOver{}, err
	}
	t := TakeOver{Foreign: f, Merchant: a.merchant(f)}
	if t.Merchant.Name == "" {
		return t, nil
	}
	heard := make(chan Answer, 1)
	attempt := pay.Attempt{Number: f.Number, Merchant: t.Merchant.Name, Amount: f.Amount, Network: f.Voucher, Shown: f.QR}
	a.Networks.Do(ctx, Effect{Do: QueryHold, Network: f.Network, Attempt: Stamped(attempt, f.Asked)},
		func(_ context.Context, ev Event) { heard <- ev.(Answer) })
	select {
	case answer := <-heard:
		t.Result = answer.Result
		return t, nil
	case <-ctx.Done():
		return t, ctx.Err()
	}
}

// merchant is ours of the account that a deposit is in: the one of the same name, if
// it has that account, else any that has. Without a name there is none.
func (a *Abroad) merchant(f Foreign) Merchant {
	if f.Account == "" || a.Own != nil && !a.Own(f.Number) {
		return Merchant{}
	}
	if a.Accounts[f.Merchant] == f.Account {
		return Merchant{f.Merchant, f.Network}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Accounts)) {
		if a.Accounts[name] == f.Account {
			return Merchant{name, f.Network}
		}
	}
	return Merchant{}
}

// takeOver gives another agent's deposit to a machine of this lane.
func (l *Lane) takeOver(ctx context.Context, ev TakeOver) error {
	if l.NewDeposit == nil || !l.role.Holds() {
		return l.tell(words.TellHoldNever)
	}
	ev.Lane = l.Name
	var err error
	if ev.RoomHash, ev.Private, err = l.sealed(ev.Foreign.Room); err != nil {
		return err
	}
	return l.apply(ctx, &slot{Machine: l.NewDeposit()}, ev)
}

// sealed is a room as the journal keeps it; of none it is nothing.
func (l *Lane) sealed(room string) (hash, private []byte, err error) {
	if room == "" {
		return nil, nil, nil
	}
	private, err = entry.Seal(l.random(), entry.HoldGuest{Room: room})
	return l.Numbers.CodeHash(entry.RoomKey(room)), private, err
}

// SiteOf is whose deposit it was before it was taken over, and how it stood there;
// nil of our own.
func SiteOf(s *entry.HoldSite) *words.DepositSite {
	if s == nil {
		return nil
	}
	return &words.DepositSite{From: s.From, Lane: s.Lane, Captured: s.Captured, Released: s.Released, NetCaptured: s.NetCaptured, NetReleased: s.NetReleased,
		Differs: s.Captured != s.NetCaptured || s.Released != s.NetReleased}
}
