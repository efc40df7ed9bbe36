package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
)

// TestShift: a clerk clocks on, sees what was taken so far, and hands over; with
// that the session is over, but for the slip.
func TestShift(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	s.hire("local-1", "Liu", "clerk", "830376")
	kate := s.signIn("Kate")
	if status, text := s.send(kate, "/shift", "/shift/on", url.Values{}); status != http.StatusUnprocessableEntity || !strings.Contains(text, "Choose lanes") {
		t.Errorf("without a lane: %d %s", status, notes(text))
	}
	if status, text := s.send(kate, "/shift", "/shift/on", url.Values{"lane": {"counter-1"}}); status != http.StatusOK || !strings.Contains(text, "Hand over") {
		t.Fatalf("clocking on: %d %s", status, notes(text))
	}
	s.sells("counter-1", 1250)
	on := s.desk.Journal.OnDuty()[0]
	if text := s.ask("GET", "/shift", "", "Cookie", kate).Body.String(); !strings.Contains(text, "12.50") || !strings.Contains(text, "微信支付") {
		t.Errorf("what was taken so far is not there: %s", notes(text))
	}
	over := shiftPath(on.ID) + "/over"
	if status, text := s.send(kate, "/shift", over, url.Values{"item": {"wallets"}, "where": {"counter-1"}, "name": {"Liu"}, "pin": {"999911"}}); status != http.StatusConflict || !strings.Contains(text, "is wrong") {
		t.Errorf("with a wrong PIN of whoever takes over: %d %s", status, notes(text))
	}
	s.pass(5e9)
	status, text := s.send(kate, "/shift", over, url.Values{"item": {"wallets", "none"}, "where": {"counter-1"}, "name": {"Liu"}, "pin": {"830376"}})
	if status != http.StatusOK || !strings.Contains(text, "已交班") || !strings.Contains(text, "There is no printer for this lane") || !strings.Contains(text, "12.50") {
		t.Errorf("handing over: %d %s", status, notes(text))
	}
	if re := s.ask("GET", shiftPath(on.ID), "", "Cookie", kate); re.Code != http.StatusOK { // a reload
		t.Errorf("the slip, once more: %d", re.Code)
	}
	for _, path := range []string{"/shift", "/refund", shiftPath(on.ID + 1)} {
		if re := s.ask("GET", path, "", "Cookie", kate); re.Code != http.StatusSeeOther {
			t.Errorf("%s after the hand-over: %d", path, re.Code)
		}
	}
	handed, err := s.desk.Journal.Shift(t.Context(), on.ID)
	if err != nil || handed.Handed == 0 {
		t.Errorf("the shift is %+v, %v", handed, err)
	}
	if person, _, ok := s.desk.On("counter-1"); !ok || person == on.Who {
		t.Errorf("counter-1 is %s's now, %v", person, ok)
	}
}

// TestShiftOfOthers: a manager sees and ends everybody's, and says why; a clerk
// only the own one.
func TestShiftOfOthers(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	s.hire("local-1", "Liu", "clerk", "830376")
	on := s.on("Kate", "counter-1")
	liu, chief := s.signIn("Liu"), s.signIn("Chief")
	over := shiftPath(on.ID) + "/over"
	if text := s.ask("GET", "/shift", "", "Cookie", liu).Body.String(); strings.Contains(text, over) || strings.Contains(text, "Kate") {
		t.Error("a clerk sees another's shift")
	}
	s.sells("exit-1", 100)
	s.on("Liu", "exit-1") // there her own shift's form has a token
	for _, path := range []string{over, shiftPath(on.ID) + "/off"} {
		if status, text := s.send(liu, "/shift", path, url.Values{"where": {"counter-1"}}); status != http.StatusConflict || !strings.Contains(text, "The shift is Kate&#39;s") {
			t.Errorf("a clerk at %s: %d %s", path, status, notes(text))
		}
	}
	if status, text := s.send(liu, "/shift", "/shift/on", url.Values{"lane": {"counter-1"}}); status != http.StatusConflict || !strings.Contains(text, "You are on duty on exit-1") {
		t.Errorf("on two at once: %d %s", status, notes(text))
	}
	if status, text := s.send(chief, "/shift", over, url.Values{"where": {"none"}, "why": {"ill"}}); status != http.StatusOK || !strings.Contains(text, "已交班") {
		t.Errorf("a manager: %d %s", status, notes(text))
	}
	if status, text := s.send(chief, shiftPath(on.ID), shiftPath(on.ID)+"/print", url.Values{"where": {"counter-1"}}); status != http.StatusOK || !strings.Contains(text, "no printer") {
		t.Errorf("printing again: %d %s", status, notes(text))
	}
	if re := s.ask("GET", "/shift", "", "Cookie", chief); re.Code != http.StatusOK {
		t.Errorf("a manager who has ended another's shift is signed out: %d", re.Code)
	}
	if re := s.ask("GET", "/shift/99999", "", "Cookie", chief); re.Code != http.StatusNotFound || !strings.Contains(re.Body.String(), "no such shift") {
		t.Errorf("no such shift: %d", re.Code)
	}
}

// TestClockOff: who only clocks off is signed out, and the lane is nobody's.
func TestClockOff(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	kate := s.signIn("Kate")
	if status, _ := s.send(kate, "/shift", "/shift/on", url.Values{"all": {"yes"}}); status != http.StatusOK {
		t.Fatalf("clocking on: %d", status)
	}
	on := s.desk.Journal.OnDuty()[0]
	if status, text := s.send(kate, "/shift", shiftPath(on.ID)+"/off", url.Values{}); status != http.StatusOK || strings.Contains(text, "已交班") {
		t.Errorf("clocking off: %d %s", status, notes(text))
	}
	if _, _, ok := s.desk.On("exit-1"); ok {
		t.Error("somebody is on duty still")
	}
	if re := s.ask("GET", "/shift", "", "Cookie", kate); re.Code != http.StatusSeeOther {
		t.Errorf("the session goes on: %d", re.Code)
	}
}

// TestHandedOverLater: a shift that has ended is found on the page of shifts, by
// its person and by a manager, and from its task and its slip; once it is handed
// over its slip is among the last ones.
func TestHandedOverLater(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.open()
	s.hire("local-1", "Liu", "clerk", "830376")
	on := s.on("Kate", "counter-1")
	s.sells("counter-1", 1250)
	kate := s.signIn("Kate")
	_, slip := s.send(kate, "/shift", shiftPath(on.ID)+"/off", url.Values{})
	over, there := shiftPath(on.ID)+"/over", `href="`+overPath(on.ID)+`"`
	if !strings.Contains(slip, there) {
		t.Error("the slip of who has clocked off does not lead to the hand-over")
	}
	s.sells("counter-1", 300) // nobody's
	kate, chief, liu := s.signIn("Kate"), s.signIn("Chief"), s.signIn("Liu")
	if tasks := s.ask("GET", "/tasks", "", "Cookie", chief).Body.String(); !strings.Contains(tasks, there) || !strings.Contains(tasks, "<span>Kate</span>") {
		t.Error("the task does not lead to the hand-over, or does not say whose shift it is")
	}
	for who, cookie := range map[string]string{"Kate": kate, "Chief": chief} {
		page := s.ask("GET", "/shift", "", "Cookie", cookie).Body.String()
		if !strings.Contains(page, "已下班，待交班") || !strings.Contains(page, `action="`+over+`"`) || !strings.Contains(page, "12.50") || strings.Contains(page, `action="`+shiftPath(on.ID)+`/off"`) {
			t.Errorf("%s does not find the shift that waits", who)
		}
	}
	if page := s.ask("GET", "/shift", "", "Cookie", liu).Body.String(); strings.Contains(page, over) {
		t.Error("another clerk finds it")
	}
	if status, text := s.send(kate, "/shift", over, url.Values{"where": {"counter-1"}}); status != http.StatusOK || !strings.Contains(text, "已交班") || !strings.Contains(text, "12.50") {
		t.Fatalf("handing over: %d %s", status, notes(text))
	}
	for who, c := range map[string]struct {
		cookie string
		lists  bool
	}{"Kate": {s.signIn("Kate"), true}, "Chief": {chief, true}, "Liu": {liu, false}} {
		page := s.ask("GET", "/shift", "", "Cookie", c.cookie).Body.String()
		if strings.Contains(page, over) || strings.Contains(page, `<a href="`+shiftPath(on.ID)+`">`) != c.lists {
			t.Errorf("after it the page of %s lists its slip: want %t", who, c.lists)
		}
	}
	if tasks := s.ask("GET", "/tasks", "", "Cookie", chief).Body.String(); strings.Contains(tasks, there) {
		t.Error("the task is still there")
	}
}

// TestSlipFigures: what nobody took and what is not final are on the page.
func TestSlipFigures(t *testing.T) {
	t.Parallel()
	h := words.Handover{Shift: 7, Who: "<Kate>", Total: words.HandoverSum{Sales: 2, Amount: 3000, Received: 3000}, Nobody: words.HandoverSum{Sales: 1, Amount: 500, Received: 500},
		Pending: words.HandoverPendings{Count: 1, Amount: 990}, List: []words.HandoverUnended{{Number: "100000010001844610000033", State: words.ReportIsUnknown, Amount: 990}}}
	text, err := render(slipPage(h, []string{"counter-1"}, store.Shift{ID: 7, Off: 9, Handed: 9}, true))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"&lt;Kate&gt;", "30.00", "无人当班期间", "5.00", "未完结", "9.90", "100000010001844610000033", fmt.Sprintf("/shift/%d/print", entry.Seq(7))} {
		if !strings.Contains(text, want) {
			t.Errorf("the slip's page has no %q", want)
		}
	}
}
