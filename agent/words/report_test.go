package words

import "testing"

// TestReportWords: every word of the reports is there once, in both languages.
func TestReportWords(t *testing.T) {
	t.Parallel()
	all := constants(t, "Report")
	if len(all) != len(reports) || len(all) == 0 {
		t.Fatalf("%d words are named, %d have a text", len(all), len(reports))
	}
	for _, word := range all {
		r := Report(word)
		if r.In(Zh) == "" || r.In(En) == "" || r.In(Zh) == r.In(En) || r.In(Zh) == word {
			t.Errorf("%s is %q and %q", word, r.In(Zh), r.In(En))
		}
		if r.Both() != r.In(Zh)+" "+r.In(En) {
			t.Errorf("%s in both languages is %q", word, r.Both())
		}
	}
	if got := Report("no such word").In(En); got != "no such word" {
		t.Errorf("a word without a text is %q", got)
	}
}
