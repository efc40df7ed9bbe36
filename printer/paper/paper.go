package paper

import (
	"errors"
	"fmt"
)

const (
	cell        = 24     // dots, height and width of a Chinese character
	spacing     = 30     // dots from line to line, unless told otherwise
	rowsMax     = 16_384 // dots: a slip of two metres is torn off
	bufferMax   = 64 << 10
	commandMax  = 1 << 20 // bytes of one command; what says it is longer is not a command
	unknownsMax = 100
)

// ErrFull is what Write answers when the printer is stopped and its buffer is
// full. A real one holds the line.
var ErrFull = errors.New("the printer is stopped and its buffer is full")

// Status is what is the matter with a printer.
type Status struct {
	PaperOut, PaperLow, CoverOpen bool
}

func (s Status) stopped() bool { return s.PaperOut || s.CoverOpen }

// Paper is a printer. It is not safe for two goroutines; Port is.
type Paper struct {
	Reply  func([]byte) // takes the answers to status requests; may be nil
	Drawer func()       // is told when the cash drawer at its plug is opened; may be nil
	Slip   func(Slip)   // takes each slip that is cut or torn off; may be nil

	dots   int
	faces  *faces
	status Status

	in       []byte // not yet consumed
	need     int    // bytes of in that the next command takes; 0 is not known
	offset   int    // bytes consumed so far
	unknowns []string

	marked bool // a GS r was done

	mode mode
	line []glyph // the line buffer
	ink  []byte  // rows of dots, 255 is black
}

// New is a printer with so many dots a line: 384 for paper of 58 mm, 576 for 80
// mm. Without a font it draws hollow boxes for characters.
func New(dots int, font *Font) *Paper {
	return &Paper{dots: dots, faces: font.faces(), mode: initial()}
}

// Set says what is the matter with the printer. While it is stopped it keeps
// what it is sent, and goes on with it later.
func (p *Paper) Set(s Status) {
	p.status = s
	p.consume()
}

// Unknown lists the commands that the printer does not know and where in the
// stream they are, the first hundred of them. A real printer would print them.
func (p *Paper) Unknown() []string { return p.unknowns }

func (p *Paper) notKnown(what []byte) {
	if len(p.unknowns) < unknownsMax {
		p.unknowns = append(p.unknowns, fmt.Sprintf("% X at byte %d", what, p.offset))
	}
}

// Write takes bytes in pieces of any size.
func (p *Paper) Write(b []byte) (int, error) {
	taken := len(b)
	if p.status.stopped() {
		taken = min(taken, max(bufferMax-len(p.in), 0))
	}
	p.in = append(p.in, b[:taken]...)
	p.consume()
	if taken < len(b) {
		return taken, ErrFull
	}
	return taken, nil
}

// consume does all commands that are complete.
func (p *Paper) consume() {
	for len(p.in) > 0 {
		if p.status.stopped() {
			p.answerStopped()
			return
		}
		if len(p.in) < p.need {
			return
		}
		n, known := length(p.in)
		if p.need = n; n == 0 || n > len(p.in) {
			return
		}
		command := p.in[:n]
		if !known {
			p.notKnown(command)
		} else if !p.do(command) {
			p.notKnown(command[:min(n, 8)])
		}
		p.in, p.need, p.offset = p.in[n:], 0, p.offset+n
		if len(p.ink) >= rowsMax*p.dots {
			p.Tear()
		}
	}
	p.in = nil
}

// answerStopped answers real-time requests out of turn and keeps the rest.
func (p *Paper) answerStopped() {
	for i := 0; i+2 < len(p.in); {
		if p.in[i] == 0x10 && p.in[i+1] == 0x04 {
			p.realtime(p.in[i+2])
			p.in = append(p.in[:i:i], p.in[i+3:]...)
			continue
		}
		i++
	}
}

// realtime answers DLE EOT n.
func (p *Paper) realtime(n byte) {
	answer := byte(0x12)
	s := p.status
	switch {
	case n == 1 && s.stopped():
		answer |= 0x08
	case n == 2 && s.CoverOpen:
		answer |= 0x04
	case n == 2 && s.PaperOut:
		answer |= 0x20
	case n == 4 && s.PaperOut:
		answer |= 0x6C
	case n == 4 && s.PaperLow:
		answer |= 0x0C
	}
	p.answer(answer)
}

// inline answers GS r n, in turn with printing.
func (p *Paper) inline(n byte) {
	p.marked = true
	if (n == 1 || n == '1') && p.status.PaperLow {
		p.answer(0x03)
		return
	}
	p.answer(0)
}

func (p *Paper) answer(b byte) {
	if p.Reply != nil {
		p.Reply([]byte{b})
	}
}

// Tear tears off what is printed, if anything is.
func (p *Paper) Tear() {
	p.flush()
	slip, any := newSlip(p.ink, p.dots)
	p.ink = nil
	if any && p.Slip != nil {
		p.Slip(slip)
	}
}
