package duty

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// TestSplittingSavesNobody: what has gone back of an order or deposit, or may yet,
// counts to the limits of 100.00 and 1,000.00.
func TestSplittingSavesNobody(t *testing.T) {
	t.Parallel()
	number := entry.Number(site, device, 4, 5)
	// held is a deposit of 3,000.00 that has moved so.
	held := func(restGoes bool, moves ...[]entry.Draft) func(c *crew) entry.Seq {
		return func(c *crew) entry.Seq {
			entries, err := c.books.Store.Commit(t.Context(), store.Step{Entries: append([]entry.Draft{
				entry.New(entry.HoldAsked, entry.HoldAskedBody{Number: number, Amount: 300_000, Lane: "counter-1", Merchant: "inn", Network: "alipay"}),
				entry.New(entry.HoldPlaced, entry.HoldPlacedBody{Amount: 300_000, Network: "20" + number, Parts: true, RestGoes: restGoes})},
				slices.Concat(moves...)...)})
			c.must(err)
			return entries[0].Key
		}
	}
	move := func(what, number string, amount, rest money.Fen) []entry.Draft {
		return []entry.Draft{entry.New(entry.MoveAsked, entry.MoveAskedBody{Number: number, What: what, Amount: amount, Last: rest > 0, Lane: "counter-1"}),
			entry.New(entry.MoveDone, entry.MoveDoneBody{Number: number, Amount: amount, Rest: rest})}
	}
	capture := func(n int, amount, rest money.Fen) []entry.Draft {
		return move(entry.Capture, entry.CaptureNumber(number, n), amount, rest)
	}
	release := func(amount money.Fen) []entry.Draft {
		return move(entry.Release, entry.ReleaseNumber(number, 1), amount, 0)
	}
	paid := func(sums ...money.Fen) func(c *crew) entry.Seq { // the last of them has no word yet
		return func(c *crew) entry.Seq {
			_, key := c.sells("counter-1", 300_000, "wechat")
			for i, sum := range sums {
				c.gives(key, "counter-1", sum, i < len(sums)-1)
			}
			return key
		}
	}
	for name, row := range map[string]struct {
		before    func(c *crew) entry.Seq
		operation Operation
		amount    money.Fen
		needs     int
	}{
		"nothing before":                   {paid(), Refund, 10_000, 0},
		"to the limit":                     {paid(4000, 5000), Refund, 1000, 0},
		"over the limit":                   {paid(4000, 5000), Refund, 1001, 1},
		"to the second":                    {paid(90_000, 9000), Refund, 1000, 1},
		"over the second":                  {paid(90_000, 9000), Refund, 1001, 2},
		"a release up to the limit":        {held(false, release(9000)), Release, 1000, 0},
		"a release after a release":        {held(false, release(9000)), Release, 1001, 1},
		"a refund after a release":         {held(false, release(9000), capture(1, 5000, 0)), Refund, 1001, 1},
		"a refund while one is on its way": {held(false, capture(1, 5000, 0), release(9000)[:1]), Refund, 1001, 1},
		"a refund after a rest":            {held(false, capture(1, 290_001, 9999)), Refund, 2, 1},
		"a refund while a rest leaves":     {held(false, capture(1, 20_000, 0), capture(2, 270_000, 10_000)[:1]), Refund, 1, 1},
		"a refund after a network's rest":  {held(true, capture(1, 20_000, 280_000)), Refund, 10_000, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCrew(t, 47)
			c.must(c.Set(t.Context(), "local-1", words.SettingRefundLimit, "100"))
			key := row.before(c)
			_, err := c.Allow(t.Context(), Ask{Operation: row.operation, By: c.clerk, Lane: "counter-1", Order: key, Number: number, Amount: row.amount, Reason: "broken"})
			needs := 0
			if err != nil {
				needs = asked(t, err).Needs
			}
			if needs != row.needs {
				t.Errorf("takes %d more, want %d", needs, row.needs)
			}
		})
	}
}

// TestAskedForAtOnce: of ten refunds of 100.00 that are asked for side by side, and
// of one that its lane has not come to yet, the first alone is within the limit.
func TestAskedForAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCrew(t, 48)
		c.must(c.Set(t.Context(), "local-1", words.SettingRefundLimit, "100"))
		c.lanes.silent = true
		a := c.ask(10_000)
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		results := make(chan error)
		for range 10 {
			go func() { _, err := c.Refund(ctx, a); results <- err }()
		}
		waited := 0
		for range 10 {
			switch err := <-results; {
			case errors.Is(err, context.DeadlineExceeded):
				waited++
			case why(t, err) != string(words.HaltApproval):
				t.Errorf("beside another: %v", err)
			}
		}
		if _, err := c.Refund(t.Context(), a); waited != 1 || why(t, err) != string(words.HaltApproval) || len(c.lanes.took) != 1 {
			t.Fatalf("%d wait for the lane, which heard of %d; one more: %v", waited, len(c.lanes.took), err)
		}
		c.lanes.answers(flow.Said{Tell: words.TellFrozen}) // and does nothing
		c.lanes.silent, c.lanes.full = false, true
		for range 2 {
			if _, err := c.Refund(t.Context(), a); why(t, err) != string(words.HaltLaneBusy) {
				t.Errorf("on a busy lane: %v", err)
			}
		}
		c.lanes.full = false
		if _, err := c.Refund(t.Context(), a); err != nil || len(c.going) != 0 {
			t.Errorf("once nothing is on its way: %v, %v", err, c.going)
		}
	})
}
