package speaker

import (
	"strconv"
	"strings"

	"tillgate/store/money"
)

var smallNumbers = [20]string{
	"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
	"eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
}

var tens = [10]string{"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}

// englishAmount reads 1250 as "twelve yuan fifty", 1205 as "twelve yuan oh
// five" and 5 as "five fen".
func englishAmount(f money.Fen) string {
	sign, abs := "", uint64(f)
	if f < 0 {
		sign, abs = "minus ", -abs
	}
	whole, part := abs/100, abs%100
	switch {
	case whole == 0:
		return sign + englishNumber(part) + " fen"
	case part == 0:
		return sign + englishNumber(whole) + " yuan"
	case part < 10:
		return sign + englishNumber(whole) + " yuan oh " + englishNumber(part)
	default:
		return sign + englishNumber(whole) + " yuan " + englishNumber(part)
	}
}

// englishNumber reads a number in short-scale English.
func englishNumber(n uint64) string {
	switch {
	case n < 20:
		return smallNumbers[n]
	case n < 100:
		return strings.TrimSuffix(tens[n/10]+"-"+smallNumbers[n%10], "-zero")
	case n < 1000:
		return englishRest(smallNumbers[n/100]+" hundred", n%100)
	}
	for _, power := range []struct {
		size uint64
		name string
	}{{1e15, "quadrillion"}, {1e12, "trillion"}, {1e9, "billion"}, {1e6, "million"}, {1e3, "thousand"}} {
		if n >= power.size {
			return englishRest(englishNumber(n/power.size)+" "+power.name, n%power.size)
		}
	}
	return strconv.FormatUint(n, 10)
}

func englishRest(head string, rest uint64) string {
	if rest == 0 {
		return head
	}
	return head + " " + englishNumber(rest)
}

// count writes "1 hour" and "2 hours".
func count(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.FormatInt(n, 10) + " " + unit + "s"
}
