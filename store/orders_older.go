package store

import (
	"context"

	"tillgate/store/entry"
)

// The orders of an epoch before a damage stand in wrappers at the beginning of
// this one's journal, and have no summaries. Those that were final are read out
// of the wrappers; the others went on as inherited orders and are among these.

// olderTo is the newest wrapper, 0 where there is none: nothing else stands
// between the first of them and that.
func (s *Store) olderTo() (entry.Seq, error) {
	if s.memory.damage == nil {
		return 0, nil
	}
	seq, _, err := s.conn.number("SELECT seq FROM entry WHERE seq <= ? AND kind = ? ORDER BY seq DESC LIMIT 1",
		int64(s.memory.damage.Readable)+1, int64(entry.Salvaged))
	return entry.Seq(seq), err
}

// older reads the orders whose wrappers end below an entry, and tells where the
// next slice has to end. An object's wrappers follow on each other.
func (r *orderReader) older(to entry.Seq) (low entry.Seq, err error) {
	r.rows, r.pool = r.rows[:0], r.pool[:0]
	var entries []entry.Entry // newest first
	query := "SELECT " + entryColumns + " FROM entry WHERE seq < ? ORDER BY seq DESC LIMIT ?"
	err = r.s.conn.query(context.Background(), query, func(v values) error {
		entries = append(entries, entryOf(v).Entry)
		return nil
	}, int64(to), int64(sliceEntries))
	if err != nil {
		return 0, err
	}
	low = 1
	for len(entries) > 0 {
		key, n := entries[0].Key, 0
		for n < len(entries) && entries[n].Key == key {
			n++
		}
		object := entries[:n]
		if entries = entries[n:]; object[n-1].Seq != key { // the slice ends within it
			whole, err := r.s.entriesOf(key, object[0].Seq, 0)
			if err != nil {
				return 0, err
			}
			object, entries = whole, nil
		} else {
			reverse(object)
		}
		low = key
		if object[0].Kind == entry.Salvaged {
			if err := r.addOlder(object); err != nil {
				return 0, err
			}
		}
	}
	return low, nil
}

func reverse(entries []entry.Entry) {
	for i, j := 0, len(entries)-1; i < j; i, j = i+1, j-1 {
		entries[i], entries[j] = entries[j], entries[i]
	}
}

// addOlder adds the row of wrapped entries that are an order or a deposit which had
// ended, or a refund which had, and whose order is lost.
func (r *orderReader) addOlder(entries []entry.Entry) error {
	key, last := entries[0].Key, entries[len(entries)-1].Seq
	switch read[entry.SalvagedBody](entries[0].Body).Kind {
	case entry.RefundAsked, entry.RefundInherited, entry.RefundHeard, entry.RefundDone, entry.RefundRefused:
		return r.addOlderRefund(object{key: key, last: last})
	case entry.HoldAsked, entry.HoldInherited, entry.HoldAdopted, entry.HoldHeard, entry.HoldPlaced, entry.HoldReturning, entry.HoldEnded, entry.HoldSeen,
		entry.MoveAsked, entry.MoveDone, entry.MoveRefused:
		return r.addOlderHold(entries)
	}
	var st story
	var pay Payment
	was, whole := entry.Unwrapped(entries)
	pay.fold(was)
	pay.believe(whole)
	for _, e := range entries {
		was, body := unwrapped(e)
		st.fold(was, body)
	}
	if st.opened.Lane == "" && len(st.tries) == 0 && st.settled.Number == "" {
		return nil // no order
	}
	row := st.row(key, st.cancelled)
	if row.Seq == 0 {
		return nil // it has gone on
	}
	if row.Standing == IsPaid && pay.Uncertain {
		row.Standing, row.Seq = IsUnknown, 0
	}
	row.Older, row.Shift = true, OlderShift
	if r.q.Bare {
		row.Title, row.Ref, row.NetworkNumber = "", "", ""
	}
	if row.Number != "" {
		after, _ := pay.numbers()
		refunds, err := r.s.plan().refundsOf(row.Number, after+1)
		if err != nil {
			return err
		}
		if row.Refunds, err = r.refundRows(refunds); err != nil {
			return err
		}
	}
	r.rows = append(r.rows, row)
	return nil
}

// addOlderRefund adds a refund of an older epoch, unless it is found with its order.
func (r *orderReader) addOlderRefund(o object) error {
	refund, err := r.s.refundAt(o)
	if err != nil {
		return err
	}
	newest, ok, err := r.s.find(refund.Asked.Number)
	if err != nil || ok && newest != o.key {
		return err // it has gone on
	}
	if _, ok, err = r.s.find(refund.Asked.Of); err != nil || ok {
		return err
	}
	return r.addLost(refund)
}
