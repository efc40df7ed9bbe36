package console

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// sees is what a page of a lane would carry now.
func (b bench) sees(t *testing.T, lane int) string {
	t.Helper()
	var s state
	if err := json.Unmarshal(b.ask("GET", "/state", "").Body.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	return s.Lanes[lane].Seen
}

// do posts an action with a token and what a page saw.
func (b bench) do(verb, token, seen, more string) *httptest.ResponseRecorder {
	form := url.Values{"token": {token}, "seen": {seen}}.Encode()
	return b.ask("POST", "/lanes/counter-1/"+verb, form+"&"+more)
}

// TestDoubleClick: a form acts once, whether its repeats come one after the
// other or all together.
func TestDoubleClick(t *testing.T) {
	t.Parallel()
	for _, together := range []bool{false, true} {
		b := newBench()
		seen := b.sees(t, 0)
		var all sync.WaitGroup
		for range 10 {
			click := func() {
				if got := b.do("amount", "t1", seen, "amount=12.50"); got.Code != 200 || !strings.Contains(got.Body.String(), `"ok":true`) {
					t.Errorf("a click: %d %s", got.Code, got.Body)
				}
			}
			if together {
				all.Go(click)
			} else {
				click()
			}
		}
		all.Wait()
		if got := b.counter.events(); len(got) != 1 {
			t.Errorf("ten clicks made %d orders (together: %v)", len(got), together)
		}
	}
}

// TestDoubleClickOnCash: who pays once is booked once, and the clerk's second
// click is answered as the first.
func TestDoubleClickOnCash(t *testing.T) {
	t.Parallel()
	for _, together := range []bool{false, true} {
		b := newBench()
		b.do("amount", "t1", b.sees(t, 0), "amount=12.50")
		seen := b.sees(t, 0)
		var all sync.WaitGroup
		for range 2 {
			click := func() {
				if got := b.do("cash", "t2", seen, "given=20"); got.Code != 200 || !strings.Contains(got.Body.String(), `"ok":true`) {
					t.Errorf("a click: %d %s", got.Code, got.Body)
				}
			}
			if together {
				all.Go(click)
			} else {
				click()
			}
		}
		all.Wait()
		if got := b.counter.events(); len(got) != 2 || got[1] != (flow.Cash{Given: 2000}) {
			t.Errorf("the lane got %#v, want an amount and cash once (together: %v)", got, together)
		}
	}
}

// TestTokens: a token belongs to one action of one lane, and a refusal does not use it up.
func TestTokens(t *testing.T) {
	t.Parallel()
	b := newBench()
	b.counter.full = true
	if got := b.do("amount", "t1", "", "amount=1"); got.Code != 503 {
		t.Errorf("a lane with a full queue: %d", got.Code)
	}
	b.counter.full = false
	for _, row := range []struct {
		verb, more string
		events     int
	}{
		{"amount", "amount=1", 1}, {"amount", "amount=1", 1}, {"qr", "", 2}, {"reprint", "key=7", 3}, {"reprint", "key=7", 3}, {"reprint", "key=8", 4},
	} {
		if got := b.do(row.verb, "t1", "", row.more); got.Code != 200 || len(b.counter.events()) != row.events {
			t.Errorf("%s %s: %d, %d events, want %d", row.verb, row.more, got.Code, len(b.counter.events()), row.events)
		}
	}
	if got := b.ask("POST", "/lanes/exit-1/amount", "amount=1&token=t1"); got.Code != 200 || len(b.exit.events()) != 1 {
		t.Errorf("the other lane: %d, %d events", got.Code, len(b.exit.events()))
	}
	for range 2 { // a program without tokens acts each time
		b.do("amount", "", "", "amount=2")
	}
	if n := len(b.counter.events()); n != 6 {
		t.Errorf("without a token there are %d events", n)
	}
}

func TestTokensAreForgottenInTime(t *testing.T) {
	t.Parallel()
	var o once
	lane := newLane("counter-1", flow.Cashier)
	for i := range tokensMax + 10 {
		o.try(fmt.Sprint(i), 0, lane, sight{}, flow.ShowQR{})
	}
	if len(o.used) != tokensMax || len(o.order) != tokensMax || o.used["9"] || !o.used[fmt.Sprint(tokensMax+9)] {
		t.Errorf("%d tokens in an order of %d", len(o.used), len(o.order))
	}
}

// TestTwoCashiers: what one page saw is no longer so, because somebody else was
// quicker; nothing is done, and the reason is told.
func TestTwoCashiers(t *testing.T) {
	t.Parallel()
	b := newBench()
	idle := b.sees(t, 0)
	b.do("amount", "a1", idle, "amount=12.50")
	if got := b.do("amount", "b1", idle, "amount=30"); got.Code != 409 || !strings.Contains(got.Body.String(), "已有变化") || !strings.Contains(got.Body.String(), "moved on") {
		t.Errorf("the second cashier's amount: %d %s", got.Code, got.Body)
	}
	due := b.sees(t, 0)
	if got := b.do("cash", "a2", due, "given=20"); got.Code != 200 {
		t.Errorf("cash: %d %s", got.Code, got.Body)
	}
	for i, verb := range []string{"cash", "card", "qr", "code", "amount"} {
		if got := b.do(verb, fmt.Sprint("b", i), due, "given=20&ref=7&code="+wechatCode+"&amount=1"); got.Code != 409 {
			t.Errorf("%s for an order that is paid: %d %s", verb, got.Code, got.Body)
		}
	}
	paid := b.sees(t, 0)
	b.do("amount", "a3", paid, "amount=12.50") // the next customer owes the same
	if got := b.do("cash", "b9", due, "given=20"); got.Code != 409 {
		t.Errorf("cash for the customer before: %d", got.Code)
	}
	if got := b.do("cancel", "b10", due, ""); got.Code != 409 {
		t.Errorf("a cancel of the order before: %d", got.Code)
	}
	if n := len(b.counter.events()); n != 3 {
		t.Errorf("the lane got %d events, want 3", n)
	}
}

// TestCancelOnlyNamesTheOrder: between Ready and Asking a cashier may want out,
// and out is what both mean.
func TestCancelOnlyNamesTheOrder(t *testing.T) {
	t.Parallel()
	b := newBench()
	b.do("amount", "a1", b.sees(t, 0), "amount=12.50")
	ready := b.sees(t, 0)
	b.counter.change(func(v *flow.View) { v.Order.Phase, v.Order.Key = words.Asking, 7 })
	if got := b.do("cash", "a2", ready, "given=20"); got.Code != 409 {
		t.Errorf("cash while the network is asked: %d", got.Code)
	}
	if got := b.do("cancel", "a3", ready, ""); got.Code != 200 {
		t.Errorf("a cancel: %d %s", got.Code, got.Body)
	}
}

// TestAtTheSameMoment: the lane has not shown yet what the first action led to.
func TestAtTheSameMoment(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		slow := &slowLane{fakeLane: b.counter}
		b.Handler = New(Options{Lanes: []Lane{slow}})
		b.counter.change(func(v *flow.View) { v.Order = words.Order{Phase: words.Ready, Amount: 1250, Turn: 1} })
		seen := b.sees(t, 0)
		b.do("cash", "a1", seen, "given=20")
		if got := b.do("cash", "b1", seen, "given=20"); got.Code != 409 || !strings.Contains(got.Body.String(), "just now") {
			t.Errorf("at the same moment: %d %s", got.Code, got.Body)
		}
		if got := b.do("cash", "", "", "given=20"); got.Code != 200 {
			t.Errorf("a program that saw nothing: %d", got.Code)
		}
		time.Sleep(justNow) // the lane had nothing to show for it
		if got := b.do("cash", "b2", seen, "given=20"); got.Code != 200 || slow.offers != 3 {
			t.Errorf("later: %d, %d offers", got.Code, slow.offers)
		}
	})
}

// slowLane takes events and shows nothing of them.
type slowLane struct {
	*fakeLane
	offers int
}

func (l *slowLane) Offer(flow.Event) bool { l.offers++; return true }

// TestPageOpenOverARestart: turns count from one again, and keys may be the
// same, but what the page saw was another life.
func TestPageOpenOverARestart(t *testing.T) {
	t.Parallel()
	before, after := newBench(), newBench()
	for _, b := range []bench{before, after} {
		b.counter.change(func(v *flow.View) { v.Order = words.Order{Phase: words.Ready, Amount: 1250, Turn: 1} })
	}
	if got := after.do("cash", "t", before.sees(t, 0), "given=20"); got.Code != 409 || len(after.counter.events()) > 0 {
		t.Errorf("%d, the lane got %v", got.Code, after.counter.events())
	}
}

// TestSightWithoutTurns: a lane that does not count them is known by its order's key.
func TestSightWithoutTurns(t *testing.T) {
	t.Parallel()
	a, b := words.Order{Phase: words.Ready, Key: 7, Amount: 1}, words.Order{Phase: words.Ready, Key: 9, Amount: 1}
	if sightOf("x", a) == sightOf("x", b) {
		t.Error("two orders are one")
	}
	a.Turn, b.Turn = 3, 3 // a draft that has become an order
	if sightOf("x", a) != sightOf("x", b) {
		t.Error("one order is two")
	}
}

// TestReprintNamesItsSale: it is right whatever stands in front of the lane now.
func TestReprintNamesItsSale(t *testing.T) {
	t.Parallel()
	b := newBench()
	seen := b.sees(t, 0)
	b.counter.Offer(flow.Amount{Amount: 1250})
	if got := b.do("reprint", "t", seen, "key=41"); got.Code != 200 {
		t.Errorf("%d %s", got.Code, got.Body)
	}
}
