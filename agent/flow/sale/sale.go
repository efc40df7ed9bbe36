// Package sale is the machine of an order that is paid once: from an amount
// over the attempts to get it to the slip, the voice and the gate. It decides
// and remembers; it touches nothing. Deposits, passages and shifts are other
// machines.
package sale

import (
	"cmp"
	"slices"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

var _ flow.Machine = (*Sale)(nil)

// Sale is one order.
type Sale struct {
	timing func(network string) pay.Timing

	key, last  entry.Seq
	order      entry.OpenedBody
	opened     bool // the order is in the journal
	attempts   []attempt
	settled    *entry.SettledBody
	settledAt  entry.Stamp
	settledSeq entry.Seq
	outputs    flow.Pending
	cancelled  bool
	frozen     bool
	tasks      flow.Tasks

	staff    string // who was on duty when it was drafted
	drafted  int64  // ms: when the amount was typed, for an order not yet opened
	visit    visit  // of the deposit that follows
	unbooked bool   // the disk has refused an answer, and the network has not been heard since
	triedAt  int64  // ms: when something was last tried after an answer could not be booked

	unbookedAt int64   // ms: when that was
	gateAsk    bool    // a gate was owed at the start and the car's presence is not known yet
	sameBoot   bool    // it was settled in this boot of the board
	earlier    bool    // it was settled in a life before this one
	start      int64   // ms: when this life began, for an order of the one before
	waiting    waiting // a scanned code that waits for QR codes to be closed
	noQR       bool    // no new QR code takes the place of the one that ended
	retries    flow.Retries
}

// attempt is one try at one network.
type attempt struct {
	entry.AskedBody
	asked     entry.Stamp
	state     pay.State
	code      string
	text      string
	returning bool
	why       string
	wasPaid   bool // a success was seen on the way back
	network   string
	repeated  int  // starts after which its undo was sent again
	capped    bool // that was too often: a person has been asked
	faulted   bool // a person has been asked to look at what the network said

	asksPerson bool // a person has been asked what became of it

	frozenAt entry.Seq // its success is not the order's: a person decides, or has
	decided  bool
	paid     money.Fen // what the network says was paid, where that is not what was asked for

	// Known only in this life; all times are ms of the boot clock.
	busy      flow.Verb // what is being asked right now
	since     int64     // patience counts from here: the intent, or the start of this life
	sentUntil int64     // the last moment at which the charge may have been on its way
	heardAt   int64     // newest answer
	queries   int
	undos     int
	undoAt    int64  // newest undo's answer
	undone    bool   // an undo was carried out, or refused because the number is not known
	unseen    bool   // the network does not know it, by its newest answer
	link      string // of a QR code that is, or was, on the screen
	until     int64  // the QR code is taken off the screen then
	mustAsk   bool   // an undo has been answered and only a query can tell what it did
	mustCount bool   // an undo or refund of an earlier life may have left: the next one is a repeat
	late      bool   // no undo is taken any more
	missingAt int64  // since when a network without an undo has not known it, so late that it never will
	stillPaid bool   // the network says so of it, by its newest answer since the newest undo
	giving    giving
}

// quiet is how long what could wait for a commit waits for one.
const quiet = flow.Quiet

// undoStarts caps the starts after which an undo is sent again before a person is asked.
const (
	undoStarts = 20
	undoCapped = "undo-capped"
)

// New makes an empty order; timing gives each network's patience.
func New(timing func(network string) pay.Timing) *Sale { return &Sale{timing: timing} }

// Key is the order's key, 0 while nothing of it is in the journal.
func (s *Sale) Key() entry.Seq { return s.key }

// pending are the attempts that are not final: one, or QR codes side by side, or
// one and others on their way back.
func (s *Sale) pending() (all []*attempt) {
	for i := range s.attempts {
		if !s.attempts[i].state.Final() {
			all = append(all, &s.attempts[i])
		}
	}
	return all
}

// patience is the timing of an attempt.
func (s *Sale) patience(a *attempt) pay.Timing {
	t := s.timing(a.Network)
	if a.shown() {
		return t.Shown()
	}
	return t
}

// open is the attempt that people wait for, nil where there is none: the first
// that is not final, those on their way back after the others.
func (s *Sale) open() *attempt {
	all := s.pending()
	for _, a := range all {
		if !a.returning {
			return a
		}
	}
	if len(all) > 0 {
		return all[0]
	}
	return nil
}

// front is the attempt that nothing may begin beside, nil where there is none: as
// open, without QR codes that count as closed.
func (s *Sale) front() *attempt {
	a := s.open()
	if a == nil || !a.returning {
		return a
	}
	for _, a := range s.pending() {
		if !a.off() {
			return a
		}
	}
	return nil
}

// off tells whether a QR code counts as closed although its network does not know
// it: nobody has scanned it, it is off the screen and its undo has been answered.
// It is asked about until its life is over, and a late success goes back.
func (a *attempt) off() bool { return a.shown() && a.returning && a.undone && a.unseen && !a.wasPaid }

func (s *Sale) attempt(number string) *attempt {
	i := slices.IndexFunc(s.attempts, func(a attempt) bool { return a.Number == number })
	if i < 0 {
		return nil
	}
	return &s.attempts[i]
}

// told is the attempt that people are told of: of several that stand side by side
// the one that a person has to look at, that is paid, or that they wait for.
func (s *Sale) told() *attempt {
	if i := slices.IndexFunc(s.attempts, func(a attempt) bool { return a.state == pay.Mismatch && !a.decided }); i >= 0 {
		return &s.attempts[i]
	}
	if s.settled != nil {
		return s.attempt(s.settled.Number)
	}
	return cmp.Or(s.front(), s.newest())
}

func (s *Sale) newest() *attempt {
	if len(s.attempts) == 0 {
		return nil
	}
	return &s.attempts[len(s.attempts)-1]
}

// final tells whether the order's money can no longer move by itself.
func (s *Sale) final() bool {
	return (s.settled != nil || s.cancelled) && s.open() == nil && !s.frozen
}

// finished tells whether nothing at all is left to do.
func (s *Sale) finished() bool { return s.final() && s.outputs.Over() }

// Yields tells whether a new order may take this one's place in front of the
// lane: not while its payer may still be charged.
func (s *Sale) Yields() bool {
	a := s.open()
	return a == nil || a.returning || a.shown()
}

// Phase is what the order looks like from outside, for views.
func (s *Sale) Phase() words.Phase {
	a := s.front()
	switch {
	case s.unbooked:
		return words.Unbooked
	case s.frozen:
		return words.FrozenOrder
	case s.settled != nil:
		return words.PaidOrder
	case a != nil:
		return a.phase()
	case s.cancelled:
		return words.CancelledOrder
	case s.newest() != nil:
		return s.newest().phase()
	}
	return words.Ready
}

// phase is what an unpaid attempt looks like.
func (a *attempt) phase() words.Phase {
	switch {
	case a.state == pay.Returned:
		return words.GivenBack
	case a.shown() && (a.state.Final() || a.link == "" && !a.returning || a.off()):
		return words.Ready // nobody has paid, and a payment code can be shown instead
	case a.state.Final():
		return words.Refused
	case a.returning && a.shown() && !a.wasPaid:
		return words.OneMoment
	case a.returning:
		return words.GoingBack
	case a.shown():
		return words.ScanUs
	case a.state == pay.Waiting:
		return words.Password
	case a.code != "":
		return words.Checking
	}
	return words.Asking
}

// View is the order as screens and pages show it.
func (s *Sale) View() words.Order {
	v := words.Order{Phase: s.Phase(), Amount: s.order.Amount, Title: s.order.Title, Lane: s.order.Lane, Deposit: s.order.Deposit}
	v.Key = int64(s.key)
	if a := s.told(); a != nil {
		v.Number, v.Network, v.Code, v.Text, v.Tender = a.Number, a.Network, a.code, a.text, a.tender()
		if a.returning && !a.state.Final() && !a.faulted { // what was heard before is not of its way back
			v.Code = ""
		}
	}
	for _, a := range s.pending() {
		if a.link != "" && !a.returning {
			v.QR = append(v.QR, words.QR{Merchant: a.Merchant, Network: a.Network, Link: a.link, Until: a.until})
		}
	}
	if b := s.settled; b != nil {
		v.Amount = b.Amount
		if b.Given > 0 {
			v.Given, v.Change = b.Given, b.Given-b.Amount
		}
	}
	v.Trouble = s.outputs.Trouble()
	return v
}

func (s *Sale) receipt() words.Receipt {
	r := words.Receipt{Lane: s.order.Lane, Title: s.order.Title, Amount: s.order.Amount, Beside: s.order.Deposit}
	if s.settled != nil {
		a := s.attempt(s.settled.Number)
		r.Amount = s.settled.Amount
		r.Number, r.Network, r.NetworkNumber, r.Wallet = s.settled.Number, a.Network, s.settled.Network, s.settled.Wallet
		r.At = time.UnixMilli(s.settledAt.Wall)
		if b := s.settled; b.Given > 0 {
			r.Given, r.Change = b.Given, b.Given-b.Amount
		}
	}
	return r
}
