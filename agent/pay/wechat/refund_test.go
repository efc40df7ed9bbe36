package wechat

import (
	"maps"
	"slices"
	"testing"

	"tillgate/agent/pay"
)

var refund = pay.Refund{Of: attempt, Number: number + "01", Amount: 200, Reason: "退货", Staff: "8", Device: "gate-7"}

// documentedRefunds are the error codes of refunds in both APIs and what each
// proves where the network knows no such refund, written down apart from the
// product's own table.
var documentedRefunds = map[string]pay.Result{
	"SYSTEM_ERROR":         {State: pay.Unknown},
	"BANK_ERROR":           {State: pay.Unknown},
	"FREQUENCY_LIMITED":    {State: pay.Unknown},
	"RATELIMIT_EXCEEDED":   {State: pay.Unknown},
	"SYSTEMERROR":          {State: pay.Unknown},
	"BIZERR_NEED_RETRY":    {State: pay.Unknown},
	"INVALID_REQ_TOO_MUCH": {State: pay.Unknown},
	"ORDER_NOT_READY":      {State: pay.Unknown},

	"REFUND_FEE_MISMATCH": {State: pay.Mismatch},

	"INVALID_REQUEST":       {State: pay.Declined},
	"USER_ACCOUNT_ABNORMAL": {State: pay.Declined},
	"TRADE_OVERDUE":         {State: pay.Declined},
	"ERROR":                 {State: pay.Declined},

	"NOT_ENOUGH":            {State: pay.Unknown, Fault: true},
	"NOTENOUGH":             {State: pay.Unknown, Fault: true},
	"RESOURCE_NOT_EXISTS":   {State: pay.Unknown, Fault: true},
	"ORDERNOTEXIST":         {State: pay.Unknown, Fault: true},
	"NO_AUTH":               {State: pay.Unknown, Fault: true},
	"NOAUTH":                {State: pay.Unknown, Fault: true},
	"CERT_ERROR":            {State: pay.Unknown, Fault: true},
	"PARAM_ERROR":           {State: pay.Unknown, Fault: true},
	"SIGN_ERROR":            {State: pay.Unknown, Fault: true},
	"MCH_NOT_EXISTS":        {State: pay.Unknown, Fault: true},
	"APPID_MCHID_NOT_MATCH": {State: pay.Unknown, Fault: true},
	"INVALID_TRANSACTIONID": {State: pay.Unknown, Fault: true},
	"APPID_NOT_EXIST":       {State: pay.Unknown, Fault: true},
	"MCHID_NOT_EXIST":       {State: pay.Unknown, Fault: true},
	"SIGNERROR":             {State: pay.Unknown, Fault: true},
	"XML_FORMAT_ERROR":      {State: pay.Unknown, Fault: true},
	"REQUIRE_POST_METHOD":   {State: pay.Unknown, Fault: true},
}

// desk is a provider over one of the two APIs, with what its network says to a
// refund and to the question what became of it.
type desk struct {
	give, find said
	p          *Provider
	asked      func() (gives, finds int)
}

// said is an answer about a refund: a refusal, or a refund in a state.
type said struct {
	code   string
	status string // SUCCESS, PROCESSING, ABNORMAL, CLOSED: API v2's words are made of them
	amount int64  // of the refund; 0: what was asked for
	bad    bool   // signed with another key
}

var nothing = said{code: "RESOURCE_NOT_EXISTS"}

// desks are one of each API.
func desks(t *testing.T) map[string]*desk { return map[string]*desk{"v2": desk2(t), "v3": desk3(t)} }

func TestEveryCodeOfARefund(t *testing.T) {
	t.Parallel()
	for name := range refundCodes {
		if _, ok := documentedRefunds[name]; !ok {
			t.Errorf("%s is in the table and not documented", name)
		}
	}
	for api, d := range desks(t) {
		for _, name := range append(slices.Sorted(maps.Keys(documentedRefunds)), "TOMORROW") {
			d.give, d.find = said{code: name}, nothing
			before, _ := d.asked()
			want, got := documentedRefunds[name], d.p.Refund(t.Context(), refund)
			if got.State != want.State || got.Fault != want.Fault || got.NotFound || got.Code != name || got.Date.IsZero() || (got.Message != "") != (want.State == pay.Declined) {
				t.Errorf("%s, %s: %+v, want %+v", api, name, got, want)
			}
			if after, _ := d.asked(); after != before+1 {
				t.Errorf("%s, %s: sent %d times", api, name, after-before)
			}
		}
	}
}

// TestARefusedRefundIsLookedAt plays what a look may find after a refusal: the
// refusal is the last word only where there is nothing.
func TestARefusedRefundIsLookedAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		refusal string
		look    said
		state   pay.State
		fault   bool
		looks   int
	}{
		{"there is none", "INVALID_REQUEST", nothing, pay.Declined, false, 1},
		{"it is there", "INVALID_REQUEST", said{status: "SUCCESS"}, pay.Returned, false, 1},
		{"it is on its way", "INVALID_REQUEST", said{status: "PROCESSING"}, pay.Waiting, false, 1},
		{"it does not arrive", "INVALID_REQUEST", said{status: "ABNORMAL"}, pay.Unknown, true, 1},
		{"it was closed", "INVALID_REQUEST", said{status: "CLOSED"}, pay.Declined, false, 1},
		{"it is of another amount", "INVALID_REQUEST", said{status: "SUCCESS", amount: 300}, pay.Mismatch, false, 1},
		{"nobody knows", "INVALID_REQUEST", said{code: "SYSTEM_ERROR"}, pay.Unknown, false, 1},
		{"nobody can be believed", "INVALID_REQUEST", said{status: "SUCCESS", bad: true}, pay.Unknown, false, 1},
		{"other amounts, they say, and there is none", "REFUND_FEE_MISMATCH", nothing, pay.Mismatch, false, 1},
		{"other amounts, they say, and they are ours", "REFUND_FEE_MISMATCH", said{status: "SUCCESS"}, pay.Returned, false, 1},
		{"other amounts, they say, and nobody knows", "REFUND_FEE_MISMATCH", said{code: "SYSTEM_ERROR"}, pay.Unknown, false, 1},
		{"a person has to act", "NOT_ENOUGH", said{status: "SUCCESS"}, pay.Unknown, true, 0},
		{"nothing was decided", "SYSTEM_ERROR", said{status: "SUCCESS"}, pay.Unknown, false, 0},
	} {
		for api, d := range desks(t) {
			d.give, d.find = said{code: c.refusal}, c.look
			got := d.p.Refund(t.Context(), refund)
			if got.State != c.state || got.Fault != c.fault || got.NotFound || (got.Message != "") != (c.state == pay.Declined && c.look == nothing) {
				t.Errorf("%s, %s: %+v", api, c.name, got)
			}
			if gives, looks := d.asked(); gives != 1 || looks != c.looks {
				t.Errorf("%s, %s: sent %d times and looked at %d times", api, c.name, gives, looks)
			}
		}
	}
}

// TestEveryStateOfARefund is what both calls make of a refund in each state. API
// v2 does not say how far a refund is that it has just taken on.
func TestEveryStateOfARefund(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]pay.Result{
		"SUCCESS":    {State: pay.Returned},
		"PROCESSING": {State: pay.Waiting},
		"CLOSED":     {State: pay.Declined},
		"ABNORMAL":   {State: pay.Unknown, Fault: true},
		"TOMORROW":   {State: pay.Unknown},
		"":           {State: pay.Unknown},
	} {
		for api, d := range desks(t) {
			d.give, d.find = said{status: status}, said{status: status}
			found := d.p.QueryRefund(t.Context(), refund)
			if found.State != want.State || found.Fault != want.Fault || found.NotFound || found.Code == "" || found.Date.IsZero() {
				t.Errorf("%s, query, %q: %+v", api, status, found)
			}
			if want.State == pay.Returned && (found.Amount != 200 || found.Settled != 199 || found.Network != "5030" || !found.PaidAt.Equal(asked)) {
				t.Errorf("%s: %+v", api, found)
			}
			given, taken := d.p.Refund(t.Context(), refund), want
			if api == "v2" {
				taken = pay.Result{State: pay.Waiting}
			}
			if given.State != taken.State || given.Fault != taken.Fault || given.NotFound {
				t.Errorf("%s, refund, %q: %+v", api, status, given)
			}
		}
	}
}

// TestEveryCodeOfARefundQuery: none of them is final, and two say that there is nothing.
func TestEveryCodeOfARefundQuery(t *testing.T) {
	t.Parallel()
	for api, d := range desks(t) {
		for _, name := range slices.Concat(slices.Sorted(maps.Keys(documentedRefunds)), slices.Sorted(maps.Keys(refundLookCodes)), []string{"TOMORROW"}) {
			d.find = said{code: name}
			none := name == "RESOURCE_NOT_EXISTS" || name == "REFUNDNOTEXIST"
			got := d.p.QueryRefund(t.Context(), refund)
			if got.State != pay.Unknown || got.NotFound != none || got.Fault || got.Code != name || got.Date.IsZero() {
				t.Errorf("%s, %s: %+v", api, name, got)
			}
		}
	}
}

// TestARefundOfAnotherAmount is never taken for ours.
func TestARefundOfAnotherAmount(t *testing.T) {
	t.Parallel()
	for api, d := range desks(t) {
		other := said{status: "SUCCESS", amount: 300}
		d.give, d.find = other, other
		for what, got := range map[string]pay.Result{"refund": d.p.Refund(t.Context(), refund), "query": d.p.QueryRefund(t.Context(), refund)} {
			if got.State != pay.Mismatch || got.Code != pay.CodeAmount || got.Date.IsZero() {
				t.Errorf("%s, %s: %+v", api, what, got)
			}
		}
	}
}
