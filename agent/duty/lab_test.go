package duty

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
	"tillgate/store/simdisk"
)

const (
	site   = "20000001"
	device = "0001"
	noon   = 1_795_500_000_000 // Unix ms, some day in November 2026
)

var errDisk = fmt.Errorf("write: %w", store.ErrUnwritten)

// books is the real store, whose disk can be made to refuse.
type books struct {
	*store.Store
	mu      sync.Mutex
	refuses error
	reading func() // what happens, once, while the orders are read
}

// Orders are the store's.
func (b *books) Orders(ctx context.Context, q store.OrderQuery) iter.Seq2[store.OrderRow, error] {
	b.mu.Lock()
	do := b.reading
	b.reading = nil
	b.mu.Unlock()
	if do != nil {
		do()
	}
	return b.Store.Orders(ctx, q)
}

// meanwhile has something happen the next time that the orders are read.
func (b *books) meanwhile(do func()) {
	b.mu.Lock()
	b.reading = do
	b.mu.Unlock()
}

func (b *books) Commit(ctx context.Context, step store.Step) ([]entry.Entry, error) {
	b.mu.Lock()
	err := b.refuses
	b.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return b.Store.Commit(ctx, step)
}

func (b *books) refuse(err error) {
	b.mu.Lock()
	b.refuses = err
	b.mu.Unlock()
}

// lanes are the terminal's, without machines: they take down what they are offered.
type lanes struct {
	mu     sync.Mutex
	names  []string
	roles  map[string]flow.Role // a lane without has one role
	full   bool
	asked  func() // what happens while a full lane is offered something
	silent bool   // does not get round to an answer
	owed   []func(flow.Said)
	took   []flow.Event
	says   flow.Said
}

func (l *lanes) Names() []string { return l.names }

func (l *lanes) Roles(lane string) []flow.Role { return l.roles[lane].Within() }

func (l *lanes) Offer(lane string, ev flow.Event) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.full {
		if l.asked != nil {
			l.asked()
		}
		return false
	}
	call, ok := ev.(flow.Call)
	if !ok {
		l.took = append(l.took, ev)
		return true
	}
	l.took = append(l.took, call.Of)
	if l.silent {
		l.owed = append(l.owed, call.Done)
	} else {
		call.Done(l.says)
	}
	return true
}

// answers has a silent lane get round to all that it owes an answer to.
func (l *lanes) answers(said flow.Said) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, done := range l.owed {
		done(said)
	}
	l.owed = nil
}

// lab is a terminal in a shop: people, a real store on a simulated disk, clocks
// that a test turns.
type lab struct {
	*Desk
	tb     testing.TB
	disk   *simdisk.Disk
	random *rand.ChaCha8
	pins   *staff.Pins
	lanes  *lanes
	books  *books
	boot   string
	sold   int
	cloud  ed25519.PublicKey // that signs who may do what; nil: people are set here
	folder string            // of a real disk; empty: the simulated one

	mu    sync.Mutex
	now   entry.Stamp
	ticks bool // the clocks are those of a bubble
}

func newLab(tb testing.TB, seed uint64) *lab {
	tb.Helper()
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], seed)
	l := &lab{tb: tb, disk: simdisk.New(seed), random: rand.NewChaCha8(key), lanes: &lanes{names: []string{"counter-1", "counter-2", "exit-B"}}, boot: "boot-1",
		now: entry.Stamp{Wall: noon, Mono: 50_000, Trust: entry.Trusted}}
	tb.Cleanup(l.disk.Close)
	var err error
	if l.pins, err = staff.NewPins(nil); err != nil {
		tb.Fatal(err)
	}
	l.open()
	return l
}

// again is a terminal with the same past, on a disk of its own.
func (l *lab) again() *lab {
	l.tb.Helper()
	n := &lab{tb: l.tb, disk: simdisk.New(uint64(l.sold)), random: l.random, pins: l.pins, lanes: &lanes{names: slices.Clone(l.lanes.names)}, boot: l.boot, now: l.clock()}
	n.disk.Restore(l.disk.Image())
	n.open()
	return n
}

// end gives back what a terminal holds.
func (l *lab) end() {
	l.must(l.books.Close())
	l.disk.Close()
}

func (l *lab) clock() entry.Stamp {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ticks {
		ms := time.Now().UnixMilli()
		return entry.Stamp{Wall: ms, Mono: ms, Trust: l.now.Trust}
	}
	return l.now
}

// pass moves the clocks on by ms.
func (l *lab) pass(ms int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.Wall += ms
	l.now.Mono += ms
}

func (l *lab) trust(level entry.Trust) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.Trust = level
}

func (l *lab) open() {
	l.tb.Helper()
	o := store.Options{Path: "/data/till.db", VFS: l.disk.Name(), Disk: l.disk, Prefix: site, Device: device, Version: "test", Boot: l.boot, Clock: l.clock, Random: l.random}
	if l.folder != "" {
		o.Path, o.VFS, o.Disk = filepath.Join(l.folder, "till.db"), "", nil
	}
	s, err := store.Open(context.Background(), o)
	if err != nil {
		l.tb.Fatal(err)
	}
	l.books = &books{Store: s}
	l.Desk = New(Options{Device: site + device, Site: "东门停车场 East Lot", Journal: l.books, Roster: staff.New(staff.Options{Site: site, Lanes: l.lanes.names, Key: l.cloud, Random: l.random}),
		Pins: l.pins, Lanes: l.lanes, Clock: l.clock, Random: l.random, Printer: func(string) *flow.Output { return nil }})
	if err := l.Load(context.Background()); err != nil {
		l.tb.Fatal(err)
	}
}

// restart is the agent's crash, or a new boot of the board.
func (l *lab) restart(boot string) {
	l.tb.Helper()
	if err := l.books.Close(); err != nil {
		l.tb.Fatal(err)
	}
	if boot != l.boot {
		l.boot = boot
		l.mu.Lock()
		l.now.Mono = 3000
		l.mu.Unlock()
	}
	l.open()
}

// pinOf is a PIN that nobody else has, and that is not too easy.
func pinOf(id string) pay.Secret {
	return pay.Secret(fmt.Sprintf("83%02d74", len(id)+int(id[len(id)-1])))
}

// hire makes people: the first manager where there is none, then others. Each
// has a PIN.
func (l *lab) hire(name string, role staff.Role, rights staff.Grants) string {
	l.tb.Helper()
	ctx := context.Background()
	if len(l.Roster.People()) == 0 {
		link, err := l.First(ctx, "Chief")
		l.must(err)
		l.must(l.Finish(ctx, link.Token, pinOf(link.Person)))
		if name == "Chief" {
			return link.Person
		}
	}
	l.must(l.SetPerson(ctx, "local-1", staff.Person{Name: name, Role: role, Rights: rights}, Spot{}))
	for _, p := range l.Roster.People() {
		if p.Name == name {
			link, err := l.Activate(ctx, "local-1", p.ID)
			l.must(err)
			l.must(l.Finish(ctx, link.Token, pinOf(p.ID)))
			return p.ID
		}
	}
	l.tb.Fatalf("%s has not been hired", name)
	return ""
}

func (l *lab) must(err error) {
	l.tb.Helper()
	if err != nil {
		l.tb.Fatal(err)
	}
}

// typed is somebody who types a right PIN.
func (l *lab) typed(id string) Spot {
	p, _ := l.Roster.Person(id)
	return Spot{Name: p.Name, PIN: pinOf(id)}
}

// on clocks somebody on.
func (l *lab) on(id string, lanes ...string) store.Shift {
	l.tb.Helper()
	s, err := l.ClockOn(context.Background(), ClockOn{Person: id, Lanes: lanes, Where: "test"})
	l.must(err)
	return s
}

// sells has an order paid on a lane.
func (l *lab) sells(lane string, amount money.Fen, network string) (number string, key entry.Seq) {
	l.tb.Helper()
	number = l.books.Number()
	l.sold++
	way := ""
	if network == "cash" {
		way = network
	}
	entries, err := l.books.Store.Commit(context.Background(), store.Step{Done: true, Entries: []entry.Draft{
		entry.New(entry.Opened, entry.OpenedBody{Lane: lane, Amount: amount, Title: "Parking"}),
		entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: network, Way: way}),
		entry.New(entry.Settled, entry.SettledBody{Number: number, Amount: amount, Settled: amount, Network: fmt.Sprintf("42%022d", l.sold)}),
	}})
	l.must(err)
	return number, entries[0].Key
}

// order is an order of 50.00 that was asked for, and what became of it.
func (l *lab) order(number string, drafts ...entry.Draft) store.Step {
	return store.Step{Entries: append([]entry.Draft{entry.New(entry.Opened, entry.OpenedBody{Lane: "counter-1", Amount: 5000}),
		entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: "wechat"})}, drafts...)}
}

// kinds are the journal's entries of a kind.
func (l *lab) kinds(kind entry.Kind) (of []entry.Entry) {
	l.tb.Helper()
	_, head, _ := l.books.Head()
	entries, err := l.books.Entries(context.Background(), 0, int(head))
	l.must(err)
	for _, e := range entries {
		if e.Kind == kind {
			of = append(of, e)
		}
	}
	return of
}

// why is the reason of a refusal, of whichever kind; "" where there is none.
func why(t testing.TB, err error) string {
	t.Helper()
	var halted *Refusal
	var denied *staff.Refusal
	switch {
	case err == nil:
		return ""
	case errors.As(err, &halted):
		return string(halted.Why)
	case errors.As(err, &denied):
		return string(denied.Why)
	}
	t.Fatalf("%v is no refusal", err)
	return ""
}

// asked is the request that an error wants approved.
func asked(t testing.TB, err error) *Request {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) || r.Request == nil {
		t.Fatalf("%v has no request", err)
	}
	return r.Request
}
