// Command tillgate is the agent of a payment terminal: it stands between
// people, money and hardware at a parking gate, a hotel desk or a counter. This
// file has flags, signals and exit codes; run.go builds the parts and starts them.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"tillgate/agent/pay"
)

// version is set by the linker.
var version = "dev"

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitConfig = 2 // the config or the command line is wrong: nothing was started
)

// errUsage marks what is wrong with the config or the command line.
var errUsage = errors.New("usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// execute runs one command line and answers its exit code.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	return executeWith(ctx, root, stdout, stderr)
}

// executeWith runs a command whose arguments and input are set.
func executeWith(ctx context.Context, root *cobra.Command, stdout, stderr io.Writer) int {
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errUsage):
		fmt.Fprintln(stderr, "tillgate:", pay.Redact(trimUsage(err)))
		return exitConfig
	}
	fmt.Fprintln(stderr, "tillgate:", pay.Redact(err.Error()))
	return exitFailed
}

// usage marks err as the config's or the command line's fault.
func usage(err error) error { return usageError{err} }

type usageError struct{ error }

func (usageError) Is(target error) bool { return target == errUsage }
func (e usageError) Unwrap() error      { return e.error }

func trimUsage(err error) string {
	var u usageError
	if errors.As(err, &u) {
		return u.error.Error()
	}
	return err.Error()
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "tillgate",
		Short:         "The agent of a payment terminal: charges once, remembers everything, opens for a reason",
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.Example = "  tillgate run --config /etc/tillgate.toml"
	root.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	root.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usage(fmt.Errorf("there is no command %q; tillgate --help lists them", args[0]))
		}
		return nil
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(runCommand(), configCommand(), verifyCommand(), exportCommand(), eventsCommand(), refundCommand(), depositCommand(),
		payCommand(), orderCommand(), staffCommand(), selftestCommand(), bindCommand(), unbindCommand())
	root.AddCommand(demoCommands()...)
	return root
}
