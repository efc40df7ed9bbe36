package scanner

import (
	"strings"
	"time"

	"tillgate/drivers"
)

// Ending says what stands behind a code.
type Ending string

// The endings. The zero Ending is Line.
const (
	Line Ending = "line" // CR, LF or CRLF
	NUL  Ending = "nul"  // these or NUL, which then cannot tell a damaged byte
	ETX  Ending = "etx"  // these or ETX; an STX in front is taken off
	Gap  Ending = "gap"  // nothing but silence
)

const (
	joinDefault   = 500 * time.Millisecond
	repeatDefault = 1500 * time.Millisecond
	gapUSB        = 20 * time.Millisecond // the least on USB serial: adapters hold bytes back for 16 ms
	gapUART       = 2 * time.Millisecond  // over three characters, for the kernel's own tick
	bitsPerByte   = 10                    // 8N1
)

// Options is how a scanner's codes are told apart.
type Options struct {
	Ending Ending
	Gap    time.Duration // silence that ends a code, with Ending Gap; 0 is GapOf(9600, true)
	Join   time.Duration // parts of a code come within it, with an ending; 0 is 500 ms
	Repeat time.Duration // the same code again within it is dropped, and counts anew; 0 is 1.5 s, less than 0 never
	AIM    bool          // take the prefix off that names the symbology
}

// GapOf is the silence after which no more of a code comes: three characters at
// the speed of the line, 20 ms at least on USB; on a UART three characters and 2 ms.
func GapOf(baud int, usb bool) time.Duration {
	three := 3 * bitsPerByte * time.Second / time.Duration(baud)
	if usb {
		return max(three, gapUSB)
	}
	return three + gapUART
}

// OnUSB says whether a port's path is that of a USB adapter or a USB-CDC device.
func OnUSB(path string) bool {
	name := path[strings.LastIndexByte(path, '/')+1:]
	return strings.Contains(name, "usb") || strings.Contains(name, "USB") || strings.HasPrefix(name, "ttyACM")
}

// ReadOptions takes repeat (0s is never), ending, gap, join and aim from a device's URI. Baud
// is the speed of the port, for the gap.
func ReadOptions(o *drivers.Options, path string, baud int) Options {
	repeat := o.Duration("repeat", repeatDefault, 0, time.Minute)
	if repeat == 0 {
		repeat = -1 // in Options, 0 is the default
	}
	return Options{
		Ending: Ending(o.Word("ending", string(Line), string(Line), string(NUL), string(ETX), string(Gap))),
		Gap:    o.Duration("gap", GapOf(baud, OnUSB(path)), time.Millisecond, time.Second),
		Join:   o.Duration("join", joinDefault, 10*time.Millisecond, 5*time.Second),
		Repeat: repeat,
		AIM:    o.Bool("aim", false),
	}
}
