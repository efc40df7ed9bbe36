package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// inherited are the refunds that go on in a new epoch.
func inherited(tb testing.TB, s *store.Store) (all []entry.RefundInheritedBody) {
	tb.Helper()
	for _, entries := range unfinished(tb, s) {
		if entries[0].Kind == entry.RefundInherited {
			all = append(all, entry.Must[entry.RefundInheritedBody](entries[0]))
		}
	}
	return all
}

// openRefunds are the numbers of the refunds that are not final, in this epoch or inherited.
func openRefunds(tb testing.TB, s *store.Store) (numbers []string) {
	tb.Helper()
	for _, entries := range unfinished(tb, s) {
		switch b := entries[0]; b.Kind {
		case entry.RefundAsked:
			numbers = append(numbers, entry.Must[entry.RefundAskedBody](b).Number)
		case entry.RefundInherited:
			numbers = append(numbers, entry.Must[entry.RefundInheritedBody](b).Number)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// flip breaks a byte of the database and opens it as it is found to be damaged.
func (l *lab) flip(at int64) *store.Store {
	l.tb.Helper()
	must(l.tb, l.disk.Flip(path, at))
	s := l.open()
	if s.Damage() != nil {
		return s
	}
	if _, err := s.Verify(l.tb.Context(), nil); !errors.Is(err, store.ErrDamaged) {
		must(l.tb, err)
		return s
	}
	must(l.tb, s.Close())
	return l.open()
}

// TestFlippedByteForgetsNoRefund breaks a byte of each page in turn: an open
// refund goes on under its number, or as each number that it may have had.
func TestFlippedByteForgetsNoRefund(t *testing.T) {
	t.Parallel()
	l := newLab(t, 2)
	s := l.open()
	trade(t, s, 30, "a")
	o := sold(t, s, "x")
	g, err := refund(s, payment(t, s, o.key), 300)
	must(t, err)
	trade(t, s, 30, "b")
	must(t, s.Close())
	image := l.disk.Image()
	aside := 0
	for page := range int64(len(image.Bytes(path)) / 1024) {
		for _, in := range []int64{0, 3, 8, 333, 600, 880} {
			l.disk.Restore(image)
			s := l.flip(page*1024 + in)
			what := fmt.Sprintf("byte %d of page %d", in, page+1)
			if got := openRefunds(t, s); !slices.Contains(got, g.number) || len(got) > 2 {
				t.Errorf("%s: open are %v, want %s; damage %+v", what, got, g.number, s.Damage())
			}
			for _, b := range inherited(t, s) {
				if !b.Unsure && (b.Number != g.number || b.Amount != 300 || b.Paid != 1250 || b.Of != o.number || b.Merchant != "shop") {
					t.Errorf("%s: would be sent again as %+v", what, b)
				}
			}
			if s.Damage() != nil {
				aside++
			}
			verified(t, s)
			must(t, s.Close())
		}
	}
	if aside == 0 {
		t.Error("no flip was noticed")
	}
}

// TestADamagedIntentIsNeverSentWrong breaks each byte of a refund's intent in
// both of its copies: what goes on as certain is what was asked for.
func TestADamagedIntentIsNeverSentWrong(t *testing.T) {
	t.Parallel()
	l := newLab(t, 3)
	s := l.open()
	o := sold(t, s, "x")
	g, err := refund(s, payment(t, s, o.key), 300)
	must(t, err)
	trade(t, s, 30, "b")
	must(t, s.Close())
	image := l.disk.Image()
	body := fmt.Sprintf(`{"o":%d,"n":"%s"`, o.key, o.number)
	all := string(image.Bytes(path))
	copies := []int{strings.Index(all, body), strings.LastIndex(all, body)}
	if copies[0] < 0 || copies[0] == copies[1] {
		t.Fatalf("the intent stands at %v", copies)
	}
	for _, at := range copies {
		for i := range len(body) + 60 {
			l.disk.Restore(image)
			s := l.flip(int64(at + i))
			if got := openRefunds(t, s); !slices.Equal(got, []string{g.number}) {
				t.Errorf("byte %d broken: open are %v", i, got)
			}
			for _, b := range inherited(t, s) {
				if b.Amount != 300 || b.Unsure {
					t.Errorf("byte %d broken: goes on as %+v", i, b)
				}
			}
			must(t, s.Close())
		}
	}
}

// damage loses the database's header and with it nothing else.
func (l *lab) damage(s *store.Store) *store.Store {
	l.tb.Helper()
	must(l.tb, s.Close())
	must(l.tb, l.disk.Flip(path, 30))
	s = l.open()
	if s.Damage() == nil {
		l.tb.Fatal("a broken header was not noticed")
	}
	return s
}

// TestRefundsInANewEpoch: an open refund goes on under its number and counts; an
// order of the damaged epoch can be refunded further, with what had gone back.
func TestRefundsInANewEpoch(t *testing.T) {
	t.Parallel()
	l := newLab(t, 4)
	s := l.open()
	o := sold(t, s, "x")
	frozen, err := ask(s, "f")
	must(t, err)
	_, err = s.Commit(t.Context(), store.Step{Key: frozen.key, After: frozen.last, Entries: []entry.Draft{entry.New(entry.Frozen, entry.FrozenBody{Number: frozen.number})}})
	must(t, err)
	done, err := refund(s, payment(t, s, o.key), 200)
	must(t, err)
	must(t, done.end(s, draftReturned(200), true))
	refused, err := refund(s, payment(t, s, o.key), 100)
	must(t, err)
	must(t, refused.end(s, draftRefused(0), true))
	open, err := refund(s, payment(t, s, o.key), 300)
	must(t, err)
	for life := range 2 {
		s = l.damage(s)
		all := inherited(t, s)
		if len(all) != 1 || all[0].Number != open.number || all[0].Unsure || all[0].Epoch != 1 || all[0].Key != open.key {
			t.Fatalf("life %d: inherited are %+v", life, all)
		}
		key, err := s.Find(t.Context(), o.number)
		must(t, err)
		p := payment(t, s, key)
		if !p.Older || p.Uncertain || p.Left() != 750 || p.Returned() != 200 || p.Next() != o.number+"04" || p.Asked.Merchant != "shop" || all[0].Order != key {
			t.Fatalf("life %d: the payment %d is %+v", life, key, p)
		}
		if _, err := refund(s, p, 751); !errors.Is(err, store.ErrCeiling) {
			t.Errorf("life %d: more than is left: %v", life, err)
		}
		if key, err = s.Find(t.Context(), frozen.number); err != nil || payment(t, s, key).Left() != 0 {
			t.Errorf("life %d: of a frozen order %+v, %v", life, payment(t, s, key), err)
		}
		verified(t, s)
	}
	key, err := s.Find(t.Context(), o.number)
	must(t, err)
	g, err := refund(s, payment(t, s, key), 750)
	must(t, err)
	must(t, g.end(s, draftReturnedOf(750, 950), true))
	if p := payment(t, s, key); p.Left() != 0 || p.Returned() != 950 {
		t.Errorf("in the end %s left, %s gone back", p.Left(), p.Returned())
	}
	verified(t, s)
	must(t, s.Close())
}

// TestAnUncertainPaymentIsNotRefunded: of a damaged order whose entries do not
// all stand there, or do not agree, nothing goes back.
func TestAnUncertainPaymentIsNotRefunded(t *testing.T) {
	t.Parallel()
	l := newLab(t, 5)
	s := l.open()
	o := sold(t, s, "x")
	trade(t, s, 3, "a")
	must(t, s.Close())
	image := l.disk.Image()
	for name, sql := range map[string]string{
		"its opening is gone": "DELETE FROM entry WHERE seq = %d",
		"its intent is gone":  "DELETE FROM entry WHERE seq = %d + 1",
		"another amount":      "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), '1250', '9999') AS BLOB) WHERE seq = %d + 2",
		"another number":      "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), '\"n\":\"1000', '\"n\":\"2222') AS BLOB) WHERE seq = %d + 2",
	} {
		l.disk.Restore(image)
		l.change(fmt.Sprintf(sql, o.key))
		s := l.open()
		if s.Damage() == nil {
			t.Fatalf("%s: not noticed", name)
		}
		var left money.Fen
		key, err := s.Find(t.Context(), o.number)
		if err == nil {
			p := payment(t, s, key)
			left = p.Left()
			if p.Older && !p.Uncertain {
				t.Errorf("%s: believed as %+v", name, p)
			}
		}
		if left != 0 {
			t.Errorf("%s: %s of %s could go back", name, left, o.number)
		}
		must(t, s.Close())
	}
}
