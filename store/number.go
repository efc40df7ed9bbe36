package store

import (
	"encoding/binary"
	"io"
	"sync"

	"tillgate/store/entry"
)

// numbers draws attempt numbers. The random is drawn at every start, and again
// when its counter has come to its end; one that is in the table start is never
// taken again, so that no number is drawn twice, also where numbers that were
// drawn last time have left no entry.
type numbers struct {
	mu      sync.Mutex
	random  int
	counter int
	used    [entry.Randoms/8 + 1]byte // bits: randoms of all starts
	pending bool                      // random has no row in start yet; the next commit takes it along
}

// startRow is a range of numbers: that of a start, or a further one of it.
type startRow struct {
	id            entry.Seq
	wall          int64
	boot, version string
	random        int
}

func (c *conn) writeStart(r startRow) error {
	return c.exec("INSERT INTO start (id, wall, boot, version, random) VALUES (?, ?, ?, ?, ?)", int64(r.id), r.wall, r.boot, r.version, int64(r.random))
}

// Number draws the next attempt's number. No other start has drawn it and none will.
func (s *Store) Number() string {
	n := &s.numbers
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.counter++; n.counter >= entry.Counters {
		n.counter = 0
		n.draw(s.opts.Random)
	}
	return entry.Number(s.opts.Prefix, s.opts.Device, n.random, n.counter)
}

// draw takes a random that no start has had. When all have been used up, after
// 100,000 starts, any will do.
func (n *numbers) draw(random io.Reader) {
	for range 100 * entry.Randoms {
		n.random = below(random, entry.Randoms)
		if !n.has(n.random) {
			break
		}
	}
	n.use(n.random)
	n.pending = true
}

func (n *numbers) has(random int) bool { return n.used[random/8]&(1<<(random%8)) != 0 }
func (n *numbers) use(random int)      { n.used[random/8] |= 1 << (random % 8) }

// due is the row that the next transaction has to take along, nil for none: a
// number of a new range is durable together with its range.
func (n *numbers) due(s *Store, id entry.Seq) *startRow {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.pending {
		return nil
	}
	return &startRow{id: id, wall: s.opts.Clock().Wall, boot: s.opts.Boot, version: s.opts.Version, random: n.random}
}

func (n *numbers) written(random int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.random == random {
		n.pending = false
	}
}

// below draws evenly from 0 to max-1. A source that fails would repeat numbers,
// so it panics; crypto/rand.Reader never fails.
func below(random io.Reader, max int) int {
	var b [8]byte
	for {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			panic("store: the source of randoms fails: " + err.Error())
		}
		if n := binary.BigEndian.Uint64(b[:]); n < 1<<63 {
			return int(n % uint64(max))
		}
	}
}
