package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tillgate/agent/duty"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// settingsSet are the entries of settings, as "name: was > now by whom".
func (s *shop) settingsSet() (all []string) {
	s.t.Helper()
	entries, err := s.store.Entries(s.t.Context(), 0, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Kind == entry.SettingSet {
			b := entry.Must[entry.SettingSetBody](e)
			all = append(all, b.Name+": "+b.Was+" > "+b.Now+" by "+b.By)
		}
	}
	return all
}

// TestSettingsByPage: each setting is set by its own form and is an entry; what
// is refused says why beside the field, keeps what was typed, and is none.
func TestSettingsByPage(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	chief, kate := s.signIn("Chief"), s.signIn("Kate")
	if re := s.ask("GET", "/settings", "", "Cookie", kate); re.Code != http.StatusForbidden || !strings.Contains(re.Body.String(), "no right") {
		t.Errorf("a clerk sees settings: %d", re.Code)
	}
	if status, text := s.send(kate, "/settings", "/settings", url.Values{"name": {"refund-limit"}, "value": {"5000"}}); status == http.StatusOK || s.desk.RefundLimit() != 200_000 {
		t.Errorf("a clerk sets one: %d %s", status, notes(text))
	}
	page := s.ask("GET", "/settings", "", "Cookie", chief).Body.String()
	for _, name := range s.desk.Settings() {
		if !strings.Contains(page, `id="`+string(name)+`"`) || !strings.Contains(page, name.Help(words.Zh)) {
			t.Errorf("%s is not on the page", name)
		}
	}
	before := len(s.settingsSet())
	for _, c := range []struct{ name, value, now string }{
		{"refund-limit", "300", "300.00"}, {"second-limit", "8000.00", "8000.00"}, {"day-starts", "5", "5"}, {"language", "en", "en"}, {"voice", "off", "off"},
	} {
		status, text := s.send(chief, "/settings", "/settings", url.Values{"name": {c.name}, "value": {c.value}})
		if got := s.desk.Setting(words.Setting(c.name)); status != http.StatusOK || !strings.Contains(text, "Saved") || got != c.now {
			t.Errorf("%s to %s: %d %s, and it is %s", c.name, c.value, status, notes(text), got)
		}
	}
	items := []string{string(words.HandoverItems()[0]), string(words.HandoverItems()[1])}
	if status, text := s.send(chief, "/settings", "/settings", url.Values{"name": {"handover"}, "value": items}); status != http.StatusOK || len(s.desk.HandoverItems()) != 2 {
		t.Errorf("two parts of the slip: %d %s", status, notes(text))
	}
	if status, _ := s.send(chief, "/settings", "/settings", url.Values{"name": {"handover"}}); status != http.StatusOK || len(s.desk.HandoverItems()) != 0 {
		t.Errorf("none of them: %d %v", status, s.desk.HandoverItems())
	}
	set := s.settingsSet()[before:]
	if len(set) != 7 || set[0] != "refund-limit: 2000.00 > 300.00 by local-1" || set[4] != "voice: on > off by local-1" {
		t.Errorf("the journal has %q", set)
	}
	for _, c := range []struct{ name, value, says string }{
		{"refund-limit", "12.505", "cannot be set to that"}, {"refund-limit", "9000", "Two people cannot be asked for less"}, {"day-starts", "24", "cannot be set to that"},
		{"nothing", "1", "cannot be set to that"}, {"voice", "loud", "cannot be set to that"},
	} {
		if status, text := s.send(chief, "/settings", "/settings", url.Values{"name": {c.name}, "value": {c.value}}); status != http.StatusUnprocessableEntity || !strings.Contains(text, c.says) {
			t.Errorf("%s to %q: %d %s, want %q", c.name, c.value, status, notes(text), c.says)
		}
	}
	if n := len(s.settingsSet()); n != before+7 {
		t.Errorf("what was refused is written: %d", n-before)
	}
}

// TestLimitsByAnUntrustedClock: somebody who is no manager raises none then.
func TestLimitsByAnUntrustedClock(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	tom := staff.Person{Name: "Tom", Role: staff.Technician, Rights: staff.Grants{staff.Settings: {staff.Every}}}
	s.hire("local-1", "Tom", staff.Technician, "830376")
	tom.ID = s.named("Tom").ID
	if err := s.desk.SetPerson(t.Context(), "local-1", tom, duty.Spot{}); err != nil {
		t.Fatal(err)
	}
	s.trust(entry.Floor)
	cookie := s.signIn("Tom")
	set := func(value string) (int, string) {
		return s.send(cookie, "/settings", "/settings", url.Values{"name": {"refund-limit"}, "value": {value}})
	}
	if status, text := set("2500"); status != http.StatusUnprocessableEntity || !strings.Contains(text, "only a manager widens this") || s.desk.RefundLimit() != 200_000 {
		t.Errorf("raised: %d %s", status, notes(text))
	}
	if status, text := set("100"); status != http.StatusOK || s.desk.RefundLimit() != 10_000 {
		t.Errorf("lowered: %d %s", status, notes(text))
	}
}
