package alipay

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

var payTime = asked.Add(5 * time.Second)

// ours is the result of a payment that is ours.
var ours = pay.Result{State: pay.Paid, Network: "2026112522001425591000104712", Amount: 500, Settled: 450, PaidAt: payTime, Date: asked.UTC()}

// same compares results; times are the same moment.
func same(a, b pay.Result) bool {
	if !a.PaidAt.Equal(b.PaidAt) || !a.Date.Equal(b.Date) || (a.Held == nil) != (b.Held == nil) || a.Held != nil && *a.Held != *b.Held {
		return false
	}
	a.PaidAt, a.Date, a.Held = b.PaidAt, b.Date, b.Held
	return a == b
}

// payments are what a network may say of a payment, and what it proves.
var payments = []struct {
	name   string
	fields node
	state  pay.State
	code   string
}{
	{"ours", nil, pay.Paid, ""},
	{"its seller named", node{"seller_id": seller}, pay.Paid, ""},
	{"its money named", node{"trans_currency": "CNY", "settle_currency": "CNY", "pay_currency": "CNY"}, pay.Paid, ""},
	{"five minutes before", node{"gmt_payment": "2026-11-25 09:25:00", "send_pay_date": "2026-11-25 09:25:00"}, pay.Paid, ""},

	{"of another seller", node{"seller_id": "2088102146225136"}, pay.Mismatch, pay.CodeMerchant},
	{"of another number", node{"out_trade_no": number + "0"}, pay.Mismatch, pay.CodeNumber},
	{"of another amount", node{"total_amount": "5.01"}, pay.Mismatch, pay.CodeAmount},
	{"of dollars", node{"trans_currency": "USD"}, pay.Mismatch, pay.CodeCurrency},
	{"settled in dollars", node{"settle_currency": "USD"}, pay.Mismatch, pay.CodeCurrency},
	{"paid in dollars", node{"pay_currency": "USD"}, pay.Mismatch, pay.CodeCurrency},
	{"of last year", node{"gmt_payment": "2025-11-25 09:30:05", "send_pay_date": "2025-11-25 09:30:05"}, pay.Mismatch, pay.CodePayTime},
	{"of last year and of another amount", node{"total_amount": "5.01", "gmt_payment": "2025-11-25 09:30:05", "send_pay_date": "2025-11-25 09:30:05"}, pay.Mismatch, pay.CodePayTime},
	{"a moment too early", node{"gmt_payment": "2026-11-25 09:24:59", "send_pay_date": "2026-11-25 09:24:59"}, pay.Mismatch, pay.CodePayTime},

	{"without a number", node{"out_trade_no": nil}, pay.Unknown, pay.CodeIncomplete},
	{"without a number of the network's", node{"trade_no": nil}, pay.Unknown, pay.CodeIncomplete},
	{"without an amount", node{"total_amount": nil}, pay.Unknown, pay.CodeIncomplete},
	{"with an amount in words", node{"total_amount": "5 yuan"}, pay.Unknown, pay.CodeIncomplete},
	{"with an amount that is a number", node{"total_amount": 5.00}, pay.Unknown, pay.CodeIncomplete},
	{"without a time", node{"gmt_payment": nil, "send_pay_date": nil}, pay.Unknown, pay.CodeIncomplete},
	{"at an odd time", node{"gmt_payment": "2026-11-25T09:30:05", "send_pay_date": "2026-11-25T09:30:05"}, pay.Unknown, pay.CodeIncomplete},
	{"with more received than asked", node{"receipt_amount": "5.01"}, pay.Unknown, pay.CodeIncomplete},
	{"with an odd receipt", node{"receipt_amount": "4.5"}, pay.Unknown, pay.CodeIncomplete},
}

// TestPayments judges the same payments as answers to a charge and to a query.
func TestPayments(t *testing.T) {
	t.Parallel()
	for _, c := range payments {
		for _, status := range []string{"", statusSuccess, statusFinished} {
			n := playing(map[string][]answer{methodPay: {paid(c.fields)}, methodQuery: {traded(status, c.fields)}})
			p := n.provider(t, partnerOptions)
			got := pay.Result{}
			if status == "" {
				got = p.Charge(context.Background(), charge)
			} else {
				got = p.Query(context.Background(), attempt)
			}
			if got.State != c.state || got.Code != c.code || got.NotFound || got.Fault || got.Date.IsZero() || got.Message != "" {
				t.Errorf("%s %s: %+v, want %v %s", status, c.name, got, c.state, c.code)
			}
			if got.State == pay.Paid && (got.Amount != 500 || got.Settled != 450 || got.Network == "" || got.PaidAt.IsZero()) {
				t.Errorf("%s %s: %+v", status, c.name, got)
			}
			if len(n.calls) != 1 {
				t.Errorf("%s %s: asked %v", status, c.name, n.methods())
			}
		}
	}
}

// TestPaid has every field of the result, with and without what may be missing.
func TestPaid(t *testing.T) {
	t.Parallel()
	n := playing(map[string][]answer{methodPay: {paid()}})
	if got := n.provider(t, directOptions).Charge(context.Background(), charge); !same(got, ours) {
		t.Errorf("charge: %+v", got)
	}
	n = playing(map[string][]answer{methodQuery: {traded(statusSuccess, node{"receipt_amount": nil})}})
	p := n.provider(t, directOptions)
	whole := ours
	whole.Settled = 500
	if got := p.Query(context.Background(), attempt); !same(got, whole) {
		t.Errorf("query: %+v", got)
	}
	old := attempt // a clock that is not trusted says nothing of the pay time
	old.Asked = time.Time{}
	n.answer = func(call) answer { return traded(statusSuccess, node{"send_pay_date": "2025-01-01 00:00:00"}) }
	if got := p.Query(context.Background(), old); got.State != pay.Paid {
		t.Errorf("query without a trusted clock: %+v", got)
	}
	n.answer = func(call) answer { return paid(node{"trade_status": statusWaiting}) }
	if got := p.Charge(context.Background(), charge); got.State != pay.Waiting {
		t.Errorf("a charge with a state: %+v", got)
	}
}

// TestStates are the states of a trade in a query, of both kinds of attempts.
func TestStates(t *testing.T) {
	t.Parallel()
	date := node{"send_pay_date": "2026-11-25 09:30:05"}
	for _, c := range []struct {
		name      string
		a         answer
		returning bool
		want      pay.Result
	}{
		{"waits", traded(statusWaiting), false, pay.Result{State: pay.Waiting, Code: statusWaiting}},
		{"waits on its way back", traded(statusWaiting), true, pay.Result{State: pay.Waiting, Code: statusWaiting}},
		{"closed", traded(statusClosed), false, pay.Result{State: pay.Declined, Code: statusClosed}},
		{"closed on its way back", traded(statusClosed), true, pay.Result{State: pay.Declined, Code: statusClosed}},
		{"given back", traded(statusClosed, date), true, pay.Result{State: pay.Declined, Code: statusClosed, Returned: true}},
		{"given back by somebody", traded(statusClosed, date), false, pay.Result{State: pay.Mismatch, Code: statusClosed, Network: ours.Network, Amount: 500, Settled: 500, PaidAt: payTime}},
		{"waits under another number", traded(statusWaiting, node{"out_trade_no": "1"}), false, pay.Result{Code: pay.CodeNumber}},
		{"closed under no number", traded(statusClosed, node{"out_trade_no": nil}), true, pay.Result{Code: pay.CodeNumber}},
		{"closed for another seller", traded(statusClosed, node{"seller_id": "2088000000000000"}), true, pay.Result{Code: pay.CodeMerchant}},
		{"a state of tomorrow", traded("TRADE_PENDING"), false, pay.Result{Code: "trade_status TRADE_PENDING"}},
		{"no state", done(), false, pay.Result{Code: pay.CodeIncomplete}},
		{"not done, and no code", answer{node: node{"trade_status": statusSuccess}}, false, pay.Result{Code: pay.CodeIncomplete}},
		{"not there", refusing("ACQ.TRADE_NOT_EXIST"), false, pay.Result{Code: "ACQ.TRADE_NOT_EXIST", NotFound: true, Detail: words}},
	} {
		for _, a := range []pay.Attempt{attempt, shownAttempt} {
			a.Returning = c.returning
			c.want.Date = asked.UTC()
			n := playing(map[string][]answer{methodQuery: {c.a}})
			if got := n.provider(t, partnerOptions).Query(context.Background(), a); !same(got, c.want) {
				t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
			}
		}
	}
}

// unbelieved are replies that prove nothing, whatever they say.
func unbelieved(good answer) map[string]answer {
	all := map[string]answer{
		"unsigned":            good,
		"signed by nobody":    good,
		"signed by ourselves": good,
		"of another method":   good,
		"in an error node":    good,
		"HTTP 500":            good,
		"HTTP 302":            good,
		"lost":                {err: errors.New("connection reset")},
		"empty":               {body: " "},
		"HTML":                {body: "<html>502</html>"},
		"no node":             {body: `{"sign":"c2ln"}`},
		"an unsigned refusal": {node: node{"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST", "sub_msg": words, "out_trade_no": number}, unsigned: true},
		"an unsigned fault":   {node: node{"code": "40006", "sub_code": "isv.insufficient-isv-permissions"}, name: errorNode, unsigned: true},
	}
	for name, spoil := range map[string]func(a *answer){
		"unsigned":            func(a *answer) { a.unsigned = true },
		"signed by nobody":    func(a *answer) { a.key = anyKey() },
		"signed by ourselves": func(a *answer) { a.key = ourKey() },
		"of another method":   func(a *answer) { a.name = "alipay_trade_create_response" },
		"in an error node":    func(a *answer) { a.name, a.node = errorNode, node{"msg": "Success"} },
		"HTTP 500":            func(a *answer) { a.status = 500 },
		"HTTP 302":            func(a *answer) { a.status = 302 },
	} {
		a := all[name]
		spoil(&a)
		all[name] = a
	}
	return all
}

// TestWhatIsNotVerifiedProvesNothing spoils a success in every way.
func TestWhatIsNotVerifiedProvesNothing(t *testing.T) {
	t.Parallel()
	calls := map[string]func(p *Provider) pay.Result{
		methodPay:         func(p *Provider) pay.Result { return p.Charge(context.Background(), charge) },
		methodPrecreate:   func(p *Provider) pay.Result { return p.Show(context.Background(), offer) },
		methodQuery:       func(p *Provider) pay.Result { return p.Query(context.Background(), attempt) },
		methodCancel:      func(p *Provider) pay.Result { return p.Undo(context.Background(), attempt) },
		methodClose:       func(p *Provider) pay.Result { return p.Undo(context.Background(), shownAttempt) },
		methodRefund:      func(p *Provider) pay.Result { return p.Refund(context.Background(), refund) },
		methodRefundQuery: func(p *Provider) pay.Result { return p.QueryRefund(context.Background(), refund) },

		methodFreeze:               func(p *Provider) pay.Result { return p.Hold(context.Background(), holdCharge) },
		methodVoucher:              func(p *Provider) pay.Result { return p.ShowHold(context.Background(), holdOffer) },
		methodHoldQuery:            func(p *Provider) pay.Result { return p.QueryHold(context.Background(), deposit) },
		methodHoldCancel:           func(p *Provider) pay.Result { return p.UndoHold(context.Background(), deposit) },
		methodPay + " captures":    func(p *Provider) pay.Result { return p.Capture(context.Background(), taken) },
		methodQuery + " captures":  func(p *Provider) pay.Result { return p.QueryCapture(context.Background(), taken) },
		methodUnfreeze:             func(p *Provider) pay.Result { return p.Release(context.Background(), freed) },
		methodHoldQuery + " frees": func(p *Provider) pay.Result { return p.QueryRelease(context.Background(), freed) },
	}
	good := map[string]answer{
		methodPay: paid(), methodPrecreate: done(node{"qr_code": "https://qr.alipay.com/bax0"}), methodQuery: traded(statusSuccess),
		methodCancel: done(node{"retry_flag": "N", "action": "close"}), methodClose: done(),
		methodRefund: done(node{"fund_change": "Y", "refund_fee": "2.00"}), methodRefundQuery: refunded(refund.Number, "2.00"),
		methodFreeze: auth(), methodVoucher: auth(node{"code_value": "https://qr.alipay.com/fpx0"}), methodHoldQuery: auth(totals("AUTHORIZED", "300.00", "0.00", "300.00")), methodHoldCancel: auth(node{"action": "close"}),
		methodPay + " captures": capturePaid(), methodQuery + " captures": captureTraded(statusSuccess), methodUnfreeze: unfrozen(), methodHoldQuery + " frees": unfrozen(),
	}
	for what, do := range calls {
		method, _, _ := strings.Cut(what, " ")
		n := playing(map[string][]answer{method: {good[what]}})
		if r := do(n.provider(t, partnerOptions)); r.State == pay.Unknown {
			t.Errorf("%s: the good answer is %+v", what, r)
		}
		for name, a := range unbelieved(good[what]) {
			n := playing(map[string][]answer{method: {a}})
			r := do(n.provider(t, partnerOptions))
			if r.State == pay.NotSent && name == "lost" { // the test's transport traces nothing
				continue
			}
			if r.State != pay.Unknown || r.NotFound || r.Fault || r.Message != "" || r.Link != "" || r.Code == "" || r.Returned || !r.Date.IsZero() && name != "in an error node" {
				t.Errorf("%s, %s: %+v", method, name, r)
			}
			if strings.HasPrefix(name, "an unsigned") && (r.Code != "no signature" || r.Detail == "") {
				t.Errorf("%s, %s: nobody is told what it said: %+v", method, name, r)
			}
			if len(n.calls) != 1 {
				t.Errorf("%s, %s: asked %v", method, name, n.methods())
			}
		}
	}
}

// TestARawReplyIsVerifiedAsItCame has a node that no encoder writes like this.
func TestARawReplyIsVerifiedAsItCame(t *testing.T) {
	t.Parallel()
	text := "{ \"msg\":\"\\u6210\\u529f\",\r\n \"trade_no\" : \"2026\", \"out_trade_no\":\"" + number + "\",\"note\":\"a\\/b } \\\" {\", \"total_amount\":\"5.00\" ,\"gmt_payment\":\"2026-11-25 09:30:05\",\"code\":\"10000\"}"
	for name, c := range map[string]struct {
		a    answer
		want pay.State
	}{
		"as it came":                  {answer{text: text}, pay.Paid},
		"with its slash signed bare":  {answer{body: `{"alipay_trade_pay_response":` + text + `,"sign":"` + signature(strings.ReplaceAll(text, `\/`, "/"), nil) + `"}`}, pay.Paid},
		"with a certificate's number": {answer{body: `{"alipay_trade_pay_response":` + text + `,"alipay_cert_sn":"1","sign":"` + signature(text, nil) + `"}`}, pay.Paid},
		"signed without its blanks":   {answer{body: `{"alipay_trade_pay_response":` + text + `,"sign":"` + signature(strings.ReplaceAll(text, " ", ""), nil) + `"}`}, pay.Unknown},
		"with a second node":          {answer{body: `{"alipay_trade_pay_response":` + text + `,"sign":"` + signature(text, nil) + `","error_response":{"code":"10000"}}`}, pay.Unknown},
		"with a second node before":   {answer{body: `{"alipay_trade_pay_response":{"code":"10000"},"alipay_trade_pay_response":` + text + `,"sign":"` + signature(text, nil) + `"}`}, pay.Unknown},
		"with another reply after it": {answer{body: `{"alipay_trade_pay_response":` + text + `,"sign":"` + signature(text, nil) + `"}{"a":{}}`}, pay.Unknown},
		"with a field twice":          {answer{text: strings.Replace(text, `"msg"`, `"code":"40004","msg"`, 1)}, pay.Unknown},
	} {
		n := playing(map[string][]answer{methodPay: {c.a}})
		if r := n.provider(t, directOptions).Charge(context.Background(), charge); r.State != c.want {
			t.Errorf("%s: %+v, want %v", name, r, c.want)
		}
	}
}
