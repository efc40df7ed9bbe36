package pay

import (
	"strings"
	"time"
)

// What the clients of all networks judge replies by.
const (
	// EarlyMax is how long before our asking a payment may lie: the two clocks may
	// differ a little. More means that the number was somebody's before.
	EarlyMax = 5 * time.Minute
	// ConfirmMax is how long a refused payer waits for the look at the order.
	ConfirmMax = 3 * time.Second
	// LinkBytesMax is more than any link has that a phone can still read from a QR
	// code; WeChat Pay's documents name it.
	LinkBytesMax = 512
)

// Beijing is the time of all networks' stamps; China has one zone and no summer
// time, so no table of zones is needed.
var Beijing = time.FixedZone("Beijing", 8*60*60)

// The words for replies that prove nothing, or that cannot be taken as they are,
// as Result.Code; CodeNumber and CodePayTime are further ones.
const (
	CodeBadReply     = "bad reply"
	CodeBadSignature = "bad signature"
	CodeNoSignature  = "no signature"
	CodeIncomplete   = "incomplete reply"
	CodeMerchant     = "other merchant"
	CodeAmount       = "other amount"
	CodeCurrency     = "other currency"
)

// The words for deposits that cannot be taken as they are, as Result.Code.
const (
	CodeTotals   = "totals differ"
	CodeCaptured = "captured"
	CodeReleased = "released"
)

// NeverFinal is for calls that take no money: that they did not leave says
// nothing about the charge.
func (r Result) NeverFinal() Result {
	r.State = Unknown
	return r
}

// Keeping adds to a deposit that was held what has become of it since, and says
// what that means for one on its way back. Totals that cannot be are a person's.
func (r Result) Keeping(held Held, good bool, a Attempt) Result {
	if !good {
		r.State, r.Code, r.Fault = Unknown, CodeTotals, true
		return r
	}
	r.Held = &held
	switch {
	case !a.Returning:
	case held.Captured > 0: // by whom? not by who is taking it back
		r.State, r.Code = Mismatch, CodeCaptured
	case held.Left == 0:
		r.State, r.Code, r.Returned = Declined, CodeReleased, true
	}
	return r
}

// Plain tells whether a text has only printable ASCII without blanks.
func Plain(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// GoodLink tells whether a text is a link that a phone can open.
func GoodLink(text string) bool {
	return strings.Contains(text, "://") && len(text) <= LinkBytesMax && Plain(text)
}
