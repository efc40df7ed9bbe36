package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"

	"github.com/spf13/cobra"

	"tillgate/agent/clock"
	"tillgate/store"
	"tillgate/store/entry"
)

const configDefault = "/etc/tillgate.toml"

// configArg accepts one optional argument, the config's path. More are a mistake in
// the command line.
func configArg(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usage(fmt.Errorf("one config file at most, got %d", len(args)))
	}
	return nil
}

func runCommand() *cobra.Command {
	var path string
	var level slog.Level
	cmd := &cobra.Command{
		Use:     "run",
		Short:   "Run the agent until it is told to stop",
		Example: "  tillgate run --config /etc/tillgate.toml\n  tillgate run --log-level debug",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(path, allowLoopback)
			if err != nil {
				return usage(err)
			}
			log := logger(cmd.ErrOrStderr(), level)
			slog.SetDefault(withoutSecrets(cfg, log)) // what libraries print of their own
			return run(cmd.Context(), cfg, log, nil)
		},
	}
	cmd.Flags().StringVar(&path, "config", configDefault, "the config file")
	cmd.Flags().TextVar(&level, "log-level", slog.LevelInfo, "debug, info, warn or error")
	return cmd
}

func configCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Work with the config file"}
	cmd.AddCommand(configCheckCommand())
	return cmd
}

func configCheckCommand() *cobra.Command {
	var effective bool
	cmd := &cobra.Command{
		Use:     "check [FILE]",
		Short:   "Say what is wrong in a config, where, and what was expected; exit code 2 if anything is",
		Example: "  tillgate config check /etc/tillgate.toml\n  tillgate config check --effective   # and which merchant takes which wallet on each lane",
		Args:    configArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			path := configDefault
			if len(args) == 1 {
				path = args[0]
			}
			cfg, err := loadConfig(path, allowLoopback)
			if err != nil {
				return usage(err)
			}
			if _, err := makeDevices(cfg, checkedMakers()); err != nil {
				return usage(err)
			}
			open, err := readLeft(cmd.Context(), cfg)
			if err != nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "the journal was not looked at for merchants that are still needed: %v\n", err)
			}
			if err := cfg.checkLeft(open); err != nil {
				return usage(err)
			}
			if effective {
				cfg.explain(cmd.OutOrStdout())
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is right: %d lanes, %d devices, %d merchants\n", path, len(cfg.Lanes), len(cfg.Devices), len(cfg.Merchants))
			if err := cfg.checkSecrets(); err != nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "secrets that cannot be read from here, without which run does not start:\n%v\n", err)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&effective, "effective", false, "print which merchant takes which wallet on each lane")
	return cmd
}

func verifyCommand() *cobra.Command {
	var path string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "verify",
		Short:   "Check the whole journal: file, chain of hashes, summaries; print the last head that the cloud acknowledged",
		Example: "  tillgate verify --config /etc/tillgate.toml\n  tillgate verify --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(path, allowLoopback)
			if err != nil {
				return usage(err)
			}
			report, err := verify(cmd.Context(), cfg, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return printReport(cmd.OutOrStdout(), report, asJSON)
		},
	}
	cmd.Flags().StringVar(&path, "config", configDefault, "the config file")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the report for a program")
	return cmd
}

// errNoJournal is before the first start.
var errNoJournal = errors.New("there is no journal yet: no agent has run with this config")

// openIdle opens the journal, which no agent has open now. It makes none.
func openIdle(ctx context.Context, cfg *config) (*store.Store, error) {
	options := storeOptions(cfg, clock.New(clock.Options{}), nil)
	if files, err := filepath.Glob(options.Path + "*"); err == nil && len(files) == 0 {
		return nil, fmt.Errorf("%s: %w", options.Path, errNoJournal)
	}
	return store.Open(ctx, options)
}

// verify asks the running agent, or opens the database itself when none runs.
func verify(ctx context.Context, cfg *config, progress io.Writer) (store.Report, error) {
	body, err := ask(ctx, cfg.Terminal.Run, "/verify")
	if errors.Is(err, errNoAgent) {
		s, err := openIdle(ctx, cfg)
		if err != nil {
			return store.Report{}, err
		}
		defer s.Close()
		return s.Verify(ctx, func(done, total int64) { showProgress(progress, done, total) })
	} else if err != nil {
		return store.Report{}, err
	}
	defer body.Close()
	for in := json.NewDecoder(body); ; {
		var l line
		if err := in.Decode(&l); err != nil {
			return store.Report{}, fmt.Errorf("the agent stopped answering: %w", err)
		}
		switch {
		case l.Error != "":
			return store.Report{}, errors.New(l.Error)
		case l.Report != nil:
			return *l.Report, nil
		}
		showProgress(progress, l.Done, l.Total)
	}
}

func showProgress(w io.Writer, done, total int64) {
	if total > 0 {
		fmt.Fprintf(w, "\rchecked %d of %d", done, total)
		if done == total {
			fmt.Fprintln(w)
		}
	}
}

func exportCommand() *cobra.Command {
	var path string
	var from, to int64
	cmd := &cobra.Command{
		Use:     "export",
		Short:   "Write the journal as JSON lines; never a payment code, a key or an erased field",
		Example: "  tillgate export --config /etc/tillgate.toml --from 1 > journal.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(path, allowLoopback)
			if err != nil {
				return usage(err)
			}
			return export(cmd.Context(), cfg, cmd.OutOrStdout(), entry.Seq(from), entry.Seq(to))
		},
	}
	cmd.Flags().StringVar(&path, "config", configDefault, "the config file")
	cmd.Flags().Int64Var(&from, "from", 1, "first entry")
	cmd.Flags().Int64Var(&to, "to", 0, "last entry; 0 is the newest")
	return cmd
}

func export(ctx context.Context, cfg *config, w io.Writer, from, to entry.Seq) error {
	body, err := ask(ctx, cfg.Terminal.Run, fmt.Sprintf("/export?from=%d&to=%d", from, to))
	if errors.Is(err, errNoAgent) {
		s, err := openIdle(ctx, cfg)
		if err != nil {
			return err
		}
		defer s.Close()
		to, err := takenAway(ctx, s, from, to)
		if err != nil {
			return err
		}
		return s.Export(ctx, w, from, to, nil)
	} else if err != nil {
		return err
	}
	defer body.Close()
	if _, err := io.Copy(w, body); err != nil {
		return fmt.Errorf("the export broke off, what was written is not whole: %w", err)
	}
	return nil
}
