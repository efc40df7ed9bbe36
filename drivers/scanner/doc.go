// Package scanner reads codes from a barcode or QR scanner that speaks over a
// stream of bytes: RS-232, a USB serial adapter, USB-CDC, or a pipe in a test.
//
// A read is a chunk and not a code. With an ending (CR, LF, CRLF; if asked
// for NUL or ETX) a code is what stands before it, whatever silences were inside, up to
// Join; a part without an ending is thrown away, and so is the rest of it that
// comes late. Without an ending a code is what stands between two silences of
// Gap; two codes that are glued together cannot be told apart then, so let
// the scanner send CR where it can. Half a code is never emitted, and neither is
// one in which a byte was damaged (the kernel delivers a byte with a framing or
// parity error as NUL).
//
// It is not for what a code means, nor for keyboards and HID scanners. It sets
// nothing up in the scanner and writes nothing to it. What was scanned is in
// the event and nowhere else: no log, no error, no reason of a rejection.
//
// Where the numbers come from: 4096 bytes are more than any symbol carries (a QR
// code of version 40-L has 2953, ISO/IEC 18004). The prefix that names the
// symbology is that of ISO/IEC 15424: ']', a letter, a digit or letter. 16 ms is the
// default latency timer of FTDI adapters, hence 20 ms of silence on USB. Join,
// the window for repeats and the patience for a late rest are ours.
package scanner
