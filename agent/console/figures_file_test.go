//go:build bench

package console

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"testing"
	"time"

	"tillgate/store"
	"tillgate/store/entry"
)

const (
	fileOrders    = 100_000
	fileMemoryMax = 16.0 // MB more than before, at the peak
)

// TestFiguresOfTheFile: the memory that the page needs more while a browser takes
// every one of 100,000 orders away as CSV, over a real connection.
func TestFiguresOfTheFile(t *testing.T) {
	s := newShop(t)
	s.open()
	done := make(chan error, 64)
	for n := 0; n < fileOrders; n += cap(done) { // as many as share a transaction
		for i := range cap(done) {
			number := s.store.Number()
			step := store.Step{Done: true, Entries: []entry.Draft{entry.New(entry.Opened, entry.OpenedBody{Lane: "counter-1", Amount: 1250, Title: "停车 2h", Ref: fmt.Sprint("pos-", n+i)}),
				entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: "wechat"}),
				entry.New(entry.Settled, entry.SettledBody{Number: number, Amount: 1250, Settled: 1250, Network: fmt.Sprintf("4200001%021d", n+i), Wallet: "wechat"})}}
			go func() { _, err := s.store.Commit(context.Background(), step); done <- err }()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Fatal(err)
			}
		}
	}
	address, cookie := serve(t, s.bench), s.signIn("Chief")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/reports.csv?what=details", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cookie", cookie)
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	answer, err := http.DefaultClient.Do(req)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer, err)
	}
	defer answer.Body.Close()
	peak, lines, part := uint64(0), 0, make([]byte, 64<<10)
	for {
		n, err := answer.Body.Read(part)
		runtime.ReadMemStats(&now)
		peak = max(peak, now.HeapAlloc)
		for _, b := range part[:n] {
			if b == '\n' {
				lines++
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	more := float64(int64(peak)-int64(before.HeapAlloc)) / (1 << 20)
	fmt.Printf("bench report.csv_100k %.1f MB\n# %d lines in %v; the heap was at %d MB before\n", more, lines, time.Since(began), before.HeapAlloc>>20)
	if lines <= fileOrders || more > fileMemoryMax {
		t.Errorf("report.csv_100k is %.1f MB of %d lines, beyond its limit of %.0f", more, lines, fileMemoryMax)
	}
}
