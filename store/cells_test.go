package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

// These tests are inside the package because what they read has no other way out.

// TestCellsReadWhatSQLiteWrote writes rows of every type and width through
// SQLite and reads them from its pages without it.
func TestCellsReadWhatSQLiteWrote(t *testing.T) {
	t.Parallel()
	name := t.TempDir() + "/a.db"
	c, err := dial(name, "")
	check(t, err)
	check(t, c.script(fmt.Sprintf("PRAGMA page_size=%d; PRAGMA journal_mode=OFF; CREATE TABLE x (id INTEGER PRIMARY KEY, i INTEGER, r REAL, t TEXT, b BLOB) STRICT", pageBytes)))
	want := map[int64]values{}
	for n, i := range []int64{0, 1, -1, 127, -128, 128, 32767, -32768, 1 << 20, -(1 << 23), 1 << 30, math.MinInt32, 1 << 40, -(1 << 47), 1 << 50, math.MaxInt64, math.MinInt64} {
		for _, length := range []int{0, 1, 100, 900, 990, 1500, 20_000} {
			id := int64(n*1000+length)*7 - 50
			row := []any{i, float64(i) + 0.5, strings.Repeat("文", length), bytes.Repeat([]byte{byte(n), 0}, length/2)}
			check(t, c.exec("INSERT INTO x (id, i, r, t, b) VALUES (?, ?, ?, ?, ?)", append([]any{id}, row...)...))
			want[id] = values{nil, row[0], row[1], row[2], row[3]} // the id is the record's own number
		}
	}
	check(t, c.close())
	data, err := os.ReadFile(name)
	check(t, err)
	page := func(number uint32) []byte {
		if at := int(number-1) * pageBytes; number > 0 && at < len(data) {
			return data[at : at+pageBytes]
		}
		return nil // an overflow page was taken for a leaf
	}
	for number := range uint32(len(data) / pageBytes) {
		cells(page(number+1), number == 0, page, func(id int64, row values) {
			if number > 0 && fmt.Sprint(row) == fmt.Sprint(want[id]) {
				delete(want, id)
			}
		})
	}
	for id := range want {
		t.Errorf("row %d was not read as it was written", id)
	}
}

// FuzzCells: a page of anything at all is read without a panic, and without end
// where its overflow pages form a ring.
func FuzzCells(f *testing.F) {
	leaf := make([]byte, pageBytes)
	copy(leaf, []byte{0x0d, 0, 0, 0, 2, 3, 0, 0, 3, 0, 3, 0x80})
	copy(leaf[0x300:], []byte{0x86, 0x00, 5, 3, 0x01, 0x19, 7, 'x'})
	f.Add(leaf, false)
	f.Add(bytes.Repeat([]byte{0x0d}, pageBytes), true)
	f.Add(bytes.Repeat([]byte{0xff}, pageBytes), false)
	f.Fuzz(func(t *testing.T, data []byte, first bool) {
		page := make([]byte, pageBytes)
		copy(page, data)
		read := 0
		cells(page, first, func(uint32) []byte { return page }, func(rowid int64, v values) {
			read++
			entryCell(rowid, append(values(nil), v...))
			saleCell(rowid, append(values(nil), v...))
			startCell(append(values(nil), v...))
			markCell(append(values(nil), v...))
		})
		if read > pageBytes {
			t.Errorf("%d records in one page", read)
		}
	})
}

// logOf is a log with whole frames, checksums as SQLite makes them.
func logOf(commits ...int) []byte {
	header := binary.BigEndian.AppendUint32(nil, 0x377f0683)
	for _, n := range []uint32{3007000, pageBytes, 0, 7, 8} {
		header = binary.BigEndian.AppendUint32(header, n)
	}
	sum := checksum(binary.BigEndian, [2]uint32{}, header)
	log := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(header, sum[0]), sum[1])
	sum = checksum(binary.BigEndian, [2]uint32{}, log[:24])
	page := uint32(0)
	for _, frames := range commits {
		for i := range frames {
			page++
			size := uint32(0)
			if i == frames-1 {
				size = 100
			}
			head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, page), size)
			body := bytes.Repeat([]byte{byte(page)}, pageBytes)
			sum = checksum(binary.BigEndian, checksum(binary.BigEndian, sum, head), body)
			log = append(log, head...)
			log = append(log, log[16:24]...)
			log = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(log, sum[0]), sum[1])
			log = append(log, body...)
		}
	}
	return log
}

// TestLogDamage: a broken frame that whole transactions follow was synced once,
// so it is damage; at the end of the log it is what a power cut leaves.
func TestLogDamage(t *testing.T) {
	t.Parallel()
	whole := logOf(2, 3, 1, 2)
	for _, row := range []struct {
		name    string
		change  func(log []byte) []byte
		frames  int
		damaged bool
	}{
		{"whole", func(log []byte) []byte { return log }, 8, false},
		{"none", func([]byte) []byte { return nil }, 0, false},
		{"void header", func(log []byte) []byte { log[0] = 0; return log }, 0, false},
		{"other page size", func(log []byte) []byte { log[10] = 8; return log }, 0, false},
		{"half a frame at the end", func(log []byte) []byte { return log[:len(log)-500] }, 7, false},
		{"last frame broken", func(log []byte) []byte { log[len(log)-1]++; return log }, 8, false},
		{"last transaction broken", func(log []byte) []byte { log[len(log)-frameBytes-1]++; return log }, 8, false},
		{"page broken in the middle", func(log []byte) []byte { log[32+3*frameBytes-9]++; return log }, 8, true},
		{"checksum broken in the middle", func(log []byte) []byte { log[32+2*frameBytes+17]++; return log }, 8, true},
		{"size broken in the middle", func(log []byte) []byte { log[32+frameBytes+7]++; return log }, 8, true},
		{"two frames torn, as after a failed write", func(log []byte) []byte {
			log[32+2*frameBytes+100]++
			log[32+5*frameBytes+100]++
			return log
		}, 8, false},
		{"older generation behind", func(log []byte) []byte { log[32+5*frameBytes+8]++; return log }, 5, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			name := t.TempDir() + "/wal"
			if log := row.change(append([]byte(nil), whole...)); log != nil {
				check(t, os.WriteFile(name, log, 0o600))
			}
			frames, err := readLog(realDisk{}, name)
			check(t, err)
			if len(frames) != row.frames || logDamage(frames) != row.damaged {
				t.Errorf("%d frames, damaged %v; want %d, %v", len(frames), logDamage(frames), row.frames, row.damaged)
			}
		})
	}
}
