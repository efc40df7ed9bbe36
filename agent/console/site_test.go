package console

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// nextDesk is the site's other terminal with one deposit.
type nextDesk struct{ has flow.Foreign }

func (n nextDesk) Find(_ context.Context, name string) (flow.Foreign, error) {
	switch name {
	case n.has.Number:
		return n.has, nil
	case "42999":
		return flow.Foreign{}, errors.New("connection refused")
	}
	return flow.Foreign{}, store.ErrNotFound
}

// quietInn holds what it is asked for, whole.
type quietInn struct{ pay.Provider }

func (quietInn) Hold(context.Context, pay.Charge) pay.Result      { return pay.Result{} }
func (quietInn) UndoHold(context.Context, pay.Attempt) pay.Result { return pay.Result{} }
func (quietInn) Terms(string) pay.HoldTerms                       { return pay.HoldTerms{Code: true} }
func (quietInn) QueryHold(_ context.Context, a pay.Attempt) pay.Result {
	return pay.Result{State: pay.Paid, Amount: a.Amount, Held: &pay.Held{Left: a.Amount}}
}

// TestADepositOfAnotherTerminal is found, shown as that terminal has it, and taken
// over once for each form; what is nobody's, and what cannot be known, is said.
func TestADepositOfAnotherTerminal(t *testing.T) {
	t.Parallel()
	s := holding(t)
	there := flow.Foreign{From: "0008 <bar>", Lane: "bar-1", Number: entry.Number("10000001", "0008", 1, 1), Merchant: "inn", Network: "wechat", Account: "ab", Amount: 30000, Captured: 8850, Room: "1208"}
	s.desk.Abroad = &flow.Abroad{Site: nextDesk{there}, Accounts: map[string]string{"inn": "ab"}, Networks: &flow.Networks{Providers: map[string]pay.Provider{"inn": quietInn{}},
		Timing: func(string) pay.Timing { return pay.Timing{Ask: time.Second} }, Log: slog.New(slog.DiscardHandler)}}
	chief := s.signIn("Chief")
	find := func(name string) string {
		return s.ask("GET", "/deposits?find="+name, "", "Cookie", chief).Body.String()
	}
	for name, want := range map[string]words.Key{"42001": words.TellHoldNobody, "42999": words.TellHoldAway} {
		if page := find(name); !strings.Contains(page, words.Say(want, words.Zh)) || strings.Contains(page, "data-elsewhere") {
			t.Errorf("%s does not say %s", name, want)
		}
	}
	page := find(there.Number)
	for _, want := range []string{"0008 &lt;bar&gt;", "bar-1", "1208", "300.00", "88.50", words.DepositTakeOver.In(words.En), `data-elsewhere="` + there.Number} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	busy := there
	busy.Busy = true
	s.desk.Abroad.Site = nextDesk{busy}
	if now := find(there.Number); !strings.Contains(now, words.DepositBusyThere.In(words.En)) || strings.Contains(now, `action="/deposits/take-over"`) {
		t.Error("it can be taken over while something is under way there")
	}
	s.desk.Abroad.Site = nextDesk{there}
	form := url.Values{"form": {formToken.FindStringSubmatch(page)[1]}, "find": {there.Number}}.Encode()
	for i, want := range []int{http.StatusSeeOther, http.StatusConflict} {
		if re := s.ask("POST", "/deposits/take-over", form, "Cookie", chief); re.Code != want {
			t.Errorf("sent %d times: %d, want %d", i+1, re.Code, want)
		}
	}
	heard := wished(s.counter)
	if ev, ok := heard[0].(flow.TakeOver); !ok || len(heard) != 1 || ev.Foreign != there || ev.Result.Held == nil || ev.By != "Chief" {
		t.Fatalf("the lane heard %+v", heard)
	}
	s.counter.says = words.TellHoldUnheard
	form = url.Values{"form": {formToken.FindStringSubmatch(find(there.Number))[1]}, "find": {there.Number}}.Encode()
	if re := s.ask("POST", "/deposits/take-over", form, "Cookie", chief); re.Code != http.StatusUnprocessableEntity || !strings.Contains(re.Body.String(), words.Say(words.TellHoldUnheard, words.Zh)) {
		t.Errorf("without the network's word: %d", re.Code)
	}
}

// TestTheDifferenceIsShownBeforeAnythingIsDone: the page of one that was taken over
// has the other terminal's sums beside the network's, and says whose it was.
func TestTheDifferenceIsShownBeforeAnythingIsDone(t *testing.T) {
	t.Parallel()
	s := holding(t)
	chief := s.signIn("Chief")
	for i, row := range []struct {
		site        entry.HoldSite
		says, says2 words.DepositWord
	}{
		{entry.HoldSite{From: "front", Lane: "desk-9", Captured: 5000}, words.DepositSiteDiffers, words.DepositSiteAgrees},
		{entry.HoldSite{From: "front", Lane: "desk-9", Captured: 8850}, words.DepositSiteAgrees, words.DepositSiteDiffers},
	} {
		row.site.NetCaptured = 8850
		b := entry.HoldInheritedBody{Placed: &entry.HoldPlacedBody{Amount: 30000, Parts: true}, Captured: 8850, Site: &row.site,
			HoldAskedBody: entry.HoldAskedBody{Number: entry.Number("10000001", "0008", 1, i+1), Amount: 30000, Lane: "counter-1", Merchant: "inn", Network: "alipay"}}
		entries, err := s.store.Commit(t.Context(), store.Step{Entries: []entry.Draft{entry.New(entry.HoldAdopted, b)}})
		if err != nil {
			t.Fatal(err)
		}
		page := s.ask("GET", depositPath(entries[0].Key), "", "Cookie", chief).Body.String()
		if !strings.Contains(page, row.says.In(words.Zh)) || strings.Contains(page, row.says2.In(words.Zh)) || !strings.Contains(page, "front desk-9") ||
			!strings.Contains(page, row.site.Captured.String()) || !strings.Contains(page, `data-captured="8850"`) {
			t.Errorf("%s captured there: the page does not say %q", row.site.Captured, row.says)
		}
	}
}

// TestAnAmountAndADeposit are two fields on a lane that asks for both, and the lane
// is told who asks; elsewhere there is one.
func TestAnAmountAndADeposit(t *testing.T) {
	t.Parallel()
	var s *shop
	with := takesDeposits(&s)
	s = newShop(t, func(o *Options) {
		with(o)
		o.AsksDeposit = func(lane string) bool { return lane == "counter-1" }
	})
	s.open()
	kate := s.signIn("Kate")
	if page := s.ask("GET", "/lanes/counter-1", "", "Cookie", kate).Body.String(); !strings.Contains(page, `name="deposit"`) || !strings.Contains(page, `name="room"`) {
		t.Error("the page has no field for the deposit")
	}
	if page := s.ask("GET", "/lanes/exit-1", "", "Cookie", kate).Body.String(); strings.Contains(page, `name="deposit"`) {
		t.Error("another lane's page has one")
	}
	for body, want := range map[string]int{
		"amount=12.50&deposit=300&room=1208": http.StatusOK, "amount=12.50&deposit=0": http.StatusUnprocessableEntity, "amount=12.50&deposit=x": http.StatusUnprocessableEntity,
	} {
		if re := s.ask("POST", "/lanes/counter-1/amount", body, "Accept", "application/json", "Cookie", kate); re.Code != want {
			t.Errorf("%s: %d %s", body, re.Code, re.Body)
		}
	}
	if re := s.ask("POST", "/lanes/exit-1/amount", "amount=12.50&deposit=300", "Accept", "application/json", "Cookie", kate); re.Code != http.StatusUnprocessableEntity {
		t.Errorf("on a lane without: %d %s", re.Code, re.Body)
	}
	heard := s.counter.events()
	if a, ok := heard[len(heard)-1].(flow.Amount); !ok || a.Amount != 1250 || a.Deposit != 30000 || a.Room != "1208" || a.By != "Kate" || a.Staff == "" {
		t.Errorf("the lane heard %+v", heard)
	}
	s.counter.change(func(v *flow.View) {
		v.Order = words.Order{Phase: words.PaidOrder, Lane: "counter-1", Amount: 1250, Deposit: 30000, Number: "7"}
		v.Deposit = words.Deposit{Phase: words.DepositReady, Lane: "counter-1", Amount: 30000, Ref: "7"}
	})
	page := s.ask("GET", "/lanes/counter-1", "", "Cookie", kate).Body.String()
	if !strings.Contains(page, `data-deposit="30000"`) || !strings.Contains(page, `href="/lanes/counter-1/deposit"`) {
		t.Error("the paid order does not lead to its deposit")
	}
}
