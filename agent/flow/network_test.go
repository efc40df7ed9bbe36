package flow_test

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
)

// TestNetworksTellVerifiedDates: each with when it was asked for and heard; a
// result without a verified Date tells nothing.
func TestNetworksTellVerifiedDates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		date := time.Date(2026, time.November, 27, 1, 2, 3, 0, time.UTC)
		shop := &network{slow: 3 * time.Second, results: []pay.Result{
			{State: pay.Waiting, Date: date}, {Code: "timeout"}, {State: pay.Paid, Date: date.Add(time.Minute)},
		}}
		type told struct {
			network      string
			date         time.Time
			asked, heard int64
		}
		heard := make(chan told, 9)
		nets := &flow.Networks{
			Providers: map[string]pay.Provider{"shop": shop}, Log: slog.New(slog.DiscardHandler), Boot: func() int64 { return stamp().Mono },
			Timing: func(string) pay.Timing { return pay.WeChat },
			OnDate: func(network string, date time.Time, asked, at int64) { heard <- told{network, date, asked, at} },
		}
		want := []told{}
		for n, do := range []flow.Verb{flow.Charge, flow.Query, flow.Query} {
			asked, answered := stamp().Mono, make(chan struct{})
			e := flow.Effect{Do: do, Network: "wechat", Attempt: pay.Attempt{Number: "1", Merchant: "shop"}}
			nets.Do(t.Context(), e, func(context.Context, flow.Event) { close(answered) })
			<-answered
			if n != 1 {
				want = append(want, told{"wechat", date.Add(time.Duration(n/2) * time.Minute), asked, stamp().Mono})
			}
			nets.Wait()
		}
		if len(heard) != len(want) || want[0].heard-want[0].asked != 3000 {
			t.Fatalf("told %d times, want %+v", len(heard), want)
		}
		for _, w := range want {
			if got := <-heard; got != w {
				t.Errorf("told %+v, want %+v", got, w)
			}
		}
	})
}

// TestNetworksCarryRefunds to those who can, one call for each number at a time,
// within the network's patience; a second one is answered and not made, and of
// those who cannot nobody is told an answer.
func TestNetworksCarryRefunds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &bank{answer: func(pay.Refund) pay.Result { time.Sleep(3 * time.Second); return pay.Result{State: pay.Waiting} }}
		answers := make(chan flow.Answer, 9)
		var told atomic.Int32
		nets := &flow.Networks{
			Providers: map[string]pay.Provider{"shop": b, "other": &network{}}, Log: slog.New(slog.DiscardHandler), Device: "device-7",
			Timing: func(string) pay.Timing { return pay.WeChat }, Answered: func(flow.Effect, pay.Result) { told.Add(1) },
		}
		bring := func(_ context.Context, ev flow.Event) { answers <- ev.(flow.Answer) }
		e := flow.Effect{Do: flow.AskRefund, Key: 4, Network: "wechat", Attempt: pay.Attempt{Number: "1", Merchant: "shop", Amount: 900},
			Refund: pay.Refund{Number: "101", Amount: 500, Reason: "broken"}}
		nets.Do(t.Context(), e, bring)
		nets.Do(t.Context(), e, bring) // under way
		if a := <-answers; a.Key != 4 || a.Do != flow.AskRefund || a.Number != "101" || a.Result.State != pay.Unknown || a.Result.NotFound || a.Result.Code != "asked already" {
			t.Errorf("a call beside one under way is answered with %+v", a)
		}
		second := e
		second.Refund.Number = "102"
		nets.Do(t.Context(), second, bring)
		nets.Wait()
		asked := b.arrived()
		if len(asked) != 2 || len(answers) != 2 || told.Load() != 2 {
			t.Fatalf("%d calls, %d answers, told %d times", len(asked), len(answers), told.Load())
		}
		if r := asked[0]; r.Of.Number != "1" || r.Of.Amount != 900 || r.Amount != 500 || r.Reason != "broken" || r.Device != "device-7" {
			t.Errorf("asked with %+v", r)
		}
		if a := <-answers; a.Key != 4 || a.Do != flow.AskRefund || a.Number != "101" && a.Number != "102" || a.Result.State != pay.Waiting {
			t.Errorf("answered %+v", a)
		}
		<-answers
		e.Do = flow.QueryRefund
		nets.Do(t.Context(), e, bring)
		if a := <-answers; a.Do != flow.QueryRefund || !a.Result.NotFound {
			t.Errorf("the question is answered with %+v", a)
		}
		nets.Wait()
		e.Attempt.Merchant = "other"
		nets.Do(t.Context(), e, bring)
		if a := <-answers; a.Result != pay.NoRefunds() || told.Load() != 3 {
			t.Errorf("who has no refunds answers %+v, told %d times", a, told.Load())
		}
		nets.Wait()
	})
}
