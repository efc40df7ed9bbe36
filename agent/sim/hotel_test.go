package sim

import (
	"strings"
	"testing"
)

// Every promise is kept in a hotel, too; make test plays many more through the command.
func TestHotelSeedsKeepEveryPromise(t *testing.T) {
	t.Parallel()
	sum := Stats{}
	Run(t, Options{From: 1, Seeds: few(60), Scene: Hotel}, func(out Outcome) bool {
		sum.Add(out.Stats)
		for _, b := range out.Broken {
			t.Errorf("seed %d: %s", out.Seed, b)
		}
		return true
	})
	if sum[HoldsHeld] == 0 || sum["captures done"] == 0 || sum["releases done"] == 0 {
		t.Error("nothing was held, captured or released")
	}
	t.Logf("\n%s", strings.Join(sum.Lines(), "\n"))
}

func TestAHotelAlwaysPlaysTheSame(t *testing.T) {
	t.Parallel()
	first := map[uint64]string{}
	for range 2 {
		Run(t, Options{From: 3000, Seeds: few(20), Scene: Hotel}, func(out Outcome) bool {
			var b strings.Builder
			if _, err := out.Story.WriteTo(&b); err != nil {
				t.Error(err)
			}
			if had, again := first[out.Seed]; again && had != b.String() {
				t.Errorf("seed %d plays otherwise the second time: %s", out.Seed, difference(had, b.String()))
			}
			first[out.Seed] = b.String()
			return true
		})
	}
}

// Every bug of deposits is put in, and found within a few hotels that are fine without it.
func TestEveryBugOfDepositsIsCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("not among the short ones")
	}
	t.Parallel()
	const within = 40
	for _, bug := range HoldBugs {
		t.Run(string(bug), func(t *testing.T) {
			t.Parallel()
			if bug.Scene() != Hotel {
				t.Error("it is looked for in another scene")
			}
			var caught *Outcome
			Run(t, Options{From: 1, Seeds: within, Scene: Hotel, Bug: bug, Cores: 1}, func(out Outcome) bool {
				if len(out.Broken) > 0 {
					caught = &out
				}
				return caught == nil
			})
			if caught == nil {
				t.Fatalf("not found in %d seeds", within)
			}
			if strings.HasPrefix(caught.Broken[0], "promise 0") {
				t.Errorf("seed %d found only %q", caught.Seed, caught.Broken[0])
			}
			t.Logf("seed %d: %s", caught.Seed, caught.Broken[0])
		})
	}
}

func TestScenesHaveNames(t *testing.T) {
	t.Parallel()
	for _, name := range Scenes() {
		if _, ok := SceneOf(name); !ok {
			t.Errorf("nobody plays %q", name)
		}
	}
	if _, ok := SceneOf("harbour"); ok {
		t.Error("a scene that there is not is played")
	}
}
