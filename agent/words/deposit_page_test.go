package words

import (
	"strings"
	"testing"
	"unicode"

	"tillgate/store/money"
)

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

// bilingual complains of a text that is not in its language.
func bilingual(t *testing.T, of string, zh, en string) {
	t.Helper()
	if !strings.ContainsFunc(zh, han) || strings.ContainsAny(zh, ",;") {
		t.Errorf("%s in Chinese: %q", of, zh)
	}
	if en == "" || en == of || strings.ContainsFunc(en, func(r rune) bool { return r > unicode.MaxASCII }) || strings.HasSuffix(en, ".") {
		t.Errorf("%s in English: %q", of, en)
	}
}

// TestDepositWordsAreWhole: every word is there in both languages, and no text is
// without a word.
func TestDepositWordsAreWhole(t *testing.T) {
	t.Parallel()
	all := constants(t, "DepositWord")
	if len(all) != len(depositWords) || len(all) == 0 {
		t.Errorf("%d words, %d texts", len(all), len(depositWords))
	}
	for _, name := range all {
		bilingual(t, name, DepositWord(name).In(Zh), DepositWord(name).In(En))
	}
	if got := DepositWord("none").In(En); got != "none" {
		t.Errorf("a word without a text is %q", got)
	}
}

// TestDepositScreens: in every phase guest and clerk read what happened, what to
// do and whether the money is safe, and nobody is told to pay a deposit.
func TestDepositScreens(t *testing.T) {
	t.Parallel()
	for _, phase := range DepositPhases() {
		d := Deposit{Phase: phase, Network: "wechat"}
		for who, show := range map[string]func(Deposit, Lang) Screen{"guest": ShowDeposit, "clerk": ShowDepositStaff} {
			zh, en := show(d, Zh), show(d, En)
			bilingual(t, string(phase)+" what, "+who, zh.What, en.What)
			bilingual(t, string(phase)+" do, "+who, zh.Do, en.Do)
			bilingual(t, string(phase)+" money, "+who, zh.Money, en.Money)
			if all := zh.What + zh.Do; strings.Contains(strings.ReplaceAll(all, "付款码", ""), "付款") {
				t.Errorf("%s: the %s reads of a payment: %q", phase, who, all)
			}
		}
	}
	for _, what := range []string{MoveCapture, MoveRelease} {
		for _, phase := range []MovePhase{MoveAsking, MoveAccepted, MoveStuck, MoveDone, MoveRefused} {
			m := DepositMove{What: what, Phase: phase}
			zh, en := ShowMove(m, Deposit{Network: "wechat"}, Zh), ShowMove(m, Deposit{Network: "wechat"}, En)
			bilingual(t, what+" "+string(phase), zh.What, en.What)
			bilingual(t, what+" "+string(phase)+" do", zh.Do, en.Do)
			bilingual(t, what+" "+string(phase)+" money", zh.Money, en.Money)
		}
	}
}

// TestDepositSums: what is said of the rest has its sum, and what is final says so.
func TestDepositSums(t *testing.T) {
	t.Parallel()
	d := Deposit{Phase: DepositSettled, Network: "wechat", Held: 30000, Captured: 8850, Released: 21150}
	for _, lang := range []Lang{Zh, En} {
		if s := ShowDeposit(d, lang); !strings.Contains(s.Money, "88.50") || !strings.Contains(s.Money, "211.50") {
			t.Errorf("a settled deposit: %q", s.Money)
		}
		if s := ShowMove(DepositMove{What: MoveCapture, Phase: MoveDone, Rest: 21150}, Deposit{Network: "wechat"}, lang); !strings.Contains(s.Money, "211.50") {
			t.Errorf("a capture whose rest went: %q", s.Money)
		}
		if s := ShowMove(DepositMove{What: MoveRelease, Phase: MoveRefused, Other: 1}, Deposit{Network: "wechat"}, lang); !strings.Contains(s.Money, "0.01") {
			t.Errorf("another sum moved: %q", s.Money)
		}
	}
	part := Deposit{Phase: DepositHeld, Network: "alipay", Held: 30000, Captured: 8850, Released: 1000, Left: 20150}
	for _, s := range []Screen{ShowDeposit(part, En), ShowDepositStaff(part, En)} {
		if s.Money != "88.50 yuan were taken, 10.00 went back, 201.50 are still held" {
			t.Errorf("of a deposit of which a part was captured people read %q", s.Money)
		}
	}
	held := Deposit{Network: "wechat", Left: 30000}
	read := func(d Deposit, last bool) string { return strings.Join(ReadCapture(d, "88.50", last, En), " ") }
	if got := read(held, false); strings.Contains(got, "final") || !strings.Contains(got, "stays held") || !strings.Contains(got, "88.50 yuan of 300.00") {
		t.Errorf("a capture whose rest stays: %q", got)
	}
	if got := read(held, true); !strings.Contains(got, "goes back") || strings.Contains(got, "stays") {
		t.Errorf("a last capture: %q", got)
	}
	held.Can.RestGoes = true
	if got := read(held, false); !strings.Contains(got, "This is final for WeChat Pay: the rest goes back to the guest") {
		t.Errorf("a capture that is final: %q", got)
	}
	if got := strings.Join(ReadRelease(held, money.Fen(30000).String(), Zh), " "); !strings.Contains(got, "300.00") {
		t.Errorf("a release: %q", got)
	}
}

// TestARefusedMoveSaysWhereTheMoneyIs: a step that came to nothing does not mean that
// the deposit is as it was.
func TestARefusedMoveSaysWhereTheMoneyIs(t *testing.T) {
	t.Parallel()
	for _, what := range []string{MoveCapture, MoveRelease} {
		for _, row := range []struct {
			code               string
			captured, released money.Fen
			sums, asIs         bool
		}{
			{"totals differ", 8850, 21150, true, false},
			{"captured", 8850, 21150, true, false},
			{"captured", 0, 0, false, false}, // the network was not asked yet
			{"released", 0, 30000, true, false},
			{"number taken", 0, 0, false, false},
			{"nothing to capture", 0, 0, false, true},
			{"", 0, 0, false, true},
		} {
			d := Deposit{Network: "wechat", Held: 30000, Captured: row.captured, Released: row.released, Left: 30000 - row.captured - row.released}
			for lang, same := range [2]string{"押金不变", "the deposit is as it was"} {
				s := ShowMove(DepositMove{What: what, Phase: MoveRefused, Code: row.code}, d, Lang(lang))
				sums := strings.Contains(s.Money, d.Captured.String()) && strings.Contains(s.Money, d.Released.String()) && strings.Contains(s.Money, d.Left.String())
				if sums != row.sums || strings.Contains(s.Money, same) != row.asIs {
					t.Errorf("%s refused with %q: %q", what, row.code, s.Money)
				}
			}
		}
	}
}
