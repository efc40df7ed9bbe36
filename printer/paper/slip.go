package paper

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
)

// White around what is printed, in dots: the paper is wider than the head, and
// the feed before the cut would be the top of the next slip.
const (
	marginSide = 40
	marginEnd  = 48
)

// shades is how many grays a slip's picture has: the paper, the ink and what a
// letter's edge is between them.
const shades = 16

// Slip is a piece of paper.
type Slip struct {
	Image *image.Paletted
}

// WritePNG writes the slip as a picture, one pixel a dot.
func (s Slip) WritePNG(w io.Writer) error {
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(w, s.Image); err != nil {
		return fmt.Errorf("write the picture of a slip: %w", err)
	}
	return nil
}

// newSlip makes a picture of rows of dots; it is false when they are all white.
func newSlip(ink []byte, dots int) (Slip, bool) {
	first, last := -1, -1
	for i, black := range ink {
		if black > 0 {
			if first < 0 {
				first = i / dots
			}
			last = i / dots
		}
	}
	if first < 0 {
		return Slip{}, false
	}
	picture := image.NewPaletted(image.Rect(0, 0, dots+2*marginSide, last-first+1+2*marginEnd), palette())
	for y := range last - first + 1 {
		row := picture.Pix[(marginEnd+y)*picture.Stride+marginSide:]
		for x, black := range ink[(first+y)*dots : (first+y+1)*dots] {
			row[x] = black / (256 / shades)
		}
	}
	return Slip{Image: picture}, true
}

// palette goes from paper to ink.
func palette() color.Palette {
	colours := make(color.Palette, shades)
	for i := range colours {
		mix := func(paper, ink int) uint8 { return uint8(paper + (ink-paper)*i/(shades-1)) }
		colours[i] = color.RGBA{R: mix(252, 26), G: mix(252, 26), B: mix(249, 30), A: 255}
	}
	return colours
}
