package cloudpay

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

// calls are the contract's calls by their names in Cases, with those of the network.
var opCalls = map[string]string{
	"charge": "micro_pay", "show": "scan_code_pay", "query": "query_order", "undo": "close_order", "refund": "refund", "refund-query": "query_refund_order",
	"hold": "micro_freeze", "show-hold": "scancode_freeze", "hold-query": "query_freeze_order", "hold-undo": "unfreeze",
	"capture": "deposit_consume", "capture-query": "query_order", "release": "unfreeze", "release-query": "query_unfreeze_order",
}

// statuses are the numbers of page 37627: status, internal status, signed or not.
var statuses = map[string]struct {
	status, internal int
	unsigned         bool
}{
	"3": {3, 0, true}, "101": {101, 0, true}, "7": {101, 7, true}, "102": {102, 0, false}, "103": {103, 0, false}, "104": {104, 0, false},
	"407": {104, 407, false}, "3214": {104, 3214, false}, "3215": {104, 3215, false},
}

// likeness are the calls of deposits that read the numbers of another call's, where
// a row has none of their own.
var likeness = map[string]string{
	"hold": "charge", "show-hold": "show", "hold-query": "query", "capture": "refund", "capture-query": "refund-query", "release": "refund", "release-query": "refund-query",
}

// TestStatuses has every status of every call. Nothing is under the number, but
// for an undo, which finds an order open, and a refund, whose payment is there.
func TestStatuses(t *testing.T) {
	t.Parallel()
	type want struct {
		state           pay.State
		notFound, fault bool
	}
	dunno, gone, stuck := want{}, want{notFound: true}, want{fault: true}
	no, setUp := want{state: pay.Declined}, want{state: pay.Declined, fault: true}
	other := want{state: pay.Mismatch}
	table := map[string]map[string]want{
		"3":    {"charge": dunno, "show": dunno, "query": dunno, "undo": dunno, "refund": dunno, "refund-query": dunno, "hold-undo": dunno},
		"101":  {"charge": dunno, "show": dunno, "query": dunno, "undo": stuck, "refund": stuck, "refund-query": stuck, "hold-undo": stuck},
		"7":    {"charge": dunno, "show": dunno, "query": dunno, "undo": stuck, "refund": stuck, "refund-query": stuck, "hold-undo": stuck},
		"102":  {"charge": setUp, "show": setUp, "query": gone, "undo": dunno, "refund": stuck, "refund-query": gone, "capture": setUp, "release": setUp, "hold-undo": stuck},
		"103":  {"charge": dunno, "show": dunno, "query": dunno, "undo": dunno, "refund": dunno, "refund-query": dunno, "hold-undo": dunno},
		"104":  {"charge": no, "show": no, "query": dunno, "undo": dunno, "refund": no, "refund-query": dunno, "hold-undo": stuck},
		"407":  {"charge": other, "show": other, "capture": other, "release": other, "hold-undo": stuck},
		"3214": {"charge": setUp, "show": setUp, "query": dunno, "undo": stuck, "refund": stuck, "refund-query": stuck, "hold-undo": stuck},
		"3215": {"charge": setUp, "show": setUp, "query": dunno, "undo": stuck, "refund": stuck, "refund-query": stuck, "hold-undo": stuck},
	}
	for _, row := range table {
		for op, like := range likeness {
			if _, own := row[op]; own {
				continue
			}
			if w, known := row[like]; known {
				row[op] = w
			}
		}
	}
	for code, row := range table {
		for op, w := range row {
			c := statuses[code]
			r := answered(t, op, message{"status": c.status, "internal_status": c.internal, "description": "网络的话"}, c.unsigned)
			if r.State != w.state || r.NotFound != w.notFound || r.Fault != w.fault || r.Code != code {
				t.Errorf("%s to %s: %+v, want %+v", code, op, r, w)
			}
			if tells := w == no && (op == "charge" || op == "show" || op == "hold" || op == "show-hold"); (r.Message != "") != tells || tells && r.Message != "网络的话" {
				t.Errorf("%s to %s: the payer reads %q", code, op, r.Message)
			}
			i := slices.IndexFunc(Cases(), func(c pay.Case) bool { return c.Op == op && c.Code == code })
			if i < 0 {
				t.Errorf("%s to %s is not among the cases", code, op)
			} else if got := Cases()[i]; got.State != w.state || got.NotFound != w.notFound || got.Fault != w.fault {
				t.Errorf("%s to %s: the cases say %+v", code, op, got)
			}
		}
	}
}

// answered is what a call comes to whose answer is given.
func answered(t *testing.T, op string, answer message, unsigned bool) pay.Result {
	t.Helper()
	n := &network{say: map[string]func(message) message{opCalls[op]: func(message) message { return answer }}}
	p := n.provider(t)
	if unsigned { // which nothing else would make of it
		n.raw = func(_, call string) (int, string) {
			if call == opCalls[op] {
				return 200, envelope(answer, "")
			}
			return 200, envelope(message{"status": 0, call: tradeOf(number, wechat, 6, 500), "query_freeze_order": freezeOf(number, &deposit{wallet: alipay, state: 2, fee: 30000})}, testKey)
		}
	}
	shown := attempt
	shown.Shown = true
	switch op {
	case "charge":
		return p.Charge(t.Context(), charge)
	case "show":
		return p.Show(t.Context(), offer)
	case "query":
		return p.Query(t.Context(), attempt)
	case "undo":
		n.open(wechat, 6)
		return p.Undo(t.Context(), shown)
	case "refund":
		n.open(wechat, 2)
		return p.Refund(t.Context(), part)
	case "refund-query":
		return p.QueryRefund(t.Context(), part)
	}
	return n.answeredHold(p, op)
}

// TestCases: whoever writes words for them finds every number of pages 37627 and 37628, once for each call, and the state that an answer with it comes to.
func TestCases(t *testing.T) {
	t.Parallel()
	all := Cases()
	seen := map[string]bool{}
	for _, c := range all {
		key := c.Op + " " + c.Code
		if seen[key] || opCalls[c.Op] == "" {
			t.Errorf("%s is there twice, or of no call", key)
		}
		seen[key] = true
		if likeness[c.Op] != "" || c.Op == "hold-undo" {
			continue // TestCasesOfDeposits
		}
		words := strings.Fields(strings.TrimPrefix(c.Code, "refund "))
		if len(words) != 2 {
			continue // a status: TestStatuses
		}
		state, err := strconv.Atoi(words[1])
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		var r pay.Result
		switch c.Op {
		case "show":
			n := &network{}
			p := n.provider(t)
			n.open(words[0], state)
			shown := attempt
			shown.Shown = true
			r = p.Query(t.Context(), shown)
		case "refund", "refund-query":
			o := refundOf(number, part.Number, words[0], &giving{state: state, fee: 200})
			answer := message{"refund": message{"refund_order_content": o}, "query_refund_order": message{"refund_order_content": []message{o}}}
			r = answered(t, c.Op, answer, false)
		default:
			trade := tradeOf(number, words[0], state, 500)
			r = answered(t, c.Op, message{"micro_pay": trade, "query_order": trade}, false)
		}
		if r.State != c.State || r.NotFound != c.NotFound || r.Fault != c.Fault || r.Code != c.Code && r.State != pay.Paid {
			t.Errorf("%s: %+v, the cases say %+v", key, r, c)
		}
	}
	for wallet, states := range map[string]int{wechat: 14, alipay: 7, record: 3} {
		for state := 1; state <= states; state++ {
			if code := stateCode(wallet, state); !seen["query "+code] && code != "alipay 3" { // which no document has
				t.Errorf("%s is missing", code)
			}
		}
	}
	for wallet, states := range map[string]int{wechat: 6, alipay: 5, record: 2} {
		for state := 1; state <= states; state++ {
			if code := refundCode(wallet, state); !seen["refund "+code] || !seen["refund-query "+code] {
				t.Errorf("%s is missing", code)
			}
		}
	}
}

// TestRefusalsAreLookedAt: the answer that refuses does not name its number, so
// the order is asked for once; what speaks against the refusal counts.
func TestRefusalsAreLookedAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		refusal, wallet string
		state           int // of the order that the look finds; 0: none, -1: no answer
		want            pay.State
		code            string
		fault           bool
	}{
		{"104", "", 0, pay.Declined, "104", false},
		{"104", "", -1, pay.Declined, "104", false}, // silence does not overrule
		{"104", wechat, 10, pay.Declined, "104", false},
		{"104", wechat, 1, pay.Declined, "104", false}, // begun, and then refused
		{"104", alipay, 1, pay.Declined, "104", false},
		{"104", wechat, 9, pay.Waiting, "wechat 9", false},
		{"104", alipay, 4, pay.Waiting, "alipay 4", false},
		{"104", wechat, 2, pay.Paid, "", false},
		{"104", wechat, 4, pay.Mismatch, "wechat 4", false},

		{"102", "", 0, pay.Declined, "102", true}, // such as a wrong prefix
		{"102", wechat, 7, pay.Declined, "102", true},
		{"102", "", -1, pay.Unknown, "102", false},
		{"102", wechat, 2, pay.Mismatch, "102", false}, // this charge was not taken: it is another's
		{"102", wechat, 9, pay.Mismatch, "102", false},
		{"102", wechat, 4, pay.Mismatch, "102", false},
		{"102", alipay, 2, pay.Mismatch, "102", false},

		{"407", "", 0, pay.Mismatch, "407", false},
		{"407", "", -1, pay.Mismatch, "407", false},
		{"407", wechat, 2, pay.Mismatch, "407", false},
		{"407", wechat, 9, pay.Mismatch, "407", false},
		{"407", wechat, 4, pay.Mismatch, "407", false},
		{"407", wechat, 5, pay.Declined, "407", true}, // nobody's money is under it
	} {
		no := statuses[c.refusal]
		n := &network{say: map[string]func(message) message{"micro_pay": func(message) message {
			return message{"status": no.status, "internal_status": no.internal, "description": "no"}
		}}}
		if c.state < 0 {
			n.say["query_order"] = func(message) message { return message{"status": 103} }
		}
		p := n.provider(t)
		if c.state > 0 {
			n.open(c.wallet, c.state)
		}
		r := p.Charge(t.Context(), charge)
		if r.State != c.want || r.Code != c.code || r.Fault != c.fault || r.Date.IsZero() || r.NotFound {
			t.Errorf("%s over %s %d: %+v", c.refusal, c.wallet, c.state, r)
		}
		if n.sent("micro_pay") != 1 || n.sent("query_order") != 1 {
			t.Errorf("%s over %s %d: asked %v", c.refusal, c.wallet, c.state, n.log)
		}
		if c.refusal != "104" && c.state == 2 && (r.Amount != 500 || r.Network == "" || r.Wallet != c.wallet) {
			t.Errorf("the real order is not told: %+v", r)
		}
	}
}

// TestInternalStatusesOfOthers: an internal status means what page 37627 says only
// with its status, else it is for the technician.
func TestInternalStatusesOfOthers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status, internal int
		code             string
	}{{104, 7, "104"}, {103, 407, "103"}, {102, 407, "102"}, {104, 9999, "104"}} {
		r := answered(t, "query", message{"status": c.status, "internal_status": c.internal}, false)
		if r.Code != c.code || !strings.Contains(r.Detail, strconv.Itoa(c.internal)) || !strings.Contains(r.Detail, "log 78") {
			t.Errorf("%d with %d: %+v", c.status, c.internal, r)
		}
	}
}
