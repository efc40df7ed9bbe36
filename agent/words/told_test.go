package words

import (
	"strings"
	"testing"
	"time"
)

// TestToldIsWhole: every state has words in both languages, and says that no money has moved.
func TestToldIsWhole(t *testing.T) {
	t.Parallel()
	for _, state := range []string{ToldGiven, ToldDone, ToldHeld, ToldDropped, ToldFailed} {
		for _, lang := range []Lang{Zh, En} {
			s := ToldState(state, lang)
			if s.What == "" || s.What == state || s.Money != unmoved[lang] || (s.Do == "") != (state == ToldDone) {
				t.Errorf("%s in %v: %+v", state, lang, s)
			}
		}
	}
	if s := ToldState("later", En); s.What != "later" || s.Money == "" {
		t.Errorf("an unknown state: %+v", s)
	}
}

// TestToldSlip: a program's slip says whose it is, and that it is no receipt.
func TestToldSlip(t *testing.T) {
	t.Parallel()
	s := ToldSlip(Told{ID: "told 7", By: "till", Site: "East Lot", Title: "付款成功 Paid", Lines: []string{"12.50"}, At: time.UnixMilli(1_795_500_000_000)})
	if !strings.Contains(s.Foot, "非付款凭证 Not a receipt") || !strings.Contains(s.Foot, "till 2026-11-24") || s.Lead[0] != "East Lot" || s.Total.Amount != 0 {
		t.Errorf("%+v", s)
	}
}

// TestToldPhrase: sums and plates are read as everywhere, and are left out where there are none.
func TestToldPhrase(t *testing.T) {
	t.Parallel()
	for want, told := range map[string]Told{
		"请稍候": {Zh: "请稍候", En: "One moment"},
		"请 粤 B 幺 二 三 四 五 十二元五角": {Zh: "请", Plate: "粤B12345", Amount: 1250},
	} {
		if got := ToldPhrase(told).Chinese(); got != want || ToldPhrase(told).Window != toldFor {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
