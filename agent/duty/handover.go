package duty

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"tillgate/agent/report"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

const (
	pendingListed = 40   // orders that a slip lists one by one: 30 cm of paper
	pendingMax    = 1000 // that are counted: so many of one till are never open
)

// HandOver is the end of a shift, counted and printed.
type HandOver struct {
	By    string // whose shift it is, or a manager
	Shift entry.Seq
	To    Spot                 // who takes over, with a PIN; zero: nobody yet
	Items []words.HandoverItem // what the slip has beside what it always has; nil: as is set
	Where string               // the lane at whose printer it is printed
	Why   string               // of a manager who hands over for somebody
}

// Handed is a shift that has been handed over.
type Handed struct {
	Slip  words.Handover
	Next  store.Shift // of who has taken over; zero: nobody has
	Paper words.Halt  // why the slip was not printed; empty: it was
}

// HandOver ends a shift that is on, counts it and prints its slip. What is not
// final stays with its lanes, and so is the next shift's. Who takes over begins
// the next shift at once; what is taken between the two entries is nobody's, and
// stands on the next slip.
func (d *Desk) HandOver(ctx context.Context, h HandOver) (Handed, error) {
	var to string
	if h.To != (Spot{}) {
		in, err := d.spot(ctx, h.To, h.Where)
		if err != nil {
			return Handed{}, err
		}
		to = in.Person.ID
	}
	s, handed, err := d.relieve(ctx, h, to)
	if err != nil {
		return handed, err
	}
	slip, open, err := d.count(ctx, s)
	if err != nil {
		return handed, err
	}
	slip.Items = h.Items
	if h.Items == nil {
		slip.Items = d.HandoverItems()
	}
	if err := d.handOnce(ctx, s.ID, written(slip, open, h.By, to)); err != nil {
		return handed, err
	}
	handed.Slip, handed.Paper, err = d.print(ctx, s.ID, h.Where, false)
	return handed, err
}

// handOnce writes that a shift is handed over. Of two who have counted it at once the
// second is refused, for its slip would say the same money again.
func (d *Desk) handOnce(ctx context.Context, shift entry.Seq, body entry.HandedOverBody) error {
	d.shifts.Lock()
	defer d.shifts.Unlock()
	s, err := d.Journal.Shift(ctx, shift)
	switch {
	case err != nil:
		return err
	case s.Handed != 0:
		return halt(words.HaltNoShift)
	}
	if err := d.append(ctx, shift, false, entry.New(entry.HandedOver, body)); err != nil {
		return unwritten(fmt.Sprintf("hand shift %d over", shift), err)
	}
	return nil
}

// relieve ends a shift, where it has not ended before, and begins that of who
// takes over.
func (d *Desk) relieve(ctx context.Context, h HandOver, to string) (s store.Shift, handed Handed, err error) {
	d.shifts.Lock()
	defer d.shifts.Unlock()
	if s, err = d.theirs(ctx, h.By, h.Shift); err != nil {
		return s, handed, err
	}
	next := ClockOn{Person: to, Lanes: s.Lanes(), Where: h.Where}
	if to != "" { // refused before anything ends
		if other, on := d.ShiftOf(to); on && other.ID != s.ID {
			return s, handed, halt(words.HaltTwice, lanesText(other.Lanes()))
		}
		if _, err = d.workable(next); err != nil {
			return s, handed, err
		}
	}
	if s.Off == 0 {
		if s, err = d.end(ctx, s, h.By, h.Why); err != nil {
			return s, handed, err
		}
	}
	if to != "" {
		handed.Next, err = d.clockOn(ctx, next, s.ID)
	}
	return s, handed, err
}

// count is a shift's slip: its figures, those of the gaps before it, and what is
// not final on its lanes now.
func (d *Desk) count(ctx context.Context, s store.Shift) (slip words.Handover, open []entry.Seq, err error) {
	gaps, err := d.gaps(ctx, s)
	if err != nil {
		return slip, nil, err
	}
	source := d.Figures()
	figures, err := report.ShiftFigures(ctx, source, int64(s.ID), gaps)
	if err != nil {
		return slip, nil, fmt.Errorf("count shift %d: %w", s.ID, err)
	}
	slip.Total, slip.Wallets = sumOf(figures.Total), walletsOf(figures.Wallets)
	slip.Nobody, slip.NobodyBy = sumOf(figures.Nobody), walletsOf(figures.NobodyWallets)
	if open, err = d.pending(ctx, source, s, &slip); err != nil {
		return slip, nil, fmt.Errorf("count what shift %d leaves: %w", s.ID, err)
	}
	return slip, open, nil
}

// pending lists what is not final on a shift's lanes, and says what is held there. It is asked for when the
// shift has ended: what ends from here on is the next one's, or nobody's.
func (d *Desk) pending(ctx context.Context, source report.Source, s store.Shift, slip *words.Handover) (open []entry.Seq, err error) {
	left, err := report.LeftOn(ctx, source, s.Lanes(), pendingMax)
	if err != nil {
		return nil, err
	}
	slip.Total.Deposits.Held = words.HandoverPendings(left.Held)
	for i := range left.Movements {
		m := &left.Movements[i]
		slip.Pending.Count++
		slip.Pending.Amount += m.Amount
		if open = append(open, m.Order); i >= pendingListed {
			continue
		}
		number := cmp.Or(m.RefundNumber, m.Number)
		slip.List = append(slip.List, words.HandoverUnended{Number: number, State: m.Says(), At: time.UnixMilli(m.At), Amount: m.Amount})
	}
	return slices.Compact(open), nil
}

func sumOf(f report.Figures) words.HandoverSum {
	beside := func(p report.Pending) words.HandoverPendings { return words.HandoverPendings(p) }
	return words.HandoverSum{Sales: f.Sales, Refunds: f.Refunds, Amount: f.Amount, Discount: f.Discount(), Refunded: f.RefundSettled, Received: f.Received(),
		Deposits: words.HandoverDeposits{Taken: beside(f.Taken), Captured: beside(f.Captures), Released: beside(f.Released), Held: beside(f.StillHeld)}}
}

func walletsOf(lines []report.Line) (wallets []words.HandoverWallet) {
	for _, line := range lines {
		if line.Sales != 0 || line.Refunds != 0 {
			wallets = append(wallets, words.HandoverWallet{Wallet: line.Keys[0], HandoverSum: sumOf(line.Figures)})
		}
	}
	return wallets
}

// shiftsRead is how many shifts are read at once on the way back to a lane's last one.
const shiftsRead = 50

// gaps are when nobody was on duty on a shift's lanes before it: on each from the
// end of its last shift, or from the journal's beginning. A shift for the whole
// store has those of every lane that there ever was, for one that the config has no
// more is in no other shift.
func (d *Desk) gaps(ctx context.Context, s store.Shift) (gaps []report.Gap, err error) {
	lanes, ends, rest := s.Lanes(), map[string]entry.Seq{}, entry.Seq(0)
	found := func() bool { // nothing further back matters
		return len(lanes) > 0 && !slices.ContainsFunc(lanes, func(lane string) bool { _, ok := ends[lane]; return !ok })
	}
	for before := s.ID; rest == 0 && !found(); {
		shifts, err := d.Journal.Shifts(ctx, before, shiftsRead)
		if err != nil {
			return nil, fmt.Errorf("read the shifts before %d: %w", s.ID, err)
		}
		for _, earlier := range shifts {
			before = earlier.ID
			if len(earlier.Lanes()) == 0 {
				rest = earlier.Off
				break
			}
			for _, lane := range earlier.Lanes() {
				if _, ok := ends[lane]; !ok {
					ends[lane] = earlier.Off
				}
			}
		}
		if len(shifts) < shiftsRead {
			break
		}
	}
	if len(lanes) == 0 {
		gaps = append(gaps, report.Gap{After: rest, Until: s.ID})
		lanes = slices.Sorted(maps.Keys(ends))
	}
	for _, lane := range lanes {
		gaps = append(gaps, report.Gap{Lane: lane, After: cmp.Or(ends[lane], rest), Until: s.ID})
	}
	return gaps, nil
}
