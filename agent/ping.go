package main

import (
	"context"
	"time"
)

// pinger is a merchant's client whose network wants a sign of life where nothing
// is sold, and answers from the best of its hosts then (Cloud Pay).
type pinger interface {
	Ping(ctx context.Context) error
}

// pingEvery is how often Cloud Pay wants its connection used (cloud.tencent.com
// 569/38251).
const pingEvery = 2 * time.Minute

// ping keeps a merchant's network near: at the start, and whenever it has not
// been asked anything for so long. What it finds is for the technician alone.
func (a *agent) ping(ctx context.Context, merchant string, p pinger) error {
	down := false
	for {
		quiet := a.clock.Time().Sub(a.health.heard(merchant))
		if quiet >= pingEvery || quiet < 0 { // or the clock was set
			quiet = 0
			err := p.Ping(ctx)
			switch {
			case ctx.Err() != nil:
				return nil
			case err != nil && !down:
				a.log.Warn("payment network does not answer a ping; the next sale tries all of its hosts", "merchant", merchant, "err", err)
			case err == nil && down:
				a.log.Info("payment network answers pings again", "merchant", merchant)
			}
			down = err != nil
		}
		timer := time.NewTimer(pingEvery - quiet)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-timer.C:
		}
	}
}
