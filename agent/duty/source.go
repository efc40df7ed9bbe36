package duty

import (
	"cmp"
	"context"
	"iter"

	"tillgate/agent/report"
	"tillgate/store"
	"tillgate/store/entry"
)

// Orders are the store's, newest first, read between commits.
type Orders interface {
	Orders(ctx context.Context, q store.OrderQuery) iter.Seq2[store.OrderRow, error]
	CountOrders(ctx context.Context, q store.OrderQuery) (int64, error)
}

// Source is what was sold and given back, for reports. The clerk of a row is
// whose shift it is in.
func (d *Desk) Source() report.Source { return source{desk: d} }

// Figures is the same without titles and networks' numbers: for figures, which
// need none of them and are made in a fraction of the time.
func (d *Desk) Figures() report.Source { return source{desk: d, bare: true} }

// source is the store's orders as reports want them.
type source struct {
	desk *Desk
	bare bool
}

var _ report.Sized = source{}

// Rows yields the orders that a query may want.
func (s source) Rows(ctx context.Context, q report.Query) iter.Seq2[report.Row, error] {
	return func(yield func(report.Row, error) bool) {
		clerks := clerks{desk: s.desk, names: map[string]string{}}
		var refunds []report.RefundRow
		for order, err := range s.desk.Journal.Orders(ctx, s.query(q)) {
			row := clerks.row(&order, refunds[:0])
			refunds = row.Refunds
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// Count is how many there are, or a little more.
func (s source) Count(ctx context.Context, q report.Query) (int64, error) {
	return s.desk.Journal.CountOrders(ctx, s.query(q))
}

// query is what of a report's query helps the store.
func (s source) query(q report.Query) store.OrderQuery {
	o := store.OrderQuery{From: q.From, To: q.To, After: q.After, Until: q.Until, Before: q.Before, Number: cmp.Or(q.Search.Order, q.Search.Refund),
		Bare: s.bare && q.Search.Empty()}
	if len(q.Shifts) == 1 {
		o.Shift = q.Shifts[0]
	}
	if len(q.Lanes) == 1 {
		o.Lane = q.Lanes[0]
	}
	return o
}

// clerks are the names of the people of one run, each looked up once.
type clerks struct {
	desk  *Desk
	names map[string]string
}

// of is a clerk as reports have it: the name, which nobody else here has. Who has
// left is told from whoever has the name now by the id behind it.
func (c clerks) of(id string) string {
	if id == "" {
		return ""
	}
	name, known := c.names[id]
	if !known {
		p, _ := c.desk.Roster.Person(id)
		if name = cmp.Or(p.Name, id); p.Gone {
			name += " (" + id + ")"
		}
		c.names[id] = name
	}
	return name
}

func (c clerks) row(o *store.OrderRow, refunds []report.RefundRow) report.Row {
	row := report.Row{Order: o.Order, Lane: o.Lane, Shift: o.Shift, Clerk: c.of(o.Who), Tender: o.Tender, Wallet: o.Wallet, Network: o.Network, Merchant: o.Merchant,
		Number: o.Number, NetworkNumber: o.NetworkNumber, Title: o.Title, Ref: o.Ref, State: stateOf(o.Standing), At: o.At, Seq: o.Seq,
		Trusted: o.Trust == entry.Trusted, Amount: o.Amount, Settled: o.Settled, Lost: o.Lost, Deposit: o.Deposit}
	for i := range o.Moves {
		m := &o.Moves[i]
		row.Moves = append(row.Moves, report.MoveRow{Part: partOf(m.Part), Number: m.Number, Network: m.NetworkNumber, Lane: m.Lane, Shift: m.Shift, Clerk: c.of(m.Who),
			State: stateOf(m.Standing), At: m.At, Seq: m.Seq, Trusted: m.Trust == entry.Trusted, Amount: m.Amount})
	}
	for i := range o.Refunds {
		r := &o.Refunds[i]
		refunds = append(refunds, report.RefundRow{Number: r.Number, Network: r.NetworkNumber, Lane: r.Lane, Shift: r.Shift, Clerk: c.of(r.Who), State: stateOf(r.Standing),
			At: r.At, Seq: r.Seq, Trusted: r.Trust == entry.Trusted, Amount: r.Amount, Settled: r.Settled})
	}
	row.Refunds = refunds
	return row
}

// stateOf is a standing in the reports' words.
func stateOf(s store.Standing) report.State {
	switch s {
	case store.IsOpen:
		return report.Open
	case store.IsPaid:
		return report.Paid
	case store.IsEnded:
		return report.Ended
	case store.IsFrozen:
		return report.Frozen
	}
	return report.Unknown
}

// partOf is a part of a deposit in the reports' words.
func partOf(p store.MovePart) report.Part {
	switch p {
	case store.IsCaptured:
		return report.Captured
	case store.IsReleased:
		return report.Released
	}
	return report.StillHeld
}
