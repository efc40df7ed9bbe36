package sim

import (
	"slices"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// odd is a success that is not the order's, and what a person has said of it.
type odd struct {
	at   entry.Seq // of its entry; 0: there is none
	code string
	paid money.Fen // what the network says was paid
	word string    // of a person; empty: none yet
}

// booked tells whether a person has said that it counts.
func (a *attempt) booked() bool { return a.odd.word == entry.Booked }

// decided holds a person's word against what is known: nobody books what is on
// its way back, or what is somebody else's. What is booked has to be what the
// network's books say, which the ledger sees to.
func (o *Oracle) decided(f *order, b entry.DecidedBody) {
	a := o.attempts[b.Number]
	switch {
	case a == nil || a.odd.at != b.Of || a.odd.word != "":
		o.breaks(2, "order %d: a person decides on entry %d, where there is nothing to decide", f.key, b.Of)
		return
	case b.What != entry.Elsewhere && pay.Theirs(a.odd.code):
		o.breaks(2, "attempt %s is somebody else's payment, and by a person's word it is %s", a.number, b.What)
	case b.What == entry.Booked && (a.returning || f.over):
		o.breaks(2, "attempt %s is booked by a person's word, and it was on its way back, or its order over", a.number)
	}
	a.odd.word = b.What
	f.frozen = slices.ContainsFunc(f.attempts, func(a *attempt) bool { return a.odd.at != 0 && a.odd.word == "" })
	switch b.What {
	case entry.Booked:
		o.stats[Booked]++
		f.amount = a.odd.paid
	case entry.GoesBack:
		o.stats[SentBack]++
		a.ended, a.returning, a.why, a.gone = false, true, "decided", time.Now()
		f.open = append(f.open, a)
	case entry.Elsewhere:
		o.stats[Elsewhere]++
	}
}

// errand is something that waits for a person.
type errand struct {
	lane    string
	key, of entry.Seq // the object, and the entry
	number  string    // of the attempt that is odd; empty: it is a task
	odd
}

// Errands are what waits for people, the oldest first.
func (o *Oracle) Errands() (all []errand) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, a := range o.attempts {
		if a.odd.at != 0 && a.odd.word == "" {
			all = append(all, errand{a.order.lane, a.order.key, a.odd.at, a.number, a.odd})
		}
	}
	for seq, lane := range o.tasks {
		all = append(all, errand{lane: lane, key: o.durable[seq].Key, of: seq})
	}
	slices.SortFunc(all, func(a, b errand) int { return int(a.of) - int(b.of) })
	return all
}

// task keeps which tasks nobody has seen to.
func (o *Oracle) task(lane string, e entry.Entry) {
	switch e.Kind {
	case entry.Task:
		o.tasks[e.Seq] = lane
	case entry.TaskDone:
		of := entry.Must[entry.TaskDoneBody](e).Of
		if _, open := o.tasks[of]; !open {
			o.breaks(2, "task %d is seen to, and there is no such task, or somebody was faster", of)
		}
		delete(o.tasks, of)
		o.stats[SeenTo]++
	}
}
