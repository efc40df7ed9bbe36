package duty

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"tillgate/agent/report"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// histories is how many random histories are lived through on the real store.
// agent/report lives through ten thousand of its own, without one.
const histories = 100

// till is what a bookkeeper writes down of one shift while it happens.
type till struct {
	sales, refunds            int64
	in, out                   money.Fen
	taken, captured, released money.Fen // of deposits
}

// ledger is the bookkeeper's: a till for each shift, 0 is nobody's; and what is
// not final yet.
type ledger struct {
	*lab
	tills   map[entry.Seq]*till
	paid    []entry.Seq // orders of which a part may go back, and deposits
	held    []entry.Seq // deposits
	open    []unended
	people  []string
	slips   till // what all hand-overs have printed
	crashes int
	renamed int // lanes
	twice   int // hand-overs that two people began at once
}

type unended struct {
	lane, number string
	order        entry.Seq // 0: it is a refund
	refund       entry.Seq
	hold         entry.Seq // it is a capture or release of this deposit
	captures     bool
	amount       money.Fen
}

func (b *ledger) till(lane string) *till {
	_, shift, _ := b.On(lane)
	if b.tills[shift] == nil {
		b.tills[shift] = &till{}
	}
	return b.tills[shift]
}

func (b *ledger) takes(lane string, amount money.Fen) {
	t := b.till(lane)
	t.sales, t.in = t.sales+1, t.in+amount
}

func (b *ledger) pays(lane string, amount money.Fen) {
	t := b.till(lane)
	t.refunds, t.out = t.refunds+1, t.out+amount
}

// live draws a history: what happens follows from a seed.
func (b *ledger) live(t *rapid.T, random *rand.Rand, events int) {
	for range events {
		lane, amount := b.lanes.names[random.IntN(len(b.lanes.names))], money.Fen(1+random.Int64N(50_000))
		b.pass(int64(random.IntN(600_000)))
		switch what := random.IntN(20); {
		case what > 17:
			b.deposits(lane, amount)
		case what > 15:
			b.moves(lane, random)
		case what < 5:
			_, key := b.sells(lane, amount, []string{"wechat", "alipay", "cash"}[random.IntN(3)])
			b.takes(lane, amount)
			b.paid = append(b.paid, key)
		case what < 7:
			number, key := b.leaves(lane, amount)
			b.open = append(b.open, unended{lane: lane, number: number, order: key, amount: amount})
		case what < 9:
			b.givesBack(lane, random)
		case what < 12:
			b.ends(random)
		case what < 14:
			b.clocks(t, lane, random)
		case what < 15:
			b.handsOver(t, lane)
		case random.IntN(4) == 0:
			if random.IntN(2) == 0 { // the config has another name for a lane from here on
				b.renamed++
				b.lanes.names[random.IntN(len(b.lanes.names))] = fmt.Sprint("lane-", b.renamed)
			}
			b.restart(b.boot)
			b.crashes++
		}
	}
}

// deposits has a deposit held on a lane.
func (b *ledger) deposits(lane string, amount money.Fen) {
	number := b.books.Number()
	entries, err := b.books.Store.Commit(context.Background(), store.Step{Entries: []entry.Draft{
		entry.New(entry.HoldAsked, entry.HoldAskedBody{Number: number, Amount: amount, Lane: lane, Merchant: "inn", Network: "alipay"}),
		entry.New(entry.HoldPlaced, entry.HoldPlacedBody{Amount: amount, Network: "20" + number, Parts: true})}})
	b.must(err)
	b.till(lane).taken += amount
	b.held, b.paid = append(b.held, entries[0].Key), append(b.paid, entries[0].Key)
}

// moves captures a part of a deposit on a lane, now and then with the rest gone
// back, or releases one, or finds that its network has ended it; or one of the
// first two has no word yet, and then the deposit is left alone.
func (b *ledger) moves(lane string, random *rand.Rand) {
	if len(b.held) == 0 {
		return
	}
	h, err := b.books.Hold(context.Background(), b.held[random.IntN(len(b.held))])
	b.must(err)
	left := h.Left()
	if left == 0 || h.Moving() != nil {
		return
	}
	what := []string{entry.Capture, entry.Release}[random.IntN(2)]
	number, ok := entry.NextMove(h.Site, h.Asked.Number, what, h.Moves)
	amount := 1 + money.Fen(random.Int64N(int64(left)))
	switch ends := random.IntN(6); {
	case ends == 0:
		b.then(h.ID, true, entry.New(entry.HoldSeen, entry.HoldSeenBody{Captured: h.Captured, Released: h.Released + left, Why: entry.SeenExpired}))
		b.till(h.Lane).released += left
	case !ok:
	case ends == 1:
		b.then(h.ID, false, entry.New(entry.MoveAsked, entry.MoveAskedBody{Number: number, What: what, Amount: amount, Lane: lane}))
		b.open = append(b.open, unended{lane: lane, hold: h.ID, number: number, amount: amount, captures: what == entry.Capture})
	default:
		rest := money.Fen(0)
		if what == entry.Capture && ends == 2 {
			rest = left - amount
		}
		b.then(h.ID, amount+rest == left, entry.New(entry.MoveAsked, entry.MoveAskedBody{Number: number, What: what, Amount: amount, Lane: lane}),
			entry.New(entry.MoveDone, entry.MoveDoneBody{Number: number, Amount: amount, Rest: rest}))
		b.moved(lane, amount, rest, what == entry.Capture)
	}
}

// moved writes down what a capture or a release has moved.
func (b *ledger) moved(lane string, amount, rest money.Fen, captures bool) {
	t := b.till(lane)
	if !captures {
		t.released += amount
		return
	}
	b.takes(lane, amount)
	t.captured, t.released = t.captured+amount, t.released+rest
}

func (b *ledger) givesBack(lane string, random *rand.Rand) {
	if len(b.paid) == 0 {
		return
	}
	order := b.paid[random.IntN(len(b.paid))]
	p, err := b.books.Payment(context.Background(), order)
	b.must(err)
	left := p.Left()
	for _, c := range p.Captured() {
		left = p.LeftOf(c) // the newest has to have it
	}
	if left == 0 {
		return
	}
	amount := 1 + money.Fen(random.Int64N(int64(left)))
	ended := random.IntN(2) == 0
	b.gives(order, lane, amount, ended)
	if ended {
		b.pays(lane, amount)
		return
	}
	key, err := b.books.Find(context.Background(), p.Next())
	b.must(err)
	b.open = append(b.open, unended{lane: lane, refund: key, amount: amount})
}

// ends lets something that was not final come to its end, in whoever's shift that is.
func (b *ledger) ends(random *rand.Rand) {
	if len(b.open) == 0 {
		return
	}
	i := random.IntN(len(b.open))
	u := b.open[i]
	b.open = append(b.open[:i:i], b.open[i+1:]...)
	good := random.IntN(3) > 0
	switch {
	case u.hold != 0 && good:
		b.then(u.hold, false, entry.New(entry.MoveDone, entry.MoveDoneBody{Number: u.number, Amount: u.amount}))
		b.moved(u.lane, u.amount, 0, u.captures)
	case u.hold != 0:
		b.then(u.hold, false, entry.New(entry.MoveRefused, entry.MoveRefusedBody{Number: u.number, State: 2}))
	case u.order != 0 && good:
		b.then(u.order, true, entry.New(entry.Settled, entry.SettledBody{Number: u.number, Amount: u.amount, Settled: u.amount}))
		b.takes(u.lane, u.amount)
		b.paid = append(b.paid, u.order)
	case u.order != 0:
		b.then(u.order, true, entry.New(entry.Ended, entry.EndedBody{Number: u.number, State: 2}), entry.New(entry.Cancelled, entry.CancelledBody{Why: "gone"}))
	case good:
		b.then(u.refund, true, entry.New(entry.RefundDone, entry.RefundDoneBody{Settled: u.amount}))
		b.pays(u.lane, u.amount)
	default:
		b.then(u.refund, true, entry.New(entry.RefundRefused, entry.RefundRefusedBody{State: 2}))
	}
}

// clocks has somebody clock on, on a lane or the whole store, or off without a
// hand-over. What is refused changes nothing.
func (b *ledger) clocks(t *rapid.T, lane string, random *rand.Rand) {
	who := b.people[random.IntN(len(b.people))]
	if s, on := b.ShiftOf(who); on {
		if _, err := b.ClockOff(context.Background(), who, s.ID, ""); err != nil {
			t.Fatal(err)
		}
		return
	}
	lanes := []string{lane}
	if random.IntN(3) == 0 {
		lanes = nil
	}
	_, err := b.ClockOn(context.Background(), ClockOn{Person: who, Lanes: lanes})
	if refused, ok := err.(*Refusal); err != nil && (!ok || refused.Why != words.HaltOnDuty) {
		t.Fatal(err)
	}
}

// handsOver prints the slip of the shift that is on on a lane.
func (b *ledger) handsOver(t *rapid.T, lane string) {
	if who, shift, ok := b.On(lane); ok {
		b.prints(t, who, shift)
	}
}

// prints hands a shift over; of every fourth a manager does so at the same time.
func (b *ledger) prints(t *rapid.T, who string, shift entry.Seq) {
	var handed Handed
	var err error
	if shift%4 == 0 {
		b.books.meanwhile(func() { handed, err = b.HandOver(context.Background(), HandOver{By: "local-1", Shift: shift}) })
		if _, twice := b.HandOver(context.Background(), HandOver{By: who, Shift: shift}); why(b.tb, twice) != string(words.HaltNoShift) {
			t.Fatalf("shift %d is handed over twice: %v", shift, twice)
		}
		b.twice++
	} else {
		handed, err = b.HandOver(context.Background(), HandOver{By: who, Shift: shift})
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, sum := range []words.HandoverSum{handed.Slip.Total, handed.Slip.Nobody} {
		b.slips.sales, b.slips.refunds = b.slips.sales+sum.Sales, b.slips.refunds+sum.Refunds
		b.slips.in, b.slips.out = b.slips.in+sum.Amount, b.slips.out+sum.Refunded
		b.slips.taken, b.slips.captured, b.slips.released = b.slips.taken+sum.Deposits.Taken.Amount, b.slips.captured+sum.Deposits.Captured.Amount, b.slips.released+sum.Deposits.Released.Amount
	}
	if own := b.tills[shift]; own != nil && handed.Slip.Total.Received != own.in-own.out || own == nil && handed.Slip.Total.Received != 0 {
		t.Fatalf("the slip of shift %d has %s, the book %+v", shift, handed.Slip.Total.Received, own)
	}
}

// close hands over every shift that has not been, and has one last shift take in
// what nobody has.
func (b *ledger) close(t *rapid.T) {
	shifts, err := b.books.Shifts(context.Background(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range shifts {
		if s.Handed == 0 {
			b.prints(t, s.Who, s.ID)
		}
	}
	last := b.on(b.people[0])
	b.prints(t, b.people[0], last.ID)
}

// TestHistories: whatever happens in whatever order, every transaction is in one
// shift or nobody's, those sum to the ledger, and the slips print it all once.
// It is not parallel to others: how many there are is set for the whole process.
func TestHistories(t *testing.T) {
	checks := flag.Lookup("rapid.checks")
	n, before := histories, checks.Value.String()
	flag.Visit(func(f *flag.Flag) {
		if f.Name == checks.Name {
			n, _ = strconv.Atoi(before) // rapid has read it
		}
	})
	side := runtime.GOMAXPROCS(0)
	if err := flag.Set(checks.Name, fmt.Sprint((n+side-1)/side)); err != nil {
		t.Fatal(err)
	}
	defer flag.Set(checks.Name, before) //nolint:errcheck // it was its value
	t.Run("lives", func(t *testing.T) {
		for i := range side {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				live(t, 60+uint64(i))
			})
		}
	})
}

// live lives through histories, one after the other.
func live(t *testing.T, seed uint64) {
	base := newLab(t, seed) // people are hired once: their PINs cost more than a history
	people := []string{base.hire("Wang", staff.Clerk, nil), base.hire("Li", staff.Clerk, nil), base.hire("Zhao", staff.Manager, nil)}
	lived, n := ledger{}, 0
	rapid.Check(t, func(rt *rapid.T) {
		b := &ledger{lab: base.again(), tills: map[entry.Seq]*till{}, people: people}
		b.live(rt, rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0)), rapid.SampledFrom([]int{80, 40, 10, 0}).Draw(rt, "events"))
		b.close(rt)
		b.sums(rt)
		lived.slips.captured, lived.slips.released = lived.slips.captured+b.slips.captured, lived.slips.released+b.slips.released
		lived.twice, lived.renamed = lived.twice+b.twice, lived.renamed+b.renamed
		lived.crashes, lived.slips.sales, lived.slips.refunds = lived.crashes+b.crashes, lived.slips.sales+b.slips.sales, lived.slips.refunds+b.slips.refunds
		b.end()
		n++
	})
	t.Logf("%d histories: %d sales, %d refunds, %s captured, %s released, %d restarts, %d lanes renamed, %d handed over by two at once",
		n, lived.slips.sales, lived.slips.refunds, lived.slips.captured, lived.slips.released, lived.crashes, lived.renamed, lived.twice)
	if testing.Short() { // in few histories something may never happen
		return
	}
	if lived.slips.sales == 0 || lived.slips.refunds == 0 || lived.slips.captured == 0 || lived.slips.released == 0 || lived.twice == 0 || lived.renamed == 0 {
		t.Error("the histories are too quiet to show anything")
	}
}

func wrote(f report.Figures) till {
	return till{f.Sales, f.Refunds, f.Settled, f.RefundSettled, f.Taken.Amount, f.Captures.Amount, f.Released.Amount}
}

// sums holds the reports and the slips against the books.
func (b *ledger) sums(t *rapid.T) {
	var all till
	for _, own := range b.tills {
		all.sales, all.refunds, all.in, all.out = all.sales+own.sales, all.refunds+own.refunds, all.in+own.in, all.out+own.out
		all.taken, all.captured, all.released = all.taken+own.taken, all.captured+own.captured, all.released+own.released
	}
	for _, source := range []report.Source{b.Source(), b.Figures()} {
		table, err := report.Group(context.Background(), source, report.Query{}, report.ByShift)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range table.Lines {
			shift, err := strconv.ParseInt(line.Keys[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			own := b.tills[entry.Seq(shift)]
			if own == nil {
				own = &till{}
			}
			if got := wrote(line.Figures); got != *own {
				t.Fatalf("shift %d has %+v, the book %+v", shift, got, *own)
			}
		}
		if f := table.Total; wrote(f) != all || f.StillHeld.Amount != all.taken-all.captured-all.released {
			t.Fatalf("the reports have %+v, the ledger %+v", f, all)
		}
		if n := table.Total.DepositOpen.Count + table.Total.Unknown.Count + table.Total.Open.Count + table.Total.RefundUnknown.Count + table.Total.RefundOpen.Count; n != int64(len(b.open)) {
			t.Fatalf("%d are not final, the book has %d", n, len(b.open))
		}
	}
	if b.slips != all {
		t.Fatalf("the slips have %+v, the ledger %+v", b.slips, all)
	}
}
