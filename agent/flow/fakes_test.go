package flow_test

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/flow/sale"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// journal is the store's contract in memory, with a disk that can refuse.
type journal struct {
	mu      sync.Mutex
	entries []entry.Entry
	refuse  error
	drawn   int
	commits int
	refused int
	stale   int
	looked  int // times that an object was read
}

func (j *journal) CommitWith(_ context.Context, step store.Step, riders ...store.Step) ([]entry.Entry, [][]entry.Entry, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.refuse != nil {
		j.refused++
		return nil, nil, j.refuse
	}
	rode := make([][]entry.Entry, len(riders))
	for i, r := range riders {
		rode[i], _ = j.add(r)
	}
	for _, d := range step.Entries {
		if d.Kind == entry.Asked && j.used(d) {
			return nil, rode, store.ErrCodeUsed
		}
	}
	entries, err := j.add(step)
	if err != nil {
		j.stale++
		return nil, rode, err
	}
	j.commits++
	return entries, rode, nil
}

func (j *journal) used(d entry.Draft) bool {
	code := entry.Must[entry.AskedBody](entry.Entry{Body: d.Body}).Code
	return len(code) > 0 && slices.ContainsFunc(j.entries, func(e entry.Entry) bool {
		return e.Kind == entry.Asked && string(entry.Must[entry.AskedBody](e).Code) == string(code)
	})
}

func (j *journal) add(step store.Step) (added []entry.Entry, err error) {
	if last := j.last(step.Key); step.Key != 0 && last != step.After {
		return nil, store.ErrStale
	}
	for _, d := range step.Entries {
		e := entry.Entry{Seq: entry.Seq(len(j.entries) + 1), Stamp: stamp(), Kind: d.Kind, Key: step.Key, Body: d.Body}
		if e.Key == 0 {
			e.Key = e.Seq
			step.Key = e.Key
		}
		j.entries = append(j.entries, e)
		added = append(added, e)
	}
	return added, nil
}

func (j *journal) last(key entry.Seq) (last entry.Seq) {
	for _, e := range j.entries {
		if e.Key == key {
			last = e.Seq
		}
	}
	return last
}

func (j *journal) Object(_ context.Context, key, after entry.Seq) (of []entry.Entry, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.looked++
	for _, e := range j.entries {
		if e.Key == key && e.Seq > after {
			of = append(of, e)
		}
	}
	return of, nil
}

func (j *journal) Find(_ context.Context, name string) (entry.Seq, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.entries {
		if e.Kind == entry.Asked && entry.Must[entry.AskedBody](e).Number == name {
			return e.Key, nil
		}
	}
	return 0, store.ErrNotFound
}

// Payment is asked of no order here: refunds are tested with the real store.
func (j *journal) Payment(context.Context, entry.Seq) (store.Payment, error) {
	return store.Payment{}, store.ErrNotFound
}

func (j *journal) Number() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.drawn++
	return entry.Number("10000001", "0007", 1, j.drawn)
}

func (j *journal) CodeHash(code string) []byte {
	sum := sha256.Sum256([]byte(code))
	return sum[:8]
}

// results is what became of one kind of output, in the journal's order.
func (j *journal) results(what string) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var all []string
	for _, e := range j.entries {
		if e.Kind != entry.Outputs {
			continue
		}
		for _, o := range entry.Must[entry.OutputsBody](e).Of {
			if o.What == what {
				all = append(all, o.Result)
			}
		}
	}
	return strings.Join(all, ",")
}

func (j *journal) setRefuse(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.refuse = err
}

// refusals is how often the disk has refused.
func (j *journal) refusals() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.refused
}

// readings is how often an object was read.
func (j *journal) readings() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.looked
}

// write puts an order into the journal that the lane has never had in memory.
func (j *journal) write(entries ...entry.Draft) (key entry.Seq) {
	j.mu.Lock()
	defer j.mu.Unlock()
	added, _ := j.add(store.Step{Entries: entries})
	return added[0].Key
}

func (j *journal) kinds() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var names []string
	for _, e := range j.entries {
		names = append(names, e.Kind.String())
	}
	return strings.Join(names, ",")
}

// seqOf is the newest entry of a kind, 0 where there is none.
func (j *journal) seqOf(kind entry.Kind) (seq entry.Seq) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range j.entries {
		if e.Kind == kind {
			seq = e.Seq
		}
	}
	return seq
}

func stamp() entry.Stamp {
	ms := time.Now().UnixMilli()
	return entry.Stamp{Wall: ms, Mono: ms, Trust: entry.Trusted}
}

// network answers charges with what the test put on its list; a query repeats
// the last one. Nobody pays the codes that it shows.
type network struct {
	mu      sync.Mutex
	results []pay.Result
	charged []string
	slow    time.Duration
	shown   []string      // merchants of the codes
	closing time.Duration // how long a shown code takes to be closed
}

func (n *network) next() pay.Result {
	n.mu.Lock()
	defer n.mu.Unlock()
	r := n.results[0]
	if len(n.results) > 1 {
		n.results = n.results[1:]
	}
	return r
}

func (n *network) Charge(ctx context.Context, c pay.Charge) pay.Result {
	n.mu.Lock()
	n.charged = append(n.charged, c.Number)
	slow := n.slow
	n.mu.Unlock()
	select {
	case <-time.After(slow):
	case <-ctx.Done():
		return pay.Result{Code: "timeout"}
	}
	return n.next()
}

// charges is how many charges have arrived.
func (n *network) charges() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.charged)
}

// codes are the merchants of the codes that were shown, in the order of the alphabet.
func (n *network) codes() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(slices.Sorted(slices.Values(n.shown)), ",")
}

func (n *network) Show(_ context.Context, o pay.Offer) pay.Result {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.shown = append(n.shown, o.Merchant)
	return pay.Result{State: pay.Waiting, Link: link(o.Merchant)}
}

// link is what the codes of a merchant say.
func link(merchant string) string { return "weixin://wxpay/bizpayurl?pr=" + merchant }

func (n *network) Query(_ context.Context, a pay.Attempt) pay.Result {
	switch {
	case a.Shown && a.Returning:
		return pay.Result{State: pay.Declined, Code: "CLOSED"}
	case a.Shown:
		return pay.Result{State: pay.Waiting, Code: "NOTPAY"}
	}
	return n.next()
}

func (n *network) Undo(_ context.Context, a pay.Attempt) pay.Result {
	n.mu.Lock()
	closing := n.closing
	n.mu.Unlock()
	if a.Shown {
		time.Sleep(closing)
	}
	return pay.Result{State: pay.Declined}
}

// device is a printer, a speaker or a gate.
type device struct {
	mu    sync.Mutex
	did   []flow.Effect
	block chan struct{} // not nil: takes nothing until it is closed
	err   error
}

func (d *device) do(ctx context.Context, e flow.Effect) error {
	d.mu.Lock()
	block, err := d.block, d.err
	d.mu.Unlock()
	if block != nil {
		select {
		case <-block:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.did = append(d.did, e)
	return nil
}

// last is the newest of what was done.
func (d *device) last() flow.Effect {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.did[len(d.did)-1]
}

func (d *device) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.did)
}

// shop is a lane with everything around it, in a bubble.
type shop struct {
	t                             *testing.T
	lane                          *flow.Lane
	journal                       *journal
	network                       *network
	books                         flow.Journal // between lane and journal
	client                        pay.Provider // between lane and network
	slips, voices, gates, drawers *device
	stop                          func()
}

// shopWeChat is who takes payment codes on every lane of the tests.
var shopWeChat = flow.Merchant{Name: "shop", Network: "wechat"}

func open(t *testing.T, role flow.Role, results ...pay.Result) *shop {
	return openLane(t, flow.Config{Role: role}, results...)
}

// openLane opens a shop whose lane is set up as told; its name and who takes
// payment codes are the same everywhere.
func openLane(t *testing.T, c flow.Config, results ...pay.Result) *shop {
	s := &shop{t: t, journal: &journal{}, network: &network{results: results}, slips: &device{}, voices: &device{}, gates: &device{}, drawers: &device{}}
	s.start(c)
	return s
}

func (s *shop) start(c flow.Config) {
	ctx, cancel := context.WithCancel(context.Background())
	log := slog.New(slog.DiscardHandler)
	timing := func(string) pay.Timing { return pay.WeChat }
	if s.books == nil {
		s.books = s.journal
	}
	if s.client == nil {
		s.client = s.network
	}
	nets := &flow.Networks{Providers: map[string]pay.Provider{"shop": s.client, "other": s.client}, Timing: timing, Log: log}
	outs := map[flow.Verb]*flow.Output{
		flow.Slip:  {Name: "printer", What: flow.Slip, Do: s.slips.do, Log: log},
		flow.Voice: {Name: "speaker", What: flow.Voice, Do: s.voices.do, Late: true, Log: log},
		flow.Gate:  {Name: "gate", What: flow.Gate, Do: s.gates.do, Log: log},

		flow.Drawer: {Name: "drawer", What: flow.Drawer, Do: s.drawers.do, Log: log},
	}
	c.Name = "lane-1"
	c.Route.Own = func(t string) bool { return entry.IsNumber(t, "10000001") }
	c.Route.Merchant = map[pay.Kind]flow.Merchant{pay.WeChatCode: shopWeChat}
	s.lane = flow.NewLane(c, flow.Deps{
		Journal: s.books, Numbers: s.journal, Networks: nets, Outputs: outs, Clock: stamp,
		New: func() flow.Order { return sale.New(timing) }, Log: log,
	})
	var group sync.WaitGroup
	for _, o := range outs {
		group.Go(func() { o.Run(ctx) })
	}
	group.Go(func() { s.lane.Run(ctx) })
	s.stop = func() { cancel(); group.Wait(); nets.Wait() }
}

func (s *shop) offer(events ...flow.Event) {
	s.t.Helper()
	for _, ev := range events {
		if !s.lane.Offer(ev) {
			s.t.Fatal("queue is full")
		}
		synctest.Wait()
	}
}

func (s *shop) order() words.Order {
	v, _ := s.lane.View()
	return v.Order
}

func (s *shop) phase() words.Phase { return s.order().Phase }

func (s *shop) told() words.Key {
	v, _ := s.lane.View()
	return v.Tell
}

func fen(n int64) money.Fen { return money.Fen(n) }

func amount(n int64) flow.Amount { return flow.Amount{Amount: fen(n), Title: "Parking"} }

const code = "134567890123456789"

var paid = pay.Result{State: pay.Paid, Network: "42", Amount: 1250, Settled: 1250}
