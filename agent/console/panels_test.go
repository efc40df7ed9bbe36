package console

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
)

const (
	displayOn  = "客显已连接"
	displayOff = "客显未连接"
)

// until reads a stream up to a part with a text.
func (e listener) until(t *testing.T, part, text string) {
	t.Helper()
	for {
		if p := e.next(t); p.Part == part && strings.Contains(p.HTML, text) {
			return
		}
	}
}

// TestDisplayComesAndGoes: the cashier sees whether customers are shown anything.
func TestDisplayComesAndGoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		cashier, bye := b.listen(t, "page=cashier:counter-1")
		cashier.until(t, "lamp", displayOff)
		display, close := b.listen(t, "page=display:counter-1")
		display.begins(t, "display")
		cashier.until(t, "lamp", displayOn)
		other, closeOther := b.listen(t, "page=display:exit-1")
		other.begins(t, "display")
		close()
		cashier.until(t, "lamp", displayOff)
		closeOther()
		bye()
	})
}

// TestDeadPanel: a display whose connection is open but which draws nothing any
// more counts as none, and a sale does not wait for it.
func TestDeadPanel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		cashier, bye := b.listen(t, "page=cashier:counter-1")
		start := time.Now()
		display, close := b.listen(t, "page=display:counter-1")
		display.begins(t, "display")
		cashier.until(t, "lamp", displayOn)
		time.Sleep(20 * time.Second)
		if got := b.ask("POST", "/lanes/counter-1/display/drawn", ""); got.Code != 204 {
			t.Errorf("an answer: %d", got.Code)
		}
		go display.rest() // its browser takes bytes and does nothing with them
		cashier.until(t, "lamp", displayOff)
		if since := time.Since(start); since != 20*time.Second+answersWithin {
			t.Errorf("it counted as dead after %v", since)
		}
		asked := time.Now()
		for _, step := range []string{"amount", "qr", "cash"} {
			if got := b.ask("POST", "/lanes/counter-1/"+step, "amount=12.50&given=20"); got.Code != 200 {
				t.Errorf("%s with a dead panel: %d", step, got.Code)
			}
		}
		cashier.until(t, "lane", "Paid in cash")
		if since := time.Since(asked); since > time.Second {
			t.Errorf("the sale took %v", since)
		}
		alive := time.Now()
		b.ask("POST", "/lanes/counter-1/display/drawn", "") // it has come to itself
		cashier.until(t, "lamp", displayOn)
		if since := time.Since(alive); since > lookEvery {
			t.Errorf("the cashier saw it after %v", since)
		}
		close()
		bye()
	})
}

// TestDisplayThatTakesNothing holds up neither lane nor cashier: its stream ends by itself.
func TestDisplayThatTakesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBench()
		s := serveInBubble(t, b)
		s.call("GET /events?page=display:counter-1 HTTP/1.1\r\nHost: localhost\r\n\r\n") // and never read
		synctest.Wait()
		if !b.shows(t) {
			t.Error("a display that has just come counts as none")
		}
		b.counter.Offer(flow.Amount{Amount: 1250})
		time.Sleep(writeWithin + time.Second)
		if b.shows(t) {
			t.Error("a display that takes nothing is still there")
		}
		s.stop()
		<-s.done
	})
}

// shows tells whether the cashier's page speaks of a display.
func (b bench) shows(t *testing.T) bool {
	t.Helper()
	page := b.ask("GET", "/lanes/counter-1", "").Body.String()
	on, off := strings.Contains(page, displayOn), strings.Contains(page, displayOff)
	if on == off {
		t.Fatalf("the page says on: %v, off: %v", on, off)
	}
	return on
}

func TestDrawnNeedsALane(t *testing.T) {
	t.Parallel()
	b := newBench()
	if got := b.ask("POST", "/lanes/counter-9/display/drawn", ""); got.Code != 404 {
		t.Errorf("%d", got.Code)
	}
	if got := b.ask("POST", "/lanes/counter-1/display/drawn", "", "Sec-Fetch-Site", "cross-site"); got.Code != 403 {
		t.Errorf("from another site: %d", got.Code)
	}
	b.ask("POST", "/lanes/counter-1/display/drawn", "")
	if b.shows(t) {
		t.Error("an answer without a stream counts as a display")
	}
}
