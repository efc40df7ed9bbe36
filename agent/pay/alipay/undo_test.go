package alipay

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"testing"

	"tillgate/agent/pay"
)

// TestCancel has every answer that is done (pages 02ekfq and 02ekfr).
func TestCancel(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields node
		want   pay.Result
	}{
		"closed":               {node{"retry_flag": "N", "action": "close"}, pay.Result{State: pay.Declined, Code: "cancelled: close"}},
		"given back":           {node{"retry_flag": "N", "action": "refund"}, pay.Result{State: pay.Declined, Code: "cancelled: refund", Returned: true}},
		"without its number":   {node{"retry_flag": "N", "action": "close", "out_trade_no": nil}, pay.Result{State: pay.Declined, Code: "cancelled: close"}},
		"another's":            {node{"retry_flag": "N", "action": "close", "out_trade_no": "1"}, pay.Result{Code: pay.CodeNumber}},
		"again":                {node{"retry_flag": "Y"}, pay.Result{Code: "retry_flag Y"}},
		"again, and an action": {node{"retry_flag": "Y", "action": "refund"}, pay.Result{Code: "retry_flag Y"}},
		"no flag":              {node{"action": "close"}, pay.Result{Code: pay.CodeIncomplete}},
		"an odd action":        {node{"retry_flag": "N", "action": "unfreeze"}, pay.Result{Code: "action unfreeze"}},
	} {
		n := playing(map[string][]answer{methodCancel: {done(c.fields)}})
		c.want.Date = asked.UTC()
		if got := n.provider(t, directOptions).Undo(context.Background(), attempt); !same(got, c.want) || len(n.calls) != 1 {
			t.Errorf("%s: %+v after %v, want %+v", name, got, n.methods(), c.want)
		}
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields node
		want   pay.Result
	}{
		"closed":             {nil, pay.Result{State: pay.Declined, Code: "closed"}},
		"without its number": {node{"out_trade_no": nil}, pay.Result{State: pay.Declined, Code: "closed"}},
		"another's":          {node{"out_trade_no": "1"}, pay.Result{Code: pay.CodeNumber}},
	} {
		n := playing(map[string][]answer{methodClose: {done(c.fields)}})
		c.want.Date = asked.UTC()
		if got := n.provider(t, directOptions).Undo(context.Background(), shownAttempt); !same(got, c.want) || len(n.calls) != 1 {
			t.Errorf("%s: %+v after %v, want %+v", name, got, n.methods(), c.want)
		}
	}
}

// lookRow is what may be found after an undo that said nothing of the money.
type lookRow struct {
	name    string
	answers map[string][]answer // to what follows
	asked   []string
	want    pay.Result // without a code: the undo's own stays
	scanned bool       // of a scanned code only
}

func lookRows() []lookRow {
	unchanged, moved := done(node{"fund_change": "N", "refund_fee": "5.00"}), done(node{"fund_change": "Y", "refund_fee": "5.00"})
	date := node{"send_pay_date": "2026-11-25 09:30:05"}
	// refunding is a paid order whose refund is answered so, and then the refund's query.
	refunding := func(first answer, then ...answer) map[string][]answer {
		return map[string][]answer{methodQuery: {traded(statusSuccess)}, methodRefund: {first}, methodRefundQuery: then}
	}
	query := func(a answer) map[string][]answer { return map[string][]answer{methodQuery: {a}} }
	look, refund, find := []string{methodQuery}, []string{methodQuery, methodRefund}, []string{methodQuery, methodRefund, methodRefundQuery}
	return []lookRow{
		{"not there", nil, look, pay.Result{NotFound: true}, false},
		{"busy", query(refusing("ACQ.SYSTEM_ERROR")), look, pay.Result{}, false},
		{"closed", query(traded(statusClosed)), look, pay.Result{State: pay.Declined, Code: statusClosed}, false},
		{"given back", query(traded(statusClosed, date)), look, pay.Result{State: pay.Declined, Code: statusClosed, Returned: true}, false},
		{"paid by somebody", query(traded(statusSuccess, node{"total_amount": "6.00"})), look, pay.Result{Code: pay.CodeAmount, Fault: true}, false},
		{"open", map[string][]answer{methodQuery: {traded(statusWaiting)}, methodClose: {done()}}, []string{methodQuery, methodClose}, pay.Result{State: pay.Declined, Code: "closed"}, true},
		{"open, and cannot be closed", map[string][]answer{methodQuery: {traded(statusWaiting)}, methodClose: {refusing("ACQ.TRADE_STATUS_ERROR")}},
			[]string{methodQuery, methodClose}, pay.Result{Code: "ACQ.TRADE_STATUS_ERROR"}, true},

		{"paid", refunding(moved), refund, pay.Result{State: pay.Declined, Code: "refunded", Returned: true}, false},
		{"paid, refund lost", refunding(answer{node: node{"code": "20000"}}), refund, pay.Result{Code: "20000"}, false},
		{"paid, no money left", refunding(refusing("ACQ.SELLER_BALANCE_NOT_ENOUGH")), refund, pay.Result{Code: "ACQ.SELLER_BALANCE_NOT_ENOUGH", Fault: true}, false},
		{"paid, another amount refunded", refunding(refusing("ACQ.DISCORDANT_REPEAT_REQUEST")), refund, pay.Result{Code: "ACQ.DISCORDANT_REPEAT_REQUEST", Fault: true}, false},
		{"paid, refunded before", refunding(unchanged, refunded(number+"99", "5.00")), find, pay.Result{State: pay.Declined, Code: statusRefunded, Returned: true}, false},
		{"paid, a part refunded before", refunding(unchanged, refunded(number+"99", "4.00")), find, pay.Result{Code: pay.CodeAmount, Fault: true}, false},
		{"paid, and no refund to be found", refunding(unchanged, done()), find, pay.Result{Code: codeNoChange}, false},
		{"paid, never refundable", refunding(refusing("ACQ.TRADE_HAS_FINISHED"), done()), find, pay.Result{Code: "ACQ.TRADE_HAS_FINISHED", Fault: true}, false},
	}
}

// TestUndoLooks: where an undo says nothing of the money, the order's state says
// what is left to do: of a scanned code after the cancel, of a shown one after
// the close.
func TestUndoLooks(t *testing.T) {
	t.Parallel()
	for _, row := range lookRows() {
		for _, first := range []answer{done(node{"retry_flag": "N"}), refusing("ACQ.TRADE_CANCEL_TIME_OUT"), refusing("ACQ.CANCEL_NOT_ALLOWED"), refusing("ACQ.TRADE_HAS_FINISHED"), refusing("ACQ.REASON_TRADE_REFUND_FEE_ERR")} {
			row.check(t, attempt, methodCancel, first)
		}
		for _, first := range []answer{refusing("ACQ.TRADE_STATUS_ERROR"), refusing("ACQ.TRADE_HAS_SUCCESS"), refusing("ACQ.A_CODE_OF_TOMORROW")} {
			if !row.scanned {
				row.check(t, shownAttempt, methodClose, first)
			}
		}
	}
}

func (row lookRow) check(t *testing.T, a pay.Attempt, method string, first answer) {
	t.Helper()
	answers := maps.Clone(row.answers)
	if answers == nil {
		answers = map[string][]answer{}
	}
	answers[method] = []answer{first}
	want := row.want
	if want.Code == "" {
		want.Code, _ = first.node["sub_code"].(string)
		want.Code = cmp.Or(want.Code, "no action")
	}
	n := playing(answers)
	got := n.provider(t, directOptions).Undo(context.Background(), a)
	if got.State != want.State || got.NotFound != want.NotFound || got.Fault != want.Fault || got.Returned != want.Returned || got.Code != want.Code || got.Message != "" || got.Date.IsZero() {
		t.Errorf("%s after %s: %+v, want %+v", row.name, want.Code, got, want)
	}
	if !slices.Equal(n.methods(), append([]string{method}, row.asked...)) {
		t.Errorf("%s: asked %v", row.name, n.methods())
	}
	for _, c := range n.calls {
		if c.method == methodRefund && (c.content["out_request_no"] != number+"99" || c.content["refund_amount"] != "5.00") {
			t.Errorf("%s: refunds %v", row.name, c.content)
		}
	}
}

// TestAShownCodeThatIsOpenIsClosedAgain: a close that the network refused while
// the order waits goes out again, and is not made a cancel.
func TestAShownCodeThatIsOpenIsClosedAgain(t *testing.T) {
	t.Parallel()
	n := playing(map[string][]answer{methodClose: {refusing("ACQ.TRADE_STATUS_ERROR"), done()}, methodQuery: {traded(statusWaiting)}})
	p := n.provider(t, directOptions)
	if r := p.Undo(context.Background(), shownAttempt); r.State != pay.Unknown || r.NotFound || r.Code != "ACQ.TRADE_STATUS_ERROR" {
		t.Errorf("the first: %+v", r)
	}
	if r := p.Undo(context.Background(), shownAttempt); r.State != pay.Declined {
		t.Errorf("the second: %+v", r)
	}
	if !slices.Equal(n.methods(), []string{methodClose, methodQuery, methodClose}) {
		t.Errorf("asked %v", n.methods())
	}
}
