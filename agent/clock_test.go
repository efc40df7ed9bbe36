package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/clock"
	"tillgate/agent/flow"
	"tillgate/agent/flow/sale"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/simdisk"
)

// lostBoard is a device whose system's clock is anywhere; the bubble's is the truth.
type lostBoard struct {
	t      *testing.T
	disk   *simdisk.Disk
	random *rand.ChaCha8
	wrong  atomic.Int64 // ns that the system's clock is ahead of the truth
	booted time.Time
	boots  int
	ntp    bool

	clock  *clock.Clock
	store  *store.Store
	lane   *flow.Lane
	end    func()
	mu     sync.Mutex
	signed []time.Duration // how wrong the time was by which requests were signed
	asked  []pay.Charge
	slips  []words.Receipt
	sold   int
}

// boot starts the board.
func (b *lostBoard) boot() {
	b.booted = time.Now().Add(-20 * time.Second)
	b.boots++
	b.start()
}

// jump sets the system's clock to a day of this year.
func (b *lostBoard) jump(year int) {
	b.wrong.Store(int64(time.Until(time.Date(year, time.January, 19, 3, 14, 0, 0, time.UTC))))
}

// start is a life of the program.
func (b *lostBoard) start() {
	b.t.Helper()
	b.clock = clock.New(clock.Options{
		Wall: func() time.Time { return time.Now().Add(time.Duration(b.wrong.Load())) }, Boot: func() int64 { return time.Since(b.booted).Milliseconds() },
		Synced: func() bool { return b.ntp },
	})
	var err error
	b.store, err = store.Open(b.t.Context(), store.Options{
		Path: "/till.db", VFS: b.disk.Name(), Disk: b.disk, Prefix: "10000001", Device: "0001", Version: "test", Random: b.random,
		Boot: fmt.Sprint("boot ", b.boots), Clock: b.clock.Now, Last: b.clock.Raise,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	log, timing := slog.New(slog.DiscardHandler), func(string) pay.Timing { return pay.WeChat }
	nets := &flow.Networks{Providers: map[string]pay.Provider{"shop": b}, Timing: timing, Log: log, OnDate: b.clock.Learn, Boot: b.clock.Boot}
	slip := &flow.Output{Name: "printer", What: flow.Slip, Log: log, Do: func(_ context.Context, e flow.Effect) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.slips = append(b.slips, e.Receipt)
		return nil
	}}
	route := flow.Route{Own: func(string) bool { return false }, Merchant: map[pay.Kind]flow.Merchant{pay.WeChatCode: {Name: "shop", Network: "wechat"}}}
	b.lane = flow.NewLane(flow.Config{Name: "counter-1", Role: flow.Cashier, Route: route}, flow.Deps{
		Journal: b.store, Numbers: b.store, Networks: nets, Outputs: map[flow.Verb]*flow.Output{flow.Slip: slip}, Clock: b.clock.Now,
		New: func() flow.Order { return sale.New(timing) }, Log: log,
	})
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { b.lane.Run(ctx) }) //nolint:errcheck // the sales tell
	group.Go(func() { slip.Run(ctx) })   //nolint:errcheck // the slips tell
	b.end = func() {
		cancel()
		group.Wait()
		nets.Wait()
		if err := b.store.Close(); err != nil {
			b.t.Error(err)
		}
	}
}

// Charge is the network: it answers in 300 ms, by a clock that is right.
func (b *lostBoard) Charge(_ context.Context, c pay.Charge) pay.Result {
	b.mu.Lock()
	b.signed = append(b.signed, time.Until(b.clock.Time()))
	b.asked = append(b.asked, c)
	b.mu.Unlock()
	time.Sleep(200 * time.Millisecond)
	now := time.Now()
	time.Sleep(100 * time.Millisecond)
	return pay.Result{State: pay.Paid, Network: "42" + c.Number, Amount: c.Amount, Settled: c.Amount, PaidAt: now, Date: now.Truncate(time.Second)}
}

func (b *lostBoard) Query(context.Context, pay.Attempt) pay.Result { return pay.Result{} }
func (b *lostBoard) Undo(context.Context, pay.Attempt) pay.Result  { return pay.Result{} }

// sell sells once, and hands out the sale's entries as the cloud will read them.
func (b *lostBoard) sell() map[entry.Kind]entry.Entry {
	b.t.Helper()
	b.sold++
	_, before, _ := b.store.Head()
	b.lane.Offer(flow.Amount{Amount: 1250})
	b.lane.Offer(flow.Scanned{Text: pay.Secret(fmt.Sprintf("13456789012345%04d", b.sold))})
	time.Sleep(5 * time.Second) // the slip is noted after two quiet seconds
	synctest.Wait()
	if v, _ := b.lane.View(); v.Order.Phase != words.PaidOrder || len(b.slips) != b.sold {
		b.t.Fatalf("sale %d is %s, %d slips", b.sold, v.Order.Phase, len(b.slips))
	}
	of := map[entry.Kind]entry.Entry{}
	for _, e := range b.after(before) {
		of[e.Kind] = e
	}
	return of
}

// after is the journal after an entry, in order.
func (b *lostBoard) after(seq entry.Seq) []entry.Entry {
	b.t.Helper()
	entries, err := b.store.Entries(b.t.Context(), seq, 1000)
	if err != nil {
		b.t.Fatal(err)
	}
	return entries
}

// wrongBy is how far an entry's wall time is from a moment.
func wrongBy(e entry.Entry, at time.Time) time.Duration { return time.UnixMilli(e.Wall).Sub(at).Abs() }

const rightWithin = 2 * time.Second

// TestADeviceThatWakesInAnotherTime sells, signs and reports rightly: it begins
// no earlier than it ended, and one verified reply sets it right, whatever its
// system's clock shows then or later.
func TestADeviceThatWakesInAnotherTime(t *testing.T) {
	t.Parallel()
	for _, year := range []int{1970, 2000, 2026, 2038, 2106} {
		t.Run(fmt.Sprint(year), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(time.Date(2026, time.November, 27, 9, 30, 0, 0, time.UTC)))
				b := &lostBoard{t: t, disk: simdisk.New(uint64(year)), random: rand.NewChaCha8([32]byte{byte(year)})}
				defer b.disk.Close()
				b.ntp = true
				b.boot()
				b.sell()
				_, ended, _ := b.store.Head()
				b.end()

				time.Sleep(8 * time.Hour) // without power
				b.ntp = false
				b.jump(year)
				b.boot()
				b.wakes(ended)
				b.jump(2012) // from here on the system's clock does not matter
				b.sellsRightly(clock.Date)
				b.jump(2061)
				time.Sleep(24 * time.Hour)
				b.sellsRightly(clock.Date)
				_, ended, _ = b.store.Head()
				b.end()

				b.jump(year) // the program is started again, in the same boot
				b.start()
				if began := b.after(ended)[0]; began.Trust != entry.Trusted || wrongBy(began, time.Now()) > rightWithin {
					t.Errorf("started at %+v, it is %s", began.Stamp, time.Now())
				}
				b.sellsRightly(clock.LastEntry)
				b.ordered()
				b.end()
			})
		})
	}
}

// wakes checks the start and the first sale, at the end of which the clock is right.
func (b *lostBoard) wakes(ended entry.Seq) {
	b.t.Helper()
	now := time.Now()
	last, began := b.after(ended - 1)[0], b.after(ended)[0]
	if began.Kind != entry.Started || began.Trust != entry.Floor || began.Wall < last.Wall || wrongBy(began, now) > 9*time.Hour {
		b.t.Errorf("started at %+v, ended at %+v, it is %s", began.Stamp, last.Stamp, now)
	}
	of := b.sell()
	if asked := of[entry.Asked]; asked.Trust != entry.Floor || asked.Wall < last.Wall || !b.asked[len(b.asked)-1].Asked.IsZero() {
		b.t.Errorf("asked at %+v, the network is told %s", asked.Stamp, b.asked[len(b.asked)-1].Asked)
	}
	if settled := of[entry.Settled]; settled.Trust != entry.Trusted || wrongBy(settled, now.Add(300*time.Millisecond)) > rightWithin {
		b.t.Errorf("settled at %+v, it was %s", settled.Stamp, now)
	}
	if at := b.slips[len(b.slips)-1].At; at.Sub(now).Abs() > rightWithin {
		b.t.Errorf("the slip says %s, it was %s", at, now)
	}
}

// sellsRightly checks a sale of a clock that is right, and where it has that from.
func (b *lostBoard) sellsRightly(from clock.Source) {
	b.t.Helper()
	state, now, correction := b.clock.State(), time.Now(), -time.Duration(b.wrong.Load())
	if state.Source != from || state.Trust != entry.Trusted || (state.Offset-correction).Abs() > rightWithin {
		b.t.Errorf("state is %+v, want %s and an offset of %s", state, from, correction)
	}
	of := b.sell()
	for _, kind := range []entry.Kind{entry.Opened, entry.Asked, entry.Settled, entry.Outputs} {
		if e := of[kind]; e.Trust != entry.Trusted || wrongBy(e, now) > rightWithin+3*time.Second {
			b.t.Errorf("%s at %+v, it was %s", kind, e.Stamp, now)
		}
	}
	i := len(b.asked) - 1
	if at := b.asked[i].Asked; at.Sub(now).Abs() > rightWithin || b.signed[i].Abs() > rightWithin {
		b.t.Errorf("asked at %s, signed %s wrong, it was %s", at, b.signed[i], now)
	}
	if at := b.slips[len(b.slips)-1].At; at.Sub(now).Abs() > rightWithin {
		b.t.Errorf("the slip says %s, it was %s", at, now)
	}
}

// ordered checks that no entry of the whole journal is before the one before it.
func (b *lostBoard) ordered() {
	b.t.Helper()
	wall := int64(0)
	for _, e := range b.after(0) {
		if e.Wall < wall-rightWithin.Milliseconds() {
			b.t.Errorf("entry %d (%s) is %d ms before the one before", e.Seq, e.Kind, wall-e.Wall)
		}
		wall = e.Wall
	}
}
