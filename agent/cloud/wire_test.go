package cloud_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store/entry"
)

var address = cloud.Address{Site: "site-1", Device: "0007"}

// wire is a broker in memory between devices of one name and a receiver. A
// message takes 10 ms, unless fate says otherwise.
type wire struct {
	shelf *shelf
	// fate says after which times a message arrives, once for each of them; it
	// is called under the lock, and nil is always.
	fate func(m cloud.Message) []time.Duration

	mu       sync.Mutex
	receiver *collect.Receiver
	ports    []*port
	post     []parcel
	posted   chan struct{}
	record   []parcel // all that was published, by either side
}

type parcel struct {
	cloud.Message
	at   time.Time // when it arrives; in the record, when it left
	port *port     // nil goes to the receiver
	life int       // of the port
}

const latency = 10 * time.Millisecond

func newWire(t *testing.T, s *shelf) *wire {
	w := &wire{shelf: s, receiver: collect.NewReceiver(s), posted: make(chan struct{}, 1)}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	return w
}

// run delivers what is due.
func (w *wire) run(ctx context.Context) {
	for ctx.Err() == nil {
		w.mu.Lock()
		next := time.Hour
		var due *parcel
		if len(w.post) > 0 {
			if next = time.Until(w.post[0].at); next <= 0 {
				p := w.post[0]
				due, w.post = &p, w.post[1:]
			}
		}
		w.mu.Unlock()
		if due != nil {
			w.deliver(ctx, *due)
			continue
		}
		select {
		case <-ctx.Done():
		case <-w.posted:
		case <-time.After(next):
		}
	}
}

func (w *wire) deliver(ctx context.Context, p parcel) {
	w.mu.Lock()
	receiver, listens := w.receiver, p.port != nil && p.port.up && p.port.life == p.life
	w.mu.Unlock()
	if p.port != nil {
		if listens {
			p.port.peer.Deliver(p.Topic, p.Payload)
		}
		return
	}
	answers, err := receiver.Receive(ctx, p.Topic, p.Payload)
	if err != nil {
		return // the shelf is full
	}
	for _, a := range answers {
		w.answer(a)
	}
}

// answer publishes for the receiver: everybody of that name hears it.
func (w *wire) answer(m cloud.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.record = append(w.record, parcel{Message: m, at: time.Now()})
	for _, p := range w.ports {
		if p.up {
			w.send(m, p)
		}
	}
}

func (w *wire) send(m cloud.Message, to *port) {
	delays := []time.Duration{latency}
	if w.fate != nil {
		delays = w.fate(m)
	}
	for _, d := range delays {
		p := parcel{Message: m, at: time.Now().Add(d), port: to}
		if to != nil {
			p.life = to.life
		}
		w.post = append(w.post, p)
	}
	slices.SortStableFunc(w.post, func(a, b parcel) int { return a.at.Compare(b.at) })
	select {
	case w.posted <- struct{}{}:
	default:
	}
}

// change changes the wire while it runs.
func (w *wire) change(do func(*wire)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do(w)
}

// sent are the messages of a name that were published, in order.
func (w *wire) sent(name string) (found []parcel) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.record {
		if p.Topic == address.Topic(name) {
			found = append(found, p)
		}
	}
	return found
}

// port is a device's link.
type port struct {
	wire *wire
	peer cloud.Peer
	up   bool
	life int
}

var errUnplugged = errors.New("unplugged")

func (p *port) Publish(m cloud.Message) error {
	p.wire.mu.Lock()
	defer p.wire.mu.Unlock()
	if !p.up {
		return errUnplugged
	}
	p.wire.record = append(p.wire.record, parcel{Message: m, at: time.Now()})
	p.wire.send(m, nil)
	return nil
}

// plug connects or disconnects.
func (p *port) plug(up bool) {
	p.wire.mu.Lock()
	p.up = up
	p.life++
	p.wire.mu.Unlock()
	if up {
		p.peer.Up()
	} else {
		p.peer.Down(errUnplugged)
	}
}

// till is a device that runs.
type till struct {
	*cloud.Sender
	*port
	diary *diary
	stop  func()
}

// start runs a device on the wire; it is connected.
func (w *wire) start(t *testing.T, d *diary, change func(*cloud.SenderOptions)) *till {
	p := &port{wire: w}
	w.change(func(w *wire) { w.ports = append(w.ports, p) })
	o := cloud.SenderOptions{Address: address, Version: "test", Jitter: func() float64 { return 0 }}
	if change != nil {
		change(&o)
	}
	s := cloud.NewSender(d, p, o)
	p.peer = s
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v when it was asked to stop", err)
		}
		w.change(func(*wire) { p.up = false })
	})
	t.Cleanup(stop)
	p.plug(true)
	return &till{Sender: s, port: p, diary: d, stop: stop}
}

// wait lets time pass.
func wait(d time.Duration) {
	time.Sleep(d) // in a bubble: the clock is the test's
	synctest.Wait()
}

// arrived checks that everything is in the cloud, as the journal has it, and acknowledged.
func arrived(t *testing.T, s *shelf, d *diary) {
	t.Helper()
	epoch, head, hash := d.Head()
	if !s.has(epoch.Number, head, hash) || s.count(epoch.Number) != int(head) {
		t.Errorf("%d entries of %d are in the cloud", s.count(epoch.Number), head)
	}
	if acked, _ := d.Acked(); acked != head {
		t.Errorf("%d entries of %d are acknowledged", acked, head)
	}
	for _, e := range d.copy().entries {
		if !s.has(epoch.Number, e.Seq, e.Hash) {
			t.Fatalf("entry %d is another one in the cloud", e.Seq)
		}
	}
}

// honest has every acknowledgement that a device takes in compared with what
// the cloud has at that moment.
func honest(t *testing.T, s *shelf, d *diary) {
	d.set(func(d *diary) {
		d.onAck = func(epoch int64, seq entry.Seq, head entry.Hash) {
			if !s.has(epoch, seq, head) {
				t.Errorf("entry %d of epoch %d is acknowledged and not in the cloud", seq, epoch)
			}
		}
	})
}
