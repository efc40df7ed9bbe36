package cloudpay

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

// TestStatesOfOrders has every state of every wallet (page 37628), as an answer
// to a charge, to a query, to one of a code that was shown, and to one on its way
// back, where the network knows of no refund.
func TestStatesOfOrders(t *testing.T) {
	t.Parallel()
	const (
		paid, no, waits, dunno, touched = pay.Paid, pay.Declined, pay.Waiting, pay.Unknown, pay.Mismatch
	)
	for _, c := range []struct {
		wallet                       string
		state                        int
		charge, query, shown, goBack pay.State
		notFound                     bool // of what was shown, on its way back
	}{
		{wechat, 1, waits, waits, waits, waits, false},
		{wechat, 2, paid, paid, paid, paid, false},
		{wechat, 3, paid, paid, paid, paid, false},
		{wechat, 4, touched, touched, touched, no, false},
		{wechat, 5, no, no, no, no, false},
		{wechat, 6, waits, waits, waits, waits, false},
		{wechat, 7, no, no, no, no, false},
		{wechat, 8, no, no, no, no, false},
		{wechat, 9, waits, waits, waits, waits, false},
		{wechat, 10, no, no, no, no, false},
		{wechat, 11, no, no, waits, no, true},
		{wechat, 12, waits, waits, waits, waits, false},
		{wechat, 13, dunno, dunno, dunno, dunno, false},
		{wechat, 14, paid, paid, paid, paid, false},
		{wechat, 0, dunno, dunno, dunno, dunno, false},
		{wechat, 15, dunno, dunno, dunno, dunno, false},
		{alipay, 1, waits, waits, waits, waits, false},
		{alipay, 2, paid, paid, paid, paid, false},
		{alipay, 3, dunno, dunno, dunno, dunno, false},
		{alipay, 4, waits, waits, waits, waits, false},
		{alipay, 5, no, no, no, no, false},
		{alipay, 6, paid, paid, paid, paid, false},
		{alipay, 7, no, no, waits, no, true},
		{alipay, 8, dunno, dunno, dunno, dunno, false},
		{record, 1, dunno, dunno, dunno, dunno, false},
		{record, 2, dunno, dunno, dunno, dunno, false},
		{record, 3, dunno, dunno, dunno, dunno, false},
	} {
		n := &network{opens: c.state}
		n.say = map[string]func(message) message{"micro_pay": func(message) message { return message{"micro_pay": tradeOf(number, c.wallet, c.state, 500)} }}
		p := n.provider(t)
		shown, back := attempt, attempt
		shown.Shown, back.Returning = true, true
		shownBack := shown
		shownBack.Returning = true
		first := p.Charge(t.Context(), charge)
		n.open(c.wallet, c.state)
		for what, r := range map[string]struct {
			got  pay.Result
			want pay.State
		}{
			"charge": {first, c.charge}, "query": {p.Query(t.Context(), attempt), c.query},
			"shown": {p.Query(t.Context(), shown), c.shown}, "on its way back": {p.Query(t.Context(), back), c.goBack},
		} {
			if r.got.State != r.want || r.got.NotFound || r.got.Code == "" && r.want != paid || r.got.Date.IsZero() {
				t.Errorf("%s %d, %s: %+v, want %v", c.wallet, c.state, what, r.got, r.want)
			}
			if name := map[string]string{wechat: wechat, alipay: alipay}[c.wallet]; r.got.Wallet != name {
				t.Errorf("%s %d, %s: the wallet is %q", c.wallet, c.state, what, r.got.Wallet)
			}
		}
		if r := p.Query(t.Context(), shownBack); r.NotFound != c.notFound || c.notFound && r.State != dunno {
			t.Errorf("%s %d, shown and on its way back: %+v", c.wallet, c.state, r)
		}
		if r := p.Query(t.Context(), back); r.Returned != (c.wallet == wechat && (c.state == 4 || c.state == stateReversed)) {
			t.Errorf("%s %d, on its way back: %+v", c.wallet, c.state, r)
		}
	}
}

// TestSuccess spoils one thing after the other of a payment.
func TestSuccess(t *testing.T) {
	t.Parallel()
	gone := struct{}{} // the field is left out
	for _, c := range []struct {
		name, field string
		value       any
		state       pay.State
		code        string
	}{
		{"good", "", nil, pay.Paid, ""},
		{"no coupon told of", "settlement_total_fee", gone, pay.Paid, ""},
		{"no currency", "fee_type", gone, pay.Paid, ""},
		{"in process", "is_transforming", true, pay.Paid, ""},
		{"five minutes before", "time_end", asked.Unix() - 300, pay.Paid, ""},

		{"another amount", "total_fee", 501, pay.Mismatch, pay.CodeAmount},
		{"another number", "out_trade_no", number[:23] + "2", pay.Mismatch, pay.CodeNumber},
		{"another currency", "fee_type", "USD", pay.Mismatch, pay.CodeCurrency},
		{"another provider", "out_mch_id", "sz01other", pay.Mismatch, pay.CodeMerchant},
		{"another merchant", "out_sub_mch_id", "sz01other", pay.Mismatch, pay.CodeMerchant},
		{"another store", "out_shop_id", "sz01other", pay.Mismatch, pay.CodeMerchant},
		{"before it was asked for", "time_end", asked.Unix() - 301, pay.Mismatch, pay.CodePayTime},

		{"no amount", "total_fee", gone, pay.Unknown, pay.CodeIncomplete},
		{"no number", "out_trade_no", gone, pay.Unknown, pay.CodeIncomplete},
		{"no time", "time_end", gone, pay.Unknown, pay.CodeIncomplete},
		{"no number of the network", "transaction_id", gone, pay.Unknown, pay.CodeIncomplete},
		{"no merchant", "out_sub_mch_id", gone, pay.Unknown, pay.CodeIncomplete},
		{"no store", "out_shop_id", gone, pay.Unknown, pay.CodeIncomplete},
		{"an amount below nothing", "settlement_total_fee", -1, pay.Unknown, pay.CodeIncomplete},
		{"more than was paid", "settlement_total_fee", 501, pay.Unknown, pay.CodeIncomplete},
		{"an amount with a point", "total_fee", 500.5, pay.Unknown, pay.CodeIncomplete},
		{"an amount as a text", "total_fee", "500", pay.Unknown, pay.CodeIncomplete},
		{"no state", "wxpay_order_content_ext", gone, pay.Unknown, pay.CodeIncomplete},
		{"two wallets", "alipay_order_content_ext", message{"current_trade_state": 2}, pay.Unknown, pay.CodeIncomplete},
		{"a state as a text", "wxpay_order_content_ext", message{"current_trade_state": "2"}, pay.Unknown, pay.CodeIncomplete},
	} {
		n := &network{say: map[string]func(message) message{"query_order": func(message) message {
			answer := tradeOf(number, wechat, 2, 500)
			in := object(answer, "order_content")
			if _, there := object(answer, "pay_mch_key")[c.field]; there {
				in = object(answer, "pay_mch_key")
			}
			if c.value == gone {
				delete(in, c.field)
			} else if c.field != "" {
				in[c.field] = c.value
			}
			return message{"query_order": answer}
		}}}
		r := n.provider(t).Query(t.Context(), attempt)
		if r.State != c.state || r.Code != c.code {
			t.Errorf("%s: %+v, want %v %s", c.name, r, c.state, c.code)
		}
	}
}

// TestPaid looks at all that a payment says.
func TestPaid(t *testing.T) {
	t.Parallel()
	n := &network{say: map[string]func(message) message{"micro_pay": func(message) message {
		answer := tradeOf(number, alipay, 2, 500)
		object(answer, "order_content")["settlement_total_fee"] = 480
		return message{"micro_pay": answer}
	}}}
	got := n.provider(t).Charge(t.Context(), pay.Charge{Attempt: attempt, Code: aliCode})
	want := pay.Result{State: pay.Paid, Network: "4200001234", Wallet: "alipay", PaidAt: asked.Add(3 * time.Second), Amount: 500, Settled: 480, Date: asked.UTC(), Detail: "log 78"}
	if got.PaidAt.Equal(want.PaidAt) && got.Date.Equal(want.Date) {
		got.PaidAt, got.Date = want.PaidAt, want.Date
	}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	late := attempt
	late.Asked = time.Time{} // no trusted clock: when it was paid proves nothing
	n.say["query_order"] = func(message) message {
		answer := tradeOf(number, wechat, 3, 500)
		object(answer, "order_content")["time_end"] = asked.Unix() - 86400
		return message{"query_order": answer}
	}
	if r := n.provider(t).Query(t.Context(), late); r.State != pay.Paid {
		t.Errorf("without a trusted clock: %+v", r)
	}
}

// TestInProcess: what is still being processed is not over, whatever its state.
func TestInProcess(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flag  any
		state pay.State
	}{{true, pay.Waiting}, {1, pay.Waiting}, {"true", pay.Waiting}, {false, pay.Declined}, {0, pay.Declined}, {nil, pay.Declined}, {"false", pay.Declined}} {
		n := &network{say: map[string]func(message) message{"query_order": func(message) message {
			answer := tradeOf(number, wechat, 10, 500)
			object(answer, "order_content")["is_transforming"] = c.flag
			return message{"query_order": answer}
		}}}
		if r := n.provider(t).Query(t.Context(), attempt); r.State != c.state {
			t.Errorf("%v: %+v", c.flag, r)
		}
	}
}

// TestOthersWithoutAPayment: an answer about somebody else's order ends nothing.
func TestOthersWithoutAPayment(t *testing.T) {
	t.Parallel()
	for field, code := range map[string]string{"out_trade_no": pay.CodeNumber, "out_sub_mch_id": pay.CodeMerchant} {
		for _, state := range []int{5, 9, 4} {
			n := &network{say: map[string]func(message) message{"query_order": func(message) message {
				answer := tradeOf(number, wechat, state, 500)
				in := object(answer, "order_content")
				if field != "out_trade_no" {
					in = object(answer, "pay_mch_key")
				}
				in[field] = "somebody else's"
				return message{"query_order": answer}
			}}}
			back := attempt
			back.Returning = true
			if r := n.provider(t).Query(t.Context(), back); r.State != pay.Unknown || r.NotFound || r.Code != code {
				t.Errorf("%s, state %d: %+v", field, state, r)
			}
		}
	}
}

// TestUnbelievableReplies are replies of which nothing may be concluded.
func TestUnbelievableReplies(t *testing.T) {
	t.Parallel()
	good := message{"status": 0, "query_order": tradeOf(number, wechat, 2, 500), "micro_pay": tradeOf(number, wechat, 2, 500)}
	with := func(name string, value any) message {
		m := maps.Clone(good)
		m[name] = value
		return m
	}
	whole := envelope(good, testKey)
	for _, c := range []struct {
		name   string
		status int
		body   string
		code   string
	}{
		{"nothing", 200, "", pay.CodeBadReply},
		{"HTML", 200, "<html><body>Sign in</body></html>", pay.CodeBadReply},
		{"not an object", 200, `"ok"`, pay.CodeBadReply},
		{"no content", 200, `{"authen_info":{"a":{"authen_type":1,"authen_code":"00"}}}`, pay.CodeBadReply},
		{"a good one with an error's status", 500, whole, "HTTP 500"},
		{"a redirect", 302, whole, "HTTP 302"},
		{"accepted", 202, whole, "HTTP 202"},
		{"cut", 200, whole[:len(whole)/2], pay.CodeBadReply},
		{"two", 200, whole + whole, pay.CodeBadReply},
		{"a content before its own", 200, `{"response_content":"{\"status\":104}",` + whole[1:], pay.CodeBadReply},
		{"a content after its own", 200, whole[:len(whole)-1] + `,"response_content":"{\"status\":104}"}`, pay.CodeBadReply},
		{"the name of the content in capitals", 200, strings.Replace(whole, "response_content", "Response_Content", 1), pay.CodeBadReply},
		{"a code twice", 200, strings.Replace(whole, `"authen_type":1`, `"authen_type":1,"authen_type":1`, 1), pay.CodeBadReply},
		{"no code at all", 200, strings.Replace(whole, `"authen_type":1`, `"authen_type":null`, 1), pay.CodeBadSignature},
		{"another key", 200, envelope(good, lastKey), pay.CodeBadSignature},
		{"the code of another text", 200, strings.Replace(whole, hmacOf(contentOf(whole), testKey), hmacOf(`{"status":0}`, testKey), 1), pay.CodeBadSignature},
		{"MD5", 200, strings.Replace(whole, `"authen_type":1`, `"authen_type":2`, 1), pay.CodeBadSignature},
		{"an empty code", 200, strings.Replace(whole, hmacOf(contentOf(whole), testKey), "", 1), pay.CodeBadSignature},
		{"another amount than was signed", 200, strings.ReplaceAll(whole, `total_fee\":500`, `total_fee\":5`), pay.CodeBadSignature},
		{"no signature", 200, envelope(good, ""), pay.CodeNoSignature},
		{"no signature, 102", 200, envelope(with("status", 102), ""), pay.CodeNoSignature},
		{"no signature, 103", 200, envelope(with("status", 103), ""), pay.CodeNoSignature},
		{"no signature, 104", 200, envelope(with("status", 104), ""), pay.CodeNoSignature},
		{"no signature, nothing in it", 200, wrap("", ""), pay.CodeNoSignature},
		{"3", 200, envelope(with("status", 3), ""), "3"},
		{"101", 200, envelope(with("status", 101), ""), "101"},
		{"not JSON inside", 200, wrap("status=0", testKey), pay.CodeIncomplete},
		{"no status", 200, wrap(`{"query_order":{}}`, testKey), pay.CodeIncomplete},
		{"a status as a text", 200, envelope(with("status", "0"), testKey), pay.CodeIncomplete},
		{"no order", 200, envelope(message{"status": 0}, testKey), pay.CodeIncomplete},
		{"another call's order", 200, envelope(message{"status": 0, "reverse": tradeOf(number, wechat, 2, 500)}, testKey), pay.CodeIncomplete},
		{"a status of tomorrow", 200, envelope(with("status", 105), testKey), "105"},
	} {
		n := &network{raw: func(string, string) (int, string) { return c.status, c.body }}
		p := n.provider(t)
		for op, r := range map[string]pay.Result{
			"charge": p.Charge(t.Context(), charge), "query": p.Query(t.Context(), attempt), "undo": p.Undo(t.Context(), attempt), "show": p.Show(t.Context(), offer),
			"refund": p.Refund(t.Context(), part), "query refund": p.QueryRefund(t.Context(), part),
			"hold": p.Hold(t.Context(), holding), "show hold": p.ShowHold(t.Context(), holdShow), "query hold": p.QueryHold(t.Context(), hold), "undo hold": p.UndoHold(t.Context(), hold),
			"capture": p.Capture(t.Context(), taken), "query capture": p.QueryCapture(t.Context(), taken), "release": p.Release(t.Context(), freed), "query release": p.QueryRelease(t.Context(), freed),
		} {
			code := strings.TrimPrefix(r.Code, "payment ")
			if r.State != pay.Unknown || code != c.code || r.NotFound || r.Message != "" || r.Amount != 0 {
				t.Errorf("%s to %s: %+v", c.name, op, r)
			}
			if verified := c.code == pay.CodeIncomplete || c.code == "105"; r.Date.IsZero() == verified {
				t.Errorf("%s to %s: the date is %v", c.name, op, r.Date)
			}
		}
		if n.sent("micro_pay") != 1 || n.sent("micro_freeze") != 1 {
			t.Errorf("%s: the charge was sent %d times, the freeze %d times", c.name, n.sent("micro_pay"), n.sent("micro_freeze"))
		}
	}
	n := &network{raw: func(string, string) (int, string) { return 200, whole }}
	if r := n.provider(t).Query(t.Context(), attempt); r.State != pay.Paid {
		t.Errorf("the good one is not believed: %+v", r)
	}
	deposit := freezeOf(number, &deposit{wallet: wechat, state: 2, fee: 30000})
	held := envelope(message{"status": 0, "query_freeze_order": deposit}, testKey)
	for body, want := range map[string]pay.State{held: pay.Paid, strings.ReplaceAll(held, `freeze_fee\":30000`, `freeze_fee\":3`): pay.Unknown, envelope(message{"status": 0, "query_freeze_order": deposit}, lastKey): pay.Unknown} {
		n := &network{raw: func(string, string) (int, string) { return 200, body }}
		if r := n.provider(t).QueryHold(t.Context(), hold); r.State != want {
			t.Errorf("of a deposit: %+v, want %v", r, want)
		}
	}
}

// contentOf is the text in an envelope.
func contentOf(body string) string { return str(wanted(body), "response_content") }

// TestAPaymentCodeGoesNoFurther lets the network echo the code wherever it can.
func TestAPaymentCodeGoesNoFurther(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", wordsBytesMax-10) + wxCode // a cut must not leave half of it
	echo := tradeOf(number, wechat, 10, 500)
	object(echo, "order_content")["transaction_id"] = wxCode
	object(echo, "order_content")["author_code"] = wxCode
	object(object(echo, "order_content"), "wxpay_order_content_ext")["trade_state_desc"] = long
	for name, body := range map[string]string{
		"a refusal":           envelope(message{"status": 104, "description": long, "log_id": wxCode}, testKey),
		"an unsigned refusal": envelope(message{"status": 101, "description": long}, ""),
		"a state":             envelope(message{"status": 0, "micro_pay": echo, "description": long}, testKey),
		"a number":            envelope(message{"status": 0, "micro_pay": tradeOf(wxCode, wechat, 2, 500)}, testKey),
		"a bad signature":     envelope(message{"status": 104, "description": long}, lastKey),
		"rubbish":             wxCode,
	} {
		n := &network{raw: func(string, string) (int, string) { return 200, body }}
		p := n.provider(t)
		for what, r := range map[string]pay.Result{"charge": p.Charge(t.Context(), charge), "hold": p.Hold(t.Context(), holding)} {
			if text := fmt.Sprintf("%+v %#v", r, r); strings.Contains(text, wxCode[:10]) || strings.Contains(text, testKey) {
				t.Errorf("%s, %s: %s", name, what, text)
			}
		}
	}
}
