package paper

import "bytes"

// lengths is how long the commands are that have a fixed length, by their first
// two bytes.
var lengths = map[[2]byte]int{
	{0x10, 0x05}: 3,
	{0x1B, ' '}:  3, {0x1B, '!'}: 3, {0x1B, '$'}: 4, {0x1B, '%'}: 3, {0x1B, '-'}: 3, {0x1B, '2'}: 2, {0x1B, '3'}: 3,
	{0x1B, '='}: 3, {0x1B, '?'}: 3, {0x1B, '@'}: 2, {0x1B, 'B'}: 4, {0x1B, 'E'}: 3, {0x1B, 'G'}: 3, {0x1B, 'J'}: 3,
	{0x1B, 'K'}: 3, {0x1B, 'L'}: 2, {0x1B, 'M'}: 3, {0x1B, 'R'}: 3, {0x1B, 'S'}: 2, {0x1B, 'T'}: 3, {0x1B, 'V'}: 3,
	{0x1B, 'W'}: 10, {0x1B, '\\'}: 4, {0x1B, 'a'}: 3, {0x1B, 'c'}: 4, {0x1B, 'd'}: 3, {0x1B, 'e'}: 3, {0x1B, 'i'}: 2,
	{0x1B, 'm'}: 2, {0x1B, 'p'}: 5, {0x1B, 'r'}: 3, {0x1B, 't'}: 3, {0x1B, 'u'}: 3, {0x1B, 'v'}: 2, {0x1B, '{'}: 3,
	{0x1C, '!'}: 3, {0x1C, '&'}: 2, {0x1C, '-'}: 3, {0x1C, '.'}: 2, {0x1C, '2'}: 76, {0x1C, '?'}: 4, {0x1C, 'C'}: 3,
	{0x1C, 'S'}: 4, {0x1C, 'W'}: 3, {0x1C, 'p'}: 4,
	{0x1D, '!'}: 3, {0x1D, '$'}: 4, {0x1D, '/'}: 3, {0x1D, ':'}: 2, {0x1D, 'B'}: 3, {0x1D, 'H'}: 3, {0x1D, 'I'}: 3,
	{0x1D, 'L'}: 4, {0x1D, 'P'}: 4, {0x1D, 'T'}: 3, {0x1D, 'W'}: 4, {0x1D, '\\'}: 4, {0x1D, '^'}: 5, {0x1D, 'a'}: 3,
	{0x1D, 'b'}: 3, {0x1D, 'c'}: 2, {0x1D, 'f'}: 3, {0x1D, 'g'}: 6, {0x1D, 'h'}: 3, {0x1D, 'r'}: 3, {0x1D, 'w'}: 3,
	{0x1D, 'z'}: 5, {0x1D, '|'}: 3,
}

// length is how many bytes the command or character at the start takes, 0 when
// more bytes are needed to say so. What is not known is as long as what shows
// that it is not.
func length(in []byte) (n int, known bool) {
	switch b := in[0]; {
	case b == 0x10 || b >= 0x1B && b <= 0x1D:
		return commandLength(in)
	case b >= 0x81 && b <= 0xFE:
		if len(in) < 2 {
			return 0, true
		}
		if in[1] < 0x40 || in[1] == 0x7F || in[1] == 0xFF {
			return 1, false
		}
		return 2, true
	case b == 0x80 || b == 0xFF || b == 0x7F:
		return 1, false
	case b < ' ':
		return 1, b == 0 || b >= 0x07 && b <= 0x0D || b == 0x11 || b == 0x13 || b == 0x18
	}
	return 1, true
}

func commandLength(in []byte) (n int, known bool) {
	if len(in) < 2 {
		return 0, true
	}
	name := [2]byte{in[0], in[1]}
	if n, ok := lengths[name]; ok {
		return n, true
	}
	variable, ok := variables[name]
	if !ok {
		return 2, false
	}
	if n = variable(in); n < 0 || n > commandMax {
		return 2, false
	}
	return n, true
}

// variables say how long the other commands are: 0 when more bytes are needed.
var variables = map[[2]byte]func([]byte) int{
	{0x10, 0x04}: func(in []byte) int {
		return headed(in, 3, func(b []byte) int { return when(b[2] == 7 || b[2] == 8, 1) })
	},
	{0x10, 0x14}: func(in []byte) int { return headed(in, 3, func(b []byte) int { return realtimeExtra[b[2]] }) },
	{0x1B, '*'}: func(in []byte) int {
		return headed(in, 5, func(b []byte) int { return word(b[3:]) * (1 + when(b[2] >= 32, 2)) })
	},
	{0x1B, 'D'}: func(in []byte) int { return terminated(in, 2) },
	{0x1B, '('}: parameters,
	{0x1B, '&'}: userCharacters,
	{0x1C, '('}: parameters,
	{0x1C, 'q'}: storedImages,
	{0x1D, '('}: parameters,
	{0x1D, '*'}: func(in []byte) int { return headed(in, 4, func(b []byte) int { return int(b[2]) * int(b[3]) * 8 }) },
	{0x1D, '8'}: func(in []byte) int {
		return headed(in, 7, func(b []byte) int { return word(b[3:]) + word(b[5:])<<16 })
	},
	{0x1D, 'V'}: func(in []byte) int {
		return headed(in, 3, func(b []byte) int { return when(bytes.IndexByte([]byte("ABabgh"), b[2]) >= 0, 1) })
	},
	{0x1D, 'k'}: barcodeLength,
	{0x1D, 'v'}: func(in []byte) int { return headed(in, 8, func(b []byte) int { return word(b[4:]) * word(b[6:]) }) },
}

// realtimeExtra is how many bytes follow DLE DC4 and its function.
var realtimeExtra = map[byte]int{1: 2, 2: 2, 3: 5, 7: 1, 8: 7}

func word(b []byte) int { return int(b[0]) | int(b[1])<<8 }

func when(is bool, n int) int {
	if is {
		return n
	}
	return 0
}

// headed is a header of so many bytes that says how many more there are.
func headed(in []byte, header int, more func([]byte) int) int {
	if len(in) < header {
		return 0
	}
	return header + more(in)
}

// parameters is "( letter pL pH data".
func parameters(in []byte) int {
	return headed(in, 5, func(b []byte) int { return word(b[3:]) })
}

// terminated is data that ends with a zero.
func terminated(in []byte, header int) int {
	if len(in) < header {
		return 0
	}
	if end := bytes.IndexByte(in[header:], 0); end >= 0 {
		return header + end + 1
	}
	if len(in) > commandMax {
		return commandMax + 1
	}
	return 0
}

// barcodeLength is GS k: the older form ends with a zero, the newer has a count.
func barcodeLength(in []byte) int {
	switch {
	case len(in) < 4:
		return 0
	case in[2] <= 6:
		return terminated(in, 3)
	}
	return 4 + int(in[3])
}

// userCharacters is ESC &: columns, then a width and a bitmap for each.
func userCharacters(in []byte) int {
	if len(in) < 5 {
		return 0
	}
	n := 5
	for range max(int(in[4])-int(in[3])+1, 0) {
		if len(in) <= n {
			return 0
		}
		n += 1 + int(in[2])*int(in[n])
	}
	return n
}

// storedImages is FS q: so many images with a size each.
func storedImages(in []byte) int {
	if len(in) < 3 {
		return 0
	}
	n := 3
	for range in[2] {
		if len(in) < n+4 {
			return 0
		}
		if n += 4 + word(in[n:])*word(in[n+2:])*8; n > commandMax {
			return n
		}
	}
	return n
}
