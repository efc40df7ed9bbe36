package cloudpay

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/pay"
)

func withOldKey(o *Options) { o.OldKey = lastKey }

// keysOf makes the network take other keys.
func (n *network) keysOf(keys ...pay.Secret) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.keys = keys
}

// TestAChangeOfKeys lets the config have the new key minutes before the network
// takes it, which is how the console changes one.
func TestAChangeOfKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &network{keys: []pay.Secret{lastKey}}
		p := n.provider(t, withOldKey)

		// The first charge falls: it was signed with the new key, and is never sent again.
		if r := p.Charge(t.Context(), charge); r.State != pay.Unknown || r.Code != refusedKey || r.NotFound || r.Fault {
			t.Errorf("the first charge: %+v", r)
		}
		if got := n.calls(); !slices.Equal(got, []string{"micro_pay"}) {
			t.Errorf("asked %v", got)
		}
		// Its query finds the key that the network takes: one call more, once.
		if r := p.Query(t.Context(), attempt); !r.NotFound {
			t.Errorf("the query: %+v", r)
		}
		if r := p.Query(t.Context(), attempt); !r.NotFound {
			t.Errorf("the next query: %+v", r)
		}
		if got := n.calls(); !slices.Equal(got, []string{"query_order", "query_order", "query_order"}) {
			t.Errorf("asked %v", got)
		}
		// The next customer pays, under the old key.
		next := charge
		next.Number = number[:23] + "2"
		if r := p.Charge(t.Context(), next); r.State != pay.Paid {
			t.Errorf("the next charge: %+v", r)
		}

		time.Sleep(2 * time.Minute)
		n.keysOf(testKey) // the network takes the new one now
		n.calls()
		if r := p.Query(t.Context(), next.Attempt); r.State != pay.Paid {
			t.Errorf("after the change: %+v", r)
		}
		if r := p.Query(t.Context(), next.Attempt); r.State != pay.Paid {
			t.Errorf("after the change, again: %+v", r)
		}
		if got := n.calls(); len(got) != 3 {
			t.Errorf("asked %v", got)
		}
		next.Number = number[:23] + "3"
		if r := p.Charge(t.Context(), next); r.State != pay.Paid {
			t.Errorf("a charge after the change: %+v", r)
		}
	})
}

// TestTheOldKeyEnds with its window: nothing is sent with it then, and nothing
// believed that is signed with it.
func TestTheOldKeyEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &network{keys: []pay.Secret{lastKey}}
		p := n.provider(t, withOldKey)
		n.open(wechat, 2)
		if r := p.Query(t.Context(), attempt); r.State != pay.Paid {
			t.Errorf("in the window: %+v", r)
		}
		time.Sleep(changeMax - time.Nanosecond)
		if r := p.Query(t.Context(), attempt); r.State != pay.Paid {
			t.Errorf("at its end: %+v", r)
		}
		time.Sleep(time.Nanosecond)
		n.calls()
		for range 2 { // and it opens no other
			if r := p.Query(t.Context(), attempt); r.State != pay.Unknown || r.Code != refusedKey || r.NotFound {
				t.Errorf("after it: %+v", r)
			}
		}
		if got := n.calls(); len(got) != 2 {
			t.Errorf("asked %v", got)
		}
		if r := p.Undo(t.Context(), attempt); r.State != pay.Unknown || !r.Fault {
			t.Errorf("an undo that does not get through asks for a person: %+v", r)
		}
	})
}

// TestAnswersByTheOldKey count in the window only: before a refusal nobody has
// said that the key is changing.
func TestAnswersByTheOldKey(t *testing.T) {
	t.Parallel()
	by := func(key pay.Secret) func(string, string) (int, string) {
		return func(_, call string) (int, string) {
			return 200, envelope(message{"status": 0, call: tradeOf(number, wechat, 2, 500)}, key)
		}
	}
	n := &network{raw: by(lastKey)}
	p := n.provider(t, withOldKey)
	if r := p.Query(t.Context(), attempt); r.State != pay.Unknown || r.Code != pay.CodeBadSignature {
		t.Errorf("before: %+v", r)
	}
	n.raw = func(string, string) (int, string) {
		return 200, envelope(message{"status": 101, "internal_status": 7}, "")
	}
	if r := p.Query(t.Context(), attempt); r.State != pay.Unknown || r.Code != refusedKey || n.sent("query_order") != 3 {
		t.Errorf("neither key is taken: %+v after %v", r, n.log)
	}
	for name, key := range map[string]pay.Secret{"old": lastKey, "new": testKey} {
		n.raw = by(key)
		if r := p.Query(t.Context(), attempt); r.State != pay.Paid {
			t.Errorf("in the window, by the %s key: %+v", name, r)
		}
	}
	n.raw = by("Xy7kQ2mN9pL4rT6wZ8bV3cH5dJ1fG0sA")
	if r := p.Query(t.Context(), attempt); r.State != pay.Unknown || r.Code != pay.CodeBadSignature {
		t.Errorf("in the window, by nobody's: %+v", r)
	}
}

// TestOneKey: without an old one a refusal is not answered with a second call.
func TestOneKey(t *testing.T) {
	t.Parallel()
	n := &network{keys: []pay.Secret{lastKey}}
	p := n.provider(t)
	for range 3 {
		if r := p.Query(t.Context(), attempt); r.State != pay.Unknown || r.Code != refusedKey || r.NotFound || !r.Date.IsZero() {
			t.Errorf("%+v", r)
		}
	}
	if n.sent("query_order") != 3 {
		t.Errorf("asked %v", n.log)
	}
	if r := p.Show(t.Context(), offer); r.State != pay.Unknown || n.sent("scan_code_pay") != 1 {
		t.Errorf("a code: %+v", r)
	}
}
