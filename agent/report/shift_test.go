package report_test

import (
	"errors"
	"slices"
	"testing"

	"tillgate/agent/report"
	"tillgate/store/entry"
	"tillgate/store/money"
)

func wallets(lines []report.Line) (all map[string]money.Fen) {
	all = map[string]money.Fen{}
	for _, line := range lines {
		all[line.Keys[0]] = line.Received()
	}
	return all
}

// TestShiftFigures: a hand-over has its shift's outcomes, what is left to see to,
// and the gaps before it.
func TestShiftFigures(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		shift   int64
		gaps    []report.Gap
		want    report.Figures
		pending []entry.Seq
		nobody  report.Figures
	}{
		"a day's": {shift: 7, want: report.Figures{Sales: 2, Amount: 3000, Settled: 2900}},
		"the next, after a gap": {shift: 9, gaps: []report.Gap{{Lane: "counter-2", After: 16, Until: 22}},
			want: report.Figures{Refunds: 2, Refund: 550, RefundSettled: 500, Unknown: report.Pending{Count: 1, Amount: 4000}, Open: report.Pending{Count: 1, Amount: 5000},
				Frozen: report.Pending{Count: 1, Amount: 7000}, RefundUnknown: report.Pending{Count: 1, Amount: 100}, RefundOpen: report.Pending{Count: 1, Amount: 200}},
			pending: []entry.Seq{38, 32, 30, 20, 20}, nobody: report.Figures{Sales: 1, Amount: 3000, Settled: 3000, Untrusted: 1}},
		"a gap of another lane":  {shift: 7, gaps: []report.Gap{{Lane: "counter-1", After: 16, Until: 22}}, want: report.Figures{Sales: 2, Amount: 3000, Settled: 2900}},
		"a gap that ends before": {shift: 7, gaps: []report.Gap{{Lane: "counter-2", Until: 21}}, want: report.Figures{Sales: 2, Amount: 3000, Settled: 2900}},
		"a gap that is later":    {shift: 7, gaps: []report.Gap{{Lane: "counter-2", After: 22, Until: 90}}, want: report.Figures{Sales: 2, Amount: 3000, Settled: 2900}},
		"a gap on each lane": {shift: 7, gaps: []report.Gap{{Lane: "counter-1", Until: 11}, {Lane: "counter-2", After: 20, Until: 30}},
			want: report.Figures{Sales: 2, Amount: 3000, Settled: 2900}, nobody: report.Figures{Sales: 1, Amount: 3000, Settled: 3000, Untrusted: 1}},
		"a gap without an entry": {shift: 7, gaps: []report.Gap{{Lane: "counter-2", After: 22, Until: 22}}, want: report.Figures{Sales: 2, Amount: 3000, Settled: 2900}},
		"a gap that its entry ends": {shift: 7, gaps: []report.Gap{{Lane: "counter-1", Until: 11}, {Lane: "counter-2", After: 22, Until: 30}},
			want: report.Figures{Sales: 2, Amount: 3000, Settled: 2900}},
		"one that never was": {shift: 8},
	} {
		s, err := report.ShiftFigures(t.Context(), twoDays, row.shift, row.gaps)
		if err != nil {
			t.Fatal(err)
		}
		var pending []entry.Seq
		for _, m := range s.Pending {
			pending = append(pending, m.Order)
		}
		if s.Total != row.want || s.Nobody != row.nobody || !slices.Equal(pending, row.pending) {
			t.Errorf("%s:\n%+v, want\n%+v; nobody's\n%+v, want\n%+v; left %d, want %d", name, s.Total, row.want, s.Nobody, row.nobody, pending, row.pending)
		}
		if sum(s.Wallets, report.Figures.Received) != s.Total.Received() || sum(s.NobodyWallets, report.Figures.Received) != s.Nobody.Received() {
			t.Errorf("%s: wallets do not add up: %+v, %+v", name, s.Wallets, s.NobodyWallets)
		}
	}
	s, err := report.ShiftFigures(t.Context(), twoDays, 7, nil)
	if got := wallets(s.Wallets); err != nil || len(got) != 2 || got["wechat"] != 900 || got["cash"] != 2000 {
		t.Errorf("wallets are %v, %v", got, err)
	}
}

// TestALongListIsCut: a slip has an end, its figures count everything.
func TestALongListIsCut(t *testing.T) {
	t.Parallel()
	var src journal
	for n := range 250 {
		src = append(src, report.Row{Order: entry.Seq(n + 1), Shift: 3, Amount: 100, Trusted: true})
	}
	s, err := report.ShiftFigures(t.Context(), src, 3, nil)
	if err != nil || len(s.Pending) != 200 || s.Total.Unknown != (report.Pending{Count: 250, Amount: 25_000}) {
		t.Errorf("%d are listed, %+v counted, %v", len(s.Pending), s.Total.Unknown, err)
	}
}

func TestShiftFiguresOfABrokenSource(t *testing.T) {
	t.Parallel()
	broken := torn{twoDays, errors.New("no such page")}
	if s, err := report.ShiftFigures(t.Context(), broken, 7, nil); !errors.Is(err, broken.err) || s.Total != (report.Figures{}) || s.Wallets != nil {
		t.Errorf("half a hand-over: %+v, %v", s, err)
	}
}
