package sim

import (
	"slices"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/pay/sandbox"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// gives is an order that is paid, and a refund of it that somebody has wished.
func (c *court) gives(amount money.Fen) {
	c.paidAtTheExit()
	c.wishes("wish", amount, amount)
}

// wishes is another refund of it: of what the agent makes of a wish.
func (c *court) wishes(reason string, wished, asked money.Fen) {
	n := len(c.orders[1].refunds) + 1
	c.Wished(reason, wished)
	c.refundOf(n, func(b *entry.RefundAskedBody) { b.Amount, b.Reason = asked, reason })
}

// refundOf makes the intent of the nth refund durable.
func (c *court) refundOf(n int, change func(b *entry.RefundAskedBody)) {
	b := entry.RefundAskedBody{Order: 1, Of: first, Number: entry.RefundNumber(first, n), Amount: 250, Paid: 1250, Lane: till, Reason: "wish"}
	change(&b)
	c.writes(entry.Seq(10*n), entry.New(entry.RefundAsked, b))
}

// done is a refund's arrival.
func done(settled, total money.Fen) entry.Draft {
	return entry.New(entry.RefundDone, entry.RefundDoneBody{Settled: settled, Total: total})
}

func refusedAs(state pay.State, gone money.Fen) entry.Draft {
	return entry.New(entry.RefundRefused, entry.RefundRefusedBody{State: uint8(state), Amount: gone})
}

// leaves is the nth refund on its way to the network.
func (c *court) leaves(n int, amount money.Fen) {
	c.Giving(pay.Refund{Of: pay.Attempt{Number: first, Amount: 1250}, Number: entry.RefundNumber(first, n), Amount: amount})
}

// odd is the first attempt when it has charged another sum than was asked for, and a
// person sends it back; the way back leaves with an amount.
func (c *court) odd(charged, back money.Fen) {
	c.writes(1, opened("exit"), askedAs(first))
	c.attempts[first].doubt = true
	c.writes(1, entry.New(entry.Frozen, entry.FrozenBody{Number: first, Code: "other amount", Amount: charged}))
	at := c.attempts[first].odd.at
	c.writes(1, entry.New(entry.Decided, entry.DecidedBody{Of: at, Number: first, What: entry.GoesBack, Amount: charged}))
	c.Giving(pay.Refund{Of: pay.Attempt{Number: first, Amount: back}, Number: pay.UndoNumber(first), Amount: back})
}

// returning is the first attempt on its way back.
func (c *court) returning() { c.writes(1, opened("exit"), askedAs(first), returningAs(first)) }

func returned(amount, refunding money.Fen) []sandbox.Entry {
	b := booked(first, 1250, amount)
	b.Refunding = refunding
	return []sandbox.Entry{b}
}

// Nobody is given back more than he paid, and nothing of what may not go back.
func TestTheOracleWatchesRefunds(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		does func(c *court)
		want string
	}{
		{"a part", func(c *court) { c.gives(250); c.leaves(1, 250); c.writes(10, done(250, 250)) }, ""},
		{"all, in two parts", func(c *court) { c.gives(250); c.writes(10, done(250, 250)); c.wishes("more", 0, 1000) }, ""},
		{"too much", func(c *court) { c.gives(1251) }, "promise 1: refund " + first + "01 is of 12.51, and 12.50 of order 1 are left"},
		{"nothing", func(c *court) { c.gives(-1) }, "promise 1: refund"},
		{"too much beside one that is not over", func(c *court) { c.gives(1000); c.wishes("more", 251, 251) }, "and 2.50 of order 1 are left"},
		{"too much after one that is done", func(c *court) { c.gives(1000); c.writes(10, done(1000, 1000)); c.wishes("more", 251, 251) }, "and 2.50 of order 1 are left"},
		{"again after one that was refused", func(c *court) { c.gives(1000); c.writes(10, refusedAs(pay.Declined, 0)); c.wishes("more", 1250, 1250) }, ""},
		{"after a mismatch, which counts", func(c *court) {
			c.gives(1000)
			c.orders[1].refunds[0].doubt = true
			c.writes(10, refusedAs(pay.Mismatch, 1000))
			c.wishes("more", 251, 251)
		}, "and 2.50 of order 1 are left"},
		{"of what is not paid", func(c *court) {
			c.writes(1, opened(till), askedAs(first))
			c.Wished("wish", 250)
			c.refundOf(1, func(*entry.RefundAskedBody) {})
		}, "promise 1: refund " + first + "01 is of order 1, which is not paid"},
		{"of an order on its way back", func(c *court) {
			c.writes(1, opened("exit"), askedAs(first), returningAs(first))
			c.together(1, handedAs(second, byCash), settledBy(second, 1250, true))
			c.Wished("wish", 250)
			c.refundOf(1, func(b *entry.RefundAskedBody) {
				b.Of, b.Number, b.Way = second, entry.RefundNumber(second, 1), byCash
			})
		}, "whose attempt " + first + " is on its way back"},
		{"of a frozen order", func(c *court) {
			c.paidAtTheExit()
			c.orders[1].frozen = true
			c.wishes("wish", 250, 250)
		}, "which is frozen"},
		{"under another number", func(c *court) {
			c.paidAtTheExit()
			c.Wished("wish", 250)
			c.refundOf(2, func(*entry.RefundAskedBody) {})
		}, "promise 1: refund " + first + "02 is of"},
		{"of a wallet's money in cash", func(c *court) {
			c.paidAtTheExit()
			c.Wished("wish", 250)
			c.refundOf(1, func(b *entry.RefundAskedBody) { b.Way = byCash })
		}, `goes back by "cash"`},
		{"that nobody has wished", func(c *court) { c.paidAtTheExit(); c.refundOf(1, func(*entry.RefundAskedBody) {}) }, "is what nobody has wished"},
		{"twice for one wish", func(c *court) { c.gives(250); c.refundOf(2, func(*entry.RefundAskedBody) {}) }, "promise 1: one wish has become refunds"},
		{"of another sum than wished", func(c *court) { c.paidAtTheExit(); c.wishes("wish", 200, 250) }, "wished were 2.00"},
		{"ends twice", func(c *court) { c.gives(250); c.writes(10, done(250, 250), done(250, 500)) }, "promise 2: refund " + first + "01 ends twice"},
		{"refused after its end", func(c *court) { c.gives(250); c.writes(10, done(250, 250), refusedAs(pay.Declined, 0)) }, "ends twice"},
		{"ends as nothing", func(c *court) { c.gives(250); c.writes(10, refusedAs(pay.Waiting, 0)) }, "ends as waiting"},
		{"a mismatch for nothing", func(c *court) { c.gives(250); c.writes(10, refusedAs(pay.Mismatch, 250)) }, "had said nothing untrue"},
		{"more for the merchant than it is of", func(c *court) { c.gives(250); c.writes(10, done(251, 250)) }, "the merchant is without 2.51"},
		{"a wrong total", func(c *court) { c.gives(250); c.writes(10, done(250, 251)) }, "its record says 2.51"},
		{"leaves before its intent", func(c *court) { c.paidAtTheExit(); c.leaves(1, 250) }, "promise 1: a refund leaves under number"},
		{"leaves after its end", func(c *court) { c.gives(250); c.writes(10, done(250, 250)); c.leaves(1, 250) }, "leaves after its end"},
		{"leaves with another sum", func(c *court) { c.gives(250); c.leaves(1, 251) }, "leaves with 2.51"},
		{"all of what nobody undoes", func(c *court) { c.paidAtTheExit(); c.leaves(99, 1250) }, "promise 1: all of attempt " + first},
		{"all of what is undone", func(c *court) { c.returning(); c.leaves(99, 1250) }, ""},
		{"a part of what is undone", func(c *court) { c.returning(); c.leaves(99, 1249) }, "leaves with 12.49"},
		{"all of another sum that was charged", func(c *court) { c.odd(1251, 1251) }, ""},
		{"what was asked for, and another sum was charged", func(c *court) { c.odd(1251, 1250) }, "charged were 12.51"},
		{"is asked about before its intent", func(c *court) { c.paidAtTheExit(); c.Arrived(sandbox.RefundQuery, first+"01") }, "promise 1: the network is asked about refund"},
		{"is asked about", func(c *court) { c.gives(250); c.Arrived(sandbox.RefundQuery, first+"01") }, ""},
	} {
		t.Run(row.name, func(t *testing.T) { judge(t, row.does, row.want) })
	}
}

// What the device says was refunded is what the network has given back.
func TestTheOracleHoldsRefundsAgainstTheBooks(t *testing.T) {
	t.Parallel()
	end := func(c *court, books []sandbox.Entry) {
		c.writes(1, entry.New(entry.Task, entry.TaskBody{What: "slip-failed"}), entry.New(entry.Task, entry.TaskBody{What: "gate-ask"}))
		c.Closed(books, nil)
	}
	slip := words.Receipt{Number: first, Refund: first + "01", Amount: 1250, Back: 250, Total: 250}
	for _, row := range []struct {
		name string
		does func(c *court)
		want string
	}{
		{"not yet there", func(c *court) { c.gives(250); c.Ledger(returned(0, 0)) }, ""},
		{"on its way", func(c *court) { c.gives(250); c.Ledger(returned(0, 250)) }, ""},
		{"there, and not yet known to be", func(c *court) { c.gives(250); c.Ledger(returned(250, 0)) }, ""},
		{"done, and not there", func(c *court) { c.gives(250); c.writes(10, done(250, 250)); c.Ledger(returned(0, 250)) }, "promise 1: 2.50 of order 1 have gone back by its records, by its network 0.00"},
		{"given back under another number too", func(c *court) { c.gives(250); c.Ledger(returned(250, 250)) }, "of order 1 the network gives 5.00 back"},
		{"refused, and there", func(c *court) { c.gives(250); c.writes(10, refusedAs(pay.Declined, 0)); c.Ledger(returned(250, 0)) }, "by its records no more than 0.00"},
		{"open in the end", func(c *court) { c.gives(250); end(c, returned(0, 0)) }, "promise 2: refund " + first + "01 is still open"},
		{"open in the end, and a person was asked", func(c *court) {
			c.gives(250)
			c.Troubled(weChat, sandbox.Refund, first+"01", sandbox.Do(sandbox.Abnormal), false)
			c.writes(10, entry.New(entry.Task, entry.TaskBody{What: "network-fault"}))
			end(c, returned(0, 0))
		}, ""},
		{"done in the end", func(c *court) {
			c.gives(250)
			c.writes(10, done(250, 250))
			c.RefundPrinted(10, slip, false)
			end(c, returned(250, 0))
		}, ""},
		{"without a slip in the end", func(c *court) { c.gives(250); c.writes(10, done(250, 250)); end(c, returned(250, 0)) }, "promise 8: refund " + first + "01 is done, has no slip"},
		{"more in the end", func(c *court) {
			c.gives(250)
			c.writes(10, done(250, 250))
			c.RefundPrinted(10, slip, false)
			end(c, returned(250, 1))
		}, "in the end 2.50 of order 1"},
		{"all of it, and a coupon that was nobody's", func(c *court) {
			c.gives(1250)
			c.writes(10, done(1249, 1250), entry.New(entry.Task, entry.TaskBody{What: "slip-failed"}))
			end(c, returned(1250, 0))
		}, "promise 7: all of order 1 has gone back"},
	} {
		t.Run(row.name, func(t *testing.T) { judge(t, row.does, row.want) })
	}
}

func TestTheOracleWatchesWhatPeopleAreToldOfRefunds(t *testing.T) {
	t.Parallel()
	number := first + "01"
	slip := words.Receipt{Number: first, Refund: number, Amount: 1250, Back: 250, Total: 250}
	gone := func(c *court) { c.gives(250); c.writes(10, done(250, 250)) }
	idle := words.Order{Phase: words.Idle}
	shown := func(c *court, phase words.RefundPhase) {
		c.RefundShown(till, words.Refund{Key: 10, Number: number, Amount: 250, Phase: phase, Total: c.refunds[10].done.Total})
	}
	heard := func(c *court, state pay.State, stuck bool) {
		c.writes(10, entry.New(entry.RefundHeard, entry.RefundHeardBody{State: uint8(state), Stuck: stuck}))
	}
	for _, row := range []struct {
		name string
		does func(c *court)
		want string
	}{
		{"a slip", func(c *court) { gone(c); c.RefundPrinted(10, slip, false) }, ""},
		{"a slip before it is done", func(c *court) { c.gives(250); c.RefundPrinted(10, slip, false) }, "promise 4: a slip says that"},
		{"a slip with another total", func(c *court) { gone(c); other := slip; other.Total = 1; c.RefundPrinted(10, other, false) }, "in all 0.01"},
		{"two slips", func(c *court) { gone(c); c.RefundPrinted(10, slip, false); c.RefundPrinted(10, slip, false) }, "promise 8: refund " + number + " has 2 slips"},
		{"a slip and a reprint", func(c *court) {
			gone(c)
			c.RefundPrinted(10, slip, false)
			c.writes(10, slipAgain)
			c.RefundPrinted(10, slip, true)
		}, ""},
		{"a voice", func(c *court) { gone(c); c.RefundSpoken(10, number, idle) }, ""},
		{"a voice beside its order", func(c *court) { gone(c); c.RefundSpoken(10, number, words.Order{Key: 1, Phase: words.Refused}) }, ""},
		{"a voice before it is done", func(c *court) { c.gives(250); c.RefundSpoken(10, number, idle) }, "promise 4: a voice says"},
		{"two voices", func(c *court) { gone(c); c.RefundSpoken(10, number, idle); c.RefundSpoken(10, number, idle) }, "is spoken 2 times"},
		{"a voice after a restart", func(c *court) { gone(c); c.Begins(); c.RefundSpoken(10, number, idle) }, "late"},
		{"a voice long after it was asked for", func(c *court) {
			c.gives(250)
			time.Sleep(3 * time.Minute)
			c.writes(10, done(250, 250))
			c.RefundSpoken(10, number, idle)
		}, "is spoken of 3m0s after it was asked for"},
		{"a voice to the next one", func(c *court) { gone(c); c.RefundSpoken(10, number, words.Order{Key: 7, Phase: words.Ready}) }, "another order is in front"},
		{"screens of a way", func(c *court) {
			c.gives(250)
			shown(c, words.RefundAsking)
			heard(c, pay.Waiting, false)
			shown(c, words.RefundAccepted)
			heard(c, pay.Unknown, true)
			shown(c, words.RefundStuck)
			c.writes(10, done(250, 250))
			shown(c, words.RefundDone)
		}, ""},
		{"a screen that says done", func(c *court) { c.gives(250); shown(c, words.RefundDone) }, "promise 4: the screen of till says done"},
		{"a screen that says refused", func(c *court) { gone(c); shown(c, words.RefundRefused) }, "promise 4: the screen of till says refused"},
		{"a screen that says accepted", func(c *court) { c.gives(250); shown(c, words.RefundAccepted) }, "says accepted"},
		{"a screen that says stuck", func(c *court) { c.gives(250); shown(c, words.RefundStuck) }, "says stuck"},
		{"a screen of another lane", func(c *court) {
			gone(c)
			c.RefundShown("exit", words.Refund{Key: 10, Number: number, Amount: 250, Phase: words.RefundAsking})
		}, "promise 4: the screen of exit"},
		{"a drawer", func(c *court) {
			c.writes(1, opened(till))
			c.together(1, handedAs(first, byCash), settledBy(first, 1250, false))
			c.Wished("wish", 250)
			c.refundOf(1, func(b *entry.RefundAskedBody) { b.Way = byCash })
			c.writes(10, done(250, 250))
			c.Drawn(c.stands[till], 10)
		}, ""},
		{"a drawer before it is done", func(c *court) { c.gives(250); c.Drawn(c.stands[till], 10) }, "promise 3: the drawer of till"},
	} {
		t.Run(row.name, func(t *testing.T) { judge(t, row.does, row.want) })
	}
}

// What clerks are asked about is what the oracle knows.
func TestWhatMayBeWished(t *testing.T) {
	t.Parallel()
	c := newCourt()
	c.gives(250)
	c.writes(4, opened(till), askedAs(second))
	number, refunds := c.Numbers(1)
	if c.Left(1) != 1000 || c.Left(4) != 0 || !slices.Equal(c.Unsettled(), []entry.Seq{4}) || number != first || len(refunds) != 1 || refunds[0].Number != first+"01" {
		t.Errorf("left %s and %s, unsettled %v, slips %s %v", c.Left(1), c.Left(4), c.Unsettled(), number, refunds)
	}
}
