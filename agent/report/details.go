package report

import (
	"context"

	"tillgate/store/entry"
)

// Page is a part of the details.
type Page struct {
	Movements []Movement // the newest order first, an order before its parts and refunds
	Next      entry.Seq  // Query.Before of the page that follows; 0: there is none
}

// Details are the movements that a query wants, at least max of them where there
// are so many. An order's movements are never on two pages, so that a page may
// have more: an order has 50 refunds at most, a deposit as many moves beside.
func Details(ctx context.Context, src Source, q Query, max int) (Page, error) {
	var p Page
	err := walk(ctx, src, q, nil, func(m *Movement) bool {
		if n := len(p.Movements); n >= max && n > 0 && p.Movements[n-1].Order != m.Order {
			p.Next = p.Movements[n-1].Order
			return false
		}
		p.Movements = append(p.Movements, *m)
		return true
	})
	if err != nil {
		return Page{}, err
	}
	return p, nil
}
