package sim

import (
	"context"
	"time"

	"tillgate/agent/duty"
	"tillgate/agent/words"
	"tillgate/store/entry"
)

// shift is something that people do about shifts: they come, go, hand over, or
// forget to; and the agent ends in the middle of it.
func (w *world) shift() {
	if w.life == nil {
		return
	}
	w.life.figures()
	who := people[w.rng.IntN(len(people))]
	own, on := w.oracle.ShiftOf(who)
	switch n := w.rng.IntN(12); {
	case !on && n < 9:
		w.clockOn(who)
	case !on:
		if late := w.oracle.Unhanded(); len(late) > 0 { // on another day
			w.handOver(chief, late[0])
		}
	case n < 3:
		w.clockOff(who, own)
	case n < 6:
		w.handOver(who, own)
	case n < 7:
		w.handOver(people[w.rng.IntN(len(people))], own) // a manager may
	case n < 9: // while a sale is under way
		i := w.rng.IntN(len(w.stands))
		w.amount(i)
		w.pass(between(w.rng, 100*time.Millisecond, time.Second))
		w.show(i)
		w.pass(between(w.rng, time.Millisecond, 2*time.Second))
		w.handOver(who, own)
	case n < 10:
		w.handOver(who, own)
		w.pass(between(w.rng, time.Nanosecond, 2*time.Second))
		w.stop()
	default:
		w.stop() // and nobody has handed over
	}
}

// clockOn begins a shift, of one lane or the whole store, where that is nobody else's.
func (w *world) clockOn(who string) {
	var lanes []string
	if !w.chance(3) {
		lanes = []string{w.stands[w.rng.IntN(len(w.stands))].name}
	}
	w.story.Tell("%s clocks on: %q", who, lanes)
	w.oracle.ClocksOn(who)
	w.ask(who+" on duty", func(ctx context.Context, d *duty.Desk) error {
		_, err := d.ClockOn(ctx, duty.ClockOn{Person: who, Lanes: lanes, Where: "sim"})
		return err
	}, func(err error) {
		if refusedFor(err, words.HaltOnDuty) {
			w.oracle.count(ShiftsTaken)
		}
	})
}

// clockOff ends a shift, and nobody hands it over.
func (w *world) clockOff(who string, shift entry.Seq) {
	w.story.Tell("%s clocks off: shift %d", who, shift)
	w.oracle.Ends(shift)
	w.ask(who+" off duty", func(ctx context.Context, d *duty.Desk) error {
		_, err := d.ClockOff(ctx, who, shift, "")
		return err
	}, nil)
}

// handOver ends a shift, where that was not done, and prints its slip. Of every
// third a manager does the same while it is counted.
func (w *world) handOver(who string, shift entry.Seq) {
	where := w.stands[w.rng.IntN(len(w.stands))].name
	w.story.Tell("%s: %s hands shift %d over", where, who, shift)
	w.oracle.Ends(shift)
	w.ask(who+" hands over", func(ctx context.Context, d *duty.Desk) error {
		if shift%3 == 0 {
			also := func() {
				w.story.Tell("%s: %s hands shift %d over as well", where, chief, shift)
				if _, err := d.HandOver(ctx, duty.HandOver{By: chief, Shift: shift, Where: where}); err != nil {
					w.story.Tell("that is refused: %s", plain(err))
				}
			}
			w.beside.Store(&also)
			defer w.beside.Store(nil)
		}
		_, err := d.HandOver(ctx, duty.HandOver{By: who, Shift: shift, Where: where})
		return err
	}, func(err error) {
		if refusedFor(err, words.HaltNoShift) {
			w.oracle.count(HandOversTwice)
		}
		if refusedFor(err, words.HaltNotYours) {
			w.oracle.count(HandOversRefused)
		}
	})
}

// lastShift hands over all that was not, and takes in what is nobody's: then the
// slips are the ledger.
func (w *world) lastShift() {
	if len(w.oracle.Broken()) > 0 {
		return
	}
	w.story.Tell("the last shift")
	w.hire()
	for _, shift := range w.oracle.Unhanded() {
		w.handOver(chief, shift)
		w.pass(30 * time.Second)
	}
	w.oracle.ClocksOn(chief)
	w.ask("the last shift", func(ctx context.Context, d *duty.Desk) error {
		_, err := d.ClockOn(ctx, duty.ClockOn{Person: chief, Where: "sim"})
		return err
	}, nil)
	w.pass(time.Second)
	if shift, on := w.oracle.ShiftOf(chief); on {
		w.handOver(chief, shift)
	}
	w.pass(2 * time.Minute)
	w.life.figures()
	w.oracle.AllHanded()
}
