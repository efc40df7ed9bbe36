package flow

import (
	"context"
	"errors"

	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// Refund asks for a part of a settled order to go back, or all that is left of
// it. The order may be another lane's of this device.
type Refund struct {
	Order  entry.Seq // its key, or
	Number string    // as the slip has it: the order's number, or that of one of its refunds
	Amount money.Fen // 0: all that is left
	Reason string    // in the shop's words
	Staff  string    // for the networks' operator fields
	By     string    // who asked for it, as the slip says it

	Capture string // of a deposit: the number of the capture that goes back; empty: the newest with something left

	Request *entry.RequestedBody // the key of the program that asks: it stands beside the intent

	// Filled in by the lane.
	Lane     string
	Payment  store.Payment
	SameBoot bool // its newest refund was asked for in this boot of the board
}

// Refunding is a machine of money that goes back.
type Refunding interface {
	Machine
	Of() entry.Seq // the order's key; 0: a damage has taken it
	View() words.Refund
}

// refund begins a machine for a refund. What it decides holds for the order as
// the journal has it: where that moves on, it is read and decided on again.
func (l *Lane) refund(ctx context.Context, ev Refund) error {
	if l.NewRefund == nil {
		return l.tell(words.TellRefundNever)
	}
	if ev.Order == 0 {
		if _, what, err := entry.MoveOf(ev.Number); err == nil && what == entry.Capture && ev.Capture == "" {
			ev.Capture = ev.Number
		}
		key, err := l.Journal.Find(ctx, entry.Base(ev.Number))
		switch {
		case errors.Is(err, store.ErrNotFound):
			return l.tell(words.TellOtherSlip)
		case err != nil:
			return l.unread(err)
		}
		ev.Order = key
	}
	ev, err := l.paid(ctx, ev)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return l.tell(words.TellRefundNone)
	case err != nil:
		return l.unread(err)
	}
	return l.apply(ctx, &slot{Machine: l.NewRefund()}, ev)
}

// unread is the disk's no while an order was looked up: nothing has begun.
func (l *Lane) unread(cause error) error {
	if errors.Is(cause, store.ErrDamaged) {
		return cause
	}
	l.Log.Error("order could not be read; nothing was refunded", "lane", l.Name, "err", cause)
	return l.tell(words.TellRefundUnbooked)
}

// paid reads what a refund is decided on.
func (l *Lane) paid(ctx context.Context, ev Refund) (_ Refund, err error) {
	ev.Lane = l.Name
	if ev.Payment, err = l.Journal.Payment(ctx, ev.Order); err != nil {
		return ev, err
	}
	if n := len(ev.Payment.Refunds); n > 0 {
		ev.SameBoot = l.boot > 0 && ev.Payment.Refunds[n-1].ID >= l.boot
	}
	return ev, nil
}

// answered hands a network's answer to its order or refund. When a refund has ended,
// the answer also carries what of its order had gone back before, for the slip shows
// the total.
func (l *Lane) answered(ctx context.Context, ev Answer) error {
	s := l.orders[ev.Key]
	if s == nil {
		return nil
	}
	if _, ok := s.Machine.(Refunding); ok && ev.Result.State == pay.Returned {
		summed, err := l.summed(ctx, s, ev)
		switch {
		case errors.Is(err, store.ErrDamaged):
			return err
		case err != nil:
			return l.refused(s, ev, err)
		}
		ev = summed
	}
	return l.apply(ctx, s, ev)
}

// summed is an answer with what had gone back of its order before, where a damage
// has not taken that.
func (l *Lane) summed(ctx context.Context, s *slot, ev Answer) (Answer, error) {
	p, err := l.Journal.Payment(ctx, s.Machine.(Refunding).Of())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return ev, err
	}
	ev.Before, ev.Known = p.Returned(), err == nil && p.Hold == nil // a capture is one of several that its deposit has
	return ev, nil
}

// LaneOf is the lane that an object is followed on, by its first entry; ok is
// false of what no lane follows. A deposit is followed where something was last
// done with it, which its later entries say.
func LaneOf(first entry.Entry, more ...entry.Entry) (lane string, ok bool) {
	for i := len(more) - 1; i >= 0; i-- {
		if more[i].Kind == entry.MoveAsked {
			return entry.Must[entry.MoveAskedBody](more[i]).Lane, true
		}
	}
	switch first.Kind {
	case entry.HoldAsked:
		return entry.Must[entry.HoldAskedBody](first).Lane, true
	case entry.HoldInherited, entry.HoldAdopted:
		b := entry.Must[entry.HoldInheritedBody](first)
		if n := len(b.Moves); n > 0 {
			return b.Moves[n-1].Lane, true
		}
		return b.Lane, true
	case entry.Opened:
		return entry.Must[entry.OpenedBody](first).Lane, true
	case entry.Inherited:
		return entry.Must[entry.InheritedBody](first).Lane, true
	case entry.RefundAsked:
		return entry.Must[entry.RefundAskedBody](first).Lane, true
	case entry.RefundInherited:
		return entry.Must[entry.RefundInheritedBody](first).Lane, true
	}
	return "", false
}

// machineOf is an empty machine for an object, by its first entry; nil where the lane has none.
func (l *Lane) machineOf(first entry.Entry) Machine {
	switch {
	case first.Kind.BeginsHold():
		if l.NewDeposit == nil {
			return nil
		}
		return l.NewDeposit()
	case first.Kind != entry.RefundAsked && first.Kind != entry.RefundInherited:
		return l.New()
	case l.NewRefund != nil:
		return l.NewRefund()
	}
	return nil
}
