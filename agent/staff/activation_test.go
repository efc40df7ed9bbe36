package staff_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// TestFirst: who gets the console's link, by who is there already.
func TestFirst(t *testing.T) {
	t.Parallel()
	noPIN := func(p staff.Person) func(s *shop) { return func(s *shop) { s.hire(p, false) } }
	for _, row := range []struct {
		is    string
		start func(s *shop)
		name  string
		to    string // whose link it is
		why   words.Denial
	}{
		{"nobody yet", func(*shop) {}, "", local + "1", ""},
		{"nobody yet, by name", func(*shop) {}, " 老板 ", local + "1", ""},
		{"nobody yet, by what is no name", func(*shop) {}, "\u200b", "", words.DeniedName},
		{"a first link that nobody followed", func(s *shop) {
			step, _, err := s.First("", s.at())
			s.put(step, err)
		}, "", local + "1", ""},
		{"somebody can", func(s *shop) { s.first() }, "", "", words.DeniedFirst},
		{"a lost PIN", func(s *shop) { s.first() }, "经理　manager", local + "1", ""},
		{"another name", func(s *shop) { s.first() }, "老板", "", words.DeniedNobody},
		{"a clerk's name", func(s *shop) { noPIN(staff.Person{Name: "Lei", Role: staff.Clerk})(s.first()) }, "Lei", "", words.DeniedNobody},
		{"a second manager's name", func(s *shop) { noPIN(staff.Person{Name: "Ann", Role: staff.Manager})(s.first()) }, "ann", local + "2", ""},
		{"a manager's of one lane", func(s *shop) {
			noPIN(staff.Person{Name: "Ann", Role: staff.Manager, Rights: staff.Grants{staff.Staff: {"exit-1"}, staff.Refund: {"exit-1"}}})(s.first())
		}, "Ann", "", words.DeniedNobody},
		{"all PINs lost with the disk", func(s *shop) {
			noPIN(staff.Person{Name: "Ann", Role: staff.Manager})(s.first())
			clear(s.secrets)
			s.Roster = s.again()
		}, "", local + "1", ""},
	} {
		t.Run(row.is, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, staff.Options{})
			row.start(s)
			step, link, err := s.First(row.name, s.at())
			if got := why(t, err); got != row.why || link.Person != row.to {
				t.Fatalf("%q for %q, want %q for %q", got, link.Person, row.why, row.to)
			}
			if err != nil {
				return
			}
			s.put(step, nil)
			s.pin(link)
			p := s.is(row.to)
			if err := s.May(p.ID, staff.Refund, "", s.at()); err != nil || !p.PIN || p.Role != staff.Manager {
				t.Errorf("%+v: %v", p, err)
			}
			if name := strings.TrimSpace(row.name); row.start != nil && name == "老板" && p.Name != name {
				t.Errorf("is called %q", p.Name)
			}
		})
	}
	t.Run("while the clock proves nothing", func(t *testing.T) {
		t.Parallel()
		s := newShop(t, staff.Options{})
		s.stamp.Trust = entry.Untrusted
		s.first()
	})
	t.Run("before the cloud's first document", func(t *testing.T) {
		t.Parallel()
		s := newShop(t, staff.Options{Site: site, Lanes: lanes, Key: newCloud(t).public})
		if _, _, err := s.First("", s.at()); why(t, err) != words.DeniedCloudWait {
			t.Errorf("made a manager: %v", err)
		}
	})
}

// TestALink is followed once, within 15 minutes, in the boot it was made in.
func TestALink(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		is   string
		then func(s *shop, link *staff.Link)
		why  words.Denial
	}{
		{"followed", func(*shop, *staff.Link) {}, ""},
		{"in the last millisecond", func(s *shop, _ *staff.Link) { s.stamp.Mono += 15 * 60_000 }, ""},
		{"too late", func(s *shop, _ *staff.Link) { s.stamp.Mono += 15*60_000 + 1 }, words.DeniedLinkLate},
		{"while the wall clock jumps", func(s *shop, _ *staff.Link) { s.stamp.Wall += 1 << 40 }, ""},
		{"after a restart of the agent", func(s *shop, _ *staff.Link) { s.Roster = s.again(); s.Booted(1) }, ""},
		{"after a restart of the board", func(s *shop, _ *staff.Link) {
			s.Roster = s.again()
			s.Booted(entry.Seq(len(s.entries) + 1))
		}, words.DeniedLink},
		{"in a boot without a name", func(s *shop, _ *staff.Link) { s.Roster = s.again(); s.Booted(0) }, words.DeniedLink},
		{"after another was made", func(s *shop, _ *staff.Link) {
			step, _, err := s.Activate(one, local+"2", s.at())
			s.put(step, err)
		}, words.DeniedLink},
		{"used before", func(s *shop, link *staff.Link) { s.pin(*link) }, words.DeniedLink},
		{"after its person has left", func(s *shop, _ *staff.Link) { s.put(s.Remove(one, local+"2")) }, words.DeniedLink},
		{"after its person was switched off", func(s *shop, _ *staff.Link) {
			p := s.is(local + "2")
			p.Off = true
			s.put(s.Set(one, p, s.at()))
			p.Off = false
			s.put(s.Set(one, p, s.at()))
		}, words.DeniedLink},
		{"by a boot clock that went back", func(s *shop, _ *staff.Link) { s.stamp.Mono-- }, words.DeniedLinkLate},
		{"with one letter changed", func(_ *shop, link *staff.Link) {
			first := pay.Secret("A")
			if link.Token[0] == 'A' {
				first = "B"
			}
			link.Token = first + link.Token[1:]
		}, words.DeniedLink},
		{"with nothing", func(_ *shop, link *staff.Link) { link.Token = "" }, words.DeniedLink},
	} {
		t.Run(row.is, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, staff.Options{}).first()
			id := s.hire(staff.Person{Name: "Lei", Role: staff.Clerk}, false)
			step, link, err := s.Activate(one, id, s.at())
			s.put(step, err)
			if s.is(id).PIN {
				t.Error("a link alone is no PIN")
			}
			row.then(s, &link)
			p, err := s.Follow(link.Token, s.at())
			if got := why(t, err); got != row.why || err == nil && p.ID != id {
				t.Errorf("%q by %q, want %q", got, p.ID, row.why)
			}
			hash := staff.FakeHash(staff.Person{ID: id}, 7)
			if step, err = s.Finish(link.Token, hash, s.at()); why(t, err) != row.why {
				t.Errorf("%v, want %q", err, row.why)
			}
			if err != nil {
				return
			}
			s.put(step, nil)
			if !s.is(id).PIN || string(s.secrets["staff/pin/"+id]) != hash.Text() || s.secrets["staff/link/"+id] != nil {
				t.Errorf("the rows are %q", s.secrets)
			}
		})
	}
}

// TestAnEntryEndsALink, also where its row should have stayed: what is used up is used up twice.
func TestAnEntryEndsALink(t *testing.T) {
	t.Parallel()
	for is, end := range map[string]func(s *shop, link staff.Link) (staff.Step, error){
		"followed": func(s *shop, link staff.Link) (staff.Step, error) {
			return s.Finish(link.Token, staff.FakeHash(staff.Person{ID: link.Person}, 1), s.at())
		},
		"switched off": func(s *shop, link staff.Link) (staff.Step, error) {
			return s.Set(one, staff.Person{ID: link.Person, Name: "Lei", Role: staff.Clerk, Off: true}, s.at())
		},
		"gone": func(s *shop, link staff.Link) (staff.Step, error) { return s.Remove(one, link.Person) },
	} {
		s := newShop(t, staff.Options{}).first()
		step, link, err := s.Activate(one, s.hire(staff.Person{Name: "Lei", Role: staff.Clerk}, false), s.at())
		s.put(step, err)
		if step, err = end(s, link); err != nil {
			t.Fatal(err)
		}
		if row, there := step.Secrets["staff/link/"+link.Person]; !there || len(row) > 0 {
			t.Errorf("%s: the row stays", is)
		}
		entries, err := s.commit(t.Context(), step)
		if err != nil {
			t.Fatal(err)
		}
		s.Fold(nil, entries...)
		if _, err := s.Follow(link.Token, s.at()); why(t, err) != words.DeniedLink {
			t.Errorf("%s: %v", is, err)
		}
	}
}

// TestALinkIsForOnePerson: a PIN typed on another's page is not theirs.
func TestALinkIsForOnePerson(t *testing.T) {
	t.Parallel()
	s := newShop(t, staff.Options{}).first()
	var links []staff.Link
	for _, name := range []string{"Lei", "Lily"} {
		step, link, err := s.Activate(one, s.hire(staff.Person{Name: name, Role: staff.Clerk}, false), s.at())
		s.put(step, err)
		links = append(links, link)
	}
	for i, link := range links {
		p, err := s.Follow(link.Token, s.at())
		if err != nil || p.ID != link.Person {
			t.Errorf("%s follows the link of %s: %v", p.ID, link.Person, err)
		}
		if _, err := s.Finish(link.Token, staff.FakeHash(staff.Person{ID: links[1-i].Person}, 1), s.at()); why(t, err) != words.DeniedLink {
			t.Errorf("a PIN made for another: %v", err)
		}
		if link.Until != s.stamp.Mono+15*time.Minute.Milliseconds() || len(link.Token) != 22 {
			t.Errorf("%d characters until %d", len(link.Token), link.Until)
		}
	}
}

// TestSetPIN takes the present PIN, typed just now; a link of one's own is no way round.
func TestSetPIN(t *testing.T) {
	t.Parallel()
	s := newShop(t, staff.Options{}).first()
	hash := staff.FakeHash(staff.Person{ID: one}, 99)
	for _, row := range []struct {
		is    string
		proof staff.Proof
		hash  staff.Hash
		why   words.Denial
	}{
		{"typed just now", staff.JustTyped(one, s.stamp.Mono), hash, ""},
		{"typed longer ago", staff.JustTyped(one, s.stamp.Mono-121_000), hash, words.DeniedOldPIN},
		{"not typed", staff.Proof{}, hash, words.DeniedNobody},
		{"typed by another", staff.JustTyped(local+"2", s.stamp.Mono), hash, words.DeniedNobody},
		{"made for another", staff.JustTyped(one, s.stamp.Mono), staff.FakeHash(staff.Person{ID: "x"}, 1), words.DeniedLink},
	} {
		step, err := s.SetPIN(row.proof, row.hash, s.at())
		if got := why(t, err); got != row.why || (err == nil) != (string(step.Secrets["staff/pin/"+one]) == hash.Text()) {
			t.Errorf("%s: %q, want %q, rows %q", row.is, got, row.why, step.Secrets)
		}
	}
	if _, _, err := s.Activate(one, one, s.at()); why(t, err) != words.DeniedOldPIN {
		t.Errorf("a link for oneself: %v", err)
	}
	session, err := s.commit(t.Context(), staff.SignOut(one, 1, "person")) // any entry of another object
	if err != nil {
		t.Fatal(err)
	}
	before := session[0].Seq
	if !s.Still(one, before) {
		t.Error("a session does not hold")
	}
	s.put(s.SetPIN(staff.JustTyped(one, s.stamp.Mono), hash, s.at()))
	if s.Still(one, before) || !s.Still(one, before+2) {
		t.Error("a session from before the new PIN still holds, or one from after it does not")
	}
	lei := staff.Person{ID: s.hire(staff.Person{Name: "Lei", Role: staff.Clerk}, true), Name: "Lei", Role: staff.Clerk}
	for _, off := range []bool{true, false} {
		lei.Off = off
		s.put(s.Set(one, lei, s.at()))
		if s.Still(lei.ID, 1000) == off {
			t.Errorf("a session, where off is %v", off)
		}
	}
	s.put(s.Remove(one, lei.ID))
	if s.Still(lei.ID, 1000) || s.Still("nobody", 1000) {
		t.Error("the session of one who has left, or was never here, still holds")
	}
}

// TestNothingSecretIsWritten: entries, errors and whatever is printed have no
// part of a link or a hash.
func TestNothingSecretIsWritten(t *testing.T) {
	t.Parallel()
	s := newShop(t, staff.Options{})
	step, link, err := s.First("", s.at())
	s.put(step, err)
	hash := staff.FakeHash(staff.Person{ID: one}, 1)
	if step, err = s.Finish(link.Token, hash, s.at()); err != nil {
		t.Fatal(err)
	}
	s.put(step, nil)
	_, err = s.Follow(link.Token, s.at())
	text := fmt.Sprintf("%v %+v %#v %x %s %v", link, link, link, link, link.Token, err)
	printed, jsonErr := json.Marshal(link)
	if jsonErr != nil {
		t.Fatal(jsonErr)
	}
	text += string(printed)
	for _, e := range s.entries {
		text += string(e.Body) + string(e.Private)
	}
	for _, secret := range []string{string(link.Token), fmt.Sprintf("%x", string(link.Token)), strings.Split(hash.Text(), "$")[5]} {
		if strings.Contains(text, secret) {
			t.Errorf("%q stands in %s", secret, text)
		}
	}
	if pay.Secret("") == link.Token {
		t.Error("the link has no token")
	}
}
