package sale

import (
	"cmp"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// back is plan's word for setting an attempt to returning.
const back flow.Verb = "back"

// Absent needs all three: the number unknown this long after the charge may
// last have been sent, an undo answered, and the code's life over by this much.
const (
	absentSent = 15 * time.Second
	absentCode = 30 * time.Second
)

// plan is what the attempt needs next, and when; "" while an answer is awaited.
func (s *Sale) plan(a *attempt) (do flow.Verb, at int64) {
	t := s.patience(a)
	switch {
	case a.busy != "":
		return "", 0
	case s.unbooked && s.triedAt < s.unbookedAt+t.Patience.Milliseconds():
		return flow.Query, s.triedAt + quiet.Milliseconds()
	case a.returning:
		return s.wayBack(a, t)
	case a.shown():
		return a.watch(t)
	}
	at = a.heardAt + t.QueryEvery.Milliseconds()
	if a.queries < len(t.Queries) {
		at = a.sentUntil + t.Queries[a.queries].Milliseconds()
	}
	if end := a.since + t.Patience.Milliseconds(); at > end {
		return back, end
	}
	return flow.Query, at
}

func (s *Sale) wayBack(a *attempt, t pay.Timing) (do flow.Verb, at int64) {
	switch {
	case a.mustAsk:
		return flow.Query, a.undoAt
	case !s.undoable(a):
		return s.wayBackWithout(a, t)
	case a.capped:
		return flow.Query, a.heardAt + t.UndoAgain[len(t.UndoAgain)-1].Milliseconds()
	case a.undos == 0:
		return flow.Undo, a.since + t.Undo.NotBefore.Milliseconds()
	}
	return flow.Undo, max(a.undoAt, a.heardAt) + t.UndoAgain[min(a.undos, len(t.UndoAgain))-1].Milliseconds()
}

// carryOn does what plan found due.
func (s *Sale) carryOn(a *attempt, do flow.Verb, now flow.Now) flow.Step {
	if do == back {
		why := "patience"
		if a.shown() {
			why = expired
		}
		return s.step([]entry.Draft{entry.New(entry.Returning, entry.ReturningBody{Number: a.Number, Why: why})}, nil)
	}
	late := a.asked.Wall + s.patience(a).Undo.NotAfter.Milliseconds()
	dated := now.Trust == entry.Trusted && a.asked.Trust == entry.Trusted
	var drafts []entry.Draft
	notes := []flow.Note{sent{a.Number, do}}
	switch {
	case do == flow.Undo && dated && now.Wall > late: // only a refund helps now
		if len(s.tasks) == 0 {
			drafts = append(drafts, task("undo-late", a.Number))
		}
		do, notes = flow.Query, []flow.Note{tooLate{a.Number}, sent{a.Number, flow.Query}}
	case (do == flow.Undo || do == flow.AskRefund) && a.mustCount:
		drafts = append(drafts, entry.New(entry.Repeated, entry.RepeatedBody{Number: a.Number, What: string(do), Times: a.repeated + 1}))
	}
	call := s.call(do, a)
	if do == flow.AskRefund || do == flow.QueryRefund {
		call = s.refundCall(do, a)
	}
	return s.step(drafts, notes, call)
}

func task(what, text string) entry.Draft {
	return entry.New(entry.Task, entry.TaskBody{What: what, Text: text})
}

// answer takes a network's word.
func (s *Sale) answer(ev flow.Answer, now flow.Now) flow.Step {
	if ev.Do == flow.AskRefund || ev.Do == flow.QueryRefund {
		return s.refundAnswer(ev, now)
	}
	a := s.attempt(ev.Number)
	if a == nil || a.state.Final() {
		return flow.Step{}
	}
	r := ev.Word()
	if r.State == pay.Mismatch && a.decided && !pay.Theirs(r.Code) { // it has been said to go back all the same
		r.State = pay.Paid
	}
	notes := []flow.Note{heard{ev.Number, ev.Do, r, now.Mono}}
	if ev.Do == flow.Query && s.missing(a, r, now) {
		notes = append(notes, missed{a.Number, now.Mono})
	}
	switch {
	case ev.Do == flow.Undo: // only a query tells what it did
		return s.step(a.stuck(r), append(notes, sent{a.Number, flow.Query}), s.call(flow.Query, a))
	case ev.Do == flow.Show && r.State == pay.Waiting:
		until := now.Mono + s.timing(a.Network).Show.Life.Milliseconds()
		return s.step(nil, append(notes, onScreen{a.Number, r.Link, until}))
	case r.State == pay.Paid && a.returning:
		if a.wasPaid {
			return s.step(s.unresolved(a, now), notes)
		}
		step := s.step([]entry.Draft{entry.New(entry.Heard, entry.HeardBody{Number: a.Number, State: uint8(pay.Paid)})}, notes)
		if s.settled != nil {
			step.Tell = words.TellSecondReturned
		}
		return step
	case r.State == pay.Paid:
		return s.paid(a, r, notes, now)
	case r.State == pay.Mismatch:
		return s.freeze(a, r, notes)
	case r.State == pay.Declined || r.State == pay.NotSent:
		return s.ended(a, r.State, r, notes, now)
	case ev.Do == flow.Query && r.NotFound && s.absent(a, now):
		return s.ended(a, pay.Absent, r, notes, now)
	}
	return s.unsure(a, r, notes, now)
}

// freeze stops at a success that is not ours; a person decides. What may still
// be paid beside it goes back.
func (s *Sale) freeze(a *attempt, r pay.Result, notes []flow.Note) flow.Step {
	frozen := entry.FrozenBody{Number: a.Number, Code: r.Code, Amount: r.Amount}
	drafts := []entry.Draft{entry.New(entry.Frozen, frozen), task("mismatch", a.Number)}
	return s.step(append(s.others(a, "frozen"), drafts...), append(notes, waits{}))
}

// lost takes an event whose decision could not be written. An answer is asked
// for again; what nobody will bring again is decided on again.
func (s *Sale) lost(ev flow.Unbooked, now flow.Now) flow.Step {
	switch of := ev.Of.(type) {
	case flow.Answer:
		if a := s.refunded(of.Number); a != nil { // the order stands as it is
			return flow.Step{Notes: []flow.Note{backed{a.Number, of.Do, of.Result, now.Mono}}}
		}
		return flow.Step{Notes: []flow.Note{heard{of.Number, of.Do, of.Result, now.Mono}, unbooked{now.Mono}}}
	case flow.Put:
		return flow.Step{Notes: []flow.Note{flow.Lost(of, now)}}
	case flow.Tick: // what was to begin does not
		return flow.Step{Notes: []flow.Note{waits{}, qrEnds{}}}
	case flow.Restarted, flow.Free:
		return flow.Step{Notes: []flow.Note{flow.Retry(of, now)}}
	case flow.Cancel:
		if of.Why != entry.ByClerk {
			return flow.Step{Notes: []flow.Note{flow.Retry(of, now)}}
		}
	}
	return flow.Step{}
}

// absent tells whether a number that is not found now will never be.
func (s *Sale) absent(a *attempt, now flow.Now) bool {
	if !s.undoable(a) && !a.undone {
		return a.missingAt != 0 && now.Mono >= a.missingAt+absentApart.Milliseconds()
	}
	life := s.patience(a).CodeLife + absentCode
	if a.shown() && a.link == "" && a.since == a.asked.Mono { // of this life, and no screen had it
		life = 0
	}
	return a.undone && now.Mono >= a.sentUntil+absentSent.Milliseconds() && now.Mono >= a.since+life.Milliseconds()
}

// unsure keeps what people are told of an answer that is not final; only a
// change is worth a commit, and once the payer has been asked for a password
// the screen goes on saying so.
func (s *Sale) unsure(a *attempt, r pay.Result, notes []flow.Note, now flow.Now) flow.Step {
	if drafts := append(a.stuck(r), s.unresolved(a, now)...); drafts != nil {
		return s.step(drafts, notes)
	}
	if a.returning || a.state == pay.Waiting || a.code != "" && r.State == a.state || a.shown() {
		return s.step(nil, notes)
	}
	code := r.Code
	if code == "" {
		code = "no answer"
	}
	return s.step([]entry.Draft{entry.New(entry.Heard, entry.HeardBody{Number: a.Number, State: uint8(r.State), Code: code})}, notes)
}

// fault asks for a person, once an attempt, where the network's answer says that
// the set-up is wrong, or that an undo will not get through by itself.
func (a *attempt) fault(r pay.Result) []entry.Draft {
	if !r.Fault || a.faulted {
		return nil
	}
	return []entry.Draft{task(flow.NetworkFault, a.Number)}
}

// stuck is a fault that ends nothing: what the network said of it is told to the
// cashier, so it is written down.
func (a *attempt) stuck(r pay.Result) []entry.Draft {
	drafts := a.fault(r)
	if drafts == nil || !a.returning || r.Code == "" {
		return drafts
	}
	return append([]entry.Draft{entry.New(entry.Heard, entry.HeardBody{Number: a.Number, State: uint8(pay.Unknown), Code: r.Code})}, drafts...)
}

// ended is an attempt without money. The order is open for another, unless a person ended it.
func (s *Sale) ended(a *attempt, state pay.State, r pay.Result, notes []flow.Note, now flow.Now) flow.Step {
	body := entry.EndedBody{Number: a.Number, State: uint8(state), Code: r.Code, Text: r.Message}
	back := a.returning && (a.wasPaid || r.Returned)
	if back {
		body.State, body.Amount = uint8(pay.Returned), s.amount(a)
	}
	if state == pay.Returned {
		body.Refund = pay.UndoNumber(a.Number)
	}
	drafts := append([]entry.Draft{entry.New(entry.Ended, body)}, a.fault(r)...)
	switch {
	case s.settled != nil || s.cancelled || s.frozen || len(s.pending()) > 1:
	case a.returning && a.why == entry.ByClerk:
		drafts = append(drafts, entry.New(entry.Cancelled, entry.CancelledBody{Why: a.why}))
	case !now.Current: // nobody is there to try again
		drafts = append(drafts, entry.New(entry.Cancelled, entry.CancelledBody{Why: "gone"}))
	}
	step := s.step(drafts, notes, s.refusal(a, state, r)...)
	switch {
	case a.shown() && !a.returning:
		step.Tell = words.TellNoQR
	case back && !a.wasPaid && s.settled != nil: // its payer hears of it only now
		step.Tell = words.TellSecondReturned
	}
	return step
}

// refusal says why a scanned code was not charged: the payer may not look at the
// screen. It is worth nothing later, so nobody follows what becomes of it.
func (s *Sale) refusal(a *attempt, state pay.State, r pay.Result) []flow.Effect {
	told := !a.shown() && !a.returning && s.settled == nil && (state == pay.Declined || state == pay.NotSent)
	code := cmp.Or(r.Code, state.String())
	if !told || len(words.Declined(a.Network, code).Parts) == 0 {
		return nil
	}
	receipt := words.Receipt{Lane: s.order.Lane, Number: a.Number, Network: a.Network, Declined: code}
	return []flow.Effect{{Do: flow.Voice, Loose: true, Receipt: receipt}}
}

// paid takes the money: the one commit from which slip, voice and gate follow.
func (s *Sale) paid(a *attempt, r pay.Result, notes []flow.Note, now flow.Now) flow.Step {
	body := entry.SettledBody{Number: a.Number, Amount: s.order.Amount, Settled: r.Settled, Network: r.Network, Wallet: r.Wallet}
	if !r.PaidAt.IsZero() {
		body.PaidAt = r.PaidAt.Unix()
	}
	return s.take(s.others(a, "paid"), body, a.since, append(notes, waits{}), now)
}

// take books the money and lets slip, voice and gate follow from it. The payer
// has been in front of the lane since the moment given, if at all.
func (s *Sale) take(drafts []entry.Draft, body entry.SettledBody, since int64, notes []flow.Note, now flow.Now) flow.Step {
	exit := now.Role == flow.ParkingExit
	body.Gate = exit && here(now, since)
	drafts = append(drafts, entry.New(entry.Settled, body))
	if exit && !body.Gate {
		drafts = append(drafts, task("gate-ask", body.Number))
	}
	step := s.taken(drafts, notes, now)
	step.Then = s.deposit(body.Number, now)
	return step
}

// taken is a step that books money, with the outputs that follow from it.
func (s *Sale) taken(drafts []entry.Draft, notes []flow.Note, now flow.Now) flow.Step {
	step := s.step(drafts, notes)
	after := s.clone()
	for _, d := range drafts {
		after.Fold(entry.Entry{Key: s.key, Stamp: now.Stamp, Kind: d.Kind, Body: d.Body})
	}
	for _, o := range after.outputs {
		if o.Owed() {
			step.Effects = append(step.Effects, after.do(o))
		}
	}
	return step
}

// here tells whether the one who is paying is still in front of the lane.
func here(now flow.Now, since int64) bool {
	if now.Loop.Fitted {
		return now.Loop.Known && now.Loop.Occupied && now.Loop.Since <= since
	}
	return now.Current
}
