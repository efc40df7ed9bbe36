// Package entry is the journal's vocabulary: what an entry is, which kinds
// there are, their bodies, and the chain of hashes that holds them together.
// It is linked by whoever speaks of records; it knows no SQL and is not for
// deciding anything.
package entry

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
)

// Seq is an entry's place in its epoch's journal: 1, 2, 3 without a gap. Order
// of events is order of Seq; wall times are only for people.
type Seq int64

// Trust says how far an entry's wall time can be believed.
type Trust uint8

// The levels of trust, from none upwards.
const (
	Untrusted Trust = iota // the clock has shown nothing for itself since the start
	Floor                  // raised to the last entry's time: no earlier than that
	Trusted                // the system says NTP, or a network's verified reply said so
)

// Stamp is when something happened.
type Stamp struct {
	Wall  int64 // Unix milliseconds, corrected
	Mono  int64 // milliseconds of the boot clock; only differences within one boot mean anything
	Trust Trust
}

// Entry is one fact. Entries are only ever added.
type Entry struct {
	Seq Seq
	Stamp
	Kind    Kind
	Key     Seq    // first entry of the object that this one is about; its own Seq for the first
	Prev    Seq    // the object's entry before this one, 0 for the first
	Body    []byte // the kind's body in JSON, canonical as Encode writes it
	Private []byte // personal fields behind a salted hash, see Private; nil where there are none
	Hash    Hash   // of this entry and all before it
}

// Draft is an entry that the store has not numbered yet.
type Draft struct {
	Kind    Kind
	Body    []byte
	Private []byte
}

// New makes a draft of a body. A body that JSON cannot carry is a mistake in
// the program, so it panics.
func New(kind Kind, body any) Draft { return Draft{Kind: kind, Body: Encode(body)} }

// Encode writes a body in its one canonical form: JSON, fields in the order of
// the struct, nothing escaped that need not be, no line end.
func Encode(body any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		panic(fmt.Sprintf("entry: body %T: %v", body, err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Decode reads the body of an entry into the struct of its kind.
func Decode[T any](e Entry) (body T, err error) {
	if err := json.Unmarshal(e.Body, &body); err != nil {
		return body, fmt.Errorf("read entry %d (%s): %w", e.Seq, e.Kind, err)
	}
	return body, nil
}

// Must is Decode for entries that this program has written and whose chain was
// checked: one that cannot be read is a damaged journal, so it panics.
func Must[T any](e Entry) T {
	body, err := Decode[T](e)
	if err != nil {
		panic(err)
	}
	return body
}

// Hash is a SHA-256 over an entry and, through its predecessor's, over all
// before it. In memory and in heads it has 32 bytes; rows store the first 16.
type Hash [sha256.Size]byte

// Stored is how many bytes of a hash a row keeps.
const Stored = 16

// ErrChain is wrapped by everything that finds the chain broken.
var ErrChain = errors.New("the chain of hashes is broken")

// Genesis is the head before an epoch's first entry.
func Genesis(epoch Epoch) Hash {
	return sha256.Sum256(fmt.Appendf(nil, "tillgate epoch %d %x", epoch.Number, epoch.Random))
}

// Epoch names one life of a database: a lost or damaged one is followed by the next.
type Epoch struct {
	Number int64    `json:"n"`
	Random [16]byte `json:"r"`
}

// Link is the hash of e when the entry before it has the hash prev. All
// numbers are big-endian and every part has its length, so that no two
// different entries have the same bytes.
func (e Entry) Link(prev Hash) Hash {
	b := make([]byte, 0, 32+8*6+3+len(e.Body)+sha256.Size)
	b = append(b, prev[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.Seq))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Wall))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Mono))
	b = append(b, byte(e.Trust))
	b = binary.BigEndian.AppendUint16(b, uint16(e.Kind))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Key))
	b = binary.BigEndian.AppendUint64(b, uint64(e.Prev))
	b = binary.BigEndian.AppendUint64(b, uint64(len(e.Body)))
	b = append(b, e.Body...)
	return sha256.Sum256(append(b, sealed(e.Private)...))
}
