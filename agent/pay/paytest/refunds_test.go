package paytest

import (
	"context"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// spoiltRefunder is a refunder whose answers pass through what a test makes of them.
type spoiltRefunder struct {
	pay.Refunder
	refund func(p pay.Refunder, ctx context.Context, r pay.Refund) pay.Result
	each   func(op string, r pay.Refund, got pay.Result) pay.Result
}

func (s spoiltRefunder) Refund(ctx context.Context, r pay.Refund) pay.Result {
	if s.refund != nil {
		return s.refund(s.Refunder, ctx, r)
	}
	return s.result("refund", r, s.Refunder.Refund(ctx, r))
}

func (s spoiltRefunder) QueryRefund(ctx context.Context, r pay.Refund) pay.Result {
	return s.result("query", r, s.Refunder.QueryRefund(ctx, r))
}

func (s spoiltRefunder) result(op string, r pay.Refund, got pay.Result) pay.Result {
	if s.each == nil {
		return got
	}
	return s.each(op, r, got)
}

// refunderBugs are what a refunder may do wrong, by what it is called; "none" does nothing wrong.
func refunderBugs() map[string]spoiltRefunder {
	each := func(change func(op string, got *pay.Result)) spoiltRefunder {
		return spoiltRefunder{each: func(op string, _ pay.Refund, got pay.Result) pay.Result { change(op, &got); return got }}
	}
	when := func(from, to pay.State) spoiltRefunder {
		return each(func(_ string, got *pay.Result) {
			if got.State == from {
				got.State = to
			}
		})
	}
	other := func(change func(r *pay.Refund)) spoiltRefunder {
		return spoiltRefunder{refund: func(p pay.Refunder, ctx context.Context, r pay.Refund) pay.Result {
			change(&r)
			return p.Refund(ctx, r)
		}}
	}
	return map[string]spoiltRefunder{
		"none":                              {},
		"unknown taken for declined":        when(pay.Unknown, pay.Declined),
		"unknown taken for returned":        when(pay.Unknown, pay.Returned),
		"waiting taken for returned":        when(pay.Waiting, pay.Returned),
		"waiting taken for unknown":         when(pay.Waiting, pay.Unknown),
		"returned taken for paid":           when(pay.Returned, pay.Paid),
		"declined taken for unknown":        when(pay.Declined, pay.Unknown),
		"mismatch taken for returned":       when(pay.Mismatch, pay.Returned),
		"mismatch taken for unknown":        when(pay.Mismatch, pay.Unknown),
		"not found is not told":             each(func(_ string, got *pay.Result) { got.NotFound = false }),
		"nobody is asked for":               each(func(_ string, got *pay.Result) { got.Fault = false }),
		"somebody is always asked":          each(func(_ string, got *pay.Result) { got.Fault = got.State == pay.Unknown }),
		"the time is not told":              each(func(_ string, got *pay.Result) { got.Date = time.Time{} }),
		"the amount is not told":            each(func(_ string, got *pay.Result) { got.Amount = 0 }),
		"the key is told":                   each(func(_ string, got *pay.Result) { got.Detail += v3Key }),
		"why is not told":                   each(func(_ string, got *pay.Result) { got.Code = "" }),
		"what did not leave was not sent":   each(func(_ string, got *pay.Result) { got.State = notSent(*got) }),
		"no answer taken for not found":     each(func(op string, got *pay.Result) { got.NotFound = op == "query" && got.State == pay.Unknown }),
		"all of it goes back":               other(func(r *pay.Refund) { r.Amount = r.Of.Amount }),
		"a fen too much goes back":          other(func(r *pay.Refund) { r.Amount++ }),
		"each time it is another refund":    other(func() func(r *pay.Refund) { return func(r *pay.Refund) { r.Number += time.Now().Format("150405") } }()),
		"another payment's money goes back": other(func(r *pay.Refund) { r.Of.Number = r.Of.Number[:23] + "8" }),
		"it goes on without its caller": {refund: func(p pay.Refunder, ctx context.Context, r pay.Refund) pay.Result {
			return p.Refund(context.WithoutCancel(ctx), r)
		}},
		"coupons are overlooked": {each: func(_ string, r pay.Refund, got pay.Result) pay.Result {
			got.Settled = got.Amount
			return got
		}},
		"the same again is sent under another number": {refund: func() func(p pay.Refunder, ctx context.Context, r pay.Refund) pay.Result {
			return func(p pay.Refunder, ctx context.Context, r pay.Refund) pay.Result {
				if got := p.QueryRefund(ctx, r); got.NotFound {
					return p.Refund(ctx, r)
				}
				r.Number += "x"
				return p.Refund(ctx, r)
			}
		}()},
	}
}

func notSent(r pay.Result) pay.State {
	if r.Code == pay.CodeNotSent {
		return pay.NotSent
	}
	return r.State
}

// startRefund is a shower that gives back, with what a test spoils about it.
func startRefund(bug spoiltRefunder) Start {
	return func(t *testing.T, o sandbox.Options, carry Carry) Network {
		n := startShow(func(s pay.Shower) pay.Shower { return s })(t, o, carry)
		bug.Refunder = n.Provider.(pay.Refunder)
		n.Refunder = bug
		n.Cases = []pay.Case{{Op: "refund", Code: "SYSTEM_ERROR"}, {Op: "refund", Code: "NOT_ENOUGH", Fault: true}, {Op: "refund", Code: "INVALID_REQUEST", State: pay.Declined},
			{Op: "refund-query", Code: "RESOURCE_NOT_EXISTS", NotFound: true}, {Op: "refund-query", Code: "SYSTEM_ERROR"}}
		return n
	}
}

// TestTheSuiteSeesBugsOfRefunders puts bugs into a good refunder, one at a time.
func TestTheSuiteSeesBugsOfRefunders(t *testing.T) {
	if testing.Short() {
		t.Skip("not among the short ones")
	}
	t.Parallel()
	for name, bug := range refunderBugs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := refunds()
			for _, c := range all {
				problems := inMemory(t, startRefund(bug), c)
				if len(problems) > 0 && name != "none" {
					return
				}
				if len(problems) > 0 {
					t.Errorf("a good refunder: %s: %s", c.name, problems)
				}
			}
			if name != "none" {
				t.Errorf("none of %d scenarios sees it", len(all))
			}
		})
	}
}
