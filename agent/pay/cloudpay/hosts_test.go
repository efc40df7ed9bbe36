package cloudpay

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/pay"
)

var fourHosts = func(o *Options) {
	o.Hosts = []string{"https://a.example", "https://b.example/", "https://c.example", "https://d.example"}
}

// visits are the hosts that a call has come to.
func (n *network) visits(call string) (hosts []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, line := range n.log {
		if host, what, _ := strings.Cut(line, " "); what == call {
			hosts = append(hosts, host[:1])
		}
	}
	n.log = nil
	return hosts
}

// TestAChargeIsSentOnce, whatever the hosts do: to a further one only while nothing
// can have left to those before.
func TestAChargeIsSentOnce(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		a, b, c string // what these hosts do; d does right
		visits  string // of the charge, where it arrives
		state   pay.State
		next    string // the host that is asked first after that
	}{
		{"all is well", "", "", "", "a", pay.Paid, "a"},
		{"one is down", "refuse", "", "", "b", pay.Paid, "b"},
		{"three are down", "refuse", "refuse", "refuse", "d", pay.Paid, "d"},
		{"lost on the way there", "lost", "", "", "a", pay.Unknown, "b"},
		{"lost on the way back", "lost-after", "", "", "a", pay.Unknown, "b"},
		{"502", "502", "", "", "a", pay.Unknown, "b"},
		{"down, and then lost", "refuse", "lost-after", "", "b", pay.Unknown, "c"},
		{"down, and then 502", "refuse", "502", "", "b", pay.Unknown, "c"},
	} {
		for call, do := range map[string]func(p *Provider) pay.Result{
			"micro_pay": func(p *Provider) pay.Result { return p.Charge(t.Context(), charge) }, "micro_freeze": func(p *Provider) pay.Result { return p.Hold(t.Context(), holding) },
		} {
			n := &network{fail: map[string]string{"a.example": c.a, "b.example": c.b, "c.example": c.c}}
			p := n.provider(t, fourHosts)
			r := do(p)
			if got := strings.Join(n.visits(call), ""); got != c.visits || r.State != c.state {
				t.Errorf("%s, %s: came to %q, want %q: %+v", call, c.name, got, c.visits, r)
			}
			p.Query(t.Context(), attempt)
			if got := n.visits("query_order"); len(got) == 0 || got[0] != c.next {
				t.Errorf("%s, %s: the next call came to %q, want %q first", call, c.name, got, c.next)
			}
			if n.sent(call) != 0 {
				t.Errorf("%s, %s: it was sent again", call, c.name)
			}
		}
	}
}

// TestAllHostsDown: then nothing was sent, and only a charge says so.
func TestAllHostsDown(t *testing.T) {
	t.Parallel()
	n := &network{fail: map[string]string{"a.example": "refuse", "b.example": "refuse", "c.example": "refuse", "d.example": "refuse"}}
	p := n.provider(t, fourHosts)
	for what, r := range map[string]pay.Result{
		"charge": p.Charge(t.Context(), charge), "show": p.Show(t.Context(), offer), "hold": p.Hold(t.Context(), holding), "show hold": p.ShowHold(t.Context(), holdShow),
	} {
		if r.State != pay.NotSent || r.Code != pay.CodeNotSent {
			t.Errorf("%s: %+v", what, r)
		}
	}
	for what, r := range map[string]pay.Result{
		"query": p.Query(t.Context(), attempt), "undo": p.Undo(t.Context(), attempt), "refund": p.Refund(t.Context(), part), "query refund": p.QueryRefund(t.Context(), part),
		"query hold": p.QueryHold(t.Context(), hold), "undo hold": p.UndoHold(t.Context(), hold), "capture": p.Capture(t.Context(), taken), "query capture": p.QueryCapture(t.Context(), taken),
		"release": p.Release(t.Context(), freed), "query release": p.QueryRelease(t.Context(), freed),
	} {
		if r.State != pay.Unknown || r.NotFound || r.Code != pay.CodeNotSent {
			t.Errorf("%s: %+v", what, r)
		}
	}
	n.fail = nil
	if r := p.Charge(t.Context(), charge); r.State != pay.Paid || len(n.visits("micro_pay")) != 1 {
		t.Errorf("when they are up again: %+v", r)
	}
}

// TestWhatMayBeRepeatedIs: to host after host, until one answers, and that one is
// asked first from then on.
func TestWhatMayBeRepeatedIs(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"refuse", "lost", "lost-after", "502"} {
		n := &network{fail: map[string]string{"a.example": how, "b.example": how}}
		p := n.provider(t, fourHosts)
		n.open(wechat, 2)
		n.hold(alipay, 2)
		for _, c := range []struct {
			call string
			do   func(context.Context) pay.Result
			want pay.State
		}{
			{"query_order", func(ctx context.Context) pay.Result { return p.Query(ctx, attempt) }, pay.Paid},
			{"refund", func(ctx context.Context) pay.Result { return p.Refund(ctx, part) }, pay.Returned},
			{"query_refund_order", func(ctx context.Context) pay.Result { return p.QueryRefund(ctx, part) }, pay.Returned},
			{"deposit_consume", func(ctx context.Context) pay.Result { return p.Capture(ctx, taken) }, pay.Paid},
			{"unfreeze", func(ctx context.Context) pay.Result { return p.Release(ctx, freed) }, pay.Returned},
			{"query_unfreeze_order", func(ctx context.Context) pay.Result { return p.QueryRelease(ctx, freed) }, pay.Returned},
			{"query_freeze_order", func(ctx context.Context) pay.Result { return p.QueryHold(ctx, hold) }, pay.Paid},
		} {
			p.best.works(0)
			if r := c.do(t.Context()); r.State != c.want {
				t.Errorf("%s, hosts that %s: %+v", c.call, how, r)
			}
			if got := n.visits(c.call); got[len(got)-1] != "c" {
				t.Errorf("%s, hosts that %s: came to %v", c.call, how, got)
			}
			if r := c.do(t.Context()); r.State != c.want {
				t.Errorf("%s again: %+v", c.call, r)
			}
			if got := n.visits(c.call); !slices.Equal(got, []string{"c"}) {
				t.Errorf("%s, again: came to %v, want the one that works", c.call, got)
			}
		}
		if got := n.books[number].refunds[part.Number]; got == nil || got.fee != part.Amount || len(n.books[number].refunds) != 1 {
			t.Errorf("hosts that %s: given back %+v", how, n.books[number].refunds)
		}
		if d := n.holds[number]; len(d.captures) != 1 || len(d.releases) != 1 || d.left() != 0 {
			t.Errorf("hosts that %s: of the deposit %+v", how, d)
		}
	}
}

// TestANoToACopy: one host has not answered and the next one refuses. What was sent
// to the first may arrive yet, so the refusal proves nothing.
func TestANoToACopy(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]pay.State{"refuse": pay.Declined, "lost": pay.Unknown, "lost-after": pay.Unknown, "502": pay.Unknown} {
		for _, code := range []string{"102", "104"} {
			refuse := func(message) message {
				return message{"status": statuses[code].status, "internal_status": statuses[code].internal, "description": "no"}
			}
			n := &network{fail: map[string]string{"a.example": how}, say: map[string]func(message) message{"deposit_consume": refuse, "unfreeze": refuse}}
			p := n.provider(t, fourHosts)
			n.hold(alipay, 2)
			for what, do := range map[string]func(context.Context, pay.Move) pay.Result{"capture": p.Capture, "release": p.Release} {
				move := taken
				if what == "release" {
					move = freed
				}
				p.best.works(0)
				if r := do(t.Context(), move); r.State != want || r.NotFound || r.Code != code {
					t.Errorf("a host that %s, and %s to the %s: %+v", how, code, what, r)
				}
				if r := do(t.Context(), move); r.State != pay.Declined {
					t.Errorf("a host that %s, and %s to the %s again: %+v", how, code, what, r)
				}
			}
		}
	}
}

// TestAHostThatDoesNotAnswer takes all of one call's time, and none of the next one's.
func TestAHostThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &network{fail: map[string]string{"a.example": "hang"}}
		p := n.provider(t, fourHosts)
		ctx, cancel := context.WithTimeout(t.Context(), Timing.Call)
		defer cancel()
		start := time.Now()
		if r := p.Charge(ctx, charge); r.State != pay.Unknown || r.Code != pay.CodeTimeout || time.Since(start) != Timing.Call {
			t.Errorf("after %v: %+v", time.Since(start), r)
		}
		start = time.Now()
		if r := p.Query(t.Context(), attempt); !r.NotFound || time.Since(start) != 0 {
			t.Errorf("after %v: %+v", time.Since(start), r)
		}
		if got := n.visits("query_order"); !slices.Equal(got, []string{"b"}) {
			t.Errorf("the query came to %v", got)
		}
	})
}

// TestACallerWhoGoesAway says nothing against the host.
func TestACallerWhoGoesAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &network{fail: map[string]string{"a.example": "hang"}}
		p := n.provider(t, fourHosts)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if r := p.Charge(ctx, charge); r.State != pay.Unknown || r.Code != pay.CodeCancelled {
			t.Errorf("%+v", r)
		}
		n.fail = nil
		if r := p.Query(t.Context(), attempt); !r.NotFound || n.visits("query_order")[0] != "a" {
			t.Errorf("%+v", r)
		}
	})
}

// TestPing goes back to the first host that lives, in the config's order, and
// touches nothing else.
func TestPing(t *testing.T) {
	t.Parallel()
	n := &network{fail: map[string]string{"a.example": "refuse"}}
	p := n.provider(t, fourHosts)
	p.best.works(3)
	if err := p.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.Query(t.Context(), attempt)
	if got := n.log; !slices.Equal(got, []string{"b.example ping", "b.example query_order"}) {
		t.Errorf("asked %v", got)
	}
	n.fail = nil
	if err := p.Ping(t.Context()); err != nil || p.best.at.Load() != 0 {
		t.Errorf("the first is up again: %v, asked first is %d", err, p.best.at.Load())
	}
	for name, raw := range map[string]string{
		"a portal": "<html>Sign in</html>", "an error": `{"status":3,"description":"busy"}`, "something else": `{"timestamp":1}`, "nothing": "",
	} {
		n.raw = func(string, string) (int, string) { return http.StatusOK, raw }
		p.best.works(2)
		if err := p.Ping(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "merchant shop: no host of Cloud Pay answers: ") || p.best.at.Load() != 2 {
			t.Errorf("%s: %v, asked first is %d", name, err, p.best.at.Load())
		}
	}
}

// TestPingGoesOnSoon: a host that does not answer takes 3 s of it.
func TestPingGoesOnSoon(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := &network{fail: map[string]string{"a.example": "hang", "b.example": "502"}}
		p := n.provider(t, fourHosts)
		start := time.Now()
		if err := p.Ping(t.Context()); err != nil || time.Since(start) != pingMax || p.best.at.Load() != 2 {
			t.Errorf("after %v: %v, asked first is %d", time.Since(start), err, p.best.at.Load())
		}
	})
}
