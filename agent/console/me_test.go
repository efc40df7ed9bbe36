package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"tillgate/agent/duty"
	"tillgate/store/entry"
)

// TestChangePIN: who types the present PIN sets another; every session of theirs
// ends with it, and what is wrong is said.
func TestChangePIN(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	kate := s.signIn("Kate")
	for _, c := range []struct{ old, pin, again, says string }{
		{"830275", "940386", "940387", "not the same"},
		{"830275", "123456", "123456", "too easy"},
		{"830275", "12", "12", "6 to 12 digits"},
		{"999911", "940386", "940386", "is wrong"},
	} {
		status, text := s.send(kate, "/me", "/me/pin", url.Values{"old": {c.old}, "pin": {c.pin}, "again": {c.again}})
		if status != http.StatusUnprocessableEntity || !strings.Contains(text, c.says) || strings.Contains(text, c.old) || strings.Contains(text, `value="`+c.pin) {
			t.Errorf("%+v: %d %s", c, status, notes(text))
		}
	}
	s.pass(2 * time.Second)
	other := s.signIn("Kate")
	if status, text := s.send(other, "/me", "/me/pin", url.Values{"old": {"830275"}, "pin": {"940386"}, "again": {"940386"}}); status != http.StatusOK || !strings.Contains(text, "The PIN is set") {
		t.Errorf("another PIN: %d %s", status, notes(text))
	}
	for _, cookie := range []string{kate, other} {
		if re := s.ask("GET", "/me", "", "Cookie", cookie); re.Code != http.StatusSeeOther {
			t.Errorf("a session from before it: %d", re.Code)
		}
	}
	if re := s.ask("POST", "/sign-in", "name=Kate&pin=830275"); re.Code != http.StatusForbidden {
		t.Errorf("the old PIN: %d", re.Code)
	}
	s.pass(2 * time.Second)
	s.pins["Kate"] = "940386"
	s.signIn("Kate")
}

var (
	keyText    = regexp.MustCompile(`TGK1-[A-Z2-7]{32}`)
	answerText = regexp.MustCompile(`<output class="answer">(\d{4}) (\d{4})</output>`)
)

// enrols takes an approval key at the page.
func (s *shop) enrols(cookie, name string) duty.Key {
	s.t.Helper()
	status, text := s.send(cookie, "/me", "/me/key", url.Values{"pin": {string(s.pins[name])}})
	key := keyText.FindString(text)
	if status != http.StatusOK || key == "" || !strings.Contains(text, `<svg class="code"`) {
		s.t.Fatalf("%s takes a key: %d %s", name, status, notes(text))
	}
	return duty.Key(key)
}

// TestKeyByPage: a supervisor who types a PIN is shown a key, once; a clerk is
// not, and one of another terminal is taken in without being shown.
func TestKeyByPage(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	chief, kate := s.signIn("Chief"), s.signIn("Kate")
	if text := s.ask("GET", "/me", "", "Cookie", kate).Body.String(); strings.Contains(text, "/me/key") || !strings.Contains(text, "/me/pin") {
		t.Error("a clerk is offered a key, or no PIN")
	}
	if status, text := s.send(kate, "/me", "/me/key", url.Values{"pin": {string(s.pins["Kate"])}}); status == http.StatusOK || keyText.MatchString(text) {
		t.Errorf("a clerk takes a key: %d %s", status, notes(text))
	}
	if status, text := s.send(chief, "/me", "/me/key", url.Values{"pin": {"999911"}}); status == http.StatusOK || keyText.MatchString(text) || !strings.Contains(text, "is wrong") {
		t.Errorf("by a wrong PIN: %d %s", status, notes(text))
	}
	s.pass(2 * time.Second)
	key := s.enrols(chief, "Chief")
	if text := s.ask("GET", "/me", "", "Cookie", chief).Body.String(); strings.Contains(text, string(key)) || !strings.Contains(text, "a new one voids it") {
		t.Error("the key is shown again, or not that there is one")
	}
	status, text := s.send(chief, "/me", "/me/key", url.Values{"pin": {string(s.pins["Chief"])}, "given": {" tgk1-" + strings.Repeat("abcd ", 8)}})
	if status != http.StatusOK || !strings.Contains(text, "has taken the key") || strings.Contains(text, "ABCDABCD") {
		t.Errorf("a key of another terminal: %d %s", status, notes(text))
	}
	if status, text := s.send(chief, "/me", "/me/key", url.Values{"pin": {string(s.pins["Chief"])}, "given": {"TGK1-AAAA"}}); status == http.StatusOK || len(notes(text)) == 0 {
		t.Errorf("what is no key: %d %s", status, notes(text))
	}
}

// TestApprovedFromElsewhere is the whole path of a code: a clerk's refund waits,
// the supervisor's phone or own page makes of its text eight digits, and with
// them it goes back once. The digits are for that order, sum and request alone.
func TestApprovedFromElsewhere(t *testing.T) {
	t.Parallel()
	s := newShop(t, func(o *Options) { o.Phone = "https://shop.example/phone/" })
	s.open()
	_, key := s.sells("counter-1", 1_000_000)
	_, second := s.sells("counter-1", 1_000_000)
	s.on("Kate", "counter-1")
	chief, kate := s.signIn("Chief"), s.signIn("Kate")
	phone := s.enrols(chief, "Chief")
	asks := func(order entry.Seq, sum string) duty.Request {
		t.Helper()
		page := orderPath(order)
		if status, text := s.send(kate, page, page, url.Values{"amount": {sum}, "reason": {"broken"}}); status != http.StatusOK || !strings.Contains(text, page+"/approve") || !strings.Contains(text, `<svg class="code"`) {
			t.Fatalf("above the limit: %d %s", status, notes(text))
		}
		for _, one := range s.desk.Requests(s.named("Chief").ID) { // begun within one millisecond, they stand in no order
			if one.Order == order && one.Amount.String() == sum {
				return one
			}
		}
		t.Fatalf("no request of %s waits", sum)
		return duty.Request{}
	}
	enters := func(order entry.Seq, code string) (int, string) {
		return s.send(kate, orderPath(order), orderPath(order)+"/approve", url.Values{"code": {code}})
	}

	first := asks(key, "2500.00")
	wish, code, err := duty.Answer(phone, first.Text) // as the phone does, without anybody's help
	if err != nil || wish.Amount != 250_000 || wish.Operation != duty.Refund || wish.Number != first.Number {
		t.Fatalf("the phone reads %+v, %v", wish, err)
	}
	asks(second, "2500.00")
	if status, text := enters(second, string(code)); status != http.StatusForbidden || !strings.Contains(text, "more tries") {
		t.Errorf("for another order: %d %s", status, notes(text))
	}
	s.ask("POST", orderPath(second)+"/withdraw", "x=1", "Cookie", kate)
	first = asks(key, "2500.01")
	if status, text := enters(key, string(code)); status != http.StatusForbidden || !strings.Contains(text, "more tries") {
		t.Errorf("for another sum: %d %s", status, notes(text))
	}
	if len(wishes(s.counter)) != 0 {
		t.Fatalf("the lane was asked for %+v", wishes(s.counter))
	}

	show := func(form url.Values) (int, string) { return s.send(chief, "/me", "/me/answer", form) }
	if status, text := show(url.Values{"text": {"https://shop.example/phone/#" + first.Text}}); status != http.StatusOK || !strings.Contains(text, "2500.01") || !strings.Contains(text, first.Number) || answerText.MatchString(text) {
		t.Errorf("the supervisor is shown %d %s", status, text)
	}
	for _, c := range []struct{ text, pin, says string }{
		{"https://pay.example/x", "", "no request for an approval"}, {first.Text, "999911", "is wrong"},
	} {
		if status, text := show(url.Values{"text": {c.text}, "pin": {c.pin}}); status == http.StatusOK || !strings.Contains(text, c.says) || answerText.MatchString(text) {
			t.Errorf("%+v: %d %s", c, status, notes(text))
		}
	}
	s.pass(2 * time.Second)
	status, text := show(url.Values{"text": {first.Text}, "pin": {string(s.pins["Chief"])}})
	digits := answerText.FindStringSubmatch(text)
	if status != http.StatusOK || digits == nil {
		t.Fatalf("the supervisor's answer: %d %s", status, notes(text))
	}
	if status, text := enters(key, digits[1]+" "+digits[2]); status != http.StatusOK || strings.Contains(text, "/approve") {
		t.Errorf("the right digits: %d %s", status, notes(text))
	}
	if got := wishes(s.counter); len(got) != 1 || got[0].Amount != 250_001 || got[0].Order != key || !strings.Contains(got[0].By, "Kate") || !strings.Contains(got[0].By, "Chief") {
		t.Errorf("the lane was asked for %+v", got)
	}
	if status, text := enters(key, digits[1]+digits[2]); status == http.StatusOK || len(wishes(s.counter)) != 1 {
		t.Errorf("the same digits again: %d %s", status, notes(text))
	}
	if n := s.approvals(); n != 2 {
		t.Errorf("%d approvals are in the journal, want the answer here and what it allowed", n)
	}
}

func (s *shop) approvals() (n int) {
	s.t.Helper()
	entries, err := s.store.Entries(s.t.Context(), 0, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Kind == entry.Approved && entry.Must[entry.ApprovedBody](e).How == "qr" {
			n++
		}
	}
	return n
}

// TestPhonePage: it stands alone, with nobody's secret in it, and knows every
// operation; nothing but its files is below it.
func TestPhonePage(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	page := s.ask("GET", "/phone/", "")
	if text := page.Body.String(); page.Code != http.StatusOK || strings.Contains(text, `="/`) || strings.Contains(text, "Chief") || strings.Contains(text, "<script>") {
		t.Errorf("the page: %d %s", page.Code, text)
	}
	for _, one := range phoneOperations {
		if !strings.Contains(page.Body.String(), `data-what="`+strings.ToUpper(string(one))+`"`) {
			t.Errorf("%s cannot be shown", one)
		}
	}
	for file, status := range map[string]int{"phone.js": 200, "phone.css": 200, "worker.js": 200, "page.js": 404, "x": 404} {
		if re := s.ask("GET", "/phone/"+file, ""); re.Code != status || status == 200 && re.Body.Len() < 200 {
			t.Errorf("%s: %d", file, re.Code)
		}
	}
}

func TestScanned(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{"TGA1/1": "TGA1/1", " https://shop.example/phone/#TGA1/1\r\n": "TGA1/1", "": "", "#": ""} {
		if got := scanned(code); got != want {
			t.Errorf("%q is %q", code, got)
		}
	}
	with := &console{Options: Options{Phone: "https://shop.example/phone/"}}
	if got := with.byPhone("TGA1/1"); scanned(got) != "TGA1/1" || got != "https://shop.example/phone/#TGA1/1" || (&console{}).byPhone("TGA1/1") != "TGA1/1" {
		t.Errorf("by phone it is %q", got)
	}
}
