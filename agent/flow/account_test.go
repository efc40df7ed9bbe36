package flow_test

import (
	"testing"
	"testing/synctest"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/store/entry"
)

// TestAnIntentSaysInWhoseBooks: every attempt that goes to a network has the mark
// of its merchant's account, and what the clerk books by hand has none.
func TestAnIntentSaysInWhoseBooks(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		events []flow.Event
		want   map[string]string // by the attempt's merchant
	}{
		"a code":   {[]flow.Event{amount(1250), flow.Scanned{Text: code}}, map[string]string{"shop": "of-shop"}},
		"QR codes": {[]flow.Event{amount(1250), flow.ShowQR{}}, map[string]string{"shop": "of-shop", "other": "of-other"}},
		"cash":     {[]flow.Event{amount(1250), flow.Cash{Given: 2000}}, map[string]string{"": ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := openLane(t, flow.Config{Role: flow.Cashier, ByHand: true, Accounts: map[string]string{"shop": "of-shop", "other": "of-other"},
					Route: flow.Route{QR: []flow.Merchant{shopWeChat, {Name: "other", Network: "alipay"}}}}, paid)
				defer s.stop()
				s.offer(row.events...)
				s.journal.mu.Lock()
				defer s.journal.mu.Unlock()
				got := map[string]string{}
				for _, e := range s.journal.entries {
					if e.Kind == entry.Asked {
						b := entry.Must[entry.AskedBody](e)
						got[b.Merchant] = b.Account
					}
				}
				for merchant, account := range row.want {
					if mark, asked := got[merchant]; !asked || mark != account {
						t.Errorf("at merchant %q the journal has account %q, want %q", merchant, mark, account)
					}
				}
				if len(got) != len(row.want) {
					t.Errorf("the journal has %v", got)
				}
			})
		})
	}
}

// TestARefundSaysInWhoseBooks it is: those of the merchant as it is set up now.
func TestARefundSaysInWhoseBooks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := openMall(t, &bank{answer: func(pay.Refund) pay.Result { return pay.Result{Code: "timeout"} }})
		defer func() { m.stop() }()
		number, key := m.sells(0)
		m.lanes[1].Accounts = map[string]string{"shop": "of-shop"}
		m.offer(1, flow.Refund{Order: key, Amount: 500})
		refund, err := m.store.Find(t.Context(), entry.RefundNumber(number, 1))
		if err != nil {
			t.Fatal(err)
		}
		entries, err := m.store.Object(t.Context(), refund, 0)
		if err != nil {
			t.Fatal(err)
		}
		if b := entry.Must[entry.RefundAskedBody](entries[0]); b.Account != "of-shop" || b.Merchant != "shop" {
			t.Errorf("the refund's intent is %+v", b)
		}
	})
}
