package store

import (
	"context"
	"errors"

	"tillgate/store/entry"
)

// starts reads the randoms that are taken, and where the counter goes on.
func (l *loader) starts() error {
	n := &l.s.numbers
	err := l.c.query(context.Background(), "SELECT random FROM start", func(v values) error {
		if r := v.int(0); r >= 0 && r < entry.Randoms {
			n.use(int(r))
		}
		return nil
	})
	if err != nil {
		return err
	}
	number := l.number
	if number == "" {
		err = l.c.query(context.Background(), "SELECT number FROM sale WHERE number <> '' ORDER BY id DESC LIMIT 1", func(v values) error {
			number = v.text(0)
			return nil
		})
		if err != nil {
			return err
		}
	}
	_, counter, err := entry.Counter(number)
	switch {
	case l.m.damage != nil || err != nil && l.m.epoch.Number > 1:
		n.counter = below(l.s.opts.Random, entry.Counters)
	case err == nil:
		n.counter = counter
	}
	return nil
}

// errEnough ends a walk.
var errEnough = errors.New("enough")

// codes reads the payment codes of the last ten minutes. What was sent in an
// earlier boot counts from its wall time where that can be believed, else from
// now. A wall clock may have been set back in between, so that only many entries
// in a row that are too old end the search.
func (l *loader) codes() error {
	const rowsMax, oldMax = 10_000, 100
	boots := []startRow{}
	err := l.c.query(context.Background(), "SELECT id, boot FROM start ORDER BY id DESC LIMIT 1000", func(v values) error {
		boots = append(boots, startRow{id: entry.Seq(v.int(0)), boot: v.text(1)})
		return nil
	})
	if err != nil {
		return err
	}
	now, again, old := l.s.opts.Clock(), map[string]bool{}, 0
	query := "SELECT " + entryColumns + " FROM entry ORDER BY seq DESC LIMIT ?"
	err = l.c.query(context.Background(), query, func(v values) error {
		e := entryOf(v)
		for len(boots) > 0 && boots[0].id > e.Seq {
			boots = boots[1:]
		}
		same := len(boots) > 0 && boots[0].boot != "" && boots[0].boot == l.s.opts.Boot
		until := codeUntil(e.Stamp, now, same)
		if until <= now.Mono && e.Kind != entry.Inherited && e.Kind != entry.HoldInherited && e.Kind != entry.Salvaged {
			if old++; same || old > oldMax {
				return errEnough
			}
			return nil
		}
		old = 0
		if e.Kind != entry.Opened && e.Kind != entry.Settled { // they know no code
			l.code(bodyOf(e.Kind, e.Body), max(until, now.Mono), again)
		}
		return nil
	}, int64(rowsMax))
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func codeUntil(then, now entry.Stamp, sameBoot bool) int64 {
	switch {
	case sameBoot:
		return then.Mono + codeMillis
	case then.Trust == entry.Trusted && now.Trust == entry.Trusted && now.Wall >= then.Wall:
		return now.Mono + codeMillis - (now.Wall - then.Wall)
	}
	return now.Mono + codeMillis
}

// code takes one entry into the codes; again holds the numbers that ended NotSent.
func (l *loader) code(body any, until int64, again map[string]bool) {
	if b, ok := body.(entry.SalvagedBody); ok {
		l.code(wrapped(b), until, again)
		return
	}
	if number := unsentOf(body); number != "" {
		again[number] = true
	}
	number, code := codeOf(body)
	if _, later := l.m.codes[code]; code != "" && !later && !again[number] {
		l.m.codes[code] = codeUse{number: number, until: until}
	}
}
