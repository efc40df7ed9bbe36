package deposit

import (
	"cmp"
	"maps"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// Next decides what an event means for the deposit.
func (d *Deposit) Next(ev flow.Event, now flow.Now) flow.Step {
	if !d.follows() && !asks(ev) {
		return flow.Step{} // another lane goes on with it
	}
	switch ev := ev.(type) {
	case flow.DepositSpec:
		return d.ask(ev, now)
	case flow.TakeOver:
		return d.takeOver(ev, now)
	case flow.CaptureSpec:
		return d.capture(ev, now)
	case flow.ReleaseSpec:
		return d.release(ev, now, 0)
	case flow.ReleaseOld:
		return d.releaseOld(ev, now)
	case flow.DropDeposit:
		return d.drop()
	case flow.Answer:
		return d.answer(ev, now)
	case flow.Put:
		return d.step(d.outputs.Took(ev, d.asked.Number, now))
	case flow.Free:
		if o := d.outputs.Of(flow.Verb(ev.What)); o != nil && o.Held() {
			return d.step([]entry.Draft{o.Begin()}, nil, d.do(*o))
		}
	case flow.Ride:
		return d.unsaved()
	case flow.Reprint:
		return d.reprint()
	case flow.Decide:
		return d.seenTo(ev)
	case flow.Restarted:
		return d.restart(now)
	case flow.Unbooked:
		return d.lost(ev, now)
	case flow.Tick:
		return d.tick(now)
	}
	return flow.Step{}
}

// asks tells whether an event is a wish, by which a lane takes the deposit over.
func asks(ev flow.Event) bool {
	switch ev.(type) {
	case flow.CaptureSpec, flow.ReleaseSpec, flow.ReleaseOld:
		return true
	}
	return false
}

func tell(key words.Key) flow.Step { return flow.Step{Tell: key} }

// step makes a decision of drafts, knowing whether it leaves anything to do.
func (d *Deposit) step(drafts []entry.Draft, notes []flow.Note, effects ...flow.Effect) flow.Step {
	step := flow.Step{Key: d.key, After: d.last, Entries: drafts, Notes: notes, Effects: effects}
	step.Done = len(drafts) > 0 && d.after(drafts, flow.Now{}).finished()
	return step
}

// after is the deposit as it is once drafts are written now.
func (d *Deposit) after(drafts []entry.Draft, now flow.Now) *Deposit {
	after := *d
	after.outputs = append(flow.Pending(nil), d.outputs...)
	after.refused, after.warnings = maps.Clone(d.refused), maps.Clone(d.warnings)
	for _, draft := range drafts {
		after.Fold(entry.Entry{Key: d.key, Seq: d.last, Stamp: now.Stamp, Kind: draft.Kind, Body: draft.Body, Private: draft.Private})
	}
	return &after
}

// unspoken drops the voice that would follow: of what arrives late nobody is there to
// hear.
func (d *Deposit) unspoken() []entry.Draft {
	return flow.Outcome(d.asked.Number, entry.Output{What: string(flow.Voice), Result: flow.Dropped})
}

// done is a step after which outputs follow.
func (d *Deposit) done(drafts []entry.Draft, notes []flow.Note, now flow.Now) flow.Step {
	step, after := d.step(drafts, notes), d.after(drafts, now)
	for _, o := range after.outputs {
		if o.Owed() {
			step.Effects = append(step.Effects, after.do(o))
		}
	}
	return step
}

func (d *Deposit) task(what string) entry.Draft {
	return entry.New(entry.Task, entry.TaskBody{What: what, Text: d.asked.Number})
}

// fault asks for a person, once, to look at what the network says.
func (d *Deposit) fault() []entry.Draft {
	if d.faulted {
		return nil
	}
	return []entry.Draft{d.task(flow.NetworkFault)}
}

// faultOf does so where the network itself says that one must look.
func (d *Deposit) faultOf(r pay.Result) []entry.Draft {
	if !r.Fault {
		return nil
	}
	return d.fault()
}

// faultBehind does so once too many answers in a row, with one more, are behind.
func (d *Deposit) faultBehind() []entry.Draft {
	if d.behind+1 < behindMax {
		return nil
	}
	return d.fault()
}

func (d *Deposit) unsaved() flow.Step { return d.step(d.outputs.Unsaved(d.asked.Number), nil) }

// reprint prints the slip of the newest act again, marked as a reprint.
func (d *Deposit) reprint() flow.Step {
	draft, again, ok := d.outputs.Reprint()
	if !ok {
		return tell(words.TellNoReprint)
	}
	step := d.step([]entry.Draft{draft}, nil, d.do(again))
	step.Tell = words.TellReprinted
	return step
}

// seenTo takes a person's word that a task has been seen to, or that the open move is
// given up. There is nothing else to decide about a deposit: only the network knows
// what is held.
func (d *Deposit) seenTo(ev flow.Decide) flow.Step {
	if m := d.open(); ev.What == entry.GivenUp && m != nil && !d.dropped && ev.Of == cmp.Or(m.Asked, d.key) {
		return d.step([]entry.Draft{entry.New(entry.Decided, entry.DecidedBody{Of: ev.Of, Number: m.Number, What: ev.What, Amount: m.Amount, By: ev.By, Why: ev.Why})}, nil)
	}
	done := d.tasks.SeenTo(ev.Of, ev)
	if ev.What != "" || done == nil {
		return tell(words.TellNothingToDecide)
	}
	return d.step(done, nil)
}

// Due is the next moment at which there is something to decide.
func (d *Deposit) Due() (mono int64, ok bool) {
	if !d.follows() {
		return 0, false
	}
	if at, ok := d.retries.Due(); ok { // before anything else
		return at, true
	}
	if at, owed := d.outputs.Due(); owed {
		mono, ok = at, true
	}
	if do, at := d.plan(); do != "" && (!ok || at < mono) {
		mono, ok = at, true
	}
	return mono, ok
}

// plan is what the deposit needs next, and when; "" while an answer is awaited
// and when it is over.
func (d *Deposit) plan() (do flow.Verb, at int64) {
	switch {
	case d.unknown():
		return d.planHold()
	case d.open() != nil:
		return d.planMove()
	case d.Left() > 0, d.resting:
		return d.planWatch()
	}
	return "", 0
}

func (d *Deposit) tick(now flow.Now) flow.Step {
	if len(d.retries) > 0 {
		step, _ := d.retries.Again(now, d.Next)
		return step
	}
	if do, at := d.plan(); do != "" && at <= now.Mono {
		return d.carryOn(do, now)
	}
	if at, ok := d.outputs.Due(); ok && at <= now.Mono {
		return d.unsaved()
	}
	return flow.Step{}
}

// restart goes through everything that was pending when the life before ended. A
// QR code is never shown again.
func (d *Deposit) restart(now flow.Now) flow.Step {
	drafts, again := d.outputs.Restart(d.asked.Number)
	var effects []flow.Effect
	for _, o := range again {
		effects = append(effects, d.do(o))
	}
	if d.unknown() && d.shown() && !d.returning {
		drafts = append(drafts, entry.New(entry.HoldReturning, entry.HoldReturningBody{Why: "expired"}))
	}
	step := d.step(drafts, []flow.Note{flow.Woken{At: now.Stamp}}, effects...)
	if len(d.moves) == 0 {
		step.Then = d.rest(d.placedBy)
	}
	return step
}

// lost takes an event whose decision could not be written. An answer is asked
// for again; what nobody will bring again is decided on again.
func (d *Deposit) lost(ev flow.Unbooked, now flow.Now) flow.Step {
	switch of := ev.Of.(type) {
	case flow.Answer:
		return flow.Step{Notes: []flow.Note{heardNote{of.Do, of.Result, now.Stamp}, refused{}}}
	case flow.Put:
		return flow.Step{Notes: []flow.Note{flow.Lost(of, now)}}
	case flow.Restarted, flow.Free, flow.ReleaseOld:
		return flow.Step{Notes: []flow.Note{flow.Retry(of, now)}}
	}
	return flow.Step{}
}
