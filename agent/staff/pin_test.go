package staff_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/pay"
	"tillgate/agent/staff"
	"tillgate/agent/words"
)

// TestPINs is which PINs somebody may have.
func TestPINs(t *testing.T) {
	t.Parallel()
	pins, err := staff.NewPins(nil)
	if err != nil {
		t.Fatal(err)
	}
	of := staff.Person{ID: "emp-739204", Name: "Wang 1008-2３"}
	for _, row := range []struct {
		pin pay.Secret
		why words.Denial
	}{
		{"582914", ""}, {"582914703618", ""}, {" 582914\n", ""}, {"５８２９１４", ""},
		{"58291", words.DeniedPINForm}, {"5829147036182", words.DeniedPINForm}, {"", words.DeniedPINForm}, {"58291a", words.DeniedPINForm},
		{"582 914", words.DeniedPINForm}, {"-582914", words.DeniedPINForm}, {"٥٨٢٩١٤", words.DeniedPINForm},
		{"739204", words.DeniedPINName}, {"100823", words.DeniedPINName}, {"392047", ""},
		{"123456", words.DeniedPINEasy},
	} {
		hash, err := pins.Hash(t.Context(), of, row.pin)
		if got := why(t, err); got != row.why || (err == nil) != strings.HasPrefix(hash.Text(), "$argon2id$v=19$m=8192,t=3,p=1$") {
			t.Errorf("%q: %q, want %q; %s", string(row.pin), got, row.why, hash.Text())
		}
	}
}

// TestEasyPINs: each rule meets what it is for, the list has only what no rule
// meets, and few of all PINs are refused.
func TestEasyPINs(t *testing.T) {
	t.Parallel()
	for _, pin := range []string{
		"000000", "888888", "121212", "123123", "12341234", "369369369", "345678", "890123", "987654", "210987", "012345678901",
		"123321", "520025", "1234321", "112233", "998877", "111222", "001122", "333222", "520131", "147258",
	} {
		if !staff.Easy(pin) {
			t.Errorf("%s is not easy", pin)
		}
	}
	for _, pin := range []string{"582914", "123457", "112234", "135791", "102938", "111112", "114477"} {
		if staff.Easy(pin) {
			t.Errorf("%s is easy", pin)
		}
	}
	for _, pin := range staff.Usual {
		if staff.Regular(pin) {
			t.Errorf("%s is in the list, and a rule meets it", pin)
		}
	}
	easy := 0
	for i := range 1_000_000 {
		if staff.Easy(fmt.Sprintf("%06d", i)) {
			easy++
		}
	}
	if easy < 1000 || easy > 5000 {
		t.Errorf("%d of a million are easy", easy)
	}
}

// TestAHashIsReadToTheLetter: a row that is none, or would take more than a
// board has, is no PIN, and its person counts as one who has none.
func TestAHashIsReadToTheLetter(t *testing.T) {
	t.Parallel()
	s := newShop(t, staff.Options{}).first()
	good := staff.FakeHash(staff.Person{}, 1).Text()
	swap := func(old, with string) string { return strings.Replace(good, old, with, 1) }
	for _, row := range []struct {
		is, row string
		pin     bool
	}{
		{"right", good, true},
		{"of a board with less memory", swap("m=8192", "m=4096"), true},
		{"with more passes", swap("t=3", "t=4"), true},
		{"another algorithm", swap("argon2id", "argon2i"), false},
		{"another version", swap("v=19", "v=16"), false},
		{"too much memory", swap("m=8192", "m=4194304"), false},
		{"too little memory", swap("m=8192", "m=1"), false},
		{"too many passes", swap("t=3", "t=4000000000"), false},
		{"no pass", swap("t=3", "t=0"), false},
		{"two threads", swap("p=1", "p=2"), false},
		{"with more behind it", good + "$", false},
		{"with more behind a number", swap("p=1", "p=1,x=2"), false},
		{"a number with a zero", swap("t=3", "t=03"), false},
		{"a shorter hash", good[:len(good)-4], false},
		{"no hash", good[:strings.LastIndex(good, "$")+1], false},
		{"not base64", swap("$m", "!$m") + "!", false},
		{"nothing", " ", false},
	} {
		s.Fold(map[string][]byte{"staff/pin/" + one: []byte(row.row)})
		if s.is(one).PIN != row.pin {
			t.Errorf("%s: %v", row.is, !row.pin)
		}
	}
}

// TestASignInTakesTheSame memory for a name that nobody has, for one without a
// PIN and for a PIN that cannot be one as for a wrong PIN: what is computed is
// what can be timed.
func TestASignInTakesTheSame(t *testing.T) {
	s, door := newRealDoor(t) // not parallel: it measures what the process allocates
	s.hire(staff.Person{Name: "Lei", Role: staff.Clerk}, false)
	for _, row := range []struct {
		is, name string
		pin      pay.Secret
	}{
		{"wrong PIN", manager, "582915"},
		{"no name", "nobody", "582914"},
		{"empty", "", ""},
		{"no PIN set", "Lei", "582914"},
		{"not a PIN", manager, "not a PIN at all"},
		{"very long", manager, pay.Secret(strings.Repeat("1", 1<<16))},
	} {
		s.stamp.Mono += time.Hour.Milliseconds()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := door.SignIn(t.Context(), staff.Try{Name: row.name, PIN: row.pin}); why(t, err) != words.DeniedNameOrPIN {
			t.Errorf("%s: %v", row.is, err)
		}
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown < 8<<20 || grown > 9<<20 {
			t.Errorf("%s took %d bytes, want 8 MiB and little more", row.is, grown)
		}
	}
}

// TestOneAtATime: while one is in, others wait, each as long as it likes; the
// tenth is sent away.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, door := newDoor(t)
		inside := make(chan struct{})
		var busy sync.Mutex
		s.slow = func() {
			if !busy.TryLock() {
				t.Error("two at once")
			}
			<-inside
			busy.Unlock()
		}
		results := make(chan error, 10)
		try := func(ctx context.Context) {
			_, err := door.SignIn(ctx, staff.Try{Name: manager, PIN: managerPIN, For: staff.ForSession})
			results <- err
		}
		go try(t.Context())
		synctest.Wait()
		hasty, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		go try(hasty)
		for range 7 {
			go try(t.Context())
		}
		synctest.Wait()
		try(t.Context())
		if err := <-results; why(t, err) != words.DeniedQueue {
			t.Errorf("the tenth: %v", err)
		}
		time.Sleep(time.Second) // of the bubble
		if err := <-results; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the hasty one: %v", err)
		}
		for range 8 {
			inside <- struct{}{}
			if err := <-results; err != nil {
				t.Errorf("one of the others: %v", err)
			}
		}
	})
}

// BenchmarkPIN is one hash, by passes; DESIGN.md has what it took.
func BenchmarkPIN(b *testing.B) {
	for passes := range uint32(3) {
		b.Run(fmt.Sprintf("passes=%d", passes+1), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				staff.Argon("582914", passes+1)
			}
		})
	}
}
