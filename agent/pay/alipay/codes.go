package alipay

import (
	"maps"
	"strings"

	"tillgate/agent/pay"
)

// verdict is what a code of a verified reply proves.
type verdict struct {
	state    pay.State
	notFound bool
	fault    bool // a person has to look
	tell     bool // the network's words are for the payer
	look     bool // not before a query has been heard as well
}

// The verdicts. What could mean that money moved is unknown.
var (
	unknown   = verdict{}
	waiting   = verdict{state: pay.Waiting, tell: true}
	declined  = verdict{state: pay.Declined, tell: true}
	failed    = verdict{state: pay.Declined, tell: true, look: true} // an order may be left open
	refused   = verdict{state: pay.Declined, fault: true}            // our set-up: no other code will help
	stuck     = verdict{fault: true}                                 // it goes no further until a person acts
	notFound  = verdict{notFound: true}
	lookFirst = verdict{look: true} // the state of the order decides
)

// The gateway's codes (page common/02km9f).
const (
	codeDone     = "10000"
	codeWaiting  = "10003"
	codeBusiness = "40004" // sub_code decides
)

// gateway are the codes of replies that are neither done, waiting nor about
// business, with their documented sub-codes. Those of our set-up have done
// nothing; the others say nothing. A code that is not here says nothing either.
var gateway = map[string]struct {
	setUp bool
	subs  []string
}{
	"20000": {false, []string{"isp.unknow-error", "aop.unknow-error"}}, // spelt so by the network
	"40005": {false, []string{"isv.app-call-limited", "isv.method-call-limited"}},

	"20001": {true, []string{"aop.invalid-auth-token", "aop.invalid-app-auth-token", "aop.app-auth-token-time-out", "aop.invalid-app-auth-token-no-api", "aop.no-product-reg-by-partner"}},
	"40001": {true, []string{"isv.missing-*"}},
	"40002": {true, []string{"isv.invalid-*", "isv.invalid-signature", "isv.invalid-app-id", subTimestamp, "isv.invalid-encrypt"}},
	"40003": {true, []string{"isv.missing-signature-config", "isv.invalid-auth-relations"}},
	"40006": {true, []string{"isv.insufficient-isv-permissions"}},
}

// subTimestamp is for a request whose stamp is not of now.
const subTimestamp = "isv.invalid-timestamp"

// operation is a kind of call with what its refusals prove.
type operation struct {
	name   string             // in pay.Case
	prefix string             // of its sub-codes, as its page writes them
	setUp  verdict            // what the gateway says of our set-up
	codes  map[string]verdict // of business
	other  verdict            // of business, in no table
}

// acquiring is the prefix of the sub-codes of trades; those of deposits have none.
const acquiring = "ACQ."

var (
	opCharge      = operation{name: "charge", prefix: acquiring, setUp: refused, codes: chargeCodes}
	opShow        = operation{name: "show", prefix: acquiring, setUp: refused, codes: showCodes}
	opQuery       = operation{name: "query", prefix: acquiring, codes: queryCodes}
	opCancel      = operation{name: "undo", prefix: acquiring, setUp: stuck, codes: cancelCodes}
	opClose       = operation{name: "undo", prefix: acquiring, setUp: stuck, codes: closeCodes, other: lookFirst}
	opRefund      = operation{name: "refund", prefix: acquiring, setUp: stuck, codes: refundCodes}
	opRefundQuery = operation{name: "refund-query", prefix: acquiring, setUp: stuck, codes: refundQueryCodes}
)

// verdict is what a refusal of this kind of call proves.
func (o operation) verdict(code, sub string) verdict {
	if code != codeBusiness {
		if gateway[code].setUp {
			return o.setUp
		}
		return unknown
	}
	name := plainCode(sub)
	if v, known := o.codes[name]; known {
		return v
	}
	for family, v := range o.codes {
		if begin, ok := strings.CutSuffix(family, "*"); ok && strings.HasPrefix(name, begin) {
			return v
		}
	}
	return o.other
}

// plainCode is a sub-code as the tables have it: without what stands before its
// last dot, of which there are several spellings ("ACQ.", "AQC.", none), and in
// capitals (page common/02km9f).
func plainCode(sub string) string {
	return strings.ToUpper(sub[strings.LastIndexByte(sub, '.')+1:])
}

// The tables that follow are of pages 02ekfp to 02ekft. A code that is not there
// is unknown. A star stands for the rest of a name.

// chargeCodes are those of alipay.trade.pay.
var chargeCodes = map[string]verdict{
	"SYSTEM_ERROR":                 unknown,
	"TRADE_HAS_SUCCESS":            unknown, // a query tells whose payment it was
	"CONTEXT_INCONSISTENT":         unknown, // the number was used with other data
	"TRADE_BUYER_NOT_MATCH":        unknown, // by somebody else: likewise
	"APPLY_PC_MERCHANT_CODE_ERROR": unknown, // there is a code of this number somewhere

	"PAYMENT_AUTH_CODE_INVALID":              declined,
	"SOUNDWAVE_PARSER_FAIL":                  declined,
	"PULL_MOBILE_CASHIER_FAIL":               declined,
	"PAYMENT_FAIL":                           failed,
	"TRADE_HAS_CLOSE":                        failed,
	"BUYER_BALANCE_NOT_ENOUGH":               declined,
	"BUYER_BANKCARD_BALANCE_NOT_ENOUGH":      declined,
	"NO_PAYMENT_INSTRUMENTS_AVAILABLE":       declined,
	"ERROR_BALANCE_PAYMENT_DISABLE":          declined,
	"USER_FACE_PAYMENT_SWITCH_OFF":           declined,
	"MOBILE_PAYMENT_SWITCH_OFF":              declined,
	"BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR":   declined,
	"BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR": declined,
	"PAYMENT_REQUEST_HAS_RISK":               declined,
	"BUYER_ENABLE_STATUS_FORBID":             declined,
	"ERROR_BUYER_CERTIFY_LEVEL_LIMIT":        declined,
	"NOT_CERTIFIED_USER":                     declined,
	"BUYER_SELLER_EQUAL":                     declined,

	// Limits of the merchant's.
	"BEYOND_PAY_RESTRICTION":         refused,
	"BEYOND_PER_RECEIPT_RESTRICTION": refused,
	"BEYOND_PER_RECEIPT_*":           refused,
	"MERCHANT_PERM_RECEIPT_*":        refused,
	// What we say of the order.
	"TOTAL_FEE_EXCEED":                 refused,
	"INVALID_PARAMETER":                refused,
	"EXIST_FORBIDDEN_WORD":             refused,
	"SUB_GOODS_SIZE_MAX_COUNT":         refused,
	"INVALID_STORE_ID":                 refused,
	"NOW_TIME_AFTER_EXPIRE_TIME_ERROR": refused,
	"RISK_MERCHANT_IP_NOT_EXIST":       refused,
	// The contract.
	"ACCESS_FORBIDDEN":             refused,
	"PARTNER_ERROR":                refused,
	"MERCHANT_AGREEMENT_NOT_EXIST": refused,
	"MERCHANT_AGREEMENT_INVALID":   refused,
	"AGREEMENT_*":                  refused,
	"SELLER_BEEN_BLOCKED":          refused,
	"MERCHANT_STATUS_NOT_NORMAL":   refused,
}

// showCodes are those of alipay.trade.precreate: the same, but nobody looks at
// the order before a refusal is passed on.
var showCodes = func() map[string]verdict {
	codes := maps.Clone(chargeCodes)
	codes["PAYMENT_FAIL"] = unknown
	codes["TRADE_HAS_CLOSE"] = declined
	return codes
}()

// queryCodes are those of alipay.trade.query: none says what became of a charge.
var queryCodes = map[string]verdict{
	"TRADE_NOT_EXIST":   notFound,
	"SYSTEM_ERROR":      unknown,
	"INVALID_PARAMETER": unknown,
}

// cancelCodes are those of alipay.trade.cancel. None says that the money is back.
var cancelCodes = map[string]verdict{
	"TRADE_NOT_EXIST":             notFound,
	"SYSTEM_ERROR":                unknown,
	"TRADE_CANCEL_TIME_OUT":       lookFirst, // more than 24 h: a refund helps
	"CANCEL_NOT_ALLOWED":          lookFirst,
	"TRADE_HAS_FINISHED":          lookFirst,
	"REASON_TRADE_REFUND_FEE_ERR": lookFirst, // some or all of it has gone back
	"SELLER_BALANCE_NOT_ENOUGH":   stuck,
}

// closeCodes are those of alipay.trade.close. Whatever else it complains about,
// the order's state decides (pages 02ekfq and 02ekfr).
var closeCodes = map[string]verdict{
	"TRADE_NOT_EXIST": notFound, // nobody has scanned it
	"SYSTEM_ERROR":    unknown,
}

// refundCodes are those of alipay.trade.refund. A final no is believed only
// when the refund is not there: an earlier request may have carried it out.
var refundCodes = map[string]verdict{
	"SYSTEM_ERROR":              unknown,
	"REFUND_CHARGE_ERROR":       unknown,
	"SELLER_BALANCE_NOT_ENOUGH": stuck,

	"DISCORDANT_REPEAT_REQUEST": {state: pay.Mismatch}, // the number went with another amount

	"REFUND_AMT_NOT_EQUAL_TOTAL":            failed,
	"REASON_TRADE_REFUND_FEE_ERR":           failed,
	"NOT_ALLOW_PARTIAL_REFUND":              failed,
	"TRADE_NOT_ALLOW_REFUND":                failed,
	"TRADE_HAS_FINISHED":                    failed,
	"TRADE_STATUS_ERROR":                    failed,
	"TRADE_HAS_CLOSE":                       failed,
	"BUYER_ERROR":                           failed, // from here on by hand
	"BUYER_NOT_EXIST":                       failed,
	"CUSTOMER_VALIDATE_ERROR":               failed,
	"ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND": failed,
}

// refundQueryCodes are those of alipay.trade.fastpay.refund.query, which its
// page lists under query.
var refundQueryCodes = map[string]verdict{
	"TRADE_NOT_EXIST":   notFound,
	"SYSTEM_ERROR":      unknown,
	"INVALID_PARAMETER": unknown,
}

// The states of a trade (pages 02ekfq and 02ekfr). The two that are paid, and a
// closed one, are judged with the amount, the seller and the time.
const (
	statusWaiting  = "WAIT_BUYER_PAY"
	statusSuccess  = "TRADE_SUCCESS"
	statusFinished = "TRADE_FINISHED"
	statusClosed   = "TRADE_CLOSED"
)
