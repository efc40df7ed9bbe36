package cloud_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store/entry"
)

// site is an uplink and a collector at a broker in memory.
type site struct {
	t         *testing.T
	net       *pipes // between the device and the broker
	authority *authority
	diary     *diary
	uplink    *cloud.Uplink
	collector *collect.Collector
	log       *lines
}

// lines is a log.
type lines struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.String()
}

func (l *lines) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func newSite(t *testing.T, entries int) *site {
	s := &site{t: t, net: &pipes{}, authority: newAuthority(t), diary: newDiary(entries), log: &lines{}}
	uplink, err := cloud.New(cloud.Options{Broker: "tls://127.0.0.1", Site: address.Site, Device: address.Device, Version: "test",
		Username: user, Password: password, TLS: s.authority.client(), Journal: s.diary, Log: s.log.logger(), Dial: s.net.dial})
	must(t, err)
	s.uplink = uplink
	return s
}

// collect starts a collector.
func (s *site) collect() {
	c, err := collect.New(s.t.Context(), collect.Options{Path: ":memory:", Log: s.log.logger(), Broker: cloud.Broker{
		URL: "tls://127.0.0.1:8883", Username: user, Password: password, TLS: s.authority.client(), Dial: s.net.dial}})
	must(s.t, err)
	s.collector = c
	s.t.Cleanup(func() { must(s.t, c.Close()) })
	background(s.t, c.Run)
}

// background runs something until stop or the end of the test.
func background(t *testing.T, run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v when it was asked to stop", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// collected compares what the collector has with the journal.
func (s *site) collected() {
	s.t.Helper()
	same(s.t, s.collector, s.diary)
}

func same(t *testing.T, c *collect.Collector, d *diary) {
	t.Helper()
	entries := d.copy().entries
	n := 0
	must(t, c.Journal(t.Context(), address, d.epoch.Number, 0, func(e entry.Entry) error {
		if n++; n > len(entries) || e.Hash != entries[n-1].Hash || !bytes.Equal(e.Body, entries[n-1].Body) {
			return fmt.Errorf("entry %d is another one", e.Seq)
		}
		return nil
	}))
	if acked, _ := d.Acked(); n != len(entries) || int(acked) != n {
		t.Errorf("%d of %d entries were collected, %d are acknowledged", n, len(entries), acked)
	}
}

// presence is what the collector knows of the device.
func (s *site) presence() collect.Presence {
	devices, err := s.collector.Devices(s.t.Context())
	must(s.t, err)
	if len(devices) != 1 || devices[0].Address != address {
		s.t.Fatalf("the collector knows %v", devices)
	}
	return devices[0].Presence
}

// TestBrokerComesAndGoes: it is down at start, begins, dies in the middle and
// comes back with nothing of what it knew.
func TestBrokerComesAndGoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, 1234)
		s.collect()
		leave := background(t, s.uplink.Run)
		wait(10 * time.Minute)
		if state := s.uplink.State(); state.Connected || !errors.Is(state.Err, errRefused) || state.Head != 1234 {
			t.Errorf("without a broker: state = %+v", state)
		}
		_, stop := startMochi(t, s.net.listen(), s.authority)
		wait(2 * time.Minute)
		s.collected()
		if p := s.presence(); !p.Online || p.Version != "test" {
			t.Errorf("presence = %+v", p)
		}
		s.diary.write(5000)
		wait(time.Millisecond)
		stop()
		s.diary.write(77)
		wait(10 * time.Minute)
		if state := s.uplink.State(); state.Connected || state.Err == nil {
			t.Errorf("after the broker's death: state = %+v", state)
		}
		_, stop = startMochi(t, s.net.listen(), s.authority)
		defer stop()
		wait(2 * time.Minute)
		s.collected()
		leave()
		wait(time.Second)
		if p := s.presence(); p.Online {
			t.Errorf("after it left: presence = %+v", p)
		}
	})
}

// TestWill is published by the broker when the cable breaks, and the device
// comes back by itself.
func TestWill(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, 10)
		_, stop := startMochi(t, s.net.listen(), s.authority)
		defer stop()
		background(t, s.uplink.Run)
		wait(time.Minute)
		cable := s.net
		s.net = &pipes{accept: cable.accept} // the collector's connection is another one
		s.collect()
		wait(time.Minute)
		if p := s.presence(); !p.Online {
			t.Errorf("connected: presence = %+v", p) // the broker had retained it
		}
		cable.cut()
		wait(500 * time.Millisecond)
		if p := s.presence(); p.Online {
			t.Errorf("cut off: presence = %+v", p)
		}
		wait(time.Minute)
		if p := s.presence(); !p.Online {
			t.Errorf("after a minute: presence = %+v", p)
		}
		s.collected()
	})
}

// TestRefused by a broker that does not know the password, or refusing one of another authority: it says so, keeps
// trying, and the password is in no log and no error.
func TestRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*cloud.Options){
		"wrong password":    func(o *cloud.Options) { o.Password = "hunter2" + password },
		"another authority": func(o *cloud.Options) { o.TLS.RootCAs = nil },
		"another site":      func(o *cloud.Options) { o.Broker = "tls://127.0.0.2:8883" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSite(t, 10)
				_, stop := startMochi(t, s.net.listen(), s.authority)
				defer stop()
				o := cloud.Options{Broker: "tls://127.0.0.1", Site: address.Site, Device: address.Device, Username: user,
					Password: password, TLS: s.authority.client(), Journal: s.diary, Log: s.log.logger(), Dial: s.net.dial}
				change(&o)
				uplink, err := cloud.New(o)
				must(t, err)
				background(t, uplink.Run)
				wait(10 * time.Minute)
				if state := uplink.State(); state.Connected || state.Err == nil || state.Acked != 0 {
					t.Errorf("state = %+v", state)
				}
				if n := len(s.net.dials); n < 9 || n > 30 {
					t.Errorf("%d attempts in ten minutes", n)
				}
				hidden(t, s.log.String()+fmt.Sprint(uplink.State().Err))
			})
		})
	}
}
