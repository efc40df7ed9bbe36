package ring

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// halfBytesMax is what one of the two files takes; the other one then begins
// anew. So at least this much of the newest is there.
const halfBytesMax = 64 << 10

var names = [2]string{"events-a.jsonl", "events-b.jsonl"}

// pair is two files that are only appended to, in turn.
type pair struct {
	folder  string
	current int // of names, the one that is written to
	file    *os.File
	size    int64
	torn    bool // the last write may have left half a line
}

// write appends whole lines.
func (p *pair) write(lines []byte) (err error) {
	if p.file == nil {
		err = p.open(os.O_APPEND)
	}
	if err == nil && p.size > 0 && p.size+int64(len(lines)) > halfBytesMax {
		err = p.close()
		p.current = 1 - p.current
		err = errors.Join(err, p.open(os.O_TRUNC))
	}
	if err != nil {
		return err
	}
	if p.torn { // what it left is not read as part of ours
		lines = append([]byte("\n"), lines...)
	}
	n, err := p.file.Write(lines)
	p.size += int64(n)
	p.torn = err != nil
	return err
}

func (p *pair) open(how int) (err error) {
	p.file, err = os.OpenFile(filepath.Join(p.folder, names[p.current]), os.O_WRONLY|os.O_CREATE|how, 0o600)
	if err != nil {
		p.file = nil
		return err
	}
	info, err := p.file.Stat()
	if err != nil {
		return errors.Join(err, p.close())
	}
	p.size = info.Size()
	p.torn = p.size > 0 // an earlier life's last line
	return nil
}

func (p *pair) close() (err error) {
	if p.file != nil {
		err = p.file.Close()
		p.file = nil
	}
	return err
}

// Read reads the lines that a ring has left in a folder, oldest first, also
// while it writes. Where there are none it answers none.
func Read(folder string) ([]Line, error) {
	lines, _, err := read(folder)
	return lines, err
}

// read also tells which file is to be written to: the one with the newest line.
func read(folder string) (lines []Line, current int, err error) {
	newest := int64(-1)
	for i, name := range names {
		half, wrong := readHalf(filepath.Join(folder, name))
		err = errors.Join(err, wrong)
		for _, l := range half {
			if l.N > newest {
				newest, current = l.N, i
			}
		}
		lines = append(lines, half...)
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return cmp.Compare(a.N, b.N) })
	return slices.Clone(lines[max(0, len(lines)-linesMax):]), current, err
}

// readHalf reads one file. What is not a whole line was torn by a kill or a
// power cut, and is skipped.
func readHalf(path string) (lines []Line, err error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, 4*halfBytesMax))
	for line := range bytes.Lines(text) {
		var l Line
		if json.Unmarshal(line, &l) == nil && l.N > 0 {
			lines = append(lines, l)
		}
	}
	return lines, err
}
