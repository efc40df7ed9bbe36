package console

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/console/qr"
	"tillgate/agent/flow"
	"tillgate/agent/words"
)

const payLink = "weixin://wxpay/bizpayurl?pr=p4lpSuKzz"

func showCode(b bench, links ...string) {
	b.counter.change(func(v *flow.View) {
		v.Order = words.Order{Phase: words.ScanUs, Amount: 1250, Title: "Coffee", Turn: 1}
		for _, link := range links {
			v.Order.QR = append(v.Order.QR, words.QR{Network: "wechat", Link: link, Until: 65_000})
		}
	})
}

// TestDisplayShowsTheCode: amount, network, what to do, how long, and the code
// itself, on the display and for a cashier who has none.
func TestDisplayShowsTheCode(t *testing.T) {
	t.Parallel()
	b := newBench(func(o *Options) { o.Mono = func() int64 { return 5_000 } })
	showCode(b, payLink)
	code, err := qr.Of(payLink)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/lanes/counter-1/display", "/lanes/counter-1"} {
		page := b.ask("GET", path, "").Body.String()
		for _, want := range []string{"12.50", "Coffee", "微信支付", "WeChat Pay", `d="` + code.Path + `"`, `data-until="65000"`, `data-mono="5000"`,
			"<output>60</output>", fmt.Sprintf(`viewBox="0 0 %d %d"`, code.Side, code.Side), fmt.Sprintf(`width="%d"`, code.Side*pixelsAtFirst)} {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %s", path, want)
			}
		}
		if strings.Contains(page, payLink) {
			t.Errorf("%s has the link as text", path)
		}
	}
}

// TestDisplayNamesItsLane: a payer between two counters sees which one asks,
// beside what it asks for, with a QR code and without.
func TestDisplayNamesItsLane(t *testing.T) {
	t.Parallel()
	b := newBench()
	wants := func(phase words.Phase) {
		t.Helper()
		const want = `12.50</span><span class="lane">counter-1</span>`
		if page := b.ask("GET", "/lanes/counter-1/display", "").Body.String(); !strings.Contains(page, want) {
			t.Errorf("%s: the display lacks %s", phase, want)
		}
	}
	showCode(b, payLink)
	wants(words.ScanUs)
	for _, phase := range words.Phases() {
		if phase == words.Idle {
			continue
		}
		b.counter.change(func(v *flow.View) { v.Order = words.Order{Phase: phase, Amount: 1250, Turn: v.Order.Turn + 1} })
		wants(phase)
	}
}

// TestSecondsLeft are rounded up: the last one is shown until it is over.
func TestSecondsLeft(t *testing.T) {
	t.Parallel()
	q := code{QR: words.QR{Until: 65_000}}
	for mono, want := range map[int64]string{0: "", 1: "65", 5_000: "60", 5_001: "60", 64_001: "1", 64_999: "1", 65_000: "0", 99_000: "0"} {
		if got := q.left(mono); got != want {
			t.Errorf("at %d ms %q are left, want %q", mono, got, want)
		}
	}
}

func TestSeveralCodesSideBySide(t *testing.T) {
	t.Parallel()
	b := newBench()
	showCode(b, payLink, "https://qr.alipay.com/bax03251lcxl3kzrvhwv0054")
	if page := b.ask("GET", "/lanes/counter-1/display", "").Body.String(); strings.Count(page, "<svg class=\"code\"") != 2 {
		t.Error("there are not two codes")
	}
}

// TestACodeNamesItsPayers: of a network that takes several wallets the payer
// reads whose phone can pay, of each code for itself.
func TestACodeNamesItsPayers(t *testing.T) {
	t.Parallel()
	b := newBench()
	b.counter.change(func(v *flow.View) {
		v.Order = words.Order{Phase: words.ScanUs, Amount: 1250, Turn: 1, QR: []words.QR{
			{Merchant: "cloud", Network: "cloudpay", Wallets: []string{"wechat"}, Link: payLink, Until: 65_000},
			{Merchant: "cloud-2", Network: "cloudpay", Wallets: []string{"alipay"}, Link: "https://qr.alipay.com/bax03251lcxl3kzrvhwv0054", Until: 65_000},
		}}
	})
	for _, path := range []string{"/lanes/counter-1/display", "/lanes/counter-1"} {
		page := b.ask("GET", path, "").Body.String()
		for _, want := range []string{"微信支付", "WeChat Pay", "支付宝", "Alipay"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s lacks %s", path, want)
			}
		}
		if own := words.Network("cloudpay", words.Zh); strings.Contains(page, own) {
			t.Errorf("%s sends the payer to %s", path, own)
		}
	}
}

// TestCodeThatIsNoMore: a page that is loaded too late does not offer it, and one
// that cannot be drawn sends the payer another way.
func TestCodeThatIsNoMore(t *testing.T) {
	t.Parallel()
	late := newBench(func(o *Options) { o.Mono = func() int64 { return 65_000 } })
	showCode(late, payLink)
	if page := late.ask("GET", "/lanes/counter-1/display", "").Body.String(); !strings.Contains(page, `class="qr over"`) || !strings.Contains(page, "<output>0</output>") {
		t.Error("a code whose time is over is shown as good")
	}
	long := newBench()
	showCode(long, strings.Repeat("x", 4000))
	if page := long.ask("GET", "/lanes/counter-1/display", "").Body.String(); strings.Contains(page, `<svg class="code"`) || !strings.Contains(page, words.Say(words.TellNoQR, words.Zh)) {
		t.Error("a code that cannot be drawn is not said to be none")
	}
}

// TestCodeStaysWhileTimePasses: nothing is sent for a second that passes; the
// browser counts for itself.
func TestCodeStaysWhileTimePasses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		b := newBench(func(o *Options) { o.Mono = func() int64 { return 1 + time.Since(start).Milliseconds() } })
		showCode(b, payLink)
		stream, leave := b.listen(t, "page=display:counter-1")
		stream.begins(t, "display")
		for stream.lines.Scan() && stream.lines.Text() != "event: beat" {
			if strings.HasPrefix(stream.lines.Text(), "event:") {
				t.Errorf("after %v came %q", time.Since(start), stream.lines.Text())
			}
		}
		leave()
	})
}

// TestDisplayForgets what the last payer paid, and the cashier's page does not:
// a display that is opened long after a success greets, also after a reload.
func TestDisplayForgets(t *testing.T) {
	t.Parallel()
	for phase, after := range fadesAfter {
		t.Run(string(phase), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newBench()
				b.counter.change(func(v *flow.View) { v.Order = words.Order{Phase: phase, Amount: 1250, Turn: 1} })
				start := time.Now()
				stream, leave := b.listen(t, "page=display:counter-1")
				stream.until(t, "display", "12.50")
				stream.until(t, "display", "欢迎光临")
				if since := time.Since(start); since != after {
					t.Errorf("forgotten after %v, want %v", since, after)
				}
				leave()
				if page := b.ask("GET", "/lanes/counter-1/display", "").Body.String(); strings.Contains(page, "12.50") {
					t.Error("a reload brings it back")
				}
				if page := b.ask("GET", "/lanes/counter-1", "").Body.String(); !strings.Contains(page, "12.50") {
					t.Error("the cashier's page has forgotten it too")
				}
				b.counter.change(func(v *flow.View) { v.Order.Phase = words.Ready }) // the same amount once more, on a lane that counts no turns
				b.ask("GET", "/lanes/counter-1/display", "")
				b.counter.change(func(v *flow.View) { v.Order.Phase = phase })
				if page := b.ask("GET", "/lanes/counter-1/display", "").Body.String(); !strings.Contains(page, "12.50") {
					t.Error("what ends once more is not told")
				}
				time.Sleep(time.Hour)
				b.counter.change(func(v *flow.View) { v.Order.Turn = 2 }) // the next one, for the same amount
				if page := b.ask("GET", "/lanes/counter-1/display", "").Body.String(); !strings.Contains(page, "12.50") {
					t.Error("the next payer is told nothing")
				}
			})
		})
	}
}

// TestDisplayKeeps what somebody still has to act on.
func TestDisplayKeeps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		for _, phase := range words.Phases() {
			if _, fades := fadesAfter[phase]; fades || phase == words.Idle {
				continue
			}
			b.counter.change(func(v *flow.View) { v.Order = words.Order{Phase: phase, Amount: 1250} })
			b.ask("GET", "/lanes/counter-1/display", "")
			time.Sleep(time.Hour)
			if page := b.ask("GET", "/lanes/counter-1/display", "").Body.String(); !strings.Contains(page, "12.50") {
				t.Errorf("%s is forgotten", phase)
			}
		}
	})
}

// TestSuccessForAClosedPage: whoever comes back finds what happened meanwhile.
func TestSuccessForAClosedPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		b.counter.change(func(v *flow.View) { v.Order = words.Order{Phase: words.Asking, Amount: 1250, Turn: 1} })
		stream, leave := b.listen(t, "page=cashier:counter-1")
		stream.until(t, "lane", "Paying")
		leave()
		b.counter.change(func(v *flow.View) { v.Order.Phase = words.PaidOrder })
		time.Sleep(time.Minute)
		again, bye := b.listen(t, "page=cashier:counter-1")
		again.until(t, "lane", "付款成功")
		bye()
		if page := b.ask("GET", "/lanes/counter-1", "").Body.String(); !strings.Contains(page, "付款成功") {
			t.Error("a reload does not show it")
		}
	})
}

// TestDisplayShowsANotice: a program's text and sum while there is no order, for
// its time, without what may be a payment code; an order comes before it.
func TestDisplayShowsANotice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		b.counter.change(func(v *flow.View) {
			v.Notice, v.Until = words.Notice{Zh: "二号柜台 134567890123456789", En: "Counter <two>", Amount: 500}, time.Now().Add(time.Minute)
		})
		look := func() string { return b.ask("GET", "/lanes/counter-1/display", "").Body.String() }
		if page := look(); !strings.Contains(page, "二号柜台 ***") || !strings.Contains(page, "Counter &lt;two&gt;") || !strings.Contains(page, "<small>¥</small>5.00") || strings.Contains(page, "134567890123456789") {
			t.Errorf("the display shows %s", page)
		}
		b.counter.change(func(v *flow.View) { v.Order = words.Order{Phase: words.Ready, Amount: 1250, Turn: 1} })
		if page := look(); strings.Contains(page, "二号柜台") || !strings.Contains(page, "12.50") {
			t.Error("it stands beside an order")
		}
		b.counter.change(func(v *flow.View) { v.Order = words.Order{Phase: words.Idle} })
		time.Sleep(time.Minute)
		if page := look(); strings.Contains(page, "二号柜台") || !strings.Contains(page, "欢迎光临") {
			t.Error("its time is over, and it is still there")
		}
	})
}
