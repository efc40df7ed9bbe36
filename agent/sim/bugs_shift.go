package sim

import (
	"context"
	"iter"

	"tillgate/agent/duty"
	"tillgate/store"
	"tillgate/store/entry"
)

// The bugs of shifts, and of who is on duty.
const (
	GapToLast        Bug = "gap-to-last"        // what is taken while nobody is on duty counts for who was there last
	ShiftOfBeginning Bug = "shift-of-beginning" // an order counts for who was on duty when it began
	RestartEndsShift Bug = "restart-ends-shift" // a start of the agent ends the shifts that are on
	OffDutyReleases  Bug = "off-duty-releases"  // nobody asks whether who lets a deposit go is on duty
)

// atDesk is what a bug does when a desk opens.
func (b Bug) atDesk(l *life) {
	if b != RestartEndsShift {
		return
	}
	for _, s := range l.desk.Journal.OnDuty() {
		step := store.Step{Key: s.ID, After: s.Last, Entries: []entry.Draft{entry.New(entry.ShiftOff, entry.ShiftOffBody{By: s.Who})}}
		_, _ = l.desk.Journal.Commit(l.ctx, step) // what the disk refuses is no bug
	}
}

// orders are a store's as reports read them.
func (b Bug) orders(s *store.Store, q store.OrderQuery, orders iter.Seq2[store.OrderRow, error]) iter.Seq2[store.OrderRow, error] {
	if b != GapToLast && b != ShiftOfBeginning {
		return orders
	}
	return func(yield func(store.OrderRow, error) bool) {
		q.Shift, q.After, q.Until = 0, 0, 0
		for row, err := range s.Orders(context.Background(), q) {
			switch {
			case row.Seq == 0:
			case b == ShiftOfBeginning:
				row.Shift = shiftAt(s, row.Lane, row.Order, true)
			case row.Shift == 0:
				row.Shift = shiftAt(s, row.Lane, row.Seq, false)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// shiftAt is the newest shift of a lane that began before an entry, 0 where there is
// none or, where it has to be on still, where it had ended.
func shiftAt(s *store.Store, lane string, seq entry.Seq, on bool) int64 {
	shifts, err := s.Shifts(context.Background(), seq, 1000)
	if err != nil {
		return 0
	}
	for _, one := range shifts {
		known := shift{ShiftOnBody: entry.ShiftOnBody{Lanes: one.Lanes()}, key: one.ID, off: one.Off}
		if known.of(lane) && (!on || known.has(lane, seq)) {
			return int64(one.ID)
		}
	}
	return 0
}

// releases lets a bug have a lane do what the desk was asked for.
func (b Bug) releases(w *world, i int, a duty.Ask) bool {
	if b != OffDutyReleases || a.Operation != duty.Release {
		return false
	}
	w.tell(i, releaseOf(a))
	return true
}
