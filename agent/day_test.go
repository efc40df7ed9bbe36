//go:build demo

package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tillgate/agent/pay/sandbox"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

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
	d := newDay(t, "day", "scanner-counter")
	d.till = newBrowser(t).open("http://"+d.page+"/sign-in", 800, 480)
	d.opensShop("10.00")
	first := d.beforeDuty()
	slips := d.sells()
	d.refunds(slips)
	d.doubts()
	d.handsOver()
	d.counts(first)
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
	if err := d.bank.Scan(d.scansScreen("our-qr-code"), sandbox.Do(sandbox.Pays)); err != nil {
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
	d.keeps(d.lastSlip(), "of-the-hand-over")
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
	if d.is(fmt.Sprintf("document.body.innerText.includes(%q)", unpaper)) {
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
