package paper

// The symbols of Code 128 (ISO/IEC 15417) that are not data.
const (
	codeC, codeB, codeA    = 99, 100, 101
	startA, startB, startC = 103, 104, 105
	shift, fnc1            = 98, 102
	stop                   = 106
)

// code128Widths are the widths of the bars and spaces of each symbol, in
// modules.
var code128Widths = [...]string{
	"212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
	"221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
	"221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
	"212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
	"231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
	"231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
	"314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
	"112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
	"111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
	"214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
	"114131", "311141", "411131", "211412", "211214", "211232", "2331112",
}

// code128Symbols reads the data of GS k: it begins with a code set ({A, {B, {C)
// and may change it; in set C a byte is two digits.
func code128Symbols(data []byte) (symbols []int, text string, ok bool) {
	var set byte
	for i := 0; i < len(data); i++ {
		b := data[i]
		if b == '{' && i+1 < len(data) && data[i+1] != '{' {
			i++
			symbol, known := code128Special(data[i], set)
			if !known {
				return nil, "", false
			}
			symbols = append(symbols, symbol)
			if data[i] >= 'A' && data[i] <= 'C' {
				set = data[i]
			}
			continue
		}
		if b == '{' && set != 'C' {
			i++ // doubled, it is itself
		}
		symbol, shown, known := code128Data(b, set)
		if !known {
			return nil, "", false
		}
		symbols, text = append(symbols, symbol), text+shown
	}
	return symbols, text, len(symbols) > 1
}

// code128Special is the symbol of "{" and a letter, in a code set or, at the
// start, in none.
func code128Special(letter, set byte) (symbol int, known bool) {
	switch {
	case letter >= 'A' && letter <= 'C' && set == 0:
		return startA + int(letter-'A'), true
	case letter >= 'A' && letter <= 'C' && letter != set:
		return codeA - int(letter-'A'), true
	case letter == '1' && set != 0:
		return fnc1, true
	case letter == 'S' && (set == 'A' || set == 'B'):
		return shift, true
	}
	return 0, false
}

func code128Data(b, set byte) (symbol int, shown string, known bool) {
	switch {
	case set == 'C' && b < 100:
		return int(b), string([]byte{'0' + b/10, '0' + b%10}), true
	case set == 'A' && b < ' ':
		return int(b) + 64, " ", true
	case set == 'A' && b < 96, set == 'B' && b >= ' ' && b < 128:
		return int(b) - ' ', string(rune(b)), true
	}
	return 0, "", false
}

// code128Bars adds the check symbol and the stop, and lists the widths of bars
// and spaces by turns, in modules, a bar first.
func code128Bars(symbols []int) []int {
	check := symbols[0]
	for i, symbol := range symbols {
		check += i * symbol
	}
	var bars []int
	for _, symbol := range append(symbols[:len(symbols):len(symbols)], check%103, stop) {
		for _, width := range code128Widths[symbol] {
			bars = append(bars, int(width-'0'))
		}
	}
	return bars
}
