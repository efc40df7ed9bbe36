package cloud_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
)

// pipes is a network in memory, which a bubble can hold: a real one keeps the
// bubble's clock from moving.
type pipes struct {
	mu     sync.Mutex
	accept chan net.Conn // nil: nobody listens
	dials  []time.Time
	open   []net.Conn
}

var errRefused = errors.New("connection refused")

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	p.mu.Lock()
	p.dials = append(p.dials, time.Now())
	accept := p.accept
	p.mu.Unlock()
	if accept == nil {
		return nil, errRefused
	}
	here, there := pipe()
	select {
	case accept <- there:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = append(p.open, here, there)
	return here, nil
}

// cut breaks all connections, as a cable does: nobody says good-bye.
func (p *pipes) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.open {
		c.Close()
	}
	p.open = nil
}

// listen begins to take connections; close ends it.
func (p *pipes) listen() *pipeListener {
	l := &pipeListener{pipes: p, accept: make(chan net.Conn), closed: make(chan struct{})}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.accept = l.accept
	return l
}

type pipeListener struct {
	pipes  *pipes
	accept chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accept:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() {
		l.pipes.mu.Lock()
		l.pipes.accept = nil
		l.pipes.mu.Unlock()
		close(l.closed)
	})
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8883} }

// pipe is a connection that, unlike net.Pipe's, takes bytes before they are read.
func pipe() (here, there net.Conn) {
	here, a := net.Pipe()
	b, there := net.Pipe()
	go buffer(b, a)
	go buffer(a, b)
	return here, there
}

// buffer carries what it reads; when one side closes, both are.
func buffer(to, from net.Conn) {
	defer to.Close()
	chunks := make(chan []byte, 4096)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for chunk := range chunks {
			if _, err := to.Write(chunk); err != nil {
				from.Close()
			}
		}
	}()
	for {
		chunk := make([]byte, 4096)
		n, err := from.Read(chunk)
		if n > 0 {
			chunks <- chunk[:n]
		}
		if err != nil {
			close(chunks)
			<-done
			return
		}
	}
}

// authority is a CA made for a test, and what a broker and its clients need of it.
type authority struct {
	pool   *x509.CertPool
	server *tls.Config
	certs  [][]byte // of the CA and of the broker, DER
	key    *ecdsa.PrivateKey
}

func newAuthority(tb testing.TB) *authority {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(tb, err)
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0)}
	root, err := x509.CreateCertificate(rand.Reader, ca, ca, key.Public(), key)
	must(tb, err)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "broker"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter}
	broker, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), key)
	must(tb, err)
	parsed, err := x509.ParseCertificate(root)
	must(tb, err)
	a := &authority{pool: x509.NewCertPool(), certs: [][]byte{root, broker}, key: key}
	a.pool.AddCert(parsed)
	a.server = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{broker}, PrivateKey: key}}}
	return a
}

func (a *authority) client() *tls.Config { return &tls.Config{RootCAs: a.pool} }

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// user is whom brokers in tests let in.
const (
	user     = "terminal-0007"
	password = "correct horse battery"
)

// startMochi serves on a listener over TLS and stops with stop.
func startMochi(tb testing.TB, l net.Listener, a *authority) (server *mochi.Server, stop func()) {
	tb.Helper()
	server = mochi.New(&mochi.Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), InlineClient: true})
	must(tb, server.AddHook(new(auth.Hook), &auth.Options{Ledger: &auth.Ledger{
		Auth: auth.AuthRules{{Username: user, Password: password, Allow: true}},
		ACL:  auth.ACLRules{{Username: user, Filters: auth.Filters{"tillgate/v1/#": auth.ReadWrite}}},
	}}))
	must(tb, server.AddListener(listeners.NewNet("test", tls.NewListener(l, a.server))))
	must(tb, server.Serve())
	return server, sync.OnceFunc(func() { must(tb, server.Close()) })
}
