package unionpay

import "tillgate/agent/pay"

// verdict is what a code of a believed reply proves.
type verdict struct {
	state    pay.State
	notFound bool
	fault    bool // a person has to act: no other code, and no repeat, will help
	tell     bool // the network's words are for the payer
}

// The verdicts. What could mean that money moved is unknown.
var (
	unknown  = verdict{state: pay.Unknown}
	waiting  = verdict{state: pay.Waiting}
	declined = verdict{state: pay.Declined, tell: true}
	over     = verdict{state: pay.Declined} // without anything to say to the payer
	refused  = verdict{state: pay.Declined, fault: true}
	stuck    = verdict{state: pay.Unknown, fault: true}
	missing  = verdict{state: pay.Unknown, notFound: true}
)

// meaning is what an errCode proves as the answer to each call. Scanned and
// shown codes share them: the gateway's and POS通's are never netpay's.
type meaning struct {
	charge, query, undo, show, refund, refundQuery verdict
}

// The meanings. That a refusal of a charge or refund is final is looked at before
// it is passed on.
var (
	// open says nothing of the money.
	open = meaning{}
	// refusal is a no to this payer or this amount, and nothing was done.
	refusal = meaning{charge: declined, show: declined, refund: declined}
	// setUp is a no to us: the key, the numbers or the program are wrong.
	setUp = meaning{charge: refused, undo: stuck, show: refused, refund: stuck, refundQuery: stuck}
	// barred is a no which may mean that it was done before: closed, or paid already.
	// Of a refund that is not there after it, nothing has come.
	barred = meaning{refund: declined}
	// absent is for an original that the network does not have. To give back what
	// was paid and is not there takes a person.
	absent = meaning{query: missing, undo: missing, refund: stuck, refundQuery: missing}
)

// The codes with a meaning of their own in the judges.
const (
	codeDone       = "00"      // POS通
	codeSuccess    = "SUCCESS" // netpay: read the status
	codeTwice      = "94"
	codeTwiceBill  = "DUP_ORDER"
	codeFillIn     = "INVALID_ORDER"
	codeNotCrossed = "NO_CROSS_DAY_TRADING"
	codeNoKey      = "1000"
	codeNoRight    = "1001"
	codeNoTime     = "ABNORMAL_REQUEST_TIME"
)

// codes are the documented errCodes: those of POS通 (page kXOZy68D) and of netpay
// (5.2), and those that the gateway gives to both. One that is not here proves
// nothing, except as unlisted says.
var codes = map[string]meaning{
	"0000":      open, // accepted by the gateway, result open
	codeSuccess: open, // the same from POS通; netpay's is judged by its status
	"9999":      open,
	"96":        open,
	"92":        open,
	"ER":        open, // "query before calling it failed"
	"FF":        open, // not found or not known, which of the two is not said
	codeTwice:   open,

	codeNoKey:   setUp,
	codeNoRight: setUp,
	"9001":      setUp,
	"03":        setUp,
	"97":        setUp,
	"30":        setUp,
	"57":        setUp,
	"A7":        setUp,

	"13": refusal,
	"61": refusal,
	"64": refusal,

	"22": absent,
	"25": absent,

	"TIMEOUT":               open,
	"NET_ERROR":             open,
	"INTERNAL_ERROR":        open,
	"TXN_DISCARDED":         open,
	"INVALID_RESPONSE":      open,
	"ORDER_PROCESSING":      open, // locked by the operation before, for a minute
	codeTwiceBill:           open,
	codeFillIn:              open,
	"OPERATION_NOT_ALLOWED": barred,
	codeNotCrossed:          open,
	"9200":                  open,

	"NO_ORDER": absent,

	"TARGET_FAIL": refusal,

	codeNoTime:               setUp, // our clock, or its zone
	"BAD_REQUEST":            setUp,
	"NO_SERVICE":             setUp,
	"BAD_SIGN":               setUp,
	"INVALID_MSGSRC":         setUp,
	"NO_MERCHANT":            setUp,
	"INACTIVE_MERCHANT":      setUp,
	"INVLID_MERCHANT_CONFIG": setUp, // spelt so by the network
	"DENIED_IP":              setUp,
}

// unlisted tells whether a code may be one of POS通's many refusals that are not
// in its table: "other: declined, query once, then failed" (page kXOZy68D). They
// have two characters, as all of the card networks' have; the gateway's do not.
func unlisted(code string) bool {
	_, known := codes[code]
	return !known && !late[code] && code != codeDone && letters(code, 2)
}

// neverVoided tells whether the refusal of a void will be the same tomorrow: not
// one that leaves it open, and not one of our set-up, which a person puts right.
// No document tells the code of a wallet without voids, so any other may be it.
func neverVoided(code string) bool {
	m := codes[code]
	return unlisted(code) || m == refusal || m == barred
}

// late are the card networks' codes (ISO 8583, field 39) for an answer that is
// missing, in progress or too late. No table of POS通's has them, and the money
// may be about to move.
var late = map[string]bool{"06": true, "09": true, "68": true, "90": true, "91": true, "98": true}

// The words of queryResCode (page P81GPdzq) with a meaning of their own in the
// judges: paid, voided, and given back at least in part.
const (
	resPaid     = "0"
	resVoided   = "2"
	resRefunded = "3"
	resFailed   = "5" // what follows it is text
)

// resCodes are the other queryResCodes.
var resCodes = map[string]verdict{
	"1":       unknown, // timed out: "keep polling; at the end void"
	resVoided: over,
	"4":       over, // reversed
	resFailed: declined,
	"FF":      unknown,
	"22":      missing, // 4.5 names the two beside FF
	"25":      missing,
}

// billStates are the states of a bill in the words of both editions (pages je24KjzL and m32QOBX0)
// that need no further look. Paid and refunded ones are judged with the amount,
// and an unknown word keeps polling.
var billStates = map[string]verdict{
	"UNPAID":         waiting,
	"NEW_ORDER":      waiting,
	"WAIT_BUYER_PAY": waiting,
	"CLOSED":         over,
	"TRADE_CLOSED":   over,
	"UNKNOWN":        unknown,
}

// paidStates and refundedStates are the words for those.
var (
	paidStates     = map[string]bool{"PAID": true, "TRADE_SUCCESS": true}
	refundedStates = map[string]bool{"REFUND": true, "TRADE_REFUND": true}
)

// refundStates are those of a refund of a bill (pages je24KjzL and m32QOBX0): errCode SUCCESS alone
// is not refunded. A repeat with the same number returns the first one, so FAIL
// is the end of the number. UNKNOWN is not "on its way": the network itself does
// not know, and a person should ask it while we do.
var refundStates = map[string]verdict{
	"SUCCESS":    {state: pay.Returned},
	"FAIL":       declined,
	"PROCESSING": waiting,
	"UNKNOWN":    stuck,
}
