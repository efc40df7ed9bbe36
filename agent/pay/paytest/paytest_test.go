package paytest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	wechatbox "tillgate/agent/pay/sandbox/wechat"
	"tillgate/agent/pay/wechat"
)

const key = "5f6b1c0d9e8a7b4c3d2e1f0a9b8c7d6e"

// start brings up a real provider with what a test spoils about it.
func start(spoil func(p pay.Provider) pay.Provider) Start {
	return func(t *testing.T, o sandbox.Options, carry Carry) Network {
		s := sandbox.New(o)
		wechatbox.Attach(s, wechatbox.Options{Merchants: []wechatbox.Merchant{{AppID: "wx8888888888888888", MchID: "1900000109", Key: key}}})
		way := carry(s)
		p, err := wechat.New("shop", wechat.Options{BaseURL: way.URL, AppID: "wx8888888888888888", MchID: "1900000109", Key: key, Client: way.Plain, CertClient: way.Cert})
		if err != nil {
			t.Fatal(err)
		}
		return Network{Provider: spoil(p), Sandbox: s, Timing: pay.WeChat, NewCode: s.NewCode, Secrets: []string{key}, Connections: p.Connections,
			NoMoney: "NOTENOUGH", CodeUsed: "AUTH_CODE_ERROR", CodeExpired: "AUTHCODEEXPIRE", CodeUnknown: "AUTH_CODE_INVALID",
			Refusals: []string{"RULELIMIT"}, Faults: []string{"NOAUTH"}, Unsure: []string{"SYSTEMERROR"}, Waiting: []string{"USERPAYING"}}
	}
}

// spoilt is a provider whose answers pass through what a test makes of them.
type spoilt struct {
	pay.Provider
	charge func(p pay.Provider, ctx context.Context, c pay.Charge) pay.Result
	each   func(op string, code pay.Secret, r pay.Result) pay.Result
}

func (s spoilt) Charge(ctx context.Context, c pay.Charge) pay.Result {
	if s.charge != nil {
		return s.charge(s.Provider, ctx, c)
	}
	return s.result("charge", c.Code, s.Provider.Charge(ctx, c))
}

func (s spoilt) Query(ctx context.Context, a pay.Attempt) pay.Result {
	return s.result("query", "", s.Provider.Query(ctx, a))
}

func (s spoilt) Undo(ctx context.Context, a pay.Attempt) pay.Result {
	return s.result("undo", "", s.Provider.Undo(ctx, a))
}

func (s spoilt) result(op string, code pay.Secret, r pay.Result) pay.Result {
	if s.each == nil {
		return r
	}
	return s.each(op, code, r)
}

// bugs are what a provider may do wrong, by what it is called; "none" does nothing wrong.
func bugs() map[string]spoilt {
	when := func(from pay.State, to pay.State) func(string, pay.Secret, pay.Result) pay.Result {
		return func(_ string, _ pay.Secret, r pay.Result) pay.Result {
			if r.State == from {
				r.State = to
			}
			return r
		}
	}
	return map[string]spoilt{
		"none":                        {},
		"unknown taken for declined":  {each: when(pay.Unknown, pay.Declined)},
		"mismatch taken for paid":     {each: when(pay.Mismatch, pay.Paid)},
		"waiting taken for unknown":   {each: when(pay.Waiting, pay.Unknown)},
		"declined taken for unknown":  {each: when(pay.Declined, pay.Unknown)},
		"not sent taken for declined": {each: when(pay.NotSent, pay.Declined)},
		"a charge is sent again": {charge: func(p pay.Provider, ctx context.Context, c pay.Charge) pay.Result {
			if r := p.Charge(ctx, c); r.State != pay.Unknown {
				return r
			}
			return p.Charge(ctx, c)
		}},
		"unknown is called not sent": {charge: func(p pay.Provider, ctx context.Context, c pay.Charge) pay.Result {
			r := p.Charge(ctx, c)
			if r.State == pay.Unknown {
				r.State = pay.NotSent
			}
			return r
		}},
		"it goes on without its caller": {charge: func(p pay.Provider, ctx context.Context, c pay.Charge) pay.Result {
			return p.Charge(context.WithoutCancel(ctx), c)
		}},
		"the code is told": {each: func(_ string, code pay.Secret, r pay.Result) pay.Result {
			r.Detail += string(code)
			return r
		}},
		"the key is told": {each: func(_ string, _ pay.Secret, r pay.Result) pay.Result {
			r.Detail += key
			return r
		}},
		"not found taken for absent": {each: func(_ string, _ pay.Secret, r pay.Result) pay.Result {
			if r.NotFound {
				r.State = pay.Absent
			}
			return r
		}},
		"not found is not told": {each: func(_ string, _ pay.Secret, r pay.Result) pay.Result {
			r.NotFound = false
			return r
		}},
		"no answer taken for not found": {each: func(op string, _ pay.Secret, r pay.Result) pay.Result {
			r.NotFound = op == "query" && r.State == pay.Unknown
			return r
		}},
		"an undo is always done": {each: func(op string, _ pay.Secret, r pay.Result) pay.Result {
			if op == "undo" {
				r.State = pay.Declined
			}
			return r
		}},
		"an undo answers paid": {each: func(op string, _ pay.Secret, r pay.Result) pay.Result {
			if op == "undo" && r.State == pay.Declined {
				r.State = pay.Paid
			}
			return r
		}},
		"everything is our fault": {each: func(_ string, _ pay.Secret, r pay.Result) pay.Result {
			r.Fault = r.State == pay.Declined
			return r
		}},
		"nothing is our fault": {each: func(_ string, _ pay.Secret, r pay.Result) pay.Result {
			r.Fault = false
			return r
		}},
		"coupons are overlooked": {each: func(_ string, _ pay.Secret, r pay.Result) pay.Result {
			r.Settled = r.Amount
			return r
		}},
		"the payer is told nothing": {each: func(_ string, _ pay.Secret, r pay.Result) pay.Result {
			r.Message = ""
			return r
		}},
	}
}

// TestTheSuiteSeesBugs puts bugs into a good provider, one at a time: each has
// to be seen by some scenario, and the good one by none.
func TestTheSuiteSeesBugs(t *testing.T) {
	if testing.Short() {
		t.Skip("not among the short ones")
	}
	t.Parallel()
	for name, bug := range bugs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := scenarios()
			for _, c := range all {
				problems := inMemory(t, start(func(p pay.Provider) pay.Provider { bug.Provider = p; return bug }), c)
				if len(problems) > 0 && name != "none" {
					return
				}
				if len(problems) > 0 {
					t.Errorf("a good provider: %s: %s", c.name, problems)
				}
			}
			if name != "none" {
				t.Errorf("none of %d scenarios sees it", len(all))
			}
		})
	}
}

// TestAWalkSeesAChargeThatIsForgotten: on random ways, too, a lost answer taken for a no is seen.
func TestAWalkSeesAChargeThatIsForgotten(t *testing.T) {
	t.Parallel()
	bug := spoilt{charge: func(p pay.Provider, ctx context.Context, c pay.Charge) pay.Result {
		r := p.Charge(ctx, c)
		if r.State == pay.Unknown {
			r.State = pay.Declined
		}
		return r
	}}
	seen := 0
	for _, c := range walks() {
		seen += min(1, len(inMemory(t, start(func(p pay.Provider) pay.Provider { bug.Provider = p; return bug }), c)))
	}
	if seen == 0 {
		t.Errorf("none of %d walks sees it", len(walks()))
	}
}

// TestScenariosHaveNames of their own, and there is one for each behaviour of the sandbox.
func TestScenariosHaveNames(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, c := range scenarios() {
		if names[c.name] || c.name == "" {
			t.Errorf("two scenarios are called %q", c.name)
		}
		names[c.name] = true
	}
	all := strings.Join(slices.Collect(maps.Keys(names)), " ")
	for _, kind := range []string{sandbox.LostBefore, sandbox.LostAfter, sandbox.WrongAmount, sandbox.WrongMerchant, sandbox.WrongNumber, sandbox.WrongTime, sandbox.Twice, sandbox.BadGateway} {
		for _, op := range []string{"charge ", "query ", "undo "} {
			if !names[op+kind] {
				t.Errorf("there is no scenario %q in %s", op+kind, all)
			}
		}
	}
}

// TestUnlike: a scenario that has no like at a network is not played, and none is
// left out by mistake.
func TestUnlike(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]struct{ played, flaw bool }{
		"": {true, false}, "pays": {false, false}, "pay*": {false, false}, "pay": {true, true}, "pays twice*": {true, true},
	} {
		played := false
		pays := scenario{name: "pays", play: func(*scene) { played = true }}
		found := inMemory(t, func(t *testing.T, o sandbox.Options, carry Carry) Network {
			n := start(func(p pay.Provider) pay.Provider { return p })(t, o, carry)
			if pattern != "" {
				n.Unlike = map[string]string{pattern: "only for this test"}
			}
			return n
		}, pays)
		if played != want.played || (len(found) > 0) != want.flaw {
			t.Errorf("%q: played is %v, found %q", pattern, played, found)
		}
	}
}
