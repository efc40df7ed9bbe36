package cloud

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// How long a session waits.
const (
	connectTime  = 20 * time.Second // for TCP, TLS, CONNACK and SUBACK together
	keepAlive    = 30 * time.Second
	pingTime     = 10 * time.Second
	writeTime    = 10 * time.Second // for the network to take a message
	confirmTime  = time.Minute      // for the broker to confirm one
	farewellTime = time.Second      // for the last message
	qos          = 1
)

// errMute ends the attempt at a broker that takes the connection and says nothing.
var errMute = fmt.Errorf("no answer in %s", connectTime)

// errUnconfirmed ends a session whose broker takes messages and confirms none.
// Otherwise paho would keep them all.
var errUnconfirmed = errors.New("the broker does not confirm what it is sent")

// session is one MQTT session. paho's tokens prove nothing of a message's fate:
// a lost connection completes them, at times without an error.
type session struct {
	client      mqtt.Client
	lost        chan error       // why it ended, once
	keep        func() (ok bool) // the connection may outlive connectTime
	unconfirmed []sent
}

type sent struct {
	mqtt.Token
	at time.Time
}

// connect opens the session. connecting bounds it until keep is called, so that
// a broker that takes the connection and says nothing does not hold us for ever.
func (c *Connection) connect(connecting context.Context, s *session) error {
	o := mqtt.NewClientOptions().AddBroker(c.broker.URL).SetClientID(c.broker.ClientID).
		SetUsername(c.broker.Username).SetPassword(string(c.broker.Password)).
		SetProtocolVersion(4).SetCleanSession(true).SetStore(mqtt.NewMemoryStore()).
		SetAutoReconnect(false).SetConnectRetry(false). // Run does both, with jitter
		SetConnectTimeout(2 * connectTime).             // connecting comes first
		SetKeepAlive(keepAlive).SetPingTimeout(pingTime).SetWriteTimeout(writeTime).
		SetConnectionLostHandler(func(_ mqtt.Client, err error) { s.end(err) })
	if will := c.broker.Will; will != nil {
		o.SetBinaryWill(will.Topic, will.Payload, qos, will.Retained)
	}
	o.SetCustomOpenConnectionFn(func(*url.URL, mqtt.ClientOptions) (net.Conn, error) {
		conn, err := c.dial(connecting)
		if err == nil {
			s.keep = context.AfterFunc(connecting, func() { conn.Close() })
		}
		return conn, err
	})
	s.client = mqtt.NewClient(o)
	return s.wait(connecting, s.client.Connect())
}

// dial opens the connection; ctx also ends a handshake that hangs.
func (c *Connection) dial(ctx context.Context) (net.Conn, error) {
	conn, err := c.broker.Dial(ctx, "tcp", c.address)
	if err != nil || c.plain {
		return conn, err
	}
	config := &tls.Config{}
	if c.broker.TLS != nil {
		config = c.broker.TLS.Clone()
	}
	config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	if config.ServerName == "" {
		config.ServerName, _, _ = net.SplitHostPort(c.address)
	}
	secured := tls.Client(conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secured, nil
}

// wait waits for paho to have done something, which is all that a token says.
func (s *session) wait(ctx context.Context, token mqtt.Token) (err error) {
	select {
	case <-token.Done():
		err = token.Error()
	case err = <-s.lost:
	case <-ctx.Done():
	}
	if ctx.Err() != nil { // whatever else it led to
		return context.Cause(ctx)
	}
	return err
}

// subscribe has what matches the filters delivered to peer.
func (s *session) subscribe(ctx context.Context, filters []string, peer Peer) error {
	if len(filters) == 0 {
		return nil
	}
	all := map[string]byte{}
	for _, f := range filters {
		all[f] = qos
	}
	token := s.client.SubscribeMultiple(all, func(_ mqtt.Client, m mqtt.Message) { peer.Deliver(m.Topic(), m.Payload()) })
	if err := s.wait(ctx, token); err != nil {
		return err
	}
	for filter, code := range token.(*mqtt.SubscribeToken).Result() {
		if code > 2 { // MQTT 3.1.1, 3.9.3: 0x80 is a refusal
			return fmt.Errorf("%s is refused", filter)
		}
	}
	return nil
}

// publish hands a message to paho, unless the broker owes us too old a
// confirmation.
func (s *session) publish(m Message) error {
	s.unconfirmed = slices.DeleteFunc(s.unconfirmed, func(t sent) bool {
		select {
		case <-t.Done():
			return true
		default:
			return false
		}
	})
	now := time.Now()
	if len(s.unconfirmed) > 0 && now.Sub(s.unconfirmed[0].at) > confirmTime {
		s.end(errUnconfirmed)
		return errUnconfirmed
	}
	token := s.client.Publish(m.Topic, qos, m.Retained, m.Payload)
	select {
	case <-token.Done(): // without an error it proves nothing
		return token.Error()
	default:
		s.unconfirmed = append(s.unconfirmed, sent{token, now})
		return nil
	}
}

// end notes why the session ended; the first reason counts.
func (s *session) end(err error) {
	select {
	case s.lost <- err:
	default:
	}
}

// farewell says the last word, which the broker would not say for who leaves in order.
func (s *session) farewell(will *Message) {
	if will != nil {
		s.client.Publish(will.Topic, qos, will.Retained, will.Payload).WaitTimeout(farewellTime)
	}
}

// close ends the session; what paho still does then ends by itself.
func (s *session) close() { s.client.Disconnect(uint(farewellTime.Milliseconds())) }
