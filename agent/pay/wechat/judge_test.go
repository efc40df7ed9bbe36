package wechat

import (
	"context"
	"maps"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// TestWhatASuccessMustSay spoils a good success, field by field, as the answer
// to a charge and to a query.
func TestWhatASuccessMustSay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil fields
		state pay.State
		code  string
	}{
		{"good", nil, pay.Paid, ""},
		{"with what we do not know yet", fields{"field_of_tomorrow": "明天", "coupon_count": "0"}, pay.Paid, ""},
		{"the currency is not said", fields{"fee_type": ""}, pay.Paid, ""},
		{"paid 5 minutes before it was asked", fields{"time_end": "20261125092500"}, pay.Paid, ""},

		{"a fen less", fields{"total_fee": "499"}, pay.Mismatch, pay.CodeAmount},
		{"a fen more", fields{"total_fee": "501"}, pay.Mismatch, pay.CodeAmount},
		{"nothing", fields{"total_fee": "0"}, pay.Mismatch, pay.CodeAmount},
		{"dollars", fields{"fee_type": "USD"}, pay.Mismatch, pay.CodeCurrency},
		{"another number", fields{"out_trade_no": "880100520001004210000172"}, pay.Mismatch, pay.CodeNumber},
		{"another app", fields{"appid": "wx0000000000000000"}, pay.Mismatch, pay.CodeMerchant},
		{"another merchant", fields{"mch_id": "1999999999"}, pay.Mismatch, pay.CodeMerchant},
		{"another sub-merchant", fields{"sub_mch_id": "1999999999"}, pay.Mismatch, pay.CodeMerchant},
		{"another amount, and paid long before", fields{"total_fee": "501", "time_end": "20261125092459"}, pay.Mismatch, pay.CodePayTime},
		{"paid 5 minutes and a second before it was asked", fields{"time_end": "20261125092459"}, pay.Mismatch, pay.CodePayTime},
		{"another merchant, amount and number", fields{"mch_id": "1999999999", "total_fee": "1", "out_trade_no": "x"}, pay.Mismatch, pay.CodeMerchant},

		{"no amount", fields{"total_fee": ""}, pay.Unknown, pay.CodeIncomplete},
		{"half an amount", fields{"total_fee": "5.00"}, pay.Unknown, pay.CodeIncomplete},
		{"a negative amount", fields{"total_fee": "-500"}, pay.Unknown, pay.CodeIncomplete},
		{"an amount beyond all", fields{"total_fee": "99999999999999999999"}, pay.Unknown, pay.CodeIncomplete},
		{"an odd settlement", fields{"settlement_total_fee": "x"}, pay.Unknown, pay.CodeIncomplete},
		{"no number", fields{"out_trade_no": ""}, pay.Unknown, pay.CodeIncomplete},
		{"no time", fields{"time_end": ""}, pay.Unknown, pay.CodeIncomplete},
		{"an odd time", fields{"time_end": "2026-11-25 09:30:01"}, pay.Unknown, pay.CodeIncomplete},
		{"no transaction", fields{"transaction_id": ""}, pay.Unknown, pay.CodeIncomplete},
		{"no app", fields{"appid": ""}, pay.Unknown, pay.CodeIncomplete},
		{"no merchant", fields{"mch_id": ""}, pay.Unknown, pay.CodeIncomplete},
	} {
		good := fields{"result_code": "SUCCESS", "out_trade_no": number, "total_fee": "500", "fee_type": "CNY", "transaction_id": "4200002026112500000001", "time_end": "20261125093001"}
		maps.Copy(good, c.spoil)
		queried := maps.Clone(good)
		queried["trade_state"] = "SUCCESS"
		for kind, o := range map[string]Options{"direct": directOptions, "provider": partnerOptions} {
			p := (&network{answer: func(string, fields) fields { return good }}).provider(t, o)
			q := (&network{answer: func(string, fields) fields { return queried }}).provider(t, o)
			for op, got := range map[string]pay.Result{
				"charge": p.Charge(context.Background(), charge), "query": q.Query(context.Background(), attempt), "charge with a state": q.Charge(context.Background(), charge),
			} {
				if got.State != c.state || got.Code != c.code {
					t.Errorf("%s, %s, %s: %v %q, want %v %q", op, kind, c.name, got.State, got.Code, c.state, c.code)
				}
			}
		}
	}
}

// TestAProvidersSuccessNamesItsMerchant is for the one field that only a service provider's answers have.
func TestAProvidersSuccessNamesItsMerchant(t *testing.T) {
	t.Parallel()
	for spoil, want := range map[string]pay.State{"": pay.Unknown, "1999999999": pay.Mismatch, partnerOptions.SubMchID: pay.Paid} {
		p := (&network{answer: func(string, fields) fields {
			return fields{"result_code": "SUCCESS", "out_trade_no": number, "total_fee": "500", "transaction_id": "4200", "time_end": "20261125093001",
				"sub_mch_id": spoil, "sub_appid": partnerOptions.SubAppID}
		}}).provider(t, partnerOptions)
		if got := p.Charge(context.Background(), charge); got.State != want {
			t.Errorf("sub-merchant %q: %+v", spoil, got)
		}
	}
}

// TestWhatASuccessTells reads the facts out of one.
func TestWhatASuccessTells(t *testing.T) {
	t.Parallel()
	for settlement, settled := range map[string]money.Fen{"": 500, "500": 500, "450": 450, "0": 0} {
		p := (&network{answer: func(string, fields) fields {
			return fields{"result_code": "SUCCESS", "out_trade_no": number, "total_fee": "500", "cash_fee": "400", "coupon_fee": "100",
				"settlement_total_fee": settlement, "transaction_id": "4200002026112500000001", "time_end": "20261125093001"}
		}}).provider(t, directOptions)
		want := pay.Result{State: pay.Paid, Network: "4200002026112500000001", Amount: 500, Settled: settled, PaidAt: time.Date(2026, 11, 25, 9, 30, 1, 0, pay.Beijing), Date: asked.UTC()}
		if got := p.Charge(context.Background(), charge); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

// TestWithoutATrustedClock has no moment to compare with.
func TestWithoutATrustedClock(t *testing.T) {
	t.Parallel()
	p := (&network{answer: func(string, fields) fields {
		return fields{"result_code": "SUCCESS", "out_trade_no": number, "total_fee": "500", "transaction_id": "4200", "time_end": "20200101000000"}
	}}).provider(t, directOptions)
	untimed := charge
	untimed.Asked = time.Time{}
	if got := p.Charge(context.Background(), untimed); got.State != pay.Paid {
		t.Errorf("got %+v", got)
	}
}

// TestWhatAnUndoProves: recall=N is the only word for done.
func TestWhatAnUndoProves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		answer fields
		state  pay.State
		code   string
	}{
		{"done", fields{"recall": "N"}, pay.Declined, "reversed"},
		{"done, with its number", fields{"recall": "N", "out_trade_no": number}, pay.Declined, "reversed"},
		{"call again", fields{"recall": "Y"}, pay.Unknown, "recall"},
		{"nothing said", fields{}, pay.Unknown, "recall"},
		{"an odd word", fields{"recall": "n"}, pay.Unknown, "recall"},
		{"another number's", fields{"recall": "N", "out_trade_no": "x"}, pay.Unknown, pay.CodeNumber},
		{"another merchant's", fields{"recall": "N", "mch_id": "1999999999"}, pay.Unknown, pay.CodeMerchant},
		{"refused, call again", fields{"result_code": "FAIL", "err_code": "SYSTEMERROR", "recall": "Y"}, pay.Unknown, "SYSTEMERROR"},
		{"refused, do not call again", fields{"result_code": "FAIL", "err_code": "TRADE_ERROR", "recall": "N"}, pay.Unknown, "TRADE_ERROR"},
		{"refused without a code", fields{"result_code": "FAIL", "err_code": "", "recall": "N"}, pay.Unknown, pay.CodeIncomplete},
	} {
		p := (&network{answer: func(string, fields) fields {
			f := fields{"result_code": "SUCCESS", "err_code": ""}
			maps.Copy(f, c.answer)
			return f
		}}).provider(t, directOptions)
		if got := p.Undo(context.Background(), attempt); got.State != c.state || got.Code != c.code || got.NotFound {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestARefusalOfSomethingElse names another number or merchant and proves nothing.
func TestARefusalOfSomethingElse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil fields
		code  string
	}{
		"number":   {fields{"out_trade_no": "x"}, pay.CodeNumber},
		"merchant": {fields{"mch_id": "1999999999"}, pay.CodeMerchant},
		"app":      {fields{"appid": "wx0"}, pay.CodeMerchant},
	} {
		p := (&network{answer: func(string, fields) fields {
			f := fields{"err_code": "NOTENOUGH", "err_code_des": words}
			maps.Copy(f, c.spoil)
			return f
		}}).provider(t, directOptions)
		if got := p.Charge(context.Background(), charge); got.State != pay.Unknown || got.Code != c.code || got.Message != "" {
			t.Errorf("another %s: %+v", name, got)
		}
	}
}

// TestAStateOfSomethingElse proves nothing of ours.
func TestAStateOfSomethingElse(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"REVOKED", "CLOSED", "USERPAYING", "REFUND"} {
		for name, c := range map[string]struct {
			spoil fields
			code  string
		}{
			"number":       {fields{"out_trade_no": "x"}, pay.CodeNumber},
			"no number":    {fields{"out_trade_no": ""}, pay.CodeNumber},
			"merchant":     {fields{"mch_id": "1999999999"}, pay.CodeMerchant},
			"sub-merchant": {fields{"sub_mch_id": "1999999999"}, pay.CodeMerchant},
			"sub app":      {fields{"sub_appid": "wx0"}, pay.CodeMerchant},
		} {
			p := (&network{answer: func(string, fields) fields {
				f := fields{"result_code": "SUCCESS", "trade_state": state, "out_trade_no": number}
				maps.Copy(f, c.spoil)
				return f
			}}).provider(t, partnerOptions)
			back := attempt
			back.Returning = true
			if got := p.Query(context.Background(), back); got.State != pay.Unknown || got.Code != c.code {
				t.Errorf("%s, another %s: %+v", state, name, got)
			}
		}
	}
}
