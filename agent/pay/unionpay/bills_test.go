package unionpay

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/pay"
)

var (
	shownAttempt = func() pay.Attempt { a := attempt; a.Shown = true; return a }()
	offer        = pay.Offer{Attempt: shownAttempt, Title: "停车费", Life: 2 * time.Minute, Device: "gate-7", Lane: "exit"}
	link         = "https://qr.chinaums.com/bills/qrCode.do?id=31942611250930"
	shownBill    = object{"errCode": "SUCCESS", "billQRCode": link, "qrCodeId": bill, "billDate": "2026-11-25"}
	paidBill     = billIn("PAID")
)

// billIn is an answer to a query of a bill in a state.
func billIn(state string) object {
	o := object{"errCode": "SUCCESS", "billStatus": state, "billDate": "2026-11-25", "totalAmount": 500}
	if paidStates[state] || refundedStates[state] {
		o["billPayment"] = object{"merOrderId": network26, "payTime": "2026-11-25 09:30:30", "buyerPayAmount": 500, "receiptAmount": 500, "targetSys": "Alipay 2.0", "targetOrderId": "2026112522001", "status": "TRADE_SUCCESS"}
	}
	return o
}

func paymentOf(o object) object { return o["billPayment"].(object) }

// back is a bill with one of its refunds.
func back(o object, refund object) object { return with(o, object{"refundBillPayment": refund}) }

// TestRequestsOfBills looks at every field that goes out. None of them has the
// first four digits of our number.
func TestRequestsOfBills(t *testing.T) {
	t.Parallel()
	n := saying(map[string]object{pathShow: shownBill, pathBill: billIn("UNPAID"), pathClose: {"errCode": "SUCCESS"}})
	s := n.shower(t, testOptions)
	s.Show(t.Context(), offer)
	s.Undo(t.Context(), shownAttempt)
	part := pay.Refund{Of: shownAttempt, Number: number + "01", Amount: 200, Reason: "退货", Staff: "8"}
	who := object{"mid": "898310148160569", "tid": "00000001", "instMid": "QRPAYDEFAULT", "requestTimestamp": "2026-11-25 09:30:01"}
	which := object{"billNo": bill, "billDate": "2026-11-25"}
	check := func(path string, parts ...object) {
		want := who
		for _, part := range parts {
			want = with(want, part)
		}
		if got := n.last(path); !maps.Equal(got, want) {
			t.Errorf("%s was sent\n%v, want\n%v", path, got, want)
		}
	}
	check(pathShow, which, object{"totalAmount": json.Number("500"), "billDesc": "停车费", "expireTime": "2026-11-25 09:32:01", "qrCodeId": bill, "counterNo": "exit"})
	check(pathBill, which)
	check(pathClose, object{"qrCodeId": bill})
	s.Refund(t.Context(), part)
	check(pathRefund, which, object{"refundOrderId": bill + "01", "refundAmount": json.Number("200"), "refundDesc": "退货"})
	s.QueryRefund(t.Context(), part)
	check(pathBill, which, object{"refundOrderId": bill + "01"})
}

// TestABillKeepsItsDate: one that was made seconds before midnight is asked for
// with that day for ever, also by a device whose clock was wrong then.
func TestABillKeepsItsDate(t *testing.T) {
	t.Parallel()
	for _, stamp := range []time.Time{time.Date(2026, 11, 25, 23, 59, 59, 0, pay.Beijing), time.Date(2026, 11, 25, 15, 59, 59, 0, time.UTC), time.Unix(86400/2, 0)} {
		now := stamp
		n := &network{now: func() time.Time { return now }}
		o := offer
		o.Stamp, o.Asked = stamp, time.Time{}
		s := n.shower(t, testOptions)
		s.Show(t.Context(), o)
		made := n.last(pathShow).text("billDate")
		now = stamp.Add(48 * time.Hour)
		s.Query(t.Context(), o.Attempt)
		s.Refund(t.Context(), pay.Refund{Of: o.Attempt, Number: number + "01", Amount: 1})
		if want := stamp.In(pay.Beijing).Format("2006-01-02"); made != want || n.last(pathBill).text("billDate") != want || n.last(pathRefund).text("billDate") != want {
			t.Errorf("%s: made on %s, asked for on %s, refunded on %s", stamp, made, n.last(pathBill).text("billDate"), n.last(pathRefund).text("billDate"))
		}
	}
}

func TestHowLongACodeLives(t *testing.T) {
	t.Parallel()
	for life, want := range map[time.Duration]string{0: "09:32:01", time.Minute: "09:31:01", 2 * time.Hour: "10:00:01"} {
		n, o := saying(map[string]object{pathShow: shownBill}), offer
		o.Life = life
		n.shower(t, testOptions).Show(t.Context(), o)
		if got := n.last(pathShow).text("expireTime"); got != "2026-11-25 "+want {
			t.Errorf("a life of %s ends at %s, want %s", life, got, want)
		}
	}
}

func TestWhatShowProves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil object
		state pay.State
		code  string
	}{
		{"good", nil, pay.Waiting, "shown"},
		{"without an echo", object{"billNo": nil, "mid": nil, "qrCodeId": nil}, pay.Waiting, "shown"},
		{"with its amount", object{"totalAmount": "500"}, pay.Waiting, "shown"},
		{"no code", object{"billQRCode": nil}, pay.Unknown, pay.CodeIncomplete},
		{"a code that is no link", object{"billQRCode": "31942611250930"}, pay.Unknown, pay.CodeIncomplete},
		{"a link with a line in it", object{"billQRCode": "https://a\nb"}, pay.Unknown, pay.CodeIncomplete},
		{"a long link", object{"billQRCode": "https://" + strings.Repeat("a", 600)}, pay.Unknown, pay.CodeIncomplete},
		{"another amount", object{"totalAmount": 499}, pay.Unknown, pay.CodeAmount},
		{"half an amount", object{"totalAmount": 4.5}, pay.Unknown, pay.CodeIncomplete},
		{"another bill", object{"billNo": bill[:23] + "9"}, pay.Unknown, pay.CodeNumber},
		{"our number, not its bill", object{"billNo": number}, pay.Unknown, pay.CodeNumber},
		{"another merchant", object{"mid": "898310148160999"}, pay.Unknown, pay.CodeMerchant},
	} {
		s := saying(map[string]object{pathShow: with(shownBill, c.spoil)}).shower(t, testOptions)
		got := s.Show(t.Context(), offer)
		if got.State != c.state || got.Code != c.code || (got.Link == link) != (c.state == pay.Waiting) || got.Link != "" && got.Link != link {
			t.Errorf("%s: %+v, want %v %q", c.name, got, c.state, c.code)
		}
	}
}

// TestEveryBillStatus holds both vocabularies against what they prove, on the way
// forth and on the way back.
func TestEveryBillStatus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state       string
		forth, back pay.State
		fault       bool // on the way back
	}{
		{"PAID", pay.Paid, pay.Paid, false},
		{"TRADE_SUCCESS", pay.Paid, pay.Paid, false},
		{"UNPAID", pay.Waiting, pay.Waiting, false},
		{"NEW_ORDER", pay.Waiting, pay.Waiting, false},
		{"WAIT_BUYER_PAY", pay.Waiting, pay.Waiting, false},
		{"REFUND", pay.Mismatch, pay.Unknown, true},
		{"TRADE_REFUND", pay.Mismatch, pay.Unknown, true},
		{"CLOSED", pay.Declined, pay.Declined, false},
		{"TRADE_CLOSED", pay.Declined, pay.Declined, false},
		{"UNKNOWN", pay.Unknown, pay.Unknown, false},
		{"TOMORROW", pay.Unknown, pay.Unknown, false},
		{"paid", pay.Unknown, pay.Unknown, false},
		{"", pay.Unknown, pay.Unknown, false},
	} {
		returning := shownAttempt
		returning.Returning = true
		s := saying(map[string]object{pathBill: billIn(c.state)}).shower(t, testOptions)
		if got := s.Query(t.Context(), shownAttempt); got.State != c.forth || got.NotFound || got.Fault || got.Date.IsZero() {
			t.Errorf("%q: %+v, want %v", c.state, got, c.forth)
		}
		if got := s.Query(t.Context(), returning); got.State != c.back || got.NotFound || got.Fault != c.fault || got.Returned {
			t.Errorf("%q on the way back: %+v, want %v", c.state, got, c.back)
		}
		if c.state == "" {
			continue
		}
		for _, spoil := range []object{{"billNo": "someone's"}, {"mid": "898310148160999"}} {
			other := saying(map[string]object{pathBill: with(billIn(c.state), spoil)}).shower(t, testOptions)
			got := other.Query(t.Context(), returning)
			if mine := c.back == pay.Paid && spoil["mid"] != nil; got.State != pay.Unknown && !(mine && got.State == pay.Mismatch) || got.Fault {
				t.Errorf("%q of %v: %+v", c.state, spoil, got)
			}
		}
	}
}

// TestWhatAPaidBillMustSay spoils a good one, field by field.
func TestWhatAPaidBillMustSay(t *testing.T) {
	t.Parallel()
	payment := func(spoil object) object { return object{"billPayment": with(paymentOf(paidBill), spoil)} }
	for _, c := range []struct {
		name  string
		spoil object
		state pay.State
		code  string
	}{
		{"good", nil, pay.Paid, ""},
		{"amounts as texts", object{"totalAmount": "500"}, pay.Paid, ""},
		{"its payment's state is not said", payment(object{"status": nil}), pay.Paid, ""},
		{"the merchant's part is not said", payment(object{"receiptAmount": nil}), pay.Paid, ""},
		{"no time", payment(object{"payTime": nil}), pay.Paid, ""},
		{"another number of the network's", payment(object{"merOrderId": nil}), pay.Paid, ""},

		{"a fen less", object{"totalAmount": 499}, pay.Mismatch, pay.CodeAmount},
		{"a fen more", object{"totalAmount": 501}, pay.Mismatch, pay.CodeAmount},
		{"paid before it was asked for", payment(object{"payTime": "2026-11-25 09:24:59"}), pay.Mismatch, pay.CodePayTime},
		{"another merchant", object{"mid": "898310148160999"}, pay.Mismatch, pay.CodeMerchant},
		{"refunded since", payment(object{"status": "TRADE_REFUND"}), pay.Mismatch, "TRADE_REFUND"},

		{"no amount", object{"totalAmount": nil}, pay.Unknown, pay.CodeIncomplete},
		{"no payment", object{"billPayment": nil}, pay.Unknown, pay.CodeIncomplete},
		{"a payment as a text", object{"billPayment": "{}"}, pay.Unknown, pay.CodeIncomplete},
		{"the merchant gets more than all", payment(object{"receiptAmount": 501}), pay.Unknown, pay.CodeIncomplete},
		{"its payment is open", payment(object{"status": "WAIT_BUYER_PAY"}), pay.Unknown, "billStatus PAID and WAIT_BUYER_PAY"},
		{"closed, and its payment a success", object{"billStatus": "CLOSED"}, pay.Unknown, "billStatus CLOSED and TRADE_SUCCESS"},
	} {
		got := saying(map[string]object{pathBill: with(paidBill, c.spoil)}).shower(t, testOptions).Query(t.Context(), shownAttempt)
		if got.State != c.state || got.Code != c.code {
			t.Errorf("%s: %+v, want %v %q", c.name, got, c.state, c.code)
		}
	}
}

func TestWhatAPaidBillTells(t *testing.T) {
	t.Parallel()
	o := with(paidBill, object{"billPayment": with(paymentOf(paidBill), object{"receiptAmount": 450})})
	want := pay.Result{State: pay.Paid, Network: network26, Wallet: "alipay", Amount: 500, Settled: 450,
		PaidAt: time.Date(2026, 11, 25, 9, 30, 30, 0, pay.Beijing), Date: asked.Add(time.Second).UTC()}
	if got := saying(map[string]object{pathBill: o}).shower(t, testOptions).Query(t.Context(), shownAttempt); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestWithoutNumbersForBills: the merchant has lost them, and its bill is open.
func TestWithoutNumbersForBills(t *testing.T) {
	t.Parallel()
	n, o := &network{}, testOptions
	s := n.shower(t, o)
	s.o.QRMID = ""
	part := pay.Refund{Of: shownAttempt, Number: number + "01", Amount: 1}
	for op, got := range map[string]pay.Result{"query": s.Query(t.Context(), shownAttempt), "undo": s.Undo(t.Context(), shownAttempt),
		"refund": s.Refund(t.Context(), part), "refund query": s.QueryRefund(t.Context(), part)} {
		if got != noBills || len(n.calls) > 0 {
			t.Errorf("%s: %+v", op, got)
		}
	}
}

// TestUndoOfABill walks what may be met between query, close and query.
func TestUndoOfABill(t *testing.T) {
	t.Parallel()
	done := object{"errCode": "SUCCESS"}
	refunded := object{"errCode": "SUCCESS", "refundStatus": "SUCCESS", "refundAmount": 500}
	ours := object{"refundOrderId": bill + "99", "refundStatus": "SUCCESS", "refundAmount": 500}
	for _, c := range []struct {
		name   string
		bills  []object // one query after the other, then the last again
		close  object
		refund object
		want   pay.Result
		asked  string
	}{
		{"open, then closed", []object{billIn("UNPAID"), billIn("CLOSED")}, done, nil, pay.Result{State: pay.Declined, Code: "CLOSED"}, "query close-qrcode query"},
		{"open, and its state stays", []object{billIn("NEW_ORDER")}, done, nil, pay.Result{State: pay.Declined, Code: "closed"}, "query close-qrcode query"},
		{"the payer is at it", []object{billIn("WAIT_BUYER_PAY")}, done, nil, pay.Result{Code: "WAIT_BUYER_PAY"}, "query close-qrcode query"},
		{"paid", []object{paidBill}, nil, refunded, pay.Result{State: pay.Declined, Code: "refunded"}, "query query refund"},
		{"paid in between", []object{billIn("UNPAID"), paidBill}, done, refunded, pay.Result{State: pay.Declined, Code: "refunded"}, "query close-qrcode query query refund"},
		{"paid in between, and not closed", []object{billIn("UNPAID"), paidBill}, failed("OPERATION_NOT_ALLOWED"), refunded, pay.Result{State: pay.Declined, Code: "refunded"}, "query close-qrcode query query refund"},
		{"its refund takes a while", []object{paidBill}, nil, with(refunded, object{"refundStatus": "PROCESSING"}), pay.Result{Code: "PROCESSING"}, "query query refund"},
		{"its refund failed", []object{paidBill}, nil, with(refunded, object{"refundStatus": "FAIL"}), pay.Result{Code: "FAIL", Fault: true}, "query query refund"},
		{"refunded before, the state says", []object{back(billIn("REFUND"), ours)}, nil, nil, pay.Result{State: pay.Declined, Code: "refunded"}, "query query"},
		{"refunded before, the state does not say", []object{back(paidBill, ours)}, nil, nil, pay.Result{State: pay.Declined, Code: "refunded"}, "query query"},
		{"its refund is on its way", []object{back(billIn("REFUND"), with(ours, object{"refundStatus": "PROCESSING"}))}, nil, nil, pay.Result{Code: "PROCESSING"}, "query query"},
		{"nobody knows of its refund", []object{back(billIn("REFUND"), with(ours, object{"refundStatus": "UNKNOWN"}))}, nil, nil, pay.Result{Code: "UNKNOWN", Fault: true}, "query query"},
		{"refunded by others", []object{billIn("REFUND")}, nil, nil, pay.Result{Code: "refunded by others", Fault: true}, "query query"},
		{"of another amount", []object{with(paidBill, object{"totalAmount": 501})}, nil, nil, pay.Result{Code: pay.CodeAmount}, "query"},
		{"closed before", []object{billIn("TRADE_CLOSED")}, nil, nil, pay.Result{State: pay.Declined, Code: "TRADE_CLOSED"}, "query"},
		{"never heard of", nil, nil, nil, pay.Result{Code: "NO_ORDER", NotFound: true}, "query"},
		{"locked", []object{billIn("UNPAID")}, failed("ORDER_PROCESSING"), nil, pay.Result{Code: "ORDER_PROCESSING"}, "query close-qrcode query"},
		{"its code is not known", []object{billIn("UNPAID")}, failed("NO_ORDER"), nil, pay.Result{Code: "NO_ORDER"}, "query close-qrcode query"},
		{"not for us to do", []object{billIn("UNPAID")}, failed("BAD_SIGN"), nil, pay.Result{Code: "BAD_SIGN", Fault: true}, "query close-qrcode query"},
		{"the first look is spoilt", []object{failed("TIMEOUT"), billIn("CLOSED")}, done, nil, pay.Result{State: pay.Declined, Code: "CLOSED"}, "query close-qrcode query"},
		{"the second look is spoilt", []object{billIn("UNPAID"), failed("TIMEOUT")}, done, nil, pay.Result{Code: "TIMEOUT"}, "query close-qrcode query"},
		{"another merchant's is closed", []object{billIn("UNPAID")}, with(done, object{"mid": "898310148160999"}), nil, pay.Result{Code: pay.CodeMerchant}, "query close-qrcode query"},
	} {
		looks := 0
		n := &network{answer: func(call call) object {
			switch {
			case call.path == pathClose:
				return c.close
			case call.path == pathRefund:
				return c.refund
			case len(c.bills) == 0:
				return nil
			case call.got["refundOrderId"] != nil: // a look at the refund sees the same bill
				return c.bills[max(0, min(looks, len(c.bills))-1)]
			}
			looks++
			return c.bills[min(looks, len(c.bills))-1]
		}}
		got := n.shower(t, testOptions).Undo(t.Context(), shownAttempt)
		if got.State != c.want.State || got.Code != c.want.Code || got.NotFound != c.want.NotFound || got.Fault != c.want.Fault || (got.State == pay.Declined && got.Date.IsZero()) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
		if asked := strings.Join(n.asked(), " "); asked != c.asked {
			t.Errorf("%s: asked %s, want %s", c.name, asked, c.asked)
		}
	}
}

// TestWhoNamesACode: the id is ours, unless the network gave the code another,
// now or in an answer to a query.
func TestWhoNamesACode(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ shown, looked, want string }{
		"ours":               {bill, "", bill},
		"not said":           {"", "", bill},
		"the network's":      {"QR1", "", "QR1"},
		"learnt by a query":  {"", "QR2", "QR2"},
		"the newest of both": {"QR1", "QR2", "QR2"},
	} {
		n := saying(map[string]object{pathShow: with(shownBill, object{"qrCodeId": c.shown}), pathBill: with(billIn("UNPAID"), object{"qrCodeId": c.looked}), pathClose: {"errCode": "SUCCESS"}})
		s := n.shower(t, testOptions)
		s.Show(t.Context(), offer)
		s.Undo(t.Context(), shownAttempt)
		if got := n.last(pathClose).text("qrCodeId"); got != c.want {
			t.Errorf("%s: closed %s, want %s", name, got, c.want)
		}
	}
}

// TestAClosedBillThatIsCalledUnpaid is over once a payment that was under way
// has had its time; one whose closing nobody confirms when its life is over.
func TestAClosedBillThatIsCalledUnpaid(t *testing.T) {
	t.Parallel()
	returning := shownAttempt
	returning.Returning = true
	for name, c := range map[string]struct {
		state   string
		close   object
		untimed bool
		after   time.Duration
		want    pay.State
	}{
		"at once":                       {"UNPAID", object{"errCode": "SUCCESS"}, false, time.Second, pay.Waiting},
		"after a while":                 {"UNPAID", object{"errCode": "SUCCESS"}, false, settleTime, pay.Declined},
		"in the other words":            {"NEW_ORDER", object{"errCode": "SUCCESS"}, false, settleTime, pay.Declined},
		"the payer is at it":            {"WAIT_BUYER_PAY", object{"errCode": "SUCCESS"}, false, time.Hour, pay.Waiting},
		"paid all the same":             {"PAID", object{"errCode": "SUCCESS"}, false, time.Hour, pay.Paid},
		"not closed":                    {"UNPAID", failed("ORDER_PROCESSING"), false, 30 * time.Minute, pay.Waiting},
		"not closed, its life is over":  {"UNPAID", failed("ORDER_PROCESSING"), false, 32 * time.Minute, pay.Declined},
		"not closed, and what time is?": {"UNPAID", failed("ORDER_PROCESSING"), true, 32 * time.Minute, pay.Waiting},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				n := saying(map[string]object{pathBill: billIn(c.state), pathClose: c.close})
				n.now = func() time.Time { return asked.Add(time.Since(start)) }
				s := n.shower(t, testOptions)
				a := returning
				if c.untimed {
					a.Asked = time.Time{}
				}
				s.Undo(t.Context(), a)
				time.Sleep(c.after)
				if got := s.Query(t.Context(), a); got.State != c.want || got.Returned {
					t.Errorf("%+v, want %v", got, c.want)
				}
				a.Returning = false // it never was: then it is only unpaid
				if got := s.Query(t.Context(), a); c.want == pay.Declined && got.State != pay.Waiting {
					t.Errorf("not on its way back: %+v", got)
				}
			})
		})
	}
}

// TestMemoryIsBounded forgets the oldest.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	var m memory
	for i := range 3 * memoryMax {
		m.named(fmt.Sprint(i), "QR"+fmt.Sprint(i))
		m.closed(fmt.Sprint(i))
	}
	newest := fmt.Sprint(3*memoryMax - 1)
	if len(m.about) != memoryMax || len(m.order) != memoryMax || m.id("0") != "0" || m.id(newest) != "QR"+newest || m.closedAt(newest).IsZero() || !m.closedAt("0").IsZero() {
		t.Errorf("%d codes are remembered; of the newest %q", len(m.about), m.id(newest))
	}
}
