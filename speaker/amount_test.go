package speaker

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"tillgate/store/money"
)

func zh(parts ...Part) string { return Phrase{Parts: parts}.Chinese() }

func TestAmount(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		fen           money.Fen
		parts, points string
	}{
		{1, "一分", "零点零一元"},
		{20, "两角", "零点二元"},
		{200, "两元", "两元"},
		{205, "两元零五分", "二点零五元"},
		{1000, "十元", "十元"},
		{1205, "十二元零五分", "十二点零五元"},
		{1250, "十二元五角", "十二点五元"},
		{2222, "二十二元两角两分", "二十二点二二元"},
		{10010, "一百元一角", "一百点一元"},
		{11000, "一百一十元", "一百一十元"},
		{20200, "两百零二元", "两百零二元"},
		{101000, "一千零一十元", "一千零一十元"},
		{101200, "一千零一十二元", "一千零一十二元"},
		{1000100, "一万零一元", "一万零一元"},
		{1010000, "一万零一百元", "一万零一百元"},
		{2222200, "两万两千两百二十二元", "两万两千两百二十二元"},
		{10000000, "十万元", "十万元"},
		{12000500, "十二万零五元", "十二万零五元"},
		{105000000, "一百零五万元", "一百零五万元"},
		// Beyond the vectors of the reference: edges of the grammar.
		{0, "", ""},
		{2, "两分", "零点零二元"},
		{10, "一角", "零点一元"},
		{11, "一角一分", "零点一一元"},
		{202, "两元零两分", "二点零二元"},
		{220, "两元两角", "二点二元"},
		{1100, "十一元", "十一元"},
		{20020, "两百元两角", "两百点二元"},
		{1001000, "一万零一十元", "一万零一十元"},
		{11000000, "十一万元", "十一万元"},
		{10001000, "十万零一十元", "十万零一十元"},
		{10200000, "十万两千元", "十万两千元"},
		{1000000000, "一千万元", "一千万元"},
		{20000000000, "两亿元", "两亿元"},
		{10000200000, "一亿零两千元", "一亿零两千元"},
		{11000200000, "一亿一千万两千元", "一亿一千万两千元"},
		{1200000000000000, "十二万亿元", "十二万亿元"},
		{-1250, "负十二元五角", "负十二点五元"},
	} {
		if got := zh(Amount(row.fen, YuanJiaoFen)); got != row.parts {
			t.Errorf("%s in yuan, jiao, fen is %s, want %s", row.fen, got, row.parts)
		}
		if got := zh(Amount(row.fen, Decimal)); got != row.points {
			t.Errorf("%s as a decimal is %s, want %s", row.fen, got, row.points)
		}
	}
}

func TestAmountInEnglish(t *testing.T) {
	t.Parallel()
	for fen, want := range map[money.Fen]string{
		0: "", 1: "one fen", 50: "fifty fen", 200: "two yuan", 205: "two yuan oh five", 1250: "twelve yuan fifty",
		2222: "twenty-two yuan twenty-two", 4000: "forty yuan", 11015: "one hundred ten yuan fifteen",
		100100100: "one million one thousand one yuan", -1: "minus one fen",
		math.MinInt64: "minus ninety-two quadrillion two hundred thirty-three trillion seven hundred twenty billion three hundred sixty-eight million five hundred forty-seven thousand seven hundred fifty-eight yuan oh eight",
	} {
		if got := Amount(fen, YuanJiaoFen).English; got != want {
			t.Errorf("%s is %q, want %q", fen, got, want)
		}
	}
}

// TestAmountReadsBack is the proof that no two sums sound alike: a listener
// that knows only how Chinese numbers work hears the sum that was meant.
func TestAmountReadsBack(t *testing.T) {
	t.Parallel()
	check := func(f money.Fen) (string, bool) {
		for _, mode := range []Mode{YuanJiaoFen, Decimal} {
			tokens := Amount(f, mode).Tokens
			if got, ok := hear(tokens); !ok || got != f {
				return zh(Part{Tokens: tokens}), false
			}
		}
		return "", true
	}
	for f := money.Fen(1); f <= 300_000; f++ {
		if said, ok := check(f); !ok {
			t.Fatalf("%s is said as %s and heard as something else", f, said)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		f := money.Fen(rapid.Int64Range(1, 1e15).Draw(t, "fen"))
		if zeros := rapid.SampledFrom([]money.Fen{1, 1e2, 1e4, 1e6, 1e8, 1e10}).Draw(t, "zeros"); f > zeros {
			f -= f % zeros // many zeros at the end
		}
		if said, ok := check(f); !ok {
			t.Fatalf("%s is said as %s and heard as something else", f, said)
		}
	})
}

func TestAmountInEnglishIsUnique(t *testing.T) {
	t.Parallel()
	seen := map[string]money.Fen{}
	for f := money.Fen(1); f <= 300_000; f++ {
		said := Amount(f, YuanJiaoFen).English
		if other, ok := seen[said]; ok {
			t.Fatalf("%s and %s are both %q", other, f, said)
		}
		seen[said] = f
	}
}

// hear understands a spoken sum: a digit counts for the unit after it, a power
// of 10,000 for all that came before it, a digit after the point for its place.
func hear(tokens []Token) (money.Fen, bool) {
	values := map[Token]uint64{liang: 2}
	for i, d := range digits {
		values[d] = uint64(i)
	}
	small := map[Token]uint64{ten: 10, hundred: 100, thousand: 1000}
	var total, group, digit, cents, place uint64
	for i, token := range tokens {
		value, isDigit := values[token]
		size, isSmall := small[token]
		switch {
		case place > 0 && isDigit:
			cents, place = cents+value*place, place/10
		case isDigit:
			digit = value
		case isSmall && i == 0:
			group += size // 十二
		case isSmall:
			group, digit = group+digit*size, 0
		case token == wan:
			total, group, digit = total+(group+digit)*1e4, 0, 0
		case token == yi:
			total, group, digit = (total+group+digit)*1e8, 0, 0
		case token == point:
			total, group, digit, place = total+group+digit, 0, 0, 10
		case token == yuan:
			total, group, digit, place = total+group+digit, 0, 0, 0
		case token == jiao:
			cents, digit = cents+digit*10, 0
		case token == fen:
			cents, digit = cents+digit, 0
		default:
			return 0, false
		}
	}
	return money.Fen(total*100 + cents), group == 0 && digit == 0
}
