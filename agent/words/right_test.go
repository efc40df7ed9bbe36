package words

import (
	"strings"
	"testing"
	"unicode"
)

// TestRightsAreWhole: each has a name and what it is for in both languages; what
// has no words is shown as it is.
func TestRightsAreWhole(t *testing.T) {
	t.Parallel()
	han := func(text string) bool {
		return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	for r := range rights {
		if !han(r.In(Zh)) || !han(r.Help(Zh)) || han(r.In(En)) || len(r.In(En)) < 4 || len(r.Help(En)) < 10 {
			t.Errorf("%s: %q %q, %q %q", r, r.In(Zh), r.Help(Zh), r.In(En), r.Help(En))
		}
	}
	for _, word := range []interface{ In(Lang) string }{Role("manager"), Role("clerk"), Role("technician"), Operation("refund"), Operation("release"), Operation("capture"), Operation("decide")} {
		if !han(word.In(Zh)) || han(word.In(En)) || word.In(En) == "" {
			t.Errorf("%v: %q, %q", word, word.In(Zh), word.In(En))
		}
	}
	if Right("none").In(En) != "none" || Role("none").In(Zh) != "none" || Operation("none").In(En) != "none" {
		t.Error("a word without a text is not shown as it is")
	}
}
