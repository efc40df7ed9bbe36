package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tillgate/agent/clock"
	"tillgate/agent/pay"
	"tillgate/agent/pay/cloudpay"
)

// bindFlags say what is bound, and where the key goes.
type bindFlags struct {
	serial, key, ca string
	hosts           []string
}

func bindCommand() *cobra.Command {
	var f bindFlags
	cmd := &cobra.Command{
		Use:   "bind LINK",
		Short: "Bind this device to a Cloud Pay store by the config code that its console shows",
		Long: "The merchant's administrator adds a mobile terminal in Cloud Pay's console, which shows a QR code for 5 minutes; LINK is\n" +
			"what is in it. The key is written to a file that only its owner may open, and a [[merchant]] table is printed for the\n" +
			"config. It may be done again at any time.",
		Example: "  tillgate bind 'https://pay.qcloud.com/cpay/use_device_setting?osi=…&si=…' --serial TILLGATE_T1_0001 --key /etc/tillgate/cloudpay-key",
		Args:    exactly("the link of a config code"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if f.key, err = filepath.Abs(f.key); err != nil {
				return usage(err)
			}
			trust, err := tlsConfig(f.source())
			if err != nil {
				return usage(err)
			}
			b, err := cloudpay.Bind(cmd.Context(), args[0], f.serial, httpClient(trust), f.hosts...)
			if err != nil {
				return err
			}
			old, err := keepKey(f.key, b.Key)
			if err != nil {
				return fmt.Errorf("the device is bound and its key could not be kept: %w; bind it again", err)
			}
			fmt.Fprint(cmd.OutOrStdout(), f.table(b, old))
			return nil
		},
	}
	cmd.Flags().StringVar(&f.serial, "serial", "", "the device's serial number, VENDOR_MODEL_NUMBER in capitals")
	cmd.Flags().StringVar(&f.key, "key", "/etc/tillgate/cloudpay-key", "the file for the key")
	cmd.Flags().StringVar(&f.ca, "ca", "", "the root certificate to trust in place of the system's")
	cmd.Flags().StringSliceVar(&f.hosts, "host", nil, "Cloud Pay's hosts, where they are not the documented four")
	if !allowLoopback { // for stand-ins
		cmd.Flags().MarkHidden("host") //nolint:errcheck // it is there
		cmd.Flags().MarkHidden("ca")   //nolint:errcheck // it is there
	}
	return cmd
}

// keepKey puts a key into a file that only its owner may open, whole or not at
// all. The one before stays beside it, for the minutes in which Cloud Pay may
// still want it; old is its path, empty where there was none.
func keepKey(path string, key pay.Secret) (old string, err error) {
	fresh, err := os.CreateTemp(filepath.Dir(path), ".key-*") // 0600
	if err != nil {
		return "", err
	}
	defer os.Remove(fresh.Name()) // where it has not become the key
	_, err = fresh.WriteString(string(key))
	if err = errors.Join(err, fresh.Sync(), fresh.Close()); err != nil {
		return "", err
	}
	if before, err := os.ReadFile(path); err == nil && string(before) != string(key) {
		if old = path + ".old"; os.Rename(path, old) != nil {
			return "", fmt.Errorf("keep the key before it as %s", old)
		}
		if err := os.Chmod(old, 0o600); err != nil {
			return "", err
		}
	}
	return old, os.Rename(fresh.Name(), path)
}

// exactly wants one argument.
func exactly(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usage(fmt.Errorf("expected one argument, %s; got %d", what, len(args)))
		}
		return nil
	}
}

func (f bindFlags) source() source {
	if f.ca == "" {
		return source{}
	}
	return source{"file", f.ca}
}

// table is the merchant in a config.
func (f bindFlags) table(b cloudpay.Binding, old string) string {
	var t strings.Builder
	fmt.Fprintf(&t, "# 已绑定 bound: %s, %s, %s\n# [terminal].site has to be %q: every number begins with it.\n[[merchant]]\n", b.ShopName, b.DeviceName, b.StaffName, b.CashierID)
	for _, line := range [][2]string{
		{"name", "cloudpay"}, {"network", "cloudpay"}, {"provider", b.OutMchID}, {"mch_id", b.SubMchID}, {"shop", b.ShopID}, {"device", b.DeviceID},
		{"staff", b.StaffID}, {"cashier_id", b.CashierID}, {"serial", f.serial}, {"key", "file:" + f.key}, {"old_key", old},
	} {
		switch {
		case line[0] == "old_key" && old == "":
			continue
		case line[0] == "old_key":
			line[1] = "file:" + old
		case line[0] == "staff" && b.StaffID == "": // then it is the merchant's administrator who gives back
			line = [2]string{"admin", "yes"}
		}
		fmt.Fprintf(&t, "%-17s = %q\n", line[0], line[1])
	}
	t.WriteString("sub_terminal_type = \"\"  # the number that Cloud Pay gave to this hardware's brand\n")
	return t.String()
}

func unbindCommand() *cobra.Command {
	var path, name string
	cmd := &cobra.Command{
		Use:     "unbind",
		Short:   "Take this device's binding away at Cloud Pay, and wipe its key",
		Example: "  tillgate unbind --config /etc/tillgate.toml --merchant cloudpay",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := loadConfig(path, allowLoopback)
			if err != nil {
				return usage(err)
			}
			m := cfg.merchant(name)
			if m == nil {
				return usage(fmt.Errorf("--merchant %s is no merchant of %s", name, cfg.File))
			}
			p, err := makeProvider(m, clock.New(clock.Options{}))
			if err != nil {
				return usage(err)
			}
			bound, ok := p.(interface {
				Unbind(ctx context.Context) error
			})
			if !ok {
				return usage(fmt.Errorf("--merchant %s is not one that was bound by a config code", name))
			}
			if err := bound.Unbind(cmd.Context()); err != nil {
				return err
			}
			return m.wipeKey()
		},
	}
	cmd.Flags().StringVar(&path, "config", configDefault, "the config file")
	cmd.Flags().StringVar(&name, "merchant", "cloudpay", "the merchant")
	return cmd
}

// wipeKey removes a key that is of no use any more. One that systemd keeps is
// its administrator's to remove.
func (m *merchantConfig) wipeKey() error {
	if m.Key.kind != "file" {
		return errors.New("the device is unbound; remove the credential " + m.Key.String() + " as well")
	}
	if err := os.Remove(m.Key.name); err != nil {
		return fmt.Errorf("the device is unbound, and its key is still there: %w", err)
	}
	return nil
}
