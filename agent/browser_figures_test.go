//go:build demo && bench

package main

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tillgate/agent/words"
)

const (
	updateMax   = 100 * time.Millisecond
	updatesSeen = 10
)

// notePaid has the page note when it showed the success of each order, by this
// machine's clock in milliseconds. A quick sale goes by between two looks of the
// page, so that one success may follow the other.
const notePaid = `window.paidAt = [];
{
	let last = "";
	new MutationObserver(() => {
		const { phase, seen } = document.querySelector(".screen").dataset, order = seen.split("/")[0];
		if (phase !== "paid" || order === last) return;
		last = order;
		paidAt.push(performance.timeOrigin + performance.now());
	}).observe(document.querySelector('[data-part="lane"]'), { childList: true, subtree: true });
}`

// TestFiguresOfThePage: what stands between a payment's commit, when it has
// returned, and the success on a cashier's page in Chromium. The pause that a
// page has between two looks is in it: this customer is quicker than that.
func TestFiguresOfThePage(t *testing.T) {
	m := newMeasured(t, false)
	p := newBrowser(t).open(fmt.Sprintf("http://%s/lanes/counter-1", m.agent.page.Addr()), 800, 480)
	p.phase(words.Idle)
	if _, err := chromedp.Run(p.ctx, chromedp.Evaluate[any](notePaid)); err != nil {
		t.Fatal(err)
	}
	var spans []time.Duration
	for n := range updatesSeen {
		m.sell(t, "counter-1")
		at := p.paidAt(n)
		m.mu.Lock()
		spans = append(spans, at.Sub(m.settledOn))
		m.mu.Unlock()
		m.rest(t, 2) // slip and voice
	}
	t.Logf("a success is on the page after %v", spans)
	middle := median(spans)
	figure(t, "page.update", "ms", float64(middle.Microseconds())/1000, middle > 0 && middle < updateMax)
}

// paidAt waits for the page's success n, counted from zero.
func (p *tab) paidAt(n int) time.Time {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	at, err := chromedp.Run(ctx, chromedp.Poll[float64](fmt.Sprintf("paidAt[%d]", n), chromedp.WithPollingInterval(10*time.Millisecond)))
	if err != nil {
		p.t.Fatalf("success %d does not reach the page: %v", n, err)
	}
	return time.UnixMicro(int64(1000 * at))
}
