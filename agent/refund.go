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

// refundWish is what the refund command wants of the agent.
type refundWish struct {
	client.RefundRequest
	key    string
	asJSON bool
}

// refundLine is one line of what the command prints for a program: a state that
// the refund comes to.
type refundLine struct {
	Refund client.Refund `json:"refund"`
}

func refundCommand() *cobra.Command {
	var path, amount string
	var want refundWish
	var super supervisor
	cmd := &cobra.Command{
		Use:   "refund NUMBER",
		Short: "Give a part of a paid order back, or all that is left of it, and follow it to its end",
		Long: "NUMBER is what the slip's barcode says. The running agent answers over its local API, for which the config names an\n" +
			"[[integrator]] that may give money back. The rules are those of the pages: what it may not give back it refuses before the\n" +
			"network hears of it, and a sum above the shop's limit takes a supervisor, whose PIN, or whose eight digits, are read from\n" +
			"the standard input. Leaving this command ends nothing; with the same --key it goes on with the same refund.",
		Example: "  tillgate refund 100000010001844610000033 --amount 6.00 --reason 'one dish is missing'\n" +
			"  tillgate refund 100000010001844610000033 --reason broken --approver 王芳",
		Args: exactly("an order's number"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := loadConfig(path, allowLoopback)
			if err != nil {
				return usage(err)
			}
			if want.Number = args[0]; amount != "" {
				if want.Amount, err = money.Parse(amount); err != nil || want.Amount == 0 {
					return usage(fmt.Errorf("--amount %q is not a sum in yuan, such as 6.00", amount))
				}
			}
			program, err := cfg.program(api.Refund, "")
			if err != nil {
				return err
			}
			super.at(cmd, want.asJSON)
			return giveBack(cmd.Context(), program, want, super, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&path, "config", configDefault, "the config file")
	cmd.Flags().StringVar(&amount, "amount", "", "yuan; empty: all that is left")
	cmd.Flags().StringVar(&want.Reason, "reason", "", "why, as slip and journal say it")
	cmd.Flags().StringVar(&want.Lane, "lane", "", "where it goes back; empty: the order's lane")
	cmd.Flags().StringVar(&want.Staff, "staff", "", "who asks for it, by name")
	super.flags(cmd)
	cmd.Flags().StringVar(&want.key, "key", rand.Text(), "the same key is the same refund")
	cmd.Flags().BoolVar(&want.asJSON, "json", false, "print each state for a program")
	cmd.Flag("key").DefValue = "a new one"
	return cmd
}

// giveBack asks for a refund, with a supervisor's approval where it takes one, and
// prints each state that it comes to.
func giveBack(ctx context.Context, program *client.Client, want refundWish, super supervisor, out io.Writer) error {
	var began client.Answer
	err := super.approve(func(yes *client.Approval) (err error) {
		want.Approval = yes
		began, err = program.Refund(ctx, want.key, want.RefundRequest)
		return err
	})
	if err != nil {
		return err
	}
	return followRefund(ctx, program, began.Order, out, want.asJSON)
}

// followRefund prints each state of an order's newest refund until it is over, or
// goes no further without a person.
func followRefund(ctx context.Context, program *client.Client, o client.Order, out io.Writer, asJSON bool) error {
	last := ""
	for {
		r := o.Refunds[len(o.Refunds)-1] // there is one: it was taken on
		if r.State != last {
			last = r.State
			printRefund(out, r, asJSON)
		}
		switch last {
		case "refused":
			return errors.New("nothing was given back")
		case "done", "stuck", "accepted":
			return nil
		}
		a, err := program.WaitChange(ctx, o)
		if err != nil {
			return fmt.Errorf("refund %s is not followed any more; it goes on without this command: %w", r.Number, err)
		}
		o = a.Order
	}
}

func printRefund(out io.Writer, r client.Refund, asJSON bool) {
	if asJSON {
		json.NewEncoder(out).Encode(refundLine{r}) //nolint:errcheck // nobody reads any more
		return
	}
	printScreen(out, "", r.Screen)
}

// printScreen prints what a screen says: a line in Chinese and one in English.
func printScreen(out io.Writer, indent string, s client.Screen) {
	fmt.Fprintf(out, "%s%s，%s，%s。\n%[1]s%[5]s. %[6]s. %[7]s.\n", indent, s.WhatZh, s.DoZh, s.MoneyZh, s.WhatEn, s.DoEn, s.MoneyEn)
}
