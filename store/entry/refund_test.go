package entry_test

import (
	"testing"

	"tillgate/store/entry"
)

// wrapped is an order of a damaged epoch: opened at 7, settled at 9.
func wrapped() (entries []entry.Entry) {
	for i, kind := range []entry.Kind{entry.Opened, entry.Asked, entry.Settled} {
		b := entry.SalvagedBody{Epoch: 3, Seq: entry.Seq(7 + i), Wall: 100, Mono: 5, Trust: entry.Trusted, Kind: kind, Key: 7, Body: []byte("{}"), Chained: true}
		if i > 0 {
			b.Prev = b.Seq - 1
		}
		entries = append(entries, entry.Entry{Seq: entry.Seq(40 + i), Key: 40, Kind: entry.Salvaged, Body: entry.Encode(b)})
	}
	return entries
}

func rewrap(e *entry.Entry, change func(b *entry.SalvagedBody)) {
	b := entry.Must[entry.SalvagedBody](*e)
	change(&b)
	e.Body = entry.Encode(b)
}

func TestUnwrapped(t *testing.T) {
	t.Parallel()
	was, ok := entry.Unwrapped(wrapped())
	if !ok || len(was) != 3 || was[2].Kind != entry.Settled || was[2].Seq != 9 || was[2].Prev != 8 || was[0].Key != 7 || was[1].Wall != 100 || was[1].Trust != entry.Trusted {
		t.Errorf("unwrapped %+v, %v", was, ok)
	}
	for name, change := range map[string]func([]entry.Entry) []entry.Entry{
		"nothing":       func([]entry.Entry) []entry.Entry { return nil },
		"first missing": func(e []entry.Entry) []entry.Entry { return e[1:] },
		"one missing":   func(e []entry.Entry) []entry.Entry { return append(e[:1], e[2]) },
		"not a wrapper": func(e []entry.Entry) []entry.Entry { e[1].Kind = entry.Asked; return e },
		"not readable":  func(e []entry.Entry) []entry.Entry { e[1].Body = []byte("{"); return e },
		"one of another object": func(e []entry.Entry) []entry.Entry {
			rewrap(&e[2], func(b *entry.SalvagedBody) { b.Prev = 5 })
			return e
		},
		"wrapped twice": func(e []entry.Entry) []entry.Entry {
			rewrap(&e[1], func(b *entry.SalvagedBody) { b.Kind = entry.Salvaged })
			return e
		},
	} {
		if was, ok := entry.Unwrapped(change(wrapped())); ok || was != nil {
			t.Errorf("%s: unwrapped %+v", name, was)
		}
	}
}
