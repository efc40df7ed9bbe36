package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"tillgate/agent/acceptance"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
)

func selftestCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "selftest", Short: "Find out whether this terminal does what it should"}
	cmd.AddCommand(acceptanceCommand())
	return cmd
}

// acceptanceFlags are what the script is played with.
type acceptanceFlags struct {
	path      string
	lane      string
	merchants []string
	clerk     string
	asJSON    bool
}

func acceptanceCommand() *cobra.Command {
	var f acceptanceFlags
	cmd := &cobra.Command{
		Use:   "acceptance",
		Short: "Play the acceptance script of the payment networks at one lane and print the result sheet",
		Long: "Plays what every network asks of a terminal: 0.02 yuan are paid, refunds of 0.03 and of more than is left are\n" +
			"refused on the device, the rest goes back, a slip's code leads to its order, and waiting and unknown results are told.\n\n" + acceptanceWhere,
		Example: "  tillgate selftest acceptance --config /etc/tillgate.toml --lane counter-1 --merchant shop-wechat --clerk 王芳\n" +
			"  tillgate selftest acceptance --json > sheet.json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			sheets, err := accept(cmd, f)
			if err != nil {
				return err
			}
			if f.asJSON {
				if err := writeJSON(cmd.OutOrStdout(), sheets); err != nil {
					return err
				}
			}
			for _, s := range sheets {
				if !s.Passed() {
					return fmt.Errorf("%s has not passed", s.Merchant)
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&f.path, "config", acceptanceConfig, "the config file")
	cmd.Flags().StringVar(&f.lane, "lane", "", "the lane to play at; empty: the first")
	cmd.Flags().StringSliceVar(&f.merchants, "merchant", nil, "the merchants to accept; empty: all")
	cmd.Flags().StringVar(&f.clerk, "clerk", "", "who types the amounts, where people are set up to sign in; asks for the PIN")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print the sheets for a program")
	return cmd
}

func writeJSON(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(v)
}

// acceptLive plays the script with real people, at the lane's own devices and in
// its own journal: what is paid is on record, and goes back.
func acceptLive(cmd *cobra.Command, f acceptanceFlags) ([]*acceptance.Sheet, error) {
	cfg, err := loadConfig(f.path, allowLoopback)
	if err != nil {
		return nil, usage(err)
	}
	if body, err := ask(cmd.Context(), cfg.Terminal.Run, "/left"); err == nil {
		body.Close()
		return nil, errors.New("the agent is running and has the devices; stop it first (systemctl stop tillgate)")
	} else if !errors.Is(err, errNoAgent) {
		return nil, err
	}
	lane, names, err := f.at(cfg)
	if err != nil {
		return nil, usage(err)
	}
	var sheets []*acceptance.Sheet
	ask := newPrompt(cmd.InOrStdin(), cmd.ErrOrStderr())
	who := typist{name: f.clerk}
	if who.name != "" {
		pin, err := ask.secret("PIN " + who.name)
		if err != nil {
			return nil, err
		}
		who.pin = pay.Secret(pin)
	}
	people := newCustomers(ask.lines, cmd.ErrOrStderr())
	for _, name := range names {
		one := cfg.only(lane, name)
		if !f.asJSON {
			m := cfg.merchant(name)
			sheet := acceptance.Sheet{Merchant: name, Network: m.Network, Codes: m.offer(byCode), QR: m.offer(byQR)}
			fmt.Fprintf(cmd.OutOrStdout(), "%s\n", sheet.Head())
		}
		sheet, err := acceptOne(cmd.Context(), one, logger(io.Discard, slog.LevelError), &extras{scans: people.hear}, who, people.at, f.told(cmd))
		if err != nil {
			return nil, err
		}
		if !f.asJSON {
			fmt.Fprintln(cmd.OutOrStdout(), sheet.Foot())
		}
		sheets = append(sheets, sheet)
	}
	return sheets, nil
}

// told writes each step as it ends, and where it goes to a program nothing.
func (f acceptanceFlags) told(cmd *cobra.Command) func(acceptance.Step) {
	if f.asJSON {
		return nil
	}
	no := 0
	return func(s acceptance.Step) {
		no++
		fmt.Fprint(cmd.OutOrStdout(), s.Line(no))
	}
}

// at is where the script is played, and for whom.
func (f acceptanceFlags) at(cfg *config) (lane *laneConfig, merchants []string, err error) {
	if i := slices.IndexFunc(cfg.Lanes, func(l laneConfig) bool { return l.Name == f.lane }); i >= 0 {
		lane = &cfg.Lanes[i]
	} else if f.lane == "" {
		lane = &cfg.Lanes[0] // a config without one is refused
	} else {
		return nil, nil, fmt.Errorf("--lane %s is no lane of %s", f.lane, cfg.File)
	}
	if len(f.merchants) == 0 {
		return lane, lane.Merchants, nil
	}
	for _, name := range f.merchants {
		if cfg.merchant(name) == nil {
			return nil, nil, fmt.Errorf("--merchant %s is no merchant of %s; %s", name, cfg.File, nearest(name, configCheck{config: cfg}.merchantNames()))
		}
	}
	return lane, f.merchants, nil
}

// only is the config with one lane, where one merchant takes all it can, and
// without a cloud: the journal is sent when the agent runs again.
func (c *config) only(lane *laneConfig, merchant string) *config {
	one := *c
	l := *lane
	l.Merchants, l.QR = []string{merchant}, "ask"
	one.Lanes, one.Cloud = []laneConfig{l}, cloudConfig{}
	if one.Console.locked() { // amounts are typed at its page, from this very machine
		one.Console = consoleConfig{place: c.Console.place, Listen: "127.0.0.1:0"}
	}
	return &one
}

// acceptOne plays the script for the one merchant of a config's one lane.
func acceptOne(ctx context.Context, cfg *config, log *slog.Logger, x *extras, who typist, people func(*flow.Lane) acceptance.People, told func(acceptance.Step)) (*acceptance.Sheet, error) {
	kept, log := keepLog(cfg, log)
	defer kept.Close()
	a, err := build(ctx, cfg, log, kept, x)
	if err != nil {
		return nil, err
	}
	var sheet *acceptance.Sheet
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.run(ctx) })
	group.Go(func() error {
		defer stop()
		who.page = "http://" + a.page.Addr().String()
		if err := who.begins(ctx, a.desk.Staffed()); err != nil {
			return err
		}
		plan := planOf(cfg, &cfg.Lanes[0])
		plan.Type = func(ctx context.Context, yuan string) (string, error) { return who.types(ctx, plan.Lane, yuan) }
		sheet = acceptance.Run(ctx, plan, a.lanes[0], people(a.lanes[0]), told)
		return nil
	})
	return sheet, group.Wait()
}

// planOf is what a lane with one merchant is accepted for.
func planOf(cfg *config, l *laneConfig) acceptance.Plan {
	m := cfg.merchant(l.Merchants[0])
	route := cfg.route(l, nil)
	mode := []string{}
	for _, word := range []string{m.Mode, m.CodeAPI} {
		if word != "" {
			mode = append(mode, word)
		}
	}
	plan := acceptance.Plan{Lane: l.Name, Merchant: m.Name, Network: m.Network, Mode: strings.Join(mode, ", "), Mute: networks[m.Network].mute}
	if len(route.Merchant) > 0 {
		plan.Codes = m.offer(byCode)
	}
	if len(route.QR) > 0 {
		plan.QR = m.offer(byQR)
	}
	return plan
}
