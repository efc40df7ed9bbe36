package sale

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

var (
	notThere = pay.Result{NotFound: true, Code: "ORDERNOTEXIST"}
	lostIt   = pay.Result{Code: "timeout"}
	gone     = pay.Result{State: pay.Returned, Code: "SUCCESS", Network: "5030001", Amount: 1250, Settled: 1250}
)

// without is an order whose network has no undo, and whose attempt is on its way
// back after its answer was lost.
func without(t *testing.T) *desk {
	d := newDesk(t, flow.Cashier)
	d.timing.Undo, d.timing.UndoAgain = pay.Undo{}, nil
	d.start()
	d.answer(flow.Charge, lostIt)
	d.do(flow.Cancel{Why: entry.ByClerk})
	return d
}

// asks answers questions about the attempt until one of the journal's entries
// ends it or so much time has passed.
func (d *desk) asks(r pay.Result, within time.Duration) (passed time.Duration) {
	d.t.Helper()
	began := d.now.Mono
	for d.sale.attempts[0].state == pay.Unknown && passed < within {
		d.tick()
		d.answer(flow.Query, r)
		passed = time.Duration(d.now.Mono-began) * time.Millisecond
	}
	return passed
}

// TestWithoutAnUndoTheUnknownIsAsked until a person has been called, once; no
// wallet may be charged for the bill meanwhile, and cash may be taken.
func TestWithoutAnUndoTheUnknownIsAsked(t *testing.T) {
	t.Parallel()
	d := without(t)
	d.asks(lostIt, 20*time.Minute)
	d.wants("opened,asked,heard,returning,task", words.GoingBack)
	if b := entry.Must[entry.TaskBody](d.journal[4]); b.What != noUndo || b.Text != d.sale.attempts[0].Number {
		t.Errorf("the task is %+v", b)
	}
	d.restart(true)
	d.answer(flow.Query, lostIt)
	d.asks(lostIt, 10*time.Minute)
	d.wants("opened,asked,heard,returning,task", words.GoingBack)
	d.scan()
	d.do(shopQR)
	if !slices.Equal(d.told, []words.Key{words.TellGoingBack, words.TellGoingBack}) || len(d.effects) != 0 {
		t.Errorf("another wallet was told %v, and there are %v", d.told, d.verbs())
	}
	d.do(flow.Cash{Given: 1250})
	if d.sale.Phase() != words.PaidOrder || d.sale.finished() {
		t.Errorf("phase %s, finished %v", d.sale.Phase(), d.sale.finished())
	}
}

// TestWithoutAnUndoAbsentIsLate: two questions a minute apart, the first five
// minutes after the code's life, both in one life.
func TestWithoutAnUndoAbsentIsLate(t *testing.T) {
	t.Parallel()
	d := without(t)
	first := d.timing.CodeLife + absentNoUndo
	if passed := d.asks(notThere, time.Hour); passed < first+absentApart || passed > first+absentApart+2*backEvery {
		t.Errorf("given up after %v", passed)
	}
	d.wants("opened,asked,heard,returning,task,ended,cancelled", words.CancelledOrder)
	if b := entry.Must[entry.EndedBody](d.journal[5]); pay.State(b.State) != pay.Absent {
		t.Errorf("it ended as %v", pay.State(b.State))
	}

	d = without(t)
	d.asks(notThere, first+30*time.Second) // the first of the two
	d.restart(true)
	d.answer(flow.Query, notThere)
	if passed := d.asks(notThere, time.Hour); passed < first+absentApart {
		t.Errorf("given up %v after a restart", passed)
	}

	d = without(t)
	d.asks(notThere, first+30*time.Second)
	d.tick()
	d.answer(flow.Query, pay.Result{State: pay.Waiting, Code: "USERPAYING"}) // it does know it
	d.tick()
	d.answer(flow.Query, notThere)
	d.tick()
	if d.answer(flow.Query, notThere); d.sale.attempts[0].state.Final() {
		t.Errorf("given up by two questions with another word between them: %s", d.kinds())
	}
}

// TestWithoutAnUndoWhatIsPaidIsRefunded, all of it, under one number, also over a restart.
func TestWithoutAnUndoWhatIsPaidIsRefunded(t *testing.T) {
	t.Parallel()
	d := without(t)
	number := d.sale.attempts[0].Number + "99"
	d.tick()
	d.answer(flow.Query, paidResult)
	d.wants("opened,asked,heard,returning,heard", words.GoingBack)
	d.tick()
	d.answer(flow.QueryRefund, notThere)
	d.tick()
	e := d.took(flow.AskRefund)
	if e.Refund.Number != number || e.Refund.Amount != 1250 || e.Attempt.Amount != 1250 || e.Attempt.Number+"99" != number {
		t.Errorf("sent %+v", e)
	}
	d.do(flow.Answer{Key: 1, Do: flow.AskRefund, Number: number, Result: lostIt})
	d.tick()
	d.answer(flow.QueryRefund, notThere)
	began := d.now.Mono
	d.tick()
	if d.took(flow.AskRefund).Refund.Number != number || d.now.Mono-began < (d.timing.Refund.Again-5*time.Second).Milliseconds() {
		t.Errorf("sent again after %d ms", d.now.Mono-began)
	}
	d.restart(true)
	d.answer(flow.Query, paidResult)
	d.tick()
	d.answer(flow.QueryRefund, notThere) // asked about before it is sent in this life
	d.tick()
	d.answer(flow.AskRefund, pay.Result{State: pay.Waiting, Code: "PROCESSING"})
	d.wants("opened,asked,heard,returning,heard,repeated", words.GoingBack)
	for _, gap := range d.timing.Refund.Queries {
		d.tick()
		d.answer(flow.QueryRefund, pay.Result{State: pay.Waiting, Code: "PROCESSING"})
		if since := d.now.Mono - d.sale.attempts[0].giving.sentAt; since != gap.Milliseconds() {
			t.Errorf("asked %d ms after it was sent, want %v", since, gap)
		}
	}
	d.tick()
	d.answer(flow.QueryRefund, gone)
	d.wants("opened,asked,heard,returning,heard,repeated,ended,cancelled", words.CancelledOrder)
	if b := entry.Must[entry.EndedBody](d.journal[6]); pay.State(b.State) != pay.Returned || b.Amount != 1250 || b.Refund != number {
		t.Errorf("it ended as %+v", b)
	}
}

// TestARefundOfAnAttemptThatWillNotGoThrough is for a person; the order is still
// asked about, for he may have given it back himself.
func TestARefundOfAnAttemptThatWillNotGoThrough(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		result pay.Result
		over   bool
	}{
		{"refused", pay.Result{State: pay.Declined, Code: "NO_AUTH"}, true},
		{"cannot refund", pay.NoRefunds(), true},
		{"another sum", pay.Result{State: pay.Mismatch, Code: "amount", Amount: 1}, true},
		{"stuck", pay.Result{Code: "ABNORMAL", Fault: true}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := without(t)
			d.tick()
			d.answer(flow.Query, paidResult)
			d.tick()
			d.answer(flow.QueryRefund, notThere)
			d.tick()
			d.answer(flow.AskRefund, row.result)
			d.wants("opened,asked,heard,returning,heard,heard,task", words.GoingBack)
			if v := d.sale.View(); v.Code != row.result.Code {
				t.Errorf("the cashier reads %+v", v)
			}
			d.tick()
			if !row.over {
				d.answer(flow.QueryRefund, gone)
				d.wants("opened,asked,heard,returning,heard,heard,task,ended,cancelled", words.CancelledOrder)
				return
			}
			d.answer(flow.Query, pay.Result{State: pay.Declined, Code: "REFUND", Returned: true})
			d.wants("opened,asked,heard,returning,heard,heard,task,ended,cancelled", words.CancelledOrder)
		})
	}
}

// TestNeitherUndoNorRefunds: what is paid on its way back is a person's.
func TestNeitherUndoNorRefunds(t *testing.T) {
	t.Parallel()
	d := without(t)
	d.timing.Refund = pay.RefundTiming{}
	d.tick()
	d.answer(flow.Query, paidResult)
	for range 10 {
		d.tick()
		d.answer(flow.Query, paidResult)
	}
	d.wants("opened,asked,heard,returning,heard,task", words.GoingBack)
}

// TestAnUndoThatIsTooLate is followed by a refund as where there is none.
func TestAnUndoThatIsTooLate(t *testing.T) {
	t.Parallel()
	d := newDesk(t, flow.Cashier)
	d.start()
	d.answer(flow.Charge, lostIt)
	d.pass(pay.WeChat.Undo.NotAfter + time.Hour)
	d.do(flow.Cancel{Why: entry.ByClerk})
	d.tick()
	d.answer(flow.Query, paidResult)
	d.tick()
	d.answer(flow.QueryRefund, notThere)
	d.tick()
	if e := d.took(flow.AskRefund); e.Refund.Amount != 1250 || slices.Contains(d.verbs(), flow.Undo) {
		t.Errorf("sent %+v, and there are %v", e, d.verbs())
	}
	if !strings.Contains(d.kinds(), "returning,task,heard") {
		t.Errorf("journal is %s", d.kinds())
	}
}

// TestTheLastUndoMayHaveTakenEffect although its answer was lost and no undo is in
// time any more: the order is asked about, then the refund that the undo would have
// made; only where the network knows neither to have gone back is one sent, and
// under that one number.
func TestTheLastUndoMayHaveTakenEffect(t *testing.T) {
	t.Parallel()
	back := pay.Result{State: pay.Declined, Code: "REFUND", Returned: true}
	under := pay.Result{State: pay.Waiting, Code: "PROCESSING"}
	type word struct {
		to flow.Verb
		of pay.Result
	}
	for name, row := range map[string]struct {
		words []word
		sends int
	}{
		"it reversed the order":                {[]word{{flow.Query, back}}, 0},
		"it reversed the order, asked twice":   {[]word{{flow.Query, lostIt}, {flow.Query, back}}, 0},
		"it refunded the order":                {[]word{{flow.Query, paidResult}, {flow.QueryRefund, gone}}, 0},
		"it refunds the order":                 {[]word{{flow.Query, paidResult}, {flow.QueryRefund, under}, {flow.QueryRefund, gone}}, 0},
		"it refunded the order, asked twice":   {[]word{{flow.Query, paidResult}, {flow.QueryRefund, lostIt}, {flow.QueryRefund, gone}}, 0},
		"it never came":                        {[]word{{flow.Query, paidResult}, {flow.QueryRefund, notThere}, {flow.AskRefund, gone}}, 1},
		"it never came, and nor did an answer": {[]word{{flow.Query, paidResult}, {flow.QueryRefund, notThere}, {flow.AskRefund, lostIt}, {flow.QueryRefund, gone}}, 1},
		"it comes late":                        {[]word{{flow.Query, paidResult}, {flow.QueryRefund, notThere}, {flow.AskRefund, under}, {flow.QueryRefund, gone}}, 1},
	} {
		for life, restarts := range map[string]bool{"this life": false, "an earlier life": true} {
			t.Run(name+", in "+life, func(t *testing.T) {
				t.Parallel()
				d := newDesk(t, flow.Cashier)
				d.start()
				d.answer(flow.Charge, lostIt)
				d.do(flow.Cancel{Why: entry.ByClerk})
				d.tick()
				d.answer(flow.Undo, lostIt)
				d.answer(flow.Query, paidResult)
				if restarts {
					d.tick()
					d.took(flow.Undo) // and the power fails
					d.pass(pay.WeChat.Undo.NotAfter)
					d.restart(true)
					d.answer(flow.Query, lostIt)
				} else {
					d.pass(pay.WeChat.Undo.NotAfter)
				}
				sends := 0
				for _, w := range row.words {
					d.tick()
					e := d.took(w.to)
					if w.to == flow.AskRefund {
						sends++
					}
					if e.Refund.Number != "" && e.Refund.Number != pay.UndoNumber(e.Attempt.Number) {
						t.Errorf("%s of %s", w.to, e.Refund.Number)
					}
					d.do(flow.Answer{Key: 1, Do: w.to, Number: cmp.Or(e.Refund.Number, e.Attempt.Number), Result: w.of})
				}
				if a := d.sale.attempts[0]; !a.state.Final() || sends != row.sends || d.sale.Phase() != words.CancelledOrder {
					t.Errorf("it ended as %v after %d refunds, and the order is %s: %s", a.state, sends, d.sale.Phase(), d.kinds())
				}
			})
		}
	}
}

// TestTheDiskRefusesARefundsAnswer: it is asked for again.
func TestTheDiskRefusesARefundsAnswer(t *testing.T) {
	t.Parallel()
	d := without(t)
	d.tick()
	d.answer(flow.Query, paidResult)
	d.tick()
	d.answer(flow.QueryRefund, notThere)
	d.tick()
	e := d.took(flow.AskRefund)
	d.refuse(flow.Answer{Key: 1, Do: flow.AskRefund, Number: e.Refund.Number, Result: gone})
	d.tick()
	d.answer(flow.QueryRefund, gone)
	d.wants("opened,asked,heard,returning,heard,ended,cancelled", words.CancelledOrder)
	if step := d.do(flow.Answer{Key: 1, Do: flow.QueryRefund, Number: e.Refund.Number, Result: gone}); !step.Empty() {
		t.Errorf("a second word leads to %+v", step)
	}
}

// TestTheSecondOfTwoGoesBackByRefund: the order is paid in cash, and the wallet's
// late success at a network without an undo is refunded and told.
func TestTheSecondOfTwoGoesBackByRefund(t *testing.T) {
	t.Parallel()
	d := without(t)
	d.do(flow.Cash{Given: 1250})
	d.effects = nil
	d.tick()
	d.answer(flow.Query, paidResult)
	if !slices.Contains(d.told, words.TellSecondReturned) {
		t.Errorf("told %v", d.told)
	}
	d.tick()
	d.answer(flow.QueryRefund, notThere)
	d.tick()
	d.answer(flow.AskRefund, gone)
	if a := d.sale.attempts[0]; a.state != pay.Returned || d.sale.settled.Number == a.Number || d.sale.Phase() != words.PaidOrder {
		t.Errorf("the wallet's attempt ended as %v, phase %s", a.state, d.sale.Phase())
	}
}
