package wechat

import (
	"maps"

	"tillgate/agent/pay"
)

// verdict is what an error code of a verified reply proves.
type verdict struct {
	state    pay.State
	notFound bool
	fault    bool // our set-up was refused: no other code will help
	tell     bool // the network's words are for the payer
}

// The verdicts. What could mean that money moved is unknown.
var (
	unknown  = verdict{state: pay.Unknown}
	waiting  = verdict{state: pay.Waiting, tell: true}
	declined = verdict{state: pay.Declined, tell: true}
	refused  = verdict{state: pay.Declined, fault: true}
	notFound = verdict{state: pay.Unknown, notFound: true}

	// stuck is for an undo or a refund that will not get through however often it is
	// sent: a person has to do something at the network, or with our set-up.
	stuck = verdict{state: pay.Unknown, fault: true}
)

// micropayCodes are the documented error codes of micropay
// (pay.weixin.qq.com/doc/v2/merchant/4011937125 and /doc/v2/partner/4011941293). A
// code that is not here is unknown.
var micropayCodes = map[string]verdict{
	"SYSTEMERROR":       unknown,
	"BANKERROR":         unknown,
	"ORDERPAID":         unknown, // a query tells whose payment it was
	"OUT_TRADE_NO_USED": unknown,
	"INVALID_REQUEST":   unknown, // also "201 商户订单号重复": the number may have been charged

	"USERPAYING": waiting,

	"AUTHCODEEXPIRE":    declined,
	"AUTH_CODE_ERROR":   declined,
	"AUTH_CODE_INVALID": declined,
	"NOTENOUGH":         declined,
	"NOTSUPORTCARD":     declined, // spelt so by the network
	"BUYER_MISMATCH":    declined,
	"TRADE_ERROR":       declined,
	"RULELIMIT":         declined,
	"ORDERREVERSED":     declined,
	"ORDERCLOSED":       declined,

	"NOAUTH":                refused,
	"PARAM_ERROR":           refused,
	"LACK_PARAMS":           refused,
	"XML_FORMAT_ERROR":      refused,
	"NOT_UTF8":              refused,
	"POST_DATA_EMPTY":       refused,
	"REQUIRE_POST_METHOD":   refused,
	"SIGNERROR":             refused,
	"APPID_NOT_EXIST":       refused,
	"MCHID_NOT_EXIST":       refused,
	"APPID_MCHID_NOT_MATCH": refused,
}

// codepayCodes are those of codepay (docs/merchant/apis/code-payment-v3/direct/code-pay.html
// and the table of API v3's rules), which spells some in another way: its page
// lists four, the others, micropay's too, are said to come and to mean the same.
var codepayCodes = map[string]verdict{
	"SYSTEM_ERROR":          unknown,
	"BANK_ERROR":            unknown,
	"FREQUENCY_LIMITED":     unknown,
	"RATELIMIT_EXCEEDED":    unknown,
	"ORDER_PAID":            unknown,
	"ORDER_NOT_EXIST":       unknown,
	"RESOURCE_NOT_EXISTS":   unknown,
	"NOT_FOUND":             unknown,
	"OPENID_MISMATCH":       unknown,
	"INVALID_TRANSACTIONID": unknown,

	"USER_PAYING": waiting,

	"AUTH_CODE_EXPIRED": declined,
	"NOT_ENOUGH":        declined,
	"RULE_LIMIT":        declined,
	"ORDER_CLOSED":      declined,

	"NO_AUTH":        refused,
	"ACCOUNT_ERROR":  refused, // the merchant's account is blocked (page 4012525171: stop, alarm)
	"SIGN_ERROR":     refused,
	"MCH_NOT_EXISTS": refused,
}

// chargeCodes are those of a charge, over either.
var chargeCodes = func() map[string]verdict {
	codes := maps.Clone(micropayCodes)
	maps.Copy(codes, codepayCodes)
	return codes
}()

// queryCodes are the documented error codes of orderquery
// (pay.weixin.qq.com/wiki/doc/api/micropay.php?chapter=9_2) and of API v3's
// transactions/out-trade-no. None of them says what became of an order.
var queryCodes = map[string]verdict{
	"ORDERNOTEXIST":   notFound, // also in older pages of API v3
	"ORDER_NOT_EXIST": notFound,

	"SYSTEMERROR":           unknown,
	"SYSTEM_ERROR":          unknown,
	"BANK_ERROR":            unknown,
	"FREQUENCY_LIMITED":     unknown,
	"RATELIMIT_EXCEEDED":    unknown,
	"RESOURCE_NOT_EXISTS":   unknown,
	"NOT_FOUND":             unknown,
	"INVALID_REQUEST":       unknown,
	"INVALID_TRANSACTIONID": unknown,
	"NO_AUTH":               unknown,
	"PARAM_ERROR":           unknown,
	"SIGN_ERROR":            unknown,
	"MCH_NOT_EXISTS":        unknown,
	"APPID_MCHID_NOT_MATCH": unknown,
}

// undoCodes are the documented error codes of reverse
// (pay.weixin.qq.com/doc/v2/merchant/4011937361 and older tables; API v3's
// …/reverse). None of them says that the money is back.
var undoCodes = map[string]verdict{
	"ORDERNOTEXIST":   notFound,
	"ORDER_NOT_EXIST": notFound,

	"SYSTEMERROR":        unknown,
	"SYSTEM_ERROR":       unknown,
	"BANK_ERROR":         unknown,
	"FREQUENCY_LIMITED":  unknown,
	"RATELIMIT_EXCEEDED": unknown,
	"USERPAYING":         unknown, // "正在支付中，不能撤销"
	"TRADE_ERROR":        unknown,
	"INVALID_REQUEST":    unknown,

	"REVERSE_EXPIRE":        stuck, // more than 7 days: only a refund helps
	"INVALID_TRANSACTIONID": stuck,
	"SIGNERROR":             stuck,
	"PARAM_ERROR":           stuck,
	"REQUIRE_POST_METHOD":   stuck,
	"CERT_ERROR":            stuck,
	"NO_AUTH":               stuck,
	"SIGN_ERROR":            stuck,
	"MCH_NOT_EXISTS":        stuck,
	"APPID_MCHID_NOT_MATCH": stuck,
}

// stateAccept is a charge that has been taken on: the money is about to move.
const stateAccept = "ACCEPT"

// tradeStates are the states of orderquery that need no further look
// (the same page). SUCCESS and REFUND are judged with the amount and the merchant.
// Only USERPAYING says that the payer has been asked.
var tradeStates = map[string]verdict{
	"USERPAYING": waiting,
	"NOTPAY":     unknown,
	stateAccept:  unknown,
	"PAYERROR":   unknown, // failed, and to be reversed before it is over
	"REVOKED":    declined,
	"CLOSED":     declined,
}
