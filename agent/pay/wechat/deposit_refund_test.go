package wechat

import (
	"maps"
	"slices"
	"testing"
	"time"

	"tillgate/agent/pay"
)

// holdRefund is a refund of 2.00 of the 88.50 that were captured of a deposit.
var holdRefund = pay.Refund{Of: pay.Attempt{Number: number + "51", Merchant: "shop", Amount: 8850, Asked: asked, Network: paidUnder},
	Hold: &kept300, Number: number + "01", Amount: 200, Reason: "退货"}

// gaveBack is the answer to a refund of a deposit that was taken on.
func gaveBack(more fields) fields {
	f := fields{"result_code": "SUCCESS", "err_code": "SUCCESS", "transaction_id": paidUnder, "out_trade_no": number, "out_refund_no": number + "01",
		"refund_id": "5030", "refund_fee": "200", "total_fee": "30000"}
	maps.Copy(f, more)
	return f
}

// flat is what production answers to a query of one: no list, and no order.
func flat(status string, more fields) fields {
	f := fields{"result_code": "SUCCESS", "err_code": "SUCCESS", "sub_mch_id": "", "out_refund_no": number + "01", "refund_id": "5030", "refund_fee": "200",
		"refund_status": status, "settlement_total_fee": "8850", "refund_channel": "ORIGINAL", "refund_recv_accout": "支付用户零钱", "refund_success_time": "2026-11-25 09:32:00"}
	maps.Copy(f, more)
	return f
}

// TestWhatWasCapturedGoesBack by the deposits' own calls, also where refunds of
// payments go by API v3.
func TestWhatWasCapturedGoesBack(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 25, 9, 32, 0, 0, pay.Beijing)
	list := fields{"result_code": "SUCCESS", "refund_count": "1", "out_trade_no": number, "transaction_id": paidUnder, "sub_mch_id": "", "out_refund_no_0": number + "01",
		"refund_id_0": "5030", "refund_fee_0": "200", "refund_status_0": "SUCCESS", "refund_success_time_0": "2026-11-25 09:32:00"}
	returned := pay.Result{State: pay.Returned, Code: "refund SUCCESS", Network: "5030", Amount: 200, Settled: 200, PaidAt: at, Date: asked.UTC()}
	for name, c := range map[string]struct {
		find fields
		want pay.Result
	}{
		"flat":               {flat("SUCCESS", nil), returned},
		"flat, with it all":  {flat("SUCCESS", fields{"out_trade_no": number, "total_fee": "8850", "sub_mch_id": partnerOptions.SubMchID}), returned},
		"as a list":          {list, returned},
		"flat, under way":    {flat("PROCESSING", fields{"refund_success_time": ""}), pay.Result{State: pay.Waiting, Code: "refund PROCESSING", Network: "5030", Amount: 200, Settled: 200, Date: asked.UTC()}},
		"less for us":        {flat("SUCCESS", fields{"settlement_refund_fee": "150"}), pay.Result{State: pay.Returned, Code: "refund SUCCESS", Network: "5030", Amount: 200, Settled: 150, PaidAt: at, Date: asked.UTC()}},
		"nobody knows it":    {refusedWith("REFUNDNOTEXIST"), pay.Result{NotFound: true, Code: "REFUNDNOTEXIST", Detail: words, Date: asked.UTC()}},
		"of another deposit": {flat("SUCCESS", fields{"out_trade_no": "x"}), pay.Result{Code: pay.CodeNumber}},
	} {
		n := says(map[string]fields{callHoldRefund: gaveBack(nil), callHoldFind: c.find})
		p := n.provider(t, partnerOptions)
		if got := p.Refund(t.Context(), holdRefund); got != (pay.Result{State: pay.Waiting, Code: "refund PROCESSING", Network: "5030", Amount: 200, Settled: 200, Date: asked.UTC()}) {
			t.Errorf("%s: given %+v", name, got)
		}
		if got := p.QueryRefund(t.Context(), holdRefund); got != c.want && (got.Code != pay.CodeNumber || got.State != pay.Unknown || c.want.Code != pay.CodeNumber) {
			t.Errorf("%s: found %+v, want %+v", name, got, c.want)
		}
		if !slices.Equal(n.asked, []string{callHoldRefund, callHoldFind}) {
			t.Errorf("%s: asked %v", name, n.asked)
		}
	}
}

// TestWhatARefundOfADepositProves spoils the answers to both calls. Its total is
// not judged: no page says whether it is the deposit's, or what was captured.
func TestWhatARefundOfADepositProves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil fields
		state pay.State
		code  string
	}{
		{"as it is", nil, pay.Waiting, "refund PROCESSING"},
		{"what was captured is the total", fields{"total_fee": "8850"}, pay.Waiting, "refund PROCESSING"},
		{"no total", fields{"total_fee": ""}, pay.Waiting, "refund PROCESSING"},
		{"no deposit", fields{"out_trade_no": ""}, pay.Waiting, "refund PROCESSING"},
		{"no sub-merchant", fields{"sub_mch_id": ""}, pay.Waiting, "refund PROCESSING"},
		{"another deposit", fields{"out_trade_no": "x"}, pay.Unknown, pay.CodeNumber},
		{"another refund", fields{"out_refund_no": number + "02"}, pay.Unknown, pay.CodeNumber},
		{"no refund", fields{"out_refund_no": ""}, pay.Unknown, pay.CodeIncomplete},
		{"another merchant", fields{"sub_mch_id": "1999999999"}, pay.Unknown, pay.CodeMerchant},
		{"no merchant", fields{"mch_id": ""}, pay.Unknown, pay.CodeIncomplete},
		{"a fen more", fields{"refund_fee": "201"}, pay.Mismatch, pay.CodeAmount},
		{"no amount", fields{"refund_fee": ""}, pay.Unknown, pay.CodeIncomplete},
		{"an odd amount", fields{"refund_fee": "2.00"}, pay.Unknown, pay.CodeIncomplete},
		{"a settlement of more", fields{"settlement_refund_fee": "201"}, pay.Unknown, pay.CodeIncomplete},
		{"in dollars", fields{"fee_type": "USD"}, pay.Mismatch, pay.CodeCurrency},
	} {
		p := says(map[string]fields{callHoldRefund: gaveBack(c.spoil), callHoldFind: flat("PROCESSING", c.spoil)}).provider(t, partnerOptions)
		for op, got := range map[string]pay.Result{"refund": p.Refund(t.Context(), holdRefund), "query": p.QueryRefund(t.Context(), holdRefund)} {
			if got.State != c.state || got.Code != c.code || got.NotFound || got.Fault {
				t.Errorf("%s, %s: %+v", op, c.name, got)
			}
		}
	}
}

// TestEveryStateOfADepositsRefund is as of any other.
func TestEveryStateOfADepositsRefund(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]pay.Result{"SUCCESS": {State: pay.Returned}, "PROCESSING": {State: pay.Waiting}, "REFUNDCLOSE": {State: pay.Declined},
		"CHANGE": {State: pay.Unknown, Fault: true}, "TOMORROW": {State: pay.Unknown}, "": {State: pay.Unknown}} {
		got := says(map[string]fields{callHoldFind: flat(status, nil)}).provider(t, partnerOptions).QueryRefund(t.Context(), holdRefund)
		if got.State != want.State || got.Fault != want.Fault || got.NotFound {
			t.Errorf("%q: %+v", status, got)
		}
	}
}

// TestARefusedRefundOfADeposit counts only where a look finds nothing.
func TestARefusedRefundOfADeposit(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(documentedRefunds)) {
		want := documentedRefunds[name]
		n := says(map[string]fields{callHoldRefund: refusedWith(name), callHoldFind: refusedWith("REFUNDNOTEXIST")})
		got := n.provider(t, directOptions).Refund(t.Context(), holdRefund)
		if got.State != want.State || got.Fault != want.Fault || got.NotFound || got.Code != name {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	for look, want := range map[string]pay.State{"SUCCESS": pay.Returned, "PROCESSING": pay.Waiting, "cold": pay.Unknown} {
		find := flat(look, nil)
		if look == "cold" {
			find = refusedWith("SYSTEMERROR")
		}
		n := says(map[string]fields{callHoldRefund: refusedWith("INVALID_REQUEST"), callHoldFind: find})
		if got := n.provider(t, directOptions).Refund(t.Context(), holdRefund); got.State != want || got.Fault {
			t.Errorf("refused, and the look says %s: %+v", look, got)
		}
	}
	if holdRefund.Hold == nil || holdRefund.Of.Number != number+"51" {
		t.Error("the refund was changed by who sent it")
	}
}
