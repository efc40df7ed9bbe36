package collect_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"go.uber.org/goleak"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
	"tillgate/store/entry"
)

// TestMain fails when a test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	device = cloud.Address{Site: "site-1", Device: "0007"}
	epoch1 = entry.Epoch{Number: 1, Random: [16]byte{7}}
)

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// journal makes the first entries of an epoch, with their hashes. Two words
// make two histories.
func journal(epoch entry.Epoch, n int, word string) (entries []entry.Entry) {
	hash := entry.Genesis(epoch)
	for i := range n {
		seq := entry.Seq(i + 1)
		e := entry.Entry{Seq: seq, Stamp: entry.Stamp{Wall: 1_760_000_000_000, Mono: int64(i), Trust: entry.Trusted},
			Kind: entry.Opened, Key: seq, Prev: seq / 2, Body: fmt.Appendf(nil, `{"w":"%s"}`, word)}
		if i%2 == 1 {
			e.Private = []byte{1, 2, 3, byte(i)}
		}
		hash = e.Link(hash)
		e.Hash = hash
		entries = append(entries, e)
	}
	return entries
}

// batch is the message that bears entries of epoch 1.
func batch(tb testing.TB, entries []entry.Entry) cloud.Batch {
	tb.Helper()
	b := cloud.Batch{Epoch: epoch1.Number, Random: cloud.Random(epoch1.Random)}
	for _, e := range entries {
		record, err := cloud.Pack(e)
		must(tb, err)
		b.Entries, b.Hash = append(b.Entries, record), cloud.Digest(e.Hash)
	}
	return b
}

// ack is what acknowledges all of entries; epoch 1.
func ack(entries []entry.Entry) cloud.Ack {
	a := cloud.Ack{Epoch: 1, Hash: cloud.Digest(entry.Genesis(epoch1))}
	if n := len(entries); n > 0 {
		a.Seq, a.Hash = entries[n-1].Seq, cloud.Digest(entries[n-1].Hash)
	}
	return a
}

func openFile(tb testing.TB) (s *collect.SQLite, path string) {
	tb.Helper()
	path = filepath.Join(tb.TempDir(), "records of #1?x=50%.db")
	return reopen(tb, path), path
}

func reopen(tb testing.TB, path string) *collect.SQLite {
	tb.Helper()
	s, err := collect.OpenSQLite(tb.Context(), path)
	must(tb, err)
	tb.Cleanup(func() { s.Close() })
	return s
}

// desk is a receiver over a database in memory.
type desk struct {
	*collect.SQLite
	*collect.Receiver
	tb testing.TB
}

func newDesk(tb testing.TB) *desk {
	tb.Helper()
	s := reopen(tb, ":memory:")
	return &desk{SQLite: s, Receiver: collect.NewReceiver(s), tb: tb}
}

// hear receives a message and returns what is answered, as text.
func (d *desk) hear(name string, body any) (answers []string) {
	d.tb.Helper()
	return d.raw(device.Topic(name), entry.Encode(body))
}

func (d *desk) raw(topic string, payload []byte) (answers []string) {
	d.tb.Helper()
	messages, err := d.Receive(d.tb.Context(), topic, payload)
	must(d.tb, err)
	for _, m := range messages {
		if m.Retained {
			d.tb.Errorf("%s is retained", m.Topic)
		}
		answers = append(answers, m.Topic+" "+string(m.Payload))
	}
	return answers
}

// answers are the texts of messages to the device.
func answers(bodies ...any) (texts []string) {
	for _, b := range bodies {
		name := cloud.DownAck
		if _, is := b.(cloud.Replay); is {
			name = cloud.DownReplay
		}
		texts = append(texts, device.Topic(name)+" "+string(entry.Encode(b)))
	}
	return texts
}

// has checks what is kept of epoch 1.
func (d *desk) has(want []entry.Entry) {
	d.tb.Helper()
	kept(d.tb, d.SQLite, want)
}

func kept(tb testing.TB, s *collect.SQLite, want []entry.Entry) {
	tb.Helper()
	got, err := s.Records(tb.Context(), device, 1, 0, 1<<20)
	must(tb, err)
	if !slices.EqualFunc(got, want, func(a, b entry.Entry) bool {
		return a.Hash == b.Hash && a.Stamp == b.Stamp && string(a.Body) == string(b.Body) && string(a.Private) == string(b.Private) &&
			a.Seq == b.Seq && a.Kind == b.Kind && a.Key == b.Key && a.Prev == b.Prev
	}) {
		tb.Errorf("%d entries are kept, want %d, the same ones", len(got), len(want))
	}
	at, known, err := s.Position(tb.Context(), device, 1)
	must(tb, err)
	if known != (len(want) > 0) || known && (at.Hash != want[len(want)-1].Hash || at.Epoch != epoch1 || int(at.Seq) != len(want)) {
		tb.Errorf("the position is %+v with %d entries", at, len(want))
	}
}

// alarms are the kinds of alarm that were raised, oldest first.
func (d *desk) alarms() (whats []collect.What) {
	all, err := d.Alarms(d.tb.Context())
	must(d.tb, err)
	for _, a := range all {
		whats = append(whats, a.What)
	}
	return whats
}
