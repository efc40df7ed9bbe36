package paytest

import (
	"context"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	wechatbox "tillgate/agent/pay/sandbox/wechat"
	"tillgate/agent/pay/wechat"
)

const v3Key = "e6d7c8b9a0f1e2d3c4b7a8e9d0c1b6f5"

// startShow brings up a real shower with what a test spoils about it.
func startShow(spoil func(s pay.Shower) pay.Shower) Start {
	return func(t *testing.T, o sandbox.Options, carry Carry) Network {
		s := sandbox.New(o)
		wechatbox.Attach(s, wechatbox.Options{Merchants: []wechatbox.Merchant{{AppID: "wx8888888888888888", MchID: "1900000109", Key: key, V3Key: v3Key, Cert: Merchant(t)}}})
		way := carry(s)
		p, err := wechat.NewShower("shop", wechat.Options{BaseURL: way.URL, AppID: "wx8888888888888888", MchID: "1900000109", Key: key, Client: way.Plain, CertClient: way.Cert,
			V3Key: v3Key, NotifyURL: "https://pay.example.com/n", Cert: way.Merchant, Now: way.Now})
		if err != nil {
			t.Fatal(err)
		}
		spoilt := spoil(p)
		return Network{Provider: spoilt, Shower: spoilt, Sandbox: s, Timing: pay.WeChat, NewCode: s.NewCode, Secrets: []string{key, v3Key}, Connections: p.Connections, Signatures: p.Signatures,
			ShowRefusals: []string{"RULE_LIMIT"}, ShowFaults: []string{"NO_AUTH"}, ShowUnsure: []string{"SYSTEM_ERROR"}, RefundFaults: []string{"NOT_ENOUGH"}}
	}
}

// spoiltShower is a shower whose answers pass through what a test makes of them.
type spoiltShower struct {
	pay.Shower
	show func(s pay.Shower, ctx context.Context, o pay.Offer) pay.Result
	undo func(s pay.Shower, ctx context.Context, a pay.Attempt) pay.Result
	each func(op string, r pay.Result) pay.Result
}

func (s spoiltShower) Show(ctx context.Context, o pay.Offer) pay.Result {
	if s.show != nil {
		return s.show(s.Shower, ctx, o)
	}
	return s.result("show", s.Shower.Show(ctx, o))
}

func (s spoiltShower) Query(ctx context.Context, a pay.Attempt) pay.Result {
	return s.result("query", s.Shower.Query(ctx, a))
}

func (s spoiltShower) Undo(ctx context.Context, a pay.Attempt) pay.Result {
	if s.undo != nil {
		return s.undo(s.Shower, ctx, a)
	}
	return s.result("undo", s.Shower.Undo(ctx, a))
}

func (s spoiltShower) result(op string, r pay.Result) pay.Result {
	if s.each == nil {
		return r
	}
	return s.each(op, r)
}

// showerBugs are what a shower may do wrong, by what it is called; "none" does nothing wrong.
func showerBugs() map[string]spoiltShower {
	each := func(change func(op string, r *pay.Result)) spoiltShower {
		return spoiltShower{each: func(op string, r pay.Result) pay.Result { change(op, &r); return r }}
	}
	when := func(from, to pay.State) spoiltShower {
		return each(func(_ string, r *pay.Result) {
			if r.State == from {
				r.State = to
			}
		})
	}
	return map[string]spoiltShower{
		"none":                        {},
		"unknown taken for declined":  when(pay.Unknown, pay.Declined),
		"unknown taken for waiting":   when(pay.Unknown, pay.Waiting),
		"mismatch taken for paid":     when(pay.Mismatch, pay.Paid),
		"waiting taken for paid":      when(pay.Waiting, pay.Paid),
		"waiting taken for declined":  when(pay.Waiting, pay.Declined),
		"declined taken for unknown":  when(pay.Declined, pay.Unknown),
		"not sent taken for declined": when(pay.NotSent, pay.Declined),
		"a code is asked for again": {show: func(s pay.Shower, ctx context.Context, o pay.Offer) pay.Result {
			if r := s.Show(ctx, o); r.State != pay.Unknown {
				return r
			}
			return s.Show(ctx, o)
		}},
		"it goes on without its caller": {show: func(s pay.Shower, ctx context.Context, o pay.Offer) pay.Result {
			return s.Show(context.WithoutCancel(ctx), o)
		}},
		"the amount is another": {show: func(s pay.Shower, ctx context.Context, o pay.Offer) pay.Result {
			o.Amount++
			return s.Show(ctx, o)
		}},
		"it may be paid for ever": {show: func(s pay.Shower, ctx context.Context, o pay.Offer) pay.Result {
			o.Life *= 100
			return s.Show(ctx, o)
		}},
		"nothing is given back": {undo: func(s pay.Shower, ctx context.Context, a pay.Attempt) pay.Result {
			a.Shown = false
			return s.Undo(ctx, a)
		}},
		"a part is given back": {undo: func(s pay.Shower, ctx context.Context, a pay.Attempt) pay.Result {
			a.Amount--
			return s.Undo(ctx, a)
		}},
		"an undo is always done": each(func(op string, r *pay.Result) {
			if op == "undo" {
				r.State, r.Fault = pay.Declined, false
			}
		}),
		"a refund on its way is over": each(func(op string, r *pay.Result) {
			if op == "query" && r.Code == "refund PROCESSING" {
				r.State = pay.Declined
			}
		}),
		"the link is lost":      each(func(_ string, r *pay.Result) { r.Link = "" }),
		"the link is cut":       each(func(_ string, r *pay.Result) { r.Link = r.Link[:min(len(r.Link), 30)] }),
		"not found is not told": each(func(_ string, r *pay.Result) { r.NotFound = false }),
		"no answer taken for not found": each(func(op string, r *pay.Result) {
			r.NotFound = op == "query" && r.State == pay.Unknown
		}),
		"nobody is asked for":       each(func(_ string, r *pay.Result) { r.Fault = false }),
		"somebody is always asked":  each(func(op string, r *pay.Result) { r.Fault = r.State == pay.Unknown }),
		"coupons are overlooked":    each(func(_ string, r *pay.Result) { r.Settled = r.Amount }),
		"the payer is told nothing": each(func(_ string, r *pay.Result) { r.Message = "" }),
		"the time is not told":      each(func(_ string, r *pay.Result) { r.Date = time.Time{} }),
		"the key is told":           each(func(_ string, r *pay.Result) { r.Detail += v3Key }),
	}
}

// TestTheSuiteSeesBugsOfShowers puts bugs into a good shower, one at a time.
func TestTheSuiteSeesBugsOfShowers(t *testing.T) {
	if testing.Short() {
		t.Skip("not among the short ones")
	}
	t.Parallel()
	for name, bug := range showerBugs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := shows()
			for _, c := range all {
				problems := inMemory(t, startShow(func(s pay.Shower) pay.Shower { bug.Shower = s; return bug }), c)
				if len(problems) > 0 && name != "none" {
					return
				}
				if len(problems) > 0 {
					t.Errorf("a good shower: %s: %s", c.name, problems)
				}
			}
			if name != "none" {
				t.Errorf("none of %d scenarios sees it", len(all))
			}
		})
	}
}

// TestAWalkSeesACodeThatIsForgotten: on random ways, too, what was paid and not
// given back is seen.
func TestAWalkSeesACodeThatIsForgotten(t *testing.T) {
	t.Parallel()
	bug := spoiltShower{each: func(op string, r pay.Result) pay.Result {
		if r.State == pay.Unknown && op == "query" {
			r.State, r.Code = pay.Declined, "forgotten"
		}
		return r
	}}
	seen := 0
	for _, c := range shownWalks() {
		seen += min(1, len(inMemory(t, startShow(func(s pay.Shower) pay.Shower { bug.Shower = s; return bug }), c)))
	}
	if seen == 0 {
		t.Errorf("none of %d walks sees it", len(shownWalks()))
	}
}

// TestShownScenariosHaveNames of their own.
func TestShownScenariosHaveNames(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, c := range append(shows(), scenarios()...) {
		if names[c.name] || c.name == "" {
			t.Errorf("two scenarios are called %q", c.name)
		}
		names[c.name] = true
	}
	for kind := range shownQuirks() {
		for _, op := range []string{"code query ", "refund ", "refund query "} {
			if !names[op+kind] {
				t.Errorf("there is no scenario %q", op+kind)
			}
		}
	}
}
