package unionpay

import (
	"slices"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

// The errCodes of pages kXOZy68D and je24KjzL, by what they are, written down
// apart from the product's own table.
var (
	docOpen     = strings.Fields("0000 9999 96 92 ER FF 94 TIMEOUT NET_ERROR INTERNAL_ERROR TXN_DISCARDED INVALID_RESPONSE ORDER_PROCESSING DUP_ORDER INVALID_ORDER NO_CROSS_DAY_TRADING 9200")
	docFaults   = strings.Fields("1000 1001 9001 03 97 30 57 A7 ABNORMAL_REQUEST_TIME BAD_REQUEST NO_SERVICE BAD_SIGN INVALID_MSGSRC NO_MERCHANT INACTIVE_MERCHANT INVLID_MERCHANT_CONFIG DENIED_IP")
	docRefusals = strings.Fields("13 61 64 TARGET_FAIL")
	docMissing  = strings.Fields("22 25 NO_ORDER")
	docBarred   = []string{"OPERATION_NOT_ALLOWED"}
	documented  = slices.Concat(docOpen, docFaults, docRefusals, docMissing, docBarred)
)

// tomorrow are codes that are nowhere: words prove nothing, nor do the card
// networks' own codes for an answer that is late; two other characters are a
// refusal of POS通 when the order says so.
var (
	tomorrowWords = []string{"TOMORROW", "success", "0", "000", "0001", "00 ", "中文", "06", "09", "68", "90", "91", "98"}
	tomorrowCodes = []string{"51", "14", "05", "Z9"}
)

// meant is what a documented code proves as the answer to one call.
func meant(code string, fault, refusal pay.Result) pay.Result {
	switch {
	case slices.Contains(docFaults, code):
		return fault
	case slices.Contains(docRefusals, code):
		return refusal
	}
	return pay.Result{}
}

var (
	isRefused  = pay.Result{State: pay.Declined, Fault: true}
	isDeclined = pay.Result{State: pay.Declined}
	isStuck    = pay.Result{Fault: true}
)

// same tells whether a result is what a code means, its words in the right place.
func same(got, want pay.Result, code string) bool {
	told := want.State == pay.Declined && !want.Fault
	return got.State == want.State && got.NotFound == want.NotFound && got.Fault == want.Fault && got.Code == pay.Cut(code, codeBytesMax) &&
		(got.Message != "") == told && !strings.Contains(got.Message+got.Detail, code+code) && !got.Date.IsZero()
}

func TestEveryCodeOfACharge(t *testing.T) {
	t.Parallel()
	for _, code := range slices.Concat(documented, []string{"SUCCESS"}, tomorrowWords) {
		n := saying(map[string]object{callPay: failed(code)})
		got, want := n.shower(t, testOptions).Charge(t.Context(), charge), meant(code, isRefused, isDeclined)
		if !same(got, want, code) {
			t.Errorf("%s: %+v, want %+v", code, got, want)
		}
		if looks := slices.Contains(n.asked(), "query"); looks != slices.Contains(docRefusals, code) || n.asked()[0] != "pay" || slices.Contains(n.asked()[1:], "pay") {
			t.Errorf("%s: asked %v", code, n.asked())
		}
	}
}

// TestARefusalIsLookedAtOnce plays what a query may say after a refusal that is in
// the table, and after one that is not: that one needs the order's word.
func TestARefusalIsLookedAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer           object
		listed, unlisted pay.State
		overruled        bool
	}{
		"it was paid after all": {queriedPaid, pay.Paid, pay.Paid, true},
		"something was paid":    {with(queriedPaid, object{"originalTransactionAmount": 501}), pay.Mismatch, pay.Mismatch, true},
		"somebody gave it back": {queried("3"), pay.Mismatch, pay.Mismatch, true},
		"failed":                {queried("5"), pay.Declined, pay.Declined, false},
		"reversed":              {queried("4"), pay.Declined, pay.Declined, false},
		"not there":             {nil, pay.Declined, pay.Declined, false},
		"timed out":             {queried("1"), pay.Declined, pay.Unknown, false},
		"not sure":              {queried("FF"), pay.Declined, pay.Unknown, false},
		"not sure, first level": {failed("FF"), pay.Declined, pay.Unknown, false},
		"of another number":     {with(queried("5"), object{"merchantOrderId": "x"}), pay.Declined, pay.Unknown, false},
		"a system error":        {failed("96"), pay.Declined, pay.Unknown, false},
	} {
		for _, code := range append(tomorrowCodes, "61") {
			n := saying(map[string]object{callPay: failed(code), callQuery: c.answer})
			got, want := n.shower(t, testOptions).Charge(t.Context(), charge), c.unlisted
			if code == "61" {
				want = c.listed
			}
			if got.State != want || (got.Code != code) != c.overruled || got.Fault || (got.Message == words) != (want == pay.Declined) || len(n.calls) != 2 {
				t.Errorf("%s, %s: %+v after %v, want %v", code, name, got, n.asked(), want)
			}
		}
	}
}

func TestEveryCodeOfAnOffer(t *testing.T) {
	t.Parallel()
	for _, code := range slices.Concat(documented, tomorrowWords, tomorrowCodes) {
		n := saying(map[string]object{pathShow: failed(code)})
		got, want := n.shower(t, testOptions).Show(t.Context(), offer), meant(code, isRefused, isDeclined)
		if !same(got, want, code) || len(n.calls) != 1 {
			t.Errorf("%s: %+v, want %+v", code, got, want)
		}
	}
}

// TestNoErrorOfAQueryIsFinal, of either kind of code.
func TestNoErrorOfAQueryIsFinal(t *testing.T) {
	t.Parallel()
	for _, code := range slices.Concat(documented, tomorrowWords, tomorrowCodes) {
		s := saying(map[string]object{callQuery: failed(code), pathBill: failed(code)}).shower(t, testOptions)
		want := pay.Result{NotFound: slices.Contains(docMissing, code)}
		for _, a := range []pay.Attempt{attempt, shownAttempt} {
			if got := s.Query(t.Context(), a); !same(got, want, code) {
				t.Errorf("%s, shown %v: %+v, want %+v", code, a.Shown, got, want)
			}
		}
	}
}

// TestNoErrorOfAnUndoIsDone: a person is called where no repeat will help.
func TestNoErrorOfAnUndoIsDone(t *testing.T) {
	t.Parallel()
	for _, code := range slices.Concat(documented, tomorrowWords, tomorrowCodes) {
		s := saying(map[string]object{callVoid: failed(code), callQuery: queried("FF"), pathBill: billIn("WAIT_BUYER_PAY"), pathClose: failed(code)}).shower(t, testOptions)
		for _, a := range []pay.Attempt{attempt, shownAttempt} {
			if got, want := s.Undo(t.Context(), a), meant(code, isStuck, pay.Result{}); !same(got, want, code) {
				t.Errorf("%s, shown %v: %+v, want %+v", code, a.Shown, got, want)
			}
		}
	}
}

func TestEveryCodeOfARefund(t *testing.T) {
	t.Parallel()
	for _, code := range slices.Concat(documented, tomorrowWords) {
		s := saying(map[string]object{callRefund: failed(code), pathRefund: failed(code), pathBill: paidBill}).shower(t, testOptions)
		want := meant(code, isStuck, isDeclined)
		switch {
		case slices.Contains(docMissing, code):
			want = isStuck
		case slices.Contains(docBarred, code):
			want = isDeclined
		}
		for _, of := range []pay.Refund{partBack, partShown} {
			if got := s.Refund(t.Context(), of); !same(got, want, code) {
				t.Errorf("%s, shown %v: %+v, want %+v", code, of.Of.Shown, got, want)
			}
		}
		s = saying(map[string]object{callRefundQuery: failed(code), pathBill: failed(code)}).shower(t, testOptions)
		want = meant(code, isStuck, pay.Result{})
		want.NotFound = slices.Contains(docMissing, code)
		for _, of := range []pay.Refund{partBack, partShown} {
			if got := s.QueryRefund(t.Context(), of); !same(got, want, code) {
				t.Errorf("look, %s, shown %v: %+v, want %+v", code, of.Of.Shown, got, want)
			}
		}
	}
}

// TestCasesAreWhole: every documented word is there, once for each call, and no
// other.
func TestCasesAreWhole(t *testing.T) {
	t.Parallel()
	ops := []string{"charge", "query", "refund", "refund-query", "show", "undo"}
	seen := map[string]bool{}
	for _, c := range Cases() {
		key := c.Op + " " + c.Code
		if seen[key] || !slices.Contains(ops, c.Op) {
			t.Errorf("%s is there twice, or of no call", key)
		}
		seen[key] = true
		if c.NotFound && c.State != pay.Unknown || c.Fault && c.State != pay.Unknown && c.State != pay.Declined {
			t.Errorf("%+v is against the contract", c)
		}
	}
	want := 0
	see := func(op string, codes ...string) {
		want += len(codes)
		for _, code := range codes {
			if !seen[op+" "+code] {
				t.Errorf("%s %s is missing", op, code)
			}
		}
	}
	for _, op := range ops {
		see(op, append(documented, "SUCCESS")...)
	}
	see("charge", "00")
	see("undo", "00")
	see("refund", "00", "FAIL", "PROCESSING", "UNKNOWN")
	see("refund-query", "00", "FAIL", "PROCESSING", "UNKNOWN")
	see("query", strings.Fields("0 1 2 3 4 5 PAID UNPAID REFUND CLOSED UNKNOWN NEW_ORDER WAIT_BUYER_PAY TRADE_SUCCESS TRADE_REFUND TRADE_CLOSED")...)
	if len(seen) != want {
		t.Errorf("%d cases, want %d", len(seen), want)
	}
}
