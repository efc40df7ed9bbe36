package wechat

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// transaction is what the network says of an order.
type transaction struct {
	payee
	Number  string `json:"out_trade_no"`
	Network string `json:"transaction_id"`
	State   string `json:"trade_state"`
	Words   string `json:"trade_state_desc"`
	PaidAt  string `json:"success_time"`
	Amount  struct {
		Total    *int64 `json:"total"`
		Currency string `json:"currency"`
	} `json:"amount"`
	Promotions []struct {
		Type   string `json:"type"`
		Amount int64  `json:"amount"`
	} `json:"promotion_detail"`
}

// query asks what became of an order (transactions/out-trade-no).
func (v *v3) query(ctx context.Context, a pay.Attempt) pay.Result {
	r, t := v.look(ctx, a)
	switch {
	case !r.verified:
		return r.result.NeverFinal()
	case r.status != http.StatusOK:
		return r.refused(queryCodes)
	case t == nil:
		return r.judged(unknown, pay.CodeIncomplete, "")
	}
	return v.traded(ctx, r, t, a)
}

// look asks for an order; nil: there is none in the reply.
func (v *v3) look(ctx context.Context, a pay.Attempt) (reply3, *transaction) {
	who := url.Values{}
	if v.o.SubMchID == "" {
		who.Set("mchid", v.o.MchID)
	} else {
		who.Set("sp_mchid", v.o.MchID)
		who.Set("sub_mchid", v.o.SubMchID)
	}
	r := v.ask(ctx, http.MethodGet, v.transactions()+"/out-trade-no/"+url.PathEscape(a.Number)+"?"+who.Encode(), nil)
	var t transaction
	if !r.verified || r.status != http.StatusOK || json.Unmarshal(r.body, &t) != nil {
		return r, nil
	}
	return r, &t
}

// traded judges an order's state. NOTPAY of a code that we show is Waiting:
// verified, open, and nobody has paid it yet. A code that we scanned is over when
// it is REFUND, as in API v2; one that we showed when its refund is.
func (v *v3) traded(ctx context.Context, r reply3, t *transaction, a pay.Attempt) pay.Result {
	switch {
	case t.State == "SUCCESS":
		return v.success(r, t, a)
	case t.State == "REFUND" && !a.Returning:
		result := v.success(r, t, a)
		result.State, result.Code = pay.Mismatch, t.State
		return result
	case v.other(t.payee) || !v.named(t.payee):
		return r.judged(unknown, pay.CodeMerchant, t.Words)
	case t.Number != a.Number:
		return r.judged(unknown, pay.CodeNumber, t.Words)
	case t.State == "REFUND" && a.Shown:
		return undone(v.find(ctx, pay.Whole(a)))
	case t.State == "REFUND":
		result := r.judged(declined, t.State, "")
		result.Returned = true
		return result
	}
	states := shownStates
	if !a.Shown {
		states = tradeStates
	}
	verdict, known := states[t.State]
	if !known {
		return r.judged(unknown, "trade_state "+pay.CutBasic(t.State, 32), t.Words)
	}
	return r.judged(verdict, t.State, t.Words)
}

// success judges a verified SUCCESS: everything that makes it ours has to be
// there, and to be ours.
func (v *v3) success(r reply3, t *transaction, a pay.Attempt) pay.Result {
	result := r.judged(verdict{state: pay.Mismatch}, "", "")
	paidAt, err := time.Parse(time.RFC3339, t.PaidAt)
	result.Network = pay.CutBasic(t.Network, networkBytesMax)
	if err == nil {
		result.PaidAt = paidAt
	}
	total, okTotal := money.Fen(0), t.Amount.Total != nil && *t.Amount.Total >= 0
	if okTotal {
		total = money.Fen(*t.Amount.Total)
	}
	settled, okSettled := t.settled(total)
	result.Amount, result.Settled = total, settled
	switch {
	case v.other(t.payee):
		result.Code = pay.CodeMerchant
	case t.Number != "" && t.Number != a.Number:
		result.Code = pay.CodeNumber
	case err == nil && !a.Asked.IsZero() && paidAt.Before(a.Asked.Add(-pay.EarlyMax)):
		result.Code = pay.CodePayTime
	case okTotal && total != a.Amount:
		result.Code = pay.CodeAmount
	case t.Amount.Currency != "" && t.Amount.Currency != "CNY":
		result.Code = pay.CodeCurrency
	case !okTotal || !okSettled || err != nil || result.Network == "" || !v.named(t.payee) || t.Number == "":
		result.State, result.Code = pay.Unknown, pay.CodeIncomplete
	default:
		result.State = pay.Paid
	}
	return result
}

// settled is what the merchant gets of a total: coupons that nobody has paid
// for beforehand are at its expense (NOCASH; DISCOUNT in older pages).
func (t *transaction) settled(total money.Fen) (money.Fen, bool) {
	settled := total
	for _, p := range t.Promotions {
		if p.Amount < 0 || money.Fen(p.Amount) > total {
			return 0, false
		}
		if p.Type == "NOCASH" || p.Type == "DISCOUNT" {
			settled -= money.Fen(p.Amount)
		}
	}
	return settled, settled >= 0
}

// other tells whether a reply names a merchant that is not ours.
func (v *v3) other(got payee) bool {
	ours := v.payee()
	other := func(got, ours string) bool { return got != "" && got != ours }
	return other(got.AppID, ours.AppID) || other(got.MchID, ours.MchID) || other(got.SpAppID, ours.SpAppID) ||
		other(got.SpMchID, ours.SpMchID) || other(got.SubMchID, ours.SubMchID) || ours.SubAppID != "" && other(got.SubAppID, ours.SubAppID)
}

// named tells whether a reply names its merchant at all.
func (v *v3) named(got payee) bool {
	if v.o.SubMchID == "" {
		return got.AppID != "" && got.MchID != ""
	}
	return got.SpAppID != "" && got.SpMchID != "" && got.SubMchID != ""
}
