package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"

	"tillgate/agent/api/client"
	"tillgate/agent/duty"
	"tillgate/agent/flow"
	"tillgate/agent/flow/deposit"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// postDeposit has a lane ask for a deposit. With a code or QR its intent is
// durable with the answer; else the lane waits for the guest's code, and a repeat
// before that is the same wish once more.
func (a *api) postDeposit(w http.ResponseWriter, r *http.Request, who *caller) error {
	var in client.Hold
	if err := read(w, r, &in); err != nil {
		return err
	}
	plain := in
	plain.Code = a.masked(in.Code)
	req, err := requested(r, who, plain)
	if err != nil {
		return err
	}
	if _, err := a.lane(who, in.Lane); err != nil {
		return err
	}
	switch {
	case in.Amount <= 0:
		return misread("amount_fen must be more than 0")
	case in.QR && in.Code != "":
		return misread("one of qr and code")
	case len(in.Title) > textBytesMax || len(in.Ref) > textBytesMax || len(in.Room) > textBytesMax:
		return misread("room, title and ref have 127 bytes at most")
	case private(in.Title, in.Ref, in.Room):
		return neverKept
	}
	by, err := a.named(in.Staff)
	if err != nil {
		return err
	}
	spec := flow.DepositSpec{Amount: in.Amount, Room: in.Room, Title: in.Title, Ref: in.Ref, QR: in.QR, Code: pay.Secret(in.Code), Request: req}
	return a.once(r, req, answerWithin, a.standing(w, r), func(ctx context.Context) error {
		said, err := a.Desk.Hold(ctx, duty.Ask{By: by, Program: who.Name, Lane: in.Lane}, spec)
		switch {
		case err != nil:
			return a.barred(err, "")
		case said.Key == 0 && said.Tell != words.TellHoldScan:
			return refusal(said.Tell, "")
		case said.Key == 0:
			return answer(w, http.StatusAccepted, client.DepositAnswer{Deposit: wireDeposit(said.View.Deposit), Tell: lineOf(said.Tell)})
		}
		return a.acceptedDeposit(w, r, said.Key, said.Tell)
	})
}

// postMove has a part of a deposit captured, or money of it released, by the rules
// that hold for people. The intent is durable with the answer.
func (a *api) postMove(w http.ResponseWriter, r *http.Request, who *caller) error {
	var in client.Move
	if err := read(w, r, &in); err != nil {
		return err
	}
	approval := in.Approval
	in.Approval = nil // with or without it the same is asked for
	req, err := requested(r, who, in)
	if err != nil {
		return err
	}
	h, err := a.holdOf(r, who)
	if err != nil {
		return err
	}
	lane, err := a.desk(who, in.Lane, h)
	if err != nil {
		return err
	}
	by, err := a.named(in.Staff)
	if err != nil {
		return err
	}
	capture := path.Base(r.URL.Path) == entry.Capture
	switch {
	case capture && (in.Amount <= 0 || approval != nil && !in.Last):
		return misread("a capture has an amount_fen above 0, and no approval but where it is the last")
	case capture && duty.RestOf(h, in.Amount, in.Last) > 0 && !slices.Contains(who.Rights, Release):
		return &problem{reason: noRight, detail: "a last capture that lets the rest go takes the right " + string(Release)}
	case !capture && (in.Amount < 0 || in.Last):
		return misread("a release has no last; amount_fen is 0 for all that is left")
	}
	wish := duty.Ask{By: by, Program: who.Name, Lane: lane, Order: h.ID, Number: h.Asked.Number, Amount: in.Amount, Reason: in.Reason, Once: req}
	do := a.Desk.Release
	if capture {
		do = func(ctx context.Context, wish duty.Ask) (flow.Said, error) { return a.Desk.Capture(ctx, wish, in.Last) }
	}
	return a.letGo(r, wish, approval, depositAddress(h.ID), do, func() error { return a.acceptedDeposit(w, r, h.ID, "") })
}

// postReprint has the lane that follows a deposit print the slip of what was done
// last once more, marked as a reprint.
func (a *api) postReprint(w http.ResponseWriter, r *http.Request, who *caller) error {
	var in client.Act
	if err := read(w, r, &in); err != nil {
		return err
	}
	req, err := requested(r, who, in)
	if err != nil {
		return err
	}
	h, err := a.holdOf(r, who)
	if err != nil {
		return err
	}
	ev, err := event("reprint", h.ID, in, "")
	if err != nil {
		return err
	}
	lane, err := a.lane(who, h.Lane)
	if err != nil {
		return err
	}
	again := func(entry.Seq) error { return a.acceptedDeposit(w, r, h.ID, "") }
	return a.once(r, req, answerWithin, again, func(ctx context.Context) error {
		said, err := flow.Ask(ctx, lane.Offer, ev)
		switch {
		case err != nil:
			return err
		case said.Tell != words.TellReprinted:
			return refusal(said.Tell, depositAddress(h.ID))
		}
		if err := a.did(ctx, req, h.ID); err != nil {
			return err
		}
		return a.acceptedDeposit(w, r, h.ID, said.Tell)
	})
}

// desk is the lane on which a deposit moves: the one that is asked for, else its
// own; where the terminal has that no more, the first of the caller's that takes
// deposits.
func (a *api) desk(who *caller, asked string, h store.Hold) (string, error) {
	lane := cmp.Or(asked, h.Lane)
	if asked != "" || slices.Contains(a.Desk.Lanes.Names(), lane) {
		_, err := a.lane(who, lane)
		return lane, err
	}
	for _, name := range a.Desk.Lanes.Names() {
		if who.sees(name) && slices.ContainsFunc(a.Desk.Lanes.Roles(name), flow.Role.Holds) {
			return name, nil
		}
	}
	return "", &problem{reason: noLane}
}

func depositAddress(key entry.Seq) string { return fmt.Sprintf("/deposits/%d", key) }

// holdOf is the deposit that a request's address names, if the caller may see it.
func (a *api) holdOf(r *http.Request, who *caller) (store.Hold, error) {
	key, err := strconv.ParseInt(r.PathValue("key"), 10, 64)
	if err != nil || key <= 0 {
		return store.Hold{}, &problem{reason: noDeposit}
	}
	h, err := a.Store.Hold(r.Context(), entry.Seq(key))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return h, &problem{reason: noDeposit}
	case err != nil:
		return h, err
	case !who.sees(h.Lane):
		return h, &problem{reason: noRight, detail: "the lane is not one of this token's"}
	}
	return h, nil
}

// depositView is a deposit as the lane that follows it shows it, or as the journal has
// it. What other lanes show may be of before.
func (a *api) depositView(ctx context.Context, key entry.Seq) (client.Deposit, error) {
	refunds, err := a.refundsOf(ctx, key)
	if err != nil {
		return client.Deposit{}, err
	}
	entries, err := a.Store.Object(ctx, key, 0)
	if err != nil {
		return client.Deposit{}, err
	}
	if len(entries) == 0 || !entries[0].Kind.BeginsHold() {
		return client.Deposit{}, &problem{reason: noDeposit}
	}
	now := deposit.ViewOf(entries, a.Timing)
	for _, l := range a.Lanes {
		if v, _ := l.View(); v.Lane == now.Lane && v.Deposit.Key == int64(key) {
			now = v.Deposit
		}
	}
	d := wireDeposit(now)
	d.Refunds = refunds
	return d, nil
}

func wireDeposit(v words.Deposit) client.Deposit {
	d := client.Deposit{
		Key: v.Key, Number: v.Number, Lane: v.Lane, Room: v.Room, Title: v.Title, Ref: v.Ref, State: string(v.Phase), Final: v.Phase.Over(),
		Network: v.Network, Wallet: v.Wallet, Voucher: v.Voucher, Amount: v.Amount, Held: v.Held, Captured: v.Captured, Released: v.Released,
		Left: v.Left, Expires: v.Expires, Differs: v.Differs,
		Can:    client.DepositCan{Capture: v.Can.Capture, Release: v.Can.Release, Part: v.Can.Part, RestGoes: v.Can.RestGoes},
		Screen: screen(func(l words.Lang) words.Screen { return words.ShowDepositStaff(v, l) }),
	}
	for _, q := range v.QR {
		d.QR = append(d.QR, client.QR{Network: q.Network, Link: q.Link})
	}
	if s := v.Site; s != nil {
		d.Site = &client.DepositSite{From: s.From, Lane: s.Lane, Captured: s.Captured, Released: s.Released, NetCaptured: s.NetCaptured, NetReleased: s.NetReleased, Differs: s.Differs}
	}
	if m := v.Move; m != nil {
		d.Move = &client.DepositMove{What: m.What, Number: m.Number, Amount: m.Amount, Rest: m.Rest, State: string(m.Phase),
			Screen: screen(func(l words.Lang) words.Screen { return words.ShowMove(*m, v, l) })}
	}
	return d
}

// acceptedDeposit answers how a deposit stands; what becomes of it is told by GET.
func (a *api) acceptedDeposit(w http.ResponseWriter, r *http.Request, key entry.Seq, tell words.Key) error {
	d, err := a.depositView(r.Context(), key)
	if err != nil {
		return err
	}
	w.Header().Set("Location", Prefix+depositAddress(key))
	return answer(w, http.StatusAccepted, client.DepositAnswer{Deposit: d, Tell: lineOf(tell)})
}

// standing answers how the deposit stands that a key has asked for before.
func (a *api) standing(w http.ResponseWriter, r *http.Request) func(entry.Seq) error {
	return func(key entry.Seq) error { return a.acceptedDeposit(w, r, key, "") }
}

func lineOf(tell words.Key) *client.Line {
	if tell == "" {
		return nil
	}
	return &client.Line{Key: string(tell), Zh: words.Say(tell, words.Zh), En: words.Say(tell, words.En)}
}

// getDeposit answers how a deposit stands; with wait it answers when that is not
// what the caller has seen any more, or when the time is up.
func (a *api) getDeposit(w http.ResponseWriter, r *http.Request, who *caller) error {
	h, err := a.holdOf(r, who)
	if err != nil {
		return err
	}
	wait, err := waitOf(w, r)
	if err != nil {
		return err
	}
	lane, _ := a.lane(who, h.Lane) // nil of one that has gone: nothing of its deposits changes
	seen := r.URL.Query().Get("state")
	d, err := poll(r.Context(), lane, wait, func() (client.Deposit, bool, error) {
		d, err := a.depositView(r.Context(), h.ID)
		return d, d.State != seen, err
	})
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, client.DepositAnswer{Deposit: d})
}

// getDeposits answers the deposits that a query wants, newest first.
func (a *api) getDeposits(w http.ResponseWriter, r *http.Request, who *caller) error {
	q := r.URL.Query()
	before, limit, err := pageOf(r)
	if err != nil {
		return err
	}
	amount, err := atLeast(q.Get("amount_fen"), 0)
	if err != nil {
		return err
	}
	rows, err := a.Store.Holds(r.Context(), store.HoldQuery{Name: q.Get("number"), Room: q.Get("room"), Network: q.Get("wallet"),
		Amount: money.Fen(amount), Open: q.Get("open") == "true", Before: before, Max: limit})
	if err != nil {
		return err
	}
	page := client.Deposits{Deposits: []client.Deposit{}}
	for _, h := range rows {
		if !who.sees(h.Lane) {
			continue
		}
		d, err := a.depositView(r.Context(), h.ID)
		if err != nil {
			return err
		}
		d.Origin = originOf(h)
		page.Deposits = append(page.Deposits, d)
	}
	if number := q.Get("number"); len(rows) == 0 && number != "" && q.Get("site") == "true" {
		page.Elsewhere = a.elsewhere(r.Context(), number)
	}
	if len(rows) == limit {
		page.Before = int64(rows[len(rows)-1].ID)
	}
	return answer(w, http.StatusOK, page)
}
