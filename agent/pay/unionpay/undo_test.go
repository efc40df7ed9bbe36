package unionpay

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

// wholeBack is a done refund of all of an undone order.
var wholeBack = object{"errCode": "00", "queryResCode": "00", "refundRequestId": number + "99", "transactionAmount": 500}

// TestUndoOfAScannedCode: a void on its own day, a refund of what was paid later.
func TestUndoOfAScannedCode(t *testing.T) {
	t.Parallel()
	tomorrow := asked.Add(24 * time.Hour)
	done := object{"errCode": "00"}
	for _, c := range []struct {
		name    string
		now     time.Time
		answers map[string]object
		want    pay.Result // state, code, not found, fault
		asked   string
	}{
		{"voided", asked, map[string]object{callVoid: done}, pay.Result{State: pay.Declined, Code: "voided"}, "voidpayment"},
		{"never heard of", asked, nil, pay.Result{Code: "25", NotFound: true}, "voidpayment query"},
		{"not found by the void alone", asked, map[string]object{callQuery: queried("FF")}, pay.Result{Code: "25"}, "voidpayment query"},
		{"a system error", asked, map[string]object{callVoid: failed("96"), callQuery: queriedPaid}, pay.Result{Code: "96"}, "voidpayment query"},
		{"not for us to do", asked, map[string]object{callVoid: failed("57"), callQuery: queriedPaid}, pay.Result{Code: "57", Fault: true}, "voidpayment query"},
		{"not found what to do, and paid", asked, map[string]object{callVoid: failed("ER"), callQuery: queriedPaid}, pay.Result{Code: "ER"}, "voidpayment query"},
		{"not listed, and paid", asked, map[string]object{callVoid: failed("12"), callQuery: queriedPaid, callRefund: wholeBack},
			pay.Result{State: pay.Declined, Code: "refunded"}, "voidpayment query refund"},
		{"the wallet has no voids", asked, map[string]object{callVoid: failed("61"), callQuery: queriedPaid, callRefund: wholeBack},
			pay.Result{State: pay.Declined, Code: "refunded"}, "voidpayment query refund"},
		{"neither voided nor refunded", asked, map[string]object{callVoid: failed("12"), callQuery: queriedPaid, callRefund: failed("57")},
			pay.Result{Code: "57", Fault: true}, "voidpayment query refund"},
		{"not listed, and open", asked, map[string]object{callVoid: failed("12"), callQuery: queried("1")}, pay.Result{Code: "12"}, "voidpayment query"},
		{"voided before", asked, map[string]object{callVoid: failed("12"), callQuery: queried("2")}, pay.Result{State: pay.Declined, Code: "2"}, "voidpayment query"},
		{"failed before", asked, map[string]object{callVoid: failed("12"), callQuery: queried("5")}, pay.Result{State: pay.Declined, Code: "5"}, "voidpayment query"},
		{"of another amount", asked, map[string]object{callVoid: failed("12"), callQuery: with(queriedPaid, object{"originalTransactionAmount": 501})}, pay.Result{Code: "12"}, "voidpayment query"},
		{"of another number", asked, map[string]object{callVoid: with(done, object{"merchantOrderId": "x"})}, pay.Result{Code: pay.CodeNumber}, "voidpayment"},
		{"of another merchant", asked, map[string]object{callVoid: with(done, object{"merchantCode": "x"})}, pay.Result{Code: pay.CodeMerchant}, "voidpayment"},
		{"refused as of another day", asked, map[string]object{callVoid: failed(codeNotCrossed), callQuery: queriedPaid, callRefund: wholeBack},
			pay.Result{State: pay.Declined, Code: "refunded"}, "voidpayment query refund"},
		{"not found by the void, and paid", asked, map[string]object{callQuery: queriedPaid, callRefund: wholeBack},
			pay.Result{State: pay.Declined, Code: "refunded"}, "voidpayment query refund"},

		{"paid, the next day", tomorrow, map[string]object{callQuery: queriedPaid, callRefund: wholeBack}, pay.Result{State: pay.Declined, Code: "refunded"}, "query refund"},
		{"refused, the next day", tomorrow, map[string]object{callQuery: queriedPaid, callRefund: failed("57")}, pay.Result{Code: "57", Fault: true}, "query refund"},
		{"not enough there, the next day", tomorrow, map[string]object{callQuery: queriedPaid, callRefund: failed("51")},
			pay.Result{Code: "51", Fault: true}, "query refund query-refund query-refund"},
		{"refunded before, the next day", tomorrow, map[string]object{callQuery: queried("3"), callRefundQuery: wholeBack}, pay.Result{State: pay.Declined, Code: "refunded"}, "query query-refund"},
		{"refunded by others, the next day", tomorrow, map[string]object{callQuery: queried("3")}, pay.Result{Code: "refunded by others", Fault: true}, "query query-refund query-refund"},
		{"over, the next day", tomorrow, map[string]object{callQuery: queried("4")}, pay.Result{State: pay.Declined, Code: "4"}, "query"},
		{"never heard of, the next day", tomorrow, nil, pay.Result{Code: "25", NotFound: true}, "query"},
		{"open, the next day", tomorrow, map[string]object{callQuery: queried("1"), callVoid: done}, pay.Result{State: pay.Declined, Code: "voided"}, "query voidpayment"},
		{"open, the next day, and too late for a void", tomorrow, map[string]object{callQuery: queried("1"), callVoid: failed(codeNotCrossed)},
			pay.Result{Code: codeNotCrossed, Fault: true}, "query voidpayment"},
		{"open, the next day, and not found by the void", tomorrow, map[string]object{callQuery: queried("FF")}, pay.Result{Code: "25", Fault: true}, "query voidpayment"},
		{"of another amount, the next day", tomorrow, map[string]object{callQuery: with(queriedPaid, object{"originalTransactionAmount": 501})}, pay.Result{Code: pay.CodeAmount}, "query"},
	} {
		n := saying(c.answers)
		n.now = func() time.Time { return c.now }
		got := n.shower(t, testOptions).Undo(t.Context(), attempt)
		if got.State != c.want.State || got.Code != c.want.Code || got.NotFound != c.want.NotFound || got.Fault != c.want.Fault {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
		if asked := strings.Join(n.asked(), " "); asked != c.asked {
			t.Errorf("%s: asked %s, want %s", c.name, asked, c.asked)
		}
	}
}

// TestAfterAnUndoAQueryTells: what came back by our refund of all of it is over.
func TestAfterAnUndoAQueryTells(t *testing.T) {
	t.Parallel()
	back := attempt
	back.Returning = true
	s := saying(map[string]object{callQuery: queried("3"), callRefundQuery: wholeBack}).shower(t, testOptions)
	if got := s.Query(t.Context(), back); got.State != pay.Declined || !got.Returned || got.Fault || got.Date.IsZero() {
		t.Errorf("got %+v", got)
	}
	for name, refund := range map[string]object{"open": failed("FF"), "of a part": with(wholeBack, object{"transactionAmount": 300})} {
		s := saying(map[string]object{callQuery: queried("3"), callRefundQuery: refund}).shower(t, testOptions)
		if got := s.Query(t.Context(), back); got.State != pay.Unknown || got.Returned || got.NotFound || got.Fault != (name == "of a part") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestMidnight: where a date decides and midnight is near, both days are asked.
func TestMidnight(t *testing.T) {
	t.Parallel()
	at := func(clock string) time.Time {
		when, err := time.ParseInLocation("20060102 15:04:05", "20261125 "+clock, pay.Beijing)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, c := range []struct {
		name      string
		stamp     time.Time
		untrusted bool
		now       time.Time
		days      []string
	}{
		{"by day", at("09:30:00"), false, at("09:31:00"), []string{"20261125"}},
		{"the next day", at("09:30:00"), false, at("09:31:00").Add(24 * time.Hour), []string{"20261125"}},
		{"seconds before midnight", at("23:59:58"), false, at("23:59:59"), []string{"20261125", "20261126"}},
		{"seconds after midnight", at("00:00:02"), false, at("00:00:05"), []string{"20261125", "20261124"}},
		{"minutes before midnight", at("23:57:59"), false, at("23:59:59"), []string{"20261125"}},
		{"in UTC", at("23:59:58").UTC(), false, at("23:59:59").UTC(), []string{"20261125", "20261126"}},
		{"evening in Greenwich", at("07:30:00").UTC(), false, at("07:31:00").UTC(), []string{"20261125"}},
		{"a clock of 1970", time.Unix(3600*12, 0), true, at("09:30:00"), []string{"19700101", "20261125"}},
	} {
		a := attempt
		a.Stamp, a.Asked = c.stamp, c.stamp
		if c.untrusted {
			a.Asked = time.Time{}
		}
		n := &network{now: func() time.Time { return c.now }}
		s := n.shower(t, testOptions)
		if r := s.Query(t.Context(), a); !r.NotFound {
			t.Errorf("%s: %+v", c.name, r)
		}
		var days []string
		for _, call := range n.calls {
			days = append(days, call.got.text("oriTransDate"))
		}
		if !slices.Equal(days, c.days) {
			t.Errorf("%s: asked for %v, want %v", c.name, days, c.days)
		}
		last := c.days[len(c.days)-1]
		n.answer = func(call call) object {
			if call.path == callQuery && call.got.text("oriTransDate") == last {
				return with(queriedPaid, object{"originalTransactionTime": nil})
			}
			return nil
		}
		if r := s.Query(t.Context(), a); r.State != pay.Paid {
			t.Errorf("%s, found on the last: %+v", c.name, r)
		}
	}
}

// TestAnOpenOrderOfAnUnknownDay is a person's where a void does not find it: it may
// be of a day on which no void is taken any more.
func TestAnOpenOrderOfAnUnknownDay(t *testing.T) {
	t.Parallel()
	for _, dated := range []bool{true, false} {
		a := attempt
		if !dated {
			a.Asked = time.Time{}
		}
		s := saying(map[string]object{callQuery: queried("FF")}).shower(t, testOptions)
		if r := s.Undo(t.Context(), a); r.State != pay.Unknown || r.NotFound || r.Fault == dated {
			t.Errorf("dated %v: %+v", dated, r)
		}
	}
}

// TestTheDayThatTheNetworkHas decides what a refused void comes to, where ours is
// not sure: beside midnight, and after a clock that was wrong.
func TestTheDayThatTheNetworkHas(t *testing.T) {
	t.Parallel()
	justAfter := time.Date(2026, 11, 26, 0, 0, 5, 0, pay.Beijing)
	for name, c := range map[string]struct {
		stamp     time.Time
		untrusted bool
		booked    string
		asked     string
	}{
		"booked the evening before": {justAfter, false, "20261125", "voidpayment query query refund"},
		"booked on its own day":     {justAfter, false, "20261126", "voidpayment query"},
		"a clock of 1970":           {time.Unix(0, 0), true, "20261126", "voidpayment query query"},
		"a clock of the day before": {justAfter.AddDate(0, 0, -1), true, "20261125", "voidpayment query refund"},
	} {
		a := attempt
		a.Stamp, a.Asked = c.stamp, c.stamp
		if c.untrusted {
			a.Asked = time.Time{}
		}
		n := &network{now: func() time.Time { return justAfter.Add(time.Hour) }}
		n.answer = func(call call) object {
			switch {
			case call.path == callVoid:
				return failed("ER") // in what words a void is too late is not documented
			case call.path == callRefund:
				return wholeBack
			case call.got.text("oriTransDate") == c.booked:
				return with(queriedPaid, object{"originalTransactionTime": nil})
			}
			return nil
		}
		got := n.shower(t, testOptions).Undo(t.Context(), a)
		if asked := strings.Join(n.asked(), " "); asked != c.asked || (got.State == pay.Declined) != strings.HasSuffix(c.asked, "refund") {
			t.Errorf("%s: %+v after %s, want %s", name, got, asked, c.asked)
		}
	}
}

// TestOnlyAllDaysAreNotFound: one that is silent says nothing.
func TestOnlyAllDaysAreNotFound(t *testing.T) {
	t.Parallel()
	a := attempt
	a.Stamp = time.Date(2026, 11, 25, 23, 59, 59, 0, pay.Beijing)
	n := &network{answer: func(c call) object {
		if c.got.text("oriTransDate") == "20261126" {
			return failed("96")
		}
		return nil
	}}
	if r := n.shower(t, testOptions).Query(t.Context(), a); r.NotFound || r.State != pay.Unknown || r.Code != "96" {
		t.Errorf("got %+v", r)
	}
}

// TestARefundFindsItsPaymentBesideMidnight asks under the day after, too.
func TestARefundFindsItsPaymentBesideMidnight(t *testing.T) {
	t.Parallel()
	a := attempt
	a.Stamp = time.Date(2026, 11, 25, 23, 59, 59, 0, pay.Beijing)
	n := &network{answer: func(c call) object {
		if c.got.text("oriTransDate") == "20261126" {
			return object{"errCode": "00", "transactionAmount": 200}
		}
		return nil
	}}
	got := n.shower(t, testOptions).Refund(t.Context(), pay.Refund{Of: a, Number: number + "01", Amount: 200})
	if got.State != pay.Returned || len(n.calls) != 2 {
		t.Errorf("got %+v after %v", got, n.asked())
	}
}
