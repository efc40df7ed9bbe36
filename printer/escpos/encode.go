package escpos

import (
	"fmt"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"

	"tillgate/printer"
)

// Encode turns a laid-out slip into the one stream of bytes that prints it. It
// sends a command only where something changes: on a serial line bytes are
// time. It refuses a barcode or QR code that does not fit the paper.
func Encode(lines []printer.Line, p Profile) ([]byte, error) {
	e := encoder{profile: p, gbk: encoding.ReplaceUnsupported(simplifiedchinese.GBK.NewEncoder())}
	e.add(0x1B, '@', 0x1C, '&') // initialise; Chinese mode, which initialising may have left
	for _, line := range lines {
		if err := e.line(line); err != nil {
			return nil, err
		}
	}
	if p.Status {
		e.add(0x1D, 'r', 1) // answered in sequence with printing: everything before was consumed
	}
	return e.out, nil
}

// encoder holds the stream and the state that the printer is in.
type encoder struct {
	profile Profile
	gbk     *encoding.Encoder
	out     []byte
	now     printer.Line // its looks, not its text
}

func (e *encoder) add(b ...byte) { e.out = append(e.out, b...) }

func (e *encoder) line(l printer.Line) error {
	switch l.Kind {
	case printer.Gap:
		e.add(0x1B, 'J', byte(min(l.Dots, 255)))
	case printer.Barcode:
		e.look(printer.Line{Center: l.Center})
		return e.barcode(l.Text)
	case printer.QR:
		e.look(printer.Line{Center: l.Center})
		return e.qr(l.Text)
	case printer.Tear, printer.Cut:
		e.end(l.Kind == printer.Cut)
	default:
		return e.text(l)
	}
	return nil
}

func (e *encoder) text(l printer.Line) error {
	if l.Text != "" {
		e.look(l)
	}
	text, err := e.gbk.Bytes([]byte(l.Text))
	if err != nil {
		return fmt.Errorf("encode %q in GBK: %w", l.Text, err)
	}
	for i, b := range text {
		if b < ' ' || b == 0x7F { // GBK's own bytes are all above; ReplaceUnsupported answers with 1A
			text[i] = '?'
		}
	}
	e.add(text...)
	e.add('\n')
	return nil
}

// look makes the printer print like a line.
func (e *encoder) look(l printer.Line) {
	if l.Center != e.now.Center {
		e.add(0x1B, 'a', bit(l.Center))
	}
	if l.Size != e.now.Size {
		// Some printers scale only ASCII by GS !, so Chinese is told on its own.
		ascii, chinese := byte(0x00), byte(0x00)
		switch l.Size {
		case printer.Tall:
			ascii, chinese = 0x01, 0x08
		case printer.Double:
			ascii, chinese = 0x11, 0x0C
		}
		e.add(0x1D, '!', ascii, 0x1C, '!', chinese)
	}
	if l.Bold != e.now.Bold {
		e.add(0x1B, 'E', bit(l.Bold))
	}
	if l.Inverse != e.now.Inverse {
		e.add(0x1D, 'B', bit(l.Inverse))
	}
	e.now = l
}

func bit(on bool) byte {
	if on {
		return 1
	}
	return 0
}

func (e *encoder) end(cut bool) {
	e.add(0x1B, 'd', byte(e.profile.Feed))
	switch {
	case cut && e.profile.Cut == PartialCut:
		e.add(0x1D, 'V', 1)
	case cut && e.profile.Cut == FullCut:
		e.add(0x1D, 'V', 0)
	}
}
