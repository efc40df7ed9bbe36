package sandbox

import (
	"slices"
	"time"

	"tillgate/store/money"
)

// Deposit is what an order has come to whose money is held and not taken: what
// was held, Order.Charged, is Captured, Released and Left, and Order.Returned is
// Released. A capture is an order of its own, with Order.Of, and can be refunded.
type Deposit struct {
	Captured money.Fen // for the merchant, whatever has gone back of it since
	Released money.Fen // back to the payer, of what was held
	Left     money.Fen // held
	Moving   money.Fen // of Left, on its way
	Ends     time.Time // when what is left goes back by itself; zero: never
	Moves    []Move    // in order of asking
}

// MoveKind is how money leaves a deposit.
type MoveKind string

// The kinds of moves.
const (
	MoveCapture MoveKind = "capture"
	MoveRelease MoveKind = "release"
	MoveRest    MoveKind = "rest"  // released with the last capture, whose number it has
	MoveUndo    MoveKind = "undo"  // all of it released, by an Undo
	MoveLapse   MoveKind = "lapse" // released by the network, in the end
)

// Move is a part of a deposit that has left it, or is on its way.
type Move struct {
	Kind    MoveKind
	Number  string // its own; of a capture: its order's
	Amount  money.Fen
	AskedAt time.Time
	DoneAt  time.Time // zero: it is on its way
	Memo    any
}

// Move finds a capture or a release by its own number.
func (d *Deposit) Move(kind MoveKind, number string) (Move, bool) {
	i := slices.IndexFunc(d.Moves, func(m Move) bool { return m.Kind == kind && m.Number == number })
	if i < 0 {
		return Move{}, false
	}
	return d.Moves[i], true
}

// Sum is what has left a deposit by moves of one kind.
func (d *Deposit) Sum(kind MoveKind) (sum money.Fen) {
	for _, m := range d.Moves {
		if m.Kind == kind && !m.DoneAt.IsZero() {
			sum += m.Amount
		}
	}
	return sum
}

// hold is what the books keep of a deposit beside its order.
type hold struct {
	lasts time.Duration // from the payment on; 0: for ever
	moves []*move
}

// holding is what a line has where a deposit is asked for, and nil elsewhere.
func holding(deposit bool, lasts time.Duration) *hold {
	if !deposit {
		return nil
	}
	return &hold{lasts: lasts}
}

// move is a Move as the books keep it.
type move struct {
	Move
	asked   money.Fen // Amount, unless the network is wrong
	arrived bool      // else the network knows nothing of it before AskedAt
	done    time.Time // when the money moves
	last    bool      // of a capture: the rest is released with it
	order   *line     // of a capture
}

func (m *move) over() bool { return !m.DoneAt.IsZero() }

// due is when something happens to it next.
func (m *move) due() time.Time {
	if m.arrived {
		return m.done
	}
	return m.AskedAt
}

// deposit is what is told of a line's deposit.
func (l *line) deposit() *Deposit {
	d := &Deposit{Released: l.Returned}
	for _, m := range l.hold.moves {
		switch {
		case !m.arrived:
			continue
		case !m.over():
			d.Moving += m.Amount
		case m.Kind == MoveCapture:
			d.Captured += m.Amount
		}
		d.Moves = append(d.Moves, m.Move)
	}
	if l.State.Taken() && l.hold.lasts > 0 {
		d.Ends = l.PaidAt.Add(l.hold.lasts)
	}
	d.Left = l.Charged - d.Captured - d.Released
	return d
}

// free is what of a deposit can still be captured or released.
func (l *line) free() money.Fen {
	d := l.deposit()
	return d.Left - d.Moving
}

// begin is called when the payer has paid: what is left at the end goes back.
func (h *hold) begin(paid time.Time) {
	if h.lasts > 0 {
		end := paid.Add(h.lasts)
		h.moves = append(h.moves, &move{Move: Move{Kind: MoveLapse, AskedAt: end}, done: end})
	}
}

// drop forgets a move.
func (h *hold) drop(m *move) {
	h.moves = slices.DeleteFunc(h.moves, func(other *move) bool { return other == m })
}

// next is the move to which something happens first, by now; nil: to none.
func (h *hold) next(now time.Time) (first *move) {
	for _, m := range h.moves {
		if !m.over() && !now.Before(m.due()) && (first == nil || m.due().Before(first.due())) {
			first = m
		}
	}
	return first
}

// carryMoves brings all that leaves a deposit up to now, in order of time.
func (l *line) carryMoves(now time.Time) {
	for m := l.hold.next(now); m != nil; m = l.hold.next(now) {
		if m.arrived {
			l.finish(m)
		} else {
			l.receive(m)
		}
	}
}

// receive takes a move that has come to the network, if there is still so much.
func (l *line) receive(m *move) {
	free := l.free()
	if m.Kind == MoveLapse {
		m.Amount = free
	}
	if m.Amount > free || m.Amount == 0 {
		if l.hold.drop(m); m.order != nil {
			m.order.lost = true
		}
		return
	}
	if m.arrived = true; m.order != nil {
		m.order.arrived = true
	}
}

// finish moves the money of a move.
func (l *line) finish(m *move) {
	m.DoneAt = m.done
	if m.Kind != MoveCapture {
		l.Returned, l.ReturnedAt = l.Returned+m.Amount, m.done
		if l.Returned == l.Charged {
			l.State = Refunded
		}
		return
	}
	m.order.State, m.order.Charged, m.order.PaidAt = Paid, m.Amount, m.done
	if rest := l.free(); m.last && rest > 0 {
		l.leave(MoveRest, m.Number, rest, m.done)
	}
}

// leave releases a part of a deposit in one moment.
func (l *line) leave(kind MoveKind, number string, amount money.Fen, at time.Time) {
	m := &move{Move: Move{Kind: kind, Number: number, Amount: amount, AskedAt: at}, asked: amount, arrived: true, done: at}
	l.hold.moves = append(l.hold.moves, m)
	l.finish(m)
}
