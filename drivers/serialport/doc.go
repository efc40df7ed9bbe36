// Package serialport opens a serial port so that no reader and no writer of it
// can hang, and so that losing it is an error.
//
// go.bug.st/serial sets the line: speed, 8 data bits, no parity, 1 stop bit, raw
// mode. The bytes go through a descriptor of our own on the same terminal, which
// has to be opened before the library claims the terminal for itself. That one
// is non-blocking, so that it has deadlines, a short write is an error, and
// Close frees whoever waits; through the library a write to a peer that does
// not listen waits for ever (its issues #54, #104, #148 and #150). Flow control,
// which the library always switches off, is set through it as well.
//
// It is not for finding ports: the library's list opens and reconfigures every
// port it sees, those in use included (its issue #210). Name a port by
// /dev/serial/by-id or by-path. It knows nothing of frames; a read is whatever
// has arrived.
//
// The time of a write is its bytes at 10 bits each (8N1) over the speed, and a
// margin. The margin of 1 s and the 1 s that Close waits for the kernel are ours.
package serialport
