package collect

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"tillgate/agent/cloud"
	"tillgate/store/entry"
)

// queueMax bounds what has arrived and is not on the disk yet. What does not
// fit is dropped: devices send again what is not acknowledged.
const queueMax = 256

// Options say where records come from and where they are kept.
type Options struct {
	Path   string       // the database, or ":memory:"
	Broker cloud.Broker // what it subscribes to is added here
	Site   string       // only this one; "" is all that the broker lets us see
	Alarm  func(Alarm)  // called for each alarm, again and again while it lasts; may be nil
	Log    *slog.Logger // nil discards
}

// Collector receives journals from a broker into a database.
type Collector struct {
	*SQLite
	receiver   *Receiver
	connection *cloud.Connection
	log        *slog.Logger
	queue      chan cloud.Message
	dropped    atomic.Int64
}

// Device is one epoch of a device, how far it has been received, and what the
// device said of itself since this process began.
type Device struct {
	cloud.Address
	Position Position
	Presence Presence
}

// New opens the database; Run connects.
func New(ctx context.Context, o Options) (*Collector, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	site := cmp.Or(o.Site, "+")
	if err := (cloud.Address{Site: cmp.Or(o.Site, "all"), Device: "all"}).Check(); err != nil {
		return nil, fmt.Errorf("collect: %w", err)
	}
	o.Broker.Subscribe = []string{cloud.Address{Site: site, Device: "+"}.Topic("up/+")}
	o.Broker.Log = o.Log
	o.Broker.ClientID = cmp.Or(o.Broker.ClientID, "tillgate-collect")
	connection, err := cloud.NewConnection(o.Broker)
	if err != nil {
		return nil, fmt.Errorf("collect: %w", err)
	}
	db, err := OpenSQLite(ctx, o.Path)
	if err != nil {
		return nil, fmt.Errorf("collect: %w", err)
	}
	store := &loud{SQLite: db, log: o.Log, tell: o.Alarm}
	return &Collector{SQLite: db, receiver: NewReceiver(store), connection: connection, log: o.Log,
		queue: make(chan cloud.Message, queueMax)}, nil
}

// Run receives until ctx is done; then it returns nil. Close comes after.
func (c *Collector) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return c.connection.Run(ctx, c) })
	group.Go(func() error { return c.receive(ctx) })
	return group.Wait()
}

// Devices are all that have sent something, epoch by epoch.
func (c *Collector) Devices(ctx context.Context) ([]Device, error) {
	devices, err := c.positions(ctx)
	for i := range devices {
		devices[i].Presence = c.receiver.Presence(devices[i].Address)
	}
	return devices, err
}

// Journal calls each for all entries of a device's epoch after one of them, in
// order, a slice at a time.
func (c *Collector) Journal(ctx context.Context, device cloud.Address, epoch int64, after entry.Seq, each func(entry.Entry) error) error {
	const slice = 500
	for {
		entries, err := c.Records(ctx, device, epoch, after, slice)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := each(e); err != nil {
				return err
			}
			after = e.Seq
		}
		if len(entries) < slice {
			return nil
		}
	}
}

var _ cloud.Peer = (*Collector)(nil)

// Up notes a connection.
func (c *Collector) Up() { c.log.Info("collecting") }

// Down notes that there is none; the connection has logged why.
func (c *Collector) Down(error) {}

// Deliver queues a message.
func (c *Collector) Deliver(topic string, payload []byte) {
	select {
	case c.queue <- cloud.Message{Topic: topic, Payload: payload}:
	default:
		c.dropped.Add(1)
	}
}

func (c *Collector) receive(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case m := <-c.queue:
			answers, err := c.receiver.Receive(ctx, m.Topic, m.Payload)
			if err != nil && ctx.Err() == nil {
				c.log.Error("records not kept", "err", err)
			}
			for _, answer := range answers {
				if err := c.connection.Publish(answer); err != nil {
					c.log.Warn("answer not sent", "topic", answer.Topic, "err", err)
				}
			}
		}
		if n := c.dropped.Swap(0); n > 0 {
			c.log.Warn("messages dropped, devices will send them again", "count", n)
		}
	}
}

// loud is a store that also tells of alarms.
type loud struct {
	*SQLite
	log  *slog.Logger
	tell func(Alarm)
}

func (l *loud) Alarm(ctx context.Context, a Alarm) error {
	l.log.Warn("alarm", "device", a.Address, "what", a.What, "epoch", a.Epoch, "seq", a.Seq, "text", a.Text)
	if l.tell != nil {
		l.tell(a)
	}
	return l.SQLite.Alarm(ctx, a)
}
