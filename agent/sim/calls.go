package sim

import (
	"cmp"
	"context"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"tillgate/agent/pay"
)

// apart keeps calls that begin at one moment a little apart, at their beginning and
// at their deadline, so that a seed decides which of them is first.
type apart struct{ client }

func (p apart) Prepare(c pay.Charge) func(context.Context) pay.Result {
	send := p.client.Prepare(c)
	return func(ctx context.Context) pay.Result { return later(ctx, c.Number, send) }
}

func (p apart) Charge(ctx context.Context, c pay.Charge) pay.Result { return p.Prepare(c)(ctx) }

func (p apart) Show(ctx context.Context, o pay.Offer) pay.Result {
	return later(ctx, o.Number, func(ctx context.Context) pay.Result { return p.client.Show(ctx, o) })
}

func (p apart) Query(ctx context.Context, a pay.Attempt) pay.Result {
	return later(ctx, a.Number, func(ctx context.Context) pay.Result { return p.client.Query(ctx, a) })
}

func (p apart) Undo(ctx context.Context, a pay.Attempt) pay.Result {
	return later(ctx, a.Number, func(ctx context.Context) pay.Result { return p.client.Undo(ctx, a) })
}

func (p apart) Refund(ctx context.Context, r pay.Refund) pay.Result {
	return later(ctx, r.Number, func(ctx context.Context) pay.Result { return p.client.Refund(ctx, r) })
}

func (p apart) QueryRefund(ctx context.Context, r pay.Refund) pay.Result {
	return later(ctx, r.Number, func(ctx context.Context) pay.Result { return p.client.QueryRefund(ctx, r) })
}

// moment is within a millisecond, by a number and what time it is.
func moment(number string) time.Duration {
	h := fnv.New64a()
	h.Write([]byte(number))
	return between(rand.New(rand.NewPCG(h.Sum64(), uint64(time.Now().UnixNano()))), 1, time.Millisecond)
}

// later makes a call in a moment.
func later(ctx context.Context, number string, ask func(context.Context) pay.Result) pay.Result {
	wait := moment(number)
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-wait))
		defer cancel()
	}
	rest(ctx, wait)
	return ask(ctx)
}

// watched tells the oracle what leaves for a network and what comes back.
type watched struct {
	pay.Refunder // a merchant's
	refunds      pay.Refunder
	w            *world
	network      string
}

var _ client = (*watched)(nil)

// Prepare lets the request be made; the oracle looks when it leaves.
func (p *watched) Prepare(c pay.Charge) func(context.Context) pay.Result {
	send := p.Refunder.(pay.Preparer).Prepare(c)
	return func(ctx context.Context) pay.Result {
		return p.call(ctx, "charge", c.Number, func(ctx context.Context) pay.Result {
			p.w.oracle.Sent(c.Number, string(c.Code), p.w.bank.payable)
			p.w.bank.shown(string(c.Code), c.Number)
			return send(ctx)
		})
	}
}

func (p *watched) Charge(ctx context.Context, c pay.Charge) pay.Result { return p.Prepare(c)(ctx) }

// Show is for merchants that show codes; lanes ask no others.
func (p *watched) Show(ctx context.Context, o pay.Offer) pay.Result {
	return p.call(ctx, "show", o.Number, func(ctx context.Context) pay.Result {
		p.w.oracle.Offered(o.Number)
		r := p.Refunder.(pay.Shower).Show(ctx, o)
		p.w.oracle.Linked(o.Number, r.Link)
		return r
	})
}

func (p *watched) Query(ctx context.Context, a pay.Attempt) pay.Result {
	return p.call(ctx, "query", a.Number, func(ctx context.Context) pay.Result { return p.Refunder.Query(ctx, a) })
}

func (p *watched) Undo(ctx context.Context, a pay.Attempt) pay.Result {
	return p.call(ctx, "undo", a.Number, func(ctx context.Context) pay.Result {
		r := p.Refunder.Undo(ctx, a)
		if a.Shown && r.NotFound {
			p.w.oracle.Unseen(a.Number)
		}
		return r
	})
}

func (p *watched) Refund(ctx context.Context, r pay.Refund) pay.Result {
	return p.call(ctx, "refund", r.Number, func(ctx context.Context) pay.Result {
		p.w.oracle.Giving(r)
		return p.refunds.Refund(ctx, r)
	})
}

func (p *watched) QueryRefund(ctx context.Context, r pay.Refund) pay.Result {
	return p.call(ctx, "refund-query", r.Number, func(ctx context.Context) pay.Result { return p.refunds.QueryRefund(ctx, r) })
}

// call makes a call and tells its answer, unless it is the end of the life that
// has made it.
func (p *watched) call(ctx context.Context, what, number string, ask func(context.Context) pay.Result) pay.Result {
	r := ask(ctx)
	rest(ctx, moment(number)) // two that have waited for the same certificate are answered at once
	if !errors.Is(ctx.Err(), context.Canceled) && !p.w.disk.Off() {
		p.w.oracle.Answered(p.network, what, r)
		p.w.story.Tell("%s: %s of %s is answered %s %s", p.network, what, number, resultOf(r), cmp.Or(r.Code, "without a code"))
	}
	return r
}

// The results of a call that are more than a state.
const (
	notFound = "not found"
	stuck    = "stuck"     // nothing final, and a person has to act
	setUp    = "refused"   // declined because of how we are set up
	goneBack = "gone back" // declined because the money has gone back
)

// resultOf is a result as coverage counts it.
func resultOf(r pay.Result) string {
	switch {
	case r.State == pay.Unknown && r.Fault:
		return stuck
	case r.State == pay.Unknown && r.NotFound:
		return notFound
	case r.State == pay.Declined && r.Returned:
		return goneBack
	case r.State == pay.Declined && r.Fault:
		return setUp
	}
	return r.State.String()
}
