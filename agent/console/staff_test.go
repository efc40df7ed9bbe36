package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tillgate/agent/duty"
	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// shop is pages over a real journal, with people who have PINs.
type shop struct {
	bench
	t     *testing.T
	store *store.Store
	desk  *duty.Desk
	pins  map[string]pay.Secret // by name

	mu    sync.Mutex
	clock entry.Stamp
}

// deskLanes are the bench's, as a desk knows them.
type deskLanes struct{ counter, exit *fakeLane }

func (deskLanes) Names() []string { return []string{"counter-1", "exit-1"} }

func (d deskLanes) Roles(lane string) []flow.Role {
	l := map[string]*fakeLane{"counter-1": d.counter, "exit-1": d.exit}[lane]
	if l == nil {
		return nil
	}
	view, _ := l.View()
	return view.Role.Within()
}

func (d deskLanes) Offer(lane string, ev flow.Event) bool {
	return map[string]*fakeLane{"counter-1": d.counter, "exit-1": d.exit}[lane].Offer(ev)
}

func newShop(t *testing.T, with ...func(*Options)) *shop {
	t.Helper()
	s := &shop{t: t, pins: map[string]pay.Secret{}, clock: entry.Stamp{Wall: time.Now().UnixMilli(), Mono: 50_000, Trust: entry.Trusted}}
	var err error
	s.store, err = store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "tillgate.db"), Prefix: "10000001", Device: "0001", Version: "test", Boot: "boot", Clock: s.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.store.Close() })
	pins, err := staff.NewPins(nil)
	if err != nil {
		t.Fatal(err)
	}
	s.bench = newBench(append(with, func(o *Options) {
		lanes := deskLanes{o.Lanes[0].(*fakeLane), o.Lanes[1].(*fakeLane)}
		s.desk = duty.New(duty.Options{Device: "100000010001", Site: o.Site, Journal: s.store, Pins: pins, Lanes: lanes,
			Roster:  staff.New(staff.Options{Site: "10000001", Lanes: lanes.Names()}),
			Printer: func(string) *flow.Output { return nil }, Clock: s.now})
		o.Desk = s.desk
	})...)
	if err := s.desk.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *shop) now() entry.Stamp {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock
}

// pass turns the desk's clocks on.
func (s *shop) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.Wall += d.Milliseconds()
	s.clock.Mono += d.Milliseconds()
}

// first is a manager's link, as the terminal's command prints it.
func (s *shop) first(name string) staff.Link {
	s.t.Helper()
	link, err := s.desk.First(s.t.Context(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	return link
}

// open sets up a manager, Chief, and a clerk, Kate.
func (s *shop) open() {
	s.t.Helper()
	ctx := s.t.Context()
	boss := s.first("Chief")
	s.pin(ctx, boss, "Chief", "830174")
	s.hire(boss.Person, "Kate", staff.Clerk, "830275")
	for _, set := range [][2]string{{string(words.SettingSecondLimit), "9000.00"}, {string(words.SettingRefundLimit), "2000.00"}} {
		if err := s.desk.Set(ctx, boss.Person, words.Setting(set[0]), set[1]); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *shop) hire(by, name string, role staff.Role, pin pay.Secret) (id string) {
	s.t.Helper()
	ctx := s.t.Context()
	if err := s.desk.SetPerson(ctx, by, staff.Person{Name: name, Role: role}, duty.Spot{}); err != nil {
		s.t.Fatal(err)
	}
	for _, p := range s.desk.Roster.People() {
		if p.Name == name {
			link, err := s.desk.Activate(ctx, by, p.ID)
			if err != nil {
				s.t.Fatal(err)
			}
			s.pin(ctx, link, name, pin)
			return p.ID
		}
	}
	s.t.Fatalf("%s has not been hired", name)
	return ""
}

func (s *shop) pin(ctx context.Context, link staff.Link, name string, pin pay.Secret) {
	s.t.Helper()
	if err := s.desk.Finish(ctx, link.Token, pin); err != nil {
		s.t.Fatal(err)
	}
	s.pins[name] = pin
}

// signIn answers the cookie of somebody who has signed in.
func (s *shop) signIn(name string) string {
	s.t.Helper()
	re := s.ask("POST", "/sign-in", url.Values{"name": {name}, "pin": {string(s.pins[name])}}.Encode())
	if re.Code != http.StatusSeeOther {
		s.t.Fatalf("%s cannot sign in: %d %s", name, re.Code, re.Body)
	}
	cookie, _, _ := strings.Cut(re.Header().Get("Set-Cookie"), ";")
	return cookie
}

// TestNobodyIsSetUp: a terminal without people sells as ever, and its page says
// how the first manager comes about.
func TestNobodyIsSetUp(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	if re := s.ask("POST", "/lanes/counter-1/amount", "amount=12.50", "Accept", "application/json"); re.Code != http.StatusOK {
		t.Errorf("an amount: %d %s", re.Code, re.Body)
	}
	if re := s.ask("GET", "/sign-in", ""); re.Code != http.StatusOK || !strings.Contains(re.Body.String(), "tillgate staff first") {
		t.Errorf("sign-in: %d %s", re.Code, re.Body)
	}
	s.first("Chief") // a link that nobody has followed locks nobody out
	if re := s.ask("POST", "/lanes/counter-1/amount", "amount=12.50", "Accept", "application/json"); re.Code != http.StatusOK {
		t.Errorf("an amount while the link waits: %d %s", re.Code, re.Body)
	}
}

// TestActivate: a link sets one PIN, once; what is wrong with it is said, and the
// link's token stands on no page.
func TestActivate(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	link := s.first("Chief")
	at := "/activate/" + string(link.Token)
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"GET", "/activate/AAAAAAAAAAAAAAAAAAAAAA", "", http.StatusNotFound, "not valid"},
		{"GET", at, "", http.StatusOK, "Chief"},
		{"POST", at, "pin=830174&again=830175", http.StatusUnprocessableEntity, "not the same"},
		{"POST", at, "pin=123456&again=123456", http.StatusUnprocessableEntity, "too easy"},
		{"POST", at, "pin=830174&again=830174", http.StatusSeeOther, ""},
		{"POST", at, "pin=830274&again=830274", http.StatusNotFound, "used"},
	} {
		re := s.ask(c.method, c.path, c.body)
		if text := re.Body.String(); re.Code != c.status || !strings.Contains(text, c.says) || strings.Contains(text, string(link.Token)) || strings.Contains(text, "8301") {
			t.Errorf("%s %s %s: %d %s, want %d and %q, and nothing secret", c.method, c.path, c.body, re.Code, text, c.status, c.says)
		}
	}
}

// TestSignIn: who is let in may begin a sale; the cookie is for this browser's
// requests to us alone.
func TestSignIn(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	amount := func(cookie string) (int, string) {
		re := s.ask("POST", "/lanes/counter-1/amount", "amount=12.50", "Accept", "application/json", "Cookie", cookie)
		return re.Code, re.Body.String()
	}
	if code, text := amount(""); code != http.StatusUnauthorized || !strings.Contains(text, "请先登录") {
		t.Errorf("an amount of nobody: %d %s", code, text)
	}
	wrong := s.ask("POST", "/sign-in", "name=Kate&pin=999911")
	if text := wrong.Body.String(); wrong.Code != http.StatusForbidden || !strings.Contains(text, "is wrong") || strings.Contains(text, "999911") || !strings.Contains(text, `value="Kate"`) || wrong.Header().Get("Set-Cookie") != "" {
		t.Errorf("a wrong PIN: %d %s", wrong.Code, text)
	}
	if soon := s.ask("POST", "/sign-in", "name=Kate&pin=830275"); soon.Code != http.StatusForbidden || !strings.Contains(soon.Body.String(), "try again in") {
		t.Errorf("at once after a wrong one: %d %s", soon.Code, soon.Body)
	}
	s.pass(2 * time.Second)
	in := s.ask("POST", "/sign-in", "name=Kate&pin=830275&next=/lanes/counter-1")
	if set := in.Header().Get("Set-Cookie"); in.Code != http.StatusSeeOther || in.Header().Get("Location") != "/lanes/counter-1" ||
		!strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Strict") || !strings.Contains(set, "Path=/") || !strings.Contains(set, "Max-Age=86400") {
		t.Errorf("signing in: %d %v", in.Code, in.Header())
	}
	cookie := s.signIn("Kate")
	if code, text := amount(cookie); code != http.StatusOK {
		t.Errorf("an amount of Kate's: %d %s", code, text)
	}
	if out := s.ask("POST", "/sign-out", "", "Cookie", cookie); out.Code != http.StatusSeeOther || !strings.Contains(out.Header().Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("signing out: %d %v", out.Code, out.Header())
	}
	if code, _ := amount(cookie); code != http.StatusUnauthorized {
		t.Errorf("an amount after signing out: %d", code)
	}
}

// TestASessionEndsInTheMiddleOfASale: the sale goes on; the next one takes
// somebody who is signed in.
func TestASessionEndsInTheMiddleOfASale(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	cookie := s.signIn("Kate")
	if re := s.ask("POST", "/lanes/counter-1/amount", "amount=12.50", "Accept", "application/json", "Cookie", cookie); re.Code != http.StatusOK {
		t.Fatalf("an amount: %d %s", re.Code, re.Body)
	}
	for _, p := range s.desk.Roster.People() { // her sessions end with that
		if p.Name == "Kate" {
			p.Off = true
			if err := s.desk.SetPerson(t.Context(), "local-1", p, duty.Spot{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if re := s.ask("POST", "/lanes/counter-1/cash", "given=20", "Accept", "application/json", "Cookie", cookie); re.Code != http.StatusOK {
		t.Errorf("the cash: %d %s", re.Code, re.Body)
	}
	if v, _ := s.counter.View(); v.Order.Phase != words.PaidOrder {
		t.Errorf("the order is %s", v.Order.Phase)
	}
	if re := s.ask("POST", "/lanes/counter-1/amount", "amount=3", "Accept", "application/json", "Cookie", cookie); re.Code != http.StatusUnauthorized {
		t.Errorf("the next amount: %d %s", re.Code, re.Body)
	}
}

// TestWhoTakesTheMoney: what is done with an order takes somebody who is signed in
// and may sell on its lane, or the browser that began it; the lane hears who.
func TestWhoTakesTheMoney(t *testing.T) {
	t.Parallel()
	for _, locked := range []bool{false, true} {
		s := newShop(t, func(o *Options) { o.Locked = locked })
		s.open()
		s.hire("local-1", "Lin", staff.Technician, "830376")
		kate, _ := s.desk.Roster.Named("Kate")
		does := func(cookie, lane, verb, body string) int {
			return s.ask("POST", "/lanes/"+lane+"/"+verb, body, "Accept", "application/json", "Cookie", cookie).Code
		}
		verbs := map[string]string{verbCash: "given=20", verbCard: "ref=000123", verbQR: "", verbCode: "code=" + wechatCode, verbCancel: ""}
		begins := func() (cookie string) {
			t.Helper()
			cookie = s.signIn("Kate")
			if got := does(cookie, "counter-1", verbAmount, "amount=12.50"); got != http.StatusOK {
				t.Fatalf("an amount: %d", got)
			}
			return cookie
		}
		heard := func() int { return len(s.counter.events()) }
		over := begins()
		s.console.sessions.age()
		strangers := map[string]string{"nobody": "", "another browser": cookieName + "=ABC", "a technician": s.signIn("Lin")}
		before := heard()
		for who, cookie := range strangers {
			for verb, body := range verbs {
				if got := does(cookie, "counter-1", verb, body); got != http.StatusUnauthorized && got != http.StatusForbidden {
					t.Errorf("%s does %s: %d", who, verb, got)
				}
			}
		}
		if got := does(over, "exit-1", verbCash, "given=20"); got != http.StatusUnauthorized {
			t.Errorf("the browser that began it, on another lane: %d", got)
		}
		if heard() != before {
			t.Errorf("the lane heard %+v", s.counter.events()[before:])
		}
		if re := s.ask("GET", "/lanes/counter-1", "", "Cookie", over, "Accept", "text/html"); re.Code != http.StatusOK {
			t.Errorf("the page that began it, locked %t: %d", locked, re.Code)
		}
		for verb, body := range verbs {
			cookie := begins()
			s.console.sessions.age()
			if got := does(cookie, "counter-1", verb, body); got != http.StatusOK {
				t.Errorf("the session is over, %s in its browser: %d", verb, got)
			}
			if verb == verbCash {
				if all := s.counter.events(); all[len(all)-1] != (flow.Cash{Given: 2000, Staff: kate.ID}) {
					t.Errorf("the lane heard %+v", all[len(all)-1])
				}
				if got := does(cookie, "counter-1", verb, body); got != http.StatusUnauthorized {
					t.Errorf("once it is over: %d", got)
				}
			}
		}
		begins()
		chief := s.signIn("Chief")
		if got := does(chief, "counter-1", verbCard, "ref=000123"); got != http.StatusOK {
			t.Errorf("a manager: %d", got)
		}
		if all := s.counter.events(); all[len(all)-1] != (flow.Card{Ref: "000123", Staff: "local-1"}) {
			t.Errorf("the lane heard %+v", all[len(all)-1])
		}
		left := begins()
		s.ask("POST", "/sign-out", "", "Cookie", left)
		if got := does(left, "counter-1", verbCash, "given=20"); got != http.StatusUnauthorized {
			t.Errorf("after signing out: %d", got)
		}
		later := begins()
		s.console.sessions.age()
		does(later, "counter-1", verbQR, "")
		s.counter.Offer(flow.Amount{Amount: 1250}) // a program's order, of the same sum
		if got := does(later, "counter-1", verbCash, "given=20"); got != http.StatusUnauthorized {
			t.Errorf("with the next order: %d", got)
		}
	}
}

// TestSessions: a session ends after half a day, there are only so many, and a
// form is sent once.
func TestSessions(t *testing.T) {
	t.Parallel()
	var all sessions
	now := time.Now()
	first, _ := all.begin(duty.Seat{Desk: "page 0"}, now)
	form := all.form(first)
	if !all.sent(first, form) || all.sent(first, form) || all.sent(first, "other") || all.sent("nobody", form) {
		t.Error("a form is sent exactly once, by the session that has it")
	}
	oldest := all.form(first)
	for range formsMax {
		all.form(first)
	}
	if all.sent(first, oldest) {
		t.Error("a form is remembered behind so many others")
	}
	for i := 1; i < sessionsMax; i++ {
		all.begin(duty.Seat{Desk: fmt.Sprintf("page %d", i)}, now.Add(time.Duration(i)*time.Second))
	}
	if one, ok := all.of(first); !ok || !one.until.Equal(now.Add(sessionFor)) {
		t.Errorf("the first session is %+v, %v", one, ok)
	}
	_, pushed := all.begin(duty.Seat{Desk: "one more"}, now.Add(time.Hour))
	if _, ok := all.of(first); ok || len(pushed) != 1 || pushed[0].Desk != "page 0" {
		t.Errorf("one too many pushed %+v out", pushed)
	}
}

// TestAnExpiredSession signs its seat out, in the journal too.
func TestAnExpiredSession(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	c := &console{Options: Options{Desk: s.desk}}
	seat, err := s.desk.SignIn(t.Context(), duty.Knock{Name: "Kate", PIN: s.pins["Kate"], Desk: "page x"})
	if err != nil {
		t.Fatal(err)
	}
	token, _ := c.sessions.begin(seat, time.Now().Add(-sessionFor))
	if g, ok := c.guestOf(t.Context(), token); ok {
		t.Errorf("%s is still there", g.Name)
	}
	if _, ok := s.desk.At("page x"); ok {
		t.Error("the seat is still taken")
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"/refund/7?x=1": "/refund/7?x=1", "": "/", "refund": "/", "//evil.example/x": "/", "https://evil.example/": "/", `/\evil.example`: "/", "javascript:alert(1)": "/", "/%2f/x": "/",
	} {
		if got := nextOf(text); got != want {
			t.Errorf("after %q comes %q, want %q", text, got, want)
		}
	}
}
