package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// giving is a refund on its way.
type giving struct {
	key, last entry.Seq
	number    string
}

func draftRefund(p store.Payment, amount money.Fen) entry.Draft {
	return entry.New(entry.RefundAsked, entry.RefundAskedBody{Order: p.Order, Of: p.Settled.Number, Number: p.Next(), Amount: amount,
		Paid: p.Settled.Amount, Lane: p.Opened.Lane, Merchant: p.Asked.Merchant, Network: p.Asked.Network, Asked: p.AskedAt.Wall, Reason: "broken"})
}

// refund commits the intent of a refund, decided on the payment as it is given.
func refund(s *store.Store, p store.Payment, amount money.Fen) (g giving, err error) {
	g.number = p.Next()
	entries, err := s.Commit(context.Background(), store.Step{OrderAfter: p.Last, Entries: []entry.Draft{draftRefund(p, amount)}})
	if err == nil {
		g.key, g.last = entries[0].Key, entries[0].Seq
	}
	return g, err
}

// end commits what became of a refund.
func (g *giving) end(s *store.Store, d entry.Draft, done bool) error {
	entries, err := s.Commit(context.Background(), store.Step{Key: g.key, After: g.last, Entries: []entry.Draft{d}, Done: done})
	if err == nil {
		g.last = entries[0].Seq
	}
	return err
}

// draftReturned is the arrival of an order's first refund.
func draftReturned(amount money.Fen) entry.Draft { return draftReturnedOf(amount, amount) }

// draftReturnedOf is that of another one, with which so much has gone back.
func draftReturnedOf(amount, total money.Fen) entry.Draft {
	return entry.New(entry.RefundDone, entry.RefundDoneBody{Settled: amount, Total: total, Network: fmt.Sprint("5030", int64(amount))})
}

func draftRefused(amount money.Fen) entry.Draft {
	return entry.New(entry.RefundRefused, entry.RefundRefusedBody{State: 2, Code: "NOT_ENOUGH", Amount: amount})
}

func payment(tb testing.TB, s *store.Store, key entry.Seq) store.Payment {
	tb.Helper()
	p, err := s.Payment(context.Background(), key)
	must(tb, err)
	return p
}

// sold is a finished order of 12.50.
func sold(tb testing.TB, s *store.Store, code string) sale {
	tb.Helper()
	o, err := ask(s, code)
	must(tb, err)
	must(tb, o.settle(s, true))
	return o
}

func refunded(tb testing.TB, s *store.Store, key entry.Seq) money.Fen {
	tb.Helper()
	sales, err := s.Sales(context.Background(), key+1, 1)
	must(tb, err)
	return sales[0].Refunded
}

func verified(tb testing.TB, s *store.Store) store.Report {
	tb.Helper()
	r, err := s.Verify(context.Background(), nil)
	must(tb, err)
	return r
}

// TestCeiling: what has gone back and what may yet count as spent, what was
// refused does not, and a mismatch counts as what went back under its number.
func TestCeiling(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	o := sold(t, s, "x")
	begin := func(amount money.Fen) giving {
		t.Helper()
		g, err := refund(s, payment(t, s, o.key), amount)
		must(t, err)
		return g
	}
	left := func(want, counted money.Fen) {
		t.Helper()
		for range 2 { // also after a restart
			p := payment(t, s, o.key)
			if _, err := refund(s, p, p.Left()+1); !errors.Is(err, store.ErrCeiling) {
				t.Errorf("one fen more than %s: %v", p.Left(), err)
			}
			if p.Left() != want || refunded(t, s, o.key) != counted {
				t.Errorf("%s left, %s refunded; want %s and %s", p.Left(), refunded(t, s, o.key), want, counted)
			}
			if r := verified(t, s); r.Rebuilt != 0 {
				t.Errorf("verify rebuilt %d rows", r.Rebuilt)
			}
			must(t, s.Close())
			s = l.open()
		}
	}
	left(1250, 0)
	one := begin(500)
	left(750, 500)
	two := begin(750)
	left(0, 1250)
	must(t, one.end(s, draftReturned(500), true))
	left(0, 1250)
	must(t, two.end(s, draftRefused(0), true))
	left(750, 500)
	three := begin(100)
	must(t, three.end(s, draftRefused(700), true)) // a mismatch: 7.00 went back
	left(50, 1200)
	p := payment(t, s, o.key)
	if p.Returned() != 1200 || p.Next() != o.number+"04" || len(p.Refunds) != 3 || p.NewestAt.Wall == 0 {
		t.Errorf("the payment is %+v", p)
	}
	for name, want := range map[string]entry.Seq{o.number: o.key, one.number: one.key, three.number: three.key, "5030500": one.key} {
		if key, err := s.Find(context.Background(), name); key != want || err != nil {
			t.Errorf("%s leads to %d, %v; want %d", name, key, err, want)
		}
	}
	must(t, s.Close())
}

// TestRefundsThatMayNotBegin: each guard of its own.
func TestRefundsThatMayNotBegin(t *testing.T) {
	t.Parallel()
	commit := func(s *store.Store, o *sale, drafts ...entry.Draft) {
		entries, err := s.Commit(context.Background(), store.Step{Key: o.key, After: o.last, Entries: drafts})
		must(t, err)
		o.last = entries[len(entries)-1].Seq
	}
	returning := func(number string) entry.Draft {
		return entry.New(entry.Returning, entry.ReturningBody{Number: number, Why: "cash"})
	}
	for _, row := range []struct {
		name   string
		make   func(s *store.Store, o *sale)
		change func(b *entry.RefundAskedBody)
		want   error
	}{
		{"all of it", func(s *store.Store, o *sale) { must(t, o.settle(s, true)) }, nil, nil},
		{"nothing", func(s *store.Store, o *sale) { must(t, o.settle(s, true)) }, func(b *entry.RefundAskedBody) { b.Amount = 0 }, store.ErrCeiling},
		{"less than nothing", func(s *store.Store, o *sale) { must(t, o.settle(s, true)) }, func(b *entry.RefundAskedBody) { b.Amount = -1 }, store.ErrCeiling},
		{"not paid", func(*store.Store, *sale) {}, nil, store.ErrCeiling},
		{"ended", func(s *store.Store, o *sale) { commit(s, o, draftEnded(o.number, 2)) }, nil, store.ErrCeiling},
		{"on its way back", func(s *store.Store, o *sale) { commit(s, o, returning(o.number)) }, nil, store.ErrCeiling},
		{"paid in cash while the wallet goes back", func(s *store.Store, o *sale) {
			wallet := o.number
			o.number = s.Number()
			commit(s, o, returning(wallet), draftAsked(o.number, nil), draftSettled(o.number))
		}, nil, store.ErrCeiling},
		{"paid in cash, the wallet has gone back", func(s *store.Store, o *sale) {
			wallet := o.number
			o.number = s.Number()
			commit(s, o, returning(wallet), draftAsked(o.number, nil), draftSettled(o.number), draftEnded(wallet, 7))
		}, nil, nil},
		{"frozen", func(s *store.Store, o *sale) {
			commit(s, o, entry.New(entry.Frozen, entry.FrozenBody{Number: o.number, Code: "amount"}))
		}, nil, store.ErrCeiling},
		{"of another attempt", func(s *store.Store, o *sale) { must(t, o.settle(s, true)) }, func(b *entry.RefundAskedBody) { b.Of = s24(9) }, store.ErrCeiling},
		{"of another sum", func(s *store.Store, o *sale) { must(t, o.settle(s, true)) }, func(b *entry.RefundAskedBody) { b.Paid++ }, store.ErrCeiling},
		{"under a later number", func(s *store.Store, o *sale) { must(t, o.settle(s, true)) }, func(b *entry.RefundAskedBody) { b.Number = b.Of + "02" }, store.ErrStale},
		{"of no order", func(s *store.Store, o *sale) { must(t, o.settle(s, true)) }, func(b *entry.RefundAskedBody) { b.Order = 999 }, store.ErrNotFound},
		{"of another order", func(s *store.Store, o *sale) { must(t, o.settle(s, true)) }, func(b *entry.RefundAskedBody) { b.Order = 1 }, store.ErrStale},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, 1)
			s := l.open()
			defer s.Close()
			o, err := ask(s, "x")
			must(t, err)
			row.make(s, &o)
			b := entry.RefundAskedBody{Order: o.key, Of: o.number, Number: o.number + "01", Amount: 1250, Paid: 1250, Network: "wechat"}
			if row.change != nil {
				row.change(&b)
			}
			_, before, _ := s.Head()
			_, err = s.Commit(t.Context(), store.Step{OrderAfter: o.last, Entries: []entry.Draft{entry.New(entry.RefundAsked, b)}})
			if !errors.Is(err, row.want) {
				t.Errorf("got %v, want %v", err, row.want)
			}
			if _, after, _ := s.Head(); (after > before) != (row.want == nil) || row.want != nil && refunded(t, s, o.key) != 0 {
				t.Errorf("head went from %d to %d, %s counted", before, after, refunded(t, s, o.key))
			}
			verified(t, s)
		})
	}
}

func s24(counter int) string { return entry.Number(site, device, 1, counter) }

// TestARefundIsAnObjectOfItsOwn: it begins one and stands alone at its beginning.
func TestARefundIsAnObjectOfItsOwn(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	o := sold(t, s, "x")
	p := payment(t, s, o.key)
	for name, step := range map[string]store.Step{
		"inside the order": {Key: o.key, After: o.last, OrderAfter: o.last, Entries: []entry.Draft{draftRefund(p, 1)}},
		"two at once":      {OrderAfter: o.last, Entries: []entry.Draft{draftRefund(p, 1), draftRefund(p, 1)}},
		"behind another":   {OrderAfter: o.last, Entries: []entry.Draft{draftOutputs(), draftRefund(p, 1)}},
	} {
		if _, err := s.Commit(t.Context(), step); err == nil || isAny(err, store.ErrStale, store.ErrCeiling) {
			t.Errorf("%s: %v", name, err)
		}
	}
	entries, err := s.Commit(t.Context(), store.Step{OrderAfter: o.last, Entries: []entry.Draft{draftRefund(p, 1), draftReturned(1)}, Done: true})
	if err != nil || entries[1].Prev != entries[0].Seq || payment(t, s, o.key).Returned() != 1 {
		t.Errorf("intent and outcome in one step, as of cash: %v, %v", entries, err)
	}
}

// TestFiftyRefunds is the end of the two digits.
func TestFiftyRefunds(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	o := sold(t, s, "x")
	for n := range entry.Refunds {
		g, err := refund(s, payment(t, s, o.key), 1)
		must(t, err)
		must(t, g.end(s, draftReturnedOf(1, money.Fen(n+1)), true))
		if want := fmt.Sprintf("%s%02d", o.number, n+1); g.number != want {
			t.Fatalf("refund %d has number %s", n+1, g.number)
		}
	}
	p := payment(t, s, o.key)
	if p.Left() != 0 || p.Returned() != entry.Refunds {
		t.Errorf("%s left, %s gone back", p.Left(), p.Returned())
	}
	if _, err := refund(s, p, 1); !errors.Is(err, store.ErrCeiling) {
		t.Errorf("the next one: %v", err)
	}
}

// TestTwoLanesRefundOneOrder: decided on the same state, one takes effect; the
// other is told to look again, and then finds less.
func TestTwoLanesRefundOneOrder(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	o := sold(t, s, "x")
	p := payment(t, s, o.key)
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			amount := money.Fen(1250)
			if i%2 == 1 {
				amount = 1
			}
			_, errs[i] = refund(s, p, amount)
		})
	}
	wg.Wait()
	taken := 0
	for _, err := range errs {
		if err == nil {
			taken++
		} else if !isAny(err, store.ErrStale, store.ErrCeiling) {
			t.Error(err)
		}
	}
	after := payment(t, s, o.key)
	if taken != 1 || len(after.Refunds) != 1 || after.Left()+after.Refunds[0].Back != 1250 {
		t.Errorf("%d were taken, %s left of %v", taken, after.Left(), after.Refunds)
	}
	// An order that moved on in between is looked at again too.
	entries, err := s.Commit(t.Context(), store.Step{Key: o.key, After: o.last, Entries: []entry.Draft{draftOutputs()}, Done: true})
	must(t, err)
	if _, err := refund(s, after, 1); !errors.Is(err, store.ErrStale) {
		t.Errorf("decided before entry %d: %v", entries[0].Seq, err)
	}
}

// TestTwoRefundsThatEnd: the sum that the later one's slip names has the other in
// it. One whose order was lost in a damage names none.
func TestTwoRefundsThatEnd(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	o := sold(t, s, "x")
	one, err := refund(s, payment(t, s, o.key), 300)
	must(t, err)
	two, err := refund(s, payment(t, s, o.key), 200)
	must(t, err)
	must(t, two.end(s, draftReturned(200), true))
	for _, total := range []money.Fen{300, 499, 501} {
		if err := one.end(s, draftReturnedOf(300, total), true); !errors.Is(err, store.ErrStale) {
			t.Errorf("a sum of %s: %v", total, err)
		}
	}
	must(t, one.end(s, draftReturnedOf(300, 500), true))
	p := payment(t, s, o.key)
	step := store.Step{OrderAfter: p.Last, Entries: []entry.Draft{draftRefund(p, 50), draftReturned(50)}, Done: true} // booked by hand
	if _, err := s.Commit(t.Context(), step); !errors.Is(err, store.ErrStale) {
		t.Errorf("by hand, with a sum of its own: %v", err)
	}
	step.Entries[1] = draftReturnedOf(50, 0)
	if _, err := s.Commit(t.Context(), step); err != nil || payment(t, s, o.key).Returned() != 550 {
		t.Errorf("without a sum: %v", err)
	}
}

// TestNoRefundBeginsOnAFullDisk, but one that has begun ends.
func TestNoRefundBeginsOnAFullDisk(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	o := sold(t, s, "x")
	g, err := refund(s, payment(t, s, o.key), 500)
	must(t, err)
	must(t, s.Close())
	l.quota = 1
	s = l.open()
	defer s.Close()
	if _, err := refund(s, payment(t, s, o.key), 1); !errors.Is(err, store.ErrFull) {
		t.Errorf("a refund beyond the quota: %v", err)
	}
	must(t, g.end(s, draftReturned(500), true))
}

// TestOldRefundsAreFound: one that is open for long goes into the tasks, with
// all that is needed, and what is done is found by its number.
func TestOldRefundsAreFound(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	o := sold(t, s, "x")
	open, err := refund(s, payment(t, s, o.key), 300)
	must(t, err)
	ended, err := refund(s, payment(t, s, o.key), 200)
	must(t, err)
	must(t, ended.end(s, draftReturned(200), true))
	trade(t, s, 700, "a")
	for range 2 {
		if got := unfinished(t, s)[open.key]; len(got) != 1 || entry.Must[entry.RefundAskedBody](got[0]).Number != open.number {
			t.Errorf("the open refund has %v", got)
		}
		if p := payment(t, s, o.key); p.Left() != 750 || len(p.Refunds) != 2 || !p.Refunds[1].Final() || p.Refunds[0].Final() {
			t.Errorf("the payment is %+v", p)
		}
		if r := verified(t, s); r.Refunds != 2 || r.Rebuilt != 0 {
			t.Errorf("%+v", r)
		}
		must(t, s.Close())
		s = l.open()
	}
	must(t, open.end(s, draftRefused(0), true))
	if refunded(t, s, o.key) != 200 || len(unfinished(t, s)) != 0 {
		t.Errorf("%s refunded, open are %v", refunded(t, s, o.key), unfinished(t, s))
	}
	must(t, s.Close())
}

// TestVerifyRebuildsRefunds: the rows of a refund and of its order are made again.
func TestVerifyRebuildsRefunds(t *testing.T) {
	t.Parallel()
	for _, after := range []int{0, 700} { // young rows are compared at open already
		for name, sql := range map[string]string{
			"the order's sum":          "UPDATE sale SET refunded = 0",
			"another order's sum":      "UPDATE sale SET refunded = 5 WHERE id = 2",
			"the refund's sum":         "UPDATE refund SET back = 1",
			"the refund's intent":      "UPDATE refund SET asked = x'7b7d'",
			"the refund's row is gone": "DELETE FROM refund",
			"the refund's name":        "DELETE FROM find WHERE length(name) = 26",
		} {
			t.Run(fmt.Sprint(name, " ", after), func(t *testing.T) {
				t.Parallel()
				l := newLab(t, 1)
				s := l.open()
				sold(t, s, "w")
				o := sold(t, s, "x")
				g, err := refund(s, payment(t, s, o.key), 300)
				must(t, err)
				must(t, g.end(s, draftReturned(300), true))
				trade(t, s, after, "a")
				must(t, s.Close())
				l.change(sql)
				s = l.open()
				defer s.Close()
				verified(t, s)
				if r := verified(t, s); r.Rebuilt != 0 || s.Damage() != nil {
					t.Errorf("verified again: %+v, damage %+v", r, s.Damage())
				}
				if p := payment(t, s, o.key); p.Left() != 950 || refunded(t, s, o.key) != 300 || refunded(t, s, 2) != 0 {
					t.Errorf("%s left, %s and %s refunded", p.Left(), refunded(t, s, o.key), refunded(t, s, 2))
				}
			})
		}
	}
}

// TestPowerCutInARefund cuts the power at every write of a refund's two commits:
// what was acknowledged is there, summaries and names with it.
func TestPowerCutInARefund(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		for cut := 1; ; cut++ {
			l := newLab(t, seed*1000+uint64(cut))
			s := l.open()
			o := sold(t, s, "x")
			p := payment(t, s, o.key)
			l.disk.CutAfter(cut)
			g, asked := refund(s, p, 300)
			ended := asked
			if asked == nil {
				ended = g.end(s, draftReturned(300), true)
			}
			off := l.disk.Off()
			_ = s.Close()
			l.disk.Boot()
			s = l.open()
			p = payment(t, s, o.key)
			switch {
			case asked == nil && len(p.Refunds) != 1, ended == nil && p.Returned() != 300, len(p.Refunds) == 1 && p.Left() != 950:
				t.Fatalf("cut %d: asked %v, ended %v, and there is %+v", cut, asked, ended, p.Refunds)
			case len(p.Refunds) == 1 && !p.Refunds[0].Final() && len(unfinished(t, s)) != 1:
				t.Fatalf("cut %d: the open refund is not handed out", cut)
			}
			if r := verified(t, s); r.Rebuilt != 0 || s.Damage() != nil || refunded(t, s, o.key) != 1250-p.Left() {
				t.Fatalf("cut %d: %+v, %s refunded", cut, r, refunded(t, s, o.key))
			}
			must(t, s.Close())
			if !off {
				break
			}
		}
	}
}

// TestAnExportNamesRefunds: in words, with their numbers.
func TestAnExportNamesRefunds(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	o := sold(t, s, "x")
	g, err := refund(s, payment(t, s, o.key), 300)
	must(t, err)
	must(t, g.end(s, draftReturned(300), true))
	var out bytes.Buffer
	must(t, s.Export(t.Context(), &out, 0, 0, nil))
	for _, want := range []string{`"kind":"refund asked"`, `"i":"` + g.number + `","a":300`, `"kind":"refund done"`, `"t":300`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the export lacks %s: %s", want, &out)
		}
	}
}

// TestARefundEndsBesideItsOrder: the order's slip is printed again in the very
// transaction that ends a refund of it, which reads the order for the sum.
func TestARefundEndsBesideItsOrder(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	o := sold(t, s, "x")
	g, err := refund(s, payment(t, s, o.key), 500)
	must(t, err)
	entries, rode, err := s.CommitWith(t.Context(), store.Step{Entries: []entry.Draft{draftOpened(100)}},
		store.Step{Key: o.key, After: o.last, Entries: []entry.Draft{draftOutputs(), draftOutputs()}, Done: true},
		store.Step{Key: g.key, After: g.last, Entries: []entry.Draft{draftReturned(500)}})
	must(t, err)
	if len(entries) != 1 || len(rode[0]) != 2 || len(rode[1]) != 1 {
		t.Errorf("%d entries, riders %v", len(entries), rode)
	}
	if p := payment(t, s, o.key); p.Returned() != 500 {
		t.Errorf("%s have gone back", p.Returned())
	}
	if r := verified(t, s); !r.Whole {
		t.Errorf("%+v", r)
	}
}
