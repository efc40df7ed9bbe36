package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tillgate/agent/api"
	"tillgate/agent/api/client"
	"tillgate/store/money"
)

// payWish is what the pay command wants of the agent.
type payWish struct {
	client.Sale
	key string
	qr  bool
}

func payCommand() *cobra.Command {
	var path string
	var want payWish
	var asJSON bool
	var beside string
	cmd := &cobra.Command{
		Use:   "pay LANE AMOUNT",
		Short: "Put an order of so many yuan in front of a lane, and follow it until it is paid or over",
		Long: "The running agent answers over its local API, for which the config names an [[integrator]] that may sell on the lane.\n" +
			"Leaving this command ends nothing; with the same --key it goes on with the same order.",
		Example: "  tillgate pay counter-1 12.50                     # whoever comes to the lane pays\n" +
			"  tillgate pay counter-1 12.50 --qr --title Parking",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage(errors.New("expected a lane and an amount in yuan, such as: tillgate pay counter-1 12.50"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(path, allowLoopback)
			if err != nil {
				return usage(err)
			}
			want.Lane = args[0]
			if want.Amount, err = money.Parse(args[1]); err != nil || want.Amount == 0 {
				return usage(fmt.Errorf("%q is not a sum in yuan, such as 12.50", args[1]))
			}
			if beside != "" {
				if want.Deposit, err = yuan(beside); err != nil {
					return err
				}
			}
			program, err := cfg.program(api.Sell, want.Lane)
			if err != nil {
				return err
			}
			return payAndFollow(cmd.Context(), program, want, cmd.OutOrStdout(), asJSON)
		},
	}
	cmd.Flags().StringVar(&path, "config", configDefault, "the config file")
	cmd.Flags().StringVar(&want.Code, "code", "", "the payer's payment code, where it has been scanned already")
	cmd.Flags().BoolVar(&want.qr, "qr", false, "show a QR code")
	cmd.Flags().StringVar(&want.Title, "title", "", "what it is for, as the payer reads it")
	cmd.Flags().StringVar(&beside, "deposit", "", "yuan; a deposit in the same visit: once the amount is paid the lane waits for the guest's code for it")
	cmd.Flags().StringVar(&want.Room, "room", "", "the room of the deposit")
	cmd.Flags().StringVar(&want.Ref, "ref", "", "your own number for it")
	cmd.Flags().StringVar(&want.key, "key", rand.Text(), "the same key is the same order")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print each state for a program")
	cmd.MarkFlagsMutuallyExclusive("code", "qr")
	cmd.Flag("key").DefValue = "a new one"
	return cmd
}

// payAndFollow asks for an order and prints each state that it comes to.
func payAndFollow(ctx context.Context, program *client.Client, want payWish, out io.Writer, asJSON bool) error {
	began, err := program.Sell(ctx, want.key, want.Sale)
	if err == nil && want.qr {
		began, err = program.Act(ctx, want.key+"-qr", began.Order.Key, "qr", client.Act{})
	}
	if err != nil {
		return err
	}
	tell := func(o client.Order) { printOrder(out, o, asJSON) }
	tell(began.Order)
	if t := began.Tell; t != nil && !asJSON {
		fmt.Fprintf(out, "%s\n%s\n", t.Zh, t.En)
	}
	end, err := program.WaitFinal(ctx, began.Order, tell)
	switch {
	case err != nil:
		return fmt.Errorf("order %d is not followed any more; it goes on without this command: %w", began.Order.Key, err)
	case end.State != "paid":
		return errors.New("the order was not paid")
	}
	return nil
}

func orderCommand() *cobra.Command {
	var path string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "order NUMBER",
		Short:   "Say how an order stands, by the number of its slip, of a refund's, or the network's",
		Example: "  tillgate order 100000010001844610000033 --json",
		Args:    exactly("an order's number"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(path, allowLoopback)
			if err != nil {
				return usage(err)
			}
			program, err := cfg.program(api.Read, "")
			if err != nil {
				return err
			}
			o, err := program.Find(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			printOrder(cmd.OutOrStdout(), o, asJSON)
			return nil
		},
	}
	cmd.Flags().StringVar(&path, "config", configDefault, "the config file")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it for a program")
	return cmd
}

// printOrder prints an order for people, or on one line for a program.
func printOrder(out io.Writer, o client.Order, asJSON bool) {
	if asJSON {
		json.NewEncoder(out).Encode(o) //nolint:errcheck // nobody reads any more
		return
	}
	fmt.Fprintf(out, "%s %s %s %s\n", o.Lane, o.Amount, o.State, o.Number)
	if o.Deposit > 0 {
		fmt.Fprintf(out, "  and a deposit of %s\n", o.Deposit)
	}
	printScreen(out, "  ", o.Screen)
	for _, r := range o.Refunds {
		fmt.Fprintf(out, "%s %s %s %s\n", o.Lane, -r.Amount, r.State, r.Number)
		printScreen(out, "  ", r.Screen)
	}
}
