package speaker

import (
	"strings"
	"time"
	"unicode"
)

// One is how the digit 1 of a plate is read.
type One Token

// The readings of 1.
const (
	OneYao One = "幺" // clearer in a row of digits
	OneYi  One = "一"
)

// The tokens of durations, and of a car that has no plate.
const (
	day     Token = "天"
	hour    Token = "小时"
	minute  Token = "分钟"
	noPlate Token = "无牌车"
)

// Plate is the reading of a number plate, one token a character: 粤 B 幺 二 三
// 四 五. Dots, dashes and blanks are silent. An empty plate, and what cameras
// send when they see none, is 无牌车.
func Plate(plate string, one One) Part {
	plate = strings.ToUpper(strings.TrimSpace(plate))
	if plate == "_无_" || plate == "无" || plate == "无牌车" {
		plate = ""
	}
	part := Part{Spaced: true}
	var shown strings.Builder
	for _, r := range plate {
		switch {
		case r == '1':
			part.Tokens = append(part.Tokens, Token(one))
		case r >= '0' && r <= '9':
			part.Tokens = append(part.Tokens, digits[r-'0'])
		case r >= 'A' && r <= 'Z', unicode.Is(unicode.Han, r):
			part.Tokens = append(part.Tokens, Token(r))
		default:
			continue
		}
		shown.WriteRune(r)
	}
	if len(part.Tokens) == 0 {
		return Words(noPlate, "car without a plate")
	}
	part.English = shown.String()
	return part
}

// Duration is the reading of a stay, 两小时十五分钟, in whole minutes: parts
// that are zero are left out, and anything below one minute is 一分钟.
func Duration(d time.Duration) Part {
	minutes := max(int64(d/time.Minute), 1)
	var part Part
	var english []string
	for _, p := range []struct {
		n    int64
		zh   Token
		unit string
	}{{minutes / (24 * 60), day, "day"}, {minutes / 60 % 24, hour, "hour"}, {minutes % 60, minute, "minute"}} {
		if p.n > 0 {
			part.Tokens = append(appendQuantity(part.Tokens, uint64(p.n)), p.zh)
			english = append(english, count(p.n, p.unit))
		}
	}
	part.English = strings.Join(english, " ")
	return part
}
