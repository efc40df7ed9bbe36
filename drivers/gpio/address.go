package gpio

import (
	"fmt"
	"strconv"
	"strings"

	"tillgate/drivers"
)

// Address is a line of a chip, written "gpiochip0:17".
type Address struct {
	Chip      string // a name in /dev
	Line      int
	ActiveLow bool // High is 0 V
}

// linesMax is more than any chip has; the kernel's global numbering ended at 2048.
const linesMax = 2048

// ParseAddress reads the address of a device's URI, and takes its option active-low.
func ParseAddress(text string, o *drivers.Options) (Address, error) {
	chip, number, colon := strings.Cut(strings.TrimPrefix(text, "/dev/"), ":")
	line, err := strconv.Atoi(number)
	if !colon || chip == "" || strings.ContainsAny(chip, "/.") || err != nil || line < 0 || line >= linesMax || number != strconv.Itoa(line) {
		return Address{}, fmt.Errorf("%w: %q is not a chip and a line, such as gpiochip0:17", drivers.ErrURI, text)
	}
	return Address{Chip: chip, Line: line, ActiveLow: o.Bool("active-low", false)}, nil
}

func (a Address) String() string { return a.Chip + ":" + strconv.Itoa(a.Line) }
