//go:build demo

package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tillgate/agent/pay/sandbox"
)

// command runs a command of this config, with what somebody types.
func (s *street) command(typed string, args ...string) (out, problems string, exit int) {
	var o, p bytes.Buffer
	root := rootCommand()
	root.SetArgs(append(args, "--config", s.cfg))
	root.SetIn(strings.NewReader(typed))
	exit = executeWith(s.t.Context(), root, &o, &p)
	return o.String(), p.String(), exit
}

// manager sets up the first manager, with a PIN.
func (s *street) manager(name, pin string) {
	s.t.Helper()
	out, problems, exit := s.command("", "staff", "first", name)
	_, link, _ := strings.Cut(out, "http")
	if link, _, _ = strings.Cut(link, "\n"); exit != exitOK {
		s.t.Fatalf("staff first: %s, %s", out, problems)
	}
	answer, err := http.PostForm("http"+link, url.Values{"pin": {pin}, "again": {pin}})
	if err != nil {
		s.t.Fatal(err)
	}
	answer.Body.Close()
}

// TestRefundCommand gives money back with the command, by the rules of the pages:
// without a supervisor, with a wrong PIN, a part, more than is left, the rest, and
// of an order that there is not.
func TestRefundCommand(t *testing.T) {
	t.Parallel()
	s := newProgram(t)
	run := s.command
	sell := func() string {
		out, problems, exit := run("", "pay", desk, "12.50", "--code", s.bank.NewCode(sandbox.Do("pays")))
		if exit != exitOK {
			t.Fatalf("pay: %d, %s, %s", exit, out, problems)
		}
		number, _, _ := strings.Cut(out[strings.LastIndex(out, " paid ")+len(" paid "):], "\n")
		return number
	}
	number := sell()
	if out, problems, exit := run("", "refund", number, "--reason", "r"); exit != exitFailed || !strings.Contains(problems, "(approval)") || !strings.Contains(problems, "tillgate staff first") {
		t.Errorf("before anybody works here: exit %d, %s, %s", exit, out, problems)
	}
	s.manager("王芳", "830174")
	for _, c := range []struct {
		typed string
		args  []string
		exit  int
		says  string
	}{
		{"", []string{number, "--amount", "2.50", "--reason", "r"}, exitFailed, "(approval)"},
		{"999999\n", []string{number, "--amount", "12.51", "--reason", "r", "--approver", "王芳"}, exitFailed, "(refund-high)"},
		{"830174\n", []string{number, "--amount", "2.50", "--reason", "少一份", "--approver", "王芳"}, exitOK, "退款成功"},
		{"830174\n", []string{number, "--amount", "2.50", "--approver", "王芳"}, exitFailed, "reason is missing"},
		{"", []string{number, "--amount", "0.001"}, exitConfig, "is not a sum in yuan"},
		{"", []string{"100000010001844610000033", "--reason", "r"}, exitFailed, "There is no such order"},
		{"", nil, exitConfig, ""},
	} {
		out, problems, exit := run(c.typed, append([]string{"refund"}, c.args...)...)
		if exit != c.exit || !strings.Contains(out+problems, c.says) {
			t.Errorf("refund %v: exit %d, %q, %s, want %d and %q", c.args, exit, out, problems, c.exit, c.says)
		}
	}
	if net := s.bank.Net(number); net != 1000 {
		t.Errorf("the payer is without %s, want 10.00", net)
	}
	number = sell() // another order: WeChat Pay wants a minute between two refunds of one
	out, problems, exit := run("830174\n", "refund", number, "--reason", "all", "--approver", "王芳", "--json")
	var last refundLine
	for line := range strings.Lines(out) {
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	}
	if exit != exitOK || last.Refund.Amount != 1250 || last.Refund.State != "done" || s.bank.Net(number) != 0 {
		t.Errorf("all of it: exit %d, %s, %+v", exit, problems, last)
	}
}
