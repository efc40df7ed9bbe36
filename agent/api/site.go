package api

import (
	"context"
	"net/http"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/duty"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// postTakeOver has a lane go on with a deposit of another of the site's agents. The
// answer waits until its network has said what is held; without that nothing is
// written.
func (a *api) postTakeOver(w http.ResponseWriter, r *http.Request, who *caller) error {
	var in client.TakeOver
	if err := read(w, r, &in); err != nil {
		return err
	}
	req, err := requested(r, who, in)
	if err != nil {
		return err
	}
	if _, err := a.lane(who, in.Lane); err != nil {
		return err
	}
	if in.Number == "" || len(in.Number) > textBytesMax {
		return misread("number is missing, or longer than 127 bytes")
	}
	by, err := a.named(in.Staff)
	if err != nil {
		return err
	}
	wish := duty.Ask{By: by, Program: who.Name, Lane: in.Lane, Number: in.Number, Once: req}
	return a.once(r, req, siteWithin, a.standing(w, r), func(ctx context.Context) error {
		said, err := a.Desk.TakeOver(ctx, wish)
		switch {
		case err != nil:
			return a.barred(err, "")
		case said.Key == 0:
			return refusal(words.TellHoldUnbooked, "")
		}
		return a.acceptedDeposit(w, r, said.Key, said.Tell)
	})
}

// siteWithin is how long other agents and a network may take to say how a deposit
// stands.
const siteWithin = 25 * time.Second

// originOf is what another agent of the site has to know of a deposit.
func originOf(h store.Hold) *client.Origin {
	a := h.Asked
	return &client.Origin{Merchant: a.Merchant, Account: a.Account, Asked: time.UnixMilli(h.AskedAt), Trust: int(h.AskedTrust), QR: a.Way == entry.ByQR, By: a.By,
		Captures: entry.UsedMoves(h.Site, entry.Capture, h.Moves), Releases: entry.UsedMoves(h.Site, entry.Release, h.Moves),
		Taker: h.Site.Taker(), Busy: h.Moving() != nil || h.Unknown()}
}

// elsewhere is a deposit that another agent has, nil where none has it or that
// cannot be known now.
func (a *api) elsewhere(ctx context.Context, number string) *client.Elsewhere {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	f, err := a.Desk.Elsewhere(ctx, number)
	if err != nil {
		return nil
	}
	return &client.Elsewhere{From: f.From, Lane: f.Lane, Number: f.Number, Network: f.Network, Room: f.Room, Amount: f.Amount, Captured: f.Captured, Released: f.Released, Busy: f.Busy}
}
