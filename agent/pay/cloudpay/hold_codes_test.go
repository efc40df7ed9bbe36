package cloudpay

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

// TestRefusedHolds are looked at like refused charges.
func TestRefusedHolds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		refusal, wallet string
		state           int // of the deposit that the look finds; 0: none, -1: no answer
		want            pay.State
		code            string
		fault           bool
	}{
		{"104", "", 0, pay.Declined, "104", false},
		{"104", "", -1, pay.Declined, "104", false},
		{"104", wechat, 6, pay.Declined, "104", false},
		{"104", wechat, 1, pay.Declined, "104", false},
		{"104", wechat, 3, pay.Waiting, "freeze wechat 3", false},
		{"104", wechat, 2, pay.Paid, "", false},
		{"102", "", 0, pay.Declined, "102", true},
		{"102", "", -1, pay.Unknown, "102", false},
		{"102", wechat, 2, pay.Mismatch, "102", false},
		{"407", "", 0, pay.Mismatch, "407", false},
		{"407", wechat, 2, pay.Mismatch, "407", false},
		{"407", wechat, 4, pay.Declined, "407", true},
	} {
		no := statuses[c.refusal]
		refuse := func(message) message {
			return message{"status": no.status, "internal_status": no.internal, "description": "no"}
		}
		n := &network{say: map[string]func(message) message{"micro_freeze": refuse, "scancode_freeze": refuse}}
		if c.state < 0 {
			n.say["query_freeze_order"] = func(message) message { return message{"status": 103} }
		}
		p := n.provider(t)
		if c.state > 0 {
			n.hold(c.wallet, c.state)
		}
		r := p.Hold(t.Context(), holding)
		if r.State != c.want || r.Code != c.code || r.Fault != c.fault || r.NotFound || r.Date.IsZero() {
			t.Errorf("%s over %s %d: %+v", c.refusal, c.wallet, c.state, r)
		}
		if got := n.calls(); !slices.Equal(got, []string{"micro_freeze", "query_freeze_order"}) {
			t.Errorf("%s over %s %d: asked %v", c.refusal, c.wallet, c.state, got)
		}
		if c.refusal != "104" && c.state == 2 && (r.Amount != 30000 || r.Network == "") {
			t.Errorf("the real deposit is not told: %+v", r)
		}
		p.ShowHold(t.Context(), holdShow)
		want := []string{"scancode_freeze", "query_freeze_order"}
		if c.refusal == "104" {
			want = want[:1]
		}
		if got := n.calls(); !slices.Equal(got, want) {
			t.Errorf("shown, %s over %s %d: asked %v", c.refusal, c.wallet, c.state, got)
		}
	}
}

// TestCasesOfDeposits: the list has every state of pages 37627 and 37628 for each
// call, and says of it what an answer with it comes to.
func TestCasesOfDeposits(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range Cases() {
		seen[c.Op+" "+c.Code] = true
		words := strings.Fields(c.Code)
		if likeness[c.Op] == "" && c.Op != "hold-undo" || len(words) < 2 {
			continue // TestCases, TestStatuses
		}
		wallet := words[len(words)-2]
		state, err := strconv.Atoi(words[len(words)-1])
		if err != nil {
			t.Fatalf("%s: %v", c.Code, err)
		}
		d := &deposit{wallet: wallet, state: state, fee: 30000}
		if c.State == pay.Paid && state != 2 {
			d.byHand = 30000
		}
		trade := tradeOf(takenNo, wallet, state, taken.Amount)
		release := unfreezeOf(freedNo, wallet, &giving{state: state, fee: freed.Amount})
		undo := unfreezeOf(number+"99", wallet, &giving{state: state, fee: 30000})
		n := &network{say: map[string]func(message) message{}}
		p := n.provider(t)
		say := func(call string, m message) { n.say[call] = func(message) message { return m } }
		say("micro_freeze", message{"micro_freeze": freezeOf(number, d)})
		if c.Op == "hold-query" || c.Op == "show-hold" {
			say("query_freeze_order", message{"query_freeze_order": freezeOf(number, d)})
		}
		say("deposit_consume", message{"deposit_consume": trade})
		say("query_order", message{"query_order": trade})
		say("query_unfreeze_order", message{"query_unfreeze_order": message{"unfreeze_order_content": []message{release}}})
		say("unfreeze", message{"unfreeze": message{"unfreeze_order_content": release}})
		var r pay.Result
		switch c.Op {
		case "show-hold":
			shown := hold
			shown.Shown = true
			r = p.QueryHold(t.Context(), shown)
		case "hold-undo":
			say("unfreeze", message{"unfreeze": message{"unfreeze_order_content": undo}})
			r = n.answeredHold(p, c.Op)
		default:
			r = n.answeredHold(p, c.Op)
		}
		if r.State != c.State || r.NotFound != c.NotFound || r.Fault != c.Fault || r.Code != c.Code && r.State != pay.Paid {
			t.Errorf("%s %s: %+v, the cases say %+v", c.Op, c.Code, r, c)
		}
	}
	for op, states := range map[string]map[string]int{
		"hold freeze": {wechat: 7, alipay: 4}, "hold-query freeze": {wechat: 7, alipay: 4}, "capture": {wechat: 14, alipay: 7, record: 3}, "capture-query": {wechat: 14},
		"release unfreeze": {wechat: 4, alipay: 5}, "release-query unfreeze": {wechat: 4, alipay: 5}, "hold-undo unfreeze": {wechat: 4, alipay: 5},
	} {
		for wallet, most := range states {
			for state := 1; state <= most; state++ {
				if key := op + " " + stateCode(wallet, state); !seen[key] && key != "capture alipay 3" { // which no document has
					t.Errorf("%s is missing", key)
				}
			}
		}
	}
}
