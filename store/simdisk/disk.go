package simdisk

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/psanford/sqlite3vfs"

	"tillgate/store"
)

const defaultSize = 1 << 30

// The ways in which a disk refuses.
var (
	ErrPower    = errors.New("the power is off")
	ErrFull     = errors.New("no space left on the simulated disk")
	ErrReadOnly = errors.New("the simulated disk is read-only")
	ErrFailed   = errors.New("the simulated disk failed once")
)

// Disk is one simulated disk. Its methods may be called from several goroutines.
type Disk struct {
	slot *slot

	mu       sync.Mutex
	random   *rand.Rand
	files    map[string]*inode
	life     int // raised by every cut; handles of an earlier life are dead
	dead     bool
	readOnly bool
	capacity int64
	failIn   int // operations until failNext begins to count
	failNext int
	cutIn    int64 // operations left until the cut, -1 for none
	count    Counts
	onRead   func()
}

// Counts is what a disk has been asked to do since it was made.
type Counts struct {
	Writes int64 // writes, truncations, renames and removals
	Bytes  int64 // bytes written
	Syncs  int64
	Reads  int64
}

var _ store.Disk = (*Disk)(nil)

// New makes an empty disk and gives it a VFS name of its own, which Close or
// the garbage collector gives back.
func New(seed uint64) *Disk {
	d := &Disk{
		random:   rand.New(rand.NewPCG(seed, 0x7469_6c6c)),
		files:    map[string]*inode{},
		capacity: defaultSize,
		cutIn:    -1,
	}
	d.slot = take(d)
	return d
}

// Name is the name of the disk's SQLite VFS.
func (d *Disk) Name() string { return d.slot.name }

// Close gives the VFS name back. The disk must not be used through it any more.
func (d *Disk) Close() { d.slot.free(d) }

// Counts tells what the disk has been asked to do.
func (d *Disk) Counts() Counts {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.count
}

// OnRead has f called before every read, so that a test can do something in
// the middle of a long one; nil ends that.
func (d *Disk) OnRead(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.onRead = f
}

// CutAfter cuts the power in the middle of the n-th write or sync from now:
// that one and everything after it fails until Boot. 0 cuts it at once, and a
// negative n takes an announced cut back.
func (d *Disk) CutAfter(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cutIn, d.dead = int64(n), d.dead || n == 0
}

// Off tells whether the power has been cut.
func (d *Disk) Off() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dead
}

// Boot switches the power on again (and off before, if it was on): what the
// seed lets survive is now the disk.
func (d *Disk) Boot() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(d.files)) { // sorted: the seed alone decides
		d.files[name].survive(d.random)
	}
	d.reset()
}

func (d *Disk) reset() {
	d.life++
	d.dead, d.cutIn, d.failIn, d.failNext = false, -1, 0, 0
	for _, f := range d.files {
		clear(f.locks)
	}
}

// SetReadOnly makes every write and sync fail, or ends that.
func (d *Disk) SetReadOnly(on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.readOnly = on
}

// SetFull sets how many bytes the disk holds in all. A capacity below what is
// used makes the disk full.
func (d *Disk) SetFull(capacity int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.capacity = capacity
}

// FailNext makes the next n writes and syncs fail with an I/O error.
func (d *Disk) FailNext(n int) { d.FailAfter(0, n) }

// FailAfter lets some writes and syncs pass and makes the n after them fail.
func (d *Disk) FailAfter(pass, n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failIn, d.failNext = pass, n
}

// Flip changes bits of one byte, in the cache and on the platter.
func (d *Disk) Flip(name string, offset int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, ok := d.files[name]
	if !ok || offset < 0 || offset >= f.size {
		return fmt.Errorf("flip byte %d of %s: %w", offset, name, fs.ErrNotExist)
	}
	mask := byte(1 + d.random.IntN(255))
	f.own(offset / blockBytes).data[offset%blockBytes] ^= mask
	if offset < f.durable.size {
		f.durable.own(offset / blockBytes).data[offset%blockBytes] ^= mask
	}
	return nil
}

// Image is all the files of a disk at one moment.
type Image struct{ files map[string]content }

// Bytes are a file's; nil when it is not there.
func (i Image) Bytes(name string) []byte {
	c, ok := i.files[name]
	if !ok {
		return nil
	}
	p := make([]byte, c.size)
	c.readAt(p, 0)
	return p
}

// Names are those of the files, sorted.
func (i Image) Names() []string { return slices.Sorted(maps.Keys(i.files)) }

// Image keeps the files as a reader sees them now.
func (d *Disk) Image() Image {
	d.mu.Lock()
	defer d.mu.Unlock()
	image := Image{files: map[string]content{}}
	for name, f := range d.files {
		image.files[name] = f.share()
	}
	return image
}

// Restore puts an image on the disk, synced, and drops everything else. The
// image can be put on several disks.
func (d *Disk) Restore(image Image) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.files = map[string]*inode{}
	for name, c := range image.files {
		f := newInode()
		f.content, f.durable = c.share(), c.share()
		d.files[name] = f
	}
	d.reset()
}

// Used is how many bytes the files have.
func (d *Disk) Used() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.used()
}

func (d *Disk) used() (sum int64) {
	for _, f := range d.files {
		sum += f.size
	}
	return sum
}

// begin admits one write or sync. The cut hits in the middle of the operation:
// the caller then carries it out as far as the cache, and answers the error.
func (d *Disk) begin() (carryOut bool, err error) {
	switch {
	case d.dead:
		return false, ErrPower
	case d.readOnly:
		return false, sqlite3vfs.ReadOnlyError
	case d.failIn > 0:
		d.failIn--
	case d.failNext > 0:
		d.failNext--
		return false, ErrFailed
	}
	if d.cutIn > 0 {
		if d.cutIn--; d.cutIn == 0 {
			d.dead = true
			return true, ErrPower
		}
	}
	return true, nil
}
