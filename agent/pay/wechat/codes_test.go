package wechat

import (
	"context"
	"maps"
	"slices"
	"testing"

	"tillgate/agent/pay"
)

// documented are the error codes of micropay's two pages, of codepay and of API
// v3's rules, and what each proves, written down apart from the product's own table.
var documented = map[string]pay.Result{
	"SYSTEMERROR":       {State: pay.Unknown},
	"BANKERROR":         {State: pay.Unknown},
	"ORDERPAID":         {State: pay.Unknown},
	"OUT_TRADE_NO_USED": {State: pay.Unknown},
	"INVALID_REQUEST":   {State: pay.Unknown},

	"USERPAYING": {State: pay.Waiting},

	"AUTHCODEEXPIRE":    {State: pay.Declined},
	"AUTH_CODE_ERROR":   {State: pay.Declined},
	"AUTH_CODE_INVALID": {State: pay.Declined},
	"NOTENOUGH":         {State: pay.Declined},
	"NOTSUPORTCARD":     {State: pay.Declined},
	"BUYER_MISMATCH":    {State: pay.Declined},
	"TRADE_ERROR":       {State: pay.Declined},
	"RULELIMIT":         {State: pay.Declined},
	"ORDERREVERSED":     {State: pay.Declined},
	"ORDERCLOSED":       {State: pay.Declined},

	"NOAUTH":                {State: pay.Declined, Fault: true},
	"PARAM_ERROR":           {State: pay.Declined, Fault: true},
	"LACK_PARAMS":           {State: pay.Declined, Fault: true},
	"XML_FORMAT_ERROR":      {State: pay.Declined, Fault: true},
	"NOT_UTF8":              {State: pay.Declined, Fault: true},
	"POST_DATA_EMPTY":       {State: pay.Declined, Fault: true},
	"REQUIRE_POST_METHOD":   {State: pay.Declined, Fault: true},
	"SIGNERROR":             {State: pay.Declined, Fault: true},
	"APPID_NOT_EXIST":       {State: pay.Declined, Fault: true},
	"MCHID_NOT_EXIST":       {State: pay.Declined, Fault: true},
	"APPID_MCHID_NOT_MATCH": {State: pay.Declined, Fault: true},

	"SYSTEM_ERROR":          {State: pay.Unknown},
	"BANK_ERROR":            {State: pay.Unknown},
	"FREQUENCY_LIMITED":     {State: pay.Unknown},
	"RATELIMIT_EXCEEDED":    {State: pay.Unknown},
	"ORDER_PAID":            {State: pay.Unknown},
	"ORDER_NOT_EXIST":       {State: pay.Unknown},
	"RESOURCE_NOT_EXISTS":   {State: pay.Unknown},
	"NOT_FOUND":             {State: pay.Unknown},
	"OPENID_MISMATCH":       {State: pay.Unknown},
	"INVALID_TRANSACTIONID": {State: pay.Unknown},

	"USER_PAYING": {State: pay.Waiting},

	"AUTH_CODE_EXPIRED": {State: pay.Declined},
	"NOT_ENOUGH":        {State: pay.Declined},
	"RULE_LIMIT":        {State: pay.Declined},
	"ORDER_CLOSED":      {State: pay.Declined},

	"NO_AUTH":        {State: pay.Declined, Fault: true},
	"ACCOUNT_ERROR":  {State: pay.Declined, Fault: true},
	"SIGN_ERROR":     {State: pay.Declined, Fault: true},
	"MCH_NOT_EXISTS": {State: pay.Declined, Fault: true},
}

// undocumented codes, and those of other calls, prove nothing.
var undocumented = []string{"ERROR", "BIZERR_NEED_RETRY", "NOTENOUGH ", "notenough", "SUCCESS", "TOMORROW"}

const words = "银行的话"

// refusing answers calls of one path with an error code; it knows no number.
func refusing(path, errCode string) *network {
	return &network{answer: func(asked string, _ fields) fields {
		if asked != path {
			return nil
		}
		return fields{"err_code": errCode, "err_code_des": words}
	}}
}

func TestEveryCodeOfACharge(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(documented)), slices.Sorted(maps.Keys(chargeCodes)), undocumented) {
		for kind, o := range map[string]Options{"direct": directOptions, "provider": partnerOptions} {
			n := refusing(callMicropay, name)
			got, want := n.provider(t, o).Charge(context.Background(), charge), documented[name]
			want.Code, want.Date = pay.CutBasic(name, 64), asked.UTC()
			if want.State == pay.Waiting || want.State == pay.Declined && !want.Fault {
				want.Message = words
			} else {
				want.Detail = words
			}
			if got != want {
				t.Errorf("%s, %s: %+v, want %+v", name, kind, got, want)
			}
			looks := slices.Index(n.asked, callQuery) >= 0
			if looks != (want.State == pay.Declined && !want.Fault) || n.asked[0] != callMicropay || slices.Index(n.asked[1:], callMicropay) >= 0 {
				t.Errorf("%s, %s: asked %v", name, kind, n.asked)
			}
		}
	}
}

// TestARefusalIsLookedAtOnce plays what a query may say after a refusal.
func TestARefusalIsLookedAtOnce(t *testing.T) {
	t.Parallel()
	success := fields{"result_code": "SUCCESS", "trade_state": "SUCCESS", "out_trade_no": number, "total_fee": "500", "transaction_id": "4200", "time_end": "20261125093001"}
	state := func(s string) fields {
		return fields{"result_code": "SUCCESS", "trade_state": s, "out_trade_no": number}
	}
	more := maps.Clone(success)
	more["total_fee"] = "501"
	for name, c := range map[string]struct {
		answer fields
		state  pay.State
		code   string
	}{
		"it was paid after all":        {success, pay.Paid, ""},
		"something was paid":           {more, pay.Mismatch, pay.CodeAmount},
		"the payer is being asked":     {state("USERPAYING"), pay.Waiting, "USERPAYING"},
		"the money is about to move":   {state("ACCEPT"), pay.Unknown, "ACCEPT"},
		"not paid":                     {state("NOTPAY"), pay.Declined, "NOTENOUGH"},
		"failed":                       {state("PAYERROR"), pay.Declined, "NOTENOUGH"},
		"reversed":                     {state("REVOKED"), pay.Declined, "NOTENOUGH"},
		"closed":                       {state("CLOSED"), pay.Declined, "NOTENOUGH"},
		"unknown":                      {nil, pay.Declined, "NOTENOUGH"},
		"the network has a cold":       {fields{"err_code": "SYSTEMERROR"}, pay.Declined, "NOTENOUGH"},
		"the answer cannot be trusted": {fields{"sign": "0"}, pay.Declined, "NOTENOUGH"},
	} {
		n := &network{answer: func(path string, _ fields) fields {
			if path == callMicropay {
				return fields{"err_code": "NOTENOUGH", "err_code_des": words}
			}
			return c.answer
		}}
		got := n.provider(t, directOptions).Charge(context.Background(), charge)
		if got.State != c.state || got.Code != c.code || len(n.asked) != 2 {
			t.Errorf("%s: %+v after %v", name, got, n.asked)
		}
	}
}

// TestNoErrorOfAQueryOrUndoIsFinal walks the codes of both pages and all others we know.
func TestNoErrorOfAQueryOrUndoIsFinal(t *testing.T) {
	t.Parallel()
	undo := []string{"SYSTEMERROR", "USERPAYING", "ORDERNOTEXIST", "TRADE_ERROR", "INVALID_REQUEST"}
	faults := []string{"REVERSE_EXPIRE", "INVALID_TRANSACTIONID", "SIGNERROR", "PARAM_ERROR", "REQUIRE_POST_METHOD", "CERT_ERROR"}
	for _, name := range slices.Concat(undo, faults) {
		if _, known := undoCodes[name]; !known {
			t.Errorf("reverse's %s is not in its table", name)
		}
	}
	faults = append(faults, "NO_AUTH", "SIGN_ERROR", "MCH_NOT_EXISTS", "APPID_MCHID_NOT_MATCH") // API v3's
	for _, name := range slices.Concat(undo, faults, slices.Sorted(maps.Keys(chargeCodes)), undocumented) {
		want := pay.Result{Code: pay.CutBasic(name, 64), Detail: words, Date: asked.UTC(), NotFound: name == "ORDERNOTEXIST" || name == "ORDER_NOT_EXIST"}
		if got := refusing(callQuery, name).provider(t, directOptions).Query(context.Background(), attempt); got != want {
			t.Errorf("query, %s: %+v", name, got)
		}
		want.Fault = slices.Contains(faults, name)
		if got := refusing(callReverse, name).provider(t, directOptions).Undo(context.Background(), attempt); got != want {
			t.Errorf("undo, %s: %+v", name, got)
		}
	}
}

// TestEveryTradeState holds the states of orderquery against what they prove, on
// the way forth and on the way back.
func TestEveryTradeState(t *testing.T) {
	t.Parallel()
	paid := fields{"total_fee": "500", "transaction_id": "4200", "time_end": "20261125093001"}
	for _, c := range []struct {
		state       string
		forth, back pay.State
	}{
		{"SUCCESS", pay.Paid, pay.Paid},
		{"REFUND", pay.Mismatch, pay.Declined},
		{"USERPAYING", pay.Waiting, pay.Waiting},
		{"NOTPAY", pay.Unknown, pay.Unknown},
		{"ACCEPT", pay.Unknown, pay.Unknown},
		{"PAYERROR", pay.Unknown, pay.Unknown},
		{"REVOKED", pay.Declined, pay.Declined},
		{"CLOSED", pay.Declined, pay.Declined},
		{"TOMORROW", pay.Unknown, pay.Unknown},
		{"", pay.Unknown, pay.Unknown},
	} {
		answer := func(number string) *network {
			f := fields{"result_code": "SUCCESS", "trade_state": c.state, "out_trade_no": number, "trade_state_desc": words}
			maps.Copy(f, paid)
			return &network{answer: func(string, fields) fields { return f }}
		}
		back := attempt
		back.Returning = true
		if got := answer(number).provider(t, directOptions).Query(context.Background(), attempt); got.State != c.forth || got.NotFound || got.Fault {
			t.Errorf("%q: %+v, want %v", c.state, got, c.forth)
		}
		if got := answer(number).provider(t, directOptions).Query(context.Background(), back); got.State != c.back || got.NotFound || got.Fault || got.Returned != (c.state == "REFUND") {
			t.Errorf("%q on the way back: %+v, want %v", c.state, got, c.back)
		}
		if got := answer("someone's").provider(t, directOptions).Query(context.Background(), back); got.State == pay.Declined || got.State == pay.Paid || got.State == pay.Waiting {
			t.Errorf("%q of another number: %+v", c.state, got)
		}
	}
	for name := range tradeStates {
		if v := tradeStates[name]; v.notFound || v.fault {
			t.Errorf("%s is more than a state", name)
		}
	}
}
