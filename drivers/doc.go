// Package drivers is what all devices of a terminal have in common: an event, a
// source of events, the one supervisor that reopens what is lost, and the
// grammar by which a device is named in the config.
//
// A device that speaks (scanner, loop, camera) is a Source. A device that obeys
// (printer, relay board) has verbs of its own; when it owns a port it is a
// Source as well, whose Run opens the port and serves the verbs until the port
// is lost. Nobody but Keep retries.
//
// It is not for what an event means: drivers know nothing of orders or money.
// It knows no model and no transport by name either; the table from a URI to a
// driver is the program's.
//
// The delays of Keep (0.5 s doubling to 30 s, forgotten after a healthy minute)
// are ours: short enough for a plug that was kicked, long enough that a dead
// device costs nothing.
package drivers
