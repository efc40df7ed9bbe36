package console

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chromedp/chromedp"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// sold is a shop whose lanes have one last sale.
func sold(t *testing.T) *shop {
	t.Helper()
	s := newShop(t, func(o *Options) {
		o.Sales = func(context.Context, string, int) ([]Sale, error) {
			return []Sale{{Key: 41, Title: "Coffee", Phase: words.PaidOrder, Tender: words.ByCode, Network: "wechat", Amount: 4711}}, nil
		}
	})
	return s
}

// TestLastSalesAreForThoseWhoMayLook: where people sign in, a lane's sales are for
// those who are on duty there, and for managers; everybody else reads why not.
func TestLastSalesAreForThoseWhoMayLook(t *testing.T) {
	t.Parallel()
	s := sold(t)
	looks := func(lane, cookie, says string) {
		t.Helper()
		page := s.ask("GET", "/lanes/"+lane, "", "Cookie", cookie).Body.String()
		shown := strings.Contains(page, "47.11") || strings.Contains(page, "Coffee") || strings.Contains(page, `name="key"`)
		if shown != (says == "") || !strings.Contains(page, says) {
			t.Errorf("the sales of %s are shown: %t, want a page that says %q", lane, shown, says)
		}
	}
	looks("counter-1", "", "") // nobody can sign in yet
	s.open()
	looks("counter-1", "", "登录后可见")
	if page := s.ask("GET", "/lanes/counter-1", "").Body.String(); !strings.Contains(page, `href="/sign-in?next=%2Flanes%2Fcounter-1"`) {
		t.Error("the page does not lead to the sign-in and back")
	}
	kate, chief := s.signIn("Kate"), s.signIn("Chief")
	looks("counter-1", kate, "您现在没有当班")
	s.on("Kate", "counter-1")
	looks("counter-1", kate, "")
	looks("exit-1", kate, "您在这个通道未当班")
	looks("exit-1", chief, "")
	s.ask("POST", "/sign-out", "", "Cookie", kate)
	looks("counter-1", kate, "登录后可见")
}

// TestAStreamOutlivesItsSession: the page of somebody whose time is over, or who
// signs out in another window, shows the sales no longer, and goes on with the rest.
func TestAStreamOutlivesItsSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := sold(t)
		defer s.store.Close()
		s.open()
		for how, end := range map[string]func(cookie string){
			"its time is over": func(string) { time.Sleep(sessionFor) },
			"a sign-out":       func(cookie string) { s.ask("POST", "/sign-out", "", "Cookie", cookie) },
		} {
			cookie := s.signIn("Chief")
			stream, leave := s.listen(t, "page=cashier:counter-1", cookie)
			stream.until(t, "sales", "47.11")
			start := time.Now()
			go end(cookie)
			stream.until(t, "sales", "登录后可见")
			if since := time.Since(start); since > sessionFor || strings.HasPrefix(how, "a sign") && since > time.Second {
				t.Errorf("%s: the sales went after %v", how, since)
			}
			s.counter.Offer(flow.Amount{Amount: 1250})
			stream.until(t, "lane", "12.50")
			leave()
		}
	})
}

// age lets all sessions that are open be over.
func (s *sessions) age() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, one := range s.open {
		one.until = time.Now()
		s.open[key] = one
	}
	s.tell()
}

// TestBrowserSessionExpires in the middle of a sale: the sale goes on to its end
// at the page, the last sales go from it by themselves, the next sale takes
// somebody who signs in, and then all is there again.
func TestBrowserSessionExpires(t *testing.T) {
	t.Parallel()
	shop := sold(t)
	shop.open()
	shop.on("Kate", "counter-1")
	s := &site{t: t, root: startBrowser(t), bench: shop.bench}
	s.start("127.0.0.1:0")
	t.Cleanup(func() { s.stop() })
	till := s.open("/lanes/counter-1", 800, 480)
	shown := func(text string) string {
		return `document.querySelector("#sales").innerText.includes("` + text + `")`
	}
	signsIn := func() {
		t.Helper()
		till.click(`#sales a[href^="/sign-in"]`)
		till.at("/sign-in", "登录")
		till.do(chromedp.SendKeys(chromedp.CSS("#name"), "Kate"), chromedp.SendKeys(chromedp.CSS("#pin"), string(shop.pins["Kate"])+"\r"))
		till.at("/lanes/counter-1", "47.11")
	}
	till.becomes(shown("登录后可见") + " && !" + shown("47.11"))
	signsIn()

	till.keys("12.50\r")
	till.phase(words.Ready)
	shop.console.sessions.age()
	till.becomes(shown("登录后可见") + " && !" + shown("47.11"))
	till.phase(words.Ready)
	till.picture("session-over-in-a-sale")
	till.click(".for-cash")
	till.click(`[data-fill="20"]`)
	till.click(".cash .go")
	till.phase(words.PaidOrder)
	till.got(shop.counter, flow.Cash{Given: 2000, Staff: "local-2"}, 2)
	till.toldNothing()

	till.keys("3\r")
	till.becomes(`!document.querySelector(".said").hidden && document.querySelector(".said").innerText.includes("请先登录")`)
	till.got(shop.counter, flow.Cash{Given: 2000, Staff: "local-2"}, 2) // and nothing after it
	signsIn()
	till.keys("3\r")
	till.phase(words.Ready)
	till.got(shop.counter, flow.Amount{Amount: 300}, 3)
	s.complaints()
	if re := shop.ask("GET", "/lanes/counter-1", ""); re.Code != http.StatusOK || strings.Contains(re.Body.String(), "47.11") {
		t.Errorf("another browser: %d, and it sees the sales", re.Code)
	}
}
