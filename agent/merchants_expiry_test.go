package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/clock"
	"tillgate/agent/console"
	"tillgate/agent/pay"
	"tillgate/agent/ring"
)

const day = 24 * time.Hour

// TestCertificatesAreTold: from 60 days before their end, by whole days.
func TestCertificatesAreTold(t *testing.T) {
	t.Parallel()
	ends := time.Date(2027, 3, 1, 4, 0, 0, 0, time.UTC)
	c := certificate{name: "shop", what: "certificate of merchant shop", ends: ends}
	for left, want := range map[time.Duration]struct {
		state console.State
		text  string
	}{
		300 * day:               {console.Up, ""},
		60*day + time.Second:    {console.Up, ""},
		60 * day:                {console.Waiting, "the certificate of merchant shop expires on 2027-03-01 (in 60 days)"},
		60*day - time.Second:    {console.Waiting, "the certificate of merchant shop expires on 2027-03-01 (in 59 days)"},
		2*day - time.Nanosecond: {console.Waiting, "the certificate of merchant shop expires on 2027-03-01 (in 1 day)"},
		day:                     {console.Waiting, "the certificate of merchant shop expires on 2027-03-01 (in 1 day)"},
		day - time.Nanosecond:   {console.Waiting, "the certificate of merchant shop expires on 2027-03-01 (in less than a day)"},
		0:                       {console.Lost, "the certificate of merchant shop has expired on 2027-03-01; the network may refuse what needs it"},
		-900 * day:              {console.Lost, "the certificate of merchant shop has expired on 2027-03-01; the network may refuse what needs it"},
	} {
		if text, state := c.told(ends.Add(-left)); text != want.text || state != want.state {
			t.Errorf("%s before: %s, %q; want %s, %q", left, state, text, want.state, want.text)
		}
	}
}

// counted is a log that counts its warnings and errors.
type counted struct {
	slog.Handler
	warned, failed atomic.Int64
}

func (c *counted) Enabled(context.Context, slog.Level) bool { return true }

func (c *counted) Handle(_ context.Context, r slog.Record) error {
	switch r.Level {
	case slog.LevelWarn:
		c.warned.Add(1)
	case slog.LevelError:
		c.failed.Add(1)
	}
	return nil
}

// TestCertificatesAreWatched: nothing, then a line a day, then an error a day;
// and a clock that is set right is seen within the hour.
func TestCertificatesAreWatched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lines := &counted{Handler: slog.DiscardHandler}
		e := newExpiry(&config{}, slog.New(lines))
		e.all = []certificate{{"shop", "certificate of merchant shop", time.Now().Add(62 * day)}, {"far", "certificate of merchant far", time.Now().Add(900 * day)}}
		var off atomic.Int64 // of the clock, in ns
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- e.watch(ctx, func() time.Time { return time.Now().Add(time.Duration(off.Load())) }) }()
		wait := func(d time.Duration) (warned, failed int64) {
			time.Sleep(d)
			synctest.Wait()
			return lines.warned.Swap(0), lines.failed.Swap(0)
		}
		if warned, failed := wait(day); warned+failed > 0 || len(e.near()) > 0 {
			t.Errorf("61 days before it tells %d, %d, %v", warned, failed, e.near())
		}
		if warned, failed := wait(11 * day); warned < 10 || warned > 22 || failed > 0 {
			t.Errorf("in ten days it warns %d times and fails %d", warned, failed) // the day and the count change at different hours
		}
		if near := e.near(); len(near) != 1 || near[0].Name != "shop" || near[0].State != console.Waiting || !strings.HasSuffix(near[0].Text, "(in 50 days)") {
			t.Errorf("near are %+v", near)
		}
		off.Store(int64(100 * day))
		if _, failed := wait(time.Hour); failed != 1 || e.near()[0].State != console.Lost {
			t.Errorf("a clock that was set is told of %d times, %+v", failed, e.near())
		}
		if warned, failed := wait(10 * day); failed != 10 || warned > 0 {
			t.Errorf("in ten days after the end it warns %d times and fails %d", warned, failed)
		}
		off.Store(0)
		if wait(time.Hour); len(e.near()) != 1 || e.near()[0].State != console.Waiting {
			t.Errorf("a clock that was set back: %+v", e.near())
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// writeCertificates writes certificates with these ends, one after the other.
func writeCertificates(t *testing.T, path string, ends ...time.Time) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text := "what stands before is not read\n"
	for i, end := range ends {
		form := &x509.Certificate{SerialNumber: big.NewInt(int64(i + 1)), NotAfter: end}
		der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		text += string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	write(t, path, text)
}

// TestWhichCertificates: a merchant's own, which stands first in its file, and
// roots, of which the last one counts; the cloud's too.
func TestWhichCertificates(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now().Truncate(time.Second).UTC()
	file := func(name string) source { return source{"file", filepath.Join(dir, name)} }
	writeCertificates(t, filepath.Join(dir, "cert.pem"), now.Add(5*day), now.Add(2*day))
	writeCertificates(t, filepath.Join(dir, "ca.pem"), now.Add(5*day), now.Add(9*day), now.Add(7*day))
	write(t, filepath.Join(dir, "nothing.pem"), "hello\n")
	c := &config{Merchants: []merchantConfig{
		{Name: "shop", Cert: file("cert.pem"), CA: file("ca.pem")},
		{Name: "broken", Cert: file("nothing.pem"), CA: file("none.pem")},
		{Name: "bare"},
	}, Cloud: cloudConfig{CA: file("ca.pem")}}
	want := []certificate{
		{"shop", "certificate of merchant shop", now.Add(5 * day)},
		{"shop", "root certificate of merchant shop", now.Add(9 * day)},
		{"cloud", "root certificate of the cloud", now.Add(9 * day)},
	}
	got := c.certificates()
	if len(got) != len(want) {
		t.Fatalf("they are %+v", got)
	}
	for i := range want {
		if got[i].name != want[i].name || got[i].what != want[i].what || !got[i].ends.Equal(want[i].ends) {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
}

// TestACertificateThatIsOverStopsNothing: the agent is built, takes codes, and says so.
func TestACertificateThatIsOverStopsNothing(t *testing.T) {
	t.Parallel()
	cfg, _ := testConfig(t)
	off := clock.New(clock.Options{Wall: func() time.Time { return time.Now().Add(day) }}) // the test's certificate is good for an hour
	a, err := build(t.Context(), cfg, slog.New(slog.DiscardHandler), ring.New(cfg.Terminal.Data, pay.NewRedactor()), &extras{clock: off})
	if err != nil {
		t.Fatal(err)
	}
	defer a.close() //nolint:errcheck // it is not what is tested
	a.expiry.look(a.clock.Time())
	if near := a.status().Certificates; len(near) != 1 || near[0].State != console.Lost || near[0].Name != cfg.Merchants[0].Name {
		t.Errorf("the page is told of %+v", near)
	}
	if len(a.lanes) == 0 || len(a.lanes[0].Route.Merchant) == 0 {
		t.Error("nothing is sold")
	}
}
