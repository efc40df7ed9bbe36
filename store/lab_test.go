package store_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"

	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
	"tillgate/store/simdisk"
)

const (
	site   = "10000001"
	device = "0001"
	path   = "/data/till.db"
)

// lab is a simulated disk and what a store needs beside it.
type lab struct {
	tb      testing.TB
	disk    *simdisk.Disk
	random  *rand.ChaCha8
	now     entry.Stamp
	boot    string
	reserve int64
	quota   int64
	log     *slog.Logger
}

func newLab(tb testing.TB, seed uint64) *lab {
	tb.Helper()
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], seed)
	l := &lab{tb: tb, disk: simdisk.New(seed), random: rand.NewChaCha8(key), boot: "boot-1",
		now: entry.Stamp{Wall: 1_760_000_000_000, Mono: 1000, Trust: entry.Trusted}}
	tb.Cleanup(l.disk.Close)
	return l
}

func (l *lab) options() store.Options {
	return store.Options{Path: path, VFS: l.disk.Name(), Disk: l.disk, Prefix: site, Device: device, Version: "test", Boot: l.boot,
		Clock: func() entry.Stamp { return l.now }, Random: l.random, Reserve: l.reserve, Quota: l.quota, Log: l.log}
}

func (l *lab) open() *store.Store {
	l.tb.Helper()
	s, err := store.Open(context.Background(), l.options())
	if err != nil {
		l.tb.Fatal(err)
	}
	return s
}

// tick moves the clocks on.
func (l *lab) tick(ms int64) {
	l.now.Wall += ms
	l.now.Mono += ms
}

func draftOpened(amount money.Fen) entry.Draft {
	return entry.New(entry.Opened, entry.OpenedBody{Lane: "counter", Amount: amount})
}

func draftAsked(number string, code []byte) entry.Draft {
	return entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: "wechat", Code: code})
}

func draftSettled(number string) entry.Draft {
	return entry.New(entry.Settled, entry.SettledBody{Number: number, Amount: 1250, Settled: 1240, Network: "42" + number[12:], PaidAt: 1_760_000_000})
}

func draftEnded(number string, state uint8) entry.Draft {
	return entry.New(entry.Ended, entry.EndedBody{Number: number, State: state})
}

func draftOutputs() entry.Draft {
	return entry.New(entry.Outputs, entry.OutputsBody{Of: []entry.Output{{What: "slip", Result: "done"}, {What: "voice", Result: "done"}}})
}

// sale is an order on its way.
type sale struct {
	key, last entry.Seq
	number    string
}

// ask commits an order with its intent.
func ask(s *store.Store, code string) (sale, error) {
	o := sale{number: s.Number()}
	entries, err := s.Commit(context.Background(), store.Step{Entries: []entry.Draft{draftOpened(1250), draftAsked(o.number, s.CodeHash(code))}})
	if err == nil {
		o.key, o.last = entries[0].Key, entries[1].Seq
	}
	return o, err
}

// settle commits the outcome; done leaves nothing to do.
func (o *sale) settle(s *store.Store, done bool) error {
	entries, err := s.Commit(context.Background(), store.Step{Key: o.key, After: o.last, Entries: []entry.Draft{draftSettled(o.number)}, Done: done})
	if err == nil {
		o.last = entries[0].Seq
	}
	return err
}

// short leaves out a test that reads or breaks much: make test plays it without
// the race detector, which has nothing to find where one goroutine works.
func short(t *testing.T) {
	if testing.Short() {
		t.Skip("not among the short ones")
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// trade makes n whole sales, acknowledging now and then.
func trade(tb testing.TB, s *store.Store, n int, prefix string) (numbers []string) {
	tb.Helper()
	for i := range n {
		o, err := ask(s, fmt.Sprint(prefix, i))
		must(tb, err)
		must(tb, o.settle(s, true))
		numbers = append(numbers, o.number)
		if i%17 == 16 {
			epoch, seq, head := s.Head()
			must(tb, s.Acknowledge(context.Background(), epoch.Number, seq, head))
		}
	}
	return numbers
}

// unfinished is what the store hands out, by key.
func unfinished(tb testing.TB, s *store.Store) map[entry.Seq][]entry.Entry {
	tb.Helper()
	open := map[entry.Seq][]entry.Entry{}
	must(tb, s.Unfinished(context.Background(), func(key entry.Seq, entries []entry.Entry) error {
		open[key] = entries
		return nil
	}))
	return open
}

// openNumbers are the attempts that unfinished objects would ask their network for.
func openNumbers(tb testing.TB, s *store.Store) (numbers []string) {
	tb.Helper()
	for _, entries := range unfinished(tb, s) {
		number := ""
		for _, e := range entries {
			switch e.Kind {
			case entry.Asked:
				number = entry.Must[entry.AskedBody](e).Number
			case entry.Inherited:
				number = entry.Must[entry.InheritedBody](e).Number
			}
		}
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	return numbers
}

func isAny(err error, targets ...error) bool {
	return slices.ContainsFunc(targets, func(t error) bool { return errors.Is(err, t) })
}
