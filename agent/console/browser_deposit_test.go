package console

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// writes adds to a deposit what has become of it.
func (s *shop) writes(key entry.Seq, drafts ...entry.Draft) {
	s.t.Helper()
	h, err := s.store.Hold(s.t.Context(), key)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.store.Commit(s.t.Context(), store.Step{Key: key, After: h.Last, Entries: drafts}); err != nil {
		s.t.Fatal(err)
	}
}

// asksMove is a capture or a release that the network has not answered yet.
func (s *shop) asksMove(key entry.Seq, b entry.MoveAskedBody) {
	s.t.Helper()
	b.Lane, b.By = "counter-1", "李雷；授权 Approved: 王芳 14:00"
	s.writes(key, entry.New(entry.MoveAsked, b))
}

// guests are deposits of all sorts, each by what is to be seen of it.
func (s *shop) guests() map[string]entry.Seq {
	s.t.Helper()
	all := map[string]entry.Seq{}
	hold := func(what, room string, days int, terms entry.HoldPlacedBody) string {
		number, key := s.holdsFor(room, days, terms)
		all[what] = key
		return number
	}
	hold("held", "1208", 20, onceOnly)
	hold("ends-soon", "1209", 3, anyTimes)
	hold("ends-today", "1210", 0, onceOnly)

	number := hold("captured", "1211", 20, onceOnly)
	s.asksMove(all["captured"], entry.MoveAskedBody{Number: entry.CaptureNumber(number, 1), What: entry.Capture, Amount: 8850, Last: true, Reason: "早餐 Breakfast"})
	s.writes(all["captured"], entry.New(entry.MoveDone, entry.MoveDoneBody{Number: entry.CaptureNumber(number, 1), Amount: 8850, Rest: 21150}))

	number = hold("released", "1212", 20, anyTimes)
	s.asksMove(all["released"], entry.MoveAskedBody{Number: entry.ReleaseNumber(number, 1), What: entry.Release, Amount: 30000, Last: true, Reason: "退房 Check-out"})
	s.writes(all["released"], entry.New(entry.MoveDone, entry.MoveDoneBody{Number: entry.ReleaseNumber(number, 1), Amount: 30000}))

	number = hold("moving", "1213", 20, anyTimes)
	s.asksMove(all["moving"], entry.MoveAskedBody{Number: entry.CaptureNumber(number, 1), What: entry.Capture, Amount: 12000, Reason: "酒水 Drinks"})

	number = hold("refused", "1214", 20, anyTimes)
	s.asksMove(all["refused"], entry.MoveAskedBody{Number: entry.CaptureNumber(number, 1), What: entry.Capture, Amount: 12000})
	s.writes(all["refused"], entry.New(entry.MoveRefused, entry.MoveRefusedBody{Number: entry.CaptureNumber(number, 1), State: uint8(pay.Declined), Code: "NOTENOUGH"}))

	number = hold("differs", "1215", 20, anyTimes)
	s.asksMove(all["differs"], entry.MoveAskedBody{Number: entry.CaptureNumber(number, 1), What: entry.Capture, Amount: 5000})
	s.writes(all["differs"], entry.New(entry.MoveDone, entry.MoveDoneBody{Number: entry.CaptureNumber(number, 1), Amount: 5000}))
	s.writes(all["differs"], entry.New(entry.HoldSeen, entry.HoldSeenBody{Captured: 5000, Released: 1000, Left: 24000, Why: entry.SeenDiffers}))

	hold("lapsed", "1216", 20, onceOnly)
	s.writes(all["lapsed"], entry.New(entry.HoldSeen, entry.HoldSeenBody{Released: 30000, Why: entry.SeenExpired}))
	return all
}

// handy are a page's faults on its screen: what is wider than it, and what is too
// low for a finger.
const handy = `[...document.querySelectorAll("body *")].filter((e) => e.getClientRects().length && !e.closest("svg, .scroll") && e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.tagName + "." + e.className + " is wider than the screen")
  .concat([...document.querySelectorAll("main button, main .button, main summary, .tabs label")].filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 36).map((e) => e.textContent + " is too low for a finger")).join("; ")`

// handles looks at a page on every screen, and keeps its pictures.
func (p tab) handles(path, text, name string) {
	p.t.Helper()
	for of, size := range map[string][2]int64{"till": {800, 480}, "phone": {390, 844}, "desk": {1024, 768}} {
		p.do(chromedp.EmulateViewport(size[0], size[1]))
		p.goes(path)
		p.at(strings.Split(path, "?")[0], text)
		p.fair()
		if faults := value[string](p, handy); faults != "" {
			p.t.Errorf("%s on %v: %s", path, size, faults)
		}
		p.picture("deposits-" + name + "-" + of)
	}
}

// TestBrowserDeposits looks at the pages of deposits in all their states on screens
// from a phone's to a small desk's: nothing sticks out, and every button takes a finger.
// The pictures lie in build/screens, as deposits-*.
func TestBrowserDeposits(t *testing.T) {
	if testing.Short() {
		t.Skip("not among the short ones")
	}
	t.Parallel()
	shop := holding(t)
	s := &site{t: t, root: startBrowser(t), bench: shop.bench}
	s.start("127.0.0.1:0")
	t.Cleanup(func() { s.stop() })
	p := s.open("/sign-in", 800, 480)
	p.as(shop.signIn("Chief"))
	p.handles("/deposits", "目前没有在押押金", "none")
	all := shop.guests()
	for what, text := range map[string]string{"held": "只能消费一次", "ends-soon": "续押", "ends-today": "今天到期", "captured": "余额 211.50 元已退还客人", "released": "押金已结清", "moving": "正在消费押金",
		"refused": "消费未成功", "differs": "支付网络的合计与本机记录不同", "lapsed": "押金已到期"} {
		p.handles(depositPath(all[what]), text, what)
	}
	p.handles("/deposits", "今天到期", "list")
	p.handles("/deposits?state=all", "1212", "list-all")
	p.handles("/deposits?find=nothing", "没有找到", "not-found")
	p.handles(depositPath(all["held"])+"/capture?amount=88.50&reason=早餐", "余额退还客人", "confirm-final")
	p.handles(depositPath(all["ends-soon"])+"/capture?amount=88.50", "余额继续冻结", "confirm-stays")
	p.handles(depositPath(all["ends-soon"])+"/release?amount=100&reason=left", "退还后不能再消费", "confirm-release")

	for _, phase := range append([]words.DepositPhase{""}, words.DepositPhases()...) {
		shop.counter.change(func(v *flow.View) {
			v.Deposit, v.Slip = words.Deposit{}, ""
			if phase == "" {
				v.Slip = "100000010001971980000010"
				return
			}
			v.Deposit = words.Deposit{Phase: phase, Key: int64(all["held"]), Lane: "counter-1", Amount: 30000, Held: 30000, Left: 30000, Room: "1208", Title: "张先生 Mr Zhang", Number: "100000010001971980000010", Network: "wechat"}
			switch phase {
			case words.DepositReady:
				v.Deposit.Key, v.Deposit.Number, v.Deposit.Network, v.Deposit.Held, v.Deposit.Left, v.Deposit.Can.Cancel = 0, "", "", 0, 0, true
			case words.DepositScanUs:
				v.Deposit.QR, v.Deposit.Can.Cancel = []words.QR{{Network: "alipay", Link: payLink, Until: 60_000}}, true
			case words.DepositMoving:
				v.Deposit.Move = &words.DepositMove{What: words.MoveCapture, Amount: 8850, Phase: words.MoveAsking}
			case words.DepositSettled:
				v.Deposit.Captured, v.Deposit.Released, v.Deposit.Left = 8850, 21150, 0
			}
		})
		text := "查看这张小票"
		if phase != "" {
			text = words.ShowDepositStaff(words.Deposit{Phase: phase, Move: shop.counter.view.Deposit.Move, Network: "wechat"}, words.Zh).What
		}
		p.handles("/lanes/counter-1/deposit", text, fmt.Sprintf("at-the-desk-%s", phase))
	}
	s.complaints()
}
