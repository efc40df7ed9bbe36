package store

import (
	"cmp"

	"tillgate/store/entry"
)

// holding is what is known of a deposit of the damaged epoch that may have to go on.
type holding struct {
	hold   Hold // a fold of the entries that can be read
	done   bool // the newest says so
	sure   bool // all of them are in the chain, none missing
	epoch  int64
	was    entry.Seq // its key there
	guest  []byte    // its personal fields
	doubt  bool      // it was not believed when it came here
	newest entry.Seq // that can be read
}

// foldHold takes an entry into its deposit; ok is false where it is none's.
func (v *salvage) foldHold(f found, chained bool) (ok bool) {
	d, known := v.held[f.Key]
	switch f.Kind {
	case entry.HoldAsked, entry.HoldHeard, entry.HoldPlaced, entry.HoldReturning, entry.HoldEnded, entry.HoldSeen, entry.HoldInherited, entry.HoldAdopted,
		entry.MoveAsked, entry.MoveDone, entry.MoveRefused:
	default:
		if !known {
			return false
		}
	}
	if !known {
		d = &holding{was: f.Key, sure: f.Seq == f.Key, hold: Hold{ID: f.Key}}
		v.held[f.Key] = d
	}
	d.sure = d.sure && chained && f.Prev == d.newest
	d.newest, d.done = f.Seq, f.done
	body := bodyOf(f.Kind, f.Body)
	if b, ok := body.(entry.HoldInheritedBody); ok && f.Kind == entry.HoldInherited {
		d.epoch, d.was, d.doubt = b.Epoch, b.Key, b.Unsure
	}
	if f.Private != nil {
		d.guest = f.Private
	}
	d.hold = d.hold.fold(f.Entry, body, nil)
	if f.done && chained {
		delete(v.held, f.Key)
		if row := v.holds[f.Key]; row.Last <= f.Seq {
			delete(v.holds, f.Key)
		}
	}
	return true
}

// unreleased are the beginnings of the deposits that go on in the next epoch,
// oldest first; keys leads from the damaged epoch's deposits to what they are now.
func (v *salvage) unreleased(epoch int64, keys map[entry.Seq]entry.Seq) (all []goingOn) {
	both := map[entry.Seq]bool{}
	for key := range v.held {
		both[key] = true
	}
	for key := range v.holds {
		both[key] = true
	}
	for _, key := range sortedKeys(both) {
		d, ok := v.held[key]
		if !ok {
			d = &holding{was: key}
		}
		row, summed := v.holds[key]
		h, sure := d.believed(row, summed)
		if h.Last == d.newest && d.done || !h.Open() {
			continue
		}
		v.went[key] = true
		if !entry.IsNumber(h.Asked.Number, "") {
			all = append(all, goingOn{key, entry.New(entry.Task, entry.TaskBody{What: "hold-unreadable"})})
			continue
		}
		body := entry.HoldInheritedBody{Epoch: cmp.Or(d.epoch, epoch), Key: d.was, Unsure: d.doubt || !sure, Asked: h.AskedAt, Trust: h.AskedTrust,
			Returning: h.Returning, Placed: h.Placed, Captured: h.Captured, Released: h.Released, Resting: h.Resting, Moves: h.Moves, Site: h.Site, HoldAskedBody: h.Asked}
		body.Instead = keys[body.Instead]
		draft := entry.New(entry.HoldInherited, body)
		draft.Private = d.guest
		all = append(all, goingOn{key, draft})
	}
	return all
}

// believed is a deposit as it goes on: from its entries where all of them are in
// the chain, or where the summary says the same; from the summary where that is
// newer. Where the two differ the network is asked, and nothing of it moves here:
// sure is false.
func (d *holding) believed(row Hold, summed bool) (h Hold, sure bool) {
	agree := summed && row.Asked.Number == d.hold.Asked.Number && row.Asked.Amount == d.hold.Asked.Amount
	switch {
	case d.newest == 0: // no entry can be read
		return row, false
	case d.sure && (!summed || row.Last <= d.newest):
		return d.hold, true
	case summed && row.Last >= d.newest && entry.IsNumber(row.Asked.Number, ""):
		return row, agree
	}
	return d.hold, false
}
