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

const refundsPath = "/v3/refund/domestic/refunds"

// give sends a refund (refund/domestic/refunds). The same refund has the same
// bytes each time, so that sent twice it is one.
func (v *v3) give(ctx context.Context, r pay.Refund) (pay.Result, bool) {
	type sums struct {
		Refund   int64  `json:"refund"`
		Total    int64  `json:"total"`
		Currency string `json:"currency"`
	}
	want := struct {
		SubMchID string `json:"sub_mchid,omitempty"`
		Number   string `json:"out_trade_no"`
		Refund   string `json:"out_refund_no"`
		Reason   string `json:"reason,omitempty"`
		Amount   sums   `json:"amount"`
	}{v.o.SubMchID, r.Of.Number, r.Number, pay.CutBasic(r.Reason, reasonBytesMax), sums{int64(r.Amount), int64(r.Of.Amount), "CNY"}}
	got := v.ask(ctx, http.MethodPost, refundsPath, always(want))
	if got.verified && got.status != http.StatusOK {
		return got.refused(refundCodes), true
	}
	return got.refunded(r), false
}

// find asks for a refund.
func (v *v3) find(ctx context.Context, r pay.Refund) pay.Result {
	path := refundsPath + "/" + url.PathEscape(r.Number)
	if v.o.SubMchID != "" {
		path += "?sub_mchid=" + url.QueryEscape(v.o.SubMchID)
	}
	got := v.ask(ctx, http.MethodGet, path, nil)
	if got.verified && got.status != http.StatusOK {
		return got.refused(refundLookCodes)
	}
	return got.refunded(r)
}

// refunded judges a reply with a refund in it.
func (r reply3) refunded(want pay.Refund) pay.Result {
	if !r.verified {
		return r.result.NeverFinal()
	}
	var got struct {
		Network string `json:"refund_id"`
		Refund  string `json:"out_refund_no"`
		Number  string `json:"out_trade_no"`
		Status  string `json:"status"`
		PaidAt  string `json:"success_time"`
		Amount  struct {
			Refund   *int64 `json:"refund"`
			Total    *int64 `json:"total"`
			Settled  *int64 `json:"settlement_refund"`
			Currency string `json:"currency"`
		} `json:"amount"`
	}
	if json.Unmarshal(r.body, &got) != nil {
		return r.judged(unknown, pay.CodeIncomplete, "")
	}
	f := refunded{number: got.Refund, of: got.Number, network: got.Network, status: got.Status, cny: got.Amount.Currency == "" || got.Amount.Currency == "CNY"}
	if sum := got.Amount; sum.Refund != nil && sum.Total != nil {
		f.refund, f.total, f.settled, f.whole = money.Fen(*sum.Refund), money.Fen(*sum.Total), money.Fen(*sum.Refund), true
		if sum.Settled != nil {
			f.settled = money.Fen(*sum.Settled)
		}
	}
	f.over, _ = time.Parse(time.RFC3339, got.PaidAt) // none is the zero time
	verdict, code := f.judge(want)
	return f.tell(r.judged(verdict, code, ""))
}
