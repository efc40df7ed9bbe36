package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"tillgate/agent/flow"
	"tillgate/agent/staff"
	"tillgate/store/entry"
)

// withGate gives the exit a gate, and counts how often it opens.
func (s *shop) withGate() (opened *atomic.Int32, fails *atomic.Bool) {
	s.t.Helper()
	opened, fails = &atomic.Int32{}, &atomic.Bool{}
	gate := &flow.Output{Name: "gate", What: flow.Gate, Log: s.desk.Log, Do: func(context.Context, flow.Effect) error {
		if fails.Load() {
			return errors.New("no such device")
		}
		opened.Add(1)
		return nil
	}}
	ctx, stop := context.WithCancel(context.Background())
	s.t.Cleanup(stop)
	go gate.Run(ctx)
	s.desk.Gate = func(lane string) *flow.Output { return map[string]*flow.Output{"exit-1": gate}[lane] }
	return opened, fails
}

// overrides are the journal's, in words.
func (s *shop) overrides() (all []string) {
	s.t.Helper()
	entries, err := s.store.Entries(s.t.Context(), 0, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Kind == entry.Override {
			b := entry.Must[entry.OverrideBody](e)
			all = append(all, strings.TrimSpace(b.What+" "+b.Lane+" "+b.Why+" by "+b.By+" "+b.Spot))
		}
	}
	return all
}

// TestGateByPage: who may override opens a gate without the money, with a reason,
// once for each form, and while the clock proves nothing with a manager's PIN; it
// is on record, and who may not is told so and sees no way there.
func TestGateByPage(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	chief, kate := s.signIn("Chief"), s.signIn("Kate")
	if re := s.ask("GET", "/gate", "", "Cookie", chief); re.Code != http.StatusForbidden || strings.Contains(re.Body.String(), `href="/gate"`) {
		t.Errorf("without a gate: %d", re.Code)
	}
	opened, fails := s.withGate()
	s.hire("local-1", "Tom", staff.Technician, "830376")
	if re := s.ask("GET", "/gate", "", "Cookie", kate); re.Code != http.StatusForbidden || strings.Contains(re.Body.String(), `href="/gate"`) {
		t.Errorf("a clerk: %d", re.Code)
	}
	if status, text := s.send(kate, "/shift", "/gate", url.Values{"lane": {"exit-1"}, "why": {"ambulance"}}); status != http.StatusForbidden || opened.Load() != 0 {
		t.Errorf("a clerk opens it: %d %s", status, notes(text))
	}
	page := s.ask("GET", "/gate", "", "Cookie", chief).Body.String()
	if !strings.Contains(page, `href="/gate"`) || !strings.Contains(page, "exit-1") || strings.Contains(page, `value="counter-1"`) || strings.Contains(page, "spot-pin") {
		t.Errorf("the form: %s", page)
	}
	send := func(cookie string, fields url.Values) (int, string) { return s.send(cookie, "/gate", "/gate", fields) }
	if status, text := send(chief, url.Values{"lane": {"exit-1"}, "why": {"ambulance"}}); status != http.StatusOK || !strings.Contains(text, "The gate is open") || opened.Load() != 1 {
		t.Fatalf("%d %s, opened %d times", status, notes(text), opened.Load())
	}
	twice := url.Values{"lane": {"exit-1"}, "why": {"again"}, "form": {formToken.FindStringSubmatch(page)[1]}}
	for range 2 {
		s.ask("POST", "/gate", twice.Encode(), "Cookie", chief)
	}
	if opened.Load() != 2 {
		t.Errorf("one form opens it %d times", opened.Load()-1)
	}
	for _, c := range []struct {
		lane, why, says string
	}{{"exit-1", " ", "No reason"}, {"counter-1", "x", "has no gate"}, {"exit-1", "x\u202e", ""}} {
		if status, text := send(chief, url.Values{"lane": {c.lane}, "why": {c.why}}); status < 400 || !strings.Contains(text, c.says) {
			t.Errorf("%+v: %d %s", c, status, notes(text))
		}
	}
	fails.Store(true)
	if status, text := send(chief, url.Values{"lane": {"exit-1"}, "why": {"fire"}}); status != http.StatusBadGateway || !strings.Contains(text, "The gate did not open") {
		t.Errorf("a gate that fails: %d %s", status, notes(text))
	}
	fails.Store(false)
	guard := s.named("Kate")
	guard.Rights = staff.Grants{staff.Sell: {staff.Every}, staff.Override: {"exit-1"}}
	if err := s.desk.SetPerson(t.Context(), "local-1", guard, spotOf(nil)); err != nil {
		t.Fatal(err)
	}
	s.trust(entry.Floor)
	kate = s.signIn("Kate")
	if status, text := send(kate, url.Values{"lane": {"exit-1"}, "why": {"police"}}); status != http.StatusForbidden || !strings.Contains(text, "a manager has to type a PIN") || opened.Load() != 2 {
		t.Errorf("while the clock proves nothing: %d %s", status, notes(text))
	}
	if status, text := send(kate, url.Values{"lane": {"exit-1"}, "why": {"police"}, "spot-name": {"Chief"}, "spot-pin": {"830174"}}); status != http.StatusOK || opened.Load() != 3 {
		t.Errorf("with a manager's PIN: %d %s", status, notes(text))
	}
	want := []string{"gate exit-1 ambulance by local-1", "gate exit-1 again by local-1", "gate exit-1 fire by local-1", "gate exit-1 police by local-2 local-1"}
	if got := s.overrides(); strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("on record is %q, want %q", got, want)
	}
}
