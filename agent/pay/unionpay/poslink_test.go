package unionpay

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"tillgate/agent/pay"
)

// TestRequestsOfScannedCodes looks at every field that goes out.
func TestRequestsOfScannedCodes(t *testing.T) {
	t.Parallel()
	n := &network{}
	s := n.shower(t, testOptions)
	s.Charge(t.Context(), charge)
	s.Query(t.Context(), attempt)
	s.Undo(t.Context(), attempt)
	part := pay.Refund{Of: attempt, Number: number + "01", Amount: 200, Reason: "退货", Staff: "8"}
	s.Refund(t.Context(), part)
	s.QueryRefund(t.Context(), part)
	who := object{"merchantCode": "898310148160568", "terminalCode": "12345678", "merchantOrderId": number}
	for path, own := range map[string]object{
		callPay: {"transactionAmount": json.Number("500"), "transactionCurrencyCode": "156", "merchantRemark": "停车费", "payMode": "CODE_SCAN", "payCode": code,
			"deviceType": "02", "longitude": "+119.29129", "latitude": "+26.063591", "serialNum": "TG-0001", "systemTraceNum": "000017", "storeId": "exit", "operatorId": "8"},
		callQuery:       {"oriTransDate": "20261125"},
		callVoid:        {},
		callRefund:      {"refundRequestId": number + "01", "transactionAmount": json.Number("200"), "transactionCurrencyCode": "156", "oriTransDate": "20261125", "refundDesc": "退货", "operatorId": "8"},
		callRefundQuery: {"refundRequestId": number + "01", "oriTransDate": "20261125", "payTransDate": "20261125"},
	} {
		if got, want := n.last(path), with(who, own); !maps.Equal(got, want) {
			t.Errorf("%s was sent\n%v, want\n%v", path, got, want)
		}
	}
}

// TestWhatADeviceIs: a charge says where it stands, or its address, and who made it.
func TestWhatADeviceIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(o *Options)
		want  object
	}{
		"no physical terminal": {func(o *Options) { o.DeviceType, o.Longitude, o.Latitude, o.IP = "11", "", "", "192.0.2.7" },
			object{"deviceType": "11", "longitude": nil, "ip": "192.0.2.7"}},
		"no serial number": {func(o *Options) { o.Serial = "" }, object{"deviceType": "02", "serialNum": "gate-7", "ip": nil}},
	} {
		n, o := &network{}, testOptions
		c.spoil(&o)
		n.shower(t, o).Charge(t.Context(), charge)
		for field, want := range c.want {
			if got := n.last(callPay)[field]; got != want {
				t.Errorf("%s: %s is %v, want %v", name, field, got, want)
			}
		}
	}
}

// TestAPreparedChargeIsSentLater: to make a request sends nothing; calling what
// came back is Charge.
func TestAPreparedChargeIsSentLater(t *testing.T) {
	t.Parallel()
	n := saying(map[string]object{callPay: paidByCode})
	send := n.shower(t, testOptions).Prepare(charge)
	if len(n.calls) > 0 {
		t.Fatalf("asked %v before it was let go", n.asked())
	}
	if r := send(t.Context()); r.State != pay.Paid {
		t.Errorf("answered %+v", r)
	}
	if want := []string{"pay"}; !slices.Equal(n.asked(), want) {
		t.Errorf("asked %v, want %v", n.asked(), want)
	}
}

// TestWhatASuccessMustSay spoils a good success, field by field, as the answer
// to a charge and to a query.
func TestWhatASuccessMustSay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		charge, look object
		state        pay.State
		code         string
	}{
		{"good", nil, nil, pay.Paid, ""},
		{"numbers as texts", object{"transactionAmount": "500", "actualTransactionAmount": "500"}, object{"originalTransactionAmount": "500", "queryResCode": json.Number("0")}, pay.Paid, ""},
		{"with what we do not know yet", object{"field_of_tomorrow": "明天"}, object{"field_of_tomorrow": object{"a": 1}}, pay.Paid, ""},
		{"without an echo", object{"merchantOrderId": nil, "merchantCode": nil}, object{"merchantOrderId": nil, "merchantCode": nil}, pay.Paid, ""},
		{"the time is not said", object{"transactionTime": nil}, object{"originalTransactionTime": nil}, pay.Paid, ""},
		{"what the merchant gets is not said", object{"actualTransactionAmount": nil}, object{"actualTransactionAmount": nil}, pay.Paid, ""},
		{"paid 5 minutes before it was asked", object{"transactionTime": "092500"}, object{"originalTransactionTime": "092500"}, pay.Paid, ""},

		{"a fen less", object{"transactionAmount": 499}, object{"originalTransactionAmount": 499, "actualTransactionAmount": 499}, pay.Mismatch, pay.CodeAmount},
		{"a fen more", object{"transactionAmount": 501}, object{"originalTransactionAmount": 501}, pay.Mismatch, pay.CodeAmount},
		{"dollars", object{"transactionCurrencyCode": "840"}, object{"transactionCurrencyCode": "840"}, pay.Mismatch, pay.CodeCurrency},
		{"another merchant", object{"merchantCode": "898310148160999"}, object{"merchantCode": "898310148160999"}, pay.Mismatch, pay.CodeMerchant},
		{"paid more than 5 minutes before it was asked", object{"transactionTime": "092459"}, object{"originalTransactionTime": "2026-11-25 09:24:59"}, pay.Mismatch, pay.CodePayTime},

		{"another number", object{"merchantOrderId": number[:23] + "2"}, object{"merchantOrderId": number[:23] + "2"}, pay.Unknown, pay.CodeNumber},
		{"no amount", object{"transactionAmount": nil}, object{"originalTransactionAmount": nil}, pay.Unknown, pay.CodeIncomplete},
		{"half an amount", object{"transactionAmount": 500.5}, object{"originalTransactionAmount": "5.00"}, pay.Unknown, pay.CodeIncomplete},
		{"a negative amount", object{"transactionAmount": -500}, object{"originalTransactionAmount": -500}, pay.Unknown, pay.CodeIncomplete},
		{"the merchant gets more than all", object{"actualTransactionAmount": 501}, object{"actualTransactionAmount": 501}, pay.Unknown, pay.CodeIncomplete},
		{"the merchant gets an odd amount", object{"actualTransactionAmount": "x"}, object{"actualTransactionAmount": "x"}, pay.Unknown, pay.CodeIncomplete},
		{"no order", object{"orderId": nil}, object{"orderId": nil}, pay.Unknown, pay.CodeIncomplete},
		{"no code", object{"errCode": nil}, object{"errCode": nil}, pay.Unknown, pay.CodeIncomplete},
	} {
		s := saying(map[string]object{callPay: with(paidByCode, c.charge), callQuery: with(queriedPaid, c.look)}).shower(t, testOptions)
		for op, got := range map[string]pay.Result{"charge": s.Charge(t.Context(), charge), "query": s.Query(t.Context(), attempt)} {
			if got.State != c.state || got.Code != c.code || got.Date.IsZero() != (c.code == pay.CodeNumber || c.name == "no code") {
				t.Errorf("%s, %s: %+v, want %v %q", op, c.name, got, c.state, c.code)
			}
		}
	}
}

// TestWhatASuccessTells reads the facts out of one.
func TestWhatASuccessTells(t *testing.T) {
	t.Parallel()
	coupon := object{"actualTransactionAmount": 450, "amount": 400}
	s := saying(map[string]object{callPay: with(paidByCode, coupon), callQuery: with(queriedPaid, coupon)}).shower(t, testOptions)
	want := pay.Result{State: pay.Paid, Network: network26, Wallet: "wechat", Amount: 500, Settled: 450,
		PaidAt: time.Date(2026, 11, 25, 9, 30, 1, 0, pay.Beijing), Date: asked.Add(time.Second).UTC()}
	for op, got := range map[string]pay.Result{"charge": s.Charge(t.Context(), charge), "query": s.Query(t.Context(), attempt)} {
		if got != want {
			t.Errorf("%s: %+v, want %+v", op, got, want)
		}
	}
	for said, want := range map[string]string{"WXPay": "wechat", "Alipay 2.0": "alipay", "Alipay": "alipay", "UnionPay": "unionpay", "UAC": "unionpay", "ACP": "unionpay", "QMF": "", "": "", "other": ""} {
		s := saying(map[string]object{callPay: with(paidByCode, object{"chnlType": said})}).shower(t, testOptions)
		if got := s.Charge(t.Context(), charge); got.Wallet != want {
			t.Errorf("%q is the wallet %q, want %q", said, got.Wallet, want)
		}
	}
}

// TestWithoutATrustedClock has no moment to compare with.
func TestWithoutATrustedClock(t *testing.T) {
	t.Parallel()
	untimed := attempt
	untimed.Asked = time.Time{}
	s := saying(map[string]object{callQuery: with(queriedPaid, object{"originalTransactionTime": "20200101000000"})}).shower(t, testOptions)
	if got := s.Query(t.Context(), untimed); got.State != pay.Paid {
		t.Errorf("got %+v", got)
	}
}

// TestEveryQueryResCode holds the second level of a query against what it proves,
// on the way forth and on the way back (page P81GPdzq).
func TestEveryQueryResCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		res         any
		forth, back pay.Result
	}{
		{0, pay.Result{State: pay.Paid}, pay.Result{State: pay.Paid}},
		{"0", pay.Result{State: pay.Paid}, pay.Result{State: pay.Paid}},
		{"1", pay.Result{Code: "1"}, pay.Result{Code: "1"}},
		{"2", pay.Result{State: pay.Declined, Code: "2"}, pay.Result{State: pay.Declined, Code: "2"}},
		{"3", pay.Result{State: pay.Mismatch, Code: "3"}, pay.Result{Code: "refunded by others", Fault: true}},
		{"4", pay.Result{State: pay.Declined, Code: "4"}, pay.Result{State: pay.Declined, Code: "4"}},
		{"5", pay.Result{State: pay.Declined, Code: "5"}, pay.Result{State: pay.Declined, Code: "5"}},
		{"5:余额不足", pay.Result{State: pay.Declined, Code: "5", Message: "余额不足"}, pay.Result{State: pay.Declined, Code: "5", Message: "余额不足"}},
		{"FF", pay.Result{Code: "FF"}, pay.Result{Code: "FF"}},
		{"22", pay.Result{Code: "22", NotFound: true}, pay.Result{Code: "22", NotFound: true}},
		{"25", pay.Result{Code: "25", NotFound: true}, pay.Result{Code: "25", NotFound: true}},
		{"00", pay.Result{Code: "queryResCode 00"}, pay.Result{Code: "queryResCode 00"}},
		{"6", pay.Result{Code: "queryResCode 6"}, pay.Result{Code: "queryResCode 6"}},
		{nil, pay.Result{Code: "queryResCode"}, pay.Result{Code: "queryResCode"}},
	} {
		back := attempt
		back.Returning = true
		s := saying(map[string]object{callQuery: queried(c.res)}).shower(t, testOptions)
		for a, want := range map[pay.Attempt]pay.Result{attempt: c.forth, back: c.back} {
			got := s.Query(t.Context(), a)
			if got.State != want.State || got.Code != want.Code || got.NotFound != want.NotFound || got.Fault != want.Fault || got.Message != want.Message || got.Returned {
				t.Errorf("%v, returning %v: %+v, want %+v", c.res, a.Returning, got, want)
			}
		}
		other := saying(map[string]object{callQuery: with(queried(c.res), object{"merchantOrderId": "someone's"})}).shower(t, testOptions)
		if got := other.Query(t.Context(), back); got.State != pay.Unknown || got.NotFound || got.Code != pay.CodeNumber || !got.Date.IsZero() {
			t.Errorf("%v of another number: %+v", c.res, got)
		}
	}
}

// TestTheOrdersStateIsHeardToo: a paid order may have been refunded, and what
// does not fit is not for us to choose.
func TestTheOrdersStateIsHeardToo(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]pay.State{"TRADE_SUCCESS": pay.Paid, "": pay.Paid, "TRADE_REFUND": pay.Mismatch, "TRADE_CLOSED": pay.Unknown} {
		s := saying(map[string]object{callQuery: with(queriedPaid, object{"orderStatus": state})}).shower(t, testOptions)
		if got := s.Query(t.Context(), attempt); got.State != want {
			t.Errorf("%s: %+v, want %v", state, got, want)
		}
	}
	for state, returned := range map[string]bool{"TRADE_REFUND": true, "": false, "NEW_ORDER": false} { // what was voided had been paid, or not
		s := saying(map[string]object{callQuery: with(queried("2"), object{"orderStatus": state})}).shower(t, testOptions)
		if got := s.Query(t.Context(), attempt); got.State != pay.Declined || got.Returned != returned {
			t.Errorf("voided, %s: %+v, returned should be %v", state, got, returned)
		}
	}
}
