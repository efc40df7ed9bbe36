package staff

import (
	"tillgate/store/entry"
)

// Again is this roster as a new object, for the epoch after a damage: whoever
// has folded the old one out of its wrappers commits it there. Secrets are rows
// of the store and are not part of it: where the store has lost them, everybody
// needs a new link, the first manager from the console.
func (r *Roster) Again() (Step, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var step Step
	for _, p := range r.everybody() {
		if r.serial != 0 && !p.Gone {
			continue // the document has them
		}
		d, err := r.draft(p, byDamage)
		if err != nil {
			return Step{}, err
		}
		step.Entries = append(step.Entries, d)
		if p.Gone {
			step.Entries = append(step.Entries, entry.New(entry.PersonGone, entry.PersonGoneBody{Person: p.ID, By: byDamage}))
		}
	}
	if r.serial != 0 {
		d, err := r.taken(r.serial, r.present(), r.document)
		if err != nil {
			return Step{}, err
		}
		step.Entries = append(step.Entries, d)
	}
	return step, nil
}
