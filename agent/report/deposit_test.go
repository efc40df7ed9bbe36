package report_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tillgate/agent/report"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// hotel is the journal of a desk: a deposit of 300.00 of which 88.50 were captured
// a day later and the rest went back, 6.00 of it refunded since; one of 200.00 that
// is held, with a capture that nobody has answered; one that nobody took; one whose
// totals the network has corrected.
var hotel = journal{
	{Order: 10, Deposit: true, Lane: "desk-1", Shift: 7, Clerk: "Li", Network: "wechat", Number: numberOf(1), NetworkNumber: "4200009", State: report.Paid, At: at("2026-11-23 20:00:00"), Seq: 11,
		Trusted: true, Amount: 30000, Settled: 1, // a source cannot make a deposit a sale
		Moves: []report.MoveRow{
			{Part: report.Captured, Number: entry.CaptureNumber(numberOf(1), 1), Lane: "desk-2", Shift: 9, Clerk: "Wang", State: report.Paid, At: at("2026-11-24 09:00:00"), Seq: 50, Trusted: true, Amount: 8850},
			{Part: report.Released, Number: entry.CaptureNumber(numberOf(1), 1), Lane: "desk-2", Shift: 9, Clerk: "Wang", State: report.Paid, At: at("2026-11-24 09:00:00"), Seq: 50, Trusted: true, Amount: 21150}},
		Refunds: []report.RefundRow{{Number: entry.RefundNumber(numberOf(1), 1), Lane: "desk-1", Shift: 9, Clerk: "Wang", State: report.Paid, At: at("2026-11-24 10:00:00"), Seq: 60, Trusted: true, Amount: 600, Settled: 600}}},
	{Order: 20, Deposit: true, Lane: "desk-1", Shift: 7, Clerk: "Li", Network: "cloudpay", Wallet: "alipay", Number: numberOf(2), Ref: "stay-7", State: report.Paid, At: at("2026-11-23 21:00:00"), Seq: 21, Trusted: true, Amount: 20000,
		Moves: []report.MoveRow{
			{Part: report.Captured, Number: entry.CaptureNumber(numberOf(2), 1), Lane: "desk-1", Shift: 9, Clerk: "Wang", At: at("2026-11-24 09:30:00"), Trusted: true, Amount: 5000},
			{Part: report.StillHeld, Lane: "desk-1", Shift: 9, Clerk: "Wang", State: report.Paid, At: at("2026-11-23 21:00:00"), Trusted: true, Amount: 20000}}},
	{Order: 30, Deposit: true, Lane: "desk-2", Shift: 9, Network: "wechat", Number: numberOf(3), State: report.Ended, At: at("2026-11-24 11:00:00"), Seq: 31, Trusted: true, Amount: 500},
	{Order: 32, Deposit: true, Lane: "desk-2", Shift: 9, Clerk: "Wang", Network: "wechat", Number: numberOf(4), State: report.Open, At: at("2026-11-24 11:00:00"), Trusted: true, Amount: 700},
	{Order: 40, Deposit: true, Lane: "desk-2", Network: "alipay", Number: numberOf(5), State: report.Paid, At: at("2026-11-24 06:00:00"), Seq: 41, Trusted: true, Amount: 1000,
		Moves: []report.MoveRow{
			{Part: report.Captured, Number: entry.CaptureNumber(numberOf(5), 1), Lane: "desk-2", Shift: 9, Clerk: "Wang", State: report.Paid, At: at("2026-11-24 12:00:00"), Seq: 70, Trusted: true, Amount: 400},
			{Part: report.Captured, Lane: "desk-2", Shift: 9, Clerk: "Wang", State: report.Paid, At: at("2026-11-24 13:00:00"), Seq: 71, Trusted: true, Amount: -100},
			{Part: report.Released, Lane: "desk-2", Shift: 9, Clerk: "Wang", State: report.Paid, At: at("2026-11-24 13:00:00"), Seq: 71, Trusted: true, Amount: 700}}},
}

// TestFiguresOfDeposits: what was captured is a sale, in the shift, day, lane and
// wallet where it was; what was taken, released and is still held stands beside,
// and no more is captured and released than was taken.
func TestFiguresOfDeposits(t *testing.T) {
	t.Parallel()
	got := group(t, hotel, report.Query{}).Total
	want := report.Figures{
		Sales: 2, Amount: 8850 + 400 - 100, Settled: 8850 + 400 - 100, Refunds: 1, Refund: 600, RefundSettled: 600,
		Captures: report.Pending{Count: 2, Amount: 8850 + 400 - 100}, Taken: report.Pending{Count: 3, Amount: 51000}, Released: report.Pending{Count: 2, Amount: 21850},
		StillHeld: report.Pending{Count: 1, Amount: 20000}, DepositOpen: report.Pending{Count: 2, Amount: 5700},
	}
	if got != want {
		t.Errorf("figures are\n%+v, want\n%+v", got, want)
	}
	if got.Captures.Amount+got.Released.Amount+got.StillHeld.Amount != got.Taken.Amount || got.Received() != 8850+300-600 || got.Discount() != 0 {
		t.Errorf("they do not sum up: %+v", got)
	}
	for _, row := range []struct {
		by   report.By
		want string // keys, received, taken and held
	}{
		{report.ByShift, "0 0.00 10.00 0.00, 7 0.00 500.00 0.00, 9 85.50 0.00 200.00"},
		{report.ByLane, "desk-1 -6.00 500.00 200.00, desk-2 91.50 10.00 0.00"},
		{report.ByClerk, " 0.00 10.00 0.00, Li 0.00 500.00 0.00, Wang 85.50 0.00 200.00"},
		{report.ByWallet, "alipay 3.00 210.00 200.00, wechat 82.50 300.00 0.00"},
		{report.ByDay, "2026-11-23 0.00 500.00 200.00, 2026-11-24 85.50 10.00 0.00"},
		{report.ByMonth, "2026-11 85.50 510.00 200.00"},
	} {
		var lines []string
		for _, l := range group(t, hotel, report.Query{}, row.by).Lines {
			lines = append(lines, strings.Join([]string{l.Keys[0], l.Received().String(), l.Taken.Amount.String(), l.StillHeld.Amount.String()}, " "))
		}
		if got := strings.Join(lines, ", "); got != row.want {
			t.Errorf("by %s: %s, want %s", row.by.Name(), got, row.want)
		}
	}
	for kind, n := range map[report.Kind]int{report.Both: 13, report.Sales: 4, report.Refunds: 1, report.Deposits: 8} {
		if page, err := report.Details(t.Context(), hotel, report.Query{Kind: kind}, 100); err != nil || len(page.Movements) != n {
			t.Errorf("kind %d: %d movements, want %d, %v", kind, len(page.Movements), n, err)
		}
	}
}

// TestColumnsOfDeposits: a shop that takes none sees none of them on its page; a
// file has all of them, always.
func TestColumnsOfDeposits(t *testing.T) {
	t.Parallel()
	if n := len(group(t, hotel, report.Query{}).Columns()); n != len(report.Columns()) {
		t.Errorf("%d columns of a hotel", n)
	}
	for _, c := range group(t, twoDays, report.Query{}).Columns() {
		if c.Deposit || c.Name == words.ReportCaptures {
			t.Errorf("a shop without deposits has the column %s", c.Name)
		}
	}
	var file bytes.Buffer
	if err := report.ExportTable(&file, group(t, twoDays, report.Query{})); err != nil || !strings.Contains(file.String(), words.ReportTakenAmount.Both()) {
		t.Errorf("a file without the columns of deposits, %v", err)
	}
}

// TestShiftOfAHotel: a hand-over has its shift's captures as sales, and what is
// held is left to the next one, whoever took it.
func TestShiftOfAHotel(t *testing.T) {
	t.Parallel()
	s, err := report.ShiftFigures(t.Context(), hotel, 9, []report.Gap{{Lane: "desk-2", After: 0, Until: 49}})
	if err != nil || s.Total.Received() != 8550 || s.Total.Released.Amount != 21850 || s.Nobody.Taken != (report.Pending{Count: 1, Amount: 1000}) || len(s.Pending) != 2 {
		t.Errorf("%+v, %v", s, err)
	}
	for _, row := range []struct {
		lanes []string
		left  int
		held  report.Pending
	}{{nil, 2, report.Pending{Count: 1, Amount: 20000}}, {[]string{"desk-1"}, 1, report.Pending{Count: 1, Amount: 20000}}, {[]string{"desk-2"}, 1, report.Pending{}}, {[]string{}, 0, report.Pending{}}} {
		left, err := report.LeftOn(t.Context(), hotel, row.lanes, 100)
		if err != nil || len(left.Movements) != row.left || left.Held != row.held {
			t.Errorf("left on %v: %+v, %v", row.lanes, left, err)
		}
	}
	if left, err := report.LeftOn(t.Context(), hotel, nil, 1); err != nil || len(left.Movements) != 1 || left.Held.Count != 1 {
		t.Errorf("a list that is cut: %+v, %v", left, err)
	}
}

// TestDetailsOfDeposits: each part is a line that says what it is, found by the
// number of a capture too; only what moved the shop's money is in its columns.
func TestDetailsOfDeposits(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	if n, err := report.ExportDetails(t.Context(), &file, hotel, report.Query{Lanes: []string{"desk-1", "desk-2"}, Before: 30}, nil); err != nil || n != 7 {
		t.Fatalf("%d lines, %v", n, err)
	}
	_, lines := sheet(t, file.Bytes())
	for i, want := range []string{
		"收押金 Deposit|已冻结 Held||200.00|", "押金消费 Capture|结果未知 Unknown|" + numberOf(2) + "51\t|50.00|", "仍冻结 Still held|冻结中 Held now||200.00|",
		"收押金 Deposit|已冻结 Held||300.00|", "押金消费 Capture|已消费 Captured|" + numberOf(1) + "51\t|88.50|88.50", "退押金 Release|已退还 Released|" + numberOf(1) + "51\t|211.50|",
		"退款 Refund|已退款 Refunded|" + numberOf(1) + "01\t|6.00|-6.00",
	} {
		if l := lines[i]; strings.Join([]string{l[0], l[3], l[5], l[15], l[21]}, "|") != want {
			t.Errorf("line %d is %q, want %q", i, l, want)
		}
	}
	search := report.ParseSearch(entry.CaptureNumber(numberOf(1), 1), time.UnixMilli(at("2026-11-24 12:00:00")), report.Calendar{})
	page, err := report.Details(t.Context(), hotel, report.Query{Search: search}, 10)
	if err != nil || len(page.Movements) != 2 || page.Movements[0].Part != report.Captured || !page.Movements[0].Deposit || page.Movements[1].Part != report.Released {
		t.Errorf("a capture's number finds %+v, %v", page.Movements, err)
	}
	if page, err = report.Details(t.Context(), hotel, report.Query{Min: 1, Max: 600}, 10); err != nil || len(page.Movements) != 3 {
		t.Errorf("of 0.01 to 6.00 are %d, %v", len(page.Movements), err)
	}
	var sum money.Fen
	for _, l := range group(t, hotel, report.Query{}, report.ByHour).Lines {
		sum += l.Amount
	}
	if sum != 9150 {
		t.Errorf("by hour %s were captured", sum)
	}
}
