package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// nextDoor is the site's other terminal with one deposit.
type nextDoor flow.Foreign

func (n nextDoor) Find(_ context.Context, name string) (flow.Foreign, error) {
	if name != n.Number && name != n.Number+"51" {
		return flow.Foreign{}, store.ErrNotFound
	}
	return flow.Foreign(n), nil
}

// nextDoor has the other terminal hold 300.00 of which the network has captured 88.50.
func (s *shop) nextDoor() (number string) {
	number = entry.Number("10000001", "0008", 1, 1)
	s.bank.mu.Lock()
	defer s.bank.mu.Unlock()
	if s.bank.held == nil {
		s.bank.held, s.bank.moved = map[string]*pay.Held{}, map[string]money.Fen{}
	}
	s.bank.held[number] = &pay.Held{Captured: 8850, Left: 21150}
	there := nextDoor{From: "0008", Lane: "bar", Number: number, Merchant: "shop", Network: "wechat", Account: "ab", Amount: 30000, Room: "1208"}
	s.desk.Abroad = &flow.Abroad{Site: there, Accounts: map[string]string{"shop": "ab"}, Networks: s.nets}
	return number
}

// silence has the bank answer nothing, or again.
func (s *shop) silence(silent bool) {
	s.bank.mu.Lock()
	defer s.bank.mu.Unlock()
	s.bank.silent = silent
}

// TestTakingOverOverTheAPI: found, taken over once, with the difference shown, and
// captured from.
func TestTakingOverOverTheAPI(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		number := s.nextDoor()
		var found client.Deposits
		s.must(json.Unmarshal(s.get("/deposits?site=true&number="+number+"51").text, &found))
		if e := found.Elsewhere; len(found.Deposits) != 0 || e == nil || e.From != "0008" || e.Number != number || e.Amount != 30000 || e.Captured != 0 || e.Room != "1208" {
			t.Fatalf("found %+v, elsewhere %+v", found, e)
		}
		var here client.Deposits // for a neighbour that asks, only what is here
		s.must(json.Unmarshal(s.get("/deposits?number="+number).text, &here))
		if here.Elsewhere != nil {
			t.Errorf("it is looked for elsewhere unasked: %+v", here.Elsewhere)
		}
		body := fmt.Sprintf(`{"lane":"lane-0","number":%q}`, number)
		var d client.Deposit
		for range 2 { // the same key is the same wish
			d = s.post("/deposits/take-over", "k1", body).deposit(t)
			if site := d.Site; d.State != "held" || d.Captured != 8850 || d.Left != 21150 || site == nil || !site.Differs || site.From != "0008" || site.Captured != 0 || site.NetCaptured != 8850 {
				t.Fatalf("taken over: %+v, %+v", d, d.Site)
			}
		}
		if got := s.post("/deposits/take-over", "k2", body); got.status != http.StatusConflict || got.cause() != "hold-here" {
			t.Errorf("a second time: %d %s", got.status, got.text)
		}
		for name, cause := range map[string]string{"4200009": "hold-nobody", "": "not-understood"} {
			if got := s.post("/deposits/take-over", "k-"+name, fmt.Sprintf(`{"lane":"lane-0","number":%q}`, name)); got.cause() != cause {
				t.Errorf("%q: %d %s", name, got.status, got.text)
			}
		}
		s.silence(true)
		s.post(fmt.Sprintf("/deposits/%d/capture", d.Key), "k3", `{"amount_fen":1000,"reason":"bar"}`).deposit(t)
		s.must(json.Unmarshal(s.get("/deposits?number="+number).text, &here))
		if b := here.Deposits[0].Origin; b == nil || !b.Busy {
			t.Errorf("while a capture has no result a neighbour reads %+v", b)
		}
		s.silence(false)
		time.Sleep(time.Minute)
		here = client.Deposits{}
		asked := kinds[entry.MoveAskedBody](s, entry.MoveAsked)
		if len(asked) != 1 || asked[0].Number != number+"51" {
			t.Errorf("captured with %+v", asked)
		}
		s.must(json.Unmarshal(s.get("/deposits?number="+number).text, &here))
		if b := here.Deposits[0].Origin; b == nil || b.Busy || b.Captures != 1 || b.Releases != 0 || b.Merchant != "shop" || b.Account != "ab" {
			t.Errorf("a neighbour reads %+v", b)
		}
	})
}

// TestADepositIsGivenUpOverTheAPI: the draft that waits for a code, and an attempt
// that is not held yet; what is held is not.
func TestADepositIsGivenUpOverTheAPI(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		if d := s.post("/deposits", "k1", `{"lane":"lane-0","amount_fen":1000}`).deposit(t); d.State != "ready" {
			t.Fatalf("the draft is %+v", d)
		}
		if d := s.post("/deposits/cancel", "k2", `{"lane":"lane-0"}`).deposit(t); d.State == "ready" {
			t.Errorf("given up it is %+v", d)
		}
		if got := s.post("/deposits/cancel", "k3", `{"lane":"lane-0"}`); got.status != http.StatusConflict || got.cause() != "hold-not-held" {
			t.Errorf("with nothing in front: %d %s", got.status, got.text)
		}
		held := s.takes("k4", 30000, "1208")
		give := func(key string, deposit int64) reply {
			return s.post("/deposits/cancel", key, fmt.Sprintf(`{"lane":"lane-0","deposit":%d}`, deposit))
		}
		if got := give("k5", held.Key); got.status != http.StatusConflict || got.cause() != "hold-not-held" {
			t.Errorf("of one that is held: %d %s", got.status, got.text)
		}
		s.silence(true)
		d := s.post("/deposits", "k6", `{"lane":"lane-0","amount_fen":1000,"code":"`+code[:10]+`00009999"}`).deposit(t)
		synctest.Wait()
		for range 2 {
			if got := give("k7", d.Key).deposit(t); got.State != "going-back" {
				t.Errorf("given up it is %s", got.State)
			}
		}
		if n := len(kinds[entry.HoldReturningBody](s, entry.HoldReturning)); n != 1 {
			t.Errorf("%d were set on their way back", n)
		}
	})
}

// TestACaptureIsRefundedOverTheAPI by the rules of refunds, once for each key.
func TestACaptureIsRefundedOverTheAPI(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		d := s.takes("k1", 30000, "1208")
		back := fmt.Sprintf("/deposits/%d/refund", d.Key)
		if got := s.post(back, "k2", `{"amount_fen":1,"reason":"r"}`); got.status != http.StatusConflict || got.cause() != "refund-none" {
			t.Errorf("before anything was captured: %d %s", got.status, got.text)
		}
		s.post(fmt.Sprintf("/deposits/%d/capture", d.Key), "k3", `{"amount_fen":8850,"reason":"breakfast"}`).deposit(t)
		time.Sleep(time.Minute)
		for range 2 {
			got := s.post(back, "k4", `{"amount_fen":1000,"reason":"one egg"}`).deposit(t)
			if len(got.Refunds) != 1 || got.Refunds[0].Amount != 1000 || got.Refunds[0].Number != d.Number+"01" {
				t.Fatalf("refunded: %+v", got.Refunds)
			}
		}
		for i, c := range []struct {
			token, body string
			status      int
			cause       string
		}{
			{tillToken, `{"amount_fen":7851,"reason":"r"}`, 409, "refund-high"},
			{tillToken, `{"amount_fen":0,"reason":"r"}`, 400, "not-understood"},
			{tillToken, `{"amount_fen":2001,"reason":"r"}`, 403, "approval"},
			{readerToken, `{"amount_fen":1,"reason":"r"}`, 403, "no-right"},
		} {
			if got := s.serve(request("POST", back, c.token, fmt.Sprint("again-", i), c.body)); got.status != c.status || got.cause() != c.cause {
				t.Errorf("%s: %d %s", c.body, got.status, got.text)
			}
		}
	})
}

// TestAnAmountAndADepositOverTheAPI: the order says so, and once it is paid the lane
// waits for the guest's code.
func TestAnAmountAndADepositOverTheAPI(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		a := s.post("/sales", "k1", `{"lane":"lane-0","amount_fen":1250,"deposit_fen":30000,"room":"1208","code":"`+code+`"}`).answer(t)
		synctest.Wait()
		o := s.get(fmt.Sprintf("/orders/%d", a.Order.Key)).answer(t).Order
		if o.State != "paid" || o.Deposit != 30000 {
			t.Errorf("the order is %+v", o)
		}
		if v, _ := s.lanes[0].View(); v.Deposit.Phase != "ready" || v.Deposit.Amount != 30000 || v.Deposit.Room != "1208" || v.Deposit.By != "till" || v.Deposit.Ref != o.Number {
			t.Errorf("in front of the lane is %+v", v.Deposit)
		}
		for i, body := range []string{`{"lane":"lane-1","amount_fen":1250,"deposit_fen":-1}`, `{"lane":"lane-1","amount_fen":1250,"room":"1208"}`} {
			if got := s.post("/sales", fmt.Sprint("bad-", i), body); got.status != http.StatusBadRequest {
				t.Errorf("%s: %d %s", body, got.status, got.text)
			}
		}
	})
}
