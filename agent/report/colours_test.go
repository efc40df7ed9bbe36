package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
)

// rgb is light of three colours, linear, from 0 to 1.
type rgb [3]float64

func colour(t *testing.T, text string) (c rgb) {
	t.Helper()
	var of [3]int
	if _, err := fmt.Sscanf(text, "#%02x%02x%02x", &of[0], &of[1], &of[2]); err != nil {
		t.Fatal(err)
	}
	for i, v := range of {
		if c[i] = math.Pow((float64(v)/255+0.055)/1.055, 2.4); v <= 10 {
			c[i] = float64(v) / 255 / 12.92
		}
	}
	return c
}

// contrast is WCAG 2.2's, from 1 to 21.
func contrast(a, b rgb) float64 {
	light := func(c rgb) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] + 0.05 }
	return max(light(a), light(b)) / min(light(a), light(b))
}

// eyes are how people see: all colours, and without red, green or blue, as
// Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of
// Color Vision Deficiency" (2009), give it for the severity 1.0.
var eyes = map[string][3]rgb{
	"all colours": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"no red":      {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"no green":    {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"no blue":     {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func seen(c rgb, by [3]rgb) (s rgb) {
	for i, row := range by {
		s[i] = min(max(row[0]*c[0]+row[1]*c[1]+row[2]*c[2], 0), 1)
	}
	return s
}

// apart is how far two colours are from each other for people, CIE 1976; 2.3 is
// just to be noticed.
func apart(a, b rgb) float64 {
	lab := func(c rgb) [3]float64 {
		f := func(v float64) float64 {
			if v > 0.008856 {
				return math.Cbrt(v)
			}
			return 7.787*v + 16.0/116
		}
		x := f((0.4124564*c[0] + 0.3575761*c[1] + 0.1804375*c[2]) / 0.95047)
		y := f(0.2126729*c[0] + 0.7151522*c[1] + 0.0721750*c[2])
		z := f((0.0193339*c[0] + 0.1191920*c[1] + 0.9503041*c[2]) / 1.08883)
		return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
	}
	p, q := lab(a), lab(b)
	return math.Hypot(math.Hypot(p[0]-q[0], p[1]-q[1]), p[2]-q[2])
}

// TestColoursAreToldApart: by everybody, on both grounds, and from the ground.
func TestColoursAreToldApart(t *testing.T) {
	t.Parallel()
	const apartMin = 20
	for name, p := range map[string]paint{"paper": paper, "night": night} {
		ground := colour(t, p.ground)
		for what, text := range map[string]string{"ink": p.ink, "dim": p.dim} {
			if c := contrast(colour(t, text), ground); c < 4.5 {
				t.Errorf("%s: what is written in %s has %.2f : 1", name, what, c)
			}
		}
		marks := maps.Clone(p.wallets)
		marks["bar"], marks["most"], marks["below"] = p.bar, p.most, p.below
		for what, text := range marks {
			if c := contrast(colour(t, text), ground); c < 3 {
				t.Errorf("%s: %s has %.2f : 1", name, what, c)
			}
		}
		for who, by := range eyes {
			keys := slices.Sorted(maps.Keys(p.wallets))
			for i, a := range keys {
				for _, b := range keys[:i] {
					if d := apart(seen(colour(t, p.wallets[a]), by), seen(colour(t, p.wallets[b]), by)); d < apartMin {
						t.Errorf("%s, for people who see %s: %s and %s are %.1f apart", name, who, a, b, d)
					}
				}
			}
			for _, other := range []string{p.most, p.below} {
				if d := apart(seen(colour(t, p.bar), by), seen(colour(t, other), by)); d < apartMin {
					t.Errorf("%s, for people who see %s: a bar and %s are %.1f apart", name, who, other, d)
				}
			}
		}
	}
	if len(paper.wallets) != len(night.wallets) || len(colourOrder) != len(paper.wallets)-1 {
		t.Errorf("%d, %d and %d colours", len(paper.wallets), len(night.wallets), len(colourOrder))
	}
}
