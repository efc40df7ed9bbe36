package store

import (
	"context"

	"tillgate/store/entry"
)

// objects compares the summaries of young objects with their entries, rebuilds
// those that differ, and forgets what is done.
func (l *loader) objects() error {
	if err := l.sales(); err != nil {
		return err
	}
	if err := l.refunds(); err != nil {
		return err
	}
	if err := l.holds(); err != nil {
		return err
	}
	if err := l.shifts(); err != nil {
		return err
	}
	for key, o := range l.m.objects {
		if last, ok := l.tasked[key]; ok != o.tasked {
			if last != o.last {
				return damaged("task %d is at entry %d, its object at %d", key, last, o.last)
			}
			o.tasked = true
			l.m.objects[key] = o
		}
		if o.done {
			delete(l.m.objects, key)
		}
		if o.shift != nil && o.shift.Off == 0 {
			l.m.duty = l.m.duty.on(key, o.shift.Lanes())
		}
	}
	return nil
}

func (l *loader) sales() error {
	rows := map[entry.Seq]Sale{}
	err := l.c.query(context.Background(), "SELECT "+saleColumns+" FROM sale WHERE id > ?", func(v values) error {
		sale := saleOf(v)
		rows[sale.ID] = sale
		return nil
	}, int64(l.m.open.seq))
	if err != nil {
		return err
	}
	for id, sale := range rows {
		if o, ok := l.m.objects[id]; !ok || o.sale == nil || sale.Last > o.last {
			return damaged("order %d has a summary up to entry %d, and that entry is missing", id, sale.Last)
		}
	}
	for key, o := range l.m.objects {
		if o.sale == nil {
			continue
		}
		// Who was on duty where the scan began is only in the shifts' rows: of two
		// that differ in nothing else, the one that was written with the entry is kept.
		row, shift := rows[key], o.sale.Shift
		if o.sale.Shift = row.Shift; row != *o.sale {
			o.sale.Shift = shift
			l.s.log.Warn("summary rebuilt", "order", key)
			if err := l.s.transaction(func(c *conn) error { return c.writeSale(*o.sale) }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *loader) refunds() error {
	rows := map[entry.Seq]Refund{}
	err := l.c.query(context.Background(), "SELECT "+refundColumns+" FROM refund WHERE id > ?", func(v values) error {
		refund := refundOf(v)
		rows[refund.ID] = refund
		return nil
	}, int64(l.m.open.seq))
	if err != nil {
		return err
	}
	for id, refund := range rows {
		if o, ok := l.m.objects[id]; !ok || o.refund == nil || refund.Last > o.last {
			return damaged("refund %d has a summary up to entry %d, and that entry is missing", id, refund.Last)
		}
	}
	for key, o := range l.m.objects {
		if o.refund == nil {
			continue
		}
		row, shift := rows[key], o.refund.Shift
		if o.refund.Shift = row.Shift; row != *o.refund {
			o.refund.Shift = shift
			l.s.log.Warn("summary rebuilt", "refund", key)
			if err := l.s.transaction(func(c *conn) error { return c.writeRefund(*o.refund) }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *loader) holds() error {
	rows := map[entry.Seq]Hold{}
	err := l.c.query(context.Background(), "SELECT "+holdColumns+" FROM hold WHERE id > ?", func(v values) error {
		hold := holdOf(v)
		rows[hold.ID] = hold
		return nil
	}, int64(l.m.open.seq))
	if err != nil {
		return err
	}
	for id, hold := range rows {
		if o, ok := l.m.objects[id]; !ok || o.hold == nil || hold.Last > o.last {
			return damaged("deposit %d has a summary up to entry %d, and that entry is missing", id, hold.Last)
		}
	}
	for key, o := range l.m.objects {
		if o.hold == nil {
			continue
		}
		if row, ok := rows[key]; ok && row.bare().same(o.hold.bare()) { // of two that differ in the shifts the row is right
			o.hold = &row
			l.m.objects[key] = o
			continue
		}
		l.s.log.Warn("summary rebuilt", "deposit", key)
		if err := l.s.transaction(func(c *conn) error { return c.writeHold(*o.hold) }); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) shifts() error {
	rows := map[entry.Seq]Shift{}
	err := l.c.query(context.Background(), "SELECT "+shiftColumns+" FROM shift WHERE id > ? OR off = 0", func(v values) error {
		shift := shiftOf(v)
		rows[shift.ID] = shift
		return nil
	}, int64(l.m.open.seq))
	if err != nil {
		return err
	}
	for id, shift := range rows {
		if o, ok := l.m.objects[id]; !ok || o.shift == nil || shift.Last > o.last {
			return damaged("shift %d has a summary up to entry %d, and that entry is missing", id, shift.Last)
		}
	}
	for key, o := range l.m.objects {
		if o.shift == nil {
			continue
		}
		row, ok := rows[key]
		if !ok {
			if row, _, err = l.c.readShift(key); err != nil {
				return err
			}
		}
		if row != *o.shift {
			l.s.log.Warn("summary rebuilt", "shift", key)
			if err := l.s.transaction(func(c *conn) error { return c.writeShift(*o.shift) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// shift folds a shift that is older than the mark out of its entries: who is on
// duty does not hang on a row alone.
func (l *loader) shift(o *object) error {
	entries, err := l.s.entriesOf(o.key, o.last, 0)
	if err != nil || len(entries) == 0 || entries[0].Kind != entry.ShiftOn {
		return err
	}
	*o = object{key: o.key, tasked: o.tasked, shift: &Shift{ID: o.key}}
	for _, e := range entries {
		o.fold(e, bodyOf(e.Kind, e.Body), false, nil)
	}
	return nil
}

// secrets holds the secrets against their list.
func (l *loader) secrets() error {
	_, err := l.c.soundSecrets()
	return err
}

// tasks adds the objects that are older than the mark.
func (l *loader) tasks() error {
	for key, last := range l.tasked {
		if key > l.m.open.seq {
			continue // the walk will meet it
		}
		o := object{key: key, last: last, tasked: true}
		if err := l.c.summary(&o); err != nil {
			return err
		}
		if newest := o.summarized(); newest != 0 && newest != last {
			return damaged("task %d names entry %d, its summary ends at %d", key, last, newest)
		}
		there := false
		err := l.c.entries(last-1, last, 1, func(f found) error {
			there = f.Key == key
			return nil
		})
		if err != nil {
			return err
		}
		if !there {
			return damaged("task %d names entry %d, which is missing or not its newest", key, last)
		}
		if o.sale == nil && o.refund == nil && o.hold == nil {
			if err := l.shift(&o); err != nil {
				return err
			}
		}
		l.m.objects[key] = o
	}
	return nil
}
