package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tillgate/agent/api"
	"tillgate/agent/api/client"
	"tillgate/agent/words"
)

func takeOverCommand() *cobra.Command {
	var w depositWish
	var want client.TakeOver
	cmd := &cobra.Command{
		Use:   "take-over LANE NUMBER",
		Short: "Go on with a deposit of another terminal of the site, once its network has said what is held",
		Long: "NUMBER is what the slip's barcode says, or the wallet's voucher. The config names the other terminals as [[neighbour]]. What that\n" +
			"terminal had otherwise than the network is shown; the network's sums count.",
		Example: "  tillgate deposit take-over desk-1 100000010002921770000108",
		Args:    twoArgs("a lane and a deposit's number, such as: tillgate deposit take-over desk-1 100000010002921770000108"),
		RunE: func(cmd *cobra.Command, args []string) error {
			want.Lane, want.Number = args[0], args[1]
			program, err := w.program(api.Sell, want.Lane)
			if err != nil {
				return err
			}
			began, err := program.TakeOver(cmd.Context(), w.key, want)
			if err != nil {
				return err
			}
			printDeposit(cmd.OutOrStdout(), began.Deposit, w.asJSON)
			return nil
		},
	}
	w.flags(cmd, true)
	cmd.Flags().StringVar(&want.Staff, "staff", "", "who asks for it, by name")
	return cmd
}

func dropCommand() *cobra.Command {
	var w depositWish
	var want client.DepositCancel
	cmd := &cobra.Command{
		Use:   "cancel [NUMBER]",
		Short: "Give up a deposit that is not held yet, and follow it to its end",
		Long:  "Without a NUMBER it is the one on --lane that waits for the guest's code.",
		Example: "  tillgate deposit cancel 100000010001921770000108\n" +
			"  tillgate deposit cancel --lane desk-1",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 1) == (want.Lane != "") {
				return usage(errors.New("expected a deposit's number or --lane, such as: tillgate deposit cancel --lane desk-1"))
			}
			if len(args) == 1 {
				d, err := w.find(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				want.Lane, want.Deposit = d.Lane, d.Key
			}
			program, err := w.program(api.Sell, want.Lane)
			if err != nil {
				return err
			}
			began, err := program.CancelDeposit(cmd.Context(), w.key, want)
			if err != nil || want.Deposit == 0 {
				return err
			}
			end, err := w.follow(cmd.Context(), program, began.Deposit, cmd.OutOrStdout())
			if err == nil && end.Held > 0 {
				return errors.New("it is held all the same; release it")
			}
			return err
		},
	}
	w.flags(cmd, true)
	cmd.Flags().StringVar(&want.Lane, "lane", "", "the lane whose deposit waits for the guest's code")
	cmd.Flags().StringVar(&want.Staff, "staff", "", "who asks for it, by name")
	return cmd
}

func reprintCommand() *cobra.Command {
	var w depositWish
	cmd := &cobra.Command{
		Use:     "reprint NUMBER",
		Short:   "Print the slip of what was done last about a deposit again, marked as a reprint",
		Long:    "It comes out where the deposit is followed, and moves no money.",
		Example: "  tillgate deposit reprint 100000010001921770000108",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			d, err := w.find(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			program, err := w.program(api.Sell, d.Lane)
			if err != nil {
				return err
			}
			began, err := program.ReprintDeposit(cmd.Context(), w.key, d.Key)
			if err != nil {
				return err
			}
			printDeposit(cmd.OutOrStdout(), began.Deposit, w.asJSON)
			return nil
		},
	}
	w.flags(cmd, true)
	return cmd
}

func refundOfCommand() *cobra.Command {
	var w depositWish
	var want client.DepositRefund
	var super supervisor
	cmd := &cobra.Command{
		Use:   "refund NUMBER AMOUNT",
		Short: "Give back what was captured of a deposit, or a part of it",
		Long: "NUMBER is what the slip's barcode says, or the wallet's voucher. It takes a supervisor's approval, " + takesApproval + "\n" +
			"The command ends once the refund is written down; find tells what becomes of it.",
		Example: "  tillgate deposit refund 100000010001921770000108 10.00 --reason 'one breakfast'",
		Args:    twoArgs("a deposit's number and an amount in yuan, such as: tillgate deposit refund 100000010001921770000108 10.00"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if want.Amount, err = yuan(args[1]); err != nil {
				return err
			}
			d, err := w.find(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			program, err := w.program(api.Refund, d.Lane)
			if err != nil {
				return err
			}
			super.at(cmd, w.asJSON)
			var began client.DepositAnswer
			err = super.approve(func(yes *client.Approval) (err error) {
				want.Approval = yes
				began, err = program.RefundDeposit(cmd.Context(), w.key, d.Key, want)
				return err
			})
			if err != nil {
				return err
			}
			printRefundOf(cmd.OutOrStdout(), began.Deposit, w.asJSON)
			return nil
		},
	}
	w.flags(cmd, true)
	cmd.Flags().StringVar(&want.Capture, "capture", "", "the number of the capture that goes back; empty: the newest with something left")
	cmd.Flags().StringVar(&want.Reason, "reason", "", "why, as the slip says it")
	cmd.Flags().StringVar(&want.Staff, "staff", "", "who asks for it, by name")
	super.flags(cmd)
	return cmd
}

// printRefundOf prints a deposit whose newest refund has just begun.
func printRefundOf(out io.Writer, d client.Deposit, asJSON bool) {
	if n := len(d.Refunds); n > 0 && !asJSON {
		d.Move, d.Screen = nil, d.Refunds[n-1].Screen
	}
	printDeposit(out, d, asJSON)
}

// find is a deposit of this terminal, by any number that leads to it.
func (w *depositWish) find(ctx context.Context, number string) (client.Deposit, error) {
	reader, err := w.program(api.Read, "")
	if err != nil {
		return client.Deposit{}, err
	}
	found, err := reader.Deposits(ctx, client.DepositQuery{Number: number, Site: true})
	switch {
	case err != nil:
		return client.Deposit{}, err
	case found.Elsewhere != nil:
		return client.Deposit{}, fmt.Errorf("%s: %s", number, words.Say(words.TellHoldAbroad, words.En))
	case len(found.Deposits) == 0:
		return client.Deposit{}, fmt.Errorf("%s: %s", number, words.Say(words.TellHoldNone, words.En))
	}
	return found.Deposits[0], nil
}

// printElsewhere prints a deposit of another terminal.
func printElsewhere(out io.Writer, e client.Elsewhere, asJSON bool) {
	if asJSON {
		json.NewEncoder(out).Encode(e) //nolint:errcheck // nobody reads any more
		return
	}
	fmt.Fprintf(out, "%s %s %s", e.From, e.Amount, e.Number)
	if e.Room != "" {
		fmt.Fprintf(out, " room %s", e.Room)
	}
	fmt.Fprintf(out, "\n  another terminal took it: captured %s, released %s there\n", e.Captured, e.Released)
	if e.Busy {
		fmt.Fprintln(out, "  "+words.DepositBusyThere.In(words.En))
		return
	}
	fmt.Fprintf(out, "  tillgate deposit take-over LANE %s goes on with it here\n", e.Number)
}
