package cloudpay

import (
	"slices"
	"testing"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// TestStatesOfRefunds has every state of every wallet (page 37628), in the answer
// to a refund and to a question about it.
func TestStatesOfRefunds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wallet          string
		state           int
		want            pay.State
		notFound, fault bool
	}{
		{wechat, 1, pay.Waiting, false, false},
		{wechat, 2, pay.Returned, false, false},
		{wechat, 3, pay.Declined, false, false},
		{wechat, 4, pay.Waiting, false, false},
		{wechat, 5, pay.Unknown, false, true}, // the merchant has to pay it out by hand
		{wechat, 6, pay.Unknown, false, true},
		{wechat, 7, pay.Unknown, false, false},
		{alipay, 1, pay.Waiting, false, false},
		{alipay, 2, pay.Returned, false, false},
		{alipay, 3, pay.Declined, false, false},
		{alipay, 4, pay.Waiting, false, false},
		{alipay, 5, pay.Unknown, true, false},
		{record, 1, pay.Unknown, false, false},
		{record, 2, pay.Unknown, false, false},
	} {
		o := refundOf(number, part.Number, c.wallet, &giving{state: c.state, fee: 200})
		answer := message{"refund": message{"refund_order_content": o}, "query_refund_order": message{"refund_order_content": []message{o}}}
		for _, op := range []string{"refund", "refund-query"} {
			r := answered(t, op, answer, false)
			if r.State != c.want || r.NotFound != c.notFound || r.Fault != c.fault || r.Date.IsZero() || r.Amount != 200 {
				t.Errorf("%s %d to %s: %+v", c.wallet, c.state, op, r)
			}
		}
	}
}

// TestRefundOfAPart: it may be sent again, is the same refund then, and another
// amount under its number is told.
func TestRefundOfAPart(t *testing.T) {
	t.Parallel()
	for _, wallet := range []string{wechat, alipay} {
		n := &network{grows: 4}
		p := n.provider(t)
		n.open(wallet, 2)
		if r := p.QueryRefund(t.Context(), part); r.State != pay.Unknown || !r.NotFound {
			t.Errorf("%s: before it was asked for: %+v", wallet, r)
		}
		for range 2 {
			if r := p.Refund(t.Context(), part); r.State != pay.Waiting || r.Wallet != wallet {
				t.Errorf("%s: asked for: %+v", wallet, r)
			}
		}
		if r := p.QueryRefund(t.Context(), part); r.State != pay.Waiting {
			t.Errorf("%s: on its way: %+v", wallet, r)
		}
		n.books[number].refunds[part.Number].state = 2
		for what, r := range map[string]pay.Result{"again": p.Refund(t.Context(), part), "query": p.QueryRefund(t.Context(), part)} {
			if r.State != pay.Returned || r.Amount != 200 {
				t.Errorf("%s, %s: %+v", wallet, what, r)
			}
		}
		if all := n.books[number].refunds; len(all) != 1 {
			t.Errorf("%s: given back %v", wallet, all)
		}
		other := part
		other.Amount = 300
		for what, r := range map[string]pay.Result{"refund": p.Refund(t.Context(), other), "query": p.QueryRefund(t.Context(), other)} {
			if r.State != pay.Mismatch || r.Amount != 200 || r.Code != pay.CodeAmount {
				t.Errorf("%s, another amount, %s: %+v", wallet, what, r)
			}
		}
	}
}

// TestRefusedRefunds: a refusal is final only where nothing is under the number;
// an earlier copy may have been taken on.
func TestRefusedRefunds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		state  int // of the refund that is there; 0: none, -1: no answer
		fee    money.Fen
		want   pay.State
		fault  bool
	}{
		{"no balance", 104, 0, 0, pay.Declined, false},
		{"it is back", 104, 2, 200, pay.Returned, false},
		{"it is on its way", 104, 4, 200, pay.Waiting, false},
		{"the bank refused it", 104, 5, 200, pay.Unknown, true},
		{"another amount is under it", 104, 2, 100, pay.Mismatch, false},
		{"nobody answers", 104, -1, 0, pay.Unknown, false},
		{"a number that the network does not like", 102, 0, 0, pay.Unknown, true},
		{"the number is taken by itself", 102, 2, 200, pay.Returned, false},
		{"a number, and nobody answers", 102, -1, 0, pay.Unknown, true},
	} {
		n := &network{say: map[string]func(message) message{"refund": func(message) message { return message{"status": c.status, "description": "no"} }}}
		if c.state < 0 {
			n.say["query_refund_order"] = func(message) message { return message{"status": 103} }
		}
		p := n.provider(t)
		n.open(wechat, 2)
		if c.state > 0 {
			n.books[number].refunds[part.Number] = &giving{state: c.state, fee: c.fee}
		}
		r := p.Refund(t.Context(), part)
		if r.State != c.want || r.Fault != c.fault || r.NotFound {
			t.Errorf("%s: %+v", c.name, r)
		}
		if got, want := n.calls(), []string{"query_order", "refund", "query_refund_order"}; !slices.Equal(got, want) {
			t.Errorf("%s: asked %v", c.name, got)
		}
	}
}

// TestRefundOfWhat looks at the payment first, for whose wallet it was.
func TestRefundOfWhat(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		open  func(n *network)
		code  string
		fault bool
	}{
		"nothing":  {func(*network) {}, "payment 102", true},
		"a record": {func(n *network) { n.open(record, 2) }, pay.CodeIncomplete, true},
		"somebody else's": {func(n *network) {
			n.say = map[string]func(message) message{"query_order": func(message) message {
				answer := tradeOf(number, wechat, 2, 500)
				object(answer, "pay_mch_key")["out_sub_mch_id"] = "sz01other"
				return message{"query_order": answer}
			}}
		}, pay.CodeMerchant, true},
		"another number": {func(n *network) {
			n.say = map[string]func(message) message{"query_order": func(message) message {
				return message{"query_order": tradeOf(number[:23]+"2", wechat, 2, 500)}
			}}
		}, pay.CodeNumber, false},
		"less than is asked for": {func(n *network) { n.open(wechat, 2); n.books[number].total = part.Amount - 1 }, "more than was paid", false},
		"nobody answers": {func(n *network) {
			n.say = map[string]func(message) message{"query_order": func(message) message { return message{"status": 103} }}
		}, "payment 103", false},
	} {
		n := &network{}
		p := n.provider(t)
		c.open(n)
		r := p.Refund(t.Context(), part)
		want := pay.Unknown
		if c.code == "more than was paid" { // the acceptance test wants to see it refused by the device
			want = pay.Declined
		}
		if r.State != want || r.NotFound || r.Code != c.code || r.Fault != c.fault || n.sent("refund") > 0 {
			t.Errorf("%s: %+v after %v", name, r, n.log)
		}
	}
}

// TestWhatRefundsSay: an answer about another refund is none, and what the merchant
// is without is told.
func TestWhatRefundsSay(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]message{
		"another order":  refundOf(number[:23]+"2", part.Number, wechat, &giving{state: 2, fee: 200}),
		"another refund": refundOf(number, number+"02", wechat, &giving{state: 2, fee: 200}),
		"no amount":      {"out_trade_no": number, "out_refund_no": part.Number, "wxpay_refund_order_content_ext": message{"state": 2}},
		"no state":       {"out_trade_no": number, "out_refund_no": part.Number, "refund_fee": 200},
		"two wallets": {"out_trade_no": number, "out_refund_no": part.Number, "refund_fee": 200, "wxpay_refund_order_content_ext": message{"state": 2},
			"alipay_refund_order_content_ext": message{"refund_status": 2}},
	} {
		r := answered(t, "refund", message{"refund": message{"refund_order_content": o}}, false)
		if r.State != pay.Unknown || r.NotFound {
			t.Errorf("%s to a refund: %+v", name, r)
		}
		r = answered(t, "refund-query", message{"query_refund_order": message{"refund_order_content": []message{o}}}, false)
		if r.State != pay.Unknown || r.NotFound {
			t.Errorf("%s to a query: %+v", name, r)
		}
	}
	if r := answered(t, "refund-query", message{"query_refund_order": message{"refund_order_content": []message{}}}, false); r.State != pay.Unknown || !r.NotFound {
		t.Errorf("no refund to a query: %+v", r)
	}
	coupon := refundOf(number, part.Number, wechat, &giving{state: 2, fee: 200})
	coupon["coupon_infos"] = []message{{"coupon_fee": 30, "coupon_type": "NO_CASH"}, {"coupon_fee": 20, "coupon_type": "CASH"}}
	coupon["refund_id"], coupon["refund_success_time"] = "5030", asked.Unix()
	if r := answered(t, "refund", message{"refund": message{"refund_order_content": coupon}}, false); r.State != pay.Returned || r.Settled != 170 || r.Network != "5030" || !r.PaidAt.Equal(asked) {
		t.Errorf("with a coupon of the merchant's: %+v", r)
	}
	coupon["coupon_infos"] = []message{{"coupon_fee": 201, "coupon_type": "NO_CASH"}}
	if r := answered(t, "refund", message{"refund": message{"refund_order_content": coupon}}, false); r.State != pay.Unknown || r.Code != pay.CodeIncomplete {
		t.Errorf("with a coupon of more than all: %+v", r)
	}
	two := []message{refundOf(number, number+"02", wechat, &giving{state: 3, fee: 100}), refundOf(number, part.Number, wechat, &giving{state: 2, fee: 200})}
	if r := answered(t, "refund-query", message{"query_refund_order": message{"refund_order_content": two}}, false); r.State != pay.Returned {
		t.Errorf("the second of two: %+v", r)
	}
}
