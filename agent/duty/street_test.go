package duty

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/flow/refund"
	"tillgate/agent/flow/sale"
	"tillgate/agent/pay"
	"tillgate/agent/report"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// bank is a network: what it answers to a charge is set, and it gives back what
// it is asked for.
type bank struct {
	mu      sync.Mutex
	charge  pay.Result
	undone  bool
	refunds []pay.Refund
}

func (b *bank) Charge(context.Context, pay.Charge) pay.Result { return b.charge }
func (b *bank) Undo(context.Context, pay.Attempt) pay.Result {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.undone = true
	return pay.Result{}
}
func (b *bank) Query(context.Context, pay.Attempt) pay.Result {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.undone {
		return pay.Result{State: pay.Declined, Returned: true}
	}
	return b.charge
}
func (b *bank) Refund(_ context.Context, r pay.Refund) pay.Result {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refunds = append(b.refunds, r)
	return pay.Result{State: pay.Returned, Amount: r.Amount, Settled: r.Amount}
}
func (b *bank) QueryRefund(context.Context, pay.Refund) pay.Result { return pay.Result{} }

// street is a lab whose lanes are real ones, in a bubble.
type street struct {
	*crew
	bank  *bank
	lanes map[string]*flow.Lane
	slips []flow.Effect
	sold  int
	stop  func()
}

func (s *street) Names() []string { return s.crew.lanes.names }

func (s *street) Roles(lane string) []flow.Role { return s.crew.lanes.Roles(lane) }

func (s *street) Offer(lane string, ev flow.Event) bool {
	l, ok := s.lanes[lane]
	return ok && l.Offer(ev)
}

func newStreet(t *testing.T, seed uint64) *street {
	s := &street{crew: newCrew(t, seed), bank: &bank{}, lanes: map[string]*flow.Lane{}}
	s.ticks = true
	s.Desk.Lanes = s
	timing := func(string) pay.Timing { return pay.WeChat }
	log := slog.New(slog.DiscardHandler)
	nets := &flow.Networks{Providers: map[string]pay.Provider{"shop": s.bank}, Timing: timing, Log: log}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	printer := &flow.Output{Name: "printer", What: flow.Slip, Log: log, Do: func(_ context.Context, e flow.Effect) error {
		s.slips = append(s.slips, e)
		return nil
	}}
	group.Go(func() { printer.Run(ctx) })
	for _, name := range s.Names() {
		l := flow.NewLane(flow.Config{Name: name, Role: flow.Cashier, ByHand: true, Route: flow.Route{Merchant: map[pay.Kind]flow.Merchant{pay.WeChatCode: {Name: "shop", Network: "wechat"}}}},
			flow.Deps{Journal: s.books, Numbers: s.books, Networks: nets, Outputs: map[flow.Verb]*flow.Output{flow.Slip: printer}, Clock: s.clock, Log: log,
				New: func() flow.Order { return sale.New(timing) }, NewRefund: func() flow.Refunding { return refund.New(timing) }})
		s.lanes[name] = l
		group.Go(func() { l.Run(ctx) })
	}
	s.stop = func() { cancel(); group.Wait(); nets.Wait() }
	return s
}

// charges scans a code for 12.50 on counter-1; the bank answers so.
func (s *street) charges(answer pay.Result) words.Order {
	s.tb.Helper()
	s.bank.charge = answer
	s.sold++
	for _, ev := range []flow.Event{flow.Amount{Amount: 1250}, flow.Scanned{Text: pay.Secret(fmt.Sprintf("13%016d", s.sold))}} {
		if !s.Offer("counter-1", ev) {
			s.tb.Fatal("the lane is full")
		}
		synctest.Wait()
	}
	v, _ := s.lanes["counter-1"].View()
	return v.Order
}

// TestARefundToItsEnd: from the clerk's wish over a supervisor's PIN to the
// network, and the slip with who asked and who approved.
func TestARefundToItsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStreet(t, 80)
		defer s.stop()
		sold := s.charges(pay.Result{State: pay.Paid, Network: "42", Amount: 1250, Settled: 1250})
		a := Ask{By: s.clerk, Lane: "counter-1", Number: sold.Number, Amount: 300, Reason: "broken"}
		_, err := s.Refund(t.Context(), a)
		r := asked(t, err)
		if _, err := s.ApproveByPIN(t.Context(), r.ID, s.typed(s.first)); err != nil {
			t.Fatal(err)
		}
		a.Request = r.ID
		said, err := s.Refund(t.Context(), a)
		if err != nil || said.Key == 0 || said.View.Refund.Number != sold.Number+"01" {
			t.Fatalf("the lane says %+v, %v", said, err)
		}
		synctest.Wait()
		if len(s.bank.refunds) != 1 || s.bank.refunds[0].Amount != 300 || s.bank.refunds[0].Staff != s.clerk {
			t.Errorf("the bank was asked for %+v", s.bank.refunds)
		}
		if slip := s.slips[len(s.slips)-1].Receipt; slip.Back != 300 || slip.Reason != "broken" || slip.By != words.Asker("Wang", []string{"Li"}, time.Now()) {
			t.Errorf("the slip is made of %+v", slip)
		}
		if approved := s.kinds(entry.Approved); len(approved) != 1 || approved[0].Seq > said.Key {
			t.Errorf("%d approvals, before refund %d", len(approved), said.Key)
		}
		if _, err := s.Refund(t.Context(), Ask{By: s.second, Lane: "counter-1", Number: sold.Number, Amount: 951, Reason: "too much"}); why(t, err) != string(words.HaltAmount) {
			t.Errorf("more than is left: %v", err)
		}
	})
}

// TestAManagerDecides: a frozen order ends as a manager says; a clerk does not
// decide, large sums take two managers, and a decision counts once.
func TestAManagerDecides(t *testing.T) {
	t.Parallel()
	for what, row := range map[string]struct {
		paid  money.Fen
		phase words.Phase
		keys  int

		received money.Fen
	}{
		entry.Booked: {99, words.PaidOrder, 0, 99}, entry.GoesBack: {99, words.GoingBack, 0, 0}, entry.Elsewhere: {200_000, words.CancelledOrder, 1, 0},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newStreet(t, 81)
				defer s.stop()
				order := s.charges(pay.Result{State: pay.Mismatch, Code: "amount", Amount: row.paid})
				if order.Phase != words.FrozenOrder {
					t.Fatalf("the order is %s", order.Phase)
				}
				frozen := s.kinds(entry.Frozen)[0].Seq
				x := Decision{By: s.clerk, Key: entry.Seq(order.Key), Of: frozen, What: what, Amount: row.paid, Why: "looked it up"}
				if err := s.Decide(t.Context(), x); why(t, err) != string(words.HaltManager) {
					t.Errorf("a clerk decides: %v", err)
				}
				x.By = s.second
				err := s.Decide(t.Context(), x)
				if row.keys > 0 {
					r := asked(t, err)
					if r.Needs != row.keys || r.Operation != Decide {
						t.Errorf("asked for is %+v", r)
					}
					if _, err := s.ApproveByPIN(t.Context(), r.ID, s.typed("local-1")); err != nil {
						t.Fatal(err)
					}
					x.Request = r.ID
					err = s.Decide(t.Context(), x)
				}
				if err != nil {
					t.Fatal(err)
				}
				v, _ := s.lanes["counter-1"].View()
				if v.Order.Phase != row.phase {
					t.Errorf("the order is %s", v.Order.Phase)
				}
				if b := entry.Must[entry.DecidedBody](s.kinds(entry.Decided)[0]); b.What != what || b.By != s.second || b.Why != "looked it up" || b.Of != frozen {
					t.Errorf("decided is %+v", b)
				}
				if x.Request = ""; row.keys == 0 {
					if err := s.Decide(t.Context(), x); why(t, err) != string(words.HaltLane) {
						t.Errorf("decided twice: %v", err)
					}
				}
				time.Sleep(time.Minute)
				synctest.Wait()
				if what == entry.GoesBack && !s.bank.undone {
					t.Error("the bank has not been asked to give it back")
				}
				table, err := report.Group(t.Context(), s.Figures(), report.Query{})
				s.must(err)
				if f := table.Total; f.Received() != row.received || f.Discount() != 0 || f.Frozen.Count != 0 {
					t.Errorf("the reports have %+v", f)
				}
			})
		})
	}
}

// TestNothingToDecide: each with its reason.
func TestNothingToDecide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStreet(t, 82)
		defer s.stop()
		order := s.charges(pay.Result{State: pay.Mismatch, Code: "amount", Amount: 99})
		frozen := s.kinds(entry.Frozen)[0].Seq
		good := Decision{By: s.second, Key: entry.Seq(order.Key), Of: frozen, What: entry.Booked, Why: "looked it up"}
		for name, row := range map[string]struct {
			change func(x *Decision)
			want   words.Halt
		}{
			"another object":     {func(x *Decision) { x.Key = 9999 }, words.HaltDecision},
			"another entry":      {func(x *Decision) { x.Of-- }, words.HaltDecision},
			"the task's entry":   {func(x *Decision) { x.Of++ }, words.HaltDecision},
			"another decision":   {func(x *Decision) { x.What = "ours" }, words.HaltDecision},
			"no task":            {func(x *Decision) { x.What = "" }, words.HaltDecision},
			"no reason":          {func(x *Decision) { x.Why = "  " }, words.HaltReason},
			"a clerk's own task": {func(x *Decision) { x.By, x.What, x.Of = s.clerk, "", x.Of+1 }, words.HaltManager},
		} {
			x := good
			row.change(&x)
			if err := s.Decide(t.Context(), x); why(t, err) != string(row.want) {
				t.Errorf("%s: %v, want %s", name, err, row.want)
			}
		}
		if len(s.kinds(entry.Decided))+len(s.kinds(entry.TaskDone)) != 0 {
			t.Error("something was decided")
		}
	})
}

// TestTasksAreClosed: money's by a manager, an errand also by who is on duty on
// its lane, and one that no lane follows.
func TestTasksAreClosed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStreet(t, 83)
		defer s.stop()
		order := s.charges(pay.Result{State: pay.Paid, Network: "42", Amount: 1250, Settled: 1250})
		key := entry.Seq(order.Key)
		s.charges(pay.Result{State: pay.Paid, Network: "43", Amount: 1250, Settled: 1250}) // the first is over, and has left the lane
		s.then(key, true, entry.New(entry.Task, entry.TaskBody{What: "gate-ask", Text: order.Number}), entry.New(entry.Task, entry.TaskBody{What: "network-fault", Text: order.Number}))
		errand := s.kinds(entry.Task)[0].Seq
		other := s.hire("Sun", staff.Clerk, nil)
		close := func(by string, key, of entry.Seq) string {
			return why(t, s.Decide(t.Context(), Decision{By: by, Key: key, Of: of, Why: "seen to"}))
		}
		for _, row := range []struct {
			by   string
			of   entry.Seq
			want string
		}{
			{other, errand, string(words.HaltManager)}, {s.clerk, errand + 1, string(words.HaltManager)}, {s.clerk, errand, ""}, {s.clerk, errand, string(words.HaltLane)}, {s.second, errand + 1, ""},
		} {
			if got := close(row.by, key, row.of); got != row.want {
				t.Errorf("%s closes %d: %q, want %q", row.by, row.of, got, row.want)
			}
		}
		lone, err := s.books.Commit(t.Context(), taskOf("shift-lost"))
		s.must(err)
		if got := close(s.clerk, lone[0].Key, lone[0].Seq); got != string(words.HaltManager) {
			t.Errorf("a clerk closes it: %q", got)
		}
		for _, want := range []string{"", string(words.HaltDecision)} {
			if got := close(s.second, lone[0].Key, lone[0].Seq); got != want {
				t.Errorf("a manager closes it: %q, want %q", got, want)
			}
		}
		if n := len(s.kinds(entry.TaskDone)); n != 3 {
			t.Errorf("%d tasks are done", n)
		}
	})
}
