//go:build bench

package duty

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"tillgate/agent/report"
	"tillgate/agent/staff"
	"tillgate/store"
	"tillgate/store/entry"
)

// What the issue allows a month's report over 100,000 orders; and what a clerk
// waits for at the end of a shift, a number of ours.
const (
	figureOrders   = 100_000
	monthMax       = time.Second
	monthMemoryMax = 16 << 20
	handoverMax    = 2 * time.Second
)

// TestFiguresOfOneHundredThousand makes a month's report and counts a shift over
// a real store on a real disk.
func TestFiguresOfOneHundredThousand(t *testing.T) {
	l := newLab(t, 1)
	l.must(l.books.Close())
	l.folder = t.TempDir()
	l.open()
	clerk := l.hire("Wang", staff.Clerk, nil)
	done := make(chan error, 64)
	sell := func(count int) {
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
	sell(figureOrders - 640)
	shift := l.on(clerk, "counter-1")
	sell(640)

	var took []time.Duration
	var more int64
	for range 3 {
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		begin := time.Now()
		table, err := report.Group(t.Context(), l.Figures(), report.Query{Calendar: l.Calendar()}, report.ByMonth, report.ByLane, report.ByClerk, report.ByWallet)
		took = append(took, time.Since(begin))
		runtime.ReadMemStats(&after)
		more = max(more, int64(after.HeapInuse)-int64(before.HeapInuse))
		if l.must(err); table.Total.Sales < figureOrders {
			t.Fatalf("%d sales are counted", table.Total.Sales)
		}
	}
	figure(t, "duty.month_100k", float64(slices.Min(took).Microseconds())/1000, "ms", slices.Min(took) <= monthMax)
	figure(t, "duty.month_100k_memory", float64(more)/(1<<20), "MB", more <= monthMemoryMax)

	begin := time.Now()
	handed, err := l.HandOver(t.Context(), HandOver{By: clerk, Shift: shift.ID})
	waited := time.Since(begin)
	if l.must(err); handed.Slip.Total.Sales == 0 || handed.Slip.Nobody.Sales < figureOrders/4 {
		t.Errorf("the slip has %+v", handed.Slip)
	}
	figure(t, "duty.handover_100k", float64(waited.Microseconds())/1000, "ms", waited <= handoverMax)
}

func figure(t *testing.T, name string, value float64, unit string, ok bool) {
	t.Helper()
	fmt.Printf("bench %s %.1f %s\n", name, value, unit)
	if !ok {
		t.Errorf("%s is %.1f %s, beyond its limit", name, value, unit)
	}
}
