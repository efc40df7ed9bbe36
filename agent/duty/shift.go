package duty

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// ClockOn is somebody who begins a shift.
type ClockOn struct {
	Person string   // id
	Lanes  []string // none: the whole store
	Where  string   // the page, lane or program that asks
	Note   string
}

// ClockOn begins a shift. A person is in one shift at a time, and a lane too:
// whose money it is has one answer.
func (d *Desk) ClockOn(ctx context.Context, c ClockOn) (store.Shift, error) {
	d.shifts.Lock()
	defer d.shifts.Unlock()
	return d.clockOn(ctx, c, 0)
}

// clockOn begins a shift after another. The caller holds the lock of shifts.
func (d *Desk) clockOn(ctx context.Context, c ClockOn, after entry.Seq) (store.Shift, error) {
	lanes, err := d.workable(c)
	if err != nil {
		return store.Shift{}, err
	}
	if s, on := d.ShiftOf(c.Person); on {
		return store.Shift{}, halt(words.HaltTwice, lanesText(s.Lanes()))
	}
	draft := entry.New(entry.ShiftOn, entry.ShiftOnBody{Who: c.Person, Lanes: lanes, Where: c.Where, After: after, Note: c.Note})
	if draft.Private, err = entry.Seal(d.Random, entry.PersonName{Name: d.name(c.Person)}); err != nil {
		return store.Shift{}, err
	}
	entries, err := d.Journal.Commit(ctx, store.Step{Entries: []entry.Draft{draft}})
	switch {
	case errors.Is(err, store.ErrOnDuty):
		return store.Shift{}, d.taken(lanes)
	case err != nil:
		return store.Shift{}, unwritten("clock "+c.Person+" on", err)
	}
	d.becomeAll() // a lane that had too much to do to hear of it hears of it now
	return d.Journal.Shift(ctx, entries[0].Key)
}

// workable are the lanes of a shift that somebody may begin, each once.
func (d *Desk) workable(c ClockOn) ([]string, error) {
	if len(c.Lanes) == 0 {
		return nil, d.May(c.Person, staff.Sell, "")
	}
	lanes := slices.Compact(slices.Sorted(slices.Values(c.Lanes)))
	for _, lane := range lanes {
		if !slices.Contains(d.Lanes.Names(), lane) {
			return nil, halt(words.HaltNoLane, lane)
		}
		if err := d.May(c.Person, staff.Sell, lane); err != nil {
			return nil, err
		}
	}
	return lanes, nil
}

// taken says who is on duty on some lanes.
func (d *Desk) taken(lanes []string) error {
	for _, s := range d.Journal.OnDuty() {
		if len(lanes) == 0 || slices.ContainsFunc(lanes, func(lane string) bool { return covers(s, lane) }) {
			return halt(words.HaltOnDuty, d.name(s.Who), lanesText(s.Lanes()))
		}
	}
	return halt(words.HaltOnDuty, words.ReportNobody.Both(), lanesText(lanes)) // who has gone since: a second try begins it
}

// lanesText names the lanes of a shift.
func lanesText(lanes []string) string {
	return cmp.Or(strings.Join(lanes, ", "), words.ReportWholeStore.Both())
}

// ClockOff ends a shift without handing it over: from here on its lanes are
// nobody's. It can be handed over later. By is whose shift it is, or a manager.
func (d *Desk) ClockOff(ctx context.Context, by string, shift entry.Seq, why string) (store.Shift, error) {
	d.shifts.Lock()
	defer d.shifts.Unlock()
	s, err := d.theirs(ctx, by, shift)
	if err != nil {
		return s, err
	}
	if s.Off != 0 {
		return s, halt(words.HaltNoShift)
	}
	return d.end(ctx, s, by, why)
}

// Ended are the shifts that have ended and were not handed over, as far as a person
// may do that, oldest first.
func (d *Desk) Ended(ctx context.Context, id string) (ended []store.Shift, err error) {
	rows, err := d.Journal.Tasks(ctx)
	if err != nil {
		return nil, fmt.Errorf("read which shifts have to be handed over: %w", err)
	}
	for _, row := range rows {
		if row.What != store.TaskHandOver {
			continue
		}
		s, err := d.theirs(ctx, id, row.Key)
		if halted := (*Refusal)(nil); errors.As(err, &halted) { // another's, or handed over since
			continue
		}
		if err != nil {
			return nil, err
		}
		ended = append(ended, s)
	}
	return ended, nil
}

// Slips are those of the last shifts here that were handed over and whose slip a
// person may see, newest first.
func (d *Desk) Slips(ctx context.Context, id string) (handed []store.Shift, err error) {
	shifts, err := d.Journal.Shifts(ctx, 0, shiftsRead)
	if err != nil {
		return nil, fmt.Errorf("read the last shifts: %w", err)
	}
	return slices.DeleteFunc(shifts, func(s store.Shift) bool { return s.Handed == 0 || d.own(id, s) != nil }), nil
}

// theirs is a shift that has not been handed over, and that a person may end.
func (d *Desk) theirs(ctx context.Context, by string, shift entry.Seq) (store.Shift, error) {
	s, err := d.Journal.Shift(ctx, shift)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return s, halt(words.HaltNoShift)
	case err != nil:
		return s, err
	case s.Handed != 0:
		return s, halt(words.HaltNoShift)
	}
	return s, d.own(by, s)
}

// own refuses who is neither whose shift it is nor a manager.
func (d *Desk) own(by string, s store.Shift) error {
	if p, ok := d.Roster.Person(by); !ok || p.Off || p.Gone || by != s.Who && !d.manages(by) {
		return halt(words.HaltNotYours, d.name(s.Who))
	}
	return nil
}

// end is a shift's last moment.
func (d *Desk) end(ctx context.Context, s store.Shift, by, why string) (store.Shift, error) {
	if err := kept(why); err != nil {
		return s, err
	}
	draft := entry.New(entry.ShiftOff, entry.ShiftOffBody{By: by, Why: why})
	if _, err := d.Journal.Commit(ctx, store.Step{Key: s.ID, After: s.Last, Entries: []entry.Draft{draft}}); err != nil {
		return s, unwritten(fmt.Sprintf("end shift %d", s.ID), err)
	}
	return d.Journal.Shift(ctx, s.ID)
}
