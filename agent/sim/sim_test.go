package sim

import (
	"strings"
	"testing"
)

// few is how many are played here, fewer where tests are to be short, as under
// the race detector; make test plays 2,000 seeds through the command.
func few(n int) int {
	if testing.Short() {
		return n / 5
	}
	return n
}

func TestSeedsKeepEveryPromise(t *testing.T) {
	t.Parallel()
	seedsHere := few(100)
	sum, n := Stats{}, 0
	Run(t, Options{From: 1, Seeds: seedsHere}, func(out Outcome) bool {
		n++
		sum.Add(out.Stats)
		for _, b := range out.Broken {
			t.Errorf("seed %d: %s", out.Seed, b)
		}
		return true
	})
	if n != seedsHere {
		t.Errorf("%d seeds were played, want %d", n, seedsHere)
	}
	t.Logf("never reached: %v\n%s", sum.Missing(Shop), strings.Join(sum.Lines(), "\n"))
}

func TestASeedAlwaysPlaysTheSame(t *testing.T) {
	t.Parallel()
	first := map[uint64]string{}
	for range 2 {
		Run(t, Options{From: 1000, Seeds: few(40)}, func(out Outcome) bool {
			var b strings.Builder
			if _, err := out.Story.WriteTo(&b); err != nil {
				t.Error(err)
			}
			had, again := first[out.Seed]
			if again && had != b.String() {
				t.Errorf("seed %d plays otherwise the second time: %s", out.Seed, difference(had, b.String()))
			}
			first[out.Seed] = b.String()
			return true
		})
	}
}

// difference is the first line that is not the same.
func difference(a, b string) string {
	was, is := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			return "\n" + was[i] + "\n" + is[i]
		}
	}
	return "one is longer"
}

// caughtBy is the promise that a bug of tenders or refunds breaks first.
var caughtBy = map[Bug]string{
	ClosedUnseen: "promise 1: ", OldQR: "promise 1: the screen of", CashBeside: "promise 1: order", SentTwice: "promise 1: charge", RefundRenumbered: "promise 1: ",
	RefundUnknownIsNo: "promise 1: of order", RefundOnItsWay: "promise 1: refund", CeilingLoose: "promise 1: refund",
	GapToLast: "promise 7: ", ShiftOfBeginning: "promise 7: ", RestartEndsShift: "promise 7: shift",
}

// Every bug is put in, and found within a few seeds that are fine without it.
func TestEveryBugIsCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("not among the short ones")
	}
	t.Parallel()
	const within = 60
	for _, bug := range Bugs {
		t.Run(string(bug), func(t *testing.T) {
			t.Parallel()
			var caught *Outcome
			Run(t, Options{From: 1, Seeds: within, Bug: bug, Cores: 1}, func(out Outcome) bool {
				switch {
				case len(out.Broken) == 0:
				case strings.HasPrefix(out.Broken[0], caughtBy[bug]):
					caught = &out
				default: // what else follows from it
					t.Logf("seed %d: %s", out.Seed, out.Broken[0])
				}
				return caught == nil
			})
			if caught == nil {
				t.Fatalf("not found in %d seeds as %q", within, caughtBy[bug])
			}
			t.Logf("seed %d: %s", caught.Seed, caught.Broken[0])
		})
	}
}
