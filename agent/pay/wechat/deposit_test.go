package wechat

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
)

// deposit is a deposit of 300.00 as an attempt, before and after it is held.
var (
	deposit = pay.Attempt{Number: number, Merchant: "shop", Amount: 30000, Asked: asked}
	holding = pay.Charge{Attempt: deposit, Code: code, Title: "押金 801", Device: "desk-1", Lane: "desk", Staff: "8"}
	kept300 = func() pay.Attempt { a := deposit; a.Network = paidUnder; return a }()
)

const paidUnder = "4200002026112500000001"

// isHeld is a deposit as a query has it; a field with a text in more is another's.
func isHeld(state string, more fields) fields {
	f := fields{"result_code": "SUCCESS", "err_code": "SUCCESS", "trade_state": state, "trade_state_desc": words, "out_trade_no": number, "total_fee": "30000",
		"cash_fee": "30000", "fee_type": "CNY", "transaction_id": paidUnder, "time_end": "20261125093001", "device_info": "desk-1"}
	maps.Copy(f, more)
	return f
}

// bare is the same of a deposit of which only the state is told.
func bare(state string) fields {
	return fields{"result_code": "SUCCESS", "err_code": "SUCCESS", "trade_state": state, "trade_state_desc": words, "out_trade_no": number}
}

// refusedWith is a refusal.
func refusedWith(code string) fields { return fields{"err_code": code, "err_code_des": words} }

// says answers each call with what stands for it; a call without an answer is ORDERNOTEXIST.
func says(answers map[string]fields) *network {
	return &network{answer: func(path string, _ fields) fields { return answers[path] }}
}

var atOnce = time.Date(2026, 11, 25, 9, 30, 1, 0, pay.Beijing)

// TestDepositRequests looks at every field that goes out: all are signed with
// HMAC-SHA256, however the merchant signs else, and what moves money back or
// takes it has the client certificate.
func TestDepositRequests(t *testing.T) {
	t.Parallel()
	capture, release := capture(8850), release(30000)
	back := pay.Refund{Of: pay.Attempt{Number: number + "51", Amount: 8850}, Hold: &kept300, Number: number + "01", Amount: 200, Reason: "退货", Staff: "8"}
	own := map[string]fields{
		callHold: {"deposit": "Y", "device_info": "desk-1", "body": "押金 801", "total_fee": "30000", "fee_type": "CNY", "spbill_create_ip": "127.0.0.1",
			"auth_code": code, "scene_info": `{"store_info":{"id":"desk"}}`, "out_trade_no": number},
		callHoldQuery:   {"out_trade_no": number},
		callHoldReverse: {"out_trade_no": number},
		callConsume:     {"transaction_id": paidUnder, "total_fee": "30000", "consume_fee": "8850", "fee_type": "CNY"},
		callHoldRefund: {"transaction_id": paidUnder, "out_refund_no": number + "01", "total_fee": "30000", "refund_fee": "200", "refund_fee_type": "CNY",
			"refund_desc": "退货"},
		callHoldFind: {"out_refund_no": number + "01"},
	}
	for name, o := range map[string]Options{"direct": directOptions, "provider": partnerOptions, "MD5 else": with(partnerOptions, func(o *Options) { o.Sign = signMD5 })} {
		n := says(map[string]fields{callHoldQuery: isHeld("SUCCESS", nil)})
		p := n.provider(t, o)
		p.Hold(t.Context(), holding)
		p.QueryHold(t.Context(), deposit)
		p.UndoHold(t.Context(), deposit)
		p.Capture(t.Context(), capture)
		p.Release(t.Context(), release)
		p.Refund(t.Context(), back)
		p.QueryRefund(t.Context(), back)
		if got := slices.Compact(slices.Sorted(slices.Values(n.asked))); !slices.Equal(got, slices.Sorted(maps.Keys(own))) {
			t.Errorf("%s: asked %v", name, got)
		}
		for path, want := range own {
			got, want := n.got[path], maps.Clone(want)
			maps.Copy(want, fields{"appid": o.AppID, "mch_id": o.MchID, "sign_type": signHMAC, "nonce_str": got["nonce_str"], "sign": sign(got, signHMAC, testKey)})
			if o.SubMchID != "" {
				want["sub_mch_id"], want["sub_appid"] = o.SubMchID, o.SubAppID
			}
			if !maps.Equal(got, want) {
				t.Errorf("%s: %s was sent\n%v, want\n%v", name, path, got, want)
			}
			if cert := slices.Contains([]string{callHoldReverse, callConsume, callHoldRefund}, path); n.cert[path] != cert {
				t.Errorf("%s: %s with a client certificate: %v", name, path, n.cert[path])
			}
		}
	}
	untitled := holding
	untitled.Title = ""
	n := &network{}
	if n.provider(t, directOptions).Hold(t.Context(), untitled); n.got[callHold]["body"] != "押金" {
		t.Errorf("without a title the payer reads %q", n.got[callHold]["body"])
	}
}

// TestADepositIsNoPayment: the calls of one are never those of the other.
func TestADepositIsNoPayment(t *testing.T) {
	t.Parallel()
	n := &network{}
	p := n.provider(t, directOptions)
	p.Charge(t.Context(), charge)
	p.Query(t.Context(), attempt)
	p.Undo(t.Context(), attempt)
	for _, path := range n.asked {
		if strings.HasPrefix(path, "/deposit/") {
			t.Errorf("a payment asked %s", path)
		}
	}
}

func TestTerms(t *testing.T) {
	t.Parallel()
	want := pay.HoldTerms{Code: true, Captures: 1, RestGoes: true, Unnumbered: true, Days: true, Life: 30 * 24 * time.Hour}
	p := (&network{}).provider(t, directOptions)
	for _, wallet := range []string{"", "wechat"} {
		if got := p.Terms(wallet); got != want {
			t.Errorf("%q: %+v", wallet, got)
		}
	}
	if _, shows := pay.Holder(p).(pay.HoldShower); shows {
		t.Error("it shows codes of deposits, which the network has not")
	}
}

// TestWhatAHoldProves reads answers to micropay: success comes with an error
// code that says SUCCESS, and everything that makes it ours has to be there.
func TestWhatAHoldProves(t *testing.T) {
	t.Parallel()
	held := pay.Result{State: pay.Paid, Network: paidUnder, Amount: 30000, PaidAt: atOnce, Held: &pay.Held{Left: 30000}}
	for _, c := range []struct {
		name  string
		more  fields
		state pay.State
		code  string
	}{
		{"as production has it", fields{"trade_state": ""}, pay.Paid, ""},
		{"without an error code", fields{"trade_state": "", "err_code": "", "err_code_des": ""}, pay.Paid, ""},
		{"with its state", nil, pay.Paid, ""},
		{"with a coupon's settlement", fields{"trade_state": "", "settlement_total_fee": "29000"}, pay.Paid, ""},
		{"failed, with an error code that says SUCCESS", fields{"result_code": "FAIL"}, pay.Unknown, "SUCCESS"},
		{"with the state of a password", fields{"trade_state": "USERPAYING"}, pay.Waiting, "USERPAYING"},
		{"with an odd state", fields{"trade_state": "HELD"}, pay.Unknown, "trade_state HELD"},
		{"a fen more", fields{"trade_state": "", "total_fee": "30001"}, pay.Mismatch, pay.CodeAmount},
		{"another number", fields{"trade_state": "", "out_trade_no": "x"}, pay.Mismatch, pay.CodeNumber},
		{"another merchant", fields{"trade_state": "", "mch_id": "1999999999"}, pay.Mismatch, pay.CodeMerchant},
		{"in dollars", fields{"trade_state": "", "fee_type": "USD"}, pay.Mismatch, pay.CodeCurrency},
		{"an hour before", fields{"trade_state": "", "time_end": "20261125083001"}, pay.Mismatch, pay.CodePayTime},
		{"no amount", fields{"trade_state": "", "total_fee": ""}, pay.Unknown, pay.CodeIncomplete},
		{"no number", fields{"trade_state": "", "out_trade_no": ""}, pay.Unknown, pay.CodeIncomplete},
		{"no time", fields{"trade_state": "", "time_end": ""}, pay.Unknown, pay.CodeIncomplete},
		{"no transaction", fields{"trade_state": "", "transaction_id": ""}, pay.Unknown, pay.CodeIncomplete},
		{"no merchant", fields{"trade_state": "", "mch_id": ""}, pay.Unknown, pay.CodeIncomplete},
		{"consumed already", fields{"trade_state": "", "consume_fee": "30001"}, pay.Unknown, pay.CodeTotals},
	} {
		for kind, o := range map[string]Options{"direct": directOptions, "provider": partnerOptions} {
			n := says(map[string]fields{callHold: isHeld("SUCCESS", c.more)})
			got := n.provider(t, o).Hold(t.Context(), holding)
			if got.State != c.state || got.Code != c.code || got.Settled != 0 || got.Date.IsZero() || got.Fault != (c.code == pay.CodeTotals) || len(n.asked) != 1 {
				t.Errorf("%s, %s: %+v after %v", kind, c.name, got, n.asked)
			}
			if c.state == pay.Paid {
				sameHold(t, kind+", "+c.name, got, held)
			}
		}
	}
}

// sameHold sees that a result is what it should be, its totals included.
func sameHold(t *testing.T, name string, got, want pay.Result) {
	t.Helper()
	if (got.Held == nil) != (want.Held == nil) || got.Held != nil && *got.Held != *want.Held {
		t.Errorf("%s: held is %+v, want %+v", name, got.Held, want.Held)
	}
	got.Held, want.Held, want.Date = nil, nil, asked.UTC()
	if got != want {
		t.Errorf("%s: %+v, want %+v", name, got, want)
	}
}

// TestWhatBecameOfADeposit derives it from states that say nothing of deposits,
// on the way forth and on the way back.
func TestWhatBecameOfADeposit(t *testing.T) {
	t.Parallel()
	all, none := &pay.Held{Left: 30000}, &pay.Held{Released: 30000}
	part, whole := &pay.Held{Captured: 8850, Released: 21150}, &pay.Held{Captured: 30000}
	consumed := func(fee string) fields { return fields{"consume_fee": fee} }
	for _, c := range []struct {
		name        string
		answer      fields
		forth, back pay.State
		held        *pay.Held
		code        string // on the way forth
		backCode    string
	}{
		{"held", isHeld("SUCCESS", nil), pay.Paid, pay.Paid, all, "", ""},
		{"held, and nothing was consumed", isHeld("SUCCESS", consumed("0")), pay.Paid, pay.Paid, all, "", ""},
		{"consumed", isHeld("SUCCESS", consumed("8850")), pay.Paid, pay.Mismatch, part, "", pay.CodeCaptured},
		{"consumed, and the rest refunded", isHeld("REFUND", consumed("8850")), pay.Paid, pay.Mismatch, part, "", pay.CodeCaptured},
		{"consumed whole", isHeld("SUCCESS", consumed("30000")), pay.Paid, pay.Mismatch, whole, "", pay.CodeCaptured},
		{"consumed whole, and refunded since", isHeld("REFUND", consumed("30000")), pay.Paid, pay.Mismatch, whole, "", pay.CodeCaptured},
		{"refunded", isHeld("REFUND", nil), pay.Paid, pay.Declined, none, "", pay.CodeReleased},
		{"refunded, and nothing was consumed", isHeld("REFUND", consumed("0")), pay.Paid, pay.Declined, none, "", pay.CodeReleased},
		{"reversed after it was paid", isHeld("REVOKED", nil), pay.Paid, pay.Declined, none, "", pay.CodeReleased},
		{"closed after it was paid", isHeld("CLOSED", nil), pay.Paid, pay.Declined, none, "", pay.CodeReleased},
		{"reversed, never paid", bare("REVOKED"), pay.Declined, pay.Declined, nil, "REVOKED", "REVOKED"},
		{"closed, never paid", bare("CLOSED"), pay.Declined, pay.Declined, nil, "CLOSED", "CLOSED"},
		{"the payer is asked", bare("USERPAYING"), pay.Waiting, pay.Waiting, nil, "USERPAYING", "USERPAYING"},
		{"not paid", bare("NOTPAY"), pay.Unknown, pay.Unknown, nil, "NOTPAY", "NOTPAY"},
		{"about to be paid", bare("ACCEPT"), pay.Unknown, pay.Unknown, nil, "ACCEPT", "ACCEPT"},
		{"failed", bare("PAYERROR"), pay.Unknown, pay.Unknown, nil, "PAYERROR", "PAYERROR"},
		{"a state of tomorrow", bare("CONSUMED"), pay.Unknown, pay.Unknown, nil, "trade_state CONSUMED", "trade_state CONSUMED"},
		{"refunded, with nothing but its state", bare("REFUND"), pay.Unknown, pay.Unknown, nil, pay.CodeIncomplete, pay.CodeIncomplete},
		{"more consumed than was held", isHeld("SUCCESS", consumed("30001")), pay.Unknown, pay.Unknown, nil, pay.CodeTotals, pay.CodeTotals},
		{"an odd consumption", isHeld("SUCCESS", consumed("88.50")), pay.Unknown, pay.Unknown, nil, pay.CodeTotals, pay.CodeTotals},
		{"less than nothing consumed", isHeld("REFUND", consumed("-1")), pay.Unknown, pay.Unknown, nil, pay.CodeTotals, pay.CodeTotals},
		{"consumed and reversed", isHeld("REVOKED", consumed("8850")), pay.Unknown, pay.Unknown, nil, pay.CodeTotals, pay.CodeTotals},
	} {
		p := says(map[string]fields{callHoldQuery: c.answer}).provider(t, directOptions)
		back := deposit
		back.Returning = true
		for way, want := range map[string]struct {
			a     pay.Attempt
			state pay.State
			code  string
		}{"forth": {deposit, c.forth, c.code}, "back": {back, c.back, c.backCode}} {
			got := p.QueryHold(t.Context(), want.a)
			gone := want.state == pay.Declined && c.held != nil
			if got.State != want.state || got.Code != want.code || got.Returned != gone || got.Fault != (want.code == pay.CodeTotals) || got.NotFound || got.Settled != 0 {
				t.Errorf("%s, %s: %+v, want %v %q", c.name, way, got, want.state, want.code)
			}
			if (got.Held == nil) != (c.held == nil) || c.held != nil && *got.Held != *c.held {
				t.Errorf("%s, %s: held is %+v", c.name, way, got.Held)
			}
			if got.State == pay.Paid && (got.Network != paidUnder || got.Amount != 30000 || got.PaidAt != atOnce) {
				t.Errorf("%s, %s: %+v", c.name, way, got)
			}
		}
	}
}

// TestADepositThatWeKnowWasHeld stays so, also where the network tells no more of
// one that has gone back than its state.
func TestADepositThatWeKnowWasHeld(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"REVOKED", "CLOSED"} {
		p := says(map[string]fields{callHoldQuery: bare(state)}).provider(t, directOptions)
		got := p.QueryHold(t.Context(), kept300)
		sameHold(t, state, got, pay.Result{State: pay.Paid, Network: paidUnder, Amount: 30000, Held: &pay.Held{Released: 30000}, Detail: words})
		back := kept300
		back.Returning = true
		if got = p.QueryHold(t.Context(), back); got.State != pay.Declined || !got.Returned || got.Code != pay.CodeReleased {
			t.Errorf("%s, on its way back: %+v", state, got)
		}
		for code, more := range map[string]fields{pay.CodeNumber: {"out_trade_no": "x"}, pay.CodeMerchant: {"mch_id": "1999999999"}} {
			f := bare(state)
			maps.Copy(f, more)
			p = says(map[string]fields{callHoldQuery: f}).provider(t, directOptions)
			if got = p.QueryHold(t.Context(), kept300); got.State != pay.Unknown || got.Code != code || got.Held != nil {
				t.Errorf("%s of another: %+v", state, got)
			}
		}
	}
}

// TestWhatAHoldUndoProves: recall=N is the only word for done.
func TestWhatAHoldUndoProves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		answer fields
		state  pay.State
		code   string
	}{
		{"done", fields{"recall": "N"}, pay.Declined, "reversed"},
		{"call again", fields{"recall": "Y"}, pay.Unknown, "recall"},
		{"nothing said", nil, pay.Unknown, "recall"},
		{"another number's", fields{"recall": "N", "out_trade_no": "x"}, pay.Unknown, pay.CodeNumber},
		{"another merchant's", fields{"recall": "N", "mch_id": "1999999999"}, pay.Unknown, pay.CodeMerchant},
		{"refused, do not call again", fields{"result_code": "FAIL", "err_code": "TRADE_ERROR", "recall": "N"}, pay.Unknown, "TRADE_ERROR"},
	} {
		answer := fields{"result_code": "SUCCESS", "err_code": "SUCCESS"}
		maps.Copy(answer, c.answer)
		n := says(map[string]fields{callHoldReverse: answer})
		if got := n.provider(t, directOptions).UndoHold(t.Context(), deposit); got.State != c.state || got.Code != c.code || got.NotFound || got.Fault || len(n.asked) != 1 {
			t.Errorf("%s: %+v after %v", c.name, got, n.asked)
		}
	}
}

// TestACodeOfADepositGoesNoFurther lets the network echo the payment code.
func TestACodeOfADepositGoesNoFurther(t *testing.T) {
	t.Parallel()
	echo := fields{"err_code": code, "err_code_des": code, "transaction_id": code, "trade_state": code, "trade_state_desc": code, "out_trade_no": number}
	good := maps.Clone(echo)
	good["result_code"] = "SUCCESS"
	for name, answer := range map[string]fields{"a refusal": {"err_code": "RULELIMIT", "err_code_des": code}, "an unknown code": echo, "a state": good,
		"a success": isHeld("SUCCESS", fields{"transaction_id": code}), "an unsigned no": {"return_code": "FAIL", "return_msg": code}} {
		result := says(map[string]fields{callHold: answer}).provider(t, directOptions).Hold(t.Context(), holding)
		if text := fmt.Sprintf("%+v", result); strings.Contains(text, code) || strings.Contains(text, testKey) {
			t.Errorf("%s: %s", name, text)
		}
	}
}
