package sim

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/store/simdisk"
)

// Steps is how many things happen in a seed unless told otherwise.
const Steps = 60

// The lanes.
const (
	till = "till"
	exit = "exit"
)

// Outcome is what one seed came to.
type Outcome struct {
	Seed   uint64   `json:"seed"`
	Broken []string `json:"broken"` // promises, none when all were kept
	Story  *Story   `json:"story"`
	Stats  Stats    `json:"-"`

	Covered Coverage `json:"-"`
}

// Play plays one seed in a bubble of fake time. The same seed, scene, steps and
// bug always play the same.
func Play(t *testing.T, seed uint64, o Options) Outcome {
	out := Outcome{Seed: seed, Story: &Story{}}
	keysOnce() // once a process, and not in anybody's time
	synctest.Test(t, func(*testing.T) {
		time.Sleep(time.Until(opening) + hours(seed))
		w := newWorld(seed, o.Scene, o.Bug, out.Story)
		w.play(o.Steps)
		w.tearDown()
		out.Broken, out.Stats, out.Covered = w.oracle.Broken(), w.oracle.Stats(), w.oracle.Covered()
	})
	return out
}

func newWorld(seed uint64, scene Scene, bug Bug, story *Story) *world {
	w := &world{
		rng: rand.New(rand.NewPCG(seed, 1)), random: random(seed), story: story, oracle: NewOracle(), bug: bug,
		disk: simdisk.New(seed), board: newBoard(), hints: newHints(), shop: newShop(seed, till, exit),
	}
	w.bank = newBank(seed, w.oracle)
	w.sky = newSky(seed, story, w.oracle, bug)
	names, roles := []string{till, exit}, []flow.Role{flow.Cashier, flow.ParkingExit}
	if scene == Hotel {
		w.checkIn(seed)
		names, roles = hotelDesks(seed)
	}
	for i, role := range roles {
		st := newStand(names[i], role, seed)
		st.oracle, st.story, st.bug = w.oracle, story, bug
		st.power = func() bool { return !w.disk.Off() }
		w.stands = append(w.stands, st)
		w.oracle.stands[st.name] = st
	}
	return w
}

func (w *world) tearDown() {
	w.powerOff(false)
	w.bank.stop()
	w.disk.Close()
}

func random(seed uint64) *rand.ChaCha8 {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	return rand.NewChaCha8(key)
}
