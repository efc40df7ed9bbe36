package console

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"

	"tillgate/agent/console/axetest"
)

// fileOf is what the console says of a session's newest file.
func (s *shop) fileOf(cookie string) (one leaving) {
	s.t.Helper()
	re := s.ask("GET", "/reports/file", "", "Cookie", cookie)
	if re.Code != http.StatusOK {
		s.t.Fatalf("the file: %d %s", re.Code, re.Body)
	}
	if err := json.Unmarshal(re.Body.Bytes(), &one); err != nil {
		s.t.Fatal(err)
	}
	return one
}

// download asks for a file of details and hands it over byte by byte, as it is
// read; over is closed when the console has nothing more to say, or breaks off.
func (s *shop) download(ctx context.Context, cookie, name string) (file io.Reader, broken <-chan bool) {
	in, out := io.Pipe()
	over := make(chan bool, 1)
	r := httptest.NewRequestWithContext(ctx, "GET", "/reports.csv?what=details&run="+name, nil)
	r.Host = "localhost"
	r.Header.Set("Cookie", cookie)
	go func() {
		w := &connection{pipeWriter: pipeWriter{out, http.Header{}}}
		defer func() {
			cut := recover() == http.ErrAbortHandler
			synctest.Wait() // for whoever sets a deadline behind the handler's back
			cut = cut || w.dead.Load()
			out.CloseWithError(map[bool]error{true: io.ErrUnexpectedEOF, false: io.EOF}[cut])
			over <- cut
		}()
		s.ServeHTTP(w, r)
	}()
	return in, over
}

// connection is cut by a deadline that has passed: what lies in its buffer is lost.
type connection struct {
	pipeWriter
	dead atomic.Bool
}

func (c *connection) SetWriteDeadline(at time.Time) error {
	c.dead.Store(!at.After(time.Now()))
	return nil
}

// TestAFileIsReadAsItIsTaken: what a browser does not take is not read, and holds
// up neither a sale nor another's file; its page is told how far it is; a person
// stops it, and a cut file does not look like a whole one.
func TestAFileIsReadAsItIsTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		defer s.store.Close()
		s.open()
		s.hire("local-1", "Meg", "manager", "830377")
		for range 120 {
			s.sells("counter-1", 1250)
		}
		chief, meg := s.signIn("Chief"), s.signIn("Meg")
		if re := s.ask("GET", "/reports/file", "", "Cookie", chief); re.Code != http.StatusNotFound {
			t.Errorf("before any file: %d %s", re.Code, re.Body)
		}
		file, broken := s.download(t.Context(), chief, "one")
		head := make([]byte, 100)
		if _, err := io.ReadFull(file, head); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if one := s.fileOf(chief); one.Name != "one" || one.State != fileRuns || one.Total < 120 || one.Bytes > 8<<10 {
			t.Errorf("of a file that nobody takes on it says %+v", one)
		}
		s.sells("counter-1", 700) // the store is free meanwhile
		if re := s.ask("GET", "/reports.csv?what=details&run=two", "", "Cookie", chief); re.Code != http.StatusConflict || !strings.Contains(re.Body.String(), "Another such file") {
			t.Errorf("a second one of the same session: %d %s", re.Code, notes(re.Body.String()))
		}
		other, whole := s.download(t.Context(), meg, "hers")
		if text, err := io.ReadAll(other); err != nil || <-whole || strings.Count(string(text), "Noodles") != 121 {
			t.Errorf("somebody else's has %d sales, %v", strings.Count(string(text), "Noodles"), err)
		}
		if one := s.fileOf(meg); one.State != fileWhole || one.Done != one.Total || one.Done != 121 || one.Bytes < 10_000 {
			t.Errorf("of hers it says %+v", one)
		}
		if re := s.ask("POST", "/reports/file/stop", "", "Cookie", chief); re.Code != http.StatusOK {
			t.Errorf("stopping it: %d %s", re.Code, re.Body)
		}
		if _, err := io.ReadAll(file); err == nil || !<-broken {
			t.Error("a file that was stopped looks whole")
		}
		if one := s.fileOf(chief); one.State != fileStopped {
			t.Errorf("of a file that was stopped it says %+v", one)
		}
		ctx, leave := context.WithCancel(t.Context())
		file, broken = s.download(ctx, chief, "three")
		_, _ = io.ReadFull(file, head)
		leave() // the browser goes away
		if _, err := io.ReadAll(file); err == nil || !<-broken || s.fileOf(chief).State != fileBroken {
			t.Errorf("of a browser that has gone it says %+v", s.fileOf(chief))
		}
	})
}

// sluice holds a file up behind its first lines until it is opened.
type sluice struct {
	http.Handler
	open chan struct{}
}

func (s sluice) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/reports.csv" {
		w = &upheld{ResponseWriter: w, sluice: s, gone: r.Context().Done()}
	}
	s.Handler.ServeHTTP(w, r)
}

// behind is how much of a file passes a sluice that is shut: enough for the page
// to tell of, and less than the file has. By writes it cannot be told: the mark
// of UTF-8 is one of its own, and 3 bytes are 0 kB.
const behind = 1000 // bytes

type upheld struct {
	http.ResponseWriter
	sluice
	gone   <-chan struct{}
	passed int // bytes
	let    bool
}

func (h *upheld) Header() http.Header { return h.ResponseWriter.Header() }

func (h *upheld) Write(text []byte) (int, error) {
	if h.passed >= behind && !h.let {
		h.let = true
		_ = http.NewResponseController(h.ResponseWriter).Flush()
		select {
		case <-h.open:
		case <-h.gone:
		}
	}
	n, err := h.ResponseWriter.Write(text)
	h.passed += n
	return n, err
}

func (h *upheld) Unwrap() http.ResponseWriter { return h.ResponseWriter }

// TestBrowserFollowsAFile: the reports' page tells how far a file is, cancels one,
// and says when one is whole, which lies on the browser's disk then.
func TestBrowserFollowsAFile(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.open()
	for range 60 {
		shop.sells("counter-1", 1250)
	}
	gate := sluice{shop.Handler, make(chan struct{}, 2)}
	shop.bench.Handler = gate
	s := &site{t: t, root: startBrowser(t), bench: shop.bench}
	s.start("127.0.0.1:0")
	t.Cleanup(func() { s.stop() })
	p := s.open("/sign-in", 800, 480)
	p.as(shop.signIn("Chief"))
	dir := t.TempDir()
	saved := p.saves(dir)
	shows := func(state string) string {
		return `document.querySelector("#leaving").dataset.state === "` + state + `" && !document.querySelector("#leaving [data-is=` + state + `]").hidden`
	}
	p.goes("/reports?by=day")
	p.at("/reports", "750.00")
	p.click("a.long")
	p.becomes(shows("runs") + ` && document.querySelector("#leaving .total").textContent === "60" && document.querySelector("#leaving .bytes").textContent !== "0 kB"`)
	p.picture("file-under-way")
	p.fair()
	axetest.Check(t, p.ctx, "a file under way")
	p.click("#leaving button")
	p.becomes(shows("stopped") + ` && document.querySelector("#leaving button").hidden`)
	gate.open <- struct{}{}
	p.picture("file-cancelled")
	if re := shop.ask("GET", "/reports/file", "", "Cookie", shop.signIn("Chief")); re.Code != http.StatusNotFound {
		t.Errorf("another session is told of the file: %d %s", re.Code, re.Body)
	}

	p.click("a.long")
	p.becomes(shows("runs") + ` && document.querySelector("#leaving .total").textContent === "60"`)
	gate.open <- struct{}{}
	p.becomes(shows("whole") + ` && document.querySelector("#leaving .done").textContent === "60" && document.querySelector("#leaving progress").value === 60`)
	p.picture("file-whole")
	axetest.Check(t, p.ctx, "a file that is whole")
	if end := <-saved; end != browser.DownloadProgressStateCanceled {
		t.Errorf("of the file that was cancelled the browser says %q", end)
	}
	select {
	case end := <-saved:
		if end != browser.DownloadProgressStateCompleted {
			t.Fatalf("of the whole file the browser says %q", end)
		}
	case <-time.After(time.Minute):
		t.Fatal("the browser never ended the whole file")
	}
	names, _ := filepath.Glob(filepath.Join(dir, "tillgate-day-*.csv"))
	if len(names) != 1 {
		t.Fatalf("the browser has saved %q", names)
	}
	if text, err := os.ReadFile(names[0]); err != nil || strings.Count(string(text), "Noodles") != 60 {
		t.Errorf("the file has %d sales, %v", strings.Count(string(text), "Noodles"), err)
	}
	s.complaints()
}

// saves has the browser save files in a directory and tells how each of them ends.
func (p tab) saves(dir string) <-chan browser.DownloadProgressState {
	p.t.Helper()
	ends := make(chan browser.DownloadProgressState, 8)
	if err := chromedp.Listen(p.ctx, func(ev any) {
		if now, ok := ev.(*browser.EventDownloadProgress); ok && now.State != browser.DownloadProgressStateInProgress {
			ends <- now.State
		}
	}); err != nil {
		p.t.Fatal(err)
	}
	p.do(func(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
		_, err = cdp.Call(ctx, target, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: dir, EventsEnabled: new(true)})
		return none, err
	})
	return ends
}
