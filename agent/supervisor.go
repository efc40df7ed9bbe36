package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"tillgate/agent/api/client"
	"tillgate/agent/console/qr"
)

// supervisor is whoever approves what a command asks for: at its standard input
// with a PIN, or elsewhere, whose eight digits are typed there.
type supervisor struct {
	name   string // whose PIN is typed; empty: the digits are asked for, where an approval is needed
	ask    prompt
	out    io.Writer
	asJSON bool
}

// approvalLine is the line that a command prints for a program when an approval is
// needed; the digits are then read from the standard input.
type approvalLine struct {
	Approval *client.ApprovalNeeded `json:"approval"`
}

func (s *supervisor) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.name, "approver", "", "the supervisor who types a PIN here")
}

// at says where a command reads and writes.
func (s *supervisor) at(cmd *cobra.Command, asJSON bool) {
	s.ask, s.out, s.asJSON = newPrompt(cmd.InOrStdin(), cmd.ErrOrStderr()), cmd.OutOrStdout(), asJSON
}

// approve does something that a supervisor may have to approve, as often as it
// takes one more approval. It returns the last refusal where nobody approves.
func (s supervisor) approve(do func(*client.Approval) error) error {
	var yes *client.Approval
	if s.name != "" {
		pin, err := s.ask.secret("PIN " + s.name)
		if err != nil {
			return err
		}
		yes = &client.Approval{Name: s.name, PIN: pin}
	}
	for {
		err := do(yes)
		var p *client.Problem
		if !errors.As(err, &p) || p.Approval == nil {
			return err
		}
		if yes, err = s.digits(p); err != nil {
			return err
		}
	}
}

// digits shows what has to be approved and reads the digits that a supervisor's
// phone or terminal answers it with.
func (s supervisor) digits(p *client.Problem) (*client.Approval, error) {
	if s.asJSON {
		json.NewEncoder(s.out).Encode(approvalLine{p.Approval}) //nolint:errcheck // nobody reads any more
	} else {
		fmt.Fprintf(s.out, "%s。%s。\n%s. %s.\n", p.TitleZh, p.NextZh, p.Title, p.Next)
		fmt.Fprint(s.out, "当场输入密码请加 --approver 姓名。\nFor a PIN typed here, ask again with --approver NAME.\n")
		if err := qr.WriteText(s.out, p.Approval.Text); err != nil {
			return nil, err
		}
	}
	code, err := s.ask.secret("授权码 Code")
	if err != nil || code == "" {
		return nil, p // nobody has approved it
	}
	return &client.Approval{Request: p.Approval.Request, Code: code}, nil
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
