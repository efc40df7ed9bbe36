//go:build demo

package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tillgate/agent/api/client"
	"tillgate/agent/pay/sandbox"
)

// TestDepositApprovals: what goes back to a guest takes a supervisor, who types a
// PIN at the command: the rest that goes with a last capture, a refund of what was
// captured, and a release. Nothing moves without one, or by somebody unknown.
func TestDepositApprovals(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	s.toml = demoConfig
	s.listen(t)
	s.start(0)
	cfg, err := loadConfig(s.cfg, true)
	if err != nil {
		t.Fatal(err)
	}
	untilSocket(t, cfg)
	s.manager("王芳", "830174")
	for _, json := range []bool{false, true} {
		t.Run(fmt.Sprintf("json %t", json), func(t *testing.T) { s.approves(json) })
	}
}

// approves has a deposit held, captured for the last time, refunded in part, and
// another one released.
func (s *street) approves(asJSON bool) {
	first, second := s.holds(), s.holds()
	for _, c := range []struct {
		typed, args string
		exit        int
		says        string
		first       sandbox.Totals
	}{
		{"", "capture " + first + " 88.50 --last --reason r", exitFailed, "(approval)", sandbox.Totals{Held: 30000, Left: 30000}},
		{"830174\n", "capture " + first + " 88.50 --last --reason r --approver " + first, exitFailed, "(name-or-pin)", sandbox.Totals{Held: 30000, Left: 30000}},
		{"830174\n", "capture " + first + " 88.50 --reason r --approver 王芳", exitConfig, "--last", sandbox.Totals{Held: 30000, Left: 30000}},
		{"830174\n", "capture " + first + " 88.50 --last --reason breakfast --approver 王芳", exitOK, "消费成功", sandbox.Totals{Held: 30000, Captured: 8850, Released: 21150}},
		{"", "refund " + first + " 10.00 --reason egg", exitFailed, "(approval)", sandbox.Totals{Held: 30000, Captured: 8850, Released: 21150}},
		{"830174\n", "refund " + first + " 10.00 --reason egg --approver 王芳", exitOK, "refund " + first + "01", sandbox.Totals{Held: 30000, Captured: 8850, Released: 21150}},
		{"", "release " + second + " --reason leaves", exitFailed, "(approval)", sandbox.Totals{}},
		{"830174\n", "release " + second + " --reason leaves --approver 王芳", exitOK, "released 300.00", sandbox.Totals{}},
	} {
		args := append([]string{"deposit"}, strings.Fields(c.args)...)
		if asJSON {
			args = append(args, "--json")
		}
		out, problems, exit := s.command(c.typed, args...)
		said := out + problems
		if asJSON {
			said = problems + s.lines(out)
		}
		if exit != c.exit || !strings.Contains(said, c.says) {
			s.t.Errorf("%s: exit %d, %s, want %d and %q", c.args, exit, said, c.exit, c.says)
		}
		if c.first != (sandbox.Totals{}) && s.bank.Totals(first) != c.first {
			s.t.Errorf("%s: the network has %+v, want %+v", c.args, s.bank.Totals(first), c.first)
		}
	}
	if got := s.bank.Totals(second); got.Released != 30000 || got.Left != 0 {
		s.t.Errorf("the second guest's deposit is %+v at the network, want all of it released", got)
	}
}

// holds has 300.00 held of a guest with Alipay, and returns the deposit's number.
func (s *street) holds() string {
	s.t.Helper()
	code := s.bank.NewWalletCode(sandbox.Alipay, sandbox.Do(sandbox.Pays))
	out, problems, exit := s.command("", "deposit", "hold", hotelDesk, "300.00", "--code", code)
	_, number, held := strings.Cut(out, " held ")
	if number, _, _ = strings.Cut(number, "\n"); exit != exitOK || !held {
		s.t.Fatalf("hold: exit %d, %s, %s", exit, out, problems)
	}
	return number
}

// lines are what a command printed for a program: each line is a deposit, or what
// has to be approved. They come back as people would read them.
func (s *street) lines(out string) (said string) {
	s.t.Helper()
	for line := range strings.Lines(out) {
		var a approvalLine
		var d client.Deposit
		err := json.Unmarshal([]byte(line), &a)
		switch {
		case err == nil && a.Approval != nil && a.Approval.Request != "" && a.Approval.People > 0:
			said += "(approval)"
		case err == nil:
			if err = json.Unmarshal([]byte(line), &d); err == nil && d.Key != 0 {
				var people strings.Builder
				printDeposit(&people, d, false)
				said += people.String()
				continue
			}
			fallthrough
		default:
			s.t.Errorf("%q is no line of a deposit: %v", line, err)
		}
	}
	return said
}
