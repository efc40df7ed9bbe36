package sim

import (
	"context"
	"time"

	"tillgate/agent/pay"
)

// holdMover is what a network's client does with deposits.
type holdMover interface {
	pay.Holder
	pay.Mover
}

// keeper is a client that takes deposits, too.
type keeper interface {
	client
	pay.HoldShower
	pay.Mover
}

// watchedHolds is watched, of a merchant that takes deposits. One whose network
// shows no codes for them says so.
type watchedHolds struct {
	*watched
	pay.Holder
	pay.Mover
	shower pay.HoldShower // nil where it has no codes for them
}

var _ keeper = (*watchedHolds)(nil)

// watchHolds watches what a merchant's client does with deposits, where it takes any.
func watchHolds(p *watched) client {
	own, holds := p.Refunder.(holdMover)
	if !holds || p.w.hotel == nil {
		return p
	}
	shower, _ := p.Refunder.(pay.HoldShower)
	bugged := p.w.bug.holds(own)
	return &watchedHolds{p, bugged, bugged, shower}
}

func (p *watchedHolds) Hold(ctx context.Context, c pay.Charge) pay.Result {
	return p.call(ctx, "hold", c.Number, func(ctx context.Context) pay.Result {
		p.w.oracle.Holding(c.Number)
		p.w.bank.shown(string(c.Code), c.Number)
		return p.Holder.Hold(ctx, c)
	})
}

func (p *watchedHolds) ShowHold(ctx context.Context, o pay.Offer) pay.Result {
	return p.call(ctx, "show-hold", o.Number, func(ctx context.Context) pay.Result {
		p.w.oracle.Holding(o.Number)
		if p.shower == nil {
			return pay.NoHolds(true)
		}
		return p.shower.ShowHold(ctx, o)
	})
}

func (p *watchedHolds) QueryHold(ctx context.Context, a pay.Attempt) pay.Result {
	asked := time.Now()
	r := p.call(ctx, "hold-query", a.Number, func(ctx context.Context) pay.Result { return p.Holder.QueryHold(ctx, a) })
	if ctx.Err() == nil {
		p.w.oracle.Looked(a.Number, r, asked)
	}
	return r
}

func (p *watchedHolds) UndoHold(ctx context.Context, a pay.Attempt) pay.Result {
	return p.call(ctx, "hold-undo", a.Number, func(ctx context.Context) pay.Result {
		p.w.oracle.GivingUp(a.Number)
		return p.Holder.UndoHold(ctx, a)
	})
}

func (p *watchedHolds) Capture(ctx context.Context, m pay.Move) pay.Result {
	return p.moves(ctx, "capture", m, p.Mover.Capture)
}

func (p *watchedHolds) Release(ctx context.Context, m pay.Move) pay.Result {
	return p.moves(ctx, "release", m, p.Mover.Release)
}

func (p *watchedHolds) moves(ctx context.Context, what string, m pay.Move, send func(context.Context, pay.Move) pay.Result) pay.Result {
	return p.call(ctx, what, m.Number, func(ctx context.Context) pay.Result {
		p.w.oracle.Moving(what, m)
		return send(ctx, m)
	})
}

func (p *watchedHolds) QueryCapture(ctx context.Context, m pay.Move) pay.Result {
	return p.call(ctx, "capture-query", m.Number, func(ctx context.Context) pay.Result { return p.Mover.QueryCapture(ctx, m) })
}

func (p *watchedHolds) QueryRelease(ctx context.Context, m pay.Move) pay.Result {
	return p.call(ctx, "release-query", m.Number, func(ctx context.Context) pay.Result { return p.Mover.QueryRelease(ctx, m) })
}

// apartHolds keeps the calls of deposits apart as apart does the others.
type apartHolds struct {
	apart
	keeper keeper
}

var _ keeper = apartHolds{}

func spread(p keeper) keeper { return apartHolds{apart{p}, p} }

func (p apartHolds) Terms(wallet string) pay.HoldTerms { return p.keeper.Terms(wallet) }

func (p apartHolds) Hold(ctx context.Context, c pay.Charge) pay.Result {
	return later(ctx, c.Number, func(ctx context.Context) pay.Result { return p.keeper.Hold(ctx, c) })
}

func (p apartHolds) ShowHold(ctx context.Context, o pay.Offer) pay.Result {
	return later(ctx, o.Number, func(ctx context.Context) pay.Result { return p.keeper.ShowHold(ctx, o) })
}

func (p apartHolds) QueryHold(ctx context.Context, a pay.Attempt) pay.Result {
	return later(ctx, a.Number, func(ctx context.Context) pay.Result { return p.keeper.QueryHold(ctx, a) })
}

func (p apartHolds) UndoHold(ctx context.Context, a pay.Attempt) pay.Result {
	return later(ctx, a.Number, func(ctx context.Context) pay.Result { return p.keeper.UndoHold(ctx, a) })
}

func (p apartHolds) Capture(ctx context.Context, m pay.Move) pay.Result {
	return later(ctx, m.Number, func(ctx context.Context) pay.Result { return p.keeper.Capture(ctx, m) })
}

func (p apartHolds) QueryCapture(ctx context.Context, m pay.Move) pay.Result {
	return later(ctx, m.Number, func(ctx context.Context) pay.Result { return p.keeper.QueryCapture(ctx, m) })
}

func (p apartHolds) Release(ctx context.Context, m pay.Move) pay.Result {
	return later(ctx, m.Number, func(ctx context.Context) pay.Result { return p.keeper.Release(ctx, m) })
}

func (p apartHolds) QueryRelease(ctx context.Context, m pay.Move) pay.Result {
	return later(ctx, m.Number, func(ctx context.Context) pay.Result { return p.keeper.QueryRelease(ctx, m) })
}
