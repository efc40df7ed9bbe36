package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"tillgate/store"
	"tillgate/store/entry"
)

const day = 24 * 3600 * 1000

// requested is an order that a program asks for with a key.
func requested(s *store.Store, key, params string) (o sale, err error) {
	o.number = s.Number()
	entries, err := s.Commit(context.Background(), store.Step{Entries: []entry.Draft{draftOpened(1250),
		entry.New(entry.Requested, entry.RequestedBody{Token: "pos", Key: []byte(key), Params: []byte(params)}), draftAsked(o.number, nil)}})
	if err == nil {
		o.key, o.last = entries[0].Key, entries[2].Seq
	}
	return o, err
}

// TestARequestIsKnownForSevenDays: over restarts, checks and other sales, by its
// token and its key, with the parameters that it had.
func TestARequestIsKnownForSevenDays(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	o, err := requested(s, "k1", "p1")
	must(t, err)
	must(t, o.settle(s, true))
	late, err := s.Commit(t.Context(), store.Step{Done: true, Entries: []entry.Draft{
		entry.New(entry.Requested, entry.RequestedBody{Token: "pos", Key: []byte("k2"), Params: []byte("p2"), Object: o.key})}})
	must(t, err)
	for n := range 7 {
		trade(t, s, 100, fmt.Sprint(n)) // with acknowledgements, so that names are written
		s.Idle(t.Context())
		for key, params := range map[string]string{"k1": "p1", "k2": "p2"} {
			object, hash, ok, err := s.Request(t.Context(), "pos", []byte(key))
			if err != nil || !ok || object != o.key || string(hash) != params {
				t.Fatalf("day %d: %s is %d, %q, %v, %v", n, key, object, hash, ok, err)
			}
			if _, err := requested(s, key, "other"); !errors.Is(err, store.ErrRequested) {
				t.Errorf("day %d: the same again: %v", n, err)
			}
		}
		for _, other := range [][2]string{{"pos", "k3"}, {"till", "k1"}, {"po", "sk1"}} {
			if _, _, ok, err := s.Request(t.Context(), other[0], []byte(other[1])); ok || err != nil {
				t.Errorf("%v is known, %v", other, err)
			}
		}
		if r := verified(t, s); r.Rebuilt != 0 {
			t.Errorf("day %d: verify rebuilt %d", n, r.Rebuilt)
		}
		must(t, s.Close())
		l.tick(day - 1000)
		s = l.open()
	}
	l.tick(8000)
	if _, _, ok, err := s.Request(t.Context(), "pos", []byte("k1")); ok || err != nil {
		t.Errorf("after 7 days it is known, %v", err)
	}
	_, err = s.Find(t.Context(), requestNameOf(t, s, late[0].Key))
	must(t, err)
	s.Idle(t.Context())
	if _, err := s.Find(t.Context(), requestNameOf(t, s, late[0].Key)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("its name is still there: %v", err)
	}
	if r := verified(t, s); r.Rebuilt != 0 {
		t.Errorf("verify rebuilt %d", r.Rebuilt)
	}
	again, err := requested(s, "k1", "p9")
	must(t, err)
	if object, params, _, err := s.Request(t.Context(), "pos", []byte("k1")); err != nil || object != again.key || string(params) != "p9" {
		t.Errorf("asked for anew it is %d, %s, %v", object, params, err)
	}
	if r := verified(t, s); r.Rebuilt != 0 {
		t.Errorf("verify rebuilt %d", r.Rebuilt)
	}
	must(t, s.Close())
}

// requestNameOf is the name of an entry's request, as the table has it.
func requestNameOf(tb testing.TB, s *store.Store, key entry.Seq) string {
	tb.Helper()
	entries, err := s.Object(context.Background(), key, 0)
	must(tb, err)
	return store.RequestName(entry.Must[entry.RequestedBody](entries[0]))
}

// TestARequestIsForgottenLateNotEarly: without a clock that can be believed it is kept.
func TestARequestIsForgottenLateNotEarly(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		then, now entry.Trust
		days      int64
		known     bool
	}{
		"both believed":      {entry.Trusted, entry.Trusted, 8, false},
		"not yet":            {entry.Trusted, entry.Trusted, 6, true},
		"set back":           {entry.Trusted, entry.Trusted, -30, true},
		"then not believed":  {entry.Untrusted, entry.Trusted, 8, true},
		"now not believed":   {entry.Trusted, entry.Floor, 8, true},
		"neither is":         {entry.Floor, entry.Untrusted, 8, true},
		"believed, long ago": {entry.Trusted, entry.Trusted, 800, false},
	} {
		l := newLab(t, 1)
		l.now.Trust = row.then
		s := l.open()
		_, err := requested(s, "k", "p")
		must(t, err)
		l.now.Wall += row.days * day
		l.now.Mono += day
		l.now.Trust = row.now
		s.Idle(t.Context())
		if _, _, ok, err := s.Request(t.Context(), "pos", []byte("k")); ok != row.known || err != nil {
			t.Errorf("%s: known is %v, %v", name, ok, err)
		}
		must(t, s.Close())
	}
}

// TestTwoClientsAtOnce: of many that use one key at the same moment one is served.
func TestTwoClientsAtOnce(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	errs := make(chan error)
	for i := range 50 {
		go func() {
			_, err := requested(s, "k", fmt.Sprint(i))
			errs <- err
		}()
	}
	served := 0
	for range 50 {
		if err := <-errs; err == nil {
			served++
		} else if !errors.Is(err, store.ErrRequested) {
			t.Error(err)
		}
	}
	if served != 1 || len(unfinished(t, s)) != 1 {
		t.Errorf("%d were served", served)
	}
}

// TestARequestOutlivesADamage: the key leads to the order as it goes on, or as it was.
func TestARequestOutlivesADamage(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	open, err := requested(s, "open", "p1")
	must(t, err)
	paid, err := requested(s, "paid", "p2")
	must(t, err)
	must(t, paid.settle(s, true))
	for range 2 {
		s = l.damage(s)
		for key, want := range map[string]struct{ number, params string }{"open": {open.number, "p1"}, "paid": {paid.number, "p2"}} {
			object, params, ok, err := s.Request(t.Context(), "pos", []byte(key))
			if err != nil || !ok || !bytes.Equal(params, []byte(want.params)) {
				t.Fatalf("%s is %d, %q, %v, %v", key, object, params, ok, err)
			}
			if at, err := s.Find(t.Context(), want.number); err != nil || at != object {
				t.Errorf("%s leads to %d, its order is %d, %v", key, object, at, err)
			}
			if _, err := requested(s, key, "x"); !errors.Is(err, store.ErrRequested) {
				t.Errorf("%s again: %v", key, err)
			}
		}
		verified(t, s)
	}
	must(t, s.Close())
}

// TestManyRequestsAreForgottenInSlices: more than one slice has.
func TestManyRequestsAreForgottenInSlices(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	ask := func(n int, prefix string) {
		for i := range n {
			o, err := requested(s, fmt.Sprint(prefix, i), "p")
			must(t, err)
			must(t, o.settle(s, true))
		}
		epoch, seq, head := s.Head()
		must(t, s.Acknowledge(t.Context(), epoch.Number, seq, head))
	}
	ask(170, "old")
	l.tick(8 * day)
	ask(130, "new")
	s.Idle(t.Context())
	for i := range 170 {
		if _, _, ok, err := s.Request(t.Context(), "pos", fmt.Append(nil, "old", i)); ok || err != nil {
			t.Fatalf("old %d is known, %v", i, err)
		}
		if _, _, ok, err := s.Request(t.Context(), "pos", fmt.Append(nil, "new", i%130)); !ok || err != nil {
			t.Fatalf("new %d is not known, %v", i, err)
		}
	}
	writes := l.disk.Counts().Writes
	s.Idle(t.Context())
	if after := l.disk.Counts().Writes; after != writes {
		t.Errorf("idling again wrote %d times", after-writes)
	}
}
