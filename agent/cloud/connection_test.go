package cloud_test

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"tillgate/agent/cloud"
)

// crank is a broker that answers each packet with what it likes to, at once; an
// answer of nil bytes is silence.
type crank func(p packets.ControlPacket) packets.ControlPacket

func (c crank) serve(l net.Listener) {
	var open sync.WaitGroup
	defer open.Wait()
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		open.Go(func() {
			defer conn.Close()
			for {
				p, err := packets.ReadPacket(conn)
				if err != nil {
					return
				}
				if answer := c(p); answer != nil && answer.Write(conn) != nil {
					return
				}
			}
		})
	}
}

// polite answers everything as a broker does.
func polite(p packets.ControlPacket) packets.ControlPacket {
	switch p := p.(type) {
	case *packets.ConnectPacket:
		return packets.NewControlPacket(packets.Connack)
	case *packets.SubscribePacket:
		answer := packets.NewControlPacket(packets.Suback).(*packets.SubackPacket)
		answer.MessageID, answer.ReturnCodes = p.MessageID, slices.Repeat([]byte{1}, len(p.Topics))
		return answer
	case *packets.PublishPacket:
		answer := packets.NewControlPacket(packets.Puback).(*packets.PubackPacket)
		answer.MessageID = p.MessageID
		return answer
	case *packets.PingreqPacket:
		return packets.NewControlPacket(packets.Pingresp)
	}
	return nil
}

// listener is a Peer that counts.
type listener struct {
	mu    sync.Mutex
	ups   int
	downs []error
}

func (l *listener) Up() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ups++
}

func (l *listener) Down(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.downs = append(l.downs, err)
}

func (l *listener) Deliver(string, []byte) {}

// meet runs a connection to a crank for a while and returns what its peer heard.
func (c crank) meet(t *testing.T, network *pipes, during func(*cloud.Connection)) (l *listener) {
	t.Helper()
	pipes := network.listen()
	done := make(chan struct{})
	go func() { defer close(done); c.serve(pipes) }()
	b := cloud.Broker{URL: "tcp://127.0.0.1", ClientID: "x", Subscribe: []string{"a", "b/+"}, Dial: network.dial,
		Will: &cloud.Message{Topic: "will", Payload: []byte("gone")}}
	connection, err := cloud.NewConnection(b)
	must(t, err)
	l = &listener{}
	stop := background(t, func(ctx context.Context) error { return connection.Run(ctx, l) })
	during(connection)
	began := time.Now()
	stop()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	must(t, pipes.Close())
	network.cut()
	<-done
	return l
}

// TestSilentBroker takes the connection and says nothing from some packet on.
// The session ends each time, and the pauses between grow.
func TestSilentBroker(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		until byte // type of the first packet that is not answered
		ups   int  // times that the connection was of use
		says  string
	}{
		"to the connection":   {packets.Connect, 0, "connect to 127.0.0.1:1883: no answer in 20s"},
		"to the subscription": {packets.Subscribe, 0, "subscribe at 127.0.0.1:1883: no answer in 20s"},
		"to a ping":           {packets.Pingreq, 1, "pingresp not received"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				silent := crank(func(p packets.ControlPacket) packets.ControlPacket {
					if answer := polite(p); answer != nil && !isType(p, test.until) {
						return answer
					}
					return nil
				})
				network := &pipes{}
				l := silent.meet(t, network, func(*cloud.Connection) { wait(10 * time.Minute) })
				if (l.ups > 0) != (test.ups > 0) {
					t.Errorf("the connection was of use %d times", l.ups)
				}
				if len(l.downs) < 4 || l.downs[0] == nil || !strings.Contains(l.downs[0].Error(), test.says) {
					t.Errorf("the peer heard %v", l.downs)
				}
				if n := len(network.dials); n < 5 || n > 20 {
					t.Errorf("%d attempts in ten minutes", n)
				}
			})
		})
	}
}

func isType(p packets.ControlPacket, kind byte) bool {
	return packets.PacketNames[kind] == packets.PacketNames[typeOf(p)]
}

func typeOf(p packets.ControlPacket) byte {
	switch p.(type) {
	case *packets.ConnectPacket:
		return packets.Connect
	case *packets.SubscribePacket:
		return packets.Subscribe
	case *packets.PublishPacket:
		return packets.Publish
	case *packets.PingreqPacket:
		return packets.Pingreq
	}
	return packets.Disconnect
}

// TestUnconfirmed messages end the session after a minute: paho would keep every
// one of them for ever. The next session begins with none.
func TestUnconfirmed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		silent := crank(func(p packets.ControlPacket) packets.ControlPacket {
			if isType(p, packets.Publish) {
				return nil
			}
			return polite(p)
		})
		network := &pipes{}
		l := silent.meet(t, network, func(c *cloud.Connection) {
			wait(time.Second)
			for range 90 {
				if err := c.Publish(cloud.Message{Topic: "a", Payload: []byte("x")}); err != nil {
					wait(time.Minute)
					must(t, c.Publish(cloud.Message{Topic: "a"}))
					return
				}
				wait(time.Second)
			}
			t.Error("90 messages were taken, none was confirmed, and the session goes on")
		})
		if l.ups != 2 || l.downs[0] == nil || !strings.Contains(l.downs[0].Error(), "does not confirm") {
			t.Errorf("%d sessions, the peer heard %v", l.ups, l.downs)
		}
	})
}

// TestRefusedSubscription is an error, not a connection without ears.
func TestRefusedSubscription(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refuses := crank(func(p packets.ControlPacket) packets.ControlPacket {
			answer := polite(p)
			if a, is := answer.(*packets.SubackPacket); is {
				a.ReturnCodes[0] = 0x80
			}
			return answer
		})
		l := refuses.meet(t, &pipes{}, func(*cloud.Connection) { wait(time.Minute) })
		if l.ups != 0 || !strings.Contains(l.downs[0].Error(), "is refused") {
			t.Errorf("%d sessions, the peer heard %v", l.ups, l.downs)
		}
	})
}

// TestPauses between attempts double up to a minute, each between a half and
// the whole of it, and differ from one device to the other.
func TestPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		one, two := &pipes{}, &pipes{}
		for _, p := range []*pipes{one, two} {
			connection, err := cloud.NewConnection(cloud.Broker{URL: "tls://127.0.0.1", Dial: p.dial})
			must(t, err)
			background(t, func(ctx context.Context) error { return connection.Run(ctx, &listener{}) })
			if err := connection.Publish(cloud.Message{Topic: "a"}); err == nil {
				t.Error("a message was taken without a connection")
			}
		}
		wait(10 * time.Minute)
		longest := 2 * time.Second
		for i, at := range one.dials[1:] {
			pause := at.Sub(one.dials[i])
			if most := longest + time.Second; pause < longest/2 || pause > most { // paho may take the farewell's second to give up
				t.Errorf("pause %d is %v, want %v to %v", i, pause, longest/2, most)
			}
			longest = min(2*longest, time.Minute)
		}
		if slices.EqualFunc(one.dials, two.dials, time.Time.Equal) {
			t.Error("two devices come back at the same moments")
		}
	})
}

// TestLastWord is the will, said by ourselves; nothing comes after it.
func TestLastWord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var topics []string
		var connection *cloud.Connection
		var late error
		listens := crank(func(p packets.ControlPacket) packets.ControlPacket {
			mu.Lock()
			defer mu.Unlock()
			if m, is := p.(*packets.PublishPacket); is {
				if topics = append(topics, m.TopicName); m.TopicName == "will" {
					late = connection.Publish(cloud.Message{Topic: "b"})
				}
			}
			return polite(p)
		})
		listens.meet(t, &pipes{}, func(c *cloud.Connection) {
			connection = c
			wait(time.Second)
			must(t, c.Publish(cloud.Message{Topic: "a"}))
		})
		if late == nil || connection.Publish(cloud.Message{Topic: "b"}) == nil {
			t.Error("a message was taken after the last word")
		}
		if !slices.Equal(topics, []string{"a", "will"}) {
			t.Errorf("the broker heard %v", topics)
		}
	})
}

// TestStuckNetwork takes no more bytes: a publish comes back after a while.
func TestStuckNetwork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		here, there := net.Pipe() // takes nothing that is not read
		defer there.Close()
		dials := 0
		connection, err := cloud.NewConnection(cloud.Broker{URL: "tcp://127.0.0.1", Dial: func(context.Context, string, string) (net.Conn, error) {
			if dials++; dials > 1 {
				return nil, errRefused
			}
			return here, nil
		}})
		must(t, err)
		background(t, func(ctx context.Context) error { return connection.Run(ctx, &listener{}) })
		connect, err := packets.ReadPacket(there)
		must(t, err)
		must(t, polite(connect).Write(there))
		synctest.Wait()
		began := time.Now()
		for range 3 {
			err = errors.Join(err, connection.Publish(cloud.Message{Topic: "a", Payload: make([]byte, 1000)}))
		}
		if took := time.Since(began); err == nil || took > 30*time.Second {
			t.Errorf("three messages took %v: %v", took, err)
		}
		if _, err := io.Copy(io.Discard, there); err != nil {
			t.Error(err)
		}
	})
}
