package sale

import (
	"fmt"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/store/entry"
)

// Fold takes a committed entry. A fact that cannot follow from the ones before
// is a damaged journal or a mistake in this program, so it panics, naming the order.
func (s *Sale) Fold(e entry.Entry) {
	if s.key == 0 {
		s.key = e.Key
	}
	s.last = e.Seq
	s.unbooked = false
	s.tasks = s.tasks.Fold(e)
	switch e.Kind {
	case entry.Opened:
		s.order, s.opened = entry.Must[entry.OpenedBody](e), true
	case entry.Inherited:
		s.inherit(entry.Must[entry.InheritedBody](e), e.Stamp)
	case entry.Asked:
		b := entry.Must[entry.AskedBody](e)
		for _, a := range s.pending() {
			if !a.besides(b) {
				panic(fmt.Sprintf("order %d: entry %d asks again while attempt %s is not final", s.key, e.Seq, a.Number))
			}
		}
		s.attempts = append(s.attempts, attempt{AskedBody: b, asked: e.Stamp, since: e.Mono, sentUntil: e.Mono})
		s.noQR = false
	case entry.Heard:
		b := entry.Must[entry.HeardBody](e)
		a := s.mustFind(b.Number, e)
		if pay.State(b.State) == pay.Paid {
			a.wasPaid = true
		} else {
			a.state, a.code = pay.State(b.State), b.Code
		}
	case entry.Returning:
		b := entry.Must[entry.ReturningBody](e)
		a := s.mustFind(b.Number, e)
		a.returning, a.why = true, b.Why
	case entry.Ended:
		b := entry.Must[entry.EndedBody](e)
		a := s.mustFind(b.Number, e)
		a.state, a.code, a.text = pay.State(b.State), b.Code, b.Text
	case entry.Settled:
		s.settle(e)
	case entry.Frozen:
		b := entry.Must[entry.FrozenBody](e)
		a := s.mustFind(b.Number, e)
		a.state, a.code, s.frozen = pay.Mismatch, b.Code, true
		a.frozenAt, a.decided, a.paid = e.Seq, false, b.Amount
	case entry.Decided:
		s.foldDecided(e)
	case entry.Cancelled:
		s.cancelled = true
	case entry.Outputs:
		s.outputs.Fold(e)
	case entry.Repeated:
		b := entry.Must[entry.RepeatedBody](e)
		if a := s.attempt(b.Number); a != nil && (b.What == string(flow.Undo) || b.What == string(flow.AskRefund)) {
			a.repeated, a.mustCount = b.Times, false
		}
		s.outputs.Fold(e)
	case entry.Task:
		switch b := entry.Must[entry.TaskBody](e); b.What {
		case undoCapped:
			s.mustFind(b.Text, e).capped = true
		case flow.NetworkFault:
			s.mustFind(b.Text, e).faulted = true
		case noUndo:
			s.mustFind(b.Text, e).asksPerson = true
		}
	}
}

func (s *Sale) mustFind(number string, e entry.Entry) *attempt {
	a := s.attempt(number)
	if a == nil {
		panic(fmt.Sprintf("order %d: entry %d (%s) speaks of attempt %s, which was never asked", s.key, e.Seq, e.Kind, number))
	}
	return a
}

func (s *Sale) inherit(b entry.InheritedBody, at entry.Stamp) {
	s.order, s.opened = b.OpenedBody, true
	if b.Number == "" {
		return
	}
	s.attempts = append(s.attempts, attempt{
		AskedBody: b.AskedBody, asked: entry.Stamp{Wall: b.Asked}, since: at.Mono, sentUntil: at.Mono,
		returning: b.Returning,
	})
}

func (s *Sale) settle(e entry.Entry) {
	b := entry.Must[entry.SettledBody](e)
	a := s.mustFind(b.Number, e)
	if a.returning || s.settled != nil {
		panic(fmt.Sprintf("order %d: entry %d settles attempt %s, which is on its way back or not the first", s.key, e.Seq, b.Number))
	}
	a.state, a.code, a.network = pay.Paid, "", b.Network
	s.settled, s.settledAt, s.settledSeq = &b, e.Stamp, e.Seq
	s.outputs = flow.Follow(flow.Slip, flow.Voice)
	if a.Way == entry.ByCash { // first: the clerk gives change while the slip is printed
		s.outputs = flow.Follow(flow.Drawer, flow.Slip, flow.Voice)
	}
	if b.Gate {
		s.outputs = append(s.outputs, flow.Follow(flow.Gate)...)
	}
}

// The notes of a sale: what is known only in this life.
type (
	drafted struct {
		order entry.OpenedBody
		staff string
		at    int64
		visit visit
	}
	sent struct {
		number string
		do     flow.Verb
	}
	heard struct {
		number string
		do     flow.Verb
		result pay.Result
		at     int64
	}
	restarted struct {
		at   int64
		boot entry.Seq
	}
	gateDecided struct{}
	unbooked    struct{ at int64 }
	dropDraft   struct{}
)

// Note takes what is known only in this life.
func (s *Sale) Note(n flow.Note) {
	s.outputs.Note(n)
	s.retries.Note(n)
	switch n := n.(type) {
	case drafted:
		s.order, s.staff, s.drafted, s.visit = n.order, n.staff, n.at, n.visit
	case dropDraft:
		s.cancelled = true
	case sent:
		if a := s.attempt(n.number); a != nil {
			a.busy = n.do
		}
	case onScreen:
		if a := s.attempt(n.number); a != nil {
			a.link, a.until = n.link, n.until
		}
	case waits:
		s.waiting = n.waiting
	case qrEnds:
		s.noQR = true
	case heard:
		if a := s.attempt(n.number); a != nil {
			a.hear(n)
		}
		s.triedAt = n.at
		if n.verified() { // and there was nothing to write about it
			s.unbooked = false
		}
	case backed:
		if a := s.attempt(n.number); a != nil {
			a.hearRefund(n)
		}
	case tooLate:
		if a := s.attempt(n.number); a != nil {
			a.late = true
		}
	case missed:
		if a := s.attempt(n.number); a != nil && a.missingAt == 0 {
			a.missingAt = n.at
		}
	case gateDecided:
		s.gateAsk = false
	case restarted:
		s.start, s.earlier = n.at, s.settled != nil
		s.sameBoot = s.earlier && n.boot > 0 && s.settledSeq >= n.boot
		if o := s.outputs.Of(flow.Gate); o != nil && o.Owed() {
			s.gateAsk = true
		}
		for i := range s.attempts {
			a := &s.attempts[i]
			a.since, a.sentUntil, a.mustCount = n.at, n.at, a.returning
		}
	case unbooked:
		if !s.unbooked {
			s.unbookedAt = n.at
		}
		s.unbooked, s.triedAt = true, n.at
	}
}

// verified tells whether the network itself has spoken.
func (n heard) verified() bool {
	return n.result.State != pay.Unknown || n.result.NotFound || !n.result.Date.IsZero()
}

func (a *attempt) hear(n heard) {
	a.busy, a.heardAt, a.unseen = "", n.at, n.result.NotFound
	switch n.do {
	case flow.Charge, flow.Show:
		a.sentUntil = n.at
	case flow.Query:
		a.queries++
		a.mustAsk = false
		a.stillPaid = n.result.State == pay.Paid
		if n.result.State != pay.Unknown {
			a.missingAt = 0
		}
	case flow.Undo:
		a.undos++
		a.undoAt, a.mustAsk, a.stillPaid = n.at, true, false
		if n.result.State == pay.Declined || n.result.NotFound {
			a.undone = true
		}
	}
}
