package report_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"tillgate/agent/report"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// histories is how many random histories are lived through.
const histories = 10_000

// till is what a bookkeeper writes down of one shift while it happens, without a
// formula of ours: a sum for each thing that moves money, and a count.
type till struct {
	in, due, out, price, sales, refunds int64
	taken, captured, released           int64 // of deposits
}

// shop is a history: people come and go, orders are paid, stay unknown or end, and
// go back, on lanes whose shifts change beneath them.
type shop struct {
	rows   journal
	seq    entry.Seq
	wall   int64 // the device's clock, which may jump
	shifts int64
	duty   map[string]int64 // lane to shift
	clerks map[int64]string
	left   map[string]entry.Seq   // by lane: the entry that ended its last shift
	gaps   map[int64][]report.Gap // by shift: nobody's time on its lanes before it
	books  map[int64]*till        // by shift
	gone   map[entry.Seq]int64    // by order: what has gone back or may have
}

var (
	lanes   = []string{"counter-1", "counter-2", "exit-B"}
	people  = []string{"Li", "Wang"}
	ways    = [][3]string{{"", "", "wechat"}, {"", "alipay", "cloudpay"}, {"", "", "unionpay"}, {"cash", "", "cash"}, {"card", "", "card"}} // tender, wallet, network
	endings = []report.State{report.Paid, report.Paid, report.Paid, report.Unknown, report.Open, report.Ended, report.Frozen}
)

func newShop() *shop {
	return &shop{wall: at("2026-11-29 22:00:00"), duty: map[string]int64{}, clerks: map[int64]string{}, left: map[string]entry.Seq{}, gaps: map[int64][]report.Gap{},
		books: map[int64]*till{}, gone: map[entry.Seq]int64{}}
}

func (s *shop) next() entry.Seq { s.seq++; return s.seq }

func (s *shop) book(lane string) *till {
	shift := s.duty[lane]
	if s.books[shift] == nil {
		s.books[shift] = &till{}
	}
	return s.books[shift]
}

// clockOn begins a shift on those lanes that have none.
func (s *shop) clockOn(on []string, who string) {
	seq := s.next()
	s.shifts++
	s.clerks[s.shifts] = who
	for _, lane := range on {
		if s.duty[lane] == 0 {
			s.duty[lane] = s.shifts
			s.gaps[s.shifts] = append(s.gaps[s.shifts], report.Gap{Lane: lane, After: s.left[lane], Until: seq})
		}
	}
}

// clockOff ends the shift that a lane is in, on all of its lanes.
func (s *shop) clockOff(lane string) {
	seq, shift := s.next(), s.duty[lane]
	for _, lane := range lanes {
		if shift != 0 && s.duty[lane] == shift {
			s.duty[lane], s.left[lane] = 0, seq
		}
	}
}

// sell opens an order and lives through what became of it.
func (s *shop) sell(lane string, way [3]string, state report.State, amount, off int64, trusted bool) {
	row := report.Row{Order: s.next(), Lane: lane, Tender: way[0], Wallet: way[1], Network: way[2], Number: numberOf(int(s.seq)), State: state, At: s.wall,
		Shift: s.duty[lane], Trusted: trusted, Amount: money.Fen(amount)}
	row.Clerk = s.clerks[row.Shift]
	switch state {
	case report.Paid:
		row.Seq, row.Settled = s.next(), money.Fen(amount-off)
		book := s.book(lane)
		book.sales, book.price, book.in = book.sales+1, book.price+amount, book.in+amount-off
	case report.Ended, report.Frozen:
		row.Seq = s.next()
	}
	s.rows = append(s.rows, row)
}

// hold opens a deposit and lives through what became of it.
func (s *shop) hold(lane string, way [3]string, state report.State, amount int64, trusted bool) {
	row := report.Row{Order: s.next(), Deposit: true, Lane: lane, Wallet: way[1], Network: way[2], Number: numberOf(int(s.seq)), State: state, At: s.wall,
		Shift: s.duty[lane], Trusted: trusted, Amount: money.Fen(amount)}
	row.Clerk = s.clerks[row.Shift]
	switch state {
	case report.Paid:
		row.Seq = s.next()
		s.book(lane).taken += amount
		row.Moves = []report.MoveRow{{Part: report.StillHeld, Lane: lane, State: report.Paid, At: s.wall, Trusted: trusted, Amount: row.Amount}}
	case report.Ended:
		row.Seq = s.next()
	}
	s.rows = append(s.rows, row)
}

// move captures or releases a part of a deposit, or tries to; rest goes back with it.
func (s *shop) move(of int, lane string, part report.Part, state report.State, share int64, rest bool) {
	row := &s.rows[of]
	if !row.Deposit || row.State != report.Paid || len(row.Moves) == 0 {
		return
	}
	held := &row.Moves[len(row.Moves)-1]
	if held.Part != report.StillHeld {
		return
	}
	amount := 1 + share%int64(held.Amount)
	m := report.MoveRow{Part: part, Number: entry.CaptureNumber(row.Number, len(row.Moves)), Lane: lane, Shift: s.duty[lane], State: state, At: s.wall, Trusted: true, Amount: money.Fen(amount)}
	m.Clerk = s.clerks[m.Shift]
	left := *held
	row.Moves = row.Moves[:len(row.Moves)-1]
	if state == report.Paid {
		m.Seq = s.next()
		left.Amount -= m.Amount
		book := s.book(lane)
		if part == report.Captured {
			book.sales, book.price, book.in, book.captured = book.sales+1, book.price+amount, book.in+amount, book.captured+amount
		} else {
			book.released += amount
		}
		if rest && left.Amount > 0 {
			back := m
			back.Part, back.Amount = report.Released, left.Amount
			book.released += int64(back.Amount)
			row.Moves, left.Amount = append(row.Moves, back), 0
		}
	}
	if row.Moves = append(row.Moves, m); left.Amount > 0 {
		row.Moves = append(row.Moves, left)
	}
}

// refund gives a part of a paid order back, or tries to.
func (s *shop) refund(of int, lane string, state report.State, part int64, trusted bool) {
	row := &s.rows[of]
	left := int64(row.Amount) - s.gone[row.Order]
	if row.Deposit {
		left = -s.gone[row.Order]
		for _, m := range row.Moves {
			if m.Part == report.Captured && m.State == report.Paid {
				left += int64(m.Amount)
			}
		}
	}
	if row.State != report.Paid || left == 0 {
		return
	}
	amount := 1 + part%left
	r := report.RefundRow{Number: entry.RefundNumber(row.Number, len(row.Refunds)+1), Lane: lane, Shift: s.duty[lane], State: state, At: s.wall, Trusted: trusted,
		Amount: money.Fen(amount)}
	r.Clerk = s.clerks[r.Shift]
	switch state {
	case report.Paid:
		r.Seq, r.Settled = s.next(), money.Fen(amount*int64(row.Settled)/int64(row.Amount)) // as the networks split it: the shop's part of what it got
		if row.Deposit {
			r.Settled = r.Amount
		}
		book := s.book(lane)
		book.refunds, book.due, book.out = book.refunds+1, book.due+amount, book.out+int64(r.Settled)
	case report.Ended:
		r.Seq, amount = s.next(), 0
	}
	s.gone[row.Order] += amount
	row.Refunds = append(row.Refunds, r)
}

// live draws a history: how long it is, and from a seed what happens.
func live(t *rapid.T) *shop {
	s := newShop()
	random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	chance := func(of int) bool { return random.IntN(of) == 0 }
	for range rapid.SampledFrom([]int{60, 120, 20, 5, 0}).Draw(t, "events") {
		lane, state := lanes[random.IntN(len(lanes))], endings[random.IntN(len(endings))]
		switch what := random.IntN(13); {
		case what > 11:
			s.hold(lane, ways[random.IntN(3)], state, 1+random.Int64N(100_000), !chance(8))
		case what > 9:
			if len(s.rows) > 0 && (state == report.Paid || state == report.Unknown) {
				s.move(random.IntN(len(s.rows)), lane, report.Captured+report.Part(random.IntN(2)), state, random.Int64N(1<<40), chance(3))
			}
		case what == 0 && chance(2):
			s.clockOff(lane)
		case what == 0 && chance(2):
			s.clockOn(lanes, people[random.IntN(len(people))])
		case what == 0:
			s.clockOn([]string{lane}, people[random.IntN(len(people))])
		case what == 1:
			s.wall += int64(random.IntN(200)-20) * 3_600_000 // a clock that jumps, days forth or hours back
		case what <= 4:
			if len(s.rows) > 0 && state != report.Frozen {
				s.refund(random.IntN(len(s.rows)), lane, state, random.Int64N(1<<40), !chance(8))
			}
		default:
			way, amount, off := ways[random.IntN(len(ways))], 1+random.Int64N(100_000), int64(0)
			if way[0] == "" && chance(3) {
				off = random.Int64N(amount + 1)
			}
			s.sell(lane, way, state, amount, off, !chance(8))
		}
		s.wall += 60_000
	}
	return s
}

// ledger is what the bookkeeper has written down of all shifts together.
func (s *shop) ledger() (all till) {
	for _, b := range s.books {
		all.in, all.due, all.out = all.in+b.in, all.due+b.due, all.out+b.out
		all.price, all.sales, all.refunds = all.price+b.price, all.sales+b.sales, all.refunds+b.refunds
		all.taken, all.captured, all.released = all.taken+b.taken, all.captured+b.captured, all.released+b.released
	}
	return all
}

func written(f report.Figures) till {
	return till{in: int64(f.Settled), due: int64(f.Refund), out: int64(f.RefundSettled), price: int64(f.Amount), sales: f.Sales, refunds: f.Refunds,
		taken: int64(f.Taken.Amount), captured: int64(f.Captures.Amount), released: int64(f.Released.Amount)}
}

// TestHistories lives through ten thousand random histories, and holds every
// report of each against the books.
func TestHistories(t *testing.T) {
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if !asked && !testing.Short() {
		before := flag.Lookup("rapid.checks").Value.String()
		if err := flag.Set("rapid.checks", fmt.Sprint(histories)); err != nil {
			t.Fatal(err)
		}
		defer flag.Set("rapid.checks", before) //nolint:errcheck // it was its value
	}
	lived, moved := 0, till{}
	rapid.Check(t, func(t *rapid.T) {
		s := live(t)
		shiftsSumToTheLedger(t, s)
		handOversSumToTheLedger(t, s)
		whatIsNotProvenIsNoMoney(t, s)
		partsSumToTheWhole(t, s)
		all := s.ledger()
		lived, moved.sales, moved.refunds = lived+1, moved.sales+all.sales, moved.refunds+all.refunds
		moved.captured, moved.released = moved.captured+all.captured, moved.released+all.released
	})
	t.Logf("%d histories, %d sales, %d refunds", lived, moved.sales, moved.refunds)
	if lived < histories { // a few may all be quiet
		return
	}
	if moved.sales < int64(lived) || moved.refunds < int64(lived) || moved.captured == 0 || moved.released == 0 {
		t.Error("the histories are too quiet to show anything")
	}
}

// shiftsSumToTheLedger: the shifts and nobody's are what a bookkeeper wrote down as
// it happened, and every other way to make the report sums to the same.
func shiftsSumToTheLedger(t *rapid.T, s *shop) {
	ledger := s.ledger()
	seen := 0
	for _, line := range makeUp(t, s.rows, report.Query{}, report.ByShift).Lines {
		shift, err := strconv.ParseInt(line.Keys[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if book := s.books[shift]; book != nil && written(line.Figures) != *book || book == nil && written(line.Figures) != (till{}) {
			t.Fatalf("shift %d: %+v, the book says %+v", shift, line.Figures, book)
		} else if book != nil {
			seen++
		}
	}
	if seen != len(s.books) {
		t.Fatalf("%d shifts have a book, %d of them a line", len(s.books), seen)
	}
	for _, by := range [][]report.By{{report.ByShift}, {report.ByStore}, {report.ByLane}, {report.ByClerk}, {report.ByWallet}, {report.ByHour}, {report.ByDay},
		{report.ByMonth}, {report.ByDay, report.ByLane, report.ByWallet}} {
		table := makeUp(t, s.rows, report.Query{Calendar: report.Calendar{Starts: 5}}, by...)
		if written(table.Total) != ledger || added(table.Lines) != columnsOf(table.Total) {
			t.Fatalf("by %v: lines sum to %v, total %v, ledger %+v", by, added(table.Lines), columnsOf(table.Total), ledger)
		}
	}
}

// handOversSumToTheLedger: what every hand-over prints, its gaps included, and what
// nobody has taken over yet, is everything once.
func handOversSumToTheLedger(t *rapid.T, s *shop) {
	var received money.Fen
	var taken, captured, released money.Fen
	handOver := func(shift int64, gaps []report.Gap) {
		f, err := report.ShiftFigures(context.Background(), s.rows, shift, gaps)
		if err != nil {
			t.Fatal(err)
		}
		received += f.Total.Received() + f.Nobody.Received()
		taken += f.Total.Taken.Amount + f.Nobody.Taken.Amount
		captured += f.Total.Captures.Amount + f.Nobody.Captures.Amount
		released += f.Total.Released.Amount + f.Nobody.Released.Amount
		for _, m := range f.Pending {
			if m.State == report.Paid || m.State == report.Ended || m.Shift != shift {
				t.Fatalf("%+v is left to shift %d", m, shift)
			}
		}
	}
	for shift := int64(1); shift <= s.shifts; shift++ {
		handOver(shift, s.gaps[shift])
	}
	var now []report.Gap
	for _, lane := range lanes {
		if s.duty[lane] == 0 {
			now = append(now, report.Gap{Lane: lane, After: s.left[lane], Until: s.seq})
		}
	}
	handOver(-1, now)
	all := s.ledger()
	if int64(received) != all.in-all.out || int64(taken) != all.taken || int64(captured) != all.captured || int64(released) != all.released {
		t.Fatalf("the hand-overs have %s, deposits %s, %s, %s, the ledger %+v", received, taken, captured, released, all)
	}
	left, err := report.LeftOn(context.Background(), s.rows, nil, 1)
	if err != nil || int64(left.Held.Amount) != all.taken-all.captured-all.released {
		t.Fatalf("%s are held of what was taken, %v; the ledger %+v", left.Held.Amount, err, all)
	}
}

// whatIsNotProvenIsNoMoney: leaving out whatever is not paid changes no money
// column; and no more goes back than came in, with all that may have gone.
func whatIsNotProvenIsNoMoney(t *rapid.T, s *shop) {
	all := makeUp(t, s.rows, report.Query{}).Total
	if proven := makeUp(t, s.rows, report.Query{States: []report.State{report.Paid}}).Total; written(all) != written(proven) ||
		all.Received() != proven.Received() || all.Discount() != proven.Discount() {
		t.Fatalf("%+v with what is not final, %+v without", all, proven)
	}
	if all.Captures.Amount+all.Released.Amount+all.StillHeld.Amount != all.Taken.Amount {
		t.Fatalf("what was taken is not captured, released and held: %+v", all)
	}
	if all.Refund+all.RefundUnknown.Amount+all.RefundOpen.Amount > all.Amount || all.RefundSettled > all.Settled || all.Received() < 0 || all.Discount() < 0 {
		t.Fatalf("more went back than came in: %+v", all)
	}
	for _, row := range s.rows {
		one := makeUp(t, journal{row}, report.Query{}).Total
		if one.Refund > one.Amount || one.RefundSettled > one.Settled {
			t.Fatalf("order %d: more went back than came in: %+v", row.Order, one)
		}
	}
}

// partsSumToTheWhole: whatever cuts the movements in two, the parts together are
// all of them; and the details have what the figures count.
func partsSumToTheWhole(t *rapid.T, s *shop) {
	when := s.wall - int64(rapid.IntRange(0, 400).Draw(t, "hours"))*3_600_000
	amount := money.Fen(rapid.IntRange(1, 50_000).Draw(t, "amount"))
	whole := columnsOf(makeUp(t, s.rows, report.Query{}).Total)
	for name, parts := range map[string][]report.Query{
		"kinds":   {{Kind: report.Sales}, {Kind: report.Refunds}, {Kind: report.Deposits}},
		"times":   {{To: when}, {From: when}},
		"amounts": {{Max: amount}, {Min: amount + 1}},
		"lanes":   {{Lanes: lanes[:1]}, {Lanes: lanes[1:]}},
		"wallets": {{Wallets: []string{"wechat", "cash"}}, {Wallets: []string{"alipay", "unionpay", "card"}}},
		"clerks":  {{Clerks: []string{""}}, {Clerks: people}},
		"states":  {{States: []report.State{report.Paid, report.Ended}}, {States: []report.State{report.Unknown, report.Open, report.Frozen}}},
	} {
		var lines []report.Line
		for _, q := range parts {
			lines = append(lines, report.Line{Figures: makeUp(t, s.rows, q).Total})
		}
		if added(lines) != whole {
			t.Fatalf("%s: %v are not %v", name, lines, whole)
		}
	}
	page, err := report.Details(context.Background(), s.rows, report.Query{States: []report.State{report.Paid}}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var received money.Fen
	var counted int64
	for _, m := range page.Movements {
		if m.Refund {
			received -= m.Settled
		} else {
			received += m.Settled
		}
		if m.Refund || m.Part == report.NoPart || m.Part == report.Captured {
			counted++
		}
	}
	if all := s.ledger(); int64(received) != all.in-all.out || counted != all.sales+all.refunds {
		t.Fatalf("%d details have %s, the ledger %+v", len(page.Movements), received, all)
	}
}

func makeUp(t *rapid.T, src report.Source, q report.Query, by ...report.By) report.Table {
	table, err := report.Group(context.Background(), src, q, by...)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// columnsOf are all columns as numbers.
func columnsOf(f report.Figures) (all [29]int64) {
	for i, c := range report.Columns() {
		if c.Money != nil {
			all[i] = int64(c.Money(f))
		} else {
			all[i] = c.Count(f)
		}
	}
	return all
}

func added(lines []report.Line) (all [29]int64) {
	for _, line := range lines {
		for i, n := range columnsOf(line.Figures) {
			all[i] += n
		}
	}
	return all
}
