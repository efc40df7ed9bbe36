package wechat

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"tillgate/agent/pay"
)

// codeOrder is a charge of a payment code through API v3.
type codeOrder struct {
	payee
	Description string    `json:"description"`
	Number      string    `json:"out_trade_no"`
	Payer       codePayer `json:"payer"`
	Amount      amount    `json:"amount"`
	Attach      string    `json:"attach,omitempty"`
	Scene       codeScene `json:"scene_info"`
}

type codePayer struct {
	Code string `json:"auth_code"`
}

// codeScene has to be there, and a store in it: of our own naming.
type codeScene struct {
	Device string    `json:"device_id,omitempty"`
	IP     string    `json:"device_ip"`
	Store  codeStore `json:"store_info"`
}

type codeStore struct {
	ID string `json:"out_id"`
}

// prepare makes and signs the request of a charge (transactions/codepay). It is
// sent once: the signature is not made again for the time that a refusal names,
// as that of all other calls is.
func (v *v3) prepare(c pay.Charge) func(context.Context) pay.Result {
	want := codeOrder{
		payee: v.payee(), Description: cmp.Or(pay.CutBasic(c.Title, bodyBytesMax), "付款"), Number: c.Number, Payer: codePayer{string(c.Code)}, Attach: pay.CutBasic(c.Note, attachBytesMax),
		Amount: amount{int64(c.Amount), "CNY"}, Scene: codeScene{Device: pay.CutBasic(c.Device, deviceBytesMax), IP: v.o.IP},
	}
	want.Scene.Store.ID = cmp.Or(pay.CutBasic(c.Lane, storeBytesMax), want.Scene.Device, v.o.MchID)
	request, err := v.request(http.MethodPost, v.transactions()+"/codepay", always(want), v.o.Now())
	return func(ctx context.Context) pay.Result {
		sent := pay.Reply{Code: pay.CodeNotSent, Err: err}
		if err == nil {
			sent = v.wire.Send(ctx, request)
		}
		return v.charged(ctx, v.read(ctx, sent, string(c.Code)), c.Attempt)
	}
}

// charged judges the answer to a charge. 202 is no error: the payer is asked for
// a password, in whichever of the shapes that have been seen.
func (v *v3) charged(ctx context.Context, r reply3, a pay.Attempt) pay.Result {
	if !r.verified {
		return r.result
	}
	var t transaction
	err := json.Unmarshal(r.body, &t)
	switch {
	case r.status == http.StatusOK && err != nil:
		return r.judged(unknown, pay.CodeIncomplete, "")
	case r.status == http.StatusOK:
		return v.traded(ctx, r, &t, a)
	case r.status != http.StatusAccepted:
		return r.refused(chargeCodes)
	case err != nil:
		return r.judged(unknown, pay.CodeIncomplete, "")
	case v.other(t.payee):
		return r.judged(unknown, pay.CodeMerchant, "")
	case t.Number != "" && t.Number != a.Number:
		return r.judged(unknown, pay.CodeNumber, "")
	}
	if asks := chargeCodes[cmp.Or(t.State, r.code)]; asks.state == pay.Waiting {
		return r.judged(asks, cmp.Or(t.State, r.code), cmp.Or(t.Words, r.words))
	}
	return r.judged(unknown, cmp.Or(t.State, r.code, "HTTP 202"), cmp.Or(t.Words, r.words))
}

// reverse makes sure that a charge takes no money: an order that was not paid is
// closed, a paid one is given back. There is no word for "call again" but a failure.
func (v *v3) reverse(ctx context.Context, a pay.Attempt) pay.Result {
	path := v.transactions() + "/out-trade-no/" + url.PathEscape(a.Number) + "/reverse"
	r := v.ask(ctx, http.MethodPost, path, always(v.payee()))
	switch {
	case !r.verified:
		return r.result.NeverFinal()
	case r.status != http.StatusOK:
		return r.refused(undoCodes)
	}
	var t transaction
	switch err := json.Unmarshal(r.body, &t); {
	case err != nil || t.Number == "":
		return r.judged(unknown, pay.CodeIncomplete, "")
	case v.other(t.payee):
		return r.judged(unknown, pay.CodeMerchant, "")
	case t.Number != a.Number:
		return r.judged(unknown, pay.CodeNumber, "")
	}
	return r.judged(verdict{state: pay.Declined}, "reversed", "")
}
