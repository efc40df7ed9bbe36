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
