package deposit

import (
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// taken is the code of a move whose number another agent has used.
const taken = "number taken"

// takeOver begins another agent's deposit here, once its network has said what is
// held of it. Until then nothing is written. What that agent had otherwise stands
// beside the network's totals, for people to see before they do anything with it.
func (d *Deposit) takeOver(ev flow.TakeOver, now flow.Now) flow.Step {
	f, r := ev.Foreign, ev.Result
	switch {
	case ev.Merchant.Name == "":
		return tell(words.TellHoldOtherShop)
	case f.Busy: // what it has sent may arrive after our totals are read
		return tell(words.TellHoldMoving)
	case r.NotFound, r.State == pay.Declined, r.State == pay.Mismatch:
		return tell(words.TellHoldNotThere)
	case r.State != pay.Paid || r.Held == nil || r.Fault:
		return tell(words.TellHoldUnheard)
	case r.Held.Captured < 0 || r.Held.Released < 0 || r.Held.Left < 0 || r.Held.Captured+r.Held.Released+r.Held.Left != f.Amount:
		return tell(words.TellHoldNotThere)
	case r.Held.Left == 0:
		return tell(words.TellHoldOver)
	}
	way := ""
	if f.QR {
		way = entry.ByQR
	}
	body := entry.HoldInheritedBody{Asked: f.Asked.Wall, Trust: f.Asked.Trust, Captured: r.Held.Captured, Released: r.Held.Released,
		Site: &entry.HoldSite{From: f.From, Lane: f.Lane, Captured: f.Captured, Released: f.Released,
			NetCaptured: r.Held.Captured, NetReleased: r.Held.Released, Captures: f.Captures, Releases: f.Releases, Rank: f.Takers + 1},
		HoldAskedBody: entry.HoldAskedBody{Number: f.Number, Amount: f.Amount, Lane: ev.Lane, Merchant: ev.Merchant.Name, Network: ev.Merchant.Network, Way: way,
			Title: f.Title, Ref: f.Ref, Room: ev.RoomHash, Staff: ev.Staff, By: f.By, Account: f.Account}}
	placed := d.terms(body.HoldAskedBody, f.Asked.Wall, r)
	body.Placed = &placed
	draft := entry.New(entry.HoldAdopted, body)
	draft.Private = ev.Private
	drafts := []entry.Draft{draft}
	if ev.Request != nil {
		drafts = append(drafts, entry.New(entry.Requested, *ev.Request))
	}
	return flow.Step{Entries: drafts, Notes: []flow.Note{heardNote{flow.QueryHold, r, now.Stamp}}}
}

// foldSite takes the entry with which another agent's deposit begins here.
func (d *Deposit) foldSite(e entry.Entry) {
	b := entry.Must[entry.HoldInheritedBody](e)
	d.inherit(b, e)
	d.placedAt = e.Stamp
}

// shared tells whether other agents may have used the next numbers of it.
func (d *Deposit) shared() bool { return d.site != nil || d.differs }

// first is what goes out for a move after the look at the totals: the move itself,
// or where others move the deposit too a question whether its number is free. A
// number that is another's would be answered as if this move were carried out.
func (d *Deposit) first(what string) flow.Verb {
	send, ask := verbs(what)
	if d.shared() && !d.move.free {
		return ask
	}
	return send
}

// probed takes an answer about the number of a move that was not sent yet.
func (d *Deposit) probed(r pay.Result, notes []flow.Note, now flow.Now) flow.Step {
	m := d.open()
	late := now.Mono-d.move.since >= lookFor.Milliseconds()
	switch {
	case r.NotFound && !d.move.looked:
		return d.step(nil, append(notes, free{}))
	case r.NotFound:
		send, _ := verbs(m.What)
		return d.step(nil, append(notes, free{}, sent{send}), d.moveCall(send, m.MoveAskedBody))
	case r.State == pay.Unknown && !r.Fault && !late:
		return d.step(nil, notes)
	case r.State == pay.Unknown && r.Code == "":
		r.Code = notLooked
	case r.State != pay.Unknown: // and stays so: the next one is another
		r.Code, r.Message = taken, ""
		return d.refuse(m.Number, pay.Declined, r, notes)
	}
	return d.refuse(m.Number, pay.NotSent, r, notes)
}
