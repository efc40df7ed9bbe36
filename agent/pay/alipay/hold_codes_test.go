package alipay

import (
	"context"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/pay"
)

// The documented codes of deposits, written down from their table
// (page 318/106393) and the methods' pages apart from the product's own.
const (
	holdUnsure   = "SYSTEM_ERROR UNIQUE_VIOLATION FREEZE_ALREADY_SUCCESS ORDER_ALREADY_FINISH ORDER_ALREADY_CLOSED"
	holdDeclined = "PAYMENT_AUTH_CODE_INVALID CLIENT_VERSION_NOT_MATCH PULL_MOBILE_CASHIER_FAIL MONEY_NOT_ENOUGH NO_PAYMENT_INSTRUMENTS_AVAILABLE" +
		" ERROR_BALANCE_PAYMENT_DISABLE PAYER_USER_STATUS_LIMIT PAYER_NOT_EXIST PAYER_PAYEE_EQUAL USER_FACE_PAYMENT_SWITCH_OFF"
	holdFaults = "ILLEGAL_ARGUMENT EXIST_FORBIDDEN_WORD ACCESS_FORBIDDEN HAS_NO_PRIVILEGE PAYEE_NOT_EXIST PAYEE_USER_STATUS_LIMIT"
	holdAbsent = "AUTH_ORDER_NOT_EXIST AUTH_OPERATION_NOT_EXIST"

	undoLooks = "CANCEL_OPERATION_TIME_OUT REQUEST_AMOUNT_EXCEED ORDER_ALREADY_FINISH ORDER_ALREADY_CLOSED" // in TestUndoHoldLooks
	undoStuck = "ILLEGAL_ARGUMENT ACCESS_FORBIDDEN HAS_NO_PRIVILEGE PAYER_USER_STATUS_LIMIT PAYER_NOT_EXIST"

	captureNever  = "AUTH_AMOUNT_NOT_ENOUGH REQUEST_AMOUNT_EXCEED AUTH_ORDER_HAS_CLOSED AUTH_ORDER_HAS_FINISHED AUTH_ORDER_NOT_PAID"
	captureFaults = "AUTH_NO_ERROR PRE_AUTH_PROD_CODE_INCONSISTENT"
	// aboutCodes are those of a charge that a capture cannot have.
	aboutCodes = "PAYMENT_AUTH_CODE_INVALID SOUNDWAVE_PARSER_FAIL PULL_MOBILE_CASHIER_FAIL USER_FACE_PAYMENT_SWITCH_OFF MOBILE_PAYMENT_SWITCH_OFF APPLY_PC_MERCHANT_CODE_ERROR"

	releaseNever  = "REQUEST_AMOUNT_EXCEED ILLEGAL_STATUS BIZ_ERROR ORDER_ALREADY_FINISH ORDER_ALREADY_CLOSED"
	releaseFaults = "AUTH_ORDER_NOT_EXIST ILLEGAL_ARGUMENT"
	releaseStuck  = "ACCESS_FORBIDDEN HAS_NO_PRIVILEGE PAYER_USER_STATUS_LIMIT PAYER_NOT_EXIST"
)

var (
	no, fault      = pay.Result{State: pay.Declined}, pay.Result{State: pay.Declined, Fault: true}
	mustAct        = pay.Result{Fault: true}
	absent         = pay.Result{NotFound: true}
	other          = pay.Result{State: pay.Mismatch}
	captureCharges = without(unsureCodes+" "+declinedCodes+" "+openCodes, aboutCodes)
)

// without are the codes that are not among others.
func without(codes, others string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(codes), func(c string) bool { return slices.Contains(strings.Fields(others), c) }), " ")
}

func TestEveryCodeOfAHold(t *testing.T) {
	t.Parallel()
	all := slices.Concat(rows(holdUnsure, pay.Result{}), rows(holdDeclined, no), rows(holdFaults, fault), rows(undocumented+" AUTH_ORDER_NOT_EXIST", pay.Result{}), gates(setUpCodes, fault))
	checkCodesOf(t, partnerOptions, "hold", methodFreeze, slices.Concat(all, gates(strings.TrimSuffix(busyCodes, " 10003:x"), pay.Result{})), func(p *Provider) pay.Result { return p.Hold(context.Background(), holdCharge) })
	checkCodesOf(t, partnerOptions, "show-hold", methodVoucher, slices.Concat(all, gates(busyCodes, pay.Result{})), func(p *Provider) pay.Result { return p.ShowHold(context.Background(), holdOffer) })
}

func TestEveryCodeOfAHoldsQuery(t *testing.T) {
	t.Parallel()
	unsure := "SYSTEM_ERROR ENTERPRISE_PAY_BIZ_ERROR ILLEGAL_ARGUMENT ACCESS_FORBIDDEN HAS_NO_PRIVILEGE " + undocumented
	all := slices.Concat(rows(holdAbsent, absent), rows(unsure, pay.Result{}), gates(busyCodes+" "+setUpCodes, pay.Result{}))
	checkCodesOf(t, partnerOptions, "hold-query", methodHoldQuery, all, func(p *Provider) pay.Result { return p.QueryHold(context.Background(), deposit) })
}

// TestEveryCodeOfAHoldsUndo: none says that nothing is held.
func TestEveryCodeOfAHoldsUndo(t *testing.T) {
	t.Parallel()
	all := slices.Concat(rows(holdAbsent, absent), rows("SYSTEM_ERROR UNIQUE_VIOLATION "+undocumented, pay.Result{}), rows(undoStuck, mustAct), gates(busyCodes, pay.Result{}), gates(setUpCodes, mustAct))
	checkCodesOf(t, partnerOptions, "hold-undo", methodHoldCancel, all, func(p *Provider) pay.Result { return p.UndoHold(context.Background(), deposit) })
}

func TestEveryCodeOfACapture(t *testing.T) {
	t.Parallel()
	never := captureNever + " " + without(declinedCodes+" "+openCodes, aboutCodes)
	all := slices.Concat(rows(unsureCodes, pay.Result{}), rows(never, no), rows(captureFaults+" "+faultCodes, fault), rows(undocumented+" "+aboutCodes, pay.Result{}),
		gates(strings.TrimSuffix(busyCodes, " 10003:x"), pay.Result{}), gates(setUpCodes, mustAct))
	checkCodesOf(t, partnerOptions, "capture", methodPay, all, func(p *Provider) pay.Result { return p.Capture(context.Background(), taken) })
}

func TestEveryCodeOfACapturesQuery(t *testing.T) {
	t.Parallel()
	all := slices.Concat(rows("TRADE_NOT_EXIST", absent), rows("SYSTEM_ERROR INVALID_PARAMETER "+undocumented, pay.Result{}), gates(busyCodes, pay.Result{}), gates(setUpCodes, mustAct))
	checkCodesOf(t, partnerOptions, "capture-query", methodQuery, all, func(p *Provider) pay.Result { return p.QueryCapture(context.Background(), taken) })
}

func TestEveryCodeOfARelease(t *testing.T) {
	t.Parallel()
	all := slices.Concat(rows("SYSTEM_ERROR "+undocumented, pay.Result{}), rows(releaseNever, no), rows(releaseFaults, fault), rows(releaseStuck, mustAct), rows("UNIQUE_VIOLATION", other),
		gates(busyCodes, pay.Result{}), gates(setUpCodes, mustAct))
	checkCodesOf(t, partnerOptions, "release", methodUnfreeze, all, func(p *Provider) pay.Result { return p.Release(context.Background(), freed) })
}

func TestEveryCodeOfAReleasesQuery(t *testing.T) {
	t.Parallel()
	all := slices.Concat(rows(holdAbsent, absent), rows("SYSTEM_ERROR ENTERPRISE_PAY_BIZ_ERROR ILLEGAL_ARGUMENT "+undocumented, pay.Result{}), rows("ACCESS_FORBIDDEN HAS_NO_PRIVILEGE", mustAct),
		gates(busyCodes, pay.Result{}), gates(setUpCodes, mustAct))
	checkCodesOf(t, partnerOptions, "release-query", methodHoldQuery, all, func(p *Provider) pay.Result { return p.QueryRelease(context.Background(), freed) })
}

// TestCasesOfDeposits sees that the list says of each code what the calls say.
func TestCasesOfDeposits(t *testing.T) {
	t.Parallel()
	listed := map[string]pay.Case{}
	for _, c := range Cases() {
		listed[c.Op+" "+c.Code] = c
	}
	for op, codes := range map[string]string{
		"hold": holdUnsure + " " + holdDeclined + " " + holdFaults, "show-hold": holdUnsure + " " + holdDeclined + " " + holdFaults,
		"hold-query": holdAbsent + " SYSTEM_ERROR ENTERPRISE_PAY_BIZ_ERROR ILLEGAL_ARGUMENT ACCESS_FORBIDDEN HAS_NO_PRIVILEGE",
		"hold-undo":  holdAbsent + " SYSTEM_ERROR " + undoLooks + " " + undoStuck,
		"release":    "SYSTEM_ERROR UNIQUE_VIOLATION " + releaseNever + " " + releaseFaults + " " + releaseStuck, "release-query": holdAbsent + " SYSTEM_ERROR",
	} {
		for _, code := range strings.Fields(codes) {
			if _, found := listed[op+" "+code]; !found {
				t.Errorf("%s of %s is not listed", code, op)
			}
		}
	}
	for _, code := range strings.Fields(captureNever + " " + captureFaults + " " + captureCharges + " " + faultCodes) {
		if _, found := listed["capture ACQ."+code]; !found && !inFamily(listed, "capture ACQ."+code) {
			t.Errorf("%s of a capture is not listed", code)
		}
	}
	for _, c := range []pay.Case{
		{Op: "hold", Code: "10003", State: pay.Waiting}, {Op: "hold-query", Code: "FREEZE SUCCESS", State: pay.Paid}, {Op: "hold", Code: "FREEZE CLOSED", State: pay.Declined},
		{Op: "hold", Code: "40006", State: pay.Declined, Fault: true}, {Op: "hold-query", Code: "40006"}, {Op: "hold-undo", Code: "40006", Fault: true},
		{Op: "capture", Code: "10003", State: pay.Waiting}, {Op: "capture", Code: "40006", Fault: true}, {Op: "capture-query", Code: "TRADE_CLOSED", State: pay.Declined},
		{Op: "release", Code: "UNFREEZE SUCCESS", State: pay.Returned}, {Op: "release", Code: "UNIQUE_VIOLATION", State: pay.Mismatch}, {Op: "release-query", Code: "AUTH_OPERATION_NOT_EXIST", NotFound: true},
	} {
		if listed[c.Op+" "+c.Code] != c {
			t.Errorf("%v, want %v", listed[c.Op+" "+c.Code], c)
		}
	}
}
