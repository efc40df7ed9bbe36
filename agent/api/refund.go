package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/duty"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// postRefund asks for money to go back, by the rules that hold for people: who
// is on duty, which sums take whose approval. The intent is durable with the answer.
func (a *api) postRefund(w http.ResponseWriter, r *http.Request, who *caller) error {
	var in client.RefundRequest
	if err := read(w, r, &in); err != nil {
		return err
	}
	if (in.Order == 0) == (in.Number == "") || in.Amount < 0 {
		return misread("one of order and number; amount_fen is 0 for all that is left")
	}
	approval := in.Approval
	in.Approval = nil // with or without it the same is asked for
	req, err := requested(r, who, in)
	if err != nil {
		return err
	}
	key := entry.Seq(in.Order)
	if in.Number != "" {
		if key, err = a.find(r.Context(), in.Number); err != nil {
			return err
		}
	}
	lane, err := a.nameOf(r.Context(), who, key)
	if err != nil {
		return err
	}
	lane = cmp.Or(in.Lane, lane)
	if _, err = a.lane(who, lane); err != nil {
		return err
	}
	by, err := a.named(in.Staff)
	if err != nil {
		return err
	}
	wish := duty.Ask{By: by, Program: who.Name, Lane: lane, Order: key, Number: in.Number, Amount: in.Amount, Reason: in.Reason, Once: req}
	return a.letGo(r, wish, approval, addressOf(key), a.Desk.Refund, func() error { return a.accepted(w, r, key, "") })
}

// named is the person whom a program names, "" for nobody.
func (a *api) named(name string) (id string, err error) {
	if name == "" {
		return "", nil
	}
	p, ok := a.Desk.Roster.Named(name)
	if !ok {
		return "", a.barred(&staff.Refusal{Why: words.DeniedNobody, What: "staff"}, "")
	}
	return p.ID, nil
}

// letsGo is what of the desk lets money go.
type letsGo func(context.Context, duty.Ask) (flow.Said, error)

// letGo has the desk let money go, once for a key: the wish's. Stands answers how the
// order at an address stands, also where its key has asked for it before.
func (a *api) letGo(r *http.Request, wish duty.Ask, approval *client.Approval, address string, do letsGo, stands func() error) error {
	return a.once(r, wish.Once, answerWithin, func(entry.Seq) error { return stands() }, func(ctx context.Context) error {
		if err := a.approved(ctx, wish, approval, do); err != nil {
			return a.barred(err, address)
		}
		return stands()
	})
}

// approved has the desk let money go, with the approval that came with the request, if
// any. An approval with a PIN may come with the first request. One from elsewhere
// names the request that the desk answered the first with.
func (a *api) approved(ctx context.Context, wish duty.Ask, approval *client.Approval, do letsGo) error {
	if approval != nil {
		wish.Request = approval.Request
	}
	if approval == nil || approval.Request == "" {
		_, err := do(ctx, wish)
		var halted *duty.Refusal
		if approval == nil || !errors.As(err, &halted) || halted.Request == nil {
			return err
		}
		wish.Request = halted.Request.ID
	}
	if err := a.approve(ctx, wish.Request, approval); err != nil {
		return err
	}
	_, err := do(ctx, wish)
	return err
}

// approve takes a PIN or the code of who is elsewhere. With neither a request is
// only used: its approvals came before.
func (a *api) approve(ctx context.Context, request string, approval *client.Approval) (err error) {
	switch {
	case approval.Code != "":
		_, err = a.Desk.ApproveByCode(request, pay.Secret(approval.Code))
	case approval.Name != "" || approval.PIN != "":
		_, err = a.Desk.ApproveByPIN(ctx, request, duty.Spot{Name: approval.Name, PIN: pay.Secret(approval.PIN)})
	}
	return err
}

// barred is a rule's no as the API says it; every other error is as it was.
func (a *api) barred(err error, order string) error {
	var halted *duty.Refusal
	var denied *staff.Refusal
	switch {
	case errors.As(err, &denied):
		zh, en := denied.Say(words.Zh), denied.Say(words.En)
		return &problem{reason: barred, cause: string(denied.Why), order: order, says: &[2]words.Screen{{What: zh}, {What: en}}}
	case !errors.As(err, &halted):
		return err
	}
	switch halted.Why {
	case words.HaltReason:
		return misread("reason is missing, or has more than 40 characters")
	case words.HaltPrivate:
		return neverKept
	case words.HaltLane:
		if key, ok := halted.Args[0].(words.Key); ok {
			return refusal(key, order)
		}
	case words.HaltNoOrder:
		return refusal(words.TellRefundNone, order)
	case words.HaltAmount:
		return refusal(words.TellRefundHigh, order)
	case words.HaltSpent:
		return refusal(words.TellRefundSpent, order)
	case words.HaltLaneBusy:
		return &problem{reason: laneBusy, order: order}
	case words.HaltUnwritten:
		a.Log.Error("the API could not write down who approved", "err", err)
		return refusal(words.TellRefundUnbooked, order)
	}
	p := &problem{reason: barred, cause: string(halted.Why), order: order, says: &[2]words.Screen{halted.Show(words.Zh), halted.Show(words.En)}}
	if r := halted.Request; r != nil {
		p.approval = &client.ApprovalNeeded{Request: r.ID, Text: r.Text, People: r.Needs, Amount: r.Amount,
			ForS: max(0, (r.Until-a.Desk.Clock().Mono)/int64(time.Second/time.Millisecond))}
		if !a.staffed() {
			p.detail = "nobody here has a PIN yet; the command tillgate staff first sets up a manager"
		}
	}
	return p
}

// staffed tells whether anybody can sign in here.
func (a *api) staffed() bool {
	for _, p := range a.Desk.Roster.People() {
		if p.PIN && !p.Gone {
			return true
		}
	}
	return false
}
