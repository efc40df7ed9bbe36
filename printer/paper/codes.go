package paper

import "github.com/skip2/go-qrcode"

// barcodeMode is what GS h, GS w and GS H set.
type barcodeMode struct {
	height, module int
	text           byte // 0 none, 1 above, 2 below, 3 both
}

// code128Form is m of GS k for Code 128.
const code128Form = 73

// barcode draws a barcode. Others than Code 128 are left out, as printers leave
// out what they cannot draw; so is one that does not fit the paper.
func (p *Paper) barcode(c []byte) bool {
	p.flush()
	if c[2] != code128Form {
		return c[2] <= 6 || c[2] >= 65 && c[2] <= 79
	}
	symbols, text, ok := code128Symbols(c[4:])
	if !ok {
		return false
	}
	bars := code128Bars(symbols)
	m := p.mode.barcode
	dots := 0
	for _, width := range bars {
		dots += width * m.module
	}
	if dots > p.dots-p.mode.left {
		return false
	}
	if m.text&1 != 0 {
		p.caption(text)
	}
	x, top := p.mode.left+p.margin(dots), p.row()
	p.feed(m.height)
	for i, width := range bars {
		if i%2 == 0 {
			p.box(x, top, width*m.module, m.height)
		}
		x += width * m.module
	}
	if m.text&2 != 0 {
		p.caption(text)
	}
	return true
}

// caption prints a text in the small size on a line of its own.
func (p *Paper) caption(text string) {
	for _, r := range text {
		p.line = append(p.line, glyph{r: r, wide: 1, high: 1})
	}
	p.printLine()
}

// qrMode is what GS ( k sets.
type qrMode struct {
	module int
	level  byte
	data   string
}

var qrLevels = map[byte]qrcode.RecoveryLevel{'0': qrcode.Low, '1': qrcode.Medium, '2': qrcode.High, '3': qrcode.Highest}

// qrCommand does GS ( k of the QR kind: cn, fn and parameters.
func (p *Paper) qrCommand(c []byte) bool {
	if len(c) < 2 {
		return false
	}
	qr := &p.mode.qr
	if c[0] != '1' {
		return true // other kinds of codes are left out
	}
	switch {
	case c[1] == 'A' && len(c) == 4:
	case c[1] == 'C' && len(c) == 3 && c[2] >= 1 && c[2] <= 16:
		qr.module = int(c[2])
	case c[1] == 'E' && len(c) == 3 && c[2] >= '0' && c[2] <= '3':
		qr.level = c[2]
	case c[1] == 'P' && len(c) > 3 && c[2] == '0':
		qr.data = string(c[3:])
	case c[1] == 'Q' && len(c) == 3:
		return p.qr()
	default:
		return false
	}
	return true
}

func (p *Paper) qr() bool {
	p.flush()
	qr := p.mode.qr
	code, err := qrcode.New(qr.data, qrLevels[qr.level])
	if err != nil {
		return false
	}
	code.DisableBorder = true // printers leave the quiet zone to the paper
	matrix := code.Bitmap()
	dots := len(matrix) * qr.module
	if dots > p.dots-p.mode.left {
		return false
	}
	left, top := p.mode.left+p.margin(dots), p.row()
	p.feed(dots)
	for y, row := range matrix {
		for x, dark := range row {
			if dark {
				p.box(left+x*qr.module, top+y*qr.module, qr.module, qr.module)
			}
		}
	}
	return true
}
