package alipay

import (
	"cmp"
	"strings"

	"tillgate/agent/pay"
	"tillgate/store/money"
)

// Limits of texts, in bytes: the fields that we fill (pages 02ekfp, 02ekfs and 02ekft) and the words that we pass on.
const (
	subjectBytesMax  = 256
	noteBytesMax     = 128 // of body
	operatorBytesMax = 28
	terminalBytesMax = 32
	reasonBytesMax   = 256
	networkBytesMax  = 64
	codeBytesMax     = 64
	wordsBytesMax    = 200
	payerBytesMax    = 128
	holdBytesMax     = 100 // of order_title and remark: 100 letters or 50 Chinese ones (page 318/106393)
)

const stampForm = "2006-01-02 15:04:05"

// subject is what the payer reads of a payment.
func subject(title string) string { return cmp.Or(marked(title, subjectBytesMax), "付款") }

// holdTitle is what he reads of a deposit.
func holdTitle(title string) string { return cmp.Or(marked(title, holdBytesMax), "押金") }

// marked cuts a title that has no mark that a signed text or a link is divided by.
func marked(title string, bytesMax int) string {
	return pay.CutBasic(strings.NewReplacer("/", " ", "=", " ", "&", " ").Replace(title), bytesMax)
}

// yuan reads an amount of a reply. It takes the one way in which Alipay writes
// it, with two decimals; what it would have to guess is no amount.
func yuan(text string) (money.Fen, bool) {
	fen, err := money.Parse(text)
	return fen, err == nil && fen.String() == text
}
