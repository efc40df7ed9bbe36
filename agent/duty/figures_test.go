//go:build bench

package duty

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"tillgate/agent/report"
	"tillgate/agent/staff"
)

// What the issue allows a month's report over 100,000 orders; and what a clerk
// waits for at the end of a shift, a number of ours.
const (
	monthMax    = time.Second
	handoverMax = 2 * time.Second
)

// TestFiguresOfOneHundredThousand makes a month's report and counts a shift over
// a real store on a real disk.
func TestFiguresOfOneHundredThousand(t *testing.T) {
	l := newBusyLab(t)
	clerk := l.hire("Wang", staff.Clerk, nil)
	l.sellsMany(figureOrders - 640)
	shift := l.on(clerk, "counter-1")
	l.sellsMany(640)

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
