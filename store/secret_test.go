package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"tillgate/store"
	"tillgate/store/entry"
)

// keep commits secrets with an entry of an object of their own.
func keep(tb testing.TB, s *store.Store, secrets map[string][]byte) {
	tb.Helper()
	_, err := s.Commit(context.Background(), store.Step{Done: true, Secrets: secrets,
		Entries: []entry.Draft{entry.New(entry.PINSet, entry.PINSetBody{Person: "local-1"})}})
	must(tb, err)
}

func secrets(tb testing.TB, s *store.Store, prefix string) map[string]string {
	tb.Helper()
	rows, err := s.Secrets(context.Background(), prefix)
	must(tb, err)
	texts := map[string]string{}
	for name, value := range rows {
		texts[name] = string(value)
	}
	return texts
}

// TestSecretsGoWithTheirStep: they are there when its entries are, over cuts at
// every operation, and never without them.
func TestSecretsGoWithTheirStep(t *testing.T) {
	t.Parallel()
	for cut := 1; cut < 60; cut++ {
		l := newLab(t, uint64(cut))
		s := l.open()
		keep(t, s, map[string][]byte{"pin/1": []byte("old"), "link/1": []byte("once")})
		_, before, _ := s.Head()
		l.disk.CutAfter(cut)
		_, err := s.Commit(t.Context(), store.Step{Done: true, Secrets: map[string][]byte{"pin/1": []byte("new"), "link/1": nil, "pin/2": []byte("two")},
			Entries: []entry.Draft{entry.New(entry.PINSet, entry.PINSetBody{Person: "local-1"})}})
		off := l.disk.Off()
		l.disk.Boot()
		s = l.open()
		entries, errRead := s.Entries(t.Context(), before, 1)
		must(t, errRead)
		want := map[string]string{"pin/1": "old", "link/1": "once"}
		if entries[0].Kind == entry.PINSet {
			want = map[string]string{"pin/1": "new", "pin/2": "two"}
		} else if err == nil {
			t.Fatalf("cut %d: the step was told and is gone", cut)
		}
		if got := secrets(t, s, ""); !maps.Equal(got, want) {
			t.Errorf("cut %d: secrets %v beside a %s", cut, got, entries[0].Kind)
		}
		verified(t, s)
		must(t, s.Close())
		if !off {
			return
		}
	}
}

func TestSecretsAreFoundByName(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	keep(t, s, map[string][]byte{"staff/pin/1": []byte("a"), "staff/pin/2": []byte("b"), "token/1": []byte("c")})
	if got := secrets(t, s, "staff/"); !maps.Equal(got, map[string]string{"staff/pin/1": "a", "staff/pin/2": "b"}) {
		t.Errorf("those of the staff are %v", got)
	}
	if value, err := s.Secret(t.Context(), "token/1"); err != nil || string(value) != "c" {
		t.Errorf("the token is %q, %v", value, err)
	}
	for _, name := range []string{"token", "token/2", ""} {
		if _, err := s.Secret(t.Context(), name); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the secret %q: %v", name, err)
		}
	}
	for name, rows := range map[string]map[string][]byte{"no name": {"": []byte("x")}, "too long": {"x": make([]byte, 5000)}} {
		_, err := s.Commit(t.Context(), store.Step{Secrets: rows, Entries: []entry.Draft{entry.New(entry.Task, entry.TaskBody{})}})
		if err == nil || len(unfinished(t, s)) != 0 {
			t.Errorf("%s: committed, %v", name, err)
		}
	}
}

// TestSecretsStayHere: what leaves the device has none of them.
func TestSecretsStayHere(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1)
	s := l.open()
	defer s.Close()
	keep(t, s, map[string][]byte{"pin-of-fang": []byte("argon-hash")})
	var out bytes.Buffer
	must(t, s.Export(t.Context(), &out, 0, 0, nil))
	entries, err := s.Entries(t.Context(), 0, 100)
	must(t, err)
	for _, e := range entries {
		out.Write(e.Body)
	}
	fmt.Fprintf(&out, "%+v", verified(t, s))
	if text := out.String(); strings.Contains(text, "fang") || strings.Contains(text, "argon") {
		t.Errorf("a secret is in\n%s", text)
	}
}

// TestDamagedSecretsAreKeptOrLost breaks bytes of every page, with old rows in
// pages that are in use no more: whatever is there afterwards is what was there
// before, whole, and nothing that was deleted or older.
func TestDamagedSecretsAreKeptOrLost(t *testing.T) {
	t.Parallel()
	l := newLab(t, 2)
	s := l.open()
	const people = 12
	want := map[string]string{}
	for i := range people {
		name := fmt.Sprint("pin/", i)
		keep(t, s, map[string][]byte{name: []byte(strings.Repeat("old", 20)), fmt.Sprint("link/", i): []byte("deleted")})
		trade(t, s, 1, name)
	}
	for i := range people {
		name := fmt.Sprint("pin/", i)
		want[name] = strings.Repeat("new", 20) + name
		keep(t, s, map[string][]byte{name: []byte(want[name]), fmt.Sprint("link/", i): nil})
	}
	_, newest, _ := s.Head()
	image := l.disk.Image()
	l.disk.Boot() // the log is not empty, and the rows stand in it more than once
	frames := int64(len(image.Bytes(path+"-wal"))-32) / (24 + 1024)
	whole, lost, none := 0, 0, 0
	look := func(s *store.Store, what string) {
		if _, head, _ := s.Head(); s.Damage() == nil && head <= newest { // a start is an entry too
			must(t, s.Close()) // the log's last transaction has no witness behind it
			return
		}
		got := secrets(t, s, "")
		for name, value := range got {
			if want[name] != value {
				t.Fatalf("%s: the secret %s is %q", what, name, value)
			}
		}
		switch {
		case len(got) == len(want):
			whole++
		case len(got) == 0:
			none++
		default:
			lost++
		}
		if s.Damage() == nil && len(got) != len(want) {
			t.Errorf("%s: %d secrets are gone, and no damage was found", what, len(want)-len(got))
		}
		verified(t, s)
		must(t, s.Close())
	}
	for i := int64(0); i < frames; i += 3 {
		l.disk.Restore(image)
		must(t, l.disk.Flip(path+"-wal", 32+i*(24+1024)+24+700))
		l.disk.Boot()
		look(l.open(), fmt.Sprintf("frame %d of %d", i, frames))
	}
	l.disk.Restore(image)
	s = l.open()
	must(t, s.Close())
	image = l.disk.Image()
	for page := range int64(len(image.Bytes(path)) / 1024) {
		for _, in := range []int64{4, 8, 500, 1000} {
			l.disk.Restore(image)
			look(l.flip(page*1024+in), fmt.Sprintf("byte %d of page %d", in, page+1))
		}
	}
	t.Logf("all secrets were kept %d times, some lost %d times, all %d times", whole, lost, none)
	if whole == 0 || lost == 0 {
		t.Error("damage was not met in both ways")
	}
}
