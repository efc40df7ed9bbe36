package ring

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tillgate/agent/pay"
)

const (
	code = "134567890123456789"
	key  = "0a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P"
)

func hide() *pay.Redactor { return pay.NewRedactor(key) }

func say(r *Ring, texts ...string) {
	for _, text := range texts {
		r.Add(Line{At: time.Now(), From: "counter-1", Text: text})
	}
}

// texts are the texts of the lines, and a complaint where their numbers do not rise by one.
func texts(t *testing.T, lines []Line) (all []string) {
	t.Helper()
	for i, l := range lines {
		if i > 0 && l.N != lines[i-1].N+1 {
			t.Errorf("line %d follows %d", l.N, lines[i-1].N)
		}
		all = append(all, l.Text)
	}
	return all
}

func size(t *testing.T, folder string) (bytes int64) {
	t.Helper()
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil {
			bytes += info.Size()
			if info.Mode().Perm() != 0o600 {
				t.Errorf("%s has mode %v", name, info.Mode())
			}
		}
	}
	return bytes
}

func TestSurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := time.Now().Add(-80 * 365 * 24 * time.Hour) // whatever the clock says
	for life := range 3 {
		r := New(dir, hide())
		for i := range 4 {
			r.Add(Line{At: at, From: "counter-1", Text: fmt.Sprint(life*4 + i)})
			at = at.Add(-time.Hour)
		}
		if life != 1 { // a life that is killed has no end
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
		} else {
			r.flush()
		}
	}
	lines := New(dir, hide()).Lines()
	if got := strings.Join(texts(t, lines), " "); got != "0 1 2 3 4 5 6 7 8 9 10 11" {
		t.Errorf("read back %s", got)
	}
	if l := lines[11]; l.N != 12 || l.From != "counter-1" || l.At.Sub(at.Add(time.Hour)).Abs() > time.Millisecond {
		t.Errorf("the newest is %+v", l)
	}
}

// TestRunWrites: what has come is in the file without anybody closing it.
func TestRunWrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		r := New(dir, hide())
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- r.Run(ctx) }()
		for i := range 3 {
			say(r, fmt.Sprint("car ", i))
			synctest.Wait()
			if lines, err := Read(dir); err != nil || len(lines) != i+1 {
				t.Fatalf("%v, %v", lines, err)
			}
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run ended with %v", err)
		}
	})
}

// TestIdleWritesNothing: neither a start nor an end touches the files.
func TestIdleWritesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := New(dir, hide()).Close(); err != nil || size(t, dir) != 0 {
		t.Errorf("an empty ring wrote %d bytes: %v", size(t, dir), err)
	}
	if found, _ := os.ReadDir(dir); len(found) != 0 {
		t.Errorf("it made %v", found)
	}
	r := New(dir, hide())
	say(r, "one")
	r.Close()
	path := filepath.Join(dir, names[0])
	before, _ := os.Stat(path)
	New(dir, hide()).Close()
	if after, err := os.Stat(path); err != nil || after.ModTime() != before.ModTime() || after.Size() != before.Size() {
		t.Errorf("%v becomes %v: %v", before, after, err)
	}
}

// TestIsBounded: bytes on disk and lines in memory stay within their bounds, and
// what is there are the newest.
func TestIsBounded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := New(dir, hide())
	for i := range 6000 {
		say(r, fmt.Sprintf("%d network answered do=query number=100000010001971980000010 state=paid", i))
		if i%7 == 0 {
			r.flush()
		}
		if i%500 == 0 && size(t, dir) > 2*halfBytesMax {
			t.Fatalf("after %d lines there are %d bytes", i, size(t, dir))
		}
	}
	r.Close()
	kept := r.Lines()
	if len(kept) != linesMax || kept[linesMax-1].N != 6000 {
		t.Errorf("%d lines in memory, the newest is %d", len(kept), kept[len(kept)-1].N)
	}
	again := New(dir, hide()).Lines()
	texts(t, again)
	if n := len(again); n < 350 || again[n-1].N != 6000 {
		t.Errorf("%d lines come back, the newest is %d", n, again[n-1].N)
	}
	say(r, strings.Repeat("好", 2000)+"\xff")
	long := r.Lines()[linesMax-1].Text
	if len(long) > textBytesMax+3 || !strings.HasSuffix(long, "好…") {
		t.Errorf("a long line has %d bytes and ends with %q", len(long), long[len(long)-9:])
	}
}

// TestATornLineIsSkipped cuts the file at every byte of its last line, and fills
// in zeros as a power cut may.
func TestATornLineIsSkipped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := New(dir, hide())
	say(r, "one", "two")
	r.flush()
	whole := size(t, dir)
	say(r, "three")
	r.flush()
	path := filepath.Join(dir, names[0])
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := whole; cut < int64(len(text))-1; cut++ {
		for _, tail := range [][]byte{nil, make([]byte, 40)} {
			if err := os.WriteFile(path, append(text[:cut:cut], tail...), 0o600); err != nil {
				t.Fatal(err)
			}
			next := New(dir, hide())
			say(next, "four", "five")
			if err := next.Close(); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(texts(t, New(dir, hide()).Lines()), " "); got != "one two four five" {
				t.Fatalf("cut at %d with %d zeros: %s", cut, len(tail), got)
			}
		}
	}
}

// TestWithoutADisk: a ring without its files works, says so once, and writes
// again when the folder is there.
func TestWithoutADisk(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	r := New(dir, hide())
	for range 3 {
		say(r, "sold")
		r.flush()
	}
	if got := strings.Join(texts(t, r.Lines()), "|"); strings.Count(got, "not kept over a restart") != 1 || strings.Count(got, "sold") != 3 {
		t.Errorf("the lines are %s", got)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	say(r, "sold again")
	r.Close()
	if lines, err := Read(dir); err != nil || len(lines) == 0 || lines[len(lines)-1].Text != "sold again" {
		t.Errorf("%v, %v", lines, err)
	}
	blocked := filepath.Join(t.TempDir(), names[0])
	if err := os.MkdirAll(blocked, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := New(filepath.Dir(blocked), hide()).Lines(); len(got) != 1 || !strings.Contains(got[0].Text, "could not be read") {
		t.Errorf("a folder in the file's place: %v", got)
	}
}

// TestAFullDisk: lines that wait for a disk which takes nothing cost no memory without end.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	r := New(t.TempDir(), hide())
	for range 2000 {
		say(r, strings.Repeat("x", 1000))
	}
	if len(r.fresh) > freshMax {
		t.Errorf("%d bytes wait", len(r.fresh))
	}
}

func TestWatchAndHide(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := New(dir, hide())
	say(r, "before")
	var mu sync.Mutex
	var seen []string
	r.Watch(func(l Line) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, l.From+": "+l.Text)
		r.Lines() // whoever watches may look
	})
	r.Add(Line{From: "scanner " + code, Text: "key " + key + ", code 1345-6789-0123-4567-89"})
	r.Close()
	if len(seen) != 1 || seen[0] != "scanner ***: key ***, code ***" {
		t.Errorf("seen %q", seen)
	}
	text, err := os.ReadFile(filepath.Join(dir, names[0]))
	if err != nil || bytes.Contains(text, []byte(code)) || bytes.Contains(text, []byte(key)) || bytes.Contains(text, []byte("1345")) {
		t.Errorf("%s: %v", text, err)
	}
}

// FuzzRead: whatever stands in the files, a ring starts and takes lines.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"n":7,"at":"2026-01-02T03:04:05Z","level":"INFO","from":"a","text":"b"}`+"\n"), []byte("\x00\x00{\n"))
	f.Add([]byte(`{"n":-7}`), []byte(`{"n":1e99}`+"\n[]"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		dir := t.TempDir()
		if err := errors.Join(os.WriteFile(filepath.Join(dir, names[0]), a, 0o600), os.WriteFile(filepath.Join(dir, names[1]), b, 0o600)); err != nil {
			t.Fatal(err)
		}
		r := New(dir, hide())
		say(r, "new")
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		lines := New(dir, hide()).Lines()
		if len(lines) > linesMax || len(lines) == 0 || lines[len(lines)-1].Text != "new" {
			t.Errorf("%d lines", len(lines))
		}
	})
}
