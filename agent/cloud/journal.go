package cloud

import (
	"context"

	"tillgate/store/entry"
)

// Journal is what the uplink needs of the store: to read it and to mark it.
type Journal interface {
	Reader
	Marks
}

// Reader reads the journal.
type Reader interface {
	// Entries are at most max entries after one of them, in order. Their hashes
	// need only have the first entry.Stored bytes.
	Entries(ctx context.Context, after entry.Seq, max int) ([]entry.Entry, error)
	// Grown is closed when the journal next grows. To miss nothing take the
	// channel first, then read.
	Grown() <-chan struct{}
}

// Marks are the places in the journal that the uplink lives by.
type Marks interface {
	// Head is the epoch and the newest entry with its whole hash.
	Head() (entry.Epoch, entry.Seq, entry.Hash)
	// Acked is the newest entry that the cloud has acknowledged, with its whole
	// hash; 0 where it has acknowledged none.
	Acked() (entry.Seq, entry.Hash)
	// Acknowledge moves that place.
	Acknowledge(ctx context.Context, epoch int64, seq entry.Seq, head entry.Hash) error
}

// Link carries messages to the broker.
type Link interface {
	// Publish hands a message over, in order, at least once while the connection
	// lasts. That it returned nil proves nothing about the message's arrival.
	Publish(m Message) error
}

// Peer is who talks over a link. Its methods only take note: they never block
// and may be called from any goroutine.
type Peer interface {
	// Up says that a connection began and that what was subscribed to arrives.
	Up()
	// Down says that there is no connection, and why.
	Down(err error)
	// Deliver hands over what arrived.
	Deliver(topic string, payload []byte)
}
