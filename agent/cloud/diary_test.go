package cloud_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"tillgate/agent/cloud"
	"tillgate/store"
	"tillgate/store/entry"
)

// The device's own store is what the uplink is made for.
var (
	_ cloud.Journal = (*store.Store)(nil)
	_ cloud.Journal = (*diary)(nil)
)

// diary is a journal in memory.
type diary struct {
	mu      sync.Mutex
	epoch   entry.Epoch
	entries []entry.Entry
	acked   entry.Seq
	grown   chan struct{}
	looks   int   // how often somebody asked for Grown: once a turn of the sender's loop
	most    int   // entries that were read at once, the last time
	reads   int   // how often entries were read
	broken  error // what reading and marking answer
	onAck   func(epoch int64, seq entry.Seq, head entry.Hash)
}

func newDiary(entries int) *diary {
	d := &diary{epoch: entry.Epoch{Number: 1, Random: [16]byte{1}}, grown: make(chan struct{})}
	d.write(entries)
	return d
}

// write adds entries.
func (d *diary) write(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for range n {
		seq := entry.Seq(len(d.entries) + 1)
		e := entry.Entry{Seq: seq, Stamp: entry.Stamp{Wall: 1_760_000_000_000 + int64(seq), Mono: int64(seq), Trust: entry.Trusted},
			Kind: entry.Opened, Key: seq, Body: fmt.Appendf(nil, `{"l":"till <1>","a":%d}`, seq)}
		if seq%7 == 0 {
			e.Private = []byte{1, 2, 3}
		}
		d.add(e)
	}
	close(d.grown)
	d.grown = make(chan struct{})
}

func (d *diary) add(e entry.Entry) {
	prev := entry.Genesis(d.epoch)
	if n := len(d.entries); n > 0 {
		prev = d.entries[n-1].Hash
	}
	e.Hash = e.Link(prev)
	d.entries = append(d.entries, e)
}

// copy is a restored disk image.
func (d *diary) copy() *diary {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &diary{epoch: d.epoch, entries: slices.Clone(d.entries), acked: d.acked, grown: make(chan struct{})}
}

// begin begins the next epoch.
func (d *diary) begin() {
	d.mu.Lock()
	d.epoch = entry.Epoch{Number: d.epoch.Number + 1, Random: [16]byte{byte(d.epoch.Number + 1)}}
	d.entries, d.acked = nil, 0
	d.mu.Unlock()
	d.write(3)
}

func (d *diary) set(change func(*diary)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(d)
}

func (d *diary) Entries(_ context.Context, after entry.Seq, max int) ([]entry.Entry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.broken != nil {
		return nil, d.broken
	}
	from := min(int(after), len(d.entries))
	to := min(from+max, len(d.entries))
	d.most, d.reads = max, d.reads+1
	return slices.Clone(d.entries[from:to]), nil
}

func (d *diary) Grown() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.looks++
	return d.grown
}

func (d *diary) Head() (entry.Epoch, entry.Seq, entry.Hash) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.entries) == 0 {
		return d.epoch, 0, entry.Hash{}
	}
	last := d.entries[len(d.entries)-1]
	return d.epoch, last.Seq, last.Hash
}

func (d *diary) Acked() (entry.Seq, entry.Hash) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.acked == 0 {
		return 0, entry.Hash{}
	}
	return d.acked, d.entries[d.acked-1].Hash
}

var errNotOurs = errors.New("not an acknowledgement of this journal")

func (d *diary) Acknowledge(_ context.Context, epoch int64, seq entry.Seq, head entry.Hash) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.broken != nil:
		return d.broken
	case epoch != d.epoch.Number || seq > entry.Seq(len(d.entries)) || d.entries[seq-1].Hash != head:
		return errNotOurs
	}
	if d.onAck != nil {
		d.onAck(epoch, seq, head)
	}
	d.acked = max(d.acked, seq)
	return nil
}
