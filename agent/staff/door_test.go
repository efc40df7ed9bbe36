package staff_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

const (
	manager    = "经理 Manager"
	managerPIN = pay.Secret("582914")
	wrongPIN   = pay.Secret("582915")
)

// newDoor is a shop with its first manager. Its hashes cost next to nothing.
func newDoor(t *testing.T) (*shop, *staff.Door) {
	t.Helper()
	s := newShop(t, staff.Options{})
	step, link, err := s.First("", s.at())
	s.put(step, err)
	s.put(s.Finish(link.Token, staff.CheapHash(s.is(one), managerPIN), s.at()))
	return s, staff.NewDoor(s.Roster, staff.CheapPins(), s.now, s.commit)
}

// newRealDoor is one whose PINs are hashed as they are on a terminal.
func newRealDoor(t *testing.T) (*shop, *staff.Door) {
	t.Helper()
	s := newShop(t, staff.Options{})
	pins, err := staff.NewPins(nil)
	if err != nil {
		t.Fatal(err)
	}
	step, link, err := s.First("", s.at())
	s.put(step, err)
	hash, err := pins.Hash(t.Context(), s.is(one), managerPIN)
	if err != nil {
		t.Fatal(err)
	}
	s.put(s.Finish(link.Token, hash, s.at()))
	return s, staff.NewDoor(s.Roster, pins, s.now, s.commit)
}

// restart is the door as a start of the agent makes it; since is the first entry of this boot.
func (s *shop) restart(since entry.Seq) *staff.Door {
	s.t.Helper()
	s.Roster = s.again()
	s.Booted(since)
	door := staff.NewDoor(s.Roster, staff.CheapPins(), s.now, s.commit)
	door.Fold(s.open(staff.Refused)...)
	door.Booted(since)
	return door
}

func try(t *testing.T, door *staff.Door, name string, pin pay.Secret) (words.Denial, time.Duration) {
	t.Helper()
	_, err := door.SignIn(t.Context(), staff.Try{Name: name, PIN: pin, For: staff.ForSession, Where: "counter-1"})
	var refusal *staff.Refusal
	if errors.As(err, &refusal) {
		return refusal.Why, refusal.Wait
	}
	if err != nil {
		t.Fatal(err)
	}
	return "", 0
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	s, door := newRealDoor(t)
	in, err := door.SignIn(t.Context(), staff.Try{Name: "　经理 MANAGER", PIN: "５８２９１４", For: staff.ForSession, Where: "counter-1"})
	if err != nil || in.Person.ID != one || in.Proof.Person() != one || !s.Still(one, in.Entry) {
		t.Fatalf("in %+v, %v", in, err)
	}
	e := s.entries[len(s.entries)-1]
	if e.Seq != in.Entry || e.Kind != entry.SignedIn || string(e.Body) != `{"p":"local-1","f":"session","w":"counter-1"}` || !s.done[e.Key] {
		t.Errorf("the entry is %s %s", e.Kind, e.Body)
	}
	now := s.at()
	now.Trust, now.Spot = entry.Untrusted, in.Proof
	if _, err := s.Set(one, staff.Person{Name: "Lei", Role: staff.Clerk}, now); err != nil {
		t.Errorf("the manager on the spot: %v", err)
	}
	if _, err := s.commit(t.Context(), staff.SignOut(one, in.Entry, "idle")); err != nil {
		t.Fatal(err)
	}
	if e := s.entries[len(s.entries)-1]; e.Kind != entry.SignedOut || entry.Must[entry.SignedOutBody](e).In != in.Entry || !s.done[e.Key] {
		t.Errorf("the entry is %s %s", e.Kind, e.Body)
	}
}

const lockTime = 15 * time.Minute

// pause is the one after so many wrong PINs in a row.
func pause(wrong int) time.Duration {
	return append([]time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second},
		slices.Repeat([]time.Duration{lockTime}, 100)...)[wrong]
}

// TestWrongPINTwentyTimes: each is slowed, from the fifth on locked; a name that
// nobody has cannot be told from it. Nothing but the time takes the lock away,
// neither trying on nor a restart, and the right PIN then counts from the beginning.
func TestWrongPINTwentyTimes(t *testing.T) {
	t.Parallel()
	s, door := newDoor(t)
	for n := 1; n <= 20; n++ {
		for _, name := range []string{manager, "nobody of that name"} {
			if got, wait := try(t, door, name, wrongPIN); got != words.DeniedNameOrPIN || wait != pause(n) {
				t.Fatalf("wrong PIN %d of %s: %q, wait %v; want %v", n, name, got, wait, pause(n))
			}
			written := len(s.entries)
			for _, pin := range []pay.Secret{wrongPIN, managerPIN} { // the right one is not looked at either
				if got, wait := try(t, door, name, pin); got != words.DeniedWait || wait != pause(n) {
					t.Errorf("at once, after %d of %s: %q, wait %v", n, name, got, wait)
				}
			}
			s.stamp.Mono += pause(n).Milliseconds() - 1
			if got, wait := try(t, door, name, managerPIN); got != words.DeniedWait || wait != time.Millisecond {
				t.Errorf("a millisecond too early, after %d of %s: %q, wait %v", n, name, got, wait)
			}
			s.stamp.Mono -= pause(n).Milliseconds() - 1
			if len(s.entries) != written {
				t.Errorf("what was not compared was written")
			}
		}
		s.stamp.Wall -= 1 << 40 // means nothing
		s.stamp.Mono += pause(n).Milliseconds()
	}
	if got, _ := try(t, door, manager, managerPIN); got != "" {
		t.Fatalf("the right PIN, in time: %q", got)
	}
	if got, wait := try(t, door, manager, wrongPIN); got != words.DeniedNameOrPIN || wait != time.Second {
		t.Errorf("wrong again: %q, wait %v", got, wait)
	}
	counts := map[string]int{}
	for _, e := range s.entries {
		if e.Kind == entry.SignInRefused {
			counts[string(e.Body)]++
		}
	}
	if counts[`{"p":"local-1","y":"pin","w":"counter-1"}`] != 21 || counts[`{"y":"name","w":"counter-1"}`] != 20 || len(counts) != 2 {
		t.Errorf("written are %v", counts)
	}
}

// TestALockSurvives a restart of the agent, where the boot clock goes on, and
// one of the board, where it begins anew.
func TestALockSurvives(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		is      string
		wrong   int
		restart func(s *shop) *staff.Door
		wait    time.Duration
	}{
		{"agent", 5, func(s *shop) *staff.Door { s.stamp.Mono += 60_000; return s.restart(1) }, 14 * time.Minute},
		{"agent, much later", 5, func(s *shop) *staff.Door { s.stamp.Mono += 1_000_000; return s.restart(1) }, 0},
		{"board", 5, func(s *shop) *staff.Door { s.stamp.Mono = 30_000; return s.restart(entry.Seq(len(s.entries) + 1)) }, 15 * time.Minute},
		{"board, up for longer than before", 5, func(s *shop) *staff.Door {
			s.stamp.Mono += 1 << 40
			return s.restart(entry.Seq(len(s.entries) + 1))
		}, 15 * time.Minute},
		{"a boot without a name", 5, func(s *shop) *staff.Door { s.stamp.Mono = 1 << 40; return s.restart(0) }, 15 * time.Minute},
		{"board, after three", 3, func(s *shop) *staff.Door { s.stamp.Mono = 5; return s.restart(entry.Seq(len(s.entries) + 1)) }, 4 * time.Second},
	} {
		t.Run(row.is, func(t *testing.T) {
			t.Parallel()
			s, door := newDoor(t)
			for n := range row.wrong {
				if got, _ := try(t, door, manager, wrongPIN); got != words.DeniedNameOrPIN {
					t.Fatalf("wrong PIN %d: %q", n+1, got)
				}
				if n < row.wrong-1 {
					s.stamp.Mono += pause(n + 1).Milliseconds()
				}
			}
			door = row.restart(s)
			if row.wait > 0 {
				if got, wait := try(t, door, manager, managerPIN); got != words.DeniedWait || wait != row.wait {
					t.Fatalf("%q, wait %v, want %v", got, wait, row.wait)
				}
			}
			s.stamp.Mono += row.wait.Milliseconds()
			if got, wait := try(t, door, manager, wrongPIN); got != words.DeniedNameOrPIN || wait != pause(row.wrong+1) {
				t.Errorf("one more: %q, wait %v: the count began anew", got, wait)
			}
			s.stamp.Mono += pause(row.wrong + 1).Milliseconds()
			if got, _ := try(t, door, manager, managerPIN); got != "" {
				t.Errorf("the right PIN: %q", got)
			}
			if open := s.open(staff.Refused); len(open) > 0 {
				t.Errorf("%d wrong PINs are still to be remembered", len(open))
			}
		})
	}
}

// TestANewPINHasNoWrongOnes, now and after a restart: it is how a manager helps.
func TestANewPINHasNoWrongOnes(t *testing.T) {
	t.Parallel()
	s, door := newDoor(t)
	for n := range 5 {
		s.stamp.Mono += pause(n).Milliseconds()
		if got, _ := try(t, door, manager, wrongPIN); got != words.DeniedNameOrPIN {
			t.Fatalf("wrong PIN %d: %q", n+1, got)
		}
	}
	step, link, err := s.First(manager, s.at())
	s.put(step, err)
	if got, _ := try(t, door, manager, managerPIN); got != words.DeniedWait {
		t.Errorf("before the link is followed: %q", got)
	}
	s.put(s.Finish(link.Token, staff.CheapHash(s.is(one), "730284"), s.at()))
	if got, wait := try(t, door, manager, managerPIN); got != words.DeniedNameOrPIN || wait != time.Second {
		t.Errorf("with the old PIN: %q, wait %v", got, wait)
	}
	s.stamp.Mono += 1000
	door = s.restart(1)
	if got, wait := try(t, door, manager, managerPIN); got != words.DeniedNameOrPIN || wait != 2*time.Second {
		t.Errorf("with the old PIN, after a restart: %q, wait %v", got, wait)
	}
	s.stamp.Mono += 2000
	if got, _ := try(t, door, manager, "730284"); got != "" {
		t.Errorf("with the new PIN: %q", got)
	}
}

// TestWhoDoesNotGetIn: switched off, without a PIN, gone: one answer for all of them.
func TestWhoDoesNotGetIn(t *testing.T) {
	t.Parallel()
	s, door := newDoor(t)
	hire := func(name string) staff.Person {
		id := s.hire(staff.Person{Name: name, Role: staff.Clerk}, false)
		step, link, err := s.Activate(one, id, s.at())
		s.put(step, err)
		s.put(s.Finish(link.Token, staff.CheapHash(s.is(id), managerPIN), s.at()))
		return s.is(id)
	}
	off, gone := hire("Off"), hire("Gone")
	off.Off = true
	s.put(s.Set(one, off, s.at()))
	s.put(s.Remove(one, gone.ID))
	s.hire(staff.Person{Name: "Unset", Role: staff.Clerk}, false)
	for name, why := range map[string]string{"Off": "off", "Gone": "name", "Unset": "unset"} {
		if got, wait := try(t, door, name, managerPIN); got != words.DeniedNameOrPIN || wait != time.Second {
			t.Errorf("%s: %q, wait %v", name, got, wait)
		}
		if b := entry.Must[entry.SignInRefusedBody](s.entries[len(s.entries)-1]); b.Why != why || (b.Person == "") != (why == "name") {
			t.Errorf("%s is written as %+v", name, b)
		}
	}
	s.stamp.Mono += 1000
	off.Off = false
	s.put(s.Set(one, off, s.at()))
	if got, _ := try(t, door, "Off", managerPIN); got != "" {
		t.Errorf("switched on: %q", got)
	}
}

// TestAGuessIsNeverFree: not where its client hangs up, nor where the disk refuses.
func TestAGuessIsNeverFree(t *testing.T) {
	t.Parallel()
	for _, name := range []string{manager, "nobody"} {
		s, door := newDoor(t)
		ctx, cancel := context.WithCancel(t.Context())
		s.slow = cancel
		written := len(s.entries)
		if _, err := door.SignIn(ctx, staff.Try{Name: name, PIN: wrongPIN}); why(t, err) != words.DeniedNameOrPIN || len(s.entries) != written+1 {
			t.Errorf("hung up: %v, %d entries", err, len(s.entries)-written)
		}
		s.slow, s.refuses = nil, true
		for n := 2; n <= 6; n++ {
			s.stamp.Mono += pause(n - 1).Milliseconds()
			if _, err := door.SignIn(t.Context(), staff.Try{Name: name, PIN: wrongPIN}); !errors.Is(err, errDisk) {
				t.Errorf("on a full disk: %v", err)
			}
			if got, wait := try(t, door, name, managerPIN); got != words.DeniedWait || wait != pause(n) {
				t.Errorf("after %d of %s on a full disk: %q, wait %v", n, name, got, wait)
			}
		}
		s.stamp.Mono += pause(6).Milliseconds()
		if _, err := door.SignIn(t.Context(), staff.Try{Name: manager, PIN: managerPIN}); !errors.Is(err, errDisk) {
			t.Errorf("let in without an entry: %v", err)
		}
		s.refuses = false
		if got, _ := try(t, door, manager, managerPIN); got != "" {
			t.Errorf("the disk is well again: %q", got)
		}
	}
}

// TestWhoeverTypesNamesAtRandom fills neither memory nor journal, and finds out
// nothing by it.
func TestWhoeverTypesNamesAtRandom(t *testing.T) {
	t.Parallel()
	s, door := newDoor(t)
	written := len(s.entries)
	for i := range 300 {
		s.stamp.Mono += 100
		if got, wait := try(t, door, fmt.Sprint("name ", i), wrongPIN); got != words.DeniedNameOrPIN || wait != time.Second {
			t.Fatalf("name %d: %q, wait %v", i, got, wait)
		}
	}
	if n := len(s.entries) - written; n != 64 {
		t.Errorf("%d refusals were written", n)
	}
	s.stamp.Mono += 15 * 60_000
	try(t, door, "name 300", wrongPIN)
	if b := entry.Must[entry.SignInRefusedBody](s.entries[len(s.entries)-1]); b.More != 300-64 {
		t.Errorf("the next entry counts %d more", b.More)
	}
	if got, wait := try(t, door, "name 299", wrongPIN); got != words.DeniedNameOrPIN || wait != 2*time.Second {
		t.Errorf("a name of just now: %q, wait %v", got, wait)
	}
	if got, wait := try(t, door, "name 0", wrongPIN); got != words.DeniedNameOrPIN || wait != time.Second {
		t.Errorf("a name of long ago: %q, wait %v: it was to be forgotten", got, wait)
	}
	if got, _ := try(t, door, manager, managerPIN); got != "" {
		t.Errorf("the manager: %q", got)
	}
}
