package cloud

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"

	"golang.org/x/sync/errgroup"

	"tillgate/store/entry"
)

// Options say where records go and as whose.
type Options struct {
	Broker   string // tls://host:8883, or tcp:// on the loopback
	ClientID string // "" is tillgate-<site>-<device>
	Site     string
	Device   string
	Version  string // of the program
	Username string
	Password Secret
	TLS      *tls.Config // nil trusts the system's authorities
	Journal  Journal
	Window   int          // entries on their way at most, 0 is 100; more than a broker's own limit stalls
	Rights   func(Rights) // takes note of a document of people's rights, and does not block; nil passes it over
	Log      *slog.Logger
	// Dial replaces the TCP dialer in tests.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Sender's other options are changed here in tests.
	Tune func(*SenderOptions)
}

// Uplink sends the journal to the cloud. Its State and Changed are the Sender's.
type Uplink struct {
	*Sender
	connection *Connection
}

// New makes an uplink; it does nothing before Run.
func New(o Options) (*Uplink, error) {
	address := Address{Site: o.Site, Device: o.Device}
	if err := address.Check(); err != nil {
		return nil, fmt.Errorf("cloud: %w", err)
	}
	if o.ClientID == "" {
		o.ClientID = "tillgate-" + o.Site + "-" + o.Device
	}
	connection, err := NewConnection(Broker{
		URL: o.Broker, ClientID: o.ClientID, Username: o.Username, Password: o.Password, TLS: o.TLS, Dial: o.Dial, Log: o.Log,
		Subscribe: []string{address.Topic("down/+")},
		Will:      &Message{Topic: address.Topic(UpState), Retained: true, Payload: entry.Encode(Presence{Online: false, Version: o.Version})},
	})
	if err != nil {
		return nil, fmt.Errorf("cloud: %w", err)
	}
	options := SenderOptions{Address: address, Version: o.Version, Window: o.Window, Rights: o.Rights, Log: o.Log}
	if o.Tune != nil {
		o.Tune(&options)
	}
	return &Uplink{Sender: NewSender(o.Journal, connection, options), connection: connection}, nil
}

// Run sends until ctx is done; then it says good-bye and returns nil.
func (u *Uplink) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return u.Sender.Run(ctx) })
	group.Go(func() error { return u.connection.Run(ctx, u.Sender) })
	return group.Wait()
}
