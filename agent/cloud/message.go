package cloud

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"tillgate/store/entry"
)

// The messages of a device, by what follows tillgate/v1/<site>/<device>/ in
// their topic.
const (
	UpJournal  = "up/journal"  // Batch
	UpHello    = "up/hello"    // Hello
	UpState    = "up/state"    // Presence, retained; also the will
	DownAck    = "down/ack"    // Ack
	DownReplay = "down/replay" // Replay
	DownRights = "down/rights" // Rights, retained
)

// Bounds of a batch. A broker may refuse larger packets; 128 KiB is below the
// limit of every broker that we know (AWS IoT Core: 128 KB a message).
const (
	BatchMax   = 50          // entries
	BatchBytes = 120_000     // bytes of bodies after which a batch takes no further entry
	PayloadMax = 4 * 1 << 20 // bytes of a message; a larger one is not read
)

// ErrMessage is wrapped when a topic or a message is not of this protocol.
var ErrMessage = errors.New("not a message of tillgate/v1")

const topicRoot = "tillgate/v1/"

// Address is a device as topics name it.
type Address struct {
	Site   string
	Device string
}

// String is the address as logs print it.
func (a Address) String() string { return a.Site + "/" + a.Device }

// Check refuses names that cannot stand in a topic (MQTT 3.1.1, 4.7).
func (a Address) Check() error {
	for _, name := range []string{a.Site, a.Device} {
		if name == "" || strings.ContainsAny(name, "/+#\x00") {
			return fmt.Errorf("%w: %q cannot be a site or a device in a topic", ErrMessage, name)
		}
	}
	return nil
}

// Topic is the topic of one of the device's messages, such as UpJournal.
func (a Address) Topic(name string) string {
	return topicRoot + a.Site + "/" + a.Device + "/" + name
}

// ParseTopic takes a topic apart.
func ParseTopic(topic string) (a Address, name string, err error) {
	rest, ours := strings.CutPrefix(topic, topicRoot)
	parts := strings.SplitN(rest, "/", 3)
	if !ours || len(parts) != 3 {
		return a, "", fmt.Errorf("%w: topic %q", ErrMessage, topic)
	}
	a = Address{Site: parts[0], Device: parts[1]}
	return a, parts[2], a.Check()
}

// Message is what a link carries.
type Message struct {
	Topic    string
	Retained bool // the broker keeps it for who subscribes later
	Payload  []byte
}

// Digest is a hash as messages write it: 64 hexadecimal digits.
type Digest entry.Hash

// MarshalText writes the digits.
func (d Digest) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText reads the digits.
func (d *Digest) UnmarshalText(text []byte) error { return unhex(d[:], text) }

// Random is the random part of an epoch: 32 hexadecimal digits.
type Random [16]byte

// MarshalText writes the digits.
func (r Random) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, r[:]), nil }

// UnmarshalText reads the digits.
func (r *Random) UnmarshalText(text []byte) error { return unhex(r[:], text) }

func unhex(into, text []byte) error {
	if len(text) != 2*len(into) {
		return fmt.Errorf("%w: %d digits where %d belong", ErrMessage, len(text), 2*len(into))
	}
	_, err := hex.Decode(into, text)
	return err
}

// Hello is what a device says when a connection begins.
type Hello struct {
	Epoch  int64     `json:"epoch"`
	Random Random    `json:"random"` // with the epoch's number it gives the hash before its first entry
	Seq    entry.Seq `json:"seq"`    // newest entry
	Hash   Digest    `json:"hash"`   // there
	Acked  entry.Seq `json:"acked"`  // newest entry that the device knows to be in the cloud
}

// Presence is whether a device is connected; the broker says false for it when
// the connection is lost.
type Presence struct {
	Online  bool   `json:"online"`
	Version string `json:"version"` // of the program
}

// Record is an entry on its way. Its hash does not travel: whoever receives it
// computes it from the entry before.
type Record struct {
	Seq     entry.Seq       `json:"seq"`
	Wall    int64           `json:"wall"`  // Unix ms, corrected
	Mono    int64           `json:"mono"`  // ms of the boot clock
	Trust   entry.Trust     `json:"trust"` // of the wall time
	Kind    entry.Kind      `json:"kind"`
	Key     entry.Seq       `json:"key"`
	Prev    entry.Seq       `json:"prev"`
	Body    json.RawMessage `json:"body"`              // byte for byte as the journal has it
	Private []byte          `json:"private,omitempty"` // personal fields or their hash
}

// Batch is entries that follow one another.
type Batch struct {
	Epoch   int64    `json:"epoch"`
	Random  Random   `json:"random"`
	Entries []Record `json:"entries"` // 1 to BatchMax
	Hash    Digest   `json:"hash"`    // after the last of them
}

// Ack says that the cloud has everything up to Seq on its own disk, and proves
// it with the hash there. Seq 0 is the cloud's word that it has nothing of this
// epoch yet, and epoch 0 that it does not know the device.
type Ack struct {
	Epoch int64     `json:"epoch"`
	Seq   entry.Seq `json:"seq"`
	Hash  Digest    `json:"hash"`
}

// Replay asks for the entries after After again.
type Replay struct {
	Epoch int64     `json:"epoch"`
	After entry.Seq `json:"after"`
}

// Rights is who works at the device's site and what each may do. What stands in
// the document, and whether the signature is the cloud's, is for whoever takes it.
type Rights struct {
	Document  []byte `json:"document"`
	Signature []byte `json:"signature"` // ed25519, over the document's very bytes
}

// Pack makes a record of an entry. It refuses a body that would not arrive byte
// for byte: one that is not JSON in its compact form.
func Pack(e entry.Entry) (Record, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, e.Body); err != nil || !bytes.Equal(compact.Bytes(), e.Body) {
		return Record{}, fmt.Errorf("%w: the body of entry %d is not canonical JSON", ErrMessage, e.Seq)
	}
	return Record{Seq: e.Seq, Wall: e.Wall, Mono: e.Mono, Trust: e.Trust, Kind: e.Kind, Key: e.Key, Prev: e.Prev,
		Body: e.Body, Private: e.Private}, nil
}

// Entry is the entry that travelled, without its hash.
func (r Record) Entry() entry.Entry {
	return entry.Entry{Seq: r.Seq, Stamp: entry.Stamp{Wall: r.Wall, Mono: r.Mono, Trust: r.Trust},
		Kind: r.Kind, Key: r.Key, Prev: r.Prev, Body: r.Body, Private: r.Private}
}

// Decode reads a message. Fields that it does not know are passed over, so that
// a newer device can talk to an older cloud; the hash tells whether one mattered.
func Decode[T any](payload []byte) (message T, err error) {
	if len(payload) > PayloadMax {
		return message, fmt.Errorf("%w: %d bytes", ErrMessage, len(payload))
	}
	if err := json.Unmarshal(payload, &message); err != nil {
		return message, fmt.Errorf("%w: %w", ErrMessage, err)
	}
	return message, nil
}
