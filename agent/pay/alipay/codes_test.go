package alipay

import (
	"context"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

// The documented codes, written down from its tables apart from the
// product's own (pages common/02km9f and 02ekfp to 02ekft).
const (
	// of pay and precreate
	unsureCodes   = "SYSTEM_ERROR TRADE_HAS_SUCCESS CONTEXT_INCONSISTENT TRADE_BUYER_NOT_MATCH APPLY_PC_MERCHANT_CODE_ERROR"
	declinedCodes = "PAYMENT_AUTH_CODE_INVALID SOUNDWAVE_PARSER_FAIL PULL_MOBILE_CASHIER_FAIL BUYER_BALANCE_NOT_ENOUGH BUYER_BANKCARD_BALANCE_NOT_ENOUGH" +
		" NO_PAYMENT_INSTRUMENTS_AVAILABLE ERROR_BALANCE_PAYMENT_DISABLE USER_FACE_PAYMENT_SWITCH_OFF MOBILE_PAYMENT_SWITCH_OFF BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR" +
		" BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR PAYMENT_REQUEST_HAS_RISK BUYER_ENABLE_STATUS_FORBID ERROR_BUYER_CERTIFY_LEVEL_LIMIT NOT_CERTIFIED_USER BUYER_SELLER_EQUAL"
	openCodes  = "PAYMENT_FAIL TRADE_HAS_CLOSE" // of an order that may be left open
	faultCodes = "BEYOND_PAY_RESTRICTION BEYOND_PER_RECEIPT_RESTRICTION BEYOND_PER_RECEIPT_DAY_RESTRICTION MERCHANT_PERM_RECEIPT_SUSPEND_LIMIT MERCHANT_PERM_RECEIPT_DAY_LIMIT" +
		" TOTAL_FEE_EXCEED INVALID_PARAMETER EXIST_FORBIDDEN_WORD SUB_GOODS_SIZE_MAX_COUNT INVALID_STORE_ID NOW_TIME_AFTER_EXPIRE_TIME_ERROR RISK_MERCHANT_IP_NOT_EXIST" +
		" ACCESS_FORBIDDEN PARTNER_ERROR MERCHANT_AGREEMENT_NOT_EXIST MERCHANT_AGREEMENT_INVALID AGREEMENT_INVALID AGREEMENT_NOT_EXIST SELLER_BEEN_BLOCKED MERCHANT_STATUS_NOT_NORMAL"

	// of refund
	againCodes = "SYSTEM_ERROR REFUND_CHARGE_ERROR"
	neverCodes = "REFUND_AMT_NOT_EQUAL_TOTAL REASON_TRADE_REFUND_FEE_ERR NOT_ALLOW_PARTIAL_REFUND TRADE_NOT_ALLOW_REFUND TRADE_HAS_FINISHED TRADE_STATUS_ERROR TRADE_HAS_CLOSE" +
		" BUYER_ERROR BUYER_NOT_EXIST CUSTOMER_VALIDATE_ERROR ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND"

	// Those of a gateway that says nothing, and of one that refuses our set-up.
	busyCodes  = "20000 20000:isp.unknow-error 20000:aop.unknow-error 20000:ACQ.SYSTEM_ERROR 40005 40005:isv.app-call-limited 40005:isv.method-call-limited 50000:isv.tomorrow 10003:x"
	setUpCodes = "20001 20001:aop.invalid-auth-token 20001:aop.invalid-app-auth-token 20001:aop.app-auth-token-time-out 20001:aop.invalid-app-auth-token-no-api" +
		" 20001:aop.no-product-reg-by-partner 40001 40001:isv.missing-signature 40002:isv.invalid-signature 40002:isv.invalid-app-id 40002:isv.invalid-encrypt" +
		" 40002 40002:isv.invalid-timestamp 40003 40003:isv.missing-signature-config 40003:isv.invalid-auth-relations 40006 40006:isv.insufficient-isv-permissions"
)

// undocumented codes, and those of other calls, prove nothing.
const undocumented = "ERROR PAYMENT_FAIL_ TRADE_CLOSED RECEIPT_LIMIT A_CODE_OF_TOMORROW PAYMENT FAIL"

// gatewayRefusal is an answer with a code like "40002:isv.invalid-app-id".
func gatewayRefusal(code string) (a answer, shown string) {
	code, sub, _ := strings.Cut(code, ":")
	a = answer{node: node{"code": code, "msg": "m", "sub_msg": words}, name: errorNode}
	if sub == "" {
		return a, code
	}
	a.node["sub_code"] = sub
	return a, sub
}

// codeRow is an answer and what it proves.
type codeRow struct {
	a    answer
	want pay.Result
}

// rows are refusals of business with these codes, each of which is to prove the same.
func rows(codes string, want pay.Result) (all []codeRow) {
	for _, name := range strings.Fields(codes) {
		for _, spelt := range []string{"ACQ." + name, "AQC." + name, name, "acq." + strings.ToLower(name)} {
			row := codeRow{refusing(spelt), want}
			row.want.Code = spelt
			all = append(all, row)
		}
	}
	return all
}

// gates are refusals of the gateway with these codes, likewise.
func gates(codes string, want pay.Result) (all []codeRow) {
	for _, code := range strings.Fields(codes) {
		row := codeRow{want: want}
		row.a, row.want.Code = gatewayRefusal(code)
		all = append(all, row)
	}
	return all
}

// checkCodes plays each answer to a call and compares; the network's words go to
// the payer or to the technician.
func checkCodes(t *testing.T, what, method string, all []codeRow, do func(p *Provider) pay.Result) {
	t.Helper()
	checkCodesOf(t, directOptions, what, method, all, do)
}

func checkCodesOf(t *testing.T, o Options, what, method string, all []codeRow, do func(p *Provider) pay.Result) {
	t.Helper()
	for _, row := range all {
		n := playing(map[string][]answer{method: {row.a}})
		got := do(n.provider(t, o))
		want := row.want
		want.Date = asked.UTC()
		if want.State == pay.Declined && !want.Fault {
			want.Message = words
		} else {
			want.Detail = words
		}
		if !same(got, want) {
			t.Errorf("%s, %s: %+v, want %+v", what, row.want.Code, got, want)
		}
		if n.methods()[0] != method || slices.Contains(n.methods()[1:], method) {
			t.Errorf("%s, %s: asked %v", what, row.want.Code, n.methods())
		}
	}
}

func TestEveryCodeOfACharge(t *testing.T) {
	t.Parallel()
	no, fault := pay.Result{State: pay.Declined}, pay.Result{State: pay.Declined, Fault: true}
	all := slices.Concat(rows(unsureCodes, pay.Result{}), rows(declinedCodes, no), rows(openCodes, no), rows(faultCodes, fault), rows(undocumented, pay.Result{}),
		gates(strings.TrimSuffix(busyCodes, " 10003:x"), pay.Result{}), gates(setUpCodes, fault))
	checkCodes(t, "charge", methodPay, all, func(p *Provider) pay.Result { return p.Charge(context.Background(), charge) })
}

func TestEveryCodeOfAnOffer(t *testing.T) {
	t.Parallel()
	no, fault := pay.Result{State: pay.Declined}, pay.Result{State: pay.Declined, Fault: true}
	all := slices.Concat(rows(unsureCodes+" PAYMENT_FAIL", pay.Result{}), rows(declinedCodes+" TRADE_HAS_CLOSE", no), rows(faultCodes, fault), rows(undocumented, pay.Result{}),
		gates(busyCodes, pay.Result{}), gates(setUpCodes, fault))
	checkCodes(t, "show", methodPrecreate, all, func(p *Provider) pay.Result { return p.Show(context.Background(), offer) })
}

func TestEveryCodeOfAQuery(t *testing.T) {
	t.Parallel()
	unsure := unsureCodes + " " + declinedCodes + " " + openCodes + " " + faultCodes + " " + neverCodes + " " + undocumented
	for _, a := range []pay.Attempt{attempt, shownAttempt} {
		all := slices.Concat(rows("TRADE_NOT_EXIST", pay.Result{NotFound: true}), rows(unsure, pay.Result{}), gates(busyCodes+" "+setUpCodes, pay.Result{}))
		checkCodes(t, "query", methodQuery, all, func(p *Provider) pay.Result { return p.Query(context.Background(), a) })
	}
}

// TestEveryCodeOfAnUndo: none of them says that the money is back. What has to
// be looked at is in TestUndoLooks.
func TestEveryCodeOfAnUndo(t *testing.T) {
	t.Parallel()
	stuck := pay.Result{Fault: true}
	all := slices.Concat(rows("TRADE_NOT_EXIST", pay.Result{NotFound: true}), rows("SYSTEM_ERROR", pay.Result{}), gates(busyCodes, pay.Result{}), gates(setUpCodes, stuck))
	checkCodes(t, "close", methodClose, all, func(p *Provider) pay.Result { return p.Undo(context.Background(), shownAttempt) })
	unsure := strings.ReplaceAll(unsureCodes+" "+declinedCodes+" "+openCodes+" "+faultCodes+" "+undocumented, "SYSTEM_ERROR ", "")
	all = slices.Concat(all, rows(unsure, pay.Result{}), rows("SELLER_BALANCE_NOT_ENOUGH", stuck))
	checkCodes(t, "cancel", methodCancel, all, func(p *Provider) pay.Result { return p.Undo(context.Background(), attempt) })
}

func TestEveryCodeOfARefund(t *testing.T) {
	t.Parallel()
	stuck := pay.Result{Fault: true}
	all := slices.Concat(rows(againCodes, pay.Result{}), rows("SELLER_BALANCE_NOT_ENOUGH", stuck), rows("DISCORDANT_REPEAT_REQUEST", pay.Result{State: pay.Mismatch}),
		rows(neverCodes, pay.Result{State: pay.Declined}), rows(undocumented+" TRADE_NOT_EXIST INVALID_PARAMETER", pay.Result{}), gates(busyCodes, pay.Result{}), gates(setUpCodes, stuck))
	checkCodes(t, "refund", methodRefund, all, func(p *Provider) pay.Result { return p.Refund(context.Background(), refund) })
}

func TestEveryCodeOfARefundQuery(t *testing.T) {
	t.Parallel()
	all := slices.Concat(rows("TRADE_NOT_EXIST", pay.Result{NotFound: true}), rows("SYSTEM_ERROR INVALID_PARAMETER "+neverCodes+" "+undocumented, pay.Result{}),
		gates(busyCodes, pay.Result{}), gates(setUpCodes, pay.Result{Fault: true}))
	checkCodes(t, "refund-query", methodRefundQuery, all, func(p *Provider) pay.Result { return p.QueryRefund(context.Background(), refund) })
}

// TestCases sees that the list says of each code what the calls say, and that
// no documented code is missing.
func TestCases(t *testing.T) {
	t.Parallel()
	listed := map[string]pay.Case{}
	for _, c := range Cases() {
		if old, twice := listed[c.Op+" "+c.Code]; twice && !strings.HasPrefix(c.Op, "undo") {
			t.Errorf("%v is listed as %v too", c, old)
		}
		listed[c.Op+" "+c.Code] = c
	}
	if len(listed) < 250 {
		t.Errorf("%d cases", len(listed))
	}
	for op, codes := range map[string]string{
		"charge": unsureCodes + " " + declinedCodes + " " + openCodes + " " + faultCodes, "show": unsureCodes + " " + declinedCodes + " " + openCodes + " " + faultCodes,
		"query": "TRADE_NOT_EXIST SYSTEM_ERROR INVALID_PARAMETER", "refund-query": "TRADE_NOT_EXIST SYSTEM_ERROR INVALID_PARAMETER",
		"undo":   "SYSTEM_ERROR TRADE_CANCEL_TIME_OUT CANCEL_NOT_ALLOWED TRADE_HAS_FINISHED REASON_TRADE_REFUND_FEE_ERR SELLER_BALANCE_NOT_ENOUGH TRADE_NOT_EXIST",
		"refund": againCodes + " SELLER_BALANCE_NOT_ENOUGH DISCORDANT_REPEAT_REQUEST " + neverCodes,
	} {
		for _, code := range strings.Fields(codes) {
			if _, found := listed[op+" ACQ."+code]; !found && !inFamily(listed, op+" ACQ."+code) {
				t.Errorf("%s of %s is not listed", code, op)
			}
		}
		for _, code := range strings.Fields(strings.TrimSuffix(busyCodes, " 50000:isv.tomorrow 10003:x") + " " + setUpCodes) {
			if i := strings.Index(code, ":"); i > 0 {
				code = code[i+1:]
			}
			if _, found := listed[op+" "+code]; !found && code != "ACQ.SYSTEM_ERROR" && !inFamily(listed, op+" "+code) {
				t.Errorf("%s of %s is not listed", code, op)
			}
		}
	}
	for _, c := range []pay.Case{
		{Op: "charge", Code: "10003", State: pay.Waiting}, {Op: "query", Code: "TRADE_SUCCESS", State: pay.Paid}, {Op: "query", Code: "TRADE_CLOSED", State: pay.Declined},
		{Op: "charge", Code: "ACQ.PAYMENT_FAIL", State: pay.Declined}, {Op: "show", Code: "ACQ.PAYMENT_FAIL"}, {Op: "query", Code: "ACQ.TRADE_NOT_EXIST", NotFound: true},
		{Op: "charge", Code: "40006", State: pay.Declined, Fault: true}, {Op: "refund", Code: "40006", Fault: true}, {Op: "query", Code: "40006"},
		{Op: "refund", Code: "ACQ.DISCORDANT_REPEAT_REQUEST", State: pay.Mismatch}, {Op: "undo", Code: "ACQ.SELLER_BALANCE_NOT_ENOUGH", Fault: true},
	} {
		if listed[c.Op+" "+c.Code] != c {
			t.Errorf("%v, want %v", listed[c.Op+" "+c.Code], c)
		}
	}
}

func inFamily(listed map[string]pay.Case, code string) bool {
	for name := range listed {
		if begin, ok := strings.CutSuffix(name, "*"); ok && strings.HasPrefix(code, begin) {
			return true
		}
	}
	return false
}

// TestWaitingForThePayer is the one code that says that the payer was asked.
func TestWaitingForThePayer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields node
		want   pay.Result
	}{
		"ours":      {node{"out_trade_no": number, "sub_msg": words}, pay.Result{State: pay.Waiting, Code: "10003", Message: words, Date: asked.UTC()}},
		"unnamed":   {node{"out_trade_no": nil}, pay.Result{State: pay.Waiting, Code: "10003", Date: asked.UTC()}},
		"another's": {node{"out_trade_no": "1"}, pay.Result{Code: pay.CodeNumber, Date: asked.UTC()}},
	} {
		n := playing(map[string][]answer{methodPay: {done(node{"code": "10003", "msg": "order success pay inprocess"}, c.fields)}})
		if got := n.provider(t, directOptions).Charge(context.Background(), charge); !same(got, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
