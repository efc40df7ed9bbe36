package wechat

import (
	"context"
	"slices"
	"testing"
	"time"

	"tillgate/agent/pay"
)

// TestShownQueries looks at what is asked about a code.
func TestShownQueries(t *testing.T) {
	t.Parallel()
	for name, o := range modes() {
		n := &network3{answer: func(call3) answer3 { return trade(o, "NOTPAY", nil) }}
		s := n.shower(t, o)
		r := s.Query(context.Background(), shownAttempt)
		want := "/v3/pay/transactions/out-trade-no/" + number + "?mchid=1900000109"
		if o.SubMchID != "" {
			want = "/v3/pay/partner/transactions/out-trade-no/" + number + "?sp_mchid=1900000109&sub_mchid=1900000200"
		}
		if got := n.calls[0]; got.method != "GET" || got.path != want || got.body != "" {
			t.Errorf("%s: %s %s %q", name, got.method, got.path, got.body)
		}
		if want := (pay.Result{State: pay.Waiting, Code: "NOTPAY", Date: asked.UTC(), Detail: words + " request 08CF-1"}); r != want {
			t.Errorf("%s: %+v", name, r)
		}
		before := s.Signatures()
		if s.Query(context.Background(), shownAttempt); s.Signatures() != before+1 {
			t.Errorf("%s: a query takes %d signatures", name, s.Signatures()-before)
		}
	}
}

// TestEveryStateOfAShownOrder on the way forth and on the way back.
func TestEveryStateOfAShownOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state       string
		forth, back pay.State
	}{
		{"SUCCESS", pay.Paid, pay.Paid},
		{"NOTPAY", pay.Waiting, pay.Waiting},
		{"USERPAYING", pay.Waiting, pay.Waiting},
		{"CLOSED", pay.Declined, pay.Declined},
		{"REVOKED", pay.Declined, pay.Declined},
		{"PAYERROR", pay.Unknown, pay.Unknown},
		{"ACCEPT", pay.Unknown, pay.Unknown},
		{"TOMORROW", pay.Unknown, pay.Unknown},
		{"", pay.Unknown, pay.Unknown},
	} {
		back := shownAttempt
		back.Returning = true
		for name, o := range modes() {
			n := &network3{answer: func(call3) answer3 { return trade(o, c.state, nil) }}
			s := n.shower(t, o)
			if r := s.Query(context.Background(), shownAttempt); r.State != c.forth || r.NotFound || r.Fault {
				t.Errorf("%s, %q: %+v", name, c.state, r)
			}
			if r := s.Query(context.Background(), back); r.State != c.back || r.NotFound || r.Fault {
				t.Errorf("%s, %q on the way back: %+v", name, c.state, r)
			}
		}
		if c.state == "SUCCESS" {
			continue
		}
		for what, more := range map[string]map[string]any{
			pay.CodeNumber: {"out_trade_no": "880100520001004210000189"}, pay.CodeNumber + ", none": {"out_trade_no": nil},
			pay.CodeMerchant: {"mchid": "1999999999"}, pay.CodeMerchant + ", none": {"mchid": nil}, pay.CodeMerchant + "'s app": {"appid": "wx0"},
		} {
			n := &network3{answer: func(call3) answer3 { return trade(directOptions, c.state, more) }}
			if r := n.shower(t, directOptions).Query(context.Background(), back); r.State != pay.Unknown || r.Code != pay.CodeNumber && r.Code != pay.CodeMerchant {
				t.Errorf("%q of %s: %+v", c.state, what, r)
			}
		}
	}
}

// TestAShownSuccessIsHeldAgainstTheAttempt changes one field of a payment.
func TestAShownSuccessIsHeldAgainstTheAttempt(t *testing.T) {
	t.Parallel()
	sum := func(more map[string]any) map[string]any { return map[string]any{"amount": more} }
	coupons := func(c ...map[string]any) map[string]any { return map[string]any{"promotion_detail": c} }
	for _, c := range []struct {
		name    string
		more    map[string]any
		state   pay.State
		code    string
		settled int64
	}{
		{"as it should be", nil, pay.Paid, "", 500},
		{"no payer total", sum(map[string]any{"total": 500, "currency": "CNY"}), pay.Paid, "", 500},
		{"no currency", sum(map[string]any{"total": 500}), pay.Paid, "", 500},
		{"nearly too early", map[string]any{"success_time": "2026-11-25T09:25:00+08:00"}, pay.Paid, "", 500},
		{"with milliseconds", map[string]any{"success_time": "2026-11-25T09:30:05.123+08:00"}, pay.Paid, "", 500},
		{"a coupon of the merchant", coupons(map[string]any{"type": "NOCASH", "amount": 30}), pay.Paid, "", 470},
		{"an older one", coupons(map[string]any{"type": "DISCOUNT", "amount": 30}), pay.Paid, "", 470},
		{"two of them", coupons(map[string]any{"type": "NOCASH", "amount": 30}, map[string]any{"type": "NOCASH", "amount": 20}), pay.Paid, "", 450},
		{"one that was paid for", coupons(map[string]any{"type": "CASH", "amount": 30}), pay.Paid, "", 500},
		{"a fen more", sum(map[string]any{"total": 501, "currency": "CNY"}), pay.Mismatch, pay.CodeAmount, 501},
		{"nothing", sum(map[string]any{"total": 0, "currency": "CNY"}), pay.Mismatch, pay.CodeAmount, 0},
		{"dollars", sum(map[string]any{"total": 500, "currency": "USD"}), pay.Mismatch, pay.CodeCurrency, 500},
		{"somebody's", map[string]any{"mchid": "1999999999"}, pay.Mismatch, pay.CodeMerchant, 500},
		{"another app's", map[string]any{"appid": "wx0"}, pay.Mismatch, pay.CodeMerchant, 500},
		{"another order's", map[string]any{"out_trade_no": "880100520001004210000189"}, pay.Mismatch, pay.CodeNumber, 500},
		{"too early", map[string]any{"success_time": "2026-11-25T09:24:59+08:00"}, pay.Mismatch, pay.CodePayTime, 500},
		{"no amount", map[string]any{"amount": nil}, pay.Unknown, pay.CodeIncomplete, 0},
		{"less than nothing", sum(map[string]any{"total": -500, "currency": "CNY"}), pay.Unknown, pay.CodeIncomplete, 0},
		{"no number of the network", map[string]any{"transaction_id": ""}, pay.Unknown, pay.CodeIncomplete, 500},
		{"no number", map[string]any{"out_trade_no": nil}, pay.Unknown, pay.CodeIncomplete, 500},
		{"no merchant", map[string]any{"mchid": nil}, pay.Unknown, pay.CodeIncomplete, 500},
		{"no app", map[string]any{"appid": nil}, pay.Unknown, pay.CodeIncomplete, 500},
		{"no time", map[string]any{"success_time": nil}, pay.Unknown, pay.CodeIncomplete, 500},
		{"a time of API v2", map[string]any{"success_time": "20261125093005"}, pay.Unknown, pay.CodeIncomplete, 500},
		{"a coupon of more than all", coupons(map[string]any{"type": "NOCASH", "amount": 501}), pay.Unknown, pay.CodeIncomplete, 0},
		{"coupons of more than all", coupons(map[string]any{"type": "NOCASH", "amount": 300}, map[string]any{"type": "NOCASH", "amount": 300}), pay.Unknown, pay.CodeIncomplete, -100},
		{"a coupon that gives", coupons(map[string]any{"type": "NOCASH", "amount": -1}), pay.Unknown, pay.CodeIncomplete, 0},
		{"an amount in words", map[string]any{"amount": "500"}, pay.Unknown, pay.CodeIncomplete, 0},
	} {
		n := &network3{answer: func(call3) answer3 { return trade(directOptions, "SUCCESS", c.more) }}
		s := n.shower(t, directOptions)
		r := s.Query(context.Background(), shownAttempt)
		if r.State != c.state || r.Code != c.code || int64(r.Settled) != c.settled || r.Date.IsZero() {
			t.Errorf("%s: %+v", c.name, r)
		}
		if r.State == pay.Paid && (r.Amount != 500 || r.Network != "4200001" || r.PaidAt.IsZero()) {
			t.Errorf("%s: %+v", c.name, r)
		}
		if untimed := shownAttempt; c.code == pay.CodePayTime {
			untimed.Asked = time.Time{}
			if r := s.Query(context.Background(), untimed); r.State != pay.Paid {
				t.Errorf("%s, without a clock when it was asked: %+v", c.name, r)
			}
		}
	}
}

// TestNoErrorOfAShownQueryIsFinal walks the codes of all pages.
func TestNoErrorOfAShownQueryIsFinal(t *testing.T) {
	t.Parallel()
	var names []string
	for _, table := range []map[string]verdict{showCodes, queryCodes, closeCodes, refundCodes, refundLookCodes} {
		for name := range table {
			names = append(names, name)
		}
	}
	var answer answer3
	n := &network3{answer: func(call3) answer3 { return answer }}
	s := n.shower(t, with(directOptions, byPublicKey))
	for _, name := range append(names, "NOT_FOUND", "SUCCESS", "") {
		known := slices.Contains([]string{"ORDER_NOT_EXIST", "ORDERNOTEXIST"}, name)
		for _, status := range []int{400, 403, 404, 429, 500} {
			answer = refusal(status, name)
			r := s.Query(context.Background(), shownAttempt)
			if r.State != pay.Unknown || r.Fault || r.Code == "" || r.NotFound != (known && status < 429) {
				t.Errorf("%d %q: %+v", status, name, r)
			}
		}
	}
}
