package wechat

import "maps"

// The calls of deposits have no tables of their own that we could see (pages 4011986623 and 4011986268): what follows is that of micropay, as page 4011986623 takes
// it, those of the calls that they are like (4.4, 4.5), the errors that merchants
// report (9.6) and those that any call of API v2 may answer. One that is not
// here is unknown.

// holdCodes are those of deposit/micropay.
var holdCodes = micropayCodes

// holdQueryCodes are those of deposit/orderquery.
var holdQueryCodes = map[string]verdict{
	"ORDERNOTEXIST":   notFound,
	"SYSTEMERROR":     unknown,
	"INVALID_REQUEST": unknown,
	"NOAUTH":          unknown,
	"PARAM_ERROR":     unknown,
	"SIGNERROR":       unknown,
}

// moveQueryCodes are the same, of what has to get through.
var moveQueryCodes = except(holdQueryCodes, stuck, "NOAUTH", "PARAM_ERROR", "SIGNERROR")

// holdUndoCodes are those of deposit/reverse. None of them says that nothing is held.
var holdUndoCodes = map[string]verdict{
	"ORDERNOTEXIST": notFound,

	"SYSTEMERROR":     unknown,
	"USERPAYING":      unknown, // too early, or the payer is at the password
	"TRADE_ERROR":     unknown, // consumed, or gone back: the next query tells
	"INVALID_REQUEST": unknown, // also without the sub-merchant's grant (9.6)

	"NOAUTH":                stuck,
	"REVERSE_EXPIRE":        stuck,
	"INVALID_TRANSACTIONID": stuck,
	"SIGNERROR":             stuck,
	"PARAM_ERROR":           stuck,
	"REQUIRE_POST_METHOD":   stuck,
	"CERT_ERROR":            stuck,
}

// releaseCodes are the same, of a deposit that the look before has found.
var releaseCodes = except(holdUndoCodes, stuck, "ORDERNOTEXIST")

// captureCodes are those of deposit/consume. None of them says that nothing was
// consumed, for it has no number: only the deposit does.
var captureCodes = map[string]verdict{
	"SYSTEMERROR":     unknown,
	"TRADE_ERROR":     unknown, // consumed, or gone back
	"INVALID_REQUEST": unknown, // also without the sub-merchant's grant (9.6)

	"ORDERNOTEXIST":         stuck, // no such deposit, after we were told of one
	"INVALID_TRANSACTIONID": stuck,
	"NOAUTH":                stuck,
	"CERT_ERROR":            stuck,
	"SIGNERROR":             stuck,
	"PARAM_ERROR":           stuck,
	"LACK_PARAMS":           stuck,
	"XML_FORMAT_ERROR":      stuck,
	"REQUIRE_POST_METHOD":   stuck,
	"APPID_NOT_EXIST":       stuck,
	"MCHID_NOT_EXIST":       stuck,
	"APPID_MCHID_NOT_MATCH": stuck,
}

// except is a table in which some codes prove something else.
func except(codes map[string]verdict, v verdict, names ...string) map[string]verdict {
	codes = maps.Clone(codes)
	for _, name := range names {
		codes[name] = v
	}
	return codes
}
