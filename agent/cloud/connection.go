package cloud

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"sync"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// How a lost connection comes back.
const (
	retryMin = 2 * time.Second // doubles with every failure
	retryMax = time.Minute     // a session that lasted for longer was none
)

// ErrPlain is wrapped when a broker would be spoken to in clear.
var ErrPlain = errors.New("without TLS only this machine is spoken to")

// Secret is a text that does not show itself.
type Secret string

// String hides it.
func (Secret) String() string { return "***" }

// GoString hides it.
func (Secret) GoString() string { return "***" }

// LogValue hides it.
func (Secret) LogValue() slog.Value { return slog.StringValue("***") }

// MarshalText hides it.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// Broker says how to reach a broker and what to say to it.
type Broker struct {
	URL      string // tls://host:8883, or tcp:// on the loopback
	ClientID string
	Username string
	Password Secret
	TLS      *tls.Config // nil trusts the system's authorities
	// Dial replaces the TCP dialer; TLS is spoken over what it returns.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Subscribe are topic filters.
	Subscribe []string
	// Will is published by the broker when the connection is lost, and by us
	// when we leave.
	Will *Message
	Log  *slog.Logger
}

// Connection keeps a connection to a broker: one MQTT session after another,
// each clean and with nothing but memory, with jittered pauses between. It is
// the Link of whoever talks over it.
type Connection struct {
	broker  Broker
	address string
	plain   bool

	mu      sync.Mutex
	session *session // nil while there is none
}

var _ Link = (*Connection)(nil)

// NewConnection checks the broker's URL.
func NewConnection(b Broker) (*Connection, error) {
	u, err := url.Parse(b.URL)
	if err != nil {
		return nil, errors.New("broker: its address is not a URL") // the error would show the URL, and that may bear a password
	}
	if u.User != nil {
		return nil, fmt.Errorf("broker %s: a name and a password do not belong into the URL", u.Host)
	}
	if b.TLS != nil && b.TLS.InsecureSkipVerify {
		return nil, fmt.Errorf("broker %s: its certificate has to be checked", u.Host)
	}
	if u.Hostname() == "" {
		return nil, errors.New("broker: its address names no host") // nor does this show it
	}
	c := &Connection{broker: b, address: u.Host}
	port := "8883"
	switch u.Scheme {
	case "tls", "ssl", "mqtts":
	case "tcp", "mqtt":
		if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return nil, fmt.Errorf("broker %s: %w", u.Host, ErrPlain)
		}
		c.plain, port = true, "1883"
	default:
		return nil, fmt.Errorf("broker %s: its scheme is not tls", u.Host)
	}
	if u.Port() == "" {
		c.address = net.JoinHostPort(u.Hostname(), port)
	}
	if c.broker.Dial == nil {
		c.broker.Dial = new(net.Dialer).DialContext
	}
	if c.broker.Log == nil {
		c.broker.Log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// Run keeps the connection until ctx is done; then it returns nil.
func (c *Connection) Run(ctx context.Context, peer Peer) error {
	for failures := 0; ; failures++ {
		began := time.Now()
		err := c.meet(ctx, peer)
		if ctx.Err() != nil {
			peer.Down(nil)
			return nil
		}
		if time.Since(began) > retryMax {
			failures = 0
		}
		pause := min(retryMin<<min(failures, 8), retryMax)
		pause = time.Duration(float64(pause) * (0.5 + rand.Float64()/2))
		c.broker.Log.Warn("no connection to the broker", "broker", c.address, "err", err, "retry_in", pause)
		peer.Down(err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// Publish hands a message to the session there is. It waits for as long as
// writeTime where the network takes nothing.
func (c *Connection) Publish(m Message) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session == nil {
		return fmt.Errorf("broker %s: %w", c.address, mqtt.ErrNotConnected)
	}
	if err := c.session.publish(m); err != nil {
		return fmt.Errorf("broker %s: %w", c.address, err)
	}
	return nil
}

// use sets the session; who is publishing on the one before is waited for.
func (c *Connection) use(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.session = s
}

// meet is one session from dialling to the end, and why it ended.
func (c *Connection) meet(ctx context.Context, peer Peer) error {
	s := &session{lost: make(chan error, 1)}
	defer s.close()
	connecting, connected := context.WithTimeoutCause(ctx, connectTime, errMute)
	defer connected()
	if err := c.connect(connecting, s); err != nil {
		return fmt.Errorf("connect to %s: %w", c.address, err)
	}
	c.use(s)
	defer c.use(nil)
	if err := s.subscribe(connecting, c.broker.Subscribe, peer); err != nil {
		return fmt.Errorf("subscribe at %s: %w", c.address, err)
	}
	if !s.keep() {
		return fmt.Errorf("subscribe at %s: %w", c.address, context.Cause(connecting))
	}
	peer.Up()
	select {
	case err := <-s.lost:
		return fmt.Errorf("connection to %s: %w", c.address, err)
	case <-ctx.Done():
		c.use(nil) // nothing may come after the last word
		s.farewell(c.broker.Will)
		return nil
	}
}
