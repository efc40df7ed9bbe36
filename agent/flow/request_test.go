package flow_test

import (
	"testing"
	"testing/synctest"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// calls gives an event to a lane and answers what the lane says.
func (m *mall) calls(lane int, ev flow.Event) (said flow.Said) {
	m.t.Helper()
	m.offer(lane, flow.Call{Of: ev, Done: func(s flow.Said) { said = s }})
	return said
}

func (m *mall) kinds(key entry.Seq) (kinds []entry.Kind) {
	m.t.Helper()
	entries, err := m.store.Object(m.t.Context(), key, 0)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, e := range entries {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// TestARequestIsDurableAtOnce: a program that asks with a key finds its order and
// its refund in the journal with the answer, each with its key beside it.
func TestARequestIsDurableAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := openMall(t, &bank{})
		defer func() { m.stop() }()
		wish := amount(1250)
		wish.Request = &entry.RequestedBody{Token: "shop", Key: []byte("k"), Params: []byte("p")}
		said := m.calls(0, wish)
		if kinds := m.kinds(said.Key); len(kinds) != 2 || kinds[0] != entry.Opened || kinds[1] != entry.Requested {
			t.Fatalf("the order has %v", kinds)
		}
		if v := said.View.Order; v.Key != int64(said.Key) || v.Phase != words.Ready {
			t.Errorf("the answer shows order %d, %s", v.Key, v.Phase)
		}
		if refused := m.calls(0, flow.For{Key: said.Key + 100, Of: flow.Scanned{Text: code}}); refused.Tell != words.AnswerMovedOn || refused.View.Order.Phase != words.Ready {
			t.Errorf("a code for another order: %q, %s", refused.Tell, refused.View.Order.Phase)
		}
		m.calls(0, flow.For{Key: said.Key, Of: flow.Scanned{Text: pay.Secret(code)}})
		if v := m.view(0).Order; v.Phase != words.PaidOrder {
			t.Fatalf("the order is %s", v.Phase)
		}
		back := m.calls(0, flow.Refund{Order: said.Key, Amount: 250, Request: &entry.RequestedBody{Token: "shop", Key: []byte("r")}})
		if kinds := m.kinds(back.Key); len(kinds) < 2 || kinds[0] != entry.RefundAsked || kinds[1] != entry.Requested {
			t.Errorf("the refund has %v", kinds)
		}
		if again := m.calls(0, flow.Refund{Order: said.Key, Amount: 1250}); again.Key != 0 || again.Tell != words.TellRefundHigh {
			t.Errorf("more than is left began %d, %q", again.Key, again.Tell)
		}
	})
}

// TestARequestThatIsNotWrittenLeavesNothing: where the disk refuses, the lane is
// free, and a code that comes next finds no order without an entry of its own.
func TestARequestThatIsNotWrittenLeavesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier, paid)
		defer s.stop()
		var said []flow.Said
		call := func(ev flow.Event) {
			s.offer(flow.Call{Of: ev, Done: func(what flow.Said) { said = append(said, what) }})
		}
		wish := amount(1250)
		wish.Request = &entry.RequestedBody{Token: "shop", Key: []byte("k")}
		s.journal.refuse = store.ErrFull
		call(wish)
		s.journal.refuse = nil
		call(flow.Scanned{Text: code})
		if len(said) != 2 || said[0].Tell != words.TellFull || said[0].Key != 0 || said[0].View.Order.Phase != words.Idle {
			t.Errorf("the request: %+v", said)
		}
		if said[1].Tell != words.TellNoAmount || len(s.network.charged) != 0 {
			t.Errorf("the code: %q, %d charges", said[1].Tell, len(s.network.charged))
		}
	})
}
