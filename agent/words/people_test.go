package words

import (
	"strings"
	"testing"
	"time"
	"unicode"
)

// TestDenialsAreWhole: every denial has both languages, and says what to do.
func TestDenialsAreWhole(t *testing.T) {
	t.Parallel()
	all := constants(t, "Denial")
	if len(all) != len(denials) {
		t.Errorf("%d denials, %d of them with words", len(all), len(denials))
	}
	for _, name := range all {
		d := Denial(name)
		zh, en := d.Say(Zh, 0), d.Say(En, 0)
		if !strings.ContainsFunc(zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || strings.ContainsAny(zh, ",;") {
			t.Errorf("%s in Chinese: %q", d, zh)
		}
		if !strings.Contains(en, " ") || strings.ContainsFunc(en, func(r rune) bool { return r > unicode.MaxASCII }) || strings.HasSuffix(en, ".") {
			t.Errorf("%s in English: %q", d, en)
		}
	}
}

func TestDenialWait(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		wait   time.Duration
		zh, en string
	}{
		{time.Millisecond, "（1 秒后可再试）", "(try again in 1 s)"},
		{8 * time.Second, "（8 秒后可再试）", "(try again in 8 s)"},
		{8*time.Second + 1, "（9 秒后可再试）", "(try again in 9 s)"},
		{90 * time.Second, "（90 秒后可再试）", "(try again in 90 s)"},
		{91 * time.Second, "（2 分钟后可再试）", "(try again in 2 min)"},
		{15 * time.Minute, "（15 分钟后可再试）", "(try again in 15 min)"},
	} {
		if zh, en := DeniedWait.Say(Zh, row.wait), DeniedWait.Say(En, row.wait); !strings.HasSuffix(zh, row.zh) || !strings.HasSuffix(en, row.en) {
			t.Errorf("%v: %q, %q", row.wait, zh, en)
		}
	}
	if got := Denial("nothing-of-ours").Say(En, time.Second); got != "nothing-of-ours" {
		t.Errorf("a denial without words is %q", got)
	}
}
