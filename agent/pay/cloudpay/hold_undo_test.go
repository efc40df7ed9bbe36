package cloudpay

import (
	"slices"
	"testing"
	"time"

	"tillgate/agent/pay"
)

// TestUndoHold asks what there is to undo, and releases what is held: all that is
// left of it, under one number.
func TestUndoHold(t *testing.T) {
	t.Parallel()
	look, release := []string{"query_freeze_order"}, []string{"query_freeze_order", "unfreeze"}
	for _, c := range []struct {
		name  string
		books func(n *network) *deposit
		calls []string
		want  pay.Result
	}{
		{"held", func(n *network) *deposit { return n.hold(wechat, 2) }, release, pay.Result{State: pay.Declined, Returned: true, Code: "unfreeze wechat 2"}},
		{"a part held", func(n *network) *deposit { d := n.hold(alipay, 2); d.byHand = 10000; return d }, release, pay.Result{State: pay.Declined, Returned: true, Code: "unfreeze alipay 2"}},
		{"held, and slow", func(n *network) *deposit { n.grows = 1; return n.hold(alipay, 2) }, release, pay.Result{Code: "unfreeze alipay 1"}},
		{"held, and the release fails", func(n *network) *deposit { n.grows = 3; return n.hold(alipay, 2) }, release, pay.Result{Code: "unfreeze alipay 3", Fault: true}},
		{"released", func(n *network) *deposit { d := n.hold(wechat, 5); d.byHand = 30000; return d }, look, pay.Result{State: pay.Declined, Returned: true, Code: pay.CodeReleased}},
		{"captured", func(n *network) *deposit { d := n.hold(wechat, 5); d.captured, d.byHand = 8850, 21150; return d }, look, pay.Result{Code: pay.CodeCaptured, Fault: true}},
		{"another amount", func(n *network) *deposit { d := n.hold(wechat, 2); d.fee = 1; return d }, look, pay.Result{Code: pay.CodeAmount, Fault: true}},
		{"totals that cannot be", func(n *network) *deposit { d := n.hold(wechat, 2); d.captured = 30001; return d }, look, pay.Result{Code: pay.CodeTotals, Fault: true}},
		{"stopped by its payer", func(n *network) *deposit { return n.hold(wechat, 4) }, look, pay.Result{State: pay.Declined, Code: "freeze wechat 4"}},
		{"closed", func(n *network) *deposit { return n.hold(alipay, 3) }, look, pay.Result{State: pay.Declined, Code: "freeze alipay 3"}},
		{"open", func(n *network) *deposit { return n.hold(wechat, 3) }, look, pay.Result{Code: "freeze wechat 3"}},
		{"not there", func(*network) *deposit { return nil }, look, pay.Result{NotFound: true, Code: "102"}},
		{"nobody answers", func(n *network) *deposit {
			n.say = map[string]func(message) message{"query_freeze_order": func(message) message { return message{"status": 103} }}
			return nil
		}, look, pay.Result{Code: "103"}},
	} {
		n := &network{}
		p := n.provider(t)
		d := c.books(n)
		r := p.UndoHold(t.Context(), hold)
		if r.State != c.want.State || r.NotFound != c.want.NotFound || r.Fault != c.want.Fault || r.Returned != c.want.Returned || r.Code != c.want.Code || r.Message != "" {
			t.Errorf("%s: %+v, want %+v", c.name, r, c.want)
		}
		if got := n.calls(); !slices.Equal(got, c.calls) {
			t.Errorf("%s: asked %v", c.name, got)
		}
		if len(c.calls) == 2 && (len(d.releases) != 1 || d.releases[number+"99"] == nil || d.left() != 0) {
			t.Errorf("%s: released %v", c.name, d.releases)
		}
		if c.want.Returned {
			if again := p.UndoHold(t.Context(), hold); again.State != pay.Declined || !again.Returned || len(d.releases) > 1 {
				t.Errorf("%s, again: %+v", c.name, again)
			}
		}
	}
}

// TestAnOpenDepositIsWaitedFor: no call closes it. After two minutes a person looks,
// of a code that we showed counted from its last moment.
func TestAnOpenDepositIsWaitedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shown bool
		after time.Duration
		asked time.Time
		fault bool
	}{
		{false, 119 * time.Second, asked, false},
		{false, 120 * time.Second, asked, true},
		{true, 239 * time.Second, asked, false},
		{true, 240 * time.Second, asked, true},
		{false, 0, time.Time{}, true}, // nobody knows when
		{true, 0, time.Time{}, true},
	} {
		n := &network{}
		p := n.provider(t, func(o *Options) { o.Now = func() time.Time { return asked.Add(c.after) } })
		n.hold(alipay, 1)
		a := hold
		a.Shown, a.Asked = c.shown, c.asked
		if r := p.UndoHold(t.Context(), a); r.State != pay.Unknown || r.Fault != c.fault || r.NotFound {
			t.Errorf("shown %v, after %v: %+v", c.shown, c.after, r)
		}
	}
	n := &network{}
	p := n.provider(t)
	n.hold(alipay, 4) // nobody has scanned it
	a := hold
	a.Shown = true
	if r := p.UndoHold(t.Context(), a); r.State != pay.Unknown || !r.NotFound || r.Fault {
		t.Errorf("not scanned: %+v", r)
	}
}
