// Package money is the one type of an amount: whole fen. It is linked by
// whoever speaks of amounts; it is not for currencies, rates or rounding rules.
package money

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Fen is an amount in fen, a hundredth of a yuan. It is never a float.
type Fen int64

// ErrAmount is wrapped by everything that Parse refuses.
var ErrAmount = errors.New("not an amount")

// Parse reads an amount in yuan as a person types it: "12", "12.5", "12.50".
// It refuses what it would have to round ("0.001"), signs, blanks inside,
// exponents and anything above 10^15 fen, and says so in one sentence.
func Parse(text string) (Fen, error) {
	s := strings.TrimSpace(text)
	yuan, part, dotted := strings.Cut(s, ".")
	switch {
	case s == "":
		return 0, fmt.Errorf("%w: type a sum in yuan, such as 12.50", ErrAmount)
	case dotted && len(part) > 2 && digits(yuan) && digits(part):
		return 0, fmt.Errorf("%w: %q is finer than one fen, and amounts are never rounded", ErrAmount, s)
	case !digits(yuan) || dotted && !digits(part):
		return 0, fmt.Errorf("%w: %q, type a sum in yuan, such as 12.50", ErrAmount, s)
	}
	fen, err := strconv.ParseInt(yuan+(part + "00")[:2], 10, 64)
	if err != nil || fen > 1e15 {
		return 0, fmt.Errorf("%w: %q is too large", ErrAmount, s)
	}
	return Fen(fen), nil
}

func digits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// String writes the amount in yuan with two decimals: 1250 is "12.50".
func (f Fen) String() string {
	sign, abs := "", uint64(f)
	if f < 0 {
		sign, abs = "-", -abs
	}
	return fmt.Sprintf("%s%d.%02d", sign, abs/100, abs%100)
}
