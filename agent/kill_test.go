//go:build demo

package main

import (
	"testing"

	"tillgate/store/money"
)

func countKind(kinds []string, kind string) (n int) {
	for _, k := range kinds {
		if k == kind {
			n++
		}
	}
	return n
}

// TestKill kills the real process with kill -9 right after each commit of a
// sale, and when its slip is out, and starts it again: one charge, one slip or
// one marked reprint, a pulse, and the outcome that the network knows. A sale
// after it shows that nothing else was still to come: devices work in turn.
func TestKill(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name           string
		commits        int    // dies after so many; 0: when the slip is out
		slips          int    // in both lives together
		pulses, voices [2]int // at least, at most
	}{
		{"after the intent", 1, 1, [2]int{1, 1}, [2]int{1, 1}},
		{"after the outcome", 2, 1, [2]int{1, 1}, [2]int{0, 0}}, // a marked reprint, since the first may have come out; no voice after its window
		{"after the slip", 0, 2, [2]int{1, 2}, [2]int{0, 1}},    // the slip and a marked reprint; the arm is told again
		{"after the results", 3, 1, [2]int{1, 1}, [2]int{1, 1}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := newStreet(t)
			s.start(row.commits)
			s.car("exit-1")
			s.owe("exit-1", "12.50")
			s.show("exit-1", "pays")
			slips := row.slips
			if row.commits == 0 {
				s.slip()
				slips--
				s.kill()
			} else {
				s.dead()
			}
			s.start(0)
			if row.commits == 1 { // the network never heard of it: the way back is walked to its end, and the payer can pay again
				s.until("exit-1", "refused")
				s.show("exit-1", "pays")
			}
			for range slips {
				s.slip()
			}
			s.hears("pulse", row.pulses[0])
			s.hears("entry:outputs", 1)
			s.settled(1, 1250)
			pulses, voices := s.count("pulse"), s.count("voice")

			s.car("exit-1")
			s.until("exit-1", "paid", "idle")
			s.owe("exit-1", "1.00")
			s.show("exit-1", "pays")
			s.slip()
			s.hears("pulse", pulses+1)
			s.hears("voice", voices+1)
			s.settled(2, 1350)
			for what, most := range map[string]int{"pulse": row.pulses[1] + 1, "voice": row.voices[1] + 1} {
				if n := s.count(what); n > most {
					t.Errorf("%d times %q, want %d at most with the second sale's", n, what, most)
				}
			}
			if len(s.slips) != 0 {
				t.Errorf("%d slips more than expected", len(s.slips))
			}
		})
	}
}

// settled checks that so many orders are paid, once each, and the network's books with them.
func (s *street) settled(orders int, sum money.Fen) {
	s.t.Helper()
	kinds := s.journal()
	if n := countKind(kinds, "settled"); n != orders || countKind(kinds, "frozen") > 0 {
		s.t.Errorf("%d settled entries, want %d, in %v", n, orders, kinds)
	}
	var net money.Fen
	for _, e := range s.bank.Ledger() {
		net += e.Charged - e.Returned
	}
	if net != sum {
		s.t.Errorf("the network took %s, want %s", net, sum)
	}
}
