package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"tillgate/agent/api/client"
	"tillgate/agent/flow"
	"tillgate/agent/flow/refund"
	"tillgate/agent/flow/sale"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

const (
	waitMax      = 60 * time.Second // of a long poll
	pageDefault  = 20
	pageMax      = 100
	readMax      = 1000 // orders that are looked at for one page
	answerWithin = 10 * time.Second
)

// order is an order as its lane shows it, or as the journal has it where no lane
// is busy with it any more.
func (a *api) order(ctx context.Context, key entry.Seq) (client.Order, error) {
	entries, err := a.Store.Object(ctx, key, 0)
	if err != nil {
		return client.Order{}, err
	}
	if len(entries) == 0 || entries[0].Kind != entry.Opened && entries[0].Kind != entry.Inherited {
		return client.Order{}, &problem{reason: noOrder}
	}
	view := flow.Folded(sale.New(a.Timing), entries).View()
	if live, ok := a.live(key); ok {
		view = live
	}
	paid, err := a.Store.Payment(ctx, key)
	if err != nil {
		return client.Order{}, err
	}
	o := client.Order{
		Key: int64(key), Number: view.Number, Lane: view.Lane, Amount: view.Amount, Deposit: view.Deposit, Title: view.Title, Ref: paid.Opened.Ref,
		State: string(view.Phase), Final: view.Phase.Over(), Tender: string(view.Tender), Network: view.Network,
		Wallet: paid.Settled.Wallet, Settled: paid.Settled.Settled, Refunded: paid.Returned(), Refunds: []client.Refund{},
		Screen: screen(func(l words.Lang) words.Screen { return words.Show(view, l) }),
	}
	for _, q := range view.QR {
		o.QR = append(o.QR, client.QR{Network: q.Network, Link: q.Link})
	}
	for _, r := range paid.Refunds {
		one, err := a.refund(ctx, r)
		if err != nil {
			return client.Order{}, err
		}
		o.Refunds = append(o.Refunds, one)
	}
	o.Stands = states(o)
	return o, nil
}

// live is an order as a lane shows it now.
func (a *api) live(key entry.Seq) (words.Order, bool) {
	for _, l := range a.Lanes {
		v, _ := l.View()
		for _, o := range append(v.Behind[:len(v.Behind):len(v.Behind)], v.Order) {
			if o.Key == int64(key) {
				return o, true
			}
		}
	}
	return words.Order{}, false
}

func (a *api) refund(ctx context.Context, r store.Refund) (client.Refund, error) {
	entries, err := a.Store.Object(ctx, r.ID, 0)
	if err != nil {
		return client.Refund{}, err
	}
	view := flow.Folded(refund.New(a.Timing), entries).View()
	return client.Refund{Key: int64(r.ID), Number: view.Number, Amount: view.Amount, State: string(view.Phase), Reason: r.Asked.Reason,
		Screen: screen(func(l words.Lang) words.Screen { return words.ShowRefund(view, l) })}, nil
}

func screen(say func(words.Lang) words.Screen) client.Screen {
	zh, en := say(words.Zh), say(words.En)
	return client.Screen{WhatZh: zh.What, WhatEn: en.What, DoZh: zh.Do, DoEn: en.Do, MoneyZh: zh.Money, MoneyEn: en.Money}
}

// getOrder answers how an order stands; with wait it answers when that is not
// what the caller has seen any more, or when the time is up.
func (a *api) getOrder(w http.ResponseWriter, r *http.Request, who *caller) error {
	key, err := keyOf(r)
	if err != nil {
		return err
	}
	name, err := a.nameOf(r.Context(), who, key)
	if err != nil {
		return err
	}
	lane, _ := a.lane(who, name) // nil of one that has gone: nothing of its orders changes
	wait, err := waitOf(w, r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	o, err := a.changed(r.Context(), lane, key, q.Get("state"), q.Get("stands"), wait)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, client.Answer{Order: o})
}

// waitOf is how long a request wants to wait for news; its deadlines follow from it.
func waitOf(w http.ResponseWriter, r *http.Request) (wait time.Duration, err error) {
	if text := r.URL.Query().Get("wait"); text != "" {
		if wait, err = time.ParseDuration(text); err != nil || wait < 0 || wait > waitMax {
			return 0, misread("wait is a time of 60s at most, such as 30s")
		}
	}
	control := http.NewResponseController(w) // a recorder in a test has no deadlines
	_ = control.SetReadDeadline(time.Time{})
	_ = control.SetWriteDeadline(time.Now().Add(wait + answerWithin))
	return wait, nil
}

// changed is an order once its state, or how it stands, is not what the caller
// has seen; where they name neither, once anything of it has changed.
func (a *api) changed(ctx context.Context, lane Lane, key entry.Seq, seen, first string, wait time.Duration) (client.Order, error) {
	return poll(ctx, lane, wait, func() (client.Order, bool, error) {
		o, err := a.order(ctx, key)
		first = cmp.Or(first, o.Stands)
		return o, seen != "" && o.State != seen || o.Stands != first, err
	})
}

// poll reads what a lane shows until that is news, or the time is up, and answers it
// as it is then. A lane that is nil has gone: nothing changes any more.
func poll[T any](ctx context.Context, lane Lane, wait time.Duration, read func() (now T, news bool, err error)) (T, error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		var changed <-chan struct{}
		if lane != nil {
			_, changed = lane.View()
		}
		now, news, err := read()
		if err != nil || news || wait == 0 {
			return now, err
		}
		select {
		case <-changed:
		case <-timer.C:
			return now, nil
		case <-ctx.Done():
			return now, ctx.Err()
		}
	}
}

// states are an order's and its refunds'.
func states(o client.Order) string {
	text := o.State
	for _, r := range o.Refunds {
		text += fmt.Sprintf(" %d:%s", r.Key, r.State)
	}
	return text
}

// getOrders answers the order with a number, or a page of them, newest first.
func (a *api) getOrders(w http.ResponseWriter, r *http.Request, who *caller) error {
	q := r.URL.Query()
	if number := q.Get("number"); number != "" {
		key, err := a.find(r.Context(), number)
		if err != nil {
			return err
		}
		if _, err := a.nameOf(r.Context(), who, key); err != nil {
			return err
		}
		o, err := a.order(r.Context(), key)
		if err != nil {
			return err
		}
		return answer(w, http.StatusOK, client.Orders{Orders: []client.Order{o}})
	}
	before, limit, err := pageOf(r)
	if err != nil {
		return err
	}
	page, err := a.page(r.Context(), who, before, limit)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, page)
}

// page is a page of the orders that a caller may see.
func (a *api) page(ctx context.Context, who *caller, before entry.Seq, limit int) (client.Orders, error) {
	page := client.Orders{Orders: []client.Order{}}
	for looked := 0; looked < readMax; {
		rows, err := a.Store.Sales(ctx, before, pageMax)
		if err != nil || len(rows) == 0 {
			return page, err
		}
		for _, row := range rows {
			if len(page.Orders) == limit {
				page.Before = int64(before)
				return page, nil
			}
			before, looked = row.ID, looked+1
			if !who.sees(row.Lane) {
				continue
			}
			o, err := a.order(ctx, row.ID)
			var none *problem
			switch {
			case errors.As(err, &none): // of it too little could be saved from a damaged journal
				continue
			case err != nil:
				return page, err
			}
			page.Orders = append(page.Orders, o)
		}
	}
	page.Before = int64(before)
	return page, nil
}

// pageOf is which page a request wants: before a key, and how many.
func pageOf(r *http.Request) (before entry.Seq, limit int, err error) {
	from, err := atLeast(r.URL.Query().Get("before"), 0)
	if err != nil {
		return 0, 0, err
	}
	n, err := atLeast(r.URL.Query().Get("limit"), pageDefault)
	return entry.Seq(from), int(min(max(n, 1), pageMax)), err
}

// atLeast is a whole number of a query; without one it is the default.
func atLeast(text string, otherwise int64) (int64, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, misread("before and limit are whole numbers")
	}
	return n, nil
}

// getLanes answers every lane that the caller may see, as its page shows it.
func (a *api) getLanes(w http.ResponseWriter, _ *http.Request, who *caller) error {
	all := struct {
		Lanes []flow.View `json:"lanes"`
	}{[]flow.View{}}
	for _, l := range a.Lanes {
		if v, _ := l.View(); who.sees(v.Lane) {
			all.Lanes = append(all.Lanes, v)
		}
	}
	return answer(w, http.StatusOK, all)
}

func (a *api) getDevices(w http.ResponseWriter, _ *http.Request, _ *caller) error {
	all := struct {
		Devices []client.Device `json:"devices"`
	}{[]client.Device{}}
	if a.Devices != nil {
		all.Devices = append(all.Devices, a.Devices()...)
	}
	return answer(w, http.StatusOK, all)
}

// getTasks answers what waits for a person on the lanes that the caller may see.
func (a *api) getTasks(w http.ResponseWriter, r *http.Request, who *caller) error {
	rows, err := a.Store.Tasks(r.Context())
	if err != nil {
		return err
	}
	all := struct {
		Tasks []client.Task `json:"tasks"`
	}{[]client.Task{}}
	for _, t := range rows {
		if who.sees(t.Lane) {
			all.Tasks = append(all.Tasks, client.Task{What: t.What, Text: t.Text, Key: int64(t.Key), Order: int64(t.Order), Number: t.Number,
				Lane: t.Lane, Amount: t.Amount, AgeS: int64(t.Age / time.Second)})
		}
	}
	return answer(w, http.StatusOK, all)
}
