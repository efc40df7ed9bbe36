package escpos

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tillgate/printer"
)

// Profile is what sets one printer apart from another.
type Profile struct {
	Columns  int  // of the small font, 12 dots each
	Dots     int  // printable dots of a line
	NativeQR bool // knows GS ( k; others are sent an image, 20 times the bytes
	Cut      Cut
	Feed     int  // lines from the print head to the edge where slips are torn or cut off
	Status   bool // answers DLE EOT and GS r, on a port that can be read
}

// Cut is how a printer cuts.
type Cut int

// The cuts. A printer without a cutter is not sent the command: a few would
// print its letter.
const (
	NoCut Cut = iota
	PartialCut
	FullCut
)

var cuts = []string{NoCut: "none", PartialCut: "partial", FullCut: "full"}

// profiles are the printers we know, by the name of the configuration. The
// generic ones assume nothing that a cheap printer may lack.
var profiles = map[string]Profile{
	"58mm": {Columns: printer.Columns58mm, Dots: 384, Feed: 4},
	"80mm": {Columns: printer.Columns80mm, Dots: 576, Feed: 5, Cut: PartialCut},
}

// Lookup is the profile of a name, "58mm" or "80mm", with what the
// configuration says otherwise: qr=native or raster, cut=none, partial or full,
// status=yes or no, feed=lines.
func Lookup(name string, options map[string]string) (Profile, error) {
	p, ok := profiles[name]
	if !ok {
		return Profile{}, fmt.Errorf("printer profile %q is not known: 58mm or 80mm", name)
	}
	for option, value := range options {
		if err := p.set(option, value); err != nil {
			return Profile{}, fmt.Errorf("printer profile %s: %w", name, err)
		}
	}
	return p, nil
}

func (p *Profile) set(option, value string) error {
	choice := func(names ...string) (int, error) {
		if n := slices.Index(names, value); n >= 0 {
			return n, nil
		}
		return 0, fmt.Errorf("%s=%s: it is one of %s", option, value, strings.Join(names, ", "))
	}
	switch option {
	case "qr":
		n, err := choice("raster", "native")
		p.NativeQR = n == 1
		return err
	case "cut":
		n, err := choice(cuts...)
		p.Cut = Cut(n)
		return err
	case "status":
		n, err := choice("no", "yes")
		p.Status = n == 1
		return err
	case "feed":
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n > 20 {
			return fmt.Errorf("feed=%s: it is 0 to 20 lines", value)
		}
		p.Feed = n
		return nil
	}
	return fmt.Errorf("option %s is not known: qr, cut, status or feed", option)
}
