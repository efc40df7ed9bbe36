package alipay

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"tillgate/agent/pay"
)

var (
	heldOf = func() pay.Attempt { a := deposit; a.Network = authNo; return a }()
	taken  = pay.Move{Of: heldOf, Payer: payer, Number: number + "51", Amount: 8850, Title: "房费", Staff: "0042", Device: "desk-1", Lane: "desk"}
	freed  = pay.Move{Of: heldOf, Payer: payer, Number: number + "81", Amount: 21150, Title: "押金退还 8301", Staff: "0042", Device: "desk-1"}
)

// capturePaid are the fields of a capture that was paid; more as with done.
func capturePaid(more ...node) answer {
	f := node{"out_trade_no": taken.Number, "total_amount": "88.50", "receipt_amount": "88.50", "gmt_payment": "2026-11-27 11:00:00"}
	return done(append([]node{f}, more...)...)
}

// captureTraded is the answer to a query of a capture.
func captureTraded(status string, more ...node) answer {
	f := node{"out_trade_no": taken.Number, "trade_status": status, "total_amount": "88.50"}
	if status == statusSuccess || status == statusFinished {
		f["send_pay_date"] = "2026-11-27 11:00:00"
	}
	return done(append([]node{f}, more...)...)
}

// unfrozen is the answer to a release, or to a query of one.
func unfrozen(more ...node) answer {
	f := node{"out_request_no": freed.Number, "amount": "211.50", "operation_id": "20161012405744018103", "gmt_trans": "2026-11-27 11:05:00"}
	return auth(append([]node{f}, more...)...)
}

// TestMoveRequests looks at every field that goes out for what moves. How the
// payer has to be named depends on the application.
func TestMoveRequests(t *testing.T) {
	t.Parallel()
	n := playing(map[string][]answer{methodPay: {capturePaid()}, methodQuery: {captureTraded(statusSuccess)}, methodUnfreeze: {unfrozen()}, methodHoldQuery: {unfrozen()}})
	p := n.provider(t, partnerOptions)
	last, rest, open := taken, freed, taken
	last.Last, rest.Last = true, true
	open.Payer = "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5"
	rest.Title = ""
	p.Capture(t.Context(), taken)
	p.Capture(t.Context(), last)
	p.Capture(t.Context(), open)
	p.QueryCapture(t.Context(), taken)
	p.Release(t.Context(), freed)
	p.Release(t.Context(), rest)
	p.QueryRelease(t.Context(), freed)
	capture := func(mode string, payer node) node {
		f := node{"out_trade_no": taken.Number, "auth_no": authNo, "product_code": "PRE_AUTH", "subject": "房费", "total_amount": "88.50", "seller_id": seller, "auth_confirm_mode": mode,
			"store_id": "NJ_001", "operator_id": "0042", "terminal_id": "desk-1", "timeout_express": "5m"}
		maps.Copy(f, payer)
		return f
	}
	for i, want := range []node{
		capture("NOT_COMPLETE", node{"buyer_id": payer}),
		capture("COMPLETE", node{"buyer_id": payer}),
		capture("NOT_COMPLETE", node{"buyer_open_id": open.Payer}),
		{"out_trade_no": taken.Number},
		{"auth_no": authNo, "out_request_no": freed.Number, "amount": "211.50", "remark": "押金退还 8301"},
		{"auth_no": authNo, "out_request_no": freed.Number, "amount": "211.50", "remark": "押金退还", "extra_param": `{"unfreezeBizInfo":"{\"bizComplete\":\"true\"}"}`},
		{"out_order_no": number, "out_request_no": freed.Number, "operation_type": "UNFREEZE"},
	} {
		got := n.calls[i].content
		if extend, _ := got["extend_params"].(node); n.calls[i].method == methodPay && extend["sys_service_provider_id"] != partnerOptions.ServiceProviderID {
			t.Errorf("%d: of the service provider %v", i, extend)
		}
		delete(got, "extend_params")
		if !maps.Equal(got, want) {
			t.Errorf("%d %s asks\n%v, want\n%v", i, n.calls[i].method, got, want)
		}
	}
}

// TestAMoveOfNobodysDeposit is not sent.
func TestAMoveOfNobodysDeposit(t *testing.T) {
	t.Parallel()
	n := playing(nil)
	p := n.provider(t, partnerOptions)
	unpaid, unnamed := taken, freed
	unpaid.Payer, unnamed.Of.Network = "", ""
	for _, r := range []pay.Result{p.Capture(t.Context(), unpaid), p.Capture(t.Context(), unnamed), p.Release(t.Context(), unnamed)} {
		if r.State != pay.Unknown || !r.Fault || r.Code != codeUnnamed || len(n.calls) > 0 {
			t.Errorf("%+v after %v", r, n.methods())
		}
	}
}

// TestCaptures has every answer that is done, to a capture and to a query of one.
func TestCaptures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status string // of the query
		fields node
		state  pay.State
		code   string
	}{
		{"captured", statusSuccess, nil, pay.Paid, ""},
		{"captured long ago", statusFinished, nil, pay.Paid, ""},
		{"captured, and refunded since", statusClosed, node{"send_pay_date": "2026-11-27 11:00:00"}, pay.Paid, ""},
		{"closed", statusClosed, nil, pay.Declined, statusClosed},
		{"under way", statusWaiting, nil, pay.Waiting, statusWaiting},
		{"in a state of tomorrow", "TRADE_PENDING", nil, pay.Unknown, "trade_status TRADE_PENDING"},

		{"another amount", statusSuccess, node{"total_amount": "88.00"}, pay.Mismatch, pay.CodeAmount},
		{"another amount, and refunded since", statusClosed, node{"send_pay_date": "2026-11-27 11:00:00", "total_amount": "88.00"}, pay.Mismatch, pay.CodeAmount},
		{"for another seller", statusSuccess, node{"seller_id": "2088102146225136"}, pay.Mismatch, pay.CodeMerchant},
		{"under another number", statusSuccess, node{"out_trade_no": number + "52"}, pay.Mismatch, pay.CodeNumber},
		{"before the deposit", statusSuccess, node{"send_pay_date": "2026-11-25 09:24:59", "gmt_payment": "2026-11-25 09:24:59"}, pay.Mismatch, pay.CodePayTime},
		{"without an amount", statusSuccess, node{"total_amount": nil}, pay.Unknown, pay.CodeIncomplete},
	} {
		n := playing(map[string][]answer{methodPay: {capturePaid(c.fields)}, methodQuery: {captureTraded(c.status, c.fields)}})
		p := n.provider(t, partnerOptions)
		got := p.QueryCapture(t.Context(), taken)
		if got.State != c.state || got.Code != c.code || got.Returned || got.NotFound || got.Fault || got.Date.IsZero() {
			t.Errorf("query, %s: %+v, want %v %s", c.name, got, c.state, c.code)
		}
		if got.State == pay.Paid && (got.Amount != 8850 || got.Settled != 8850 || got.Network == "") {
			t.Errorf("query, %s: %+v", c.name, got)
		}
		if c.status != statusSuccess { // a charge's answer has no state, but if it had one it would count
			n.answer = func(call) answer { return captureTraded(c.status, c.fields) }
		}
		if got := p.Capture(t.Context(), taken); got.State != c.state || got.Code != c.code {
			t.Errorf("capture, %s: %+v, want %v %s", c.name, got, c.state, c.code)
		}
	}
}

// TestACaptureThatWaits: of a deposit of credit the money is only now taken.
func TestACaptureThatWaits(t *testing.T) {
	t.Parallel()
	for of, want := range map[any]pay.State{taken.Number: pay.Waiting, nil: pay.Waiting, "1": pay.Unknown} {
		n := playing(map[string][]answer{methodPay: {done(node{"code": "10003", "out_trade_no": of})}})
		if got := n.provider(t, partnerOptions).Capture(t.Context(), taken); got.State != want || len(n.calls) != 1 {
			t.Errorf("of %v: %+v", of, got)
		}
	}
}

// TestARefusedCaptureIsLookedAt: the request before may have carried it out, so a
// no counts when the capture is not there, or closed.
func TestARefusedCaptureIsLookedAt(t *testing.T) {
	t.Parallel()
	lost := answer{err: errors.New("connection reset")}
	for _, c := range []struct {
		name                string
		look                answer
		no, barred, unclear pay.State // after AUTH_ORDER_HAS_FINISHED, AUTH_NO_ERROR and CONTEXT_INCONSISTENT
		code                string    // of the result, where it is the look's; "-": none
	}{
		{"not there", refusing("ACQ.TRADE_NOT_EXIST"), pay.Declined, pay.Declined, pay.Unknown, ""},
		{"closed", captureTraded(statusClosed), pay.Declined, pay.Declined, pay.Unknown, ""},
		{"captured", captureTraded(statusSuccess), pay.Paid, pay.Paid, pay.Paid, "-"},
		{"another amount captured", captureTraded(statusSuccess, node{"total_amount": "1.00"}), pay.Mismatch, pay.Mismatch, pay.Mismatch, pay.CodeAmount},
		{"captured and refunded", captureTraded(statusClosed, node{"send_pay_date": "2026-11-27 11:00:00"}), pay.Paid, pay.Paid, pay.Paid, "-"},
		{"busy", refusing("ACQ.SYSTEM_ERROR"), pay.Unknown, pay.Unknown, pay.Unknown, ""},
		{"lost", lost, pay.Unknown, pay.Unknown, pay.Unknown, ""},
		{"open", captureTraded(statusWaiting), pay.Waiting, pay.Waiting, pay.Waiting, statusWaiting},
	} {
		for sub, want := range map[string]pay.State{"ACQ.AUTH_ORDER_HAS_FINISHED": c.no, "ACQ.AUTH_NO_ERROR": c.barred, "ACQ.CONTEXT_INCONSISTENT": c.unclear} {
			n := playing(map[string][]answer{methodPay: {refusing(sub)}, methodQuery: {c.look}})
			got := n.provider(t, partnerOptions).Capture(t.Context(), taken)
			code := sub
			if c.code == "-" {
				code = ""
			} else if c.code != "" {
				code = c.code
			}
			if got.State != want || got.Code != code || got.NotFound || got.Fault != (want == pay.Declined && sub == "ACQ.AUTH_NO_ERROR") {
				t.Errorf("%s, %s: %+v, want %v %s", sub, c.name, got, want, code)
			}
			if !slices.Equal(n.methods(), []string{methodPay, methodQuery}) {
				t.Errorf("%s, %s: asked %v", sub, c.name, n.methods())
			}
		}
	}
}

// TestReleases has every answer that is done, to a release and to a query of one.
func TestReleases(t *testing.T) {
	t.Parallel()
	returned := pay.Result{State: pay.Returned, Code: "UNFREEZE SUCCESS", Network: "20161012405744018103", Amount: 21150, PaidAt: asked.Add(49*time.Hour + 35*time.Minute), Date: asked.UTC()}
	waits, other := returned, returned
	waits.State, waits.Code, waits.PaidAt = pay.Waiting, "UNFREEZE INIT", time.Time{}
	other.State, other.Code, other.Amount, other.PaidAt = pay.Mismatch, pay.CodeAmount, 100, time.Time{}
	for name, c := range map[string]struct {
		fields node
		want   pay.Result
	}{
		"released":               {nil, returned},
		"its kind named":         {node{"operation_type": "UNFREEZE"}, returned},
		"under way":              {node{"status": "INIT"}, waits},
		"not done, ever":         {node{"status": "CLOSED"}, pay.Result{State: pay.Declined, Code: "UNFREEZE CLOSED", Date: asked.UTC()}},
		"another amount":         {node{"amount": "1.00"}, other},
		"another amount on way":  {node{"amount": "1.00", "status": "INIT"}, other},
		"another deposit":        {node{"out_order_no": "1"}, pay.Result{Code: pay.CodeNumber, Date: asked.UTC()}},
		"another release":        {node{"out_request_no": number + "82"}, pay.Result{Code: pay.CodeNumber, Date: asked.UTC()}},
		"nobody's":               {node{"out_request_no": nil}, pay.Result{Code: pay.CodeNumber, Date: asked.UTC()}},
		"a freeze":               {node{"operation_type": "FREEZE"}, pay.Result{Code: codeOperation, Date: asked.UTC()}},
		"no state":               {node{"status": nil}, pay.Result{Code: pay.CodeIncomplete, Date: asked.UTC()}},
		"no amount":              {node{"amount": nil}, pay.Result{Code: pay.CodeIncomplete, Date: asked.UTC()}},
		"an odd amount":          {node{"amount": "211.5"}, pay.Result{Code: pay.CodeIncomplete, Date: asked.UTC()}},
		"in a state of tomorrow": {node{"status": "PENDING"}, pay.Result{Code: "UNFREEZE PENDING", Date: asked.UTC()}},
	} {
		n := playing(map[string][]answer{methodUnfreeze: {unfrozen(c.fields)}, methodHoldQuery: {unfrozen(c.fields)}})
		p := n.provider(t, partnerOptions)
		for what, got := range map[string]pay.Result{"release": p.Release(t.Context(), freed), "query": p.QueryRelease(t.Context(), freed)} {
			if !same(got, c.want) {
				t.Errorf("%s, %s: %+v, want %+v", what, name, got, c.want)
			}
		}
		if !slices.Equal(n.methods(), []string{methodUnfreeze, methodHoldQuery}) {
			t.Errorf("%s: asked %v", name, n.methods())
		}
	}
}

// TestARefusedReleaseIsLookedAt, like a capture.
func TestARefusedReleaseIsLookedAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name      string
		look      answer
		no, other pay.State // after ORDER_ALREADY_CLOSED and UNIQUE_VIOLATION
		code      string    // of the result, where it is the look's
	}{
		{"not there", refusing("AUTH_OPERATION_NOT_EXIST"), pay.Declined, pay.Mismatch, ""},
		{"no such deposit", refusing("AUTH_ORDER_NOT_EXIST"), pay.Declined, pay.Mismatch, ""},
		{"not done", unfrozen(node{"status": "CLOSED"}), pay.Declined, pay.Mismatch, ""},
		{"released", unfrozen(), pay.Returned, pay.Returned, "UNFREEZE SUCCESS"},
		{"under way", unfrozen(node{"status": "INIT"}), pay.Waiting, pay.Waiting, "UNFREEZE INIT"},
		{"another amount", unfrozen(node{"amount": "1.00"}), pay.Mismatch, pay.Mismatch, pay.CodeAmount},
		{"busy", refusing("SYSTEM_ERROR"), pay.Unknown, pay.Mismatch, ""},
		{"unsigned", answer{node: unfrozen().node, unsigned: true}, pay.Unknown, pay.Mismatch, ""},
	} {
		for sub, want := range map[string]pay.State{"ORDER_ALREADY_CLOSED": c.no, "UNIQUE_VIOLATION": c.other} {
			n := playing(map[string][]answer{methodUnfreeze: {refusing(sub)}, methodHoldQuery: {c.look}})
			got := n.provider(t, partnerOptions).Release(t.Context(), freed)
			code := sub
			if c.code != "" {
				code = c.code
			}
			if got.State != want || got.Code != code || got.NotFound || got.Fault || (got.Message != "") != (want == pay.Declined) {
				t.Errorf("%s, %s: %+v, want %v %s", sub, c.name, got, want, code)
			}
		}
	}
}

// TestRefundOfACapture is that of the payment that a capture is.
func TestRefundOfACapture(t *testing.T) {
	t.Parallel()
	n := playing(map[string][]answer{methodRefund: {done(node{"out_trade_no": taken.Number, "fund_change": "Y", "refund_fee": "2.00"})}})
	back := pay.Refund{Of: captured(taken), Hold: &heldOf, Number: number + "01", Amount: 200}
	if got := n.provider(t, partnerOptions).Refund(t.Context(), back); got.State != pay.Returned || got.Amount != 200 {
		t.Errorf("%+v", got)
	}
	if got := n.calls[0].content; got["out_trade_no"] != taken.Number || got["out_request_no"] != back.Number {
		t.Errorf("asks %v", got)
	}
}
