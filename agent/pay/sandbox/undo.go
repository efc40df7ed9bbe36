package sandbox

import "time"

// UndoKind is what an undo does with an order.
type UndoKind string

// The kinds of undos.
const (
	Reverse UndoKind = "reverse" // whatever became of it: an open order takes no money any more, a paid one is given back
	Close   UndoKind = "close"   // what nobody has paid
	Void    UndoKind = "void"    // gives back, whole, what was paid
)

// Undoing is a request to undo an order.
type Undoing struct {
	Account   Account
	Number    string
	Kind      UndoKind
	NotBefore time.Duration // after the order came
	NotAfter  time.Duration // after the order came; 0: always
}

// Undo carries an undo out, unless someone wants otherwise, and answers the
// order as it is then: under UndoLies it is as it was, and nothing refused.
// What was undone already is taken again. Whoever races it pays first.
func (s *Sandbox) Undo(u Undoing, do Behaviour) (Order, Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.Now()
	l := s.mine(u.Account, u.Number, now)
	if l == nil {
		return Order{}, NoOrder
	}
	refusal := l.undone(u, do, now)
	return l.order(), refusal
}

func (l *line) undone(u Undoing, do Behaviour, now time.Time) Refusal {
	switch age := now.Sub(l.CreatedAt); {
	case age < u.NotBefore:
		return TooEarly
	case u.NotAfter > 0 && age > u.NotAfter:
		return TooLate
	}
	switch how := l.undoing(do); {
	case l.from != nil: // a capture goes back by refunds alone
		return IsPaid
	case how == UndoAgain:
		return CallAgain
	case how == UndoLies:
		return ""
	case l.race && (l.State == Asking || l.State == NotPaid && now.Before(l.Expires)):
		l.next, l.nextAt = Paid, now
		l.carryOn(now)
	}
	switch {
	case !l.State.Taken() && u.Kind == Void:
		return IsNotPaid
	case !l.State.Taken():
		return l.shut(u.Kind, now)
	case u.Kind == Close:
		return IsPaid
	case l.Undone != "":
		return ""
	case len(l.refunds) > 0, l.hold != nil && len(l.deposit().Moves) > 0:
		return IsGoneBack
	case l.hold != nil:
		l.Undone = u.Kind
		l.leave(MoveUndo, "", l.Charged, now)
		return ""
	}
	l.Undone, l.State, l.Returned, l.ReturnedAt = u.Kind, Refunded, l.Charged, now
	return ""
}

// undoing is what becomes of an undo: what the network wants, or else the payer.
func (l *line) undoing(do Behaviour) string {
	if l.undo.Times > 0 && do.Kind != UndoAgain && do.Kind != UndoLies {
		l.undo.Times--
		return l.undo.Kind
	}
	return do.Kind
}

// shut sees that an order which nobody has paid is never paid.
func (l *line) shut(kind UndoKind, now time.Time) Refusal {
	if l.Undone == "" {
		l.Undone = kind
	}
	if kind == Close {
		l.end(Closed, now)
		return ""
	}
	l.end(Revoked, now)
	return ""
}
