package words

import (
	"strings"
	"testing"
	"time"
	"unicode"
)

// TestHaltsAreWhole: every halt says what happened, what to do and whether the
// money is safe, in both languages, and asks for as many names in both.
func TestHaltsAreWhole(t *testing.T) {
	t.Parallel()
	all := constants(t, "Halt")
	if len(all) != len(halts) || len(all) == 0 {
		t.Errorf("%d halts, %d of them with words", len(all), len(halts))
	}
	for _, name := range all {
		h := Halt(name)
		zh, en := h.Show(Zh), h.Show(En)
		for _, text := range []string{zh.What, zh.Do, zh.Money} {
			if text != "%s" && !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || strings.ContainsAny(text, ",;") {
				t.Errorf("%s in Chinese: %q", h, text)
			}
		}
		for _, text := range []string{en.What, en.Do, en.Money} {
			if text != "%s" && !strings.Contains(text, " ") || strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) || strings.HasSuffix(text, ".") {
				t.Errorf("%s in English: %q", h, text)
			}
		}
		if strings.Count(zh.What, "%s") != strings.Count(en.What, "%s") || strings.Contains(zh.Do+zh.Money+en.Do+en.Money, "%") {
			t.Errorf("%s: names stand in one language only, or where none are put in", h)
		}
	}
}

func TestHaltSays(t *testing.T) {
	t.Parallel()
	if got := HaltOnDuty.Say(En, "Wang", "counter-1"); got != "Wang is on duty on counter-1, so you were not clocked on; Have them hand over first, or a manager do it for them" {
		t.Error(got)
	}
	if got := HaltOnDuty.Say(Zh, "王芳", "counter-1"); got != "王芳 正在 counter-1 当班，未上班；请其先交班，或请经理代交" {
		t.Error(got)
	}
	if got := HaltOnDuty.Show(En, "Wang").What; !strings.Contains(got, "%s") {
		t.Errorf("with one name too few: %q", got)
	}
	if got := Halt("nothing-of-ours").Say(En); got != "nothing-of-ours" {
		t.Errorf("a halt without words is %q", got)
	}
}

func TestAsker(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 27, 8, 3, 0, 0, time.UTC)
	if got := Asker("王芳", nil, at); got != "王芳" {
		t.Error(got)
	}
	if got := Asker("王芳", []string{"李明", "赵强"}, at); got != "王芳；授权 Approved: 李明, 赵强 16:03" {
		t.Error(got)
	}
}

func TestSettingsHaveNames(t *testing.T) {
	t.Parallel()
	all := constants(t, "Setting")
	if len(all) != len(settings) || len(all) == 0 {
		t.Errorf("%d settings, %d of them with a name", len(all), len(settings))
	}
	for _, name := range all {
		s := Setting(name)
		if s.In(Zh) == name || s.In(Zh) == s.In(En) || s.Help(Zh) == "" || s.Help(En) == "" {
			t.Errorf("%s is called %q and %q", s, s.In(Zh), s.In(En))
		}
	}
	if got := Setting("colour"); got.In(En) != "colour" || got.Help(En) != "" {
		t.Errorf("a setting without a name is %q: %q", got.In(En), got.Help(En))
	}
}
