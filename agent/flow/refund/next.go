package refund

import (
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// Next decides what an event means for the refund.
func (r *Refund) Next(ev flow.Event, now flow.Now) flow.Step {
	switch ev := ev.(type) {
	case flow.Refund:
		return r.begin(ev, now)
	case flow.Answer:
		return r.answer(ev, now)
	case flow.Put:
		return r.step(r.outputs.Took(ev, r.asked.Number, now))
	case flow.Free:
		if o := r.outputs.Of(flow.Verb(ev.What)); o != nil && o.Held() {
			return r.step([]entry.Draft{o.Begin()}, nil, r.do(*o))
		}
	case flow.Ride:
		return r.unsaved()
	case flow.Reprint:
		return r.reprint()
	case flow.Decide:
		return r.seenTo(ev)
	case flow.Restarted:
		return r.restart(now)
	case flow.Unbooked:
		return r.lost(ev, now)
	case flow.Tick:
		return r.tick(now)
	}
	return flow.Step{}
}

// step makes a decision of drafts, knowing whether it leaves anything to do.
func (r *Refund) step(drafts []entry.Draft, notes []flow.Note, effects ...flow.Effect) flow.Step {
	step := flow.Step{Key: r.key, After: r.last, Entries: drafts, Notes: notes, Effects: effects}
	step.Done = len(drafts) > 0 && r.after(drafts, flow.Now{}).finished()
	return step
}

// after is the refund as it is once drafts are written now.
func (r *Refund) after(drafts []entry.Draft, now flow.Now) *Refund {
	after := *r
	after.outputs = append(flow.Pending(nil), r.outputs...)
	for _, d := range drafts {
		after.Fold(entry.Entry{Key: r.key, Seq: r.last, Stamp: now.Stamp, Kind: d.Kind, Body: d.Body})
	}
	return &after
}

func (r *Refund) unsaved() flow.Step { return r.step(r.outputs.Unsaved(r.asked.Number), nil) }

// reprint prints the slip of a refund again, marked as a reprint.
func (r *Refund) reprint() flow.Step {
	draft, again, ok := r.outputs.Reprint()
	if !ok {
		return tell(words.TellNoReprint)
	}
	step := r.step([]entry.Draft{draft}, nil, r.do(again))
	step.Tell = words.TellReprinted
	return step
}

// seenTo takes a person's word that a task has been seen to. There is nothing else
// to decide about a refund: only the network knows whether the money has gone.
func (r *Refund) seenTo(ev flow.Decide) flow.Step {
	done := r.tasks.SeenTo(ev.Of, ev)
	if ev.What != "" || done == nil {
		return tell(words.TellNothingToDecide)
	}
	return r.step(done, nil)
}

// plan is what the refund needs next, and when; "" while an answer is awaited
// and when it has ended.
func (r *Refund) plan() (do flow.Verb, at int64) {
	t := r.timing(r.asked.Network).Refund
	gap := func(d time.Duration) int64 {
		if r.stuck {
			d = max(d, slowly)
		}
		return max(d, time.Second).Milliseconds() // whatever a table says, a network is not asked without a pause
	}
	switch {
	case r.final() || r.busy != "" || r.asked.Number == "":
		return "", 0
	case r.unbooked:
		return flow.QueryRefund, r.heardAt + gap(flow.Quiet)
	case r.heardAt == 0 && r.mine && !r.asked.Older:
		return flow.AskRefund, r.since + r.asked.Wait
	case r.heardAt == 0: // it may have been sent, in this epoch or in one before
		return flow.QueryRefund, r.since
	case r.unknown && !r.unsure && r.repeated < startsMax:
		if at = r.since + r.asked.Wait; r.sends > 0 || !r.mine {
			at = max(at, r.sentAt+gap(t.Again))
		}
		return flow.AskRefund, at
	case r.sends > 0 && r.queries < len(t.Queries) && !r.stuck:
		return flow.QueryRefund, max(r.sentAt+t.Queries[r.queries].Milliseconds(), r.heardAt+gap(0))
	}
	return flow.QueryRefund, r.heardAt + gap(t.QueryEvery)
}

// Due is the next moment at which there is something to decide.
func (r *Refund) Due() (mono int64, ok bool) {
	if at, ok := r.retries.Due(); ok { // before anything else
		return at, true
	}
	do, at := r.plan()
	put, owed := r.outputs.Due()
	switch {
	case do != "" && owed:
		return min(at, put), true
	case owed:
		return put, true
	}
	return at, do != ""
}

func (r *Refund) tick(now flow.Now) flow.Step {
	if len(r.retries) > 0 {
		step, _ := r.retries.Again(now, r.Next)
		return step
	}
	if do, at := r.plan(); do != "" && at <= now.Mono {
		return r.carryOn(do)
	}
	if at, ok := r.outputs.Due(); ok && at <= now.Mono {
		return r.unsaved()
	}
	return flow.Step{}
}

// carryOn asks what plan found due. What may have been sent in an earlier life
// is counted, once a life, before it is sent again.
func (r *Refund) carryOn(do flow.Verb) flow.Step {
	var drafts []entry.Draft
	if do == flow.AskRefund && r.mustCount {
		again := entry.RepeatedBody{Number: r.asked.Number, What: string(flow.AskRefund), Times: r.repeated + 1}
		drafts = append(drafts, entry.New(entry.Repeated, again))
	}
	return r.step(drafts, []flow.Note{sent{do}}, r.call(do))
}

// restart goes through everything that was pending when the life before ended.
func (r *Refund) restart(now flow.Now) flow.Step {
	drafts, again := r.outputs.Restart(r.asked.Number)
	var effects []flow.Effect
	for _, o := range again {
		effects = append(effects, r.do(o))
	}
	if !r.final() && r.repeated >= startsMax {
		drafts = append(drafts, r.giveUp(capped, tooOften)...)
	}
	return r.step(drafts, []flow.Note{restarted{now.Mono}}, effects...)
}

// lost takes an event whose decision could not be written. An answer is asked
// for again; what nobody will bring again is decided on again.
func (r *Refund) lost(ev flow.Unbooked, now flow.Now) flow.Step {
	switch of := ev.Of.(type) {
	case flow.Answer:
		return flow.Step{Notes: []flow.Note{heard{of.Do, of.Result, now.Mono}, refused{}}}
	case flow.Put:
		return flow.Step{Notes: []flow.Note{flow.Lost(of, now)}}
	case flow.Restarted, flow.Free:
		return flow.Step{Notes: []flow.Note{flow.Retry(of, now)}}
	}
	return flow.Step{}
}
