package meter

import (
	"context"

	"tillgate/agent/pay"
)

var (
	_ pay.HoldShower = provider{}
	_ pay.Mover      = provider{}
)

// Terms are those of a client that takes deposits; the others have none.
func (p provider) Terms(wallet string) pay.HoldTerms {
	if next, can := p.next.(pay.Holder); can {
		return next.Terms(wallet)
	}
	return pay.HoldTerms{}
}

// Hold is that of a client that can; of the others nothing is sent.
func (p provider) Hold(ctx context.Context, c pay.Charge) pay.Result {
	next, can := p.next.(pay.Holder)
	if !can {
		return pay.NoHolds(true)
	}
	return p.call("hold", func() pay.Result { return next.Hold(ctx, c) })
}

// ShowHold is likewise.
func (p provider) ShowHold(ctx context.Context, o pay.Offer) pay.Result {
	next, can := p.next.(pay.HoldShower)
	if !can {
		return pay.NoHolds(true)
	}
	return p.call("show_hold", func() pay.Result { return next.ShowHold(ctx, o) })
}

// QueryHold is likewise.
func (p provider) QueryHold(ctx context.Context, a pay.Attempt) pay.Result {
	next, can := p.next.(pay.Holder)
	if !can {
		return pay.NoHolds(false)
	}
	return p.call("query_hold", func() pay.Result { return next.QueryHold(ctx, a) })
}

// UndoHold is likewise.
func (p provider) UndoHold(ctx context.Context, a pay.Attempt) pay.Result {
	next, can := p.next.(pay.Holder)
	if !can {
		return pay.NoHolds(false)
	}
	return p.call("undo_hold", func() pay.Result { return next.UndoHold(ctx, a) })
}

// Capture is that of a client that moves deposits.
func (p provider) Capture(ctx context.Context, m pay.Move) pay.Result {
	return p.move("capture", func(next pay.Mover) pay.Result { return next.Capture(ctx, m) })
}

// QueryCapture is likewise.
func (p provider) QueryCapture(ctx context.Context, m pay.Move) pay.Result {
	return p.move("query_capture", func(next pay.Mover) pay.Result { return next.QueryCapture(ctx, m) })
}

// Release is likewise.
func (p provider) Release(ctx context.Context, m pay.Move) pay.Result {
	return p.move("release", func(next pay.Mover) pay.Result { return next.Release(ctx, m) })
}

// QueryRelease is likewise.
func (p provider) QueryRelease(ctx context.Context, m pay.Move) pay.Result {
	return p.move("query_release", func(next pay.Mover) pay.Result { return next.QueryRelease(ctx, m) })
}

func (p provider) move(verb string, call func(pay.Mover) pay.Result) pay.Result {
	next, can := p.next.(pay.Mover)
	if !can {
		return pay.NoHolds(false)
	}
	return p.call(verb, func() pay.Result { return call(next) })
}
