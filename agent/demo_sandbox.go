//go:build demo

package main

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tillgate/agent/pay/sandbox"
)

// sandboxListen is where the stand-in listens when nothing else is said.
const sandboxListen = "127.0.0.1:8443"

func sandboxCommand() *cobra.Command {
	var listen, out string
	cmd := &cobra.Command{
		Use:   "sandbox",
		Short: "Play WeChat Pay, Alipay, ChinaUMS and Cloud Pay on this machine, strictly, and badly on request",
		Long: "Plays four payment networks over HTTPS: it checks every signature, field and limit that their public pages name,\n" +
			"keeps books of whose money it took, and misbehaves on request in every way that has been met in the field. Its keys\n" +
			"are made at the start and written to a folder, with a [[merchant]] table for every account.\n\n" +
			"Behaviours: " + strings.Join(sandbox.Kinds(), " "),
		Example: "  tillgate sandbox\n" +
			"  tillgate sandbox --listen 127.0.0.1:9443 --out build/sandbox\n" +
			"  curl -k https://127.0.0.1:8443/sandbox/code -d '{\"wallet\": \"alipay\", \"behaviour\": \"password:5s\"}'",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, err := newBank(sandbox.Options{})
			if err != nil {
				return err
			}
			listener, err := net.Listen("tcp", listen)
			if err != nil {
				return fmt.Errorf("open the sandbox: %w", err)
			}
			told, err := b.tell(out, "https://"+listener.Addr().String())
			if err != nil {
				listener.Close()
				return err
			}
			fmt.Fprint(cmd.OutOrStdout(), told)
			return b.serve(cmd.Context(), listener, slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn})))
		},
	}
	cmd.Flags().StringVar(&listen, "listen", sandboxListen, "where to listen")
	cmd.Flags().StringVar(&out, "out", "build/sandbox", "folder for keys and merchants.toml")
	return cmd
}

// tell writes the keys and the accounts' tables down, and answers where they are.
func (b *bank) tell(dir, url string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := b.write(filepath.Join(dir, "keys")); err != nil {
		return "", err
	}
	var tables, told strings.Builder
	fmt.Fprintf(&told, "Four payment networks are at %s (Ctrl-C closes them)\n  root certificate  %s\n  accounts          %s\n\n",
		url, shortPath(filepath.Join(dir, "keys", "root.pem")), shortPath(filepath.Join(dir, "merchants.toml")))
	for _, a := range b.accounts {
		fmt.Fprintf(&tables, "# %s: %s\n%s\n", a.network, a.mode, a.merchant(filepath.Join(dir, "keys"), url))
		fmt.Fprintf(&told, "  %-19s %-9s %s\n", a.name, a.network, a.mode)
	}
	if err := os.WriteFile(filepath.Join(dir, "merchants.toml"), []byte(tables.String()), 0o600); err != nil {
		return "", fmt.Errorf("write the accounts: %w", err)
	}
	return told.String(), nil
}
