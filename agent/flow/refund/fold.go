package refund

import (
	"fmt"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/store/entry"
)

// Fold takes a committed entry. A fact that cannot follow from the ones before
// is a damaged journal or a mistake in this program, so it panics, naming the refund.
func (r *Refund) Fold(e entry.Entry) {
	if r.key == 0 {
		r.key = e.Key
	}
	r.last = e.Seq
	r.unbooked = false
	r.outputs.Fold(e)
	r.tasks = r.tasks.Fold(e)
	switch e.Kind {
	case entry.RefundAsked:
		r.asked, r.at, r.since = entry.Must[entry.RefundAskedBody](e), e.Stamp, e.Mono
	case entry.RefundInherited:
		b := entry.Must[entry.RefundInheritedBody](e)
		r.asked, r.at, r.since, r.unsure = b.RefundAskedBody, e.Stamp, e.Mono, b.Unsure
	case entry.RefundHeard:
		b := entry.Must[entry.RefundHeardBody](e)
		r.state, r.code, r.stuck = pay.State(b.State), b.Code, b.Stuck
	case entry.RefundDone:
		b := entry.Must[entry.RefundDoneBody](e)
		r.end(e, pay.Returned)
		r.code, r.text, r.done, r.doneAt = "", "", &b, e.Stamp
		r.outputs = flow.Follow(flow.Slip, flow.Voice)
		if r.asked.Way == entry.ByCash { // first: the clerk takes the money out while the slip is printed
			r.outputs = flow.Follow(flow.Drawer, flow.Slip, flow.Voice)
		}
	case entry.RefundRefused:
		b := entry.Must[entry.RefundRefusedBody](e)
		r.end(e, pay.State(b.State))
		r.code, r.text, r.other = b.Code, b.Text, b.Amount
	case entry.Repeated:
		if b := entry.Must[entry.RepeatedBody](e); b.What == string(flow.AskRefund) {
			r.repeated, r.mustCount = b.Times, false
		}
	case entry.Task:
		switch entry.Must[entry.TaskBody](e).What {
		case flow.NetworkFault:
			r.faulted = true
		case capped, lost:
			r.gaveUp = true
		}
	}
}

// end takes the last word, which comes once.
func (r *Refund) end(e entry.Entry, state pay.State) {
	if r.final() || r.asked.Number == "" || !state.Final() {
		panic(fmt.Sprintf("refund %d: entry %d (%s) ends what has not begun or has ended", r.key, e.Seq, e.Kind))
	}
	r.state, r.stuck = state, false
}

// The notes of a refund: what is known only in this life.
type (
	begun struct{}
	sent  struct{ do flow.Verb }
	heard struct {
		do     flow.Verb
		result pay.Result
		at     int64
	}
	refused   struct{} // by the disk: what was heard
	restarted struct{ at int64 }
)

// Note takes what is known only in this life.
func (r *Refund) Note(n flow.Note) {
	r.outputs.Note(n)
	r.retries.Note(n)
	switch n := n.(type) {
	case begun:
		r.mine = true
	case sent:
		r.busy = n.do
	case heard:
		r.hear(n)
	case refused:
		r.unbooked = true
	case restarted:
		r.since, r.sentAt, r.mustCount = n.at, n.at, true
	}
}

func (r *Refund) hear(n heard) {
	r.busy, r.heardAt, r.unknown, r.unbooked = "", n.at, n.result.NotFound, false
	if n.do == flow.AskRefund {
		r.sends++
		r.sentAt, r.queries = n.at, 0
		return
	}
	r.queries++
}
