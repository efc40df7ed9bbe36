package duty

import (
	"slices"
	"testing"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// TestSettingsHoldOverARestart: what is set is typed, written with who and what
// it was, and there again in the next life.
func TestSettingsHoldOverARestart(t *testing.T) {
	t.Parallel()
	l := newLab(t, 10)
	l.hire("Chief", staff.Manager, nil)
	if l.RefundLimit() != 0 || l.SecondLimit() != 100_000 || l.Calendar().Starts != 0 || l.Lang() != words.Zh || !l.Voice() || !slices.Equal(l.HandoverItems(), words.HandoverItems()) {
		t.Error("what holds where nothing is set is another")
	}
	for name, value := range map[words.Setting]string{words.SettingSecondLimit: "2000", words.SettingDayStarts: "5", words.SettingLanguage: "en",
		words.SettingVoice: "off", words.SettingHandover: "cash,pending"} {
		l.must(l.Set(t.Context(), "local-1", name, value))
	}
	l.must(l.Set(t.Context(), "local-1", words.SettingRefundLimit, "50"))
	l.must(l.Set(t.Context(), "local-1", words.SettingRefundLimit, "50.00")) // is so already
	for range 2 {
		if l.RefundLimit() != 5000 || l.SecondLimit() != 200_000 || l.Calendar().Starts != 5 || l.Lang() != words.En || l.Voice() ||
			!slices.Equal(l.HandoverItems(), []words.HandoverItem{words.HandoverCash, words.HandoverPending}) {
			t.Error("what was set does not hold")
		}
		l.restart(l.boot)
	}
	set := l.kinds(entry.SettingSet)
	if len(set) != 6 {
		t.Fatalf("%d settings are written", len(set))
	}
	if b := entry.Must[entry.SettingSetBody](set[5]); b != (entry.SettingSetBody{Name: "refund-limit", Was: "0.00", Now: "50.00", By: "local-1"}) {
		t.Errorf("written is %+v", b)
	}
	l.must(l.Set(t.Context(), "local-1", words.SettingHandover, ""))
	if items := l.HandoverItems(); items == nil || len(items) != 0 {
		t.Errorf("with nothing chosen the slip has %v", items)
	}
}

// TestSettingsAreRefused: each with its reason, and nothing is written.
func TestSettingsAreRefused(t *testing.T) {
	t.Parallel()
	l := newLab(t, 11)
	clerk := l.hire("Wang", staff.Clerk, nil)
	keeper := l.hire("Li", staff.Clerk, staff.Grants{staff.Settings: {staff.Every}})
	l.must(l.Set(t.Context(), "local-1", words.SettingRefundLimit, "100"))
	written := len(l.kinds(entry.SettingSet))
	for _, row := range []struct {
		by    string
		name  words.Setting
		value string
		trust entry.Trust
		want  string
	}{
		{clerk, words.SettingVoice, "off", entry.Trusted, string(words.DeniedRight)},
		{keeper, "colour", "red", entry.Trusted, string(words.HaltSetting)},
		{keeper, words.SettingVoice, "loud", entry.Trusted, string(words.HaltSetting)},
		{keeper, words.SettingDayStarts, "24", entry.Trusted, string(words.HaltSetting)},
		{keeper, words.SettingDayStarts, "-1", entry.Trusted, string(words.HaltSetting)},
		{keeper, words.SettingLanguage, "fr", entry.Trusted, string(words.HaltSetting)},
		{keeper, words.SettingHandover, "cash,colour", entry.Trusted, string(words.HaltSetting)},
		{keeper, words.SettingRefundLimit, "0.001", entry.Trusted, string(words.HaltSetting)},
		{keeper, words.SettingRefundLimit, "-1", entry.Trusted, string(words.HaltSetting)},
		{keeper, words.SettingRefundLimit, "1000000.01", entry.Trusted, string(words.HaltSetting)},
		{keeper, words.SettingRefundLimit, "1000.01", entry.Trusted, string(words.HaltLimits)},
		{keeper, words.SettingSecondLimit, "99.99", entry.Trusted, string(words.HaltLimits)},
		{keeper, words.SettingRefundLimit, "100.01", entry.Floor, string(words.HaltUntrusted)},
		{keeper, words.SettingSecondLimit, "1000.01", entry.Untrusted, string(words.HaltUntrusted)},
	} {
		l.trust(row.trust)
		if err := l.Set(t.Context(), row.by, row.name, row.value); why(t, err) != row.want {
			t.Errorf("%s sets %s to %q: %v, want %s", row.by, row.name, row.value, err, row.want)
		}
	}
	l.books.refuse(errDisk)
	if err := l.Set(t.Context(), "local-1", words.SettingVoice, "off"); why(t, err) != string(words.HaltUnwritten) || !l.Voice() {
		t.Errorf("on a disk that refuses: %v", err)
	}
	l.books.refuse(nil)
	if n := len(l.kinds(entry.SettingSet)); n != written {
		t.Errorf("%d settings are written, %d before", n, written)
	}
	l.trust(entry.Floor)
	l.must(l.Set(t.Context(), keeper, words.SettingRefundLimit, "50")) // what narrows always goes
	l.must(l.Set(t.Context(), "local-1", words.SettingRefundLimit, "60"))
}

// TestRolesOfLanes: a lane with a choice is told what it is for when that is set,
// at the start and at a clock-on; only what its config allows can be set.
func TestRolesOfLanes(t *testing.T) {
	t.Parallel()
	l := newLab(t, 14)
	l.hire("Chief", staff.Manager, nil)
	clerk := l.hire("Wang", staff.Clerk, nil)
	l.lanes.roles = map[string]flow.Role{"counter-1": flow.CashierDeposit}
	role := words.SettingRole("counter-1")
	if all := l.Settings(); !slices.Contains(all, role) || len(all) != 7 || l.Setting(role) != "cashier+deposit" {
		t.Errorf("to be set are %v, and it is %q", all, l.Setting(role))
	}
	for _, row := range []struct {
		by    string
		name  words.Setting
		value string
		want  string
	}{
		{clerk, role, "deposit", string(words.DeniedRight)},
		{"local-1", role, "parking-exit", string(words.HaltSetting)},
		{"local-1", words.SettingRole("counter-2"), "deposit", string(words.HaltSetting)},
		{"local-1", words.SettingRole("nowhere"), "deposit", string(words.HaltSetting)},
	} {
		if err := l.Set(t.Context(), row.by, row.name, row.value); why(t, err) != row.want {
			t.Errorf("%s sets %s to %q: %v, want %s", row.by, row.name, row.value, err, row.want)
		}
	}
	if len(l.lanes.took) != 0 {
		t.Errorf("what was refused is told to a lane: %v", l.lanes.took)
	}
	told := func(when string) {
		t.Helper()
		if want := []flow.Event{flow.Become{Role: flow.DepositDesk}}; !slices.Equal(l.lanes.took, want) {
			t.Errorf("%s the lanes are told %v, want %v", when, l.lanes.took, want)
		}
		l.lanes.took = nil
	}
	l.must(l.Set(t.Context(), "local-1", role, "deposit"))
	told("once it is set")
	l.restart(l.boot)
	told("at the start")
	_, err := l.ClockOn(t.Context(), ClockOn{Person: clerk, Lanes: []string{"counter-2"}})
	l.must(err)
	told("at a clock-on")
	if set := l.kinds(entry.SettingSet); len(set) != 1 || entry.Must[entry.SettingSetBody](set[0]) != (entry.SettingSetBody{Name: "role.counter-1", Was: "cashier+deposit", Now: "deposit", By: "local-1"}) {
		t.Errorf("written are %d", len(set))
	}
}

// TestExportsAreWritten: before anything leaves, and only for who may see it.
func TestExportsAreWritten(t *testing.T) {
	t.Parallel()
	l := newLab(t, 12)
	clerk := l.hire("Wang", staff.Clerk, nil)
	out := Export{By: clerk, What: "report", From: time.UnixMilli(5), To: time.UnixMilli(9), Rows: 3, Where: "page"}
	if err := l.Exported(t.Context(), out); why(t, err) != string(words.HaltNotOn) {
		t.Errorf("a clerk off duty: %v", err)
	}
	out.By = "local-1"
	l.must(l.Exported(t.Context(), out))
	if of := l.kinds(entry.Exported); len(of) != 1 || string(of[0].Body) != `{"w":"report","f":5,"t":9,"n":3,"b":"local-1","d":"page"}` {
		t.Errorf("written are %d", len(of))
	}
	l.books.refuse(errDisk)
	if err := l.Exported(t.Context(), Export{By: "local-1"}); why(t, err) != string(words.HaltUnwritten) {
		t.Errorf("an export that is not written goes out: %v", err)
	}
}
