package wechat

import (
	"cmp"
	"maps"
	"strconv"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

const (
	callRefund     = "/secapi/pay/refund"
	callFindRefund = "/pay/refundquery"
)

// refunds2 are API v2's words for the states of a refund.
var refunds2 = map[string]string{"SUCCESS": "SUCCESS", "PROCESSING": "PROCESSING", "CLOSED": "REFUNDCLOSE", "ABNORMAL": "CHANGE"}

// given2 is the answer to a refund that was taken on; a field with a text in more is another's.
func given2(amount int64, more fields) fields {
	f := fields{"result_code": "SUCCESS", "err_code": "", "out_trade_no": number, "out_refund_no": number + "01", "transaction_id": "4200001", "refund_id": "5030",
		"refund_fee": strconv.FormatInt(amount, 10), "settlement_refund_fee": strconv.FormatInt(amount-1, 10), "total_fee": "500", "cash_fee": "500", "cash_refund_fee": "199"}
	maps.Copy(f, more)
	return f
}

// found2 is the answer to a query of a refund.
func found2(status string, amount int64, more fields) fields {
	f := fields{"result_code": "SUCCESS", "err_code": "", "out_trade_no": number, "transaction_id": "4200001", "total_fee": "500", "refund_count": "1",
		"out_refund_no_0": number + "01", "refund_id_0": "5030", "refund_channel_0": "ORIGINAL", "refund_fee_0": strconv.FormatInt(amount, 10),
		"settlement_refund_fee_0": strconv.FormatInt(amount-1, 10), "refund_status_0": cmp.Or(refunds2[status], status), "refund_success_time_0": "2026-11-25 09:30:00"}
	maps.Copy(f, more)
	return f
}

// desk2 is a merchant without API v3.
func desk2(t *testing.T) *desk {
	t.Helper()
	d := &desk{}
	say := func(s said, otherwise func(amount int64) fields) fields {
		f := fields{"err_code": s.code, "err_code_des": words}
		if s.code == "" {
			f = otherwise(cmp.Or(s.amount, 200))
		}
		if s.bad {
			f["sign"] = strings.Repeat("0", 64)
		}
		return f
	}
	n := &network{answer: func(path string, _ fields) fields {
		if path == callRefund {
			return say(d.give, func(amount int64) fields { return given2(amount, nil) })
		}
		return say(d.find, func(amount int64) fields { return found2(d.find.status, amount, nil) })
	}}
	d.p = n.provider(t, directOptions)
	d.asked = func() (gives, finds int) {
		for _, path := range n.asked {
			switch path {
			case callRefund:
				gives++
			case callFindRefund:
				finds++
			default:
				t.Errorf("asked %s", path)
			}
		}
		return gives, finds
	}
	return d
}

// TestRefundRequests2 looks at every field that goes out, of a code that was
// scanned and of one that was shown.
func TestRefundRequests2(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"direct": directOptions, "provider": partnerOptions, "MD5": with(directOptions, func(o *Options) { o.Sign = signMD5 })} {
		for _, of := range []pay.Attempt{attempt, shownAttempt} {
			n := &network{}
			p := n.provider(t, o)
			r := refund
			r.Of = of
			p.Refund(t.Context(), r)
			p.QueryRefund(t.Context(), r)
			own := map[string]fields{
				callRefund:     {"out_trade_no": number, "out_refund_no": number + "01", "total_fee": "500", "refund_fee": "200", "refund_fee_type": "CNY", "refund_desc": "退货"},
				callFindRefund: {"out_refund_no": number + "01"},
			}
			for path, want := range own {
				got := n.got[path]
				maps.Copy(want, fields{"appid": o.AppID, "mch_id": o.MchID, "nonce_str": got["nonce_str"], "sign": sign(got, cmp.Or(o.Sign, signHMAC), testKey)})
				if o.SubMchID != "" {
					maps.Copy(want, fields{"sub_appid": o.SubAppID, "sub_mch_id": o.SubMchID})
				}
				if o.Sign != signMD5 {
					want["sign_type"] = signHMAC
				}
				if !maps.Equal(got, want) {
					t.Errorf("%s, %s was sent\n%v, want\n%v", name, path, got, want)
				}
				if n.cert[path] != (path == callRefund) {
					t.Errorf("%s with a client certificate: %v", path, n.cert[path])
				}
			}
		}
	}
}

// TestWhatARefundNeeds2 takes fields out of answers and puts others in.
func TestWhatARefundNeeds2(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil fields // of the answer to a refund; with _0 in that to a query
		state pay.State
		code  string
	}{
		{"nothing", nil, pay.Waiting, "refund PROCESSING"},
		{"what is not ours to know", fields{"settlement_refund_fee": "", "refund_id": ""}, pay.Waiting, "refund PROCESSING"},
		{"no number", fields{"out_refund_no": ""}, pay.Unknown, pay.CodeIncomplete},
		{"another number", fields{"out_refund_no": number + "02"}, pay.Unknown, pay.CodeNumber},
		{"no order", fields{"out_trade_no": ""}, pay.Unknown, pay.CodeIncomplete},
		{"another order", fields{"out_trade_no": "8"}, pay.Unknown, pay.CodeNumber},
		{"no merchant", fields{"mch_id": ""}, pay.Unknown, pay.CodeIncomplete},
		{"another merchant", fields{"mch_id": "1999999999"}, pay.Unknown, pay.CodeMerchant},
		{"no amount", fields{"refund_fee": ""}, pay.Unknown, pay.CodeIncomplete},
		{"an odd amount", fields{"refund_fee": "2.00"}, pay.Unknown, pay.CodeIncomplete},
		{"a fen more", fields{"refund_fee": "201"}, pay.Mismatch, pay.CodeAmount},
		{"no price", fields{"total_fee": ""}, pay.Unknown, pay.CodeIncomplete},
		{"another price", fields{"total_fee": "501"}, pay.Mismatch, pay.CodeAmount},
		{"a settlement of more", fields{"settlement_refund_fee": "201"}, pay.Unknown, pay.CodeIncomplete},
		{"an odd settlement", fields{"settlement_refund_fee": "x"}, pay.Unknown, pay.CodeIncomplete},
		{"in dollars", fields{"fee_type": "USD"}, pay.Mismatch, pay.CodeCurrency},
	} {
		queried := fields{}
		for name, value := range c.spoil {
			if strings.HasPrefix(name, "out_refund") || strings.Contains(name, "refund_") {
				name += "_0"
			}
			queried[name] = value
		}
		p := (&network{answer: func(path string, _ fields) fields {
			if path == callRefund {
				return given2(200, c.spoil)
			}
			return found2("PROCESSING", 200, queried)
		}}).provider(t, directOptions)
		given, found := p.Refund(t.Context(), refund), p.QueryRefund(t.Context(), refund)
		if given.State != c.state || given.Code != c.code {
			t.Errorf("refund, %s: %+v", c.name, given)
		}
		if found.State != c.state || found.Code != c.code {
			t.Errorf("query, %s: %+v", c.name, found)
		}
	}
}

// TestOurRefundAmongOthers is found by its number, wherever it is in the list.
func TestOurRefundAmongOthers(t *testing.T) {
	t.Parallel()
	list := found2("SUCCESS", 300, fields{"out_refund_no_0": number + "02", "refund_count": "2", "out_refund_no_1": number + "01", "refund_id_1": "5031", "refund_fee_1": "200", "refund_status_1": "PROCESSING"})
	for _, c := range []struct {
		spoil fields
		want  pay.Result
	}{
		{nil, pay.Result{State: pay.Waiting, Code: "refund PROCESSING", Network: "5031", Amount: 200, Settled: 200}},
		{fields{"out_refund_no_1": number + "03"}, pay.Result{Code: pay.CodeNumber}},
		{fields{"out_refund_no_0": "", "out_refund_no_1": ""}, pay.Result{Code: pay.CodeIncomplete}},
	} {
		answer := maps.Clone(list)
		maps.Copy(answer, c.spoil)
		p := (&network{answer: func(string, fields) fields { return answer }}).provider(t, directOptions)
		c.want.Date = asked.UTC()
		if got := p.QueryRefund(t.Context(), refund); got != c.want {
			t.Errorf("%v: %+v", c.spoil, got)
		}
	}
}

// TestARefusalOfAnotherRefund proves nothing of ours.
func TestARefusalOfAnotherRefund(t *testing.T) {
	t.Parallel()
	for code, f := range map[string]fields{pay.CodeNumber: {"out_refund_no": number + "02"}, pay.CodeMerchant: {"mch_id": "1999999999"}, pay.CodeIncomplete: {"err_code": ""}} {
		p := (&network{answer: func(string, fields) fields {
			answer := fields{"err_code": "TRADE_OVERDUE", "err_code_des": words}
			maps.Copy(answer, f)
			return answer
		}}).provider(t, directOptions)
		for what, got := range map[string]pay.Result{"refund": p.Refund(t.Context(), refund), "query": p.QueryRefund(t.Context(), refund)} {
			if got.State != pay.Unknown || got.Code != code || got.Message != "" {
				t.Errorf("%s, %s: %+v", what, code, got)
			}
		}
	}
}
