package escpos

import (
	"fmt"

	"github.com/skip2/go-qrcode"
)

const (
	barcodeHeight = 80 // dots: 10 mm, comfortable for a hand scanner
	moduleMin     = 2  // dots of a barcode's narrowest bar: 0.25 mm
	moduleMax     = 3  // wider needs more paper and scans no better

	qrModuleMin = 3    // dots of a QR code's module: below 0.4 mm phones fail
	qrModuleMax = 6    // 0.75 mm; larger only costs bytes and paper
	bandMax     = 2048 // bytes of one image command: small printers overflow with more
	bandRowsMax = 128
)

// barcode prints digits as Code 128: two digits a symbol in code set C, with
// one symbol of set B first where their number is odd. Epson, GS k, m = 73.
func (e *encoder) barcode(digits string) error {
	data, symbols, err := code128(digits)
	if err != nil {
		return err
	}
	modules := 11*(symbols+2) + 13 + 20 // start, check, stop and quiet zone
	width := min(e.profile.Dots/modules, moduleMax)
	if width < moduleMin {
		return fmt.Errorf("barcode of %d digits does not fit %d dots", len(digits), e.profile.Dots)
	}
	e.add(0x1D, 'h', barcodeHeight, 0x1D, 'w', byte(width), 0x1D, 'k', 73, byte(len(data)))
	e.add(data...)
	return nil
}

// code128 is the data of GS k, and how many symbols it takes besides start,
// check and stop.
func code128(digits string) (data []byte, symbols int, err error) {
	for _, r := range digits {
		if r < '0' || r > '9' {
			return nil, 0, fmt.Errorf("barcode has %q: it is made of digits", r)
		}
	}
	if digits == "" || len(digits) > 100 {
		return nil, 0, fmt.Errorf("barcode of %d digits: it has 1 to 100", len(digits))
	}
	if len(digits)%2 == 1 {
		data = append(data, '{', 'B', digits[0])
		symbols, digits = 1, digits[1:]
		if digits != "" {
			symbols++ // the change of code set
		}
	}
	if digits != "" {
		data = append(data, '{', 'C')
	}
	for ; digits != ""; digits = digits[2:] {
		data = append(data, (digits[0]-'0')*10+digits[1]-'0')
		symbols++
	}
	return data, symbols, nil
}

// qr prints a QR code of level M in whole dots a module.
func (e *encoder) qr(text string) error {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return fmt.Errorf("encode a QR code of %d bytes: %w", len(text), err)
	}
	matrix := code.Bitmap() // with its quiet zone; true is dark
	size := min(e.profile.Dots*8/10/len(matrix), qrModuleMax)
	if size < qrModuleMin {
		size = e.profile.Dots / len(matrix)
	}
	if size < qrModuleMin {
		return fmt.Errorf("QR code of %d bytes does not fit %d dots", len(text), e.profile.Dots)
	}
	if e.profile.NativeQR {
		e.nativeQR(text, size)
	} else {
		e.rasterQR(matrix, size)
	}
	return nil
}

// nativeQR has the printer draw the code: Epson, GS ( k, functions 165, 167,
// 169, 180 and 181. The white above and below is ours to give, 4 modules of it.
func (e *encoder) nativeQR(text string, size int) {
	n := len(text) + 3
	e.add(0x1B, 'J', byte(4*size))
	e.add(0x1D, '(', 'k', 4, 0, '1', 'A', '2', 0)
	e.add(0x1D, '(', 'k', 3, 0, '1', 'C', byte(size))
	e.add(0x1D, '(', 'k', 3, 0, '1', 'E', '1')
	e.add(0x1D, '(', 'k', byte(n), byte(n>>8), '1', 'P', '0')
	e.out = append(e.out, text...)
	e.add(0x1D, '(', 'k', 3, 0, '1', 'Q', '0')
	e.add(0x1B, 'J', byte(4*size))
}

// rasterQR draws the code as an image, in bands, each with a header of its own:
// Epson, GS v 0.
func (e *encoder) rasterQR(matrix [][]bool, size int) {
	width := (len(matrix)*size + 7) / 8
	rows := len(matrix) * size
	band := min(bandMax/width, bandRowsMax)
	for from := 0; from < rows; from += band {
		n := min(band, rows-from)
		e.add(0x1D, 'v', '0', 0, byte(width), byte(width>>8), byte(n), byte(n>>8))
		for y := from; y < from+n; y++ {
			e.out = append(e.out, packed(matrix[y/size], size, width)...)
		}
	}
}

// packed is one row of dots, the leftmost in the highest bit.
func packed(modules []bool, size, width int) []byte {
	row := make([]byte, width)
	for m, dark := range modules {
		if !dark {
			continue
		}
		for x := m * size; x < (m+1)*size; x++ {
			row[x/8] |= 0x80 >> (x % 8)
		}
	}
	return row
}
