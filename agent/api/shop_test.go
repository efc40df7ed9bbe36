package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/duty"
	"tillgate/agent/flow"
	"tillgate/agent/flow/deposit"
	"tillgate/agent/flow/refund"
	"tillgate/agent/flow/sale"
	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
	"tillgate/store/simdisk"
)

const (
	tillToken   = "till-token-0123456789abcdef"
	readerToken = "reader-token-0123456789abcdef"
	lane0Token  = "lane-0-token-0123456789abcdef"
	code        = "134567890123456789"
)

// bank is a network that has everybody pay, once hold lets it, and remembers what it was asked.
type bank struct {
	mu      sync.Mutex
	charged []string
	given   map[string]pay.Refund
	hold    chan struct{}        // not nil: charges wait until it is closed
	held    map[string]*pay.Held // by the deposit's number
	moved   map[string]money.Fen // by the move's
	silent  bool                 // nobody hears what became of a deposit
}

func (b *bank) Charge(_ context.Context, c pay.Charge) pay.Result {
	if b.hold != nil {
		<-b.hold
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.charged = append(b.charged, c.Number)
	return pay.Result{State: pay.Paid, Network: "42" + c.Number[20:], Amount: c.Amount, Settled: c.Amount}
}

func (b *bank) Query(context.Context, pay.Attempt) pay.Result { return pay.Result{} }
func (b *bank) Undo(context.Context, pay.Attempt) pay.Result  { return pay.Result{} }

func (b *bank) Refund(_ context.Context, r pay.Refund) pay.Result {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.given[r.Number] = r
	return pay.Result{State: pay.Returned, Network: "50" + r.Number[20:], Amount: r.Amount, Settled: r.Amount}
}

func (b *bank) QueryRefund(ctx context.Context, r pay.Refund) pay.Result { return b.Refund(ctx, r) }

// shop is two lanes over a real journal, and the API in front of them.
type shop struct {
	t     testing.TB
	disk  *simdisk.Disk // nil: a file
	path  string
	store *store.Store
	bank  *bank
	nets  *flow.Networks
	lanes [2]*flow.Lane
	desk  *duty.Desk
	clock func() entry.Stamp // nil: trusted

	devices sync.Mutex // guards what follows
	told    []words.Told
	jam     error         // what a printer says
	wait    chan struct{} // not nil: a printer waits until it is closed
	api     http.Handler
	stop    func()
}

func openShop(t testing.TB) *shop {
	s := &shop{t: t, bank: &bank{given: map[string]pay.Refund{}}, disk: simdisk.New(1), path: "/data/till.db"}
	t.Cleanup(s.disk.Close)
	s.begin()
	return s
}

// inShop plays something in a shop, in a bubble of fake time.
func inShop(t *testing.T, play func(t *testing.T, s *shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := openShop(t)
		defer func() { s.stop() }() // that of its last life
		play(t, s)
	})
}

func stamp() entry.Stamp {
	ms := time.Now().UnixMilli()
	return entry.Stamp{Wall: ms, Mono: ms, Trust: entry.Trusted}
}

func wechat(string) pay.Timing { return pay.WeChat }

// begin starts a life on what the disk has.
func (s *shop) begin() {
	s.t.Helper()
	var err error
	options := store.Options{Path: s.path, Prefix: "10000001", Device: "0007", Boot: "boot", Clock: stamp, Random: rand.NewChaCha8([32]byte{byte(time.Now().Unix())})}
	if s.disk != nil {
		options.VFS, options.Disk = s.disk.Name(), s.disk
	}
	s.store, err = store.Open(context.Background(), options)
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	log := slog.New(slog.DiscardHandler)
	nets := &flow.Networks{Providers: map[string]pay.Provider{"shop": s.bank}, Timing: wechat, Device: "device-7", Log: log}
	s.nets = nets
	print := &flow.Output{Name: "printer", What: flow.Slip, Do: s.prints, Log: log}
	voice := &flow.Output{Name: "speaker", What: flow.Voice, Late: true, Do: s.says, Log: log}
	var group sync.WaitGroup
	group.Go(func() { print.Run(ctx) })
	group.Go(func() { voice.Run(ctx) })
	for i := range s.lanes {
		s.lanes[i] = flow.NewLane(flow.Config{Name: fmt.Sprintf("lane-%d", i), Role: flow.CashierDeposit, ByHand: true, Accounts: map[string]string{"shop": "ab"},
			Route: flow.Route{Own: func(t string) bool { return entry.IsNumber(t, "10000001") }, Merchant: map[pay.Kind]flow.Merchant{pay.WeChatCode: {Name: "shop", Network: "wechat"}}}},
			flow.Deps{Journal: s.store, Numbers: s.store, Networks: nets, Outputs: map[flow.Verb]*flow.Output{flow.Slip: print}, Clock: stamp, Log: log,
				New: func() flow.Order { return sale.New(wechat) }, NewRefund: func() flow.Refunding { return refund.New(wechat) },
				NewDeposit: func() flow.Depositing {
					return deposit.New(deposit.Rules{Timing: wechat, Terms: nets.Terms}, fmt.Sprintf("lane-%d", i))
				}})
	}
	err = s.store.Unfinished(ctx, func(key entry.Seq, entries []entry.Entry) error {
		if name, ok := flow.LaneOf(entries[0], entries[1:]...); ok {
			s.lanes[name[len(name)-1]-'0'].Adopt(key, entries)
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, l := range s.lanes {
		group.Go(func() { l.Run(ctx) })
	}
	s.hire(ctx)
	s.api = New(Options{
		Integrators: []Integrator{
			{Name: "till", Token: tillToken, Rights: Rights()},
			{Name: "reader", Token: readerToken, Rights: []Right{Read}},
			{Name: "lane-0", Token: lane0Token, Rights: Rights(), Lanes: []string{"lane-0"}},
		},
		Lanes: []Lane{s.lanes[0], s.lanes[1]}, Store: s.store, Timing: wechat, Desk: s.desk, Outputs: func(lane string, what flow.Verb) *flow.Output {
			return map[string]*flow.Output{"lane-0slip": print, "lane-0voice": voice}[lane+string(what)]
		},
		Devices: func() []client.Device { return []client.Device{{Name: "printer", What: "escpos", State: "up"}} },
	})
	s.stop = func() { cancel(); group.Wait(); nets.Wait(); s.store.Close() }
}

// Names and Offer are the lanes as the desk knows them.
func (s *shop) Names() []string { return []string{"lane-0", "lane-1"} }

func (s *shop) Roles(lane string) []flow.Role {
	return s.lanes[lane[len(lane)-1]-'0'].Role.Within()
}

func (s *shop) Offer(lane string, ev flow.Event) bool {
	return s.lanes[lane[len(lane)-1]-'0'].Offer(ev)
}

const (
	managerPIN, clerkPIN = "830174", "916283"
	freely               = "20.00" // yuan, up to which a refund takes nobody's yes
)

// hire has a manager and a clerk work here, who is on duty on lane-0.
func (s *shop) hire(ctx context.Context) {
	pins, err := staff.NewPins(nil)
	s.must(err)
	s.desk = duty.New(duty.Options{Device: "100000010007", Site: "Shop", Journal: s.store, Pins: pins, Roster: staff.New(staff.Options{Site: "10000001", Lanes: s.Names()}),
		Lanes: s, Printer: func(string) *flow.Output { return nil }, Clock: s.stamp})
	s.must(s.desk.Load(ctx))
	if len(s.desk.Roster.People()) > 0 {
		return
	}
	link, err := s.desk.First(ctx, "Li")
	s.must(err)
	s.must(s.desk.Finish(ctx, link.Token, managerPIN))
	s.must(s.desk.SetPerson(ctx, link.Person, staff.Person{Name: "Wang", Role: staff.Clerk}, duty.Spot{}))
	wang, _ := s.desk.Roster.Named("Wang")
	pin, err := s.desk.Activate(ctx, link.Person, wang.ID)
	s.must(err)
	s.must(s.desk.Finish(ctx, pin.Token, clerkPIN))
	s.must(s.desk.Set(ctx, link.Person, words.SettingRefundLimit, freely))
	_, err = s.desk.ClockOn(ctx, duty.ClockOn{Person: wang.ID, Lanes: []string{"lane-0"}})
	s.must(err)
}

func (s *shop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shop) stamp() entry.Stamp {
	if s.clock != nil {
		return s.clock()
	}
	return stamp()
}

func (s *shop) restart() {
	s.t.Helper()
	s.stop()
	s.begin()
}

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	text   []byte
}

func (r reply) answer(t testing.TB) (a client.Answer) {
	t.Helper()
	if err := json.Unmarshal(r.text, &a); err != nil || r.status >= 300 {
		t.Fatalf("answer %d %s: %v", r.status, r.text, err)
	}
	return a
}

func (r reply) cause() string {
	var p client.Problem
	json.Unmarshal(r.text, &p) //nolint:errcheck // then it has no cause
	return p.Cause
}

func request(method, path, token, key, body string) *http.Request {
	r := httptest.NewRequest(method, "http://localhost"+Prefix+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:40000"
	r.Header.Set("Authorization", "Bearer "+token)
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	return r
}

// serve answers a request, and sees that the document knows of the answer.
func (s *shop) serve(r *http.Request) reply {
	s.t.Helper()
	rec := httptest.NewRecorder()
	s.api.ServeHTTP(rec, r)
	text, err := io.ReadAll(rec.Result().Body)
	if err != nil {
		s.t.Fatal(err)
	}
	got := reply{rec.Code, rec.Result().Header, text}
	documented(s.t, r, got)
	return got
}

func (s *shop) post(path, key, body string) reply {
	s.t.Helper()
	return s.serve(request(http.MethodPost, path, tillToken, key, body))
}

func (s *shop) get(path string) reply {
	s.t.Helper()
	return s.serve(request(http.MethodGet, path, tillToken, "", ""))
}

const owes = `{"lane":"lane-0","amount_fen":1250,"title":"Parking","ref":"A-7"}`

// sells puts an order in front of a lane and has it paid.
func (s *shop) sells(key string) client.Order {
	s.t.Helper()
	a := s.post("/sales", key, strings.Replace(owes, "}", `,"code":"`+code[:10]+fmt.Sprintf("%08d", rand.IntN(1e8))+`"}`, 1)).answer(s.t)
	synctest.Wait()
	a = s.get(fmt.Sprintf("/orders/%d", a.Order.Key)).answer(s.t)
	if a.Order.State != "paid" {
		s.t.Fatalf("the order is %s: %+v", a.Order.State, a.Tell)
	}
	return a.Order
}

// orders is how many orders the journal has.
func (s *shop) orders() int {
	s.t.Helper()
	rows, err := s.store.Sales(context.Background(), 0, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	return len(rows)
}

// entries is how many entries the journal has.
func (s *shop) entries() (n int) {
	s.t.Helper()
	for after := entry.Seq(0); ; {
		some, err := s.store.Entries(context.Background(), after, 100)
		if err != nil {
			s.t.Fatal(err)
		}
		if n += len(some); len(some) == 0 {
			return n
		}
		after = some[len(some)-1].Seq
	}
}
