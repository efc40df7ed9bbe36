package alipay

import (
	"maps"

	"tillgate/agent/pay"
)

// The operations of deposits.
var (
	opHold         = operation{name: "hold", setUp: refused, codes: holdCodes}
	opShowHold     = operation{name: "show-hold", setUp: refused, codes: holdCodes}
	opHoldQuery    = operation{name: "hold-query", codes: holdQueryCodes}
	opHoldUndo     = operation{name: "hold-undo", setUp: stuck, codes: holdUndoCodes}
	opCapture      = operation{name: "capture", prefix: acquiring, setUp: stuck, codes: captureCodes}
	opCaptureQuery = operation{name: "capture-query", prefix: acquiring, setUp: stuck, codes: queryCodes}
	opRelease      = operation{name: "release", setUp: stuck, codes: releaseCodes}
	opReleaseQuery = operation{name: "release-query", setUp: stuck, codes: releaseQueryCodes}
)

// barred is a final no because of how we are set up, of a call that may have
// been carried out when it was sent before.
var barred = verdict{state: pay.Declined, fault: true, look: true}

// The tables that follow are of page 318/106393 and of the pages of its
// methods, which have a few codes more. Their sub-codes have no prefix.

// holdCodes are those of freeze and voucher.create. What says that the number
// has an order already is for a query to tell whose.
var holdCodes = map[string]verdict{
	"SYSTEM_ERROR":           unknown,
	"UNIQUE_VIOLATION":       unknown,
	"FREEZE_ALREADY_SUCCESS": unknown,
	"ORDER_ALREADY_FINISH":   unknown,
	"ORDER_ALREADY_CLOSED":   unknown,

	"PAYMENT_AUTH_CODE_INVALID":        declined,
	"CLIENT_VERSION_NOT_MATCH":         declined,
	"PULL_MOBILE_CASHIER_FAIL":         declined,
	"MONEY_NOT_ENOUGH":                 declined,
	"NO_PAYMENT_INSTRUMENTS_AVAILABLE": declined,
	"ERROR_BALANCE_PAYMENT_DISABLE":    declined,
	"PAYER_USER_STATUS_LIMIT":          declined,
	"PAYER_NOT_EXIST":                  declined,
	"PAYER_PAYEE_EQUAL":                declined,
	"USER_FACE_PAYMENT_SWITCH_OFF":     declined,

	"ILLEGAL_ARGUMENT":        refused,
	"EXIST_FORBIDDEN_WORD":    refused,
	"ACCESS_FORBIDDEN":        refused,
	"HAS_NO_PRIVILEGE":        refused,
	"PAYEE_NOT_EXIST":         refused,
	"PAYEE_USER_STATUS_LIMIT": refused,
}

// holdQueryCodes are those of detail.query: none says what became of a deposit.
var holdQueryCodes = map[string]verdict{
	"AUTH_ORDER_NOT_EXIST":     notFound,
	"AUTH_OPERATION_NOT_EXIST": notFound,
	"SYSTEM_ERROR":             unknown,
	"ENTERPRISE_PAY_BIZ_ERROR": unknown,
	"ILLEGAL_ARGUMENT":         unknown,
	"ACCESS_FORBIDDEN":         unknown,
	"HAS_NO_PRIVILEGE":         unknown,
}

// releaseQueryCodes are the same, of what has to get through.
var releaseQueryCodes = func() map[string]verdict {
	codes := maps.Clone(holdQueryCodes)
	codes["ACCESS_FORBIDDEN"], codes["HAS_NO_PRIVILEGE"] = stuck, stuck
	return codes
}()

// holdUndoCodes are those of operation.cancel. None says that nothing is held.
var holdUndoCodes = map[string]verdict{
	"AUTH_ORDER_NOT_EXIST":      notFound,
	"AUTH_OPERATION_NOT_EXIST":  notFound,
	"SYSTEM_ERROR":              unknown,
	"CANCEL_OPERATION_TIME_OUT": lookFirst, // more than 24 h: a release helps
	"REQUEST_AMOUNT_EXCEED":     lookFirst, // some of it has been released or captured
	"ORDER_ALREADY_FINISH":      lookFirst,
	"ORDER_ALREADY_CLOSED":      lookFirst,
	"ILLEGAL_ARGUMENT":          stuck,
	"ACCESS_FORBIDDEN":          stuck,
	"HAS_NO_PRIVILEGE":          stuck,
	"PAYER_USER_STATUS_LIMIT":   stuck,
	"PAYER_NOT_EXIST":           stuck,
}

// captureCodes are those of a trade.pay with an auth_no: a charge's without what
// is about codes, and the deposit's own. A capture may be sent again, so that
// each no is looked at: the request before may have carried it out.
var captureCodes = func() map[string]verdict {
	codes := map[string]verdict{
		"AUTH_AMOUNT_NOT_ENOUGH":          failed,
		"REQUEST_AMOUNT_EXCEED":           failed,
		"AUTH_ORDER_HAS_CLOSED":           failed,
		"AUTH_ORDER_HAS_FINISHED":         failed,
		"AUTH_ORDER_NOT_PAID":             failed,
		"AUTH_NO_ERROR":                   barred,
		"PRE_AUTH_PROD_CODE_INCONSISTENT": barred,
	}
	for name, v := range chargeCodes {
		v.look = true
		codes[name] = v
	}
	codes["SYSTEM_ERROR"] = unknown
	for _, name := range []string{
		"PAYMENT_AUTH_CODE_INVALID", "SOUNDWAVE_PARSER_FAIL", "PULL_MOBILE_CASHIER_FAIL",
		"USER_FACE_PAYMENT_SWITCH_OFF", "MOBILE_PAYMENT_SWITCH_OFF", "APPLY_PC_MERCHANT_CODE_ERROR",
	} {
		delete(codes, name)
	}
	return codes
}()

// releaseCodes are those of unfreeze. A final no is believed only where the
// release is not there.
var releaseCodes = map[string]verdict{
	"SYSTEM_ERROR":     unknown,
	"UNIQUE_VIOLATION": {state: pay.Mismatch, look: true}, // the number went with another amount

	"REQUEST_AMOUNT_EXCEED": failed,
	"ILLEGAL_STATUS":        failed,
	"BIZ_ERROR":             failed,
	"ORDER_ALREADY_FINISH":  failed,
	"ORDER_ALREADY_CLOSED":  failed,
	"AUTH_ORDER_NOT_EXIST":  barred,
	"ILLEGAL_ARGUMENT":      barred,

	"ACCESS_FORBIDDEN":        stuck,
	"HAS_NO_PRIVILEGE":        stuck,
	"PAYER_USER_STATUS_LIMIT": stuck,
	"PAYER_NOT_EXIST":         stuck,
}

// The states of an operation on a deposit, and of the deposit itself.
const (
	operationInit    = "INIT"
	operationSuccess = "SUCCESS"
	operationClosed  = "CLOSED"

	orderFinish = "FINISH" // nothing is left, and the last of it was captured
	orderClosed = "CLOSED" // nothing is left, or it was never held
)

// The kinds of operations, as a query names them.
const (
	freezing  = "FREEZE"
	unfreezes = "UNFREEZE"
)

// holdStates are the states that calls of deposits answer, as Result.Code has them.
func holdStates() []pay.Case {
	cases := []pay.Case{
		{Op: opHold.name, Code: codeWaiting, State: pay.Waiting},
		{Op: opCapture.name, Code: codeWaiting, State: pay.Waiting},
		{Op: opCaptureQuery.name, Code: statusWaiting, State: pay.Waiting},
		{Op: opCaptureQuery.name, Code: statusSuccess, State: pay.Paid},
		{Op: opCaptureQuery.name, Code: statusFinished, State: pay.Paid},
		{Op: opCaptureQuery.name, Code: statusClosed, State: pay.Declined},
	}
	for _, op := range []string{opHold.name, opHoldQuery.name} {
		cases = append(cases,
			pay.Case{Op: op, Code: stateCode(freezing, operationInit), State: pay.Waiting},
			pay.Case{Op: op, Code: stateCode(freezing, operationSuccess), State: pay.Paid},
			pay.Case{Op: op, Code: stateCode(freezing, operationClosed), State: pay.Declined})
	}
	for _, op := range []string{opRelease.name, opReleaseQuery.name} {
		cases = append(cases,
			pay.Case{Op: op, Code: stateCode(unfreezes, operationInit), State: pay.Waiting},
			pay.Case{Op: op, Code: stateCode(unfreezes, operationSuccess), State: pay.Returned},
			pay.Case{Op: op, Code: stateCode(unfreezes, operationClosed), State: pay.Declined})
	}
	return cases
}

// stateCode is the state of an operation as Result.Code.
func stateCode(operation, state string) string { return operation + " " + state }
