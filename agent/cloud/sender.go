package cloud

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"tillgate/store/entry"
)

// How the sender behaves unless told otherwise.
const (
	windowDefault = 100              // entries on their way
	lingerDefault = 2 * time.Second  // how long an entry waits for others
	patienceMin   = 10 * time.Second // for an acknowledgement, before sending again
	patienceMax   = 5 * time.Minute  // silence doubles the patience up to here
	walkSlice     = 256              // entries read at a time: a few ms of the store's turn
)

// SenderOptions say who sends, and how.
type SenderOptions struct {
	Address
	Version  string         // of the program
	Window   int            // entries on their way at most, 0 is 100
	Linger   time.Duration  // how long a part of a batch waits for the rest, 0 is 2 s
	Patience time.Duration  // for the first acknowledgement, 0 is 10 s
	Jitter   func() float64 // from [0, 1), nil is random; the simulator's is repeatable
	Rights   func(Rights)   // takes note of a document of rights, and does not block; nil passes it over
	Log      *slog.Logger   // nil discards
}

// Sender is the device's half of the protocol: it sends the journal over a link
// and believes acknowledgements that prove themselves. It keeps hashes of what
// is on its way and no entries, however long the backlog.
type Sender struct {
	journal Journal
	link    Link
	opts    SenderOptions
	log     *slog.Logger
	woken   chan struct{} // the inbox has something

	mu      sync.Mutex
	inbox   inbox
	state   State
	changed chan struct{}

	// Of the loop alone.
	up       bool
	epoch    entry.Epoch
	window   window
	proved   place     // furthest place that the cloud has proved to have and is not accepted yet
	lingerTo time.Time // when a part of a batch leaves; zero when none waits
	retryAt  time.Time // when everything is sent again; zero when nothing is on its way
	halted   bool      // something failed: nothing leaves before retryAt
	remindAt time.Time // no hello only to remind the cloud before this
	timeouts int       // in a row; while there are any one batch at a time goes out, to probe
}

// NewSender makes a sender. It is the link's Peer, and does nothing before Run.
func NewSender(journal Journal, link Link, opts SenderOptions) *Sender {
	if opts.Window <= 0 {
		opts.Window = windowDefault
	}
	if opts.Linger <= 0 {
		opts.Linger = lingerDefault
	}
	if opts.Patience <= 0 {
		opts.Patience = patienceMin
	}
	if opts.Jitter == nil {
		opts.Jitter = rand.Float64
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	return &Sender{journal: journal, link: link, opts: opts, log: opts.Log,
		woken: make(chan struct{}, 1), changed: make(chan struct{})}
}

// Run sends until ctx is done; then it returns nil.
func (s *Sender) Run(ctx context.Context) error {
	due := time.NewTimer(0)
	defer due.Stop()
	for ctx.Err() == nil {
		grown := s.journal.Grown() // before reading, so that nothing is missed
		s.listen(ctx)
		if next := s.send(ctx); next.IsZero() {
			due.Stop()
		} else {
			due.Reset(time.Until(next))
		}
		select {
		case <-ctx.Done():
		case <-s.woken:
		case <-grown:
		case <-due.C:
		}
	}
	return nil
}

// begin starts over from the last acknowledgement: at a new connection, and in
// a new epoch, where nothing that was said of the old one holds.
func (s *Sender) begin(now time.Time) {
	epoch, _, _ := s.journal.Head()
	if s.epoch != epoch {
		s.note(func(state *State) { state.Err = nil })
	}
	s.epoch = epoch
	s.window, s.proved = begin(s.acked()), place{}
	s.lingerTo = time.Time{}
	s.unblock()
	s.publish(now, UpState, true, Presence{Online: true, Version: s.opts.Version})
	s.hello(now)
}

// acked is the last acknowledgement, or the place before the first entry.
func (s *Sender) acked() place {
	if seq, hash := s.journal.Acked(); seq > 0 {
		return place{seq, hash}
	}
	return place{0, entry.Genesis(s.epoch)}
}

// hello tells the cloud where we stand.
func (s *Sender) hello(now time.Time) {
	_, head, hash := s.journal.Head()
	if head == 0 {
		hash = entry.Genesis(s.epoch)
	}
	s.remindAt = now.Add(s.patience())
	s.publish(now, UpHello, false, Hello{Epoch: s.epoch.Number, Random: s.epoch.Random, Seq: head, Hash: Digest(hash), Acked: s.acked().seq})
}

// send lets out what may leave now and tells when to look again.
func (s *Sender) send(ctx context.Context) (next time.Time) {
	if !s.up {
		return time.Time{}
	}
	now := time.Now()
	if !s.retryAt.IsZero() && !now.Before(s.retryAt) {
		s.again()
	}
	for !s.halted && ctx.Err() == nil {
		n := s.ready(now)
		if n == 0 {
			break
		}
		if err := s.sendBatch(ctx, now, n); err != nil && ctx.Err() == nil {
			s.trouble(now, err)
		}
	}
	if s.window.inFlight() > 0 && s.retryAt.IsZero() {
		s.retryAt = now.Add(s.patience())
	}
	return earliest(s.lingerTo, s.retryAt)
}

// ready is how many entries may leave now: a whole batch, or a part of one that
// has waited for long enough.
func (s *Sender) ready(now time.Time) int {
	limit := s.opts.Window
	if s.timeouts > 0 {
		limit = min(limit, BatchMax)
	}
	_, head, _ := s.journal.Head()
	n := min(int(head-s.window.sent), BatchMax, limit)
	switch {
	case n <= 0, s.window.inFlight()+n > limit: // an acknowledgement will wake us, a past lingerTo must not
		s.lingerTo = time.Time{}
		return 0
	case n == min(BatchMax, limit):
	case s.lingerTo.IsZero():
		s.lingerTo = now.Add(s.opts.Linger)
		return 0
	case now.Before(s.lingerTo):
		return 0
	}
	s.lingerTo = time.Time{}
	return n
}

// sendBatch reads the next entries, checks that they continue the chain, and
// sends them. Reading finds damage before the cloud does.
func (s *Sender) sendBatch(ctx context.Context, now time.Time, n int) error {
	hash, _ := s.window.hash(s.window.sent)
	from := place{s.window.sent, hash}
	entries, err := s.journal.Entries(ctx, from.seq, n)
	if err != nil {
		return fmt.Errorf("read what follows entry %d: %w", from.seq, err)
	}
	batch, chain, err := pack(from, entries)
	if err != nil {
		return err
	}
	batch.Epoch, batch.Random = s.epoch.Number, s.epoch.Random
	for _, hash := range chain {
		s.window.push(hash)
	}
	s.publish(now, UpJournal, false, batch)
	return nil
}

// again gives up waiting: everything after the last acknowledgement is sent
// again, at first only one batch.
func (s *Sender) again() {
	if s.window.inFlight() > 0 && !s.halted {
		s.wrong(fmt.Errorf("%w: entry %d", ErrSilent, s.window.base.seq+1))
	}
	s.timeouts++
	s.window.rewind(s.window.base.seq)
	s.retryAt, s.halted = time.Time{}, false
}

// trouble stops sending until the next retry.
func (s *Sender) trouble(now time.Time, err error) {
	s.wrong(err)
	s.halted, s.retryAt = true, now.Add(s.patience())
}

// patience grows with silence and is spread out, so that many devices do not
// come back at one moment.
func (s *Sender) patience() time.Duration {
	d := s.opts.Patience << min(s.timeouts, 16)
	return time.Duration(float64(min(d, patienceMax)) * (1 + s.opts.Jitter()/4))
}

func (s *Sender) publish(now time.Time, name string, retained bool, body any) {
	m := Message{Topic: s.opts.Topic(name), Retained: retained, Payload: entry.Encode(body)}
	if err := s.link.Publish(m); err != nil {
		s.trouble(now, fmt.Errorf("send %s: %w", name, err))
	}
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
