package wechat

import "tillgate/agent/pay"

// refundCodes are the documented error codes of refunds: of API v3
// (pay.weixin.qq.com/doc/v3/merchant/4012556457) and of API v2 (wiki/doc/api/micropay.php
// chapter 9_4), which spell some in two ways and mean the same by those that they
// share. What a person can put right leaves the number alive, for it is sent
// again. Declined and Mismatch count after a look. One that is not here is unknown.
var refundCodes = map[string]verdict{
	"SYSTEM_ERROR":         unknown,
	"BANK_ERROR":           unknown,
	"FREQUENCY_LIMITED":    unknown, // both; of orders of more than a month there may be few in a minute
	"RATELIMIT_EXCEEDED":   unknown,
	"SYSTEMERROR":          unknown,
	"BIZERR_NEED_RETRY":    unknown,
	"INVALID_REQ_TOO_MUCH": unknown, // blocked for a minute
	"ORDER_NOT_READY":      unknown, // the payment is still being worked on

	"REFUND_FEE_MISMATCH": {state: pay.Mismatch}, // the number with other amounts

	"INVALID_REQUEST":       declined, // more than is left, too old
	"USER_ACCOUNT_ABNORMAL": declined, // the payer's account is closed
	"TRADE_OVERDUE":         declined, // more than a year ago
	"ERROR":                 declined, // its words say why

	"NOT_ENOUGH":          stuck, // the merchant's balance
	"NOTENOUGH":           stuck,
	"RESOURCE_NOT_EXISTS": stuck, // no such payment, after we were told of one
	"ORDERNOTEXIST":       stuck,
	"NO_AUTH":             stuck, // a provider without the sub-merchant's grant
	"NOAUTH":              stuck, // the same, or an address that is not on the merchant's list
	"CERT_ERROR":          stuck, // the client certificate is wrong, too old or revoked

	"PARAM_ERROR":           stuck,
	"SIGN_ERROR":            stuck,
	"MCH_NOT_EXISTS":        stuck,
	"APPID_MCHID_NOT_MATCH": stuck,
	"INVALID_TRANSACTIONID": stuck,
	"APPID_NOT_EXIST":       stuck,
	"MCHID_NOT_EXIST":       stuck,
	"SIGNERROR":             stuck,
	"XML_FORMAT_ERROR":      stuck,
	"REQUIRE_POST_METHOD":   stuck,
}

// refundLookCodes are those of queries of refunds, of both: not found is what
// the network says of a refund that it has not taken on.
var refundLookCodes = map[string]verdict{
	"RESOURCE_NOT_EXISTS": notFound,
	"REFUNDNOTEXIST":      notFound,
	"SYSTEM_ERROR":        unknown,
	"SYSTEMERROR":         unknown,
	"BANK_ERROR":          unknown,
	"FREQUENCY_LIMITED":   unknown,
	"RATELIMIT_EXCEEDED":  unknown,
	"INVALID_REQUEST":     unknown,
	"NO_AUTH":             unknown,
	"PARAM_ERROR":         unknown,
	"SIGN_ERROR":          unknown,
	"MCH_NOT_EXISTS":      unknown,
}

// refundStates are the states of a refund, in the words of API v3 (the refund
// page) and of API v2 (refundquery).
var refundStates = map[string]verdict{
	"SUCCESS":    {state: pay.Returned},
	"PROCESSING": {state: pay.Waiting},

	"CLOSED":      {state: pay.Declined}, // it was not carried out, and this number never will be
	"REFUNDCLOSE": {state: pay.Declined},

	"ABNORMAL": stuck, // the money has come back from the payer's bank: to be paid out at the merchant platform
	"CHANGE":   stuck,
}
