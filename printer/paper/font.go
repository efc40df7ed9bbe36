package paper

import (
	"fmt"
	"image"
	"image/color"
	"os"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// fontFile is where Debian's package puts the font. The second font of the
// collection has Latin letters of half the width of Chinese ones.
const (
	fontFile    = "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc"
	fontPackage = "fonts-wqy-microhei"
	fontMono    = 1
)

// Font is a font with Chinese and Latin characters. It may be shared; nil is
// the font of hollow boxes.
type Font struct {
	font *opentype.Font
}

// FindFont opens the font of the Debian package fonts-wqy-microhei. The error
// names the package; without a font slips are drawn with hollow boxes.
func FindFont() (*Font, error) {
	return openFont(fontFile)
}

func openFont(name string) (*Font, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("slips are drawn with hollow boxes for characters: install the package %s: %w", fontPackage, err)
	}
	mono, err := single(data, fontMono)
	if err != nil {
		return nil, fmt.Errorf("read font %s: %w", name, err)
	}
	parsed, err := opentype.Parse(mono)
	if err != nil {
		return nil, fmt.Errorf("read font %s: %w", name, err)
	}
	return &Font{font: parsed}, nil
}

// faces are a font's sizes, and what was drawn of them, for one printer.
type faces struct {
	font  *opentype.Font
	sizes map[int]font.Face
	masks map[maskKey][]byte
}

type maskKey struct {
	r          rune
	wide, high int
}

const masksMax = 4096

func (f *Font) faces() *faces {
	all := &faces{sizes: map[int]font.Face{}, masks: map[maskKey][]byte{}}
	if f != nil {
		all.font = f.font
	}
	return all
}

// mask is a character's dots, row by row, scaled as printers scale.
func (f *faces) mask(r rune, wide, high int) []byte {
	key := maskKey{r, wide, high}
	mask, ok := f.masks[key]
	if ok {
		return mask
	}
	// Drawn at the larger scale, then squeezed: letters keep their curves.
	scale := max(wide, high)
	g := glyph{r: r, wide: scale}
	image := f.render(r, g.dots(), scale)
	g.wide = wide
	mask = squeeze(image, g.dots(), high*cell)
	if len(f.masks) >= masksMax {
		clear(f.masks)
	}
	f.masks[key] = mask
	return mask
}

// render draws a character in a box of so many dots by the scaled cell.
func (f *faces) render(r rune, dots, scale int) *image.Alpha {
	box := image.NewAlpha(image.Rect(0, 0, dots, scale*cell))
	if r == ' ' || r == '　' {
		return box
	}
	face := f.face(scale)
	if face == nil {
		return hollow(box, scale)
	}
	if _, ok := face.GlyphAdvance(r); !ok || r == '�' {
		return hollow(box, scale)
	}
	advance, _ := face.GlyphAdvance(r)
	metrics := face.Metrics()
	lift := fixed.Int26_6(0)
	if !isWide(r) {
		lift = fixed.I(scale) // the tails of g and y
	}
	drawer := font.Drawer{Dst: box, Src: image.NewUniform(color.Alpha{A: 255}), Face: face, Dot: fixed.Point26_6{
		X: (fixed.I(dots) - advance) / 2,
		Y: (fixed.I(scale*cell)+metrics.Ascent-metrics.Descent)/2 - lift,
	}}
	drawer.DrawString(string(r))
	return box
}

// face is the font at a scale, nil without a font.
func (f *faces) face(scale int) font.Face {
	if f.font == nil {
		return nil
	}
	face, ok := f.sizes[scale]
	if !ok {
		var err error
		face, err = opentype.NewFace(f.font, &opentype.FaceOptions{Size: float64(scale * (cell - 1)), DPI: 72, Hinting: font.HintingNone})
		if err != nil {
			return nil // the options are ours and right
		}
		f.sizes[scale] = face
	}
	return face
}

// hollow stands for a character that cannot be drawn.
func hollow(box *image.Alpha, scale int) *image.Alpha {
	b := box.Bounds().Inset(2 * scale)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if !(image.Point{x, y}).In(b.Inset(scale)) {
				box.SetAlpha(x, y, color.Alpha{A: 255})
			}
		}
	}
	return box
}

// squeeze makes an image of another size by the mean of what falls on each dot.
func squeeze(from *image.Alpha, wide, high int) []byte {
	size := from.Bounds().Size()
	mask := make([]byte, wide*high)
	for i := range mask {
		x, y := i%wide, i/wide
		sum, n := 0, 0
		for fy := y * size.Y / high; fy < max((y+1)*size.Y/high, y*size.Y/high+1); fy++ {
			for fx := x * size.X / wide; fx < max((x+1)*size.X/wide, x*size.X/wide+1); fx++ {
				sum += int(from.Pix[fy*from.Stride+fx])
				n++
			}
		}
		mask[i] = byte(sum / n)
	}
	return mask
}
