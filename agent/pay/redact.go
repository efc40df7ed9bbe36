package pay

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Nobody should have written a payment code or a key into a text that is
// logged, shown or kept; this is the last lock.

// hidden stands where a secret was.
const hidden = "***"

const (
	codeDigitsMin = 16 // of the shortest payment code there is
	codeDigitsMax = 24 // of the longest; both are Alipay's
	// numberDigitsMax is the longest number that is not a code: networks' own have
	// up to 28 digits, an operation of ours 26. Two codes in a row have at least 32.
	numberDigitsMax = 31
)

// Redact puts *** for all that Classify would take as a payment code, also with
// blanks or dashes between its digits, as wallets show it, and for what could
// be several codes without anything between them.
func Redact(text string) string {
	if len(text) < codeDigitsMin {
		return text
	}
	runs := digitRuns(text)
	var out strings.Builder
	from := 0
	for i := 0; i < len(runs); i++ {
		last := codeFrom(text, runs, i)
		if last < i {
			continue
		}
		out.WriteString(text[from:runs[i].start])
		out.WriteString(hidden)
		from, i = runs[last].end, last
	}
	if from == 0 {
		return text
	}
	out.WriteString(text[from:])
	return out.String()
}

// span is a run of digits in a text, in bytes.
type span struct{ start, end int }

func digitRuns(text string) (runs []span) {
	in := false
	for i, r := range text {
		switch digit := unicode.IsDigit(r); {
		case digit && !in:
			runs = append(runs, span{i, len(text)})
		case !digit && in:
			runs[len(runs)-1].end = i
		}
		in = unicode.IsDigit(r)
	}
	return runs
}

// codeFrom is the last run of the longest payment code that begins with run i, or -1.
func codeFrom(text string, runs []span, i int) int {
	if utf8.RuneCountInString(text[runs[i].start:runs[i].end]) > numberDigitsMax {
		return i
	}
	last, digits := -1, ""
	for j := i; j < len(runs); j++ {
		if j > i && strings.ContainsFunc(text[runs[j-1].end:runs[j].start], separates) {
			break
		}
		digits += text[runs[j].start:runs[j].end]
		if utf8.RuneCountInString(digits) > codeDigitsMax {
			break
		}
		if isCode(digits) {
			last = j
		}
	}
	return last
}

// separates tells whether a sign keeps the digits on both sides of it apart.
func separates(r rune) bool {
	return !unicode.In(r, unicode.Space, unicode.Cc, unicode.Cf, unicode.Pd)
}

func isCode(digits string) bool {
	switch kind, _ := Classify(digits, nil); kind {
	case WeChatCode, AlipayCode, UnionPayCode, ECNYCode:
		return true
	}
	return false
}

// Redactor hides payment codes, and the secrets that it was made with, in the
// forms that texts carry them in: as they are, quoted, in a URL, in hex and in
// base64, there also behind something else (HTTP's "user:password").
type Redactor struct{ known *strings.Replacer }

// secretCharsMin is the shortest text that is taken for a secret: what is
// shorter stands in every text.
const secretCharsMin = 4

// NewRedactor makes a redactor. Of a secret of several lines, such as a key in
// PEM, each line is one, only as it is.
func NewRedactor(secrets ...Secret) *Redactor {
	var pairs []string
	for _, secret := range secrets {
		lines := strings.FieldsFunc(string(secret), unicode.IsControl)
		for _, line := range lines {
			switch {
			case len(line) < secretCharsMin || strings.HasPrefix(line, "-----"): // PEM's own
			case len(lines) > 1:
				pairs = append(pairs, line, hidden)
			default:
				for _, form := range forms(line) {
					pairs = append(pairs, form, hidden)
				}
			}
		}
	}
	return &Redactor{strings.NewReplacer(pairs...)}
}

// Text is a text without secrets.
func (r *Redactor) Text(text string) string { return Redact(r.known.Replace(text)) }

// forms are the ways in which a text carries a secret.
func forms(secret string) []string {
	quoted := strconv.Quote(secret)
	sum := hex.EncodeToString([]byte(secret))
	all := []string{secret, quoted[1 : len(quoted)-1], url.QueryEscape(secret), sum, strings.ToUpper(sum)}
	for _, coding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 { // bytes of something else in front of it
			whole := coding.EncodeToString(append(make([]byte, before), secret...))
			from, to := (before*8+5)/6, (before+len(secret))*8/6 // characters of nothing but the secret
			all = append(all, whole[from:to])
		}
	}
	return all
}
