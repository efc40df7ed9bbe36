package main

import (
	"context"
	"slices"
	"time"

	"tillgate/agent/console"
	"tillgate/agent/flow"
	"tillgate/agent/flow/deposit"
	"tillgate/agent/flow/refund"
	"tillgate/agent/flow/sale"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// servePage shows the pages until ctx is done.
func (a *agent) servePage(ctx context.Context) error {
	lanes := make([]console.Lane, len(a.lanes))
	for i, l := range a.lanes {
		lanes[i] = l
	}
	pages := console.New(console.Options{
		Site:        a.cfg.Terminal.Name,
		Lanes:       lanes,
		Devices:     a.board.Devices,
		Recent:      a.board.Recent,
		Changed:     a.board.Changed,
		Status:      a.status,
		Takes:       a.takes,
		AsksFull:    a.asksFull,
		AsksDeposit: a.asksDeposit,
		HoldsBy:     a.holdsBy,
		Deposit:     a.depositNow,
		Sales:       a.sales,
		Order:       a.orderNow,
		Refunds:     a.refunds,
		Desk:        a.desk,
		Phone:       a.cfg.Console.Phone,
		DisplayKey:  func(lane string) string { return a.store.LinkKey("display/" + lane) },
		Mono:        func() int64 { return a.clock.Now().Mono },
		Metrics:     a.meter,
		Extra:       a.extras.customers,
		Hosts:       a.cfg.Console.names(),
		Locked:      a.cfg.Console.locked(),
		Limit:       &a.limit,
		Log:         a.log,
	})
	return console.Serve(ctx, a.page, a.meter.Streams(a.withAPI(pages)), a.log)
}

// Bounds of looking for a lane's sales among those of all lanes.
const (
	salesRead = 50
	salesSeen = 500
)

// sales are a lane's newest sales: what their entries say, told by the machine
// that wrote them.
func (a *agent) sales(ctx context.Context, lane string, most int) (sales []console.Sale, err error) {
	before := entry.Seq(0)
	for seen := 0; seen < salesSeen && len(sales) < most; {
		rows, err := a.store.Sales(ctx, before, salesRead)
		if err != nil || len(rows) == 0 {
			return sales, err
		}
		for _, row := range rows {
			before, seen = row.ID, seen+1
			if row.Lane != lane || len(sales) == most {
				continue
			}
			s, err := a.sale(ctx, row)
			if err != nil {
				return sales, err
			}
			sales = append(sales, s)
		}
	}
	return sales, nil
}

func (a *agent) sale(ctx context.Context, row store.Sale) (console.Sale, error) {
	entries, err := a.store.Object(ctx, row.ID, 0)
	if err != nil {
		return console.Sale{}, err
	}
	s := console.Sale{Key: row.ID, Amount: row.Amount, Refunded: row.Refunded}
	for _, e := range entries {
		switch e.Kind {
		case entry.Opened, entry.Inherited, entry.Settled, entry.Cancelled, entry.Frozen:
			s.At = time.UnixMilli(e.Wall)
		}
	}
	v := flow.Folded(sale.New(a.networks.Timing), entries).View()
	s.Title, s.Number, s.Phase, s.Tender = v.Title, v.Number, v.Phase, v.Tender
	if v.Tender == words.ByCode || v.Tender == words.ByQR {
		s.Network = v.Network
	}
	return s, nil
}

// orderNow is an order as its entries say.
func (a *agent) orderNow(ctx context.Context, key entry.Seq) (words.Order, error) {
	entries, err := a.store.Object(ctx, key, 0)
	if err != nil {
		return words.Order{}, err
	}
	one := sale.New(a.networks.Timing)
	for _, e := range entries {
		one.Fold(e)
	}
	return one.View(), nil
}

// depositNow is a deposit as its entries say.
func (a *agent) depositNow(ctx context.Context, key entry.Seq) (words.Deposit, error) {
	entries, err := a.store.Object(ctx, key, 0)
	if err != nil {
		return words.Deposit{}, err
	}
	return deposit.ViewOf(entries, a.networks.Timing), nil
}

// holdsBy are the ways in which a lane takes deposits: those of its own
// merchants, not of the other lanes'.
func (a *agent) holdsBy(lane string) (ways []words.Tender) {
	i := slices.IndexFunc(a.lanes, func(l *flow.Lane) bool { return l.Name == lane })
	if i < 0 {
		return nil
	}
	route := a.lanes[i].Route
	for wallet, kind := range codeOf {
		if m, ok := route.Merchant[kind]; ok && a.networks.Terms(m.Name, wallet).Code {
			ways = []words.Tender{words.ByCode}
		}
	}
	if slices.ContainsFunc(route.QR, func(m flow.Merchant) bool { return a.networks.Terms(m.Name, "").QR }) {
		ways = append(ways, words.ByQR)
	}
	return ways
}

// refunds are an order's, each as its entries say.
func (a *agent) refunds(ctx context.Context, order entry.Seq) (all []words.Refund, err error) {
	p, err := a.store.Payment(ctx, order)
	if err != nil {
		return nil, err
	}
	for _, r := range p.Refunds {
		entries, err := a.store.Object(ctx, r.ID, 0)
		if err != nil {
			return nil, err
		}
		all = append(all, flow.Folded(refund.New(a.networks.Timing), entries).View())
	}
	return all, nil
}
