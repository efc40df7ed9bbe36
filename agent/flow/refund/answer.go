package refund

import (
	"cmp"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// answer takes a network's word.
func (r *Refund) answer(ev flow.Answer, now flow.Now) flow.Step {
	if r.final() || ev.Number != r.asked.Number {
		return flow.Step{}
	}
	notes := []flow.Note{heard{ev.Do, ev.Result, now.Mono}}
	switch res := ev.Result; res.State {
	case pay.Returned:
		return r.returned(ev, notes, now)
	case pay.Declined:
		return r.refused(res, 0, notes)
	case pay.Mismatch: // what went back counts; while that is not known, all that was asked for
		return r.refused(res, cmp.Or(res.Amount, r.asked.Amount), notes, r.task(mismatched))
	case pay.Waiting:
		return r.step(r.told(pay.Waiting, res.Code, false), notes)
	}
	return r.open(ev, notes)
}

func (r *Refund) task(what string) entry.Draft {
	return entry.New(entry.Task, entry.TaskBody{What: what, Text: r.asked.Number})
}

// told keeps what people are told of an answer that is not final; only a change
// is worth a commit.
func (r *Refund) told(state pay.State, code string, stuck bool) []entry.Draft {
	if r.state == state && r.stuck == stuck && (!stuck || r.code == code) {
		return nil
	}
	return []entry.Draft{entry.New(entry.RefundHeard, entry.RefundHeardBody{State: uint8(state), Code: code, Stuck: stuck})}
}

// open takes an answer that decides nothing. A person is asked once, where the
// network says that one must act, or where nothing comes of sending it again.
func (r *Refund) open(ev flow.Answer, notes []flow.Note) flow.Step {
	res := ev.Result
	var drafts []entry.Draft
	switch {
	case res.Fault:
		drafts = r.told(pay.Unknown, res.Code, true)
		if !r.faulted {
			drafts = append(drafts, r.task(flow.NetworkFault))
		}
	case res.NotFound && r.unsure:
		drafts = r.giveUp(lost, notCertain)
	case res.NotFound && r.sends >= sendsMax:
		drafts = r.giveUp(capped, tooOften)
	}
	return r.step(drafts, notes)
}

// giveUp asks for a person, once; the network is still asked, slowly.
func (r *Refund) giveUp(what, code string) []entry.Draft {
	if r.gaveUp {
		return nil
	}
	return append(r.told(r.state, code, true), r.task(what))
}

// returned takes the money's arrival: the one commit from which slip and voice
// follow. What arrives late is not spoken of: nobody is there to hear it.
func (r *Refund) returned(ev flow.Answer, notes []flow.Note, now flow.Now) flow.Step {
	res := ev.Result
	done := entry.RefundDoneBody{Settled: cmp.Or(res.Settled, r.asked.Amount), Network: res.Network}
	if ev.Known {
		done.Total = ev.Before + r.asked.Amount
	}
	if !res.PaidAt.IsZero() {
		done.At = res.PaidAt.Unix()
	}
	drafts := []entry.Draft{entry.New(entry.RefundDone, done)}
	if !r.mine || now.Mono-r.at.Mono > spokenFor.Milliseconds() {
		drafts = append(drafts, flow.Outcome(r.asked.Number, entry.Output{What: string(flow.Voice), Result: flow.Dropped})...)
	}
	step, after := r.step(drafts, notes), r.after(drafts, now)
	for _, o := range after.outputs {
		if o.Owed() {
			step.Effects = append(step.Effects, after.do(o))
		}
	}
	if r.mine && r.sends == 0 && ev.Do == flow.QueryRefund { // of an older epoch's order: the record of it is lost
		step.Tell = words.TellRefundFound
	}
	return step
}

// refused is the end without what was asked for; back is what counts as gone all the same.
func (r *Refund) refused(res pay.Result, back money.Fen, notes []flow.Note, more ...entry.Draft) flow.Step {
	body := entry.RefundRefusedBody{State: uint8(res.State), Code: res.Code, Text: res.Message, Amount: back}
	drafts := append([]entry.Draft{entry.New(entry.RefundRefused, body)}, more...)
	if res.Fault && !r.faulted {
		drafts = append(drafts, r.task(flow.NetworkFault))
	}
	return r.step(drafts, notes)
}
