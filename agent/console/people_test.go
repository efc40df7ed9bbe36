package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"tillgate/agent/duty"
	"tillgate/agent/staff"
	"tillgate/store/entry"
)

var linkText = regexp.MustCompile(`http://127\.0\.0\.1:8080(/activate/[A-Za-z0-9_-]{22})`)

// named is a person by name.
func (s *shop) named(name string) staff.Person {
	s.t.Helper()
	for _, p := range s.desk.Roster.People() {
		if p.Name == name {
			return p
		}
	}
	s.t.Fatalf("nobody is called %s", name)
	return staff.Person{}
}

var stampText = regexp.MustCompile(`name="stamp" value="([^"]+)"`)

// stamp is what a person's page carries of them.
func (s *shop) stamp(cookie, id string) string {
	s.t.Helper()
	text := s.ask("GET", personPath(id), "", "Cookie", cookie).Body.String()
	found := stampText.FindStringSubmatch(text)
	if found == nil {
		s.t.Fatalf("the page of %s has no form: %s", id, notes(text))
	}
	return found[1]
}

// person is a form of a person, as their page would have it.
func (s *shop) person(cookie string, p staff.Person) url.Values {
	form := url.Values{"stamp": {s.stamp(cookie, p.ID)}, "name": {p.Name}, "role": {string(p.Role)}, "rights": {"role"}}
	if p.Rights != nil {
		form.Set("rights", "own")
		for right, lanes := range p.Rights {
			form[string(right)] = lanes
		}
	}
	return form
}

// trust sets how far the clock can be believed.
func (s *shop) trust(t entry.Trust) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.Trust = t
}

// TestHire: a manager makes a person and shows the link, once; its person sets a
// PIN with it and signs in. Nobody else can.
func TestHire(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	chief, kate := s.signIn("Chief"), s.signIn("Kate")
	if status, text := s.send(kate, "/people", "/people", url.Values{"name": {"Zoe"}, "role": {"manager"}}); status == http.StatusOK || !strings.Contains(text, "no right to do that") {
		t.Errorf("a clerk hires: %d %s", status, notes(text))
	}
	if text := s.ask("GET", "/shift", "", "Cookie", kate).Body.String(); strings.Contains(text, `href="/people"`) || strings.Contains(text, `href="/settings"`) {
		t.Error("a clerk is offered what only managers may")
	}
	list := s.ask("GET", "/people", "", "Cookie", chief).Body.String()
	token := formToken.FindStringSubmatch(list)[1]
	hire := url.Values{"form": {token}, "name": {"李雷"}, "role": {"clerk"}}.Encode()
	re := s.ask("POST", "/people", hire, "Cookie", chief)
	link := linkText.FindStringSubmatch(re.Body.String())
	if re.Code != http.StatusOK || link == nil || !strings.Contains(re.Body.String(), `<svg class="code"`) || re.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("hiring: %d %s", re.Code, re.Body)
	}
	if again := s.ask("POST", "/people", hire, "Cookie", chief); again.Code != http.StatusConflict || linkText.MatchString(again.Body.String()) || len(s.desk.Roster.People()) != 3 {
		t.Errorf("the same form again: %d, %d people", again.Code, len(s.desk.Roster.People()))
	}
	for _, path := range []string{"/people", personPath(s.named("李雷").ID)} {
		if text := s.ask("GET", path, "", "Cookie", chief).Body.String(); strings.Contains(text, link[1]) || !strings.Contains(text, "No PIN yet") {
			t.Errorf("%s shows the link again, or not that it was never followed", path)
		}
	}
	if re := s.ask("POST", link[1], "pin=830376&again=830376"); re.Header().Get("Location") != "/sign-in?set=yes" {
		t.Errorf("setting the PIN: %d %v", re.Code, re.Header())
	}
	if text := s.ask("GET", "/sign-in?set=yes", "").Body.String(); !strings.Contains(text, "The PIN is set") {
		t.Errorf("after it: %s", notes(text))
	}
	s.pins["李雷"] = "830376"
	s.signIn("李雷")
	if status, text := s.send(chief, "/people", "/people", url.Values{"name": {"kate"}, "role": {"clerk"}}); status != http.StatusConflict || !strings.Contains(text, "Somebody has that name") || !strings.Contains(text, `value="kate"`) {
		t.Errorf("a name twice: %d %s", status, notes(text))
	}
	if re := s.ask("POST", personPath(s.named("Kate").ID)+"/link", "x=1", "Cookie", chief); !linkText.MatchString(re.Body.String()) {
		t.Errorf("a new link for Kate: %d %s", re.Code, notes(re.Body.String()))
	}
	s.signIn("Kate") // her old PIN goes on until the link is followed
}

// TestRightsByPage: rights are set down to the lane, somebody is switched off, on
// and removed; nobody does so to himself, and a page that is old changes nothing.
func TestRightsByPage(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	chief, id := s.signIn("Chief"), s.named("Kate").ID
	page, old := personPath(id), s.stamp(chief, id)
	form := s.person(chief, staff.Person{ID: id, Name: "Kate Lin", Role: staff.Clerk, Rights: staff.Grants{staff.Sell: {staff.Every}, staff.Refund: {"counter-1"}, staff.Approve: {"exit-1"}}})
	if status, text := s.send(chief, page, page, form); status != http.StatusOK || !strings.Contains(text, "Saved") {
		t.Fatalf("setting rights: %d %s", status, notes(text))
	}
	now := staff.Now{Stamp: s.now()}
	for _, row := range []struct {
		right staff.Right
		lane  string
		may   bool
	}{
		{staff.Sell, "exit-1", true}, {staff.Sell, "", true}, {staff.Refund, "counter-1", true}, {staff.Refund, "exit-1", false}, {staff.Approve, "exit-1", true}, {staff.Approve, "counter-1", false}, {staff.Reports, "exit-1", false},
	} {
		if err := s.desk.Roster.May(id, row.right, row.lane, now); (err == nil) != row.may {
			t.Errorf("%s on %q: %v", row.right, row.lane, err)
		}
	}
	text := s.ask("GET", page, "", "Cookie", chief).Body.String()
	if !strings.Contains(text, `name="refund" value="counter-1" checked`) || strings.Contains(text, `name="refund" value="exit-1" checked`) || !strings.Contains(text, `value="own" checked`) {
		t.Error("the page does not show the rights as they are")
	}
	if list := s.ask("GET", "/people", "", "Cookie", chief).Body.String(); !strings.Contains(list, "退款 Refund (counter-1)") {
		t.Errorf("the list does not: %s", list)
	}

	for _, c := range []struct {
		what, says string
		form       url.Values
	}{
		{"an old page", "Somebody has just changed this person", url.Values{"stamp": {old}, "name": {"Kate"}, "role": {"manager"}, "rights": {"role"}}},
		{"no rights at all", "at least one right", url.Values{"stamp": {s.stamp(chief, id)}, "name": {"Kate"}, "role": {"clerk"}, "rights": {"own"}}},
		{"a lane that is none", "no such lane", url.Values{"stamp": {s.stamp(chief, id)}, "name": {"Kate"}, "role": {"clerk"}, "rights": {"own"}, "sell": {"moon"}}},
		{"no name", "A name has", url.Values{"stamp": {s.stamp(chief, id)}, "name": {" "}, "role": {"clerk"}, "rights": {"role"}}},
	} {
		if status, text := s.send(chief, page, page, c.form); status != http.StatusConflict || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %s, want %q", c.what, status, notes(text), c.says)
		}
	}
	if got := s.named("Kate Lin"); got.Role != staff.Clerk || len(got.Rights) != 3 {
		t.Errorf("what was refused has changed Kate to %+v", got)
	}

	mine := s.named("Chief")
	less := s.person(chief, staff.Person{ID: mine.ID, Name: "Chief", Role: staff.Clerk})
	for path, form := range map[string]url.Values{personPath(mine.ID): less, personPath(mine.ID) + "/off": {}, personPath(mine.ID) + "/remove": {}} {
		if status, text := s.send(chief, personPath(mine.ID), path, form); status != http.StatusConflict || !strings.Contains(text, "不能删除、停用自己") {
			t.Errorf("%s of oneself: %d %s", path, status, notes(text))
		}
	}
	s.pins["Kate Lin"] = s.pins["Kate"]
	kate := s.signIn("Kate Lin")
	if status, text := s.send(chief, page, page+"/off", url.Values{}); status != http.StatusOK || !strings.Contains(text, "Switched off") {
		t.Errorf("switching off: %d %s", status, notes(text))
	}
	if re := s.ask("GET", "/shift", "", "Cookie", kate); re.Code != http.StatusSeeOther {
		t.Errorf("who is switched off is still signed in: %d", re.Code)
	}
	if status, _ := s.send(chief, page, page+"/on", url.Values{}); status != http.StatusOK || s.named("Kate Lin").Off {
		t.Errorf("switching on: %d", status)
	}
	if status, text := s.send(chief, page, page+"/remove", url.Values{}); status != http.StatusOK || strings.Contains(text, "Kate") || len(s.desk.Roster.People()) != 1 {
		t.Errorf("removing: %d %s", status, notes(text))
	}
	if re := s.ask("GET", page, "", "Cookie", chief); re.Code != http.StatusNotFound || !strings.Contains(re.Body.String(), "no such person") {
		t.Errorf("the page of who has left: %d %s", re.Code, notes(re.Body.String()))
	}
}

// withoutRefund takes a person's right to refund.
func (s *shop) withoutRefund(name string) {
	s.t.Helper()
	p := s.named(name)
	p.Rights = staff.Grants{staff.Sell: {staff.Every}}
	if err := s.desk.SetPerson(s.t.Context(), "local-1", p, duty.Spot{}); err != nil {
		s.t.Fatal(err)
	}
}

// TestTwoManagersAtOnce: each takes the other's right to refund in the same
// moment, at pages that both show it. One is refused in words; somebody can
// always refund.
func TestTwoManagersAtOnce(t *testing.T) {
	t.Parallel()
	for range 5 {
		s := newShop(t)
		s.open()
		s.hire("local-1", "Boss", staff.Manager, "830376")
		s.withoutRefund("Kate")
		narrow := staff.Grants{staff.Sell: {staff.Every}, staff.Staff: {staff.Every}}
		type call struct{ cookie, page, form string }
		var calls [2]call
		for i, names := range [][2]string{{"Chief", "Boss"}, {"Boss", "Chief"}} {
			cookie, other := s.signIn(names[0]), s.named(names[1])
			other.Rights = narrow
			calls[i] = call{cookie, personPath(other.ID), s.person(cookie, other).Encode()}
		}
		var codes [2]int
		var texts [2]string
		var both sync.WaitGroup
		for i, c := range calls {
			both.Go(func() {
				re := s.ask("POST", c.page, c.form, "Cookie", c.cookie)
				codes[i], texts[i] = re.Code, re.Body.String()
			})
		}
		both.Wait()
		lost := 0
		if codes[1] != http.StatusSeeOther {
			lost = 1
		}
		if codes[1-lost] != http.StatusSeeOther || codes[lost] != http.StatusConflict || !strings.Contains(texts[lost], "此后将无人能在所有通道退款，未更改") {
			t.Errorf("they are told %v %v", codes, notes(texts[lost]))
		}
		able := 0
		for _, p := range s.desk.Roster.People() {
			if s.desk.Roster.May(p.ID, staff.Refund, "", staff.Now{Stamp: s.now()}) == nil && p.PIN {
				able++
			}
		}
		if able != 1 {
			t.Errorf("%d people can refund everywhere", able)
		}
	}
}

// TestTheLastRefundRight is not given up by page, whoever asks.
func TestTheLastRefundRight(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	s.hire("local-1", "Boss", staff.Manager, "830376")
	s.withoutRefund("Kate")
	chief, boss := s.signIn("Chief"), s.signIn("Boss")
	narrow := s.named("Boss")
	narrow.Rights = staff.Grants{staff.Staff: {staff.Every}, staff.Sell: {staff.Every}}
	if status, text := s.send(chief, personPath(narrow.ID), personPath(narrow.ID), s.person(chief, narrow)); status != http.StatusOK {
		t.Fatalf("one of two: %d %s", status, notes(text))
	}
	for path, form := range map[string]url.Values{"": s.person(boss, staff.Person{ID: "local-1", Name: "Chief", Role: staff.Technician}), "/off": {}, "/remove": {}} {
		if status, text := s.send(boss, personPath("local-1"), personPath("local-1")+path, form); status != http.StatusConflict || !strings.Contains(text, "nobody could refund on every lane") {
			t.Errorf("the last one by %q: %d %s", path, status, notes(text))
		}
	}
}

// TestTheClockAtPages: while it proves nothing, what widens takes a manager's PIN
// in the same form, and what narrows goes; the fields are there only then.
func TestTheClockAtPages(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	chief, kate := s.signIn("Chief"), s.named("Kate")
	if text := s.ask("GET", "/people", "", "Cookie", chief).Body.String(); strings.Contains(text, "spot-pin") {
		t.Error("a PIN is asked for while the clock is trusted")
	}
	s.trust(entry.Floor)
	if text := s.ask("GET", "/people", "", "Cookie", chief).Body.String(); !strings.Contains(text, "spot-pin") || !strings.Contains(text, "时钟未校准") {
		t.Error("no PIN is asked for while the clock proves nothing")
	}
	hire := func(pin string) (int, string) {
		return s.send(chief, "/people", "/people", url.Values{"name": {"Zoe"}, "role": {"clerk"}, "spot-name": {"Chief"}, "spot-pin": {pin}})
	}
	for _, c := range []struct{ pin, says string }{{"", "clock is not trusted yet"}, {"999911", "is wrong"}} {
		if status, text := hire(c.pin); status != http.StatusConflict || !strings.Contains(text, c.says) || strings.Contains(text, "999911") || len(s.desk.Roster.People()) != 2 {
			t.Errorf("with the PIN %q: %d %s", c.pin, status, notes(text))
		}
	}
	s.pass(2 * time.Second)
	if status, text := hire(string(s.pins["Chief"])); status != http.StatusOK || !linkText.MatchString(text) {
		t.Errorf("with the right one: %d %s", status, notes(text))
	}
	page := personPath(kate.ID)
	wide, less := kate, kate
	wide.Role = staff.Manager
	less.Rights = staff.Grants{staff.Sell: {"counter-1"}}
	if status, text := s.send(chief, page, page, s.person(chief, wide)); status != http.StatusConflict || !strings.Contains(text, "时钟未校准") || s.named("Kate").Role != staff.Clerk {
		t.Errorf("a manager is made without one: %d %s", status, notes(text))
	}
	if status, text := s.send(chief, page, page, s.person(chief, less)); status != http.StatusOK {
		t.Errorf("rights are narrowed: %d %s", status, notes(text))
	}
	if status, text := s.send(chief, page, page+"/off", url.Values{}); status != http.StatusOK {
		t.Errorf("somebody is switched off: %d %s", status, notes(text))
	}
	if status, text := s.send(chief, page, page+"/on", url.Values{}); status != http.StatusConflict || !strings.Contains(text, "时钟未校准") {
		t.Errorf("and on: %d %s", status, notes(text))
	}
	if status, text := s.send(chief, page, page+"/on", url.Values{"spot-name": {"Chief"}, "spot-pin": {string(s.pins["Chief"])}}); status != http.StatusOK {
		t.Errorf("and on with a PIN: %d %s", status, notes(text))
	}
}

// TestWrongPINTwentyTimes at the page: five are looked at, then the name is
// locked for a quarter of an hour, for the right PIN too; the answers are the
// same for a name that nobody has, and no PIN stands in any.
func TestWrongPINTwentyTimes(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	knock := func(name, pin string) (int, string) {
		re := s.ask("POST", "/sign-in", url.Values{"name": {name}, "pin": {pin}}.Encode())
		return re.Code, re.Body.String()
	}
	_, before, _ := s.store.Head()
	for _, name := range []string{"Kate", "Nobody"} {
		looked := 0
		for i := range 20 {
			code, text := knock(name, "99991"+string(rune('0'+i%10)))
			if code != http.StatusForbidden || strings.Contains(text, "99991") || len(notes(text)) != 1 {
				t.Fatalf("try %d for %s: %d %s", i+1, name, code, notes(text))
			}
			if strings.Contains(text, "is wrong") {
				looked++
			}
			s.pass(10 * time.Second) // more than the pauses of the first four
		}
		if looked != 5 {
			t.Errorf("%d of 20 PINs for %s were looked at", looked, name)
		}
	}
	if _, after, _ := s.store.Head(); after-before != 10 {
		t.Errorf("%d entries were written", after-before)
	}
	if code, text := knock("Kate", string(s.pins["Kate"])); code != http.StatusForbidden || !strings.Contains(text, "try again in") || !strings.Contains(text, "分钟后可再试") {
		t.Errorf("the right PIN of a locked name: %d %s", code, notes(text))
	}
	if cookie := s.signIn("Chief"); cookie == "" {
		t.Error("another person is locked out")
	}
	s.pass(15 * time.Minute)
	s.signIn("Kate")
	if status, text := s.send(s.signIn("Chief"), "/people", personPath(s.named("Kate").ID)+"/link", url.Values{}); status != http.StatusOK || !linkText.MatchString(text) {
		t.Errorf("a manager cannot make a link for who was locked: %d", status)
	}
}
