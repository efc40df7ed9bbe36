package collect_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store/entry"
)

func newCollector(t *testing.T, change func(*collect.Options)) (*collect.Collector, error) {
	o := collect.Options{Path: ":memory:", Broker: cloud.Broker{URL: "tls://127.0.0.1"}}
	change(&o)
	c, err := collect.New(t.Context(), o)
	if err == nil {
		t.Cleanup(func() { must(t, c.Close()) })
	}
	return c, err
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*collect.Options){
		"without TLS":  func(o *collect.Options) { o.Broker.URL = "tcp://10.0.0.1" },
		"a site":       func(o *collect.Options) { o.Site = "a/b" },
		"unable to op": func(o *collect.Options) { o.Path = "/nowhere/at/all.db" },
	} {
		if _, err := newCollector(t, change); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one of %q", err, want)
		}
	}
}

// TestJournal goes over all entries, however many a slice has, and stops at an error.
func TestJournal(t *testing.T) {
	t.Parallel()
	c, err := newCollector(t, func(*collect.Options) {})
	must(t, err)
	mine := journal(epoch1, 1234, "mine")
	must(t, c.Append(t.Context(), device, epoch1, mine))
	n := 0
	must(t, c.Journal(t.Context(), device, 1, 34, func(e entry.Entry) error {
		if e.Hash != mine[34+n].Hash {
			t.Fatalf("entry %d comes as number %d", e.Seq, n)
		}
		n++
		return nil
	}))
	if n != 1200 {
		t.Errorf("%d entries after 34", n)
	}
	enough := errors.New("enough")
	if err := c.Journal(t.Context(), device, 1, 0, func(entry.Entry) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("it did not stop: %v", err)
	}
	devices, err := c.Devices(t.Context())
	must(t, err)
	if len(devices) != 1 || devices[0].Address != device || devices[0].Position.Hash != mine[1233].Hash {
		t.Errorf("devices %+v", devices)
	}
}

// TestQueue takes more messages than it holds while the disk is busy: what does
// not fit is dropped, and the device will send it again.
func TestQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var alarms []collect.Alarm
		c, err := newCollector(t, func(o *collect.Options) {
			o.Log = slog.New(slog.NewTextHandler(&log, nil))
			o.Alarm = func(a collect.Alarm) { alarms = append(alarms, a) }
			o.Broker.Dial = func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no network") }
		})
		must(t, err)
		mine := journal(epoch1, 300, "mine")
		c.Deliver(device.Topic(cloud.UpHello), []byte("{"))
		for i := range mine {
			c.Deliver(device.Topic(cloud.UpJournal), entry.Encode(batch(t, mine[i:i+1])))
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- c.Run(ctx) }()
		time.Sleep(time.Minute) // in a bubble
		stop()
		must(t, <-done)
		kept(t, c.SQLite, mine[:255])
		if len(alarms) != 1 || alarms[0].What != collect.Garbled || alarms[0].Address != device {
			t.Errorf("alarms %v", alarms)
		}
		for _, want := range []string{"messages dropped", "count=45", "alarm", "answer not sent", "no connection to the broker"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log does not say %q", want)
			}
		}
	})
}
