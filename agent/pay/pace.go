package pay

import (
	"context"
	"sync"
	"time"
)

// The pace towards a network that cannot keep up. All of it is ours: the
// networks say "less often" and "back off", and give no numbers.
const (
	gapFirst  = 2 * time.Second  // between two questions after the first "too often"; it doubles with each further one
	gapMost   = 30 * time.Second // the longest gap between two undos, too
	silentMax = 5                // calls in a row without an answer,
	silentIn  = 2 * time.Minute  // the first of them no longer ago than this: a call may take 20 s
	shutFor   = 10 * time.Second // then nothing new is begun for so long, and one call tries
)

// tooOften are the documented codes of who asks too often: WeChat Pay's of both
// versions (HTTP 429 in v3), Alipay's gateway with its sub-codes, ChinaUMS'
// (HTTP 412) and Cloud Pay's status 103, after which it wants 3 s of rest.
var tooOften = map[string]bool{
	"FREQUENCY_LIMITED": true, "RATELIMIT_EXCEEDED": true,
	"40005": true, "isv.app-call-limited": true, "isv.method-call-limited": true,
	"9200": true,
	"103":  true,
}

// Pace is a merchant's client with two manners. After "too often" its questions,
// undos and refunds stand apart, by gaps that grow until a good answer comes; one
// that would have to wait for too long is not asked, and stays Unknown. And when
// the network has been silent for several calls, new charges and codes are NotSent
// at once, so that the payer can pay another way, but for one from time to time
// that tries. It sends nothing twice, and a charge never later than it is asked.
func Pace(p Provider) Provider {
	paced := &pace{next: p}
	if s, ok := p.(Shower); ok {
		return pacedShower{paced, s}
	}
	return paced
}

type pace struct {
	next Provider

	mu     sync.Mutex
	gap    time.Duration // between two questions; 0: they go out as they come
	free   time.Time     // when the next one may
	slow   string        // the network's code for it
	silent int           // calls in a row that brought no answer
	since  time.Time     // the first of them
	shut   time.Time     // until then nothing new begins; zero: it does
	trying bool          // after that, one call finds out
}

type pacedShower struct {
	*pace
	next Shower
}

// Charge is sent at once or not at all.
func (p *pace) Charge(ctx context.Context, c Charge) Result {
	return p.begin(func() Result { return p.next.Charge(ctx, c) })
}

// Prepare makes the request where the client can; whether it may leave is decided when it is due.
func (p *pace) Prepare(c Charge) func(context.Context) Result {
	ask := func(ctx context.Context) Result { return p.next.Charge(ctx, c) }
	if next, can := p.next.(Preparer); can {
		ask = next.Prepare(c)
	}
	return func(ctx context.Context) Result { return p.begin(func() Result { return ask(ctx) }) }
}

func (p pacedShower) Show(ctx context.Context, o Offer) Result {
	return p.begin(func() Result { return p.next.Show(ctx, o) })
}

func (p *pace) Query(ctx context.Context, a Attempt) Result {
	return p.ask(ctx, func() Result { return p.next.Query(ctx, a) })
}

func (p *pace) Undo(ctx context.Context, a Attempt) Result {
	return p.ask(ctx, func() Result { return p.next.Undo(ctx, a) })
}

func (p *pace) Refund(ctx context.Context, r Refund) Result {
	next, can := p.next.(Refunder)
	if !can {
		return NoRefunds()
	}
	return p.ask(ctx, func() Result { return next.Refund(ctx, r) })
}

func (p *pace) QueryRefund(ctx context.Context, r Refund) Result {
	next, can := p.next.(Refunder)
	if !can {
		return NoRefunds()
	}
	return p.ask(ctx, func() Result { return next.QueryRefund(ctx, r) })
}

// begin makes a call that begins something, once, or says that it was not sent.
func (p *pace) begin(call func() Result) Result {
	p.mu.Lock()
	tries := !p.shut.IsZero()
	if tries && (p.trying || time.Now().Before(p.shut)) {
		p.mu.Unlock()
		return Result{State: NotSent, Code: CodeNotSent, Detail: "not tried: the network has not answered for a while"}
	}
	p.trying = p.trying || tries
	p.mu.Unlock()
	r := call()
	p.heard(r, tries)
	return r
}

// ask makes a call that may as well be made later, in its turn.
func (p *pace) ask(ctx context.Context, call func() Result) Result {
	p.mu.Lock()
	now := time.Now()
	wait := p.free.Sub(now)
	if deadline, ok := ctx.Deadline(); ok && wait > deadline.Sub(now)/2 { // the answer needs time, too
		defer p.mu.Unlock()
		return Result{Code: p.slow, Detail: "not asked: the network wants to be asked less often"}
	}
	p.free = now.Add(max(wait, 0) + p.gap)
	p.mu.Unlock()
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return Result{Code: CodeCancelled}
		case <-timer.C:
		}
	}
	r := call()
	p.heard(r, false)
	return r
}

// heard learns from what has come of a call; tried is one that found out.
func (p *pace) heard(r Result, tried bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trying = p.trying && !tried
	now := time.Now()
	said := !r.Date.IsZero() || r.NotFound || r.State != Unknown && r.State != NotSent
	switch {
	case tooOften[r.Code]:
		p.gap, p.slow = min(max(gapFirst, 2*p.gap), gapMost), r.Code
		p.free, p.silent, p.shut = now.Add(p.gap), 0, time.Time{}
	case said:
		p.gap, p.free, p.silent, p.shut = 0, time.Time{}, 0, time.Time{}
	case r.Code == CodeCancelled, r.State == NotSent && r.Code != CodeNotSent: // by us: it says nothing of the network
	case tried:
		p.shut = now.Add(shutFor)
	default:
		if p.silent == 0 || now.Sub(p.since) > silentIn {
			p.silent, p.since = 0, now
		}
		if p.silent++; p.silent >= silentMax && p.shut.IsZero() {
			p.shut = now.Add(shutFor)
		}
	}
}
