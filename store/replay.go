package store

import (
	"cmp"
	"slices"

	"tillgate/store/entry"
)

// replay writes what was read into the next epoch's database: how it began,
// every readable entry in a wrapper, objects together so that each can be
// found, and what is not final as an object of its own.
func (v *salvage) replay(next *Store, body entry.DamagedBody) error {
	if err := v.keepStarts(next); err != nil {
		return err
	}
	if err := v.keepSecrets(next); err != nil {
		return err
	}
	b := batcher{store: next, head: next.memory.seq}
	keys := map[entry.Seq]entry.Seq{} // of the damaged epoch's objects: what they are now
	b.add(Step{Entries: []entry.Draft{entry.New(entry.Damaged, body)}, Done: true})
	slices.SortFunc(v.places, func(x, y place) int { return cmp.Or(cmp.Compare(x.key, y.key), cmp.Compare(x.seq, y.seq)) })
	for i := 0; i < len(v.places); {
		step := Step{Done: true}
		key := v.places[i].key
		for ; i < len(v.places) && v.places[i].key == key; i++ {
			if f, ok := v.at(v.places[i]); ok {
				step.Entries = append(step.Entries, v.wrap(body.Was, f, v.places[i].chained))
			}
		}
		if len(step.Entries) > 0 {
			keys[key] = b.add(step)
		}
	}
	for _, on := range v.unfinished(body.Was) {
		keys[on.key] = b.add(Step{Entries: []entry.Draft{on.draft}})
	}
	for _, on := range v.unreleased(body.Was, keys) {
		keys[on.key] = b.add(Step{Entries: []entry.Draft{on.draft}})
	}
	for _, draft := range append(v.unreturned(body.Was, keys), v.undone()...) {
		b.add(Step{Entries: []entry.Draft{draft}})
	}
	b.flush()
	return b.err
}

// wrap puts an entry into a Salvaged; one that is a wrapper already goes on as
// it is, but for being believed.
func (v *salvage) wrap(epoch int64, f found, chained bool) entry.Draft {
	if f.Kind == entry.Salvaged {
		if b := read[entry.SalvagedBody](f.Body); b.Chained && !chained {
			b.Chained = false
			f.Body = entry.Encode(b)
		}
		return entry.Draft{Kind: entry.Salvaged, Body: f.Body, Private: f.Private}
	}
	d := entry.New(entry.Salvaged, entry.SalvagedBody{Epoch: epoch, Seq: f.Seq, Wall: f.Wall, Mono: f.Mono, Trust: f.Trust, Kind: f.Kind,
		Key: f.Key, Prev: f.Prev, Body: f.Body, Chained: chained})
	d.Private = f.Private
	return d
}

// noteRandom remembers the random that an entry shows to have been drawn.
func (v *salvage) noteRandom(kind entry.Kind, body []byte) {
	switch kind {
	case entry.Started:
		v.randoms[read[entry.StartedBody](body).Random] = true
	case entry.Asked:
		v.noteNumber(read[entry.AskedBody](body).Number)
	case entry.Inherited:
		v.noteNumber(read[entry.InheritedBody](body).Number)
	case entry.RefundAsked:
		v.noteNumber(read[entry.RefundAskedBody](body).Of)
	case entry.RefundInherited:
		v.noteNumber(read[entry.RefundInheritedBody](body).Of)
	case entry.HoldAsked:
		v.noteNumber(read[entry.HoldAskedBody](body).Number)
	case entry.HoldInherited, entry.HoldAdopted: // of one that was taken over it is another device's, and drawn no more either
		v.noteNumber(read[entry.HoldInheritedBody](body).Number)
	case entry.Salvaged:
		if b := read[entry.SalvagedBody](body); b.Kind != entry.Salvaged {
			v.noteRandom(b.Kind, b.Body)
		}
	}
}

func (v *salvage) noteNumber(number string) {
	if random, _, err := entry.Counter(number); err == nil {
		v.randoms[random] = true
	}
}

// keepStarts carries the randoms over, those of all numbers that were read too:
// rows of earlier epochs have negative ids.
func (v *salvage) keepStarts(next *Store) error {
	taken := map[int]startRow{}
	for random := range v.randoms {
		taken[random] = startRow{random: random}
	}
	for _, r := range v.starts {
		taken[r.random] = r
	}
	return next.transaction(func(c *conn) error {
		id := entry.Seq(0)
		for _, random := range sortedKeys(taken) {
			id--
			r := taken[random]
			r.id = id
			if err := c.writeStart(r); err != nil {
				return err
			}
		}
		return nil
	})
}

// batcher commits steps many at a time.
type batcher struct {
	store   *Store
	head    entry.Seq // the newest entry once all that was added is written
	waiting []*request
	size    int
	err     error
}

// add takes a step that begins an object, and tells its key.
func (b *batcher) add(step Step) (key entry.Seq) {
	key = b.head + 1
	b.head += entry.Seq(len(step.Entries))
	b.waiting = append(b.waiting, &request{step: step})
	if b.size += len(step.Entries); len(b.waiting) >= batchMax || b.size > 1000 {
		b.flush()
	}
	return key
}

func (b *batcher) flush() {
	if b.err == nil {
		b.err = b.store.attempt(b.waiting)
	}
	for _, r := range b.waiting {
		b.err = cmp.Or(b.err, r.err)
	}
	b.waiting, b.size = nil, 0
}
