package main

import (
	"fmt"
	"testing"
	"time"

	"tillgate/agent/console"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
)

// TestHealth: only a verified reply is the network's word, and a change is told once.
func TestHealth(t *testing.T) {
	t.Parallel()
	var told []string
	cfg := &config{Merchants: []merchantConfig{{Name: "shop", Network: "wechat"}}}
	h := newHealth(cfg, func(from, text string) { told = append(told, from+": "+text) })
	now := time.Unix(1_790_000_000, 0)
	verified := pay.Result{Date: now}
	for i, row := range []struct {
		merchant string
		result   pay.Result
		state    console.State
		told     int
	}{
		{"shop", pay.Result{Code: pay.CodeCancelled}, console.Waiting, 0},
		{"other", verified, console.Waiting, 0},
		{"shop", verified, console.Up, 0},
		{"shop", pay.Result{Code: "timeout"}, console.Lost, 1},
		{"shop", pay.Result{State: pay.NotSent, Code: pay.CodeNotSent}, console.Lost, 1},
		{"shop", pay.Result{Code: "bad signature"}, console.Lost, 1},
		{"shop", pay.Result{Date: now, Code: "SYSTEMERROR"}, console.Up, 2},
		{"shop", pay.Result{Date: now, State: pay.Declined}, console.Up, 2},
	} {
		h.answered(flow.Effect{Attempt: pay.Attempt{Merchant: row.merchant}}, row.result, now.Add(time.Duration(i)*time.Second))
		all := h.all()
		if len(all) != 1 || all[0].State != row.state || len(told) != row.told {
			t.Errorf("step %d: %+v, told %v; want %s and %d told", i, all, told, row.state, row.told)
		}
		if row.state == console.Lost && all[0].Text != row.result.Code {
			t.Errorf("step %d: the technician reads %q", i, all[0].Text)
		}
	}
	if got := fmt.Sprint(told); got != "[shop: no answer of the payment network: timeout shop: the payment network answers again]" {
		t.Errorf("told %s", got)
	}
}
