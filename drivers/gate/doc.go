// Package gate opens a barrier by a relay, and reads a vehicle loop.
//
// A relay on a pin is energised for one pulse, on the barrier's own "open"
// input. Nothing else is ever done to a barrier: it closes by itself, with its
// own safety loop wired to it. A barrier of which one input opens and closes
// (toggle mode) is refused, because a pulse that is repeated would bring the arm
// down. The relay is released at the start, at the end and whenever a pulse is
// given up. When the process dies in a pulse the kernel gives the line back,
// and a relay board that is wired to release without a signal releases.
//
// It is not for why a gate opens, and it does not know whether the arm moved.
// Boards that time the pulse themselves have drivers of their own.
//
// The times (pulse 500 ms of 200 ms to 1 s, the same 500 ms between two pulses,
// a loop on after 40 ms of 30 to 50, off after 400 ms of 300 to 500) are what
// barrier boards commonly ask for, not one maker's figures; configure the
// installed one's.
package gate
