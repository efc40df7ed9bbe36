package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2 // the command line or a file that it names is wrong: nothing was started
)

const help = `tillgate-collect receives the journals of devices and acknowledges what is on its disk.

Usage: tillgate-collect --broker URL --database FILE [flags]

It runs until it is told to stop (SIGINT, SIGTERM). What needs a person - two devices of one
name, a device restored from a backup - is logged as an alarm and kept in the database.

Flags:
`

const example = `
Example:
  tillgate-collect --broker tls://mqtt.example.com:8883 --database /var/lib/tillgate/records.db \
    --site north-lot --ca /etc/tillgate/ca.pem --user collector --password-file /etc/tillgate/password
`

// flags are the command line.
type flags struct {
	broker, database, site, clientID string
	ca, cert, key                    string
	user, passwordFile               string
}

// run collects until ctx is done and answers the exit code.
func run(ctx context.Context, args []string, stderr io.Writer) (code int, err error) {
	f, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK, nil
	}
	if err != nil {
		return exitUsage, err
	}
	broker, err := f.connection()
	if err != nil {
		return exitUsage, err
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	collector, err := collect.New(ctx, collect.Options{Path: f.database, Broker: broker, Site: f.site, Log: log})
	if err != nil {
		return exitUsage, err
	}
	log.Info("started", "broker", f.broker, "database", f.database)
	err = errors.Join(collector.Run(ctx), collector.Close())
	if err != nil {
		return exitFailed, err
	}
	log.Info("stopped")
	return exitOK, nil
}

// parse reads the command line; --help is flag.ErrHelp, after it was answered.
func parse(args []string, stderr io.Writer) (f flags, err error) {
	set := flag.NewFlagSet("tillgate-collect", flag.ContinueOnError)
	set.SetOutput(io.Discard) // errors are told by main, once
	set.StringVar(&f.broker, "broker", "", "the broker's `URL`: tls://host:8883, or tcp:// on this machine")
	set.StringVar(&f.database, "database", "", "the database `FILE`, made where there is none")
	set.StringVar(&f.site, "site", "", "only this `SITE`; without it all that the broker lets us read")
	set.StringVar(&f.clientID, "client-id", "tillgate-collect", "the `NAME` at the broker; two collectors of one name throw each other out")
	set.StringVar(&f.ca, "ca", "", "PEM `FILE` of the authorities to trust; without it the system's")
	set.StringVar(&f.cert, "cert", "", "PEM `FILE` of our certificate, where the broker asks for one")
	set.StringVar(&f.key, "key", "", "PEM `FILE` of its key")
	set.StringVar(&f.user, "user", "", "the user's `NAME` at the broker")
	set.StringVar(&f.passwordFile, "password-file", "", "`FILE` with the user's password; passwords do not belong on a command line")
	set.Usage = func() {} // a mistake is a line of main's
	err = set.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		set.SetOutput(stderr)
		fmt.Fprint(stderr, help)
		set.PrintDefaults()
		fmt.Fprint(stderr, example)
	case err != nil:
	case set.NArg() > 0:
		err = fmt.Errorf("%q is no flag", set.Arg(0))
	case f.broker == "" || f.database == "":
		err = errors.New("--broker and --database are needed; --help has an example")
	}
	return f, err
}

// connection is how to reach the broker.
func (f flags) connection() (b cloud.Broker, err error) {
	b = cloud.Broker{URL: f.broker, ClientID: f.clientID, Username: f.user, TLS: &tls.Config{MinVersion: tls.VersionTLS12}}
	if f.passwordFile != "" {
		text, err := os.ReadFile(f.passwordFile)
		if err != nil {
			return b, fmt.Errorf("password: %w", err)
		}
		b.Password = cloud.Secret(strings.TrimRight(string(text), "\r\n"))
	}
	if f.ca != "" {
		text, err := os.ReadFile(f.ca)
		if err != nil {
			return b, fmt.Errorf("authorities: %w", err)
		}
		b.TLS.RootCAs = x509.NewCertPool()
		if !b.TLS.RootCAs.AppendCertsFromPEM(text) {
			return b, fmt.Errorf("authorities: %s has no certificate", f.ca)
		}
	}
	if f.cert == "" && f.key == "" {
		return b, nil
	}
	own, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return b, fmt.Errorf("our certificate: %w", err)
	}
	b.TLS.Certificates = []tls.Certificate{own}
	return b, nil
}
