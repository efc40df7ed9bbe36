package sale

import (
	"strings"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// freezes answers the newest charge with a success of another sum.
func (d *desk) freezes(amount money.Fen) {
	d.t.Helper()
	d.answer(flow.Charge, pay.Result{State: pay.Mismatch, Code: "amount", Amount: amount})
	d.told = nil
}

// frozen is the newest Frozen entry.
func (d *desk) frozen() entry.Seq {
	for i := len(d.journal) - 1; i >= 0; i-- {
		if d.journal[i].Kind == entry.Frozen {
			return d.journal[i].Seq
		}
	}
	return 0
}

func (d *desk) decides(what string) {
	d.t.Helper()
	d.do(flow.Decide{Key: 1, Of: d.frozen(), What: what, Amount: 99, By: "local-1", Why: "checked"})
}

func (d *desk) last(kind entry.Kind) entry.Entry {
	d.t.Helper()
	for i := len(d.journal) - 1; i >= 0; i-- {
		if d.journal[i].Kind == kind {
			return d.journal[i]
		}
	}
	d.t.Fatalf("there is no %s among %s", kind, d.kinds())
	return entry.Entry{}
}

const frozenSo = "opened,asked,frozen,task,"

// TestDecisions: each way in which a frozen order ends, also where the decision
// is folded in a later life.
func TestDecisions(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		what   string
		paid   money.Fen // as the network says
		kinds  string
		phase  words.Phase
		amount money.Fen // what is settled, or goes back
		over   bool
	}{
		"booked with the network's sum":     {entry.Booked, 99, "decided,task done,settled,outputs", words.PaidOrder, 99, false},
		"booked, the sum is not known":      {entry.Booked, 0, "decided,task done,settled,outputs", words.PaidOrder, 1250, false},
		"goes back, the network's sum":      {entry.GoesBack, 99, "decided,task done", words.GoingBack, 99, false},
		"goes back, the sum is not known":   {entry.GoesBack, 0, "decided,task done", words.GoingBack, 1250, false},
		"elsewhere":                         {entry.Elsewhere, 99, "decided,task done,cancelled", words.CancelledOrder, 0, true},
		"neither of the three: not decided": {"ours", 99, "", words.FrozenOrder, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, flow.Cashier)
			d.start()
			d.freezes(row.paid)
			d.decides(row.what)
			d.wants(strings.TrimSuffix(frozenSo+row.kinds, ","), row.phase)
			if d.sale.finished() != row.over {
				t.Errorf("finished: %v", d.sale.finished())
			}
			switch row.what {
			case entry.Booked:
				if b := entry.Must[entry.SettledBody](d.last(entry.Settled)); b.Amount != row.amount || b.Settled != row.amount || b.Gate {
					t.Errorf("settled %+v", b)
				}
				if slip := d.took(flow.Slip); slip.Receipt.Amount != row.amount || len(d.effects) != 0 {
					t.Errorf("the slip says %s; beside it there are %v", slip.Receipt.Amount, d.verbs())
				}
			case entry.GoesBack:
				d.tick()
				if undo := d.took(flow.Undo); undo.Attempt.Amount != row.amount || !undo.Attempt.Returning {
					t.Errorf("undone is %+v", undo.Attempt)
				}
			}
			b, decided := entry.DecidedBody{}, row.kinds != ""
			if decided {
				b = entry.Must[entry.DecidedBody](d.last(entry.Decided))
			}
			if decided && (b.Of != 3 || b.What != row.what || b.By != "local-1" || b.Why != "checked" || b.Amount != 99 || b.Number == "") {
				t.Errorf("decided %+v", b)
			}
			before := d.sale.Phase()
			d.restart(true)
			if d.sale.Phase() != before {
				t.Errorf("after a restart it is %s", d.sale.Phase())
			}
		})
	}
}

// TestTheirsIsDecidedElsewhereOnly: what the network says of somebody else's
// payment is never booked, and nothing of it is undone or refunded, in this life
// or the next, before and after a person has said that it is settled elsewhere.
func TestTheirsIsDecidedElsewhereOnly(t *testing.T) {
	t.Parallel()
	for _, code := range []string{pay.CodeNumber, pay.CodePayTime, pay.CodeTaken, pay.CodeRefused} {
		for _, again := range []bool{false, true} {
			d := newDesk(t, flow.Cashier)
			d.start()
			d.answer(flow.Charge, pay.Result{State: pay.Mismatch, Code: code, Amount: 1250})
			kinds := d.kinds()
			if again {
				d.restart(true)
			}
			for _, what := range []string{entry.Booked, entry.GoesBack} {
				d.told = nil
				d.decides(what)
				d.wants(kinds, words.FrozenOrder)
				if len(d.told) != 1 || d.told[0] != words.TellNotOurs {
					t.Errorf("%s, %s: told %v", code, what, d.told)
				}
			}
			d.decides(entry.Elsewhere)
			d.wants(kinds+",decided,task done,cancelled", words.CancelledOrder)
			for _, verb := range d.verbs() {
				if verb == flow.Undo || verb == flow.AskRefund {
					t.Errorf("%s: there is a %s of another's payment", code, verb)
				}
			}
			if !d.sale.finished() {
				t.Errorf("%s: the order is open still", code)
			}
		}
	}
}

// TestTheirsStopsAWayBack: where it turns out on the way back that the payment is
// somebody else's, what has been said before counts no more.
func TestTheirsStopsAWayBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.start()
	d.freezes(99)
	d.decides(entry.GoesBack)
	d.tick()
	d.answer(flow.Undo, pay.Result{})
	d.answer(flow.Query, pay.Result{State: pay.Mismatch, Code: pay.CodeTaken, Amount: 99})
	d.wants(frozenSo+"decided,task done,frozen,task", words.FrozenOrder)
	if verbs := d.verbs(); len(verbs) != 0 {
		t.Errorf("then there is %v", verbs)
	}
	d.decides(entry.Elsewhere)
	if !d.sale.finished() {
		t.Errorf("then it is %s", d.kinds())
	}
}

// TestItGoesBackToItsEnd: what a person has said to go back is undone although
// the network goes on saying that the payment is not ours.
func TestItGoesBackToItsEnd(t *testing.T) {
	t.Parallel()
	for name, current := range map[string]bool{"the payer stands there": true, "nobody does": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, flow.Cashier)
			d.start()
			d.freezes(99)
			d.now.Current = current
			d.decides(entry.GoesBack)
			d.tick()
			d.answer(flow.Undo, pay.Result{})
			d.answer(flow.Query, pay.Result{State: pay.Mismatch, Code: "amount", Amount: 99})
			d.wants(frozenSo+"decided,task done", words.GoingBack)
			d.tick()
			d.answer(flow.Undo, pay.Result{})
			d.answer(flow.Query, pay.Result{State: pay.Declined, Returned: true})
			want, phase := frozenSo+"decided,task done,ended", words.GivenBack
			if !current {
				want, phase = want+",cancelled", words.CancelledOrder
			}
			d.wants(want, phase)
			if b := entry.Must[entry.EndedBody](d.last(entry.Ended)); pay.State(b.State) != pay.Returned || b.Amount != 99 {
				t.Errorf("it ended as %+v", b)
			}
			if d.sale.finished() == current {
				t.Errorf("finished: %v", d.sale.finished())
			}
		})
	}
}

// TestItGoesBackByARefund: where no undo is taken any more, of the sum that was paid.
func TestItGoesBackByARefund(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.timing.Undo.Kind = ""
	d.start()
	d.freezes(99)
	d.decides(entry.GoesBack)
	d.tick()
	d.answer(flow.Query, pay.Result{State: pay.Mismatch, Code: "amount", Amount: 99})
	d.tick()
	d.answer(flow.QueryRefund, notThere)
	d.tick()
	ask := d.took(flow.AskRefund)
	if ask.Refund.Amount != 99 || ask.Attempt.Amount != 99 {
		t.Errorf("asked for is %s of %s", ask.Refund.Amount, ask.Attempt.Amount)
	}
	d.do(flow.Answer{Key: 1, Do: flow.AskRefund, Number: ask.Refund.Number, Result: pay.Result{State: pay.Returned}})
	d.wants(frozenSo+"decided,task done,ended", words.GivenBack)
}

// TestNeverBooked: no role turns what is on its way back, or a second payment,
// into one that counts; it can still go back or end.
func TestNeverBooked(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(d *desk){
		"on its way back": func(d *desk) {
			d.start()
			d.do(flow.Cancel{Why: entry.ByClerk})
			d.took(flow.Charge)
			d.pass(time.Minute)
			d.do(flow.Answer{Key: 1, Do: flow.Query, Number: d.sale.newest().Number, Result: pay.Result{State: pay.Mismatch, Code: "amount"}})
		},
		"beside cash": func(d *desk) {
			d.start()
			d.do(flow.Cash{Given: 1250})
			d.do(flow.Answer{Key: 1, Do: flow.Query, Number: d.sale.attempts[0].Number, Result: pay.Result{State: pay.Mismatch, Code: "amount"}})
		},
	} {
		for _, other := range []string{entry.GoesBack, entry.Elsewhere} {
			d := newDesk(t, flow.Cashier)
			begin(d)
			if !d.sale.frozen {
				t.Fatalf("%s: %s", name, d.kinds())
			}
			kinds := d.kinds()
			d.told = nil
			d.decides(entry.Booked)
			if d.kinds() != kinds || len(d.told) != 1 || d.told[0] != words.TellNeverBooked {
				t.Errorf("%s: %s, told %v", name, d.kinds(), d.told)
			}
			d.decides(other)
			if d.sale.frozen || !strings.HasPrefix(d.kinds(), kinds+",decided,task done") {
				t.Errorf("%s, then %s: %s", name, other, d.kinds())
			}
		}
	}
}

// TestADecisionIsTakenOnce: a second one, one of another entry, or one where
// nothing is frozen finds nothing.
func TestADecisionIsTakenOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.start()
	d.decides(entry.GoesBack)
	d.freezes(99)
	d.do(flow.Decide{Key: 1, Of: d.frozen() + 1, What: entry.Booked})
	d.do(flow.Decide{Key: 1, What: entry.Booked})
	d.decides(entry.Elsewhere)
	kinds := d.kinds()
	d.decides(entry.Booked)
	if want := []words.Key{words.TellNothingToDecide, words.TellNothingToDecide, words.TellDecided, words.TellNothingToDecide}; d.kinds() != kinds || len(d.told) != 4 || d.told[0] != want[0] || d.told[2] != want[2] || d.told[3] != want[3] {
		t.Errorf("%s, told %v", d.kinds(), d.told)
	}
}

// TestTwoFrozen: each of two successes that are not the order's is decided for itself.
func TestTwoFrozen(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.do(flow.Amount{Amount: 1250, Lane: "lane-1"})
	for _, network := range []string{"wechat", "alipay"} {
		d.do(flow.ShowQR{Merchant: flow.Merchant{Name: network, Network: network}})
		d.answer(flow.Show, pay.Result{State: pay.Waiting, Link: "https://" + network})
	}
	mismatch := func(i int) {
		d.do(flow.Answer{Key: 1, Do: flow.Query, Number: d.sale.attempts[i].Number, Result: pay.Result{State: pay.Mismatch, Code: "amount", Amount: money.Fen(10 + i)}})
	}
	mismatch(0)
	first := d.frozen()
	mismatch(1)
	if !d.sale.frozen || d.frozen() == first {
		t.Fatal(d.kinds())
	}
	d.do(flow.Decide{Key: 1, Of: first, What: entry.Elsewhere, By: "local-1"})
	if !d.sale.frozen || d.sale.cancelled {
		t.Errorf("with one of two decided: %s", d.kinds())
	}
	d.decides(entry.Elsewhere)
	if !d.sale.finished() || !d.sale.cancelled || len(d.sale.tasks) != 0 {
		t.Errorf("with both decided: %s, tasks %v", d.kinds(), d.sale.tasks)
	}
}

// TestTasksAreSeenTo: a person's word closes one task, of an order that goes on
// as well as of one that is over.
func TestTasksAreSeenTo(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.ParkingExit)
	d.now.Loop = flow.Loop{Fitted: true}
	d.start()
	d.answer(flow.Charge, paidResult) // nobody stands on the loop: the attendant opens
	task := d.last(entry.Task).Seq
	d.do(flow.Decide{Key: 1, Of: task + 1, By: "local-1"})
	d.do(flow.Decide{Key: 1, Of: task, By: "local-1", Why: "opened by hand"})
	if b := entry.Must[entry.TaskDoneBody](d.last(entry.TaskDone)); b.Of != task || b.By != "local-1" || b.Why != "opened by hand" || len(d.sale.tasks) != 0 {
		t.Errorf("seen to: %+v; left are %v", b, d.sale.tasks)
	}
	kinds := d.kinds()
	d.do(flow.Decide{Key: 1, Of: task, By: "local-1"})
	if d.kinds() != kinds || d.told[len(d.told)-1] != words.TellNothingToDecide {
		t.Errorf("closed twice: %s, %v", d.kinds(), d.told)
	}
	d.restart(true)
	if len(d.sale.tasks) != 0 {
		t.Errorf("after a restart %v are open again", d.sale.tasks)
	}
}
