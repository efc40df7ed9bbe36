package clock_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"testing"
	"time"

	"tillgate/agent/clock"
	"tillgate/store/entry"
)

const host = "pay.example"

// authority signs certificates.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, pool: x509.NewCertPool()}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: noon.AddDate(-10, 0, 0), NotAfter: noon.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	pair := a.sign(form)
	a.cert = pair.Leaf
	a.pool.AddCert(a.cert)
	return a
}

// sign makes a key and its certificate; the first one signs itself.
func (a *authority) sign(form *x509.Certificate) tls.Certificate {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer, a.key = form, key, key
	}
	der, err := x509.CreateCertificate(rand.Reader, form, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// server is a certificate of 200 days around noon, changed.
func (a *authority) server(change func(*x509.Certificate)) tls.Certificate {
	form := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: noon.AddDate(0, 0, -100), NotAfter: noon.AddDate(0, 0, 100),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	change(form)
	return a.sign(form)
}

// shake is a handshake of two configs over the loopback: a pipe has no buffer,
// and both ends may write at the end.
func shake(t *testing.T, client, server *tls.Config) (resumed bool, err error) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		theirs, err := listener.Accept()
		if err != nil {
			return
		}
		defer theirs.Close()
		if tls.Server(theirs, server).HandshakeContext(t.Context()) == nil {
			theirs.Read(make([]byte, 1)) //nolint:errcheck // until the client has gone
		}
	}()
	ours, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	conn := tls.Client(ours, client.Clone()) // as transports do
	err = conn.HandshakeContext(t.Context())
	return conn.ConnectionState().DidResume, err
}

// visit asks a server with this certificate, checking it by this clock.
func visit(t *testing.T, c *clock.Clock, roots *x509.CertPool, cert tls.Certificate, name string) error {
	t.Helper()
	config := &tls.Config{RootCAs: roots}
	c.Certificates(config)
	config.ServerName = name
	_, err := shake(t, config, &tls.Config{Certificates: []tls.Certificate{cert}})
	return err
}

// TestCertificatesByAGuess: what is only a guess does not cut the device off,
// and what is known is held against a certificate.
func TestCertificatesByAGuess(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	ended := func(c *x509.Certificate) { c.NotAfter = noon.AddDate(0, 0, -1) }
	young := func(c *x509.Certificate) { c.NotBefore = noon.AddDate(0, 0, -1) }
	coming := func(c *x509.Certificate) { c.NotBefore = noon.AddDate(0, 0, 1) }
	old := func(c *x509.Certificate) { c.NotBefore, c.NotAfter = at(2024), at(2025) }
	same := func(*x509.Certificate) {}
	monthsAgo := entry.Stamp{Wall: noon.AddDate(0, -6, 0).UnixMilli(), Trust: entry.Trusted}
	justNow := entry.Stamp{Wall: noon.UnixMilli(), Trust: entry.Trusted}
	future := entry.Stamp{Wall: at(2028).UnixMilli(), Trust: entry.Untrusted}
	for _, row := range []struct {
		is   string
		last entry.Stamp
		told bool // the clock has heard a verified Date
		cert func(*x509.Certificate)
		ok   bool
	}{
		{"new in 1970", entry.Stamp{}, false, young, true},
		{"new in 1970, ended before the program", entry.Stamp{}, false, old, false},
		{"off for months, a younger certificate", monthsAgo, false, young, true},
		{"off for months, right", monthsAgo, false, same, true},
		{"at a floor, ended", justNow, false, ended, false},
		{"in a wrong future", future, false, same, true},
		{"in a wrong future, ended before the program", future, false, old, false},
		{"trusted, right", monthsAgo, true, same, true},
		{"trusted, ended", monthsAgo, true, ended, false},
		{"trusted, not valid yet", monthsAgo, true, coming, false},
	} {
		t.Run(row.is, func(t *testing.T) {
			t.Parallel()
			b := wake(t, at(1970))
			b.clock.Raise(row.last, false)
			if row.told {
				b.reply(0, 0)
			}
			err := visit(t, b.clock, a.pool, a.server(row.cert), host)
			if row.ok != (err == nil) {
				t.Errorf("%v", err)
			}
			var bad *tls.CertificateVerificationError
			if err != nil && !errors.As(err, &bad) {
				t.Errorf("%v is not about the certificate", err)
			}
		})
	}
}

// TestCertificatesAreChecked: nothing but the time is ever passed over.
func TestCertificatesAreChecked(t *testing.T) {
	t.Parallel()
	a, stranger := newAuthority(t), newAuthority(t)
	same := func(*x509.Certificate) {}
	client := func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }
	other := func(c *x509.Certificate) { c.DNSNames = []string{"other.example"} }
	address := func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 1)} }
	for _, row := range []struct {
		is   string
		cert tls.Certificate
		name string
	}{
		{"another authority", stranger.server(same), host},
		{"a client's", a.server(client), host},
		{"another name", a.server(other), host},
		{"an address", a.server(address), "192.0.2.1"},
	} {
		for _, told := range []bool{false, true} {
			b := wake(t, at(1970))
			if told {
				b.reply(0, 0)
			}
			if err := visit(t, b.clock, a.pool, row.cert, row.name); err == nil {
				t.Errorf("%s (trusted clock: %v): taken", row.is, told)
			}
		}
	}
}

// TestAResumedSessionIsChecked: a kept session does not outlive its certificate.
func TestAResumedSessionIsChecked(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	cert := a.server(func(c *x509.Certificate) { c.NotAfter = noon.Add(time.Minute) })
	b := wake(t, noon)
	b.reply(0, 0)
	config := &tls.Config{RootCAs: a.pool, ServerName: host, ClientSessionCache: tls.NewLRUClientSessionCache(1), MaxVersion: tls.VersionTLS12}
	b.clock.Certificates(config)
	serving := &tls.Config{Certificates: []tls.Certificate{cert}, Time: func() time.Time { return b.truth }}
	if _, err := shake(t, config, serving); err != nil {
		t.Fatal(err)
	}
	if resumed, err := shake(t, config, serving); err != nil || !resumed {
		t.Fatalf("resumed %v, %v", resumed, err)
	}
	b.pass(2 * time.Minute)
	if _, err := shake(t, config, serving); err == nil {
		t.Error("an ended certificate is taken from a kept session")
	}
}
