package store

import (
	"cmp"
	"slices"

	"tillgate/store/entry"
)

// giving is what is known of a refund of the damaged epoch that may have to go on.
type giving struct {
	last   entry.Seq // newest entry that can be read
	done   bool      // that entry says so
	state  entry.Kind
	asked  entry.RefundAskedBody
	sure   bool      // asked is in the chain
	unsure bool      // it was not believed when it came here
	epoch  int64     // of the first epoch that it comes from, 0 for the damaged one
	was    entry.Seq // its key there
}

// foldRefund takes an entry into its refund; ok is false where it is none's.
func (v *salvage) foldRefund(f found, chained bool) (ok bool) {
	g, known := v.givings[f.Key]
	switch f.Kind {
	case entry.RefundAsked, entry.RefundHeard, entry.RefundDone, entry.RefundRefused, entry.RefundInherited:
	default:
		if !known {
			return false
		}
	}
	if !known {
		g = &giving{was: f.Key}
		v.givings[f.Key] = g
	}
	g.last, g.done = f.Seq, f.done
	switch b := bodyOf(f.Kind, f.Body).(type) {
	case entry.RefundAskedBody:
		g.asked, g.sure = b, chained
	case entry.RefundInheritedBody:
		g.asked, g.sure, g.unsure, g.epoch, g.was = b.RefundAskedBody, chained, b.Unsure, b.Epoch, b.Key
	}
	g.state = (Refund{State: g.state}).fold(f.Seq, f.Kind, nil).State
	if f.done && chained {
		delete(v.givings, f.Key)
		if row := v.refunds[f.Key]; row.Last <= f.Seq {
			delete(v.refunds, f.Key)
		}
	}
	return true
}

// unreturned are the beginnings of the refunds that go on in the next epoch,
// oldest first; keys leads from the damaged epoch's orders to what they are now.
func (v *salvage) unreturned(epoch int64, keys map[entry.Seq]entry.Seq) (drafts []entry.Draft) {
	all := map[entry.Seq]bool{}
	for key := range v.givings {
		all[key] = true
	}
	for key := range v.refunds {
		all[key] = true
	}
	for _, key := range sortedKeys(all) {
		g, ok := v.givings[key]
		if !ok {
			g = &giving{was: key}
		}
		row, summed := v.refunds[key]
		if !g.open(row, summed) {
			continue
		}
		v.went[key] = true
		bodies := g.bodies(row, summed)
		for _, body := range bodies {
			body.Epoch, body.Key, body.Order = cmp.Or(g.epoch, epoch), g.was, keys[body.Order]
			drafts = append(drafts, entry.New(entry.RefundInherited, body))
		}
		if len(bodies) == 0 {
			drafts = append(drafts, entry.New(entry.Task, entry.TaskBody{What: "refund-unreadable"}))
		}
	}
	return drafts
}

// open tells whether a refund has to go on, as for orders.
func (g *giving) open(row Refund, summed bool) bool {
	switch {
	case summed && row.Last > g.last: // its newest entries cannot be read
		return !row.Final()
	case g.done:
		return false
	}
	return !(Refund{State: g.state}).Final()
}

// bodies is the refund as it goes on: from its entry where the chain or the
// summary confirms it, so that it may be sent again. Else each copy that could
// be true is asked about: to ask under a wrong number moves no money.
func (g *giving) bodies(row Refund, summed bool) (bodies []entry.RefundInheritedBody) {
	if g.sure || summed && row.Asked == g.asked {
		return []entry.RefundInheritedBody{{Unsure: g.unsure, RefundAskedBody: g.asked}}
	}
	copies := []entry.RefundAskedBody{g.asked}
	if summed {
		copies = append(copies, row.Asked)
	}
	for _, b := range slices.Compact(copies) {
		if of, _, err := entry.RefundOf(b.Number); err == nil && of == b.Of {
			bodies = append(bodies, entry.RefundInheritedBody{Unsure: true, RefundAskedBody: b})
		}
	}
	return bodies
}
