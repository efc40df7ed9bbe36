package console

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// site is pages that can be switched off and on again at one address, as an
// agent that is started again, and a browser that looks at them.
type site struct {
	t       *testing.T
	bench   bench
	address string
	stop    func()
	root    context.Context // of the browser

	mu     sync.Mutex
	faults []string // what a browser complained about
}

// startBrowser starts one Chromium for all tests: it is a heavy thing.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("the browser's tests need Debian's package chromium: %v", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU)
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	root, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(root); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return root
}

func newSite(t *testing.T, root context.Context, with ...func(*Options)) *site {
	t.Helper()
	s := &site{t: t, root: root, bench: newBench(with...)}
	s.start("127.0.0.1:0")
	t.Cleanup(func() { s.stop() })
	return s
}

// start serves the bench's pages; the address stays the same from the second time on.
func (s *site) start(address string) {
	s.t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.address = listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, listener, s.bench, slog.New(slog.DiscardHandler)) }()
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Error(err)
		}
	})
}

// tab is one page in the browser.
type tab struct {
	*site
	ctx context.Context
}

// open shows a page and notes every complaint of the browser, and every request
// to somebody else.
func (s *site) open(path string, width, height int64) tab {
	s.t.Helper()
	ctx, cancel := chromedp.NewContext(s.root)
	s.t.Cleanup(cancel)
	p := tab{s, ctx}
	p.do()
	if err := chromedp.Listen(ctx, func(ev any) {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch ev := ev.(type) {
		case *network.EventRequestWillBeSent:
			own := strings.HasPrefix(ev.Request.URL, "data:") // the browser's own sign in a field for a date
			if !own && !strings.HasPrefix(ev.Request.URL, "http://"+s.address+"/") {
				s.faults = append(s.faults, "a request to "+ev.Request.URL)
			}
		case *runtime.EventExceptionThrown:
			s.faults = append(s.faults, ev.ExceptionDetails.Text)
		}
	}); err != nil {
		s.t.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(width, height), chromedp.Navigate("http://"+s.address+path))
	return p
}

func (p tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if len(steps) == 0 { // the first call makes the tab, and may not have an end of its own
		if err := chromedp.Do(p.ctx); err != nil {
			p.t.Fatal(err)
		}
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

func (p tab) keys(text string) { p.t.Helper(); p.do(chromedp.KeyEvent(text)) }

// click clicks on what a selector finds, also where the stream draws it anew in
// between: then nothing was clicked, and it is looked for again.
func (p tab) click(selector string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector)))
	for err != nil && strings.Contains(err.Error(), "Could not find node") && ctx.Err() == nil {
		err = chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector)))
	}
	if err != nil {
		p.t.Fatalf("click on %s: %v", selector, err)
	}
}

// becomes waits until an expression is true on the page. It asks again over a
// navigation, which ends what the browser was asked before.
func (p tab) becomes(expression string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	for {
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		if err == nil && is {
			return
		}
		select {
		case <-ctx.Done():
			p.picture("failed")
			p.t.Fatalf("the page never has %s: %v", expression, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (p tab) phase(phase words.Phase) {
	p.t.Helper()
	p.becomes(fmt.Sprintf(`document.querySelector('.screen').dataset.phase === %q`, phase))
}

// value is what an expression is on the page.
func value[T any](p tab, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// got waits for the lane's newest event.
func (p tab) got(lane *fakeLane, want flow.Event, count int) {
	p.t.Helper()
	events := lane.events()
	if len(events) != count || events[count-1] != want {
		p.t.Errorf("the lane got %#v, want %d, the last of them %#v", events, count, want)
	}
}

// toldNothing is a clerk's page that complains of nothing.
func (p tab) toldNothing() {
	p.t.Helper()
	if shown := value[string](p, `document.querySelector(".said").hidden ? "" : document.querySelector(".said").textContent`); shown != "" {
		p.t.Errorf("the clerk is told %q", shown)
	}
}

// TestInABrowser is what only a browser can tell: that the script does its part.
func TestInABrowser(t *testing.T) {
	t.Parallel()
	root := startBrowser(t)
	for name, test := range map[string]func(*testing.T, context.Context){
		"keyboard only":      testKeyboardOnly,
		"fingers only":       testFingersOnly,
		"two amounts":        testTwoAmounts,
		"double click":       testDoubleClick,
		"stream lost":        testStreamLost,
		"stream silent":      testStreamSilent,
		"back button":        testBackButton,
		"display":            testDisplay,
		"many tabs":          testManyTabs,
		"nothing sticks out": testNothingSticksOut,
	} {
		t.Run(name, func(t *testing.T) { test(t, root) })
	}
}

func (s *site) complaints() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, fault := range s.faults {
		s.t.Errorf("the browser complains: %s", fault)
	}
}

// testKeyboardOnly takes an amount, then cash, then a card, a code and a reprint without a mouse.
func testKeyboardOnly(t *testing.T, root context.Context) {
	s := newSite(t, root, func(o *Options) {
		o.Sales = func(context.Context, string, int) ([]Sale, error) {
			return []Sale{{Key: 41, Phase: words.PaidOrder, Amount: 1250}}, nil
		}
	})
	p := s.open("/lanes/counter-1", 1440, 900)
	lane := s.bench.counter
	p.keys("12.50\r")
	p.phase(words.Ready)
	p.got(lane, flow.Amount{Amount: 1250}, 1)
	p.becomes(`document.activeElement.id === "code"`)
	p.do(chromedp.Focus(chromedp.CSS("#tab-phone")))
	p.keys("\u0303") // arrow right
	p.becomes(`document.activeElement.id === "tab-cash"`)
	p.keys("20") // figures go where they are wanted
	p.becomes(`document.querySelector(".change output").textContent === "7.50"`)
	p.keys("\r")
	p.phase(words.PaidOrder)
	p.got(lane, flow.Cash{Given: 2000}, 2)

	p.keys("8\r")
	p.phase(words.Ready)
	p.keys(wechatCode + "\r")
	p.phase(words.PaidOrder)
	p.got(lane, flow.Scanned{Text: wechatCode}, 4)
	if value[bool](p, `document.documentElement.outerHTML.includes("`+wechatCode+`") || [...document.querySelectorAll("input")].some((i) => i.value.includes("1345"))`) {
		t.Error("the code stays on the page")
	}

	p.keys("9\r")
	p.phase(words.Ready)
	p.do(chromedp.Focus(chromedp.CSS("#tab-cash")), chromedp.Focus(chromedp.CSS("#tab-card")), chromedp.KeyEvent(" "))
	p.becomes(`document.querySelector("#ref").getClientRects().length > 0`)
	p.do(chromedp.Focus(chromedp.CSS("#ref")))
	p.keys("004211\r")
	p.phase(words.PaidOrder)
	p.got(lane, flow.Card{Ref: "004211"}, 6)
	lane.Offer(flow.Amount{Amount: 500})
	lane.change(func(v *flow.View) { v.Order.Phase = words.Checking }) // no way is offered first, and cash all the same
	p.phase(words.Checking)
	p.becomes(`document.querySelector(".pane.wait").getClientRects().length > 0`)
	for range 20 {
		if p.keys("\t"); value[bool](p, `document.activeElement.id === "tab-cash"`) {
			break
		}
	}
	p.keys(" ")
	p.becomes(`document.querySelector("#given").getClientRects().length > 0`)
	p.do(chromedp.Focus(chromedp.CSS("#given")))
	p.keys("5\r")
	p.phase(words.PaidOrder)
	p.got(lane, flow.Cash{Given: 500}, 8)
	p.do(chromedp.Focus(chromedp.CSS(".sales button")))
	p.keys("\r")
	p.becomes(`!document.querySelector(".sales form").dataset.busy && !document.querySelector(".sales form").dataset.token`)
	p.got(lane, flow.Reprint{Key: 41}, 9)
	s.complaints()
}

// testFingersOnly takes the same on a small screen, with its own keys.
func testFingersOnly(t *testing.T, root context.Context) {
	s := newSite(t, root)
	p := s.open("/lanes/counter-1", 800, 480)
	lane := s.bench.counter
	for _, key := range []string{"1", "2", "3", "erase", ".", "5", "0"} {
		p.click(`.new [data-key="` + key + `"]`)
	}
	p.becomes(`document.querySelector("#amount").value === "12.50"`)
	p.click(".new [data-key='7']") // finer than a fen: nothing happens
	p.click(".new .go")
	p.phase(words.Ready)
	p.got(lane, flow.Amount{Amount: 1250}, 1)
	p.click(".for-cash")
	p.click(`[data-fill="exact"]`)
	p.becomes(`document.querySelector("#given").value === "12.50" && document.querySelector(".change output").textContent === "0.00"`)
	for _, key := range []string{"clear", "1", "0"} {
		p.click(`.cash [data-key="` + key + `"]`)
	}
	p.becomes(`document.querySelector(".change.low output").textContent === "2.50"`)
	p.click(`[data-fill="100"]`)
	p.click(".for-phone")
	p.click(".phone .tall")
	p.phase(words.ScanUs)
	p.got(lane, flow.ShowQR{}, 2)
	p.click(".tabs .if-cancel button")
	p.phase(words.CancelledOrder)
	p.got(lane, flow.Cancel{Why: "clerk"}, 3)
	s.complaints()
}

// testDoubleClick also has a lane that answers late, when people click again.
func testDoubleClick(t *testing.T, root context.Context) {
	s := newSite(t, root)
	p := s.open("/lanes/counter-1", 800, 480)
	p.keys("12.50")
	p.do(chromedp.DoubleClick(chromedp.CSS(".new .go")))
	p.phase(words.Ready)
	p.got(s.bench.counter, flow.Amount{Amount: 1250}, 1)
	p.toldNothing()
	s.bench.ask("POST", "/lanes/counter-1/cancel", "") // somebody else
	p.phase(words.CancelledOrder)
	p.keys("13\r")
	p.phase(words.Ready)
	p.got(s.bench.counter, flow.Amount{Amount: 1300}, 3)
	p.click(".for-cash")
	p.click(`[data-fill="20"]`)
	value[any](p, `{ const take = document.querySelector(".cash .go"); take.click(); take.click(); }`) // quicker than any answer
	p.phase(words.PaidOrder)
	p.becomes(`[...document.forms].every((form) => !form.dataset.busy)`)
	p.got(s.bench.counter, flow.Cash{Given: 2000}, 4)
	p.toldNothing()
}

// testStreamLost has the agent away, and another one at its address: the page
// says that it is old, takes nothing for true meanwhile, and is right again by itself.
func testStreamLost(t *testing.T, root context.Context) {
	s := newSite(t, root)
	s.bench.counter.Offer(flow.Amount{Amount: 1250})
	showCode(s.bench, payLink)
	p, d := s.open("/lanes/counter-1", 800, 480), s.open("/lanes/counter-1/display", 800, 480)
	p.phase(words.ScanUs)
	d.phase(words.ScanUs)
	value[any](p, `window.mark = 1`)
	s.stop()
	p.becomes(`!document.getElementById("stale").hidden`)
	d.becomes(`!document.getElementById("stale").hidden && getComputedStyle(document.querySelector("svg.code")).visibility === "hidden"`)

	s.bench = newBench() // another life: its turns count from one again
	s.bench.counter.change(func(v *flow.View) { v.Order = words.Order{Phase: words.Ready, Amount: 4711, Turn: 1} })
	s.start(s.address)
	for _, page := range []tab{p, d} {
		page.phase(words.Ready)
		page.becomes(`document.getElementById("stale").hidden && document.querySelector(".amount").textContent.includes("47.11")`)
	}
	if value[int](p, `window.mark || 0`) != 1 {
		t.Error("the page was loaded again: what somebody typed is gone")
	}
	p.click(".for-cash")
	p.click(`[data-fill="50"]`)
	p.click(".cash .go") // with what it sees now, not what it saw then
	p.phase(words.PaidOrder)
	p.got(s.bench.counter, flow.Cash{Given: 5000}, 1)
}

// testBackButton comes back to a page whose order has been paid meanwhile.
func testBackButton(t *testing.T, root context.Context) {
	s := newSite(t, root)
	s.bench.counter.Offer(flow.Amount{Amount: 1250})
	p := s.open("/lanes/counter-1", 800, 480)
	p.phase(words.Ready)
	p.do(chromedp.Navigate("http://" + s.address + "/technician"))
	p.becomes(`document.body.className === "technician"`)
	s.bench.counter.Offer(flow.Cash{Given: 2000})
	p.do(chromedp.NavigateBack())
	p.becomes(`document.body.className === "cashier" && document.querySelector(".screen").dataset.phase === "paid"`)
	s.bench.counter.Offer(flow.Amount{Amount: 800}) // and it listens again
	p.phase(words.Ready)
}

// testDisplay measures the code in the browser's own pixels, on screens of
// several kinds, and lets its time run out.
func testDisplay(t *testing.T, root context.Context) {
	start := time.Now()
	s := newSite(t, root, func(o *Options) { o.Mono = func() int64 { return 1 + time.Since(start).Milliseconds() } })
	cashier := s.open("/lanes/counter-1", 800, 480)
	cashier.becomes(`document.body.textContent.includes("客显未连接")`)
	showCode(s.bench, payLink)
	p := s.open("/lanes/counter-1/display", 800, 480)
	p.phase(words.ScanUs)
	cashier.becomes(`document.body.textContent.includes("客显已连接")`)
	for _, screen := range []struct {
		width, height int64
		dots          float64
	}{{800, 480, 1}, {480, 800, 1}, {1280, 720, 1.5}, {390, 844, 3}, {1920, 1080, 1}} {
		p.do(chromedp.EmulateViewport(screen.width, screen.height, chromedp.EmulateScale(screen.dots)))
		p.becomes(fmt.Sprintf(`innerWidth === %d && (() => {
			const code = document.querySelector("svg.code"), box = code.getBoundingClientRect(), modules = box.width * devicePixelRatio / Number(code.dataset.side);
			return Math.abs(modules - Math.round(modules)) < 0.01 && modules >= 3 && Math.abs(box.width - box.height) < 0.01
				&& box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight && box.width >= 0.35 * Math.min(innerWidth, innerHeight);
		})()`, screen.width))
	}
	s.bench.counter.change(func(v *flow.View) { v.Order.QR[0].Until = time.Since(start).Milliseconds() + 1500 })
	p.becomes(`document.querySelector(".left output").textContent === "1"`)
	p.becomes(`document.querySelector(".qr.over") && getComputedStyle(document.querySelector("svg.code")).visibility === "hidden"`)
	showCode(s.bench, payLink+"2") // refreshed
	p.becomes(`!document.querySelector(".qr.over") && getComputedStyle(document.querySelector("svg.code")).visibility === "visible"`)
	s.complaints()
}

// testManyTabs opens more pages in one browser than it has connections for one
// address (six): those that nobody sees do not listen.
func testManyTabs(t *testing.T, root context.Context) {
	s := newSite(t, root)
	var all []tab
	for i := range 9 {
		all = append(all, s.open([]string{"/technician", "/lanes/counter-1", "/"}[i%3], 800, 480))
	}
	last := all[len(all)-2]
	last.becomes(`document.readyState === "complete"`)
	s.bench.counter.Offer(flow.Amount{Amount: 1250})
	newest := s.open("/lanes/counter-1", 800, 480)
	newest.phase(words.Ready)
	reply, err := http.Get("http://" + s.address + "/state")
	if err != nil || reply.StatusCode != 200 {
		t.Fatal(reply, err)
	}
	reply.Body.Close()
}

// widest are orders in every phase, then those with the longest words for a
// network's code, no two of the same phase in a row.
func widest() (all []words.Order) {
	for _, phase := range words.Phases() {
		all = append(all, words.Order{Phase: phase, Network: "wechat"})
	}
	for _, o := range []words.Order{
		{Phase: words.Refused, Network: "alipay", Code: "ACQ.USER_FACE_PAYMENT_SWITCH_OFF", Text: "用户当面付付款开关关闭，请提示用户在手机上打开当面付付款开关"},
		{Phase: words.Refused, Network: "alipay", Code: "ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR"},
		{Phase: words.Refused, Network: "alipay", Code: "aop.invalid-app-auth-token-no-api"},
		{Phase: words.Refused, Network: "wechat", Code: "APPID_MCHID_NOT_MATCH"},
		{Phase: words.Checking, Network: "wechat", Code: "APPID_MCHID_NOT_MATCH"},
		{Phase: words.GoingBack, Network: "wechat", Code: "RESOURCE_NOT_EXISTS"},
		{Phase: words.FrozenOrder, Network: "cloudpay", Code: "407"},
		{Phase: words.Ready, Network: "unionpay", Code: "INVLID_MERCHANT_CONFIG", Tender: words.ByQR},
		{Phase: words.ScanUs, QR: []words.QR{{Network: "unionpay", Wallets: []string{"wechat", "alipay", "unionpay"}, Link: payLink, Until: 60_000}}},
	} {
		all = append(all, words.Order{Phase: words.Asking}, o)
	}
	return all
}

// testNothingSticksOut looks at every page in every phase on three screens:
// nothing is wider than the screen, nothing on a display is below its edge, no
// picture lies on a text, and every button is large enough for a finger.
func testNothingSticksOut(t *testing.T, root context.Context) {
	s := newSite(t, root)
	for _, screen := range [][2]int64{{800, 480}, {390, 844}, {1440, 900}} {
		cashier, display := s.open("/lanes/counter-1", screen[0], screen[1]), s.open("/lanes/counter-1/display", screen[0], screen[1])
		for _, looked := range widest() {
			phase := looked.Phase
			s.bench.counter.change(func(v *flow.View) {
				turn := v.Order.Turn + 1
				v.Order = looked
				v.Order.Amount, v.Order.Title, v.Order.Number, v.Order.Turn = 99_999_999, "停车费 2小时15分 Parking 2 h 15 min", "100000010001971980000010", turn
				if phase == words.ScanUs && looked.QR == nil {
					v.Order.QR = []words.QR{{Network: "wechat", Link: payLink, Until: 60_000}, {Network: "alipay", Link: payLink + "2", Until: 60_000}}
				}
				v.Behind = []words.Order{{Phase: words.GoingBack, Amount: 880, Number: "100000010001971980000002"}}
			})
			cashier.phase(phase)
			display.phase(phase)
			if wide := value[string](cashier, `(() => {
				const out = [...document.querySelectorAll("body *")].filter((e) => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1 && !e.closest("svg"));
				return out.map((e) => e.tagName + "." + e.className).join(" ");
			})()`); wide != "" {
				t.Errorf("%v, %s %s: wider than the screen: %s", screen, phase, looked.Code, wide)
			}
			if over := value[string](cashier, `(() => {
				const picture = document.querySelector(".till .screen > .picture")?.getBoundingClientRect();
				if (!picture) return "";
				return [...document.querySelectorAll(".till .told :is(.amount, .title, .chip, .words p, .small > *, dt, dd)")].filter((e) => {
					const text = document.createRange();
					text.selectNodeContents(e);
					return [...text.getClientRects()].some((b) => b.width && b.right > picture.left && b.left < picture.right && b.bottom > picture.top && b.top < picture.bottom);
				}).map((e) => e.textContent.trim()).join("; ");
			})()`); over != "" {
				t.Errorf("%v, %s %s: the picture lies on the text: %s", screen, phase, looked.Code, over)
			}
			if told := value[float64](cashier, `document.querySelector(".till .told").getBoundingClientRect().width`); told < 140 {
				t.Errorf("%v, %s: the words have a column of %.0f pixels", screen, phase, told)
			}
			if low := value[string](cashier, `[...document.querySelectorAll("button, .tabs label, .till input")].filter((e) => e.getClientRects().length && !e.matches(".tab") && e.getBoundingClientRect().height < 38).map((e) => e.textContent).join(", ")`); low != "" {
				t.Errorf("%v, %s: too low for a finger: %s", screen, phase, low)
			}
			if out := value[string](display, `[...document.querySelectorAll(".told *, .qr, .picture, .greeting *")].filter((e) => { const b = e.getBoundingClientRect(); return b.width && (b.right > innerWidth + 1 || b.bottom > innerHeight + 1 || b.top < -1); }).map((e) => e.tagName + "." + e.getAttribute("class") + " " + e.textContent.trim().slice(0, 20)).join("; ")`); out != "" {
				t.Errorf("%v, %s %s: off the display: %s", screen, phase, looked.Code, out)
			}
		}
	}
	s.complaints()
}
