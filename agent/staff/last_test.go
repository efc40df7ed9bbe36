package staff_test

import (
	"fmt"
	"testing"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// TestTheLastRefundRight: whoever is switched off, has no PIN, never followed the
// link or may refund on one lane only does not count.
func TestTheLastRefundRight(t *testing.T) {
	t.Parallel()
	noRefund := staff.Grants{}
	for _, right := range staff.Rights() {
		if right != staff.Refund {
			noRefund[right] = staff.Lanes{staff.Every}
		}
	}
	for _, row := range []struct {
		is   string
		also func(s *shop)
		last bool
	}{
		{"nobody else", func(*shop) {}, true},
		{"one without a PIN", func(s *shop) { s.hire(staff.Person{Name: "Bob", Role: staff.Clerk}, false) }, true},
		{"one whose link was never followed", func(s *shop) {
			id := s.hire(staff.Person{Name: "Bob", Role: staff.Clerk}, false)
			step, _, err := s.Activate(one, id, s.at())
			s.put(step, err)
		}, true},
		{"one who is off", func(s *shop) {
			p := s.is(s.hire(staff.Person{Name: "Bob", Role: staff.Clerk}, true))
			p.Off = true
			s.put(s.Set(one, p, s.at()))
		}, true},
		{"one for each lane", func(s *shop) {
			for _, lane := range lanes {
				s.hire(staff.Person{Name: "Bob " + lane, Role: staff.Clerk, Rights: staff.Grants{staff.Refund: {lane}}}, true)
			}
		}, true},
		{"one who has left", func(s *shop) {
			s.put(s.Remove(one, s.hire(staff.Person{Name: "Bob", Role: staff.Clerk}, true)))
		}, true},
		{"one for all lanes by name", func(s *shop) {
			s.hire(staff.Person{Name: "Bob", Role: staff.Clerk, Rights: staff.Grants{staff.Refund: lanes}}, true)
		}, false},
		{"a clerk", func(s *shop) { s.hire(staff.Person{Name: "Bob", Role: staff.Clerk}, true) }, false},
	} {
		t.Run(row.is, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, staff.Options{}).first()
			ann := s.hire(staff.Person{Name: "Ann", Role: staff.Manager, Rights: noRefund}, true)
			row.also(s)
			want := words.DeniedAbove // Ann may not, but that is another reason
			if row.last {
				want = words.DeniedLast
			}
			me := s.is(one)
			for is, p := range map[string]staff.Person{
				"switched off": {ID: one, Name: me.Name, Role: me.Role, Off: true},
				"narrowed":     {ID: one, Name: me.Name, Role: me.Role, Rights: cloneWith(me.Grants(), staff.Refund, "exit-1")},
				"taken":        {ID: one, Name: me.Name, Role: me.Role, Rights: noRefund},
			} {
				if _, err := s.Set(ann, p, s.at()); why(t, err) != want {
					t.Errorf("%s: %v, want %q", is, err, want)
				}
			}
			if _, err := s.Remove(ann, one); why(t, err) != want {
				t.Errorf("removed: %v, want %q", err, want)
			}
			// A lost PIN: the old one counts until a new one is set, however often a link is made.
			for range 2 {
				step, _, err := s.First(me.Name, s.at())
				s.put(step, err)
			}
			if !s.is(one).PIN {
				t.Error("a link that was never followed took the PIN away")
			}
		})
	}
}

// TestALaneOfTomorrow: where nobody may refund everywhere, because the config
// has another lane since, no lane loses the last who could.
func TestALaneOfTomorrow(t *testing.T) {
	t.Parallel()
	cloud := newCloud(t)
	s := newShop(t, staff.Options{Site: site, Lanes: lanes, Key: cloud.public})
	rights := `"rights":{"refund":["counter-1","exit-1"],"staff":["counter-1","exit-1"]}`
	s.put(s.Take(cloud.sign(fmt.Sprintf(document, 1, `{"id":"a","name":"Ann","role":"manager",`+rights+`},{"id":"b","name":"Bob","role":"manager",`+rights+`}`))))
	step, link, err := s.First("Ann", s.at())
	s.put(step, err)
	s.pin(link)

	s.o = staff.Options{Site: site, Lanes: append(lanes[:2:2], "exit-2")} // and no cloud any more
	s.Roster = s.again()
	if _, err := s.Remove("b", "a"); why(t, err) != words.DeniedLast {
		t.Errorf("the only one with a PIN removed: %v", err)
	}
	ann := s.is("a")
	ann.Rights = cloneWith(ann.Rights, staff.Refund, "exit-1")
	if _, err := s.Set("b", ann, s.at()); why(t, err) != words.DeniedLast {
		t.Errorf("the only one on counter-1 narrowed: %v", err)
	}
	step, link, err = s.Activate("a", "b", s.at())
	s.put(step, err)
	s.pin(link)
	s.put(s.Set("b", ann, s.at()))
	s.put(s.Remove("b", "a"))
}

// TestTwoAtOnce: each decided on a roster with both. The second is stale, and
// decided again it is refused.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	noRefund := staff.Grants{staff.Staff: {staff.Every}, staff.Sell: {staff.Every}}
	for is, by := range map[string]func(r *staff.Roster, by, other string, now staff.Now) (staff.Step, error){
		"removed": func(r *staff.Roster, by, other string, _ staff.Now) (staff.Step, error) { return r.Remove(by, other) },
		"switched off": func(r *staff.Roster, by, other string, now staff.Now) (staff.Step, error) {
			return r.Set(by, staff.Person{ID: other, Name: other, Role: staff.Manager, Off: true}, now)
		},
		"refund right taken": func(r *staff.Roster, by, other string, now staff.Now) (staff.Step, error) {
			return r.Set(by, staff.Person{ID: other, Name: other, Role: staff.Manager, Rights: noRefund}, now)
		},
		"made clerks": func(r *staff.Roster, by, other string, now staff.Now) (staff.Step, error) {
			return r.Set(by, staff.Person{ID: other, Name: other, Role: staff.Clerk}, now)
		},
	} {
		t.Run(is, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, staff.Options{}).first()
			two := s.hire(staff.Person{Name: "Ann", Role: staff.Manager}, true)
			theirs := s.again() // another reader of the same journal
			a, errA := by(s.Roster, one, two, s.at())
			b, errB := by(theirs, two, one, s.at())
			if errA != nil || errB != nil {
				t.Fatalf("neither knows of the other: %v, %v", errA, errB)
			}
			s.put(a, nil)
			if _, err := s.commit(t.Context(), b); err != errOld {
				t.Fatalf("the second is not stale: %v", err)
			}
			theirs.Fold(a.Secrets, s.entries...)
			if _, err := by(theirs, two, one, s.at()); why(t, err) == "" {
				t.Error("decided again, the second was not refused")
			}
			if err := theirs.May(one, staff.Refund, "", s.at()); err != nil {
				t.Errorf("nobody may refund any more: %v", err)
			}
		})
	}
}

// TestTwoRostersAtOnce: the very first step has no object on which it could be
// stale. The older one counts, whichever is folded first.
func TestTwoRostersAtOnce(t *testing.T) {
	t.Parallel()
	s := newShop(t, staff.Options{})
	var steps []staff.Step
	for _, name := range []string{"Ann", "Bob"} {
		step, _, err := s.First(name, s.at())
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	older, err := s.commit(t.Context(), steps[0])
	if err != nil {
		t.Fatal(err)
	}
	newer, err := s.commit(t.Context(), steps[1])
	if err != nil {
		t.Fatal(err)
	}
	for is, order := range map[string][][]entry.Entry{"in order": {older, newer}, "the newer first": {newer, older}, "over and over": {older, newer, older, newer}} {
		r := staff.New(s.o)
		for _, entries := range order {
			r.Fold(nil, entries...)
		}
		if people := r.People(); len(people) != 1 || people[0].Name != "Ann" {
			t.Errorf("%s: %+v", is, people)
		}
		if step, _, err := r.First("", s.at()); err != nil || step.Key != older[0].Key || step.After != older[1].Seq {
			t.Errorf("%s: the next step is %+v, %v", is, step, err)
		}
	}
}
