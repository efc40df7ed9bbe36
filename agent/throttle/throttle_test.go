package throttle

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

func from(remote string) *http.Request { return &http.Request{RemoteAddr: remote} }

// TestOneAddressDoesNotShutOutAnother: too many requests of one are refused, and
// let in again as time goes on; of another, and of this machine, they never were.
func TestOneAddressDoesNotShutOutAnother(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		knock  bool
		atOnce int
		every  time.Duration
	}{
		"requests": {false, AtOnce, time.Second / PerSecond},
		"sign-ins": {true, KnocksOnce, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var a Addresses
				ask := func(remote string) bool {
					leave, ok := a.Enter(from(remote), c.knock)
					if ok {
						leave()
					}
					return ok
				}
				for i := range c.atOnce {
					if !ask(fmt.Sprintf("192.0.2.7:%d", 1000+i)) {
						t.Fatalf("request %d is refused", i)
					}
				}
				if ask("192.0.2.7:1") {
					t.Errorf("more than %d at once are let in", c.atOnce)
				}
				for _, other := range []string{"192.0.2.8:1", "[2001:db8::1]:1", "127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1", "pipe"} {
					if !ask(other) {
						t.Errorf("%s is shut out by another", other)
					}
				}
				time.Sleep(c.every + time.Millisecond)
				if !ask("192.0.2.7:1") || ask("192.0.2.7:1") {
					t.Error("not one more after a while")
				}
			})
		})
	}
}

// TestOpenRequestsHaveABound: streams of one network, whichever of its addresses they come from.
func TestOpenRequestsHaveABound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var a Addresses
		var leave func()
		for i := range OpenMax {
			var ok bool
			if leave, ok = a.Enter(from(fmt.Sprintf("[2001:db8::%x]:1", i)), false); !ok {
				t.Fatalf("request %d is refused", i)
			}
		}
		if _, ok := a.Enter(from("[2001:db8::ffff]:1"), false); ok {
			t.Error("one more is open")
		}
		leave()
		if _, ok := a.Enter(from("[2001:db8::ffff]:1"), false); !ok {
			t.Error("none is let in after one has gone")
		}
	})
}

// TestAddressesHaveABound: more than there can be push out who is quiet, and nobody who is being answered.
func TestAddressesHaveABound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var a Addresses
		if _, ok := a.Enter(from("192.0.2.1:1"), false); !ok { // it stays
			t.Fatal("the first is refused")
		}
		for i := range 3 * addressesMax {
			leave, ok := a.Enter(from(fmt.Sprintf("198.18.%d.%d:1", i/256, i%256)), false)
			if !ok {
				t.Fatalf("address %d is refused", i)
			}
			leave()
			time.Sleep(time.Millisecond)
		}
		if len(a.all) != addressesMax || a.all[mustOrigin(t, "192.0.2.1:1")] == nil {
			t.Errorf("%d are remembered, with the open one: %v", len(a.all), a.all[mustOrigin(t, "192.0.2.1:1")] != nil)
		}
	})
}

func mustOrigin(t *testing.T, remote string) (p netip.Prefix) {
	t.Helper()
	p, elsewhere := origin(remote)
	if !elsewhere {
		t.Fatalf("%s is here", remote)
	}
	return p
}
