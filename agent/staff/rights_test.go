package staff_test

import (
	"slices"
	"testing"

	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// TestMay is every role and right, on every lane, one lane, another and the whole store.
func TestMay(t *testing.T) {
	t.Parallel()
	s := newShop(t, staff.Options{}).first()
	clerk := s.hire(staff.Person{Name: "李雷", Role: staff.Clerk}, true)
	technician := s.hire(staff.Person{Name: "韩梅梅", Role: staff.Technician}, true)
	cashier := s.hire(staff.Person{Name: "林涛", Role: staff.Clerk, Rights: staff.Grants{staff.Sell: {"counter-1", "exit-1"}, staff.Refund: {"counter-1"}}}, true)
	away := s.hire(staff.Person{Name: "Ann", Role: staff.Manager, Off: true}, false)
	left := s.hire(staff.Person{Name: "Kate", Role: staff.Clerk}, true)
	s.put(s.Remove(local+"1", left))

	all := staff.Rights()
	for _, row := range []struct {
		id   string
		lane string
		may  []staff.Right
		why  words.Denial // of all others
	}{
		{local + "1", "counter-1", all, ""},
		{local + "1", "", all, ""},
		{local + "1", "a lane of tomorrow", all, ""},
		{clerk, "exit-1", []staff.Right{staff.Sell, staff.Refund}, words.DeniedRight},
		{technician, "exit-1", []staff.Right{staff.Service}, words.DeniedRight},
		{technician, "", []staff.Right{staff.Service}, words.DeniedRight},
		{away, "counter-1", nil, words.DeniedOff},
		{left, "counter-1", nil, words.DeniedNobody},
		{"", "counter-1", nil, words.DeniedNobody},
		{"nobody", "counter-1", nil, words.DeniedNobody},
	} {
		for _, right := range all {
			want := row.why
			if slices.Contains(row.may, right) {
				want = ""
			}
			if got := why(t, s.May(row.id, right, row.lane, s.at())); got != want {
				t.Errorf("%s may %s on %q: %q, want %q", row.id, right, row.lane, got, want)
			}
		}
	}
	for _, row := range []struct {
		right staff.Right
		lane  string
		why   words.Denial
	}{
		{staff.Sell, "counter-1", ""}, {staff.Sell, "", ""}, // both lanes are the whole store
		{staff.Sell, "a lane of tomorrow", words.DeniedLane},
		{staff.Refund, "counter-1", ""}, {staff.Refund, "exit-1", words.DeniedLane}, {staff.Refund, "", words.DeniedLane},
		{staff.Reports, "counter-1", words.DeniedRight},
	} {
		if got := why(t, s.May(cashier, row.right, row.lane, s.at())); got != row.why {
			t.Errorf("%s on %q: %q, want %q", row.right, row.lane, got, row.why)
		}
	}
}

// TestMayByTheClock: while the clock proves nothing, what lets money or cars go
// takes a manager, the person or one on the spot.
func TestMayByTheClock(t *testing.T) {
	t.Parallel()
	s := newShop(t, staff.Options{}).first()
	everything := staff.Grants{}
	for _, right := range staff.Rights() {
		everything[right] = staff.Lanes{staff.Every}
	}
	clerk := s.hire(staff.Person{Name: "李雷", Role: staff.Clerk, Rights: everything}, true)
	off := s.hire(staff.Person{Name: "Ann", Role: staff.Manager, Off: true}, false)
	takeManager := []staff.Right{staff.Refund, staff.Approve, staff.Override}
	mono := s.stamp.Mono
	for _, row := range []struct {
		is    string
		by    string
		trust entry.Trust
		spot  staff.Proof
		may   bool
	}{
		{"trusted", clerk, entry.Trusted, staff.Proof{}, true},
		{"floor", clerk, entry.Floor, staff.Proof{}, false},
		{"untrusted", clerk, entry.Untrusted, staff.Proof{}, false},
		{"manager himself", local + "1", entry.Untrusted, staff.Proof{}, true},
		{"manager on the spot", clerk, entry.Untrusted, staff.JustTyped(local+"1", mono), true},
		{"manager two minutes ago", clerk, entry.Floor, staff.JustTyped(local+"1", mono-120_000), true},
		{"manager longer ago", clerk, entry.Floor, staff.JustTyped(local+"1", mono-120_001), false},
		{"a PIN of the future", clerk, entry.Floor, staff.JustTyped(local+"1", mono+1), false},
		{"clerk on the spot", clerk, entry.Untrusted, staff.JustTyped(clerk, mono), false},
		{"switched off manager", clerk, entry.Untrusted, staff.JustTyped(off, mono), false},
		{"nobody on the spot", clerk, entry.Untrusted, staff.JustTyped("nobody", mono), false},
	} {
		now := s.at()
		now.Trust, now.Spot = row.trust, row.spot
		for _, right := range staff.Rights() {
			want := words.Denial("")
			if !row.may && slices.Contains(takeManager, right) {
				want = words.DeniedClock
			}
			if got := why(t, s.May(row.by, right, "counter-1", now)); got != want {
				t.Errorf("%s: %s is %q, want %q", row.is, right, got, want)
			}
		}
	}
}
