package duty

import (
	"context"
	"maps"
	"slices"

	"tillgate/agent/staff"
	"tillgate/store"
	"tillgate/store/entry"
)

const entriesRead = 500 // wrappers are read so many at once

// revive takes people and settings out of the wrappers that a damage has left of
// the epoch before, and writes them into this one; secrets have come over by
// themselves. It does so once: as soon as somebody works here there is nothing to
// take. What cannot be believed, because an entry of it is missing or does not fit
// the chain, is left: then people begin anew, and settings are what holds where
// nothing is set.
func (d *Desk) revive(ctx context.Context) error {
	if d.Journal.Damage() == nil || len(d.Roster.People()) > 0 || d.settings.key != 0 {
		return nil
	}
	objects, err := d.wrapped(ctx)
	if err != nil {
		return err
	}
	past, set := d.Roster.Empty(), settings{values: map[string]string{}}
	for _, key := range slices.Sorted(maps.Keys(objects)) {
		was, whole := entry.Unwrapped(objects[key])
		switch {
		case !whole || !chained(objects[key]):
		case staff.Begins(was[0]):
			past.Fold(nil, was...)
		case was[0].Kind == entry.SettingSet:
			set.fold(was...)
		}
	}
	again, err := past.Again()
	if err != nil {
		return err
	}
	if len(again.Entries) > 0 {
		entries, err := d.commit(ctx, again)
		if err != nil {
			return err
		}
		d.Roster.Fold(again.Secrets, entries...)
	}
	return d.setAgain(ctx, set)
}

// chained tells whether each of an object's wrappers fitted its neighbours: what
// did not may have been written by anybody.
func chained(wrappers []entry.Entry) bool {
	return !slices.ContainsFunc(wrappers, func(e entry.Entry) bool { return !entry.Must[entry.SalvagedBody](e).Chained })
}

// wrapped are the wrappers of objects about people and settings, by object.
func (d *Desk) wrapped(ctx context.Context) (map[entry.Seq][]entry.Entry, error) {
	objects := map[entry.Seq][]entry.Entry{}
	for after := entry.Seq(0); ; {
		entries, err := d.Journal.Entries(ctx, after, entriesRead)
		if err != nil || len(entries) == 0 {
			return objects, err
		}
		for _, e := range entries {
			after = e.Seq
			if e.Kind != entry.Salvaged {
				continue
			}
			b, err := entry.Decode[entry.SalvagedBody](e)
			if first := (entry.Entry{Kind: b.Kind}); err == nil && e.Seq == e.Key && (staff.Begins(first) || b.Kind == entry.SettingSet) || objects[e.Key] != nil {
				objects[e.Key] = append(objects[e.Key], e)
			}
		}
	}
}

// setAgain writes settings of an earlier epoch into this one, each as it was last.
func (d *Desk) setAgain(ctx context.Context, set settings) error {
	var step store.Step
	for _, name := range slices.Sorted(maps.Keys(set.values)) {
		step.Entries = append(step.Entries, entry.New(entry.SettingSet, entry.SettingSetBody{Name: name, Now: set.values[name], By: "damage"}))
	}
	if len(step.Entries) == 0 {
		return nil
	}
	entries, err := d.Journal.Commit(ctx, step)
	if err != nil {
		return err
	}
	d.settings.fold(entries...)
	return nil
}
