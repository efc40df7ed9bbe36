package flow_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// TestARefundOnALane: from the slip's number, on another lane than the order's.
func TestARefundOnALane(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bank{}
		m := openMall(t, b)
		defer func() { m.stop() }()
		number, key := m.sells(0)
		m.offer(1, flow.Refund{Number: number, Amount: 500, Reason: "broken", By: "8 Wang"})
		v := m.view(1).Refund
		if v.Phase != words.RefundDone || v.Number != number+"01" || v.Amount != 500 || v.Total != 500 || entry.Seq(v.Order) != key || m.view(0).Refund.Key != 0 {
			t.Errorf("the page shows %+v", v)
		}
		if p := m.payment(key); p.Returned() != 500 || p.Left() != 750 || b.back() != 500 {
			t.Errorf("%s returned, %s left, the bank gave %s", p.Returned(), p.Left(), b.back())
		}
		if m.slips[1].count() != 1 || m.voices[1].count() != 1 || m.drawer.count() != 0 || m.slips[0].count() != 1 {
			t.Errorf("%d slips, %d voices, drawer %d", m.slips[1].count(), m.voices[1].count(), m.drawer.count())
		}
		if r := m.slips[1].last().Receipt; r.Lane != "lane-1" || r.Number != number || r.Total != 500 || r.By != "8 Wang" {
			t.Errorf("the slip is made of %+v", r)
		}
		if r := b.arrived()[0]; r.Device != "device-7" || r.Of.Number != number || r.Of.Network == "" {
			t.Errorf("the bank was asked with %+v", r)
		}
		m.passes(time.Minute)
		m.offer(1, flow.Refund{Number: v.Number}) // the rest, by the refund's own slip
		if p := m.payment(key); p.Left() != 0 || b.back() != 1250 || m.view(1).Refund.Total != 1250 {
			t.Errorf("%s left, the bank gave %s, %+v", p.Left(), b.back(), m.view(1).Refund)
		}
		m.passes(3 * time.Second)
		m.offer(1, flow.Reprint{Key: entry.Seq(v.Key)})
		if e := m.slips[1].last(); m.slips[1].count() != 3 || e.Copy != 1 || e.Receipt.Refund != v.Number || m.view(1).Tell != words.TellReprinted {
			t.Errorf("%d slips, the last is %+v, told %s", m.slips[1].count(), e, m.view(1).Tell)
		}
		if m.offer(0, flow.Reprint{Key: entry.Seq(v.Key)}); m.view(0).Tell != words.TellNoReprint {
			t.Errorf("another lane's slip: told %s", m.view(0).Tell)
		}
	})
}

// TestWishesThatLeadToNothing: each is told, and no network hears of it.
func TestWishesThatLeadToNothing(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		wish func(number string) flow.Refund
		want words.Key
	}{
		{"more than was paid", func(n string) flow.Refund { return flow.Refund{Number: n, Amount: 1251} }, words.TellRefundHigh},
		{"of another device's slip", func(string) flow.Refund { return flow.Refund{Number: entry.Number("10000001", "0008", 5, 5)} }, words.TellOtherSlip},
		{"of nothing", func(string) flow.Refund { return flow.Refund{} }, words.TellOtherSlip},
		{"of no order", func(string) flow.Refund { return flow.Refund{Order: 99} }, words.TellRefundNone},
		{"of a start", func(string) flow.Refund { return flow.Refund{Order: 1} }, words.TellRefundNone},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := &bank{}
			m := openMall(t, b)
			defer func() { m.stop() }()
			number, _ := m.sells(0)
			m.offer(0, row.wish(number))
			if v := m.view(0); v.Tell != row.want || v.Refund.Key != 0 || len(b.arrived()) != 0 {
				t.Errorf("%s: told %q, want %q; the bank heard %v", row.name, v.Tell, row.want, b.arrived())
			}
		})
	}
}

// TestTwoLanesWishForAll at the same moment: one takes effect.
func TestTwoLanesWishForAll(t *testing.T) {
	t.Parallel()
	for _, amount := range []money.Fen{0, 1250, 700} {
		for range 10 {
			synctest.Test(t, func(t *testing.T) {
				b := &bank{}
				m := openMall(t, b)
				defer func() { m.stop() }()
				number, key := m.sells(0)
				for _, l := range m.lanes {
					l.Offer(flow.Refund{Number: number, Amount: amount})
				}
				synctest.Wait()
				m.passes(5 * time.Minute)
				want := amount
				if want == 0 {
					want = 1250
				}
				told := []words.Key{m.view(0).Tell, m.view(1).Tell}
				if p := m.payment(key); len(p.Refunds) != 1 || p.Returned() != want || b.back() != want || m.slips[0].count()+m.slips[1].count() != 2 {
					t.Errorf("%s twice: %d refunds, %s returned, the bank gave %s; told %v", amount, len(p.Refunds), p.Returned(), b.back(), told)
				}
			})
		}
	}
}

// TestTwoLanesWishForParts: both fit, so both take effect, with numbers of their
// own, and the second stands back.
func TestTwoLanesWishForParts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bank{}
		m := openMall(t, b)
		defer func() { m.stop() }()
		number, key := m.sells(0)
		for i, l := range m.lanes {
			l.Offer(flow.Refund{Number: number, Amount: money.Fen(500 + i)})
		}
		synctest.Wait()
		if len(b.arrived()) != 1 {
			t.Errorf("%d refunds left at the same moment", len(b.arrived()))
		}
		m.passes(2 * time.Minute)
		if p := m.payment(key); p.Returned() != 1001 || b.back() != 1001 || len(b.given) != 2 {
			t.Errorf("%s returned, the bank gave %v", p.Returned(), b.given)
		}
		if gap := b.at[1].Sub(b.at[0]); gap != m.timing.Refund.Apart {
			t.Errorf("they stood %v apart", gap)
		}
	})
}

// TestRefundsInCash open the drawer for a booked reason, and ask no network.
func TestRefundsInCash(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bank{}
		m := openMall(t, b)
		defer func() { m.stop() }()
		_, key := m.sells(1, flow.Cash{Given: 2000})
		opened := m.drawer.count()
		m.offer(1, flow.Refund{Order: key, Amount: 300}, flow.Refund{Order: key, Amount: 200}, flow.Refund{Order: key, Amount: 751})
		if p := m.payment(key); p.Returned() != 500 || m.drawer.count() != opened+2 || m.slips[1].count() != 3 || len(b.arrived()) != 0 {
			t.Errorf("%s returned, drawer opened %d times, %d slips", p.Returned(), m.drawer.count()-opened, m.slips[1].count())
		}
		if v := m.view(1); v.Tell != words.TellRefundHigh || v.Refund.Total != 500 || words.ShowRefund(v.Refund, words.En).What != "Refunded in cash" {
			t.Errorf("told %s, the page shows %+v", v.Tell, v.Refund)
		}
	})
}

// TestAProviderWithoutRefunds is a final answer.
func TestAProviderWithoutRefunds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := openMall(t, &network{results: []pay.Result{paid}})
		defer func() { m.stop() }()
		number, key := m.sells(0)
		m.offer(0, flow.Refund{Number: number})
		if v := m.view(0).Refund; v.Phase != words.RefundRefused || v.Code != "cannot refund" || m.payment(key).Left() != 1250 {
			t.Errorf("the page shows %+v, %s left", v, m.payment(key).Left())
		}
	})
}

// TestARefundIsNotSpokenOfIntoAnotherOrder: it is for the one who stands there.
func TestARefundIsNotSpokenOfIntoAnotherOrder(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		first func(m *mall)
		said  int
	}{
		{"its own order is still there", func(*mall) {}, 1},
		{"another one owes", func(m *mall) { m.offer(0, amount(900)) }, 0},
		{"another one has paid, and waits for the slip", func(m *mall) { m.slips[0].block = make(chan struct{}); m.sells(0) }, 0},
		{"another one has paid, and has the slip", func(m *mall) { m.sells(0) }, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			m := openMall(t, &bank{})
			defer func() { m.stop() }()
			number, _ := m.sells(0)
			row.first(m)
			before := m.voices[0].count()
			m.offer(0, flow.Refund{Number: number, Amount: 1})
			if said := m.voices[0].count() - before; said != row.said || m.view(0).Refund.Phase != words.RefundDone {
				t.Errorf("%s: said %d times, want %d; %s", row.name, said, row.said, m.view(0).Refund.Phase)
			}
		})
	}
}

// TestPowerCutsInARefund: at every moment of a refund whose answers are lost the
// power goes; in the end the money has gone back once.
func TestPowerCutsInARefund(t *testing.T) {
	t.Parallel()
	for cut := range 24 {
		synctest.Test(t, func(t *testing.T) {
			b := &bank{}
			lost := 0
			b.answer = func(r pay.Refund) pay.Result {
				if lost++; lost == 1 {
					b.give(r) // it arrives, and its answer does not
				}
				return pay.Result{Code: "timeout"}
			}
			m := openMall(t, b)
			number, key := m.sells(0)
			m.passes(3 * time.Second)
			m.disk.CutAfter(cut)
			m.lanes[0].Offer(flow.Refund{Number: number, Amount: 500})
			m.passes(10 * time.Second)
			m.stop()
			m.disk.Boot()
			m.begin()
			m.passes(time.Hour)
			p := m.payment(key)
			if len(p.Refunds) > 1 || p.Returned() != b.back() || b.back() > 500 {
				t.Errorf("cut %d: %d refunds, %s returned, the bank gave %v", cut, len(p.Refunds), p.Returned(), b.given)
			}
			for _, r := range b.arrived() {
				if r.Number != number+"01" || r.Amount != 500 {
					t.Errorf("cut %d: the bank was asked for %s of %s", cut, r.Number, r.Amount)
				}
			}
			if r, err := m.store.Verify(context.Background(), nil); err != nil || r.Rebuilt != 0 {
				t.Errorf("cut %d: %+v, %v", cut, r, err)
			}
			m.stop()
		})
	}
}

// TestARefundGoesOnInTheNextLife, also one of an order whose lane is gone.
func TestARefundGoesOnInTheNextLife(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bank{answer: func(pay.Refund) pay.Result { return pay.Result{State: pay.Waiting, Code: "PROCESSING"} }}
		m := openMall(t, b)
		defer func() { m.stop() }()
		number, key := m.sells(0)
		m.offer(1, flow.Refund{Number: number, Amount: 500})
		if v := m.view(1).Refund; v.Phase != words.RefundAccepted || m.payment(key).Left() != 750 {
			t.Fatalf("the page shows %+v", v)
		}
		m.stop()
		m.begin()
		if v := m.view(1); v.Refund.Phase != words.RefundAccepted || v.Order.Phase != words.Idle || len(v.Behind) != 0 {
			t.Errorf("after a restart the page shows %+v", v)
		}
		b.mu.Lock()
		b.answer = nil
		b.mu.Unlock()
		m.passes(2 * time.Minute) // asked for again, for the bank has never heard of it
		if v := m.view(1).Refund; v.Phase != words.RefundDone || b.back() != 500 || m.slips[1].count() != 1 || m.voices[1].count() != 0 {
			t.Errorf("the page shows %+v, %d slips", v, m.slips[1].count())
		}
	})
}

// TestARefundTheDiskRefuses: nothing is sent, and people are told so.
func TestARefundTheDiskRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bank{}
		m := openMall(t, b)
		defer func() { m.stop() }()
		number, key := m.sells(0)
		m.passes(3 * time.Second)
		m.disk.SetReadOnly(true)
		m.offer(0, flow.Refund{Number: number, Amount: 500})
		if v := m.view(0); v.Tell != words.TellRefundUnbooked || len(b.arrived()) != 0 || v.Refund.Key != 0 {
			t.Errorf("told %s, the bank heard %v", v.Tell, b.arrived())
		}
		m.disk.SetReadOnly(false)
		b.mu.Lock()
		b.answer = func(pay.Refund) pay.Result { m.disk.SetReadOnly(true); return pay.Result{State: pay.Returned} }
		b.mu.Unlock()
		m.offer(0, flow.Refund{Number: number, Amount: 500})
		if v := m.view(0); v.Tell != words.TellRefundLater || v.Refund.Phase != words.RefundAsking || m.slips[0].count() != 1 {
			t.Errorf("told %s, the page shows %+v, %d slips", v.Tell, v.Refund, m.slips[0].count())
		}
		m.passes(10 * time.Second)
		m.disk.SetReadOnly(false)
		m.passes(10 * time.Second)
		if v := m.view(0).Refund; v.Phase != words.RefundDone || b.back() != 500 || m.slips[0].count() != 2 || len(b.arrived()) != 1 || m.payment(key).Returned() != 500 {
			t.Errorf("after the repair: %+v, the bank gave %s, %d slips", v, b.back(), m.slips[0].count())
		}
	})
}

// TestALaneWithoutRefunds says so.
func TestALaneWithoutRefunds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier, paid)
		defer s.stop()
		s.offer(flow.Refund{Order: 1})
		if s.told() != words.TellRefundNever {
			t.Errorf("told %q", s.told())
		}
		s.lane.Adopt(5, []entry.Entry{{Seq: 5, Key: 5, Kind: entry.RefundAsked, Body: entry.Encode(entry.RefundAskedBody{Lane: "lane-1"})}})
		if strings.Contains(s.journal.kinds(), "refund") {
			t.Errorf("journal is %s", s.journal.kinds())
		}
	})
}
