package printer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// clean keeps of a text what a Chinese printer can print in GBK: the yen sign
// becomes the full-width one, which alone is in GBK, blanks of all kinds become
// a space, what is unseen is left out and what is unknown is a question mark.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '¥':
			return '￥'
		case r == '　':
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Mn, unicode.Me):
			return -1
		case r < utf8.RuneSelf || wide(r):
			return r
		}
		return '?'
	}, text)
}

// wide reports whether a rune takes two columns: it has two bytes in GBK. (The
// euro sign has one, 80, which printers do not know.)
func wide(r rune) bool {
	if r < utf8.RuneSelf || r == utf8.RuneError {
		return false
	}
	var from [utf8.UTFMax]byte
	var to [4]byte
	n, _, err := simplifiedchinese.GBK.NewEncoder().Transform(to[:], from[:utf8.EncodeRune(from[:], r)], true)
	return err == nil && n == 2
}

func runeColumns(r rune) int {
	if wide(r) {
		return 2
	}
	return 1
}

func textColumns(text string) int {
	n := 0
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

// closing may not begin a line: it belongs to what is before it.
const closing = "，。、；：！？）》】”’,.;:!?)"

// wrap breaks a clean text into lines of at most so many columns: at blanks and
// between Chinese characters where it can, never inside a character, and never
// so that a line is empty.
func wrap(text string, columns int) []string {
	var lines []string
	rest := []rune(strings.TrimRight(text, " "))
	for {
		cut := breakAt(rest, columns)
		lines = append(lines, strings.TrimRight(string(rest[:cut]), " "))
		for cut < len(rest) && rest[cut] == ' ' {
			cut++
		}
		if rest = rest[cut:]; len(rest) == 0 {
			return lines
		}
	}
}

// breakAt is how many runes go on the first line.
func breakAt(text []rune, columns int) int {
	used, best := 0, 0
	for i, r := range text {
		if i > 0 && canBreak(text[i-1], r) {
			best = i
		}
		if used += runeColumns(r); used <= columns || r == ' ' {
			continue
		}
		if best > 0 {
			return best
		}
		return max(i, 1) // one word longer than the line
	}
	return len(text)
}

func canBreak(before, after rune) bool {
	switch {
	case after == ' ' || strings.ContainsRune(closing, after):
		return false
	case before == ' ':
		return true
	}
	return wide(before) || wide(after)
}
