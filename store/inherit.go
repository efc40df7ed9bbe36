package store

import (
	"cmp"
	"maps"
	"slices"

	"tillgate/store/entry"
)

// order is what is known of an object of the damaged epoch that may have to go on.
type order struct {
	key       entry.Seq
	last      entry.Seq // newest entry that can be read
	done      bool      // that entry says so
	opened    entry.OpenedBody
	asked     entry.AskedBody
	askedAt   int64 // Unix ms
	sure      bool  // asked is in the chain
	askedSeq  entry.Seq
	returning bool
	epoch     int64 // of the first epoch that it comes from, 0 for the damaged one
	was       entry.Seq
	state     entry.Kind
	task      entry.Draft // of an object that is a task
}

// fold takes an entry into its order. Those that are done are dropped where
// that is certain, so that a long journal needs little memory.
func (v *salvage) fold(f found, chained bool) {
	switch f.Kind {
	case entry.Started, entry.Damaged, entry.Salvaged:
		return
	}
	if op, ok := todoOf(f.Seq, f.Key, f.Kind, bodyOf(f.Kind, f.Body)); ok {
		todoAfter(v.todo, op)
		if !op.done && f.Seq != f.Key {
			v.tasks[f.Seq] = entry.Draft{Kind: f.Kind, Body: f.Body, Private: f.Private}
		}
	}
	if v.foldRefund(f, chained) || v.foldHold(f, chained) {
		return
	}
	o, ok := v.orders[f.Key]
	if !ok {
		o = &order{key: f.Key, was: f.Key}
		v.orders[f.Key] = o
	}
	o.last, o.done = f.Seq, f.done
	switch f.Kind {
	case entry.Opened:
		o.opened, o.state = read[entry.OpenedBody](f.Body), f.Kind
	case entry.Asked:
		o.asked, o.askedAt, o.sure, o.askedSeq, o.returning = read[entry.AskedBody](f.Body), f.Wall, chained, f.Seq, false
		o.state = f.Kind
	case entry.Inherited:
		b := read[entry.InheritedBody](f.Body)
		o.opened, o.asked, o.askedAt, o.returning = b.OpenedBody, b.AskedBody, b.Asked, b.Returning
		o.epoch, o.was, o.sure, o.askedSeq, o.state = b.Epoch, b.Key, chained, f.Seq, f.Kind
	case entry.Returning:
		o.returning, o.state = true, f.Kind
	case entry.Ended:
		o.returning = o.returning && read[entry.EndedBody](f.Body).Number != o.asked.Number
		o.state = f.Kind
	case entry.Cancelled:
		if !o.returning { // else the attempt may still have taken money
			o.state = f.Kind
		}
	case entry.Settled, entry.Frozen:
		o.state = f.Kind
	case entry.Decided:
		if b := read[entry.DecidedBody](f.Body); b.What == entry.GoesBack && b.Number == o.asked.Number {
			o.returning = true
		}
	case entry.Task:
		if f.Seq == f.Key {
			o.task = entry.Draft{Kind: f.Kind, Body: f.Body, Private: f.Private}
		}
	case entry.ShiftOn:
		o.task = shiftLost(read[entry.ShiftOnBody](f.Body).Who)
	}
	if f.done && chained {
		delete(v.orders, f.Key)
		if sale := v.sales[f.Key]; sale.Last <= f.Seq {
			delete(v.sales, f.Key)
		}
		if shift := v.shifts[f.Key]; shift.Last <= f.Seq {
			delete(v.shifts, f.Key)
		}
	}
}

// shiftLost is what becomes of a shift that was on, or not handed over: nobody is
// on duty in a new epoch until they say so, and somebody has to count.
func shiftLost(who string) entry.Draft {
	return entry.New(entry.Task, entry.TaskBody{What: "shift-lost", Text: who})
}

// closed tells whether nothing is left to do for a shift.
func (s Shift) closed() bool { return s.Off != 0 && s.Handed != 0 }

// goingOn is the beginning in the next epoch of what had a key in the damaged one.
type goingOn struct {
	key   entry.Seq
	draft entry.Draft
}

// unfinished are the beginnings of what goes on in the next epoch, oldest first.
func (v *salvage) unfinished(epoch int64) (all []goingOn) {
	keys := map[entry.Seq]bool{}
	for key := range v.orders {
		keys[key] = true
	}
	for key := range v.sales {
		keys[key] = true
	}
	for key := range v.shifts {
		keys[key] = true
	}
	for _, key := range sortedKeys(keys) {
		o, ok := v.orders[key]
		if !ok {
			o = &order{key: key, was: key}
		}
		if shift, there := v.shifts[key]; there && shift.Last > o.last && !shift.closed() {
			o.task = shiftLost(shift.Who)
		}
		row, summed := v.sales[key]
		if !v.open(o, row, summed) {
			continue
		}
		if o.state == 0 && !summed {
			if o.task.Body != nil {
				all = append(all, goingOn{key, o.task})
			}
			continue
		}
		v.went[key] = true
		for _, body := range o.bodies(row, summed) {
			body.Epoch, body.Key = cmp.Or(o.epoch, epoch), o.was
			all = append(all, goingOn{key, entry.New(entry.Inherited, body)})
		}
	}
	return all
}

// open tells whether an order has to go on. In doubt it has: asking a network
// once more about a number that is final changes nothing.
func (v *salvage) open(o *order, row Sale, summed bool) bool {
	if summed && row.Last > o.last { // its newest entries cannot be read
		return !row.moneyFinal()
	}
	if o.done {
		return false
	}
	return !(Sale{State: o.state}).moneyFinal()
}

// moneyFinal tells whether an order is over: its money is where it belongs.
// An order whose attempt ended may have had a next one.
func (s Sale) moneyFinal() bool { return s.State == entry.Settled || s.State == entry.Cancelled }

// bodies is the order as it goes on: from its entries, or from its summary
// where the entries cannot be read or believed. Where both are plausible and
// differ, both attempts are asked for.
func (o *order) bodies(row Sale, summed bool) []entry.InheritedBody {
	body := entry.InheritedBody{OpenedBody: o.opened, AskedBody: o.asked, Asked: o.askedAt, Returning: o.returning}
	if !summed {
		return []entry.InheritedBody{body}
	}
	body.Lane = cmp.Or(body.Lane, row.Lane)
	body.Amount = cmp.Or(body.Amount, row.Amount)
	if row.State == entry.Returning {
		body.Returning = true
	}
	if row.Number == o.asked.Number || row.Number == "" || o.sure && row.Last <= o.last {
		body.Merchant, body.Network = cmp.Or(body.Merchant, row.Merchant), cmp.Or(body.Network, row.Network)
		return []entry.InheritedBody{body}
	}
	second := body
	second.AskedBody = entry.AskedBody{Number: row.Number, Merchant: row.Merchant, Network: row.Network}
	switch {
	case !entry.IsNumber(row.Number, ""):
		return []entry.InheritedBody{body}
	case !entry.IsNumber(o.asked.Number, "") || o.sure: // a later attempt than the one that can be read
		if o.asked.Number != "" && o.sure {
			second.Asked = 0
		}
		return []entry.InheritedBody{second}
	}
	return []entry.InheritedBody{body, second}
}

// undone are the tasks of objects that do not go on: they go on by themselves.
// Whoever follows an object that does calls for a person again.
func (v *salvage) undone() (drafts []entry.Draft) {
	for _, seq := range sortedKeys(v.todo) {
		key := v.todo[seq]
		if draft, ok := v.tasks[seq]; ok && !v.went[key] {
			drafts = append(drafts, draft)
		}
	}
	return drafts
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
