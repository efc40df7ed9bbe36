package cloud_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/cloud"
	"tillgate/agent/cloud/collect"
)

// TestRandomLives plays random faults from a seed: messages lost, late and more
// than once, connections that flap, power cuts that lose the mark, a cloud that
// is full or restarted, epochs that begin. Whatever happens, what is
// acknowledged is in the cloud with the same chain; and once all is mended,
// everything is.
func TestRandomLives(t *testing.T) {
	t.Parallel()
	lives := 300
	if testing.Short() {
		lives = 30
	}
	for seed := range lives {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { newRandomLife(t, uint64(seed)).play() })
		})
	}
}

type life struct {
	t    *testing.T
	rng  *rand.Rand // of the test's goroutine
	wire *wire
	till *till
	// forgets has the cloud be restored from backups. Then what is acknowledged
	// may be gone for a while, and only the end is checked.
	forgets bool
}

func newRandomLife(t *testing.T, seed uint64) *life {
	l := &life{t: t, rng: rand.New(rand.NewPCG(seed, 1)), wire: newWire(t, newShelf()), forgets: seed%3 == 0}
	l.begin(newDiary(l.rng.IntN(300)))
	return l
}

// begin is a start of the device with a journal.
func (l *life) begin(d *diary) {
	if !l.forgets {
		honest(l.t, l.wire.shelf, d)
	}
	l.till = l.wire.start(l.t, d, func(o *cloud.SenderOptions) { o.Window = 1 + l.rng.IntN(150) })
}

func (l *life) play() {
	for range 60 {
		l.act()
		wait(time.Duration(l.rng.IntN(5000)) * time.Millisecond)
	}
	l.mend()
	arrived(l.t, l.wire.shelf, l.till.diary)
	if err := l.till.State().Err; err != nil {
		l.t.Errorf("state is %v", err)
	}
	for _, what := range []collect.What{collect.Forked, collect.Garbled} {
		if l.wire.shelf.raised(what) {
			l.t.Errorf("alarms %v", l.wire.shelf.alarms)
		}
	}
}

func (l *life) act() {
	d := l.till.diary
	switch l.rng.IntN(12) {
	case 0, 1, 2:
		d.write(1 + l.rng.IntN(5))
	case 3:
		d.write(l.rng.IntN(400))
	case 4, 5:
		l.storm()
	case 6:
		l.wire.change(func(w *wire) { w.fate = nil })
	case 7:
		l.till.plug(l.rng.IntN(2) == 0)
	case 8: // the power fails
		l.till.stop()
		d.set(func(d *diary) { d.acked = max(0, d.acked-1-d.acked/4) })
		l.begin(d)
	case 9:
		l.wire.change(func(w *wire) { w.receiver = collect.NewReceiver(w.shelf) })
		l.wire.tell(cloud.UpState, cloud.Presence{Online: true}) // as the broker has retained it
	case 10:
		full := l.rng.IntN(2) == 0
		l.wire.shelf.mu.Lock()
		l.wire.shelf.full = map[bool]error{true: errUnplugged}[full]
		l.wire.shelf.mu.Unlock()
	case 11:
		if epoch, _, _ := d.Head(); l.forgets {
			l.wire.restoreEpoch(epoch.Number, l.rng.IntN(1+l.wire.shelf.count(epoch.Number)))
		} else if l.rng.IntN(4) == 0 {
			d.begin()
		}
	}
}

// storm gives messages random fates.
func (l *life) storm() {
	rng := rand.New(rand.NewPCG(l.rng.Uint64(), 2)) // the wire's goroutines use it, under the wire's lock
	lose, late := rng.IntN(60), rng.IntN(60)
	l.wire.change(func(w *wire) {
		w.fate = func(cloud.Message) (times []time.Duration) {
			for n := 1 + rng.IntN(2); n > 0; n-- {
				switch {
				case rng.IntN(100) < lose:
				case rng.IntN(100) < late:
					times = append(times, time.Duration(rng.IntN(20_000))*time.Millisecond)
				default:
					times = append(times, latency)
				}
			}
			return times
		}
	})
}

// mend heals everything, sends one more entry and lets an hour pass.
func (l *life) mend() {
	l.wire.change(func(w *wire) { w.fate = nil })
	l.wire.shelf.mu.Lock()
	l.wire.shelf.full = nil
	l.wire.shelf.mu.Unlock()
	wait(time.Minute) // what is late arrives
	l.till.plug(true)
	l.till.diary.write(1)
	wait(time.Hour)
}
