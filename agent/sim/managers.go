package sim

import (
	"slices"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/store/entry"
)

// decide is a manager who sees to something that waits for a person: a task, or a
// success that is not the order's, which is looked up in the network's own books
// first. It tells whether there was anything.
func (w *world) decide() bool {
	waiting := w.oracle.Errands()
	if odd := slices.DeleteFunc(slices.Clone(waiting), func(e errand) bool { return e.number == "" }); len(odd) > 0 {
		waiting = odd // money first
	}
	if len(waiting) == 0 {
		return false
	}
	e := waiting[w.rng.IntN(len(waiting))]
	i := slices.IndexFunc(w.stands, func(st *stand) bool { return st.name == e.lane })
	what, sure := "", true
	if e.number != "" {
		what, sure = w.word(e)
	}
	if !sure {
		return false
	}
	word := flow.Decide{Key: e.key, Of: e.of, What: what, Amount: e.paid, By: "local-1", Why: "seen in the merchant's list"}
	w.story.Tell("%s: a manager decides on entry %d of %d: %q", e.lane, e.of, e.key, what)
	w.tell(i, word)
	if w.chance(4) { // and another one, who has not heard of it
		w.pass(between(w.rng, time.Millisecond, time.Second))
		if what != "" {
			word.What = []string{entry.Booked, entry.GoesBack, entry.Elsewhere}[w.rng.IntN(3)]
		}
		w.oracle.count(Undecided)
		w.tell(i, word)
	}
	return true
}

// word is what a manager says of a success that is not the order's; not sure where
// the network's books say neither that it was paid as it says nor that it was not.
func (w *world) word(e errand) (what string, sure bool) {
	books := w.bank.Ledger()
	i := slices.IndexFunc(books, func(b sandbox.Entry) bool { return b.Number == e.number })
	switch {
	case pay.Theirs(e.code) || i < 0 || books[i].Charged == 0:
		return entry.Elsewhere, true
	case books[i].Charged != e.paid || books[i].Settled != e.paid || books[i].Returned != 0:
		return "", false
	}
	return []string{entry.Booked, entry.GoesBack}[w.rng.IntN(2)], true
}
