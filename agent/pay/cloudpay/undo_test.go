package cloudpay

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

// TestUndo has what an undo finds, and what it does about it.
func TestUndo(t *testing.T) {
	t.Parallel()
	const query, refund, whole = "query_order", "refund", "query_refund_order"
	for _, c := range []struct {
		name           string
		shown, reverse bool
		wallet         string // empty: nothing is under the number
		state, grows   int    // of the order, and of refunds
		calls          string
		want           pay.State
		returned       bool
		notFound       bool
		fault          bool
		after          int // the order's state then
	}{
		{"nothing", false, false, "", 0, 0, query, pay.Unknown, false, true, false, 0},
		{"a payment", false, false, wechat, 2, 0, "query_order refund", pay.Declined, true, false, false, 4},
		{"a payment of Alipay", false, false, alipay, 2, 0, "query_order refund", pay.Declined, true, false, false, 5},
		{"a payment, where reverse is allowed", false, true, wechat, 2, 0, "query_order refund", pay.Declined, true, false, false, 4},
		{"money on its way", false, false, wechat, 2, 4, "query_order refund", pay.Unknown, false, false, false, 4},
		{"a bank that refuses", false, false, wechat, 2, 5, "query_order refund", pay.Unknown, false, false, true, 4},
		{"a refund that failed", false, false, wechat, 2, 3, "query_order refund", pay.Unknown, false, false, true, 4},
		{"a finished payment", false, false, alipay, 6, 0, "query_order refund", pay.Declined, true, false, false, 5},
		{"a password", false, false, wechat, 9, 0, query, pay.Unknown, false, false, false, 9},
		{"a password, where reverse is allowed", false, true, wechat, 9, 0, "query_order reverse", pay.Declined, false, false, false, 8},
		{"a password of Alipay, where reverse is allowed", false, true, alipay, 4, 0, "query_order reverse", pay.Declined, false, false, false, 5},
		{"a refusal", false, false, wechat, 10, 0, query, pay.Declined, false, false, false, 10},
		{"what was reversed", false, true, wechat, 8, 0, query, pay.Declined, true, false, false, 8},
		{"what somebody gave back", false, false, wechat, 4, 0, "query_order query_refund_order", pay.Declined, true, false, false, 4},
		{"what was closed or given back", false, false, alipay, 5, 0, "query_order query_refund_order", pay.Declined, false, false, false, 5},
		{"a state of tomorrow", false, true, wechat, 15, 0, query, pay.Unknown, false, false, false, 15},
		{"a record", false, true, record, 2, 0, query, pay.Unknown, false, false, false, 2},

		{"a code of nobody", true, false, "", 0, 0, query, pay.Unknown, false, true, false, 0},
		{"a code", true, false, wechat, 6, 0, "query_order close_order", pay.Declined, false, false, false, 7},
		{"a code of Alipay", true, false, alipay, 4, 0, "query_order close_order", pay.Declined, false, false, false, 5},
		{"a code that was paid", true, false, wechat, 3, 0, "query_order refund", pay.Declined, true, false, false, 4},
		{"a code that is closed", true, false, wechat, 7, 0, query, pay.Declined, false, false, false, 7},
		{"a code that its wallet does not know", true, false, alipay, 7, 0, "query_order close_order query_order", pay.Unknown, false, true, false, 7},
	} {
		n := &network{grows: c.grows}
		p := n.provider(t, func(o *Options) { o.Reverse = c.reverse })
		if c.wallet != "" {
			n.open(c.wallet, c.state)
		}
		a := attempt
		a.Shown = c.shown
		r := p.Undo(t.Context(), a)
		if r.State != c.want || r.Returned != c.returned || r.NotFound != c.notFound || r.Fault != c.fault || r.Message != "" || r.Code == "" {
			t.Errorf("%s: %+v", c.name, r)
		}
		if got := strings.Join(n.calls(), " "); got != c.calls {
			t.Errorf("%s: asked %s, want %s", c.name, got, c.calls)
		}
		if s := n.books[number]; c.wallet != "" && s.state != c.after {
			t.Errorf("%s: its state is %d then", c.name, s.state)
		}
	}
}

// TestUndoAgain: sent again it is the same refund, and a query tells its end.
func TestUndoAgain(t *testing.T) {
	t.Parallel()
	for _, wallet := range []string{wechat, alipay} {
		n := &network{grows: 4}
		p := n.provider(t)
		n.open(wallet, 2)
		back := attempt
		back.Returning = true
		for range 3 {
			if r := p.Undo(t.Context(), attempt); r.State != pay.Unknown || r.Fault || r.NotFound {
				t.Errorf("%s, on its way: %+v", wallet, r)
			}
			if r := p.Query(t.Context(), back); r.State != pay.Unknown || r.NotFound || r.Code != refundCode(wallet, 4) {
				t.Errorf("%s, asked on its way: %+v", wallet, r)
			}
		}
		refunds := n.books[number].refunds
		if len(refunds) != 1 || refunds[number+"99"] == nil || refunds[number+"99"].fee != 500 {
			t.Fatalf("%s: given back %v", wallet, refunds)
		}
		refunds[number+"99"].state = 2
		for what, r := range map[string]pay.Result{"undo": p.Undo(t.Context(), attempt), "query": p.Query(t.Context(), back)} {
			if r.State != pay.Declined || !r.Returned || r.Wallet != wallet {
				t.Errorf("%s, %s at the end: %+v", wallet, what, r)
			}
		}
		if r := p.Query(t.Context(), attempt); wallet == wechat && r.State != pay.Mismatch {
			t.Errorf("%s: of one that should not have gone back: %+v", wallet, r)
		}
	}
}

// TestPaidAndOnItsWay: an order that still says paid is asked after its refund.
func TestPaidAndOnItsWay(t *testing.T) {
	t.Parallel()
	back := attempt
	back.Returning = true
	for state, want := range map[int]struct {
		state           pay.State
		returned, fault bool
	}{0: {pay.Paid, false, false}, 1: {}, 4: {}, 2: {pay.Declined, true, false}, 3: {fault: true}, 5: {fault: true}} {
		n := &network{}
		p := n.provider(t)
		n.open(wechat, 2)
		if state > 0 {
			n.books[number].refunds[number+"99"] = &giving{state: state, fee: 500}
		}
		if r := p.Query(t.Context(), back); r.State != want.state || r.Returned != want.returned || r.Fault != want.fault || r.NotFound || r.Wallet != wechat {
			t.Errorf("refund state %d: %+v", state, r)
		}
		if r := p.Query(t.Context(), attempt); r.State != pay.Paid {
			t.Errorf("refund state %d, not on its way back: %+v", state, r)
		}
	}
}

// TestAlipayTellsWhatItRefunded: its state 5 alone is of a closed order too.
func TestAlipayTellsWhatItRefunded(t *testing.T) {
	t.Parallel()
	n := &network{say: map[string]func(message) message{"query_order": func(message) message {
		answer := tradeOf(number, alipay, 5, 500)
		object(object(answer, "order_content"), "alipay_order_content_ext")["refund_fee"] = 500
		return message{"query_order": answer}
	}}}
	p := n.provider(t)
	n.open(alipay, 5)
	if r := p.Query(t.Context(), attempt); r.State != pay.Mismatch || r.Code != "alipay 5" {
		t.Errorf("nobody had wanted it back: %+v", r)
	}
	back := attempt
	back.Returning = true
	if r := p.Query(t.Context(), back); r.State != pay.Declined || !r.Returned {
		t.Errorf("on its way back: %+v", r)
	}
}

// TestUndoOfWhatIsOpen asks for a person once a cashier should look, and not
// while the payer may still be at it.
func TestUndoOfWhatIsOpen(t *testing.T) {
	t.Parallel()
	now := asked
	n := &network{}
	p := n.provider(t, func(o *Options) { o.Now = func() time.Time { return now } })
	n.open(wechat, 9)
	undated := attempt
	undated.Asked = time.Time{}
	for _, c := range []struct {
		after time.Duration
		a     pay.Attempt
		fault bool
	}{{0, attempt, false}, {2*time.Minute - 1, attempt, false}, {2 * time.Minute, attempt, true}, {0, undated, true}} {
		now = asked.Add(c.after)
		if r := p.Undo(t.Context(), c.a); r.State != pay.Unknown || r.Fault != c.fault || r.NotFound || r.Code != "wechat 9" {
			t.Errorf("after %v: %+v", c.after, r)
		}
	}
	if !slices.Equal(n.calls(), []string{"query_order", "query_order", "query_order", "query_order"}) {
		t.Errorf("it was touched")
	}
}

// TestUndoTouchesNothingOfOthers: an order under our number that is not ours is a
// person's to give back.
func TestUndoTouchesNothingOfOthers(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(order, key message){
		"another amount":   func(order, _ message) { order["total_fee"] = 700 },
		"another merchant": func(_, key message) { key["out_sub_mch_id"] = "sz01other" },
		"last year's":      func(order, _ message) { order["time_end"] = asked.Unix() - 86400 },
	} {
		n := &network{say: map[string]func(message) message{"query_order": func(message) message {
			answer := tradeOf(number, wechat, 2, 500)
			spoil(object(answer, "order_content"), object(answer, "pay_mch_key"))
			return message{"query_order": answer}
		}}}
		p := n.provider(t, func(o *Options) { o.Reverse = true })
		r := p.Undo(t.Context(), attempt)
		if r.State != pay.Unknown || !r.Fault || r.NotFound || !slices.Equal(n.calls(), []string{"query_order"}) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// TestSomebodyWasFaster: an order that is paid between the look and its end is
// given back.
func TestSomebodyWasFaster(t *testing.T) {
	t.Parallel()
	for call, shown := range map[string]bool{"close_order": true, "reverse": false} {
		for _, becomes := range []struct {
			state int
			want  pay.State
			code  string
		}{{2, pay.Declined, "refund wechat 2"}, {5, pay.Declined, "wechat 5"}, {9, pay.Unknown, "104"}} {
			n := &network{}
			n.say = map[string]func(message) message{call: func(message) message {
				n.books[number].state = becomes.state
				return message{"status": 104, "description": "no"}
			}}
			p := n.provider(t, func(o *Options) { o.Reverse = true })
			n.open(wechat, 9)
			a := attempt
			a.Shown = shown
			if r := p.Undo(t.Context(), a); r.State != becomes.want || r.Code != becomes.code || r.NotFound {
				t.Errorf("%s, then %d: %+v", call, becomes.state, r)
			}
		}
	}
}
