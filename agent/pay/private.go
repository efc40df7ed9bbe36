package pay

import (
	"strings"
	"unicode"
)

// A card's number has 13 to 19 digits, the last of which checks the others
// (ISO/IEC 7812-1, annex B), and none for payment begins with another digit than
// cardFirst has, but Mastercard's from 2221 to 2720.
const (
	cardDigitsMin = 13
	cardDigitsMax = 19
	cardFirst     = "3456"
)

// secretMarks stand in texts that nobody should have typed: a supervisor's key and
// a one-time link.
var secretMarks = []string{"TGK1-", "/activate/"}

// Private tells whether a text has what is never kept, logged or shown: a payment
// code, a card's number, also with blanks or dashes between its digits, a
// supervisor's key or a one-time link. A number of ours or of a network is none.
func Private(text string) bool {
	for _, mark := range secretMarks {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return Redact(text) != text || hasCard(text)
}

func hasCard(text string) bool {
	runs := digitRuns(text)
	for i := range runs {
		digits := ""
		for j := i; j < len(runs); j++ {
			if j > i && strings.ContainsFunc(text[runs[j-1].end:runs[j].start], separates) {
				break
			}
			if digits += western(text[runs[j].start:runs[j].end]); len(digits) > cardDigitsMax {
				break
			}
			if isCard(digits) {
				return true
			}
		}
	}
	return false
}

// western is a run of digits of any script in those of ASCII.
func western(digits string) string {
	return strings.Map(func(r rune) rune {
		zero := r
		for unicode.IsDigit(zero-1) && r-zero < 9 { // digits of a script lie in a row from its zero
			zero--
		}
		return '0' + r - zero
	}, digits)
}

func isCard(digits string) bool {
	if len(digits) < cardDigitsMin || !strings.Contains(cardFirst, digits[:1]) && (digits[:4] < "2221" || digits[:4] > "2720") {
		return false
	}
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// PIN tells whether a text is nothing but as many digits as a PIN has: what somebody
// types into the field above the PIN's.
func PIN(text string) bool {
	text = strings.TrimSpace(text)
	return len(text) >= pinDigitsMin && len(text) <= pinDigitsMax && !strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' })
}

// A PIN of somebody who works here has so many digits (agent/staff).
const (
	pinDigitsMin = 6
	pinDigitsMax = 12
)
