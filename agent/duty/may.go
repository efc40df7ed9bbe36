package duty

import (
	"slices"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// May tells whether a person may do something on a lane now; an empty lane is
// the whole store. What goes back takes being on duty on that very lane; a
// manager is always on duty. Sums that take somebody else are Allow's.
func (d *Desk) May(id string, right staff.Right, lane string) error {
	return d.may(id, right, lane, d.now())
}

func (d *Desk) may(id string, right staff.Right, lane string, now staff.Now) error {
	if err := d.Roster.May(id, right, lane, now); err != nil {
		return err
	}
	if right != staff.Refund || d.manages(id) || d.onDuty(id, lane) {
		return nil
	}
	return halt(words.HaltOffDuty, lane)
}

// Sees are the lanes whose orders a person may look at now, as a report's query
// has them: nil is all of them. Who has the right to reports sees them always;
// who sells sees the lanes they are on duty on.
func (d *Desk) Sees(id string) (lanes []string, err error) {
	if err = d.May(id, staff.Reports, ""); err == nil {
		return nil, nil
	}
	lanes = []string{}
	for _, lane := range d.Lanes.Names() {
		if d.May(id, staff.Reports, lane) == nil || d.May(id, staff.Sell, lane) == nil && d.onDuty(id, lane) {
			lanes = append(lanes, lane)
		}
	}
	switch {
	case len(lanes) > 0:
		return lanes, nil
	case d.mayAnywhere(id, staff.Sell):
		return lanes, halt(words.HaltNotOn)
	}
	return lanes, err
}

// MayLook tells whether a person may look at one order of a lane that is named, as
// a customer's slip does: whoever sees that lane, and whoever may give it back
// where they are on duty.
func (d *Desk) MayLook(id, lane string) error {
	lanes, err := d.Sees(id)
	if err == nil && (lanes == nil || slices.Contains(lanes, lane)) {
		return nil
	}
	may := d.May(id, staff.Refund, d.Where(id, lane))
	if may == nil || err == nil {
		return may
	}
	return err
}

// Where is the lane on which a person acts on an order of a lane: that one, unless
// they are on duty elsewhere, or the config has it no more.
func (d *Desk) Where(id, of string) string {
	names := d.Lanes.Names()
	if s, on := d.ShiftOf(id); on {
		if lanes := s.Lanes(); len(lanes) > 0 && !slices.Contains(lanes, of) {
			return lanes[0]
		}
	}
	if !slices.Contains(names, of) {
		return names[0]
	}
	return of
}

func (d *Desk) mayAnywhere(id string, right staff.Right) bool {
	return slices.ContainsFunc(d.Lanes.Names(), func(lane string) bool { return d.May(id, right, lane) == nil })
}

// manages tells whether a person is a manager who works here.
func (d *Desk) manages(id string) bool {
	p, ok := d.Roster.Person(id)
	return ok && p.Role == staff.Manager && !p.Off && !p.Gone
}

// name is what a person is called; who has never been here is called by the id.
func (d *Desk) name(id string) string {
	if p, ok := d.Roster.Person(id); ok {
		return p.Name
	}
	return id
}

// On is whose shift a lane is in now; ok is false where nobody is on duty.
func (d *Desk) On(lane string) (person string, shift entry.Seq, ok bool) {
	for _, s := range d.Journal.OnDuty() {
		if covers(s, lane) {
			return s.Who, s.ID, true
		}
	}
	return "", 0, false
}

// ShiftOf is the shift that a person is in now; ok is false where there is none.
// It goes on over a crash, a restart and a new sign-in, until it is handed over.
func (d *Desk) ShiftOf(id string) (s store.Shift, ok bool) {
	on := d.Journal.OnDuty()
	i := slices.IndexFunc(on, func(s store.Shift) bool { return s.Who == id })
	if i < 0 {
		return s, false
	}
	return on[i], true
}

func (d *Desk) onDuty(id, lane string) bool {
	s, ok := d.ShiftOf(id)
	return ok && covers(s, lane)
}

// covers tells whether a shift is for a lane; an empty lane is the whole store.
func covers(s store.Shift, lane string) bool {
	lanes := s.Lanes()
	return len(lanes) == 0 || slices.Contains(lanes, lane)
}
