package sandbox

import (
	"fmt"
	"slices"
	"time"

	"tillgate/store/money"
)

// Capturing is a request to take a part of a deposit for the merchant.
type Capturing struct {
	Account Account
	Number  string // the deposit's
	Capture string // its own, used once in the account's numbers; empty: the network has none, and the books make one up
	Amount  money.Fen
	Last    bool   // what is left of the deposit is released with it
	Most    int    // captures of one deposit; 0: any number
	Print   string // of the request's data: another one under the same number is a reuse
	Memo    any
}

// Capture takes a part of a deposit and answers the order that the capture is. A
// number that is there already is answered with the old order.
func (s *Sandbox) Capture(c Capturing, do Behaviour) (Order, Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	if c.Capture != "" {
		if old := s.find(c.Account.key(c.Capture), now); old != nil {
			return old.order(), old.known(c.Account, c.Print)
		}
	}
	l := s.mine(c.Account, c.Number, now)
	if l == nil || l.hold == nil {
		return Order{}, NoOrder
	}
	captures := l.captures()
	switch {
	case c.Most > 0 && captures >= c.Most:
		return Order{}, TooMany
	case c.Capture == "":
		c.Capture = fmt.Sprintf("%s#%d", c.Number, captures+1)
	}
	if refusal := l.refuseMove(c.Amount); refusal != "" {
		return Order{}, refusal
	}
	if hidden := s.lines[c.Account.key(c.Capture)]; hidden != nil && hidden.from != nil {
		hidden.from.hold.dropOrder(hidden) // a copy that is still under way comes too late for this one
	}
	order := &line{Order: Order{Account: l.Account, Number: c.Capture, Of: l.Number, Wallet: l.Wallet, State: NotPaid, Asked: c.Amount, Memo: c.Memo},
		print: c.Print, from: l}
	s.book(order, Behaviour{}, now)
	m := l.ask(MoveCapture, c.Capture, c.Amount, do, now)
	m.order, m.last, m.Memo = order, c.Last, c.Memo
	order.CreatedAt, order.arrived = m.AskedAt, false
	l.carryMoves(now)
	return order.order(), ""
}

// Releasing is a request to give a part of a deposit back to its payer.
type Releasing struct {
	Account Account
	Number  string // the deposit's
	Release string // its own, used once in the deposit
	Amount  money.Fen
	Memo    any
}

// Release gives a part of a deposit back, or all that is left, unless someone
// wants undos to go otherwise. The same again is answered with the one that is there.
func (s *Sandbox) Release(r Releasing, do Behaviour) (Move, Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	l := s.mine(r.Account, r.Number, now)
	if l == nil || l.hold == nil {
		return Move{}, NoOrder
	}
	if old := l.hold.move(MoveRelease, r.Release); old != nil {
		switch {
		case !old.arrived:
			l.hold.drop(old) // it comes too late for this one
		case old.asked != r.Amount:
			return old.Move, Reused
		default:
			return old.Move, ""
		}
	}
	switch l.undoing(do) {
	case UndoAgain:
		return Move{}, CallAgain
	case UndoLies:
		return Move{Kind: MoveRelease, Number: r.Release, Amount: r.Amount, AskedAt: now, DoneAt: now, Memo: r.Memo}, ""
	}
	if refusal := l.refuseMove(r.Amount); refusal != "" {
		return Move{}, refusal
	}
	m := l.ask(MoveRelease, r.Release, r.Amount, do, now)
	m.Memo = r.Memo
	l.carryMoves(now)
	return m.Move, ""
}

// refuseMove is why so much of a deposit cannot be captured or released.
func (l *line) refuseMove(amount money.Fen) Refusal {
	switch free := l.free(); {
	case !l.State.Taken():
		return IsNotPaid
	case free == 0:
		return IsOver
	case amount > free:
		return TooMuch
	}
	return ""
}

// ask puts a move into the books that has come now, or comes later.
func (l *line) ask(kind MoveKind, number string, amount money.Fen, do Behaviour, now time.Time) *move {
	m := &move{Move: Move{Kind: kind, Number: number, Amount: amount, AskedAt: now}, asked: amount, done: now}
	switch do.Kind {
	case Hidden:
		m.AskedAt, m.done = now.Add(do.After), now.Add(do.After)
	case Late:
		m.done = now.Add(do.After)
	case WrongAmount:
		if m.Amount++; m.Amount > l.free() {
			m.Amount = max(1, amount-1)
		}
	}
	l.hold.moves = append(l.hold.moves, m)
	return m
}

// captures counts those that the network knows.
func (l *line) captures() (n int) {
	for _, m := range l.hold.moves {
		if m.arrived && m.Kind == MoveCapture {
			n++
		}
	}
	return n
}

// move finds one by its number, also one that the network does not know yet.
func (h *hold) move(kind MoveKind, number string) *move {
	i := slices.IndexFunc(h.moves, func(m *move) bool { return m.Kind == kind && m.Number == number })
	if i < 0 {
		return nil
	}
	return h.moves[i]
}

// dropOrder forgets the capture that an order is.
func (h *hold) dropOrder(order *line) {
	h.moves = slices.DeleteFunc(h.moves, func(m *move) bool { return m.order == order })
}
