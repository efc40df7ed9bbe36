// Package qr draws a link as a QR code: for pages as an SVG path, for files as
// a picture, for terminals as text. The modules come from go-qrcode; what is drawn is ours, because a
// code is only crisp when each module is a whole number of pixels, and only read
// at once when its quiet zone is whole. It is not for reading codes, and it does
// not know what a link is for.
package qr

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/skip2/go-qrcode"
)

// Quiet is the light border that ISO/IEC 18004 (2015, 6.3.8) wants, in modules.
const Quiet = 4

// level is how much of a code may be hidden by a reflection: 15 %.
const level = qrcode.Medium

// Code is a link that has been drawn.
type Code struct {
	Side int    // modules from edge to edge, the quiet zone included
	Path string // SVG path of the dark modules, one unit a module, in a square of Side units
}

// Of draws a link. It refuses an empty link and one that is too long for any code.
func Of(link string) (Code, error) {
	modules, err := modulesOf(link)
	if err != nil {
		return Code{}, err
	}
	path := make([]byte, 0, 12*len(modules)*len(modules)/4)
	for y, row := range modules {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] {
				x++
			}
			if x > from {
				path = appendRun(path, from+Quiet, y+Quiet, x-from)
			}
		}
	}
	return Code{Side: len(modules) + 2*Quiet, Path: string(path)}, nil
}

// appendRun adds a bar of dark modules to a path.
func appendRun(path []byte, x, y, width int) []byte {
	path = append(path, 'M')
	path = strconv.AppendInt(path, int64(x), 10)
	path = append(path, ' ')
	path = strconv.AppendInt(path, int64(y), 10)
	path = append(path, 'h')
	path = strconv.AppendInt(path, int64(width), 10)
	path = append(path, "v1H"...)
	path = strconv.AppendInt(path, int64(x), 10)
	return append(path, 'z')
}

// WritePNG writes a link as a picture in which each module has pixels by pixels.
func WritePNG(w io.Writer, link string, pixels int) error {
	if pixels < 1 {
		return fmt.Errorf("draw a QR code: a module of %d pixels", pixels)
	}
	modules, err := modulesOf(link)
	if err != nil {
		return err
	}
	side := (len(modules) + 2*Quiet) * pixels
	picture := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y, row := range modules {
		for x, dark := range row {
			if dark {
				fill(picture, (x+Quiet)*pixels, (y+Quiet)*pixels, pixels)
			}
		}
	}
	return png.Encode(w, picture)
}

func fill(picture *image.Paletted, left, top, side int) {
	for y := top; y < top+side; y++ {
		line := picture.Pix[picture.PixOffset(left, y):][:side]
		for i := range line {
			line[i] = 1
		}
	}
}

// WriteText writes a link as a code for a terminal, two modules a character: light
// ones are drawn, since most terminals are dark.
func WriteText(w io.Writer, link string) error {
	modules, err := modulesOf(link)
	if err != nil {
		return err
	}
	dark := func(x, y int) bool {
		x, y = x-Quiet, y-Quiet
		return y >= 0 && y < len(modules) && x >= 0 && x < len(modules) && modules[y][x]
	}
	var text strings.Builder
	for y := 0; y < len(modules)+2*Quiet; y += 2 {
		for x := range len(modules) + 2*Quiet {
			text.WriteString(halves[dark(x, y)][dark(x, y+1)])
		}
		text.WriteByte('\n')
	}
	_, err = io.WriteString(w, text.String())
	return err
}

// halves are two modules, the upper and the lower one.
var halves = map[bool]map[bool]string{false: {false: "█", true: "▀"}, true: {false: "▄", true: " "}}

// modulesOf is the code without a border; true is dark.
func modulesOf(link string) ([][]bool, error) {
	code, err := qrcode.New(link, level)
	if err != nil {
		return nil, fmt.Errorf("draw a link of %d bytes as a QR code: %w", len(link), err)
	}
	code.DisableBorder = true
	return code.Bitmap(), nil
}

// cachedMax is more than the lanes of one agent show at a time.
const cachedMax = 64

// Cache keeps what was drawn lately, because each page that shows a code asks
// for it at every change. The zero Cache is ready; it may be used from several
// goroutines.
type Cache struct {
	mu    sync.Mutex
	drawn map[string]Code
	order []string // oldest first
}

// Of is as the function Of. Faults are not kept.
func (c *Cache) Of(link string) (Code, error) {
	c.mu.Lock()
	code, ok := c.drawn[link]
	c.mu.Unlock()
	if ok {
		return code, nil
	}
	code, err := Of(link) // not under the lock: another lane's code does not wait for this one
	if err != nil {
		return Code{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.drawn[link]; ok {
		return code, nil
	}
	if c.drawn == nil {
		c.drawn = map[string]Code{}
	}
	if len(c.order) == cachedMax {
		delete(c.drawn, c.order[0])
		c.order = c.order[1:]
	}
	c.drawn[link] = code
	c.order = append(c.order, link)
	return code, nil
}
