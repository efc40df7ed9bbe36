package sim

import (
	"strconv"
	"strings"

	"tillgate/agent/report"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// taking is what a till took in and gave back: of a shift, of nobody's, or in all.
type taking struct {
	sales, refunds        int64
	amount, settled, back money.Fen // amount is what the sales were for, back what the merchant is without

	held, captured, released money.Fen // of deposits; what was captured is among the sales
}

func (t taking) plus(u taking) taking {
	return taking{t.sales + u.sales, t.refunds + u.refunds, t.amount + u.amount, t.settled + u.settled, t.back + u.back,
		t.held + u.held, t.captured + u.captured, t.released + u.released}
}

// taken is one outcome: money came, or went back.
type taken struct {
	lane string
	seq  entry.Seq // of its entry
	taking
}

// sold notes that an order's money has come.
func (o *Oracle) sold(e entry.Entry, f *order, b entry.SettledBody) {
	o.taken = append(o.taken, taken{f.lane, e.Seq, taking{sales: 1, amount: b.Amount, settled: b.Settled}})
	o.stats[NobodysSales] += yes(o.whose(f.lane, e.Seq) == nil)
}

// gave notes that money has gone back of an order, or of what was captured.
func (o *Oracle) gave(e entry.Entry, r *refund, back money.Fen) {
	o.taken = append(o.taken, taken{r.Lane, e.Seq, taking{refunds: 1, back: back}})
}

// moved notes what an entry of a deposit has changed: it is its lane's, which is the
// newest move's. What is captured is a sale; what the network's totals take back of
// it is none.
func (o *Oracle) moved(e entry.Entry, h *hold, was sums) {
	now := h.now()
	t := taking{held: now.held - was.held, captured: now.captured - was.captured, released: now.released - was.released}
	if t == (taking{}) {
		return
	}
	t.sales, t.amount, t.settled = int64(yes(t.captured > 0)), t.captured, t.captured
	o.taken = append(o.taken, taken{h.follower(), e.Seq, t})
}

// takings are the sum of what was taken, as far as it is wanted. The caller has the lock.
func (o *Oracle) takings(wanted func(taken) bool) (sum taking) {
	for _, t := range o.taken {
		if wanted(t) {
			sum = sum.plus(t.taking)
		}
	}
	return sum
}

// slipOf is the sum that the lines of a slip have.
func slipOf(lines []entry.HandedLine) (t taking) {
	for _, line := range lines {
		switch line.What {
		case string(words.ReportSales):
			t.sales, t.amount, t.settled = int64(line.Count), line.Amount, t.settled+line.Amount
		case string(words.ReportDiscount):
			t.settled -= line.Amount
		case string(words.ReportRefunds):
			t.refunds, t.back = int64(line.Count), line.Amount
		case string(words.ReportTaken):
			t.held = line.Amount
		case string(words.ReportCaptures):
			t.captured = line.Amount
		case string(words.ReportReleased):
			t.released = line.Amount
		}
	}
	return t
}

func takingOf(f report.Figures) taking {
	return taking{f.Sales, f.Refunds, f.Amount, f.Settled, f.RefundSettled, f.Taken.Amount, f.Captures.Amount, f.Released.Amount}
}

// Summed holds a report by shifts against the ledger: each shift, nobody's, and that
// they sum to all of it, to the fen and to the count.
func (o *Oracle) Summed(t report.Table) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var sum taking
	for _, line := range t.Lines {
		key, _ := strconv.ParseInt(strings.Join(line.Keys, ""), 10, 64) // another text is nobody's, whose sum it has not
		got := takingOf(line.Figures)
		want := o.takings(func(t taken) bool {
			s := o.whose(t.lane, t.seq)
			return s == nil && key == 0 || s != nil && int64(s.key) == key
		})
		if got != want {
			o.breaks(7, "shift %d has %+v by the report, the ledger has %+v", key, got, want)
		}
		sum = sum.plus(got)
	}
	all := o.takings(func(taken) bool { return true })
	if total := takingOf(t.Total); sum != all || total != all {
		o.breaks(7, "the shifts sum to %+v, the report's total is %+v, the ledger has %+v", sum, total, all)
	}
	o.stats[ShiftSums]++
}

// Row holds one order of a report against the ledger: whose it is, and its refunds.
func (o *Oracle) Row(r report.Row) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r.Deposit {
		o.depositRow(r)
		return
	}
	f := o.orders[r.Order]
	if f == nil || f.lane != r.Lane {
		o.breaks(7, "a report has order %d on lane %s, which there is not", r.Order, r.Lane)
		return
	}
	if (r.State == report.Paid) != (f.settled != nil) {
		o.breaks(7, "order %d is %s by the report", r.Order, r.State)
	}
	o.inShift("order "+r.Number, r.Lane, r.Shift, r.Seq)
	for _, back := range r.Refunds {
		o.inShift("refund "+back.Number, back.Lane, back.Shift, back.Seq)
	}
}

// depositRow holds a deposit of a report against the ledger: whose its taking and
// each part of it are, and what they come to.
func (o *Oracle) depositRow(r report.Row) {
	h := o.holds[r.Order]
	if h == nil || h.Lane != r.Lane || (r.State == report.Paid) != (h.placed != nil) {
		o.breaks(7, "a report has deposit %d on lane %s as %s, which is not so", r.Order, r.Lane, r.State)
		return
	}
	o.inShift("deposit "+r.Number, r.Lane, r.Shift, r.Seq)
	var sum sums
	for _, m := range r.Moves {
		o.inShift("a part of deposit "+r.Number, m.Lane, m.Shift, m.Seq)
		switch {
		case m.State != report.Paid:
		case m.Part == report.Captured:
			sum.captured += m.Amount
		case m.Part == report.Released:
			sum.released += m.Amount
		default:
			sum.left += m.Amount
		}
	}
	if now := h.now(); sum.captured != now.captured || sum.released != now.released || sum.left != now.left {
		o.breaks(6, "deposit %s has %+v by the report, the ledger %+v", r.Number, sum, now)
	}
	for _, back := range r.Refunds {
		o.inShift("refund "+back.Number, back.Lane, back.Shift, back.Seq)
	}
}

// inShift holds whose an outcome is against the ledger; what has none is its lane's
// shift's, now.
func (o *Oracle) inShift(what, lane string, got int64, seq entry.Seq) {
	s := o.now(lane)
	if seq != 0 {
		s = o.whose(lane, seq)
	}
	want := int64(0)
	if s != nil {
		want = int64(s.key)
	}
	if got != want {
		o.breaks(7, "%s on %s (entry %d) is in shift %d by the report, by the ledger in %d", what, lane, seq, got, want)
	}
}

// AllHanded checks, when everybody has handed over, that the slips are the ledger.
func (o *Oracle) AllHanded() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.shifts {
		if !s.handed {
			o.breaks(7, "everything is mended, and shift %d of %s cannot be handed over", s.key, s.Who)
		}
	}
	if all := o.takings(func(taken) bool { return true }); o.slips != all {
		o.breaks(7, "the slips of all hand-overs have %+v, the ledger %+v", o.slips, all)
	}
}
