package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"tillgate/agent/api"
	"tillgate/agent/api/client"
	"tillgate/agent/console/qr"
	"tillgate/agent/words"
	"tillgate/store/money"
)

// refundWish is what the refund command wants of the agent.
type refundWish struct {
	client.Back
	key      string
	approver string // whose PIN is typed here; empty: a code is asked for, where one is needed
	asJSON   bool
}

// refundLine is one line of what the command prints for a program: each state
// that the refund comes to, or what it takes first.
type refundLine struct {
	Refund   *client.Refund         `json:"refund,omitempty"`
	Approval *client.ApprovalNeeded `json:"approval,omitempty"`
}

func refundCommand() *cobra.Command {
	var path, amount string
	var want refundWish
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
			return giveBack(cmd.Context(), program, want, newPrompt(cmd.InOrStdin(), cmd.ErrOrStderr()), cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&path, "config", configDefault, "the config file")
	cmd.Flags().StringVar(&amount, "amount", "", "yuan; empty: all that is left")
	cmd.Flags().StringVar(&want.Reason, "reason", "", "why, as slip and journal say it")
	cmd.Flags().StringVar(&want.Staff, "staff", "", "who asks for it, by name")
	cmd.Flags().StringVar(&want.approver, "approver", "", "the supervisor who types a PIN here")
	cmd.Flags().StringVar(&want.key, "key", rand.Text(), "the same key is the same refund")
	cmd.Flags().BoolVar(&want.asJSON, "json", false, "print each state for a program")
	cmd.Flag("key").DefValue = "a new one"
	return cmd
}

// giveBack asks for a refund, with a supervisor's yes where it takes one, and
// prints each state that it comes to.
func giveBack(ctx context.Context, program *client.Client, want refundWish, ask prompt, out io.Writer) error {
	if want.approver != "" {
		pin, err := ask.secret("PIN " + want.approver)
		if err != nil {
			return err
		}
		want.Approval = &client.Approval{Name: want.approver, PIN: pin}
	}
	began, err := program.Refund(ctx, want.key, want.Back)
	for {
		var p *client.Problem
		if !errors.As(err, &p) || p.Approval == nil {
			break
		}
		if want.Approval, err = want.ask(p, ask, out); err != nil {
			return err
		}
		began, err = program.Refund(ctx, want.key, want.Back)
	}
	if err != nil {
		return err
	}
	return followRefund(ctx, program, began.Order, out, want.asJSON)
}

// ask shows what has to be approved and reads the digits that a supervisor's phone
// or terminal answers it with.
func (w refundWish) ask(p *client.Problem, ask prompt, out io.Writer) (*client.Approval, error) {
	if w.asJSON {
		json.NewEncoder(out).Encode(refundLine{Approval: p.Approval}) //nolint:errcheck // nobody reads any more
	} else {
		fmt.Fprintf(out, "%s。%s。\n%s. %s.\n", p.TitleZh, p.NextZh, p.Title, p.Next)
		if err := qr.WriteText(out, p.Approval.Text); err != nil {
			return nil, err
		}
	}
	code, err := ask.secret("授权码 Code")
	if err != nil || code == "" {
		return nil, p // nobody has approved it
	}
	return &client.Approval{Request: p.Approval.Request, Code: code}, nil
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
		a, err := program.Stirred(ctx, o)
		if err != nil {
			return fmt.Errorf("refund %s is not followed any more; it goes on without this command: %w", r.Number, err)
		}
		o = a.Order
	}
}

func printRefund(out io.Writer, r client.Refund, asJSON bool) {
	if asJSON {
		json.NewEncoder(out).Encode(refundLine{Refund: &r}) //nolint:errcheck // nobody reads any more
		return
	}
	fmt.Fprintf(out, "%s\n%s\n", sentence(words.Screen{What: r.WhatZh, Do: r.DoZh, Money: r.MoneyZh}, "，", "。"),
		sentence(words.Screen{What: r.WhatEn, Do: r.DoEn, Money: r.MoneyEn}, ". ", "."))
}

// sentence is a screen in one line.
func sentence(s words.Screen, comma, stop string) string {
	return s.What + comma + s.Do + comma + s.Money + stop
}

// prompt asks whoever is at a terminal, or reads what a program has written there.
type prompt struct {
	in    io.Reader
	lines *bufio.Reader
	out   io.Writer
}

func newPrompt(in io.Reader, out io.Writer) prompt { return prompt{in, bufio.NewReader(in), out} }

// secret reads one line, which a terminal does not show.
func (p prompt) secret(what string) (string, error) {
	fmt.Fprintf(p.out, "%s: ", what)
	if file, ok := p.in.(*os.File); ok {
		if was, err := unix.IoctlGetTermios(int(file.Fd()), unix.TCGETS); err == nil {
			silent := *was
			silent.Lflag &^= unix.ECHO
			if err := unix.IoctlSetTermios(int(file.Fd()), unix.TCSETS, &silent); err != nil {
				return "", fmt.Errorf("hide what is typed: %w", err)
			}
			defer unix.IoctlSetTermios(int(file.Fd()), unix.TCSETS, was) //nolint:errcheck // it was so before
			defer fmt.Fprintln(p.out)
		}
	}
	line, err := p.lines.ReadString('\n')
	if line = strings.TrimSpace(line); line == "" && err != nil {
		return "", fmt.Errorf("read the %s from the standard input: %w", what, err)
	}
	return line, nil
}
