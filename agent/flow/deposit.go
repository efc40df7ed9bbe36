package flow

import (
	"context"
	"errors"

	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// DepositSpec asks for a deposit: that a network holds an amount of a guest's
// for us. It is an event of a lane, and Lane.Hold gives it to one.
//
// With neither a Code nor QR it is a draft in front of the lane, and the next
// payment code that is scanned there is the guest's; the view's phase is ready.
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

// CaptureSpec takes a part of what is held, or all of it, for the merchant.
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

// ReleaseSpec gives what is held back to the guest.
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

// DropDeposit gives up the deposit in front of the lane that is not held yet: its
// draft, its QR code, or an attempt whose end is then followed.
type DropDeposit struct{}

// DepositView is a deposit as people see it.
type DepositView = words.Deposit

// ErrNoAnswer is that a lane's queue is full: nothing was done.
var ErrNoAnswer = errors.New("the lane has too much to do; nothing was done")

// Hold begins a deposit. It returns once the intent is durable, or why not: Tell
// says so then and Key is 0; it does not wait for a network. The view follows
// the deposit from there (View.Deposit), a slip is printed and said when it is
// held. A draft, which waits for a code to be scanned, has no key either, and
// Tell is words.TellHoldScan.
func (l *Lane) Hold(ctx context.Context, spec DepositSpec) (Said, error) {
	return l.ask(ctx, spec)
}

// Capture takes money from a deposit of this device, whichever lane has taken
// it: from here on this lane follows it. It returns once the intent is durable,
// or why not; what was held is never exceeded, whatever two desks ask at once.
// Said.Key is the deposit's.
func (l *Lane) Capture(ctx context.Context, spec CaptureSpec) (Said, error) {
	return l.ask(ctx, spec)
}

// Release gives money of a deposit back, with the promises of Capture.
func (l *Lane) Release(ctx context.Context, spec ReleaseSpec) (Said, error) {
	return l.ask(ctx, spec)
}

// RefundCapture gives back what was captured, or a part of it: a refund like any,
// whose Order is the deposit's key and whose Capture says of which of its captures;
// with the deposit's Number in place of a key, and no Capture, the newest that has
// something left. Said.Key is the refund's.
func (l *Lane) RefundCapture(ctx context.Context, spec Refund) (Said, error) {
	return l.ask(ctx, spec)
}

// ask gives the lane an event and waits for what it says of it.
func (l *Lane) ask(ctx context.Context, ev Event) (Said, error) {
	heard := make(chan Said, 1)
	if !l.Offer(Call{Of: ev, Done: func(s Said) { heard <- s }}) {
		return Said{}, ErrNoAnswer
	}
	select {
	case said := <-heard:
		return said, nil
	case <-ctx.Done():
		return Said{}, ctx.Err()
	}
}
