package staff

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameCharsMax is how long a name may be: what fits a line of a slip twice.
const nameCharsMax = 24

// narrow makes the wide letters and digits of a Chinese keyboard (U+FF01 to
// U+FF5E, and U+3000 for a blank) those of ASCII, which lie 0xFEE0 below (Unicode,
// Halfwidth and Fullwidth Forms).
func narrow(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFEE0
		case r == 0x3000:
			return ' '
		}
		return r
	}, text)
}

// tidyName is a name as it is kept, one blank between its words. ok is false
// where it is none: too long, or with what cannot be seen.
func tidyName(name string) (_ string, ok bool) {
	if !utf8.ValidString(name) {
		return "", false
	}
	name = strings.Join(strings.Fields(narrow(name)), " ")
	seen := !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
	return name, seen && name != "" && utf8.RuneCountInString(name) <= nameCharsMax
}

// sameName is what two names have in common that are the same to a person.
func sameName(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(narrow(name)), " "))
}

// goodID tells whether a text may be a person's id in a document of the cloud:
// 1 to 32 of letters, digits, dot, dash and underline.
func goodID(id string) bool {
	const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
	return len(id) >= 1 && len(id) <= 32 && strings.Trim(id, signs) == ""
}
