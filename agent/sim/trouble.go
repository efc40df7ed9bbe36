package sim

import (
	"strings"
	"time"
)

// trouble is one thing that breaks, or mends.
func (w *world) trouble(n int) {
	switch {
	case n < 6:
		w.network()
	case n < 12:
		w.sky.trouble(w.rng)
	case n < 17:
		w.device(w.rng.IntN(len(w.stands)))
	case n < 23:
		w.diskTrouble()
	case n < 25:
		w.clockTrouble()
	case n < 30:
		w.stop()
	default:
		w.brownOut()
	}
}

// stop ends the life of the agent in one of the ways in which it may end.
func (w *world) stop() {
	switch w.rng.IntN(5) {
	case 0:
		w.story.Tell("the agent is restarted")
		w.powerOff(false)
		w.powerOn()
	case 1:
		w.kill()
	default:
		w.cut()
	}
}

// network is what happens to one of the networks, to one of its hosts, or to the
// shop's way to all of them.
func (w *world) network() {
	of := networks
	if w.chance(2) {
		of = networks[w.rng.IntN(len(networks)):][:1]
	}
	switch w.rng.IntN(8) {
	case 0:
		w.weather(refused, of...)
	case 1:
		w.weather(silent, of...)
	case 2:
		w.weather(rough, of...)
	case 3, 4:
		mood := []int{2, 4, 10}[w.rng.IntN(3)]
		w.story.Tell("one in %d requests goes wrong at %s", mood, strings.Join(of, ", "))
		w.bank.behave(mood, of...)
	case 5:
		of := hosts[of[w.rng.IntN(len(of))]]
		host, to := of[w.rng.IntN(len(of))], []weather{refused, silent, rough, fair}[w.rng.IntN(4)]
		w.story.Tell("the way to host %s is %s", host, to)
		w.bank.set(to, host)
	default:
		w.weather(fair, of...)
		w.bank.behave(0, of...)
	}
}

// inTrouble lets something happen while every second request goes wrong.
func (w *world) inTrouble(happens func()) {
	w.story.Tell("every second request goes wrong at all networks")
	w.bank.behave(2, networks...)
	happens()
	w.bank.behave(0, networks...)
}

func (w *world) weather(to weather, networks ...string) {
	w.story.Tell("the way to %s is %s", strings.Join(networks, ", "), to)
	for _, network := range networks {
		w.bank.set(to, hosts[network]...)
	}
}

// device changes how one of a stand's devices is. At most one of them drags, so
// that no two come to an end at one moment.
func (w *world) device(i int) {
	st := w.stands[i]
	all := []*gadget{st.printer, st.speaker}
	if st.gated() {
		all = append(all, st.gate, st.gate)
	} else {
		all = append(all, st.drawer)
	}
	g := all[w.rng.IntN(len(all))]
	to := []mood{works, works, works, refuses, fails, drags}[w.rng.IntN(6)]
	if to == drags {
		for _, other := range all {
			if how, _ := other.now(); how == drags {
				other.set(works)
			}
		}
	}
	was, _ := g.now()
	w.story.Tell("%s: the %s %s", st.name, g.name, to)
	g.set(to)
	if to == works && was != works && w.chance(2) {
		w.rush(i)
	}
}

// diskTrouble is a disk that refuses, fills, fails or is about to lose its power.
func (w *world) diskTrouble() {
	switch w.rng.IntN(8) {
	case 0:
		w.fault("read-only")
		w.disk.SetReadOnly(true)
	case 1:
		n := int64(w.rng.IntN(8 << 10))
		w.fill(n)
	case 2:
		n := int64(w.rng.IntN(2 * reserve))
		w.fill(n)
	case 3:
		pass, n := w.rng.IntN(8), 1+w.rng.IntN(3)
		w.fault("failing")
		w.disk.FailAfter(pass, n)
	case 4, 5:
		n := 1 + w.rng.IntN(30)
		w.story.Tell("the power will fail at write %d from now", n)
		w.disk.CutAfter(n)
	default:
		w.technician()
	}
}

func (w *world) fill(n int64) {
	w.story.Tell("the disk is full but for %d bytes", n)
	w.diskFull = true
	w.disk.SetFull(w.disk.Used() + n)
}

func (w *world) fault(what string) {
	w.story.Tell("the disk is %s", what)
	w.diskFault = what
}

// technician mends the disk.
func (w *world) technician() {
	w.story.Tell("a technician mends the disk")
	w.diskFault, w.diskFull = "", false
	w.disk.SetReadOnly(false)
	w.disk.SetFull(1 << 30)
	w.disk.FailNext(0)
	w.disk.CutAfter(-1)
}

// room is what the disk has to give now.
func (w *world) room() room {
	free, err := w.disk.Free(path)
	ballast, gone := w.disk.Size(path + ".ballast")
	r := room{free: free, fault: w.diskFault}
	if err != nil {
		r.fault = err.Error()
	}
	if gone == nil {
		r.ballast = ballast
	}
	return r
}

// cut takes the power away now.
func (w *world) cut() {
	w.story.Tell("the power fails")
	w.powerOff(true)
	time.Sleep(between(w.rng, time.Second, 40*time.Second))
	w.powerOn()
}

// brownOut is ten cuts in a row in the middle of a sale.
func (w *world) brownOut() {
	w.oracle.count(BrownOuts)
	w.visit(w.rng.IntN(len(w.stands)))
	for range 10 {
		w.pass(between(w.rng, time.Millisecond, time.Second))
		w.cut()
	}
}

// kill ends the process without a word. The board goes on, and what was
// written, synced or not, is still there.
func (w *world) kill() {
	w.story.Tell("the agent is killed")
	w.oracle.count(Kills)
	w.disk.Restore(w.disk.Image()) // the handles of the killed process write no more
	w.powerOff(false)
	time.Sleep(between(w.rng, 10*time.Millisecond, 20*time.Second))
	w.powerOn()
}

// powerOff ends the life; cut says that the power goes with it.
func (w *world) powerOff(cut bool) {
	if cut {
		w.disk.CutAfter(0)
		w.bank.drop()
	}
	if w.life != nil {
		w.life.end()
		w.life = nil
	}
	if cut {
		w.oracle.count(Cuts)
		w.reboot()
	}
}

func (w *world) reboot() {
	w.disk.Boot()
	if w.chance(4) {
		w.clockTrouble()
	}
	w.board.restart()
}
