package console

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"tillgate/agent/console/axetest"
	"tillgate/agent/flow"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// visited notes which of the console's routes a browser was shown a page of.
type visited struct {
	http.Handler
	mu     sync.Mutex
	routes map[string]bool
}

func (v *visited) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.Handler.ServeHTTP(w, r)
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.routes[r.Pattern] = true
	}
}

// notPages are routes that are looked at by programs, or lead elsewhere.
var notPages = []string{"GET /state", "GET /events", "GET /static/{file}", "GET /metrics", "GET /reports.csv", "GET /reports/file", "GET /phone/{file}"}

// missed are the routes for pages that nobody was shown, by the sources of this package.
func (v *visited) missed(t *testing.T) (all []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	routes := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`mux\.Handle(?:Func)?\("(GET [^"]+)"`).FindAllStringSubmatch(string(text), -1) {
			routes[m[1]] = true
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for route := range v.routes {
		delete(routes, route)
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(routes)), func(r string) bool { return slices.Contains(notPages, r) })
}

// as puts somebody's session into the browser; an empty cookie is nobody's.
func (p tab) as(cookie string) {
	p.t.Helper()
	p.do(func(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
		if _, err = cdp.Call(ctx, target, network.ClearBrowserCookies, cdp.Empty{}); err != nil || cookie == "" {
			return none, err
		}
		name, value, _ := strings.Cut(cookie, "=")
		_, err = cdp.Call(ctx, target, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: "http://" + p.address + "/"})
		return none, err
	})
}

// looks goes to a page that has a text, and holds it against the rules.
func (p tab) looks(path, text string) {
	p.t.Helper()
	p.goes(path)
	p.at(strings.Split(path, "?")[0], text)
	p.fair()
	axetest.Check(p.t, p.ctx, path+" ("+text+")")
}

// TestAxe holds every page in each of its states against axe-core.
func TestAxe(t *testing.T) {
	if testing.Short() {
		t.Skip("not among the short ones")
	}
	t.Parallel()
	root := startBrowser(t)
	var refunds []words.Refund
	var shop *shop
	shop = newShop(t, takesDeposits(&shop), func(o *Options) {
		o.Refunds = func(context.Context, entry.Seq) ([]words.Refund, error) { return refunds, nil }
		o.Sales = func(context.Context, string, int) ([]Sale, error) {
			return []Sale{
				{Key: 41, At: time.Unix(1_790_000_000, 0), Title: "Coffee", Phase: words.PaidOrder, Tender: words.ByCode, Network: "wechat", Amount: 1250, Refunded: 300},
				{Key: 31, Phase: words.CancelledOrder, Amount: 880},
			}, nil
		}
		o.Extra = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte(`[{"id":"pays","label_zh":"付款","label_en":"Pays"}]`))
		})
		o.Metrics = http.NotFoundHandler()
	})
	shop.withGate()
	seen := &visited{Handler: shop.Handler, routes: map[string]bool{}}
	shop.bench.Handler = seen
	s := &site{t: t, root: root, bench: shop.bench}
	s.start("127.0.0.1:0")
	t.Cleanup(func() { s.stop() })
	p := s.open("/sign-in", 800, 480)

	p.looks("/sign-in", "尚未设置人员")
	link := "/activate/" + string(shop.first("Chief").Token)
	p.looks(link, "Chief")
	p.looks("/activate/AAAAAAAAAAAAAAAAAAAAAA", "链接")
	shop.open()
	p.looks("/sign-in", "姓名")
	p.do(chromedp.SendKeys(chromedp.CSS("#name"), "Kate"), chromedp.SendKeys(chromedp.CSS("#pin"), "1\r"))
	p.at("/sign-in", "is wrong")
	axetest.Check(t, p.ctx, "a wrong PIN")
	shop.pass(time.Hour)

	sheetsForAxe(p, shop, &refunds)
	managersForAxe(p, shop)
	depositsForAxe(p, shop)
	lanesForAxe(p, shop)
	if missed := seen.missed(t); len(missed) > 0 {
		t.Errorf("nobody looked at %q", missed)
	}
}

// sheetsForAxe are the pages of those who are signed in.
func sheetsForAxe(p tab, shop *shop, refunds *[]words.Refund) {
	p.t.Helper()
	kate, chief := shop.signIn("Kate"), shop.signIn("Chief")
	p.as(kate)
	p.looks("/refund", "您现在没有当班")
	p.looks("/shift", "您未当班")
	p.looks("/lanes/counter-1", "您现在没有当班")
	number, key := shop.sells("counter-1", 500_000)
	on := shop.on("Kate", "counter-1")
	shop.sells("counter-1", 1250)
	p.looks("/shift", "交班")
	p.looks("/refund", number)
	p.looks("/search", number)
	p.looks("/search?find=nothing", "没有找到")
	p.looks("/search?kind=sale", "筛选")
	p.looks(orderPath(key), "可退")
	for _, phase := range words.RefundPhases() {
		one := words.Refund{Phase: phase, Number: number + "01", Amount: 300, Network: "wechat", Code: "NOTENOUGH", Trouble: []string{"slip failed"}}
		*refunds = []words.Refund{one}
		p.looks(orderPath(key), words.ShowRefund(one, words.Zh).What)
	}
	*refunds = nil
	if status, text := shop.send(kate, orderPath(key), orderPath(key), map[string][]string{"amount": {"4000"}, "reason": {"broken"}}); status != http.StatusOK || !strings.Contains(text, "主管授权") {
		p.t.Fatalf("a refund above the limit: %d %s", status, notes(text))
	}
	p.looks(orderPath(key), "主管授权")
	p.looks("/tasks", "没有待处理")

	p.as(chief)
	p.looks("/shift", "Kate")
	for _, by := range reportsBy {
		p.looks("/reports?by="+nameOfBy(by), "5012.50")
	}
	p.looks("/reports?by=day&from=2020-01-01&to=2020-01-02", "报表")
	p.looks("/reports?by=moon", "日期或报表有误")
	shop.freezes()
	p.looks("/tasks", "退回付款人")
	p.at("/tasks", "等待授权")
	p.picture("tasks-approve")
	if status, text := shop.send(kate, "/shift", shiftPath(on.ID)+"/over", map[string][]string{"where": {"counter-1"}}); status != http.StatusOK {
		p.t.Fatalf("the hand-over: %d %s", status, notes(text))
	}
	p.looks(shiftPath(on.ID), "已交班")
	p.looks("/shift/99999", "no such shift")
}

// managersForAxe are the pages of who sets people and settings, and of the own PIN.
func managersForAxe(p tab, shop *shop) {
	p.t.Helper()
	chief := shop.signIn("Chief")
	id := shop.named("Kate").ID
	form := shop.person(chief, staff.Person{ID: id, Name: "Kate", Role: staff.Clerk, Rights: staff.Grants{staff.Sell: {staff.Every}, staff.Refund: {"counter-1"}}})
	if status, text := shop.send(chief, personPath(id), personPath(id), form); status != http.StatusOK {
		p.t.Fatalf("rights: %d %s", status, notes(text))
	}
	p.as(chief)
	for _, trust := range []entry.Trust{entry.Trusted, entry.Floor} {
		shop.trust(trust)
		p.looks("/people", "新增人员")
		p.looks("/gate", "人工放行")
		p.looks(personPath("local-1"), "不能删除")
		p.looks(personPath(id), "删除此人")
	}
	shop.trust(entry.Trusted)
	p.click("summary")
	p.becomes(`document.querySelector("details").open`)
	axetest.Check(p.t, p.ctx, "before somebody is removed")
	p.looks("/people/nobody", "没有这个人")
	p.looks("/settings?saved=voice", "已保存")
	p.looks("/me", "修改密码")
	p.do(chromedp.SendKeys(chromedp.CSS("#text"), "nothing\r"))
	p.at("/me/answer", "不是授权申请")
	axetest.Check(p.t, p.ctx, "what is no request")
	p.looks("/phone/", "没有密钥")
	p.goes("/phone/#TGK1-" + strings.Repeat("ABCD", 8))
	p.at("/phone/", "密钥已装入")
	axetest.Check(p.t, p.ctx, "a phone with a key")
	p.goes("/phone/#TGA1/100000010001/REFUND/" + shop.store.Number() + "/250000/ABCDEFGHIJKLMNOP")
	p.becomes(`!document.querySelector(".wish").hidden`)
	axetest.Check(p.t, p.ctx, "a phone that is asked")
	p.click(".yes")
	p.becomes(`!document.querySelector(".code").hidden`)
	axetest.Check(p.t, p.ctx, "a phone that answers")
}

// depositsForAxe are the pages of deposits, in every phase of one in front of a
// desk, and of deposits that are held.
func depositsForAxe(p tab, shop *shop) {
	p.t.Helper()
	p.as(shop.signIn("Chief"))
	p.looks("/deposits", "目前没有在押押金")
	_, once := shop.holds(1, onceOnly)
	_, often := shop.holds(5, anyTimes)
	p.looks("/deposits", "还剩 5 天")
	p.looks("/deposits?find=nothing", "没有找到")
	p.looks(depositPath(once), "只能消费一次")
	p.looks(depositPath(once)+"/capture?amount=88.50", "余额退还客人")
	p.looks(depositPath(often), "续押")
	p.looks(depositPath(often)+"/release?amount=100&reason=left", "退还后不能再消费")
	display := p.site.open("/lanes/counter-1/display", 800, 480)
	p.goes("/lanes/counter-1/deposit")
	for _, phase := range words.DepositPhases() {
		shop.counter.change(func(v *flow.View) {
			v.Deposit = words.Deposit{Phase: phase, Key: 7, Lane: "counter-1", Amount: 30000, Held: 30000, Left: 30000, Room: "1208", Number: "100000010001971980000010", Network: "wechat"}
			if phase == words.DepositScanUs {
				v.Deposit.QR = []words.QR{{Network: "wechat", Link: payLink, Until: 60_000}}
			}
		})
		p.becomes(fmt.Sprintf(`document.querySelector(".till .screen").dataset.phase === %q`, phase))
		display.becomes(fmt.Sprintf(`document.querySelector(".screen").dataset.phase === %q`, "deposit-"+string(phase)))
		for _, page := range []tab{p, display} {
			axetest.Check(p.t, page.ctx, fmt.Sprintf("%s deposit %s", value[string](page, "location.pathname"), phase))
		}
	}
	shop.counter.change(func(v *flow.View) { v.Deposit = words.Deposit{} })
}

// freezes has an order on the counter that a manager has to decide about.
func (s *shop) freezes() {
	s.t.Helper()
	number := s.store.Number()
	if _, err := s.store.Commit(s.t.Context(), store.Step{Entries: []entry.Draft{
		entry.New(entry.Opened, entry.OpenedBody{Lane: "counter-1", Amount: 1250}),
		entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: "wechat"}),
		entry.New(entry.Frozen, entry.FrozenBody{Number: number, Amount: 1200}),
	}}); err != nil {
		s.t.Fatal(err)
	}
}

// lanesForAxe are the pages of the lanes, in every phase of an order, and of the
// terminal as it is well and as it is not.
func lanesForAxe(p tab, shop *shop) {
	p.t.Helper()
	p.looks("/", "counter-1")
	p.looks("/technician", "一切正常")
	p.as("")
	p.looks("/lanes/counter-1", "登录后可见")
	p.looks("/", "登录后可见")
	p.picture("index-nobody")
	p.as(shop.signIn("Chief"))
	p.looks("/lanes/exit-1", "Coffee")
	display := p.site.open("/lanes/counter-1/display", 800, 480)
	p.goes("/lanes/counter-1")
	p.becomes(`!!document.querySelector(".customers button")`)
	for turn, phase := range words.Phases() {
		shop.counter.change(func(v *flow.View) {
			v.Order = words.Order{Phase: phase, Lane: "counter-1", Amount: 1250, Title: "茶 Tea", Number: "100000010001971980000010", Turn: turn + 1, Network: "wechat", Trouble: []string{"slip failed"}}
			v.Behind, v.Present, v.Tell, v.TellAt = nil, turn%2 == 0, "", time.Time{}
			switch phase {
			case words.ScanUs:
				v.Order.QR = []words.QR{{Network: "wechat", Link: payLink, Until: 60_000}, {Network: "alipay", Link: payLink + "2", Until: 60_000}}
			case words.PaidOrder:
				v.Order.Tender, v.Order.Given, v.Order.Change = words.ByCash, 2000, 750
			case words.Ready:
				v.Behind = []words.Order{{Phase: words.GoingBack, Amount: 880, Number: "100000010001971980000002"}}
				v.Tell, v.TellAt = words.TellOneMoment, time.Now()
			}
		})
		for _, page := range []tab{p, display} {
			page.phase(phase)
			axetest.Check(p.t, page.ctx, fmt.Sprintf("%s %s", value[string](page, "location.pathname"), phase))
		}
	}
	shop.counter.change(func(v *flow.View) {
		v.Order = words.Order{Phase: words.Ready, Lane: "counter-1", Amount: 1250, Turn: 99}
	})
	p.phase(words.Ready)
	for _, tab := range []string{"cash", "card"} {
		p.click(".for-" + tab)
		p.becomes(`document.querySelector(".pane.` + tab + `").getClientRects().length > 0`)
		axetest.Check(p.t, p.ctx, "the till's "+tab)
	}
	shop.board.Set(Device{Name: "gate-1", What: "gpio:7", State: Lost, Text: "unplugged"})
	shop.board.Set(Device{Name: "printer", What: "usb:1", State: Waiting})
	shop.board.Note(Event{From: "gate-1", Text: "lost"})
	p.looks("/technician", "gate-1")
	p.looks("/", "设备断开")
	p.goes("/lanes/counter-1")
	p.becomes(`document.querySelector("#sales").innerText.includes("Coffee")`)
	p.site.stop()
	for _, page := range []tab{p, display} {
		page.becomes(`!document.getElementById("stale").hidden`)
		axetest.Check(p.t, page.ctx, "while the agent is away")
	}
}
