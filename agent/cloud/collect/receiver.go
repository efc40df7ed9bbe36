package collect

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tillgate/agent/cloud"
	"tillgate/store/entry"
)

// askAgain is how long a device has to answer a request for a replay before it
// is made again; what is on its way meanwhile shows the same gap.
const askAgain = 5 * time.Second

// Newest stands for a device's newest epoch; epochs count from 1.
const Newest int64 = 0

// Store is where a Receiver keeps journals.
type Store interface {
	// Position is the newest entry of a device's epoch; known is false where
	// there is none.
	Position(ctx context.Context, device cloud.Address, epoch int64) (p Position, known bool, err error)
	// Hashes are those of the entries from one to another, both included; all of
	// them are there.
	Hashes(ctx context.Context, device cloud.Address, epoch int64, from, to entry.Seq) ([]entry.Hash, error)
	// Append keeps entries that continue a position, or begin an epoch. They are
	// on the disk when it returns nil, all of them or none.
	Append(ctx context.Context, device cloud.Address, epoch entry.Epoch, entries []entry.Entry) error
	// Alarm keeps an alarm, counting it where it is known.
	Alarm(ctx context.Context, a Alarm) error
}

// Position is how far a device's journal has been received.
type Position struct {
	Epoch entry.Epoch
	Seq   entry.Seq
	Hash  entry.Hash
}

// Presence is what a device said of itself since this process began.
type Presence struct {
	Online  bool
	Version string
	Head    entry.Seq // newest entry when it last said hello
	Heard   time.Time
}

// Receiver is the cloud's half of the protocol. It takes one message at a time.
type Receiver struct {
	store Store
	asked map[cloud.Address]asked

	mu       sync.Mutex
	presence map[cloud.Address]Presence
}

type asked struct {
	cloud.Replay
	at time.Time
}

// NewReceiver makes a receiver over a store.
func NewReceiver(store Store) *Receiver {
	return &Receiver{store: store, asked: map[cloud.Address]asked{}, presence: map[cloud.Address]Presence{}}
}

// Receive takes a message in and returns the answers to it. An error is the
// store's; then there is no answer, and the device will say it again.
func (r *Receiver) Receive(ctx context.Context, topic string, payload []byte) ([]cloud.Message, error) {
	device, name, err := cloud.ParseTopic(topic)
	if err != nil {
		return nil, nil // not ours, and nobody to tell
	}
	var answers []any
	switch name {
	case cloud.UpJournal:
		answers, err = decoded(ctx, r, device, payload, r.batch)
	case cloud.UpHello:
		answers, err = decoded(ctx, r, device, payload, r.hello)
	case cloud.UpState:
		if len(payload) == 0 {
			return nil, nil // somebody clears what the broker retains of a device that is gone
		}
		answers, err = decoded(ctx, r, device, payload, r.state)
	}
	if err != nil {
		return nil, fmt.Errorf("receive %s of %s: %w", name, device, err)
	}
	messages := make([]cloud.Message, 0, len(answers))
	for _, a := range answers {
		name := cloud.DownAck
		if _, is := a.(cloud.Replay); is {
			name = cloud.DownReplay
		}
		messages = append(messages, cloud.Message{Topic: device.Topic(name), Payload: entry.Encode(a)})
	}
	return messages, nil
}

// Presence is what a device said of itself.
func (r *Receiver) Presence(device cloud.Address) Presence {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.presence[device]
}

func (r *Receiver) heard(device cloud.Address, change func(*Presence)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.presence[device]
	p.Heard = time.Now()
	change(&p)
	r.presence[device] = p
}

// decoded reads a message for the method that it is meant for.
func decoded[T any](ctx context.Context, r *Receiver, device cloud.Address, payload []byte,
	take func(context.Context, cloud.Address, T) ([]any, error)) ([]any, error) {
	message, err := cloud.Decode[T](payload)
	if err != nil {
		return nil, r.alarm(ctx, device, Garbled, 0, 0, err)
	}
	return take(ctx, device, message)
}

func (r *Receiver) alarm(ctx context.Context, device cloud.Address, what What, epoch int64, seq entry.Seq, text error) error {
	return r.store.Alarm(ctx, Alarm{Address: device, What: what, Epoch: epoch, Seq: seq, Text: text.Error(),
		Wall: time.Now().UnixMilli(), Times: 1})
}

// state takes in that a device came or went. One that is there learns how far
// we are: it may have given up shouting while we were away.
func (r *Receiver) state(ctx context.Context, device cloud.Address, p cloud.Presence) ([]any, error) {
	r.heard(device, func(had *Presence) { had.Online, had.Version = p.Online, p.Version })
	if !p.Online {
		return nil, nil
	}
	at, _, err := r.store.Position(ctx, device, Newest)
	if err != nil {
		return nil, err
	}
	return []any{at.ack()}, nil // of epoch 0 where nothing is known
}

// hello answers with how far we are, and asks for what the device believes to
// be here and is not: we were restored from a backup.
func (r *Receiver) hello(ctx context.Context, device cloud.Address, h cloud.Hello) ([]any, error) {
	r.heard(device, func(had *Presence) { had.Online, had.Head = true, h.Seq })
	if h.Epoch < 1 || h.Acked < 0 || h.Seq < h.Acked {
		return nil, r.alarm(ctx, device, Garbled, h.Epoch, h.Seq, fmt.Errorf("%w: epoch %d, entry %d, %d acknowledged",
			cloud.ErrMessage, h.Epoch, h.Seq, h.Acked))
	}
	at, err := r.position(ctx, device, h.Epoch, h.Random)
	if errors.Is(err, errFork) {
		return r.forked(ctx, device, at, 0, err)
	}
	if err != nil {
		return nil, err
	}
	newest, known, err := r.store.Position(ctx, device, Newest)
	if err != nil {
		return nil, err
	}
	switch {
	case known && newest.Epoch.Number > h.Epoch:
		err = r.alarm(ctx, device, WentBack, h.Epoch, h.Seq, fmt.Errorf("epoch %d is here", newest.Epoch.Number))
	case h.Seq < at.Seq:
		err = r.alarm(ctx, device, WentBack, h.Epoch, h.Seq, fmt.Errorf("entry %d is here", at.Seq))
	case h.Seq == at.Seq && entry.Hash(h.Hash) != at.Hash:
		err = r.alarm(ctx, device, Forked, h.Epoch, h.Seq, errFork)
	}
	answers := []any{at.ack()}
	delete(r.asked, device) // what was asked of the connection before may be lost with it
	if h.Acked > at.Seq {
		answers = append(answers, r.ask(device, at)...)
	}
	return answers, err
}

// forked raises the alarm, and answers with what is here: the device sees that
// it is not its own and says so on its own page.
func (r *Receiver) forked(ctx context.Context, device cloud.Address, at Position, seq entry.Seq, why error) ([]any, error) {
	return []any{at.ack()}, r.alarm(ctx, device, Forked, at.Epoch.Number, seq, why)
}

// batch keeps what is new in a batch and acknowledges all that is here.
func (r *Receiver) batch(ctx context.Context, device cloud.Address, b cloud.Batch) ([]any, error) {
	r.heard(device, func(had *Presence) { had.Online = true })
	if err := check(b); err != nil {
		return nil, r.alarm(ctx, device, Garbled, b.Epoch, 0, err)
	}
	at, err := r.position(ctx, device, b.Epoch, b.Random)
	if errors.Is(err, errFork) {
		return r.forked(ctx, device, at, 0, err)
	}
	if err != nil {
		return nil, err
	}
	first := b.Entries[0].Seq
	if first > at.Seq+1 {
		return r.ask(device, at), nil
	}
	entries, err := r.follow(ctx, device, at, b)
	switch {
	case errors.Is(err, errFork):
		return r.forked(ctx, device, at, first, err)
	case err != nil:
		return nil, err
	case len(entries) > 0:
		if err := r.store.Append(ctx, device, at.Epoch, entries); err != nil {
			return nil, err
		}
		last := entries[len(entries)-1]
		at.Seq, at.Hash = last.Seq, last.Hash
	}
	delete(r.asked, device)
	return []any{at.ack()}, nil
}

// ask asks for what follows a position, unless that was asked a moment ago.
func (r *Receiver) ask(device cloud.Address, at Position) []any {
	replay := cloud.Replay{Epoch: at.Epoch.Number, After: at.Seq}
	if had, is := r.asked[device]; is && had.Replay == replay && time.Since(had.at) < askAgain {
		return nil
	}
	r.asked[device] = asked{replay, time.Now()}
	return []any{replay}
}

func (p Position) ack() cloud.Ack {
	return cloud.Ack{Epoch: p.Epoch.Number, Seq: p.Seq, Hash: cloud.Digest(p.Hash)}
}
