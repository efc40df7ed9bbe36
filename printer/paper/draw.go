package paper

import "slices"

// glyph is a character in the line buffer, with the looks that it was put with.
type glyph struct {
	r             rune
	wide, high    int
	bold, inverse bool
	underline     int
}

func (g glyph) dots() int {
	if isWide(g.r) {
		return cell * g.wide
	}
	return cell / 2 * g.wide
}

func isWide(r rune) bool { return r >= 0x80 && r != '�' }

// put adds a character to the line, and prints the line first where it is full.
func (p *Paper) put(r rune) {
	m := p.mode
	g := glyph{r: r, wide: m.wide, high: m.high, bold: m.bold, inverse: m.inverse, underline: m.underline}
	if isWide(r) {
		// GS ! scales Chinese too on some printers and on others only FS ! does;
		// slips that tell both look the same on both.
		g.wide, g.high = max(m.wideC, m.wide), max(m.highC, m.high)
		g.underline = max(g.underline, when(m.underlineC, 1))
	}
	if p.lineDots()+g.dots() > p.dots-m.left && len(p.line) > 0 {
		p.printLine()
	}
	p.line = append(p.line, g)
}

func (p *Paper) lineDots() int {
	n := 0
	for _, g := range p.line {
		n += g.dots()
	}
	return n
}

// flush prints what is in the line buffer, if anything is.
func (p *Paper) flush() {
	if len(p.line) > 0 {
		p.printLine()
	}
}

// printLine prints the line buffer and moves on by one line: by the line
// spacing, or by its tallest character where that is more.
func (p *Paper) printLine() {
	high := 0
	for _, g := range p.line {
		high = max(high, g.high*cell)
	}
	top := p.row()
	p.feed(max(p.mode.spacing, high))
	x := p.mode.left + p.margin(p.lineDots())
	for _, g := range p.line {
		p.draw(g, x, top+high-g.high*cell)
		x += g.dots()
	}
	p.line = nil
}

// margin is the white to the left of something so wide.
func (p *Paper) margin(dots int) int {
	return max((p.dots-p.mode.left-dots)*int(p.mode.align)/2, 0)
}

// row is the row under the print head.
func (p *Paper) row() int { return len(p.ink) / p.dots }

// feed moves the paper.
func (p *Paper) feed(rows int) {
	rows = min(rows, rowsMax)
	p.ink = append(p.ink, make([]byte, rows*p.dots)...)
}

// dot blackens a dot by some amount, where there is paper.
func (p *Paper) dot(x, y int, black byte) {
	if x >= 0 && x < p.dots && y >= 0 && y < p.row() {
		at := &p.ink[y*p.dots+x]
		*at = max(*at, black)
	}
}

func (p *Paper) box(x, y, wide, high int) {
	for dy := range high {
		for dx := range wide {
			p.dot(x+dx, y+dy, 255)
		}
	}
}

// draw draws a character.
func (p *Paper) draw(g glyph, x, y int) {
	wide, high := g.dots(), g.high*cell
	mask := p.faces.mask(g.r, g.wide, g.high)
	if g.bold {
		mask = embolden(mask, wide)
	}
	for i, black := range mask {
		if g.inverse {
			black = 255 - black
		}
		p.dot(x+i%wide, y+i/wide, black)
	}
	if g.underline > 0 && !g.inverse {
		p.box(x, y+high-g.underline, wide, g.underline)
	}
}

// embolden strikes a character twice, one dot apart.
func embolden(mask []byte, wide int) []byte {
	bold := slices.Clone(mask)
	for i := range mask {
		if i%wide > 0 {
			bold[i] = max(mask[i], mask[i-1])
		}
	}
	return bold
}

// raster prints an image: GS v 0 m xL xH yL yH, then rows of bits.
func (p *Paper) raster(c []byte) bool {
	if c[2] != '0' || c[3]%'0' > 3 {
		return false
	}
	p.flush()
	bytes, rows, data := word(c[4:]), word(c[6:]), c[8:]
	wide, high := 1+int(c[3]&1), 1+int(c[3]>>1&1)
	top, left := p.row(), p.mode.left+p.margin(bytes*8*wide)
	if rows*high > rowsMax {
		return false
	}
	p.feed(rows * high)
	for i, bits := range data {
		for bit := range 8 {
			if bits&(0x80>>bit) != 0 {
				p.box(left+(i%bytes*8+bit)*wide, top+i/bytes*high, wide, high)
			}
		}
	}
	return true
}
