//go:build demo

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"tillgate/agent/flow"
)

// allowLoopback lets networks and brokers be stand-ins on this machine.
const allowLoopback = true

func demoCommands() []*cobra.Command {
	return []*cobra.Command{demoCommand(), sandboxCommand(), simulateCommand()}
}

// visitsMax bounds the visits; an emulated board takes its time.
const visitsMax = 4 * time.Minute

func demoCommand() *cobra.Command {
	var once bool
	var out, page string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Play visits to a counter, a parking exit and a hotel's desk on this machine, then stay up with its pages",
		Example: "  tillgate demo\n" +
			"  tillgate demo --once --out build/demo   # leave after the visits: 0 when all were paid, recorded and acknowledged",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if once && !cmd.Flags().Changed("page") {
				page = "127.0.0.1:0"
			}
			return demo(cmd.Context(), cmd.OutOrStdout(), out, page, once)
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "leave after the visits")
	cmd.Flags().StringVar(&out, "out", "build/demo", "folder for slips, transcript, config and journal; those of the last demo are removed")
	cmd.Flags().StringVar(&page, "page", listenDefault, "where the page is")
	return cmd
}

// demo opens a shop, runs the agent in it and plays the visits.
func demo(ctx context.Context, out io.Writer, dir, page string, once bool) (err error) {
	dir, err = emptyFolder(dir)
	if err != nil {
		return err
	}
	t, err := newTeller(out, filepath.Join(dir, "transcript.jsonl"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	logFile, err := os.Create(filepath.Join(dir, "agent.log"))
	if err != nil {
		return err
	}
	defer logFile.Close()
	log := slog.New(slog.NewTextHandler(logFile, nil))
	s, err := openShop(ctx, dir, t, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	cfg, err := s.config(page)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "A counter, a parking exit and a hotel's desk, all of it on this machine:\n"+
		"  WeChat Pay, Alipay, ChinaUMS and Cloud Pay are a strict sandbox at https://%s,\n"+
		"  the cloud a broker at %s\n"+
		"  config, slips, log and transcript are in %s\n", s.pay.Addr(), s.brokerURL, shortPath(dir))
	return s.live(ctx, cfg, once)
}

var errOver = errors.New("the visits are over")

// live runs shop, agent and visits together. Whoever ends first ends all.
func (s *shop) live(ctx context.Context, cfg *config, once bool) error {
	group, ctx := errgroup.WithContext(ctx)
	up := make(chan *agent, 1)
	group.Go(func() error { return s.run(ctx) })
	group.Go(func() error {
		return run(ctx, cfg, s.log, &extras{
			makers: s.makers(), customers: s.customers(ctx), started: func(a *agent) { s.agent.Store(a); up <- a },
			journal: func(j flow.Journal) flow.Journal { return narrated{j, s} },
		})
	})
	group.Go(func() error {
		var a *agent
		select {
		case a = <-up:
		case <-ctx.Done():
			return nil
		}
		group.Go(func() error { return s.narrate(ctx, a) })
		group.Go(func() error { return s.drive(ctx, a) })
		visits, cancel := context.WithTimeout(ctx, visitsMax)
		defer cancel()
		if err := s.visits(visits, a); err != nil {
			return fmt.Errorf("the demo's visits: %w", err)
		}
		if once {
			return errOver
		}
		s.title(fmt.Sprintf("The shop stays open: http://%s  (Ctrl-C closes it)", a.page.Addr()))
		return nil
	})
	if err := group.Wait(); !errors.Is(err, errOver) {
		return err
	}
	return nil
}

// checkedMakers are the drivers by which config check judges: also those of the
// demo's own config.
func checkedMakers() makers { return *new(shop).makers() }

// emptyFolder makes the folder and removes what the last demo left in it. It leaves
// one alone that still runs.
func emptyFolder(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if running, err := net.Dial("unix", filepath.Join(dir, "run", "agent.sock")); err == nil {
		running.Close()
		return "", fmt.Errorf("a demo still runs in %s: stop it first, or name another folder with --out", dir)
	}
	old, err := filepath.Glob(filepath.Join(dir, "*-*.png"))
	for _, name := range []string{"data", "keys", "dev", "run", "demo.toml", "transcript.jsonl", "agent.log"} {
		old = append(old, filepath.Join(dir, name))
	}
	for _, path := range old {
		err = errors.Join(err, os.RemoveAll(path))
	}
	if err := errors.Join(err, os.MkdirAll(filepath.Join(dir, "data"), 0o755)); err != nil {
		return "", fmt.Errorf("folder of the demo: %w", err)
	}
	return dir, nil
}
