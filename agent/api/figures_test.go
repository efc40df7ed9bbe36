//go:build bench

package api

import (
	"context"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/store"
	"tillgate/store/entry"
)

const (
	overheadMax = 2 * time.Millisecond // purpose of issue 5, "Figures"
	sales       = 300

	fileOrders    = 100_000
	fileMemoryMax = 16.0 // MB more than before, at the peak
)

// TestFiguresOfTheAPI: a call of the API over a real connection until its answer,
// against the same order through its lane until that is durable; with the real
// store on a file. Both take turns.
func TestFiguresOfTheAPI(t *testing.T) {
	s := &shop{t: t, bank: &bank{given: map[string]pay.Refund{}}, path: filepath.Join(t.TempDir(), "till.db")}
	s.begin()
	defer func() { s.stop() }()
	server := httptest.NewServer(s.api)
	defer server.Close()
	till := client.New(server.URL, tillToken)
	var called, asked []time.Duration
	for i := range sales {
		began := time.Now()
		if _, err := till.Sell(t.Context(), fmt.Sprint("k", i), client.Sale{Lane: "lane-0", Amount: 1250, Title: "Parking"}); err != nil {
			t.Fatal(err)
		}
		called = append(called, time.Since(began))
		began = time.Now()
		wish := flow.Amount{Amount: 1250, Title: "Parking", Request: &entry.RequestedBody{Token: "lane", Key: fmt.Append(nil, i)}}
		if said, err := flow.Ask(context.Background(), s.lanes[1].Offer, wish); err != nil || said.Key == 0 {
			t.Fatalf("%+v, %v", said, err)
		}
		asked = append(asked, time.Since(began))
		time.Sleep(60 * time.Millisecond) // as many a second as a token may ask
	}
	middle := func(of []time.Duration) time.Duration { return slices.Sorted(slices.Values(of))[len(of)/2] }
	over := middle(called) - middle(asked)
	fmt.Printf("bench api.sale_overhead %.3f ms\n", over.Seconds()*1000)
	fmt.Printf("# by the API %v, through the lane %v\n", middle(called), middle(asked))
	if over > overheadMax {
		t.Errorf("api.sale_overhead is %v, beyond its limit of %v", over, overheadMax)
	}
}

// taker is a program that takes a file and keeps nothing of it; it looks at the
// heap meanwhile.
type taker struct {
	lines int
	peak  uint64
}

func (t *taker) Write(text []byte) (int, error) {
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	t.peak = max(t.peak, now.HeapAlloc)
	for _, b := range text {
		if b == '\n' {
			t.lines++
		}
	}
	return len(text), nil
}

// TestFiguresOfTheFile: the memory that the API needs more while a program takes
// every one of 100,000 orders away as CSV, over a real connection.
func TestFiguresOfTheFile(t *testing.T) {
	s := &shop{t: t, bank: &bank{given: map[string]pay.Refund{}}, path: filepath.Join(t.TempDir(), "till.db")}
	s.begin()
	defer func() { s.stop() }()
	done := make(chan error, 64)
	for n := 0; n < fileOrders; n += cap(done) { // as many as share a transaction
		for i := range cap(done) {
			number := s.store.Number()
			step := store.Step{Done: true, Entries: []entry.Draft{entry.New(entry.Opened, entry.OpenedBody{Lane: "lane-0", Amount: 1250, Title: "停车 2h", Ref: fmt.Sprint("pos-", n+i)}),
				entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: "wechat"}),
				entry.New(entry.Settled, entry.SettledBody{Number: number, Amount: 1250, Settled: 1250, Network: fmt.Sprintf("4200001%021d", n+i), Wallet: "wechat"})}}
			go func() { _, err := s.store.Commit(context.Background(), step); done <- err }()
		}
		for range cap(done) {
			s.must(<-done)
		}
	}
	server := httptest.NewServer(s.api)
	defer server.Close()
	till := client.New(server.URL, tillToken)
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var file taker
	began := time.Now()
	s.must(till.ReportFile(t.Context(), client.ReportQuery{Details: true}, &file))
	more := float64(int64(file.peak)-int64(before.HeapAlloc)) / (1 << 20)
	fmt.Printf("bench report.csv_100k_api %.1f MB\n# %d lines in %v; the heap was at %d MB before\n", more, file.lines, time.Since(began), before.HeapAlloc>>20)
	if file.lines <= fileOrders || more > fileMemoryMax {
		t.Errorf("report.csv_100k_api is %.1f MB of %d lines, beyond its limit of %.0f", more, file.lines, fileMemoryMax)
	}
}
