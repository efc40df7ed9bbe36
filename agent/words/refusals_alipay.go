package words

import "strings"

// alipayFold brings Alipay's codes into one form, in capitals. What stands before
// the dot of a business code varies, and "AQC." is in its own documents; that of
// a gateway's code tells it from others (alipay.md 4).
func alipayFold(code string) string {
	code = strings.ToUpper(code)
	switch i := strings.LastIndexByte(code, '.'); code[:i+1] {
	case "ISV.", "ISP.", "AOP.":
		return code
	default:
		return code[i+1:]
	}
}

// alipayCodes are Alipay's codes of a charge, a code that we show and a query, of
// deposits too:
// the sub-codes of pay, precreate and query, the codes of the gateway and the
// states of a trade (alipay.md 4, 7, 13).
var alipayCodes = map[string]*meaning{
	"PAYMENT_AUTH_CODE_INVALID":              codeSpent,
	"SOUNDWAVE_PARSER_FAIL":                  codeUnread,
	"PULL_MOBILE_CASHIER_FAIL":               phoneFailed,
	"PAYMENT_FAIL":                           paymentFailed,
	"TRADE_BUYER_NOT_MATCH":                  numberOthers,
	"BUYER_BALANCE_NOT_ENOUGH":               noMoney,
	"BUYER_BANKCARD_BALANCE_NOT_ENOUGH":      noMoneyOnCard,
	"NO_PAYMENT_INSTRUMENTS_AVAILABLE":       noMeans,
	"ERROR_BALANCE_PAYMENT_DISABLE":          balanceOff,
	"USER_FACE_PAYMENT_SWITCH_OFF":           codePayOff,
	"MOBILE_PAYMENT_SWITCH_OFF":              phonePayOff,
	"BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR":   payerLimitDay,
	"BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR": payerLimitMonth,
	"PAYMENT_REQUEST_HAS_RISK":               risky,
	"BUYER_ENABLE_STATUS_FORBID":             accountBarred,
	"ERROR_BUYER_CERTIFY_LEVEL_LIMIT":        notCertified,
	"NOT_CERTIFIED_USER":                     notCertified,
	"BUYER_SELLER_EQUAL":                     ownShop,
	"TRADE_HAS_CLOSE":                        orderClosed,
	"TRADE_CLOSED":                           orderClosed,
	"TRADE_NOT_EXIST":                        neverArrived,
	"40004":                                  notAccepted,

	"BEYOND_PAY_RESTRICTION":              shopLimit,
	"MERCHANT_PERM_RECEIPT_SUSPEND_LIMIT": shopBlocked,
	"SELLER_BEEN_BLOCKED":                 shopBlocked,
	"MERCHANT_STATUS_NOT_NORMAL":          shopIdle,
	"ACCESS_FORBIDDEN":                    noPermission,
	"40006":                               noPermission,
	"20001":                               authExpired,

	"PARTNER_ERROR":                    unknownMerchant,
	"INVALID_PARAMETER":                badRequest,
	"40001":                            badRequest,
	"40002":                            badRequest,
	"40003":                            badSettings,
	"TOTAL_FEE_EXCEED":                 amountWrong,
	"EXIST_FORBIDDEN_WORD":             wordForbidden,
	"SUB_GOODS_SIZE_MAX_COUNT":         badRequest,
	"INVALID_STORE_ID":                 storeWrong,
	"NOW_TIME_AFTER_EXPIRE_TIME_ERROR": clockWrong,
	"RISK_MERCHANT_IP_NOT_EXIST":       addressMissing,

	"10003":                        asksPassword,
	"WAIT_BUYER_PAY":               notPaidYet,
	"20000":                        systemBusy,
	"SYSTEM_ERROR":                 systemBusy,
	"40005":                        tooOften,
	"SYSTEM_RATE_LIMIT":            tooOften,
	"TRADE_HAS_SUCCESS":            saysPaid,
	"CONTEXT_INCONSISTENT":         numberTaken,
	"APPLY_PC_MERCHANT_CODE_ERROR": numberTaken,

	// Of deposits (alipay.md 9).
	"MONEY_NOT_ENOUGH":         noMoney,
	"CLIENT_VERSION_NOT_MATCH": walletTooOld,
	"PAYER_USER_STATUS_LIMIT":  accountBarred,
	"PAYER_NOT_EXIST":          codeInvalid,
	"PAYER_PAYEE_EQUAL":        ownShop,
	"AUTH_ORDER_NOT_EXIST":     neverArrived,
	"AUTH_OPERATION_NOT_EXIST": neverArrived,
	"FREEZE CLOSED":            orderClosed,
	"PAYEE_NOT_EXIST":          unknownMerchant,
	"PAYEE_USER_STATUS_LIMIT":  shopBlocked,
	"HAS_NO_PRIVILEGE":         noPermission,
	"ILLEGAL_ARGUMENT":         badRequest,
	"FREEZE INIT":              asksPassword,
	"UNIQUE_VIOLATION":         numberTaken,
	"ORDER_ALREADY_FINISH":     numberTaken,
	"ORDER_ALREADY_CLOSED":     numberTaken,
	"FREEZE_ALREADY_SUCCESS":   saysHeld,
	"ENTERPRISE_PAY_BIZ_ERROR": systemBusy,
}

// alipayLike are the families of its codes, most of which no page lists in full.
var alipayLike = []likeness{
	{"BEYOND_PER_RECEIPT_", shopLimit},
	{"MERCHANT_PERM_RECEIPT_", shopLimit},
	{"AGREEMENT_", noContract},
	{"SIGNATURE", badSignature},
	{"APP-ID", unknownMerchant},
	{"INVALID-TIMESTAMP", clockWrong},
	{"AUTH-TOKEN", authExpired},
	{"AUTH-RELATIONS", authExpired},
	{"NO-PRODUCT-REG", noPermission},
	{"INSUFFICIENT-", noPermission},
	{"CALL-LIMITED", tooOften},
	{"UNKNOW-ERROR", systemBusy}, // spelt so by the network
	{"ISV.", badRequest},
}

// alipayBacks are its codes of cancel, close and refund (alipay.md 7, 8, 13).
var alipayBacks = map[string]*meaning{
	"SYSTEM_ERROR":                          backBusy,
	"20000":                                 backBusy,
	"REFUND_CHARGE_ERROR":                   backBusy,
	"40005":                                 backTooOften,
	"TRADE_NOT_EXIST":                       backUnknown,
	"TRADE_CANCEL_TIME_OUT":                 undoTooLate,
	"CANCEL_NOT_ALLOWED":                    backForbidden,
	"REASON_TRADE_STATUS_INVALID":           backForbidden,
	"TRADE_STATUS_ERROR":                    backForbidden,
	"TRADE_HAS_FINISHED":                    refundTooLate,
	"TRADE_HAS_CLOSE":                       backClosed,
	"TRADE_CLOSED":                          backClosed,
	"TRADE_NOT_ALLOW_REFUND":                notRefundable,
	"SELLER_BALANCE_NOT_ENOUGH":             shopMoney,
	"DISCORDANT_REPEAT_REQUEST":             backOtherAmount,
	"REASON_TRADE_REFUND_FEE_ERR":           overCeiling,
	"REFUND_AMT_NOT_EQUAL_TOTAL":            overCeiling,
	"NOT_ALLOW_PARTIAL_REFUND":              onlyWhole,
	"BUYER_ERROR":                           payerGone,
	"BUYER_NOT_EXIST":                       payerGone,
	"CUSTOMER_VALIDATE_ERROR":               payerGone,
	"ONLINE_TRADE_VOUCHER_NOT_ALLOW_REFUND": voucherStays,
	"REFUND_SUCCESS":                        refundDone,
	"REFUND_PROCESSING":                     refundUnderWay,
}
