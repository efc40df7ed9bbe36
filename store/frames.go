package store

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
)

// SQLite's log, as "The Write-Ahead Log" of its file format describes it.
const (
	logHeaderBytes   = 32
	frameHeaderBytes = 24
	frameBytes       = frameHeaderBytes + pageBytes
)

// frame is one page in the log.
type frame struct {
	page   uint32
	commit bool   // the last of its transaction
	sound  bool   // its own checksum fits what came before
	data   []byte // pageBytes
}

// readLog reads the log as it lies there: all frames of its generation, also
// those behind a broken one, at which SQLite would stop. nil when there is none.
func readLog(disk Disk, name string) ([]frame, error) {
	bytes, err := disk.Size(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	f, err := disk.Open(name, false)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	header := make([]byte, logHeaderBytes)
	if _, err := f.ReadAt(header, 0); err != nil {
		return nil, ignoreEnd(err)
	}
	order, ok := logOrder(header)
	if !ok {
		return nil, nil
	}
	sum := checksum(order, [2]uint32{}, header[:24])
	var frames []frame
	for at := int64(logHeaderBytes); at+frameBytes <= bytes; at += frameBytes {
		b := make([]byte, frameBytes)
		if _, err := f.ReadAt(b, at); err != nil {
			return frames, ignoreEnd(err)
		}
		if string(b[8:16]) != string(header[16:24]) {
			break // of an earlier generation, or zeros
		}
		computed := checksum(order, checksum(order, sum, b[:8]), b[frameHeaderBytes:])
		said := [2]uint32{binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint32(b[20:])}
		fr := frame{page: binary.BigEndian.Uint32(b), commit: binary.BigEndian.Uint32(b[4:]) != 0, sound: computed == said, data: b[frameHeaderBytes:]}
		frames = append(frames, fr)
		sum = said
		if !fr.sound && at+2*frameBytes <= bytes && followsComputed(f, order, at+frameBytes, computed) {
			sum = computed // what broke is the checksum itself
		}
	}
	return frames, nil
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// logOrder is the byte order of a log's checksums; ok is false where the header is void.
func logOrder(header []byte) (order binary.ByteOrder, ok bool) {
	switch binary.BigEndian.Uint32(header) {
	case 0x377f0682:
		order = binary.LittleEndian
	case 0x377f0683:
		order = binary.BigEndian
	default:
		return nil, false
	}
	return order, binary.BigEndian.Uint32(header[8:]) == pageBytes
}

func checksum(order binary.ByteOrder, sum [2]uint32, b []byte) [2]uint32 {
	for ; len(b) >= 8; b = b[8:] {
		sum[0] += order.Uint32(b) + sum[1]
		sum[1] += order.Uint32(b[4:]) + sum[0]
	}
	return sum
}

func followsComputed(f File, order binary.ByteOrder, at int64, sum [2]uint32) bool {
	b := make([]byte, frameBytes)
	if _, err := f.ReadAt(b, at); err != nil {
		return false
	}
	computed := checksum(order, checksum(order, sum, b[:8]), b[frameHeaderBytes:])
	return computed == [2]uint32{binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint32(b[20:])}
}

// logDamage tells whether a frame is broken that had been synced. Every commit
// is synced before the next begins, so a broken frame that is followed, without
// another break, by the end of its transaction and by a frame of the next one
// cannot be what a power cut leaves. SQLite would drop all from there on without
// a word. (The log's last transaction has no such witness: its loss looks like
// a cut in its middle, and the chain's own marks and summaries have to tell.)
func logDamage(frames []frame) bool {
	broken, ended := false, false
	for _, f := range frames {
		switch {
		case !f.sound:
			if broken {
				return false // left over from a write that failed
			}
			broken, ended = true, f.commit
		case broken && ended:
			return true
		case broken:
			ended = f.commit
		}
	}
	return false
}
