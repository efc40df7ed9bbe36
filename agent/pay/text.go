package pay

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cut shortens a text to a field's bytes, in whole characters, and drops what
// cannot be seen and blanks around it.
func Cut(text string, bytesMax int) string { return cut(text, bytesMax, unicode.MaxRune) }

// CutBasic is Cut without what lies beyond the basic plane, for networks whose
// pages say nothing of it.
func CutBasic(text string, bytesMax int) string { return cut(text, bytesMax, 0xFFFD) }

func cut(text string, bytesMax int, highest rune) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || r > highest {
			return -1
		}
		return r
	}, text))
	for len(text) > bytesMax {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return strings.TrimSpace(text)
}

// Hide puts *** in the place of a secret: a payment code or a token that a
// network may echo.
func Hide(text, secret string) string {
	if secret == "" {
		return text
	}
	return strings.ReplaceAll(text, secret, Secret(secret).String())
}
