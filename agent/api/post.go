package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"

	"tillgate/agent/api/client"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// textBytesMax bounds a title, a reference and a reason.
const textBytesMax = 127

// postSale puts an order in front of a lane: durable with the answer, so that a
// repeat finds it. A payment code that comes along is charged for this order or
// for none.
func (a *api) postSale(w http.ResponseWriter, r *http.Request, who *caller) error {
	var in client.Sale
	if err := read(w, r, &in); err != nil {
		return err
	}
	plain := in
	plain.Code = a.masked(in.Code)
	req, err := requested(r, who, plain)
	if err != nil {
		return err
	}
	lane, err := a.lane(who, in.Lane)
	switch {
	case err != nil:
		return err
	case in.Amount <= 0 || in.Full < 0 || in.Full > in.Amount:
		return misread("amount_fen must be more than 0, and full_fen not more than that")
	case len(in.Title) > textBytesMax || len(in.Ref) > textBytesMax || len(in.Room) > textBytesMax:
		return misread("title, ref and room have 127 bytes at most")
	case private(in.Title, in.Ref, in.Room):
		return neverKept
	case in.Deposit < 0 || in.Room != "" && in.Deposit == 0:
		return misread("deposit_fen must be more than 0, and room is of a deposit")
	}
	before, release, err := a.claim(r.Context(), req)
	switch {
	case err != nil:
		return err
	case before != 0:
		return a.accepted(w, r, before, "")
	}
	wish := flow.Amount{Amount: in.Amount, Title: in.Title, Ref: in.Ref, Full: in.Full, Deposit: in.Deposit, Room: in.Room, By: who.Name, Staff: who.Name, Request: req}
	said, err := sell(r.Context(), lane, release, wish, pay.Secret(in.Code))
	if err != nil {
		return err
	}
	if said.Key == 0 {
		return refusal(said.Tell, "")
	}
	return a.accepted(w, r, said.Key, said.Tell)
}

// postAct does something with an order. Its key is written once it is done: a
// repeat before that meets the machine, which takes money once.
func (a *api) postAct(w http.ResponseWriter, r *http.Request, who *caller) error {
	var in client.Act
	if err := read(w, r, &in); err != nil {
		return err
	}
	plain := in
	plain.Code = a.masked(in.Code)
	req, err := requested(r, who, plain)
	if err != nil {
		return err
	}
	key, err := keyOf(r)
	if err != nil {
		return err
	}
	ev, err := event(path.Base(r.URL.Path), key, in, who.Name)
	if err != nil {
		return err
	}
	lane, err := a.laneOf(r.Context(), who, key)
	if err != nil {
		return err
	}
	again := func(before entry.Seq) error { return a.accepted(w, r, before, "") }
	return a.once(r, req, answerWithin, again, func(ctx context.Context) error {
		said, err := flow.Ask(ctx, lane.Offer, ev)
		switch {
		case err != nil:
			return err
		case said.Tell != "" && !slices.Contains(done, said.Tell):
			return refusal(said.Tell, addressOf(key))
		}
		if err := a.did(ctx, req, key); err != nil {
			return err
		}
		return a.accepted(w, r, key, said.Tell)
	})
}

// neverKept refuses a text with what no journal may have.
var neverKept = misread("a text has a payment code, a card number or a key in it, which are never kept")

func private(texts ...string) bool { return slices.ContainsFunc(texts, pay.Private) }

// did writes down that a request was carried out on an object. That it stands there
// already is no error: a repeat did the same. Where it cannot be written the act is
// done all the same, and nothing may say otherwise.
func (a *api) did(ctx context.Context, req *entry.RequestedBody, key entry.Seq) error {
	req.Object = key
	written := store.Step{Entries: []entry.Draft{entry.New(entry.Requested, *req)}, Done: true}
	if _, err := a.Store.Commit(ctx, written); err != nil && !errors.Is(err, store.ErrRequested) {
		a.Log.Error("the API could not write down what it has done", "object", key, "err", err)
		return &problem{reason: ending}
	}
	return nil
}

// event is what an action of a program is for a lane.
func event(verb string, key entry.Seq, in client.Act, program string) (flow.Event, error) {
	var ev flow.Event
	want := client.Act{}
	switch verb {
	case "code":
		ev, want.Code = flow.Scanned{Text: pay.Secret(in.Code)}, in.Code
		if in.Code == "" {
			return nil, misread("code is missing")
		}
	case "cash":
		ev, want.Given = flow.Cash{Given: in.Given, Staff: program}, in.Given
		if in.Given <= 0 {
			return nil, misread("given_fen is missing")
		}
	case "card":
		ev, want.Ref = flow.Card{Ref: in.Ref, Staff: program}, in.Ref
		if len(in.Ref) > textBytesMax {
			return nil, misread("ref has 127 bytes at most")
		}
		if private(in.Ref) {
			return nil, neverKept
		}
	case "qr":
		ev = flow.ShowQR{}
	case "cancel":
		ev = flow.Cancel{Why: entry.ByClerk}
	case "reprint":
		ev = flow.Reprint{Key: key}
	}
	if in != want {
		return nil, misread(verb + " takes no such field")
	}
	if verb != "reprint" {
		ev = flow.For{Key: key, Of: ev}
	}
	return ev, nil
}

// sell puts an order in front of a lane, then has the payment code that came along
// charged for it, and answers what the lane said last. The key is released when that
// is durable, also where the caller has left.
func sell(ctx context.Context, lane Lane, release func(), wish flow.Amount, code pay.Secret) (flow.Said, error) {
	answers := make(chan flow.Said, 1)
	last := func(said flow.Said) {
		release()
		answers <- said
	}
	opened := func(said flow.Said) {
		if said.Key == 0 || code == "" {
			last(said)
			return
		}
		charge := flow.For{Key: said.Key, Of: flow.Scanned{Text: code}}
		if !lane.Offer(flow.Call{Of: charge, Done: func(s flow.Said) { s.Key = said.Key; last(s) }}) {
			said.Tell = words.AnswerLaneBusy
			last(said)
		}
	}
	if !lane.Offer(flow.Call{Of: wish, Done: opened}) {
		release()
		return flow.Said{}, flow.ErrBusy
	}
	select {
	case said := <-answers:
		return said, nil
	case <-ctx.Done():
		return flow.Said{}, ctx.Err()
	}
}

// refusal is a lane's no.
func refusal(tell words.Key, order string) error {
	why := laneRefused
	if tell == "" || slices.Contains(unwritten, tell) {
		why = diskRefused
	}
	return &problem{reason: why, tell: tell, order: order}
}

// accepted answers how an order stands; what becomes of it is told by GET and events.
func (a *api) accepted(w http.ResponseWriter, r *http.Request, key entry.Seq, tell words.Key) error {
	o, err := a.order(r.Context(), key)
	if err != nil {
		return err
	}
	w.Header().Set("Location", Prefix+addressOf(key))
	return answer(w, http.StatusAccepted, client.Answer{Order: o, Tell: lineOf(tell)})
}

func addressOf(key entry.Seq) string { return fmt.Sprintf("/orders/%d", key) }

// keyOf is the order that a request's address names.
func keyOf(r *http.Request) (entry.Seq, error) {
	key, err := strconv.ParseInt(r.PathValue("key"), 10, 64)
	if err != nil || key <= 0 {
		return 0, &problem{reason: noOrder}
	}
	return entry.Seq(key), nil
}

// lane is a lane that a caller may use.
func (a *api) lane(who *caller, name string) (Lane, error) {
	if !who.sees(name) {
		return nil, &problem{reason: noRight, detail: "the lane is not one of this token's"}
	}
	for _, l := range a.Lanes {
		if v, _ := l.View(); v.Lane == name {
			return l, nil
		}
	}
	return nil, &problem{reason: noLane}
}

// laneOf is the lane of an order that a caller may use.
func (a *api) laneOf(ctx context.Context, who *caller, key entry.Seq) (Lane, error) {
	name, err := a.nameOf(ctx, who, key)
	if err != nil {
		return nil, err
	}
	return a.lane(who, name)
}

// nameOf is the name of the lane that an order was made on, if the caller may see
// it; the lane itself may have gone from the config since.
func (a *api) nameOf(ctx context.Context, who *caller, key entry.Seq) (string, error) {
	entries, err := a.Store.Object(ctx, key, 0)
	if err != nil {
		return "", err
	}
	if len(entries) == 0 || entries[0].Kind != entry.Opened && entries[0].Kind != entry.Inherited {
		return "", &problem{reason: noOrder}
	}
	name, _ := flow.LaneOf(entries[0])
	if !who.sees(name) {
		return "", &problem{reason: noRight, detail: "the lane is not one of this token's"}
	}
	return name, nil
}

// find is the order with a number: its own, a refund's, or the network's of either.
func (a *api) find(ctx context.Context, number string) (entry.Seq, error) {
	key, err := a.Store.Find(ctx, number)
	if errors.Is(err, store.ErrNotFound) && len(number) > entry.NumberDigits {
		key, err = a.Store.Find(ctx, number[:entry.NumberDigits])
	}
	if err != nil {
		return 0, err
	}
	entries, err := a.Store.Object(ctx, key, 0)
	if err != nil {
		return 0, err
	}
	switch first := entries[0]; first.Kind {
	case entry.RefundAsked:
		return entry.Must[entry.RefundAskedBody](first).Order, nil
	case entry.RefundInherited:
		return entry.Must[entry.RefundInheritedBody](first).Order, nil
	}
	return key, nil
}
