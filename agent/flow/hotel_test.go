package flow_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/flow/deposit"
	"tillgate/agent/flow/refund"
	"tillgate/agent/flow/sale"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
	"tillgate/store/simdisk"
)

// stay is a deposit in a network's books.
type stay struct {
	amount, captured, released money.Fen
	moves                      map[string]money.Fen // by number
	at                         time.Time
}

// inn is a network that keeps books of deposits, with numbers for all that moves.
// Its next answer to an operation can get lost, before or after the effect.
type inn struct {
	bank
	mu    sync.Mutex
	terms pay.HoldTerms
	stays map[string]*stay
	heard []string          // operations, in order
	lose  map[string]string // operation to "before" or "after", once
	off   bool              // nobody reaches it
}

func newInn(terms pay.HoldTerms) *inn {
	return &inn{terms: terms, stays: map[string]*stay{}, lose: map[string]string{}}
}

var (
	anyTimes = pay.HoldTerms{Code: true, QR: true, Parts: true, Life: 30 * 24 * time.Hour}
	onceOnly = pay.HoldTerms{Code: true, Captures: 1, RestGoes: true, Life: 30 * 24 * time.Hour}
)

// acts are the operations that were heard, but for questions.
func (n *inn) acts() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(n.heard), func(op string) bool { return strings.HasPrefix(op, "query") })
}

// does is an operation's effect and answer, as far as they come through.
func (n *inn) does(op string, effect func() pay.Result) pay.Result {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.heard = append(n.heard, op)
	lost := n.lose[op]
	delete(n.lose, op)
	if n.off || lost == "before" {
		return pay.Result{Code: pay.CodeTimeout}
	}
	r := effect()
	if lost == "after" {
		return pay.Result{Code: pay.CodeTimeout}
	}
	return r
}

func (n *inn) Terms(string) pay.HoldTerms { return n.terms }

func (n *inn) Hold(_ context.Context, c pay.Charge) pay.Result {
	return n.does("hold", func() pay.Result {
		n.stays[c.Number] = &stay{amount: c.Amount, moves: map[string]money.Fen{}, at: time.Now()}
		return n.held(c.Attempt)
	})
}

func (n *inn) held(a pay.Attempt) pay.Result {
	s := n.stays[a.Number]
	switch {
	case s == nil:
		return pay.Result{NotFound: true, Code: "NOTFOUND"}
	case time.Since(s.at) >= n.terms.Life:
		s.released = s.amount - s.captured
	}
	left := s.amount - s.captured - s.released
	if a.Returning && left == 0 {
		return pay.Result{State: pay.Declined, Returned: true, Code: "released"}
	}
	return pay.Result{State: pay.Paid, Network: "4200" + a.Number, Amount: s.amount, PaidAt: s.at,
		Held: &pay.Held{Captured: s.captured, Released: s.released, Left: left}}
}

func (n *inn) QueryHold(_ context.Context, a pay.Attempt) pay.Result {
	return n.does("query-hold", func() pay.Result { return n.held(a) })
}

func (n *inn) UndoHold(_ context.Context, a pay.Attempt) pay.Result {
	return n.does("undo-hold", func() pay.Result {
		s := n.stays[a.Number]
		if s == nil {
			return pay.Result{NotFound: true, Code: "NOTFOUND"}
		}
		s.released = s.amount - s.captured
		return pay.Result{State: pay.Declined}
	})
}

// moves is a capture or release, the same one where it comes again.
func (n *inn) moves(m pay.Move, capture bool) pay.Result {
	s := n.stays[m.Of.Number]
	was, there := s.moves[m.Number]
	left := s.amount - s.captured - s.released
	switch {
	case there && was != m.Amount:
		return pay.Result{State: pay.Mismatch, Code: "amount", Amount: was}
	case there:
	case m.Amount > left:
		return pay.Result{State: pay.Declined, Code: "more than is held"}
	case capture:
		s.captured += m.Amount
		if m.Last || n.terms.RestGoes {
			s.released = s.amount - s.captured
		}
	default:
		s.released += m.Amount
	}
	s.moves[m.Number] = m.Amount
	if capture {
		return pay.Result{State: pay.Paid, Amount: m.Amount, Network: "8" + m.Number[14:]}
	}
	return pay.Result{State: pay.Returned, Amount: m.Amount}
}

func (n *inn) asked(m pay.Move, capture bool) pay.Result {
	if _, there := n.stays[m.Of.Number].moves[m.Number]; !there {
		return pay.Result{NotFound: true, Code: "NOTFOUND"}
	}
	return n.moves(m, capture)
}

func (n *inn) Capture(_ context.Context, m pay.Move) pay.Result {
	return n.does("capture", func() pay.Result { return n.moves(m, true) })
}

func (n *inn) QueryCapture(_ context.Context, m pay.Move) pay.Result {
	return n.does("query-capture", func() pay.Result { return n.asked(m, true) })
}

func (n *inn) Release(_ context.Context, m pay.Move) pay.Result {
	return n.does("release", func() pay.Result { return n.moves(m, false) })
}

func (n *inn) QueryRelease(_ context.Context, m pay.Move) pay.Result {
	return n.does("query-release", func() pay.Result { return n.asked(m, false) })
}

// count is how often an operation was heard.
func (n *inn) count(op string) (times int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, o := range n.heard {
		if o == op {
			times++
		}
	}
	return times
}

// books are what has moved of all deposits.
func (n *inn) books() (held, captured, released money.Fen) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, s := range n.stays {
		held, captured, released = held+s.amount, captured+s.captured, released+s.released
	}
	return held, captured, released
}

// hotel is two desks over one real journal, in a bubble.
type hotel struct {
	t         *testing.T
	device    string
	disk      *simdisk.Disk
	store     *store.Store
	providers map[string]pay.Provider
	disturbs  func(store.Step) error // what the disk says to a step; nil: nothing
	lanes     [2]*flow.Lane
	slips     [2]*device
	voices    [2]*device
	stop      func()
}

// disturbed is the journal of a desk, whose disk can refuse a step.
type disturbed struct {
	*store.Store
	h *hotel
}

func (d disturbed) CommitWith(ctx context.Context, step store.Step, riders ...store.Step) ([]entry.Entry, [][]entry.Entry, error) {
	if d.h.disturbs != nil {
		if err := d.h.disturbs(step); err != nil {
			return nil, nil, err
		}
	}
	return d.Store.CommitWith(ctx, step, riders...)
}

func openHotel(t *testing.T, n *inn) *hotel { return openTerminal(t, n, "0007") }

func openTerminal(t *testing.T, n *inn, device string) *hotel {
	h := &hotel{t: t, device: device, disk: simdisk.New(1), providers: map[string]pay.Provider{"shop": n}}
	t.Cleanup(h.disk.Close)
	h.begin()
	return h
}

// begin starts a life on what the disk has.
func (h *hotel) begin() {
	h.t.Helper()
	var err error
	h.store, err = store.Open(context.Background(), store.Options{Path: "/data/till.db", VFS: h.disk.Name(), Disk: h.disk, Prefix: "10000001", Device: h.device,
		Boot: "boot", Clock: stamp, Random: rand.NewChaCha8([32]byte{byte(time.Now().Unix())})})
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	log, timing := slog.New(slog.DiscardHandler), func(string) pay.Timing { return pay.WeChat }
	nets := &flow.Networks{Providers: h.providers, Timing: timing, Device: "device-7", Log: log}
	var group sync.WaitGroup
	for i := range h.lanes {
		h.slips[i], h.voices[i] = &device{}, &device{}
		outs := map[flow.Verb]*flow.Output{
			flow.Slip:  {Name: "printer", What: flow.Slip, Do: h.slips[i].do, Log: log},
			flow.Voice: {Name: "speaker", What: flow.Voice, Do: h.voices[i].do, Late: true, Log: log},
		}
		name := fmt.Sprintf("desk-%d", i)
		h.lanes[i] = flow.NewLane(flow.Config{Name: name, Role: flow.CashierDeposit, ByHand: true, Accounts: map[string]string{"shop": "ab"}, Route: flow.Route{Own: func(s string) bool { return entry.IsNumber(s, "10000001") },
			Merchant: map[pay.Kind]flow.Merchant{pay.WeChatCode: shopWeChat}, QR: []flow.Merchant{shopWeChat}}},
			flow.Deps{Journal: disturbed{h.store, h}, Numbers: h.store, Networks: nets, Outputs: outs, Clock: stamp, Log: log,
				Taken: func(from string, key entry.Seq) { h.lanes[from[len(from)-1]-'0'].Offer(flow.TakenOver{Key: key}) },
				New:   func() flow.Order { return sale.New(timing) }, NewRefund: func() flow.Refunding { return refund.New(timing) },
				NewDeposit: func() flow.Depositing { return deposit.New(deposit.Rules{Timing: timing, Terms: nets.Terms}, name) }})
		for _, o := range outs {
			group.Go(func() { o.Run(ctx) })
		}
	}
	err = h.store.Unfinished(ctx, func(key entry.Seq, entries []entry.Entry) error {
		if name, ok := flow.LaneOf(entries[0], entries[1:]...); ok {
			h.lanes[name[len(name)-1]-'0'].Adopt(key, entries)
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, l := range h.lanes {
		group.Go(func() { l.Run(ctx) })
	}
	h.stop = func() { cancel(); group.Wait(); nets.Wait(); h.store.Close() }
	synctest.Wait()
}

func (h *hotel) view(desk int) flow.View { v, _ := h.lanes[desk].View(); return v }

func (h *hotel) passes(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// said gives a desk a wish and tells what it said, once all that follows has happened.
func (h *hotel) said(desk int, ev flow.Event) (said flow.Said) {
	h.t.Helper()
	if !h.lanes[desk].Offer(flow.Call{Of: ev, Done: func(s flow.Said) { said = s }}) {
		h.t.Fatal("queue is full")
	}
	synctest.Wait()
	return said
}

// holds takes a deposit of 300.00 for a room.
func (h *hotel) holds(desk int, room string) words.Deposit {
	h.t.Helper()
	h.said(desk, flow.DepositSpec{Amount: 30000, Room: room, By: "8 Wang", Code: pay.Secret(fmt.Sprintf("13%016d", time.Now().UnixNano()%1e15))})
	return h.view(desk).Deposit
}

// hold is a deposit as the journal has it.
func (h *hotel) hold(name string) store.Hold {
	h.t.Helper()
	hold, err := h.store.HoldOf(context.Background(), name)
	if err != nil {
		h.t.Fatal(err)
	}
	return hold
}

// taskNames are what people have to look at.
func (h *hotel) taskNames() (names []string) {
	h.t.Helper()
	rows, err := h.store.Tasks(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, r := range rows {
		names = append(names, r.What)
	}
	return names
}

// TestAGuest: held at one desk, captured at another, a part refunded; each slip
// where it was asked for.
func TestAGuest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newInn(onceOnly)
		h := openHotel(t, n)
		defer func() { h.stop() }()
		if said := h.said(0, flow.DepositSpec{Amount: 30000, Room: "1208", By: "8 Wang"}); said.Tell != words.TellHoldScan || said.Key != 0 || said.View.Deposit.Phase != words.DepositReady {
			t.Fatalf("without a code: %+v", said)
		}
		h.said(0, flow.Scanned{Text: "134567890123456789"})
		v := h.view(0).Deposit
		if v.Phase != words.DepositHeld || v.Held != 30000 || v.Room != "1208" || h.slips[0].count() != 1 || h.voices[0].count() != 1 || n.count("hold") != 1 {
			t.Fatalf("the page shows %+v, %d slips", v, h.slips[0].count())
		}
		if r := h.slips[0].last().Receipt; r.Act != words.ActHold || r.Deposit.Left != 30000 || r.Deposit.Room != "1208" || r.Number != v.Number {
			t.Errorf("the slip is made of %+v, %+v", r, r.Deposit)
		}
		said := h.said(1, flow.CaptureSpec{Number: v.Voucher, Amount: 8850, By: "9 Li"})
		if d := h.view(1).Deposit; said.Key != entry.Seq(v.Key) || d.Phase != words.DepositSettled || d.Captured != 8850 || d.Released != 21150 || h.slips[1].count() != 1 {
			t.Fatalf("%+v, the page shows %+v, %d slips", said, d, h.slips[1].count())
		}
		if _, captured, released := n.books(); captured != 8850 || released != 21150 {
			t.Errorf("the network has captured %s and released %s", captured, released)
		}
		h.passes(time.Minute)
		said = h.said(0, flow.Refund{Number: v.Voucher, Amount: 1000})
		if r := n.arrived()[0]; r.Of.Number != v.Number+"51" || r.Of.Amount != 8850 || r.Hold == nil || r.Hold.Number != v.Number || r.Hold.Network != v.Voucher || r.Number != v.Number+"01" {
			t.Errorf("refunded with %+v of %+v", r, r.Hold)
		}
		if h.view(0).Refund.Phase != words.RefundDone || said.Key == 0 || h.said(0, flow.Refund{Number: v.Number, Amount: 7851}).Tell != words.TellRefundHigh {
			t.Errorf("the refund is %+v", h.view(0).Refund)
		}
		if hold := h.hold(v.Number); hold.Open() || hold.Lane != "desk-1" || len(h.taskNames()) != 0 {
			t.Errorf("the deposit is %+v, tasks %v", hold, h.taskNames())
		}
		if r, err := h.store.Verify(context.Background(), nil); err != nil || r.Rebuilt != 0 || r.Holds != 1 {
			t.Errorf("verify: %+v, %v", r, err)
		}
	})
}

// TestASlipAtTheDesk: a scanned slip is named at the desk where it was scanned,
// whichever has taken the deposit, until the next guest is served.
func TestASlipAtTheDesk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := openHotel(t, newInn(anyTimes))
		defer func() { h.stop() }()
		v := h.holds(0, "1208")
		h.said(1, flow.Scanned{Text: pay.Secret(v.Number)})
		if got := h.view(1); got.Slip != v.Number || got.Tell != words.TellOurSlip || got.Deposit.Phase != "" {
			t.Errorf("the desk shows slip %q, says %q, and has %+v", got.Slip, got.Tell, got.Deposit)
		}
		for _, also := range []string{v.Voucher, v.Voucher[:8] + " " + v.Voucher[8:], entry.CaptureNumber(v.Number, 1)} { // what the wallet shows, or a step's number
			h.said(1, flow.Scanned{Text: pay.Secret(also)})
			if got := h.view(1); got.Slip != strings.ReplaceAll(also, " ", "") || got.Tell != words.TellOurSlip {
				t.Errorf("after %s the desk shows slip %q and says %q", also, got.Slip, got.Tell)
			}
		}
		for _, none := range []string{"42009" + v.Number, "134567890123456789134567890123456789", "hello"} {
			h.said(1, flow.Scanned{Text: pay.Secret(none)})
			if got := h.view(1); got.Slip != "" || got.Tell != words.TellNotACode {
				t.Errorf("after %s the desk shows slip %q and says %q", none, got.Slip, got.Tell)
			}
		}
		h.said(1, flow.Scanned{Text: pay.Secret(entry.Number("10000001", "0008", 5, 5))})
		if got := h.view(1); got.Slip != "" || got.Tell != words.TellOtherSlip {
			t.Errorf("after another device's the desk shows slip %q and says %q", got.Slip, got.Tell)
		}
		for _, next := range []flow.Event{flow.DepositSpec{Amount: 100}, flow.Amount{Amount: 100}} { // in this order: an amount in front lets no deposit begin
			h.said(1, flow.Scanned{Text: pay.Secret(v.Number)})
			h.said(1, next)
			if got := h.view(1).Slip; got != "" {
				t.Errorf("after %T the desk still shows slip %q", next, got)
			}
		}
	})
}

// TestASlipOfADepositAgain: on the lane that follows it, of what was done last; a
// step that came to nothing, or is under way, takes no slip away.
func TestASlipOfADepositAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newInn(anyTimes)
		h := openHotel(t, n)
		defer func() { h.stop() }()
		v := h.holds(0, "1208")
		again := func(what string, desk, copies int, act words.DepositAct, moved money.Fen) {
			t.Helper()
			h.passes(time.Minute)
			said := h.said(desk, flow.Reprint{Key: entry.Seq(v.Key)})
			if said.Tell != words.TellReprinted || h.slips[desk].count() == 0 {
				t.Fatalf("%s: the desk says %q", what, said.Tell)
			}
			e := h.slips[desk].last()
			r := e.Receipt
			if r.Act != act || r.Copy != copies || e.Copy != copies || act != words.ActHold && (r.Deposit.Move == nil || r.Deposit.Move.Amount != moved) {
				t.Errorf("%s: the slip is copy %d of %s: %+v", what, r.Copy, r.Act, r.Deposit.Move)
			}
		}
		again("held", 0, 1, words.ActHold, 0)
		again("once more", 0, 2, words.ActHold, 0)
		h.said(0, flow.CaptureSpec{Number: v.Number, Amount: 8850})
		again("captured", 0, 1, words.ActCapture, 8850)
		if said := h.said(1, flow.Reprint{Key: entry.Seq(v.Key)}); said.Tell != words.TellNoReprint {
			t.Errorf("the other desk says %q", said.Tell)
		}
		n.mu.Lock()
		n.off = true
		n.mu.Unlock()
		h.said(1, flow.CaptureSpec{Number: v.Number, Amount: 100})
		again("under way", 1, 1, words.ActCapture, 8850)
		n.mu.Lock()
		n.off = false
		n.stays[v.Number].captured = 30000 // somebody else's
		n.mu.Unlock()
		h.passes(time.Hour)
		if d := h.view(1).Deposit; d.Move == nil || d.Move.Phase != words.MoveRefused {
			t.Fatalf("the second capture is %+v", d.Move)
		}
		again("refused", 1, 2, words.ActCapture, 8850)
	})
}

// TestTwoDesksCaptureAtOnce: one takes effect, at the network and in the journal.
func TestTwoDesksCaptureAtOnce(t *testing.T) {
	t.Parallel()
	for _, terms := range []pay.HoldTerms{onceOnly, anyTimes} {
		synctest.Test(t, func(t *testing.T) {
			n := newInn(terms)
			h := openHotel(t, n)
			defer func() { h.stop() }()
			v := h.holds(0, "1208")
			h.passes(3 * time.Second)
			for _, l := range h.lanes {
				l.Offer(flow.CaptureSpec{Number: v.Number, Amount: 20000})
			}
			synctest.Wait()
			h.passes(time.Minute)
			hold := h.hold(v.Number)
			if _, captured, _ := n.books(); captured != 20000 || hold.Captured != 20000 || len(hold.Moves) != 1 || n.count("capture") != 1 {
				t.Errorf("captured %s, %+v, sent %d times", captured, hold, n.count("capture"))
			}
			if told := []words.Key{h.view(0).Tell, h.view(1).Tell}; !slices.Contains(told, words.TellHoldMoving) && !slices.Contains(told, words.TellHoldHigh) && !slices.Contains(told, words.TellHoldCaptured) {
				t.Errorf("told %v", told)
			}
			if h.slips[0].count()+h.slips[1].count() != 2 {
				t.Errorf("%d and %d slips", h.slips[0].count(), h.slips[1].count())
			}
		})
	}
}

// TestTheDeskBeforeForgets: once another desk has captured, the one that took the
// deposit does not show any more what was held before.
func TestTheDeskBeforeForgets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newInn(anyTimes)
		h := openHotel(t, n)
		defer func() { h.stop() }()
		v := h.holds(0, "1208")
		h.passes(3 * time.Second)
		h.said(1, flow.CaptureSpec{Number: v.Number, Amount: 8850})
		if d := h.view(0).Deposit; d.Key != 0 {
			t.Errorf("the desk before shows %+v", d)
		}
		h.passes(time.Minute)
		if d := h.view(1).Deposit; d.Captured != 8850 || d.Lane != "desk-1" {
			t.Errorf("the desk that captured shows %+v", d)
		}
		h.said(0, flow.ReleaseSpec{Number: v.Number})
		h.passes(time.Minute)
		if d := h.view(0).Deposit; d.Captured != 8850 || d.Released != 21150 || h.view(1).Deposit.Key != 0 {
			t.Errorf("it is released as %+v; the other desk shows %+v", d, h.view(1).Deposit)
		}
	})
}

// TestLostAnswersOfAHotel: on hold, capture and release, before and after the
// effect: nothing moves twice, and everything ends.
func TestLostAnswersOfAHotel(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"hold", "query-hold", "capture", "query-capture", "release", "query-release"} {
		for _, when := range []string{"before", "after"} {
			synctest.Test(t, func(t *testing.T) {
				n := newInn(anyTimes)
				h := openHotel(t, n)
				defer func() { h.stop() }()
				n.lose[op] = when
				if op == "query-capture" || op == "query-release" {
					n.lose[op[6:]] = when
				}
				v := h.holds(0, "1208")
				h.passes(3 * time.Minute)
				if op == "hold" && when == "before" {
					if d := h.view(0).Deposit; d.Phase != words.DepositRefused || len(n.stays) != 0 || n.count("hold") != 1 {
						t.Errorf("%s %s: %+v", op, when, d)
					}
					return
				}
				h.said(0, flow.CaptureSpec{Number: v.Number, Amount: 8850})
				h.passes(3 * time.Minute)
				h.said(0, flow.ReleaseSpec{Number: v.Number})
				h.passes(3 * time.Minute)
				hold := h.hold(v.Number)
				if _, captured, released := n.books(); captured != 8850 || released != 21150 || hold.Captured != 8850 || hold.Released != 21150 || hold.Open() {
					t.Errorf("%s %s: the network has %s and %s, we %+v", op, when, captured, released, hold)
				}
				if h.slips[0].count() != 3 || n.count("hold") != 1 || len(h.taskNames()) != 0 {
					t.Errorf("%s %s: %d slips, tasks %v", op, when, h.slips[0].count(), h.taskNames())
				}
			})
		}
	}
}

// TestPowerCutsOfAHotel cuts the power at every write of a visit: after the next
// start it goes on to its end, with the network's books as ours.
func TestPowerCutsOfAHotel(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for cut := 1; ; cut++ {
		whole := false
		synctest.Test(t, func(t *testing.T) {
			n := newInn(anyTimes)
			h := openHotel(t, n)
			defer func() { h.stop() }()
			h.disk.CutAfter(cut)
			number := h.visit("")
			if whole = !h.disk.Off(); !whole {
				h.stop()
				h.disk.Boot()
				h.begin()
				h.passes(3 * time.Minute)
				if number != "" {
					if _, err := h.store.HoldOf(context.Background(), number); err != nil {
						number = "" // its intent is not there, so nothing was sent
					}
				}
				seen[fmt.Sprint(n.heard)]++
				if number == "" && n.count("hold") != 0 {
					t.Errorf("cut %d: a deposit was asked for without an intent", cut)
				}
				number = h.visit(number)
			}
			hold := h.hold(number)
			if hold.Placed == nil { // nobody knew whether it is held, so it went back
				number = h.visit("")
				hold = h.hold(number)
			}
			_, captured, released := n.books()
			released -= sumReleased(n, number)
			if hold.Captured != 8850 || hold.Released != 21150 || captured != 8850 || released != 21150 || hold.Open() || n.count("capture") > 2 {
				t.Errorf("cut %d: the network has %s and %s, we %+v", cut, captured, released, hold)
			}
			if r, err := h.store.Verify(context.Background(), nil); err != nil || r.Rebuilt != 0 {
				t.Errorf("cut %d: verify %+v, %v", cut, r, err)
			}
		})
		if whole {
			break
		}
		if t.Failed() {
			return
		}
	}
	if len(seen) < 6 {
		t.Errorf("the cuts met only %v", slices.Collect(maps.Keys(seen)))
	}
}

// sumReleased is what was given back of all other deposits.
func sumReleased(n *inn, but string) (sum money.Fen) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for number, s := range n.stays {
		if number != but {
			sum += s.released
		}
	}
	return sum
}

// visit goes on with a deposit from where it stands, as a clerk does, and answers its number.
func (h *hotel) visit(number string) string {
	h.t.Helper()
	if number == "" {
		if number = h.holds(0, "1208").Number; number == "" {
			return ""
		}
	}
	for range 20 {
		h.passes(2 * time.Minute)
		if h.disk.Off() {
			return number
		}
		hold, err := h.store.HoldOf(context.Background(), number)
		switch {
		case err != nil || hold.Ended != 0 || hold.Placed != nil && !hold.Open():
			return number
		case hold.Placed == nil || hold.Moving() != nil:
		case hold.Captured == 0:
			h.said(0, flow.CaptureSpec{Number: number, Amount: 8850})
		default:
			h.said(0, flow.ReleaseSpec{Number: number})
		}
	}
	return number
}

// TestWishesAboutDepositsThatLeadToNothing: each is told, and no network hears of it.
func TestWishesAboutDepositsThatLeadToNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newInn(onceOnly)
		h := openHotel(t, n)
		defer func() { h.stop() }()
		n.lose["hold"], n.lose["query-hold"] = "after", "before"
		h.holds(0, "1208")
		for name, row := range map[string]struct {
			wish flow.Event
			want words.Key
		}{
			"a second one of a room whose first is unknown": {flow.DepositSpec{Amount: 30000, Room: "12 08", Code: "130000000000000002"}, words.TellHoldRoom},
			"a voucher of another shop":                     {flow.CaptureSpec{Number: "4200001234567890", Amount: 1}, words.TellHoldNone},
			"another device's slip":                         {flow.ReleaseSpec{Number: entry.Number("10000001", "0008", 5, 5)}, words.TellHoldNone},
			"a key that is none's":                          {flow.CaptureSpec{Hold: 1, Amount: 1}, words.TellHoldNone},
			"a QR code that the network does not show":      {flow.DepositSpec{Amount: 30000, QR: true}, words.TellHoldWay},
			"nothing":                {flow.DepositSpec{}, words.TellAmountZero},
			"more than a lane takes": {flow.DepositSpec{Amount: 10_000_001}, words.TellAmountHigh},
		} {
			before := n.acts()
			if said := h.said(1, row.wish); said.Tell != row.want || said.Key != 0 || len(n.acts()) != len(before) {
				t.Errorf("%s: told %q, key %d; the network heard %v", name, said.Tell, said.Key, n.acts()[len(before):])
			}
		}
		h.passes(time.Minute)
		if v := h.view(0).Deposit; v.Phase != words.DepositHeld {
			t.Errorf("in the end it is %+v", v)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier)
		defer s.stop()
		s.offer(flow.DepositSpec{Amount: 1})
		if v, _ := s.lane.View(); v.Tell != words.TellHoldNever {
			t.Errorf("a lane that only sells says %s", v.Tell)
		}
	})
}

// TestANewDepositForAnOldOne: a guided re-hold; the old one goes back once the new
// one is held, also where the power goes in between.
func TestANewDepositForAnOldOne(t *testing.T) {
	t.Parallel()
	for _, cut := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			n := newInn(anyTimes)
			h := openHotel(t, n)
			defer func() { h.stop() }()
			old := h.holds(0, "1208")
			h.passes(25 * 24 * time.Hour)
			if names := h.taskNames(); !slices.Equal(names, []string{"hold-expires-7"}) {
				t.Fatalf("the tasks are %v", names)
			}
			if cut {
				n.lose["release"] = "before"
			}
			h.said(1, flow.DepositSpec{Amount: 30000, Room: "1208", Code: "130000000000000009", Instead: entry.Seq(old.Key)})
			if cut {
				h.stop()
				h.begin()
			}
			h.passes(3 * time.Minute)
			now, err := h.store.Holds(context.Background(), store.HoldQuery{Room: "1208"})
			if err != nil || len(now) != 2 || now[0].Left() != 30000 || now[1].Open() || now[1].Released != 30000 || len(h.taskNames()) != 0 {
				t.Errorf("cut %v: %+v, %v; tasks %v", cut, now, err, h.taskNames())
			}
		})
	}
}

// TestAnOldOneThatIsNotReleased is a person's, once: a start does not try it again
// behind their back, and what they do ends the task.
func TestAnOldOneThatIsNotReleased(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newInn(anyTimes)
		h := openHotel(t, n)
		defer func() { h.stop() }()
		old := h.holds(0, "1208")
		h.passes(time.Minute)
		n.mu.Lock()
		n.stays[old.Number].released = 20000 // at the network's own page
		n.mu.Unlock()
		h.said(1, flow.DepositSpec{Amount: 30000, Room: "1208", Code: "130000000000000009", Instead: entry.Seq(old.Key)})
		h.passes(3 * time.Minute)
		for range 2 {
			if d := h.hold(old.Number); d.Left() != 10000 || n.count("release") != 0 || !slices.Equal(h.taskNames(), []string{"hold-differs", "hold-rest"}) {
				t.Fatalf("%+v; tasks %v", d, h.taskNames())
			}
			h.stop()
			h.begin()
			h.passes(3 * time.Minute)
		}
		h.said(0, flow.ReleaseSpec{Number: old.Number})
		h.passes(time.Minute)
		if d := h.hold(old.Number); d.Open() || d.Released != 30000 || !slices.Equal(h.taskNames(), []string{"hold-differs"}) {
			t.Errorf("in the end: %+v; tasks %v", d, h.taskNames())
		}
	})
}

// TestADiskThatRefusesToReleaseTheOldOne: it is released once the disk writes.
func TestADiskThatRefusesToReleaseTheOldOne(t *testing.T) {
	t.Parallel()
	for _, says := range []error{store.ErrUnwritten, store.ErrFull} {
		synctest.Test(t, func(t *testing.T) {
			n := newInn(anyTimes)
			h := openHotel(t, n)
			defer func() { h.stop() }()
			old := h.holds(0, "1208")
			h.passes(time.Minute)
			refused := 0
			h.disturbs = func(step store.Step) error {
				if step.Entries[0].Kind == entry.MoveAsked && refused < 3 {
					refused++
					return says
				}
				return nil
			}
			h.said(1, flow.DepositSpec{Amount: 30000, Room: "1208", Code: "130000000000000009", Instead: entry.Seq(old.Key)})
			h.passes(2 * time.Minute)
			if d := h.hold(old.Number); refused != 3 || d.Open() || d.Released != 30000 || len(h.taskNames()) != 0 {
				t.Errorf("%v: refused %d times; %+v; tasks %v", says, refused, d, h.taskNames())
			}
		})
	}
}

// TestExpiryWhileOffline: what the network gave back meanwhile is found out, said,
// and not taken for ours.
func TestExpiryWhileOffline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newInn(anyTimes)
		h := openHotel(t, n)
		defer func() { h.stop() }()
		v := h.holds(0, "1208")
		n.mu.Lock()
		n.off = true
		n.mu.Unlock()
		h.passes(29*24*time.Hour + 12*time.Hour)
		h.stop()
		h.begin()
		h.passes(24 * time.Hour)
		if d := h.hold(v.Number); !d.Open() || !slices.Contains(h.taskNames(), "hold-expires-1") {
			t.Errorf("while nobody is reached: %+v, tasks %v", d, h.taskNames())
		}
		n.mu.Lock()
		n.off = false
		n.mu.Unlock()
		h.passes(2 * time.Hour)
		d := h.hold(v.Number)
		if d.Open() || !d.Lapsed || d.Released != 30000 || d.Captured != 0 || !slices.Equal(h.taskNames(), []string{"hold-lapsed"}) {
			t.Errorf("in the end: %+v, tasks %v", d, h.taskNames())
		}
		if said := h.said(0, flow.CaptureSpec{Number: v.Number, Amount: 1}); said.Tell != words.TellHoldLapsed || n.count("capture") != 0 {
			t.Errorf("a capture is told %q", said.Tell)
		}
	})
}

// TestTotalsThatAreNotOurs: a person at the network's own page has released it.
func TestTotalsThatAreNotOurs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newInn(anyTimes)
		h := openHotel(t, n)
		defer func() { h.stop() }()
		v := h.holds(0, "1208")
		n.mu.Lock()
		n.stays[v.Number].released = 20000
		n.mu.Unlock()
		said := h.said(0, flow.CaptureSpec{Number: v.Number, Amount: 20000})
		d := h.view(0).Deposit
		if said.Tell != "" || n.count("capture") != 0 || !d.Differs || d.Left != 10000 || d.Move.Phase != words.MoveRefused || !slices.Equal(h.taskNames(), []string{"hold-differs"}) {
			t.Errorf("%q: %+v, %+v; tasks %v", said.Tell, d, d.Move, h.taskNames())
		}
		h.said(0, flow.CaptureSpec{Number: v.Number, Amount: 10000})
		h.passes(time.Minute)
		if hold := h.hold(v.Number); hold.Captured != 10000 || hold.Released != 20000 || hold.Open() {
			t.Errorf("in the end: %+v", hold)
		}
	})
}

// TestAMerchantThatIsGone: nothing of its deposits moves, nothing is lost, and
// they go on when it is back.
func TestAMerchantThatIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newInn(anyTimes)
		h := openHotel(t, n)
		defer func() { h.stop() }()
		v := h.holds(0, "1208")
		h.passes(3 * time.Second)
		h.stop()
		h.providers = map[string]pay.Provider{}
		h.begin()
		h.said(0, flow.CaptureSpec{Number: v.Number, Amount: 8850})
		h.passes(2 * time.Minute)
		if d := h.view(0).Deposit; d.Left != 30000 || d.Move.Phase != words.MoveRefused || d.Move.Code != "merchant not configured" {
			t.Errorf("the page shows %+v, %+v", d, d.Move)
		}
		h.stop()
		h.providers = map[string]pay.Provider{"shop": n}
		h.begin()
		h.said(0, flow.CaptureSpec{Number: v.Number, Amount: 8850})
		h.passes(time.Minute)
		if hold := h.hold(v.Number); hold.Captured != 8850 || hold.Left() != 21150 {
			t.Errorf("back again: %+v", hold)
		}
	})
}

// TestAnAmountAndADepositInOneVisit: the amount is paid with one code, then the lane
// waits for the guest's next one; another amount ends that wait.
func TestAnAmountAndADepositInOneVisit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := newInn(anyTimes)
		h := openHotel(t, n)
		defer func() { h.stop() }()
		visit := flow.Amount{Amount: 1250, Title: "Room", Deposit: 30000, Room: "1208", By: "8 Wang"}
		h.said(0, visit)
		h.said(0, flow.Cash{Given: 2000})
		v := h.view(0)
		if v.Order.Phase != words.PaidOrder || v.Order.Deposit != 30000 || v.Deposit.Phase != words.DepositReady || v.Deposit.Amount != 30000 || v.Deposit.Room != "1208" || v.Tell != words.TellHoldScan {
			t.Fatalf("paid: %+v, %+v, told %q", v.Order, v.Deposit, v.Tell)
		}
		h.said(0, flow.Scanned{Text: "134567890123456789"})
		d := h.view(0).Deposit
		if d.Phase != words.DepositHeld || d.Held != 30000 || d.Ref != v.Order.Number || d.Room != "1208" || d.By != "8 Wang" || n.count("hold") != 1 {
			t.Errorf("held: %+v", d)
		}
		if a := h.hold(d.Number).Asked; a.Ref != v.Order.Number {
			t.Errorf("the journal has %+v", a)
		}
		h.said(0, visit)
		h.said(0, flow.Cash{Given: 2000})
		h.said(0, flow.Amount{Amount: 500})
		if v = h.view(0); v.Deposit.Phase == words.DepositReady || v.Order.Phase != words.Ready {
			t.Errorf("the next guest: %+v, %+v", v.Order, v.Deposit)
		}
		for _, bad := range []flow.Amount{{Amount: 500, Deposit: -1}, {Amount: 500, Deposit: 10_000_001}} {
			if said := h.said(1, bad); said.Tell != words.TellAmountHigh {
				t.Errorf("%+v is told %q", bad, said.Tell)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) {
		s := open(t, flow.Cashier)
		defer s.stop()
		s.offer(flow.Amount{Amount: 500, Deposit: 30000})
		if s.told() != words.TellHoldNever || s.phase() != words.Idle {
			t.Errorf("a lane that only sells says %s, %s", s.told(), s.phase())
		}
	})
}
