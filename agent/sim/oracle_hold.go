package sim

import (
	"math/rand/v2"
	"slices"
	"time"

	"tillgate/agent/pay"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// hold is what the oracle knows of one deposit.
type hold struct {
	entry.HoldAskedBody
	key       entry.Seq
	room      string
	at        time.Time // when its intent became durable
	born      int       // the life of the agent in which that was
	holds     int       // requests to hold it that have come to the network
	returning bool
	stuck     bool
	ended     bool
	end       pay.State
	placed    *entry.HoldPlacedBody
	heard     map[pay.State]bool

	captured, released money.Fen // by its records
	sums               []sums    // all that was true of it, in order
	moves              []*moving
	lapsed             bool
	refunds            *order // what of its captures goes back, as if it were one payment

	doubt   bool // the network has said, or will say, something untrue of it
	foreign bool // somebody else has moved it
	others  others
	acts    map[string]*outputs
	act     string          // the newest: a move's number, or the deposit's own
	tasks   map[string]bool // people were asked for
}

// others is what somebody else does with a deposit, and what the agent was told of it.
type others struct {
	movedAt  time.Time // somebody else's newest move
	captured money.Fen // by somebody else, in all
	askedAt  time.Time // when the agent asked for the totals that it has heard last
	heard    pay.Held
}

// sums are what a deposit has come to.
type sums struct{ held, captured, released, left money.Fen }

// moving is a capture or a release.
type moving struct {
	entry.MoveAskedBody
	ended bool
	done  bool
	kept  bool      // it ended before anything left: its number is the next one's
	moved money.Fen // for certain
	rest  money.Fen // went back with it
	odd   money.Fen // it was refused, and this moved all the same
	doubt bool
}

// left is what is still held, by its records.
func (h *hold) left() money.Fen {
	if h.placed == nil {
		return 0
	}
	return h.placed.Amount - h.captured - h.released
}

// open is the move without a final word, nil where there is none.
func (h *hold) open() *moving {
	i := slices.IndexFunc(h.moves, func(m *moving) bool { return !m.ended })
	if i < 0 {
		return nil
	}
	return h.moves[i]
}

// move is the newest of a number, nil where there is none.
func (h *hold) move(number string) *moving {
	for _, m := range slices.Backward(h.moves) {
		if m.Number == number {
			return m
		}
	}
	return nil
}

// unknown tells whether nobody knows whether it is held.
func (h *hold) unknown() bool { return h.placed == nil && !h.ended }

// changes notes what is true now.
func (h *hold) changes() {
	if h.placed != nil {
		h.sums = append(h.sums, h.now())
	}
}

// now is what is true of it, by its records.
func (h *hold) now() sums {
	if h.placed == nil {
		return sums{}
	}
	return sums{h.placed.Amount, h.captured, h.released, h.left()}
}

// follower is the lane that goes on with it: the newest move's.
func (h *hold) follower() string {
	if n := len(h.moves); n > 0 {
		return h.moves[n-1].Lane
	}
	return h.Lane
}

// does begins the outputs of something that was done.
func (h *hold) does(act string, life int) {
	h.act = act
	h.acts[act] = &outputs{at: time.Now(), life: life, tasks: h.tasks}
}

// foldHold takes an entry of a deposit into the ledger and finds what must not
// follow from what was there; false: it is none. The caller has the lock.
func (o *Oracle) foldHold(e entry.Entry, life int) bool {
	if e.Kind == entry.HoldAsked {
		o.holdAsked(e, life)
		return true
	}
	h := o.holds[e.Key]
	if h == nil {
		return false
	}
	was := h.now()
	switch e.Kind {
	case entry.HoldHeard:
		b := entry.Must[entry.HoldHeardBody](e)
		if b.Number == h.Number {
			h.heard[pay.State(b.State)] = true
		}
		h.stuck = h.stuck || b.Stuck
	case entry.HoldPlaced:
		o.holdPlaced(h, entry.Must[entry.HoldPlacedBody](e), life)
	case entry.HoldReturning:
		if !h.unknown() {
			o.breaks(2, "deposit %s is given up after its end", h.Number)
		}
		h.returning = true
	case entry.HoldEnded:
		o.holdEnded(h, entry.Must[entry.HoldEndedBody](e))
	case entry.MoveAsked:
		o.moveAsked(h, entry.Must[entry.MoveAskedBody](e))
	case entry.MoveDone:
		o.moveDone(h, entry.Must[entry.MoveDoneBody](e), life)
	case entry.MoveRefused:
		o.moveRefused(h, entry.Must[entry.MoveRefusedBody](e))
	case entry.HoldSeen:
		o.holdSeen(h, entry.Must[entry.HoldSeenBody](e))
	default:
		o.holdPut(h, e)
	}
	o.moved(e, h, was)
	h.changes()
	return true
}

func (o *Oracle) holdPut(h *hold, e entry.Entry) {
	of := h.acts[h.act]
	if of == nil {
		of = &outputs{tasks: h.tasks}
	}
	if e.Kind == entry.Repeated {
		o.stats[HoldsAgain] += yes(entry.Must[entry.RepeatedBody](e).What != "slip")
	}
	o.put(of, e)
	for _, days := range []string{"7", "3", "1"} {
		if h.tasks["hold-expires-"+days] {
			o.stats[HoldsWarned]++
			break
		}
	}
}

func (o *Oracle) holdAsked(e entry.Entry, life int) {
	b := entry.Must[entry.HoldAskedBody](e)
	guest, _ := entry.Unseal[entry.HoldGuest](e.Private)
	h := &hold{HoldAskedBody: b, key: e.Key, room: entry.RoomKey(guest.Room), at: time.Now(), born: life, heard: map[pay.State]bool{},
		acts: map[string]*outputs{}, tasks: map[string]bool{}}
	h.refunds = &order{key: e.Key, lane: b.Lane, settled: &attempt{number: b.Number, network: b.Network, merchant: b.Merchant}}
	if o.attempts[b.Number] != nil || o.held[b.Number] != nil {
		o.breaks(1, "number %s of deposit %d is used again", b.Number, e.Key)
	}
	for _, other := range o.holds {
		if other.unknown() && h.room != "" && other.room == h.room {
			o.breaks(1, "deposit %s is asked for, and nobody knows whether %s of the same room is held", b.Number, other.Number)
		}
	}
	o.wantedOnce(b.Ref, "deposit "+b.Number)
	o.holds[e.Key], o.held[b.Number] = h, h
	o.stats[Holds]++
	if b.Way == byQR {
		o.stats[HoldsByQR]++
	}
}

// Wanted notes a wish about a deposit before it is told to the agent.
func (o *Oracle) Wanted(reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.wants[reason] = ""
}

// wantedOnce holds an intent against the wish that it came from: one becomes one.
func (o *Oracle) wantedOnce(reason, intent string) {
	became, wanted := o.wants[reason]
	switch {
	case reason == "":
	case !wanted:
		o.breaks(1, "%s is what nobody has wished", intent)
	case became != "":
		o.breaks(1, "one wish has become %s and %s", became, intent)
	}
	o.wants[reason] = intent
}

func (o *Oracle) holdPlaced(h *hold, b entry.HoldPlacedBody, life int) {
	switch {
	case !h.unknown():
		o.breaks(1, "deposit %s is held after its end", h.Number)
	case h.returning:
		o.breaks(2, "deposit %s was given up and is held all the same", h.Number)
	case b.Amount != h.Amount:
		o.breaks(1, "deposit %s is for %s and holds %s", h.Number, h.Amount, b.Amount)
	}
	h.placed = &b
	h.does(h.Number, life)
	o.stats[HoldsHeld]++
	o.stats["held at "+h.Network]++
}

func (o *Oracle) holdEnded(h *hold, b entry.HoldEndedBody) {
	state := pay.State(b.State)
	switch {
	case !h.unknown():
		o.breaks(2, "deposit %s ends twice", h.Number)
	case state == pay.Mismatch && !h.doubt && !h.foreign:
		o.breaks(2, "deposit %s is frozen, and its network had said nothing untrue", h.Number)
	case !slices.Contains([]pay.State{pay.Declined, pay.NotSent, pay.Absent, pay.Returned, pay.Mismatch}, state):
		o.breaks(2, "deposit %s ends as %s", h.Number, state)
	}
	h.ended, h.end = true, state
	o.stats["deposits "+state.String()]++
}

// moveAsked holds an intent against its deposit: one after the other, and never
// more than is held.
func (o *Oracle) moveAsked(h *hold, b entry.MoveAskedBody) {
	n, captures := 1, 0
	for _, m := range h.moves {
		n += yes(m.What == b.What && !m.kept)
		captures += yes(m.What == entry.Capture && (m.done || m.odd > 0))
	}
	number := entry.ReleaseNumber(h.Number, n)
	if b.What == entry.Capture {
		number = entry.CaptureNumber(h.Number, n)
	}
	switch open := h.open(); {
	case h.placed == nil || h.ended:
		o.breaks(1, "%s %s is of a deposit that is not held", b.What, b.Number)
	case open != nil:
		o.breaks(6, "%s %s is asked for beside %s, of which nothing is known yet", b.What, b.Number, open.Number)
	case b.Amount <= 0 || b.Amount > h.left():
		o.breaks(6, "%s %s is of %s, and %s are held", b.What, b.Number, b.Amount, h.left())
	case b.Number != number:
		o.breaks(1, "%s %s has not the next number, which is %s", b.What, b.Number, number)
	case b.What == entry.Capture && h.placed.Captures > 0 && captures >= h.placed.Captures:
		o.breaks(6, "capture %s is one more than the network lets be", b.Number)
	}
	o.wantedOnce(b.Reason, b.What+" "+b.Number)
	if h.letsGo(b) {
		o.allowed(b.Reason, b.What+" "+b.Number)
	}
	if b.Lane != h.Lane {
		o.stats[MovesElsewhere]++
	}
	h.moves = append(h.moves, &moving{MoveAskedBody: b})
	o.stats[b.What+"s"]++
}

func (o *Oracle) moveDone(h *hold, b entry.MoveDoneBody, life int) {
	m := h.move(b.Number)
	switch {
	case m == nil || m.ended:
		o.breaks(2, "move %s ends, and was not begun or had ended", b.Number)
		return
	case b.Amount != m.Amount:
		o.breaks(6, "%s %s of %s has moved %s", m.What, m.Number, m.Amount, b.Amount)
	case b.Amount+b.Rest > h.left():
		o.breaks(6, "%s %s moves %s and %s, and %s were held", m.What, m.Number, b.Amount, b.Rest, h.left())
	case b.Rest > 0 && !m.Last:
		o.breaks(6, "with %s %s %s went back, which nobody had wanted", m.What, m.Number, b.Rest)
	}
	m.ended, m.done, m.moved, m.rest = true, true, b.Amount, b.Rest
	if m.What == entry.Capture {
		h.captured, h.released = h.captured+b.Amount, h.released+b.Rest
	} else {
		h.released += b.Amount
	}
	h.refunds.amount += map[bool]money.Fen{true: b.Amount}[m.What == entry.Capture]
	h.does(m.Number, life)
	o.stats[m.What+"s done"]++
	if h.left() > 0 {
		o.stats[m.What+"s of a part"]++
	}
}

func (o *Oracle) moveRefused(h *hold, b entry.MoveRefusedBody) {
	m := h.move(b.Number)
	state := pay.State(b.State)
	switch {
	case m == nil || m.ended:
		o.breaks(2, "move %s ends, and was not begun or had ended", b.Number)
		return
	case state == pay.Mismatch && !m.doubt && !h.foreign && !h.doubt:
		o.breaks(2, "%s %s ends as a mismatch, and its network had said nothing untrue", m.What, m.Number)
	case state != pay.Declined && state != pay.Mismatch && state != pay.NotSent:
		o.breaks(2, "%s %s ends as %s", m.What, m.Number, state)
	}
	m.ended, m.kept, m.odd = true, state == pay.NotSent, min(b.Amount, max(h.left(), 0))
	if m.What == entry.Capture {
		h.captured += m.odd
	} else {
		h.released += m.odd
	}
	o.stats[m.What+"s refused"]++
}

// holdSeen takes totals that are not ours: somebody else has moved the deposit, or
// its end was there, or the network has moved something that it had not said.
func (o *Oracle) holdSeen(h *hold, b entry.HoldSeenBody) {
	switch {
	case h.placed == nil:
		o.breaks(6, "totals of deposit %s, which is not held", h.Number)
		return
	case b.Captured < 0 || b.Released < 0 || b.Left < 0 || b.Captured+b.Released+b.Left != h.placed.Amount:
		o.breaks(6, "deposit %s holds %s, and its totals are %s, %s and %s", h.Number, h.placed.Amount, b.Captured, b.Released, b.Left)
	case b.Why == entry.SeenDiffers && !h.foreign && !h.doubt && !slices.ContainsFunc(h.moves, func(m *moving) bool { return m.doubt }):
		o.breaks(6, "the totals of deposit %s differ (%s and %s, were %s and %s), and nobody else has moved it", h.Number, b.Captured, b.Released, h.captured, h.released)
	case b.Why == entry.SeenRest && (b.Captured != h.captured || b.Released != h.released):
		o.breaks(6, "the rest of deposit %s has gone, and its totals are %s and %s, by its records %s and %s", h.Number, b.Captured, b.Released, h.captured, h.released)
	case b.Why == entry.SeenExpired && b.Captured != h.captured:
		o.breaks(6, "at the end of deposit %s %s were captured, its records say %s", h.Number, b.Captured, h.captured)
	}
	h.captured, h.released = b.Captured, b.Released
	h.lapsed = h.lapsed || b.Why == entry.SeenExpired
	o.stats["totals "+b.Why]++
}

// Held are the keys of the deposits that were ever held, oldest first.
func (o *Oracle) Held() (keys []entry.Seq) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for key, h := range o.holds {
		if h.placed != nil {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// StillHeld is what is held of a deposit by its records.
func (o *Oracle) StillHeld(key entry.Seq) money.Fen {
	o.mu.Lock()
	defer o.mu.Unlock()
	return max(o.holds[key].left(), 0)
}

// HoldNumber is a deposit as its network knows it.
func (o *Oracle) HoldNumber(key entry.Seq) (number, network string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.holds[key].Number, o.holds[key].Network
}

// Foreign notes that somebody else has moved a deposit, and what was captured so.
func (o *Oracle) Foreign(number string, captured money.Fen) {
	o.mu.Lock()
	defer o.mu.Unlock()
	h := o.held[number]
	h.foreign, h.others.movedAt = true, time.Now()
	h.others.captured += captured
	o.stats[HoldsForeign]++
}

// Looked notes totals of a deposit that the agent has heard, and when it asked for them.
func (o *Oracle) Looked(number string, r pay.Result, asked time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if h := o.held[number]; h != nil && r.State == pay.Paid && r.Held != nil {
		h.others.askedAt, h.others.heard = asked, *r.Held
	}
}

// Captured is a capture of which something may go back, and how much.
func (o *Oracle) Captured(dice *rand.Rand) (key entry.Seq, capture string, left money.Fen, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var found []*moving
	var of []*hold
	for _, h := range o.holds {
		for _, m := range h.moves {
			if m.What == entry.Capture && m.done {
				found, of = append(found, m), append(of, h)
			}
		}
	}
	if len(found) == 0 {
		return 0, "", 0, false
	}
	order := make([]int, len(found))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return int(int64(of[a].key)-int64(of[b].key))*100 + compare(found[a].Number, found[b].Number)
	})
	i := order[max(0, len(order)-1-dice.IntN(4))]
	return of[i].key, found[i].Number, max(of[i].leftOf(found[i]), 0), true
}

func compare(a, b string) int { return yes(a > b) - yes(b > a) }

// leftOf is what of a capture has not gone back.
func (h *hold) leftOf(m *moving) money.Fen {
	left := m.moved
	for _, r := range h.refunds.refunds {
		if r.Capture == m.Number {
			left -= r.gone()
		}
	}
	return left
}

// Quiet tells whether nothing is open but deposits that are held.
func (o *Oracle) Quiet() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range o.orders {
		if len(f.open) > 0 || !f.over && !f.frozen && f.settled == nil && len(f.attempts) > 0 {
			return false
		}
	}
	for _, r := range o.refunds {
		if !r.ended {
			return false
		}
	}
	for _, h := range o.holds {
		if h.unknown() || h.open() != nil {
			return false
		}
	}
	return true
}
