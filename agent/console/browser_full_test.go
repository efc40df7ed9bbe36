package console

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// testTwoAmounts takes an amount and what of it takes part in no discount, with
// the keyboard and with fingers: keys type into the field that was tapped, and
// the next sum begins in the first one.
func testTwoAmounts(t *testing.T, root context.Context) {
	s := newSite(t, root, func(o *Options) { o.AsksFull = func(lane string) bool { return lane == "counter-1" } })
	p := s.open("/lanes/counter-1", 800, 480)
	lane := s.bench.counter
	press := func(keys ...string) {
		t.Helper()
		for _, key := range keys {
			p.click(`.new [data-key="` + key + `"]`)
		}
	}
	p.keys("50\t20.5\r")
	p.phase(words.Ready)
	p.got(lane, flow.Amount{Amount: 5000, Full: 2050}, 1)
	p.becomes(`document.querySelector("#amount").value + document.querySelector("#full").value === ""`)

	p.click(`label[for="tab-new"]`)
	press("1", "2")
	p.click("#full")
	press("9", "erase", "7", ".", "5", "0")
	p.becomes(`document.querySelector("#amount").value === "12" && document.querySelector("#full").value === "7.50"`)
	p.click(".new .go")
	p.becomes(`document.querySelector("#full").value === ""`)
	p.got(lane, flow.Amount{Amount: 1200, Full: 750}, 2)
	p.becomes(`document.querySelector(".screen .amount").textContent.includes("12.00")`) // what comes late would empty the fields

	p.click(`label[for="tab-new"]`)
	press("3")
	p.becomes(`document.querySelector("#amount").value === "3" && document.querySelector("#full").value === ""`)
	p.click("#full")
	press("4")
	p.click(".new .go")
	p.becomes(`document.querySelector(".said").textContent.includes("` + words.Say(words.AnswerFullHigh, words.En) + `")`)
	p.got(lane, flow.Amount{Amount: 1200, Full: 750}, 2)

	for _, screen := range [][2]int64{{800, 480}, {390, 844}, {1440, 900}} {
		p.do(chromedp.EmulateViewport(screen[0], screen[1]))
		if out := value[string](p, `[...document.querySelectorAll(".pane.new :is(label, input, button)")].filter((e) => e.getClientRects().length).filter((e) => { const b = e.getBoundingClientRect(); return b.right > innerWidth + 1 || b.width < 1; }).map((e) => e.textContent || e.id).join("; ")`); out != "" {
			t.Errorf("%v: beside the screen are %s", screen, out)
		}
		if low := value[bool](p, `document.querySelector(".pane.new .go").scrollIntoView({ block: "nearest" }), document.querySelector(".pane.new .go").getBoundingClientRect().bottom > innerHeight + 1`); low {
			t.Errorf("%v: the sum cannot be sent", screen)
		}
	}
	if other := s.open("/lanes/exit-1", 800, 480); value[bool](other, `document.querySelector("#full") !== null`) {
		t.Error("a lane with one amount asks for two")
	}
	s.complaints()
}
