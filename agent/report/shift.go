package report

import (
	"context"
	"slices"

	"tillgate/store/entry"
)

// Gap is when nobody was on duty on a lane: the outcomes on it whose entries are
// after the one that ended a shift, up to the one that began the next.
type Gap struct {
	Lane         string    // empty: every lane that no other gap is of
	After, Until entry.Seq // After < Seq <= Until
}

// Shift is what a hand-over is made of.
type Shift struct {
	Total   Figures
	Wallets []Line     // the same by way to pay; cash is what the drawer has to hold more than before
	Pending []Movement // what is not final, or frozen: the next shift has to see to it. At most 200, and Total counts all

	Nobody        Figures // of the gaps before the shift
	NobodyWallets []Line
}

// pendingMax bounds the list of a slip.
const pendingMax = 200

// ShiftFigures are the figures of one shift, and of the gaps before it in which
// nobody was on duty. They follow from the journal's order alone: a clock that
// jumps moves nothing from one shift to another.
func ShiftFigures(ctx context.Context, src Source, shift int64, gaps []Gap) (s Shift, err error) {
	own := newTable(Query{Shifts: []int64{shift}}, ByWallet)
	err = walk(ctx, src, own.Query, nil, func(m *Movement) bool {
		if m.counts() && m.State != Paid && len(s.Pending) < pendingMax {
			s.Pending = append(s.Pending, *m)
		}
		return own.add(m)
	})
	if err != nil {
		return Shift{}, err
	}
	s.Total, s.Wallets = own.Total, own.sorted().Lines
	if len(gaps) == 0 {
		return s, nil
	}
	nobody := newTable(between(gaps), ByWallet)
	err = walk(ctx, src, nobody.Query, nil, func(m *Movement) bool {
		g, ok := gapOf(gaps, m.Lane)
		return !ok || m.Seq <= g.After || m.Seq > g.Until || nobody.add(m)
	})
	if err != nil {
		return Shift{}, err
	}
	s.Nobody, s.NobodyWallets = nobody.Total, nobody.sorted().Lines
	return s, nil
}

// Left is what a shift leaves to the next one on its lanes.
type Left struct {
	Movements []Movement // what is not final, or frozen, the newest order first
	Held      Pending    // what is still held of deposits
}

// LeftOn is what is left on some lanes now, nil being all of them: at most max
// movements, and all that is held.
func LeftOn(ctx context.Context, src Source, lanes []string, max int) (l Left, err error) {
	err = walk(ctx, src, Query{Lanes: lanes}, nil, func(m *Movement) bool {
		var f Figures
		switch f.add(m); {
		case m.Part == StillHeld:
			l.Held.Count, l.Held.Amount = l.Held.Count+f.StillHeld.Count, l.Held.Amount+f.StillHeld.Amount
		case m.counts() && m.State != Paid && len(l.Movements) < max:
			l.Movements = append(l.Movements, *m)
		}
		return true
	})
	if err != nil {
		return Left{}, err
	}
	return l, nil
}

// between asks for nobody's outcomes on the lanes of some gaps, from the first gap's
// beginning to the last one's end.
func between(gaps []Gap) Query {
	q := Query{Shifts: []int64{0}, After: gaps[0].After}
	for _, g := range gaps {
		q.Lanes = append(q.Lanes, g.Lane)
		q.After, q.Until = min(q.After, g.After), max(q.Until, g.Until)
	}
	if slices.Contains(q.Lanes, "") {
		q.Lanes = nil
	}
	return q
}

// gapOf is the gap of a lane; ok is false where there is none.
func gapOf(gaps []Gap, lane string) (g Gap, ok bool) {
	i := slices.IndexFunc(gaps, func(g Gap) bool { return g.Lane == lane })
	if i < 0 {
		i = slices.IndexFunc(gaps, func(g Gap) bool { return g.Lane == "" })
	}
	if i < 0 {
		return g, false
	}
	return gaps[i], true
}
