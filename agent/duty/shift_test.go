package duty

import (
	"slices"
	"strings"
	"testing"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// TestClockOn: who may begin a shift, and where somebody is on duty already.
func TestClockOn(t *testing.T) {
	t.Parallel()
	l := newLab(t, 40)
	wang, li := l.hire("Wang", staff.Clerk, nil), l.hire("Li", staff.Clerk, staff.Grants{staff.Sell: {"counter-1", "counter-2"}})
	tech := l.hire("Kate", staff.Technician, nil)
	for _, row := range []struct {
		who   string
		lanes []string
		want  string
		says  string
	}{
		{tech, []string{"counter-1"}, string(words.DeniedRight), ""},
		{wang, []string{"counter-9"}, string(words.HaltNoLane), "There is no lane counter-9"},
		{li, nil, string(words.DeniedLane), ""},
		{li, []string{"exit-B"}, string(words.DeniedLane), ""},
		{wang, []string{"counter-1", "exit-B", "counter-1"}, "", ""},
		{wang, []string{"counter-2"}, string(words.HaltTwice), "You are on duty on counter-1, exit-B already"},
		{li, []string{"counter-2", "counter-1"}, string(words.HaltOnDuty), "Wang is on duty on counter-1, exit-B"},
		{"local-1", nil, string(words.HaltOnDuty), "Wang is on duty on counter-1, exit-B"}, // the whole store while a lane is somebody's
		{li, []string{"counter-2"}, "", ""},
	} {
		_, err := l.ClockOn(t.Context(), ClockOn{Person: row.who, Lanes: row.lanes, Where: "page"})
		if why(t, err) != row.want || err != nil && !strings.HasPrefix(err.Error(), row.says) {
			t.Errorf("%s on %v: %v, want %q", row.who, row.lanes, err, row.want)
		}
	}
	if who, shift, ok := l.On("exit-B"); !ok || who != wang || shift == 0 {
		t.Errorf("on exit-B is %s, %d", who, shift)
	}
	if who, _, ok := l.On("counter-9"); ok {
		t.Errorf("on counter-9 is %s", who)
	}
}

// TestAShiftGoesOn: over a crash, a new boot and a new sign-in, whoever else
// wants the lane; it ends when its person or a manager ends it.
func TestAShiftGoesOn(t *testing.T) {
	t.Parallel()
	l := newLab(t, 41)
	wang, li := l.hire("Wang", staff.Clerk, nil), l.hire("Li", staff.Clerk, nil)
	shift := l.on(wang)
	l.restart(l.boot)
	l.restart("boot-2")
	if _, err := l.SignIn(t.Context(), Knock{Name: "Wang", PIN: pinOf(wang), Desk: "counter-1"}); err != nil {
		t.Fatal(err)
	}
	if s, ok := l.ShiftOf(wang); !ok || s.ID != shift.ID || len(s.Lanes()) != 0 {
		t.Fatalf("Wang is in %+v", s)
	}
	if _, err := l.ClockOn(t.Context(), ClockOn{Person: li, Lanes: []string{"counter-1"}}); why(t, err) != string(words.HaltOnDuty) || err.(*Refusal).Say(words.Zh) != "Wang 正在 全店 Whole store 当班，未上班；请其先交班，或请经理代交" {
		t.Errorf("over the whole store: %v", err)
	}
	if _, err := l.ClockOff(t.Context(), li, shift.ID, ""); why(t, err) != string(words.HaltNotYours) {
		t.Errorf("another clerk ends it: %v", err)
	}
	if _, err := l.ClockOff(t.Context(), wang, shift.ID+1, ""); why(t, err) != string(words.HaltNoShift) {
		t.Errorf("another shift: %v", err)
	}
	off, err := l.ClockOff(t.Context(), "local-1", shift.ID, "she went home")
	if err != nil || off.Off == 0 {
		t.Fatalf("a manager ends it: %+v, %v", off, err)
	}
	if b := entry.Must[entry.ShiftOffBody](l.kinds(entry.ShiftOff)[0]); b.By != "local-1" || b.Why != "she went home" {
		t.Errorf("written is %+v", b)
	}
	if _, err := l.ClockOff(t.Context(), wang, shift.ID, ""); why(t, err) != string(words.HaltNoShift) {
		t.Errorf("ended twice: %v", err)
	}
	l.on(li, "counter-1")
	l.on(wang, "counter-2")
}

// TestWhatOneSees: details only while on duty, unless reports are one's right.
func TestWhatOneSees(t *testing.T) {
	t.Parallel()
	l := newLab(t, 42)
	wang := l.hire("Wang", staff.Clerk, nil)
	head := l.hire("Li", staff.Clerk, staff.Grants{staff.Sell: {staff.Every}, staff.Reports: {"exit-B"}})
	tech := l.hire("Kate", staff.Technician, nil)
	sees := func(who string, want []string, refused string) {
		t.Helper()
		lanes, err := l.Sees(who)
		if why(t, err) != refused || !slices.Equal(lanes, want) || refused == "" && (lanes == nil) != (want == nil) {
			t.Errorf("%s sees %#v, %v", who, lanes, err)
		}
	}
	sees("local-1", nil, "")
	sees(wang, []string{}, string(words.HaltNotOn))
	sees(head, []string{"exit-B"}, "")
	sees(tech, []string{}, string(words.DeniedRight))
	l.on(wang, "counter-1")
	l.on(head, "counter-2")
	sees(wang, []string{"counter-1"}, "")
	sees(head, []string{"counter-2", "exit-B"}, "")
	if err := l.May(tech, staff.Service, ""); err != nil {
		t.Errorf("a technician and the devices: %v", err)
	}
}
