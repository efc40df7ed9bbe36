package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tillgate/agent/ring"
)

func eventsCommand() *cobra.Command {
	var path string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "events",
		Short:   "Print what happened lately, also before the last start; the agent may run or not",
		Example: "  tillgate events --config /etc/tillgate.toml\n  tillgate events --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(path, allowLoopback)
			if err != nil {
				return usage(err)
			}
			lines, err := ring.Read(cfg.Terminal.Data)
			if err != nil {
				return fmt.Errorf("read the last events: %w", err)
			}
			return printEvents(cmd.OutOrStdout(), lines, asJSON)
		},
	}
	cmd.Flags().StringVar(&path, "config", configDefault, "the config file")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one object a line for a program")
	return cmd
}

func printEvents(w io.Writer, lines []ring.Line, asJSON bool) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, l := range lines {
		var err error
		if asJSON {
			err = out.Encode(l)
		} else {
			_, err = fmt.Fprintf(w, "%s  %-5s  %-12s  %s\n", l.At.Local().Format("2006-01-02 15:04:05.000"), l.Level, l.From, l.Text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
