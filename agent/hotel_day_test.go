//go:build demo

package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tillgate/agent/pay/sandbox"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// deskPage is where the hotel's deposits are taken.
const deskPage = "/lanes/" + hotelDesk + "/deposit"

// TestHotelsDay plays a day of a hotel's desk at the pages of the real agent, with
// its networks, devices and journal: deposits by scanned code and by QR code, found
// again by the slip's code, by the room and by the wallet's voucher; a part
// captured, with what is final read before it is confirmed, and refunded; one
// released with a supervisor's PIN; a capture whose answer is lost; and a network
// whose totals are not ours. In the end journal and networks have the same sums.
// The pictures lie in build/screens, as hotel-*.
func TestHotelsDay(t *testing.T) {
	if testing.Short() {
		t.Skip("not among the short ones")
	}
	t.Parallel()
	d := newDay(t, "hotel", "scanner-desk")
	d.till = newBrowser(t).open("http://"+d.page+"/sign-in", 1024, 768)
	d.opensShop("100.00")
	d.opensDesk()
	first, second, third := d.guestOf1208(), d.guestOf1209(), d.guestOf1210()
	d.checksOut(first)
	d.leavesEarly(second)
	d.drinks(third)
	d.differs(third)
	d.agrees(map[stay]sandbox.Totals{
		first:  {Held: 30000, Captured: 8850, Released: 21150},
		second: {Held: 30000, Released: 30000},
		third:  {Held: 30000, Captured: 12000, Released: 8000, Left: 10000},
	})
}

// stay is a guest's deposit as the guest has it: on a slip and in the wallet.
type stay struct{ slip, number, voucher string }

// opensDesk: nobody takes a deposit or sees one without signing in; the clerk
// clocks on at the desk.
func (d *workday) opensDesk() {
	d.goes(deskPage, "登录后可见")
	d.looks("nobody-is-signed-in")
	d.fills("#room", "1208", "#amount", "300.00")
	d.becomes(`document.querySelector(".said").innerText.includes("请先登录")`)
	d.till.click(`[data-part="held"] a[href^="/sign-in"]`)
	d.signsIn("李雷", deskPage, "您现在没有当班")
	d.goes("/shift", "您未当班")
	d.till.click(`input[name="lane"][value="` + hotelDesk + `"]`)
	d.till.click(`form[action="/shift/on"] button`)
	d.at("/shift", "交班")
}

// asksFor types an amount and a room; then the desk waits for the guest's phone.
func (d *workday) asksFor(room string) {
	d.t.Helper()
	d.goes(deskPage, "在押押金")
	d.fills("#room", room, "#amount", "300.00")
	d.desk(words.DepositReady, room)
}

// desk waits until the desk's deposit is in a phase, with a text somewhere on it.
func (d *workday) desk(phase words.DepositPhase, text string) {
	d.t.Helper()
	d.shows(words.Phase(phase), text)
}

// showsCode is a guest who pays, at the desk's scanner.
func (d *workday) showsCode(wallet string) {
	d.t.Helper()
	if err := d.scanners[hotelDesk].scan(d.t.Context(), d.bank.NewWalletCode(wallet, sandbox.Do(sandbox.Pays))); err != nil {
		d.t.Fatal(err)
	}
}

// stays is the guest whose deposit of 300.00 is held now, once its slip is out.
func (d *workday) stays(said string) stay {
	d.t.Helper()
	d.desk(words.DepositHeld, "300.00")
	s := stay{slip: d.paper(said)}
	s.number = zbar(d.t, s.slip)["CODE-128"]
	h := d.hold(s)
	s.voucher = h.Placed.Network
	if h.Held() != 30000 || h.Left() != 30000 || d.bank.Totals(s.number).Left != 30000 {
		d.t.Fatalf("the journal has %+v, the network %+v", h, d.bank.Totals(s.number))
	}
	return s
}

// hold is a deposit as the journal has it.
func (d *workday) hold(s stay) store.Hold {
	d.t.Helper()
	h, err := d.agent.store.HoldOf(d.t.Context(), s.number)
	if err != nil {
		d.t.Fatal(err)
	}
	return h
}

// pageOf is the address of a deposit.
func (d *workday) pageOf(s stay) string { return fmt.Sprintf("/deposits/%d", d.hold(s).ID) }

// sums waits until a deposit's page has these sums, in fen.
func (d *workday) sums(captured, released, left money.Fen) {
	d.t.Helper()
	d.becomes(fmt.Sprintf(`(({captured, released, left}) => captured === "%d" && released === "%d" && left === "%d")(document.querySelector(".equation").dataset)`, captured, released, left))
}

// guestOf1208 shows a payment code of WeChat Pay.
func (d *workday) guestOf1208() stay {
	d.goes(deskPage, "目前没有在押押金")
	d.looks("desk")
	d.asksFor("1208")
	d.looks("asked-for")
	d.showsCode(sandbox.WeChat)
	s := d.stays("微信押金冻结三百元")
	d.becomes(`/^还剩 2[89] 天/.test(document.querySelector(".held li .days").innerText) && document.querySelector(".held li").innerText.includes("1208")`)
	d.looks("held-with-its-countdown")
	d.keeps(s.slip, "held")
	return s
}

// guestOf1209 scans our QR code with Alipay, at Cloud Pay: WeChat Pay has none for deposits.
func (d *workday) guestOf1209() stay {
	d.asksFor("1209")
	d.till.click(`form[action$="/qr"] button`)
	d.desk(words.DepositScanUs, "1209")
	d.becomes(`document.querySelector(".till svg.code")`)
	d.looks("our-qr-code")
	view, _ := laneNamed(d.agent, hotelDesk).View()
	if link := d.scansScreen("our-qr-code"); len(view.Deposit.QR) != 1 || link != view.Deposit.QR[0].Link {
		d.t.Errorf("a phone reads %q off the page, the desk shows %+v", link, view.Deposit.QR)
	}
	d.shop.agent.Store(d.agent)
	if err := d.acts(d.t.Context(), customer{ID: scansUs, do: sandbox.Do(sandbox.Pays)}, hotelDesk, nil); err != nil {
		d.t.Fatal(err)
	}
	s := d.stays("支付宝押金冻结三百元")
	d.looks("held-by-qr-code")
	return s
}

func (d *workday) guestOf1210() stay {
	d.asksFor("1210")
	d.showsCode(sandbox.Alipay)
	s := d.stays("支付宝押金冻结三百元")
	d.becomes(`document.querySelectorAll(".held li").length === 3`)
	return s
}

// checksOut is the guest who pays a breakfast out of the deposit. The slip's code
// goes into the desk's field; what is final is read before it is confirmed, and
// nothing moves until then. A part of the breakfast is refunded.
func (d *workday) checksOut(s stay) {
	page := d.pageOf(s)
	d.goes(deskPage, "1208")
	d.fills("#find", zbar(d.t, s.slip)["CODE-128"])
	d.at(page, "只能消费一次")
	d.looks("found-by-its-slip")
	d.fills("#capture-reason", "早餐", "#capture-amount", "88.50")
	d.at(page+"/capture", "This is final for WeChat Pay: the rest goes back to the guest")
	d.at(page+"/capture", "微信支付只能消费一次，确认后不可更改：余额退还客人")
	d.looks("final-for-wechat")
	if totals := d.bank.Totals(s.number); totals.Left != 30000 || len(d.hold(s).Moves) != 0 {
		d.t.Errorf("before anybody confirmed the network has %+v, the journal %+v", totals, d.hold(s).Moves)
	}
	d.till.click(".confirm-form button")
	d.at(page, "余额 211.50 元已退还客人")
	d.sums(8850, 21150, 0)
	d.keeps(d.paper("微信押金消费八十八元五角，退还两百一十一元五角"), "captured")
	d.looks("captured-and-the-rest-returned")
	if d.is(`document.querySelector('form[action$="/capture"], form[action$="/release"], form[action$="/again"]')`) {
		d.t.Error("a deposit of which nothing is held offers to capture or to release")
	}

	d.fills("#refund-amount", "8.50", "#refund-reason", "少一份")
	d.keeps(d.paper("微信退款八元五角"), "refunded")
	d.becomes(fmt.Sprintf(`document.querySelector('[data-phase=%q], [data-phase=%q]')?.innerText.includes("8.50")`, words.RefundAccepted, words.RefundDone))
	d.looks("a-part-refunded")
	if net := d.bank.Net(s.number); net != 8000 {
		d.t.Errorf("the network has %s of the breakfast, want 80.00", net)
	}
}

// leavesEarly is the guest who gets everything back: found by the room, and above
// what a clerk may let go alone.
func (d *workday) leavesEarly(s stay) {
	page := d.pageOf(s)
	d.goes("/deposits", "1209")
	d.looks("all-that-is-held")
	d.fills("#room", "1209")
	d.becomes(`location.search.includes("room=1209") && document.querySelectorAll(".held li").length === 1`)
	d.looks("found-by-its-room")
	d.till.click(".held li a")
	d.at(page, "1209")
	d.fills("#release-reason", "提前退房")
	d.at(page+"/release", "退还 300.00 元（在押 300.00 元）")
	d.looks("before-the-release")
	d.till.click(".confirm-form button")
	d.at(page, "主管授权")
	d.looks("approval")
	if totals := d.bank.Totals(s.number); totals.Left != 30000 || len(d.hold(s).Moves) != 0 {
		d.t.Errorf("before anybody approved the network has %+v, the journal %+v", totals, d.hold(s).Moves)
	}
	d.fills(`form[action$="/approve"] #name`, "王芳", `form[action$="/approve"] #pin`, d.pins["王芳"])
	d.at(page, "退还成功")
	d.sums(0, 30000, 0)
	d.keeps(d.paper("支付宝押金退还三百元"), "released")
	d.looks("released-with-approval")
	var approved []entry.ApprovedBody
	for _, e := range d.entries() {
		if e.Kind == entry.Approved {
			approved = append(approved, entry.Must[entry.ApprovedBody](e))
		}
	}
	if len(approved) != 1 || approved[0].By != d.person("王芳") || approved[0].For != d.person("李雷") || approved[0].Amount != 30000 || approved[0].What != "release" || approved[0].Why != "提前退房" {
		d.t.Errorf("what was approved is %+v", approved)
	}
	if move := d.hold(s).Moves[0]; !strings.Contains(move.By, "李雷") || !strings.Contains(move.By, "王芳") || move.Reason != "提前退房" {
		d.t.Errorf("the slip is made of %+v", move)
	}
}

// drinks is a capture whose answer is lost, found by the voucher of the guest's
// wallet. It is done once, and the rest stays held.
func (d *workday) drinks(s stay) {
	page := d.pageOf(s)
	d.goes(deskPage, "1210")
	d.fills("#find", s.voucher)
	d.at(page, "1210")
	d.turn(false)
	d.bank.NextAt(sandbox.Alipay, sandbox.Capture, sandbox.Do(sandbox.LostAfter))
	d.fills("#capture-reason", "酒水", "#capture-amount", "120")
	d.at(page+"/capture", "余额继续冻结")
	d.looks("the-rest-stays-held")
	d.till.click(".confirm-form button")
	d.at(page, "正在消费押金")
	d.looks("capture-unknown")
	if d.is(`document.querySelector('form[action$="/capture"], form[action$="/release"]')`) {
		d.t.Error("while a capture is unknown another move is offered")
	}
	d.goes(deskPage, "1210")
	d.becomes(`document.querySelector(".held li").innerText.includes("正在消费押金")`)
	d.goes(page, "正在消费押金")
	d.turn(true)
	d.at(page, "消费成功")
	d.sums(12000, 0, 18000)
	d.keeps(d.paper("支付宝押金消费一百二十元"), "captured-in-part")
	d.looks("capture-found-done")
}

// differs: somebody has released a part of the deposit elsewhere. The next capture
// looks first, is not sent, and the page shows both.
func (d *workday) differs(s stay) {
	page := d.pageOf(s)
	account := sandbox.Account{Network: sandbox.Alipay, Name: "2088000000000001"}
	if _, why := d.bank.Release(sandbox.Releasing{Account: account, Number: s.number, Release: "elsewhere", Amount: 8000}, sandbox.Behaviour{}); why != "" {
		d.t.Fatal(why)
	}
	d.goes(page, "1210")
	d.fills("#capture-amount", "30")
	d.at(page+"/capture", "180.00")
	d.till.click(".confirm-form button")
	d.at(page, "支付网络的合计与本机记录不同")
	d.sums(12000, 8000, 10000)
	d.looks("totals-that-differ")
	d.goes(deskPage, "1210")
	d.becomes(`document.querySelector(".held li .trouble").innerText.includes("与支付网络合计不同")`)
	d.looks("desk-with-one-that-differs")
	d.forgets()
	d.till.do(chromedp.Navigate("http://" + d.page + "/tasks"))
	d.signsIn("王芳", "/tasks", "押金金额与支付网络不一致")
	d.looks("the-managers-task")
	d.till.click(".task a.button")
	d.at(page, "支付网络的合计与本机记录不同")
}

// agrees compares journal and networks in the end.
func (d *workday) agrees(want map[stay]sandbox.Totals) {
	for s, totals := range want {
		h := d.hold(s)
		ours := sandbox.Totals{Held: h.Held(), Captured: h.Captured, Released: h.Released, Left: h.Left()}
		if net := d.bank.Totals(s.number); net != totals || ours != totals {
			d.t.Errorf("deposit %s: the network has %+v, the journal %+v, want %+v", s.number, net, ours, totals)
		}
	}
	if n := len(d.bank.Ledger()); n != len(want) {
		d.t.Errorf("the networks know %d deposits, want %d", n, len(want))
	}
	if code, out, complaint := call(d.t, "verify", "--config", d.cfg); code != exitOK || !strings.Contains(out, "1 refunds, 3 deposits and") {
		d.t.Errorf("verify: exit %d, %q, %q", code, out, complaint)
	}
}
