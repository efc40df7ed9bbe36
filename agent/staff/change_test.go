package staff_test

import (
	"fmt"
	"strings"
	"testing"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"

	"github.com/google/go-cmp/cmp"
)

const one = local + "1" // the first manager

func TestSetMakesAPerson(t *testing.T) {
	t.Parallel()
	s := newShop(t, staff.Options{}).first()
	id := s.hire(staff.Person{Name: "  Ｌｉ　 Lei ", Role: staff.Clerk, Rights: staff.Grants{
		staff.Sell: {"exit-1", staff.Every, "exit-1"}, staff.Refund: {"exit-1", "counter-1", "exit-1"}}}, false)
	want := staff.Person{ID: local + "2", Name: "Li Lei", Role: staff.Clerk,
		Rights: staff.Grants{staff.Sell: {staff.Every}, staff.Refund: {"counter-1", "exit-1"}}}
	if got := s.is(id); !cmp.Equal(got, want) {
		t.Errorf("made %+v, want %+v", got, want)
	}
	e := s.entries[len(s.entries)-1]
	if body, want := string(e.Body), `{"p":"local-2","r":"clerk","g":{"refund":["counter-1","exit-1"],"sell":["*"]},"b":"local-1"}`; body != want {
		t.Errorf("the entry is %s, want %s", body, want)
	}
	if name, ok := entry.Unseal[entry.PersonName](e.Private); !ok || name.Name != "Li Lei" {
		t.Errorf("its personal fields are %+v", name)
	}
	if step, err := s.Set(one, s.is(id), s.at()); err != nil || len(step.Entries) > 0 {
		t.Errorf("set as he is: %+v, %v", step, err)
	}
	s.put(s.Remove(one, id))
	if p := s.is(id); !p.Gone || p.Name != "Li Lei" || len(s.People()) != 1 {
		t.Errorf("gone, he is %+v, and %d are here", p, len(s.People()))
	}
	if next := s.hire(staff.Person{Name: "Li Lei", Role: staff.Clerk}, false); next != local+"3" {
		t.Errorf("the next person is %s: ids are given once", next)
	}
}

// TestSetIsRefused is what a change must be to be taken.
func TestSetIsRefused(t *testing.T) {
	t.Parallel()
	s := newShop(t, staff.Options{}).first()
	clerk := s.hire(staff.Person{Name: "李雷 A", Role: staff.Clerk}, true)
	off := s.hire(staff.Person{Name: "Ann", Role: staff.Manager, Off: true}, false)
	left := s.hire(staff.Person{Name: "Kate", Role: staff.Manager}, true)
	s.put(s.Remove(one, left))
	lei := staff.Person{ID: clerk, Name: "Lei", Role: staff.Clerk}
	with := func(change func(p *staff.Person)) staff.Person { p := lei; change(&p); return p }
	for _, row := range []struct {
		is  string
		by  string
		p   staff.Person
		why words.Denial
	}{
		{"right", one, lei, ""},
		{"by nobody", "", lei, words.DeniedNobody},
		{"by a stranger", local + "9", lei, words.DeniedNobody},
		{"by one who has left", left, lei, words.DeniedNobody},
		{"by one who is off", off, lei, words.DeniedOff},
		{"by a clerk", clerk, lei, words.DeniedRight},
		{"of a stranger", one, with(func(p *staff.Person) { p.ID = local + "9" }), words.DeniedNobody},
		{"of one who has left", one, with(func(p *staff.Person) { p.ID = left }), words.DeniedNobody},
		{"no name", one, with(func(p *staff.Person) { p.Name = " \t" }), words.DeniedName},
		{"24 characters", one, with(func(p *staff.Person) { p.Name = strings.Repeat("芳", 24) }), ""},
		{"25 characters", one, with(func(p *staff.Person) { p.Name = strings.Repeat("芳", 25) }), words.DeniedName},
		{"an invisible sign", one, with(func(p *staff.Person) { p.Name = "Lei\u200b" }), words.DeniedName},
		{"turned round", one, with(func(p *staff.Person) { p.Name = "\u202eLei" }), words.DeniedName},
		{"broken UTF-8", one, with(func(p *staff.Person) { p.Name = "Lei\xff" }), words.DeniedName},
		{"somebody's name", one, with(func(p *staff.Person) { p.Name = "ＡＮＮ" }), words.DeniedNameTaken},
		{"the name of one who has left", one, with(func(p *staff.Person) { p.Name = "Kate" }), ""},
		{"his own name", one, with(func(p *staff.Person) { p.Name = "李雷　a" }), ""},
		{"no role", one, with(func(p *staff.Person) { p.Role = "" }), words.DeniedGrants},
		{"another role", one, with(func(p *staff.Person) { p.Role = "owner" }), words.DeniedGrants},
		{"no right", one, with(func(p *staff.Person) { p.Rights = staff.Grants{} }), words.DeniedGrants},
		{"another right", one, with(func(p *staff.Person) { p.Rights = staff.Grants{"fly": {staff.Every}} }), words.DeniedGrants},
		{"a right nowhere", one, with(func(p *staff.Person) { p.Rights = staff.Grants{staff.Sell: {}} }), words.DeniedGrants},
		{"a lane without a name", one, with(func(p *staff.Person) { p.Rights = staff.Grants{staff.Sell: {""}} }), words.DeniedGrants},
		{"another lane", one, with(func(p *staff.Person) { p.Rights = staff.Grants{staff.Sell: {"exit-9"}} }), words.DeniedLanes},
		{"another lane among all", one, with(func(p *staff.Person) { p.Rights = staff.Grants{staff.Sell: {staff.Every, "exit-9"}} }), ""},
	} {
		step, err := s.Set(row.by, row.p, s.at())
		if got := why(t, err); got != row.why || (err == nil) != (len(step.Entries) > 0) {
			t.Errorf("%s: %q and %d entries, want %q", row.is, got, len(step.Entries), row.why)
		}
	}
	for _, row := range []struct {
		by, id string
		why    words.Denial
	}{{one, left, words.DeniedNobody}, {one, local + "9", words.DeniedNobody}, {clerk, off, words.DeniedRight}, {one, clerk, ""}} {
		if _, err := s.Remove(row.by, row.id); why(t, err) != row.why {
			t.Errorf("%s removes %s: %v, want %q", row.by, row.id, err, row.why)
		}
	}
}

// TestALaneThatIsGone: a right on a lane that the config has no more keeps nobody from
// being switched off, and is given to nobody else.
func TestALaneThatIsGone(t *testing.T) {
	t.Parallel()
	s := newShop(t, staff.Options{}).first()
	rights := staff.Grants{staff.Sell: {"exit-1"}}
	id := s.hire(staff.Person{Name: "Kate", Role: staff.Clerk, Rights: rights}, true)
	s.o.Lanes = []string{"counter-1", "till-1"}
	s.Roster = s.again()
	off := s.is(id)
	off.Off = true
	s.put(s.Set(one, off, s.at()))
	if now := s.is(id); !now.Off {
		t.Errorf("she is %+v", now)
	}
	for is, p := range map[string]staff.Person{
		"another person": {Name: "Ann", Role: staff.Clerk, Rights: rights}, "another right": {ID: id, Name: "Kate", Role: staff.Clerk, Rights: staff.Grants{staff.Sell: {"exit-1"}, staff.Refund: {"exit-1"}}},
	} {
		if _, err := s.Set(one, p, s.at()); why(t, err) != words.DeniedLanes {
			t.Errorf("%s: %v", is, err)
		}
	}
}

// TestNobodyNarrowsHimself: not by any way round, also where others could still do all.
func TestNobodyNarrowsHimself(t *testing.T) {
	t.Parallel()
	s := newShop(t, staff.Options{}).first()
	s.hire(staff.Person{Name: "Ann", Role: staff.Manager}, true)
	me := s.is(one)
	for is, change := range map[string]func(p *staff.Person){
		"off":        func(p *staff.Person) { p.Off = true },
		"role":       func(p *staff.Person) { p.Role = staff.Clerk },
		"rights":     func(p *staff.Person) { p.Rights = staff.Grants{staff.Staff: {staff.Every}} },
		"lanes":      func(p *staff.Person) { p.Rights = cloneWith(me.Grants(), staff.Refund, "counter-1") },
		"all by now": func(p *staff.Person) { p.Rights = cloneWith(me.Grants(), staff.Refund, lanes...) },
	} {
		p := me
		change(&p)
		if _, err := s.Set(one, p, s.at()); why(t, err) != words.DeniedSelf {
			t.Errorf("%s: %v", is, err)
		}
	}
	if _, err := s.Remove(one, one); why(t, err) != words.DeniedSelf {
		t.Errorf("removed himself: %v", err)
	}
	me.Name = "老板"
	if _, err := s.Set(one, me, s.at()); err != nil {
		t.Errorf("another name is no narrowing: %v", err)
	}
}

func cloneWith(g staff.Grants, right staff.Right, lanes ...string) staff.Grants {
	c := staff.Grants{}
	for r, l := range g {
		c[r] = l
	}
	c[right] = lanes
	return c
}

// TestNobodyTouchesMoreThanHimself: who sets people on one lane makes and
// touches nobody who may do something elsewhere, or what he may not.
func TestNobodyTouchesMoreThanHimself(t *testing.T) {
	t.Parallel()
	s := newShop(t, staff.Options{}).first()
	at := staff.Lanes{"counter-1"}
	ann := s.hire(staff.Person{Name: "Ann", Role: staff.Manager, Rights: staff.Grants{
		staff.Staff: at, staff.Sell: {staff.Every}, staff.Refund: at, staff.Reports: {"exit-1"}}}, true)
	boss := s.hire(staff.Person{Name: "Boss", Role: staff.Clerk, Rights: staff.Grants{staff.Staff: {staff.Every}, staff.Sell: {staff.Every}, staff.Refund: {staff.Every}}}, true)
	for _, row := range []struct {
		is, by string
		p      staff.Person
		why    words.Denial
	}{
		{"a clerk on her lane", ann, staff.Person{Role: staff.Clerk, Rights: staff.Grants{staff.Sell: at, staff.Refund: at}}, ""},
		{"a manager on her lane", ann, staff.Person{Role: staff.Manager, Rights: staff.Grants{staff.Staff: at}}, ""},
		{"a clerk everywhere", ann, staff.Person{Role: staff.Clerk}, words.DeniedAbove},
		{"where she sets nobody", ann, staff.Person{Role: staff.Clerk, Rights: staff.Grants{staff.Sell: {"exit-1"}}}, words.DeniedAbove},
		{"what she has not", ann, staff.Person{Role: staff.Clerk, Rights: staff.Grants{staff.Settings: at}}, words.DeniedAbove},
		{"what she has elsewhere", ann, staff.Person{Role: staff.Clerk, Rights: staff.Grants{staff.Reports: {"exit-1"}}}, words.DeniedAbove},
		{"a manager, by a clerk", boss, staff.Person{Role: staff.Manager, Rights: staff.Grants{staff.Sell: at}}, words.DeniedAbove},
		{"a clerk, by a clerk", boss, staff.Person{Role: staff.Clerk}, ""},
		{"a technician, by a clerk", boss, staff.Person{Role: staff.Technician}, words.DeniedAbove},
	} {
		row.p.Name = "New"
		step, err := s.Set(row.by, row.p, s.at())
		if got := why(t, err); got != row.why {
			t.Errorf("%s: %q, want %q", row.is, got, row.why)
		}
		if err == nil {
			continue
		}
		// Made by somebody who may, touching is refused as well.
		id := s.hire(row.p, false)
		if _, err := s.Remove(row.by, id); why(t, err) != words.DeniedAbove {
			t.Errorf("%s, removed: %v", row.is, err)
		}
		if _, _, err := s.Activate(row.by, id, s.at()); why(t, err) != words.DeniedAbove {
			t.Errorf("%s, whose PIN is set anew: %v", row.is, err)
		}
		less := s.is(id)
		less.Role, less.Rights = staff.Clerk, staff.Grants{staff.Sell: at}
		if _, err := s.Set(row.by, less, s.at()); why(t, err) != words.DeniedAbove {
			t.Errorf("%s, narrowed to what is hers: %v, %v", row.is, step, err)
		}
		s.put(s.Remove(one, id))
	}
}

// TestWideningByTheClock: while the clock proves nothing, nobody gets a right
// without a manager who has just typed a PIN; whoever loses one loses it at once.
func TestWideningByTheClock(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		is     string
		change func(p *staff.Person)
		wider  bool
	}{
		{"a new person", func(p *staff.Person) { *p = staff.Person{Name: "New", Role: staff.Clerk} }, true},
		{"a new right", func(p *staff.Person) { p.Rights = cloneWith(p.Rights, staff.Reports, "exit-1") }, true},
		{"a new lane", func(p *staff.Person) { p.Rights = cloneWith(p.Rights, staff.Refund, lanes...) }, true},
		{"all lanes in place of one", func(p *staff.Person) { p.Rights = cloneWith(p.Rights, staff.Refund, staff.Every) }, true},
		{"override", func(p *staff.Person) { p.Rights = cloneWith(p.Rights, staff.Override, staff.Every) }, true},
		{"what the role has", func(p *staff.Person) { p.Rights = nil }, true},
		{"the role", func(p *staff.Person) { p.Role = staff.Manager }, true},
		{"wider here, narrower there", func(p *staff.Person) { p.Rights = staff.Grants{staff.Refund: {"exit-1"}} }, true},
		{"a name", func(p *staff.Person) { p.Name = "Lucy" }, false},
		{"fewer lanes", func(p *staff.Person) { p.Rights = cloneWith(p.Rights, staff.Sell, "exit-1") }, false},
		{"off", func(p *staff.Person) { p.Off = true }, false},
	} {
		t.Run(row.is, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, staff.Options{}).first()
			p := s.is(s.hire(staff.Person{Name: "Lily", Role: staff.Clerk, Rights: staff.Grants{staff.Sell: lanes, staff.Refund: {"counter-1"}}}, true))
			row.change(&p)
			for _, trust := range []entry.Trust{entry.Untrusted, entry.Floor} {
				s.stamp.Trust = trust
				want := words.Denial("")
				if row.wider {
					want = words.DeniedClock
				}
				if _, err := s.Set(one, p, s.at()); why(t, err) != want {
					t.Errorf("trust %d: %v, want %q", trust, err, want)
				}
			}
			now := s.at()
			now.Spot = staff.JustTyped(one, now.Mono-1000)
			step, err := s.Set(one, p, now)
			s.put(step, err)
			want := ""
			if row.wider {
				want = one
			}
			if b := entry.Must[entry.PersonSetBody](s.entries[len(s.entries)-1]); b.Spot != want {
				t.Errorf("the entry names %q, want %q", b.Spot, want)
			}
		})
	}
	t.Run("on again", func(t *testing.T) {
		t.Parallel()
		s := newShop(t, staff.Options{}).first()
		p := s.is(s.hire(staff.Person{Name: "Lily", Role: staff.Clerk, Off: true}, false))
		s.stamp.Trust, p.Off = entry.Floor, false
		if _, err := s.Set(one, p, s.at()); why(t, err) != words.DeniedClock {
			t.Errorf("switched on: %v", err)
		}
		s.put(s.Remove(one, p.ID))
	})
}

func TestThereIsRoomForTwoHundred(t *testing.T) {
	t.Parallel()
	s := newShop(t, staff.Options{}).first()
	last := ""
	for i := range 199 {
		last = s.hire(staff.Person{Name: fmt.Sprint("Clerk ", i), Role: staff.Clerk}, false)
	}
	next := staff.Person{Name: "One more", Role: staff.Clerk}
	if _, err := s.Set(one, next, s.at()); why(t, err) != words.DeniedMany {
		t.Errorf("the 201st: %v", err)
	}
	s.put(s.Remove(one, last))
	s.put(s.Set(one, next, s.at()))
}

// TestAgain: the roster goes on in another epoch, whose journal it begins.
func TestAgain(t *testing.T) {
	t.Parallel()
	s := newShop(t, staff.Options{}).first()
	s.hire(staff.Person{Name: "Ann", Role: staff.Clerk, Rights: staff.Grants{staff.Sell: {"exit-1"}}}, true)
	s.put(s.Remove(one, s.hire(staff.Person{Name: "Kate", Role: staff.Clerk}, true)))
	next := newShop(t, staff.Options{})
	next.put(s.Again())
	next.Fold(s.secrets)
	for id := range 3 {
		id := fmt.Sprint(local, id+1)
		if got, want := next.is(id), s.is(id); !cmp.Equal(got, want) {
			t.Errorf("%s is %+v, was %+v", id, got, want)
		}
	}
	if id := next.hire(staff.Person{Name: "New", Role: staff.Clerk}, false); id != local+"4" {
		t.Errorf("the next person is %s", id)
	}
}
