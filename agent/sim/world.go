package sim

import (
	"errors"
	"io"
	"math/rand/v2"
	"sync/atomic"
	"testing/synctest"
	"time"

	"tillgate/agent/flow"
	"tillgate/agent/pay"
	"tillgate/agent/words"
	"tillgate/store"
	"tillgate/store/entry"
	"tillgate/store/money"
	"tillgate/store/simdisk"
)

// world is one seed: a shop with two lanes, its network, its cloud, its disk
// and its people. Everything that happens in it happens at a moment of its own,
// to the nanosecond, so that the seed alone decides what comes first.
type world struct {
	rng    *rand.Rand
	random io.Reader
	story  *Story
	oracle *Oracle
	bug    Bug

	disk      *simdisk.Disk
	diskFault string // what is wrong with it, but for its size
	diskFull  bool
	board     *board

	bank   *bank
	sky    *sky
	stands []*stand
	life   *life    // nil while there is none
	codes  []string // that were shown before: people show them again
	links  []string // of QR codes that were on a screen: phones scan them again
	hints  *hints   // what a bug remembers over a restart
	shop   shop
	wished int    // refunds so far
	lives  uint64 // so far
	hotel  *hotel // nil: it is a shop

	beside atomic.Pointer[func()] // what somebody does while a hand-over is counted; nil: nothing
	killIn atomic.Int32           // commits from now on; 0: nobody kills the agent
}

// chance is true once in n.
func (w *world) chance(n int) bool { return w.rng.IntN(n) == 0 }

// play is one life of a shop: steps of people and faults, then everything is
// mended and the books have to agree.
func (w *world) play(steps int) {
	for _, network := range networks { // some open on a bad day
		w.bank.behave([]int{0, 0, 0, 20, 6}[w.rng.IntN(5)], network)
	}
	w.powerOn()
	for range steps {
		w.act()
		w.pass(w.pause())
		if (w.diskFault != "" || w.diskFull) && w.chance(10) {
			w.technician()
		}
		if w.check(); len(w.oracle.Broken()) > 0 {
			return
		}
	}
	w.mend()
	w.lastSales()
	w.lastGuests()
	w.lastShift()
	w.check()
	w.close()
}

// pause is how long until something else happens: mostly a moment, at times minutes.
func (w *world) pause() time.Duration {
	switch w.rng.IntN(10) {
	case 0:
		return between(w.rng, 20*time.Second, 3*time.Minute)
	case 1, 2, 3:
		return between(w.rng, 2*time.Second, 20*time.Second)
	}
	return between(w.rng, time.Millisecond, 2*time.Second)
}

// pass lets time go by. A life that ends meanwhile is followed by the next.
func (w *world) pass(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		var over chan struct{}
		if w.life != nil {
			over = w.life.over.done
		}
		select {
		case <-timer.C:
			synctest.Wait()
			return
		case <-over:
			synctest.Wait()
			w.revive()
		}
	}
}

// revive follows a life that has ended by itself.
func (w *world) revive() {
	w.story.Tell("%s", w.life.over.why)
	if w.life.over.killed() {
		w.disk.Restore(w.disk.Image()) // the handles of the killed process write no more
	}
	w.powerOff(w.disk.Off())
	if len(w.oracle.Broken()) == 0 {
		time.Sleep(between(w.rng, time.Second, 40*time.Second))
		w.powerOn()
	}
}

// powerOn begins a life. A disk on which none can begin is mended by a technician.
func (w *world) powerOn() {
	for range 20 {
		if len(w.oracle.Broken()) > 0 {
			return
		}
		err := w.begin()
		if err == nil {
			w.story.Tell("the agent begins")
			w.hire()
			return
		}
		w.story.Tell("the agent cannot begin: %s", plain(err))
		switch {
		case errors.Is(err, store.ErrDamaged):
			w.oracle.fail(4, "the database is damaged: %v", err)
			return
		case w.disk.Off():
			w.oracle.count(Cuts)
			w.oracle.count(CutsInWrite)
			w.reboot()
		default:
			w.technician()
		}
		time.Sleep(between(w.rng, time.Second, 10*time.Second))
	}
	w.oracle.fail(0, "the agent cannot begin at all")
}

// check is done after every step.
func (w *world) check() {
	w.oracle.Ledger(w.bank.Ledger())
	if w.life != nil {
		acked, hash := w.life.store.Acked()
		w.oracle.Acknowledged(acked, hash, w.sky.shelf.vouched())
	}
}

// mend heals everything, and waits until nothing moves.
func (w *world) mend() {
	w.story.Tell("everything is mended")
	w.technician()
	w.board.jump(0, true)
	w.weather(perfect, networks...)
	w.bank.behave(0, networks...)
	w.sky.mend()
	w.mendDevices()
	for i, st := range w.stands {
		w.pass(time.Second)                       // one lane after the other
		if !w.shop.auto[st.name] || w.chance(2) { // else QR codes follow each other until the lane lets it be
			w.cancel(i)
		}
	}
	for range 3 {
		w.pass(20 * time.Minute)
		w.check()
	}
	w.mendHotel()
}

// mendDevices lets every device work.
func (w *world) mendDevices() {
	for _, st := range w.stands {
		for _, g := range []*gadget{st.printer, st.speaker, st.gate, st.drawer} {
			g.set(works)
		}
	}
}

// lastSales are one on every lane: a shop that has been mended sells.
func (w *world) lastSales() {
	for i, st := range w.stands {
		if len(w.oracle.Broken()) > 0 {
			return
		}
		if !st.role.Sells() {
			continue
		}
		w.drive(i, false)
		w.pass(time.Second)
		w.drive(i, st.gated())
		w.pass(time.Second)
		w.story.Tell("%s: the last customer", st.name)
		w.tell(i, flow.Amount{Amount: money.Fen(1 + i), Title: "停车费 Parking"})
		w.pass(10 * time.Second)
		w.tell(i, flow.Scanned{Text: pay.Secret(w.bank.code(w.shop.wallets(st.name)[0], pays))})
		w.pass(2 * time.Minute)
		if v := st.screen(); v.Phase != words.PaidOrder || v.Amount != money.Fen(1+i) {
			w.oracle.fail(0, "everything is mended, and %s does not sell: %s of %s", st.name, v.Phase, v.Amount)
		}
		w.oracle.count(LastSales)
	}
}

// close ends the last life and closes the books.
func (w *world) close() {
	var unfinished []entry.Seq
	err := w.life.store.Unfinished(w.life.ctx, func(key entry.Seq, _ []entry.Entry) error {
		unfinished = append(unfinished, key)
		return nil
	})
	if err != nil {
		w.oracle.fail(0, "the unfinished orders cannot be read: %v", err)
	}
	w.oracle.Closed(w.bank.Ledger(), unfinished)
	_, head, _ := w.life.store.Head()
	acked, _ := w.life.store.Acked()
	w.oracle.Delivered(acked, head, w.sky.shelf.holds())
}
