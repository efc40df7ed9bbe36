package alipay

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

const (
	authNo = "2026112510002001810258115912"
	payer  = "2088402019148643"
)

// held is a deposit of 300 yuan; its charge and its offer ask for it.
var (
	deposit     = pay.Attempt{Number: number, Merchant: "shop", Amount: 30000, Asked: asked}
	holdCharge  = pay.Charge{Attempt: deposit, Code: code, Title: "房间押金/8301", Device: "desk-1", Lane: "desk", Staff: "0042"}
	holdOffer   = pay.Offer{Attempt: deposit, Title: "房间押金", Life: 2 * time.Minute, Device: "desk-1", Lane: "desk"}
	depositTime = asked.Add(5 * time.Second)
)

// frozenResult is the result of a deposit that is ours and whole.
func frozenResult() pay.Result {
	return pay.Result{State: pay.Paid, Network: authNo, Payer: payer, Amount: 30000, PaidAt: depositTime, Held: &pay.Held{Left: 30000}, Date: asked.UTC()}
}

// auth is an answer about a deposit that was carried out; a nil in more takes a field out.
func auth(more ...node) answer {
	f := node{
		"code": "10000", "msg": "Success", "auth_no": authNo, "out_order_no": number, "out_request_no": number, "operation_id": "20161012405744018102",
		"amount": "300.00", "status": "SUCCESS", "payer_user_id": payer, "payer_logon_id": "159****5620", "gmt_trans": "2026-11-25 09:30:05",
	}
	for _, fields := range more {
		for name, value := range fields {
			if f[name] = value; value == nil {
				delete(f, name)
			}
		}
	}
	return answer{node: f}
}

// totals are the fields of a query of a deposit, in yuan.
func totals(order, total, captured, left string, more ...node) node {
	f := node{"operation_type": "FREEZE", "order_status": order, "total_freeze_amount": total, "total_pay_amount": captured, "rest_amount": left}
	for _, fields := range more {
		maps.Copy(f, fields)
	}
	return f
}

// TestHoldRequests looks at every field that goes out for a deposit and its end.
func TestHoldRequests(t *testing.T) {
	t.Parallel()
	n := playing(map[string][]answer{
		methodFreeze: {auth()}, methodVoucher: {auth(node{"code_value": "https://qr.alipay.com/fpx0"})}, methodHoldQuery: {auth(totals("AUTHORIZED", "300.00", "0.00", "300.00"))},
		methodHoldCancel: {auth(node{"action": "unfreeze"})},
	})
	p := n.provider(t, partnerOptions)
	p.Hold(t.Context(), holdCharge)
	p.ShowHold(t.Context(), holdOffer)
	p.QueryHold(t.Context(), deposit)
	p.UndoHold(t.Context(), deposit)
	want := map[string]node{
		methodFreeze: {"auth_code": code, "auth_code_type": "bar_code", "out_order_no": number, "out_request_no": number, "order_title": "房间押金 8301",
			"amount": "300.00", "payee_user_id": seller, "product_code": "PRE_AUTH", "pay_timeout": "5m"},
		methodVoucher: {"out_order_no": number, "out_request_no": number, "order_title": "房间押金", "amount": "300.00", "payee_user_id": seller,
			"product_code": "PRE_AUTH", "pay_timeout": "2m"},
		methodHoldQuery:  {"out_order_no": number, "out_request_no": number, "operation_type": "FREEZE"},
		methodHoldCancel: {"out_order_no": number, "out_request_no": number, "remark": "撤销押金"},
	}
	if len(n.calls) != len(want) {
		t.Errorf("asked %v", n.methods())
	}
	for _, c := range n.calls {
		if !maps.Equal(c.content, want[c.method]) || c.form.Get("app_auth_token") != token {
			t.Errorf("%s asks\n%v, want\n%v", c.method, c.content, want[c.method])
		}
	}
	n.answer = func(call) answer { return auth() }
	for title, want := range map[string]string{"": "押金", " \n": "押金", strings.Repeat("房", 40): strings.Repeat("房", 33)} {
		c := holdCharge
		c.Title = title
		p.Hold(t.Context(), c)
		if got := n.calls[len(n.calls)-1].content["order_title"]; got != want {
			t.Errorf("%q is sent as %q, want %q", title, got, want)
		}
	}
}

// TestHoldTerms: without the seller's number nothing is offered, and nothing sent.
func TestHoldTerms(t *testing.T) {
	t.Parallel()
	n := playing(nil)
	if got, want := n.provider(t, partnerOptions).Terms(""), (pay.HoldTerms{Code: true, QR: true, Parts: true}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	contract := partnerOptions
	contract.HoldDays = 30
	if got, want := n.provider(t, contract).Terms(""), (pay.HoldTerms{Code: true, QR: true, Parts: true, Days: true, Life: 30 * 24 * time.Hour}); got != want {
		t.Errorf("with 30 days: %+v, want %+v", got, want)
	}
	p := n.provider(t, directOptions) // of no seller
	if got := p.Terms("alipay"); got != (pay.HoldTerms{}) {
		t.Errorf("without a seller: %+v", got)
	}
	for _, r := range []pay.Result{p.Hold(t.Context(), holdCharge), p.ShowHold(t.Context(), holdOffer)} {
		if r.State != pay.NotSent || r.Code == "" || r.Detail == "" || len(n.calls) > 0 {
			t.Errorf("without a seller: %+v after %v", r, n.methods())
		}
	}
}

// holds are what a network may say of a deposit, and what it proves: of the
// answer to a freeze, and with totals of the answer to a query.
var holds = []struct {
	name   string
	fields node
	state  pay.State
	code   string
}{
	{"ours", nil, pay.Paid, ""},
	{"its money named", node{"trans_currency": "CNY"}, pay.Paid, ""},
	{"its payer by what stands for him", node{"payer_user_id": nil, "payer_open_id": "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5"}, pay.Paid, ""},
	{"five minutes before", node{"gmt_trans": "2026-11-25 09:25:00"}, pay.Paid, ""},
	{"with an amount that is a number", node{"amount": money.Fen(300)}, pay.Unknown, pay.CodeIncomplete}, // "300", which is nothing that the network writes

	{"of another order", node{"out_order_no": number + "0"}, pay.Mismatch, pay.CodeNumber},
	{"of another request", node{"out_request_no": number + "81"}, pay.Mismatch, pay.CodeNumber},
	{"of another amount", node{"amount": "300.01"}, pay.Mismatch, pay.CodeAmount},
	{"of dollars", node{"trans_currency": "USD"}, pay.Mismatch, pay.CodeCurrency},
	{"of last year", node{"gmt_trans": "2025-11-25 09:30:05"}, pay.Mismatch, pay.CodePayTime},

	{"another operation", node{"operation_type": "UNFREEZE"}, pay.Unknown, codeOperation},
	{"without its order", node{"out_order_no": nil}, pay.Unknown, pay.CodeIncomplete},
	{"without its request", node{"out_request_no": nil}, pay.Unknown, pay.CodeIncomplete},
	{"without a number of the network's", node{"auth_no": nil}, pay.Unknown, pay.CodeIncomplete},
	{"without a payer", node{"payer_user_id": nil}, pay.Unknown, pay.CodeIncomplete},
	{"without an amount", node{"amount": nil}, pay.Unknown, pay.CodeIncomplete},
	{"with an odd amount", node{"amount": "300.0"}, pay.Unknown, pay.CodeIncomplete},
	{"without a time", node{"gmt_trans": nil}, pay.Unknown, pay.CodeIncomplete},
	{"at an odd time", node{"gmt_trans": "25.11.2026"}, pay.Unknown, pay.CodeIncomplete},
	{"without a state", node{"status": nil}, pay.Unknown, pay.CodeIncomplete},
	{"in a state of tomorrow", node{"status": "PENDING"}, pay.Unknown, "FREEZE PENDING"},

	{"to be confirmed", node{"status": "INIT"}, pay.Waiting, "FREEZE INIT"},
	{"closed", node{"status": "CLOSED", "total_freeze_amount": "0.00"}, pay.Declined, "FREEZE CLOSED"},
	{"closed, of another amount", node{"status": "CLOSED", "amount": "9300.00", "total_freeze_amount": "0.00"}, pay.Unknown, pay.CodeAmount},
	{"closed, with another amount frozen", node{"status": "CLOSED", "amount": nil, "total_freeze_amount": "90.00"}, pay.Unknown, pay.CodeAmount},
	{"to be confirmed, of another", node{"status": "INIT", "out_order_no": "1"}, pay.Unknown, pay.CodeNumber},
	{"closed, of no request", node{"status": "CLOSED", "out_request_no": nil}, pay.Unknown, pay.CodeNumber},
}

func TestHolds(t *testing.T) {
	t.Parallel()
	whole := totals("AUTHORIZED", "300.00", "0.00", "300.00")
	for _, c := range holds {
		n := playing(map[string][]answer{methodFreeze: {auth(c.fields)}, methodHoldQuery: {auth(whole, c.fields)}})
		p := n.provider(t, partnerOptions)
		for what, got := range map[string]pay.Result{"freeze": p.Hold(t.Context(), holdCharge), "query": p.QueryHold(t.Context(), deposit)} {
			if got.State != c.state || got.Code != c.code || got.NotFound || got.Fault || got.Returned || got.Date.IsZero() || got.Message != "" {
				t.Errorf("%s %s: %+v, want %v %s", what, c.name, got, c.state, c.code)
			}
			if (got.State == pay.Paid) != (got.Held != nil && got.Held.Left == 30000) || got.State == pay.Paid && (got.Payer == "" || got.Settled != 0) {
				t.Errorf("%s %s: %+v", what, c.name, got)
			}
		}
		if !slices.Equal(n.methods(), []string{methodFreeze, methodHoldQuery}) {
			t.Errorf("%s: asked %v", c.name, n.methods())
		}
	}
	n := playing(map[string][]answer{methodFreeze: {auth()}})
	if got := n.provider(t, partnerOptions).Hold(t.Context(), holdCharge); !same(got, frozenResult()) {
		t.Errorf("%+v", got)
	}
	old := deposit // a clock that is not trusted says nothing of the time
	old.Asked = time.Time{}
	n.answer = func(call) answer { return auth(whole, node{"gmt_trans": "2025-01-01 00:00:00"}) }
	if got := n.provider(t, partnerOptions).QueryHold(t.Context(), old); got.State != pay.Paid {
		t.Errorf("without a trusted clock: %+v", got)
	}
}

// TestHoldTotals: held = captured + released + left, by the network's own numbers.
func TestHoldTotals(t *testing.T) {
	t.Parallel()
	paid := func(h pay.Held) pay.Result { r := frozenResult(); r.Held = &h; return r }
	fault := frozenResult()
	fault.State, fault.Code, fault.Fault, fault.Held = pay.Unknown, pay.CodeTotals, true, nil
	silent := fault
	silent.Code, silent.Fault = pay.CodeIncomplete, false
	back := func(state pay.State, code string, h pay.Held) pay.Result {
		r := paid(h)
		r.State, r.Code, r.Returned = state, code, state == pay.Declined
		return r
	}
	for _, c := range []struct {
		name      string
		fields    node
		returning bool
		want      pay.Result
	}{
		{"whole", totals("AUTHORIZED", "300.00", "0.00", "300.00"), false, paid(pay.Held{Left: 30000})},
		{"as the page writes numbers", totals("AUTHORIZED", "300.00", "0.00", "300.00"), false, paid(pay.Held{Left: 30000})},
		{"a part captured", totals("AUTHORIZED", "300.00", "88.50", "211.50"), false, paid(pay.Held{Captured: 8850, Left: 21150})},
		{"a part released", totals("AUTHORIZED", "300.00", "0.00", "250.00"), false, paid(pay.Held{Released: 5000, Left: 25000})},
		{"both", totals("AUTHORIZED", "300.00", "88.50", "11.50"), false, paid(pay.Held{Captured: 8850, Released: 20000, Left: 1150})},
		{"captured, and the rest gone", totals("FINISH", "300.00", "88.50", "0.00"), false, paid(pay.Held{Captured: 8850, Released: 21150})},
		{"all released", totals("CLOSED", "300.00", "0.00", "0.00"), false, paid(pay.Held{Released: 30000})},
		{"no totals", nil, false, silent},

		{"on credit", totals("AUTHORIZED", "300.00", "0.00", "300.00", node{"pre_auth_type": "CREDIT_AUTH"}), false, paid(pay.Held{Left: 30000, Credit: 30000})},
		{"partly on credit", totals("AUTHORIZED", "300.00", "0.00", "300.00", node{"pre_auth_type": "CREDIT_AUTH", "total_freeze_credit_amount": "200.00"}), false, paid(pay.Held{Left: 30000, Credit: 20000})},
		{"with an odd credit", totals("AUTHORIZED", "300.00", "0.00", "300.00", node{"pre_auth_type": "CREDIT_AUTH", "credit_amount": "300.01"}), false, paid(pay.Held{Left: 30000, Credit: 30000})},
		{"of money", totals("AUTHORIZED", "300.00", "0.00", "300.00", node{"pre_auth_type": "FUND_AUTH", "credit_amount": "0.00"}), false, paid(pay.Held{Left: 30000})},

		{"more moved than was held", totals("AUTHORIZED", "300.00", "200.00", "100.01"), false, fault},
		{"another sum held", totals("AUTHORIZED", "200.00", "0.00", "200.00"), false, fault},
		{"over, and something left", totals("FINISH", "300.00", "88.50", "1.00"), false, fault},
		{"closed, and something left", totals("CLOSED", "300.00", "0.00", "300.00"), false, fault},
		{"no total", totals("AUTHORIZED", "", "0.00", "300.00"), false, fault},
		{"no rest", totals("AUTHORIZED", "300.00", "0.00", "300"), false, fault},

		{"whole, on its way back", totals("AUTHORIZED", "300.00", "0.00", "300.00"), true, paid(pay.Held{Left: 30000})},
		{"a part released, on its way back", totals("AUTHORIZED", "300.00", "0.00", "100.00"), true, paid(pay.Held{Released: 20000, Left: 10000})},
		{"all released, on its way back", totals("CLOSED", "300.00", "0.00", "0.00"), true, back(pay.Declined, pay.CodeReleased, pay.Held{Released: 30000})},
		{"captured, on its way back", totals("FINISH", "300.00", "88.50", "0.00"), true, back(pay.Mismatch, pay.CodeCaptured, pay.Held{Captured: 8850, Released: 21150})},
	} {
		a := deposit
		a.Returning = c.returning
		said := auth(c.fields)
		if c.name == "as the page writes numbers" {
			said.text = `{"code":"10000","auth_no":"` + authNo + `","out_order_no":"` + number + `","out_request_no":"` + number + `","amount": 300.00,"status":"SUCCESS",` +
				`"total_freeze_amount":300.00 ,"rest_amount":300.00,"total_pay_amount":0.00,"payer_user_id":"` + payer + `","gmt_trans":"2026-11-25 09:30:05","operation_type":"FREEZE"}`
		}
		n := playing(map[string][]answer{methodHoldQuery: {said}})
		if got := n.provider(t, partnerOptions).QueryHold(t.Context(), a); !same(got, c.want) {
			t.Errorf("%s: %+v with %+v, want %+v with %+v", c.name, got, got.Held, c.want, c.want.Held)
		}
	}
	cancelled := playing(map[string][]answer{methodHoldQuery: {auth(totals("CLOSED", "300.00", "0.00", "0.00"), node{"status": "CLOSED"})}})
	if got := cancelled.provider(t, partnerOptions).QueryHold(t.Context(), deposit); got.State != pay.Declined || !got.Returned {
		t.Errorf("cancelled after it was held: %+v", got)
	}
	credit := playing(map[string][]answer{methodFreeze: {auth(node{"pre_auth_type": "CREDIT_AUTH", "credit_amount": "300.00", "fund_amount": "0.00"})}})
	if got := credit.provider(t, partnerOptions).Hold(t.Context(), holdCharge); got.State != pay.Paid || got.Held == nil || got.Held.Credit != 30000 {
		t.Errorf("held on credit: %+v", got)
	}
}

// TestARefusedHoldIsLookedAtOnce: what the look finds counts, silence does not
// overrule, and what is found open is cancelled.
func TestARefusedHoldIsLookedAtOnce(t *testing.T) {
	t.Parallel()
	const sub = "MONEY_NOT_ENOUGH"
	whole := totals("AUTHORIZED", "300.00", "0.00", "300.00")
	open, cancelled := auth(node{"status": "INIT"}), auth(node{"action": "close"})
	look, both := []string{methodFreeze, methodHoldQuery}, []string{methodFreeze, methodHoldQuery, methodHoldCancel}
	for name, c := range map[string]struct {
		refusal, look, cancel answer
		want                  pay.State
		code                  string
		asked                 []string
	}{
		"not there":                 {refusing(sub), refusing("AUTH_ORDER_NOT_EXIST"), answer{}, pay.Declined, sub, look},
		"closed":                    {refusing(sub), auth(node{"status": "CLOSED"}), answer{}, pay.Declined, sub, look},
		"lost":                      {refusing(sub), answer{err: errors.New("connection reset")}, answer{}, pay.Declined, sub, look},
		"unsigned":                  {refusing(sub), answer{node: auth(whole).node, unsigned: true}, answer{}, pay.Declined, sub, look},
		"held":                      {refusing(sub), auth(whole), answer{}, pay.Paid, "", look},
		"another amount held":       {refusing(sub), auth(whole, node{"amount": "1.00"}), answer{}, pay.Mismatch, pay.CodeAmount, look},
		"open":                      {refusing(sub), open, cancelled, pay.Declined, sub, both},
		"open, then released":       {refusing(sub), open, auth(node{"action": "unfreeze"}), pay.Declined, sub, both},
		"open, and stays open":      {refusing(sub), open, refusing("SYSTEM_ERROR"), pay.Unknown, sub, both},
		"it names its order":        {answer{node: node{"code": "40004", "sub_code": sub, "sub_msg": words, "out_order_no": number}}, answer{}, answer{}, pay.Declined, sub, look[:1]},
		"it names another order":    {answer{node: node{"code": "40004", "sub_code": sub, "sub_msg": words, "out_order_no": "1"}}, answer{}, answer{}, pay.Unknown, pay.CodeNumber, look[:1]},
		"our set-up":                {refusing("ACCESS_FORBIDDEN"), answer{}, answer{}, pay.Declined, "ACCESS_FORBIDDEN", look[:1]},
		"the number is in use":      {refusing("UNIQUE_VIOLATION"), answer{}, answer{}, pay.Unknown, "UNIQUE_VIOLATION", look[:1]},
		"it says that it is frozen": {refusing("FREEZE_ALREADY_SUCCESS"), answer{}, answer{}, pay.Unknown, "FREEZE_ALREADY_SUCCESS", look[:1]},
	} {
		n := playing(map[string][]answer{methodFreeze: {c.refusal}, methodHoldQuery: {c.look}, methodHoldCancel: {c.cancel}})
		got := n.provider(t, partnerOptions).Hold(context.Background(), holdCharge)
		if got.State != c.want || got.Code != c.code || (got.Message != "") != (c.want == pay.Declined && !got.Fault) || got.NotFound {
			t.Errorf("%s: %+v, want %v %s", name, got, c.want, c.code)
		}
		if !slices.Equal(n.methods(), c.asked) {
			t.Errorf("%s: asked %v, want %v", name, n.methods(), c.asked)
		}
	}
}

// TestWaitingForAHold is the one code that says that the payer was asked.
func TestWaitingForAHold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields node
		state  pay.State
		code   string
	}{
		"ours":      {node{"out_order_no": number, "sub_msg": words}, pay.Waiting, "10003"},
		"unnamed":   {node{"out_order_no": nil, "sub_msg": words}, pay.Waiting, "10003"},
		"another's": {node{"out_order_no": "1"}, pay.Unknown, pay.CodeNumber},
	} {
		n := playing(map[string][]answer{methodFreeze: {auth(node{"code": "10003"}, c.fields)}})
		if got := n.provider(t, partnerOptions).Hold(t.Context(), holdCharge); got.State != c.state || got.Code != c.code || len(n.calls) != 1 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestShowHold has every answer that is done.
func TestShowHold(t *testing.T) {
	t.Parallel()
	const link = "https://qr.alipay.com/fpx05894tjxgvvymmz1spb6"
	for name, c := range map[string]struct {
		fields node
		want   pay.Result
	}{
		"a code":              {node{"code_value": link, "code_type": "qrcode", "code_url": "https://mobilecodec.alipay.com/show.htm?code=x"}, pay.Result{State: pay.Waiting, Code: "shown", Link: link}},
		"no code":             {nil, pay.Result{Code: pay.CodeIncomplete}},
		"a code of two lines": {node{"code_value": link + "\n"}, pay.Result{Code: pay.CodeIncomplete}},
		"another's":           {node{"code_value": link, "out_order_no": "1"}, pay.Result{Code: pay.CodeNumber}},
		"another request's":   {node{"code_value": link, "out_request_no": "1"}, pay.Result{Code: pay.CodeNumber}},
		"nobody's":            {node{"code_value": link, "out_order_no": nil}, pay.Result{Code: pay.CodeNumber}},
	} {
		n := playing(map[string][]answer{methodVoucher: {auth(c.fields)}})
		c.want.Date = asked.UTC()
		if got := n.provider(t, partnerOptions).ShowHold(t.Context(), holdOffer); !same(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
