package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
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

// The bank holds deposits as WeChat Pay does: one capture, and the rest goes back.

func (b *bank) Terms(string) pay.HoldTerms {
	return pay.HoldTerms{Code: true, Captures: 1, RestGoes: true, Life: 30 * 24 * time.Hour}
}

func (b *bank) Hold(_ context.Context, c pay.Charge) pay.Result {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.silent {
		return pay.Result{}
	}
	if b.held == nil {
		b.held, b.moved = map[string]*pay.Held{}, map[string]money.Fen{}
	}
	b.held[c.Number] = &pay.Held{Left: c.Amount}
	return b.holds(c.Attempt)
}

func (b *bank) holds(a pay.Attempt) pay.Result {
	h := *b.held[a.Number]
	now := time.Now()
	return pay.Result{State: pay.Paid, Network: "42" + a.Number[2:], Amount: h.Captured + h.Released + h.Left, PaidAt: now, Date: now, Held: &h}
}

func (b *bank) QueryHold(_ context.Context, a pay.Attempt) pay.Result {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.silent {
		return pay.Result{}
	}
	return b.holds(a)
}

func (b *bank) UndoHold(context.Context, pay.Attempt) pay.Result { return pay.Result{} }

func (b *bank) Capture(_ context.Context, m pay.Move) pay.Result {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.held[m.Of.Number]
	if _, done := b.moved[m.Number]; !done {
		b.moved[m.Number] = m.Amount
		*h = pay.Held{Captured: h.Captured + m.Amount, Released: h.Released + h.Left - m.Amount}
	}
	totals := *h
	return pay.Result{State: pay.Paid, Amount: b.moved[m.Number], Held: &totals, Date: time.Now()}
}

func (b *bank) QueryCapture(_ context.Context, m pay.Move) pay.Result {
	return b.known(m, pay.Paid)
}

func (b *bank) Release(_ context.Context, m pay.Move) pay.Result {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.held[m.Of.Number]
	if _, done := b.moved[m.Number]; !done {
		b.moved[m.Number] = m.Amount
		h.Released, h.Left = h.Released+m.Amount, h.Left-m.Amount
	}
	totals := *h
	return pay.Result{State: pay.Returned, Amount: b.moved[m.Number], Held: &totals, Date: time.Now()}
}

func (b *bank) QueryRelease(_ context.Context, m pay.Move) pay.Result {
	return b.known(m, pay.Returned)
}

func (b *bank) known(m pay.Move, as pay.State) pay.Result {
	b.mu.Lock()
	defer b.mu.Unlock()
	sum, ok := b.moved[m.Number]
	if !ok {
		return pay.Result{NotFound: true, Date: time.Now()}
	}
	totals := *b.held[m.Of.Number]
	return pay.Result{State: as, Amount: sum, Held: &totals, Date: time.Now()}
}

// deposit is an answer about one.
func (r reply) deposit(t testing.TB) client.Deposit {
	t.Helper()
	var a client.DepositAnswer
	if err := json.Unmarshal(r.text, &a); err != nil || r.status >= 300 {
		t.Fatalf("answer %d %s: %v", r.status, r.text, err)
	}
	return a.Deposit
}

// takes has lane-0 hold so much of a guest's.
func (s *shop) takes(key string, amount money.Fen, room string) client.Deposit {
	s.t.Helper()
	body := fmt.Sprintf(`{"lane":"lane-0","amount_fen":%d,"room":%q,"code":"%s"}`, amount, room, code[:10]+fmt.Sprintf("%08d", amount))
	d := s.post("/deposits", key, body).deposit(s.t)
	synctest.Wait()
	d = s.get(fmt.Sprintf("/deposits/%d", d.Key)).deposit(s.t)
	if d.State != "held" || d.Held != amount || d.Left != amount || d.Expires.IsZero() {
		s.t.Fatalf("the deposit is %+v", d)
	}
	return d
}

// TestADepositOverTheAPI: held, captured, the rest gone back; each once, however
// often it is asked for, also after a restart.
func TestADepositOverTheAPI(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		d := s.takes("k1", 30000, "1208")
		capture := fmt.Sprintf("/deposits/%d/capture", d.Key)
		s.post(capture, "k2", `{"amount_fen":8850,"reason":"breakfast"}`).deposit(t)
		time.Sleep(time.Minute)
		for range 2 {
			if again := s.post(capture, "k2", `{"amount_fen":8850,"reason":"breakfast"}`).deposit(t); again.State != "settled" || again.Captured != 8850 || again.Released != 21150 ||
				again.Left != 0 || again.Move == nil || again.Move.Rest != 21150 {
				t.Fatalf("captured: %+v", again)
			}
			s.restart()
		}
		if again := s.post("/deposits", "k1", fmt.Sprintf(`{"lane":"lane-0","amount_fen":30000,"room":"1208","code":"%s"}`, code[:10]+"00030000")).deposit(t); again.Key != d.Key {
			t.Errorf("a repeat is another deposit: %+v", again)
		}
		if n := len(kinds[entry.HoldAskedBody](s, entry.HoldAsked)) + len(kinds[entry.MoveAskedBody](s, entry.MoveAsked)); n != 2 {
			t.Errorf("%d intents, want 2", n)
		}
		if got := s.post(capture, "k3", `{"amount_fen":1,"reason":"late"}`); got.status != http.StatusConflict || got.cause() != "hold-not-held" {
			t.Errorf("a capture of what is settled: %d %s", got.status, got.text)
		}
	})
}

// TestACaptureOnAnotherLane: the answer, a later look and the list say what that lane
// has done, whatever the lane that took the deposit shows.
func TestACaptureOnAnotherLane(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		d := s.takes("k1", 30000, "1208")
		at := fmt.Sprintf("/deposits/%d", d.Key)
		got := s.post(at+"/capture", "k2", `{"lane":"lane-1","amount_fen":8850,"reason":"breakfast"}`).deposit(t)
		if got.Final || got.Lane != "lane-1" || got.Move == nil || got.Move.Amount != 8850 || got.Can.Capture {
			t.Errorf("answered %+v, %+v", got, got.Move)
		}
		time.Sleep(time.Minute)
		var list client.Deposits
		if err := json.Unmarshal(s.get("/deposits?number="+d.Number).text, &list); err != nil || len(list.Deposits) != 1 {
			t.Fatalf("%v: %+v", err, list)
		}
		for _, now := range []client.Deposit{s.get(at).deposit(t), list.Deposits[0]} {
			if now.State != "settled" || now.Captured != 8850 || now.Released != 21150 || now.Lane != "lane-1" || now.Can.Capture {
				t.Errorf("later it is %+v", now)
			}
		}
	})
}

// TestASlipOfADepositAgain: once for each key, by whoever may sell.
func TestASlipOfADepositAgain(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		d := s.takes("k1", 30000, "1208")
		time.Sleep(time.Minute)
		reprint := fmt.Sprintf("/deposits/%d/reprint", d.Key)
		for range 2 {
			if got := s.post(reprint, "k2", ""); got.status != http.StatusAccepted || got.deposit(t).Key != d.Key {
				t.Fatalf("%d %s", got.status, got.text)
			}
			time.Sleep(time.Minute)
		}
		if all := kinds[entry.RepeatedBody](s, entry.Repeated); len(all) != 1 || all[0].What != string(flow.Slip) || all[0].Times != 1 {
			t.Errorf("printed again: %+v", all)
		}
		if got := s.post("/deposits/9999/reprint", "k3", ""); got.status != http.StatusNotFound || got.cause() != string(noDeposit) {
			t.Errorf("of a deposit that is not there: %d %s", got.status, got.text)
		}
		if got := s.post(reprint, "k4", `{"given_fen":1}`); got.status != http.StatusBadRequest {
			t.Errorf("with a sum: %d %s", got.status, got.text)
		}
	})
}

// TestADepositOfALaneThatWasRenamed moves where the caller says, else on the first
// lane that takes deposits.
func TestADepositOfALaneThatWasRenamed(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		for i, row := range []struct{ token, asks, where, cause string }{
			{tillToken, "", "lane-0", ""},
			{tillToken, `"lane":"lane-1",`, "lane-1", ""},
			{tillToken, `"lane":"lane-9",`, "", "no-lane"},
			{lane0Token, "", "", "no-right"}, // whose deposit was it?
		} {
			number := s.store.Number()
			entries, err := s.store.Commit(t.Context(), store.Step{Entries: []entry.Draft{
				entry.New(entry.HoldAsked, entry.HoldAskedBody{Number: number, Amount: 1000, Lane: "front", Merchant: "shop", Network: "wechat"}),
				entry.New(entry.HoldPlaced, entry.HoldPlacedBody{Amount: 1000, Network: "42" + number[2:], Captures: 1, RestGoes: true}),
			}})
			s.must(err)
			s.bank.mu.Lock()
			if s.bank.held == nil {
				s.bank.held, s.bank.moved = map[string]*pay.Held{}, map[string]money.Fen{}
			}
			s.bank.held[number] = &pay.Held{Left: 1000}
			s.bank.mu.Unlock()
			got := s.serve(request("POST", fmt.Sprintf("/deposits/%d/capture", entries[0].Key), row.token, fmt.Sprint("k", i), `{`+row.asks+`"amount_fen":300,"reason":"tea"}`))
			if row.cause != "" {
				if got.cause() != row.cause {
					t.Errorf("%+v: %d %s", row, got.status, got.text)
				}
				continue
			}
			got.deposit(t)
			time.Sleep(time.Minute)
			h, err := s.store.Hold(t.Context(), entries[0].Key)
			s.must(err)
			if h.Lane != row.where || h.Captured != 300 || h.Released != 700 || h.Open() {
				t.Errorf("%+v: the deposit is %+v", row, h)
			}
		}
	})
}

// TestAReleaseByTheRules: as a refund, a release above the limit takes a supervisor's yes.
func TestAReleaseByTheRules(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		d := s.takes("k1", 30000, "1208")
		release := fmt.Sprintf("/deposits/%d/release", d.Key)
		got := s.post(release, "k2", `{"amount_fen":0,"reason":"check-out"}`)
		var p client.Problem
		s.must(json.Unmarshal(got.text, &p))
		if got.status != http.StatusForbidden || p.Approval == nil || p.Approval.Amount != 30000 {
			t.Fatalf("a release without a yes: %d %s", got.status, got.text)
		}
		if len(kinds[entry.MoveAskedBody](s, entry.MoveAsked)) != 0 {
			t.Fatal("something was begun")
		}
		s.post(release, "k2", fmt.Sprintf(`{"amount_fen":0,"reason":"check-out","approval":{"request":%q,"name":"Li","pin":%q}}`, p.Approval.Request, managerPIN)).deposit(t)
		time.Sleep(time.Minute)
		if d = s.get(fmt.Sprintf("/deposits/%d", d.Key)).deposit(t); d.State != "settled" || d.Released != 30000 {
			t.Errorf("released: %+v", d)
		}
		asked := kinds[entry.MoveAskedBody](s, entry.MoveAsked)
		if len(asked) != 1 || !strings.Contains(asked[0].By, "Li") || asked[0].Reason != "check-out" {
			t.Errorf("the journal has %+v", asked)
		}
	})
}

// TestDepositsOffDuty: whom a program names has to be on duty for what lets a
// guest's money go, and not for what takes it.
func TestDepositsOffDuty(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		on := s.takes("k1", 1000, "").Key
		shift, ok := s.desk.ShiftOf("local-2")
		if !ok {
			t.Fatal("Wang is not on duty")
		}
		_, err := s.desk.ClockOff(t.Context(), "local-2", shift.ID, "")
		s.must(err)
		s.post("/deposits", "k2", fmt.Sprintf(`{"lane":"lane-0","amount_fen":700,"staff":"Wang","code":"%s"}`, code[:10]+"00000700")).deposit(t)
		s.post(fmt.Sprintf("/deposits/%d/capture", on), "k3", `{"amount_fen":300,"reason":"tea","staff":"Wang"}`).deposit(t)
		time.Sleep(time.Minute)
		held := s.takes("k4", 900, "").Key
		got := s.post(fmt.Sprintf("/deposits/%d/release", held), "k5", `{"amount_fen":0,"reason":"check-out","staff":"Wang"}`)
		if got.status != http.StatusForbidden || got.cause() != "off-duty" {
			t.Errorf("a release: %d %s", got.status, got.text)
		}
		for _, m := range kinds[entry.MoveAskedBody](s, entry.MoveAsked) {
			if m.What == entry.Release {
				t.Errorf("a release was begun: %+v", m)
			}
		}
	})
}

// TestWhoMayTouchDeposits: each right for itself, and each lane.
func TestWhoMayTouchDeposits(t *testing.T) {
	t.Parallel()
	inShop(t, func(t *testing.T, s *shop) {
		d := s.takes("k1", 1000, "")
		at := fmt.Sprintf("/deposits/%d", d.Key)
		for _, c := range []struct {
			method, path, token, body string
			status                    int
			cause                     string
		}{
			{"POST", "/deposits", readerToken, `{"lane":"lane-0","amount_fen":1}`, 403, "no-right"},
			{"POST", at + "/capture", readerToken, `{"amount_fen":1,"reason":"r"}`, 403, "no-right"},
			{"POST", at + "/release", readerToken, `{"amount_fen":1,"reason":"r"}`, 403, "no-right"},
			{"POST", "/deposits", lane0Token, `{"lane":"lane-1","amount_fen":1}`, 403, "no-right"},
			{"POST", "/deposits", tillToken, `{"lane":"lane-9","amount_fen":1}`, 404, "no-lane"},
			{"POST", "/deposits", tillToken, `{"lane":"lane-0","amount_fen":0}`, 400, "not-understood"},
			{"POST", "/deposits", tillToken, `{"lane":"lane-0","amount_fen":1,"qr":true,"code":"1"}`, 400, "not-understood"},
			{"POST", "/deposits", tillToken, `{"lane":"lane-0","amount_fen":1,"qr":true}`, 403, "lane"},
			{"POST", at + "/capture", tillToken, `{"amount_fen":0,"reason":"r"}`, 400, "not-understood"},
			{"POST", at + "/capture", tillToken, `{"amount_fen":1,"reason":"r","approval":{"name":"Li","pin":"1"}}`, 400, "not-understood"},
			{"POST", at + "/capture", tillToken, `{"amount_fen":1001,"reason":"r"}`, 409, "hold-high"},
			{"POST", "/deposits/99999/release", tillToken, `{"amount_fen":0,"reason":"r"}`, 404, "no-deposit"},
			{"GET", "/deposits/99999", tillToken, "", 404, "no-deposit"},
			{"GET", at, readerToken, "", 200, ""},
			{"GET", "/deposits?open=true", readerToken, "", 200, ""},
		} {
			key := ""
			if c.method == "POST" {
				key = "key " + c.path + c.body
				key = strings.NewReplacer(" ", "-", `"`, "").Replace(key)
			}
			got := s.serve(request(c.method, c.path, c.token, key, c.body))
			if c.cause == "lane" { // the lane's own word
				c.status, c.cause = 409, "hold-way"
			}
			if got.status != c.status || got.cause() != c.cause {
				t.Errorf("%s %s %s: %d %s, want %d %s", c.method, c.path, c.body, got.status, got.text, c.status, c.cause)
			}
		}
		var found client.Deposits
		s.must(json.Unmarshal(s.get("/deposits?number="+d.Number).text, &found))
		if len(found.Deposits) != 1 || found.Deposits[0].Key != d.Key {
			t.Errorf("found by number: %+v", found)
		}
	})
}
