package console

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"tillgate/agent/duty"
	"tillgate/agent/flow"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
)

// sells has an order paid on a lane.
func (s *shop) sells(lane string, amount money.Fen) (number string, key entry.Seq) {
	s.t.Helper()
	number = s.store.Number()
	entries, err := s.store.Commit(s.t.Context(), store.Step{Done: true, Entries: []entry.Draft{
		entry.New(entry.Opened, entry.OpenedBody{Lane: lane, Amount: amount, Title: "Noodles"}),
		entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: "wechat"}),
		entry.New(entry.Settled, entry.SettledBody{Number: number, Amount: amount, Settled: amount, Network: "4200001"}),
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	return number, entries[0].Key
}

// on clocks somebody on.
func (s *shop) on(name string, lanes ...string) store.Shift {
	s.t.Helper()
	for _, p := range s.desk.Roster.People() {
		if p.Name == name {
			shift, err := s.desk.ClockOn(s.t.Context(), duty.ClockOn{Person: p.ID, Lanes: lanes, Where: "test"})
			if err != nil {
				s.t.Fatal(err)
			}
			return shift
		}
	}
	s.t.Fatalf("nobody is called %s", name)
	return store.Shift{}
}

var formToken = regexp.MustCompile(`name="form" value="([^"]+)"`)

// send posts a page's form with its token, and answers the page that follows.
func (s *shop) send(cookie, page, path string, fields url.Values) (status int, text string) {
	s.t.Helper()
	if token := formToken.FindStringSubmatch(s.ask("GET", page, "", "Cookie", cookie).Body.String()); token != nil {
		fields.Set("form", token[1])
	}
	re := s.ask("POST", path, fields.Encode(), "Cookie", cookie)
	if re.Code == http.StatusSeeOther {
		to, _, _ := strings.Cut(re.Header().Get("Location"), "#")
		follow := s.ask("GET", to, "", "Cookie", cookie)
		return follow.Code, follow.Body.String()
	}
	return re.Code, re.Body.String()
}

var noteText = regexp.MustCompile(`<p class="(?:said|done)".*?</p>`)

// notes are what a page says in sentences: enough for a test's complaint.
func notes(page string) []string { return noteText.FindAllString(page, -1) }

// wishes are the refunds that a lane was asked for.
func wishes(l *fakeLane) (all []flow.Refund) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, ev := range l.got {
		if call, ok := ev.(flow.Call); ok {
			all = append(all, call.Of.(flow.Refund))
		}
	}
	return all
}

// TestRefund: a clerk finds an order and gives a part of it back, on duty alone,
// once for each form; a sum above the limit takes a supervisor on the spot.
func TestRefund(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(o *Options) {
		o.Refunds = func(_ context.Context, order entry.Seq) ([]words.Refund, error) {
			return []words.Refund{{Phase: words.RefundAsking, Number: "10000001000184461000003301", Amount: 250, Network: "wechat"}}, nil
		}
	})
	s.open()
	number, key := s.sells("counter-1", 100_000)
	page := orderPath(key)
	if re := s.ask("GET", page, ""); re.Code != http.StatusSeeOther || re.Header().Get("Location") != "/sign-in?next="+url.QueryEscape(page) {
		t.Errorf("nobody: %d %v", re.Code, re.Header())
	}
	kate := s.signIn("Kate")
	for _, path := range []string{"/refund", page} {
		if re := s.ask("GET", path, "", "Cookie", kate); re.Code != http.StatusForbidden || !strings.Contains(re.Body.String(), "您现在没有当班") {
			t.Errorf("off duty at %s: %d %s", path, re.Code, re.Body)
		}
	}
	if status, text := s.send(kate, page, page, url.Values{"amount": {"2.50"}, "reason": {"cold"}}); status == http.StatusOK || len(wishes(s.counter)) != 0 || strings.Contains(text, number) {
		t.Errorf("a refund off duty: %d %s", status, notes(text))
	}
	s.on("Kate", "counter-1")
	list := s.ask("GET", "/refund?find=1000", "", "Cookie", kate).Body.String()
	if !strings.Contains(list, number) || !strings.Contains(list, page) {
		t.Errorf("looking for it shows %s", list)
	}
	if re := s.ask("GET", "/refund?find="+number, "", "Cookie", kate); re.Header().Get("Location") != page {
		t.Errorf("a scanned slip leads to %v", re.Header())
	}
	first := s.ask("GET", page, "", "Cookie", kate)
	if text := first.Body.String(); first.Header().Get("Refresh") != refundEvery || !strings.Contains(text, `data-phase="asking"`) || !strings.Contains(text, "1000.00") {
		t.Errorf("the order: %v %s", first.Header(), text)
	}
	token := formToken.FindStringSubmatch(first.Body.String())[1]
	for i, want := range []int{http.StatusSeeOther, http.StatusConflict} {
		re := s.ask("POST", page, url.Values{"form": {token}, "amount": {"2.50"}, "reason": {"cold"}}.Encode(), "Cookie", kate)
		if re.Code != want {
			t.Errorf("form sent %d times: %d %s", i+1, re.Code, re.Body)
		}
	}
	if got := wishes(s.counter); len(got) != 1 || got[0].Amount != 250 || got[0].Order != key || got[0].Reason != "cold" || got[0].By != "Kate" {
		t.Errorf("the lane was asked for %+v", got)
	}
	for _, c := range []struct{ amount, reason, says string }{
		{"1000.01", "cold", "At most 1000.00"}, {"2.505", "cold", "不四舍五入"}, {"0", "cold", "more than zero"},
		{"1", "", "No reason"}, {"1", wechatCode, "may not stand on a slip"},
	} {
		if status, text := s.send(kate, page, page, url.Values{"amount": {c.amount}, "reason": {c.reason}}); status == http.StatusOK || !strings.Contains(text, c.says) {
			t.Errorf("%s because of %q: %d %s, want %q", c.amount, c.reason, status, notes(text), c.says)
		}
	}
	if got := wishes(s.counter); len(got) != 1 {
		t.Errorf("the lane was asked for %+v", got)
	}
}

// TestRefundApproved: what is above the limit waits for a supervisor, through a
// reload and a wrong PIN, and goes back once.
func TestRefundApproved(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	_, key := s.sells("counter-1", 1_000_000)
	s.on("Kate", "counter-1")
	page, kate := orderPath(key), s.signIn("Kate")
	sum := (s.desk.RefundLimit() + 100).String()
	status, text := s.send(kate, page, page, url.Values{"amount": {sum}, "reason": {"broken"}})
	if status != http.StatusOK || !strings.Contains(text, "Approvals still needed for "+sum+" yuan: 1") || !strings.Contains(text, page+"/approve") {
		t.Fatalf("above the limit: %d %s", status, notes(text))
	}
	if again := s.ask("GET", page, "", "Cookie", kate).Body.String(); !strings.Contains(again, page+"/approve") {
		t.Error("after a reload nobody is asked to approve")
	}
	for _, c := range []struct{ name, pin, says string }{
		{"Kate", string(s.pins["Kate"]), "Another person"}, {"Chief", "999911", "is wrong"},
	} {
		if status, text := s.send(kate, page, page+"/approve", url.Values{"name": {c.name}, "pin": {c.pin}}); status != http.StatusForbidden || !strings.Contains(text, c.says) {
			t.Errorf("%s: %d %s, want %q", c.name, status, notes(text), c.says)
		}
	}
	if status, text := s.send(kate, page, page+"/approve", url.Values{"code": {"00000000"}}); status != http.StatusForbidden || !strings.Contains(text, "more tries") {
		t.Errorf("a wrong code: %d %s", status, notes(text))
	}
	s.pass(5e9)
	if status, text := s.send(kate, page, page+"/approve", url.Values{"name": {"Chief"}, "pin": {string(s.pins["Chief"])}}); status != http.StatusOK || strings.Contains(text, page+"/approve") {
		t.Errorf("a right PIN: %d %s", status, notes(text))
	}
	if got := wishes(s.counter); len(got) != 1 || got[0].Amount != s.desk.RefundLimit()+100 || !strings.Contains(got[0].By, "Kate") || !strings.Contains(got[0].By, "Chief") {
		t.Errorf("the lane was asked for %+v", got)
	}
	s.send(kate, page, page, url.Values{"amount": {sum}, "reason": {"broken"}})
	s.send(kate, page, page+"/withdraw", url.Values{})
	if status, text := s.send(kate, page, page+"/approve", url.Values{"name": {"Chief"}, "pin": {string(s.pins["Chief"])}}); status != http.StatusForbidden || !strings.Contains(text, "expired") || len(wishes(s.counter)) != 1 {
		t.Errorf("approved after it was withdrawn: %d %s", status, notes(text))
	}
}

// TestTheSlipOfAnotherLane: whoever may give an order back sees it, and whoever
// may not see it gives nothing back, whatever form they send.
func TestTheSlipOfAnotherLane(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	s.hire("local-1", "Lin", staff.Technician, "830377")
	s.hire("local-1", "Sun", staff.Clerk, "830378")
	number, key := s.sells("exit-1", 1250)
	page := orderPath(key)
	s.on("Kate", "counter-1")
	given := 0
	for _, c := range []struct {
		who  string
		sees bool
	}{{"Lin", false}, {"Sun", false}, {"Kate", true}, {"Chief", true}} {
		cookie := s.signIn(c.who)
		if re := s.ask("GET", "/refund?find="+number, "", "Cookie", cookie); c.sees && re.Header().Get("Location") != page {
			t.Errorf("the number leads %s to %d %v", c.who, re.Code, re.Header())
		}
		if re := s.ask("GET", page, "", "Cookie", cookie); (re.Code == http.StatusOK) != c.sees || strings.Contains(re.Body.String(), "12.50") != c.sees {
			t.Errorf("%s looks at it: %d %s", c.who, re.Code, notes(re.Body.String()))
		}
		form := s.console.sessions.form(strings.TrimPrefix(cookie, cookieName+"=")) // as a page of another order has one
		re := s.ask("POST", page, url.Values{"form": {form}, "amount": {"1"}, "reason": {"cold"}}.Encode(), "Cookie", cookie)
		if (re.Code == http.StatusSeeOther) != c.sees || strings.Contains(re.Body.String(), number) {
			t.Errorf("%s gives it back: %d %s", c.who, re.Code, notes(re.Body.String()))
		}
		if c.sees {
			given++
			if again := s.ask("GET", re.Header().Get("Location"), "", "Cookie", cookie); again.Code != http.StatusOK || !strings.Contains(again.Body.String(), number) {
				t.Errorf("then %s is told %d %s", c.who, again.Code, notes(again.Body.String()))
			}
		}
	}
	if here, there := wishes(s.counter), wishes(s.exit); len(here) != 1 || len(here)+len(there) != given || here[0].By != "Kate" || here[0].Order != key {
		t.Errorf("counter-1 was asked for %+v, exit-1 for %+v", here, there)
	}
}

// TestAnOrderThatIsNotPaid says what its lane says, with number and network, and
// never that something was paid.
func TestAnOrderThatIsNotPaid(t *testing.T) {
	t.Parallel()
	for _, phase := range []words.Phase{words.Checking, words.FrozenOrder, words.CancelledOrder} {
		var now words.Order
		s := newShop(t, func(o *Options) {
			o.Order = func(context.Context, entry.Seq) (words.Order, error) { return now, nil }
		})
		s.open()
		number := s.store.Number()
		entries, err := s.store.Commit(t.Context(), store.Step{Entries: []entry.Draft{
			entry.New(entry.Opened, entry.OpenedBody{Lane: "counter-1", Amount: 1250, Title: "Noodles"}),
			entry.New(entry.Asked, entry.AskedBody{Number: number, Merchant: "shop", Network: "wechat"}),
		}})
		if err != nil {
			t.Fatal(err)
		}
		now = words.Order{Phase: phase, Amount: 1250, Number: number, Network: "wechat", Title: "Noodles"}
		re := s.ask("GET", orderPath(entries[0].Key), "", "Cookie", s.signIn("Chief"))
		page := html.UnescapeString(re.Body.String())
		for _, lang := range []words.Lang{words.Zh, words.En} {
			says := words.ShowStaff(now, lang)
			for _, want := range []string{says.What, says.Do, says.Money, number, words.Network("wechat", lang), "12.50", words.China(time.UnixMilli(entries[0].Wall)).Format("01-02 15:04")} {
				if !strings.Contains(page, want) {
					t.Errorf("the page of one that is %s has no %q", phase, want)
				}
			}
		}
		if re.Code != http.StatusOK || strings.Contains(page, words.PageLeft.In(words.Zh)) || strings.Contains(page, "01-01 08:00") || strings.Contains(page, `name="reason"`) {
			t.Errorf("the page of one that is %s: %d, and it speaks of what was paid", phase, re.Code)
		}
	}
}
