package unionpay

import (
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

var (
	partBack  = pay.Refund{Of: attempt, Number: number + "01", Amount: 200, Reason: "退货"}
	partShown = pay.Refund{Of: shownAttempt, Number: number + "01", Amount: 200}
)

// TestARefundOfAScannedCode walks what may be answered, and what the look says then.
func TestARefundOfAScannedCode(t *testing.T) {
	t.Parallel()
	done := object{"errCode": "00", "refundOrderId": "R1", "transactionAmount": 200}
	looked := object{"errCode": "00", "queryResCode": "00", "transactionAmount": 200}
	for _, c := range []struct {
		name         string
		answer, look object
		want         pay.Result
		asked        string
	}{
		{"done", done, nil, pay.Result{State: pay.Returned, Code: "00", Amount: 200, Settled: 200}, "refund"},
		{"done, with a coupon", with(done, object{"refundInvoiceAmount": 150}), nil, pay.Result{State: pay.Returned, Code: "00", Amount: 200, Settled: 150}, "refund"},
		{"done, its amount is the invoice's", with(done, object{"transactionAmount": nil, "refundInvoiceAmount": 200}), nil, pay.Result{State: pay.Returned, Code: "00", Amount: 200, Settled: 200}, "refund"},
		{"done, and how much is not said", object{"errCode": "00"}, looked, pay.Result{State: pay.Returned, Code: "00", Amount: 200, Settled: 200}, "refund query-refund"},
		{"done, another device's", object{"errCode": "00", "refundInvoiceAmount": 100}, with(looked, object{"transactionAmount": 100}), pay.Result{State: pay.Mismatch, Code: pay.CodeAmount, Amount: 100}, "refund query-refund"},
		{"done, and nobody says how much", object{"errCode": "00"}, failed("96"), pay.Result{Code: "96"}, "refund query-refund"},
		{"done, and not there yet", object{"errCode": "00"}, nil, pay.Result{Code: "25"}, "refund query-refund"},
		{"of another amount", with(done, object{"transactionAmount": 300}), nil, pay.Result{State: pay.Mismatch, Code: pay.CodeAmount, Amount: 300}, "refund"},
		{"more than was asked for", object{"errCode": "00", "refundInvoiceAmount": 300}, nil, pay.Result{State: pay.Mismatch, Code: pay.CodeAmount, Amount: 300}, "refund"},
		{"half an amount", with(done, object{"transactionAmount": "2.00"}), nil, pay.Result{Code: pay.CodeIncomplete}, "refund"},
		{"another refund's", with(done, object{"refundRequestId": number + "02"}), nil, pay.Result{Code: pay.CodeNumber}, "refund"},
		{"another payment's", with(done, object{"merchantOrderId": "x"}), nil, pay.Result{Code: pay.CodeNumber}, "refund"},
		{"another merchant's", with(done, object{"merchantCode": "x"}), nil, pay.Result{Code: pay.CodeMerchant}, "refund"},

		{"taken on", failed("0000"), nil, pay.Result{Code: "0000"}, "refund"},
		{"a system error", failed("96"), nil, pay.Result{Code: "96"}, "refund"},
		{"not known or not found", failed("FF"), nil, pay.Result{Code: "FF"}, "refund"},
		{"there is no such payment", failed("25"), nil, pay.Result{Code: "25", Fault: true}, "refund"},
		{"not for us to do", failed("A7"), nil, pay.Result{Code: "A7", Fault: true}, "refund"},

		{"too much", failed("64"), nil, pay.Result{State: pay.Declined, Code: "64"}, "refund query-refund"},
		{"too much, for it was done before", failed("64"), looked, pay.Result{State: pay.Returned, Code: "00", Amount: 200, Settled: 200}, "refund query-refund"},
		{"too much, and it may be on its way", failed("64"), object{"errCode": "00", "queryResCode": "FF"}, pay.Result{Code: "64"}, "refund query-refund"},
		{"too much, and nobody answers", failed("64"), failed("96"), pay.Result{Code: "64"}, "refund query-refund"},
		{"a refusal of tomorrow", failed("51"), nil, pay.Result{State: pay.Declined, Code: "51"}, "refund query-refund"},
		{"a refusal of tomorrow, of what was done", failed("51"), looked, pay.Result{State: pay.Returned, Code: "00", Amount: 200, Settled: 200}, "refund query-refund"},
		{"a word of tomorrow", failed("TOMORROW"), nil, pay.Result{Code: "TOMORROW"}, "refund"},
		{"its number was used", failed("94"), nil, pay.Result{Code: "94"}, "refund query-refund"},
		{"its number was used by us", failed("94"), looked, pay.Result{State: pay.Returned, Code: "00", Amount: 200, Settled: 200}, "refund query-refund"},
		{"its number was used by another", failed("94"), with(looked, object{"transactionAmount": 300}), pay.Result{State: pay.Mismatch, Code: pay.CodeAmount, Amount: 300}, "refund query-refund"},
	} {
		n := saying(map[string]object{callRefund: c.answer, callRefundQuery: c.look})
		got := n.shower(t, testOptions).Refund(t.Context(), partBack)
		if got.State != c.want.State || got.Code != c.want.Code || got.Fault != c.want.Fault || got.NotFound || got.Amount != c.want.Amount || got.Settled != c.want.Settled || got.State != pay.Unknown && got.Date.IsZero() {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
		if (got.Message != "") != (got.State == pay.Declined) {
			t.Errorf("%s: says %q to the payer", c.name, got.Message)
		}
		if asked := strings.Join(n.asked(), " "); asked != c.asked {
			t.Errorf("%s: asked %s, want %s", c.name, asked, c.asked)
		}
	}
}

// TestALookAtARefundOfAScannedCode: two levels, and 00 on both is back. The sum of
// an order's refunds, which is wrong there, is never read.
func TestALookAtARefundOfAScannedCode(t *testing.T) {
	t.Parallel()
	done := object{"errCode": "00", "queryResCode": "00", "refundedAmount": 0, "dealDate": "20261125", "dealTime": "093400"}
	when := time.Date(2026, 11, 25, 9, 34, 0, 0, pay.Beijing)
	for _, c := range []struct {
		name  string
		spoil object
		want  pay.Result
	}{
		{"back", nil, pay.Result{State: pay.Returned, Code: "00", Amount: 200, Settled: 200, PaidAt: when}},
		{"back, with its amount", object{"transactionAmount": 200}, pay.Result{State: pay.Returned, Code: "00", Amount: 200, Settled: 200, PaidAt: when}},
		{"back, its own as the original one", object{"originalAmount": 200}, pay.Result{State: pay.Returned, Code: "00", Amount: 200, Settled: 200, PaidAt: when}},
		{"back, the payment's as the original one", object{"originalAmount": 500}, pay.Result{State: pay.Returned, Code: "00", Amount: 200, Settled: 200, PaidAt: when}},
		{"back, without a time", object{"dealDate": nil}, pay.Result{State: pay.Returned, Code: "00", Amount: 200, Settled: 200}},
		{"back, of another amount", object{"transactionAmount": 300, "originalAmount": 500}, pay.Result{State: pay.Mismatch, Code: pay.CodeAmount, Amount: 300}},
		{"back, of another original amount", object{"originalAmount": 300}, pay.Result{State: pay.Mismatch, Code: pay.CodeAmount, Amount: 300}},
		{"not yet", object{"queryResCode": "FF"}, pay.Result{Code: "queryResCode FF"}},
		{"paid is not back", object{"queryResCode": "0"}, pay.Result{Code: "queryResCode 0"}},
		{"failed, today", object{"queryResCode": "5"}, pay.Result{Code: "queryResCode 5"}},
		{"nothing said", object{"queryResCode": nil}, pay.Result{Code: "queryResCode"}},
		{"not there, on the second level", object{"queryResCode": "25"}, pay.Result{Code: "25", NotFound: true}},
		{"not there", object{"errCode": "22"}, pay.Result{Code: "22", NotFound: true}},
		{"not sure", object{"errCode": "FF"}, pay.Result{Code: "FF"}},
		{"not for us to do", object{"errCode": "1001"}, pay.Result{Code: "1001", Fault: true}},
		{"another refund's", object{"refundRequestId": number + "02"}, pay.Result{Code: pay.CodeNumber}},
		{"another merchant's", object{"merchantCode": "x"}, pay.Result{Code: pay.CodeMerchant}},
	} {
		got := saying(map[string]object{callRefundQuery: with(done, c.spoil)}).shower(t, testOptions).QueryRefund(t.Context(), partBack)
		want := c.want
		want.Date, want.Detail = got.Date, got.Detail
		if got != want || got.State != pay.Unknown && got.Date.IsZero() {
			t.Errorf("%s: %+v, want %+v", c.name, got, want)
		}
	}
}

// TestARefundOfABill: errCode SUCCESS alone gives nothing back.
func TestARefundOfABill(t *testing.T) {
	t.Parallel()
	answer := func(status any) object {
		return object{"errCode": "SUCCESS", "refundStatus": status, "refundOrderId": bill + "01"}
	}
	refund := func(status string, sum money.Fen) object {
		return back(paidBill, object{"refundOrderId": bill + "01", "refundStatus": status, "refundAmount": sum})
	}
	for _, c := range []struct {
		name         string
		answer, look object
		want         pay.Result
		asked        string
	}{
		{"back", answer("SUCCESS"), nil, pay.Result{State: pay.Returned, Code: "SUCCESS", Amount: 200, Settled: 200}, "refund"},
		{"back, with its amounts", with(answer("SUCCESS"), object{"refundAmount": "200", "refundInvoiceAmount": 150}), nil, pay.Result{State: pay.Returned, Code: "SUCCESS", Amount: 200, Settled: 150}, "refund"},
		{"on its way", answer("PROCESSING"), nil, pay.Result{State: pay.Waiting, Code: "PROCESSING"}, "refund"},
		{"on its way, of another amount", with(answer("PROCESSING"), object{"refundAmount": 300}), nil, pay.Result{State: pay.Mismatch, Code: pay.CodeAmount, Amount: 300}, "refund"},
		{"failed", answer("FAIL"), nil, pay.Result{State: pay.Declined, Code: "FAIL"}, "refund"},
		{"unknown", answer("UNKNOWN"), nil, pay.Result{Code: "UNKNOWN", Fault: true}, "refund"},
		{"only taken", answer(nil), nil, pay.Result{Code: "refundStatus"}, "refund"},
		{"a word of tomorrow", answer("BACK"), nil, pay.Result{Code: "refundStatus BACK"}, "refund"},
		{"another refund's", with(answer("SUCCESS"), object{"refundOrderId": bill + "02"}), nil, pay.Result{Code: pay.CodeNumber}, "refund"},
		{"another bill's", with(answer("SUCCESS"), object{"billNo": "x"}), nil, pay.Result{Code: pay.CodeNumber}, "refund"},
		{"another merchant's", with(answer("SUCCESS"), object{"mid": "x"}), nil, pay.Result{Code: pay.CodeMerchant}, "refund"},
		{"the wallet says no", failed("TARGET_FAIL"), paidBill, pay.Result{State: pay.Declined, Code: "TARGET_FAIL"}, "refund query"},
		{"the wallet says no to what was done", failed("TARGET_FAIL"), refund("SUCCESS", 200), pay.Result{State: pay.Returned, Code: "SUCCESS", Amount: 200, Settled: 200}, "refund query"},
		{"the wallet says no to what is on its way", failed("TARGET_FAIL"), refund("PROCESSING", 200), pay.Result{State: pay.Waiting, Code: "PROCESSING"}, "refund query"},
		{"not allowed", failed("OPERATION_NOT_ALLOWED"), paidBill, pay.Result{State: pay.Declined, Code: "OPERATION_NOT_ALLOWED"}, "refund query"},
		{"not allowed, and nobody answers", failed("OPERATION_NOT_ALLOWED"), failed("TIMEOUT"), pay.Result{Code: "OPERATION_NOT_ALLOWED"}, "refund query"},
		{"its number was used by another", failed("DUP_ORDER"), refund("SUCCESS", 300), pay.Result{State: pay.Mismatch, Code: pay.CodeAmount, Amount: 300}, "refund query"},
		{"its number was used, for nothing", failed("DUP_ORDER"), refund("FAIL", 200), pay.Result{State: pay.Declined, Code: "FAIL"}, "refund query"},
		{"locked", failed("ORDER_PROCESSING"), nil, pay.Result{Code: "ORDER_PROCESSING"}, "refund"},
		{"there is no such bill", nil, nil, pay.Result{Code: "NO_ORDER", Fault: true}, "refund"},
	} {
		n := saying(map[string]object{pathRefund: c.answer, pathBill: c.look})
		got := n.shower(t, testOptions).Refund(t.Context(), partShown)
		if got.State != c.want.State || got.Code != c.want.Code || got.Fault != c.want.Fault || got.NotFound || got.Amount != c.want.Amount || got.Settled != c.want.Settled || got.Returned {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
		if asked := strings.Join(n.asked(), " "); asked != c.asked {
			t.Errorf("%s: asked %s, want %s", c.name, asked, c.asked)
		}
	}
}

// TestALookAtARefundOfABill reads the part of the answer that is about it.
func TestALookAtARefundOfABill(t *testing.T) {
	t.Parallel()
	refund := object{"refundOrderId": bill + "01", "refundStatus": "SUCCESS", "refundAmount": 200}
	for _, c := range []struct {
		name   string
		answer object
		want   pay.Result
	}{
		{"back", back(paidBill, refund), pay.Result{State: pay.Returned, Code: "SUCCESS"}},
		{"back, in the other words", back(paidBill, with(refund, object{"refundStatus": nil, "status": "TRADE_REFUND"})), pay.Result{State: pay.Returned, Code: "SUCCESS"}},
		{"the payment's success is not the refund's", back(paidBill, with(refund, object{"refundStatus": nil, "status": "TRADE_SUCCESS"})), pay.Result{Code: "refundStatus TRADE_SUCCESS"}},
		{"on its way", back(paidBill, with(refund, object{"refundStatus": "PROCESSING"})), pay.Result{State: pay.Waiting, Code: "PROCESSING"}},
		{"failed", back(paidBill, with(refund, object{"refundStatus": "FAIL"})), pay.Result{State: pay.Declined, Code: "FAIL"}},
		{"of another amount", back(paidBill, with(refund, object{"refundAmount": 300})), pay.Result{State: pay.Mismatch, Code: pay.CodeAmount}},
		{"another refund's", back(paidBill, with(refund, object{"refundOrderId": bill + "02"})), pay.Result{Code: pay.CodeNumber}},
		{"another merchant's", with(back(paidBill, refund), object{"mid": "x"}), pay.Result{Code: pay.CodeMerchant}},
		{"not there", billIn("REFUND"), pay.Result{Code: "no refundBillPayment", NotFound: true}},
		{"no such bill", nil, pay.Result{Code: "NO_ORDER", NotFound: true}},
		{"a system error", failed("INTERNAL_ERROR"), pay.Result{Code: "INTERNAL_ERROR"}},
	} {
		got := saying(map[string]object{pathBill: c.answer}).shower(t, testOptions).QueryRefund(t.Context(), partShown)
		if got.State != c.want.State || got.Code != c.want.Code || got.NotFound != c.want.NotFound || got.Fault || got.Date.IsZero() != (got.Code == pay.CodeNumber && c.answer["billNo"] != nil) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestABillIsAskedAboutBeforeItsRefund when the network wants it so: INVALID_ORDER
// is for a bill that it has not filled in yet, and the refund goes out again then.
func TestABillIsAskedAboutBeforeItsRefund(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		look  object
		state pay.State
		asked string
	}{
		"it knows it then": {paidBill, pay.Returned, "refund query refund"},
		"it does not":      {failed("TIMEOUT"), pay.Unknown, "refund query"},
	} {
		filled := false
		n := &network{answer: func(call call) object {
			switch {
			case call.path == pathBill:
				filled = c.look["errCode"] == "SUCCESS"
				return c.look
			case !filled:
				return failed("INVALID_ORDER")
			}
			return object{"errCode": "SUCCESS", "refundStatus": "SUCCESS"}
		}}
		got := n.shower(t, testOptions).Refund(t.Context(), partShown)
		if asked := strings.Join(n.asked(), " "); got.State != c.state || asked != c.asked {
			t.Errorf("%s: %+v after %s", name, got, asked)
		}
	}
}

// TestADayLaterTheRefundsDayIsAskedToo: whose date the network means is not documented.
func TestADayLaterTheRefundsDayIsAskedToo(t *testing.T) {
	t.Parallel()
	n := &network{now: func() time.Time { return asked.Add(26 * time.Hour) }}
	n.answer = func(c call) object {
		if c.got.text("oriTransDate") == "20261126" && c.got.text("payTransDate") == "20261125" {
			return object{"errCode": "00", "queryResCode": "00"}
		}
		return nil
	}
	if got := n.shower(t, testOptions).QueryRefund(t.Context(), partBack); got.State != pay.Returned || len(n.calls) != 2 {
		t.Errorf("got %+v after %v", got, n.asked())
	}
}
