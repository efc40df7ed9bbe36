//go:build demo

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"tillgate/agent/sim"
)

// simulation is what the command line wants of the simulator.
type simulation struct {
	sim.Options
	bug, scene  string
	json, bench bool
}

func simulateCommand() *cobra.Command {
	var s simulation
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Play lives of a shop against faults in everything; exit code 1 when a promise is broken",
		Long: "Play lives of a shop of two lanes, one seed a life: real machines, store, payment client and uplink in fake time,\n" +
			"against faults in network, disk, power, broker, devices, clock and people. One seed tells its story; of many, the\n" +
			"first that breaks a promise does. A seed always plays the same. The scene \"hotel\" is two desks that take deposits.\n\n" +
			"Bugs that can be put in to see whether they are found: " + strings.Join(bugNames(), " ") + ".",
		Example: "  tillgate-demo simulate --seed 7\n  tillgate-demo simulate --seed 1 --runs 2000\n" +
			"  tillgate-demo simulate --scene hotel --runs 200\n  tillgate-demo simulate --runs 100 --bug print-first",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.check(); err != nil {
				return usage(err)
			}
			out, progress := cmd.OutOrStdout(), cmd.ErrOrStderr()
			inTest(func(t *testing.T) {
				if !s.play(cmd.Context(), t, out, progress) {
					t.Fail()
				}
			})
			return nil
		},
	}
	flags := cmd.Flags()
	flags.Uint64Var(&s.From, "seed", 1, "the first seed")
	flags.IntVar(&s.Seeds, "runs", 1, "how many seeds")
	flags.IntVar(&s.Steps, "steps", sim.Steps, "how many things happen in a life before everything is mended")
	flags.StringVar(&s.scene, "scene", "", "what is played: "+strings.Join(sim.Scenes(), " or ")+" (default shop, or where the bug is found)")
	flags.StringVar(&s.bug, "bug", "", "put a bug in")
	flags.BoolVar(&s.json, "json", false, "tell a program")
	flags.BoolVar(&s.bench, "bench", false, "tell how fast it is, nothing else")
	return cmd
}

func allBugs() []sim.Bug { return slices.Concat(sim.Bugs, sim.HoldBugs) }

func bugNames() (names []string) {
	for _, b := range allBugs() {
		names = append(names, string(b))
	}
	return names
}

func (s *simulation) check() error {
	s.Bug = sim.Bug(s.bug)
	scene, known := sim.SceneOf(s.scene)
	if s.Scene = scene; s.scene == "" {
		s.Scene = s.Bug.Scene()
	}
	switch {
	case !known:
		return fmt.Errorf("no scene is called %q; there are %s", s.scene, strings.Join(sim.Scenes(), " and "))
	case s.Seeds < 1:
		return fmt.Errorf("at least one run, got %d", s.Seeds)
	case s.Steps < 1:
		return fmt.Errorf("at least one step, got %d", s.Steps)
	case s.bug != "" && !slices.Contains(allBugs(), s.Bug):
		return fmt.Errorf("no bug is called %q; there are %s", s.bug, strings.Join(bugNames(), ", "))
	case s.json && s.bench:
		return errors.New("either --json or --bench")
	}
	return nil
}

// progressEvery is how often a long run says that it goes on.
const progressEvery = 5 * time.Second

// play plays and tells; false when a promise was broken.
func (s *simulation) play(ctx context.Context, t *testing.T, out, progress io.Writer) bool {
	told := time.Duration(0)
	report := sim.Simulate(ctx, t, s.Options, func(r sim.Report) {
		if r.Took-told > progressEvery {
			told = r.Took
			fmt.Fprintf(progress, "%d of %d seeds, %.1f a second\n", r.Played, s.Seeds, r.PerSecond())
		}
	})
	var err error
	switch {
	case s.bench && report.Failed == nil:
		_, err = fmt.Fprintf(out, "bench sim.seeds_per_s %.1f seeds/s\n", report.PerSecond())
	case s.json:
		err = report.WriteJSON(out)
	default:
		err = report.WriteText(out)
	}
	if err != nil {
		fmt.Fprintln(progress, "tillgate:", err)
	}
	return report.OK() && err == nil
}

// inTest runs what needs a test around it, because that is the only way into a
// bubble of fake time, and ends the process: with 0, or 1 when the test failed.
// What the testing package itself would print is of no interest here.
func inTest(f func(*testing.T)) {
	if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
		os.Stdout = null
	}
	all := func(string, string) (bool, error) { return true, nil }
	testing.Main(all, []testing.InternalTest{{Name: "simulate", F: f}}, nil, nil)
}
