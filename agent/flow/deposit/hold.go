package deposit

import (
	"cmp"
	"slices"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// giveUp is plan's word for setting a deposit on its way back.
const giveUp flow.Verb = "give-up"

// ask begins a deposit: its intent is durable before a network hears of it.
func (d *Deposit) ask(ev flow.DepositSpec, now flow.Now) flow.Step {
	way, do := "", flow.Hold
	if ev.QR {
		way, do = entry.ByQR, flow.ShowHold
	}
	body := entry.HoldAskedBody{Number: now.Number, Amount: ev.Amount, Lane: ev.Lane, Merchant: ev.Merchant.Name, Network: ev.Merchant.Network,
		Code: ev.Hash, Way: way, Title: ev.Title, Ref: ev.Ref, Room: ev.RoomHash, Instead: ev.Instead, Staff: ev.Staff, By: ev.By,
		Account: now.Accounts[ev.Merchant.Name]}
	draft := entry.New(entry.HoldAsked, body)
	draft.Private = ev.Private
	drafts := []entry.Draft{draft}
	if ev.Request != nil {
		drafts = append(drafts, entry.New(entry.Requested, *ev.Request))
	}
	after := d.after(drafts, now)
	call := after.call(do)
	call.Code = ev.Code
	return flow.Step{Entries: drafts, Notes: []flow.Note{begun{}, sent{do}}, Effects: []flow.Effect{call}}
}

// drop gives up a deposit that is not held yet.
func (d *Deposit) drop() flow.Step {
	if !d.Pending() || d.unsure {
		return tell(words.TellHoldNotHeld)
	}
	return d.step([]entry.Draft{entry.New(entry.HoldReturning, entry.HoldReturningBody{Why: entry.ByClerk})}, nil)
}

// planHold is what the deposit itself needs next, while nobody knows whether it is held.
func (d *Deposit) planHold() (do flow.Verb, at int64) {
	t := d.patience()
	every := t.QueryEvery.Milliseconds()
	switch {
	case d.busy != "":
		return "", 0
	case d.unbooked:
		return flow.QueryHold, d.heardAt + flow.Quiet.Milliseconds()
	case d.unsure:
		return flow.QueryHold, max(d.since, d.heardAt+slowly.Milliseconds())
	case d.returning:
		return d.planBack(t)
	case d.shown():
		at = d.heardAt + every
	case d.queries < len(t.Queries):
		at = d.sentUntil + t.Queries[d.queries].Milliseconds()
	default:
		at = d.heardAt + every
	}
	if end := d.since + t.Patience.Milliseconds(); at > end {
		return giveUp, end
	}
	return flow.QueryHold, at
}

// planBack is the way back: undo, ask what that did, and again.
func (d *Deposit) planBack(t pay.Timing) (do flow.Verb, at int64) {
	again := t.UndoAgain
	switch {
	case d.mustAsk:
		return flow.QueryHold, d.undoAt
	case d.gaveUp || d.repeated >= startsMax:
		return flow.QueryHold, d.heardAt + slowly.Milliseconds()
	case d.undos == 0:
		return flow.UndoHold, d.since + t.Undo.NotBefore.Milliseconds()
	}
	return flow.UndoHold, max(d.undoAt, d.heardAt) + again[min(d.undos, len(again))-1].Milliseconds()
}

// carryOn does what plan found due. What may have been sent in an earlier life is
// counted, once a life, before it is sent again.
func (d *Deposit) carryOn(do flow.Verb, now flow.Now) flow.Step {
	switch {
	case do == giveUp:
		why := "patience"
		if d.shown() {
			why = "expired"
		}
		return d.step([]entry.Draft{entry.New(entry.HoldReturning, entry.HoldReturningBody{Why: why})}, nil)
	case do == watch:
		return d.look(now)
	case do == flow.Capture, do == flow.Release, do == flow.QueryCapture, do == flow.QueryRelease:
		return d.sendMove(do)
	}
	var drafts []entry.Draft
	if do == flow.UndoHold && d.mustCount {
		drafts = append(drafts, d.repeat(do, d.asked.Number))
		if d.repeated+1 >= startsMax {
			drafts = append(drafts, d.task(undoCapped))
		}
	}
	return d.step(drafts, []flow.Note{sent{do}}, d.call(do))
}

func (d *Deposit) repeat(do flow.Verb, number string) entry.Draft {
	return entry.New(entry.Repeated, entry.RepeatedBody{Number: number, What: string(do), Times: d.repeated + 1})
}

// answer takes a network's word.
func (d *Deposit) answer(ev flow.Answer, now flow.Now) flow.Step {
	notes := []flow.Note{heardNote{ev.Do, ev.Result, now.Stamp}}
	if isMove(ev.Do) {
		return d.moveAnswer(ev, notes, now)
	}
	switch {
	case ev.Number != d.asked.Number || d.ended:
		return flow.Step{}
	case d.placed != nil:
		return d.seen(ev.Result, notes, now)
	}
	r := ev.Word()
	switch {
	case ev.Do == flow.UndoHold: // only a query tells what it did
		return d.step(d.faultOf(r), append(notes, sent{flow.QueryHold}), d.call(flow.QueryHold))
	case ev.Do == flow.ShowHold && r.State == pay.Waiting:
		return d.step(nil, append(notes, onScreen{r.Link, now.Mono + d.patience().Patience.Milliseconds()}))
	case r.State == pay.Paid && d.returning:
		if d.wasPaid {
			return d.step(nil, notes)
		}
		return d.step([]entry.Draft{d.word(pay.Paid, "", false)}, notes)
	case r.State == pay.Paid:
		return d.place(r, notes, now)
	case r.State == pay.Mismatch:
		return d.end(pay.Mismatch, r, notes, d.task(mismatched))
	case r.State == pay.Declined || r.State == pay.NotSent:
		return d.end(r.State, r, notes)
	case ev.Do == flow.QueryHold && r.NotFound && d.absent(now):
		return d.end(pay.Absent, r, notes)
	}
	return d.unsureOf(r, notes)
}

// absent tells whether a number that is not found now will never be.
func (d *Deposit) absent(now flow.Now) bool {
	life := d.patience().CodeLife + absentCode
	if d.shown() && d.link == "" && d.since == d.at.Mono { // of this life, and no screen had it
		life = 0
	}
	return d.returning && d.undone && now.Mono >= d.sentUntil+absentSent.Milliseconds() && now.Mono >= d.since+life.Milliseconds()
}

func (d *Deposit) word(state pay.State, code string, stuck bool) entry.Draft {
	return entry.New(entry.HoldHeard, entry.HoldHeardBody{Number: d.asked.Number, State: uint8(state), Code: code, Stuck: stuck})
}

// unsureOf keeps what people are told of an answer that is not final; only a
// change is worth a commit.
func (d *Deposit) unsureOf(r pay.Result, notes []flow.Note) flow.Step {
	drafts := d.faultOf(r)
	code := cmp.Or(r.Code, notLooked)
	switch {
	case drafts != nil:
		drafts = append(drafts, d.word(r.State, code, true))
	case d.returning || d.shown() || d.state == pay.Waiting || d.code != "" && r.State == d.state:
	default:
		drafts = append(drafts, d.word(r.State, code, d.stuck))
	}
	return d.step(drafts, notes)
}

// end is a deposit of which nothing is held, or nothing that is ours.
func (d *Deposit) end(state pay.State, r pay.Result, notes []flow.Note, more ...entry.Draft) flow.Step {
	body := entry.HoldEndedBody{Number: d.asked.Number, State: uint8(state), Code: r.Code, Text: r.Message}
	switch {
	case state == pay.Mismatch:
		body.Amount = r.Amount
	case d.returning && (d.wasPaid || r.Returned):
		body.State = uint8(pay.Returned)
	}
	drafts := append([]entry.Draft{entry.New(entry.HoldEnded, body)}, more...)
	return d.step(append(drafts, d.faultOf(r)...), notes, d.refusal(state, r)...)
}

// refusal says why nothing is held: the guest may not look at the screen. It is
// worth nothing later, so nobody follows what becomes of it.
func (d *Deposit) refusal(state pay.State, r pay.Result) []flow.Effect {
	told := !d.shown() && !d.returning && (state == pay.Declined || state == pay.NotSent)
	code := cmp.Or(r.Code, state.String())
	if !told || len(words.Declined(d.asked.Network, code).Parts) == 0 {
		return nil
	}
	receipt := words.Receipt{Lane: d.asked.Lane, Number: d.asked.Number, Network: d.asked.Network, Declined: code}
	return []flow.Effect{{Do: flow.Voice, Loose: true, Receipt: receipt}}
}

// place takes the network's word that it is held: the one commit from which slip
// and voice follow, and the release of the deposit in whose place it comes.
func (d *Deposit) place(r pay.Result, notes []flow.Note, now flow.Now) flow.Step {
	drafts := []entry.Draft{entry.New(entry.HoldPlaced, d.terms(d.asked, d.at.Wall, r))}
	after := d.after(drafts, now)
	drafts = append(drafts, after.differences(r, now)...)
	if now.Mono-d.since > spokenFor.Milliseconds() {
		drafts = append(drafts, d.unspoken()...)
	}
	step := d.done(drafts, notes, now)
	step.Then = after.rest(0)
	return step
}

// terms are what a network says of a deposit that is held, and offers for it. at is
// when it was asked for, in Unix ms.
func (d *Deposit) terms(a entry.HoldAskedBody, at int64, r pay.Result) entry.HoldPlacedBody {
	body := entry.HoldPlacedBody{Amount: a.Amount, Network: r.Network, Wallet: r.Wallet, Payer: r.Payer}
	if r.Held != nil {
		body.Credit = r.Held.Credit
	}
	terms := d.rules.Terms(a.Merchant, r.Wallet)
	body.Captures, body.RestGoes, body.Unnumbered, body.Parts = terms.Captures, terms.RestGoes, terms.Unnumbered, terms.Parts
	begins := time.UnixMilli(at)
	if !r.PaidAt.IsZero() {
		begins, body.PaidAt = r.PaidAt, r.PaidAt.Unix()
	}
	if terms.Life > 0 {
		end := begins.Add(terms.Life)
		if terms.Days { // of which no page says when one begins
			end = end.Add(-24 * time.Hour)
		}
		body.Expires = end.Unix()
	}
	return body
}

// rest is the end of a deposit in whose place this one is held. It is asked for
// again after a start, while nothing of this one has moved.
func (d *Deposit) rest(since entry.Seq) flow.Event {
	if d.Left() == 0 || d.asked.Instead == 0 || d.unsure {
		return nil
	}
	return flow.ReleaseOld{Hold: d.asked.Instead, For: d.key, Since: since, By: d.asked.By, Staff: d.asked.Staff}
}

// releaseOld releases this deposit, in whose place another is held now. What
// people have been asked about since, or have gone on with, is theirs.
func (d *Deposit) releaseOld(ev flow.ReleaseOld, now flow.Now) flow.Step {
	moved := func(m entry.HoldMove) bool { return m.Asked > ev.Since }
	switch {
	case ev.For == d.key: // it is this one that is held: the lane has not come to it
		return flow.Step{Then: ev}
	case ev.Since != 0 && (d.kept > ev.Since || slices.ContainsFunc(d.moves, moved)), d.Left() == 0 && d.open() == nil:
		return flow.Step{}
	}
	spec := flow.ReleaseSpec{Lane: ev.Lane, Staff: ev.Staff, By: ev.By}
	if step := d.release(spec, now, ev.For); len(step.Entries) > 0 {
		return step
	}
	return d.step([]entry.Draft{d.task(notReleased)}, nil)
}
