package deposit

import (
	"cmp"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// closed is why nothing can move of the deposit now; empty where something can.
func (d *Deposit) closed() words.Key {
	switch {
	case d.unsure:
		return words.TellHoldUnsure
	case d.placed == nil || d.ended:
		return words.TellHoldNotHeld
	case d.open() != nil:
		return words.TellHoldMoving
	case d.Left() == 0 && d.lapsed:
		return words.TellHoldLapsed
	case d.Left() == 0:
		return words.TellHoldNotHeld
	}
	return ""
}

// capture decides on a wish to take money. What would be too much is refused
// here, before any network hears of it, and once more by the store.
func (d *Deposit) capture(ev flow.CaptureSpec, now flow.Now) flow.Step {
	left := d.Left()
	number, ok := entry.NextMove(d.site, d.asked.Number, entry.Capture, d.moves)
	switch why := d.closed(); {
	case why == words.TellHoldNotHeld && entry.Taken(d.moves) > 0 && d.placed.Captures > 0:
		return tell(words.TellHoldCaptured)
	case why != "":
		return tell(why)
	case ev.Amount <= 0:
		return tell(words.TellAmountZero)
	case d.placed.Captures > 0 && entry.Taken(d.moves) >= d.placed.Captures:
		return tell(words.TellHoldCaptured)
	case ev.Amount > left:
		return tell(words.TellHoldHigh)
	case d.otherAccount(now):
		return tell(words.TellHoldBooks)
	case !ok:
		return tell(words.TellHoldMany)
	}
	return d.begins(entry.MoveAskedBody{Number: number, What: entry.Capture, Amount: ev.Amount, Last: ev.Last || d.placed.RestGoes || ev.Amount == left,
		Lane: ev.Lane, Reason: ev.Reason, Staff: ev.Staff, By: ev.By}, ev.Request)
}

// release decides on a wish to give money back; instead is the deposit that is
// held in its place, 0: there is none.
func (d *Deposit) release(ev flow.ReleaseSpec, now flow.Now, instead entry.Seq) flow.Step {
	left := d.Left()
	amount := cmp.Or(ev.Amount, left)
	number, ok := entry.NextMove(d.site, d.asked.Number, entry.Release, d.moves)
	switch why := d.closed(); {
	case why != "":
		return tell(why)
	case amount < 0:
		return tell(words.TellAmountZero)
	case amount > left:
		return tell(words.TellHoldHigh)
	case amount < left && !d.placed.Parts:
		return tell(words.TellHoldWhole)
	case d.otherAccount(now):
		return tell(words.TellHoldBooks)
	case !ok:
		return tell(words.TellHoldMany)
	}
	return d.begins(entry.MoveAskedBody{Number: number, What: entry.Release, Amount: amount, Last: amount == left,
		Lane: ev.Lane, Reason: ev.Reason, Staff: ev.Staff, By: ev.By, Instead: instead}, ev.Request)
}

// otherAccount tells whether its merchant's name now stands for another account than
// the one that it was taken for. Nothing of it can be moved there.
func (d *Deposit) otherAccount(now flow.Now) bool {
	return flow.OtherAccount(d.asked.Merchant, d.asked.Account, now)
}

// begins is a move's first step: the intent, and a look at the network's totals,
// for another device or a person at the network's own page may have been faster.
func (d *Deposit) begins(b entry.MoveAskedBody, request *entry.RequestedBody) flow.Step {
	drafts := []entry.Draft{entry.New(entry.MoveAsked, b)}
	if request != nil {
		drafts = append(drafts, entry.New(entry.Requested, *request))
	}
	notes := []flow.Note{begun{move: true}}
	if d.busy != "" { // its answer is the look
		return d.step(drafts, notes)
	}
	return d.step(drafts, append(notes, sent{flow.QueryHold}), d.call(flow.QueryHold))
}

// planMove is what the open move needs next. One that may have been sent in an
// earlier life is asked about first; one that the network does not know is sent
// again under its number, after another look at the totals.
func (d *Deposit) planMove() (do flow.Verb, at int64) {
	m := d.open()
	_, ask := verbs(m.What)
	first := d.first(m.What)
	t := d.rules.Timing(d.asked.Network).Hold
	gap := func(every time.Duration) int64 {
		if !d.dropped && (d.gaveUp || d.heard.Stuck) {
			every = max(every, slowly)
		}
		return max(every, time.Second).Milliseconds()
	}
	v := d.move
	switch {
	case v.busy != "" || d.busy != "":
		return "", 0
	case d.unbooked:
		return ask, max(v.heardAt, d.heardAt) + flow.Quiet.Milliseconds()
	case d.dropped:
		return ask, max(v.since, v.heardAt+gap(t.QueryEvery))
	case v.mine && v.sends == 0 && !v.looked:
		return flow.QueryHold, max(v.since, d.heardAt+gap(t.QueryEvery))
	case v.mine && v.sends == 0 && v.heardAt != 0: // nobody could say yet whether its number is free
		return first, v.heardAt + gap(t.QueryEvery)
	case v.mine && v.sends == 0:
		return first, v.since
	case v.heardAt == 0:
		return ask, v.since
	case d.mayRepeat():
		return flow.QueryHold, max(v.sentAt+gap(t.Again), v.heardAt, d.heardAt+gap(t.QueryEvery))
	}
	return ask, v.heardAt + gap(t.QueryEvery)
}

// mayRepeat tells whether the open move, which may have been sent before, goes out
// once more under its number as soon as the network's totals have been looked at:
// meanwhile somebody else may have moved the deposit in its stead.
func (d *Deposit) mayRepeat() bool {
	return d.move.unknown && !d.unsure && !d.dropped && d.repeated < startsMax
}

// sendMove sends the open move, or asks about it.
func (d *Deposit) sendMove(do flow.Verb) flow.Step {
	m := d.open()
	var drafts []entry.Draft
	if isSend(do) && d.mustCount {
		drafts = append(drafts, d.repeat(do, m.Number))
		if d.repeated+1 >= startsMax && !d.gaveUp {
			drafts = append(drafts, d.stuckMove(m.Number, tooOften), d.task(moveCapped))
		}
	}
	return d.step(drafts, []flow.Note{sent{do}}, d.moveCall(do, m.MoveAskedBody))
}

func (d *Deposit) stuckMove(number, code string) entry.Draft {
	return entry.New(entry.HoldHeard, entry.HoldHeardBody{Number: number, Code: code, Stuck: true})
}

// moveAnswer takes a network's word on a move.
func (d *Deposit) moveAnswer(ev flow.Answer, notes []flow.Note, now flow.Now) flow.Step {
	m := d.open()
	if m == nil || ev.Number != m.Number {
		return flow.Step{}
	}
	r := ev.Result
	switch {
	case d.move.mine && d.move.sends == 0 && !isSend(ev.Do) && !d.dropped:
		return d.probed(r, notes, now)
	case m.What == entry.Capture && r.State == pay.Paid, m.What == entry.Release && r.State == pay.Returned:
		return d.moved(*m, r, notes, now)
	case r.State == pay.Declined && isSend(ev.Do) && d.underWay(now):
		return d.step(nil, notes)
	case r.State == pay.Declined:
		return d.refuse(m.Number, pay.Declined, r, notes)
	case r.State == pay.Mismatch: // another sum moved under its number, or in its place
		return d.refuse(m.Number, pay.Mismatch, r, notes, d.task(moveOther))
	case r.State == pay.Waiting:
		return d.step(d.accepted(r.Code), notes)
	case r.NotFound && d.dropped && !isSend(ev.Do) && now.Mono >= d.move.sentAt+arrivesIn.Milliseconds():
		r.Code = givenUp
		return d.refuse(m.Number, pay.Declined, r, notes)
	}
	var drafts []entry.Draft
	switch {
	case r.Fault:
		drafts = append(d.stuckAt(r.Code), d.fault()...)
	case d.move.sends+1 >= sendsMax && isSend(ev.Do) && !d.gaveUp:
		drafts = append(d.stuckAt(cmp.Or(r.Code, tooOften)), d.task(moveCapped))
	}
	return d.step(drafts, notes)
}

// underWay tells whether the open move was sent before in vain, so lately that it
// may arrive yet: what the network says of it now is not the last word. It is asked
// about and sent once more, under its number.
func (d *Deposit) underWay(now flow.Now) bool {
	at := d.move.lostAt
	return at != 0 && now.Mono < at+arrivesIn.Milliseconds()
}

// accepted keeps that the network has taken the open move on. Only a change is worth
// a commit.
func (d *Deposit) accepted(code string) []entry.Draft {
	if pay.State(d.heard.State) == pay.Waiting && !d.heard.Stuck {
		return nil
	}
	return []entry.Draft{entry.New(entry.HoldHeard, entry.HoldHeardBody{Number: d.open().Number, State: uint8(pay.Waiting), Code: code})}
}

// stuckAt keeps that it goes no further, as the code says, until a person acts.
func (d *Deposit) stuckAt(code string) []entry.Draft {
	if pay.State(d.heard.State) == pay.Unknown && d.heard.Stuck && d.heard.Code == code {
		return nil
	}
	return []entry.Draft{d.stuckMove(d.open().Number, code)}
}

// moved takes the network's word that it was carried out: slip and voice follow,
// and a look at the totals.
func (d *Deposit) moved(m entry.HoldMove, r pay.Result, notes []flow.Note, now flow.Now) flow.Step {
	body := entry.MoveDoneBody{Number: m.Number, Amount: m.Amount, Network: r.Network}
	if m.What == entry.Capture && m.Last {
		body.Rest = d.Left()
		body.Unseen = body.Rest > 0
	}
	if !r.PaidAt.IsZero() {
		body.At = r.PaidAt.Unix()
	}
	drafts := []entry.Draft{entry.New(entry.MoveDone, body)}
	after := d.after(drafts, now)
	if after.Left() == 0 {
		drafts = append(drafts, after.closeWarnings()...)
	}
	if !d.move.mine || now.Mono-d.move.since > spokenFor.Milliseconds() {
		drafts = append(drafts, d.unspoken()...)
	}
	step := d.done(drafts, notes, now)
	if d.busy == "" {
		step.Notes, step.Effects = append(step.Notes, sent{flow.QueryHold}), append(step.Effects, after.call(flow.QueryHold))
	}
	return step
}

// refuse is a move's end without what was asked for; the totals are looked at.
func (d *Deposit) refuse(number string, state pay.State, r pay.Result, notes []flow.Note, more ...entry.Draft) flow.Step {
	body := entry.MoveRefusedBody{Number: number, State: uint8(state), Code: r.Code, Text: r.Message}
	if state == pay.Mismatch {
		body.Amount = r.Amount
	}
	drafts := append([]entry.Draft{entry.New(entry.MoveRefused, body)}, more...)
	drafts = append(drafts, d.faultOf(r)...)
	if d.open().Instead != 0 && d.after(drafts, flow.Now{}).Left() > 0 {
		drafts = append(drafts, d.task(notReleased))
	}
	if state == pay.NotSent || d.busy != "" {
		return d.step(drafts, notes)
	}
	after := d.after(drafts, flow.Now{})
	return d.step(drafts, append(notes, sent{flow.QueryHold}), after.call(flow.QueryHold))
}

// lookedAt takes an answer about the totals while a move waits to be sent. What is
// not as we have it is written down, and nothing is sent: the clerk decides anew.
func (d *Deposit) lookedAt(r pay.Result, notes []flow.Note, now flow.Now) flow.Step {
	m := d.open()
	late := now.Mono-d.move.since >= lookFor.Milliseconds()
	switch {
	case d.lags(r) && !late:
		return d.step(nil, notes)
	case d.lags(r):
		r.Code = differing
		return d.refuse(m.Number, pay.NotSent, r, notes, d.fault()...)
	case r.State == pay.Paid:
		seen := d.differences(r, now)
		if seen == nil && (r.Held == nil || d.addsUp(*r.Held)) {
			do := d.first(m.What)
			return d.step(nil, append(notes, looked{}, sent{do}), d.moveCall(do, m.MoveAskedBody))
		}
		r.Code = differing
		return d.refuse(m.Number, pay.NotSent, r, notes, seen...)
	}
	if r.State == pay.Unknown && !r.Fault && !r.NotFound && !late || r.State == pay.Waiting {
		return d.step(nil, notes)
	}
	var more []entry.Draft
	if r.State == pay.Mismatch || r.State == pay.Declined || r.NotFound {
		more = d.doubt()
	}
	r.Code = cmp.Or(r.Code, notLooked)
	return d.refuse(m.Number, pay.NotSent, r, notes, more...)
}

// lookedAgain takes an answer about the totals while the open move, which the network
// does not know, waits to be sent once more. Totals that are not ours may have the move
// in them: it is asked about again. Where it is still not known once no send of it can
// arrive any more, somebody else has moved the deposit: it is not sent, and its number
// stays used.
func (d *Deposit) lookedAgain(r pay.Result, notes []flow.Note, now flow.Now) flow.Step {
	m := d.open()
	switch {
	case d.lags(r):
		return d.step(d.faultBehind(), notes)
	case r.State == pay.Mismatch || r.State == pay.Declined || r.NotFound:
		return d.step(d.doubt(), notes)
	case r.State != pay.Paid || r.Held == nil:
		return d.step(d.faultOf(r), notes)
	case !d.addsUp(*r.Held):
		return d.step(d.fault(), notes)
	}
	seen := d.differences(r, now)
	switch {
	case seen == nil:
		send, _ := verbs(m.What)
		step := d.sendMove(send)
		step.Notes = append(notes, step.Notes...)
		return step
	case !d.move.strange || now.Mono < d.move.sentAt+arrivesIn.Milliseconds():
		return d.step(nil, append(notes, strange{}))
	}
	r.Code = differing
	return d.refuse(m.Number, pay.Declined, r, notes, seen...)
}

// doubt asks for a person where the network knows nothing of what we hold.
func (d *Deposit) doubt() []entry.Draft {
	if d.doubted != 0 {
		return nil
	}
	return []entry.Draft{d.task(totalsDiffer)}
}
