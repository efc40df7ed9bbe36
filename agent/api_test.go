//go:build demo

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tillgate/agent/pay/sandbox"
)

const programToken = "till-token-of-the-street-0123456789"

// newProgram is a street whose agent takes a program's orders, at one address.
func newProgram(t *testing.T) *street {
	t.Helper()
	s := newStreet(t)
	s.listen(t)
	token := filepath.Join(t.TempDir(), "token")
	text, err := os.ReadFile(s.cfg)
	if err == nil {
		err = os.WriteFile(token, []byte(programToken), 0o600)
	}
	if err == nil {
		err = os.WriteFile(s.cfg, append(text, "\n[[integrator]]\nname = \"till\"\ntoken = \"file:"+token+"\"\nrights = [\"sell\", \"read\", \"refund\"]\n"...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.start(0)
	return s
}

// TestPayCommand sells with the command, is refused, and finds the order again.
func TestPayCommand(t *testing.T) {
	t.Parallel()
	s := newProgram(t)
	run := func(args ...string) (out, problems string, exit int) {
		var o, p bytes.Buffer
		exit = execute(t.Context(), append(args, "--config", s.cfg), &o, &p)
		return o.String(), p.String(), exit
	}
	out, problems, exit := run("pay", desk, "12.50", "--title", "Parking", "--code", s.bank.NewCode(sandbox.Do("pays")))
	if exit != exitOK || !strings.Contains(out, desk+" 12.50 paid ") || !strings.Contains(out, "付款成功") {
		t.Fatalf("pay: exit %d, %s, %s", exit, out, problems)
	}
	last := out[strings.LastIndex(out, " paid ")+len(" paid "):]
	number, _, _ := strings.Cut(last, "\n")
	if net := s.bank.Net(number); net != 1250 {
		t.Errorf("the payer is without %s, want 12.50", net)
	}
	if out, problems, exit := run("order", number, "--json"); exit != exitOK || !strings.Contains(out, `"state":"paid"`) || !strings.Contains(out, number) {
		t.Errorf("order: exit %d, %s, %s", exit, out, problems)
	}
	for _, c := range []struct {
		args []string
		exit int
		says string
	}{
		{[]string{"order", "100000010001844610000033"}, exitFailed, "There is no such order"},
		{[]string{"pay", "counter-9", "1.00"}, exitFailed, "There is no such lane"},
		{[]string{"pay", desk, "0.001"}, exitConfig, "is not a sum in yuan"},
		{[]string{"pay", desk}, exitConfig, "expected a lane and an amount"},
	} {
		if _, problems, exit := run(c.args...); exit != c.exit || !strings.Contains(problems, c.says) {
			t.Errorf("%v: exit %d, %s", c.args, exit, problems)
		}
	}
}

// TestTheReadmesProgram runs the integrator's example as it is printed.
func TestTheReadmesProgram(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, from, _ := strings.Cut(string(readme), "\n## Drive it from a program\n")
	_, from, found := strings.Cut(from, "\n```go\n")
	text, _, whole := strings.Cut(from, "\n```\n")
	if !found || !whole || strings.Count(text, "\n") > 40 {
		t.Fatalf("the README has no program of about 30 lines: %s", text)
	}
	file := filepath.Join(t.TempDir(), "sell.go")
	if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newProgram(t)
	sell := exec.CommandContext(t.Context(), "go", "run", file, desk, s.bank.NewCode(sandbox.Do("pays")))
	sell.Env = append(os.Environ(), "TILLGATE=http://"+s.page, "TOKEN="+programToken)
	out, err := sell.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "12.50 yuan: paid") || !strings.Contains(string(out), "Received and booked") {
		t.Errorf("it says %s, %v", out, err)
	}
	if _, theirs, net := s.books(); len(theirs) != 1 || net != 1250 {
		t.Errorf("%d payments of %s in all", len(theirs), net)
	}
}
