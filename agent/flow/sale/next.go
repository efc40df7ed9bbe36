package sale

import (
	"cmp"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// Next decides what an event means for the order.
func (s *Sale) Next(ev flow.Event, now flow.Now) flow.Step {
	switch ev := ev.(type) {
	case flow.Amount:
		order := entry.OpenedBody{Amount: ev.Amount, Title: ev.Title, Ref: ev.Ref, Lane: ev.Lane, Full: ev.Full, Deposit: ev.Deposit}
		draft := flow.Step{Notes: []flow.Note{drafted{order, ev.Staff, now.Mono, visit{ev.Room, ev.By}}}}
		if ev.Request != nil {
			draft.Entries = []entry.Draft{entry.New(entry.Opened, order), entry.New(entry.Requested, *ev.Request)}
		}
		return draft
	case flow.Code:
		return s.scan(ev, now)
	case flow.ShowQR:
		return s.showQR(ev, now)
	case flow.Cash:
		return s.cash(ev, now)
	case flow.Card:
		return s.card(ev, now)
	case flow.Reprint:
		return s.reprint()
	case flow.Cancel:
		return s.cancel(ev)
	case flow.Decide:
		return s.decide(ev, now)
	case flow.Answer:
		return s.answer(ev, now)
	case flow.Put:
		return s.putResult(ev, now)
	case flow.Free:
		return s.free(ev, now)
	case flow.Ride:
		return s.unsaved()
	case flow.Restarted:
		return s.restart(ev, now)
	case flow.Unbooked:
		return s.lost(ev, now)
	case flow.LoopRead, flow.Tick:
		return s.tick(now)
	}
	return flow.Step{}
}

// step makes a decision of drafts, knowing whether it leaves anything to do.
func (s *Sale) step(drafts []entry.Draft, notes []flow.Note, effects ...flow.Effect) flow.Step {
	step := flow.Step{Key: s.key, After: s.last, Entries: drafts, Notes: notes, Effects: effects}
	if len(drafts) > 0 {
		after := s.clone()
		for _, d := range drafts {
			after.Fold(entry.Entry{Key: s.key, Seq: s.last, Kind: d.Kind, Body: d.Body})
		}
		step.Done = after.finished()
	}
	return step
}

func (s *Sale) clone() *Sale {
	c := *s
	c.attempts = append([]attempt(nil), s.attempts...)
	c.outputs = append(flow.Pending(nil), s.outputs...)
	return &c
}

func tell(key words.Key) flow.Step { return flow.Step{Tell: key} }

// scan begins an attempt, or says why not.
func (s *Sale) scan(c flow.Code, now flow.Now) flow.Step {
	if why := s.closed(); why != "" {
		return tell(why)
	}
	switch a := s.front(); {
	case a != nil && a.shown() && !a.wasPaid:
		return s.closeFirst(c, now)
	case a != nil && a.returning:
		return tell(words.TellGoingBack)
	case a != nil:
		return tell(words.TellBusy)
	}
	asked := entry.AskedBody{Number: now.Number, Merchant: c.Merchant, Network: c.Network, Code: c.Hash, Account: now.Accounts[c.Merchant]}
	charge := s.call(flow.Charge, &attempt{AskedBody: asked, asked: now.Stamp})
	charge.Code, charge.Title, charge.Full, charge.Staff, charge.Note = c.Text, s.order.Title, s.order.Full, s.staff, s.note()
	drafts := append(s.opening(), entry.New(entry.Asked, asked))
	// Not by step: it need not fold what was just asked to know that it is open.
	notes := []flow.Note{sent{now.Number, flow.Charge}, waits{}}
	return flow.Step{Key: s.key, After: s.last, Entries: drafts, Notes: notes, Effects: []flow.Effect{charge}}
}

// opening is the order's own entry while it is still a draft.
func (s *Sale) opening() []entry.Draft {
	if s.opened || s.order.Amount <= 0 {
		return nil
	}
	return []entry.Draft{entry.New(entry.Opened, s.order)}
}

func (s *Sale) call(do flow.Verb, a *attempt) flow.Effect {
	call := pay.Attempt{Number: a.Number, Merchant: a.Merchant, Amount: s.amount(a), Network: a.network, Returning: a.returning, Shown: a.shown()}
	return flow.Effect{Do: do, Network: a.Network, Attempt: flow.Stamped(call, a.asked)}
}

// amount is what an attempt is about: what was asked for, or what a network says
// was paid in its place and a person has decided on.
func (s *Sale) amount(a *attempt) money.Fen {
	if a.decided {
		return cmp.Or(a.paid, s.order.Amount)
	}
	return s.order.Amount
}

// cancel ends the order, or sends its attempt back; what is not the clerk's wish is the
// lane's own, "replaced" or "gone".
func (s *Sale) cancel(c flow.Cancel) flow.Step {
	switch a := s.open(); {
	case s.cancelled:
		return flow.Step{}
	case c.Why != entry.ByClerk && a != nil && a.shown() && !a.returning: // nobody stands there to scan it any more
		return s.step(s.sendBack(c.Why), nil)
	case c.Why != entry.ByClerk && (a != nil || s.settled != nil || s.frozen):
		return flow.Step{} // what is pending goes on; what is paid stays paid
	case s.frozen:
		return tell(words.TellFrozen)
	case s.settled != nil:
		return tell(words.TellPaidAlready)
	case a != nil && a.returning:
		return tell(words.TellGoingBack)
	case a != nil:
		return s.step(s.sendBack(c.Why), []flow.Note{waits{}})
	case !s.opened:
		return flow.Step{Notes: []flow.Note{dropDraft{}}}
	}
	return s.step([]entry.Draft{entry.New(entry.Cancelled, entry.CancelledBody{Why: c.Why})}, nil)
}

// Due is the next moment at which there is something to decide.
func (s *Sale) Due() (mono int64, ok bool) {
	sooner := func(at int64) {
		if !ok || at < mono {
			mono, ok = at, true
		}
	}
	if at, ok := s.retries.Due(); ok { // before anything else
		return at, true
	}
	for _, a := range s.pending() {
		if do, at := s.plan(a); do != "" {
			sooner(at)
		}
	}
	if !s.waiting.none() {
		sooner(s.waitingDue())
	}
	if a := s.expiredQR(); a != nil {
		sooner(a.heardAt)
	}
	if s.drafted != 0 && !s.opened && !s.cancelled {
		sooner(s.drafted + quiet.Milliseconds())
	}
	if at, ok := s.outputs.Due(); ok {
		sooner(at)
	}
	if s.gateAsk {
		sooner(s.start + loopWait.Milliseconds())
	}
	return mono, ok
}

func (s *Sale) tick(now flow.Now) flow.Step {
	if len(s.retries) > 0 {
		step, _ := s.retries.Again(now, s.Next)
		return step
	}
	if s.gateAsk {
		if step := s.gateAfterRestart(now); !step.Empty() {
			return step
		}
	}
	if !s.waiting.none() && now.Mono >= s.waitingDue() {
		return s.waited(now)
	}
	for _, a := range s.pending() {
		if do, at := s.plan(a); do != "" && at <= now.Mono {
			return s.carryOn(a, do, now)
		}
	}
	if a := s.expiredQR(); a != nil {
		return s.refresh(a, now)
	}
	if s.drafted != 0 && !s.opened && !s.cancelled && now.Mono >= s.drafted+quiet.Milliseconds() {
		return s.step(s.opening(), nil)
	}
	if at, ok := s.outputs.Due(); ok && at <= now.Mono {
		return s.unsaved()
	}
	return flow.Step{}
}
