package speaker

import (
	"tillgate/store/money"
)

// Mode is how the part of an amount below one yuan is read.
type Mode int

// The modes.
const (
	// YuanJiaoFen reads 12.50 as 十二元五角.
	YuanJiaoFen Mode = iota
	// Decimal reads 12.50 as 十二点五元.
	Decimal
)

// The tokens of amounts and durations.
const (
	minus    Token = "负"
	liang    Token = "两" // two of something; 二 is the number
	ten      Token = "十"
	hundred  Token = "百"
	thousand Token = "千"
	wan      Token = "万" // 10,000
	yi       Token = "亿" // 100,000,000
	point    Token = "点"
	yuan     Token = "元"
	jiao     Token = "角"
	fen      Token = "分"
)

// digits are the tokens of 0 to 9.
var digits = [10]Token{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}

// Amount is the reading of a sum, "十二元五角" and "twelve yuan fifty". Nothing
// is said of no money at all: the part of 0 is empty, and the sentence around
// it should be another one.
func Amount(f money.Fen, mode Mode) Part {
	if f == 0 {
		return Part{}
	}
	part := Part{English: englishAmount(f)}
	abs := uint64(f)
	if f < 0 {
		part.Tokens, abs = append(part.Tokens, minus), -abs
	}
	if mode == Decimal {
		part.Tokens = appendDecimal(part.Tokens, abs)
	} else {
		part.Tokens = appendYuanJiaoFen(part.Tokens, abs)
	}
	return part
}

// appendYuanJiaoFen reads 205 fen as 两元零五分.
func appendYuanJiaoFen(to []Token, f uint64) []Token {
	whole, tenths, hundredths := f/100, f/10%10, f%10
	if whole > 0 {
		to = append(appendQuantity(to, whole), yuan)
	}
	if tenths > 0 {
		to = append(appendQuantity(to, tenths), jiao)
	}
	if hundredths > 0 {
		if whole > 0 && tenths == 0 {
			to = append(to, digits[0])
		}
		to = append(appendQuantity(to, hundredths), fen)
	}
	return to
}

// appendDecimal reads 205 fen as 二点零五元: digits one by one after the point,
// none that is a trailing zero.
func appendDecimal(to []Token, f uint64) []Token {
	whole, tenths, hundredths := f/100, f/10%10, f%10
	switch {
	case f%100 == 0:
		return append(appendQuantity(to, whole), yuan)
	case whole == 0:
		to = append(to, digits[0])
	default:
		to = appendNumber(to, whole)
	}
	to = append(to, point, digits[tenths])
	if hundredths > 0 {
		to = append(to, digits[hundredths])
	}
	return append(to, yuan)
}

// appendQuantity reads how many there are of a unit: like a number, but exactly
// two is 两.
func appendQuantity(to []Token, n uint64) []Token {
	if n == 2 {
		return append(to, liang)
	}
	return appendNumber(to, n)
}

// appendNumber reads a number above 0. Ten to nineteen at the very start are
// 十 to 十九; further inside 一十 stays.
func appendNumber(to []Token, n uint64) []Token {
	read := appendInside(nil, n)
	if len(read) > 1 && read[0] == digits[1] && read[1] == ten {
		read = read[1:]
	}
	return append(to, read...)
}

// appendInside reads a number above 0 by the powers of 10,000: what comes after
// a power is told off by 零 when its own first place is empty.
func appendInside(to []Token, n uint64) []Token {
	for _, power := range []struct {
		size uint64
		name Token
	}{{1e8, yi}, {1e4, wan}} {
		high, low := n/power.size, n%power.size
		if high == 0 {
			continue
		}
		if high == 2 {
			to = append(to, liang, power.name)
		} else {
			to = append(appendInside(to, high), power.name)
		}
		if low == 0 {
			return to
		}
		if low < power.size/10 {
			to = append(to, digits[0])
		}
		return appendInside(to, low)
	}
	return appendGroup(to, n)
}

// appendGroup reads 1 to 9,999: a run of zeros inside is one 零, trailing ones
// are silent, and two is 两 before 千 and 百.
func appendGroup(to []Token, n uint64) []Token {
	started, skipped := false, false
	for _, place := range []struct {
		size uint64
		name Token
	}{{1000, thousand}, {100, hundred}, {10, ten}, {1, ""}} {
		digit := n / place.size % 10
		if digit == 0 {
			skipped = started
			continue
		}
		if skipped {
			to = append(to, digits[0])
		}
		started, skipped = true, false
		if digit == 2 && place.size >= 100 {
			to = append(to, liang)
		} else {
			to = append(to, digits[digit])
		}
		if place.name != "" {
			to = append(to, place.name)
		}
	}
	return to
}
