//go:build bench

package store_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"tillgate/store"
	"tillgate/store/entry"
)

// The figures of reading all orders. The limit leaves a report half of its
// second (agent/report: 100,000 orders in 1 s and 16 MB).
const (
	reportOrders   = 100_000
	ordersMax      = 500 * time.Millisecond
	ordersBytesMax = 8 << 20
)

// TestFiguresOfOrders reads 100,000 orders, of which every fiftieth has a refund.
func TestFiguresOfOrders(t *testing.T) {
	opts := in(t.TempDir())
	sh := openShop(t, opts)
	s := sh.s
	defer func() { must(t, s.Close()) }()
	done := make(chan error, 64)
	ask := func(step store.Step) { _, err := s.Commit(context.Background(), step); done <- err }
	for n := 0; n < reportOrders; n += cap(done) { // as many as share a transaction
		for i := range cap(done) {
			sh.now.Wall += 700
			number := s.Number()
			drafts := []entry.Draft{entry.New(entry.Opened, entry.OpenedBody{Lane: "counter", Amount: 1250, Title: "停车 2h", Ref: fmt.Sprint("pos-", n+i)}),
				entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: "wechat"}),
				entry.New(entry.Settled, entry.SettledBody{Number: number, Amount: 1250, Settled: 1250, Network: fmt.Sprintf("4200001%021d", n+i), Wallet: "wechat"})}
			go ask(store.Step{Entries: drafts, Done: true})
		}
		for range cap(done) {
			must(t, <-done)
		}
	}
	sales, err := s.Sales(context.Background(), 0, reportOrders/50)
	must(t, err)
	for _, sale := range sales {
		p, err := s.Payment(context.Background(), sale.ID)
		must(t, err)
		_, err = s.Commit(context.Background(), store.Step{OrderAfter: p.Last, Entries: []entry.Draft{draftRefund(p, 100), draftReturned(100)}, Done: true})
		must(t, err)
	}
	for _, q := range []struct {
		name  string
		query store.OrderQuery
		limit time.Duration
	}{
		{"store.orders_100k", store.OrderQuery{Bare: true}, ordersMax},
		{"store.orders_texts_100k", store.OrderQuery{}, 4 * ordersMax},
	} {
		took, grown, waited := readOrders(t, s, q.query)
		figure(t, q.name, "ms", float64(took.Microseconds())/1000, took <= q.limit)
		fmt.Printf("# 999 rows of 1,000 came within %.1f ms, the heap grew by %d kB\n", float64(waited.Microseconds())/1000, grown/1024)
		if grown > ordersBytesMax {
			t.Errorf("%d bytes more are in use while orders are read", grown)
		}
	}
}

// readOrders is the quickest of three readings, the most memory that one needed
// beyond what was there, and how long all but a few rows had to be waited for: a
// slice, while what else the machine does may hold up any.
func readOrders(t *testing.T, s *store.Store, q store.OrderQuery) (took time.Duration, grown int64, waited time.Duration) {
	var all, waits []time.Duration
	for range 3 {
		runtime.GC()
		waits = slices.Grow(waits, 2*reportOrders)
		var before, now runtime.MemStats
		runtime.ReadMemStats(&before)
		rows, refunds, begin := 0, 0, time.Now()
		last, paused := begin, time.Duration(0)
		for row, err := range s.Orders(context.Background(), q) {
			must(t, err)
			at := time.Now()
			waits = append(waits, at.Sub(last))
			rows++
			refunds += len(row.Refunds)
			if rows%10_000 == 0 {
				runtime.ReadMemStats(&now)
				grown = max(grown, int64(now.HeapInuse)-int64(before.HeapInuse))
				paused += time.Since(at)
			}
			last = time.Now()
		}
		all = append(all, time.Since(begin)-paused)
		if rows < reportOrders || refunds != reportOrders/50 {
			t.Fatalf("%d orders and %d refunds were read", rows, refunds)
		}
	}
	slices.Sort(waits)
	return slices.Min(all), grown, waits[len(waits)-len(waits)/1000]
}
