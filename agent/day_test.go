//go:build demo

package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	cdnetwork "github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"tillgate/agent/console"
	"tillgate/agent/console/axetest"
	"tillgate/agent/duty"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// tap lets the networks' answers to questions through, or holds them up, so that
// a payment stays unknown for as long as a test looks at it.
type tap struct {
	mu   sync.Mutex
	shut chan struct{} // nil: open
}

// merchantClient is all that a demo's merchants can do.
type merchantClient interface {
	pay.Shower
	pay.Refunder
	pay.Preparer
}

// tapped is a merchant's client behind a tap.
type tapped struct {
	merchantClient
	*tap
}

func (p tapped) Query(ctx context.Context, a pay.Attempt) pay.Result {
	p.mu.Lock()
	shut := p.shut
	p.mu.Unlock()
	if shut != nil {
		select {
		case <-shut:
		case <-ctx.Done():
			return pay.Result{} // unknown, as a silent network is
		}
	}
	return p.merchantClient.Query(ctx, a)
}

// turn shuts a tap, or opens it.
func (t *tap) turn(open bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !open && t.shut == nil:
		t.shut = make(chan struct{})
	case open && t.shut != nil:
		close(t.shut)
		t.shut = nil
	}
}

// workday is a shop on one day: the agent, its networks and devices, and a browser.
type workday struct {
	*street
	tap
	agent  *agent
	till   *tab
	pins   map[string]string // by name
	looked int
}

func newDay(t *testing.T) *workday {
	t.Helper()
	d := &workday{street: newStreet(t), pins: map[string]string{"王芳": "830174", "李雷": "830275", "韩梅": "830376"}}
	d.toml = demoConfig
	cfg, err := d.config("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	up, ended := make(chan *agent, 1), make(chan error, 1)
	go func() {
		ended <- run(ctx, cfg, slog.New(slog.DiscardHandler), &extras{
			makers: d.makers(), started: func(a *agent) { up <- a }, provider: d.behindTap,
			timing: func(network string) pay.Timing { // nobody here gives up while a test looks around
				timing := timingOf(network)
				timing.Patience, timing.Show.Life, timing.Show.QueryEvery = time.Hour, time.Hour, time.Second
				timing.Queries, timing.QueryEvery = nil, time.Second
				return timing
			},
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the agent: %v", err)
		}
	})
	select {
	case d.agent = <-up:
	case err := <-ended:
		ended <- nil
		t.Fatalf("the agent did not start: %v", err)
	}
	d.page = d.agent.page.Addr().String()
	untilSocket(t, cfg)
	d.opened("scanner-counter")
	return d
}

func (d *workday) behindTap(p pay.Provider) pay.Provider {
	if all, can := p.(merchantClient); can {
		return tapped{all, &d.tap}
	}
	return p
}

// opened waits until the agent has opened a device: what a scanner sends before
// that is thrown away.
func (d *workday) opened(device string) {
	d.t.Helper()
	for late := time.After(pageWithin); ; {
		changed := d.agent.board.Changed()
		for _, one := range d.agent.board.Devices() {
			if one.Name == device && one.State == console.Up {
				return
			}
		}
		select {
		case <-changed:
		case <-late:
			d.t.Fatalf("%s was not opened", device)
		}
	}
}

// becomes waits until an expression is true on the page, over navigations too,
// which end what the browser was asked before.
func (d *workday) becomes(expression string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.till.ctx, pageWithin)
	defer cancel()
	for {
		if yes, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")")); err == nil && yes {
			return
		}
		select {
		case <-ctx.Done():
			d.till.picture("failed")
			text, _ := chromedp.Run(d.till.ctx, chromedp.Evaluate[string](`location.pathname + " " + document.body.innerText`))
			d.t.Fatalf("the page never has %s; it says %s", expression, text)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// at waits until the page is at a path, whole, and has a text.
func (d *workday) at(path, text string) {
	d.t.Helper()
	d.becomes(fmt.Sprintf(`document.readyState === "complete" && location.pathname.startsWith(%q) && document.body.innerText.includes(%q)`, path, text))
}

// goes opens a page that has a text.
func (d *workday) goes(path, text string) {
	d.t.Helper()
	d.till.do(chromedp.Navigate("http://" + d.page + path))
	d.at(strings.Split(path, "?")[0], text)
}

// looks keeps a picture of the page, and holds it against axe-core.
func (d *workday) looks(name string) {
	d.t.Helper()
	d.looked++
	d.till.picture(fmt.Sprintf("day-%02d-%s", d.looked, name))
	axetest.Check(d.t, d.till.ctx, name)
}

// fills types into fields, the last one with enter.
func (d *workday) fills(fields ...string) {
	d.t.Helper()
	for i := 0; i < len(fields); i += 2 {
		selector, text := chromedp.CSS(fields[i]), fields[i+1]
		if i+2 == len(fields) {
			text += "\r"
		}
		d.till.do(chromedp.Clear(selector), chromedp.SendKeys(selector, text))
	}
}

// shows waits until the till's order is in a phase, with a text somewhere on it.
func (d *workday) shows(phase words.Phase, text string) {
	d.t.Helper()
	d.becomes(fmt.Sprintf(`document.querySelector(".till .screen")?.dataset.phase === %q && document.querySelector(".till .screen").innerText.includes(%q)`, string(phase), text))
}

// owes enters an amount at the till and waits until it is shown.
func (d *workday) owes(amount string) {
	d.t.Helper()
	d.fills("#amount", amount)
	d.shows(words.Ready, amount)
}

// signsIn is somebody at the sign-in page, which leads on to where they came from.
func (d *workday) signsIn(name, to, text string) {
	d.t.Helper()
	d.at("/sign-in", "登录")
	d.fills("#name", name, "#pin", d.pins[name])
	d.at(to, text)
}

// activates follows a one-time link and sets the PIN.
func (d *workday) activates(path, name string) {
	d.t.Helper()
	d.goes(path, name)
	d.fills("#pin", d.pins[name], "#again", d.pins[name])
	d.at("/sign-in", "登录")
}

// hires has a clerk set up by a manager, and the clerk's link followed.
func (d *workday) hires(by, name string) {
	d.t.Helper()
	ctx := d.t.Context()
	spot := duty.Spot{Name: "王芳", PIN: pay.Secret(d.pins["王芳"])} // no network has told the time yet
	if err := d.agent.desk.SetPerson(ctx, by, staff.Person{Name: name, Role: staff.Clerk}, spot); err != nil {
		d.t.Fatal(err)
	}
	link, err := d.agent.desk.Activate(ctx, by, d.person(name))
	if err != nil {
		d.t.Fatal(err)
	}
	d.activates("/activate/"+string(link.Token), name)
}

func (d *workday) person(name string) string {
	d.t.Helper()
	for _, p := range d.agent.desk.Roster.People() {
		if p.Name == name {
			return p.ID
		}
	}
	d.t.Fatalf("nobody is called %s", name)
	return ""
}

// paper waits for the next slip, and for what is said with it; empty: nothing is.
func (d *workday) paper(said string) (slip string) {
	d.t.Helper()
	late := time.After(pageWithin)
	for {
		select {
		case slip = <-d.slips:
		case phrase := <-d.phrases:
			if phrase != said {
				d.t.Errorf("the speaker says %q, want %q", phrase, said)
			}
			said = ""
		case <-late:
			d.t.Fatalf("the slip %q, and %q is not said", slip, said)
		}
		if slip != "" && said == "" {
			return slip
		}
	}
}

// scanned finds a slip's order as a clerk does: its barcode goes into the field of
// a page. It answers the order's path.
func (d *workday) scanned(slip string) (path string) {
	d.t.Helper()
	d.goes("/refund", "退款")
	d.fills("#find", zbar(d.t, slip)["CODE-128"])
	d.at("/refund/", "可退")
	path, err := chromedp.Run(d.till.ctx, chromedp.Evaluate[string]("location.pathname"))
	if err != nil {
		d.t.Fatal(err)
	}
	return path
}

// forgets takes the browser's cookies away, as it does itself when their time is over.
func (d *workday) forgets() {
	d.t.Helper()
	d.till.do(func(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
		_, err = cdp.Call(ctx, target, cdnetwork.ClearBrowserCookies, cdp.Empty{})
		return none, err
	})
}

// TestCashiersDay plays a cashier's day at the pages of the real agent, with its
// networks, devices and journal: signing in, a refund that is refused off duty,
// clocking on, sales by code, by our QR code and in cash, refunds below and above
// a clerk's limit, a payment whose answer is lost while the session ends, and the
// hand-over with its slip. In the end pages, journal and networks have the same
// sums. The pictures lie in build/screens, as day-*.
func TestCashiersDay(t *testing.T) {
	if testing.Short() {
		t.Skip("not among the short ones")
	}
	t.Parallel()
	d := newDay(t)
	d.till = newBrowser(t).open("http://"+d.page+"/sign-in", 800, 480)
	d.opensShop()
	first := d.beforeDuty()
	slips := d.sells()
	d.refunds(slips)
	d.doubts()
	d.handsOver()
	d.counts(first)
}

// opensShop sets up a manager by the terminal's command, two clerks and a limit.
func (d *workday) opensShop() {
	d.at("/sign-in", "尚未设置人员")
	d.looks("nobody-is-set-up")
	code, out, complaint := call(d.t, "staff", "first", "王芳", "--config", d.cfg)
	link := regexp.MustCompile(`/activate/\S+`).FindString(out)
	if code != exitOK || link == "" {
		d.t.Fatalf("staff first: exit %d, %q, %q", code, out, complaint)
	}
	d.activates(link, "王芳")
	chief := d.person("王芳")
	if err := d.agent.desk.Set(d.t.Context(), chief, words.SettingRefundLimit, "10.00"); err != nil {
		d.t.Fatal(err)
	}
	d.hires(chief, "李雷")
	d.hires(chief, "韩梅")
}

// beforeDuty: nobody sells without signing in; who is signed in and not on duty
// sells, for nobody's account, and gives nothing back. It answers the slip.
func (d *workday) beforeDuty() (slip string) {
	d.goes("/lanes/counter-1", "登录后可见")
	d.fills("#amount", "12.50")
	d.becomes(`document.querySelector(".said").innerText.includes("请先登录")`)
	d.looks("not-signed-in")
	d.till.click(`#sales a[href^="/sign-in"]`)
	d.signsIn("李雷", "/lanes/counter-1", "您现在没有当班")
	d.owes("12.50")
	d.show("counter-1", sandbox.Pays)
	d.shows(words.PaidOrder, "12.50")
	slip = d.paper("微信收款十二元五角")
	d.looks("paid-off-duty")

	d.goes("/refund", "您现在没有当班")
	d.looks("refund-off-duty")
	order, err := d.agent.store.Find(d.t.Context(), zbar(d.t, slip)["CODE-128"])
	if err != nil {
		d.t.Fatal(err)
	}
	path := fmt.Sprintf("/refund/%d", order)
	d.goes(path, "您现在没有当班")
	sent, err := chromedp.Run(d.till.ctx, chromedp.Evaluate[string](fmt.Sprintf(
		`fetch(%q, {method: "POST", body: new URLSearchParams({amount: "1.00", reason: "cold"})}).then(async (r) => r.status + await r.text())`, path), chromedp.EvalAwaitPromise))
	if err != nil || strings.HasPrefix(sent, "2") || !strings.Contains(sent, "role=\"alert\"") {
		d.t.Errorf("a refund that is sent off duty all the same: %s, %v", sent, err)
	}
	if returned := d.ledger(func(e sandbox.Entry) money.Fen { return e.Returned + e.Refunding }); returned != 0 {
		d.t.Errorf("%s went back off duty", returned)
	}
	return slip
}

// sells clocks on and sells three ways; the slips are those of the code and of the QR code.
func (d *workday) sells() (slips [2]string) {
	d.goes("/shift", "您未当班")
	d.looks("clocking-on")
	d.till.click(`input[name="lane"][value="counter-1"]`)
	d.till.click(`form[action="/shift/on"] button`)
	d.at("/shift", "交班")

	d.goes("/lanes/counter-1", "最近交易")
	d.becomes(`document.querySelector("#sales").innerText.includes("12.50")`)
	d.owes("26.00")
	d.looks("owed")
	if err := d.scanners["counter-1"].scan(d.t.Context(), d.bank.NewWalletCode(sandbox.Alipay, sandbox.Do(sandbox.Pays))); err != nil {
		d.t.Fatal(err)
	}
	d.shows(words.PaidOrder, "26.00")
	slips[0] = d.paper("支付宝收款二十六元")

	d.owes("18.80")
	d.till.click(`form[action$="/qr"] button`)
	d.shows(words.ScanUs, "18.80")
	d.becomes(`document.querySelector(".till svg.code")`)
	d.looks("our-qr-code")
	if err := d.bank.Scan(zbar(d.t, filepath.Join(screens, fmt.Sprintf("day-%02d-our-qr-code.png", d.looked)))["QR-Code"], sandbox.Do(sandbox.Pays)); err != nil {
		d.t.Fatal(err)
	}
	d.shows(words.PaidOrder, "18.80")
	slips[1] = d.paper("微信收款十八元八角")

	d.owes("7.40")
	d.till.click("label.for-cash")
	d.fills("#given", "20")
	d.shows(words.PaidOrder, "12.60") // the change
	d.paper("现金收款七元四角")
	d.looks("cash")
	return slips
}

// refunds gives a part of the first payment back alone, and of the second with the manager's PIN.
func (d *workday) refunds(slips [2]string) {
	path := d.scanned(slips[0])
	d.fills("#amount", "6.00", "#reason", "少一份")
	d.at(path, "退款成功")
	d.paper("支付宝退款六元")
	d.looks("refunded")

	path = d.scanned(slips[1])
	d.fills("#amount", "15.00", "#reason", "洒了")
	d.at(path, "主管授权")
	d.looks("approval")
	if returned := d.ledger(func(e sandbox.Entry) money.Fen { return e.Returned + e.Refunding }); returned != 600 {
		d.t.Errorf("before anybody approved %s had gone back, want 6.00", returned)
	}
	d.fills(`form[action$="/approve"] #name`, "王芳", `form[action$="/approve"] #pin`, d.pins["王芳"])
	d.at(path, "退款成功")
	d.paper("微信退款十五元")
	d.looks("refunded-with-approval")
	var approved []entry.ApprovedBody
	for _, e := range d.entries() {
		if e.Kind == entry.Approved {
			approved = append(approved, entry.Must[entry.ApprovedBody](e))
		}
	}
	if len(approved) != 1 || approved[0].By != d.person("王芳") || approved[0].For != d.person("李雷") || approved[0].Amount != 1500 || approved[0].How != "pin" || approved[0].Why != "洒了" {
		d.t.Errorf("what was approved is %+v", approved)
	}
}

// doubts is a payment whose answer is lost. While it is unknown the session ends;
// the shift counts it apart; and it is found paid.
func (d *workday) doubts() {
	d.goes("/lanes/counter-1", "最近交易")
	d.turn(false)
	d.owes("30.00")
	d.show("counter-1", sandbox.LostAfter)
	d.shows(words.Checking, "30.00")
	d.looks("unknown")
	d.goes("/shift", "未完结")
	d.becomes(`document.querySelector(".pending .amount").innerText === "1 · 30.00" && document.querySelector(".unended").innerText.includes("结果未知")`)
	d.looks("shift-with-an-unknown")

	d.forgets()
	d.goes("/lanes/counter-1", "登录后可见")
	d.shows(words.Checking, "30.00")
	d.turn(true)
	d.shows(words.PaidOrder, "30.00")
	d.paper("微信收款三十元")
	d.looks("found-paid-while-signed-out")
	d.fills("#amount", "1.00")
	d.becomes(`document.querySelector(".said").innerText.includes("请先登录")`)
	d.till.click(`#sales a[href^="/sign-in"]`)
	d.signsIn("李雷", "/lanes/counter-1", "26.00")
	d.looks("last-sales-again")
}

// handsOver counts the shift and hands it to the next clerk, who types a PIN.
func (d *workday) handsOver() {
	d.goes("/shift", "交班")
	d.becomes(`!document.querySelector(".pending")`)
	d.looks("handing-over")
	d.fills(`.handing input[name="name"]`, "韩梅", `.handing input[name="pin"]`, d.pins["韩梅"])
	d.at("/shift/", "已交班")
	d.becomes(`document.querySelector("tr.total").innerText.includes("61.20") && document.querySelector("tr.nobody").innerText.includes("12.50") && !document.querySelector(".pending")`)
	d.looks("handed-over")
	slip, err := os.ReadFile(d.lastSlip())
	if err == nil {
		err = os.WriteFile(filepath.Join(screens, "day-slip-of-the-hand-over.png"), slip, 0o644)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	d.till.do(chromedp.Navigate("http://" + d.page + "/refund"))
	d.at("/sign-in", "登录") // that was the last of this session
	if on, _, _ := d.agent.desk.On("counter-1"); on != d.person("韩梅") {
		d.t.Errorf("counter-1 is %s's now", on)
	}
}

// lastSlip is that of the hand-over. A printer that a busy machine kept from its
// two seconds has printed nothing, and the page says so: then a manager prints it.
func (d *workday) lastSlip() string {
	d.t.Helper()
	unpaper := words.HaltUnpaper.Show(words.Zh).What
	held, err := chromedp.Run(d.till.ctx, chromedp.Evaluate[bool](fmt.Sprintf("document.body.innerText.includes(%q)", unpaper)))
	if err != nil {
		d.t.Fatal(err)
	}
	if held {
		on := d.agent.store.OnDuty()[0]
		code, err := d.agent.desk.PrintAgain(d.t.Context(), d.person("王芳"), d.handed(), on.Lanes()[0])
		if err != nil || code != "" {
			d.t.Fatalf("the hand-over's slip, once more: %q, %v", code, err)
		}
	}
	return d.paper("")
}

// handed is the shift that was handed over.
func (d *workday) handed() entry.Seq {
	d.t.Helper()
	for _, e := range d.entries() {
		if e.Kind == entry.HandedOver {
			return e.Key
		}
	}
	d.t.Fatal("nothing was handed over")
	return 0
}

// counts compares the manager's report, the slip on record and the networks' books.
func (d *workday) counts(first string) {
	net := d.ledger(func(e sandbox.Entry) money.Fen { return e.Charged - e.Returned })
	if want := money.Fen(1250 + 2600 + 1880 + 3000 - 600 - 1500); net != want {
		d.t.Errorf("the networks have taken %s, want %s", net, want)
	}
	total := net + 740 // in the drawer
	d.signsIn("王芳", "/refund", zbar(d.t, first)["CODE-128"])
	d.goes("/reports?by=clerk", total.String())
	d.becomes(fmt.Sprintf(`document.querySelector("tr.total").innerText.includes(%q) && document.body.innerText.includes("61.20") && document.body.innerText.includes("李雷")`, total.String()))
	d.looks("report-by-clerk")
	d.goes("/reports?by=wallet", total.String())
	d.looks("report-by-wallet")
	d.goes("/tasks", "没有待处理的事项")
	handed := 0
	for _, e := range d.entries() {
		if e.Kind != entry.HandedOver {
			continue
		}
		handed++
		body := entry.Must[entry.HandedOverBody](e)
		var sum money.Fen
		for _, line := range append(body.Figures, body.Nobody...) {
			switch line.What {
			case "sales":
				sum += line.Amount
			case "refunds":
				sum -= line.Amount
			}
		}
		if sum != total || len(body.Open) != 0 || body.To != d.person("韩梅") {
			d.t.Errorf("the slip on record is %+v, and has %s, want %s", body, sum, total)
		}
	}
	if handed != 1 {
		d.t.Errorf("%d hand-overs are on record", handed)
	}
	if code, out, complaint := call(d.t, "verify", "--config", d.cfg); code != exitOK || !strings.Contains(out, "5 sales agree") {
		d.t.Errorf("verify: exit %d, %q, %q", code, out, complaint)
	}
}

func (d *workday) ledger(of func(sandbox.Entry) money.Fen) (sum money.Fen) {
	for _, e := range d.bank.Ledger() {
		sum += of(e)
	}
	return sum
}

func (d *workday) entries() []entry.Entry {
	d.t.Helper()
	entries, err := d.agent.store.Entries(d.t.Context(), 0, 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	return entries
}
