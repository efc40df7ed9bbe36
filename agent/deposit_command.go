package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"tillgate/agent/api"
	"tillgate/agent/api/client"
	"tillgate/agent/words"
	"tillgate/store/money"
)

// depositWish is what all the deposit commands may be told.
type depositWish struct {
	path, key string
	asJSON    bool
}

func (w *depositWish) flags(cmd *cobra.Command, keyed bool) {
	cmd.Flags().StringVar(&w.path, "config", configDefault, "the config file")
	cmd.Flags().BoolVar(&w.asJSON, "json", false, "print each state for a program")
	if keyed {
		cmd.Flags().StringVar(&w.key, "key", rand.Text(), "the same key is the same wish")
		cmd.Flag("key").DefValue = "a new one"
	}
}

// program is the config's program that has a right on a lane.
func (w *depositWish) program(right api.Right, lane string) (*client.Client, error) {
	cfg, err := loadConfig(w.path, allowLoopback)
	if err != nil {
		return nil, usage(err)
	}
	return cfg.program(right, lane)
}

func depositCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "deposit",
		Short: "Take, capture, release and find deposits",
		Long: "A deposit is an amount that a network holds for a guest until a part of it is captured or it is released. The running agent\n" +
			"answers over its local API, for which the config names an [[integrator]] with the rights sell, capture, release, refund and read.\n" +
			"Leaving a command ends nothing; with the same --key it goes on with the same wish.",
		Example: "  tillgate deposit hold desk-1 300.00 --room 1208\n" +
			"  tillgate deposit capture 100000010001921770000108 88.50 --reason breakfast\n" +
			"  tillgate deposit release 100000010001921770000108 --reason check-out\n" +
			"  tillgate deposit find --room 1208",
	}
	cmd.AddCommand(holdCommand(), moveCommand("capture"), moveCommand("release"), findCommand(), takeOverCommand(), dropCommand(), refundOfCommand(), reprintCommand())
	return cmd
}

func holdCommand() *cobra.Command {
	var w depositWish
	var want client.Hold
	cmd := &cobra.Command{
		Use:     "hold LANE AMOUNT",
		Short:   "Have a network hold so many yuan of a guest's, and follow it until they are held or not",
		Long:    "Without --code and --qr the lane waits for the guest's payment code to be scanned there.",
		Example: "  tillgate deposit hold desk-1 300.00 --room 1208\n  tillgate deposit hold desk-1 300.00 --room 1208 --qr",
		Args:    twoArgs("a lane and an amount in yuan, such as: tillgate deposit hold desk-1 300.00"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			want.Lane = args[0]
			if want.Amount, err = yuan(args[1]); err != nil {
				return err
			}
			program, err := w.program(api.Sell, want.Lane)
			if err != nil {
				return err
			}
			began, err := program.Hold(cmd.Context(), w.key, want)
			if err != nil {
				return err
			}
			if began.Tell != nil && !w.asJSON {
				fmt.Fprintf(cmd.OutOrStdout(), "%s\n%s\n", began.Tell.Zh, began.Tell.En)
			}
			return w.held(cmd.Context(), program, began.Deposit, cmd.OutOrStdout())
		},
	}
	w.flags(cmd, true)
	cmd.Flags().StringVar(&want.Room, "room", "", "the guest's room, as the slip says it")
	cmd.Flags().StringVar(&want.Code, "code", "", "the guest's payment code, where it has been scanned already")
	cmd.Flags().BoolVar(&want.QR, "qr", false, "show a QR code")
	cmd.Flags().StringVar(&want.Title, "title", "", "what it is for, as the guest reads it")
	cmd.Flags().StringVar(&want.Ref, "ref", "", "your own number for it")
	cmd.Flags().StringVar(&want.Staff, "staff", "", "who takes it, by name")
	cmd.MarkFlagsMutuallyExclusive("code", "qr")
	return cmd
}

// held follows a deposit until it is held, or is not.
func (w *depositWish) held(ctx context.Context, program *client.Client, d client.Deposit, out io.Writer) error {
	if d.Key == 0 {
		printDeposit(out, d, w.asJSON)
		return nil // the lane waits for the guest; its screen tells the rest
	}
	end, err := w.follow(ctx, program, d, out)
	switch {
	case err != nil:
		return err
	case end.State != "held":
		return errors.New("nothing is held")
	}
	return nil
}

// follow prints each state that a deposit comes to.
func (w *depositWish) follow(ctx context.Context, program *client.Client, d client.Deposit, out io.Writer) (client.Deposit, error) {
	tell := func(d client.Deposit) { printDeposit(out, d, w.asJSON) }
	tell(d)
	end, err := program.WaitDepositFinal(ctx, d, tell)
	if err != nil {
		return end, fmt.Errorf("deposit %s is not followed any more; it goes on without this command: %w", d.Number, err)
	}
	return end, nil
}

// takesApproval is how the commands that give money back say who approves it.
const takesApproval = "by the rules of a refund: with\n" +
	"--approver the supervisor's PIN, else the eight digits of one who is elsewhere, are read from the standard input."

// moveCommand is the command that captures, or the one that releases.
func moveCommand(what string) *cobra.Command {
	var w depositWish
	var want client.Move
	var super supervisor
	var sum string
	capture := what == words.MoveCapture
	cmd := &cobra.Command{RunE: func(cmd *cobra.Command, args []string) (err error) {
		if capture {
			sum = args[1]
		}
		if sum != "" {
			if want.Amount, err = yuan(sum); err != nil {
				return err
			}
		}
		if capture && super.name != "" && !want.Last {
			return usage(errors.New("--approver is of what goes back to the guest: a capture has it with --last"))
		}
		super.at(cmd, w.asJSON)
		return w.move(cmd.Context(), what, args[0], want, super)
	}}
	w.flags(cmd, true)
	cmd.Flags().StringVar(&want.Lane, "lane", "", "where; empty: the deposit's lane, or where that has gone one that takes deposits")
	cmd.Flags().StringVar(&want.Reason, "reason", "", "why, as the slip says it")
	cmd.Flags().StringVar(&want.Staff, "staff", "", "who asks for it, by name")
	super.flags(cmd)
	if capture {
		cmd.Use, cmd.Args = "capture NUMBER AMOUNT", twoArgs("a deposit's number and an amount in yuan, such as: tillgate deposit capture 100000010001921770000108 88.50")
		cmd.Short = "Take a part of a deposit, or all of it, for the shop"
		cmd.Long = "NUMBER is what the slip's barcode says, or the wallet's voucher. For WeChat Pay it is final: the rest goes back to the guest.\n" +
			"Elsewhere --last gives the rest back, " + takesApproval
		cmd.Example = "  tillgate deposit capture 100000010001921770000108 88.50 --reason breakfast --last"
		cmd.Flags().BoolVar(&want.Last, "last", false, "give the rest back to the guest with it")
		return cmd
	}
	cmd.Use, cmd.Args = "release NUMBER", exactly("a deposit's number")
	cmd.Short = "Give what is held back to the guest, all that is left or a part"
	cmd.Long = "NUMBER is what the slip's barcode says, or the wallet's voucher. What goes back takes a supervisor's approval, " + takesApproval
	cmd.Example = "  tillgate deposit release 100000010001921770000108 --reason check-out\n" +
		"  tillgate deposit release 100000010001921770000108 --amount 100.00 --reason upgrade --approver 王芳"
	cmd.Flags().StringVar(&sum, "amount", "", "yuan; empty: all that is left")
	return cmd
}

// move captures or releases, and follows it to its end.
func (w *depositWish) move(ctx context.Context, what, number string, want client.Move, super supervisor) error {
	d, err := w.find(ctx, number)
	if err != nil {
		return err
	}
	program, err := w.program(api.Right(what), cmp.Or(want.Lane, d.Lane))
	if err != nil {
		return err
	}
	do := program.Release
	if what == words.MoveCapture {
		do = program.Capture
	}
	var began client.DepositAnswer
	err = super.approve(func(yes *client.Approval) (err error) {
		want.Approval = yes
		began, err = do(ctx, w.key, d.Key, want)
		return err
	})
	if err != nil {
		return err
	}
	end, err := w.follow(ctx, program, began.Deposit, super.out)
	switch {
	case err != nil:
		return err
	case end.Move == nil || end.Move.State != string(words.MoveDone):
		return fmt.Errorf("the %s did not come about", what)
	}
	return nil
}

func findCommand() *cobra.Command {
	var w depositWish
	var q client.DepositQuery
	var sum string
	cmd := &cobra.Command{
		Use:     "find [NUMBER]",
		Short:   "Say how deposits stand: by slip, by the wallet's voucher, by room, wallet or sum",
		Example: "  tillgate deposit find 100000010001921770000108\n  tillgate deposit find --room 1208 --open",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if len(args) == 1 {
				q.Number, q.Site = args[0], true
			}
			if sum != "" {
				if q.Amount, err = yuan(sum); err != nil {
					return err
				}
			}
			program, err := w.program(api.Read, "")
			if err != nil {
				return err
			}
			found, err := program.Deposits(cmd.Context(), q)
			if err != nil {
				return err
			}
			for _, d := range found.Deposits {
				printDeposit(cmd.OutOrStdout(), d, w.asJSON)
			}
			if e := found.Elsewhere; e != nil {
				printElsewhere(cmd.OutOrStdout(), *e, w.asJSON)
				return nil
			}
			if len(found.Deposits) == 0 {
				return errors.New("no such deposit was found on this terminal")
			}
			return nil
		},
	}
	w.flags(cmd, false)
	cmd.Flags().StringVar(&q.Room, "room", "", "the guest's room")
	cmd.Flags().StringVar(&q.Wallet, "wallet", "", "a wallet, such as wechat")
	cmd.Flags().StringVar(&sum, "amount", "", "yuan, as they were held or captured")
	cmd.Flags().BoolVar(&q.Open, "open", false, "of which something is held, or may be")
	return cmd
}

// printDeposit prints a deposit for people, or on one line for a program.
func printDeposit(out io.Writer, d client.Deposit, asJSON bool) {
	if asJSON {
		json.NewEncoder(out).Encode(d) //nolint:errcheck // nobody reads any more
		return
	}
	fmt.Fprintf(out, "%s %s %s %s", d.Lane, d.Amount, d.State, d.Number)
	if d.Room != "" {
		fmt.Fprintf(out, " room %s", d.Room)
	}
	fmt.Fprintln(out)
	if d.Held > 0 {
		fmt.Fprintf(out, "  held %s, captured %s, released %s, still held %s\n", d.Held, d.Captured, d.Released, d.Left)
	}
	if s := d.Site; s != nil {
		fmt.Fprintf(out, "  taken over from %s\n", s.From)
		if s.Differs {
			fmt.Fprintf(out, "  its record differed: captured %s, released %s; the network, which counts: captured %s, released %s\n", s.Captured, s.Released, s.NetCaptured, s.NetReleased)
		}
	}
	for _, r := range d.Refunds {
		fmt.Fprintf(out, "  refund %s of %s: %s\n", r.Number, r.Amount, r.State)
	}
	if !d.Expires.IsZero() && d.Left > 0 {
		fmt.Fprintf(out, "  until %s\n", d.Expires.Local().Format(time.DateTime))
	}
	s := d.Screen
	if m := d.Move; m != nil {
		s = m.Screen
	}
	printScreen(out, "  ", s)
}

// yuan is a sum that a person typed.
func yuan(text string) (money.Fen, error) {
	sum, err := money.Parse(text)
	if err != nil || sum == 0 {
		return 0, usage(fmt.Errorf("%q is not a sum in yuan, such as 88.50", text))
	}
	return sum, nil
}

func twoArgs(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 2 {
			return usage(errors.New("expected " + what))
		}
		return nil
	}
}
