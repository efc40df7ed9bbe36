package sim

import (
	"testing"

	"tillgate/agent/report"
	"tillgate/agent/words"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// clocks has somebody begin a shift.
func (c *court) clocks(who string, lanes ...string) (key entry.Seq) {
	key = c.seq + 1
	c.ClocksOn(who)
	c.writes(key, entry.New(entry.ShiftOn, entry.ShiftOnBody{Who: who, Lanes: lanes}))
	return key
}

// goes has a shift end.
func (c *court) goes(shift entry.Seq) {
	c.Ends(shift)
	c.writes(shift, entry.New(entry.ShiftOff, entry.ShiftOffBody{}))
}

// hands has a shift handed over with a slip.
func (c *court) hands(shift entry.Seq, own, nobody money.Fen, open ...entry.Seq) {
	lines := func(sum money.Fen) []entry.HandedLine {
		if sum == 0 {
			return nil
		}
		return []entry.HandedLine{{What: string(words.ReportSales), Count: 1, Amount: sum}}
	}
	c.writes(shift, entry.New(entry.HandedOver, entry.HandedOverBody{Figures: lines(own), Nobody: lines(nobody), Open: open}))
}

// sells has an order of 12.50 paid on the till, and answers its key and its end's.
func (c *court) sells(number string) (key, end entry.Seq) {
	key = c.seq + 1
	c.writes(key, opened(till), askedAs(number), settledBy(number, 1250, false))
	return key, c.seq
}

// by is a report of shifts.
func by(lines ...report.Line) (t report.Table) {
	t.Lines = lines
	for _, line := range lines {
		t.Total.Sales, t.Total.Amount, t.Total.Settled = t.Total.Sales+line.Sales, t.Total.Amount+line.Amount, t.Total.Settled+line.Settled
	}
	return t
}

func ofShift(shift string, sales int64) report.Line {
	sum := money.Fen(1250 * sales)
	return report.Line{Keys: []string{shift}, Figures: report.Figures{Sales: sales, Amount: sum, Settled: sum}}
}

func TestTheOracleWatchesShifts(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name string
		does func(c *court)
		want string
	}{
		{"a day", func(c *court) {
			c.sells(first)
			s := c.clocks(wang)
			c.sells(second)
			c.goes(s)
			c.hands(s, 1250, 1250)
			c.AllHanded()
		}, ""},
		{"two on one lane", func(c *court) { c.clocks(wang, till); c.clocks(zhao) }, "promise 7: shift 2 of local-3"},
		{"two on two lanes", func(c *court) { c.clocks(wang, till); c.clocks(zhao, exit) }, ""},
		{"one in two shifts", func(c *court) { c.clocks(wang, till); c.clocks(wang, exit) }, "promise 7: shift 2 of local-2"},
		{"one that begins by itself", func(c *court) { c.writes(1, entry.New(entry.ShiftOn, entry.ShiftOnBody{Who: wang})) }, "which nobody has wished"},
		{"one that ends by itself", func(c *court) { c.writes(c.clocks(wang), entry.New(entry.ShiftOff, entry.ShiftOffBody{})) }, "ends, which nobody has wished"},
		{"one that ends twice", func(c *court) { s := c.clocks(wang); c.goes(s); c.goes(s) }, "promise 7: shift 1 ends twice"},
		{"handed over while it is on", func(c *court) { c.hands(c.clocks(wang), 0, 0) }, "handed over while it is on"},
		{"a slip without a sale", func(c *court) { s := c.clocks(wang); c.sells(first); c.goes(s); c.hands(s, 0, 0) }, "promise 7: the slip of shift 1"},
		{"a slip a fen short", func(c *court) { s := c.clocks(wang); c.sells(first); c.goes(s); c.hands(s, 1249, 0) }, "promise 7: the slip of shift 1"},
		{"a slip with what came after", func(c *court) { s := c.clocks(wang); c.goes(s); c.sells(first); c.hands(s, 1250, 0) }, "promise 7: the slip of shift 1"},
		{"a slip without nobody's", func(c *court) { c.sells(first); s := c.clocks(wang); c.goes(s); c.hands(s, 0, 0) }, "that nobody took"},
		{"nobody's twice", func(c *court) {
			c.sells(first)
			for range 2 {
				s := c.clocks(wang)
				c.goes(s)
				c.hands(s, 0, 1250)
			}
		}, "promise 7: the slip of shift 7"},
		{"a slip without what is open", func(c *court) {
			s := c.clocks(wang)
			c.writes(2, opened(till), askedAs(first))
			c.goes(s)
			c.hands(s, 0, 0)
		}, "does not list order 2"},
		{"a slip with it", func(c *court) {
			s := c.clocks(wang)
			c.writes(2, opened(till), askedAs(first))
			c.goes(s)
			c.hands(s, 0, 0, 2)
		}, ""},
		{"never handed over", func(c *court) { c.goes(c.clocks(wang)); c.AllHanded() }, "cannot be handed over"},
		{"what nobody ever prints", func(c *court) { c.sells(first); c.AllHanded() }, "promise 7: the slips of all hand-overs"},
		{"a slip for nothing", func(c *court) { c.HandoverPrinted(1, words.Handover{}, false) }, "promise 4: a slip says that shift 1"},
		{"two slips", func(c *court) {
			s := c.clocks(wang)
			c.goes(s)
			c.hands(s, 0, 0)
			c.HandoverPrinted(s, words.Handover{}, false)
			c.HandoverPrinted(s, words.Handover{}, false)
		}, "promise 8: shift"},
	} {
		t.Run(row.name, func(t *testing.T) { judge(t, row.does, row.want) })
	}
}

func TestTheOracleWatchesReportsAndRights(t *testing.T) {
	t.Parallel()
	// sold is a sale of Wang's shift 1, and one of nobody's.
	sold := func(c *court) (key, end entry.Seq) {
		s := c.clocks(wang, till)
		key, end = c.sells(first)
		c.goes(s)
		c.sells(second)
		return key, end
	}
	row := func(shift int64, key, end entry.Seq) report.Row {
		return report.Row{Order: key, Lane: till, Shift: shift, Seq: end, State: report.Paid, Number: first}
	}
	for _, r := range []struct {
		name string
		does func(c *court)
		want string
	}{
		{"a report", func(c *court) { sold(c); c.Summed(by(ofShift("0", 1), ofShift("1", 1))) }, ""},
		{"a sale of nobody's in a shift", func(c *court) { sold(c); c.Summed(by(ofShift("1", 2))) }, "promise 7: shift 1 has"},
		{"a sale twice", func(c *court) { sold(c); c.Summed(by(ofShift("0", 2), ofShift("1", 1))) }, "promise 7: shift 0 has"},
		{"a sale nowhere", func(c *court) { sold(c); c.Summed(by(ofShift("1", 1))) }, "promise 7: the shifts sum to"},
		{"an order in its shift", func(c *court) { key, end := sold(c); c.Row(row(1, key, end)) }, ""},
		{"an order in nobody's", func(c *court) { key, end := sold(c); c.Row(row(0, key, end)) }, "is in shift 0 by the report"},
		{"an order that is not paid", func(c *court) {
			key, end := sold(c)
			r := row(1, key, end)
			r.State = report.Ended
			c.Row(r)
		}, "by the report"},
		{"an order that there is not", func(c *court) { c.Row(row(1, 7, 9)) }, "promise 7: a report has order 7"},
		{"refunded on duty", func(c *court) { c.clocks(wang, till); c.wishes1(wang) }, ""},
		{"refunded off duty", func(c *court) { c.clocks(wang, exit); c.wishes1(wang) }, "promise 7: refund"},
		{"refunded by the manager", func(c *court) { c.wishes1(chief) }, ""},
		{"refused off duty", func(c *court) { c.Asks("wish", wang, till); c.Off("wish") }, ""},
		{"refused on duty", func(c *court) { c.clocks(wang); c.Asks("wish", wang, till); c.Off("wish") }, "promise 7: wish is refused"},
	} {
		t.Run(r.name, func(t *testing.T) { judge(t, r.does, r.want) })
	}
}

// wishes1 is a refund of 1.00 that somebody asks the desk for.
func (c *court) wishes1(who string) {
	key, _ := c.sells(first)
	c.Wished("wish", 100)
	c.Asks("wish", who, till)
	c.writes(c.seq+1, refundAskedAs(key, 100))
}

func TestTheOracleWatchesDepositsInReports(t *testing.T) {
	t.Parallel()
	// stays is a deposit of 30.00 of Wang's shift 1, of which 10.00 are captured.
	stays := func(c *court) (key, end entry.Seq) {
		c.clocks(wang, till)
		key = c.seq + 1
		capture := entry.CaptureNumber(first, 1)
		c.writes(key, entry.New(entry.HoldAsked, entry.HoldAskedBody{Number: first, Amount: 3000, Lane: till, Network: "wechat"}), entry.New(entry.HoldPlaced, entry.HoldPlacedBody{Amount: 3000}),
			entry.New(entry.MoveAsked, entry.MoveAskedBody{Number: capture, What: entry.Capture, Amount: 1000, Lane: till}), entry.New(entry.MoveDone, entry.MoveDoneBody{Number: capture, Amount: 1000}))
		return key, c.seq
	}
	figures := report.Figures{Sales: 1, Amount: 1000, Settled: 1000, Taken: report.Pending{Count: 1, Amount: 3000}, Captures: report.Pending{Count: 1, Amount: 1000}}
	summed := func(c *court, change func(*report.Figures)) {
		stays(c)
		f := figures
		change(&f)
		c.Summed(report.Table{Lines: []report.Line{{Keys: []string{"1"}, Figures: f}}, Total: f})
	}
	row := func(c *court, change func(*report.Row)) {
		key, end := stays(c)
		r := report.Row{Order: key, Deposit: true, Lane: till, Shift: 1, Seq: key + 1, State: report.Paid, Number: first, Amount: 3000, Moves: []report.MoveRow{
			{Part: report.Captured, Lane: till, Shift: 1, Seq: end, State: report.Paid, Amount: 1000}, {Part: report.StillHeld, Lane: till, Shift: 1, State: report.Paid, Amount: 2000}}}
		change(&r)
		c.Row(r)
	}
	for _, r := range []struct {
		name string
		does func(c *court)
		want string
	}{
		{"a report", func(c *court) { summed(c, func(*report.Figures) {}) }, ""},
		{"a capture that is no sale", func(c *court) { summed(c, func(f *report.Figures) { f.Sales, f.Amount, f.Settled = 0, 0, 0 }) }, "promise 7: shift 1 has"},
		{"a deposit that was not taken", func(c *court) { summed(c, func(f *report.Figures) { f.Taken = report.Pending{} }) }, "promise 7: shift 1 has"},
		{"a release of nothing", func(c *court) { summed(c, func(f *report.Figures) { f.Released.Amount = 1 }) }, "promise 7: shift 1 has"},
		{"a row", func(c *court) { row(c, func(*report.Row) {}) }, ""},
		{"a capture in nobody's", func(c *court) { row(c, func(r *report.Row) { r.Moves[0].Shift = 0 }) }, "is in shift 0 by the report"},
		{"a fen more that is held", func(c *court) { row(c, func(r *report.Row) { r.Moves[1].Amount++ }) }, "promise 6: deposit"},
		{"a deposit that nobody took", func(c *court) { row(c, func(r *report.Row) { r.Order++ }) }, "promise 7: a report has deposit"},
		{"a slip", func(c *court) {
			stays(c)
			c.goes(1)
			c.writes(1, entry.New(entry.HandedOver, entry.HandedOverBody{Figures: []entry.HandedLine{{What: string(words.ReportSales), Count: 1, Amount: 1000},
				{What: string(words.ReportTaken), Count: 1, Amount: 3000}, {What: string(words.ReportCaptures), Count: 1, Amount: 1000}}}))
		}, ""},
		{"a slip without the capture", func(c *court) { stays(c); c.goes(1); c.hands(1, 1000, 0) }, "promise 7: the slip of shift 1"},
	} {
		t.Run(r.name, func(t *testing.T) { judge(t, r.does, r.want) })
	}
}
