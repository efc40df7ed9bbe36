package cloud_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store"
	"tillgate/store/entry"
)

// openStore opens the device's real store with orders that were opened and
// cancelled, at least so many entries.
func openStore(tb testing.TB, entries int) *store.Store {
	tb.Helper()
	now := entry.Stamp{Wall: 1_760_000_000_000, Mono: 1000, Trust: entry.Trusted}
	s, err := store.Open(context.Background(), store.Options{Path: filepath.Join(tb.TempDir(), "till.db"), Prefix: "10000001",
		Device: "0007", Version: "test", Boot: "boot", Clock: func() entry.Stamp { return now }})
	must(tb, err)
	tb.Cleanup(func() { must(tb, s.Close()) })
	write(tb, s, entries)
	return s
}

// write adds at least so many entries, in transactions of a hundred.
func write(tb testing.TB, s *store.Store, entries int) {
	tb.Helper()
	order := store.Step{Done: true, Entries: []entry.Draft{
		entry.New(entry.Opened, entry.OpenedBody{Lane: "till-1", Amount: 1500, Title: "停车费 Parking", Ref: "A 12345"}),
		entry.New(entry.Cancelled, entry.CancelledBody{Why: "clerk"})}}
	riders := make([]store.Step, 49)
	for i := range riders {
		riders[i] = order
	}
	_, before, _ := s.Head()
	for _, head, _ := s.Head(); int(head-before) < entries; _, head, _ = s.Head() {
		_, _, err := s.CommitWith(context.Background(), order, riders...)
		must(tb, err)
	}
}

// mosquitto is the real broker, which runs for a while, is killed and runs again.
type mosquitto struct {
	t      *testing.T
	url    string
	config string
	path   string
}

func newMosquitto(t *testing.T, a *authority) *mosquitto {
	t.Helper()
	path, err := exec.LookPath("mosquitto")
	if err != nil {
		path = "/usr/sbin/mosquitto" // not on everybody's path
	}
	if _, err := os.Stat(path); err != nil {
		t.Skip("mosquitto is not installed (Debian package mosquitto): the real broker is not tested")
	}
	dir := t.TempDir()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	port := free.Addr().(*net.TCPAddr).Port
	must(t, free.Close())
	key, err := x509.MarshalECPrivateKey(a.key)
	must(t, err)
	for name, block := range map[string]*pem.Block{
		"ca.pem":     {Type: "CERTIFICATE", Bytes: a.certs[0]},
		"broker.pem": {Type: "CERTIFICATE", Bytes: a.certs[1]},
		"key.pem":    {Type: "EC PRIVATE KEY", Bytes: key},
	} {
		must(t, os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600))
	}
	passwords := filepath.Join(dir, "passwords")
	if out, err := exec.Command("mosquitto_passwd", "-c", "-b", passwords, user, password).CombinedOutput(); err != nil {
		t.Fatalf("mosquitto_passwd: %v: %s", err, out)
	}
	config := fmt.Sprintf("listener %d 127.0.0.1\ncafile %[2]s/ca.pem\ncertfile %[2]s/broker.pem\nkeyfile %[2]s/key.pem\n"+
		"allow_anonymous false\npassword_file %[2]s/passwords\n", port, dir)
	if os.Geteuid() == 0 {
		config += "user root\n" // the files are ours alone
	}
	m := &mosquitto{t: t, url: fmt.Sprintf("tls://127.0.0.1:%d", port), config: filepath.Join(dir, "mosquitto.conf"), path: path}
	must(t, os.WriteFile(m.config, []byte(config), 0o600))
	return m
}

// start runs it until kill.
func (m *mosquitto) start() (kill func()) {
	cmd := exec.Command(m.path, "-c", m.config)
	must(m.t, cmd.Start())
	killed := false
	kill = func() {
		if !killed {
			killed = true
			_ = cmd.Process.Kill() // it may have ended by itself, which Wait shows
			_ = cmd.Wait()
		}
	}
	m.t.Cleanup(kill)
	return kill
}

// until waits for the uplink to be in a state.
func until(t *testing.T, u *cloud.Uplink, what string, is func(cloud.State) bool) {
	t.Helper()
	timeout := time.After(30 * time.Second)
	for {
		changed := u.Changed()
		state := u.State()
		if is(state) {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("after half a minute it is not %s: %+v", what, state)
		}
	}
}

// presences is a Peer that hands on what brokers say of a device.
type presences chan cloud.Presence

func (presences) Up()        {}
func (presences) Down(error) {}
func (p presences) Deliver(_ string, payload []byte) {
	if said, err := cloud.Decode[cloud.Presence](payload); err == nil {
		p <- said
	}
}

func (p presences) next(t *testing.T, online bool) {
	t.Helper()
	for {
		select {
		case said := <-p:
			if said.Online == online {
				return
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("after half a minute nobody said online %v", online)
		}
	}
}

// TestMosquitto is the whole way with the real store, the real broker over TLS
// and the collector's file. The broker is down at start and killed in the middle.
func TestMosquitto(t *testing.T) {
	t.Parallel()
	authority := newAuthority(t)
	broker := newMosquitto(t, authority)
	journal, log := openStore(t, 5000), &lines{}
	link := cloud.Broker{URL: broker.url, Username: user, Password: password, TLS: authority.client()}
	collector, err := collect.New(t.Context(), collect.Options{Path: filepath.Join(t.TempDir(), "records.db"), Site: address.Site, Broker: link, Log: log.logger()})
	must(t, err)
	t.Cleanup(func() { must(t, collector.Close()) })
	var dialer net.Dialer
	cable := make(chan net.Conn, 100)
	uplink, err := cloud.New(cloud.Options{Broker: broker.url, Site: address.Site, Device: address.Device, Version: "test",
		Username: user, Password: password, TLS: authority.client(), Journal: journal, Log: log.logger(),
		Tune: func(o *cloud.SenderOptions) { o.Patience = time.Second }, // the collector may come later than the device
		Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err == nil {
				cable <- conn
			}
			return conn, err
		}})
	must(t, err)
	background(t, collector.Run)
	leave := background(t, uplink.Run)
	until(t, uplink, "without a broker", func(s cloud.State) bool { return s.Err != nil })

	kill := broker.start()
	all := func(s cloud.State) bool { return s.Acked == s.Head && s.Err == nil }
	until(t, uplink, "acknowledged", all)
	kill()
	until(t, uplink, "without a broker", func(s cloud.State) bool { return !s.Connected })
	write(t, journal, 1000)
	broker.start()
	until(t, uplink, "acknowledged again", all)

	said := make(presences, 100)
	link.ClientID, link.Subscribe = "watcher", []string{address.Topic(cloud.UpState)}
	watcher, err := cloud.NewConnection(link)
	must(t, err)
	background(t, func(ctx context.Context) error { return watcher.Run(ctx, said) })
	said.next(t, true) // retained
	for len(cable) > 1 {
		<-cable
	}
	must(t, (<-cable).(*net.TCPConn).CloseWrite()) // the broker sees an end without a word
	said.next(t, false)
	said.next(t, true)
	until(t, uplink, "acknowledged after the cable", all)
	compare(t, collector, journal)
	leave()
	said.next(t, false)
	hidden(t, log.String())
}

// compare compares what a collector has with the store.
func compare(t *testing.T, c *collect.Collector, s *store.Store) {
	t.Helper()
	epoch, head, hash := s.Head()
	n, last := 0, entry.Hash{}
	must(t, c.Journal(t.Context(), address, epoch.Number, 0, func(e entry.Entry) error { n, last = n+1, e.Hash; return nil }))
	if n != int(head) || last != hash {
		t.Errorf("the collector has %d entries of %d, or another chain", n, head)
	}
	alarms, err := c.Alarms(t.Context())
	must(t, err)
	if len(alarms) > 0 {
		t.Errorf("alarms %v", alarms)
	}
}

// TestMosquittoRefuses a wrong password; the uplink says so and does not show it.
func TestMosquittoRefuses(t *testing.T) {
	t.Parallel()
	authority := newAuthority(t)
	broker := newMosquitto(t, authority)
	broker.start()
	log := &lines{}
	uplink, err := cloud.New(cloud.Options{Broker: broker.url, Site: address.Site, Device: address.Device,
		Username: user, Password: password + "!", TLS: authority.client(), Journal: newDiary(5), Log: log.logger()})
	must(t, err)
	background(t, uplink.Run)
	until(t, uplink, "refused", func(s cloud.State) bool { return errors.Is(s.Err, packets.ErrorRefusedNotAuthorised) })
	hidden(t, log.String()+fmt.Sprint(uplink.State()))
}
