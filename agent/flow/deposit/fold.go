package deposit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// Fold takes a committed entry. A fact that cannot follow from the ones before
// is a damaged journal or a mistake in this program, so it panics, naming the deposit.
func (d *Deposit) Fold(e entry.Entry) {
	if d.key == 0 {
		d.key = e.Key
	}
	d.last = e.Seq
	d.unbooked = false
	d.outputs.Fold(e)
	d.tasks = d.tasks.Fold(e)
	switch e.Kind {
	case entry.HoldAsked:
		d.begin(entry.Must[entry.HoldAskedBody](e), e)
	case entry.HoldInherited:
		d.inherit(entry.Must[entry.HoldInheritedBody](e), e)
	case entry.HoldAdopted:
		d.foldSite(e)
	case entry.HoldHeard:
		d.hears(entry.Must[entry.HoldHeardBody](e))
	case entry.HoldPlaced:
		b := entry.Must[entry.HoldPlacedBody](e)
		d.ends(e, pay.Paid)
		d.placed, d.placedAt, d.placedBy = &b, e.Stamp, e.Seq
		d.follow(words.ActHold)
	case entry.HoldReturning:
		d.returning, d.code = true, ""
	case entry.HoldEnded:
		b := entry.Must[entry.HoldEndedBody](e)
		d.ends(e, pay.State(b.State))
		d.ended, d.code, d.text = true, b.Code, b.Text
	case entry.HoldSeen:
		b := entry.Must[entry.HoldSeenBody](e)
		d.captured, d.released, d.resting = b.Captured, b.Released, false
		d.differs, d.lapsed = d.differs || b.Why == entry.SeenDiffers, d.lapsed || b.Why == entry.SeenExpired
	case entry.MoveAsked, entry.MoveDone, entry.MoveRefused:
		d.foldMove(e)
	case entry.Repeated:
		if b := entry.Must[entry.RepeatedBody](e); b.Number != "" {
			d.repeated, d.mustCount = b.Times, false
		}
	case entry.Task:
		d.foldTask(e)
	case entry.Decided:
		d.dropped = d.dropped || entry.Must[entry.DecidedBody](e).What == entry.GivenUp
	case entry.TaskDone:
		if d.doubted != 0 && !slices.Contains(d.tasks, d.doubted) {
			d.doubted = 0
		}
	}
}

func (d *Deposit) begin(b entry.HoldAskedBody, e entry.Entry) {
	d.asked, d.at, d.since, d.sentUntil, d.owner = b, e.Stamp, e.Mono, e.Mono, b.Lane
	guest, _ := entry.Unseal[entry.HoldGuest](e.Private)
	d.room = guest.Room
}

func (d *Deposit) inherit(b entry.HoldInheritedBody, e entry.Entry) {
	d.begin(b.HoldAskedBody, e)
	d.at = entry.Stamp{Wall: b.Asked, Trust: b.Trust}
	d.placed, d.returning, d.unsure = b.Placed, b.Returning, b.Unsure
	d.captured, d.released, d.moves, d.site = b.Captured, b.Released, slices.Clone(b.Moves), b.Site
	for i := range d.moves {
		d.moves[i].Asked = 0 // of the epoch before
	}
	d.placedBy = e.Seq
	d.resting, d.restSince = b.Resting, e.Mono
	if b.Placed != nil {
		d.state = pay.Paid
	}
	if n := len(b.Moves); n > 0 {
		d.owner = b.Moves[n-1].Lane
	}
	if b.Placed != nil {
		d.act, d.outputs = words.ActHold, flow.Printed()
		if m := d.lastMoved(); m != nil {
			d.act = actOf(*m)
		}
	}
}

// lastMoved is the newest move that was carried out, which the newest slip is of; nil: none was.
func (d *Deposit) lastMoved() *entry.HoldMove {
	for i := range slices.Backward(d.moves) {
		if state := pay.State(d.moves[i].State); !d.moves[i].Open() && (state == pay.Paid || state == pay.Returned) {
			return &d.moves[i]
		}
	}
	return nil
}

// actOf is what a move that was carried out was, as its slip calls it.
func actOf(m entry.HoldMove) words.DepositAct {
	if m.What == entry.Capture {
		return words.ActCapture
	}
	return words.ActRelease
}

func (d *Deposit) hears(b entry.HoldHeardBody) {
	if b.Number != d.asked.Number {
		d.heard = b
		return
	}
	if pay.State(b.State) == pay.Paid {
		d.wasPaid = true
		return
	}
	d.state, d.code, d.stuck = pay.State(b.State), b.Code, b.Stuck
}

// follow are the outputs of something that was done. What was owed of an earlier
// act is nobody's business any more: its slip can be printed again.
func (d *Deposit) follow(act words.DepositAct) {
	d.act, d.outputs = act, flow.Follow(flow.Slip, flow.Voice)
}

// ends takes the last word on the deposit itself, which comes once.
func (d *Deposit) ends(e entry.Entry, state pay.State) {
	if !d.unknown() || !state.Final() {
		panic(fmt.Sprintf("deposit %d: entry %d (%s) ends what has not begun or has ended", d.key, e.Seq, e.Kind))
	}
	d.state, d.stuck, d.code = state, false, ""
}

func (d *Deposit) foldMove(e entry.Entry) {
	switch e.Kind {
	case entry.MoveAsked:
		b := entry.Must[entry.MoveAskedBody](e)
		d.moves = append(slices.Clip(d.moves), entry.HoldMove{MoveAskedBody: b, Asked: e.Seq, Moved: b.Amount})
		d.owner, d.heard, d.gaveUp, d.faulted, d.repeated, d.mustCount = b.Lane, entry.HoldHeardBody{}, false, false, 0, false
		d.outputs = flow.Printed()
		d.doubted, d.dropped = 0, false
		d.move = moving{since: e.Mono, sentAt: e.Mono}
	case entry.MoveDone:
		b := entry.Must[entry.MoveDoneBody](e)
		m := d.endMove(e, b.Number)
		m.State, m.Moved, m.Rest, m.Network = uint8(pay.Paid), b.Amount, b.Rest, b.Network
		d.resting, d.restSince = b.Unseen, e.Mono
		act := words.ActCapture
		if m.What == entry.Capture {
			d.captured, d.released = d.captured+b.Amount, d.released+b.Rest
		} else {
			act, m.State, d.released = words.ActRelease, uint8(pay.Returned), d.released+b.Amount
		}
		d.follow(act)
	case entry.MoveRefused:
		b := entry.Must[entry.MoveRefusedBody](e)
		m := d.endMove(e, b.Number)
		m.State, m.Moved = b.State, b.Amount
		sum := min(b.Amount, max(d.placed.Amount-d.captured-d.released, 0))
		if m.What == entry.Capture {
			d.captured += sum
		} else {
			d.released += sum
		}
		d.refused = maps.Clone(d.refused)
		d.refused[b.Number] = b
	}
}

// endMove is the open move of a number, as it ends.
func (d *Deposit) endMove(e entry.Entry, number string) *entry.HoldMove {
	i := slices.IndexFunc(d.moves, func(m entry.HoldMove) bool { return m.Number == number && m.Open() })
	if i < 0 || d.placed == nil {
		panic(fmt.Sprintf("deposit %d: entry %d (%s) ends a move that has not begun or has ended", d.key, e.Seq, e.Kind))
	}
	d.moves = slices.Clone(d.moves)
	d.moves[i].Outcome, d.moves[i].At = cmp.Or(e.Seq, 1), e.Wall // not 0, also of a draft
	d.heard, d.move.busy = entry.HoldHeardBody{}, ""
	return &d.moves[i]
}

func (d *Deposit) foldTask(e entry.Entry) {
	b := entry.Must[entry.TaskBody](e)
	switch b.What {
	case flow.NetworkFault:
		d.faulted = true
	case undoCapped, moveCapped:
		d.gaveUp = true
	case totalsDiffer:
		d.doubted = e.Seq
	case notReleased:
		d.kept = e.Seq
	}
	days, warns := strings.CutPrefix(b.What, expires)
	if warns {
		d.warned, _ = strconv.Atoi(days)
	}
	if warns || b.What == notReleased {
		d.warnings = maps.Clone(d.warnings)
		d.warnings[e.Seq] = warns
	}
}

// The notes of a deposit: what is known only in this life.
type (
	begun     struct{ move bool }
	sent      struct{ do flow.Verb }
	heardNote struct {
		do     flow.Verb
		result pay.Result
		at     entry.Stamp
	}
	onScreen struct {
		link  string
		until int64
	}
	looked  struct{}
	strange struct{}
	free    struct{}
	watched struct{ at entry.Stamp }
	refused struct{} // by the disk: what was heard
)

// Note takes what is known only in this life.
func (d *Deposit) Note(n flow.Note) {
	d.outputs.Note(n)
	d.retries.Note(n)
	switch n := n.(type) {
	case begun:
		if n.move {
			d.move.mine = true
		}
	case sent:
		if isMove(n.do) {
			d.move.busy = n.do
		} else {
			d.busy = n.do
		}
	case heardNote:
		d.now = n.at
		if isMove(n.do) {
			d.hearMove(n)
		} else {
			d.hear(n)
		}
	case onScreen:
		d.link, d.until = n.link, n.until
	case looked:
		d.move.looked = true
	case strange:
		d.move.strange, d.move.unknown = true, false // it is asked about again
	case free:
		d.move.free = true
	case watched:
		d.watchAt, d.now = n.at.Mono, n.at
	case refused:
		d.unbooked = true
	case flow.Woken:
		mono := n.At.Mono
		d.since, d.sentUntil, d.mustCount, d.earlier, d.now = mono, mono, true, true, n.At
		d.move.since, d.move.sentAt, d.move.lostAt, d.restSince = mono, mono, mono, mono
	}
}

// isMove tells whether a call is about a move: it sends one, or asks about it.
func isMove(do flow.Verb) bool {
	return isSend(do) || do == flow.QueryCapture || do == flow.QueryRelease
}

// isSend tells whether a call moves money, and does not only ask.
func isSend(do flow.Verb) bool { return do == flow.Capture || do == flow.Release }

func (d *Deposit) hear(n heardNote) {
	mono := n.at.Mono
	d.busy, d.heardAt, d.unbooked, d.watchAt = "", mono, false, mono
	switch {
	case d.lags(n.result):
		d.behind++
	case n.result.State == pay.Paid:
		d.checkedAt, d.behind = mono, 0
	}
	switch n.do {
	case flow.Hold, flow.ShowHold:
		d.sentUntil = mono
	case flow.UndoHold:
		d.undos++
		d.undoAt, d.mustAsk = mono, true
		d.undone = d.undone || n.result.State == pay.Declined || n.result.NotFound
	case flow.QueryHold:
		d.queries++
		d.mustAsk = false
	}
}

func (d *Deposit) hearMove(n heardNote) {
	m := &d.move
	m.busy, m.heardAt, m.unknown = "", n.at.Mono, n.result.NotFound
	d.unbooked = false
	if isSend(n.do) {
		m.sends++
		m.sentAt = n.at.Mono
		if n.result.State == pay.Unknown {
			m.lostAt = n.at.Mono
		}
	}
}
