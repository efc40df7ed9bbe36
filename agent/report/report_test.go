package report_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/report"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// journal is a Source that yields everything that it has, whatever is asked.
type journal []report.Row

func (j journal) Rows(context.Context, report.Query) iter.Seq2[report.Row, error] {
	return func(yield func(report.Row, error) bool) {
		for _, row := range slices.Backward(j) {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// torn is a Source whose file breaks after some rows.
type torn struct {
	journal
	err error
}

func (s torn) Rows(ctx context.Context, q report.Query) iter.Seq2[report.Row, error] {
	return func(yield func(report.Row, error) bool) {
		for row := range s.journal.Rows(ctx, q) {
			if !yield(row, nil) {
				return
			}
		}
		yield(report.Row{}, s.err)
	}
}

// at is a moment in China, Unix ms.
func at(text string) int64 {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, time.FixedZone("", 8*3600))
	if err != nil {
		panic(err)
	}
	return t.UnixMilli()
}

// numberOf is a number of this site.
func numberOf(n int) string { return entry.Number("10000001", "0001", 12345, n) }

// twoDays is a small shop's journal with one of each.
var twoDays = journal{
	{Order: 10, Lane: "counter-1", Shift: 7, Clerk: "Li", Network: "wechat", Merchant: "shop", Number: numberOf(1), NetworkNumber: "4200001", Title: "Tea",
		State: report.Paid, At: at("2026-11-23 10:00:00"), Seq: 12, Trusted: true, Amount: 1000, Settled: 900,
		Refunds: []report.RefundRow{{Number: entry.RefundNumber(numberOf(1), 1), Network: "5030001", Lane: "counter-2", Shift: 9, Clerk: "Wang", State: report.Paid,
			At: at("2026-11-24 09:30:00"), Seq: 50, Trusted: true, Amount: 500, Settled: 450}}},
	{Order: 14, Lane: "counter-1", Shift: 7, Clerk: "Li", Tender: "cash", Network: "cash", Number: numberOf(2), State: report.Paid,
		At: at("2026-11-23 23:59:59"), Seq: 16, Trusted: true, Amount: 2000, Settled: 2000},
	{Order: 20, Lane: "counter-2", Network: "cloudpay", Wallet: "alipay", Number: numberOf(3), Ref: "INV-77", State: report.Paid,
		At: at("2026-11-24 05:30:00"), Seq: 22, Amount: 3000, Settled: 3000,
		Refunds: []report.RefundRow{
			{Number: entry.RefundNumber(numberOf(3), 1), Shift: 9, Clerk: "Wang", At: at("2026-11-24 09:31:00"), Trusted: true, Amount: 100},
			{Number: entry.RefundNumber(numberOf(3), 2), Shift: 9, Clerk: "Wang", State: report.Open, At: at("2026-11-24 09:32:00"), Trusted: true, Amount: 200},
			{Number: entry.RefundNumber(numberOf(3), 3), Shift: 9, Clerk: "Wang", State: report.Ended, At: at("2026-11-24 09:33:00"), Seq: 60, Trusted: true, Amount: 300}}},
	{Order: 30, Lane: "counter-2", Shift: 9, Clerk: "Wang", Network: "unionpay", Number: numberOf(4), At: at("2026-11-24 10:00:00"), Trusted: true, Amount: 4000},
	{Order: 32, Lane: "counter-2", Shift: 9, Clerk: "Wang", State: report.Open, At: at("2026-11-24 10:01:00"), Trusted: true, Amount: 5000},
	{Order: 34, Lane: "counter-2", Shift: 9, Clerk: "Wang", Network: "wechat", Number: numberOf(5), State: report.Ended, At: at("2026-11-24 10:02:00"), Seq: 36, Trusted: true, Amount: 6000},
	{Order: 38, Lane: "counter-2", Shift: 9, Clerk: "Wang", Network: "wechat", Number: numberOf(6), State: report.Frozen, At: at("2026-11-24 10:03:00"), Seq: 40, Trusted: true, Amount: 7000},
	{Order: 70, Lost: true, Lane: "counter-1", Shift: 9, Clerk: "Wang", Network: "wechat", Number: numberOf(7), Refunds: []report.RefundRow{
		{Number: entry.RefundNumber(numberOf(7), 1), Shift: 9, Clerk: "Wang", State: report.Paid, At: at("2026-11-24 11:00:00"), Seq: 71, Trusted: true, Amount: 50, Settled: 50}}},
}

func group(t *testing.T, src report.Source, q report.Query, by ...report.By) report.Table {
	t.Helper()
	table, err := report.Group(t.Context(), src, q, by...)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// TestFigures: every column of the whole, each formula written out.
func TestFigures(t *testing.T) {
	t.Parallel()
	got := group(t, twoDays, report.Query{}).Total
	want := report.Figures{
		Sales: 3, Amount: 1000 + 2000 + 3000, Settled: 900 + 2000 + 3000,
		Refunds: 2, Refund: 500 + 50, RefundSettled: 450 + 50,
		Unknown: report.Pending{Count: 1, Amount: 4000}, Open: report.Pending{Count: 1, Amount: 5000}, Frozen: report.Pending{Count: 1, Amount: 7000},
		RefundUnknown: report.Pending{Count: 1, Amount: 100}, RefundOpen: report.Pending{Count: 1, Amount: 200},
		Untrusted: 1,
	}
	if got != want {
		t.Errorf("figures are\n%+v, want\n%+v", got, want)
	}
	if got.Discount() != 100 || got.Received() != 900+2000+3000-450-50 {
		t.Errorf("discount %s, received %s", got.Discount(), got.Received())
	}
	var texts []string
	for _, c := range report.Columns() {
		texts = append(texts, string(c.Name)+" "+c.Text(got))
	}
	if all, want := strings.Join(texts, ", "), "sales 3, amount 60.00, discount 1.00, settled 59.00, refunds 2, refund 5.50, refund-settled 5.00, received 54.00, "+
		"unknown 1, unknown-amount 40.00, open 1, open-amount 50.00, frozen 1, frozen-amount 70.00, refund-unknown 1, refund-unknown-amount 1.00, "+
		"refund-open 1, refund-open-amount 2.00, deposits 0, deposits-amount 0.00, captures 0, captures-amount 0.00, released 0, released-amount 0.00, "+
		"held 0, held-amount 0.00, deposit-open 0, deposit-open-amount 0.00, untrusted 1"; all != want {
		t.Errorf("columns are %s, want %s", all, want)
	}
}

// TestGroup: whose money is counted where; a refund counts where its own outcome is.
func TestGroup(t *testing.T) {
	t.Parallel()
	night := report.Query{Calendar: report.Calendar{Starts: 6}}
	for _, row := range []struct {
		by   report.By
		q    report.Query
		want string // keys and received
	}{
		{report.ByStore, report.Query{}, " 54.00"},
		{report.ByLane, report.Query{}, "counter-1 28.50, counter-2 25.50"},
		{report.ByClerk, report.Query{}, " 30.00, Li 29.00, Wang -5.00"},
		{report.ByWallet, report.Query{}, " 0.00, alipay 30.00, cash 20.00, unionpay 0.00, wechat 4.00"},
		{report.ByShift, report.Query{}, "0 30.00, 7 29.00, 9 -5.00"},
		{report.ByDay, report.Query{}, "2026-11-23 29.00, 2026-11-24 25.00"},
		{report.ByDay, night, "2026-11-23 59.00, 2026-11-24 -5.00"},
		{report.ByHour, report.Query{}, "05 30.00, 09 -4.50, 10 9.00, 11 -0.50, 23 20.00"},
		{report.ByHour, night, "09 -4.50, 10 9.00, 11 -0.50, 23 20.00, 05 30.00"},
		{report.ByMonth, report.Query{}, "2026-11 54.00"},
	} {
		var got []string
		for _, line := range group(t, twoDays, row.q, row.by).Lines {
			got = append(got, strings.Join(line.Keys, "/")+" "+line.Received().String())
		}
		if text := strings.Join(got, ", "); text != row.want {
			t.Errorf("by %s from %d o'clock: %s, want %s", row.by.Name(), row.q.Calendar.Starts, text, row.want)
		}
	}
	both := group(t, twoDays, report.Query{}, report.ByDay, report.ByLane)
	if len(both.Lines) != 3 || !slices.Equal(both.Lines[0].Keys, []string{"2026-11-23", "counter-1"}) || both.Lines[0].Received() != 2900 {
		t.Errorf("by day and lane: %+v", both.Lines)
	}
}

// TestKeysStayApart: names that run together when they are written beside each other.
func TestKeysStayApart(t *testing.T) {
	t.Parallel()
	src := journal{{Order: 1, Lane: "a\x00b", Clerk: "c", State: report.Paid, Amount: 1}, {Order: 2, Lane: "a", Clerk: "b\x00c", State: report.Paid, Amount: 2},
		{Order: 3, Lane: "a\x00", Clerk: "bc", State: report.Paid, Amount: 4}}
	if lines := group(t, src, report.Query{}, report.ByLane, report.ByClerk).Lines; len(lines) != 3 {
		t.Errorf("three lanes and clerks make %d lines: %+v", len(lines), lines)
	}
}

func TestShiftsAreInTheOrderTheyCame(t *testing.T) {
	t.Parallel()
	src := journal{{Order: 1, Shift: 1000}, {Order: 2, Shift: 90}, {Order: 3, Shift: 0}, {Order: 4, Shift: 200}}
	var keys []string
	for _, line := range group(t, src, report.Query{}, report.ByShift).Lines {
		keys = append(keys, line.Keys[0])
	}
	if got := strings.Join(keys, " "); got != "0 90 200 1000" {
		t.Errorf("shifts come as %s", got)
	}
}

// TestTooManyLines: what a report keeps has a bound.
func TestTooManyLines(t *testing.T) {
	t.Parallel()
	var src journal
	for n := range 20_001 {
		src = append(src, report.Row{Order: entry.Seq(n + 1), Shift: int64(n)})
	}
	if _, err := report.Group(t.Context(), src[:20_000], report.Query{}, report.ByShift); err != nil {
		t.Error(err)
	}
	table, err := report.Group(t.Context(), src, report.Query{}, report.ByShift)
	if !errors.Is(err, report.ErrQuery) || len(table.Lines) != 0 || table.Total != (report.Figures{}) {
		t.Errorf("one line too many: %d lines, %v", len(table.Lines), err)
	}
}

func TestBrokenSources(t *testing.T) {
	t.Parallel()
	broken := errors.New("no such page")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, row := range map[string]struct {
		ctx  context.Context
		src  report.Source
		says string
	}{
		"a file that breaks": {t.Context(), torn{twoDays, broken}, "read orders for a report: no such page"},
		"a wrong order":      {t.Context(), journal{{Order: 9}, {Order: 5}}, "order 9 comes after order 5"},
		"an order twice":     {t.Context(), journal{{Order: 5}, {Order: 5}}, "order 5 comes after order 5"},
		"nobody waits":       {gone, twoDays, "context canceled"},
	} {
		table, err := report.Group(row.ctx, row.src, report.Query{}, report.ByLane)
		if err == nil || !strings.Contains(err.Error(), row.says) || table.Lines != nil || table.Total != (report.Figures{}) {
			t.Errorf("%s: %v, and half a report: %+v", name, err, table.Total)
		}
		if page, err := report.Details(row.ctx, row.src, report.Query{}, 100); err == nil || page.Movements != nil {
			t.Errorf("%s: details are %+v, %v", name, page, err)
		}
	}
	if _, err := report.Group(t.Context(), torn{twoDays, broken}, report.Query{}); !errors.Is(err, broken) {
		t.Errorf("%v does not wrap what the source said", err)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, b := range []report.By{report.ByStore, report.ByLane, report.ByClerk, report.ByWallet, report.ByShift, report.ByHour, report.ByDay, report.ByMonth} {
		if got, err := report.ParseBy(string(b.Name())); got != b || err != nil {
			t.Errorf("%s is read as %s, %v", b.Name(), got.Name(), err)
		}
	}
	for _, s := range []report.State{report.Unknown, report.Open, report.Paid, report.Ended, report.Frozen} {
		if got, err := report.ParseState(s.String()); got != s || err != nil {
			t.Errorf("%s is read as %s, %v", s, got, err)
		}
	}
	if _, err := report.ParseBy("network"); !errors.Is(err, report.ErrQuery) {
		t.Errorf("by network: %v", err)
	}
	if _, err := report.ParseState("refunded"); err == nil || report.State(9).String() != "unknown" {
		t.Errorf("state refunded: %v; state 9 is %s", err, report.State(9))
	}
	if _, err := report.Group(t.Context(), twoDays, report.Query{}, report.By(20)); !errors.Is(err, report.ErrQuery) {
		t.Errorf("by 20: %v", err)
	}
	for _, row := range []struct {
		by          report.By
		key, zh, en string
	}{
		{report.ByStore, "", "全店", "Whole store"}, {report.ByShift, "0", "无人当班", "Nobody"}, {report.ByShift, "9", "9", "9"},
		{report.ByClerk, "", "无人当班", "Nobody"}, {report.ByClerk, "小王", "小王", "小王"}, {report.ByWallet, "wechat", "微信支付", "WeChat Pay"},
		{report.ByWallet, "", "尚未选择", "Not chosen yet"}, {report.ByLane, "exit-B", "exit-B", "exit-B"}, {report.ByDay, "2026-11-24", "2026-11-24", "2026-11-24"},
	} {
		if zh, en := row.by.Label(row.key, words.Zh), row.by.Label(row.key, words.En); zh != row.zh || en != row.en {
			t.Errorf("%s %q reads %q and %q", row.by.Name(), row.key, zh, en)
		}
	}
}

// TestSays: every state of an order and of a refund has words of its own.
func TestSays(t *testing.T) {
	t.Parallel()
	for state, want := range map[report.State][2]words.Report{
		report.Unknown: {words.ReportIsUnknown, words.ReportIsUnknown}, report.Open: {words.ReportIsOpen, words.ReportIsUnderWay},
		report.Paid: {words.ReportIsPaid, words.ReportIsReturned}, report.Ended: {words.ReportIsEnded, words.ReportIsNotGone},
		report.Frozen: {words.ReportIsFrozen, words.ReportIsUnknown},
	} {
		sale, refund := report.Movement{State: state}, report.Movement{State: state, Refund: true}
		if sale.Says() != want[0] || refund.Says() != want[1] {
			t.Errorf("%s: a sale is %s, a refund %s", state, sale.Says(), refund.Says())
		}
	}
}

// TestFrozenRefundsAreUnknown: what a source should not say is not money either.
func TestFrozenRefundsAreUnknown(t *testing.T) {
	t.Parallel()
	src := journal{{Order: 1, State: 77, Amount: 10, Trusted: true, Refunds: []report.RefundRow{{State: report.Frozen, Amount: 3, Trusted: true}, {State: 77, Amount: 4, Trusted: true}}}}
	want := report.Figures{Unknown: report.Pending{Count: 1, Amount: 10}, RefundUnknown: report.Pending{Count: 2, Amount: 7}}
	if got := group(t, src, report.Query{}).Total; got != want {
		t.Errorf("figures are %+v", got)
	}
}

func sum(lines []report.Line, of func(report.Figures) money.Fen) (total money.Fen) {
	for _, line := range lines {
		total += of(line.Figures)
	}
	return total
}
