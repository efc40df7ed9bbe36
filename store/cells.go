package store

import (
	"encoding/binary"
	"math"
)

// What follows reads SQLite's pages without SQLite ("Database File Format",
// sections 1.5 and 2): tables' leaf pages and the records in them.

// pages gives the newest content of a page, for records that overflow.
type pages func(number uint32) []byte

// cells calls each for every record of a table's leaf page that can be read.
func cells(page []byte, first bool, overflow pages, each func(rowid int64, v values)) {
	header := page
	if first {
		header = page[100:]
	}
	if header[0] != 0x0d {
		return
	}
	count := int(binary.BigEndian.Uint16(header[3:]))
	// A broken count must not hide the records behind it: pointers are read as
	// long as they could be some.
	most := (pageBytes - 8) / 2
	for i := range most {
		at := 8 + 2*i
		if at+2 > len(header) {
			return
		}
		offset := int(binary.BigEndian.Uint16(header[at:]))
		if offset < at || offset >= pageBytes-2 {
			if i >= count {
				return
			}
			continue
		}
		if payload, rowid, ok := payloadAt(page, offset, overflow); ok {
			if v, ok := record(payload); ok {
				each(rowid, v)
			}
		}
	}
}

// payloadAt is the record at an offset, put together with its overflow pages.
func payloadAt(page []byte, offset int, overflow pages) (payload []byte, rowid int64, ok bool) {
	const usable = pageBytes
	length, n := varint(page[offset:])
	if n == 0 {
		return nil, 0, false
	}
	id, m := varint(page[offset+n:])
	if m == 0 || length == 0 || length > 1<<24 {
		return nil, 0, false
	}
	from, total := offset+n+m, int(length)
	local := total
	if total > usable-35 {
		least := (usable-12)*32/255 - 23
		if local = least + (total-least)%(usable-4); local > usable-35 {
			local = least
		}
	}
	if from+local > len(page) {
		return nil, 0, false
	}
	payload = append([]byte(nil), page[from:from+local]...)
	if local == total {
		return payload, int64(id), true
	}
	if from+local+4 > len(page) {
		return nil, 0, false
	}
	for next := binary.BigEndian.Uint32(page[from+local:]); len(payload) < total; {
		more := overflow(next)
		if next == 0 || more == nil {
			return nil, 0, false
		}
		next = binary.BigEndian.Uint32(more)
		payload = append(payload, more[4:min(len(more), 4+total-len(payload))]...)
	}
	return payload, int64(id), true
}

// record splits a payload into its columns. It is refused unless lengths agree
// to the byte.
func record(payload []byte) (v values, ok bool) {
	length, n := varint(payload)
	if n == 0 || length < uint64(n) || length > uint64(len(payload)) {
		return nil, false
	}
	types, rest := payload[n:length], payload[length:]
	for len(types) > 0 {
		kind, n := varint(types)
		if n == 0 || len(v) == 64 {
			return nil, false
		}
		types = types[n:]
		size, fits := columnBytes(kind)
		if !fits || size > len(rest) {
			return nil, false
		}
		v = append(v, column(kind, rest[:size]))
		rest = rest[size:]
	}
	return v, len(rest) == 0
}

func columnBytes(kind uint64) (size int, ok bool) {
	switch {
	case kind == 0, kind == 8, kind == 9:
		return 0, true
	case kind <= 4:
		return int(kind), true
	case kind == 5:
		return 6, true
	case kind == 6, kind == 7:
		return 8, true
	case kind >= 12 && kind < 1<<26:
		return int(kind-12) / 2, true
	}
	return 0, false
}

func column(kind uint64, b []byte) any {
	switch {
	case kind == 0:
		return nil
	case kind == 7:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	case kind == 8:
		return int64(0)
	case kind == 9:
		return int64(1)
	case kind >= 12 && kind%2 == 0:
		return b
	case kind >= 13:
		return string(b)
	}
	n := int64(int8(b[0]))
	for _, c := range b[1:] {
		n = n<<8 | int64(c)
	}
	return n
}

// varint reads SQLite's variable-length integer; n is 0 where it does not end.
func varint(b []byte) (value uint64, n int) {
	for i := range min(len(b), 9) {
		if i == 8 {
			return value<<8 | uint64(b[i]), 9
		}
		value = value<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return value, i + 1
		}
	}
	return 0, 0
}

// entryCell recognises a row of the journal.
func entryCell(rowid int64, v values) (f found, ok bool) {
	if len(v) != 10 || v[0] != nil || !ints(v[1:7]) || !blob(v[7]) || v[8] != nil && !blob(v[8]) || !blob(v[9]) {
		return f, false
	}
	v[0] = rowid
	f = entryOf(v)
	plausible := f.Seq > 0 && f.Key > 0 && f.Key <= f.Seq && f.Prev >= 0 && f.Prev < f.Seq && v.int(4) > 0 && v.int(4) <= math.MaxUint16 && len(f.half) == 16
	return f, plausible
}

// saleCell recognises a summary, also of the schema's earlier versions.
func saleCell(rowid int64, v values) (s Sale, ok bool) {
	if len(v) != 10 && len(v) != 12 && len(v) != 18 || v[0] != nil || !texts(v[1:2]) || !ints(v[2:9]) || !texts(v[9:min(len(v), 14)]) {
		return s, false
	}
	switch len(v) {
	case 10:
		v = append(v, "", "")
		fallthrough
	case 12:
		v = append(v, "", "", int64(0), int64(0), int64(0), int64(0))
	}
	if !ints(v[14:]) {
		return s, false
	}
	v[0] = rowid
	s = saleOf(v)
	return s, s.ID > 0 && s.Last >= s.ID
}

// refundCell recognises a refund's summary.
func refundCell(rowid int64, v values) (r Refund, ok bool) {
	if len(v) != 7 && len(v) != 12 || v[0] != nil || !ints(v[1:5]) || !texts(v[5:6]) || !blob(v[6]) || !ints(v[7:]) {
		return r, false
	}
	if len(v) == 7 {
		v = append(v, int64(0), int64(0), int64(0), int64(0), int64(0))
	}
	v[0] = rowid
	r = refundOf(v)
	return r, r.ID > 0 && r.Last >= r.ID
}

// holdCell recognises a deposit's summary. One whose columns do not say what its
// body says is none.
func holdCell(rowid int64, v values) (h Hold, ok bool) {
	if len(v) != 8 || v[0] != nil || !ints(v[1:5]) || !blob(v[5]) || !texts(v[6:7]) || !blob(v[7]) {
		return h, false
	}
	v[0] = rowid
	h = holdOf(v)
	return h, h.ID > 0 && h.Last >= h.ID && h.Asked.Number == v.text(6) && int64(h.Asked.Amount) == v.int(3)
}

// markCell recognises a mark.
func markCell(v values) (name string, at int64, head []byte, ok bool) {
	if len(v) != 3 || !texts(v[:1]) || !ints(v[1:2]) || !blob(v[2]) {
		return "", 0, nil, false
	}
	return v.text(0), v.int(1), v.bytes(2), true
}

// startCell recognises a start.
func startCell(v values) (r startRow, ok bool) {
	if len(v) != 5 || v[0] != nil || !ints(v[1:2]) || !texts(v[2:4]) || !ints(v[4:]) {
		return r, false
	}
	return startRow{wall: v.int(1), boot: v.text(2), version: v.text(3), random: int(v.int(4))}, true
}

func ints(v values) bool {
	for _, x := range v {
		if _, ok := x.(int64); !ok {
			return false
		}
	}
	return true
}

func texts(v values) bool {
	for _, x := range v {
		if _, ok := x.(string); !ok {
			return false
		}
	}
	return true
}

func blob(x any) bool {
	_, ok := x.([]byte)
	return ok
}
