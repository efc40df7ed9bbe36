package wechat

import (
	"cmp"
	"maps"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

// refunded3 is the answer to a refund or to a query of one; a nil in more takes a field out.
func refunded3(status string, amount int64, more map[string]any) answer3 {
	f := map[string]any{"out_refund_no": number + "01", "settlement_refund": amount - 1, "success_time": "2026-11-25T09:30:00+08:00"}
	sums := map[string]any{"total": 500, "refund": amount, "payer_total": 500, "payer_refund": amount, "settlement_total": 500, "settlement_refund": amount - 1, "discount_refund": 0, "currency": "CNY"}
	for name, value := range more {
		if _, isSum := sums[name]; !isSum {
			f[name] = value
			continue
		}
		if sums[name] = value; value == nil {
			delete(sums, name)
		}
	}
	f["amount"] = sums
	return givenBack(status, f)
}

// statuses3 are those of refusals where they are not 400.
var statuses3 = map[string]int{"SYSTEM_ERROR": 500, "BANK_ERROR": 500, "FREQUENCY_LIMITED": 429, "RATELIMIT_EXCEEDED": 429, "NOT_ENOUGH": 403, "USER_ACCOUNT_ABNORMAL": 403,
	"NO_AUTH": 403, "RESOURCE_NOT_EXISTS": 404, "SIGN_ERROR": 401}

// desk3 is a merchant with API v3, and none of its calls goes with a client certificate.
func desk3(t *testing.T) *desk {
	t.Helper()
	d := &desk{}
	n := &network3{answer: func(c call3) answer3 {
		s := d.find
		if c.method == "POST" {
			s = d.give
		}
		a := refunded3(s.status, cmp.Or(s.amount, 200), nil)
		if s.code != "" {
			a = refusal(cmp.Or(statuses3[s.code], 400), s.code)
		}
		if s.bad {
			a.key = ourKey()
		}
		return a
	}}
	d.p = n.shower(t, with(directOptions, byPublicKey)).Provider
	d.asked = func() (gives, finds int) {
		for _, c := range n.calls {
			switch {
			case c.method == "POST" && c.path == refundsPath:
				gives++
			case c.method == "GET" && c.path == refundsPath+"/"+number+"01":
				finds++
			default:
				t.Errorf("asked %s %s", c.method, c.path)
			}
		}
		return gives, finds
	}
	return d
}

// TestRefundRequests3 looks at every byte, in all four modes, of a code that was
// scanned and of one that was shown, and counts the signatures.
func TestRefundRequests3(t *testing.T) {
	t.Parallel()
	for mode, o := range modes() {
		for _, of := range []pay.Attempt{attempt, shownAttempt} {
			n := &network3{answer: func(call3) answer3 { return refunded3("PROCESSING", 200, nil) }}
			s := n.shower(t, o)
			r := refund
			r.Of, r.Reason = of, "<a>&\""+strings.Repeat("货", 30)
			s.QueryRefund(t.Context(), r) // the list of certificates comes with the first call, where it is needed
			n.calls = nil
			before := s.Signatures()
			for what, got := range map[string]pay.Result{"refund": s.Refund(t.Context(), r), "again": s.Refund(t.Context(), r), "query": s.QueryRefund(t.Context(), r)} {
				if got.State != pay.Waiting || got.Code != "refund PROCESSING" {
					t.Errorf("%s, %s: %+v", mode, what, got)
				}
			}
			if signed := s.Signatures() - before; signed != 3 || len(n.calls) != 3 {
				t.Fatalf("%s: %d signatures for %d calls", mode, signed, len(n.calls))
			}
			sub, query := "", ""
			if o.SubMchID != "" {
				sub, query = `"sub_mchid":"1900000200",`, "?sub_mchid=1900000200"
			}
			body := `{` + sub + `"out_trade_no":"` + number + `","out_refund_no":"` + number + `01","reason":"<a>&\"` + strings.Repeat("货", 25) + `","amount":{"refund":200,"total":500,"currency":"CNY"}}`
			if n.calls[0].path != refundsPath || n.calls[0].body != body || n.calls[1].body != body {
				t.Errorf("%s: %s\n%s\n%s, want\n%s", mode, n.calls[0].path, n.calls[0].body, n.calls[1].body, body)
			}
			if c := n.calls[2]; c.method != "GET" || c.path != refundsPath+"/"+number+"01"+query || c.body != "" {
				t.Errorf("%s: %+v", mode, c)
			}
		}
	}
}

// TestWhatARefundNeeds3 takes fields out of answers and puts others in.
func TestWhatARefundNeeds3(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil map[string]any
		state pay.State
		code  string
	}{
		{"nothing", nil, pay.Returned, "refund SUCCESS"},
		{"what is not ours to know", map[string]any{"settlement_refund": nil, "refund_id": nil, "success_time": nil, "currency": nil}, pay.Returned, "refund SUCCESS"},
		{"no number", map[string]any{"out_refund_no": nil}, pay.Unknown, pay.CodeIncomplete},
		{"another number", map[string]any{"out_refund_no": number + "02"}, pay.Unknown, pay.CodeNumber},
		{"no order", map[string]any{"out_trade_no": nil}, pay.Unknown, pay.CodeIncomplete},
		{"another order", map[string]any{"out_trade_no": "8"}, pay.Unknown, pay.CodeNumber},
		{"no amount", map[string]any{"refund": nil}, pay.Unknown, pay.CodeIncomplete},
		{"an odd amount", map[string]any{"refund": "200"}, pay.Unknown, pay.CodeIncomplete},
		{"half a fen", map[string]any{"refund": 199.5}, pay.Unknown, pay.CodeIncomplete},
		{"a fen more", map[string]any{"refund": 201}, pay.Mismatch, pay.CodeAmount},
		{"no price", map[string]any{"total": nil}, pay.Unknown, pay.CodeIncomplete},
		{"another price", map[string]any{"total": 501}, pay.Mismatch, pay.CodeAmount},
		{"a settlement of more", map[string]any{"settlement_refund": 201}, pay.Unknown, pay.CodeIncomplete},
		{"a settlement of less than nothing", map[string]any{"settlement_refund": -1}, pay.Unknown, pay.CodeIncomplete},
		{"in dollars", map[string]any{"currency": "USD"}, pay.Mismatch, pay.CodeCurrency},
		{"no state", map[string]any{"status": nil}, pay.Unknown, pay.CodeIncomplete},
	} {
		n := &network3{answer: func(call3) answer3 { return refunded3("SUCCESS", 200, c.spoil) }}
		s := n.shower(t, with(partnerOptions, byPublicKey))
		for what, got := range map[string]pay.Result{"refund": s.Refund(t.Context(), refund), "query": s.QueryRefund(t.Context(), refund)} {
			if got.State != c.state || got.Code != c.code || got.Date.IsZero() {
				t.Errorf("%s, %s: %+v", what, c.name, got)
			}
		}
	}
}

// TestARefundThatCannotBeBelieved is unknown, by public key and by certificate.
func TestARefundThatCannotBeBelieved(t *testing.T) {
	t.Parallel()
	for code, change := range map[string]func(a *answer3){
		"bad signature":         func(a *answer3) { a.key = ourKey() },
		"reply of another time": func(a *answer3) { a.at = asked.AddDate(0, -1, 0) },
		"unknown serial":        func(a *answer3) { a.serial = "7777" },
		pay.CodeIncomplete:      func(a *answer3) { a.body = "OK" },
		"HTTP 202":              func(a *answer3) { a.status = 202 },
	} {
		for mode, o := range modes() {
			n := &network3{answer: func(call3) answer3 { return with3(refunded3("SUCCESS", 200, nil), change) }}
			s := n.shower(t, o)
			for what, got := range map[string]pay.Result{"refund": s.Refund(t.Context(), refund), "query": s.QueryRefund(t.Context(), refund)} {
				if got.State != pay.Unknown || got.Code != code || got.NotFound || got.Fault {
					t.Errorf("%s, %s, %s: %+v", mode, what, code, got)
				}
			}
		}
	}
}

// TestCasesAreTheTables: each code of a call is named once, in order.
func TestCasesAreTheTables(t *testing.T) {
	t.Parallel()
	seen := map[[2]string]pay.Case{}
	for _, c := range Cases() {
		key := [2]string{c.Op, c.Code}
		if _, twice := seen[key]; twice {
			t.Errorf("%v is there twice", key)
		}
		seen[key] = c
	}
	count := map[string]int{}
	for key, c := range seen {
		if !ofDeposits(key[0]) { // their tables are held against their own documents
			count[key[0]]++
		}
		if c.NotFound && (c.State != pay.Unknown || c.Fault) {
			t.Errorf("%+v", c)
		}
	}
	undos := maps.Clone(undoCodes)
	maps.Copy(undos, closeCodes)
	want := map[string]int{"charge": len(documented), "query": len(queryCodes), "undo": len(undos), "show": len(documented3) - 1, "refund": len(documentedRefunds), "refund-query": len(refundLookCodes)}
	if !maps.Equal(count, want) {
		t.Errorf("%v, want %v", count, want)
	}
	for name, want := range documentedRefunds {
		if c := seen[[2]string{"refund", name}]; c.State != want.State || c.Fault != want.Fault {
			t.Errorf("%+v, want %+v", c, want)
		}
	}
	for name, want := range documented {
		if c := seen[[2]string{"charge", name}]; c.State != want.State || c.Fault != want.Fault {
			t.Errorf("%+v, want %+v", c, want)
		}
	}
}

// ofDeposits tells whether something that is asked is about a deposit.
func ofDeposits(op string) bool {
	return strings.HasPrefix(op, "hold") || strings.HasPrefix(op, "capture") || strings.HasPrefix(op, "release")
}
