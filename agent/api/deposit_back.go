package api

import (
	"context"
	"net/http"

	"tillgate/agent/api/client"
	"tillgate/agent/duty"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// postDrop gives up a deposit that is not held yet, or the draft of one that waits
// for the guest's code. The deposit's end is told by GET.
func (a *api) postDrop(w http.ResponseWriter, r *http.Request, who *caller) error {
	var in client.DepositCancel
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
	if in.Deposit < 0 {
		return misread("deposit is a key, or 0 for the one that waits for the guest's code")
	}
	by, err := a.named(in.Staff)
	if err != nil {
		return err
	}
	key := entry.Seq(in.Deposit)
	return a.once(r, req, answerWithin, a.standing(w, r), func(ctx context.Context) error {
		if _, err := a.Desk.Drop(ctx, duty.Ask{By: by, Program: who.Name, Lane: in.Lane, Order: key}); err != nil {
			return a.barred(err, "")
		}
		if key == 0 {
			return answer(w, http.StatusAccepted, client.DepositAnswer{Deposit: wireDeposit(words.Deposit{Phase: words.DepositRefused, Lane: in.Lane})})
		}
		if err := a.did(ctx, req, key); err != nil {
			return err
		}
		return a.acceptedDeposit(w, r, key, "")
	})
}

// postBackOf gives back what was captured of a deposit, or a part of it, by the
// rules of refunds. The intent is durable with the answer.
func (a *api) postBackOf(w http.ResponseWriter, r *http.Request, who *caller) error {
	var in client.DepositRefund
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
	if _, err := a.lane(who, h.Lane); err != nil {
		return err
	}
	if in.Amount <= 0 {
		return misread("amount_fen must be more than 0")
	}
	by, err := a.named(in.Staff)
	if err != nil {
		return err
	}
	wish := duty.Ask{By: by, Program: who.Name, Lane: h.Lane, Order: h.ID, Number: h.Asked.Number, Amount: in.Amount, Capture: in.Capture, Reason: in.Reason, Once: req}
	return a.letGo(r, wish, approval, depositAddress(h.ID), a.Desk.Refund, func() error { return a.acceptedDeposit(w, r, h.ID, "") })
}

// refundsOf are what of a deposit's captures has gone back, or is about to.
func (a *api) refundsOf(ctx context.Context, key entry.Seq) (all []client.Refund, err error) {
	paid, err := a.Store.Payment(ctx, key)
	if err != nil {
		return nil, err
	}
	for _, r := range paid.Refunds {
		one, err := a.refund(ctx, r)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
