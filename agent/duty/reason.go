package duty

import (
	"strings"
	"unicode/utf8"

	"tillgate/agent/pay"
	"tillgate/agent/words"
)

// reasonChars is what a slip has room for.
const reasonChars = 40

// reasoned is a reason as it is written down, or why there is none.
func reasoned(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" || utf8.RuneCountInString(text) > reasonChars {
		return "", halt(words.HaltReason)
	}
	return text, kept(text)
}

// kept refuses to write down what nobody should have typed: a payment code, a
// card's number, a key, or a PIN alone.
func kept(text string) error {
	if pay.Private(text) || pay.PIN(text) {
		return halt(words.HaltPrivate)
	}
	return nil
}
