package paytest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
)

// Carry makes the way to a sandbox.
type Carry func(s *sandbox.Sandbox) Way

// Way is how a provider reaches its sandbox.
type Way struct {
	URL   string       // of the sandbox, without a path
	Plain *http.Client // with its trust in the sandbox
	Cert  *http.Client // and with the merchant's client certificate

	Now      func() time.Time // the device's corrected time, which a scenario may set wrong
	Merchant tls.Certificate  // the merchant's certificate with its key
}

// way is a kind of Way.
type way func(t *testing.T, s *scene) Carry

var (
	overTLS way = carryTLS
	piped   way = carryPipe
)

type dial func(ctx context.Context, network, addr string) (net.Conn, error)

var errDown = errors.New("no network, on purpose")

// unless makes a dial that fails while the network is down.
func unless(down *atomic.Bool, d dial) dial {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if down.Load() {
			return nil, errDown
		}
		return d(ctx, network, addr)
	}
}

func client(t *testing.T, config *tls.Config, d dial) *http.Client {
	transport := pay.NewTransport(config, d)
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// carryPipe carries in memory, also inside a bubble of fake time.
func carryPipe(t *testing.T, sc *scene) Carry {
	return func(s *sandbox.Sandbox) Way {
		pipe := s.Pipe()
		ended := make(chan error, 1)
		go func() { ended <- pipe.Run(t.Context()) }()
		t.Cleanup(func() {
			if err := <-ended; err != nil {
				t.Errorf("the sandbox ended with %v", err)
			}
		})
		c := client(t, nil, unless(&sc.down, pipe.Dial))
		sc.hangUp = c.CloseIdleConnections
		return Way{URL: "http://sandbox.example", Plain: c, Cert: c, Now: sc.device, Merchant: vouched(t).Merchant()}
	}
}

// authority vouches for all sandboxes of a test run.
var authority = sync.OnceValues(sandbox.NewAuthority)

func vouched(t *testing.T) *sandbox.Authority {
	a, err := authority()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Merchant is the certificate of Way.Merchant, for the sandbox to know.
func Merchant(t *testing.T) *x509.Certificate { return vouched(t).Merchant().Leaf }

// carryTLS carries over loopback, with certificates on both sides.
func carryTLS(t *testing.T, sc *scene) Carry {
	return func(s *sandbox.Sandbox) Way {
		a := vouched(t)
		server := httptest.NewUnstartedServer(s.Handler())
		server.TLS, server.Config.ErrorLog = a.Server(), log.New(io.Discard, "", 0)
		server.StartTLS()
		t.Cleanup(server.Close)
		d := unless(&sc.down, new(net.Dialer).DialContext)
		plain, cert := client(t, a.Client(), d), client(t, a.ClientCert(), d)
		sc.hangUp = func() { plain.CloseIdleConnections(); cert.CloseIdleConnections() }
		return Way{URL: server.URL, Plain: plain, Cert: cert, Now: sc.device, Merchant: a.Merchant()}
	}
}
