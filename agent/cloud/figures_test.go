//go:build bench

package cloud_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store/entry"
)

// The figures of the outbox: how fast a backlog leaves, and what memory it
// takes. Memory beyond its limit fails; the ratio, which hangs on what else the
// machine does, fails when it is a fifth below.
const (
	drained       = 10_000 // entries
	drainWindow   = 100    // entries and messages on their way
	drainRatioMin = 0.7    // entries a second, times messages a second of windowed paho
	ratioMargin   = 0.8
	memoryMax     = 8.0 // MB, peak at a backlog of 100,000 less that at 1,000
)

func figure(t *testing.T, name, unit string, value float64, good bool) {
	t.Helper()
	fmt.Printf("bench %s %.3f %s\n", name, value, unit)
	if !good {
		t.Errorf("%s is %.3f, beyond its limit", name, value)
	}
}

// openBroker serves in clear on the loopback, as in the measurements that it is held against.
func openBroker(t *testing.T) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	server := mochi.New(&mochi.Options{Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	must(t, server.AddHook(new(auth.AllowHook), nil))
	must(t, server.AddListener(listeners.NewNet("bench", l)))
	must(t, server.Serve())
	t.Cleanup(func() { must(t, server.Close()) })
	return "tcp://" + l.Addr().String()
}

// TestFiguresOfTheDrain: our uplink, which reads the real store, sends to a
// collector with a database and waits for acknowledgements of its own, against
// bare paho with as many messages of one entry's size on their way.
func TestFiguresOfTheDrain(t *testing.T) {
	const pairs = 5
	url := openBroker(t)
	journal := openStore(t, drained)
	var ratios []float64
	for range pairs {
		theirs := rawPaho(t, url, drained)
		ours := drain(t, url, journal)
		ratios = append(ratios, theirs.Seconds()/ours.Seconds())
		fmt.Printf("# %d entries in %v, bare paho %v\n", drained, ours.Round(time.Millisecond), theirs.Round(time.Millisecond))
	}
	slices.Sort(ratios)
	figure(t, "outbox.drain_ratio", "ratio", ratios[pairs/2], ratios[pairs/2] >= drainRatioMin*ratioMargin)
	fmt.Printf("# rounds %.2f, at least %.1f is wanted; window %d\n", ratios, drainRatioMin, drainWindow)
}

// backlog is a journal of so many entries, none of them acknowledged, which
// appear at one moment.
type backlog struct {
	cloud.Journal
	epoch   entry.Epoch
	entries entry.Seq
	grown   chan struct{} // closed when they appear
	done    chan struct{} // closed when they are acknowledged

	mu    sync.Mutex
	acked entry.Seq
	hash  entry.Hash
}

func newBacklog(j cloud.Journal, entries int) *backlog {
	epoch, _, _ := j.Head()
	return &backlog{Journal: j, epoch: epoch, entries: entry.Seq(entries), grown: make(chan struct{}), done: make(chan struct{})}
}

func (b *backlog) Grown() <-chan struct{} {
	select {
	case <-b.grown:
		return nil // never again
	default:
		return b.grown
	}
}

func (b *backlog) Head() (entry.Epoch, entry.Seq, entry.Hash) {
	select {
	case <-b.grown:
		return b.epoch, b.entries, entry.Hash{}
	default:
		return b.epoch, 0, entry.Hash{}
	}
}

func (b *backlog) Acked() (entry.Seq, entry.Hash) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.acked, b.hash
}

func (b *backlog) Acknowledge(ctx context.Context, epoch int64, seq entry.Seq, hash entry.Hash) error {
	if err := b.Journal.Acknowledge(ctx, epoch, seq, hash); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.acked, b.hash = seq, hash
	if seq == b.entries {
		close(b.done)
	}
	return nil
}

// herald is a log that tells when something is in it.
type herald struct {
	word string
	once sync.Once
	said chan struct{}
}

func (h *herald) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(h.word)) {
		h.once.Do(func() { close(h.said) })
	}
	return len(p), nil
}

// drain is how long it takes until a new collector has everything and we know
// it; both are connected before.
func drain(t *testing.T, url string, journal cloud.Journal) time.Duration {
	t.Helper()
	up := &herald{word: "collecting", said: make(chan struct{})}
	c, err := collect.New(t.Context(), collect.Options{Path: ":memory:", Broker: cloud.Broker{URL: url},
		Log: slog.New(slog.NewTextHandler(up, nil))})
	must(t, err)
	defer func() { must(t, c.Close()) }()
	stopCollector := background(t, c.Run)
	<-up.said
	b := newBacklog(journal, drained)
	uplink, err := cloud.New(cloud.Options{Broker: url, Site: address.Site, Device: address.Device, Journal: b, Window: drainWindow})
	must(t, err)
	stopUplink := background(t, uplink.Run)
	until(t, uplink, "connected and answered", func(s cloud.State) bool { return !s.LastAck.IsZero() })
	began := time.Now()
	close(b.grown)
	<-b.done
	took := time.Since(began)
	stopUplink()
	stopCollector()
	return took
}

// rawPaho is how long bare paho takes for as many messages of 300 bytes, with as
// many on their way.
func rawPaho(t *testing.T, url string, messages int) time.Duration {
	t.Helper()
	client := mqtt.NewClient(mqtt.NewClientOptions().AddBroker(url).SetClientID("bare").SetStore(mqtt.NewMemoryStore()))
	connecting := client.Connect()
	connecting.Wait()
	must(t, connecting.Error())
	defer client.Disconnect(100)
	payload, window := make([]byte, 300), make(chan mqtt.Token, drainWindow)
	began := time.Now()
	for range messages {
		if len(window) == drainWindow {
			(<-window).Wait()
		}
		window <- client.Publish("bare", 1, false, payload)
	}
	for len(window) > 0 {
		(<-window).Wait()
	}
	return time.Since(began)
}

// TestFiguresOfTheMemory is the heap's peak while a backlog leaves, the store's
// share included, at a hundred thousand entries less that at a thousand.
func TestFiguresOfTheMemory(t *testing.T) {
	small, large := peak(t, 1_000), peak(t, 100_000)
	figure(t, "outbox.memory", "MB", large-small, large-small <= memoryMax)
	fmt.Printf("# %.1f MB at the peak of 1,000 entries, %.1f MB of 100,000; at most %.0f more are wanted\n", small, large, memoryMax)
}

// believer is a link to a cloud that takes every batch's word for its hash and
// keeps nothing, so that what is measured is ours.
type believer struct {
	t    *testing.T
	peer cloud.Peer
	most uint64 // bytes of the heap
}

func (b *believer) Publish(m cloud.Message) error {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	b.most = max(b.most, stats.HeapAlloc)
	if m.Topic != address.Topic(cloud.UpJournal) {
		return nil
	}
	batch, err := cloud.Decode[cloud.Batch](m.Payload)
	must(b.t, err)
	ack := cloud.Ack{Epoch: batch.Epoch, Seq: batch.Entries[len(batch.Entries)-1].Seq, Hash: batch.Hash}
	b.peer.Deliver(address.Topic(cloud.DownAck), entry.Encode(ack))
	return nil
}

// peak is the most that the heap has while so many entries leave, in MB.
func peak(t *testing.T, entries int) float64 {
	t.Helper()
	b := newBacklog(openStore(t, entries), entries)
	close(b.grown)
	link := &believer{t: t}
	s := cloud.NewSender(b, link, cloud.SenderOptions{Address: address, Window: drainWindow})
	link.peer = s
	debug.FreeOSMemory()
	s.Up()
	stop := background(t, s.Run)
	<-b.done
	stop()
	return float64(link.most) / (1 << 20)
}
