package pay

import "context"

var (
	_ HoldShower = (*pace)(nil)
	_ Mover      = (*pace)(nil)
)

// NoHolds is what becomes of asking for a deposit where a provider takes none:
// what begins one was not sent, and of what is asked about nothing can be known.
func NoHolds(begins bool) Result {
	if begins {
		return Result{State: NotSent, Code: "no deposits"}
	}
	return Result{Code: "no deposits", Fault: true}
}

// A deposit is begun at once or not at all, like a charge; all else about it waits
// its turn. A client that takes none has no terms.

func (p *pace) Terms(wallet string) HoldTerms {
	if next, can := p.next.(Holder); can {
		return next.Terms(wallet)
	}
	return HoldTerms{}
}

func (p *pace) Hold(ctx context.Context, c Charge) Result {
	next, can := p.next.(Holder)
	if !can {
		return NoHolds(true)
	}
	return p.begin(func() Result { return next.Hold(ctx, c) })
}

func (p *pace) ShowHold(ctx context.Context, o Offer) Result {
	next, can := p.next.(HoldShower)
	if !can {
		return NoHolds(true)
	}
	return p.begin(func() Result { return next.ShowHold(ctx, o) })
}

func (p *pace) QueryHold(ctx context.Context, a Attempt) Result {
	next, can := p.next.(Holder)
	if !can {
		return NoHolds(false)
	}
	return p.ask(ctx, func() Result { return next.QueryHold(ctx, a) })
}

func (p *pace) UndoHold(ctx context.Context, a Attempt) Result {
	next, can := p.next.(Holder)
	if !can {
		return NoHolds(false)
	}
	return p.ask(ctx, func() Result { return next.UndoHold(ctx, a) })
}

func (p *pace) Capture(ctx context.Context, m Move) Result {
	return p.move(ctx, func(next Mover) Result { return next.Capture(ctx, m) })
}

func (p *pace) QueryCapture(ctx context.Context, m Move) Result {
	return p.move(ctx, func(next Mover) Result { return next.QueryCapture(ctx, m) })
}

func (p *pace) Release(ctx context.Context, m Move) Result {
	return p.move(ctx, func(next Mover) Result { return next.Release(ctx, m) })
}

func (p *pace) QueryRelease(ctx context.Context, m Move) Result {
	return p.move(ctx, func(next Mover) Result { return next.QueryRelease(ctx, m) })
}

func (p *pace) move(ctx context.Context, call func(Mover) Result) Result {
	next, can := p.next.(Mover)
	if !can {
		return NoHolds(false)
	}
	return p.ask(ctx, func() Result { return call(next) })
}
