//go:build demo

package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"tillgate/agent/flow"
	"tillgate/agent/words"
)

// TestRefundCommand gives money back with the command, while the agent runs: a
// part, more than is left, the rest, and of an order that there is not.
func TestRefundCommand(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	refund := func(args ...string) (out, problems string, exit int) {
		var o, p bytes.Buffer
		exit = execute(t.Context(), append([]string{"refund", "--config", s.cfg}, args...), &o, &p)
		return o.String(), p.String(), exit
	}
	if _, said, exit := refund("100000010001844610000033"); exit != exitFailed || !strings.Contains(said, "no agent is running") {
		t.Errorf("without an agent: exit %d, %s", exit, said)
	}
	s.start(0)
	sell := func() string {
		s.owe(desk, "12.50")
		s.show(desk, "pays")
		v := s.sees("the payment", func(v flow.View) bool { return v.Order.Phase == words.PaidOrder })
		s.slip()
		return v.Order.Number
	}
	number := sell()
	for _, c := range []struct {
		args []string
		exit int
		out  string
	}{
		{[]string{number, "--amount", "12.51"}, exitFailed, "超过可退金额，未退款"},
		{[]string{number, "--amount", "2.50", "--reason", "少一份", "--by", "王芳"}, exitOK, "退款成功"},
		{[]string{number, "--amount", "0.001"}, exitConfig, ""},
		{[]string{"100000010001844610000033"}, exitFailed, "没有可退款的已付订单"},
		{nil, exitConfig, ""},
	} {
		out, problems, exit := refund(c.args...)
		if exit != c.exit || !strings.Contains(out, c.out) {
			t.Errorf("refund %v: exit %d, %q, %s, want %d and %q", c.args, exit, out, problems, c.exit, c.out)
		}
	}
	if net := s.bank.Net(number); net != 1000 {
		t.Errorf("the payer is without %s, want 10.00", net)
	}
	number = sell() // another order: WeChat Pay wants a minute between two refunds of one
	out, problems, exit := refund(number, "--json")
	var last refundLine
	for line := range strings.Lines(out) {
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	if exit != exitOK || last.Refund == nil || last.Refund.Amount != 1250 || last.Refund.Phase != words.RefundDone || s.bank.Net(number) != 0 {
		t.Errorf("all of it: exit %d, %s, %+v", exit, problems, last)
	}
}
