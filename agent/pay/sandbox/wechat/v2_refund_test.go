package wechat

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay/sandbox"
	"tillgate/store/money"
)

// back asks for a refund of fen of 5.00, with more in the request.
func (b bench) back(t *testing.T, m Merchant, refund, fen string, more fields) fields {
	t.Helper()
	f := m.request(sandbox.Refund, number, "")
	maps.Copy(f, fields{"out_refund_no": refund, "total_fee": "500", "refund_fee": fen})
	maps.Copy(f, more)
	for name, value := range more {
		if value == "absent" {
			delete(f, name)
		}
	}
	return b.ask(t, sandbox.Refund, m, f)
}

// lookBack asks what became of refunds.
func (b bench) lookBack(t *testing.T, m Merchant, by fields) fields {
	t.Helper()
	f := m.request(sandbox.RefundQuery, number, "")
	delete(f, "out_trade_no")
	maps.Copy(f, by)
	return b.ask(t, sandbox.RefundQuery, m, f)
}

// TestRefundsOfAPIv2 gives parts of a payment back, over time.
func TestRefundsOfAPIv2(t *testing.T) {
	t.Parallel()
	for _, m := range []Merchant{direct, partly} {
		b := newBench(sandbox.Options{RefundTakes: 30 * time.Second})
		if got := b.lookBack(t, m, fields{"out_trade_no": number}); word(got) != "REFUNDNOTEXIST" {
			t.Errorf("nothing is paid: %v", got)
		}
		b.charge(t, m, number, b.NewCode(sandbox.Behaviour{}))
		for i, c := range []struct {
			later       time.Duration
			refund, fen string
			how, want   string
			status      string // a query's, then
			net         money.Fen
		}{
			{0, "r1", "100", sandbox.Pays, "SUCCESS", "PROCESSING", 500},
			{29 * time.Second, "r1", "100", sandbox.Pays, "SUCCESS", "PROCESSING", 500},
			{time.Second, "r1", "100", sandbox.Pays, "SUCCESS", "SUCCESS", 400},
			{0, "r1", "101", sandbox.Pays, "REFUND_FEE_MISMATCH", "SUCCESS", 400},
			{29 * time.Second, "r2", "100", sandbox.Pays, "FREQUENCY_LIMITED", "REFUNDNOTEXIST", 400},
			{time.Second, "r2", "401", sandbox.Pays, "INVALID_REQUEST", "REFUNDNOTEXIST", 400},
			{0, "r2", "100", "error:NOTENOUGH", "NOTENOUGH", "REFUNDNOTEXIST", 400},
			{0, "r2", "100", sandbox.RateLimit, "FREQUENCY_LIMITED", "REFUNDNOTEXIST", 400},
			{0, "r2", "100", sandbox.SystemErrorAfter, "SYSTEMERROR", "PROCESSING", 400},
			{time.Minute, "r3", "100", sandbox.Abnormal, "SUCCESS", "PROCESSING", 300},
			{time.Minute, "r4", "200", sandbox.ComesBack, "SUCCESS", "PROCESSING", 300},
			{time.Minute, "r4", "200", sandbox.Pays, "SUCCESS", "REFUNDCLOSE", 300},
			{0, "r5", "200", sandbox.Pays, "SUCCESS", "PROCESSING", 300},
			{time.Minute, "r3", "100", sandbox.Pays, "SUCCESS", "CHANGE", 100},
			{366 * 24 * time.Hour, "r6", "1", sandbox.Pays, "TRADE_OVERDUE", "REFUNDNOTEXIST", 100},
		} {
			b.clock.move(c.later)
			b.Next(sandbox.Refund, sandbox.Do(c.how))
			got := b.back(t, m, c.refund, c.fen, nil)
			if word(got) != c.want || c.want == "SUCCESS" && (got["refund_fee"] != c.fen || got["out_refund_no"] != c.refund || got["total_fee"] != "500" || got["recall"] != "") {
				t.Errorf("%d: %v, want %s", i, got, c.want)
			}
			look := b.lookBack(t, m, fields{"out_refund_no": c.refund})
			if status := look["refund_status_0"]; status != c.status && word(look) != c.status {
				t.Errorf("%d: %v, want %s", i, look, c.status)
			}
			if net := b.Net(number); net != c.net {
				t.Errorf("%d: the payer is without %v, not %v", i, net, c.net)
			}
		}
	}
}

// TestARefundIsFoundByEveryNumber, and told with its share of the coupon.
func TestARefundIsFoundByEveryNumber(t *testing.T) {
	t.Parallel()
	b := newBench(sandbox.Options{})
	paid := b.ask(t, sandbox.Charge, partly, partly.request(sandbox.Charge, number, b.NewCode(sandbox.Do(sandbox.Coupon))))
	got := b.back(t, partly, number+"01", "500", fields{"out_trade_no": "absent", "transaction_id": paid["transaction_id"], "refund_desc": "退货", "refund_account": "REFUND_SOURCE_RECHARGE_FUNDS"})
	for name, want := range map[string]string{"refund_fee": "500", "settlement_refund_fee": "499", "cash_refund_fee": "499", "coupon_refund_fee": "1", "coupon_refund_count": "1",
		"settlement_total_fee": "499", "cash_fee": "499", "coupon_type_0": "NO_CASH", "transaction_id": paid["transaction_id"], "out_trade_no": number} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	for _, by := range []fields{{"out_trade_no": number}, {"transaction_id": paid["transaction_id"]}, {"out_refund_no": number + "01"}, {"refund_id": got["refund_id"]}, {"out_trade_no": number, "offset": "0"}} {
		look := b.lookBack(t, partly, by)
		for name, want := range map[string]string{"refund_status_0": "SUCCESS", "out_refund_no_0": number + "01", "refund_id_0": got["refund_id"], "refund_count": "1", "refund_fee_0": "500",
			"settlement_refund_fee_0": "499", "refund_success_time_0": "2026-11-25 09:30:00", "total_fee": "500", "out_trade_no": number} {
			if look[name] != want {
				t.Errorf("by %v: %s is %q, want %q", by, name, look[name], want)
			}
		}
	}
	for _, by := range []fields{{"out_trade_no": number, "offset": "1"}, {"refund_id": "50300"}, {"out_refund_no": "r"}, {"transaction_id": "4200"}} {
		if look := b.lookBack(t, partly, by); word(look) != "REFUNDNOTEXIST" {
			t.Errorf("by %v: %v", by, look)
		}
	}
	if got := b.undo(t, partly, number); got != "USERPAYING" {
		t.Error(got)
	}
	b.clock.move(15 * time.Second)
	if got := b.undo(t, partly, number); got != "INVALID_REQUEST" {
		t.Errorf("reversed after a refund: %s", got)
	}
}

// TestRefundsComeInPagesOfTen, and not more than fifty of one payment.
func TestRefundsComeInPagesOfTen(t *testing.T) {
	t.Parallel()
	b := newBench(sandbox.Options{})
	b.charge(t, direct, number, b.NewCode(sandbox.Behaviour{}))
	for n := range refundsMost + 1 {
		want := "SUCCESS"
		if n == refundsMost {
			want = "INVALID_REQUEST"
		}
		if got := b.back(t, direct, fmt.Sprintf("%s%02d", number, n+1), "1", nil); word(got) != want {
			t.Fatalf("refund %d: %v", n, got)
		}
		b.clock.move(time.Minute)
	}
	for offset, c := range map[string]struct{ count, first string }{"": {"10", "01"}, "10": {"10", "11"}, "45": {"5", "46"}} {
		look := b.lookBack(t, direct, fields{"out_trade_no": number, "offset": offset})
		if look["refund_count"] != c.count || look["total_refund_count"] != "50" || look["out_refund_no_0"] != number+c.first || look["out_refund_no_"+c.count] != "" {
			t.Errorf("from %q: %v", offset, look)
		}
	}
}

// TestWrongRefundsAreRefused changes one field of a good request.
func TestWrongRefundsAreRefused(t *testing.T) {
	t.Parallel()
	b := newBench(sandbox.Options{})
	b.charge(t, partly, number, b.NewCode(sandbox.Behaviour{}))
	for _, c := range []struct{ field, value, want string }{
		{"out_refund_no", "absent", "LACK_PARAMS"},
		{"out_refund_no", strings.Repeat("8", 65), "PARAM_ERROR"},
		{"out_refund_no", "8#", "PARAM_ERROR"},
		{"out_trade_no", "absent", "LACK_PARAMS"},
		{"out_trade_no", "880100520001004210000172", "ORDERNOTEXIST"},
		{"transaction_id", "4200", "PARAM_ERROR"},
		{"total_fee", "absent", "LACK_PARAMS"},
		{"total_fee", "5.00", "PARAM_ERROR"},
		{"total_fee", "501", "INVALID_REQUEST"},
		{"refund_fee", "absent", "LACK_PARAMS"},
		{"refund_fee", "0", "PARAM_ERROR"},
		{"refund_fee", "501", "INVALID_REQUEST"},
		{"refund_fee_type", "USD", "PARAM_ERROR"},
		{"refund_desc", strings.Repeat("车", 27), "PARAM_ERROR"},
		{"refund_account", "MINE", "PARAM_ERROR"},
		{"notify_url", "http://example.com/n", "PARAM_ERROR"},
		{"op_user_id", "8", "PARAM_ERROR"},
		{"sub_mch_id", "1900000999", "MCHID_NOT_EXIST"},
		{"appid", "wx0000000000000000", "APPID_MCHID_NOT_MATCH"},
	} {
		if got := word(b.back(t, partly, "r", "500", fields{c.field: c.value})); got != c.want || b.Net(number) != 500 {
			t.Errorf("%s %q: %s, want %s", c.field, c.value, got, c.want)
		}
	}
	for _, by := range []fields{{}, {"out_trade_no": number, "out_refund_no": "r"}, {"out_trade_no": number, "offset": "-1"}, {"out_trade_no": number, "offset": "x"}, {"out_trade_no": number, "total_fee": "1"}} {
		if got := word(b.lookBack(t, partly, by)); got != "PARAM_ERROR" && got != "LACK_PARAMS" {
			t.Errorf("query by %v: %s", by, got)
		}
	}
	b.clock.move(15 * time.Second)
	if got := b.undo(t, partly, number); got != "N" {
		t.Fatal(got)
	}
	if got := word(b.back(t, partly, "r", "500", nil)); got != "INVALID_REQUEST" || b.Net(number) != 0 {
		t.Errorf("refunded after a reverse: %s", got)
	}
}

// TestARefundNeedsACertificate in the handshake; a query about it does not.
func TestARefundNeedsACertificate(t *testing.T) {
	t.Parallel()
	b := newBench(sandbox.Options{})
	for path, want := range map[string]int{"/secapi/pay/refund": http.StatusBadRequest, "/pay/refundquery": http.StatusOK} {
		w := httptest.NewRecorder()
		b.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader("<xml/>")))
		if w.Code != want {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestRefundsOfAPIv2Lie spoils what is said of a refund, under a good signature.
func TestRefundsOfAPIv2Lie(t *testing.T) {
	t.Parallel()
	b := newBench(sandbox.Options{})
	b.charge(t, direct, number, b.NewCode(sandbox.Behaviour{}))
	for how, c := range map[string]struct{ field, value string }{
		sandbox.WrongAmount:   {"refund_fee_0", "1000"},
		sandbox.WrongMerchant: {"mch_id", "1999999999"},
		sandbox.WrongNumber:   {"out_trade_no", "98010052000100421000017x"},
	} {
		b.back(t, direct, "r", "100", nil)
		b.Next(sandbox.RefundQuery, sandbox.Do(how))
		if got := b.lookBack(t, direct, fields{"out_refund_no": "r"}); got[c.field] != c.value {
			t.Errorf("%s: %v", how, got)
		}
	}
}
