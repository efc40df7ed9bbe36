package store

import (
	"context"

	"tillgate/store/entry"
)

const entryWrite = "INSERT INTO entry (seq, wall, mono, trust, kind, key, prev, body, private, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

func (c *conn) writeEntry(r row) error {
	var private any
	if r.Private != nil {
		private = r.Private
	}
	return c.exec(entryWrite, int64(r.Seq), r.Wall, r.Mono, packTrust(r.Trust, r.done), int64(r.Kind), int64(r.Key), int64(r.Prev), r.Body, private,
		stored(r.Hash, r.done))
}

// doneBit is set in the column trust where a step left its object with nothing more to do.
const doneBit = 4

func packTrust(t entry.Trust, done bool) int64 {
	if done {
		return int64(t) | doneBit
	}
	return int64(t)
}

// stored is the part of a hash that a row keeps. All its bits are turned round
// where the object has nothing more to do, which is not part of the chain: so
// no broken bit can make an open object look done.
func stored(h entry.Hash, done bool) []byte {
	b := h[:entry.Stored:entry.Stored]
	if !done {
		return b
	}
	turned := make([]byte, len(b))
	for i := range b {
		turned[i] = ^b[i]
	}
	return turned
}

// found is an entry as its row has it.
type found struct {
	entry.Entry // without its Hash
	half        []byte
	done        bool
}

// fits compares the row with the whole hash that the chain gives the entry.
func (f found) fits(h entry.Hash) bool { return string(f.half) == string(stored(h, f.done)) }

const entryColumns = "seq, wall, mono, trust, kind, key, prev, body, private, hash"

func entryOf(v values) found {
	return found{
		Entry: entry.Entry{Seq: entry.Seq(v.int(0)), Stamp: entry.Stamp{Wall: v.int(1), Mono: v.int(2), Trust: entry.Trust(v.int(3) &^ doneBit)},
			Kind: entry.Kind(v.int(4)), Key: entry.Seq(v.int(5)), Prev: entry.Seq(v.int(6)), Body: v.bytes(7), Private: v.bytes(8)},
		half: v.bytes(9),
		done: v.int(3)&doneBit != 0,
	}
}

// entries reads rows of a range in order.
func (c *conn) entries(after, to entry.Seq, max int, each func(f found) error) error {
	return c.query(context.Background(), "SELECT "+entryColumns+" FROM entry WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?", func(v values) error {
		return each(entryOf(v))
	}, int64(after), int64(to), int64(max))
}
