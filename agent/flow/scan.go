package flow

import (
	"context"
	"errors"

	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// Route says who takes a kind of payment code on a lane.
type Route struct {
	Own      func(text string) bool // is it an attempt's number of this site?
	Merchant map[pay.Kind]Merchant
	QR       []Merchant          // whose QR codes the lane can show
	Payers   map[string][]string // by merchant's name: the wallets whose phones can pay its QR codes, where that is not its network's own wallet alone
}

// Merchant is an account at a network.
type Merchant struct{ Name, Network string }

// scanned finds out whose code it is.
func (l *Lane) scanned(ctx context.Context, ev Scanned) error {
	l.slipped = ""
	kind, text := pay.Classify(string(ev.Text), l.Route.Own)
	switch kind {
	case pay.OwnNumber:
		return l.slip(ctx, text)
	case pay.ShopBarcode:
		return l.tell(words.TellShopBarcode)
	case pay.Collection:
		return l.tell(words.TellCollection)
	case pay.Rubbish:
		return l.voucher(ctx, text)
	}
	merchant, ok := l.Route.Merchant[kind]
	switch {
	case !ok:
		return l.tell(words.TellNoWallet)
	case l.draft != nil:
		spec := *l.draft
		spec.Code, spec.Merchant = pay.Secret(text), merchant
		return l.begin(ctx, spec)
	case l.current == nil:
		return l.tell(words.TellNoAmount)
	}
	code := Code{Text: pay.Secret(text), Hash: l.Numbers.CodeHash(text), Merchant: merchant.Name, Network: merchant.Network}
	return l.apply(ctx, l.current, code)
}

// slip looks up the order or deposit of a scanned slip, which the view then names:
// so a desk finds what a guest who leaves has left.
func (l *Lane) slip(ctx context.Context, number string) error {
	return l.lookUp(ctx, number, words.TellOtherSlip)
}

// voucher looks up what a guest's wallet shows of what was paid or held: the
// network's number, which is longer than any payment code. What may be several codes
// that were read as one is looked up nowhere.
func (l *Lane) voucher(ctx context.Context, text string) error {
	if len(text) < entry.NumberDigits || pay.Redact(text) != text {
		return l.tell(words.TellNotACode)
	}
	return l.lookUp(ctx, text, words.TellNotACode)
}

// lookUp has the view name what a number is of, or tells what else it is.
func (l *Lane) lookUp(ctx context.Context, number string, none words.Key) error {
	_, err := l.Journal.Find(ctx, entry.Base(number))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return l.tell(none)
	case err != nil:
		return err
	}
	l.slipped = number
	return l.tell(words.TellOurSlip)
}
