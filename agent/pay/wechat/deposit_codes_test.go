package wechat

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

// documentedHolds are the error codes of micropay, which deposits have too, by
// what each proves of a deposit, written down apart from the product's own table.
var documentedHolds = map[pay.Result][]string{
	{State: pay.Unknown}: strings.Fields("SYSTEMERROR BANKERROR ORDERPAID OUT_TRADE_NO_USED INVALID_REQUEST"),
	{State: pay.Waiting}: {"USERPAYING"},
	{State: pay.Declined}: strings.Fields("AUTHCODEEXPIRE AUTH_CODE_ERROR AUTH_CODE_INVALID NOTENOUGH NOTSUPORTCARD BUYER_MISMATCH TRADE_ERROR RULELIMIT " +
		"ORDERREVERSED ORDERCLOSED"),
	{State: pay.Declined, Fault: true}: strings.Fields("NOAUTH PARAM_ERROR LACK_PARAMS XML_FORMAT_ERROR NOT_UTF8 POST_DATA_EMPTY REQUIRE_POST_METHOD SIGNERROR " +
		"APPID_NOT_EXIST MCHID_NOT_EXIST APPID_MCHID_NOT_MATCH"),
}

// TestEveryCodeOfAHold: a refusal that is the payer's is looked at once.
func TestEveryCodeOfAHold(t *testing.T) {
	t.Parallel()
	listed := 0
	for want, codes := range documentedHolds {
		listed += len(codes)
		for _, name := range codes {
			n := says(map[string]fields{callHold: refusedWith(name)})
			got := n.provider(t, partnerOptions).Hold(t.Context(), holding)
			payers := want.State == pay.Declined && !want.Fault
			if got.State != want.State || got.Fault != want.Fault || got.Code != name || got.NotFound || (got.Message == words) != (payers || want.State == pay.Waiting) {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
			if looks := slices.Contains(n.asked, callHoldQuery); looks != payers || n.asked[0] != callHold || len(n.asked) > 2 {
				t.Errorf("%s: asked %v", name, n.asked)
			}
		}
	}
	if listed != len(holdCodes) {
		t.Errorf("%d codes are documented, and %d in the table", listed, len(holdCodes))
	}
	for _, name := range append(undocumented, "NOT_ENOUGH", "ACCOUNT_ERROR") { // API v3's, which has no deposits
		if got := says(map[string]fields{callHold: refusedWith(name)}).provider(t, directOptions).Hold(t.Context(), holding); got.State != pay.Unknown || got.Fault {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestARefusedHoldIsLookedAt plays what a query may say after a refusal.
func TestARefusedHoldIsLookedAt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		look  fields
		state pay.State
		code  string
	}{
		"it is held after all":       {isHeld("SUCCESS", nil), pay.Paid, ""},
		"something is held":          {isHeld("SUCCESS", fields{"total_fee": "1"}), pay.Mismatch, pay.CodeAmount},
		"the payer is being asked":   {bare("USERPAYING"), pay.Waiting, "USERPAYING"},
		"the money is about to move": {bare("ACCEPT"), pay.Unknown, "ACCEPT"},
		"not paid":                   {bare("NOTPAY"), pay.Declined, "NOTENOUGH"},
		"closed":                     {bare("CLOSED"), pay.Declined, "NOTENOUGH"},
		"unknown":                    {nil, pay.Declined, "NOTENOUGH"},
		"the network has a cold":     {refusedWith("SYSTEMERROR"), pay.Declined, "NOTENOUGH"},
		"it cannot be trusted":       {fields{"sign": "0"}, pay.Declined, "NOTENOUGH"},
	} {
		n := says(map[string]fields{callHold: refusedWith("NOTENOUGH"), callHoldQuery: c.look})
		if got := n.provider(t, directOptions).Hold(t.Context(), holding); got.State != c.state || got.Code != c.code || len(n.asked) != 2 {
			t.Errorf("%s: %+v after %v", name, got, n.asked)
		}
	}
}

// TestNoErrorOfADepositIsFinal walks the codes of all other calls, and those
// that belong to none: each is unknown, and in some places a person has to look.
func TestNoErrorOfADepositIsFinal(t *testing.T) {
	t.Parallel()
	setUp := strings.Fields("NOAUTH PARAM_ERROR SIGNERROR")
	more := strings.Fields("CERT_ERROR INVALID_TRANSACTIONID REQUIRE_POST_METHOD")
	for _, c := range []struct {
		op      string
		path    string // that is refused
		ask     func(p *Provider) pay.Result
		missing pay.Result // what ORDERNOTEXIST proves
		faults  []string
		table   map[string]verdict
	}{
		{"query", callHoldQuery, func(p *Provider) pay.Result { return p.QueryHold(t.Context(), kept300) }, pay.Result{NotFound: true}, nil, holdQueryCodes},
		{"undo", callHoldReverse, func(p *Provider) pay.Result { return p.UndoHold(t.Context(), kept300) }, pay.Result{NotFound: true},
			slices.Concat(setUp, more, []string{"REVERSE_EXPIRE"}), holdUndoCodes},
		{"capture", callConsume, func(p *Provider) pay.Result { return p.Capture(t.Context(), capture(8850)) }, pay.Result{Fault: true},
			slices.Concat(setUp, more, strings.Fields("LACK_PARAMS XML_FORMAT_ERROR APPID_NOT_EXIST MCHID_NOT_EXIST APPID_MCHID_NOT_MATCH")), captureCodes},
		{"query of a capture", callHoldQuery, func(p *Provider) pay.Result { return p.QueryCapture(t.Context(), capture(8850)) }, pay.Result{NotFound: true}, setUp, moveQueryCodes},
		{"release", callHoldReverse, func(p *Provider) pay.Result { return p.Release(t.Context(), release(30000)) }, pay.Result{Fault: true},
			slices.Concat(setUp, more, []string{"REVERSE_EXPIRE"}), releaseCodes},
		{"query of a release", callHoldQuery, func(p *Provider) pay.Result { return p.QueryRelease(t.Context(), release(30000)) }, pay.Result{NotFound: true}, setUp, moveQueryCodes},
	} {
		names := slices.Concat(slices.Collect(maps.Keys(c.table)), c.faults, slices.Collect(maps.Keys(holdCodes)), undocumented)
		for _, name := range names {
			answers := map[string]fields{callHoldQuery: isHeld("SUCCESS", nil)}
			answers[c.path] = refusedWith(name)
			want := pay.Result{Fault: slices.Contains(c.faults, name)}
			if name == "ORDERNOTEXIST" {
				want = c.missing
			}
			got := c.ask(says(answers).provider(t, directOptions))
			if got.State != pay.Unknown || got.Fault != want.Fault || got.NotFound != want.NotFound || got.Code != strings.TrimSpace(name) || got.Detail != words || got.Message != "" {
				t.Errorf("%s, %s: %+v, want %+v", c.op, name, got, want)
			}
		}
		for _, name := range c.faults {
			if _, known := c.table[name]; !known {
				t.Errorf("%s: %s is not in its table", c.op, name)
			}
		}
	}
}

// TestDepositRepliesThatProveNothing are bad ones to every call of deposits.
func TestDepositRepliesThatProveNothing(t *testing.T) {
	t.Parallel()
	good := isHeld("SUCCESS", fields{"return_code": "SUCCESS", "appid": directOptions.AppID, "mch_id": directOptions.MchID, "recall": "N", "consume_fee": "8850",
		"out_refund_no": number + "01", "refund_fee": "200", "refund_status": "SUCCESS"})
	good["sign"] = sign(good, signHMAC, testKey)
	signed := func(name, value, kind string, key pay.Secret) string {
		f := maps.Clone(good)
		f[name] = value
		f["sign"] = sign(f, kind, key)
		return string(f.encode())
	}
	for _, c := range []struct {
		name   string
		status int
		body   string
		code   string
	}{
		{"nothing", 200, "", "bad reply"},
		{"HTML", 200, "<html><body>Sign in</body></html>", "bad reply"},
		{"the page that a missing certificate brings", 400, "<html>400 No required SSL certificate was sent</html>", "HTTP 400"},
		{"a good one with an error's status", 502, string(good.encode()), "HTTP 502"},
		{"cut", 200, string(good.encode()[:200]), "bad reply"},
		{"two", 200, string(append(good.encode(), good.encode()...)), "bad reply"},
		{"another key", 200, signed("a", "b", signHMAC, "f9e8d7c6b5a493827160f5e4d3c2b1a0"), "bad signature"},
		{"MD5, which deposits do not have", 200, signed("a", "b", signMD5, testKey), "bad signature"},
		{"another consumption than was signed", 200, strings.Replace(string(good.encode()), ">8850<", ">8851<", 1), "bad signature"},
		{"return_code FAIL", 200, signed("return_code", "FAIL", signHMAC, testKey), "refused unsigned"},
		{"no result_code", 200, signed("result_code", "", signHMAC, testKey), pay.CodeIncomplete},
	} {
		for kind, o := range map[string]Options{"as ever": directOptions, "MD5 else": with(directOptions, func(o *Options) { o.Sign = signMD5 })} {
			n := &network{raw: func(string) (int, string) { return c.status, c.body }}
			p := n.provider(t, o)
			back := pay.Refund{Of: pay.Attempt{Number: number + "51", Amount: 8850}, Hold: &kept300, Number: number + "01", Amount: 200}
			for op, got := range map[string]pay.Result{
				"hold": p.Hold(t.Context(), holding), "query": p.QueryHold(t.Context(), deposit), "undo": p.UndoHold(t.Context(), deposit),
				"capture": p.Capture(t.Context(), capture(8850)), "query of a capture": p.QueryCapture(t.Context(), capture(8850)),
				"release": p.Release(t.Context(), release(30000)), "query of a release": p.QueryRelease(t.Context(), release(30000)),
				"refund": p.Refund(t.Context(), back), "query of a refund": p.QueryRefund(t.Context(), back),
			} {
				if got.State != pay.Unknown || got.Code != c.code || got.NotFound || got.Fault || got.Message != "" || got.Held != nil {
					t.Errorf("%s to %s, %s: %+v", c.name, op, kind, got)
				}
			}
			if slices.Contains(n.asked, callConsume) || strings.Count(strings.Join(n.asked, " "), callHoldReverse) != 1 {
				t.Errorf("%s: something was sent without a look: %v", c.name, n.asked)
			}
		}
	}
}
