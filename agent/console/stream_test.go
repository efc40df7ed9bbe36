package console

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store/money"
)

func TestStreamDeliversChanges(t *testing.T) {
	t.Parallel()
	b := newBench()
	address := serve(t, b)
	events, board := openStream(t, address, "page=index"), openStream(t, address, "page=technician")
	events.begins(t, "lane-0", "lane-1", "alarms") // a new stream begins with everything
	board.begins(t, "alarms", "facts", "networks", "devices", "lanes", "events")
	if got, err := http.PostForm(address+"/lanes/exit-1/amount", url.Values{"amount": {"15"}}); err != nil || got.StatusCode != 200 {
		t.Fatal(got, err)
	}
	if p := events.next(t); p.Part != "lane-1" || !strings.Contains(p.HTML, "15.00") || !strings.Contains(p.HTML, "待付款") {
		t.Errorf("after the amount came %+v", p)
	}
	if p := board.next(t); p.Part != "lanes" || !strings.Contains(p.HTML, "待付款") {
		t.Errorf("after the amount the technician saw %+v", p)
	}
	b.board.Set(Device{Name: "gate-1", State: Lost, Text: "unplugged"})
	if p := events.next(t); p.Part != "alarms" || !strings.Contains(p.HTML, "gate-1") {
		t.Errorf("after the device was lost came %+v", p)
	}
	if p := board.next(t); p.Part != "alarms" {
		t.Errorf("after the device was lost the technician saw %+v", p)
	}
	if p := board.next(t); p.Part != "devices" || !strings.Contains(p.HTML, "unplugged") {
		t.Errorf("after the device was lost came %+v", p)
	}
	b.board.Note(Event{From: "gate-1", Text: "back again"})
	if p := board.next(t); p.Part != "events" || !strings.Contains(p.HTML, "back again") {
		t.Errorf("after the event came %+v", p)
	}
	again := openStream(t, address, "page=cashier:exit-1") // the browser that was away is right at once
	if p := again.next(t); p.Part != "lane" || !strings.Contains(p.HTML, "15.00") {
		t.Errorf("a stream that comes back begins with %+v", p)
	}
}

// serve shows a console on loopback until the test ends, and sees it end.
func serve(t *testing.T, page http.Handler) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- Serve(t.Context(), listener, page, slog.New(slog.DiscardHandler)) }()
	t.Cleanup(func() {
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "http://" + listener.Addr().String()
}

// listener reads a stream as a browser does.
type listener struct {
	lines *bufio.Scanner
	rest  func() // reads on to the end, for whoever does not look any more
}

func listenerOf(from io.Reader) listener {
	lines := bufio.NewScanner(from)
	return listener{lines, sync.OnceFunc(func() {
		for lines.Scan() {
		}
	})}
}

func openStream(t *testing.T, address, page string) listener {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", address+"/events?"+page, nil)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := http.DefaultClient.Do(req)
	if err != nil || reply.StatusCode != 200 || reply.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(reply, err)
	}
	t.Cleanup(func() { reply.Body.Close() })
	return listenerOf(reply.Body)
}

// begins reads the parts that a stream begins with.
func (e listener) begins(t *testing.T, parts ...string) {
	t.Helper()
	for _, name := range parts {
		if p := e.next(t); p.Part != name {
			t.Fatalf("part %q, want %q", p.Part, name)
		}
	}
}

func (e listener) next(t *testing.T) (p message) {
	t.Helper()
	for e.lines.Scan() {
		data, ok := strings.CutPrefix(e.lines.Text(), "data: ")
		if !ok {
			continue
		}
		p = message{}
		if err := json.Unmarshal([]byte(data), &p); err != nil {
			t.Fatal(err)
		}
		if p.Part != "" {
			return p
		}
	}
	t.Fatal("the stream ended:", e.lines.Err())
	return p
}

// pipeWriter is a browser without a network, for a bubble's own time.
type pipeWriter struct {
	*io.PipeWriter
	header http.Header
}

func (w pipeWriter) Header() http.Header { return w.header }
func (pipeWriter) WriteHeader(int)       {}
func (pipeWriter) Flush()                {}

func TestPassingLineGoesByItself(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		b.counter.change(func(v *flow.View) { v.Tell, v.TellAt = words.TellNoAmount, time.Now() })
		start := time.Now()
		stream, leave := b.listen(t, "page=cashier:counter-1")
		if p := stream.next(t); !strings.Contains(p.HTML, "请先输入金额") {
			t.Errorf("the line is not there: %+v", p)
		}
		stream.begins(t, "lamp", "sales")
		if p := stream.next(t); p.Part != "lane" || strings.Contains(p.HTML, "请先输入金额") || time.Since(start) != flow.TellFor {
			t.Errorf("after %v came %+v", time.Since(start), p)
		}
		for stream.lines.Scan() && stream.lines.Text() != "event: beat" {
		}
		if since := time.Since(start); since != flow.TellFor+beatEvery {
			t.Errorf("a beat after %v", since)
		}
		leave()
	})
}

// TestStormOfChanges has a lane that changes a thousand times a second: the
// page is told often enough for an eye, and the last word is right.
func TestStormOfChanges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		stream, leave := b.listen(t, "page=cashier:counter-1")
		stream.begins(t, "lane", "lamp", "sales")
		synctest.Wait()
		start := time.Now()
		go func() {
			for i := range 1000 {
				b.counter.Offer(flow.Amount{Amount: money.Fen(100_000 + i)})
				time.Sleep(time.Millisecond)
			}
		}()
		told := 0
		for p := (message{}); !strings.Contains(p.HTML, "1009.99"); told++ {
			if p = stream.next(t); told == 0 && time.Since(start) > lookEvery {
				t.Errorf("the first change came after %v", time.Since(start))
			}
		}
		if most := int(time.Second/lookEvery) + 2; told > most {
			t.Errorf("told %d times in a second, want at most %d", told, most)
		}
		leave()
	})
}

// listen opens a stream without a network; leave is the browser going away.
func (b bench) listen(t *testing.T, page string, cookies ...string) (e listener, leave func()) {
	in, out := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	r := httptest.NewRequestWithContext(ctx, "GET", "/events?"+page, nil)
	r.Host = "localhost"
	for _, cookie := range cookies {
		r.Header.Add("Cookie", cookie)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.ServeHTTP(pipeWriter{out, http.Header{}}, r)
		out.Close()
	}()
	e = listenerOf(in)
	return e, func() {
		cancel()
		e.rest() // what was under way
		<-done
	}
}

// TestManyStreams opens as many streams as may be open and one more.
func TestManyStreams(t *testing.T) {
	t.Parallel()
	b := newBench()
	address := serve(t, b)
	var all []listener
	for range streamsMax {
		all = append(all, openStream(t, address, "page=cashier:counter-1"))
		all[len(all)-1].next(t)
	}
	reply, err := http.Get(address + "/events?page=index")
	if err != nil || reply.StatusCode != 503 || reply.Header.Get("Retry-After") == "" {
		t.Fatalf("one more: %v, %v", reply, err)
	}
	reply.Body.Close()
	b.counter.Offer(flow.Amount{Amount: 700})
	for _, e := range all {
		for p := e.next(t); !strings.Contains(p.HTML, "7.00"); p = e.next(t) {
		}
	}
}

// TestTwoHundredStreams counts what streams of all pages cost, over real
// connections. It is not parallel: it counts the whole process.
func TestTwoHundredStreams(t *testing.T) {
	const streams = 200
	b := newBench()
	address := serve(t, b)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := runtime.NumGoroutine()
	client := &http.Client{Transport: &http.Transport{}}
	ctx, leave := context.WithTimeout(t.Context(), time.Minute)
	var all []listener
	for i := range streams {
		page := []string{"index", "technician", "cashier:counter-1", "display:counter-1"}[i%4]
		req, _ := http.NewRequestWithContext(ctx, "GET", address+"/events?page="+page, nil)
		reply, err := client.Do(req)
		if err != nil || reply.StatusCode != 200 {
			t.Fatal(reply, err)
		}
		defer reply.Body.Close()
		all = append(all, listenerOf(reply.Body))
		all[i].next(t)
	}
	b.counter.Offer(flow.Amount{Amount: 4711})
	for _, e := range all {
		for p := e.next(t); !strings.Contains(p.HTML, "47.11") && !strings.Contains(p.HTML, "待付款"); p = e.next(t) { // the technician reads no amounts
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	// Both ends are in this process: a connection has two goroutines at each.
	if n := runtime.NumGoroutine() - start; n > 5*streams {
		t.Errorf("%d streams have %d goroutines", streams, n)
	}
	if kB := (int64(after.HeapInuse+after.StackInuse) - int64(before.HeapInuse+before.StackInuse)) / 1024 / streams; kB > 160 {
		t.Errorf("a stream takes %d kB at both ends", kB)
	}
	leave()
	for _, e := range all {
		e.rest()
	}
	client.CloseIdleConnections()
	full := openStream(t, address, "page=index") // places are free again
	full.next(t)
}

// TestStreamOfNoPage: an address that somebody typed.
func TestStreamOfNoPage(t *testing.T) {
	t.Parallel()
	b := newBench()
	for query, status := range map[string]int{
		"?page=": 404, "?page=x": 404, "?page=cashier": 404, "?page=cashier:": 404, "?page=display:counter-9": 404, "?page=index:counter-1": 404,
		"?page=index&page=x": 404, "?" + strings.Repeat("page=index&", pagesMax+1): 400,
	} {
		if got := b.ask("GET", "/events"+query, ""); got.Code != status {
			t.Errorf("/events%s: %d, want %d", query, got.Code, status)
		}
	}
}

// TestStreamOfEverything is what a program gets that names no page.
func TestStreamOfEverything(t *testing.T) {
	t.Parallel()
	stream := openStream(t, serve(t, newBench()), "")
	stream.begins(t, "lane-0", "lane-1", "alarms", "alarms", "facts", "networks", "devices", "lanes", "events")
}

// TestOneStreamForSeveralPages: each part says which page it is for.
func TestOneStreamForSeveralPages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		stream, leave := b.listen(t, "page=display:counter-1&page=cashier:exit-1&page=technician")
		for _, page := range []string{"display:counter-1", "cashier:exit-1", "cashier:exit-1", "cashier:exit-1", "technician"} {
			if p := stream.next(t); p.Page != page {
				t.Errorf("part %s is for %q, want %q", p.Part, p.Page, page)
			}
		}
		for range 5 {
			stream.next(t)
		}
		b.exit.change(func(v *flow.View) { v.Order = words.Order{Phase: words.Checking, Amount: 800} })
		if p := stream.next(t); p.Page != "cashier:exit-1" || p.Part != "lane" || !strings.Contains(p.HTML, "8.00") {
			t.Errorf("after a change came %+v", p)
		}
		if p := stream.next(t); p.Page != "technician" || p.Part != "lanes" {
			t.Errorf("then came %+v", p)
		}
		leave()
	})
}

// TestBeatsComeAlthoughOthersChange: a page whose own parts stay as they are is
// told that it is still right, however much happens elsewhere.
func TestBeatsComeAlthoughOthersChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		stream, leave := b.listen(t, "page=display:exit-1")
		stream.begins(t, "display")
		start := time.Now()
		go func() {
			for range 40 {
				time.Sleep(time.Second)
				b.exit.change(func(v *flow.View) {}) // a change that shows nothing
			}
		}()
		for beats := 1; beats <= 3; beats++ {
			for stream.lines.Scan() && stream.lines.Text() != "event: beat" {
			}
			if since := time.Since(start); since > time.Duration(beats)*(beatEvery+lookEvery) {
				t.Errorf("beat %d came after %v", beats, since)
			}
		}
		time.Sleep(time.Minute)
		leave()
	})
}
