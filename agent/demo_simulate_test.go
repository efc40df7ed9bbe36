//go:build demo

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"tillgate/agent/sim"
)

func TestSimulateRefusesNonsense(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		args []string
		want string
	}{
		{[]string{"--runs", "0"}, "at least one run"},
		{[]string{"--steps", "0"}, "at least one step"},
		{[]string{"--bug", "none-of-these"}, "print-first"},
		{[]string{"--json", "--bench"}, "either"},
		{[]string{"--seed", "-1"}, "invalid"},
	} {
		cmd := simulateCommand()
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		cmd.SetArgs(row.args)
		if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%v: %v, want %q", row.args, err, row.want)
		}
	}
}

func TestSimulateTells(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		run  simulation
		want string
		ok   bool
	}{
		{"one seed", simulation{Options: sim.Options{From: 7, Seeds: 1, Steps: 10}}, "1 seeds from 7 on kept every promise", true},
		{"json", simulation{Options: sim.Options{From: 7, Seeds: 2, Steps: 10}, json: true}, `"played":2`, true},
		{"bench", simulation{Options: sim.Options{From: 7, Seeds: 2, Steps: 10}, bench: true}, "bench sim.seeds_per_s ", true},
		{"a bug", simulation{Options: sim.Options{From: 1, Seeds: 50, Steps: 60, Bug: sim.PrintFirst}}, "--bug print-first", false},
		{"a bug while measuring", simulation{Options: sim.Options{From: 1, Seeds: 50, Steps: 60, Bug: sim.PrintFirst}, bench: true}, "promise 4", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			var out, progress bytes.Buffer
			if ok := row.run.play(t.Context(), t, &out, &progress); ok != row.ok || !strings.Contains(out.String(), row.want) {
				t.Errorf("ok is %v, told %s", ok, &out)
			}
		})
	}
}

// TestSimulateEndsItsProcess runs the command in a process of its own, because
// the way into fake time ends the process.
func TestSimulateEndsItsProcess(t *testing.T) {
	const env = "TILLGATE_SIMULATE"
	if args := os.Getenv(env); args != "" {
		os.Exit(execute(t.Context(), strings.Fields(args), os.Stdout, os.Stderr))
	}
	t.Parallel()
	for _, row := range []struct {
		args string
		code int
		want string
	}{
		{"simulate --seed 7 --steps 10", exitOK, "1 seeds from 7 on kept every promise"},
		{"simulate --runs 50 --bug print-first", exitFailed, "seed 1 broke what is promised"},
		{"simulate --runs 0", exitConfig, "at least one run"},
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestSimulateEndsItsProcess$")
		cmd.Env = append(os.Environ(), env+"="+row.args)
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		code := 0
		if errors.As(err, &exit) {
			code = exit.ExitCode()
		}
		if code != row.code || !strings.Contains(string(out), row.want) || strings.Contains(string(out), "PASS") {
			t.Errorf("%s: exit code %d\n%s", row.args, code, out)
		}
	}
}
