package staff

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"tillgate/agent/words"
	"tillgate/store/entry"
)

// Set makes a person, whose ID is empty, or changes one. It is refused
//
//   - where the rights come from the cloud;
//   - where the name, role, rights or lanes are none, or the name is somebody's;
//   - where nobody with a PIN could refund on every lane afterwards, or nobody set people;
//   - where somebody would narrow himself, or touch or make somebody who may more than himself;
//   - where it widens what somebody may, the clock proves nothing, and no manager is on the spot.
//
// A step without entries changes nothing.
func (r *Roster) Set(by string, p Person, now Now) (Step, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	giver, err := r.giver(by)
	if err != nil {
		return Step{}, err
	}
	was := r.people[p.ID]
	if p.ID != "" && (was.ID == "" || was.Gone) {
		return Step{}, refuse(words.DeniedNobody, p.ID)
	}
	if p, err = r.proper(p, was); err != nil {
		return Step{}, err
	}
	if p.ID == "" {
		if len(r.present()) >= peopleMax {
			return Step{}, refuse(words.DeniedMany, fmt.Sprintf("%d people", peopleMax))
		}
		p.ID = fmt.Sprintf("%s%d", localID, r.local+1)
	} else if p.Name == was.Name && bytes.Equal(entry.Encode(setBody(p, "")), entry.Encode(setBody(was, ""))) {
		return Step{}, nil
	}
	if err := r.mayTurn(giver, was, p); err != nil {
		return Step{}, err
	}
	draft, err := r.draft(p, by)
	if err != nil {
		return Step{}, err
	}
	if now.Trust != entry.Trusted && !was.power().cover(p.power()) {
		spot := r.spot(now)
		if spot == "" {
			return Step{}, refuse(words.DeniedClock, p.ID)
		}
		b := setBody(p, by)
		b.Spot = spot
		draft.Body = entry.Encode(b)
	}
	step := r.step(draft)
	if p.Off {
		step.forget(r.secrets, linkRow+p.ID)
	}
	return step, nil
}

// Remove lets a person go for good, with PIN and link. It is refused as Set is.
func (r *Roster) Remove(by, id string) (Step, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	giver, err := r.giver(by)
	if err != nil {
		return Step{}, err
	}
	was := r.people[id]
	if was.ID == "" || was.Gone {
		return Step{}, refuse(words.DeniedNobody, id)
	}
	p := was
	p.Gone = true
	if err := r.mayTurn(giver, was, p); err != nil {
		return Step{}, err
	}
	step := r.step(entry.New(entry.PersonGone, entry.PersonGoneBody{Person: id, By: by}))
	step.forget(r.secrets, pinRow+id, linkRow+id)
	return step, nil
}

// giver is who sets people here.
func (r *Roster) giver(by string) (Person, error) {
	if r.o.Key != nil {
		return Person{}, refuse(words.DeniedCloud, by)
	}
	return r.setter(by)
}

// setter is a person who may set people on some lane.
func (r *Roster) setter(by string) (Person, error) {
	p := r.people[by]
	switch {
	case p.ID == "" || p.Gone:
		return p, refuse(words.DeniedNobody, by)
	case p.Off:
		return p, refuse(words.DeniedOff, by)
	case len(p.Grants()[Staff]) == 0:
		return p, refuse(words.DeniedRight, by)
	}
	return p, nil
}

// above tells whether a person is more than somebody may touch or make: on each
// lane one may hand on, or touch, what one has there, where one sets people.
func (p Person) above(giver Person) bool {
	mine := giver.on()
	mine.grants = mine.grants.give()
	return !mine.cover(p.on())
}

// mayTurn tells whether somebody may turn one person into another.
func (r *Roster) mayTurn(giver, was, p Person) error {
	switch {
	case giver.ID == p.ID && !p.power().cover(was.power()):
		return refuse(words.DeniedSelf, p.ID)
	case r.strands(map[string]Person{p.ID: p}):
		return refuse(words.DeniedLast, p.ID)
	case was.ID != "" && was.above(giver), p.above(giver):
		return refuse(words.DeniedAbove, p.ID)
	}
	return nil
}

// strands tells whether less could be refunded, or fewer lanes' people set,
// once these people were as given: by those who are switched on and have a PIN.
// Who may on every lane counts most: where there is one, one must remain.
func (r *Roster) strands(turned map[string]Person) bool {
	after := maps.Clone(r.people)
	maps.Copy(after, turned)
	for _, right := range []Right{Refund, Staff} {
		whole, lanes := r.kept(r.people, right)
		wholeAfter, lanesAfter := r.kept(after, right)
		if whole && !wholeAfter || !lanesAfter.cover(lanes) {
			return true
		}
	}
	return false
}

// kept is on which of the config's lanes somebody could use a right, and
// whether one person could on all of them.
func (r *Roster) kept(people map[string]Person, right Right) (whole bool, lanes Lanes) {
	for id, p := range people {
		if !p.active() || !r.person(id).PIN {
			continue
		}
		mine := p.Grants()[right]
		whole = whole || r.everywhere(mine)
		lanes = append(lanes, mine.meet(r.o.Lanes)...)
	}
	return whole, lanes
}

// proper is a person as they are written, or why they cannot be. A right on a lane
// that the config has no more may stay, so that nothing keeps a person from being
// switched off.
func (r *Roster) proper(p, was Person) (Person, error) {
	name, ok := tidyName(p.Name)
	if !ok {
		return p, refuse(words.DeniedName, p.ID)
	}
	for _, other := range r.present() {
		if other.ID != p.ID && sameName(other.Name) == sameName(name) {
			return p, refuse(words.DeniedNameTaken, other.ID)
		}
	}
	rights, ok := p.Rights.tidy()
	if _, known := roleGrants[p.Role]; !known || !ok {
		return p, refuse(words.DeniedGrants, fmt.Sprintf("role %q, rights %v", p.Role, p.Rights))
	}
	for right, lanes := range rights {
		for _, lane := range lanes {
			if lane != Every && !slices.Contains(r.o.Lanes, lane) && !slices.Contains(was.Rights[right], lane) {
				return p, refuse(words.DeniedLanes, fmt.Sprintf("%s on %q", right, lane))
			}
		}
	}
	return Person{ID: p.ID, Name: name, Role: p.Role, Rights: rights, Off: p.Off}, nil
}

func setBody(p Person, by string) entry.PersonSetBody {
	return entry.PersonSetBody{Person: p.ID, Role: string(p.Role), Rights: p.Rights.written(), Off: p.Off, By: by}
}

// draft is the entry of a person.
func (r *Roster) draft(p Person, by string) (entry.Draft, error) {
	d := entry.New(entry.PersonSet, setBody(p, by))
	var err error
	d.Private, err = entry.Seal(r.o.Random, entry.PersonName{Name: p.Name})
	return d, err
}

// step is a decision about the roster as it is.
func (r *Roster) step(drafts ...entry.Draft) Step {
	return Step{Key: r.key, After: r.after, Entries: drafts}
}

// forget has a step delete the rows that are there.
func (s *Step) forget(there map[string][]byte, rows ...string) {
	for _, row := range rows {
		if _, ok := there[row]; ok {
			s.keep(row, nil)
		}
	}
}

func (s *Step) keep(row string, value []byte) {
	if s.Secrets == nil {
		s.Secrets = map[string][]byte{}
	}
	s.Secrets[row] = value
}
