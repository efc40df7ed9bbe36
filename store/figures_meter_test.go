//go:build bench

package store_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// meter counts what reaches the disk below a directory.
type meter struct {
	dir   string
	how   string
	blind bool // it sees no flushes
	read  func() (bytes, flushes int64)
}

// span is what the disk got while do ran.
func (m *meter) span(do func()) (bytes, flushes int64) {
	if m.blind {
		forgetCache(m.dir)
	}
	b0, f0 := m.read()
	do()
	b1, f1 := m.read()
	return b1 - b0, f1 - f0
}

// forgetCache drops what the kernel has of a directory's files. The process's
// counter takes a page of the cache for written whole, and a file that was
// written at one go has them of up to a megabyte.
func forgetCache(dir string) {
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range files {
		if f, err := os.Open(name); err == nil {
			_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
			_ = f.Close()
		}
	}
}

// newMeter makes an ext4 on a loop device and reads that device's statistics;
// without root it reads this process's own, and knows no flushes.
func newMeter(t *testing.T) *meter {
	if os.Geteuid() == 0 {
		if m := loopMeter(t); m != nil {
			return m
		}
	}
	return &meter{dir: t.TempDir(), blind: true, how: "from /proc/self/io; flushes counted on a simulated disk", read: func() (int64, int64) {
		data, err := os.ReadFile("/proc/self/io")
		must(t, err)
		for line := range strings.Lines(string(data)) {
			if n, ok := strings.CutPrefix(line, "write_bytes: "); ok {
				return number(t, strings.TrimSpace(n)), 0
			}
		}
		t.Fatal("/proc/self/io has no write_bytes")
		return 0, 0
	}}
}

// loopMeter is nil where this machine has no loop devices to give.
func loopMeter(t *testing.T) *meter {
	base := t.TempDir()
	image, dir := filepath.Join(base, "disk.img"), filepath.Join(base, "mnt")
	must(t, os.Mkdir(dir, 0o700))
	f, err := os.Create(image)
	must(t, err)
	must(t, f.Truncate(512<<20))
	must(t, f.Close())
	run := func(name string, args ...string) (string, bool) {
		out, err := exec.Command(name, args...).CombinedOutput()
		if err != nil {
			t.Logf("%s: %v %s", name, err, out)
		}
		return strings.TrimSpace(string(out)), err == nil
	}
	if _, ok := run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", image); !ok {
		return nil
	}
	loop, ok := run("losetup", "--show", "-f", image)
	if !ok {
		return nil
	}
	t.Cleanup(func() { run("losetup", "-d", loop) })
	if _, ok := run("mount", loop, dir); !ok {
		return nil
	}
	t.Cleanup(func() { run("umount", dir) })
	stat := filepath.Join("/sys/block", filepath.Base(loop), "stat")
	return &meter{dir: dir, how: "from the statistics of a loop device, ext4", read: func() (int64, int64) {
		data, err := os.ReadFile(stat)
		must(t, err)
		fields := strings.Fields(string(data))
		const sectorsWritten, flushes = 6, 15 // Documentation/block/stat.rst
		return number(t, fields[sectorsWritten]) * 512, number(t, fields[flushes])
	}}
}

func number(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	must(t, err)
	return n
}
