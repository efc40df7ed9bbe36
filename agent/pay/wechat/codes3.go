package wechat

import "tillgate/agent/pay"

// showCodes are the documented error codes of transactions/native
// (pay.weixin.qq.com/docs/merchant/products/native-payment/apilist.html and the
// table of API v3's rules). One that is not here is unknown.
var showCodes = map[string]verdict{
	"SYSTEM_ERROR":       unknown,
	"BANK_ERROR":         unknown,
	"FREQUENCY_LIMITED":  unknown,
	"RATELIMIT_EXCEEDED": unknown,
	"ORDER_PAID":         unknown, // a query tells whose payment it was
	"ORDERPAID":          unknown,
	"OUT_TRADE_NO_USED":  unknown,
	"INVALID_REQUEST":    unknown, // also a number that was used with other data

	"ORDER_NOT_EXIST":       unknown,
	"RESOURCE_NOT_EXISTS":   unknown,
	"NOT_FOUND":             unknown,
	"OPENID_MISMATCH":       unknown,
	"INVALID_TRANSACTIONID": unknown,

	"ORDER_CLOSED": declined,
	"RULE_LIMIT":   declined,
	"TRADE_ERROR":  declined,

	"NO_AUTH":               refused,
	"ACCOUNT_ERROR":         refused,
	"PARAM_ERROR":           refused,
	"SIGN_ERROR":            refused,
	"MCH_NOT_EXISTS":        refused,
	"APPID_MCHID_NOT_MATCH": refused,
}

// closeCodes are those of close (pay.weixin.qq.com/doc/v3/merchant/4012556398).
// ORDER_PAID is the refund's business, which comes next.
var closeCodes = map[string]verdict{
	"ORDER_CLOSED":    {state: pay.Declined},
	"ORDER_NOT_EXIST": notFound,
	"ORDERNOTEXIST":   notFound,

	"SYSTEM_ERROR":       unknown,
	"BANK_ERROR":         unknown,
	"FREQUENCY_LIMITED":  unknown,
	"RATELIMIT_EXCEEDED": unknown,
	"INVALID_REQUEST":    unknown, // older pages: not within 5 minutes of its creation
	"USERPAYING":         unknown,
	"ORDER_PAID":         unknown,
	"ORDERPAID":          unknown,

	"NO_AUTH":               stuck,
	"PARAM_ERROR":           stuck,
	"SIGN_ERROR":            stuck,
	"MCH_NOT_EXISTS":        stuck,
	"APPID_MCHID_NOT_MATCH": stuck,
}

// shownStates are the states of a shown order that need no further look
// (transactions/out-trade-no). SUCCESS and REFUND are judged with the amount,
// the merchant and the refund.
var shownStates = map[string]verdict{
	"NOTPAY":     {state: pay.Waiting},
	"USERPAYING": waiting,
	"ACCEPT":     unknown,
	"PAYERROR":   unknown,
	"REVOKED":    declined,
	"CLOSED":     declined,
}
