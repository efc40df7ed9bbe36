package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"tillgate/agent/pay"
	"tillgate/store"
	"tillgate/store/entry"
)

// A scanner that is a keyboard types a slip into whatever field has the focus. No
// sum has so many digits, so wherever one is typed a slip is known for what it is,
// and leads to its order or deposit; nothing else is done.

// slipIn is the address that a slip leads to, or a wallet's voucher of something
// that this terminal has; empty: the texts are something else.
func (c *console) slipIn(ctx context.Context, texts ...string) string {
	if c.Desk == nil {
		return ""
	}
	for _, typed := range texts {
		kind, text := pay.Classify(typed, ownNumber)
		if len(text) <= amountBytesMax || kind != pay.OwnNumber && kind != pay.Rubbish { // a payment code is looked up nowhere
			continue
		}
		address, err := c.addressOf(ctx, text)
		switch {
		case err == nil:
			return address
		case !errors.Is(err, store.ErrNotFound):
			c.Log.Error("a slip could not be looked up", "err", err)
		case kind == pay.OwnNumber: // another terminal's
			return "/deposits?" + url.Values{"find": {text}}.Encode()
		}
	}
	return ""
}

// ownNumber tells whether a text is a number as slips have it, that of a step
// included. None begins like a payment code.
func ownNumber(text string) bool {
	of := entry.Base(text)
	return entry.IsNumber(of, "") && entry.CheckPrefix(of[:8]) == nil
}

// addressOf is the address of the deposit or order that a number leads to.
func (c *console) addressOf(ctx context.Context, number string) (string, error) {
	h, err := c.Desk.Journal.HoldOf(ctx, number)
	if err == nil {
		return depositPath(h.ID), nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	key, err := c.Desk.Journal.Find(ctx, entry.Base(number))
	if err != nil {
		return "", err
	}
	return orderPath(key), nil
}

// leads answers an action that a slip was typed into; a page with scripts goes to
// the address by itself.
func leads(w http.ResponseWriter, r *http.Request, address string) {
	if isForm(r) {
		http.Redirect(w, r, address, http.StatusSeeOther)
		return
	}
	answer(w, http.StatusOK, reply{OK: true, Go: address})
}
