package cloudpay

import (
	"maps"
	"reflect"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// TestHoldRequests looks at every field that goes out for deposits.
func TestHoldRequests(t *testing.T) {
	t.Parallel()
	n := &network{}
	p := n.provider(t)
	desk := `"order_client":{` + wantClient + `,"staff_id":"0007","shop_id":"desk"}`
	clerk := `"order_client":{` + wantClient + `,"staff_id":"0031","shop_id":"desk"}`
	nobody := `"order_client":{` + wantClient + `,"staff_id":"0007"}`
	last, wx, rest := taken, taken, freed
	last.Last, wx.Wallet, rest.Title = true, wechat, ""
	refund := pay.Refund{Of: captured(taken), Hold: &hold, Number: number + "01", Amount: 200, Staff: "0031"}
	refund.Of.Number = takenNo
	for _, c := range []struct {
		do         func()
		call, want string
	}{
		{func() { p.Hold(t.Context(), holding) }, "micro_freeze", `{"freeze_content":{"out_freeze_no":"` + number + `","author_code":"` + wxCode + `","freeze_fee":30000,"fee_type":"CNY","body":"房间押金"},"pay_mch_key":{"pay_platform":1,` + wantKey + `},` + desk + `}`},
		{func() { p.ShowHold(t.Context(), holdShow) }, "scancode_freeze", `{"freeze_content":{"out_freeze_no":"` + number + `","freeze_fee":30000,"fee_type":"CNY","body":"房间押金","time_expire":1795512690},"pay_mch_key":{"pay_platform":2,` + wantKey + `},` + desk + `}`},
		{func() { p.QueryHold(t.Context(), hold) }, "query_freeze_order", `{"out_freeze_no":"` + number + `","pay_mch_key":{` + wantKey + `},` + nobody + `}`},
		{func() { n.hold(alipay, 2); p.Capture(t.Context(), taken) }, "deposit_consume", `{"pay_content":{"out_trade_no":"` + takenNo + `","total_fee":8850,"fee_type":"CNY","body":"房费","out_freeze_no":"` + number + `","is_confirm_unfreeze":false},"pay_mch_key":{"pay_platform":2,` + wantKey + `},` + clerk + `}`},
		{func() { p.QueryCapture(t.Context(), taken) }, "query_order", `{"out_trade_no":"` + takenNo + `","pay_mch_key":{"pay_platform":2,` + wantKey + `},` + nobody + `}`},
		{func() { p.Refund(t.Context(), refund) }, "refund", `{"refund_content":{"out_trade_no":"` + takenNo + `","out_refund_no":"` + number + `01","out_freeze_no":"` + number + `","total_fee":8850,"refund_fee":200,"refund_fee_type":"CNY"},"api_version":2,
			"pay_mch_key":{"pay_platform":2,` + wantKey + `,"is_sub_mch_admin":false,"authorization_staff_id":"0007"},"order_client":{` + wantClient + `,"staff_id":"0031"}}`},
		{func() { p.Release(t.Context(), freed) }, "unfreeze", `{"unfreeze_content":{"out_freeze_no":"` + number + `","out_unfreeze_no":"` + freedNo + `","unfreeze_fee":21150,"remark":"押金退还"},"pay_mch_key":{"pay_platform":2,` + wantKey + `,"is_sub_mch_admin":false,"authorization_staff_id":"0007"},
			"order_client":{` + wantClient + `,"staff_id":"0031"}}`},
		{func() { p.QueryRelease(t.Context(), freed) }, "query_unfreeze_order", `{"out_freeze_no":"` + number + `","out_unfreeze_no":"` + freedNo + `","pay_mch_key":{"pay_platform":2,` + wantKey + `},` + nobody + `}`},
		{func() { n.hold(alipay, 2); p.Capture(t.Context(), last) }, "deposit_consume", `{"pay_content":{"out_trade_no":"` + takenNo + `","total_fee":8850,"fee_type":"CNY","body":"房费","out_freeze_no":"` + number + `","is_confirm_unfreeze":true},"pay_mch_key":{"pay_platform":2,` + wantKey + `},` + clerk + `}`},
		{func() { n.hold(wechat, 2); p.Capture(t.Context(), wx) }, "deposit_consume", `{"pay_content":{"out_trade_no":"` + takenNo + `","total_fee":8850,"fee_type":"CNY","body":"房费","out_freeze_no":"` + number + `","is_confirm_unfreeze":true},"pay_mch_key":{"pay_platform":1,` + wantKey + `},` + clerk + `}`},
		{func() { p.Release(t.Context(), rest) }, "unfreeze", `{"unfreeze_content":{"out_freeze_no":"` + number + `","out_unfreeze_no":"` + freedNo + `","unfreeze_fee":21150},"pay_mch_key":{"pay_platform":2,` + wantKey + `,"is_sub_mch_admin":false,"authorization_staff_id":"0007"},
			"order_client":{` + wantClient + `,"staff_id":"0031"}}`},
	} {
		c.do()
		got := maps.Clone(n.got[c.call])
		if len(str(got, "nonce_str")) < 16 {
			t.Errorf("%s has the nonce %q", c.call, str(got, "nonce_str"))
		}
		delete(got, "nonce_str")
		if want := wanted(c.want); !reflect.DeepEqual(got, want) {
			t.Errorf("%s asks\n%v, want\n%v", c.call, got, want)
		}
	}
}

// TestHoldTerms: the two wallets differ in everything.
func TestHoldTerms(t *testing.T) {
	t.Parallel()
	const month = 30 * 24 * time.Hour
	n := &network{}
	p := n.provider(t)
	for wallet, want := range map[string]pay.HoldTerms{
		"wechat": {Code: true, Captures: 1, RestGoes: true, Life: month},
		"alipay": {Code: true, QR: true, Parts: true, Life: month},
		"":       {Code: true, QR: true, Captures: 1, RestGoes: true, Life: month},
	} {
		if got := p.Terms(wallet); got != want {
			t.Errorf("%q: %+v, want %+v", wallet, got, want)
		}
	}
	c := holding
	c.Code = "991234567890123456"
	if r := p.Hold(t.Context(), c); r.State != pay.NotSent || r.Code != "no wallet" || len(n.log) > 0 {
		t.Errorf("a code of nobody: %+v after %v", r, n.log)
	}
}

// TestStatesOfDeposits has every state of both wallets (page 37628): as an answer
// to a freeze and to a query, of one that was shown, and of one on its way back.
func TestStatesOfDeposits(t *testing.T) {
	t.Parallel()
	const (
		held, no, waits, dunno = pay.Paid, pay.Declined, pay.Waiting, pay.Unknown
	)
	for _, c := range []struct {
		wallet               string
		state                int
		query, shown, goBack pay.State
		notFound             bool // of what was shown, on its way back
	}{
		{wechat, 1, waits, waits, waits, false},
		{wechat, 2, held, held, held, false},
		{wechat, 3, waits, waits, waits, false},
		{wechat, 4, no, no, no, false},
		{wechat, 5, held, held, no, false},
		{wechat, 6, no, no, no, false},
		{wechat, 7, no, no, no, false},
		{wechat, 0, dunno, dunno, dunno, false},
		{wechat, 8, dunno, dunno, dunno, false},
		{alipay, 1, waits, waits, waits, false},
		{alipay, 2, held, held, held, false},
		{alipay, 3, held, held, no, false},
		{alipay, 4, no, waits, no, true},
		{alipay, 5, dunno, dunno, dunno, false},
	} {
		n := &network{}
		n.say = map[string]func(message) message{"micro_freeze": func(message) message {
			d := &deposit{wallet: c.wallet, state: c.state, fee: 30000}
			if c.query == held && c.state != 2 {
				d.byItself = 30000
			}
			return message{"micro_freeze": freezeOf(number, d)}
		}}
		p := n.provider(t)
		first := p.Hold(t.Context(), holding)
		d := n.hold(c.wallet, c.state)
		if c.query == held && c.state != 2 {
			d.byItself = 30000
		}
		shown, back := hold, hold
		shown.Shown, back.Returning = true, true
		shownBack := shown
		shownBack.Returning = true
		for what, r := range map[string]struct {
			got  pay.Result
			want pay.State
		}{
			"freeze": {first, c.query}, "query": {p.QueryHold(t.Context(), hold), c.query}, "shown": {p.QueryHold(t.Context(), shown), c.shown}, "on its way back": {p.QueryHold(t.Context(), back), c.goBack},
		} {
			if r.got.State != r.want || r.got.NotFound || r.got.Wallet != c.wallet || (r.got.State == held) != (r.got.Held != nil && !r.got.Returned) || r.got.Settled != 0 {
				t.Errorf("%s %d, %s: %+v, want %v", c.wallet, c.state, what, r.got, r.want)
			}
		}
		if r := p.QueryHold(t.Context(), shownBack); r.NotFound != c.notFound {
			t.Errorf("%s %d, shown, on its way back: %+v", c.wallet, c.state, r)
		}
	}
}

// TestAnAlipayDepositThatWasNeverHeld: its state 3 means that as well.
func TestAnAlipayDepositThatWasNeverHeld(t *testing.T) {
	t.Parallel()
	n := &network{}
	p := n.provider(t)
	n.hold(alipay, 3)
	if r := p.QueryHold(t.Context(), hold); r.State != pay.Declined || r.Returned || r.Held != nil || r.Code != "freeze alipay 3" {
		t.Errorf("%+v", r)
	}
}

// TestHeld spoils a deposit that is held, one thing at a time.
func TestHeld(t *testing.T) {
	t.Parallel()
	const gone = "-"
	for _, c := range []struct {
		name, field string
		value       any
		state       pay.State
		code        string
	}{
		{"ours", "", nil, pay.Paid, ""},
		{"another number", "out_freeze_no", number[:23] + "2", pay.Mismatch, pay.CodeNumber},
		{"another amount", "freeze_fee", 29999, pay.Mismatch, pay.CodeAmount},
		{"another currency", "fee_type", "USD", pay.Mismatch, pay.CodeCurrency},
		{"another merchant", "out_sub_mch_id", "sz01other", pay.Mismatch, pay.CodeMerchant},
		{"another store", "out_shop_id", "sz01other", pay.Mismatch, pay.CodeMerchant},
		{"long before it was asked for", "time_end", asked.Unix() - 301, pay.Mismatch, pay.CodePayTime},
		{"a little before", "time_end", asked.Unix() - 299, pay.Paid, ""},
		{"still being processed", "is_transforming", true, pay.Paid, ""},
		{"no number", "out_freeze_no", gone, pay.Unknown, pay.CodeIncomplete},
		{"no amount", "freeze_fee", gone, pay.Unknown, pay.CodeIncomplete},
		{"no time", "time_end", gone, pay.Unknown, pay.CodeIncomplete},
		{"no number of the network's", "freeze_id", gone, pay.Unknown, pay.CodeIncomplete},
		{"no merchant", "out_sub_mch_id", gone, pay.Unknown, pay.CodeIncomplete},
		{"an amount with a point", "freeze_fee", 300.5, pay.Unknown, pay.CodeIncomplete},
		{"an amount as a text", "freeze_fee", "30000", pay.Unknown, pay.CodeIncomplete},
		{"no state", "wxpay_freeze_order_content_ext", gone, pay.Unknown, pay.CodeIncomplete},
		{"two wallets", "alipay_freeze_order_content_ext", message{"current_trade_state": 2}, pay.Unknown, pay.CodeIncomplete},
		{"a total as a text", "total_consume_fee", "0", pay.Unknown, pay.CodeIncomplete},
	} {
		n := &network{say: map[string]func(message) message{"query_freeze_order": func(message) message {
			answer := freezeOf(number, &deposit{wallet: wechat, state: 2, fee: 30000})
			in := object(answer, "freeze_order_content")
			if _, there := object(answer, "pay_mch_key")[c.field]; there {
				in = object(answer, "pay_mch_key")
			}
			if c.value == gone {
				delete(in, c.field)
			} else if c.field != "" {
				in[c.field] = c.value
			}
			return message{"query_freeze_order": answer}
		}}}
		if r := n.provider(t).QueryHold(t.Context(), hold); r.State != c.state || r.Code != c.code || r.Fault || r.NotFound {
			t.Errorf("%s: %+v, want %v %s", c.name, r, c.state, c.code)
		}
	}
	n := &network{}
	want := pay.Result{State: pay.Paid, Network: "4200005678", Wallet: wechat, Amount: 30000, Detail: "log 78"}
	got := n.provider(t).Hold(t.Context(), holding)
	if got.Held == nil || *got.Held != (pay.Held{Left: 30000}) || !got.PaidAt.Equal(asked.Add(3*time.Second)) || !got.Date.Equal(asked) {
		t.Errorf("%+v", got)
	}
	got.Held, got.PaidAt, got.Date = nil, time.Time{}, time.Time{}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestOthersWithoutADeposit: an answer about somebody else's ends nothing.
func TestOthersWithoutADeposit(t *testing.T) {
	t.Parallel()
	for field, code := range map[string]string{"out_freeze_no": pay.CodeNumber, "out_sub_mch_id": pay.CodeMerchant} {
		for _, state := range []int{3, 4, 6} {
			n := &network{say: map[string]func(message) message{"query_freeze_order": func(message) message {
				answer := freezeOf(number, &deposit{wallet: wechat, state: state, fee: 30000})
				in := object(answer, "freeze_order_content")
				if field != "out_freeze_no" {
					in = object(answer, "pay_mch_key")
				}
				in[field] = "somebody else's"
				return message{"query_freeze_order": answer}
			}}}
			if r := n.provider(t).QueryHold(t.Context(), hold); r.State != pay.Unknown || r.NotFound || r.Code != code {
				t.Errorf("%s, state %d: %+v", field, state, r)
			}
		}
	}
	n := &network{say: map[string]func(message) message{"query_freeze_order": func(message) message {
		answer := freezeOf(number, &deposit{wallet: wechat, state: 6, fee: 30000})
		object(answer, "freeze_order_content")["is_transforming"] = 1
		return message{"query_freeze_order": answer}
	}}}
	if r := n.provider(t).QueryHold(t.Context(), hold); r.State != pay.Waiting || r.Code != codeTransforming {
		t.Errorf("in process: %+v", r)
	}
}

// TestHoldTotals: what is held, captured and released is all that was frozen.
func TestHoldTotals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                               string
		wallet                             string
		state                              int
		captured, byHand, byItself, refund money.Fen
		want                               pay.Held
		fault                              bool
	}{
		{"whole", alipay, 2, 0, 0, 0, 0, pay.Held{Left: 30000}, false},
		{"a part captured", alipay, 2, 8850, 0, 0, 0, pay.Held{Captured: 8850, Left: 21150}, false},
		{"captured and released", alipay, 2, 8850, 10000, 0, 0, pay.Held{Captured: 8850, Released: 10000, Left: 11150}, false},
		{"captured and refunded", alipay, 2, 8850, 0, 0, 8850, pay.Held{Captured: 8850, Left: 21150}, false},
		{"captured, and the rest gone", wechat, 5, 8850, 21150, 0, 0, pay.Held{Captured: 8850, Released: 21150}, false},
		{"captured, and the totals are late", wechat, 5, 8850, 0, 0, 0, pay.Held{Captured: 8850, Released: 21150}, false},
		{"released at its end", wechat, 5, 0, 0, 30000, 0, pay.Held{Released: 30000}, false},
		{"some of both", alipay, 3, 0, 10000, 20000, 0, pay.Held{Released: 30000}, false},

		{"more moved than was frozen", alipay, 2, 20000, 10000, 1, 0, pay.Held{}, true},
		{"less than nothing", alipay, 2, -1, 0, 0, 0, pay.Held{}, true},
		{"more refunded than captured", alipay, 2, 8850, 0, 0, 8851, pay.Held{}, true},
	} {
		n := &network{say: map[string]func(message) message{"query_freeze_order": func(message) message {
			answer := freezeOf(number, &deposit{wallet: c.wallet, state: c.state, fee: 30000, captured: c.captured, byHand: c.byHand, byItself: c.byItself})
			object(answer, "freeze_order_content")["total_refund_fee"] = c.refund
			return message{"query_freeze_order": answer}
		}}}
		p := n.provider(t)
		r := p.QueryHold(t.Context(), hold)
		if c.fault {
			if r.State != pay.Unknown || r.Code != pay.CodeTotals || !r.Fault || r.Held != nil {
				t.Errorf("%s: %+v", c.name, r)
			}
			continue
		}
		if r.State != pay.Paid || r.Held == nil || *r.Held != c.want || r.Amount != 30000 {
			t.Errorf("%s: %+v with %+v, want %+v", c.name, r, r.Held, c.want)
		}
		back := hold
		back.Returning = true
		r = p.QueryHold(t.Context(), back)
		want := map[bool]pay.State{true: pay.Mismatch, false: pay.Paid}[c.captured > 0]
		if c.want.Released == 30000 {
			want = pay.Declined
		}
		if r.State != want || r.Returned != (want == pay.Declined) {
			t.Errorf("%s, on its way back: %+v, want %v", c.name, r, want)
		}
	}
}

// TestShowHold: its answer is spelt otherwise than its call.
func TestShowHold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer message
		state  pay.State
	}{
		"a link":      {message{"scan_code_freeze": message{"code_url": "https://qr.alipay.com/x"}}, pay.Waiting},
		"no link":     {message{"scan_code_freeze": message{"nonce_str": "n"}}, pay.Unknown},
		"a word":      {message{"scan_code_freeze": message{"code_url": "x"}}, pay.Unknown},
		"a Chinese":   {message{"scan_code_freeze": message{"code_url": "https://支付"}}, pay.Unknown},
		"its call's":  {message{"scancode_freeze": message{"code_url": "https://qr.alipay.com/x"}}, pay.Unknown},
		"a payment's": {message{"scan_code_pay": message{"code_url": "https://qr.alipay.com/x"}}, pay.Unknown},
	} {
		n := &network{say: map[string]func(message) message{"scancode_freeze": func(message) message { return c.answer }}}
		r := n.provider(t).ShowHold(t.Context(), holdShow)
		if r.State != c.state || (r.State == pay.Waiting) != (r.Link != "" && r.Wallet == alipay) || r.State == pay.Unknown && r.Code != pay.CodeIncomplete {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
