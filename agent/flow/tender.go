package flow

import (
	"context"

	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// ShowQR asks for a QR code, for the order in front of the lane. The lane names
// the merchant, once for each that it can show codes of.
type ShowQR struct{ Merchant Merchant }

// Cash is the clerk's word that the payer handed over so much.
type Cash struct {
	Given money.Fen
	Staff string // a person's id, or a program's name; empty: nobody signs in here
}

// Card is the clerk's word that a bank card terminal of its own took the
// amount; Ref is what its slip says.
type Card struct {
	Ref   string
	Staff string // as Cash has it
}

// Reprint asks for another slip of a settled order or of a refund, marked as one.
type Reprint struct{ Key entry.Seq }

// showQR asks for a code of each merchant that the lane can show codes of.
func (l *Lane) showQR(ctx context.Context) error {
	switch {
	case len(l.Route.QR) == 0:
		return l.tell(words.TellNoQR)
	case l.current == nil:
		return l.tell(words.TellNoAmount)
	}
	for _, m := range l.Route.QR {
		if err := l.apply(ctx, l.current, ShowQR{Merchant: m}); err != nil {
			return err
		}
	}
	return nil
}

// byHand gives the clerk's word to the order in front of the lane.
func (l *Lane) byHand(ctx context.Context, ev Event) error {
	switch {
	case !l.ByHand:
		return l.tell(words.TellNotForTender)
	case l.current == nil:
		return l.tell(words.TellNoAmount)
	}
	return l.apply(ctx, l.current, ev)
}

// reprint finds an order or a refund of this lane, in memory or in the journal.
func (l *Lane) reprint(ctx context.Context, ev Reprint) error {
	return l.toAny(ctx, ev.Key, ev, words.TellNoReprint)
}

// owns tells whether an object is an order or a refund of this lane, be it one
// that came over from a damaged journal.
func (l *Lane) owns(entries []entry.Entry) bool {
	if len(entries) == 0 {
		return false
	}
	name, ok := LaneOf(entries[0], entries[1:]...)
	return ok && name == l.Name
}
