package sim

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
)

// Every fault that a hotel has to live through is counted, and is played by tests
// of its own, which are where they are said to be.
func TestEveryFaultIsPlayedAndTested(t *testing.T) {
	t.Parallel()
	for _, f := range faults {
		if len(f.seen) == 0 || len(f.tests) == 0 {
			t.Errorf("%s: nothing is counted, or nothing tests it", f.name)
		}
		for _, name := range f.seen {
			all := Stats{}
			for _, name := range slices.Concat(hotelOutcomes, shiftOutcomes, faultsSeen()) {
				all[name] = 1
			}
			ok := func() bool {
				return Report{Options: Options{Scene: Hotel}, Played: allSeeds, Missing: all.Missing(Hotel), Unseen: all.unseen(faultsSeen())}.OK()
			}
			if !ok() {
				t.Errorf("a run that came to everything is not fine")
			}
			if all[name] = 0; ok() {
				t.Errorf("%s: a run that never came to %q is fine", f.name, name)
			}
		}
		for _, where := range f.tests {
			folder, name, _ := strings.Cut(where, " ")
			files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(folder), "*_test.go"))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(files, func(file string) bool {
				text, err := os.ReadFile(file)
				return err == nil && bytes.Contains(text, []byte("func "+name+"(t *testing.T)"))
			}) {
				t.Errorf("%s: there is no test %s in %s", f.name, name, folder)
			}
		}
	}
}

// TestKilledAtEveryCommitOfADeposit: the process is gone right after the n-th commit
// of a visit, and the next one brings it to its end.
func TestKilledAtEveryCommitOfADeposit(t *testing.T) {
	if testing.Short() {
		t.Skip("not among the short ones")
	}
	t.Parallel()
	for n := int32(1); ; n++ {
		stats, broken := aVisit(t, func(w *world) { w.killIn.Store(n) })
		for _, b := range broken {
			t.Errorf("killed after commit %d: %s", n, b)
		}
		if stats[Kills] == 0 {
			if n < 8 {
				t.Errorf("a visit has %d commits", n-1)
			}
			return
		}
	}
}

// TestPowerFailsAtEveryWriteOfAHotel: likewise in the middle of the n-th write.
func TestPowerFailsAtEveryWriteOfAHotel(t *testing.T) {
	if testing.Short() {
		t.Skip("not among the short ones")
	}
	t.Parallel()
	for n := 1; ; n++ {
		stats, broken := aVisit(t, func(w *world) { w.disk.CutAfter(n) })
		for _, b := range broken {
			t.Errorf("cut in write %d: %s", n, b)
		}
		if stats[Cuts]+stats[CutsInWrite] == 0 {
			if n < 30 {
				t.Errorf("a visit has %d writes", n-1)
			}
			return
		}
	}
}

// aVisit is a deposit that is held, of which a part is taken and the rest let go;
// whatever ends the agent meanwhile, at last everything is as it should be.
func aVisit(t *testing.T, ends func(w *world)) (stats Stats, broken []string) {
	t.Helper()
	story := &Story{}
	synctest.Test(t, func(*testing.T) {
		time.Sleep(time.Until(opening))
		w := newWorld(2, Hotel, NoBug, story)
		w.weather(perfect, networks...)
		w.powerOn()
		ends(w)
		code := w.bank.code(w.shop.wallets(front)[0], pays)
		w.tell(0, flow.DepositSpec{Amount: 30_000, Room: "801", Title: "押金 Deposit", Ref: w.reason("hold"), Code: pay.Secret(code), By: "Li"})
		w.pass(3 * time.Minute)
		if keys := w.oracle.Held(); len(keys) > 0 {
			w.tell(0, flow.CaptureSpec{Hold: keys[0], Amount: 8850, Reason: w.reason("capture"), By: "Li"})
			w.pass(3 * time.Minute)
			w.tell(0, flow.ReleaseSpec{Hold: keys[0], Reason: w.reason("release"), By: "Li"})
			w.pass(3 * time.Minute)
		}
		w.killIn.Store(0)
		stats = w.oracle.Stats()
		w.mend()
		w.lastGuests()
		w.lastShift()
		w.check()
		w.close()
		w.tearDown()
		broken = w.oracle.Broken()
	})
	return stats, broken
}
