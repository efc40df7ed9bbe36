package unionpay

import (
	"strings"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// claim is a success as a reply tells it, in the words of its call.
type claim struct {
	sum, settled money.Fen
	named, whole bool   // the sum is there; and what else is there can be read
	network      string // the network's number
	wallet       string
	paidAt       time.Time // zero: not said, or in a form that is not documented
	currency     string
}

// claimOf reads the amounts of a success: what was asked for, and what of it the
// merchant gets, which is all where nothing else is said.
func claimOf(asked object, sum string, got object, settled ...string) claim {
	c := claim{currency: asked.text("transactionCurrencyCode")}
	total, given, good := asked.fen(sum)
	c.sum, c.settled, c.named, c.whole = total, total, given && good, given && good
	for _, name := range settled {
		part, given, good := got.fen(name)
		c.whole = c.whole && good
		if given {
			c.settled = part
			break
		}
	}
	c.whole = c.whole && c.settled >= 0 && c.settled <= c.sum
	return c
}

// success judges a believed success: everything that makes it ours has to be
// there, and to be ours.
func (r reply) success(c claim, a pay.Attempt) pay.Result {
	result := r.result
	result.State, result.Detail = pay.Mismatch, r.words
	result.Amount, result.Settled, result.PaidAt = c.sum, c.settled, c.paidAt
	result.Network, result.Wallet = pay.Cut(c.network, networkBytesMax), c.wallet
	switch {
	case r.otherMerchant:
		result.Code = pay.CodeMerchant
	case !c.paidAt.IsZero() && !a.Asked.IsZero() && c.paidAt.Before(a.Asked.Add(-pay.EarlyMax)):
		result.Code = pay.CodePayTime
	case c.named && c.sum != a.Amount:
		result.Code = pay.CodeAmount
	case c.currency != "" && c.currency != currencyCNY:
		result.Code = pay.CodeCurrency
	case !c.whole || result.Network == "":
		result.State, result.Code = pay.Unknown, pay.CodeIncomplete
	default:
		result.State, result.Detail = pay.Paid, ""
	}
	return result
}

// touched is a success of which somebody has given something back, while nobody
// here wanted that.
func (r reply) touched(c claim, a pay.Attempt, code string) pay.Result {
	result := r.success(c, a)
	result.State, result.Code = pay.Mismatch, code
	return result
}

// wallets are whose money it was, in the words of targetSys and chnlType
// (pages kXOZy68D, je24KjzL and m32QOBX0). QMF is ChinaUMS' own.
var wallets = map[string]string{
	"wxpay":      "wechat",
	"alipay":     "alipay",
	"alipay 2.0": "alipay",
	"unionpay":   "unionpay",
	"uac":        "unionpay",
	"acp":        "unionpay",
}

func wallet(text string) string { return wallets[strings.ToLower(strings.TrimSpace(text))] }
