package money

import (
	"errors"
	"math"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text string
		want Fen
		ok   bool
	}{
		{"12.50", 1250, true}, {"12.5", 1250, true}, {"12", 1200, true}, {" 0.01 ", 1, true}, {"0", 0, true}, {"007.10", 710, true},
		{"0.001", 0, false}, {"12.500", 0, false}, {"", 0, false}, {".", 0, false}, {".5", 0, false}, {"5.", 0, false},
		{"-1", 0, false}, {"+1", 0, false}, {"1e3", 0, false}, {"1 2", 0, false}, {"１２", 0, false}, {"1,000", 0, false},
		{"99999999999999999999", 0, false}, {"10000000000000.01", 0, false},
	} {
		got, err := Parse(row.text)
		if (err == nil) != row.ok || got != row.want {
			t.Errorf("Parse(%q) = %d, %v; want %d, ok %v", row.text, got, err, row.want, row.ok)
		}
		if err != nil && !errors.Is(err, ErrAmount) {
			t.Errorf("Parse(%q): %v does not wrap ErrAmount", row.text, err)
		}
	}
}

func TestString(t *testing.T) {
	t.Parallel()
	for fen, want := range map[Fen]string{0: "0.00", 1: "0.01", 1250: "12.50", -205: "-2.05", math.MinInt64: "-92233720368547758.08"} {
		if got := fen.String(); got != want {
			t.Errorf("%d prints %q, want %q", int64(fen), got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("12.50")
	f.Fuzz(func(t *testing.T, text string) {
		fen, err := Parse(text)
		if err != nil {
			return
		}
		if again, err := Parse(fen.String()); err != nil || again != fen {
			t.Errorf("Parse(%q) = %d, but its own text %q reads back as %d, %v", text, fen, fen.String(), again, err)
		}
	})
}
