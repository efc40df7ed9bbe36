package paper

import (
	"encoding/binary"
	"errors"
	"slices"
)

// errCollection is a file that is not the font collection it should be.
var errCollection = errors.New("the font collection is damaged")

// tableNames are what is needed to draw letters.
var tableNames = []string{"OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"}

// single takes one font out of a TrueType collection, as the OpenType
// specification lays both out, and puts its tables on four-byte boundaries. The
// font that Debian ships has them anywhere, which the font library refuses.
func single(collection []byte, index int) ([]byte, error) {
	at := func(offset, n int) []byte {
		if offset < 0 || n < 0 || offset > len(collection)-n {
			return nil
		}
		return collection[offset : offset+n]
	}
	start := at(12+4*index, 4)
	if start == nil || string(at(0, 4)) != "ttcf" {
		return nil, errCollection
	}
	header := int(binary.BigEndian.Uint32(start))
	count := at(header+4, 2)
	if count == nil {
		return nil, errCollection
	}
	font := make([]byte, 12+16*len(tableNames))
	copy(font, "\x00\x01\x00\x00")
	binary.BigEndian.PutUint16(font[4:], uint16(len(tableNames)))
	found := 0
	for i := range int(binary.BigEndian.Uint16(count)) {
		entry := at(header+12+16*i, 16)
		if entry == nil {
			return nil, errCollection
		}
		place := slices.Index(tableNames, string(entry[:4]))
		if place < 0 {
			continue
		}
		table := at(int(binary.BigEndian.Uint32(entry[8:])), int(binary.BigEndian.Uint32(entry[12:])))
		if table == nil {
			return nil, errCollection
		}
		copy(font[12+16*place:], entry)
		binary.BigEndian.PutUint32(font[12+16*place+8:], uint32(len(font)))
		font = append(font, table...)
		font = append(font, make([]byte, -len(font)&3)...)
		found++
	}
	if found != len(tableNames) {
		return nil, errCollection
	}
	return font, nil
}
