package paper

import "golang.org/x/text/encoding/simplifiedchinese"

// mode is what ESC @ resets.
type mode struct {
	align         byte // 0 left, 1 centre, 2 right
	wide, high    int  // of ASCII
	wideC, highC  int  // of Chinese, as FS ! says on top
	bold, inverse bool
	underline     int // dots
	underlineC    bool
	western       bool // FS . switched Chinese off
	spacing       int
	left          int // margin, dots

	barcode barcodeMode
	qr      qrMode
}

func initial() mode {
	return mode{
		wide: 1, high: 1, wideC: 1, highC: 1, spacing: spacing,
		barcode: barcodeMode{height: 162, module: 3}, // Epson's defaults
		qr:      qrMode{module: 3, level: '0'},
	}
}

// do does one whole command or character. It is false for one that is known but
// has a value that no printer takes.
func (p *Paper) do(c []byte) bool {
	switch c[0] {
	case 0x10:
		if c[1] == 0x04 {
			p.realtime(c[2])
		}
		return true
	case 0x1B:
		return p.doESC(c)
	case 0x1C:
		return p.doFS(c)
	case 0x1D:
		return p.doGS(c)
	case '\n':
		p.printLine()
		return true
	case '\t':
		for range 8 - p.lineDots()/(cell/2)%8 {
			p.put(' ')
		}
		return true
	}
	if c[0] >= ' ' {
		return p.character(c)
	}
	return true
}

func (p *Paper) character(c []byte) bool {
	if len(c) == 1 {
		p.put(rune(c[0]))
		return true
	}
	if p.mode.western {
		p.put('�')
		p.put('�')
		return true
	}
	text, err := simplifiedchinese.GBK.NewDecoder().Bytes(c)
	r := []rune(string(text))
	if err != nil || len(r) != 1 || r[0] == '�' {
		return false
	}
	p.put(r[0])
	return true
}

func (p *Paper) doESC(c []byte) bool {
	m := &p.mode
	switch c[1] {
	case '@':
		p.line = nil
		p.Tear() // whoever starts a slip takes away the one before it
		p.mode = initial()
	case '!':
		m.bold, m.high, m.wide, m.underline = c[2]&0x08 != 0, 1+when(c[2]&0x10 != 0, 1), 1+when(c[2]&0x20 != 0, 1), when(c[2]&0x80 != 0, 1)
	case '-':
		m.underline = int(c[2] & 3)
	case '2':
		m.spacing = spacing
	case '3':
		m.spacing = int(c[2])
	case 'E', 'G':
		m.bold = c[2]&1 != 0
	case 'a':
		if c[2]%'0' > 2 {
			return false
		}
		m.align = c[2] % '0'
	case 'J':
		p.flush()
		p.feed(int(c[2]))
	case 'd':
		p.flush()
		p.feed(int(c[2]) * m.spacing)
	case 'i', 'm':
		p.Tear()
	case 'p':
		if c[2]%'0' > 1 || c[3] == 0 {
			return false
		}
		if p.Drawer != nil {
			p.Drawer()
		}
	}
	return true
}

func (p *Paper) doFS(c []byte) bool {
	m := &p.mode
	switch c[1] {
	case '&':
		m.western = false
	case '.':
		m.western = true
	case '!':
		m.wideC, m.highC, m.underlineC = 1+when(c[2]&0x04 != 0, 1), 1+when(c[2]&0x08 != 0, 1), c[2]&0x80 != 0
	case 'W':
		m.wideC, m.highC = 1+when(c[2]&1 != 0, 1), 1+when(c[2]&1 != 0, 1)
	case '-':
		m.underlineC = c[2]&3 != 0
	}
	return true
}

func (p *Paper) doGS(c []byte) bool {
	m := &p.mode
	switch c[1] {
	case '!':
		m.wide, m.high = int(c[2]>>4&7)+1, int(c[2]&7)+1
	case 'B':
		m.inverse = c[2]&1 != 0
	case 'H':
		m.barcode.text = c[2] % '0'
	case 'L':
		m.left = min(word(c[2:]), p.dots-cell)
	case 'V':
		p.flush()
		if len(c) == 4 {
			p.feed(int(c[3]))
		}
		p.Tear()
	case 'h':
		m.barcode.height = max(int(c[2]), 1)
	case 'w':
		if c[2] < 1 || c[2] > 6 {
			return false
		}
		m.barcode.module = int(c[2])
	case 'k':
		return p.barcode(c)
	case 'r':
		p.flush()
		p.inline(c[2])
	case 'v':
		return p.raster(c)
	case '(':
		if c[2] == 'k' {
			return p.qrCommand(c[5:])
		}
	}
	return true
}
