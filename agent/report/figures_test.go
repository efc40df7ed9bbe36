//go:build bench

package report_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"tillgate/agent/report"
	"tillgate/store/entry"
	"tillgate/store/money"
)

const (
	orders    = 100_000
	rounds    = 7
	reportMax = time.Second
	memoryMax = 16.0 // MB, at the peak, more than before
)

// busy is a month of a busy car park: a Source that makes each row when it is
// asked for, with texts of its own as a database gives them, and looks at the
// heap meanwhile.
type busy struct{ peak *uint64 }

func (b busy) Rows(context.Context, report.Query) iter.Seq2[report.Row, error] {
	return func(yield func(report.Row, error) bool) {
		begins, apart := at("2026-11-01 00:00:00"), int64(30*24*3_600_000/orders)
		var refunds [1]report.RefundRow
		for n := orders; n > 0; n-- {
			if b.peak != nil && n%500 == 0 {
				var stats runtime.MemStats
				runtime.ReadMemStats(&stats)
				*b.peak = max(*b.peak, stats.HeapAlloc)
			}
			when := begins + int64(n)*apart
			row := report.Row{Order: entry.Seq(4 * n), Lane: fmt.Sprintf("exit-%d", n%8), Shift: int64(n / 300), Clerk: fmt.Sprintf("clerk %d", n%12),
				Network: ways[n%5][2], Wallet: ways[n%5][1], Tender: ways[n%5][0], Merchant: "east lot", Number: fmt.Sprintf("10000001000112345%06d0", n),
				NetworkNumber: fmt.Sprintf("42000%023d", n), Title: fmt.Sprintf("Parking %dh", n%24), State: report.Paid, At: when, Seq: entry.Seq(4*n + 2),
				Trusted: n%50 != 0, Amount: money.Fen(500 + n%40*50), Settled: money.Fen(500 + n%40*50 - n%7)}
			if n%20 == 0 {
				refunds[0] = report.RefundRow{Number: row.Number + "01", Shift: row.Shift, Clerk: row.Clerk, State: report.Paid, At: when + 3_600_000, Seq: row.Seq + 1, Trusted: true,
					Amount: row.Amount, Settled: row.Settled}
				row.Refunds = refunds[:]
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// TestFiguresOfTheReport: a month's report over a hundred thousand orders, by day,
// lane and wallet; what the rows cost their maker is in it, a database's time is not.
func TestFiguresOfTheReport(t *testing.T) {
	q := report.Query{}
	q.From, q.To, _ = q.Calendar.Month("2026-11")
	var took, rows []time.Duration
	for range rounds {
		start := time.Now()
		table := group(t, busy{}, q, report.ByDay, report.ByLane, report.ByWallet)
		took = append(took, time.Since(start))
		if len(table.Lines) != 30*8*5 || table.Total.Sales < orders-1 || table.Total.Refunds == 0 {
			t.Fatalf("%d lines, %+v", len(table.Lines), table.Total)
		}
		start = time.Now()
		for range (busy{}).Rows(t.Context(), q) { //nolint:revive // the rows alone
		}
		rows = append(rows, time.Since(start))
	}
	slices.Sort(took)
	slices.Sort(rows)
	ms := float64(took[rounds/2].Microseconds()) / 1000
	fmt.Printf("bench report.100k %.1f ms\n", ms)
	fmt.Printf("# of it making the rows %.1f ms\n", float64(rows[rounds/2].Microseconds())/1000)
	if took[rounds/2] > reportMax {
		t.Errorf("report.100k is %.1f ms, beyond its limit of %v", ms, reportMax)
	}
}

// TestFiguresOfTheReportsMemory: the heap's peak while the month is reported and
// exported, more than before it.
func TestFiguresOfTheReportsMemory(t *testing.T) {
	var before runtime.MemStats
	debug.FreeOSMemory()
	runtime.ReadMemStats(&before)
	peak := before.HeapAlloc
	src := busy{peak: &peak}
	q := report.Query{}
	q.From, q.To, _ = q.Calendar.Month("2026-11")
	table := group(t, src, q, report.ByDay, report.ByLane, report.ByWallet)
	if err := report.ExportTable(io.Discard, table); err != nil {
		t.Fatal(err)
	}
	lines, err := report.ExportDetails(t.Context(), io.Discard, src, q, nil)
	if err != nil || lines < orders {
		t.Fatalf("%d lines, %v", lines, err)
	}
	more := float64(peak-before.HeapAlloc) / (1 << 20)
	fmt.Printf("bench report.100k_memory %.1f MB\n", more)
	if more > memoryMax {
		t.Errorf("report.100k_memory is %.1f MB, beyond its limit of %.0f", more, memoryMax)
	}
}
