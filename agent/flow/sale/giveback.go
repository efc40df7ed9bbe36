package sale

import (
	"slices"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/store/entry"
)

// Where a network has no undo, or its time is over, an attempt on its way back is
// asked about until it is final: what is paid goes back by a refund of all of it,
// and what the network does not know is given up late.
const (
	absentNoUndo = 5 * time.Minute  // after the code's life, the first of two NotFound
	absentApart  = time.Minute      // between the two
	backEvery    = 30 * time.Second // between questions, where the table of undos does not say

	noUndo = "no-undo" // a task: nobody knows whether it was paid, and nothing can be done against it
)

// giving is an attempt's refund, in this life; all times are ms of the boot clock.
type giving struct {
	sends, queries int // queries since the newest send
	sentAt         int64
	heardAt        int64 // newest answer; 0: none yet
	unknown        bool  // the network does not know it, as of the newest answer
	over           bool  // it was refused for good: a person sees to it
}

// backed notes a network's word about the refund of an attempt.
type backed struct {
	number string
	do     flow.Verb
	result pay.Result
	at     int64
}

// missed notes that a network without an undo does not know an attempt, and when that was.
type missed struct {
	number string
	at     int64
}

// tooLate notes that an attempt's undo is not taken any more.
type tooLate struct{ number string }

// undoable tells whether an undo can still help.
func (s *Sale) undoable(a *attempt) bool { return !a.late && s.patience(a).Undo.Kind != "" }

// wayBackWithout is what an attempt on its way back needs next where no undo helps.
func (s *Sale) wayBackWithout(a *attempt, t pay.Timing) (do flow.Verb, at int64) {
	if a.stillPaid && t.Refund.Call > 0 && !a.giving.over {
		return a.giveBack(t.Refund)
	}
	gap := backEvery
	if n := len(t.UndoAgain); n > 0 {
		gap = t.UndoAgain[n-1]
	}
	return flow.Query, a.heardAt + gap.Milliseconds()
}

// giveBack sends and follows the refund. It has the number under which an undo
// refunds, of this life or an earlier one, so it is asked about before it is sent,
// and is sent only where the network does not know it and nothing that was sent
// before can still be on its way.
func (a *attempt) giveBack(t pay.RefundTiming) (do flow.Verb, at int64) {
	g := a.giving
	gap := func(d time.Duration) int64 { return max(d, time.Second).Milliseconds() }
	switch {
	case g.heardAt == 0:
		return flow.QueryRefund, a.heardAt
	case g.unknown && !a.capped:
		return flow.AskRefund, max(g.sentAt, a.undoAt, a.since) + gap(t.Again)
	case g.sends > 0 && g.queries < len(t.Queries):
		return flow.QueryRefund, max(g.sentAt+t.Queries[g.queries].Milliseconds(), g.heardAt+gap(0))
	}
	return flow.QueryRefund, g.heardAt + gap(t.QueryEvery)
}

// refundCall asks for all of an attempt to go back, under the number that its
// undo would refund it: whichever of them comes first, it is one refund.
func (s *Sale) refundCall(do flow.Verb, a *attempt) flow.Effect {
	call := s.call(do, a)
	call.Refund = pay.Whole(call.Attempt)
	return call
}

// refunded finds the attempt whose refund a number is, nil for none.
func (s *Sale) refunded(number string) *attempt {
	i := slices.IndexFunc(s.attempts, func(a attempt) bool { return pay.UndoNumber(a.Number) == number })
	if i < 0 {
		return nil
	}
	return &s.attempts[i]
}

// refundAnswer takes a network's word about the refund of an attempt.
func (s *Sale) refundAnswer(ev flow.Answer, now flow.Now) flow.Step {
	a := s.refunded(ev.Number)
	if a == nil || a.state.Final() {
		return flow.Step{}
	}
	r := ev.Result
	notes := []flow.Note{backed{a.Number, ev.Do, r, now.Mono}}
	switch r.State {
	case pay.Returned:
		return s.ended(a, pay.Returned, r, notes, now)
	case pay.Declined, pay.Mismatch: // under no number of ours will it go back
		r.Fault = true
	}
	return s.step(a.stuck(r), notes)
}

func (a *attempt) hearRefund(n backed) {
	g := &a.giving
	a.busy, g.heardAt = "", n.at
	g.unknown, g.over = n.result.NotFound, n.result.State == pay.Declined || n.result.State == pay.Mismatch
	if a.heardAt = n.at; n.do == flow.AskRefund {
		g.sends++
		g.sentAt, g.queries = n.at, 0
		return
	}
	g.queries++
}

// missing tells whether a number that is not found now may be one that the
// network will never know: so late no code can be paid any more.
func (s *Sale) missing(a *attempt, r pay.Result, now flow.Now) bool {
	return r.NotFound && now.Mono >= a.since+(s.patience(a).CodeLife+absentNoUndo).Milliseconds()
}

// unresolved asks for a person, once, where an attempt's code can be paid no more,
// its outcome is not known and no undo can make it one.
func (s *Sale) unresolved(a *attempt, now flow.Now) []entry.Draft {
	t := s.patience(a)
	if !a.returning || a.asksPerson || s.undoable(a) || now.Mono < a.since+t.CodeLife.Milliseconds() || a.wasPaid && t.Refund.Call > 0 {
		return nil
	}
	return []entry.Draft{task(noUndo, a.Number)}
}
