package sale

import (
	"slices"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// elsewhere is why an order is cancelled whose payment is none of this till's.
const elsewhere = "elsewhere"

// decide takes a person's word: on a success that is not the order's, or that a
// task has been seen to. What is somebody else's payment is nobody's to book or to
// give back here.
func (s *Sale) decide(ev flow.Decide, now flow.Now) flow.Step {
	if ev.What == "" {
		done := s.tasks.SeenTo(ev.Of, ev)
		if done == nil {
			return tell(words.TellNothingToDecide)
		}
		return s.step(done, nil)
	}
	i := slices.IndexFunc(s.attempts, func(a attempt) bool { return a.frozenAt != 0 && a.frozenAt == ev.Of && !a.decided })
	if i < 0 {
		return tell(words.TellNothingToDecide)
	}
	a := &s.attempts[i]
	if ev.What != entry.Elsewhere && pay.Theirs(a.code) {
		return tell(words.TellNotOurs)
	}
	decided := entry.DecidedBody{Of: ev.Of, Number: a.Number, What: ev.What, Amount: ev.Amount, By: ev.By, Why: ev.Why}
	drafts := append([]entry.Draft{entry.New(entry.Decided, decided)}, s.tasks.SeenTo(a.frozenAt+1, ev)...) // freeze writes both
	switch ev.What {
	case entry.Booked:
		return s.book(a, drafts, now)
	case entry.GoesBack:
	case entry.Elsewhere:
		if s.settled == nil && !s.cancelled && !slices.ContainsFunc(s.attempts, func(b attempt) bool { return b.undecided() && b.Number != a.Number }) {
			drafts = append(drafts, entry.New(entry.Cancelled, entry.CancelledBody{Why: elsewhere}))
		}
	default:
		return tell(words.TellNothingToDecide)
	}
	step := s.step(drafts, nil)
	step.Tell = words.TellDecided
	return step
}

// book takes the money for the order: as much as the network says was paid. Slip
// and books follow from it; nobody stands there to hear of it or to drive out.
func (s *Sale) book(a *attempt, drafts []entry.Draft, now flow.Now) flow.Step {
	if a.returning || s.settled != nil || s.cancelled { // the way back is one-way, and an order is paid once
		return tell(words.TellNeverBooked)
	}
	after := *a
	after.decided = true
	paid := s.amount(&after)
	drafts = append(drafts, entry.New(entry.Settled, entry.SettledBody{Number: a.Number, Amount: paid, Settled: paid}))
	drafts = append(drafts, flow.Outcome(a.Number, entry.Output{What: string(flow.Voice), Result: flow.Dropped})...)
	return s.taken(drafts, nil, now)
}

// undecided tells whether a person has yet to say what becomes of a success.
func (a *attempt) undecided() bool { return a.frozenAt != 0 && !a.decided }

func (s *Sale) foldDecided(e entry.Entry) {
	b := entry.Must[entry.DecidedBody](e)
	a := s.mustFind(b.Number, e)
	a.decided = true
	if b.What == entry.GoesBack {
		a.state, a.returning, a.wasPaid, a.why = pay.Unknown, true, true, "decided"
	}
	s.frozen = slices.ContainsFunc(s.attempts, func(a attempt) bool { return a.undecided() })
}
