package report

import (
	"slices"
	"strings"
	"testing"

	"tillgate/store/money"
)

func keysAnd(points []Point) string {
	var all []string
	for _, p := range points {
		all = append(all, p.Key+" "+p.Value.String())
	}
	return strings.Join(all, ", ")
}

// TestPoints: days, months and hours without a line are there all the same.
func TestPoints(t *testing.T) {
	t.Parallel()
	line := func(key string, settled money.Fen) Line {
		return Line{Keys: []string{key}, Figures: Figures{Settled: settled}}
	}
	november := Query{}
	november.From, november.To, _ = november.Calendar.Month("2026-11")
	for name, row := range map[string]struct {
		by    By
		q     Query
		lines []Line
		want  string
	}{
		"days between two":    {ByDay, Query{}, []Line{line("2026-02-27", 5), line("2026-03-02", 7)}, "2026-02-27 0.05, 2026-02-28 0.00, 2026-03-01 0.00, 2026-03-02 0.07"},
		"no day":              {ByDay, Query{}, nil, ""},
		"days up to a bound":  {ByDay, Query{To: november.From + 3*dayMS}, []Line{line("2026-11-02", 5)}, "2026-11-02 0.05, 2026-11-03 0.00"},
		"months":              {ByMonth, Query{}, []Line{line("2026-11", 5), line("2027-02", 7)}, "2026-11 0.05, 2026-12 0.00, 2027-01 0.00, 2027-02 0.07"},
		"lanes":               {ByLane, Query{}, []Line{line("b", 5), line("a", 7)}, "b 0.05, a 0.07"},
		"days of two decades": {ByDay, Query{}, []Line{line("2006-01-01", 5), line("2026-11-24", 7)}, "2006-01-01 0.05, 2026-11-24 0.07"},
	} {
		table := Table{By: []By{row.by}, Query: row.q, Lines: row.lines}
		if got := keysAnd(table.Points(Figures.Received)); got != row.want {
			t.Errorf("%s: %s, want %s", name, got, row.want)
		}
	}
	if got := (Table{By: []By{ByDay}, Query: november}).Points(Figures.Received); len(got) != 30 || got[0].Key != "2026-11-01" || got[29].Key != "2026-11-30" {
		t.Errorf("a month is %s", keysAnd(got))
	}
	night := Table{By: []By{ByHour}, Query: Query{Calendar: Calendar{Starts: 6}}, Lines: []Line{line("05", 5)}}.Points(Figures.Received)
	if len(night) != 24 || night[0].Key != "06" || night[23].Key != "05" || night[23].Value != 5 {
		t.Errorf("a day from 6 o'clock is %s", keysAnd(night))
	}
	if got := (Table{By: []By{ByDay, ByLane}, Lines: []Line{{Keys: []string{"2026-11-24", "a"}}}}).Points(Figures.Received); got != nil {
		t.Errorf("a report by two is drawn as %s", keysAnd(got))
	}
	wallet := Table{By: []By{ByWallet}, Lines: []Line{line("cash", 5)}}.Points(Figures.Received)
	if !slices.Equal(wallet, []Point{{Key: "cash", Zh: "现金", En: "Cash", Value: 5}}) {
		t.Errorf("a wallet is %+v", wallet)
	}
}

func TestYuan(t *testing.T) {
	t.Parallel()
	for fen, want := range map[money.Fen][2]string{
		0: {"0.00", "0"}, 5: {"0.05", "0.05"}, 99_900: {"999.00", "999"}, 100_000: {"1,000.00", "1,000"}, 123_456_789: {"1,234,567.89", "1,234,567.89"},
		-99_900: {"-999.00", "-999"}, -100_000: {"-1,000.00", "-1,000"}, 100_000_000_000: {"1,000,000,000.00", "1,000,000,000"}, -1: {"-0.01", "-0.01"},
	} {
		if yuan(fen, false) != want[0] || yuan(fen, true) != want[1] {
			t.Errorf("%d is written %q and %q", int64(fen), yuan(fen, false), yuan(fen, true))
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text string
		most int
		want string
	}{
		{"counter-1", 9, "counter-1"}, {"counter-1", 8, "counter…"}, {"停车场", 6, "停车场"}, {"停车场", 5, "停车…"}, {"停车场", 4, "停…"}, {"停车场", 1, "…"}, {"停车场", 0, "…"}, {"", 0, ""},
	} {
		if got := cut(row.text, row.most); got != row.want {
			t.Errorf("%s in %d cells is %s, want %s", row.text, row.most, got, row.want)
		}
	}
}

func TestStepOf(t *testing.T) {
	t.Parallel()
	for span, want := range map[money.Fen]money.Fen{0: 1, 1: 1, 5: 1, 6: 2, 10: 2, 11: 5, 26: 10, 100: 20, 5_000: 1_000, 5_001: 2_000, 1 << 62: 1e18} {
		if got := stepOf(span); got != want {
			t.Errorf("%d has steps of %d, want %d", span, got, want)
		}
	}
}
