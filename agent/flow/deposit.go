package flow

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"

	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// DepositSpec asks for a deposit: that a network holds an amount of a guest's for
// us. The lane's word on it comes once the intent is durable, or with Said.Key 0 and
// why not; no network is waited for. The view follows the deposit from there.
//
// With neither a Code nor QR it is a draft in front of the lane, and the next
// payment code that is scanned there is the guest's: the lane's word is
// words.TellHoldScan, Said.Key is 0 and the view's phase is ready.
// A new amount or another DepositSpec takes a draft's place.
type DepositSpec struct {
	Amount  money.Fen  // fen
	Room    string     // where the guest sleeps; empty: none. With one, no second deposit begins while one of it is unknown
	Title   string     // what the guest reads, in the shop's words
	Ref     string     // the caller's own number, or the order in whose visit it is taken
	QR      bool       // a code is shown for the guest's phone
	Code    pay.Secret // the guest's payment code, where it was read already
	Instead entry.Seq  // the deposit that this one takes the place of: it is released when this one is held
	Staff   string     // for the networks' operator fields
	By      string     // who asked for it, as the slip says it

	Request *entry.RequestedBody // the key of the program that asks: it stands beside the intent

	// Filled in by the lane.
	Lane     string
	Merchant Merchant
	Hash     []byte // of Code
	RoomHash []byte
	Private  []byte // the room, sealed
}

// CaptureSpec takes a part of what is held, or all of it, for the merchant. The
// deposit may be another lane's of this device: the one that is asked follows it
// from then on. Its word comes once the intent is durable, or why not; what was held
// is never exceeded, whatever two desks ask at once. Said.Key is the deposit's.
type CaptureSpec struct {
	Hold   entry.Seq // its key, or
	Number string    // the deposit's number as the slip has it, that of one of its moves, or the wallet's voucher
	Amount money.Fen // fen
	Last   bool      // what is left goes back to the guest with it; where DepositCan.RestGoes it does anyhow
	Reason string
	Staff  string
	By     string

	Request *entry.RequestedBody

	Lane string // filled in by the lane
}

// ReleaseSpec gives what is held back to the guest, with the promises of CaptureSpec.
type ReleaseSpec struct {
	Hold   entry.Seq // as in CaptureSpec
	Number string
	Amount money.Fen // 0: all that is left
	Reason string
	Staff  string
	By     string

	Request *entry.RequestedBody

	Lane string // filled in by the lane
}

// ReleaseOld releases what is left of a deposit in whose place another is held
// now; where that cannot be, a person is asked to.
type ReleaseOld struct {
	Hold      entry.Seq
	For       entry.Seq // the deposit that is held in its place
	Since     entry.Seq // where it has been tried after this entry, or something else moved, that is left to people; 0: it is the first time
	Staff, By string

	Lane string // filled in by the lane
}

// DropDeposit gives up the deposit in front of the lane that is not held yet: its
// draft, its QR code, or an attempt whose end is then followed.
type DropDeposit struct {
	Hold  entry.Seq // that one and no other; 0: whichever it is
	Draft bool      // or only a draft
}

// TakenOver says that another lane of this device goes on with a deposit.
type TakenOver struct{ Key entry.Seq }

// Depositing is a machine of a deposit.
type Depositing interface {
	Machine
	Owner() string // the lane that follows it
	Pending() bool // a guest waits for it: no other deposit begins on the lane
	View() words.Deposit
}

// wished tells whether an event is a person's wish about a deposit.
func wished(ev Event) bool {
	switch ev.(type) {
	case DepositSpec, TakeOver, CaptureSpec, ReleaseSpec, ReleaseOld:
		return true
	}
	return false
}

// deposit begins a deposit, or puts a draft of one in front of the lane.
func (l *Lane) deposit(ctx context.Context, ev DepositSpec) error {
	switch {
	case l.NewDeposit == nil || !l.role.Holds():
		return l.tell(words.TellHoldNever)
	case ev.Amount <= 0:
		return l.tell(words.TellAmountZero)
	case ev.Amount > l.Limit:
		return l.tell(words.TellAmountHigh)
	case l.newestDeposit != nil && l.newestDeposit.deposit().Pending(), l.unpaid():
		return l.tell(words.TellLastOpen)
	}
	l.draft, l.slipped = nil, ""
	switch {
	case ev.QR:
		for _, m := range l.Route.QR {
			if (ev.Merchant.Name == "" || ev.Merchant.Name == m.Name) && l.Networks.Terms(m.Name, "").QR {
				ev.Merchant = m
				return l.begin(ctx, ev)
			}
		}
		return l.tell(words.TellHoldWay)
	case ev.Code == "":
		l.draft, l.draftUntil = &ev, l.Clock().Mono+draftFor.Milliseconds()
		return l.tell(words.TellHoldScan)
	}
	l.draft = &ev
	err := l.scanned(ctx, Scanned{Text: ev.Code})
	l.draft = nil // whatever it was: who has read it reads it again
	return err
}

// unpaid tells whether a customer stands in front of the lane who has been asked
// for an amount: the code that he shows is for that, and for no deposit.
func (l *Lane) unpaid() bool {
	if l.current == nil {
		return false
	}
	return !l.current.order().View().Phase.Over()
}

// undraft drops a draft that nobody has served: the next code is somebody else's.
func (l *Lane) undraft(now int64) {
	if l.draft != nil && now >= l.draftUntil {
		l.draft = nil
		l.publish("")
	}
}

// begin gives a deposit whose merchant is known to a machine.
func (l *Lane) begin(ctx context.Context, ev DepositSpec) error {
	if terms := l.Networks.Terms(ev.Merchant.Name, ""); ev.QR && !terms.QR || !ev.QR && !terms.Code {
		return l.tell(words.TellHoldWay)
	}
	ev.Lane = l.Name
	if ev.Code != "" {
		ev.Hash = l.Numbers.CodeHash(string(ev.Code))
	}
	var err error
	if ev.RoomHash, ev.Private, err = l.sealed(ev.Room); err != nil {
		return err
	}
	err = l.apply(ctx, &slot{Machine: l.NewDeposit()}, ev)
	if l.newestDeposit != nil && l.newestDeposit.deposit().Pending() {
		l.draft = nil
		l.publish("")
	}
	return err
}

func (l *Lane) random() io.Reader {
	if l.Random == nil {
		return rand.Reader
	}
	return l.Random
}

// toDeposit gives a wish to a deposit of this device, whichever lane follows it:
// what the journal has of it is what it is decided on.
func (l *Lane) toDeposit(ctx context.Context, key entry.Seq, name string, ev Event) error {
	if l.NewDeposit == nil {
		return l.tell(words.TellHoldNever)
	}
	s, err := l.depositOf(ctx, key, name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return l.tell(words.TellHoldNone)
	case errors.Is(err, store.ErrDamaged):
		return err
	case err != nil:
		l.Log.Error("deposit could not be read; nothing was done", "lane", l.Name, "err", err)
		return l.tell(words.TellHoldUnbooked)
	}
	err = l.apply(ctx, s, ev)
	l.forget(s)
	return err
}

// depositOf is a deposit of this lane, or one from the journal as it is now.
func (l *Lane) depositOf(ctx context.Context, key entry.Seq, name string) (*slot, error) {
	if key == 0 {
		if of, _, err := entry.MoveOf(name); err == nil {
			name = of
		}
		found, err := l.Journal.Find(ctx, name)
		if err != nil {
			return nil, err
		}
		key = found
	}
	if s := l.orders[key]; s != nil && s.deposit() != nil {
		return s, nil
	}
	entries, err := l.Journal.Object(ctx, key, 0)
	if err != nil {
		return nil, err
	}
	if number := wrappedDeposit(entries); number != "" { // of a damaged epoch: it goes on under its number
		now, err := l.Journal.Find(ctx, number)
		if err != nil || now == key {
			return nil, errors.Join(err, store.ErrNotFound)
		}
		return l.depositOf(ctx, now, "")
	}
	if len(entries) == 0 || !entries[0].Kind.BeginsHold() {
		return nil, store.ErrNotFound
	}
	s := l.folded(key, entries)
	s.Note(Woken{l.Clock()}) // its times may be of an earlier boot
	s.done = true            // until something is begun
	l.orders[key] = s
	return s, nil
}

// owner is the lane that follows a deposit, empty of what is none or has not begun.
func (s *slot) owner() string {
	if d := s.deposit(); d != nil {
		return d.Owner()
	}
	return ""
}

// takenOver drops a deposit that another lane goes on with, as the journal has it:
// what this lane showed of it is not so any more.
func (l *Lane) takenOver(ctx context.Context, key entry.Seq) error {
	s := l.orders[key]
	if s == nil && l.newestDeposit != nil && l.newestDeposit.key == key {
		s = l.newestDeposit
	}
	if s == nil {
		return nil
	}
	entries, err := l.Journal.Object(ctx, key, s.last)
	switch {
	case errors.Is(err, store.ErrDamaged):
		return err
	case err != nil:
		l.Log.Error("deposit that another lane goes on with could not be read; it is shown as it was", "lane", l.Name, "deposit", key, "err", err)
		return nil
	}
	l.fold(s, entries)
	l.forget(s)
	return l.tell("")
}

// wrappedDeposit is the number of a deposit that a damage has wrapped; empty where it is none.
func wrappedDeposit(entries []entry.Entry) string {
	if len(entries) == 0 || entries[0].Kind != entry.Salvaged {
		return ""
	}
	b := entry.Must[entry.SalvagedBody](entries[0])
	if !b.Kind.BeginsHold() {
		return ""
	}
	var named struct {
		Number string `json:"n"`
	}
	if json.Unmarshal(b.Body, &named) != nil {
		return ""
	}
	return named.Number
}

// releaseOld ends a deposit in whose place another is held.
func (l *Lane) releaseOld(ctx context.Context, ev ReleaseOld) error {
	s, err := l.depositOf(ctx, ev.Hold, "")
	switch {
	case errors.Is(err, store.ErrDamaged):
		return err
	case err != nil:
		l.Log.Error("the deposit before could not be read; it is not released yet", "lane", l.Name, "deposit", ev.Hold, "err", err)
		if !errors.Is(err, store.ErrNotFound) {
			l.wait()
			l.unbooked(nil, ev)
		}
		return nil
	}
	held := l.newestDeposit
	ev.Lane = l.Name
	err = l.apply(ctx, s, ev)
	l.forget(s)
	l.newestDeposit = held // the guest is shown the new one
	l.publish("")
	return err
}

// dropDeposit gives up what is in front of the lane and not held yet.
func (l *Lane) dropDeposit(ctx context.Context, ev DropDeposit) error {
	switch {
	case l.draft != nil && ev.Hold == 0:
		l.draft = nil
		return l.tell("")
	case l.newestDeposit == nil, ev.Draft, ev.Hold != 0 && ev.Hold != l.newestDeposit.key:
		return l.tell(words.TellHoldNotHeld)
	}
	return l.apply(ctx, l.newestDeposit, ev)
}

// depositView is the draft in front of the lane, else its newest deposit.
func (l *Lane) depositView() words.Deposit {
	switch {
	case l.draft != nil:
		d := l.draft
		return words.Deposit{Phase: words.DepositReady, Lane: l.Name, Room: d.Room, Title: d.Title, Ref: d.Ref, Amount: d.Amount, By: d.By, Instead: int64(d.Instead),
			Can: words.DepositCan{Cancel: true}}
	case l.newestDeposit != nil:
		return l.newestDeposit.deposit().View()
	}
	return words.Deposit{}
}
