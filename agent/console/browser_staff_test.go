package console

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tillgate/agent/words"
)

// screens is where the browser's pictures go, for people to look at.
const screens = "../../build/screens"

// picture keeps what a page looks like.
func (p tab) picture(name string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.MkdirAll(screens, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(screens, name+".png"), png, 0o644)
	}
	if err != nil {
		p.t.Error(err)
	}
}

// at waits until the page is at a path, whole, and has a text.
func (p tab) at(path, text string) {
	p.t.Helper()
	p.becomes(`document.readyState === "complete" && location.pathname.startsWith("` + path + `") && document.body.innerText.includes("` + text + `")`)
}

func (p tab) goes(path string) {
	p.t.Helper()
	p.do(chromedp.Navigate("http://" + p.address + path))
}

// bare is a page's faults that its people would meet: fields without a name,
// places that a keyboard does not reach, what is wider than the screen.
const bare = `[...document.querySelectorAll("input:not([type=hidden]), select")].filter((f) => !f.labels.length).map((f) => f.name + " has no label")
  .concat([...document.querySelectorAll("button, a")].filter((b) => !b.textContent.trim()).map((b) => b.outerHTML + " has no name"))
  .concat(document.documentElement.scrollWidth > innerWidth ? ["wider than the screen by " + (document.documentElement.scrollWidth - innerWidth)] : []).join("; ")`

func (p tab) fair() {
	p.t.Helper()
	if faults := value[string](p, bare); faults != "" {
		p.t.Errorf("%s: %s", value[string](p, "location.pathname"), faults)
	}
}

// TestBrowserCashiersDay plays a clerk's day with the keyboard alone: signing in,
// a refund that is refused off duty, clocking on, a sale, a refund that takes a
// supervisor, handing over. The pictures lie in build/screens.
func TestBrowserCashiersDay(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.open()
	shop.hire("local-1", "李雷", "clerk", "830376")
	s := &site{t: t, root: startBrowser(t), bench: shop.bench}
	s.start("127.0.0.1:0")
	t.Cleanup(func() { s.stop() })
	number, key := shop.sells("counter-1", 1_000_000)
	till := s.open("/lanes/counter-1", 800, 480)

	t.Log("nobody is signed in")
	till.keys("12.50\r")
	till.becomes(`!document.querySelector(".said").hidden && document.querySelector(".said").innerText.includes("请先登录")`)
	till.picture("staff-till-unsigned")
	till.goes("/refund")
	till.at("/sign-in", "登录")
	till.fair()
	till.keys("李雷\t")
	till.picture("staff-sign-in")
	till.keys("830376\r")
	till.at("/refund", "您现在没有当班")
	till.picture("staff-refund-off-duty")

	t.Log("clocking on")
	till.goes("/shift")
	till.at("/shift", "您未当班")
	till.fair()
	till.picture("staff-clock-on")
	till.keys(" \r")
	till.at("/shift", "交班")
	shop.sells("counter-1", 1880)

	t.Log("a sale")
	till.goes("/lanes/counter-1")
	till.keys("12.50\r")
	till.phase(words.Ready)
	till.picture("staff-till")

	t.Log("a refund that takes a supervisor")
	till.goes("/refund?find=" + number[len(number)-6:])
	till.at("/refund", number)
	till.fair()
	till.picture("staff-find")
	till.goes("/refund?find=" + number)
	till.at(orderPath(key), "可退")
	till.fair()
	till.picture("staff-refund")
	till.do(chromedp.SetValue(chromedp.CSS("#amount"), "2500.00"))
	till.keys("one is broken\r")
	till.at(orderPath(key), "主管授权")
	till.fair()
	till.picture("staff-approve")
	till.keys("Chief\t" + string(shop.pins["Chief"]) + "\r")
	till.at(orderPath(key), "原因")
	if got := wishes(shop.counter); len(got) != 1 || got[0].Amount != 250_000 || !strings.Contains(got[0].By, "Chief") || !strings.Contains(got[0].By, "李雷") {
		t.Errorf("the lane was asked for %+v", got)
	}

	t.Log("reports and tasks")
	for path, has := range map[string]string{"/reports?by=day": "10018.80", "/reports?by=wallet": "10018.80", "/search": number, "/tasks": "任务"} {
		till.goes(path)
		till.at(strings.Split(path, "?")[0], has)
		till.fair()
		till.picture("staff" + strings.NewReplacer("/", "-", "?by=", "-").Replace(path))
	}

	t.Log("handing over")
	till.goes("/shift")
	till.at("/shift", "18.80")
	till.fair()
	till.picture("staff-shift")
	phone := s.open("/shift", 390, 844)
	phone.at("/shift", "18.80")
	phone.fair()
	phone.picture("staff-shift-phone")
	till.do(chromedp.Submit(chromedp.CSS(".handing")))
	till.at("/shift/", "已交班")
	till.fair()
	till.picture("staff-handed-over")
	till.goes("/refund")
	till.at("/sign-in", "登录")
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.faults) > 0 {
		t.Errorf("the browser complains: %v", s.faults)
	}
}
