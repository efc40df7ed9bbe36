package console

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// gorge is a way to the pages on which event streams go quiet, as behind a
// router that has forgotten a connection: nobody is told that it is over.
type gorge struct {
	http.Handler
	mu    sync.Mutex
	quiet bool
}

func (g *gorge) isQuiet() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.quiet
}

func (g *gorge) set(quiet bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.quiet = quiet
}

func (g *gorge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/events" {
		w = &swallowed{ResponseWriter: w, gorge: g}
	}
	g.Handler.ServeHTTP(w, r)
}

// swallowed is one stream: once quiet, it stays so, and only another one helps.
type swallowed struct {
	http.ResponseWriter
	*gorge
	lost bool
}

func (s *swallowed) Write(text []byte) (int, error) {
	s.lost = s.lost || s.isQuiet()
	if s.lost {
		return len(text), nil
	}
	return s.ResponseWriter.Write(text)
}

func (s *swallowed) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// skipping lets a page's clock be put on, has its timers look at it often, and
// counts how often they did.
const skipping = `{
	const clock = performance.now.bind(performance), every = setInterval;
	let ahead = 0, looks = 0;
	window.skip = async (ms) => {
		ahead += ms;
		for (const enough = looks + 2; looks < enough;) await new Promise((go) => setTimeout(go));
	};
	performance.now = () => clock() + ahead;
	window.setInterval = (act, ms) => every(() => { act(); looks++; }, Math.min(ms, 50));
}`

// testStreamSilent: a stream that is open and says nothing is as good as lost.
// The page says that it is old, and asks for another one until it is told again.
func testStreamSilent(t *testing.T, root context.Context) {
	s := newSite(t, root)
	s.stop()
	way := &gorge{Handler: s.bench.Handler}
	s.bench.Handler = way
	s.start(s.address)
	s.bench.counter.Offer(flow.Amount{Amount: 1250})
	p := s.open("/technician", 800, 480)
	p.do(before(skipping), chromedp.Navigate("http://"+s.address+"/lanes/counter-1"))
	p.phase(words.Ready)
	s.bench.counter.Offer(flow.Cancel{})
	p.phase(words.CancelledOrder) // the stream works
	p.becomes(`document.getElementById("stale").hidden`)

	way.set(true)
	s.bench.counter.Offer(flow.Amount{Amount: 4711})
	p.skip(20000) // two beats have not come
	if value[bool](p, `!document.getElementById("stale").hidden`) {
		t.Error("the page gives up on a stream that may be about to beat")
	}
	p.skip(6000)
	p.becomes(`!document.getElementById("stale").hidden`)
	p.skip(26000) // the next stream says nothing either
	if value[string](p, `document.getElementById("stale").hidden + document.querySelector(".screen").dataset.phase`) != "false"+string(words.CancelledOrder) {
		t.Error("the page takes a quiet stream for a good one")
	}

	way.set(false)
	p.skip(26000)
	p.phase(words.Ready)
	p.becomes(`document.getElementById("stale").hidden && document.querySelector(".amount").textContent.includes("47.11")`)
	s.complaints()
}

// skip puts the page's clock on and waits until its timers have seen it.
func (p tab) skip(ms int) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](fmt.Sprintf("skip(%d)", ms), chromedp.EvalAwaitPromise)); err != nil {
		p.t.Fatalf("skip %d ms: %v", ms, err)
	}
}

// before has a script run before those of every page that is opened from now on.
func before(script string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (none chromedp.Void, err error) {
		_, err = cdp.Call(ctx, t, cdpage.AddScriptToEvaluateOnNewDocument, cdpage.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return none, err
	}
}
