package alipay

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	"tillgate/agent/pay"
)

// TestCancelHold has every answer that is done.
func TestCancelHold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields node
		want   pay.Result
	}{
		"closed":                    {node{"action": "close"}, pay.Result{State: pay.Declined, Code: "cancelled: close"}},
		"released":                  {node{"action": "unfreeze"}, pay.Result{State: pay.Declined, Code: "cancelled: unfreeze", Returned: true}},
		"without its numbers":       {node{"action": "close", "out_order_no": nil, "out_request_no": nil}, pay.Result{State: pay.Declined, Code: "cancelled: close"}},
		"another's":                 {node{"action": "close", "out_order_no": "1"}, pay.Result{Code: pay.CodeNumber}},
		"of another operation":      {node{"action": "unfreeze", "out_request_no": number + "81"}, pay.Result{Code: pay.CodeNumber}},
		"an odd action":             {node{"action": "refund"}, pay.Result{Code: "action refund"}},
		"an odd action of no order": {node{"action": "x", "out_order_no": nil}, pay.Result{Code: "action x"}},
	} {
		n := playing(map[string][]answer{methodHoldCancel: {auth(c.fields)}})
		c.want.Date = asked.UTC()
		if got := n.provider(t, partnerOptions).UndoHold(t.Context(), deposit); !same(got, c.want) || len(n.calls) != 1 {
			t.Errorf("%s: %+v after %v, want %+v", name, got, n.methods(), c.want)
		}
	}
}

// TestUndoHoldLooks: where a cancel says nothing of the money, the deposit's state
// says what is left to do. What is held is released under the number of an undo.
func TestUndoHoldLooks(t *testing.T) {
	t.Parallel()
	whole, parted := totals("AUTHORIZED", "300.00", "0.00", "300.00"), totals("AUTHORIZED", "300.00", "0.00", "100.00")
	seen := func(fields ...node) map[string][]answer {
		return map[string][]answer{methodHoldQuery: {auth(fields...)}}
	}
	freed := func(more ...node) answer {
		return auth(append([]node{{"out_request_no": number + "99", "operation_id": "1"}}, more...)...)
	}
	// releasing is a deposit that is held, whose release is answered so, and then the release's query.
	releasing := func(first answer, then ...answer) map[string][]answer {
		return map[string][]answer{methodHoldQuery: append([]answer{auth(whole)}, then...), methodUnfreeze: {first}}
	}
	look, release := []string{methodHoldQuery}, []string{methodHoldQuery, methodUnfreeze}
	find := []string{methodHoldQuery, methodUnfreeze, methodHoldQuery}
	for _, row := range []struct {
		name    string
		answers map[string][]answer
		asked   []string
		want    pay.Result // without a code: the cancel's own stays
		amount  string     // that is released
	}{
		{"not there", nil, look, pay.Result{NotFound: true}, ""},
		{"busy", map[string][]answer{methodHoldQuery: {refusing("SYSTEM_ERROR")}}, look, pay.Result{}, ""},
		{"open", seen(node{"status": "INIT"}), look, pay.Result{}, ""},
		{"closed", seen(node{"status": "CLOSED"}), look, pay.Result{State: pay.Declined, Code: "FREEZE CLOSED"}, ""},
		{"released", seen(totals("CLOSED", "300.00", "0.00", "0.00")), look, pay.Result{State: pay.Declined, Code: pay.CodeReleased, Returned: true}, ""},
		{"captured", seen(totals("FINISH", "300.00", "88.50", "0.00")), look, pay.Result{Code: pay.CodeCaptured, Fault: true}, ""},
		{"held by somebody", seen(whole, node{"amount": "1.00"}), look, pay.Result{Code: pay.CodeAmount, Fault: true}, ""},
		{"totals that cannot be", seen(totals("AUTHORIZED", "300.00", "300.00", "300.00")), look, pay.Result{Fault: true}, ""},

		{"held", releasing(freed()), release, pay.Result{State: pay.Declined, Code: "UNFREEZE SUCCESS", Returned: true}, "300.00"},
		{"a part held", map[string][]answer{methodHoldQuery: {auth(parted)}, methodUnfreeze: {freed(node{"amount": "100.00"})}}, release,
			pay.Result{State: pay.Declined, Code: "UNFREEZE SUCCESS", Returned: true}, "100.00"},
		{"held, release lost", releasing(answer{node: node{"code": "20000"}}), release, pay.Result{Code: "20000"}, "300.00"},
		{"held, release under way", releasing(freed(node{"status": "INIT"})), release, pay.Result{Code: "UNFREEZE INIT"}, "300.00"},
		{"held, payer barred", releasing(refusing("PAYER_USER_STATUS_LIMIT")), release, pay.Result{Code: "PAYER_USER_STATUS_LIMIT", Fault: true}, "300.00"},
		{"held, never released", releasing(refusing("ILLEGAL_STATUS"), refusing("AUTH_OPERATION_NOT_EXIST")), find, pay.Result{Code: "ILLEGAL_STATUS", Fault: true}, "300.00"},
		{"held, another amount released", releasing(refusing("UNIQUE_VIOLATION"), freed(node{"amount": "1.00"})), find, pay.Result{Code: pay.CodeAmount, Fault: true}, "300.00"},
		{"held, released before", releasing(refusing("ORDER_ALREADY_CLOSED"), freed()), find, pay.Result{State: pay.Declined, Code: "UNFREEZE SUCCESS", Returned: true}, "300.00"},
	} {
		for _, first := range []answer{auth(), refusing("CANCEL_OPERATION_TIME_OUT"), refusing("REQUEST_AMOUNT_EXCEED"), refusing("ORDER_ALREADY_FINISH"), refusing("ORDER_ALREADY_CLOSED")} {
			answers := maps.Clone(row.answers)
			if answers == nil {
				answers = map[string][]answer{}
			}
			answers[methodHoldCancel] = []answer{first}
			want := row.want
			if want.Code == "" {
				want.Code, _ = first.node["sub_code"].(string)
				want.Code = cmp.Or(want.Code, "no action")
			}
			n := playing(answers)
			got := n.provider(t, partnerOptions).UndoHold(t.Context(), deposit)
			if got.State != want.State || got.NotFound != want.NotFound || got.Fault != want.Fault || got.Returned != want.Returned || got.Code != want.Code || got.Message != "" || got.Date.IsZero() {
				t.Errorf("%s after %s: %+v, want %+v", row.name, want.Code, got, want)
			}
			if !slices.Equal(n.methods(), append([]string{methodHoldCancel}, row.asked...)) {
				t.Errorf("%s: asked %v", row.name, n.methods())
			}
			for _, c := range n.calls {
				if c.method == methodUnfreeze && (c.content["out_request_no"] != number+"99" || c.content["auth_no"] != authNo || c.content["amount"] != row.amount || c.content["extra_param"] == nil) {
					t.Errorf("%s: releases %v", row.name, c.content)
				}
			}
		}
	}
}
