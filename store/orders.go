package store

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"tillgate/store/entry"
)

// OrderQuery is what is wanted of the orders. The zero one wants all. It is
// there to read less: an order that may be wanted, for itself or for one of its
// refunds, is never left out, one that is not may be among those that come.
type OrderQuery struct {
	From, To     int64     // Unix ms: From <= At < To; 0: no bound
	After, Until entry.Seq // of the outcome's entry: After < Seq <= Until; 0: no bound
	Shift        int64     // 0: any
	Lane         string    // "": any
	Before       entry.Seq // orders below it; 0: from the newest
	Number       string    // a whole number of an order, a deposit, a refund or a move: that order or deposit only
	Bare         bool      // without titles, callers' and networks' numbers: figures need none
}

// One slice reads the orders that begin in so many entries, so that others get
// their turn after a few milliseconds.
const (
	sliceBare  = 1000
	sliceTexts = 300
)

// Orders yields orders and deposits, the newest first by their keys. It reads in slices
// between commits and keeps no more than one of them; an order that changes
// meanwhile is as it was when its slice was read. It stops after an error.
func (s *Store) Orders(ctx context.Context, q OrderQuery) iter.Seq2[OrderRow, error] {
	return func(yield func(OrderRow, error) bool) {
		r := orderReader{s: s, q: q, who: map[int64]string{}}
		if err := r.all(ctx, yield); err != nil && !errors.Is(err, errEnough) {
			yield(OrderRow{}, fmt.Errorf("read orders: %w", err))
		}
	}
}

// CountOrders is how many rows Orders would yield, or a little more.
func (s *Store) CountOrders(ctx context.Context, q OrderQuery) (count int64, err error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.leave()
	r := orderReader{s: s, q: q}
	from := r.newest()
	for to := from; to > 0; {
		low := max(to-20*sliceBare, 0)
		n, _, err := s.conn.number("SELECT count(*) FROM sale "+orderWhere, r.args(low, to)...)
		if err != nil {
			return 0, s.failed("count orders", err)
		}
		count, to = count+n, low
		if err := s.yield(ctx); err != nil {
			return 0, err
		}
	}
	end, err := s.olderTo()
	if err != nil {
		return 0, s.failed("count orders", err)
	}
	held, _, err := s.conn.number("SELECT count(*) FROM hold WHERE id < ?", int64(from))
	if err != nil {
		return 0, s.failed("count deposits", err)
	}
	older, _, err := s.conn.number("SELECT count(*) FROM entry WHERE seq <= ? AND seq < ? AND prev = 0 AND seq > 1", int64(end), int64(from))
	if err != nil {
		return 0, s.failed("count orders", err)
	}
	return count + held + older, nil
}

// orderWhere picks the orders of a range of keys that may be wanted.
const orderWhere = `WHERE id >= ?1 AND id < ?2 AND (outcome = 0 OR
	(?3 = 0 OR at >= ?3) AND (?4 = 0 OR at < ?4) AND outcome > ?5 AND (?6 = 0 OR outcome <= ?6) AND (?7 = 0 OR shift = ?7) AND (?8 = '' OR lane = ?8)
	OR EXISTS (SELECT 1 FROM refund WHERE refund.sale = sale.id))`

// orderReader is one run of Orders.
type orderReader struct {
	s    *Store
	q    OrderQuery
	who  map[int64]string // people by their shifts
	rows []OrderRow       // of the slice
	pool []RefundRow      // of the slice
}

func (r *orderReader) args(low, to entry.Seq) []any {
	return []any{int64(low), int64(to), r.q.From, r.q.To, int64(r.q.After), int64(r.q.Until), r.q.Shift, r.q.Lane}
}

// newest is one above the newest key that is wanted.
func (r *orderReader) newest() entry.Seq {
	if r.q.Before > 0 {
		return min(r.q.Before, r.s.memory.seq+1)
	}
	return r.s.memory.seq + 1
}

func (r *orderReader) all(ctx context.Context, yield func(OrderRow, error) bool) error {
	if r.q.Number != "" {
		return r.numbered(ctx, yield)
	}
	span := entry.Seq(sliceTexts)
	if r.q.Bare {
		span = sliceBare
	}
	for to := entry.Seq(1 << 62); to > 1; {
		if err := r.s.enter(ctx); err != nil {
			return err
		}
		to = min(to, r.newest())
		low, err := r.next(to, max(to-span, 1))
		if err != nil {
			err = r.s.failed("read a slice", err)
		}
		r.s.leave()
		if err != nil {
			return err
		}
		for i := range r.rows {
			if !yield(r.rows[i], nil) {
				return errEnough
			}
		}
		to = low
	}
	return nil
}

// next reads the slice below to, down to low or so, and tells where it ends.
func (r *orderReader) next(to, low entry.Seq) (entry.Seq, error) {
	end, err := r.s.olderTo()
	switch {
	case err != nil:
		return low, err
	case to <= end+1:
		return r.older(to)
	}
	low = max(low, end+1)
	return low, r.slice(low, to)
}

// numbered yields the one order that has a number.
func (r *orderReader) numbered(ctx context.Context, yield func(OrderRow, error) bool) error {
	if err := r.s.enter(ctx); err != nil {
		return err
	}
	err := r.findNumbered()
	if err != nil {
		err = r.s.failed("find "+r.q.Number, err)
	}
	r.s.leave()
	if err != nil || len(r.rows) == 0 || r.q.Before > 0 && r.rows[0].Order >= r.q.Before {
		return err
	}
	yield(r.rows[0], nil)
	return nil
}

func (r *orderReader) findNumbered() error {
	number := r.q.Number
	if of, _, err := entry.RefundOf(number); err == nil {
		number = of
	}
	if of, _, err := entry.MoveOf(number); err == nil {
		number = of
	}
	key, ok, err := r.s.find(number)
	if err == nil && !ok {
		key, ok, err = r.s.find(r.q.Number) // a refund whose order is lost
	}
	if err != nil || !ok {
		return err
	}
	end, err := r.s.olderTo()
	if err != nil {
		return err
	}
	if key <= end {
		o, err := r.s.lookup(key)
		if err != nil {
			return err
		}
		entries, err := r.s.entriesOf(key, o.last, 0)
		if err != nil {
			return err
		}
		return r.addOlder(entries)
	}
	r.q = OrderQuery{Number: r.q.Number, Before: r.q.Before, Bare: r.q.Bare}
	return r.slice(key, key+1)
}

// slice reads the orders and deposits whose keys are in a range, and the refunds in it whose
// orders are lost. The caller has the turn.
func (r *orderReader) slice(low, to entry.Seq) error {
	r.rows, r.pool = r.rows[:0], r.pool[:0]
	var sales []Sale
	err := r.s.conn.query(context.Background(), "SELECT "+saleColumns+" FROM sale "+orderWhere+" ORDER BY id DESC", func(v values) error {
		sales = append(sales, saleOf(v))
		return nil
	}, r.args(low, to)...)
	if err != nil {
		return err
	}
	refunds, err := r.refunds("sale >= ? AND sale < ?", low, to)
	if err != nil {
		return err
	}
	lost, err := r.refunds("sale = 0 AND id >= ? AND id < ?", low, to)
	if err != nil {
		return err
	}
	holds, err := r.holds(low, to)
	if err != nil {
		return err
	}
	var all bodies
	if !r.q.Bare && len(sales) > 0 {
		if all, err = r.bodies(low, to); err != nil {
			return err
		}
	}
	for len(sales)+len(holds)+len(lost) > 0 {
		var sale, hold, alone entry.Seq // the newest of each that is left
		if len(sales) > 0 {
			sale = sales[0].ID
		}
		if len(holds) > 0 {
			hold = holds[0].ID
		}
		if len(lost) > 0 {
			alone = lost[0].ID
		}
		switch newest := max(sale, hold, alone); newest {
		case alone:
			err, lost = r.addLost(lost[0]), lost[1:]
		case hold:
			err, holds = r.addHold(holds[0], ofOrder(&refunds, newest)), holds[1:]
		default:
			err, sales = r.addSale(sales[0], all, ofOrder(&refunds, newest)), sales[1:]
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ofOrder takes an order's refunds from those of a slice, the newest order's first.
func ofOrder(refunds *[]Refund, order entry.Seq) []Refund {
	all, from := *refunds, 0
	for from < len(all) && all[from].Asked.Order > order {
		from++
	}
	to := from
	for to < len(all) && all[to].Asked.Order == order {
		to++
	}
	*refunds = all[to:]
	return all[from:to]
}

func (r *orderReader) addSale(sale Sale, all bodies, refunds []Refund) error {
	row, err := r.row(sale, all)
	if err != nil {
		return err
	}
	row.Refunds, err = r.refundRows(refunds)
	r.rows = append(r.rows, row)
	return err
}

// row is an order's row: of its summary, and of its entries as far as need be.
func (r *orderReader) row(sale Sale, all bodies) (row OrderRow, err error) {
	if sale.Outcome == 0 || sale.Paid != "" { // not final, or written by a release that did not know
		return r.told(sale.ID, sale.Last)
	}
	row = rowOf(sale)
	if !r.q.Bare {
		if err := r.tell(&row, all); err != nil {
			return row, err
		}
	}
	row.Who, err = r.person(row.Shift)
	return row, err
}

// bodies are those of a slice that say what no summary does. Most orders end soon
// after they began, so that one walk finds both entries; the others are looked up.
type bodies map[entry.Seq]any

const outcomeSoon = 30 // entries

func (r *orderReader) bodies(low, to entry.Seq) (b bodies, err error) {
	b = bodies{}
	query := "SELECT seq, kind, body FROM entry WHERE seq >= ? AND seq < ? AND kind IN (?, ?, ?)"
	err = r.s.conn.query(context.Background(), query, func(v values) error {
		b[entry.Seq(v.int(0))] = bodyOf(entry.Kind(v.int(1)), v.bytes(2))
		return nil
	}, int64(low), int64(to+outcomeSoon), int64(entry.Opened), int64(entry.Inherited), int64(entry.Settled))
	return b, err
}

// body is an entry's, out of the slice's or its own row.
func (r *orderReader) body(all bodies, seq entry.Seq) (any, error) {
	if body, ok := all[seq]; ok {
		return body, nil
	}
	e, err := r.s.one(seq)
	return bodyOf(e.Kind, e.Body), err
}

// tell adds what stands in the entries only.
func (r *orderReader) tell(row *OrderRow, all bodies) error {
	first, err := r.body(all, row.Order)
	if err != nil {
		return err
	}
	switch b := first.(type) {
	case entry.OpenedBody:
		row.Title, row.Ref = b.Title, b.Ref
	case entry.InheritedBody:
		row.Title, row.Ref = b.Title, b.Ref
	}
	if row.Standing != IsPaid {
		return nil
	}
	outcome, err := r.body(all, row.Seq)
	if b, ok := outcome.(entry.SettledBody); ok {
		row.NetworkNumber = b.Network
	}
	return err
}

// told is an order's row out of its entries.
func (r *orderReader) told(key, last entry.Seq) (OrderRow, error) {
	entries, err := r.s.entriesOf(key, last, 0)
	if err != nil {
		return OrderRow{}, err
	}
	var st story
	for _, e := range entries {
		st.fold(e, bodyOf(e.Kind, e.Body))
	}
	_, open := r.s.memory.objects[key]
	row := st.row(key, !open)
	if r.q.Bare {
		row.Title, row.Ref, row.NetworkNumber = "", "", ""
	}
	row.Shift, err = r.shiftOf(row.Lane, row.Seq)
	if err == nil {
		row.Who, err = r.person(row.Shift)
	}
	return row, err
}

// shiftOf is the shift that was on on a lane at an entry, 0: now.
func (r *orderReader) shiftOf(lane string, seq entry.Seq) (int64, error) {
	if seq == 0 {
		return int64(r.s.memory.duty.of(lane)), nil
	}
	on, err := r.s.conn.dutyAt(seq)
	return int64(on.of(lane)), err
}

// person is whose a shift is.
func (r *orderReader) person(shift int64) (string, error) {
	who, known := r.who[shift]
	if known || shift <= 0 {
		return who, nil
	}
	s, _, err := r.s.conn.readShift(entry.Seq(shift))
	r.who[shift] = s.Who
	return s.Who, err
}
