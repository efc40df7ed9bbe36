package scanner

import (
	"bytes"
	"fmt"
	"time"
	"unicode/utf8"
)

const (
	codeBytesMax = 4096
	restWait     = 2 * time.Second // for the late rest of a code that was cut
)

// framer finds codes in chunks. It knows no clock: whoever feeds it calls
// silent when nothing has come for as long as wait says.
type framer struct {
	ending Ending
	quiet  time.Duration // Join with an ending, Gap without
	found  func(code []byte)
	reject func(reason string)

	part  []byte
	state framerState
}

type framerState int

const (
	clean framerState = iota
	flood             // too long; everything is dropped up to a silence
	rest              // the beginning was thrown away; what comes is dropped up to its ending
)

// feed takes what was read.
func (f *framer) feed(chunk []byte) {
	for len(chunk) > 0 && f.state != flood {
		end := f.end(chunk)
		f.add(chunk[:end])
		if end == len(chunk) {
			return
		}
		f.ended()
		chunk = chunk[end+1:]
	}
}

// wait is how long a silence has to last to mean something, counted from the
// last byte; 0 when nothing is waited for.
func (f *framer) wait() time.Duration {
	switch {
	case f.state == rest:
		return restWait
	case f.state == flood || len(f.part) > 0:
		return f.quiet
	}
	return 0
}

// silent is called after wait.
func (f *framer) silent() {
	switch {
	case f.state != clean:
		f.state = clean
	case f.ending == Gap:
		f.ended()
	case len(bytes.Trim(f.part, "\x00")) == 0:
		f.part = f.part[:0] // a break on the line
	default:
		f.part = f.part[:0]
		f.state = rest
		f.reject("there was no ending")
	}
}

// lost is called when the stream has ended.
func (f *framer) lost() {
	if len(bytes.Trim(f.part, "\x00")) > 0 {
		f.reject("the scanner went away in the middle")
	}
	f.part, f.state = f.part[:0], clean
}

// end is where the first ending is in chunk, or its length.
func (f *framer) end(chunk []byte) int {
	if f.ending == Gap {
		return len(chunk)
	}
	for i, c := range chunk {
		if c == '\r' || c == '\n' || f.ending == NUL && c == 0 || f.ending == ETX && c == etx {
			return i
		}
	}
	return len(chunk)
}

func (f *framer) add(part []byte) {
	if f.state != clean {
		return
	}
	if len(f.part)+len(part) > codeBytesMax {
		f.part, f.state = f.part[:0], flood
		f.reject(fmt.Sprintf("longer than %d bytes", codeBytesMax))
		return
	}
	f.part = append(f.part, part...)
}

// ended is called when a code is complete.
func (f *framer) ended() {
	code := f.part
	f.part = f.part[:0]
	if f.state == rest {
		f.state = clean
		return
	}
	if f.state == flood {
		return
	}
	code = bytes.Trim(code, "\x00") // breaks while the scanner was plugged in
	switch f.ending {
	case Gap:
		code = bytes.TrimRight(code, "\r\n\x00")
	case ETX:
		code = bytes.TrimPrefix(code, []byte{stx})
	}
	switch {
	case len(code) == 0:
	case bytes.IndexByte(code, 0) >= 0:
		f.reject("a byte in it was damaged")
	case !isText(code):
		f.reject("it is not text")
	default:
		f.found(code)
	}
}

const (
	stx = 0x02
	etx = 0x03
)

// isText is UTF-8 without control characters but those that separate fields in
// a symbol (ISO/IEC 15434: EOT, GS, RS) and a tab.
func isText(code []byte) bool {
	for _, c := range code {
		switch {
		case c == '\t', c == 0x04, c == 0x1d, c == 0x1e:
		case c < ' ', c == 0x7f:
			return false
		}
	}
	return utf8.Valid(code)
}

// trimSymbology takes the prefix off that names the symbology: "]Q1", "]C0".
func trimSymbology(code []byte) []byte {
	letter := func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
	digit := func(c byte) bool { return c >= '0' && c <= '9' }
	if len(code) > 3 && code[0] == ']' && letter(code[1]) && (digit(code[2]) || letter(code[2])) {
		return code[3:]
	}
	return code
}
