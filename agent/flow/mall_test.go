package flow_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/flow/refund"
	"tillgate/agent/flow/sale"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
	"tillgate/store/simdisk"
)

// bank is a network that keeps books of what it has given back; its answers to
// refunds can be set.
type bank struct {
	mu      sync.Mutex
	given   map[string]money.Fen // by refund number
	asked   []pay.Refund         // what has arrived, in order
	at      []time.Time
	queries int
	answer  func(r pay.Refund) pay.Result // nil: at once
}

func (b *bank) Charge(_ context.Context, c pay.Charge) pay.Result {
	return pay.Result{State: pay.Paid, Network: "42" + c.Number[20:], Amount: c.Amount, Settled: c.Amount}
}
func (b *bank) Query(context.Context, pay.Attempt) pay.Result { return pay.Result{} }
func (b *bank) Undo(context.Context, pay.Attempt) pay.Result  { return pay.Result{} }

func (b *bank) Refund(_ context.Context, r pay.Refund) pay.Result {
	b.mu.Lock()
	b.asked, b.at = append(b.asked, r), append(b.at, time.Now())
	answer := b.answer
	b.mu.Unlock()
	if answer != nil {
		if res := answer(r); res.State != pay.Returned {
			return res
		}
	}
	return b.give(r)
}

func (b *bank) give(r pay.Refund) pay.Result {
	b.mu.Lock()
	defer b.mu.Unlock()
	if was, there := b.given[r.Number]; there && was != r.Amount {
		return pay.Result{State: pay.Mismatch, Code: "amount", Amount: was}
	}
	if b.given == nil {
		b.given = map[string]money.Fen{}
	}
	b.given[r.Number] = r.Amount
	return pay.Result{State: pay.Returned, Network: "50" + r.Number[20:], Amount: r.Amount, Settled: r.Amount}
}

func (b *bank) QueryRefund(_ context.Context, r pay.Refund) pay.Result {
	b.mu.Lock()
	b.queries++
	_, there := b.given[r.Number]
	b.mu.Unlock()
	if there {
		return b.give(r)
	}
	return pay.Result{NotFound: true, Code: "RESOURCE_NOT_EXISTS"}
}

// back is what has left the merchant.
func (b *bank) back() (sum money.Fen) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.given {
		sum += f
	}
	return sum
}

func (b *bank) arrived() []pay.Refund {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.asked)
}

// mall is two lanes over one real journal, in a bubble.
type mall struct {
	t      *testing.T
	disk   *simdisk.Disk
	store  *store.Store
	bank   pay.Provider
	lanes  [2]*flow.Lane
	slips  [2]*device
	voices [2]*device
	drawer *device
	timing pay.Timing
	sold   int
	stop   func()

	between func() // happens once, after a lane has read what was paid and before it commits
}

// noticed is the journal of a lane: something happens between two of its calls.
type noticed struct {
	*store.Store
	m *mall
}

func (n noticed) Payment(ctx context.Context, order entry.Seq) (store.Payment, error) {
	p, err := n.Store.Payment(ctx, order)
	if between := n.m.between; between != nil {
		n.m.between = nil
		between()
	}
	return p, err
}

func openMall(t *testing.T, bank pay.Provider) *mall {
	m := &mall{t: t, bank: bank, timing: pay.WeChat, disk: simdisk.New(1)}
	t.Cleanup(m.disk.Close)
	m.begin()
	return m
}

// begin starts a life on what the disk has.
func (m *mall) begin() {
	m.t.Helper()
	var err error
	m.store, err = store.Open(context.Background(), store.Options{Path: "/data/till.db", VFS: m.disk.Name(), Disk: m.disk, Prefix: "10000001", Device: "0007",
		Boot: "boot", Clock: stamp, Random: rand.NewChaCha8([32]byte{byte(time.Now().Unix())})})
	if err != nil {
		m.t.Fatal(err)
	}
	boot, err := m.store.BootSince(context.Background())
	if err != nil {
		m.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	log := slog.New(slog.DiscardHandler)
	timing := func(string) pay.Timing { return m.timing }
	nets := &flow.Networks{Providers: map[string]pay.Provider{"shop": m.bank}, Timing: timing, Device: "device-7", Log: log}
	var group sync.WaitGroup
	for i := range m.lanes {
		m.slips[i], m.voices[i], m.drawer = &device{}, &device{}, &device{}
		outs := map[flow.Verb]*flow.Output{
			flow.Slip:   {Name: "printer", What: flow.Slip, Do: m.slips[i].do, Log: log},
			flow.Voice:  {Name: "speaker", What: flow.Voice, Do: m.voices[i].do, Late: true, Log: log},
			flow.Drawer: {Name: "drawer", What: flow.Drawer, Do: m.drawer.do, Log: log},
		}
		m.lanes[i] = flow.NewLane(flow.Config{Name: fmt.Sprintf("lane-%d", i), Role: flow.Cashier, ByHand: true,
			Route: flow.Route{Own: func(s string) bool { return entry.IsNumber(s, "10000001") }, Merchant: map[pay.Kind]flow.Merchant{pay.WeChatCode: shopWeChat}}},
			flow.Deps{Journal: noticed{m.store, m}, Numbers: m.store, Networks: nets, Outputs: outs, Clock: stamp, Log: log,
				New: func() flow.Order { return sale.New(timing) }, NewRefund: func() flow.Refunding { return refund.New(timing) }})
		m.lanes[i].BootSince(boot)
		for _, o := range outs {
			group.Go(func() { o.Run(ctx) })
		}
	}
	err = m.store.Unfinished(ctx, func(key entry.Seq, entries []entry.Entry) error {
		if name, ok := flow.LaneOf(entries[0]); ok {
			m.lanes[name[len(name)-1]-'0'].Adopt(key, entries)
		}
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
	for _, l := range m.lanes {
		group.Go(func() { l.Run(ctx) })
	}
	m.stop = func() { cancel(); group.Wait(); nets.Wait(); m.store.Close() }
	synctest.Wait()
}

func (m *mall) offer(lane int, events ...flow.Event) {
	m.t.Helper()
	for _, ev := range events {
		if !m.lanes[lane].Offer(ev) {
			m.t.Fatal("queue is full")
		}
		synctest.Wait()
	}
}

func (m *mall) view(lane int) flow.View { v, _ := m.lanes[lane].View(); return v }

// sells takes 12.50 on a lane, by a wallet or in cash, and answers the order's number.
func (m *mall) sells(lane int, byHand ...flow.Event) (number string, key entry.Seq) {
	m.t.Helper()
	m.offer(lane, amount(1250))
	if len(byHand) == 0 {
		byHand = []flow.Event{flow.Scanned{Text: pay.Secret(fmt.Sprintf("13%016d", m.sold))}}
	}
	m.sold++
	m.offer(lane, byHand...)
	o := m.view(lane).Order
	if o.Phase != words.PaidOrder {
		m.t.Fatalf("the sale is %s", o.Phase)
	}
	return o.Number, entry.Seq(o.Key)
}

func (m *mall) payment(key entry.Seq) store.Payment {
	m.t.Helper()
	p, err := m.store.Payment(context.Background(), key)
	if err != nil {
		m.t.Fatal(err)
	}
	return p
}

// passes lets time go by.
func (m *mall) passes(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
