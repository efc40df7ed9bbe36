package words

import (
	"strings"
	"testing"
	"unicode"
)

// TestPagesAreWhole: every word of the pages is there in both languages, and no
// text is without a word.
func TestPagesAreWhole(t *testing.T) {
	t.Parallel()
	all := constants(t, "Page")
	if len(all) != len(pages) || len(all) == 0 {
		t.Errorf("%d words, %d texts", len(all), len(pages))
	}
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	for _, name := range all {
		zh, en := Page(name).In(Zh), Page(name).In(En)
		if !strings.ContainsFunc(zh, han) || strings.ContainsAny(zh, ",;") {
			t.Errorf("%s in Chinese: %q", name, zh)
		}
		if en == name || en == "" || strings.ContainsFunc(en, func(r rune) bool { return r > unicode.MaxASCII }) || strings.HasSuffix(en, ".") {
			t.Errorf("%s in English: %q", name, en)
		}
	}
	if got := Page("none").In(En); got != "none" {
		t.Errorf("a word without a text is %q", got)
	}
}
