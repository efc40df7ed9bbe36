package pay

import (
	"strings"
	"unicode"
)

// Kind is what a scanned or typed text is.
type Kind uint8

// The kinds of texts.
const (
	Rubbish      Kind = iota
	WeChatCode        // payment code: 18 digits, 10 to 15 first (WeChat Pay code payment, auth_code)
	AlipayCode        // payment code: 16 to 24 digits, 25 to 30 first (alipay.trade.pay, auth_code)
	UnionPayCode      // payment code: 19 digits, 62 first; unconfirmed by a public document
	ECNYCode          // digital yuan: 19 digits, 01 first; unconfirmed by a public document
	OwnNumber         // the barcode of one of our slips
	ShopBarcode       // a product's EAN-13
	Collection        // a code that is paid by scanning it with a phone: it cannot be charged
)

var kindNames = [...]string{"rubbish", "wechat", "alipay", "unionpay", "ecny", "own number", "shop barcode", "collection"}

// String is the kind's name in English.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "rubbish"
}

// scanCharsMax is more than any payment code or collection link has.
const scanCharsMax = 1024

// collections are how codes begin that a phone scans to pay: links, the
// wallets' own schemes, and EMVCo merchant-presented codes (payload format 01).
var collections = []string{"http://", "https://", "weixin://", "wxp://", "alipay://", "alipays://", "alipayqr://", "upwallet://", "000201"}

// Classify tells what a text is and answers it without blanks: people read
// their codes aloud in groups, and Chinese keyboards type full-width digits.
// The predicate own, which may be nil, is asked first: a slip's barcode of 24
// digits could pass for an Alipay code.
func Classify(text string, own func(text string) bool) (Kind, string) {
	text = compact(text)
	switch {
	case text == "" || len(text) > scanCharsMax:
		return Rubbish, ""
	case own != nil && own(text):
		return OwnNumber, text
	}
	for _, begin := range collections {
		if len(text) > len(begin) && strings.EqualFold(text[:len(begin)], begin) && (begin[0] != '0' || len(text) > 24) {
			return Collection, text
		}
	}
	if strings.Trim(text, "0123456789") != "" {
		return Rubbish, text
	}
	return digitsKind(text), text
}

func digitsKind(code string) Kind {
	if len(code) == 13 {
		return ShopBarcode
	}
	if len(code) < 16 {
		return Rubbish
	}
	switch head, n := code[:2], len(code); {
	case n == 18 && head >= "10" && head <= "15":
		return WeChatCode
	case n <= 24 && head >= "25" && head <= "30":
		return AlipayCode
	case n == 19 && head == "62":
		return UnionPayCode
	case n == 19 && head == "01":
		return ECNYCode
	}
	return Rubbish
}

// compact drops blanks and what cannot be seen, and narrows full-width digits.
func compact(text string) string {
	if len(text) > 4*scanCharsMax {
		return ""
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return r
	}, text)
}
