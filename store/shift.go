package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"tillgate/store/entry"
)

// Shift is the summary of one shift: a fold of its entries, kept in the same transaction.
type Shift struct {
	ID       entry.Seq // the shift's key
	Who      string    // a person's id
	At       int64     // Unix ms
	Trust    entry.Trust
	Off      entry.Seq // the entry that ended it, 0: it is on
	OffAt    int64     // Unix ms
	OffTrust entry.Trust
	Handed   entry.Seq // its newest hand-over, 0: none
	Last     entry.Seq // its newest entry
	lanes    string    // a list in JSON, so that summaries can be compared
}

// Lanes are those that it is for; none: the whole store.
func (s Shift) Lanes() []string { return read[[]string]([]byte(s.lanes)) }

// fold takes one entry, whose body bodyOf has read, into the summary.
func (s Shift) fold(e entry.Entry, body any) Shift {
	s.Last = e.Seq
	switch b := body.(type) {
	case entry.ShiftOnBody:
		s.Who, s.At, s.Trust = b.Who, e.Wall, e.Trust
		if len(b.Lanes) > 0 {
			s.lanes = string(entry.Encode(b.Lanes))
		}
	case entry.ShiftOffBody:
		if s.Off == 0 {
			s.Off, s.OffAt, s.OffTrust = e.Seq, e.Wall, e.Trust
		}
	}
	if e.Kind == entry.HandedOver {
		s.Handed = e.Seq
	}
	return s
}

// wholeStore is the lane of a shift that is for all of them.
const wholeStore = ""

// duty is which shift is on, by lane. It is never changed: what follows is another.
type duty map[string]entry.Seq

// of is a lane's shift, 0 where nobody is on duty.
func (d duty) of(lane string) entry.Seq {
	if shift, ok := d[lane]; ok {
		return shift
	}
	return d[wholeStore]
}

// after is who is on duty after an entry.
func (d duty) after(key entry.Seq, body any) duty {
	switch b := body.(type) {
	case entry.ShiftOnBody:
		return d.on(key, b.Lanes)
	case entry.ShiftOffBody:
		d = maps.Clone(d)
		maps.DeleteFunc(d, func(_ string, shift entry.Seq) bool { return shift == key })
	}
	return d
}

func (d duty) on(shift entry.Seq, lanes []string) duty {
	next := duty{}
	maps.Copy(next, d)
	if len(lanes) == 0 {
		next[wholeStore] = shift
	}
	for _, lane := range lanes {
		next[lane] = shift
	}
	return next
}

// takes tells whether somebody is on duty on one of some lanes.
func (d duty) takes(lanes []string) bool {
	if len(lanes) == 0 {
		return len(d) > 0
	}
	for _, lane := range lanes {
		if d.of(lane) != 0 {
			return true
		}
	}
	return false
}

// checkShift refuses what would put two people on duty on one lane, and what
// would lose sight of a shift that is on.
func (p *plan) checkShift(o object, step Step, bodies []any) error {
	on := o.shift != nil && o.shift.Off == 0 && o.last != 0
	for i, body := range bodies {
		switch b := body.(type) {
		case entry.ShiftOnBody:
			if i > 0 || step.Key != 0 {
				return errors.New("commit: a shift begins an object of its own")
			}
			if p.duty.takes(b.Lanes) {
				return fmt.Errorf("commit the shift of %s: %w", b.Who, ErrOnDuty)
			}
			on = true
		case entry.ShiftOffBody:
			if o.shift == nil {
				return errors.New("commit: what is no shift cannot end as one")
			}
			on = false
		}
	}
	if on && step.Done {
		return errors.New("commit: a shift that is on is not done")
	}
	return nil
}

// ShiftOf is the shift that is on on a lane now; ok is false where nobody is on duty.
func (s *Store) ShiftOf(lane string) (shift entry.Seq, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	shift = s.memory.duty.of(lane)
	return shift, shift != 0
}

// OnDuty are the shifts that are on, oldest first.
func (s *Store) OnDuty() (shifts []Shift) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range sortedKeys(s.memory.objects) {
		if o := s.memory.objects[key]; o.shift != nil && o.shift.Off == 0 {
			shifts = append(shifts, *o.shift)
		}
	}
	return shifts
}

// Shifts are the newest shifts before a key (0: the newest of all), newest first.
func (s *Store) Shifts(ctx context.Context, before entry.Seq, max int) (shifts []Shift, err error) {
	if before <= 0 {
		before = 1 << 62
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	err = s.conn.query(context.Background(), "SELECT "+shiftColumns+" FROM shift WHERE id < ? ORDER BY id DESC LIMIT ?", func(v values) error {
		shifts = append(shifts, shiftOf(v))
		return nil
	}, int64(before), int64(max))
	if err != nil {
		return nil, s.failed(fmt.Sprintf("read shifts before %d", before), err)
	}
	return shifts, nil
}

// Shift is one shift; ErrNotFound when there is none.
func (s *Store) Shift(ctx context.Context, id entry.Seq) (Shift, error) {
	if err := s.enter(ctx); err != nil {
		return Shift{}, err
	}
	defer s.leave()
	shift, ok, err := s.conn.readShift(id)
	if err != nil {
		return Shift{}, s.failed(fmt.Sprintf("read shift %d", id), err)
	}
	if !ok {
		return Shift{}, fmt.Errorf("shift %d: %w", id, ErrNotFound)
	}
	return shift, nil
}

const (
	shiftColumns = "id, who, lanes, at, trust, off, off_at, off_trust, handed, last"
	shiftWrite   = "REPLACE INTO shift (" + shiftColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

func (c *conn) writeShift(s Shift) error {
	return c.exec(shiftWrite, int64(s.ID), s.Who, s.lanes, s.At, int64(s.Trust), int64(s.Off), s.OffAt, int64(s.OffTrust), int64(s.Handed), int64(s.Last))
}

func shiftOf(v values) Shift {
	return Shift{ID: entry.Seq(v.int(0)), Who: v.text(1), lanes: v.text(2), At: v.int(3), Trust: entry.Trust(v.int(4)), Off: entry.Seq(v.int(5)),
		OffAt: v.int(6), OffTrust: entry.Trust(v.int(7)), Handed: entry.Seq(v.int(8)), Last: entry.Seq(v.int(9))}
}

func (c *conn) readShift(id entry.Seq) (s Shift, ok bool, err error) {
	err = c.query(context.Background(), "SELECT "+shiftColumns+" FROM shift WHERE id = ?", func(v values) error {
		s, ok = shiftOf(v), true
		return nil
	}, int64(id))
	return s, ok, err
}

// dutyAt is who was on duty after an entry, by the shifts' summaries.
func (c *conn) dutyAt(seq entry.Seq) (d duty, err error) {
	d = duty{}
	err = c.query(context.Background(), "SELECT "+shiftColumns+" FROM shift WHERE id <= ?1 AND (off = 0 OR off > ?1)", func(v values) error {
		s := shiftOf(v)
		d = d.on(s.ID, s.Lanes())
		return nil
	}, int64(seq))
	return d, err
}

// shiftCell recognises a shift's summary.
func shiftCell(rowid int64, v values) (s Shift, ok bool) {
	if len(v) != 10 || v[0] != nil || !texts(v[1:3]) || !ints(v[3:]) {
		return s, false
	}
	v[0] = rowid
	s = shiftOf(v)
	return s, s.ID > 0 && s.Last >= s.ID && (s.lanes == "" || json.Valid([]byte(s.lanes)))
}
