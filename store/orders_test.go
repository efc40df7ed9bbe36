package store_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tillgate/store"
	"tillgate/store/entry"
)

// orders reads what a query yields, the rows being the caller's.
func orders(tb testing.TB, s *store.Store, q store.OrderQuery) (rows []store.OrderRow) {
	tb.Helper()
	for row, err := range s.Orders(tb.Context(), q) {
		must(tb, err)
		row.Refunds = slices.Clone(row.Refunds)
		rows = append(rows, row)
	}
	return rows
}

// then commits entries to an order.
func (o *sale) then(tb testing.TB, s *store.Store, done bool, drafts ...entry.Draft) {
	tb.Helper()
	entries, err := s.Commit(tb.Context(), store.Step{Key: o.key, After: o.last, Entries: drafts, Done: done})
	must(tb, err)
	o.last = entries[len(entries)-1].Seq
}

// begin commits an order with an intent of a way.
func begin(tb testing.TB, s *store.Store, way string) sale {
	tb.Helper()
	o := sale{number: s.Number()}
	entries, err := s.Commit(tb.Context(), store.Step{Entries: []entry.Draft{
		entry.New(entry.Opened, entry.OpenedBody{Lane: "counter", Amount: 1250, Title: "茶 " + way, Ref: "ref-" + o.number}),
		entry.New(entry.Asked, entry.AskedBody{Number: o.number, Merchant: "shop", Network: "unionpay", Way: way})}})
	must(tb, err)
	o.key, o.last = entries[0].Key, entries[1].Seq
	return o
}

func draftPaid(number, wallet string) entry.Draft {
	return entry.New(entry.Settled, entry.SettledBody{Number: number, Amount: 1250, Settled: 1240, Network: "net-" + number, Wallet: wallet})
}

func draftHeard(number string, state uint8) entry.Draft {
	return entry.New(entry.Heard, entry.HeardBody{Number: number, State: state})
}

func draftReturning(number string) entry.Draft {
	return entry.New(entry.Returning, entry.ReturningBody{Number: number, Why: "patience"})
}

// notFinal are orders by their way and the entries that follow their intent, and
// what they stand as.
var notFinal = []struct {
	way    string
	want   store.Standing
	drafts func(number string) []entry.Draft
}{
	{"", store.IsUnknown, nil},
	{"qr", store.IsOpen, nil},
	{"", store.IsOpen, func(n string) []entry.Draft { return []entry.Draft{draftHeard(n, 3)} }},
	{"", store.IsUnknown, func(n string) []entry.Draft { return []entry.Draft{draftHeard(n, 3), draftHeard(n, 0)} }},
	{"qr", store.IsUnknown, func(n string) []entry.Draft { return []entry.Draft{draftReturning(n)} }},
	{"", store.IsUnknown, func(n string) []entry.Draft {
		return []entry.Draft{draftReturning(n), entry.New(entry.Cancelled, entry.CancelledBody{Why: "clerk"})}
	}},
	{"", store.IsOpen, func(n string) []entry.Draft { return []entry.Draft{draftEnded(n, 2)} }},
	{"", store.IsFrozen, func(n string) []entry.Draft {
		return []entry.Draft{entry.New(entry.Frozen, entry.FrozenBody{Number: n, Amount: 9})}
	}},
	{"", store.IsUnknown, func(n string) []entry.Draft {
		return []entry.Draft{entry.New(entry.Frozen, entry.FrozenBody{Number: n}), entry.New(entry.Decided, entry.DecidedBody{Number: n, What: entry.GoesBack})}
	}},
}

// manyWays makes an order of each kind, and what its row says besides what all say.
func manyWays(t *testing.T, l *lab, s *store.Store) (want []store.OrderRow) {
	const start = 1_760_000_000_000
	add := func(o sale, r store.OrderRow) {
		r.Order, r.Lane, r.Merchant, r.Network, r.Amount, r.Trust = o.key, "counter", "shop", "unionpay", 1250, entry.Trusted
		r.Number = cmpOr(r.Number, o.number)
		r.Ref = "ref-" + o.number
		r.At += start
		want = append(want, r)
	}
	shift, err := clockOn(s, "local-2", "counter")
	must(t, err)
	mine := func(r store.OrderRow) store.OrderRow { r.Shift, r.Who = int64(shift.key), "local-2"; return r }

	o := begin(t, s, "cash")
	o.then(t, s, true, draftPaid(o.number, ""))
	add(o, mine(store.OrderRow{Tender: "cash", Title: "茶 cash", Standing: store.IsPaid, Seq: o.last, Settled: 1240, NetworkNumber: "net-" + o.number}))
	l.tick(1000)
	o = begin(t, s, "")
	o.then(t, s, true, draftPaid(o.number, "alipay"))
	add(o, mine(store.OrderRow{Wallet: "alipay", Title: "茶 ", At: 1000, Standing: store.IsPaid, Seq: o.last, Settled: 1240, NetworkNumber: "net-" + o.number}))

	o = begin(t, s, "qr") // paid by the first of two attempts, the second goes back
	second := s.Number()
	o.then(t, s, false, entry.New(entry.Asked, entry.AskedBody{Number: second, Merchant: "other", Network: "wechat"}))
	o.then(t, s, false, draftReturning(second), draftPaid(o.number, "wechat"))
	paid := o.last
	l.tick(500)
	o.then(t, s, true, draftEnded(second, 7))
	add(o, mine(store.OrderRow{Wallet: "wechat", Title: "茶 qr", At: 1000, Standing: store.IsPaid, Seq: paid, Settled: 1240, NetworkNumber: "net-" + o.number}))

	o = begin(t, s, "") // paid, and then another was asked by mistake
	o.then(t, s, false, draftPaid(o.number, ""))
	paid = o.last
	o.then(t, s, true, entry.New(entry.Asked, entry.AskedBody{Number: s.Number(), Merchant: "other", Network: "wechat"}))
	add(o, mine(store.OrderRow{Title: "茶 ", At: 1500, Standing: store.IsPaid, Seq: paid, Settled: 1240, NetworkNumber: "net-" + o.number}))

	o = begin(t, s, "")
	o.then(t, s, true, draftEnded(o.number, 2), entry.New(entry.Cancelled, entry.CancelledBody{Why: "clerk"}))
	add(o, mine(store.OrderRow{Title: "茶 ", At: 1500, Standing: store.IsEnded, Seq: o.last}))
	for _, row := range notFinal {
		l.tick(100)
		o := begin(t, s, row.way)
		at := l.now.Wall - start
		l.tick(100)
		if row.drafts != nil {
			o.then(t, s, false, row.drafts(o.number)...)
		}
		add(o, mine(store.OrderRow{Title: "茶 " + row.way, At: at, Standing: row.want}))
	}
	o = begin(t, s, "")
	o.then(t, s, true, entry.New(entry.Frozen, entry.FrozenBody{Number: o.number}), entry.New(entry.Decided, entry.DecidedBody{Number: o.number, What: entry.Elsewhere}))
	add(o, mine(store.OrderRow{Title: "茶 ", At: l.now.Wall - start, Standing: store.IsEnded, Seq: o.last}))
	slices.Reverse(want)
	return want
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// bare is a row as a query without texts has it.
func bare(r store.OrderRow) store.OrderRow {
	r.Title, r.Ref, r.NetworkNumber, r.Refunds = "", "", "", slices.Clone(r.Refunds)
	for i := range r.Refunds {
		r.Refunds[i].NetworkNumber = ""
	}
	return r
}

// TestOrdersInEveryWay: each order's row is right, out of its summary or of its
// entries, with texts or without, also where the release before wrote the summary.
func TestOrdersInEveryWay(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	want := manyWays(t, l, s)
	for _, life := range []string{"this", "the next", "after the release before"} {
		if got := orders(t, s, store.OrderQuery{}); !cmp.Equal(want, got, cmpopts.EquateEmpty()) {
			t.Errorf("%s: %s", life, cmp.Diff(want, got, cmpopts.EquateEmpty()))
		}
		for i, got := range orders(t, s, store.OrderQuery{Bare: true}) {
			if want := bare(want[i]); !cmp.Equal(want, got, cmpopts.EquateEmpty()) {
				t.Errorf("%s, bare: %s", life, cmp.Diff(want, got))
			}
		}
		if n, err := s.CountOrders(t.Context(), store.OrderQuery{}); err != nil || n != int64(len(want)) {
			t.Errorf("%s: %d orders, %v", life, n, err)
		}
		if life == "the next" {
			trade(t, s, 400, "more") // old enough for opening to leave the rows alone
			newest := orders(t, s, store.OrderQuery{})[:400]
			want = append(newest, want...)
			must(t, s.Close())
			l.change("UPDATE sale SET tender = 0, shift = 0, wallet = '', paid = '', outcome = 0, ended = 0, at = 0, trust = 0")
		} else {
			must(t, s.Close())
		}
		s = l.open()
	}
	must(t, s.Close())
}

// TestRefundsAreWithTheirOrders: in every standing, and what is lost on its own.
func TestRefundsAreWithTheirOrders(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	o := sold(t, s, "1")
	other := sold(t, s, "2")
	shift, err := clockOn(s, "local-3")
	must(t, err)
	var want []store.RefundRow
	add := func(g giving, r store.RefundRow) {
		r.Key, r.Number, r.Lane, r.Shift, r.Who, r.At, r.Trust = g.key, g.number, "counter", int64(shift.key), "local-3", l.now.Wall, entry.Trusted
		want = append(want, r)
	}
	next := func() giving {
		l.tick(1000)
		g, err := refund(s, payment(t, s, o.key), 100)
		must(t, err)
		return g
	}
	g := next()
	must(t, g.end(s, draftReturned(100), true))
	add(g, store.RefundRow{Standing: store.IsPaid, Seq: g.last, Amount: 100, Settled: 100, NetworkNumber: "5030100"})
	g = next()
	must(t, g.end(s, draftRefused(0), true))
	add(g, store.RefundRow{Standing: store.IsEnded, Seq: g.last, Amount: 100})
	g = next()
	must(t, g.end(s, draftRefused(70), true))
	add(g, store.RefundRow{Standing: store.IsPaid, Seq: g.last, Amount: 70, Settled: 70})
	g = next()
	must(t, g.end(s, entry.New(entry.RefundHeard, entry.RefundHeardBody{State: 3}), false))
	add(g, store.RefundRow{Standing: store.IsOpen, Amount: 100})
	g = next()
	add(g, store.RefundRow{Standing: store.IsUnknown, Amount: 100})
	lost, err := s.Commit(t.Context(), store.Step{Entries: []entry.Draft{entry.New(entry.RefundInherited,
		entry.RefundInheritedBody{Epoch: 1, Key: 5, RefundAskedBody: entry.RefundAskedBody{Of: o.number, Number: o.number + "09", Amount: 50, Lane: "gone"}})}})
	must(t, err)
	_ = sold(t, s, "3")
	slices.Reverse(want)
	byKey := func(a, b store.RefundRow) bool { return a.Key > b.Key }
	for range 2 {
		rows := orders(t, s, store.OrderQuery{})
		if len(rows) != 4 || !rows[1].Lost || rows[1].Order != lost[0].Key || rows[1].Lane != "gone" || rows[1].Refunds[0].Amount != 50 || rows[1].Number != o.number {
			t.Fatalf("the rows are %+v", rows)
		}
		if rows[2].Order != other.key || len(rows[2].Refunds) != 0 || rows[3].Order != o.key {
			t.Fatalf("the rows are %+v", rows)
		}
		if d := cmp.Diff(want, rows[3].Refunds, cmpopts.SortSlices(byKey)); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(bare(rows[3]), orders(t, s, store.OrderQuery{Bare: true})[3]); d != "" {
			t.Errorf("bare: %s", d)
		}
		must(t, s.Close())
		l.change("UPDATE refund SET shift = 0, settled = 0, outcome = 0, at = 0, trust = 0")
		s = l.open()
	}
	must(t, s.Close())
}

// TestOrderQueries: what is asked for is among what comes, and little else; an
// order that only a refund makes wanted comes too.
func TestOrderQueries(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	start := l.now.Wall
	first := sold(t, s, "first")
	var numbers []string
	for i := range 1000 {
		l.tick(1000)
		numbers = append(numbers, trade(t, s, 1, fmt.Sprint(i))...)
	}
	shift, err := clockOn(s, "local-2")
	must(t, err)
	l.tick(1000)
	late := sold(t, s, "late")
	g, err := refund(s, payment(t, s, first.key), 10)
	must(t, err)
	must(t, g.end(s, draftReturned(10), true))
	for _, row := range []struct {
		name string
		q    store.OrderQuery
		want int
	}{
		{"all", store.OrderQuery{}, 1002},
		{"a time", store.OrderQuery{From: start + 100_000, To: start + 200_000}, 101},
		{"a shift", store.OrderQuery{Shift: int64(shift.key)}, 2},
		{"a gap", store.OrderQuery{After: late.last - 4, Until: late.last}, 2},
		{"a lane", store.OrderQuery{Lane: "counter"}, 1002},
		{"a lane that nobody has", store.OrderQuery{Lane: "x"}, 1},
		{"before", store.OrderQuery{Before: late.key}, 1001},
		{"the first alone", store.OrderQuery{Before: first.key + 1}, 1},
		{"none", store.OrderQuery{Before: first.key}, 0},
		{"a number", store.OrderQuery{Number: numbers[500]}, 1},
		{"a number that is later", store.OrderQuery{Number: numbers[500], Before: first.key}, 0},
		{"a refund's number", store.OrderQuery{Number: g.number}, 1},
		{"no number of ours", store.OrderQuery{Number: s.Number()}, 0},
	} {
		rows := orders(t, s, row.q)
		if len(rows) != row.want {
			t.Errorf("%s: %d orders, want %d", row.name, len(rows), row.want)
		}
		if n, err := s.CountOrders(t.Context(), row.q); row.q.Number == "" && (err != nil || n != int64(row.want)) {
			t.Errorf("%s: counted %d, %v", row.name, n, err)
		}
		for i := 1; i < len(rows); i++ {
			if rows[i].Order >= rows[i-1].Order {
				t.Fatalf("%s: order %d after %d", row.name, rows[i].Order, rows[i-1].Order)
			}
		}
		if row.name == "a refund's number" && (rows[0].Order != first.key || len(rows[0].Refunds) != 1 || rows[0].NetworkNumber == "") {
			t.Errorf("a refund's number leads to %+v", rows)
		}
	}
}

// TestSalesGoOnWhileOrdersAreRead: whoever reads holds nothing back, and may stop.
func TestSalesGoOnWhileOrdersAreRead(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	trade(t, s, 300, "a")
	read := 0
	for row, err := range s.Orders(t.Context(), store.OrderQuery{}) {
		must(t, err)
		if read++; read%50 == 0 {
			sold(t, s, fmt.Sprint("between", row.Order))
		}
	}
	if read != 300 {
		t.Errorf("%d orders were read", read)
	}
	for range s.Orders(t.Context(), store.OrderQuery{}) {
		break
	}
	sold(t, s, "after")
	must(t, s.Close())
	for _, err := range s.Orders(t.Context(), store.OrderQuery{}) {
		if err == nil {
			t.Error("a closed store hands out orders")
		}
	}
}

// TestOrdersOfADamagedEpoch: what was final is still in the reports, once; what
// went on is there as it stands now.
func TestOrdersOfADamagedEpoch(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	was := manyWays(t, l, s)
	o := sold(t, s, "r")
	g, err := refund(s, payment(t, s, o.key), 100)
	must(t, err)
	must(t, g.end(s, draftReturned(100), true))
	open, err := refund(s, payment(t, s, o.key), 200)
	must(t, err)
	trade(t, s, 300, "many") // more than one slice
	was = append(orders(t, s, store.OrderQuery{})[:301], was...)
	standings := func(rows []store.OrderRow) map[string]string {
		all := map[string]string{}
		for _, r := range rows {
			if all[r.Number] != "" {
				t.Errorf("%s is there twice", r.Number)
			}
			all[r.Number] = fmt.Sprint(r.Standing, r.At, r.Amount, r.Settled, r.Wallet, r.Tender, r.Network, r.Merchant, r.Lane, r.Title, r.Ref, r.NetworkNumber)
			if r.Standing == store.IsUnknown || r.Standing == store.IsOpen || r.Standing == store.IsFrozen {
				all[r.Number] = "goes on" // it is asked about
			}
			for _, refund := range r.Refunds {
				all[refund.Number] = fmt.Sprint(refund.Standing, refund.Amount, refund.Settled, refund.NetworkNumber, refund.Standing == store.IsPaid && refund.At == l.now.Wall)
			}
		}
		return all
	}
	want := standings(was)
	for life := range 2 {
		s = l.damage(s)
		rows := orders(t, s, store.OrderQuery{})
		if d := cmp.Diff(want, standings(rows)); d != "" {
			t.Errorf("life %d: %s", life, d)
		}
		for i, r := range rows {
			if r.Older != (r.Shift == store.OlderShift) || r.Older && r.Seq == 0 || i > 0 && r.Order >= rows[i-1].Order {
				t.Errorf("life %d: row %d is %+v", life, i, r)
			}
		}
		for _, number := range []string{o.number, g.number, open.number} {
			if found := orders(t, s, store.OrderQuery{Number: number}); len(found) != 1 || found[0].Number != o.number || len(found[0].Refunds) != 2 {
				t.Errorf("life %d: %s leads to %+v", life, number, found)
			}
		}
		if n, err := s.CountOrders(t.Context(), store.OrderQuery{}); err != nil || n < int64(len(rows)) {
			t.Errorf("life %d: counted %d of %d, %v", life, n, len(rows), err)
		}
	}
	must(t, s.Close())
}
