package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tillgate/store"
	"tillgate/store/entry"
)

func TestAcknowledge(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	trade(t, s, 10, "a")
	ctx := context.Background()
	entries, err := s.Entries(ctx, 0, 1000)
	must(t, err)
	at := func(seq entry.Seq) entry.Hash { return entries[seq-1].Hash }
	before, _ := s.Acked()
	wrong := at(20)
	wrong[31] ^= 1
	for name, err := range map[string]error{
		"epoch":  s.Acknowledge(ctx, 2, 20, at(20)),
		"hash":   s.Acknowledge(ctx, 1, 20, wrong),
		"seq":    s.Acknowledge(ctx, 1, 21, at(20)),
		"future": s.Acknowledge(ctx, 1, 1000, at(20)),
	} {
		if !errors.Is(err, store.ErrNotOurs) {
			t.Errorf("acknowledgement with a wrong %s: %v", name, err)
		}
	}
	if seq, _ := s.Acked(); seq != before {
		t.Fatalf("acknowledged %d, want %d", seq, before)
	}
	must(t, s.Acknowledge(ctx, 1, 25, at(25)))
	must(t, s.Acknowledge(ctx, 1, 20, at(20))) // late, and changes nothing
	if seq, head := s.Acked(); seq != 25 || head != at(25) {
		t.Errorf("acknowledged %d %x", seq, head)
	}
	s.Idle(ctx)
	l.disk.Boot()
	s = l.open()
	if seq, head := s.Acked(); seq != 25 || head != at(25) {
		t.Errorf("after a cut: acknowledged %d %x", seq, head)
	}
	must(t, s.Acknowledge(ctx, 1, 28, at(28)))
	must(t, s.Close())
	s = l.open()
	if seq, _ := s.Acked(); seq != 28 {
		t.Errorf("after a close: acknowledged %d", seq)
	}
	must(t, s.Close())
}

// TestEntriesAreTheChain: batches of any size carry whole hashes that link, also
// over restarts, and a private field can be erased without breaking them.
func TestEntriesAreTheChain(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	trade(t, s, 400, "a")
	for range 2 {
		epoch, head, last := s.Head()
		for _, max := range []int{1, 7, 50, 300, 10_000} {
			prev, seq := entry.Genesis(epoch), entry.Seq(0)
			for seq < head && (max > 1 || seq < 40) {
				batch, err := s.Entries(context.Background(), seq, max)
				must(t, err)
				for _, e := range batch {
					if seq++; e.Seq != seq || e.Link(prev) != e.Hash {
						t.Fatalf("batches of %d: entry %d does not follow %d", max, e.Seq, seq-1)
					}
					prev = e.Hash
				}
			}
			if max > 1 && prev != last {
				t.Errorf("batches of %d end with another head", max)
			}
		}
		must(t, s.Close())
		s = l.open()
	}
	must(t, s.Close())
}

func TestFindAfterRestart(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	keys := map[string]entry.Seq{}
	for i := range 1500 { // some in the table, the newest in memory
		o, err := ask(s, fmt.Sprint(i))
		must(t, err)
		must(t, o.settle(s, true))
		keys[o.number], keys["42"+o.number[12:]] = o.key, o.key
	}
	for range 2 {
		for name, key := range keys {
			if got, err := s.Find(context.Background(), name); err != nil || got != key {
				t.Fatalf("find %s: %d, %v; want %d", name, got, err, key)
			}
		}
		if _, err := s.Find(context.Background(), "no such number"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("find what is not there: %v", err)
		}
		l.disk.Boot()
		s = l.open()
	}
	must(t, s.Close())
}

// TestLongOpenObjects: an order stays open over thousands of others and several
// restarts, opening walks only the newest entries, and the order is found whole.
func TestLongOpenObjects(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	old, err := ask(s, "old")
	must(t, err)
	task, err := s.Commit(context.Background(), store.Step{Entries: []entry.Draft{entry.New(entry.Task, entry.TaskBody{What: "gate-ask"})}})
	must(t, err)
	for life := range 4 {
		trade(t, s, 2000, fmt.Sprint("life", life))
		entries, err := s.Commit(context.Background(), store.Step{Key: old.key, After: old.last,
			Entries: []entry.Draft{entry.New(entry.Heard, entry.HeardBody{Number: old.number})}})
		must(t, err)
		old.last = entries[0].Seq
		s.Idle(t.Context()) // empties the log, which would be read whole
		must(t, s.Close())
		before := l.disk.Counts().Reads
		s = l.open()
		if reads := l.disk.Counts().Reads - before; life > 1 && reads > 1500 {
			t.Errorf("life %d: opening took %d reads", life, reads)
		}
		open := unfinished(t, s)
		if len(open) != 2 || len(open[old.key]) != 3+life || len(open[task[0].Key]) != 1 {
			t.Fatalf("life %d: unfinished are %v", life, open)
		}
		var kinds []entry.Kind
		for _, e := range open[old.key] {
			kinds = append(kinds, e.Kind)
		}
		if kinds[0] != entry.Opened || kinds[1] != entry.Asked || kinds[len(kinds)-1] != entry.Heard {
			t.Fatalf("life %d: the old order is %v", life, kinds)
		}
		_, err = s.Verify(context.Background(), nil)
		must(t, err)
	}
	must(t, old.settle(s, true))
	_, err = s.Commit(context.Background(), store.Step{Key: task[0].Key, After: task[0].Seq, Entries: []entry.Draft{entry.New(entry.TaskDone, entry.TaskBody{})}, Done: true})
	must(t, err)
	must(t, s.Close())
	s = l.open()
	if open := unfinished(t, s); len(open) != 0 {
		t.Errorf("unfinished: %v", open)
	}
	late := sale{key: old.key, last: old.last, number: old.number}
	_, err = s.Commit(context.Background(), store.Step{Key: late.key, After: late.last, Entries: []entry.Draft{draftOutputs()}}) // open again, long after
	must(t, err)
	l.disk.Boot()
	s = l.open()
	if open := unfinished(t, s); len(open) != 1 {
		t.Errorf("an order that was opened again is forgotten: %v", open)
	}
	_, err = s.Verify(context.Background(), nil)
	must(t, err)
	must(t, s.Close())
}

func TestObjectAfter(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	o, err := ask(s, "x")
	must(t, err)
	trade(t, s, 3, "between")
	first := o.last
	must(t, o.settle(s, true))
	entries, err := s.Object(context.Background(), o.key, first)
	must(t, err)
	if len(entries) != 1 || entries[0].Seq != o.last || entries[0].Prev != first {
		t.Errorf("after %d: %v", first, entries)
	}
	if _, err := s.Object(context.Background(), 9999, 0); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no such object: %v", err)
	}
}

func TestSalesAreSummaries(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	numbers := trade(t, s, 5, "a")
	o, err := ask(s, "x")
	must(t, err)
	sales, err := s.Sales(context.Background(), 0, 3)
	must(t, err)
	want := store.Sale{ID: o.key, Lane: "counter", State: entry.Asked, Amount: 1250, Last: o.last, Number: o.number, Merchant: "shop", Network: "wechat"}
	if len(sales) != 3 || sales[0] != want {
		t.Errorf("newest sales: %s", cmp.Diff(want, sales[0]))
	}
	if sales[1].State != entry.Settled || sales[1].Settled != 1240 || sales[1].Number != numbers[4] {
		t.Errorf("a settled sale is %+v", sales[1])
	}
	older, err := s.Sales(context.Background(), sales[2].ID, 100)
	must(t, err)
	if len(older) != 3 {
		t.Errorf("%d older sales, want 3", len(older))
	}
}

// TestExportTellsNoSecrets: no hash of a code, no key, no erased field, and every line is JSON.
func TestExportTellsNoSecrets(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	hash := s.CodeHash("134567890123456789")
	plate, err := entry.Seal(l.random, map[string]string{"plate": "粤B12345"})
	must(t, err)
	gone, err := entry.Seal(l.random, map[string]string{"plate": "粤B99999"})
	must(t, err)
	asked := draftAsked(s.Number(), hash)
	asked.Private = plate
	other := draftOpened(5)
	other.Private = entry.Erase(gone)
	_, err = s.Commit(context.Background(), store.Step{Entries: []entry.Draft{draftOpened(1250), asked}})
	must(t, err)
	_, err = s.Commit(context.Background(), store.Step{Entries: []entry.Draft{other}})
	must(t, err)
	inherited := entry.New(entry.Inherited, entry.InheritedBody{Epoch: 1, AskedBody: entry.AskedBody{Number: s.Number(), Code: hash}})
	inner := entry.New(entry.Salvaged, entry.SalvagedBody{Epoch: 1, Kind: entry.Asked, Body: asked.Body})
	_, err = s.Commit(context.Background(), store.Step{Entries: []entry.Draft{inherited, inner}})
	must(t, err)
	var b bytes.Buffer
	var steps []int64
	must(t, s.Export(context.Background(), &b, 0, 0, func(done, total int64) { steps = append(steps, done, total) }))
	lines := bytes.Split(bytes.TrimSpace(b.Bytes()), []byte("\n"))
	if len(lines) != 6 || !slices.Equal(steps, []int64{6, 6}) {
		t.Errorf("%d lines, progress %v", len(lines), steps)
	}
	encoded := string(bytes.Trim(entry.Encode(hash), `"`))
	if bytes.Contains(b.Bytes(), []byte(encoded)) {
		t.Errorf("the hash of the code is in the export:\n%s", b.String())
	}
	if !bytes.Contains(b.Bytes(), []byte("粤B12345")) || bytes.Contains(b.Bytes(), []byte("99999")) {
		t.Errorf("personal fields are wrong:\n%s", b.String())
	}
	var part bytes.Buffer
	must(t, s.Export(context.Background(), &part, 2, 3, nil))
	if !bytes.Equal(part.Bytes(), append(bytes.Join(lines[1:3], []byte("\n")), '\n')) {
		t.Errorf("entries 2 to 3 are\n%s", part.String())
	}
}
