package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store"
	"tillgate/store/entry"
)

// asMain has the test's own binary be the program.
const asMain = "TILLGATE_COLLECT_AS_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		main()
	}
	os.Exit(m.Run())
}

const (
	user     = "collector"
	password = "correct horse battery"
)

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// certificate makes one that is its own authority, and writes it as PEM.
func certificate(t *testing.T, path string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	must(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// startBroker serves over TLS whoever knows the password.
func startBroker(t *testing.T, own tls.Certificate) (url string) {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{own}})
	must(t, err)
	server := mochi.New(&mochi.Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	must(t, server.AddHook(new(auth.Hook), &auth.Options{Ledger: &auth.Ledger{
		Auth: auth.AuthRules{{Username: user, Password: password, Allow: true}}}}))
	must(t, server.AddListener(listeners.NewNet("test", l)))
	must(t, server.Serve())
	t.Cleanup(func() { must(t, server.Close()) })
	return "tls://" + l.Addr().String()
}

// openStore is a device's journal with one order.
func openStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "till.db"), Prefix: "10000001", Device: "0007",
		Version: "test", Boot: "boot", Clock: func() entry.Stamp { return entry.Stamp{Wall: 1_760_000_000_000, Mono: 1} }})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	_, err = s.Commit(t.Context(), store.Step{Entries: []entry.Draft{entry.New(entry.Opened, entry.OpenedBody{Lane: "till", Amount: 1500})}})
	must(t, err)
	return s
}

// TestItCollectsAndStops runs the real program until it is told to stop.
func TestItCollectsAndStops(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ca, secret, database := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "password"), filepath.Join(dir, "records.db")
	own := certificate(t, ca)
	url := startBroker(t, own)
	must(t, os.WriteFile(secret, []byte(password+"\n"), 0o600))

	program, err := os.Executable()
	must(t, err)
	cmd := exec.Command(program, "--broker", url, "--database", database, "--site", "north-lot", "--ca", ca, "--user", user, "--password-file", secret)
	cmd.Env = append(os.Environ(), asMain+"=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	must(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // only where the test failed before

	journal := openStore(t)
	pool := x509.NewCertPool()
	pool.AddCert(leaf(t, own))
	uplink, err := cloud.New(cloud.Options{Broker: url, Site: "north-lot", Device: "0007", Username: user, Password: password,
		TLS: &tls.Config{RootCAs: pool}, Journal: journal, Tune: func(o *cloud.SenderOptions) {
			o.Linger, o.Patience = time.Millisecond, 500*time.Millisecond // it may be there before the collector
		}})
	must(t, err)
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- uplink.Run(ctx) }()
	for changed := uplink.Changed(); uplink.State().Acked < uplink.State().Head; changed = uplink.Changed() {
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("nothing was acknowledged: %+v", uplink.State())
		}
	}
	stop()
	must(t, <-done)
	must(t, cmd.Process.Signal(syscall.SIGTERM))
	if err := cmd.Wait(); err != nil {
		t.Errorf("told to stop: %v\n%s", err, &stderr)
	}
	if log := stderr.String(); !strings.Contains(log, "stopped") || strings.Contains(log, password) {
		t.Errorf("its log:\n%s", log)
	}
	collected(t, database, journal)
}

func leaf(t *testing.T, c tls.Certificate) *x509.Certificate {
	t.Helper()
	parsed, err := x509.ParseCertificate(c.Certificate[0])
	must(t, err)
	return parsed
}

func collected(t *testing.T, database string, journal *store.Store) {
	t.Helper()
	db, err := collect.OpenSQLite(t.Context(), database)
	must(t, err)
	defer db.Close()
	epoch, head, hash := journal.Head()
	at, _, err := db.Position(t.Context(), cloud.Address{Site: "north-lot", Device: "0007"}, epoch.Number)
	must(t, err)
	if at.Seq != head || at.Hash != hash {
		t.Errorf("%d entries of %d were collected", at.Seq, head)
	}
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty, database := filepath.Join(dir, "empty"), filepath.Join(dir, "records.db")
	must(t, os.WriteFile(empty, nil, 0o600))
	good := []string{"--broker", "tls://127.0.0.1:1", "--database", database}
	for name, test := range map[string]struct {
		args []string
		code int
		says string
	}{
		"help":                   {[]string{"--help"}, exitOK, "Example:"},
		"nothing":                {nil, exitUsage, "--broker and --database are needed"},
		"no database":            {good[:2], exitUsage, "--broker and --database are needed"},
		"an unknown flag":        {[]string{"--brokr"}, exitUsage, "brokr"},
		"a word too many":        {append(good, "north-lot"), exitUsage, `"north-lot" is no flag`},
		"a broker in clear":      {[]string{"--broker", "tcp://10.0.0.1", "--database", database}, exitUsage, "without TLS"},
		"no password file":       {append(good, "--password-file", "/nowhere"), exitUsage, "password: open /nowhere"},
		"no authorities":         {append(good, "--ca", empty), exitUsage, "has no certificate"},
		"authorities not there":  {append(good, "--ca", "/nowhere"), exitUsage, "authorities: open /nowhere"},
		"a certificate, no key":  {append(good, "--cert", empty), exitUsage, "our certificate"},
		"a database in the void": {[]string{"--broker", "tls://h", "--database", dir + "/a/b.db"}, exitUsage, "unable to open"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stderr bytes.Buffer
			code, err := run(t.Context(), test.args, &stderr)
			text := stderr.String()
			if err != nil {
				text += err.Error()
			}
			if code != test.code || !strings.Contains(text, test.says) {
				t.Errorf("code %d, want %d: %s", code, test.code, text)
			}
		})
	}
}
