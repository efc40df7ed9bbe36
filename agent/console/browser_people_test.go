package console

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"tillgate/agent/staff"
	"tillgate/store/entry"
)

// scans is what a phone's camera reads off a page.
func (p tab) scans(name string) string {
	p.t.Helper()
	p.picture(name)
	out, err := exec.Command("zbarimg", "--quiet", "--raw", filepath.Join(screens, name+".png")).Output()
	if err != nil {
		p.t.Fatalf("a camera reads nothing off %s: %v", name, err)
	}
	return strings.TrimSpace(string(out))
}

// TestBrowserManagersMorning plays what a manager does at the pages: hiring
// somebody, rights down to the lane, settings, the own PIN.
func TestBrowserManagersMorning(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.open()
	shop.hire("local-1", "Boss", staff.Manager, "830477")
	s := &site{t: t, root: startBrowser(t), bench: shop.bench}
	s.start("127.0.0.1:0")
	t.Cleanup(func() { s.stop() })
	desk := s.open("/people", 800, 480)
	desk.at("/sign-in", "登录")
	desk.keys("Chief\t" + string(shop.pins["Chief"]) + "\r")
	desk.at("/people", "新增人员")
	desk.fair()
	desk.picture("people-list")

	t.Log("hiring")
	desk.do(chromedp.Focus(chromedp.CSS("#name")))
	desk.keys("李雷\r")
	desk.at("/people", "一次性链接")
	desk.fair()
	link := desk.scans("people-link")
	if !strings.HasPrefix(link, "http://"+s.address+"/activate/") {
		t.Fatalf("the code leads to %q", link)
	}
	phone := s.open(strings.TrimPrefix(link, "http://"+s.address), 390, 844)
	phone.at("/activate/", "李雷")
	phone.fair()
	phone.picture("people-activate-phone")
	phone.keys("830376\t830376\r")
	phone.at("/sign-in", "密码已设置")
	phone.picture("people-pin-is-set-phone")

	t.Log("rights down to the lane")
	id := shop.named("李雷").ID
	desk.goes(personPath(id))
	desk.at("/people/", "权限")
	desk.fair()
	desk.picture("people-person")
	desk.click("#own")
	desk.click(`.cell:has(input[name="refund"][value="*"])`)
	desk.click(`.cell:has(input[name="refund"][value="counter-1"])`)
	desk.picture("people-rights")
	desk.do(chromedp.Submit(chromedp.CSS(".rights-form")))
	desk.at("/people/", "已保存")
	if got := shop.named("李雷").Rights; len(got) != 2 || len(got[staff.Refund]) != 1 || got[staff.Refund][0] != "counter-1" || got[staff.Sell][0] != staff.Every {
		t.Errorf("the rights are %v", got)
	}
	desk.goes(personPath("local-1"))
	desk.at("/people/", "不能删除、停用自己")
	desk.fair()
	desk.picture("people-oneself")
	for name, size := range map[string][2]int64{"phone": {390, 844}, "desk": {1440, 900}} {
		for page, path := range map[string]string{"people-list": "/people", "people-person": personPath(id), "settings": "/settings", "me": "/me"} {
			tab := s.open(path, size[0], size[1])
			tab.at(path, "Chief")
			tab.fair()
			tab.picture(page + "-" + name)
		}
	}

	t.Log("the clock proves nothing")
	shop.trust(entry.Floor)
	desk.goes("/people")
	desk.at("/people", "时钟未校准")
	desk.fair()
	desk.picture("people-clock")
	shop.trust(entry.Trusted)

	t.Log("settings")
	desk.goes("/settings")
	desk.at("/settings", "单人授权限额")
	desk.fair()
	desk.picture("settings")
	desk.do(chromedp.SetValue(chromedp.CSS("#value-refund-limit"), "300"))
	desk.do(chromedp.Submit(chromedp.CSS("#refund-limit")))
	desk.at("/settings", "已保存")
	desk.picture("settings-saved")
	desk.do(chromedp.SetValue(chromedp.CSS("#value-second-limit"), "12.505"))
	desk.do(chromedp.Submit(chromedp.CSS("#second-limit")))
	desk.at("/settings", "“双人授权限额（元）”不能这样设置")
	desk.picture("settings-refused")
	if shop.desk.RefundLimit() != 30_000 || shop.desk.SecondLimit() != 900_000 {
		t.Errorf("the limits are %s and %s", shop.desk.RefundLimit(), shop.desk.SecondLimit())
	}

	desk.do(chromedp.SetValue(chromedp.CSS("#value-language"), "en"))
	desk.do(chromedp.Submit(chromedp.CSS("#language")))
	desk.at("/settings", "已保存")
	for path, name := range map[string]string{"/settings": "settings-en", "/people": "people-list-en", "/lanes/counter-1": "till-en"} {
		desk.goes(path)
		desk.becomes(`document.documentElement.lang === "en"`)
		desk.fair()
		desk.picture(name)
	}

	t.Log("the own PIN")
	desk.goes("/me")
	desk.at("/me", "修改密码")
	desk.fair()
	desk.picture("me")
	desk.do(chromedp.Focus(chromedp.CSS("#old")))
	desk.keys(string(shop.pins["Chief"]) + "\t940285\t940285\r")
	desk.at("/sign-in", "密码已设置")
	desk.picture("me-pin-is-set")
	s.complaints()
}

// TestBrowserApprovesByPhone is a refund that a supervisor approves from
// elsewhere: the phone reads both codes off the screens, and has no network when
// it answers.
func TestBrowserApprovesByPhone(t *testing.T) {
	t.Parallel()
	shop := newShop(t)
	shop.open()
	s := &site{t: t, root: startBrowser(t), bench: shop.bench}
	s.start("127.0.0.1:0")
	t.Cleanup(func() { s.stop() })
	shop.console.Phone = "http://" + s.address + "/phone/"
	_, key := shop.sells("counter-1", 1_000_000)
	shop.on("Kate", "counter-1")

	t.Log("the supervisor takes a key")
	desk := s.open("/me", 800, 480)
	desk.at("/sign-in", "登录")
	desk.keys("Chief\t" + string(shop.pins["Chief"]) + "\r")
	desk.at("/me", "手机授权密钥")
	desk.do(chromedp.Focus(chromedp.CSS("#key-pin")))
	desk.keys(string(shop.pins["Chief"]) + "\r")
	desk.at("/me/key", "只显示这一次")
	desk.fair()
	given := desk.scans("phone-key")
	if !strings.HasPrefix(given, shop.console.Phone+"#TGK1-") {
		t.Fatalf("the code of the key leads to %q", given)
	}
	phone := s.open("/phone/", 390, 844)
	phone.at("/phone/", "没有密钥")
	phone.fair()
	phone.picture("phone-none")
	phone.goes(strings.TrimPrefix(given, "http://"+s.address))
	phone.becomes(`!document.querySelector(".ready").hidden && location.hash === "" && navigator.serviceWorker.controller !== null`)
	phone.picture("phone-ready")

	t.Log("the clerk asks")
	desk.click(`form[action="/sign-out"] button`)
	desk.at("/sign-in", "登录")
	desk.keys("Kate\t" + string(shop.pins["Kate"]) + "\r")
	desk.at("/", "counter-1")
	desk.goes(orderPath(key))
	desk.at(orderPath(key), "可退")
	desk.do(chromedp.SetValue(chromedp.CSS("#amount"), "2500.00"))
	desk.do(chromedp.Focus(chromedp.CSS("#reason")))
	desk.keys("one is broken\r")
	desk.at(orderPath(key), "主管授权")
	value[any](desk, `document.querySelector("svg.code").scrollIntoView({block: "center"})`)
	asked := desk.scans("phone-asked")

	t.Log("the phone has no network, and answers")
	s.stop()
	phone.do(chromedp.Navigate("about:blank"))
	phone.do(chromedp.Navigate(asked))
	phone.becomes(`!document.querySelector(".wish").hidden && document.querySelector("#amount").textContent === "2500.00"`)
	phone.picture("phone-wish")
	phone.click(".yes")
	phone.becomes(`/^\d{4} \d{4}$/.test(document.querySelector("#code").textContent)`)
	phone.picture("phone-code")
	code := value[string](phone, `document.querySelector("#code").textContent`)
	s.start(s.address)

	t.Log("the clerk types the digits")
	desk.do(chromedp.SetValue(chromedp.CSS("#code"), code))
	desk.do(chromedp.Focus(chromedp.CSS("#code")))
	desk.keys("\r")
	desk.at(orderPath(key), "原因")
	if got := wishes(shop.counter); len(got) != 1 || got[0].Amount != 250_000 || got[0].Order != key || !strings.Contains(got[0].By, "Chief") {
		t.Errorf("the lane was asked for %+v", got)
	}
	phone.do(chromedp.Navigate("about:blank"))
	phone.goes("/phone/")
	phone.becomes(`!document.querySelector(".ready").hidden && document.querySelector(".wish").hidden`)

	t.Log("the supervisor answers at a till")
	shop.pass(time.Second)
	_, second := shop.sells("counter-1", 1_000_000)
	desk.goes(orderPath(second))
	desk.at(orderPath(second), "可退")
	desk.do(chromedp.SetValue(chromedp.CSS("#amount"), "2600.00"))
	desk.do(chromedp.Focus(chromedp.CSS("#reason")))
	desk.keys("late\r")
	desk.at(orderPath(second), "主管授权")
	waiting := shop.desk.Requests("local-1")
	desk.click(`form[action="/sign-out"] button`)
	desk.at("/sign-in", "登录")
	desk.goes("/me")
	desk.at("/sign-in", "登录")
	desk.keys("Chief\t" + string(shop.pins["Chief"]) + "\r")
	desk.at("/me", "替其他终端授权")
	desk.keys(waiting[len(waiting)-1].Text + "\r")
	desk.at("/me/answer", "2600.00")
	desk.fair()
	desk.picture("me-wish")
	desk.keys(string(shop.pins["Chief"]) + "\r")
	desk.at("/me/answer", "请把授权码告诉对方")
	desk.fair()
	desk.picture("me-code")
	if text := value[string](desk, `document.querySelector(".answer").textContent`); !regexp.MustCompile(`^\d{4} \d{4}$`).MatchString(text) {
		t.Errorf("the answer is %q", text)
	}
	for _, fault := range s.faults {
		t.Errorf("the browser complains: %s", fault)
	}
}
