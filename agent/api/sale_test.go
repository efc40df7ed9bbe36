package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestASale: an order is taken on, paid in every way, given back in part, printed
// again and found by its number; each answer says how the money stands.
func TestASale(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		got := s.post("/sales", "k1", owes)
		a := got.answer(t)
		at := fmt.Sprintf("/orders/%d", a.Order.Key)
		if got.status != http.StatusAccepted || got.header.Get("Location") != Prefix+at || a.Order.State != "ready" || a.Order.Final || a.Order.Ref != "A-7" {
			t.Fatalf("%d, %s, %+v", got.status, got.header.Get("Location"), a.Order)
		}
		if a.Order.MoneyEn != "Nothing has been charged" || a.Order.MoneyZh != "尚未扣款" {
			t.Errorf("the money: %s, %s", a.Order.MoneyEn, a.Order.MoneyZh)
		}
		s.post(at+"/code", "k2", `{"code":"`+code+`"}`).answer(t)
		synctest.Wait()
		paid := s.get(at).answer(t).Order
		if paid.State != "paid" || !paid.Final || paid.Settled != 1250 || paid.Number == "" || paid.Network != "wechat" {
			t.Fatalf("%+v", paid)
		}
		if got := s.post(at+"/code", "k3", `{"code":"`+code+`"}`); got.status != http.StatusConflict || got.cause() != "paid-already" {
			t.Errorf("paid again: %d %s", got.status, got.text)
		}
		s.post("/refunds", "k4", `{"number":"`+paid.Number+`","amount_fen":250,"reason":"one dish"}`).answer(t)
		synctest.Wait()
		o := s.get(at).answer(t).Order
		if len(o.Refunds) != 1 || o.Refunds[0].State != "done" || o.Refunded != 250 || o.Refunds[0].Reason != "one dish" {
			t.Errorf("refunds %+v, %s", o.Refunds, o.Refunded)
		}
		if got := s.post("/refunds", "k5", fmt.Sprintf(`{"order":%d,"amount_fen":1001,"reason":"all of it"}`, o.Key)); got.status != http.StatusConflict || got.cause() != "refund-high" {
			t.Errorf("more than is left: %d %s", got.status, got.text)
		}
		if a := s.post(at+"/reprint", "k6", "").answer(t); a.Tell == nil || a.Tell.Key != "reprinted" {
			t.Errorf("reprint: %+v", a.Tell)
		}
		for _, number := range []string{paid.Number, o.Refunds[0].Number} {
			if got := s.get("/orders?number=" + number); !strings.Contains(string(got.text), fmt.Sprintf(`"key":%d`, o.Key)) {
				t.Errorf("by number %s: %s", number, got.text)
			}
		}
		if len(s.bank.charged) != 1 || len(s.bank.given) != 1 {
			t.Errorf("%d charges, %d refunds", len(s.bank.charged), len(s.bank.given))
		}
	})
}

// TestByHand: cash, cards, and an order that is cancelled.
func TestByHand(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		for i, c := range []struct{ verb, body, state string }{
			{"cash", `{"given_fen":2000}`, "paid"}, {"card", `{"ref":"7"}`, "paid"}, {"cancel", "", "cancelled"},
		} {
			a := s.post("/sales", fmt.Sprint("sale", i), owes).answer(t)
			at := fmt.Sprintf("/orders/%d", a.Order.Key)
			got := s.post(at+"/"+c.verb, fmt.Sprint("act", i), c.body).answer(t).Order
			if got.State != c.state || got.Key != a.Order.Key {
				t.Errorf("%s: %s", c.verb, got.State)
			}
		}
		first := s.post("/sales", "first", owes).answer(t)
		s.post("/sales", "second", owes).answer(t)
		got := s.post(fmt.Sprintf("/orders/%d/cash", first.Order.Key), "late", `{"given_fen":1250}`)
		if got.status != http.StatusConflict || got.cause() != "answer-moved-on" {
			t.Errorf("cash for an order that has left the lane: %d %s", got.status, got.text)
		}
		if got := s.post("/orders/1/qr", "none", ""); got.status != http.StatusNotFound {
			t.Errorf("an order that there is not: %d", got.status)
		}
		if report, err := s.store.Verify(context.Background(), func(int64, int64) {}); err != nil || len(report.Faults) > 0 {
			t.Errorf("the journal: %+v, %v", report, err)
		}
	})
}

// TestLongPoll: who waits hears of the change at once, and where there is none
// when the time is up; nobody's waiting holds a payment.
func TestLongPoll(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		s.bank.hold = make(chan struct{})
		a := s.post("/sales", "k", strings.Replace(owes, "}", `,"code":"`+code+`"}`, 1)).answer(t)
		if a.Order.State != "asking" {
			t.Fatalf("the order is %s", a.Order.State)
		}
		at := fmt.Sprintf("/orders/%d", a.Order.Key)
		began := time.Now()
		if o := s.get(at + "?wait=5s&state=asking").answer(t).Order; o.State != "asking" || time.Since(began) != 5*time.Second {
			t.Errorf("%s after %s", o.State, time.Since(began))
		}
		time.AfterFunc(2*time.Second, func() { close(s.bank.hold) })
		began = time.Now()
		if o := s.get(at + "?wait=30s&state=asking").answer(t).Order; o.State != "paid" || time.Since(began) != 2*time.Second {
			t.Errorf("%s after %s", o.State, time.Since(began))
		}
		if got := s.get(at + "?wait=2h"); got.status != http.StatusBadRequest {
			t.Errorf("wait of two hours: %d", got.status)
		}
	})
}

// TestEvents: a program that listens hears of every lane that it may see.
func TestEvents(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		ctx, leave := context.WithCancel(context.Background())
		rec := httptest.NewRecorder()
		left := make(chan struct{})
		go func() {
			defer close(left)
			s.api.ServeHTTP(rec, request(http.MethodGet, "/events", lane0Token, "", "").WithContext(ctx))
		}()
		synctest.Wait()
		s.post("/sales", "k", owes).answer(t)
		s.post("/sales", "other", strings.Replace(owes, "lane-0", "lane-1", 1)).answer(t)
		synctest.Wait()
		time.Sleep(beatEvery)
		leave()
		<-left
		text := rec.Body.String()
		for _, want := range []string{"event: lane\ndata: {\"lane\":\"lane-0\"", `"phase":"idle"`, `"phase":"ready"`, ": beat\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is missing in %s", want, text)
			}
		}
		if strings.Contains(text, "lane-1") {
			t.Error("it hears of a lane that is not its own")
		}
	})
}

// TestALaneThatHasGone: its orders are there to look at, and nothing is done with them.
func TestALaneThatHasGone(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		o := s.sells("k")
		s.api = New(Options{
			Integrators: []Integrator{{Name: "till", Token: tillToken, Rights: Rights()}}, Lanes: []Lane{s.lanes[1]},
			Store: s.store, Timing: wechat,
		})
		at := fmt.Sprintf("/orders/%d", o.Key)
		if got := s.get(at + "?wait=1s").answer(t).Order; got.State != "paid" || got.Number != o.Number {
			t.Errorf("%+v", got)
		}
		if got := s.get("/orders?number=" + o.Number); got.status != http.StatusOK {
			t.Errorf("by its number: %d %s", got.status, got.text)
		}
		if got := s.post(at+"/reprint", "r", ""); got.status != http.StatusNotFound || got.cause() != string(noLane) {
			t.Errorf("reprint: %d %s", got.status, got.text)
		}
	})
}

// TestTasks: a payment that nobody has heard of waits for a person.
func TestTasks(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		s.bank.hold = make(chan struct{})
		a := s.post("/sales", "k", strings.Replace(owes, "}", `,"code":"`+code+`"}`, 1)).answer(t)
		time.Sleep(time.Minute)
		want := fmt.Sprintf(`"what":"unknown","key":%d,`, a.Order.Key)
		if got := s.get("/tasks"); !strings.Contains(string(got.text), want) || !strings.Contains(string(got.text), `"lane":"lane-0","amount_fen":1250,"age_s":60`) {
			t.Errorf("%s, want %s", got.text, want)
		}
		close(s.bank.hold)
		synctest.Wait()
		if got := s.get("/tasks"); strings.Contains(string(got.text), `"unknown"`) {
			t.Errorf("after the answer: %s", got.text)
		}
	})
}

// TestLists: pages of orders, lanes and devices, of what the token may see.
func TestLists(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		var keys []string
		for i := range 5 {
			a := s.post("/sales", fmt.Sprint(i), strings.Replace(owes, "lane-0", fmt.Sprint("lane-", i%2), 1)).answer(t)
			keys = append(keys, fmt.Sprintf(`"key":%d,`, a.Order.Key))
		}
		before, seen := "0", ""
		for range 3 {
			got := s.get("/orders?limit=2&before=" + before)
			seen += string(got.text)
			before = strings.TrimRight(string(got.text[strings.LastIndex(string(got.text), ":")+1:]), "}\n")
		}
		for _, key := range keys {
			if strings.Count(seen, key) != 1 {
				t.Errorf("%s is there %d times", key, strings.Count(seen, key))
			}
		}
		mine := string(s.serve(request(http.MethodGet, "/orders", lane0Token, "", "")).text)
		if strings.Contains(mine, "lane-1") || strings.Count(mine, `"lane":"lane-0"`) != 3 {
			t.Errorf("orders of lane-0: %s", mine)
		}
		for path, want := range map[string]string{"/lanes": `"lane":"lane-1"`, "/devices": `"name":"printer"`} {
			if got := s.get(path); !strings.Contains(string(got.text), want) {
				t.Errorf("%s: %s", path, got.text)
			}
		}
	})
}

// TestWhatIsNeverKept: a payment code, a card's number and a key are refused in
// every text, before anything is written; an integrator's own references are not.
func TestWhatIsNeverKept(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		key := s.sells("k0").Key
		owed := s.post("/sales", "k1", `{"lane":"lane-0","amount_fen":1250}`).answer(t).Order.Key
		before := s.entries()
		for i, text := range []string{code, "4111 1111 1111 1111", "TGK1-ABCD"} {
			for path, body := range map[string]string{
				"/sales":                             `{"lane":"lane-1","amount_fen":1,"title":"` + text + `"}`,
				"/sales ":                            `{"lane":"lane-1","amount_fen":1,"ref":"` + text + `"}`,
				fmt.Sprintf("/orders/%d/card", owed): `{"ref":"` + text + `"}`,
				"/refunds":                           fmt.Sprintf(`{"order":%d,"amount_fen":1,"reason":"%s"}`, key, text),
			} {
				if got := s.post(strings.TrimSpace(path), fmt.Sprint("n", i, path), body); got.status != http.StatusBadRequest || strings.Contains(string(got.text), text) {
					t.Errorf("%s %s: %d %s", path, body, got.status, got.text)
				}
			}
		}
		if n := s.entries(); n != before {
			t.Errorf("%d entries were written", n-before)
		}
		s.post("/sales", "k2", `{"lane":"lane-1","amount_fen":1,"title":"INV-20261127-000123","ref":"100000010001234450000074"}`).answer(t)
	})
}
