package main

import (
	"testing"

	"tillgate/agent/flow"
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
