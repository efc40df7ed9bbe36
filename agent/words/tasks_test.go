package words

import (
	"strings"
	"testing"
	"unicode"
)

// TestTasksAreWhole: every task says what happened, what to do and whether the
// money is safe, in both languages.
func TestTasksAreWhole(t *testing.T) {
	t.Parallel()
	for what := range tasks {
		zh, en := Task(what, Zh), Task(what, En)
		for _, text := range []string{zh.What, zh.Do, zh.Money} {
			if !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || strings.ContainsAny(text, ",;") {
				t.Errorf("%s in Chinese: %q", what, text)
			}
		}
		for _, text := range []string{en.What, en.Do, en.Money} {
			if !strings.Contains(text, " ") || strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) || strings.HasSuffix(text, ".") {
				t.Errorf("%s in English: %q", what, text)
			}
		}
	}
	if got := Task("colour", En); got != (Screen{What: "colour"}) {
		t.Errorf("a task without words is %+v", got)
	}
}
