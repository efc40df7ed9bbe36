package main

import (
	"slices"
	"testing"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// TestSales: the page's list is a lane's own, newest first, each as its entries say.
func TestSales(t *testing.T) {
	t.Parallel()
	cfg, _ := testConfig(t)
	cfg.Lanes = append(cfg.Lanes, laneConfig{Name: "counter-1", Role: flow.Cashier, Merchants: []string{"shop"}})
	a := start(t, cfg)
	commit := func(lane string, amount money.Fen, drafts func(number string) []entry.Draft) {
		number := a.store.Number()
		all := append([]entry.Draft{entry.New(entry.Opened, entry.OpenedBody{Lane: lane, Amount: amount, Title: "x"})}, drafts(number)...)
		if _, err := a.store.Commit(t.Context(), store.Step{Done: true, Entries: all}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 60 { // the other lane's: more than are read at a time
		commit("exit-1", money.Fen(i+1), func(string) []entry.Draft { return nil })
		if i%30 == 0 {
			commit("counter-1", 1250, func(n string) []entry.Draft {
				return []entry.Draft{
					entry.New(entry.Asked, entry.AskedBody{Number: n, Network: "cash", Way: "cash"}),
					entry.New(entry.Settled, entry.SettledBody{Number: n, Amount: 1250, Settled: 1250, Given: 2000}),
				}
			})
		}
	}
	commit("counter-1", 300, func(n string) []entry.Draft {
		return []entry.Draft{
			entry.New(entry.Asked, entry.AskedBody{Number: n, Merchant: "shop", Network: "wechat"}),
			entry.New(entry.Ended, entry.EndedBody{Number: n, State: 2, Code: "NOTENOUGH"}),
			entry.New(entry.Cancelled, entry.CancelledBody{Why: "clerk"}),
		}
	})
	sales, err := a.sales(t.Context(), "counter-1", 10)
	if err != nil || len(sales) != 3 {
		t.Fatalf("%d sales, %v", len(sales), err)
	}
	if s := sales[0]; s.Phase != words.CancelledOrder || s.Network != "wechat" || s.Tender != words.ByCode || s.Amount != 300 {
		t.Errorf("newest: %+v", s)
	}
	if s := sales[1]; s.Phase != words.PaidOrder || s.Tender != words.ByCash || s.Network != "" || s.At.IsZero() || s.Number == "" {
		t.Errorf("cash: %+v", s)
	}
	if few, err := a.sales(t.Context(), "counter-1", 2); err != nil || len(few) != 2 || few[0].Key != sales[0].Key {
		t.Errorf("two of them: %+v, %v", few, err)
	}
}

// TestStatus: the technician's page has what it shows.
func TestStatus(t *testing.T) {
	t.Parallel()
	cfg, _ := testConfig(t)
	a := start(t, cfg)
	s := a.status()
	if s.Disk.Free <= 0 || s.Disk.Size < s.Disk.Free || s.Clock.Now.IsZero() || s.Clock.From == "" || len(s.Networks) != 1 || s.Cloud.State != "" || s.Started.IsZero() {
		t.Errorf("status %+v", s)
	}
	a.cfg.Terminal.Reserve = 1 << 60
	if !a.status().Disk.Full {
		t.Error("a reserve that is reached is not shown")
	}
	if got := a.takes("exit-1"); len(got) != 1 || got[0] != words.ByCode {
		t.Errorf("the exit takes %v", got)
	}
}

// holder is a merchant's network that takes deposits as its terms say.
type holder struct {
	pay.Provider
	pay.Holder
	by map[string]pay.HoldTerms // by wallet
}

func (h holder) Terms(wallet string) pay.HoldTerms { return h.by[wallet] }

// TestHoldsBy: a lane takes deposits in the ways of its own merchants and wallets.
func TestHoldsBy(t *testing.T) {
	t.Parallel()
	alipay := flow.Merchant{Name: "inn", Network: "alipay"}
	bill := flow.Merchant{Name: "bill", Network: "cloudpay"}
	a := &agent{networks: &flow.Networks{Providers: map[string]pay.Provider{
		"inn":  holder{by: map[string]pay.HoldTerms{"": {Code: true, QR: true}, "alipay": {Code: true, QR: true}}},
		"bill": holder{by: map[string]pay.HoldTerms{"": {QR: true}, "wechat": {Code: true}}},
	}}}
	for _, row := range []struct {
		route flow.Route
		ways  []words.Tender
	}{
		{flow.Route{Merchant: map[pay.Kind]flow.Merchant{pay.AlipayCode: alipay}, QR: []flow.Merchant{alipay}}, []words.Tender{words.ByCode, words.ByQR}},
		{flow.Route{Merchant: map[pay.Kind]flow.Merchant{pay.AlipayCode: bill}, QR: []flow.Merchant{bill}}, []words.Tender{words.ByQR}},
		{flow.Route{Merchant: map[pay.Kind]flow.Merchant{pay.WeChatCode: bill}}, []words.Tender{words.ByCode}},
		{flow.Route{}, nil},
	} {
		a.lanes = []*flow.Lane{flow.NewLane(flow.Config{Name: "desk-1", Route: row.route}, flow.Deps{})}
		if ways := a.holdsBy("desk-1"); !slices.Equal(ways, row.ways) {
			t.Errorf("with %+v: %v, want %v", row.route.Merchant, ways, row.ways)
		}
	}
	if ways := a.holdsBy("desk-9"); ways != nil {
		t.Errorf("a lane that is not there: %v", ways)
	}
}
