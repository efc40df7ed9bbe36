package wechat

import (
	"context"
	"maps"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

// way is how the network answers the calls of an undo or of a query on the way back.
type way struct {
	close, refund, look answer3 // status 0: it should not be asked
	refundLook          answer3
}

func (w way) network() *network3 {
	n := &network3{}
	n.answer = func(c call3) answer3 {
		a := w.look
		switch {
		case strings.HasSuffix(c.path, "/close"):
			a = w.close
		case c.path == refundsPath:
			a = w.refund
		case strings.HasPrefix(c.path, refundsPath):
			a = w.refundLook
		}
		if a.status == 0 {
			n.t.Errorf("%s %s should not be asked", c.method, c.path)
		}
		return a
	}
	return n
}

// givenBack is what the network says of our refund; a nil in more takes a field out.
func givenBack(status string, more map[string]any) answer3 {
	f := map[string]any{"refund_id": "5030", "out_refund_no": number + "99", "out_trade_no": number, "transaction_id": "4200001", "channel": "ORIGINAL", "status": status,
		"amount": map[string]any{"total": 500, "refund": 500, "payer_total": 500, "payer_refund": 500, "currency": "CNY"}}
	for name, value := range more {
		if f[name] = value; value == nil {
			delete(f, name)
		}
	}
	return answer3{status: 200, body: text(f)}
}

func ok(a answer3) answer3 { a.status = 200; return a }

var shut, wasPaid, nobodys = answer3{status: 204}, refusal(400, "ORDER_PAID"), refusal(404, "RESOURCE_NOT_EXISTS")

// TestAnUndoClosesOrGivesBack plays what close and refund may say.
func TestAnUndoClosesOrGivesBack(t *testing.T) {
	t.Parallel()
	unsure := refusal(400, "INVALID_REQUEST")
	for name, c := range map[string]struct {
		way   way
		state pay.State
		code  string
		fault bool
		found bool
		calls int
	}{
		"closed":                       {way{close: shut}, pay.Declined, "closed", false, true, 1},
		"closed before":                {way{close: refusal(400, "ORDER_CLOSED")}, pay.Declined, "ORDER_CLOSED", false, true, 1},
		"nobody's":                     {way{close: refusal(404, "ORDER_NOT_EXIST")}, pay.Unknown, "ORDER_NOT_EXIST", false, false, 1},
		"nobody's, in older words":     {way{close: refusal(404, "ORDERNOTEXIST")}, pay.Unknown, "ORDERNOTEXIST", false, false, 1},
		"the network has a cold":       {way{close: refusal(500, "SYSTEM_ERROR")}, pay.Unknown, "SYSTEM_ERROR", false, true, 1},
		"too often":                    {way{close: refusal(429, "FREQUENCY_LIMITED")}, pay.Unknown, "FREQUENCY_LIMITED", false, true, 1},
		"200 is not the word":          {way{close: answer3{status: 200, body: "{}"}, look: ok(trade(directOptions, "NOTPAY", nil))}, pay.Unknown, "HTTP 200", false, true, 2},
		"not allowed":                  {way{close: refusal(403, "NO_AUTH")}, pay.Unknown, "NO_AUTH", true, true, 1},
		"a mistake of ours":            {way{close: refusal(400, "PARAM_ERROR")}, pay.Unknown, "PARAM_ERROR", true, true, 1},
		"too early":                    {way{close: unsure, look: ok(trade(directOptions, "NOTPAY", nil))}, pay.Unknown, "INVALID_REQUEST", false, true, 2},
		"too early, and nobody knows":  {way{close: unsure, look: refusal(500, "SYSTEM_ERROR")}, pay.Unknown, "INVALID_REQUEST", false, true, 2},
		"paid, in other words":         {way{close: unsure, look: ok(trade(directOptions, "SUCCESS", nil)), refund: givenBack("SUCCESS", nil)}, pay.Declined, "refund SUCCESS", false, true, 3},
		"given back, in other words":   {way{close: unsure, look: ok(trade(directOptions, "REFUND", nil)), refund: givenBack("SUCCESS", nil)}, pay.Declined, "refund SUCCESS", false, true, 3},
		"paid":                         {way{close: wasPaid, refund: givenBack("SUCCESS", nil)}, pay.Declined, "refund SUCCESS", false, true, 2},
		"paid, in older words":         {way{close: refusal(400, "ORDERPAID"), refund: givenBack("SUCCESS", nil)}, pay.Declined, "refund SUCCESS", false, true, 2},
		"paid, on its way":             {way{close: wasPaid, refund: givenBack("PROCESSING", nil)}, pay.Unknown, "refund PROCESSING", false, true, 2},
		"paid, does not arrive":        {way{close: wasPaid, refund: givenBack("ABNORMAL", nil)}, pay.Unknown, "refund ABNORMAL", true, true, 2},
		"paid, refund closed":          {way{close: wasPaid, refund: givenBack("CLOSED", nil)}, pay.Unknown, "refund CLOSED", true, true, 2},
		"paid, a state of tomorrow":    {way{close: wasPaid, refund: givenBack("TOMORROW", nil)}, pay.Unknown, "status TOMORROW", false, true, 2},
		"paid, no state":               {way{close: wasPaid, refund: givenBack("", nil)}, pay.Unknown, pay.CodeIncomplete, false, true, 2},
		"paid, no JSON":                {way{close: wasPaid, refund: answer3{status: 200, body: "OK"}}, pay.Unknown, pay.CodeIncomplete, false, true, 2},
		"paid, another refund":         {way{close: wasPaid, refund: givenBack("SUCCESS", map[string]any{"out_refund_no": number + "01"})}, pay.Unknown, pay.CodeNumber, false, true, 2},
		"paid, another order":          {way{close: wasPaid, refund: givenBack("SUCCESS", map[string]any{"out_trade_no": "8"})}, pay.Unknown, pay.CodeNumber, false, true, 2},
		"paid, a part of it":           {way{close: wasPaid, refund: givenBack("SUCCESS", map[string]any{"amount": map[string]any{"refund": 400, "total": 500}})}, pay.Unknown, pay.CodeAmount, true, true, 2},
		"paid, of more":                {way{close: wasPaid, refund: givenBack("SUCCESS", map[string]any{"amount": map[string]any{"refund": 500, "total": 600}})}, pay.Unknown, pay.CodeAmount, true, true, 2},
		"paid, in dollars":             {way{close: wasPaid, refund: givenBack("SUCCESS", map[string]any{"amount": map[string]any{"refund": 500, "total": 500, "currency": "USD"}})}, pay.Unknown, pay.CodeCurrency, true, true, 2},
		"paid, the network has a cold": {way{close: wasPaid, refund: refusal(500, "SYSTEM_ERROR")}, pay.Unknown, "SYSTEM_ERROR", false, true, 2},
		"paid, too often":              {way{close: wasPaid, refund: refusal(429, "FREQUENCY_LIMITED")}, pay.Unknown, "FREQUENCY_LIMITED", false, true, 2},
		"paid, no such payment":        {way{close: wasPaid, refund: refusal(404, "RESOURCE_NOT_EXISTS")}, pay.Unknown, "RESOURCE_NOT_EXISTS", true, true, 2},
		"paid, the till is empty":      {way{close: wasPaid, refund: refusal(403, "NOT_ENOUGH")}, pay.Unknown, "NOT_ENOUGH", true, true, 2},
		"paid, the account is gone":    {way{close: wasPaid, refund: refusal(403, "USER_ACCOUNT_ABNORMAL"), refundLook: nobodys}, pay.Unknown, "USER_ACCOUNT_ABNORMAL", true, true, 3},
		"paid, given back, they say":   {way{close: wasPaid, refund: refusal(400, "INVALID_REQUEST"), refundLook: givenBack("SUCCESS", nil)}, pay.Declined, "refund SUCCESS", false, true, 3},
		"paid, nobody knows why not":   {way{close: wasPaid, refund: refusal(400, "INVALID_REQUEST"), refundLook: refusal(500, "SYSTEM_ERROR")}, pay.Unknown, "INVALID_REQUEST", false, true, 3},
		"paid, no grant":               {way{close: wasPaid, refund: refusal(403, "NO_AUTH")}, pay.Unknown, "NO_AUTH", true, true, 2},
		"paid, given back by others":   {way{close: wasPaid, refund: refusal(400, "INVALID_REQUEST"), refundLook: nobodys}, pay.Unknown, "INVALID_REQUEST", true, true, 3},
	} {
		n := c.way.network()
		s := n.shower(t, with(directOptions, byPublicKey))
		r := s.Undo(context.Background(), shownAttempt)
		if r.State != c.state || r.Code != c.code || r.Fault != c.fault || r.NotFound == c.found || r.Date.IsZero() || len(n.calls) != c.calls {
			t.Errorf("%s: %+v after %d calls", name, r, len(n.calls))
		}
	}
}

// TestUndoRequests looks at every byte of a close and a refund, and sends both again.
func TestUndoRequests(t *testing.T) {
	t.Parallel()
	for name, o := range modes() {
		n := way{close: wasPaid, refund: givenBack("PROCESSING", nil)}.network()
		s := n.shower(t, o)
		s.Undo(context.Background(), shownAttempt)
		s.Undo(context.Background(), shownAttempt)
		path, who, sub := "/v3/pay/transactions", `{"mchid":"1900000109"}`, ""
		if o.SubMchID != "" {
			path, who, sub = "/v3/pay/partner/transactions", `{"sp_mchid":"1900000109","sub_mchid":"1900000200"}`, `"sub_mchid":"1900000200",`
		}
		want := map[string]string{
			path + "/out-trade-no/" + number + "/close": who,
			refundsPath: `{` + sub + `"out_trade_no":"` + number + `","out_refund_no":"` + number + `99","amount":{"refund":500,"total":500,"currency":"CNY"}}`,
		}
		asked := map[string]int{}
		for _, c := range n.calls {
			if c.path == certificatesPath {
				continue
			}
			if asked[c.path]++; c.method != "POST" || c.body != want[c.path] {
				t.Errorf("%s: %s %s %s", name, c.method, c.path, c.body)
			}
		}
		if !maps.Equal(asked, map[string]int{path + "/out-trade-no/" + number + "/close": 2, refundsPath: 2}) {
			t.Errorf("%s: asked %v", name, asked)
		}
	}
}

// TestARefundedOrderIsOverWhenTheMoneyIsThere and not before.
func TestARefundedOrderIsOverWhenTheMoneyIsThere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refund answer3
		state  pay.State
		code   string
		fault  bool
	}{
		"there":                {givenBack("SUCCESS", nil), pay.Declined, "refund SUCCESS", false},
		"on its way":           {givenBack("PROCESSING", nil), pay.Unknown, "refund PROCESSING", false},
		"does not arrive":      {givenBack("ABNORMAL", nil), pay.Unknown, "refund ABNORMAL", true},
		"not ours":             {refusal(404, "RESOURCE_NOT_EXISTS"), pay.Unknown, "RESOURCE_NOT_EXISTS", false},
		"another's":            {givenBack("SUCCESS", map[string]any{"out_refund_no": "1"}), pay.Unknown, pay.CodeNumber, false},
		"less":                 {givenBack("SUCCESS", map[string]any{"amount": map[string]any{"refund": 1, "total": 500}}), pay.Unknown, pay.CodeAmount, true},
		"nobody knows":         {refusal(500, "SYSTEM_ERROR"), pay.Unknown, "SYSTEM_ERROR", false},
		"not to be believed":   {with3(givenBack("SUCCESS", nil), func(a *answer3) { a.key = ourKey() }), pay.Unknown, "bad signature", false},
		"signed another month": {with3(givenBack("SUCCESS", nil), func(a *answer3) { a.at = asked.AddDate(0, -1, 0) }), pay.Unknown, "reply of another time", false},
	} {
		for mode, o := range modes() {
			n := way{look: ok(trade(o, "REFUND", nil)), refundLook: c.refund}.network()
			s := n.shower(t, o)
			back := shownAttempt
			back.Returning = true
			if r := s.Query(context.Background(), back); r.State != c.state || r.Code != c.code || r.Fault != c.fault || r.NotFound || r.Returned != (c.state == pay.Declined) {
				t.Errorf("%s, %s: %+v", mode, name, r)
			}
			path := n.calls[len(n.calls)-1].path
			want := refundsPath + "/" + number + "99"
			if o.SubMchID != "" {
				want += "?sub_mchid=" + o.SubMchID
			}
			if path != want && path != certificatesPath {
				t.Errorf("%s: asked %s", mode, path)
			}
			if r := s.Query(context.Background(), shownAttempt); r.State != pay.Mismatch || r.Code != "REFUND" {
				t.Errorf("%s, nobody wanted it back: %+v", mode, r)
			}
		}
	}
}

func with3(a answer3, change func(a *answer3)) answer3 {
	change(&a)
	return a
}
