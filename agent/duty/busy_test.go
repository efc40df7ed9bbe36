package duty

import (
	"context"
	"fmt"
	"io"
	"iter"
	"runtime"
	"testing"

	"tillgate/agent/report"
	"tillgate/agent/staff"
	"tillgate/store"
	"tillgate/store/entry"
)

const (
	figureOrders   = 100_000
	monthMemoryMax = 16 << 20 // bytes, more than before: what the issue allows
)

// newBusyLab is a lab on a real disk.
func newBusyLab(t *testing.T) *lab {
	l := newLab(t, 1)
	l.must(l.books.Close())
	l.folder = t.TempDir()
	l.open()
	return l
}

// sellsMany has so many orders of 12.50 paid on all lanes, many in one transaction.
func (l *lab) sellsMany(count int) {
	l.tb.Helper()
	done := make(chan error, 64)
	for n := 0; n < count; n += cap(done) {
		for i := range cap(done) {
			l.pass(26_000 / int64(cap(done)))
			number, lane := l.books.Number(), l.lanes.names[i%len(l.lanes.names)]
			step := store.Step{Done: true, Entries: []entry.Draft{entry.New(entry.Opened, entry.OpenedBody{Lane: lane, Amount: 1250, Title: "停车 2h"}),
				entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: "wechat"}),
				entry.New(entry.Settled, entry.SettledBody{Number: number, Amount: 1250, Settled: 1250, Network: fmt.Sprintf("42%022d", n+i)})}}
			go func() { _, err := l.books.Commit(context.Background(), step); done <- err }()
		}
		for range cap(done) {
			l.must(<-done)
		}
	}
}

// watched is a source that looks now and then at how much of the heap is in use.
type watched struct {
	report.Source
	peak *uint64
}

func (w watched) Rows(ctx context.Context, q report.Query) iter.Seq2[report.Row, error] {
	return func(yield func(report.Row, error) bool) {
		n := 0
		for row, err := range w.Source.Rows(ctx, q) {
			if n++; n%10_000 == 0 {
				*w.peak = max(*w.peak, inUse())
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// inUse is what of the heap something still points to.
func inUse() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// TestAReportKeepsLittleInMemory: over 100,000 orders of the real store neither a
// month's figures, nor the file of its details, nor a hand-over keep what they read.
// It is not parallel to others, whose memory it would count.
func TestAReportKeepsLittleInMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes 100,000 sales")
	}
	l := newBusyLab(t)
	clerk := l.hire("Wang", staff.Clerk, nil)
	l.sellsMany(figureOrders - 64)
	shift := l.on(clerk)
	l.sellsMany(64)
	ctx, q := t.Context(), report.Query{Calendar: l.Calendar()}
	for name, makes := range map[string]func(watched) (int64, error){
		"figures": func(w watched) (int64, error) {
			w.Source = l.Figures()
			table, err := report.Group(ctx, w, q, report.ByMonth, report.ByLane, report.ByClerk, report.ByWallet)
			return table.Total.Sales, err
		},
		"file": func(w watched) (int64, error) {
			w.Source = l.Source()
			return report.ExportDetails(ctx, io.Discard, w, q, nil)
		},
		"slip": func(w watched) (int64, error) {
			w.Source = l.Figures()
			s, err := report.ShiftFigures(ctx, w, int64(shift.ID), []report.Gap{{Until: shift.ID}})
			return s.Total.Sales + s.Nobody.Sales, err
		},
	} {
		before, peak := inUse(), uint64(0)
		lines, err := makes(watched{peak: &peak})
		if l.must(err); lines < figureOrders || peak == 0 {
			t.Errorf("the %s: %d of %d are counted", name, lines, figureOrders)
		}
		if more := int64(peak) - int64(before); more > monthMemoryMax {
			t.Errorf("the %s keeps %.1f MB in memory, more than %d", name, float64(more)/(1<<20), monthMemoryMax>>20)
		}
	}
}
